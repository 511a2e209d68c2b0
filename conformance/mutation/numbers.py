"""Operators on numbers: bounds moved, opened, closed and dropped; multiples unchecked (validation §6.2)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from conformance.contract.site import Site
from conformance.mutation.mutant import Mutant, misread
from conformance.pointer import REMOVED
from conformance.requirement import Side


def number_mutants(site: Site) -> Iterator[Mutant]:
    """Yield the misreadings of numeric bounds and multiples at the site."""
    for keyword, direction in (("minimum", -1), ("maximum", 1)):
        if keyword in site.schema:
            yield from _inclusive(site, keyword, direction)
        exclusive = "exclusive" + keyword.capitalize()
        if isinstance(site.schema.get(exclusive), int | float):
            yield from _exclusive(site, exclusive, keyword, direction)
    if "multipleOf" in site.schema:
        yield from _multiple(site)


def _step(site: Site) -> int | float:
    """Return by how much a bound is moved: the multiple, or one."""
    step: int | float = site.schema.get("multipleOf", 1)
    return step


def _moved(bound: Any, by: Any) -> Any:
    moved = Decimal(str(bound)) + Decimal(str(by))
    return int(moved) if moved == moved.to_integral_value() else float(moved)


def _inclusive(site: Site, keyword: str, direction: int) -> Iterator[Mutant]:
    bound, step = site.schema[keyword], _step(site)
    outward, inward = _moved(bound, direction * step), _moved(bound, -direction * step)
    exclusive = "exclusive" + keyword.capitalize()
    demand = f"{keyword} {bound}"
    accepts, rejects = Side.ACCEPTS, Side.REJECTS
    yield misread(
        f"{keyword}-exclusive",
        site,
        keyword,
        {keyword: REMOVED, exclusive: bound},
        demand,
        accepts,
        str(bound),
    )
    yield misread(f"{keyword}-tightened", site, keyword, {keyword: inward}, demand, accepts, f"up to {bound}")
    yield misread(
        f"{keyword}-loosened", site, keyword, {keyword: outward}, demand, rejects, "one step outside"
    )
    yield misread(f"{keyword}-dropped", site, keyword, {keyword: REMOVED}, demand, rejects, "far outside")


def _exclusive(site: Site, keyword: str, inclusive: str, direction: int) -> Iterator[Mutant]:
    bound, step = site.schema[keyword], _step(site)
    demand = f"{keyword} {bound}"
    accepts, rejects = Side.ACCEPTS, Side.REJECTS
    inward = _moved(bound, -direction * step)
    yield misread(
        f"{keyword}-inclusive",
        site,
        keyword,
        {keyword: REMOVED, inclusive: bound},
        demand,
        rejects,
        str(bound),
    )
    yield misread(
        f"{keyword}-tightened", site, keyword, {keyword: inward}, demand, accepts, "one step inside"
    )
    yield misread(f"{keyword}-dropped", site, keyword, {keyword: REMOVED}, demand, rejects, "far outside")


def _multiple(site: Site) -> Iterator[Mutant]:
    step = site.schema["multipleOf"]
    demand = f"multipleOf {step}"
    doubled = _moved(step, step)
    yield misread("multipleOf-dropped", site, "multipleOf", {"multipleOf": REMOVED}, demand, Side.REJECTS)
    yield misread("multipleOf-doubled", site, "multipleOf", {"multipleOf": doubled}, demand, Side.ACCEPTS)
    halved = float(Decimal(str(step)) / 2)
    halved = int(halved) if halved.is_integer() else halved
    yield misread("multipleOf-halved", site, "multipleOf", {"multipleOf": halved}, demand, Side.REJECTS)
