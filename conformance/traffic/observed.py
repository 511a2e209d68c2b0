"""A run told as drift: each finding a row, with the exchange of its case and the payload as witness."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from conformance.contract.requests import answer_contract, request_contract
from conformance.diff.change import Change, Proof
from conformance.errors import DocumentError
from conformance.judging.verdict import Finding
from conformance.pointer import Pointer, parse
from conformance.requirement import Side
from conformance.rules import INVALID_ACCEPTED, VALID_REJECTED, rule_of
from conformance.traffic.journaled import Run
from conformance.traffic.proposals import proposed
from conformance.traffic.sighting import ONCE, Departure, Sighting, payload, row, undeclared_rows

_ON_BODIES: Final = frozenset({VALID_REJECTED, INVALID_ACCEPTED})
_BASELINED: Final = "accepted by the baseline"


def compare_run(run: Run, findings: Sequence[Finding], *, proposing: bool = False) -> Iterator[Change]:
    """Yield a row for each finding, then one for each member that an open schema let through.

    `proposing` gives the rows their amendments, which takes a while where a request was misread.
    A finding speaks for all the exchanges that its misreading explains, so none of them is told again.
    Raises DocumentError for a journal that cannot be read.
    """
    for finding in findings:
        line = run.journal.find(finding.case)
        if line is None:
            raise DocumentError(f"{run.label}: holds no case {finding.case!r}, though a finding names it")
        found = _row(finding, run.sighting(line)[1])
        yield replace(found, amendments=proposed(run, finding)) if proposing else found
    told: set[tuple[str, Pointer, str]] = set()
    for line in run.journal.cases:
        case, seen = run.sighting(line)
        if case.request.method == seen.operation.method:
            yield from undeclared_rows(seen, told)


def _row(finding: Finding, seen: Sighting) -> Change:
    notes = (_BASELINED if finding.baselined else "", ONCE if finding.flaky else "")
    demand = finding.requirement.removeprefix(f"{finding.operation} · ")
    departure = Departure(
        rule_of(finding.rule), parse(finding.pointer), demand, finding.expected, finding.actual
    )
    return row(seen, departure, _witness(finding, seen), tuple(filter(None, notes)))


def _witness(finding: Finding, seen: Sighting) -> Proof | None:
    """Return the payload that document and service judge differently, where one body shows it."""
    if rule_of(finding.rule) in _ON_BODIES:
        described, held = request_contract(seen.operation), payload(seen.sent)
        service_accepts = finding.side == Side.REJECTS
    else:
        described, held = answer_contract(seen.operation, seen.answer), payload(seen.answer.body)
        service_accepts = True
    if described is None or held is None or described.accepts(held[0]) is service_accepts:
        return None
    return Proof(held[0], base_accepts=not service_accepts, revision_accepts=service_accepts)
