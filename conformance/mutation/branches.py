"""Operators on combined schemas: a branch lost, all of them, one combinator read as another (core §10.2)."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.mutation.mutant import Mutant, misread
from conformance.mutation.site import Site
from conformance.pointer import REMOVED
from conformance.requirement import Side


def branch_mutants(site: Site) -> Iterator[Mutant]:
    """Yield the misreadings of `anyOf`, `oneOf`, `allOf`, `not` and `if`."""
    for keyword in ("anyOf", "oneOf"):
        if keyword in site.schema:
            yield from _alternatives(site, keyword)
    yield from _all_of(site)
    if "not" in site.schema:
        yield misread("not-dropped", site, "not", {"not": REMOVED}, "not", Side.REJECTS, "what is excluded")
    yield from _conditional(site)


def _alternatives(site: Site, keyword: str) -> Iterator[Mutant]:
    branches = site.schema[keyword]
    demand = f"{keyword} of {len(branches)}"
    yield misread(
        f"{keyword}-dropped", site, keyword, {keyword: REMOVED}, demand, Side.REJECTS, "none of them"
    )
    if len(branches) < 2:
        return
    for index in range(len(branches)):
        rest = [b for i, b in enumerate(branches) if i != index]
        yield misread(
            f"{keyword}-branch-lost", site, keyword, {keyword: rest}, demand, Side.ACCEPTS,
            f"only alternative {index + 1}", at=(index,),
        )  # fmt: skip
    other = "oneOf" if keyword == "anyOf" else "anyOf"
    if other not in site.schema:
        side = Side.ACCEPTS if keyword == "anyOf" else Side.REJECTS
        changes = {keyword: REMOVED, other: branches}
        yield misread(
            f"{keyword}-as-{other}", site, keyword, changes, demand, side, "two alternatives at once"
        )


def _all_of(site: Site) -> Iterator[Mutant]:
    parts = site.schema.get("allOf", [])
    for index in range(len(parts)):
        rest = [p for i, p in enumerate(parts) if i != index]
        yield misread(
            "allOf-part-lost", site, "allOf", {"allOf": rest or REMOVED}, f"allOf of {len(parts)}", Side.REJECTS,
            f"all but part {index + 1}", at=(index,),
        )  # fmt: skip


def _conditional(site: Site) -> Iterator[Mutant]:
    if "if" not in site.schema:
        return
    for keyword in ("then", "else"):
        if keyword in site.schema:
            yield misread(
                f"{keyword}-dropped", site, keyword, {keyword: REMOVED}, f"if … {keyword}", Side.REJECTS,
                f"what {keyword} forbids",
            )  # fmt: skip
