"""Property tests in pytest's tree: for each operation, bodies as Hypothesis draws them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

import pytest

from conformance.errors import ConformanceError
from conformance.suite.state import State

if TYPE_CHECKING:
    from conformance.suite.trial import Subject, Trial

KINDS: Final = {"valid": "valid", "boundary": "valid", "invalid": "invalid"}
"""Each kind of bodies, and the mark of its tests."""

PROFILES: Final = {
    "dev": {"max_examples": 20},
    "nightly": {"max_examples": 1000, "print_blob": True},
}
"""What Hypothesis has no profile for; its own `ci` is the same bodies every time, with no deadline."""


def register_profiles() -> None:
    """Add our profiles, but those whose names are taken."""
    from hypothesis import settings
    from hypothesis.errors import InvalidArgument

    for name, changes in PROFILES.items():
        try:
            settings.get_profile(name)
        except InvalidArgument:
            settings.register_profile(name, settings.get_profile("default"), deadline=None, **changes)


class PropertyTest(pytest.Function):
    """One kind of bodies of one operation: whatever is drawn, the answer keeps every rule."""

    def __init__(self, *, operation: dict[str, Any], kind: str, **rest: Any) -> None:
        self._holder = _Holder()
        super().__init__(callobj=_property(f"{kind}_bodies_of_{operation['name']}", self._holder), **rest)
        self._operation, self._kind = operation, kind
        for mark in ("property", KINDS[kind]):
            self.add_marker(mark)

    def setup(self) -> None:
        """Make the strategy. Without one the test is skipped; where the target can't be used, it is an error."""
        super().setup()
        try:
            trial = State.of(self.config).trial
            self._holder.trial, self._holder.subject = trial, trial.of(self._operation["name"])
            self._holder.bodies = self._holder.subject.bodies(self._kind)
        except ConformanceError as error:
            raise pytest.fail.Exception(str(error), pytrace=False) from None
        except ValueError as error:
            pytest.skip(str(error))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ARG002
        """Return what a broken rule says of itself, then Hypothesis's notes: the example, how to have it again."""
        from conformance.suite.trial import BrokenRuleError

        broken = excinfo.value
        if isinstance(broken, BrokenRuleError):
            notes = getattr(broken, "__notes__", ())
            # Schemathesis, once imported, keeps Hypothesis from showing what was drawn
            shown = (note.replace("    body=,\n", f"    body={broken.body!r},\n") for note in notes)
            return "\n".join((str(broken), *shown))
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[str, int, str]:
        """Return where the document describes the operation."""
        return self._operation["document"], self._operation["line"], f"{self._operation['name']}: {self.name}"


def properties_of(parent: pytest.Collector, operation: dict[str, Any]) -> Iterator[PropertyTest]:
    """Yield the property tests of an operation, none where it describes no JSON body."""
    if not operation["described"]:
        return
    register_profiles()
    for kind in KINDS:
        yield PropertyTest.from_parent(parent, name=f"property_{kind}", operation=operation, kind=kind)


class _Holder:
    """What a property test needs once it runs; nothing of it is made while tests are collected."""

    trial: Trial
    subject: Subject
    bodies: Any


def _property(name: str, holder: _Holder) -> Callable[[], None]:
    from hypothesis import HealthCheck, Phase, assume, event, given, settings
    from hypothesis import strategies as st

    def check(body: Any) -> None:
        intent, status = holder.trial.attempt(holder.subject, body)
        event(f"{intent}: {status or 'undecided'}")
        assume(status)

    # Hypothesis shows the name, and keeps examples by source and signature: each test needs its own
    check.__name__ = check.__qualname__ = check.__annotations__["body"] = re.sub(r"\W", "_", name)
    drawn = given(body=st.deferred(lambda: holder.bodies))(check)
    # a server's pace is its own affair, and so is the time that the first draw of a large schema takes
    slow = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)
    # which lines of ours a failure ran explains nothing of the server's
    phases = [phase for phase in settings().phases if phase is not Phase.explain]
    chosen = settings(deadline=None, suppress_health_check=slow, phases=phases, report_multiple_bugs=False)
    return chosen(drawn)
