"""What every writer works from: a run's verdicts, findings and counts, without the run's machinery."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from conformance.errors import ExitCode
from conformance.judging.gate import Outcome, outcome
from conformance.judging.verdict import Finding, Verdict
from conformance.observing.response_coverage import Unseen
from conformance.rules import FindingLevel
from conformance_reports import baseline
from conformance_reports.baseline import BaselineReport
from conformance_reports.cases import CaseBook
from conformance_reports.history import Point, Since


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement with its verdict; `reason` is empty only for `passed`.

    The fields below it are those of the requirement; an older journal holds none of them. `explained_by`
    is the id of the requirement whose finding tells of this one as well.
    """

    id: str
    operation: str
    address: str
    verdict: Verdict
    reason: str = ""
    place: str = ""
    demand: str = ""
    outcome: str = ""
    side: str = ""
    operator: str = ""
    explained_by: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a document's text something stands; line and column count from 1, 0 where not known.

    `excerpt` holds lines of the text from line `first` on: what it stands in, itself, and what it holds.
    """

    path: str
    line: int = 0
    column: int = 0
    first: int = 0
    excerpt: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Holds:
    """How many requests were refused for the pace and sent again; `asked` is the longest wait named, in seconds."""

    times: int = 0
    asked: float = 0.0


@dataclass(frozen=True, slots=True)
class RunReport:
    """One run, ended one way or another.

    `documents` hold name, path, version and sha256 each. `requests` counts the exchanges by
    operation, every operation of the run among its keys; `planned` is how many cases there were.
    `stopped` says why a run is not complete; `mark` is on what it created and left. `curls` holds a
    command line by case id; `unseen` what no answer showed, by operation; `places` where the findings'
    pointers lead, by operation and pointer. `shard` is which part of a run this is, such as `2/5`, empty
    for a whole one; `baseline` is None where the run had none. `held` counts requests that are not among
    `requests`: the target held them back. `started` is when it began, in ISO 8601; `scores` counts the mutants
    killed and those alive, by operation; `cases` is None where the cases were not kept. `since` compares the
    run with an earlier one, `trend` with a row of them, where that was asked for. `fail_on` is the least level
    that closes the gate.
    """

    target: str
    documents: tuple[Mapping[str, str], ...]
    complete: bool
    exit_code: ExitCode
    duration: float
    planned: int
    requests: Mapping[str, int]
    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]
    stopped: str = ""
    mark: str = ""
    curls: Mapping[str, str] = field(default_factory=dict)
    unseen: Mapping[str, Unseen] = field(default_factory=dict)
    places: Mapping[tuple[str, str], Place] = field(default_factory=dict)
    shard: str = ""
    baseline: BaselineReport | None = None
    held: Holds = Holds()
    started: str = ""
    scores: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    cases: CaseBook | None = field(default=None, repr=False, compare=False)
    since: Since | None = None
    trend: tuple[Point, ...] = ()
    fail_on: FindingLevel = FindingLevel.ERROR

    _rows: Mapping[str, tuple[Row, ...]] = field(init=False, repr=False, compare=False)
    _addresses: Mapping[str, str] = field(init=False, repr=False, compare=False)
    _findings: Mapping[str, tuple[Finding, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # writers ask for each operation, row and finding, so made once; frozen to everybody else
        rows, findings = _grouped(self.rows, "operation"), _grouped(self.findings, "requirement_id")
        object.__setattr__(self, "_rows", rows)
        object.__setattr__(self, "_addresses", {row.id: row.address for row in self.rows})
        object.__setattr__(self, "_findings", findings)

    @property
    def sent(self) -> int:
        """How many requests were sent."""
        return sum(self.requests.values())

    @property
    def decided(self) -> bool:
        """Whether the run came to a verdict: all was sent, and the target conforms or does not."""
        return self.complete and self.exit_code in (ExitCode.CONFORMS, ExitCode.FINDINGS)

    def rows_of(self, operation: str) -> tuple[Row, ...]:
        """Return the rows of one operation."""
        return self._rows.get(operation, ())

    def address(self, requirement: str) -> str:
        """Return a requirement's address for its id; what is no known id comes back as it is."""
        return self._addresses.get(requirement, requirement)

    def findings_of(self, row: Row) -> tuple[Finding, ...]:
        """Return the findings that tell of a requirement: its own or, where it fails by another's, that one's."""
        own = self._findings.get(row.id, ())
        return own if own or row.verdict is not Verdict.FAILED else self._findings.get(row.explained_by, ())

    @property
    def loose_findings(self) -> tuple[Finding, ...]:
        """Return the findings of no requirement in the table: exploration may find such."""
        return tuple(f for f in self.findings if f.requirement_id not in self._addresses)

    def outcome(self, row: Row) -> Outcome:
        """Return what a report of tests says of a requirement."""
        # where the run conforms, an accepted finding explains what is left open
        is_explained = bool(row.explained_by) or self.exit_code is ExitCode.CONFORMS
        return outcome(row.verdict, self.findings_of(row), self.fail_on, is_explained=is_explained)


_Part = TypeVar("_Part", Row, Finding)


def _grouped(parts: Iterable[_Part], by: str) -> dict[str, tuple[_Part, ...]]:
    found: dict[str, list[_Part]] = defaultdict(list)
    for part in parts:
        found[getattr(part, by)].append(part)
    return {name: tuple(group) for name, group in found.items()}


def counts(rows: Iterable[Row]) -> dict[str, int]:
    """Return `total` and the number of rows with each verdict, in the order of the verdicts."""
    tally = Counter(row.verdict for row in rows)
    return {"total": tally.total(), **{verdict.value: tally[verdict] for verdict in Verdict}}


def from_json(content: Mapping[str, Any], curls: Mapping[str, str] | None = None) -> RunReport:
    """Return the report that `to_json` wrote. Raises KeyError, TypeError or ValueError for anything else."""
    held = content.get("held_back")
    rows = tuple(_row(*row) for row in content["rows"])
    ids = {row.address: row.id for row in rows}  # an older journal names requirements by their addresses
    return RunReport(
        target=str(content["target"]),
        documents=tuple({str(k): str(v) for k, v in document.items()} for document in content["documents"]),
        complete=content["complete"] is True,
        exit_code=ExitCode(content["exit_code"]),
        duration=float(content["duration_s"]),
        planned=int(content["planned"]),
        requests={str(name): int(number) for name, number in content["requests"].items()},
        rows=tuple(replace(row, explained_by=ids.get(row.explained_by, row.explained_by)) for row in rows),
        findings=tuple(_finding(finding, ids) for finding in content["findings"]),
        stopped=str(content["stopped"]),
        mark=str(content.get("mark", "")),
        curls=curls or {},
        unseen={str(name): _unseen(parts) for name, parts in content.get("unseen", {}).items()},
        places={(str(name), str(at)): _place(*place) for name, at, *place in content.get("places", ())},
        shard=str(content.get("shard", "")),
        baseline=baseline.from_json(content["baseline"]) if content.get("baseline") else None,
        held=Holds(int(held["times"]), float(held["asked_s"])) if held else Holds(),
        scores={str(name): (int(k), int(alive)) for name, (k, alive) in content.get("scores", {}).items()},
        fail_on=FindingLevel(content.get("fail_on", FindingLevel.ERROR)),
    )


def to_json(report: RunReport) -> dict[str, Any]:
    """Return the report as plain data for the journal's footer: all but curl lines, cases and when it began."""
    return {
        "target": report.target,
        "documents": [dict(document) for document in report.documents],
        "complete": report.complete,
        "exit_code": int(report.exit_code),
        "duration_s": round(report.duration, 3),
        "planned": report.planned,
        "requests": dict(report.requests),
        "rows": [_row_to_json(row) for row in report.rows],
        "findings": [finding_to_json(finding) for finding in report.findings],
        "stopped": report.stopped,
        "mark": report.mark,
        "unseen": {name: unseen_to_json(unseen) for name, unseen in report.unseen.items()},
        "places": [
            [*key, place.path, place.line, place.column, place.first, list(place.excerpt)]
            for key, place in report.places.items()
        ],
        **({"shard": report.shard} if report.shard else {}),
        "baseline": baseline.to_json(report.baseline) if report.baseline else None,
        "held_back": {"times": report.held.times, "asked_s": report.held.asked},
        "scores": {name: list(score) for name, score in report.scores.items()},
        "fail_on": report.fail_on.value,
    }


def unseen_to_json(unseen: Unseen) -> dict[str, list[str]]:
    """Return what was never seen of one operation's answers, by kind."""
    return {
        "statuses": list(unseen.statuses),
        "members": list(unseen.members),
        "branches": list(unseen.branches),
    }


def _unseen(content: Mapping[str, Any]) -> Unseen:
    return Unseen(*(tuple(map(str, content[kind])) for kind in ("statuses", "members", "branches")))


def finding_to_json(finding: Finding) -> dict[str, Any]:
    """Return one finding as `summary.json` and the journal hold it; `side` is the journal's alone."""
    return {
        "rule": finding.rule,
        "level": finding.level.value,
        "operation": finding.operation,
        "requirement": finding.requirement,
        "requirement_id": finding.requirement_id,
        "pointer": finding.pointer,
        "side": finding.side,
        "expected": finding.expected,
        "actual": finding.actual,
        "fingerprint": finding.fingerprint,
        "baselined": finding.baselined,
        "flaky": finding.flaky,
        "case": finding.case,
    }


def _row_to_json(row: Row) -> list[str]:
    texts = (row.place, row.demand, row.outcome, row.side, row.operator, row.explained_by)
    return [row.id, row.operation, row.address, row.verdict.value, row.reason, *texts]


def _row(identity: Any, operation: Any, address: Any, verdict: Any, reason: Any, *more: Any) -> Row:
    return Row(str(identity), str(operation), str(address), Verdict(verdict), str(reason), *map(str, more))


def _place(path: Any, line: Any, column: Any, first: Any = 0, excerpt: Iterable[Any] = ()) -> Place:
    return Place(str(path), int(line), int(column), int(first), tuple(map(str, excerpt)))


def _finding(content: Mapping[str, Any], ids: Mapping[str, str]) -> Finding:
    texts = ("operation", "requirement", "pointer", "side", "expected", "actual", "case")
    return Finding(
        rule=str(content["rule"]),
        level=FindingLevel(content["level"]),
        baselined=content["baselined"] is True,
        flaky=content.get("flaky") is True,
        requirement_id=str(content.get("requirement_id", ids.get(content["requirement"], ""))),
        **{name: str(content[name]) for name in texts},
    )
