"""A run told as drift: each finding a row, with the exchange of its case and the payload as witness."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from conformance.case import Case
from conformance.drift.change import Change, Proof
from conformance.drift.documented import Documented
from conformance.drift.sighting import ONCE, Departure, Sighting, payload, row, undeclared_rows
from conformance.errors import DocumentError
from conformance.journal import Journal, case_of
from conformance.operation import Operation
from conformance.pointer import Pointer, parse
from conformance.recorded import exchange_of
from conformance.requirement import Side
from conformance.verdict import Finding

_ON_BODIES: Final = frozenset({"valid-rejected", "invalid-accepted"})
_BASELINED: Final = "accepted by the baseline"


@dataclass(frozen=True, slots=True)
class Run:
    """A journal, the name that its lines are told by, and the operations it was sent to, by name."""

    journal: Journal
    label: str
    operations: Mapping[str, Operation]
    documented: Documented = field(default_factory=Documented)

    def sighting(self, line: Mapping[str, object]) -> tuple[Case, Sighting]:
        """Return the exchange of one line. Raises DocumentError where the line or its operation is unknown."""
        case, (answer, _) = case_of(line), exchange_of(line)
        operation = self.operations.get(case.operation)
        if operation is None:
            raise DocumentError(
                f"{self.label}: no document given has {case.operation!r}; name it with --spec"
            )
        label = f"{self.label}:{self.journal.numbers[case.id]} {case.id}"
        return case, Sighting(label, operation, case.request.method, case.request.body, answer)


def compare_run(run: Run, findings: Sequence[Finding]) -> Iterator[Change]:
    """Yield a row for each finding, then one for each member that an open schema let through.

    A finding speaks for all the exchanges that its misreading explains, so none of them is told again.
    Raises DocumentError for a journal that cannot be read.
    """
    for finding in findings:
        line = run.journal.find(finding.case)
        if line is None:
            raise DocumentError(f"{run.label}: holds no case {finding.case!r}, though a finding names it")
        yield _row(run, finding, run.sighting(line)[1])
    told: set[tuple[str, Pointer, str]] = set()
    for line in run.journal.cases:
        case, seen = run.sighting(line)
        if case.request.method == seen.operation.method:
            yield from undeclared_rows(run.documented, seen, told)


def _row(run: Run, finding: Finding, seen: Sighting) -> Change:
    notes = (_BASELINED if finding.baselined else "", ONCE if finding.flaky else "")
    departure = Departure(
        finding.rule, parse(finding.pointer), finding.requirement, finding.expected, finding.actual
    )
    return row(seen, departure, _witness(run, finding, seen), tuple(filter(None, notes)))


def _witness(run: Run, finding: Finding, seen: Sighting) -> Proof | None:
    """Return the payload that document and service judge differently, where one body shows it."""
    if finding.rule in _ON_BODIES:
        described, held = run.documented.request(seen.operation), payload(seen.sent)
        service_accepts = finding.side == Side.REJECTS
    else:
        described, held = run.documented.answer(seen.operation, seen.answer), payload(seen.answer.body)
        service_accepts = True
    if described is None or held is None or described.accepts(held[0]) is service_accepts:
        return None
    return Proof(held[0], base_accepts=not service_accepts, revision_accepts=service_accepts)
