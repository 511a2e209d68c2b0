"""One invalid value: a proven witness of one misreading, put into a random valid context."""

from __future__ import annotations

from typing import Any, Final

from conformance import pointer as pointers
from conformance.contract.bundle import ROOT
from conformance.contract.contract import contract_over
from conformance.contract.keywords import Schema
from conformance.errors import DocumentError
from conformance.jsonvalue import JSON
from conformance.mutation.operators import mutants
from conformance.requirement import Side
from conformance.witness.context import context
from conformance.witness.search import Search, Witness
from conformance_strategies.source import Source, UnsatisfiableError
from conformance_strategies.valid import Drawer

_TRIES: Final = 2
"""So many random contexts are tried around a witness before its own plain one is taken."""


class Breaker:
    """Breaks one constraint of a schema at a time. Raises UnsatisfiableError where none can be broken.

    `count` is how many misreadings there are; one without a rejected witness stands for the next.
    """

    def __init__(self, source: Source, schema: Schema) -> None:
        bundle: dict[str, Any] = {**source.root, "$ref": f"#/{ROOT}"}
        bundle = pointers.put(bundle, (ROOT,), schema)
        self.source = Source(bundle)
        self._contract = contract_over(bundle)
        self._mutants = list(mutants(self._contract))
        self._search = Search(self._contract, Source)
        self._found: dict[int, Witness | None] = {}
        self.count = len(self._mutants)
        if not any(self._witness(number) for number in range(self.count)):
            raise UnsatisfiableError("no misreading of the schema has a witness that it rejects")

    def _witness(self, number: int) -> Witness | None:
        if number not in self._found:
            found = self._search.find(self._mutants[number])
            rejected = isinstance(found, Witness) and found.side is Side.REJECTS
            self._found[number] = found if isinstance(found, Witness) and rejected else None
        return self._found[number]

    def broken(self, number: int, drawer: Drawer) -> JSON:
        """Return a value that breaks the misread constraint `number`, or the next one that can be broken."""
        turns = ((number + step) % self.count for step in range(self.count))
        witness = next(w for turn in turns if (w := self._witness(turn)) is not None)
        if drawer.below(4) == 0:
            return witness.payload
        return self._elsewhere(witness, drawer)

    def _elsewhere(self, witness: Witness, drawer: Drawer) -> JSON:
        """Return the witness's value in a drawn context, where contract and mutant still disagree."""
        mutant = witness.mutant
        judge = mutant.compiled()
        for _ in range(_TRIES):
            try:
                here = context(self._contract.root, mutant.site.steps, self.source)
                payload = here.embed(witness.value, _Drawn(drawer))
            except (DocumentError, ValueError):
                break
            if not self._contract.accepts(payload) and judge.accepts(payload):
                return payload
        return witness.payload


class _Drawn:
    """A source whose plain values are drawn ones; what else the witness's context asks is the source's."""

    def __init__(self, drawer: Drawer) -> None:
        self._drawer = drawer
        self.root = drawer.source.root
        self.edges = drawer.source.edges
        self.near = drawer.source.near
        self.each = drawer.source.each
        self.accepts = drawer.source.accepts
        self.shapes = drawer.source.shapes

    def plain(self, schema: Schema) -> JSON:
        return self._drawer.value(schema)

    full = plain
