"""What a document would have to say for a finding of a run to be none: the misreading itself, or what was answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from conformance import pointer as pointers
from conformance.case import Case
from conformance.contract.contract import Contract
from conformance.contract.media_types import media_type
from conformance.contract.requests import answer_contract, request_contract
from conformance.diff.amendment import Amendment, Kind, admitting, declaring, documenting, reread
from conformance.jsonvalue import JSON
from conformance.judging.verdict import Finding, Verdict
from conformance.mutation.mutant import Mutant
from conformance.mutation.operators import mutants
from conformance.openapi.operation import Operation
from conformance.planning.misreadings import Misreadings
from conformance.pointer import Pointer
from conformance.recording.recorded import judgement_of
from conformance.rules import (
    CONTENT_TYPE_UNDOCUMENTED,
    INVALID_ACCEPTED,
    RESPONSE_SCHEMA,
    STATUS_UNDOCUMENTED,
    VALID_REJECTED,
    Rule,
    rule_of,
)
from conformance.traffic.asked import breaches
from conformance.traffic.journaled import Run
from conformance.traffic.sighting import Sighting, payload

_ON_BODIES: Final = frozenset({VALID_REJECTED, INVALID_ACCEPTED})
_MENDED: Final = "\N{REPLACEMENT CHARACTER}"
"""What a validator reads for a lone surrogate: no name and no value that was sent."""


def proposed(run: Run, finding: Finding) -> tuple[Amendment, ...]:
    """Return the edits for one finding, none where no edit is plain."""
    if rule_of(finding.rule) in _ON_BODIES:
        return tuple(_of_misreading(run, finding))
    found: dict[str, Amendment] = {}
    for line in run.journal.cases:
        if line.get("operation") == finding.operation and any(
            (violation.rule.id, pointers.text(violation.pointer)) == (finding.rule, finding.pointer)
            for violation in judgement_of(line).violations
        ):
            _, seen = run.sighting(line)
            for amendment in answered(seen, rule_of(finding.rule), pointers.parse(finding.pointer)):
                found.setdefault(repr(amendment), amendment)
    return tuple(found.values())


def answered(seen: Sighting, rule: Rule, pointer: Pointer) -> Iterator[Amendment]:
    """Yield the edits that document what an answer showed, where a check's rule is broken at a pointer."""
    essence = media_type(seen.answer.header("content-type")).essence
    if rule == STATUS_UNDOCUMENTED:
        yield documenting(pointer, seen.answer.status, essence)
    elif rule == CONTENT_TYPE_UNDOCUMENTED and essence:
        yield Amendment(Kind.SET, (*pointer, essence), {})
    elif rule == RESPONSE_SCHEMA:
        described, held = answer_contract(seen.operation, seen.answer), payload(seen.answer.body)
        if described is not None and held is not None:
            yield from admitted(described, held[0], pointer)


def admitted(described: Contract, value: JSON, pointer: Pointer) -> Iterator[Amendment]:
    """Yield the edits by which the keyword at a pointer of the document admits a value."""
    wanted = pointers.text(pointer)
    for breach in breaches(described, value):
        if pointers.text(breach.pointer) != wanted:
            continue
        at, keyword = breach.pointer, breach.demand.partition(" ")[0]
        if keyword in ("additionalProperties", "unevaluatedProperties"):
            for name, held in _strangers(described, breach.pointer, breach.value):
                yield declaring((*at[:-1], "properties"), name, held)
        else:
            edits = admitting(keyword, at, described.in_document(at), breach.value)
            yield from (edit for edit in edits if _MENDED not in repr(edit.value))


def _strangers(described: Contract, at: Pointer, value: JSON) -> Iterator[tuple[str, JSON]]:
    schema = described.in_document(at[:-1])
    declared = schema.get("properties", {}) if isinstance(schema, dict) else {}
    if isinstance(value, dict):
        names = (name for name in value if name not in declared and _MENDED not in name)
        yield from ((name, value[name]) for name in names)


def _of_misreading(run: Run, finding: Finding) -> Iterator[Amendment]:
    """Yield the edits of the widest misreading at the finding's address whose predictions all came true."""
    operation = run.operations[finding.operation]
    described = request_contract(operation)
    if described is None:
        return
    cases, departed = _judged(run, operation)
    found = dict(enumerate(_candidates(described, finding)))
    misreadings = Misreadings(operation, {str(key): mutant for key, mutant in found.items()}, cases)
    predicted = {key: misreadings.predicted(str(key)) for key in found}
    best = max(
        (key for key in found if predicted[key] and predicted[key] <= departed),
        key=lambda key: len(predicted[key]),
        default=None,
    )
    if best is not None:
        site = found[best].site
        yield from reread(site.schema, found[best].replacement, described.stands_at(site.pointer))


def _candidates(described: Contract, finding: Finding) -> Iterator[Mutant]:
    """Yield the mutants that a requirement with the finding's address may stand for."""
    for mutant in mutants(described):
        at = pointers.text(described.stands_at(mutant.pointer))
        head = " · ".join((finding.operation, mutant.site.place, mutant.demand, ""))
        if at == finding.pointer and finding.requirement.startswith(head) and mutant.side == finding.side:
            yield mutant


def _judged(run: Run, operation: Operation) -> tuple[Sequence[Case], set[str]]:
    """Return the cases of an operation whose bodies came to a verdict, and the ids of those that went otherwise."""
    cases: list[Case] = []
    departed: set[str] = set()
    rules = {rule.id for rule in _ON_BODIES}
    for line in run.journal.cases:
        if line.get("operation") != operation.name or line.get("rule") not in rules:
            continue
        verdict = judgement_of(line).verdict
        if verdict in (Verdict.PASSED, Verdict.FAILED):
            cases.append(run.sighting(line)[0])
            if verdict is Verdict.FAILED:
                departed.add(cases[-1].id)
    return cases, departed
