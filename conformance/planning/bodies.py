"""The body's requirements: a witness for every misreading of its schema, made into cases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from conformance.case import Intent, Request, RunLevel
from conformance.contract.bundle import ROOT
from conformance.contract.contract import Contract
from conformance.contract.keywords import OPEN
from conformance.errors import UnprovenCaseError
from conformance.jsonvalue import JSON, encode
from conformance.mutation.mutant import Mutant
from conformance.mutation.operators import mutants
from conformance.openapi.operation import Operation
from conformance.planning.draft import Draft
from conformance.planning.expectation import rejections, successes
from conformance.planning.pairwise import pairwise_bodies
from conformance.planning.tokens import token_drafts
from conformance.pointer import Pointer
from conformance.requirement import Reason, ReasonKind, Requirement, Side
from conformance.rules import INVALID_ACCEPTED, OPEN_BEHAVIOUR, VALID_REJECTED
from conformance.wire.placing import with_header
from conformance.witness.remembered import find_all
from conformance.witness.search import Search, Unwitnessed, Witness
from conformance.witness.values import MakeValues
from conformance.witness_cache import WitnessCache

_SMOKE_DEPTH: Final = 2
"""A smoke run breaks what stands in the first levels of the body only."""


class Bodies:
    """Plans the request body of one operation.

    `drafts` hold every requirement in document order, the plainly valid request first; `mutants`
    maps a requirement's id to its misreading.
    """

    def __init__(
        self,
        operation: Operation,
        make_values: MakeValues,
        base: Request,
        contract: Contract,
        memory: WitnessCache,
    ) -> None:
        self._operation = operation
        self._memory = memory
        self.contract = contract
        self._base = with_header(base, "Content-Type", contract.part.name)
        self._search = Search(contract, make_values)
        self.mutants: dict[str, Mutant] = {}

    def plain(self) -> Request:
        """Return the most ordinary valid request. Raises ValueError where no valid body is found."""
        return self._request(encode(self._search.values.plain(self.contract.schema)))

    def drafts(self, level: RunLevel) -> Iterator[Draft]:
        """Yield the drafts of all requirements that belong to `level` or below."""
        yield from self._exemplars()
        yield from self._pairwise()
        addresses: dict[str, int] = {}
        is_full = level is RunLevel.FULL
        misread = [mutant for mutant in mutants(self.contract) if is_full or not self._is_deep(mutant)]
        for found in find_all(self._search, misread, "full" if is_full else "standard", self._memory):
            draft = self._draft(found)
            requirement = _numbered(draft.requirement, addresses)
            self.mutants[requirement.id] = found.mutant
            yield replace(draft, requirement=requirement)

    def tokens(self, plain: Request, level: RunLevel) -> Iterator[Draft]:
        """Yield the drafts at the edges of JSON itself."""
        return token_drafts(self._operation, plain, self.contract, self._search.values, level)

    def _exemplars(self) -> Iterator[Draft]:
        """Yield the plainly valid body, then the one with every optional member."""
        values, schema = self._search.values, self.contract.schema
        for name, build in (("plain", values.plain), ("full", values.full)):
            body = build(schema)
            self._prove(body, Intent.VALID)
            outcome = "accepts the least" if name == "plain" else "accepts everything optional"
            requirement = self._requirement("body", "schema", outcome, Side.ACCEPTS, (ROOT,), name)
            yield Draft(
                requirement, self._request(encode(body)), Intent.VALID, f"{name} valid body",
                successes(self._operation), VALID_REJECTED, RunLevel.SMOKE,
            )  # fmt: skip

    def _pairwise(self) -> Iterator[Draft]:
        """Yield the bodies in which optional members meet."""
        for number, body in enumerate(pairwise_bodies(self.contract.schema, self._search.values), 1):
            self._prove(body, Intent.VALID)
            requirement = self._requirement(
                "body",
                "optional members together",
                f"accepts row {number}",
                Side.ACCEPTS,
                (ROOT,),
                "members-together",
            )
            yield Draft(
                requirement, self._request(encode(body)), Intent.VALID, f"optional members together, row {number}",
                successes(self._operation), VALID_REJECTED,
            )  # fmt: skip

    def _draft(self, found: Witness | Unwitnessed) -> Draft:
        mutant = found.mutant
        side = found.side if isinstance(found, Witness) else mutant.side
        detail = mutant.detail if side is mutant.side else ""
        if isinstance(found, Witness) and not detail:
            detail = _shown(found.value)
        requirement = self._requirement(
            mutant.site.place,
            mutant.demand,
            f"{side} {detail}".strip(),
            side,
            mutant.pointer,
            mutant.operator,
        )
        if isinstance(found, Unwitnessed):
            kind = ReasonKind.EQUIVALENT if found.equivalent else ReasonKind.NOT_FOUND
            return self._unsent(requirement, Reason(kind, found.reason))
        body = encode(found.payload)
        return self._sent(requirement, found, body)

    def _unsent(self, requirement: Requirement, why: Reason) -> Draft:
        return Draft(replace(requirement, unexercised=why), None, Intent.OPEN, "", (), OPEN_BEHAVIOUR)

    def _sent(self, requirement: Requirement, found: Witness, body: bytes) -> Draft:
        mutant = found.mutant
        intent = Intent.VALID if found.side is Side.ACCEPTS else Intent.INVALID
        self._prove(found.payload, intent)
        is_valid = intent is Intent.VALID
        expected = successes(self._operation) if is_valid else rejections(self._operation)
        rule = VALID_REJECTED if is_valid else INVALID_ACCEPTED
        title = f"{mutant.site.place} {mutant.demand}: {found.side} {mutant.detail or _shown(found.value)}"
        level = self._level(mutant)
        reason = found.open_reason
        if not reason:
            return Draft(requirement, self._request(body), intent, title, expected, rule, level)
        either = (*successes(self._operation), *rejections(self._operation))
        return Draft(
            requirement,
            self._request(body),
            Intent.OPEN,
            title,
            either,
            OPEN_BEHAVIOUR,
            level,
            reason,
            expected,
        )

    def _prove(self, payload: JSON, intent: Intent) -> None:
        """Refuse to send a body whose label the validator does not confirm."""
        if (self._search.side_of(payload) is Side.ACCEPTS) is not (intent is Intent.VALID):
            raise UnprovenCaseError(
                f"{self._operation.name}: a body called {intent} is not: {_shown(payload)}"
            )

    def _is_deep(self, mutant: Mutant) -> bool:
        """Tell whether the mutant lies below a schema that is open as a whole: little is learnt there."""
        return bool(mutant.site.inherited_open) and OPEN not in mutant.site.schema

    def _level(self, mutant: Mutant) -> RunLevel:
        if self._is_deep(mutant):
            return RunLevel.FULL
        shallow = len(mutant.site.steps) <= _SMOKE_DEPTH
        return RunLevel.SMOKE if mutant.is_basic and shallow else RunLevel.STANDARD

    def _request(self, body: bytes) -> Request:
        return replace(self._base, body=body)

    def _requirement(
        self, place: str, demand: str, outcome: str, side: Side, pointer: Pointer, operator: str
    ) -> Requirement:
        at = self.contract.stands_at(pointer)
        return Requirement(self._operation.name, place, demand, outcome, side, at, operator)


def _numbered(requirement: Requirement, seen: dict[str, int]) -> Requirement:
    """Tell apart requirements that read alike (two equal classes in one pattern) by a number."""
    count = seen[requirement.id] = seen.get(requirement.id, 0) + 1
    return requirement if count == 1 else replace(requirement, outcome=f"{requirement.outcome} #{count}")


def _shown(value: Any) -> str:
    text = (
        json.dumps(value, ensure_ascii=False) if not isinstance(value, str) or len(value) < 50 else value[:50]
    )
    return text if len(text) <= 40 else text[:37] + "…"
