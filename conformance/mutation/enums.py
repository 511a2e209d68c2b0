"""Operators on `enum` and `const`: each member lost, outsiders let in, case ignored (validation §6.1)."""

from __future__ import annotations

import json
from collections.abc import Iterator

from conformance.contract.site import Site
from conformance.jsonvalue import JSON
from conformance.mutation.mutant import Mutant, misread
from conformance.pointer import REMOVED
from conformance.requirement import Side


def enum_mutants(site: Site) -> Iterator[Mutant]:
    """Yield the misreadings of `enum` and `const` at the site."""
    if "enum" in site.schema:
        yield from _enum(site, site.schema["enum"])
    if "const" in site.schema:
        wanted = _text(site.schema["const"])
        yield misread(
            "const-dropped", site, "const", {"const": REMOVED}, f"const {wanted}", Side.REJECTS, "another"
        )
        if (variants := _variants([site.schema["const"]])) is not None:
            changes = {"const": REMOVED, "enum": [site.schema["const"], *variants]}
            yield misread(
                "const-case", site, "const", changes, f"const {wanted}", Side.REJECTS, "another case"
            )


def _enum(site: Site, members: list[JSON]) -> Iterator[Mutant]:
    demand = f"enum of {len(members)}"
    for index, member in enumerate(members):
        rest = [m for m in members if m != member or type(m) is not type(member)]
        replacement: dict[str, JSON] = {"enum": rest} if rest else {"not": {}}
        yield misread(
            "enum-member-lost", site, "enum", replacement, demand, Side.ACCEPTS, _text(member), at=(index,)
        )
    yield misread(
        "enum-dropped", site, "enum", {"enum": REMOVED}, demand, Side.REJECTS, "an outsider", is_basic=True
    )
    if (variants := _variants(members)) is not None:
        changes = {"enum": [*members, *variants]}
        yield misread("enum-case", site, "enum", changes, demand, Side.REJECTS, "another case")
    if "" not in members and any(isinstance(m, str) for m in members):
        yield misread("enum-empty", site, "enum", {"enum": [*members, ""]}, demand, Side.REJECTS, '""')


def _variants(members: list[JSON]) -> list[JSON] | None:
    """Return the members in upper case and capitalised, those that are members already left out."""
    words = [m for m in members if isinstance(m, str)]
    found = [v for m in words for v in (m.upper(), m.capitalize(), m.lower()) if v not in members]
    return list(dict.fromkeys(found)) or None


def _text(value: JSON) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else text[:37] + "…"
