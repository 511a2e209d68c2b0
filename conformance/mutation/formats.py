"""Operators on `format`: unchecked, and the values on which lawful readers differ (validation §7)."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.contract.formats import contested
from conformance.contract.lawful import differing, either_way
from conformance.contract.site import Site
from conformance.mutation.mutant import Mutant, misread
from conformance.pointer import REMOVED
from conformance.requirement import Side


def format_mutants(site: Site) -> Iterator[Mutant]:
    """Yield the reading that takes `format` for an annotation, and one for each contested value."""
    if "format" not in site.schema:
        return
    name = site.schema["format"]
    demand = f"format {name}"
    yield misread("format-unchecked", site, "format", {"format": REMOVED}, demand, Side.REJECTS, f"no {name}")
    for value, what in contested(name):
        yield _contested(site, demand, value, what)


def _contested(site: Site, demand: str, value: str, what: str) -> Mutant:
    """Read one value the other way: whichever way the validator takes it, a lawful server may differ."""
    return Mutant(
        operator="format-contested",
        site=site,
        replacement=either_way(site.schema, value),
        pointer=(*site.pointer, "format"),
        demand=demand,
        side=Side.ACCEPTS,
        detail=what,
        hints=(value,),
        open_reason=site.inherited_open or differing(site.schema, what),
    )
