"""Operators on objects: members demanded, lost, refused or let in, at every level (core §10.3.2)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Final

from conformance.contract.keywords import is_sent
from conformance.contract.site import Site
from conformance.mutation.mutant import Mutant, misread
from conformance.pointer import REMOVED
from conformance.requirement import Side

_PAIRED: Final = 16
"""Objects with more optional members than this have too many pairs to try each."""


def object_mutants(site: Site) -> Iterator[Mutant]:
    """Yield the misreadings of which members an object has."""
    yield from _required(site)
    yield from _optional(site)
    yield from _closed(site)
    yield from _names(site)
    yield from _dependent(site)
    yield from _pairs(site)


def _pairs(site: Site) -> Iterator[Mutant]:
    """Yield the readings under which two optional members do not go together."""
    required = site.schema.get("required", [])
    optional = [
        n
        for n, s in site.schema.get("properties", {}).items()
        if n not in required and s is not False and is_sent(s)
    ]
    if len(optional) > _PAIRED:
        return
    for one, other in combinations(optional, 2):
        refused = {"not": {"required": [one, other]}}
        changes = {"allOf": [*site.schema.get("allOf", []), refused]}
        yield misread(
            "pair-refused", site, "properties", changes, f"optional {one} with {other}", Side.ACCEPTS, "both",
            at=(f"{one}&{other}",), wants={"required": [one, other]},
        )  # fmt: skip


def _required(site: Site) -> Iterator[Mutant]:
    required = site.schema.get("required", [])
    for index, name in enumerate(required):
        rest = [r for r in required if r != name]
        changes = {"required": rest or REMOVED}
        yield misread(
            "required-lost",
            site,
            "required",
            changes,
            f"required {name}",
            Side.REJECTS,
            f"no {name}",
            at=(index,),
            is_basic=True,
        )


def _optional(site: Site) -> Iterator[Mutant]:
    required = site.schema.get("required", [])
    for name, schema in site.schema.get("properties", {}).items():
        if not is_sent(schema):
            continue
        if schema is False:
            yield _forbidden(site, name)
            continue
        if name not in required:
            changes = {"required": [*required, name]}
            yield misread(
                "optional-demanded",
                site,
                "properties",
                changes,
                f"optional {name}",
                Side.ACCEPTS,
                "without",
                at=(name,),
            )
        refused = {"properties": {**site.schema["properties"], name: False}}
        if name not in required:
            yield misread(
                "member-refused",
                site,
                "properties",
                refused,
                f"optional {name}",
                Side.ACCEPTS,
                "with",
                at=(name,),
                wants={"required": [name]},
            )


def _forbidden(site: Site, name: str) -> Mutant:
    allowed = {"properties": {**site.schema["properties"], name: True}}
    return misread(
        "forbidden-taken", site, "properties", allowed, f"no {name}", Side.REJECTS, "with", at=(name,)
    )


def _closed(site: Site) -> Iterator[Mutant]:
    for keyword in ("additionalProperties", "unevaluatedProperties"):
        if keyword not in site.schema or site.schema[keyword] in (True, {}):
            continue
        closed = site.schema[keyword] is False
        demand = f"{keyword} false" if closed else keyword
        detail = "an undeclared member" if closed else "an undeclared member of the wrong kind"
        yield misread(f"{keyword}-opened", site, keyword, {keyword: REMOVED}, demand, Side.REJECTS, detail)
        if not closed:
            yield misread(
                f"{keyword}-closed",
                site,
                keyword,
                {keyword: False},
                demand,
                Side.ACCEPTS,
                "an undeclared member",
            )


def _names(site: Site) -> Iterator[Mutant]:
    if "propertyNames" in site.schema:
        yield misread(
            "propertyNames-dropped", site, "propertyNames", {"propertyNames": REMOVED},
            "propertyNames", Side.REJECTS, "a wrong name",
        )  # fmt: skip
    patterns = site.schema.get("patternProperties", {})
    for pattern in patterns:
        rest = {p: s for p, s in patterns.items() if p != pattern}
        yield misread(
            "patternProperties-lost", site, "patternProperties", {"patternProperties": rest},
            f"patternProperties {pattern}", Side.REJECTS, "a wrong member", at=(pattern,),
        )  # fmt: skip


def _dependent(site: Site) -> Iterator[Mutant]:
    for keyword in ("dependentRequired", "dependentSchemas"):
        table = site.schema.get(keyword, {})
        for name in table:
            rest = {n: v for n, v in table.items() if n != name}
            yield misread(
                f"{keyword}-lost", site, keyword, {keyword: rest}, f"{keyword} {name}", Side.REJECTS,
                f"{name} alone", at=(name,),
            )  # fmt: skip
