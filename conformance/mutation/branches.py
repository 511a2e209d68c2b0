"""Operators on combined schemas: a branch lost, all of them, one combinator read as another (core §10.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from conformance.contract.keywords import Schema
from conformance.contract.site import Site
from conformance.mutation.mutant import Mutant, misread
from conformance.pointer import REMOVED
from conformance.requirement import Side

_TWO: Final = 2
"""With so many alternatives, all at once are two at once."""


def branch_mutants(site: Site) -> Iterator[Mutant]:
    """Yield the misreadings of `anyOf`, `oneOf`, `allOf`, `not` and `if`."""
    for keyword in ("anyOf", "oneOf"):
        if keyword in site.schema:
            yield from _alternatives(site, keyword)
    yield from _all_of(site)
    if "not" in site.schema:
        yield misread(
            "not-dropped", site, "not", {"not": REMOVED}, "not", Side.REJECTS, "what is excluded",
            wants=site.schema["not"],
        )  # fmt: skip
    yield from _conditional(site)


def _alternatives(site: Site, keyword: str) -> Iterator[Mutant]:
    branches = site.schema[keyword]
    demand = f"{keyword} of {len(branches)}"
    yield misread(
        f"{keyword}-dropped",
        site,
        keyword,
        {keyword: REMOVED},
        demand,
        Side.REJECTS,
        "none of them",
        is_basic=True,
    )
    if len(branches) < 2:
        return
    yield from _mixed(site, keyword)
    yield from _identified_by_others(site, keyword)
    for index in range(len(branches)):
        rest = [b for i, b in enumerate(branches) if i != index]
        yield misread(
            f"{keyword}-branch-lost", site, keyword, {keyword: rest}, demand, Side.ACCEPTS,
            f"only alternative {index + 1}", at=(index,),
            lost_branch=index if keyword == "anyOf" else None,
        )  # fmt: skip
    if keyword == "anyOf" and len(branches) > _TWO and "allOf" not in site.schema:
        every = {"allOf": list(branches)}
        yield misread(
            "anyOf-all-refused", site, keyword, {"allOf": [{"not": every}]}, demand, Side.ACCEPTS,
            "all alternatives at once", wants=every, tells_overlap=True,
        )  # fmt: skip
    other = "oneOf" if keyword == "anyOf" else "anyOf"
    if other not in site.schema:
        side = Side.ACCEPTS if keyword == "anyOf" else Side.REJECTS
        changes = {keyword: REMOVED, other: branches}
        yield misread(
            f"{keyword}-as-{other}",
            site,
            keyword,
            changes,
            demand,
            side,
            "two alternatives at once",
            tells_overlap=True,
        )  # fmt: skip


def _mixed(site: Site, keyword: str) -> Iterator[Mutant]:
    """Read a closed alternative as open to the members of the others, so that two forms pass as one."""
    branches = site.schema[keyword]
    known = [b.get("properties", {}) if isinstance(b, dict) else {} for b in branches]
    for index, branch in enumerate(branches):
        others = {n: s for i, members in enumerate(known) if i != index for n, s in members.items()}
        foreign = {name: schema for name, schema in others.items() if name not in known[index]}
        if not foreign or not known[index] or branch.get("additionalProperties") is not False:
            continue
        opened = {**branch, "properties": {**known[index], **foreign}}
        yield misread(
            f"{keyword}-mixed", site, keyword,
            {keyword: [*branches[:index], opened, *branches[index + 1 :]]},
            f"{keyword} of {len(branches)}", Side.REJECTS, f"alternative {index + 1} mixed with others",
            at=(index, "additionalProperties"),
        )  # fmt: skip


def _identified_by_others(site: Site, keyword: str) -> Iterator[Mutant]:
    """Read a choice of required members as met by all the members that it does not name."""
    branches, members = site.schema[keyword], site.schema.get("properties", {})
    if not all(isinstance(b, dict) and b.keys() == {"required"} for b in branches):
        return
    named = {name for branch in branches for name in branch["required"]}
    others = [name for name, schema in members.items() if name not in named and schema is not False]
    if set(others) <= set(site.schema.get("required", [])):
        return
    yield misread(
        f"{keyword}-met-by-others", site, keyword, {keyword: [*branches, {"required": others}]},
        f"{keyword} of {len(branches)}", Side.REJECTS, "none of them, all others in order",
    )  # fmt: skip


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
            condition = [site.schema["if"]] if keyword == "then" else []
            yield misread(
                f"{keyword}-dropped", site, keyword, {keyword: REMOVED}, f"if … {keyword}", Side.REJECTS,
                f"what {keyword} forbids", wants={"allOf": [*condition, _negated(site.schema[keyword])]},
            )  # fmt: skip


def _negated(schema: Schema) -> Schema:
    """Return what a schema that only excludes something excludes; anything for every other one."""
    return schema["not"] if isinstance(schema, dict) and schema.keys() == {"not"} else True
