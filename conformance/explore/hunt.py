"""The search: Hypothesis draws requests until one breaks a rule, then shrinks it; all in a time box."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import TYPE_CHECKING, Final

from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis.errors import Flaky, Unsatisfiable

from conformance.case import Request
from conformance.errors import ConformanceError, TargetError
from conformance.explore.failure import Failure
from conformance.explore.locating import Locator
from conformance.explore.replayed import case_of
from conformance.openapi.operation import Operation
from conformance.pointer import text as pointer_text
from conformance.rules import FindingLevel

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from conformance.case import Case
    from conformance.judging.explanation import Explanation
    from conformance.planning.plan import Plan
    from conformance.running.runner import CaseJudged

_EXAMPLES: Final = 2000
"""Requests that one turn of one source may draw."""

_SHRINKING: Final = 20.0
"""Seconds at most for one failure to shrink."""

_FOUND: Final = 10
"""Failures after which an operation is left alone: more would be the same trouble under other names."""

_SILENT: Final = 20
"""Requests in a row without an answer after which the target counts as gone."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where requests of one operation come from. `make` may raise ValueError where there are none.

    `title` completes "found by exploration: …". An error of one of the `tolerated` kinds while
    drawing ends the source alone.
    """

    title: str
    make: Callable[[], SearchStrategy[Request]]
    tolerated: tuple[type[Exception], ...] = (ValueError, Unsatisfiable)


class _Ended(BaseException):  # no Exception: Hypothesis would shrink one
    """Ends a turn: its time is over, or `error` makes going on pointless."""

    def __init__(self, error: ConformanceError | None = None) -> None:
        super().__init__()
        self.error = error


class _Shown(Exception):  # noqa: N818 -- what Hypothesis shrinks
    """A request that shows the failure in question."""


@dataclass
class _Turn:
    """One search of one source: the failure that it is after, the smallest and the latest to show it."""

    ends: float
    wanted: str = ""
    latest: tuple[Failure, CaseJudged] | None = None
    smallest: tuple[Failure, CaseJudged] | None = None
    is_done: bool = False

    def want(self, fingerprint: str) -> None:
        """Be after this failure from now on, if after none yet; shrinking has its own time."""
        if not self.wanted:
            self.wanted, self.ends = fingerprint, monotonic() + _SHRINKING

    def take(self, failure: Failure, judged: CaseJudged) -> bool:
        """Take one more example of the wanted failure; tell whether none was smaller."""
        self.latest = failure, judged
        if self.smallest is None or _size(failure) <= _size(self.smallest[0]):
            self.smallest = self.latest
            return True
        return False


def _size(failure: Failure) -> int:
    return len(failure.request.body or b"")


@dataclass
class _Subject:
    """One operation under search."""

    operation: Operation
    base: Request
    locator: Locator
    sources: list[Source]
    strategies: dict[str, SearchStrategy[Request]] = field(default_factory=dict)
    found: int = 0


class Explorer:
    """Searches the operations of a finished run.

    `attempt` sends and judges one case. `on_smaller` is told of each example that is the smallest so
    far of its failure, at once; `on_found` once of each failure, when its search has ended, however
    it ended.
    """

    def __init__(
        self,
        attempt: Callable[[Case], CaseJudged],
        on_smaller: Callable[[Failure], object],
        on_found: Callable[[Failure, CaseJudged], None],
    ) -> None:
        self._attempt = attempt
        self._on_smaller = on_smaller
        self._on_found = on_found
        self._known: set[str] = set()
        self._silent = 0
        self._deadline = 0.0

    def explore(
        self, plan: Plan, conclusion: Explanation, sources: Mapping[str, Sequence[Source]], seconds: float
    ) -> None:
        """Search for `seconds`, each source of each operation (by name) in turn.

        Raises TargetError where the target stops answering, and what the callbacks raise.
        """
        self._deadline = monotonic() + seconds
        self._known |= {finding.fingerprint for finding in conclusion.findings}
        subjects = [_subject(o, plan, conclusion, list(sources.get(o.name, ()))) for o in plan.operations]
        turns = max(1, sum(len(subject.sources) for subject in subjects))
        while monotonic() < self._deadline and any(s.sources for s in subjects):
            for subject in subjects:
                for source in list(subject.sources):
                    self._turn(subject, source, seconds / turns)

    def _turn(self, subject: _Subject, source: Source, seconds: float) -> None:
        if monotonic() >= self._deadline:
            return
        turn = _Turn(monotonic() + seconds)
        try:
            self._search(subject, source, turn)
        except _Ended as ended:
            if ended.error is not None:
                raise ended.error from None
        finally:
            self._conclude(subject, turn)

    def _search(self, subject: _Subject, source: Source, turn: _Turn) -> None:
        """Let Hypothesis draw and shrink. A source that can't draw, or has drawn enough, is dropped."""
        try:
            if source.title not in subject.strategies:
                subject.strategies[source.title] = source.make()
            strategy = subject.strategies[source.title]
            _settings()(given(strategy)(self._test(subject, source, turn)))()
        except _Shown:
            turn.is_done = True
        except Flaky:
            turn.smallest = turn.smallest and (replace(turn.smallest[0], flaky=True), turn.smallest[1])
        except source.tolerated:
            subject.sources.remove(source)

    def _test(self, subject: _Subject, source: Source, turn: _Turn) -> Callable[[Request], None]:
        def exploration(request: Request) -> None:
            if monotonic() >= min(turn.ends, self._deadline):
                raise _Ended
            try:
                if self._shows(subject, source, turn, request):
                    raise _Shown
            except ConformanceError as error:
                raise _Ended(error) from error

        return exploration

    def _shows(self, subject: _Subject, source: Source, turn: _Turn, request: Request) -> bool:
        """Send the request; tell whether it shows the failure that the turn is after, if need be the first."""
        title = f"found by exploration: {source.title}"
        case = case_of(subject.operation, request, subject.base, title)
        judged = self._attempt(case)
        self._watch(judged)
        for failure in _failures(subject, judged, source.title):
            if failure.fingerprint in self._known:
                continue
            turn.want(failure.fingerprint)
            if failure.fingerprint == turn.wanted:
                if turn.take(failure, judged):
                    self._on_smaller(failure)
                return True
        return False

    def _watch(self, judged: CaseJudged) -> None:
        self._silent = 0 if judged.exchange.status else self._silent + 1
        if self._silent >= _SILENT:
            failure = judged.exchange.failure
            raise TargetError(f"the target stopped answering ({self._silent} times in a row: {failure})")

    def _conclude(self, subject: _Subject, turn: _Turn) -> None:
        """Tell of the failure: as Hypothesis last showed it or, where that was cut short, the smallest."""
        best = turn.latest if turn.is_done else turn.smallest
        if best is None:
            return
        failure, judged = best
        self._known.add(failure.fingerprint)
        self._on_smaller(failure)
        self._on_found(failure, judged)
        subject.found += 1
        if subject.found >= _FOUND:
            subject.sources.clear()


def _settings() -> settings:
    return settings(
        max_examples=_EXAMPLES,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        deadline=None,
        database=None,
        derandomize=False,
        print_blob=False,
        report_multiple_bugs=False,
    )


def _subject(operation: Operation, plan: Plan, conclusion: Explanation, sources: list[Source]) -> _Subject:
    base = next(c.request for c in plan.cases if c.id == plan.preflight[operation.name])
    return _Subject(operation, base, Locator(operation, plan, conclusion), sources)


def _failures(subject: _Subject, judged: CaseJudged, title: str) -> Iterator[Failure]:
    """Yield what the exchange breaks; notes are lawful."""
    for violation in judged.judgement.violations:
        if violation.rule.level is FindingLevel.NOTE:
            continue
        location = subject.locator.of(judged.case, violation)
        yield Failure(
            rule=violation.rule.id,
            operation=subject.operation.name,
            pointer=pointer_text(location.pointer),
            side=location.side,
            requirement=location.address,
            expected=violation.expected,
            actual=violation.actual,
            intent=judged.case.intent,
            why=title,
            request=judged.case.request,
        )
