"""Operators on arrays: items unchecked at some place, pairs let in or refused (core §10.3.1)."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.contract.site import Site
from conformance.mutation.mutant import Mutant, misread
from conformance.pointer import REMOVED
from conformance.requirement import Side


def array_mutants(site: Site) -> Iterator[Mutant]:
    """Yield the misreadings of an array's items."""
    if isinstance(site.schema.get("items"), dict) and site.schema["items"]:
        yield from _items(site)
    elif site.schema.get("items") is False:
        yield misread(
            "items-opened", site, "items", {"items": True}, "no more items", Side.REJECTS, "one more"
        )
    if site.schema.get("unevaluatedItems", True) not in (True, {}):
        yield misread(
            "unevaluatedItems-opened", site, "unevaluatedItems", {"unevaluatedItems": REMOVED},
            "unevaluatedItems", Side.REJECTS, "one more",
        )  # fmt: skip
    for index, item in enumerate(site.schema.get("prefixItems", ())):
        if item not in (True, {}):
            yield _prefix_lost(site, index)
    yield from _unique(site)
    yield from _contains(site)


def _items(site: Site) -> Iterator[Mutant]:
    items, demand = site.schema["items"], "items"
    yield misread("items-unchecked", site, "items", {"items": True}, demand, Side.REJECTS, "a bad item")
    if "prefixItems" not in site.schema:
        first = {"prefixItems": [items], "items": True}
        yield misread(
            "items-first-only", site, "items", first, demand, Side.REJECTS, "a bad item after a good one"
        )
        rest = {"prefixItems": [True], "items": items}
        yield misread(
            "items-not-first", site, "items", rest, demand, Side.REJECTS, "a bad item before a good one"
        )
        if max(site.schema.get("minItems", 0), 3) <= site.schema.get("maxItems", 3):
            yield _ends_only(site)
    if "maxItems" not in site.schema:
        for cap, more in ((1, "two"), (100, "101"), (999, "1000")):
            yield misread(
                f"items-capped-at-{cap}", site, "items", {"maxItems": cap}, demand, Side.ACCEPTS, more
            )


def _ends_only(site: Site) -> Mutant:
    items = site.schema["items"]
    ends = {"minItems": 3, "prefixItems": [items, True]}
    either = {"anyOf": [{"items": items}, {**ends, "items": items}]}
    changes = {"items": REMOVED, "allOf": [*site.schema.get("allOf", []), either]}
    return misread(
        "items-ends-only", site, "items", changes, "items", Side.REJECTS, "a bad item between good ones"
    )


def _prefix_lost(site: Site, index: int) -> Mutant:
    prefix = list(site.schema["prefixItems"])
    prefix[index] = True
    return misread(
        "prefixItems-unchecked", site, "prefixItems", {"prefixItems": prefix}, f"item {index}", Side.REJECTS,
        "a bad item", at=(index,),
    )  # fmt: skip


def _unique(site: Site) -> Iterator[Mutant]:
    if site.schema.get("uniqueItems"):
        yield misread(
            "uniqueItems-dropped",
            site,
            "uniqueItems",
            {"uniqueItems": REMOVED},
            "uniqueItems",
            Side.REJECTS,
            "a pair alike",
        )
    elif isinstance(site.schema.get("items"), dict) and site.schema.get("maxItems", 2) > 1:
        yield misread(
            "uniqueItems-demanded",
            site,
            "items",
            {"uniqueItems": True},
            "items",
            Side.ACCEPTS,
            "a pair alike",
        )


def _contains(site: Site) -> Iterator[Mutant]:
    if "contains" in site.schema:
        changes = {"contains": REMOVED, "minContains": REMOVED, "maxContains": REMOVED}
        yield misread("contains-dropped", site, "contains", changes, "contains", Side.REJECTS, "none of it")
        if "minContains" not in site.schema:
            yield misread(
                "contains-twice", site, "contains", {"minContains": 2}, "contains", Side.ACCEPTS, "one of it"
            )
