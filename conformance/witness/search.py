"""The search: for a mutant, the payload that proves whether a server reads the contract that way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Final

from conformance.contract.contract import Contract
from conformance.contract.keywords import Schema
from conformance.contract.lawful import lawful_readings
from conformance.contract.shape import conjunction
from conformance.contract.site import MAX_WAYS, Site, Step, shared_ways
from conformance.contract.validator import Validator
from conformance.errors import DocumentError
from conformance.jsonvalue import JSON
from conformance.mutation.mutant import Mutant
from conformance.requirement import Side
from conformance.witness.context import Context, Surroundings, context
from conformance.witness.equivalence import prove
from conformance.witness.values import MakeValues, Values

_ASSERTING: Final = frozenset({
    "type", "enum", "const", "pattern", "format", "minLength", "maxLength", "minimum", "maximum",
    "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "required",
})  # fmt: skip
"""Keywords that only assert (validation §6): they annotate no member or item as evaluated."""

_VARIANTS: Final = 4
"""So many alternatives of the level around a site are tried."""

_SECOND_BEST: Final = 40
"""So many witnesses of a lesser kind are collected before the search for a better one ends."""

_CANDIDATES: Final = 600
"""So many values are tried at a site before the search gives up, from each of the two readings."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A payload that the contract judges one way and the mutant the other; `value` is what stands at the site.

    `open_reason` says why no verdict may rest on it: the contract is unclear, or can lawfully be
    read in a way that judges this payload the other way.
    """

    mutant: Mutant
    payload: JSON
    value: JSON
    side: Side
    open_reason: str = ""


@dataclass(frozen=True, slots=True)
class Unwitnessed:
    """A mutant without a witness: `equivalent` where it is proven that there is none, else not found."""

    mutant: Mutant
    equivalent: bool
    reason: str


class Search:
    """Finds witnesses for the mutants of one contract. Deterministic."""

    def __init__(self, contract: Contract, make_values: MakeValues) -> None:
        self.contract = contract
        self.values: Values = make_values(contract.root)
        self._validator = contract.validator
        self._last: tuple[tuple[Step, ...], Context, list[Surroundings]] | None = None
        self._ways = shared_ways(contract)
        self._reaches_across = "unevaluated" in repr(contract.root)

    def side_of(self, payload: JSON) -> Side:
        """Return what the contract does with the payload."""
        return Side.ACCEPTS if self._validator.accepts(payload) else Side.REJECTS

    def find(self, mutant: Mutant) -> Witness | Unwitnessed:
        """Return the witness of the mutant, or why there is none.

        A schema that several references share is searched at each place where it stands.
        """
        found = self._find(mutant, mutant.site)
        ways = self._ways.get(mutant.site.pointer, [])
        for steps in ways[1:]:
            if isinstance(found, Witness):
                break
            other = self._find(mutant, replace(mutant.site, steps=steps))
            found = other if isinstance(other, Witness) or not other.equivalent else found
        if isinstance(found, Unwitnessed) and len(ways) >= MAX_WAYS:
            return replace(found, equivalent=False, reason="it stands in more places than are searched")
        return found

    def _find(self, mutant: Mutant, site: Site) -> Witness | Unwitnessed:
        """Return the witness of the mutant at one place, or why there is none."""
        try:
            judge = mutant.compiled()
            here, around = self._at(site)
        except (DocumentError, ValueError) as error:
            return Unwitnessed(mutant, equivalent=False, reason=f"no way to this place: {error}")
        beside = self._is_read_beside(site, here)
        misread = mutant.replacement if beside else conjunction(mutant.replacement, *here.others)
        found = self._best(mutant, judge, around, self._candidates(mutant, here.effective, misread))
        if found is not None:
            return found
        reason = ""
        if self._is_provable(mutant) and not beside:
            reason = prove(mutant, here.effective, misread, self.values, covered=here.covered)
        return Unwitnessed(mutant, bool(reason), reason or "no value found that tells the two apart")

    def _at(self, site: Site) -> tuple[Context, list[Surroundings]]:
        """Return the context of a site and what can stand around it; kept for the site's other mutants."""
        if self._last is None or self._last[0] != site.steps:
            here = context(self.contract.root, site.steps, self.values)
            self._last = (site.steps, here, list(self._surroundings(here)))
        return self._last[1:]

    def _is_provable(self, mutant: Mutant) -> bool:
        """Tell whether a proof at the site holds for the whole.

        What is evaluated in one place decides what `unevaluated…` refuses in another (core §11), unless the
        misread keyword says nothing of what is evaluated.
        """
        return not self._reaches_across or mutant.keyword in _ASSERTING

    def _is_read_beside(self, site: Site, here: Context) -> bool:
        """Tell whether what else applies at a shared schema's place may refer to it, and so be misread too."""
        return site.pointer in self._ways and "$ref" in repr(here.others)

    def _candidates(self, mutant: Mutant, mine: Schema, theirs: Schema) -> Iterator[JSON]:
        """Return values at the site on which the two readings may differ, on the wanted side first."""
        strict = islice(self.values.edges(mine, theirs), _CANDIDATES)
        lax = islice(self.values.edges(theirs, mine), _CANDIDATES)
        ordered = (strict, lax) if mutant.side is Side.ACCEPTS else (lax, strict)
        return chain(
            mutant.hints,
            self._wanted(mutant, mine if mutant.side is Side.ACCEPTS else theirs),
            self.values.near(mine),
            *ordered,
        )

    def _wanted(self, mutant: Mutant, taking: Schema) -> Iterator[JSON]:
        """Yield the plainest value that shows what the mutant is about, where it says what that is."""
        if mutant.wants is not True:
            with suppress(ValueError):
                yield self.values.plain(conjunction(taking, mutant.wants))

    def _best(
        self, mutant: Mutant, judge: Validator, around: list[Surroundings], candidates: Iterator[JSON]
    ) -> Witness | None:
        """Return the first witness on the mutant's own side that every lawful reading confirms.

        Failing that the first on the other side, and failing that one that is open.
        """
        others: list[Witness] = []
        for value in candidates:
            for payload in _payloads(around, value):
                accepted = self._validator.accepts(payload)
                if accepted == judge.accepts(payload):
                    continue
                side = Side.ACCEPTS if accepted else Side.REJECTS
                reason = mutant.open_reason or self._contested(payload, accepted=accepted)
                witness = Witness(mutant, payload, value, side, reason)
                if side is mutant.side and reason == mutant.open_reason:
                    return witness
                others.append(witness)
            if len(others) > _SECOND_BEST:
                break
        return min(others, key=lambda w: (bool(w.open_reason), w.side is not mutant.side), default=None)

    def _contested(self, payload: JSON, *, accepted: bool) -> str:
        """Return why another lawful reading of the contract judges the payload differently, else `""`."""
        return next(
            (
                reason
                for reason, judge in lawful_readings(self.contract)
                if judge.accepts(payload) != accepted
            ),
            "",
        )

    def _surroundings(self, here: Context) -> Iterator[Surroundings]:
        """Yield what can stand around the site: plain, full, and the other alternatives of the level around it."""
        for full in (False, True):
            with suppress(ValueError):
                yield here.surroundings(self.values, full=full)
        yield from here.other_surroundings(self.values, _VARIANTS)


def _payloads(around: list[Surroundings], value: JSON) -> Iterator[JSON]:
    for rest in around:
        with suppress(ValueError):
            yield rest.embed(value)
