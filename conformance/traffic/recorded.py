"""Recorded traffic told as drift: where a service and its document part, each row with its first exchange."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from conformance.case import Case, Intent, Request
from conformance.contract.requests import answer_contract, request_contract
from conformance.diff.amendment import Amendment, Kind
from conformance.diff.change import Change, DriftVerdict, Proof
from conformance.jsonvalue import NotJSONError, decode, encode
from conformance.judging.checks import Judge
from conformance.judging.judgement import Violation
from conformance.observing.response_coverage import Unseen
from conformance.openapi.operation import Operation
from conformance.planning.expectation import SET_UP
from conformance.pointer import Pointer
from conformance.rules import (
    CONTENT_TYPE_UNDOCUMENTED,
    INVALID_ACCEPTED,
    OPEN_BEHAVIOUR,
    RESPONSE_NOT_JSON,
    RESPONSE_SCHEMA,
    SERVER_ERROR,
    STATUS_UNDOCUMENTED,
    VALID_REJECTED,
    Rule,
)
from conformance.traffic.addressing import Addresses, Matched
from conformance.traffic.asked import Asked, Breach, asked
from conformance.traffic.contrast import Contrast
from conformance.traffic.har import Archive, Entry
from conformance.traffic.proposals import admitted, answered
from conformance.traffic.secrets import Secrets
from conformance.traffic.sighting import Departure, Sighting, payload, row, undeclared_rows

_ON_ANSWERS: Final = frozenset(
    {STATUS_UNDOCUMENTED, CONTENT_TYPE_UNDOCUMENTED, RESPONSE_NOT_JSON, RESPONSE_SCHEMA}
)
"""The checks that hold for anybody's traffic: what is echoed is a matter between a client and its service."""

_QUOTING: Final = frozenset({RESPONSE_NOT_JSON, RESPONSE_SCHEMA})
"""The checks whose words quote a value, which may be anybody's: told without it."""

_SAYS_INVALID: Final = frozenset({400, 415, 422})
"""The statuses that call the request itself wrong (RFC 9110 §15.5.1, §15.5.16, §15.5.21)."""

_NOT_MODIFIED: Final = 304
_OTHER_REASON: Final = "its status may speak of something else than the document does"
_SAME: Final = "the very same body was accepted in another exchange"
_ONE_OFF: Final = "a recording cannot tell whether it happens again"

_AMENDMENTS: Final = 200
"""So many edits of one place are collected."""

_Key: TypeAlias = tuple[str, str, Pointer, str]


@dataclass(slots=True)
class _Rows:
    """The rows so far, one for each departure, and in how many exchanges it was seen."""

    found: dict[_Key, Change] = field(default_factory=dict)
    times: Counter[_Key] = field(default_factory=Counter)

    def add(self, change: Change, detail: str = "") -> None:
        key = change.rule, change.operation, change.pointer, detail
        known = self.found.setdefault(key, change)
        self.times[key] += 1
        if known is not change and len(known.amendments) < _AMENDMENTS:
            more = (edit for edit in change.amendments if edit not in known.amendments)
            self.found[key] = replace(known, amendments=(*known.amendments, *more))

    def told(self) -> Iterator[Change]:
        for key, change in self.found.items():
            seen = f"in {self.times[key]} exchanges" if self.times[key] > 1 else ""
            yield replace(change, note="; ".join(filter(None, (change.note, seen))))


class Traffic:
    """Compares an archive with the documents of some operations; `label` names the archive.

    `target` is the base URL of the service, `""` where that is to be found out.
    """

    def __init__(
        self, archive: Archive, label: str, operations: Sequence[Operation], target: str = ""
    ) -> None:
        self._archive = archive
        self._label = label
        self._addresses = Addresses(operations, ((e.method, e.url) for e in archive.entries), target)
        self._judge = Judge(operations)
        keys = (name for operation in operations for name in operation.key_headers)
        self._secrets = Secrets(archive.entries, keys)
        self._rows = _Rows()
        self._contrasts: dict[str, Contrast] = {}
        self._refused: list[tuple[Sighting, Asked]] = []
        self._undeclared: set[tuple[str, Pointer, str]] = set()
        self.matched = 0

    def changes(self) -> tuple[Change, ...]:
        """Return the rows; ask once. Raises DocumentError for a schema that cannot be used."""
        for entry in self._archive.entries:
            found = self._addresses.find(entry.method, entry.url)
            if found is not None and entry.answer.status != _NOT_MODIFIED:
                self.matched += 1
                self._exchange(entry, found)
        for seen, request in self._refused:
            self._rows.add(self._stricter(seen, request))
        return tuple(map(self._secrets.redacted, self._rows.told()))

    def unseen(self) -> dict[str, Unseen]:
        """Return what the documents promise and no answer showed, of the operations that were asked for."""
        return {
            name: unseen for name, unseen in self._judge.coverage.unseen().items() if name in self._contrasts
        }

    def _exchange(self, entry: Entry, found: Matched) -> None:
        seen = self._sighting(entry, found.operation)
        request = asked(entry, found)
        contrast = self._contrasts.setdefault(found.operation.name, Contrast())
        status = entry.answer.status
        if 200 <= status < 300:
            for breach in request.breaches:
                self._rows.add(self._laxer(seen, request, breach))
            if request.is_valid and request.body:
                contrast.accept(request.body[0])
        elif 400 <= status < 500 and status not in SET_UP and request.is_valid:
            self._refused.append((seen, request))
            if request.body:
                contrast.refuse(request.body[0])
        self._answer(seen)

    def _sighting(self, entry: Entry, operation: Operation) -> Sighting:
        label = f"{self._label} log.entries[{entry.index}]"
        return Sighting(label, operation, entry.method, self._shown(entry.body), entry.answer)

    def _shown(self, body: bytes | None) -> bytes | None:
        """Return a body as it may be shown: JSON without its secrets; of any other nothing is known."""
        try:
            return None if body is None else encode(self._secrets.without(decode(body)))
        except (NotJSONError, ValueError):
            return b"(no JSON)"

    def _laxer(self, seen: Sighting, request: Asked, breach: Breach) -> Change:
        departure = Departure(
            INVALID_ACCEPTED,
            breach.pointer,
            breach.place,
            breach.demand,
            f"{seen.answer.status} all the same",
        )
        in_body = breach.place.startswith("body") and request.body is not None
        witness = self._proof(request, base_accepts=False) if in_body else None
        return replace(row(seen, departure, witness), amendments=self._admitting(seen, request, breach))

    def _admitting(self, seen: Sighting, request: Asked, breach: Breach) -> tuple[Amendment, ...]:
        """Return the edits by which the document allows what was accepted."""
        if breach.place == "body" and breach.demand == "a body":
            return (Amendment(Kind.SET, breach.pointer, value=False),)
        if breach.demand == "required":
            return (Amendment(Kind.SET, (*breach.pointer, "required"), value=False),)
        described = request_contract(seen.operation)
        if described is None or request.body is None or not breach.place.startswith("body"):
            return ()
        return tuple(admitted(described, request.body[0], breach.pointer))

    def _stricter(self, seen: Sighting, request: Asked) -> Change:
        operation, status = seen.operation, seen.answer.status
        contrast = self._contrasts[operation.name]
        notes = [contrast.told()] if request.body else []
        is_same = bool(request.body) and contrast.is_accepted(request.body[0] if request.body else None)
        if is_same:
            notes.append(_SAME)
        elif status not in _SAYS_INVALID:
            notes.append(_OTHER_REASON)
        at = operation.body.pointer if operation.body and request.body else operation.pointer
        departure = Departure(VALID_REJECTED, at, "a request that the document allows", "2XX", str(status))
        found = row(seen, departure, self._proof(request, base_accepts=True), tuple(notes))
        is_clear = status in _SAYS_INVALID and not is_same
        return found if is_clear else replace(found, verdict=DriftVerdict.UNDECIDED)

    def _proof(self, request: Asked, *, base_accepts: bool) -> Proof | None:
        if request.body is None or payload(encode(request.body[0])) is None:
            return None
        return Proof(request.body[0], base_accepts=base_accepts, revision_accepts=not base_accepts)

    def _answer(self, seen: Sighting) -> None:
        """Judge an answer as `run` would, whatever was asked for."""
        operation, status = seen.operation, seen.answer.status
        if status >= 500:
            self._server_error(seen)
            return
        request = Request(seen.method, operation.path)
        case = Case(seen.answer.case, operation.name, Intent.OPEN, "", request, (), (), OPEN_BEHAVIOUR)
        for violation in self._judge.judge(case, seen.answer).violations:
            if violation.rule in _ON_ANSWERS:
                self._rows.add(self._departing(seen, violation), _apart(violation))
        for change in undeclared_rows(seen, self._undeclared):
            self._rows.add(change, change.summary)

    def _departing(self, seen: Sighting, violation: Violation) -> Change:
        rule, pointer = violation.rule, violation.pointer
        actual = violation.actual
        if rule in _QUOTING:
            what = (
                f"{actual.partition(': ')[0]} does not" if rule == RESPONSE_SCHEMA else "a body that is none"
            )
            actual = f"{seen.answer.status}, {what}"
        departure = Departure(rule, pointer, "", violation.expected, actual)
        edits = tuple(answered(seen, rule, pointer))
        return replace(row(seen, departure, self._answered(seen, rule)), amendments=edits)

    def _answered(self, seen: Sighting, rule: Rule) -> Proof | None:
        """Return the answer's body as witness, where the document's schema refuses it."""
        described, held = answer_contract(seen.operation, seen.answer), payload(seen.answer.body)
        if rule != RESPONSE_SCHEMA or described is None or held is None or described.accepts(held[0]):
            return None
        return Proof(held[0], base_accepts=False, revision_accepts=True)

    def _server_error(self, seen: Sighting) -> None:
        operation, status = seen.operation, seen.answer.status
        if operation.response_for(status) is None:
            at = (*operation.pointer, "responses")
            departure = Departure(SERVER_ERROR, at, "", "a documented status", str(status))
            found = row(seen, departure, notes=(_ONE_OFF,))
            self._rows.add(replace(found, verdict=DriftVerdict.UNDECIDED), str(status))


def _apart(violation: Violation) -> str:
    """Return what keeps rows of one place apart: the status or the content type that came."""
    return "" if violation.rule in _QUOTING else violation.actual
