"""Stamping: this run's mark in the bodies of its cases, so that what they create can be told from all else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from conformance.case import Case
from conformance.contract.contract import Contract
from conformance.contract.requests import request_contract
from conformance.jsonvalue import NotJSONError, decode
from conformance.mutation.mutant import Mutant
from conformance.openapi.operation import Operation
from conformance.planning.mark import stamp

_PATTERN: Final = "pattern"
"""What reads characters: keywords with this in their name. To all else letters and digits are alike."""


class Stamp:
    """Puts one mark into the cases of some operations, equal bodies alike.

    A body of which contract or misreading (`mutants`, by requirement) would think otherwise with this mark
    stays as it was planned.
    """

    def __init__(self, operations: Iterable[Operation], mutants: Mapping[str, Mutant], mark: str) -> None:
        self._mark = mark
        self._mutants = mutants
        contracts = {operation.name: request_contract(operation) for operation in operations}
        self._contracts = {n: c for n, c in contracts.items() if c is not None and _PATTERN in repr(c.root)}
        self._bodies: dict[tuple[str, bytes], bytes] = {}

    def case(self, case: Case) -> Case:
        """Return the case with the mark in its body, where it has room for one; its id stays, whatever the mark."""
        body = case.request.body
        if body is None or (marked := stamp(body, self._mark)) == body:
            return case
        key = case.operation, body
        if key not in self._bodies:
            self._bodies[key] = marked if self._means_the_same(case, body, marked) else body
        return replace(case, request=replace(case.request, body=self._bodies[key]))

    def _means_the_same(self, case: Case, body: bytes, marked: bytes) -> bool:
        own = (self._mutants[r] for r in case.requirements if r in self._mutants)
        misread = [mutant for mutant in own if _PATTERN in mutant.keyword]
        contract = self._contracts.get(case.operation)
        return contract is None or _judge_alike(contract, body, marked, misread)


def _judge_alike(contract: Contract, body: bytes, other: bytes, misread: list[Mutant]) -> bool:
    """Tell whether a contract and some misreadings of it think the same of two bodies."""
    try:
        one, two = decode(body), decode(other)
    except NotJSONError:
        return True  # broken on purpose, and no less so with a mark
    judges = contract.validator, *(mutant.compiled() for mutant in misread)
    return all(judge.accepts(one) == judge.accepts(two) for judge in judges)
