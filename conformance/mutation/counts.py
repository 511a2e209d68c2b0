"""Operators on lengths and counts: each bound off by one either way, and dropped (validation §6.3–6.5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from conformance.contract.site import Site
from conformance.mutation.mutant import Mutant, misread
from conformance.pointer import REMOVED
from conformance.requirement import Side

LOWER: Final = ("minLength", "minItems", "minProperties", "minContains")
UPPER: Final = ("maxLength", "maxItems", "maxProperties", "maxContains")

_FAR: Final = {"maxLength": 100_000}
"""Bounds over this are too long to be exceeded by half again; one past the bound stands for both."""


def count_mutants(site: Site) -> Iterator[Mutant]:
    """Yield the misreadings of every length or count bound at the site."""
    for keyword in LOWER:
        if keyword in site.schema:
            yield from _lower(site, keyword, int(site.schema[keyword]))
    for keyword in UPPER:
        if keyword in site.schema:
            yield from _upper(site, keyword, int(site.schema[keyword]))


def _lower(site: Site, keyword: str, bound: int) -> Iterator[Mutant]:
    demand = f"{keyword} {bound}"
    yield misread(
        f"{keyword}-plus-one", site, keyword, {keyword: bound + 1}, demand, Side.ACCEPTS, str(bound)
    )
    if bound > 0:
        below = str(bound - 1)
        yield misread(
            f"{keyword}-minus-one", site, keyword, {keyword: bound - 1}, demand, Side.REJECTS, below
        )
    if bound > 1:
        yield misread(f"{keyword}-dropped", site, keyword, {keyword: 0}, demand, Side.REJECTS, "0")


def _upper(site: Site, keyword: str, bound: int) -> Iterator[Mutant]:
    demand = f"{keyword} {bound}"
    above = str(bound + 1)
    if bound > 0:
        yield misread(
            f"{keyword}-minus-one", site, keyword, {keyword: bound - 1}, demand, Side.ACCEPTS, str(bound)
        )
    yield misread(f"{keyword}-plus-one", site, keyword, {keyword: bound + 1}, demand, Side.REJECTS, above)
    far = 2 * bound if 0 < bound <= _FAR.get(keyword, 1000) else bound + 1
    changes = {keyword: REMOVED if far == bound + 1 else far}
    yield misread(f"{keyword}-dropped", site, keyword, changes, demand, Side.REJECTS, str(far))
