"""Which cases a misreading gets wrong: each mutant's predictions over the bodies of a run."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Final

from conformance.case import Case
from conformance.contract.requests import request_contract
from conformance.jsonvalue import JSON, NotJSONError, decode
from conformance.mutation.mutant import Mutant
from conformance.openapi.operation import Operation

_LARGE: Final = 256 * 1024
"""Bodies over this many bytes are looked at only for a misreading that explains others already."""


class Misreadings:
    """Predicts, for one operation, which of its cases a server that reads it as a mutant gets wrong."""

    def __init__(self, operation: Operation, mutants: Mapping[str, Mutant], cases: Sequence[Case]) -> None:
        self._mutants = mutants
        self._cases = cases
        self._bodies = _bodies(cases, _LARGE)
        self._own = {r: {c.id for c in cases if r in c.requirements} for r in mutants}
        contract = request_contract(operation)
        self._accepts = contract.accepts if contract else lambda _: True
        self._contract = {case: self._accepts(body) for case, body in self._bodies.items()}

    def predicted(self, requirement: str) -> set[str]:
        """Return the ids of the cases that the requirement's mutant judges differently from the contract."""
        if requirement not in self._mutants:
            return set()
        judge = self._mutants[requirement].compiled()
        differing = {c for c, body in self._bodies.items() if judge.accepts(body) != self._contract[c]}
        return differing | self._own[requirement]

    def predicted_large(self, requirement: str) -> set[str]:
        """Return those among the cases with large bodies that the requirement's mutant gets wrong."""
        if requirement not in self._mutants:
            return set()
        large = [case for case in self._cases if len(case.request.body or b"") > _LARGE]
        judge = self._mutants[requirement].compiled()
        return {
            c for c, body in _bodies(large, sys.maxsize).items() if judge.accepts(body) != self._accepts(body)
        }


def _bodies(cases: Sequence[Case], largest: int) -> dict[str, JSON]:
    """Return the decoded bodies of the cases that differ from a plain request in their body alone."""
    found: dict[str, JSON] = {}
    for case in cases:
        body = case.request.body
        if body is None or len(body) > largest or not case.rule.on_schema:
            continue
        try:
            found[case.id] = decode(body)
        except NotJSONError:
            continue  # broken on purpose
    return found
