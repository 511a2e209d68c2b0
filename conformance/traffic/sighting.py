"""One exchange of observed traffic, and the row of drift that it shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from conformance.case import Exchange
from conformance.contract.requests import answer_contract
from conformance.contract.undeclared import undeclared
from conformance.diff.amendment import declaring
from conformance.diff.change import Change, DriftVerdict, Evidence, Proof
from conformance.jsonvalue import JSON, NotJSONError, decode
from conformance.openapi.operation import Operation
from conformance.pointer import Pointer
from conformance.rules import RESPONSE_SCHEMA, STATUS_UNDOCUMENTED, Rule
from conformance.traffic.rules import RULES

_SNIPPET: Final = 120
SENT: Final = ", sent "
"""What stands before the beginning of a body in the telling of an exchange."""
MAX_PROOF: Final = 64 * 1024
"""Longest body, in bytes, that stands in a row as its witness."""

ERRORS: Final = "a client takes an error it does not know as the x00 of its class (RFC 9110 §15)"
OPEN: Final = "the schema is open: a client ignores what it does not know"
ONCE: Final = "the same request, sent again, did not show it"

_VERDICTS: Final[Mapping[str, DriftVerdict]] = {
    "service-stricter": DriftVerdict.BREAKING,
    "service-laxer": DriftVerdict.COMPATIBLE,
    "service-reading": DriftVerdict.COMPATIBLE,
    "service-behaviour": DriftVerdict.UNDECIDED,
    "answer-status-unfitting": DriftVerdict.UNDECIDED,
}
"""The verdict on a row, by its rule of drift; an answer that departs is breaking."""

_BY_KEYWORD: Final[Mapping[str, str]] = {
    "required": "answer-member-missing",
    "additionalProperties": "answer-member-undeclared",
    "unevaluatedProperties": "answer-member-undeclared",
    "enum": "answer-value-undocumented",
    "const": "answer-value-undocumented",
}


@dataclass(frozen=True, slots=True)
class Sighting:
    """Request and answer as they were observed; `label` says where they are kept.

    `path` is the document's template: ids and what stands in a query are nobody's business.
    """

    label: str
    operation: Operation
    method: str
    sent: bytes | None
    answer: Exchange

    @property
    def told(self) -> str:
        """One line for a person: where, what was asked, what came, and the beginning of what was sent."""
        asked = f"{self.label}: {self.method} {self.operation.path} → {self.answer.status}"
        return f"{asked}{SENT}{_snippet(self.sent)}" if self.sent else asked


@dataclass(frozen=True, slots=True)
class Departure:
    """What a check says of an exchange: `rule` is that of the check, `what` names the demand."""

    rule: Rule
    pointer: Pointer
    what: str
    expected: str
    actual: str


def row(
    seen: Sighting, departure: Departure, witness: Proof | None = None, notes: tuple[str, ...] = ()
) -> Change:
    """Return the row of drift for a departure: the base is the document, the revision the service."""
    rule, why = departure.rule.drift, departure.rule.drift_note
    verdict = _VERDICTS.get(rule, DriftVerdict.BREAKING)
    if departure.rule == RESPONSE_SCHEMA:
        rule = _BY_KEYWORD.get(_keyword(departure.pointer), rule)
    if departure.rule == STATUS_UNDOCUMENTED and seen.answer.status >= 400:
        verdict, why = DriftVerdict.COMPATIBLE, ERRORS
    if ONCE in notes:
        verdict = DriftVerdict.UNDECIDED
    what = f"{departure.what}: " if departure.what else ""
    return Change(
        rule=rule,
        operation=seen.operation.name,
        direction=RULES[rule].direction,
        verdict=verdict,
        summary=f"{what}{departure.expected} → {departure.actual}",
        base_pointer=departure.pointer,
        witness=witness,
        evidence=Evidence.WITNESS if witness else Evidence.NONE,
        note="; ".join(filter(None, (why, *notes))),
        base_at=str(seen.operation.document.path),
        exchange=seen.told,
    )


def undeclared_rows(seen: Sighting, told: set[tuple[str, Pointer, str]]) -> Iterator[Change]:
    """Yield a row for each member that an open schema lets through and that is not in `told` yet."""
    described, held = answer_contract(seen.operation, seen.answer), payload(seen.answer.body)
    if described is None or held is None:
        return
    for at, name, value in undeclared(described.bundle, held[0]):
        pointer = (*described.stands_at(at), "properties")
        if (key := (seen.operation.name, pointer, name)) not in told:
            told.add(key)
            departure = Departure(RESPONSE_SCHEMA, pointer, str(seen.answer.status), "no such member", name)
            found = row(seen, departure, notes=(OPEN,))
            yield replace(
                found,
                rule="answer-member-undeclared",
                verdict=DriftVerdict.COMPATIBLE,
                amendments=(declaring(pointer, name, value),),
            )


def payload(body: bytes | None) -> tuple[JSON] | None:
    """Return the JSON value of a body that is short enough to show, in a tuple; None for any other."""
    if body is None or len(body) > MAX_PROOF:
        return None
    try:
        return (decode(body),)
    except NotJSONError:
        return None


def _keyword(pointer: Pointer) -> str:
    """Return the keyword that a pointer leads to; one into `required` ends with an index."""
    names = [str(token) for token in pointer if not str(token).isdecimal()]
    return names[-1] if names else ""


def _snippet(body: bytes) -> str:
    text = body[: _SNIPPET * 4].decode(errors="replace")
    return text if len(text) <= _SNIPPET else f"{text[:_SNIPPET]}… ({len(body):,} bytes)"
