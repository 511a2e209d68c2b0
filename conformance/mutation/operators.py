"""All mutation operators, over every site of a bundle."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from conformance.contract.contract import Contract
from conformance.contract.site import Site, sites
from conformance.mutation.arrays import array_mutants
from conformance.mutation.branches import branch_mutants
from conformance.mutation.counts import count_mutants
from conformance.mutation.enums import enum_mutants
from conformance.mutation.formats import format_mutants
from conformance.mutation.mutant import Mutant
from conformance.mutation.numbers import number_mutants
from conformance.mutation.objects import object_mutants
from conformance.mutation.patterns import pattern_mutants
from conformance.mutation.texts import text_mutants
from conformance.mutation.types import type_mutants

OPERATORS: Final[tuple[Callable[[Site], Iterator[Mutant]], ...]] = (
    type_mutants,
    enum_mutants,
    pattern_mutants,  # before counts: a bound that a pattern implies is the pattern's
    count_mutants,
    text_mutants,
    number_mutants,
    format_mutants,
    object_mutants,
    array_mutants,
    branch_mutants,
)


def mutants(contract: Contract) -> Iterator[Mutant]:
    """Yield every mutant of the contract, sites shallowest first, in a fixed order."""
    for site in sites(contract):
        for operator in OPERATORS:
            yield from operator(site)
