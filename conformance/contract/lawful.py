"""Lawful readings: where a schema may be read in two ways, so that no verdict may rest on what they judge apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from conformance import pointer as pointers
from conformance.contract.contract import Contract
from conformance.contract.formats import contested
from conformance.contract.keywords import OPEN, Schema
from conformance.contract.site import Site, sites
from conformance.contract.validator import Validator, compile_schema
from conformance.regex.parser import parse
from conformance.regex.syntax import Choice, End, Node, Sequence, Start, UndecidedPatternError, render

LIMITED: Final = "RFC 8259 §9 lets a reader limit the characters of strings"
_SPECIFIC: Final = frozenset({"pattern", "format", "enum", "const", "contentEncoding", "contentMediaType"})


@dataclass(frozen=True, slots=True)
class LawfulReading:
    """A schema as somebody else may lawfully read it; `reason` says why."""

    replacement: Schema
    reason: str


def lawful_readings(contract: Contract) -> list[tuple[str, Validator]]:
    """Return the other lawful readings of a contract, compiled, each with the reason why it may be read so."""
    if "lawful" not in contract.memo:
        contract.memo["lawful"] = [
            (reading.reason, compile_schema(pointers.put(contract.root, site.pointer, reading.replacement)))
            for site in sites(contract)
            if not site.inherited_open or OPEN in site.schema
            for reading in _of_site(site)
        ]
    found: list[tuple[str, Validator]] = contract.memo["lawful"]
    return found


def _of_site(site: Site) -> Iterator[LawfulReading]:
    if OPEN in site.schema:
        yield LawfulReading(True, str(site.schema[OPEN]))
    else:
        yield from readings(site.schema)


def readings(schema: Mapping[str, Any]) -> Iterator[LawfulReading]:
    """Yield the other readings of one schema object, those of its subschemas aside."""
    for value, what in contested(str(schema.get("format", ""))):
        yield LawfulReading(either_way(schema, value), differing(schema, what))
    if isinstance(pattern := schema.get("pattern"), str):
        for tree, reason in _anchored(pattern):
            yield LawfulReading({**schema, "pattern": render(tree)}, reason)
    if is_free_text(schema):
        yield LawfulReading({**schema, "not": {"pattern": r"\u0000"}}, LIMITED)


def either_way(schema: Mapping[str, Any], value: str) -> dict[str, Any]:
    """Return what is true of the value exactly where the schema is not."""
    return {"oneOf": [dict(schema), {"const": value}]}


def differing(schema: Mapping[str, Any], what: str) -> str:
    """Return why a contested value of the schema's format is open."""
    return f"lawful readers of format {schema['format']} differ on {what}"


def is_free_text(schema: Mapping[str, Any]) -> bool:
    """Tell whether the schema is of any text: nothing says which characters it has."""
    return schema.get("type") == "string" and not _SPECIFIC & schema.keys()


def _anchored(pattern: str) -> Iterator[tuple[Node, str]]:
    try:
        tree = parse(pattern)
    except UndecidedPatternError:
        return
    if not isinstance(tree, Choice):
        yield from unanchored(parts(tree))


def unanchored(nodes: tuple[Node, ...]) -> Iterator[tuple[Node, str]]:
    """Yield a pattern's tree with the anchor that it lacks at its start, at its end, and why it may be meant."""
    if nodes[:1] != (Start(),):
        reason = "the pattern has no ^, so text before the match is valid to the letter"
        yield Sequence((Start(), *nodes)), reason
    if nodes[-1:] != (End(),):
        reason = "the pattern has no $, so text after the match is valid to the letter"
        yield Sequence((*nodes, End())), reason


def parts(tree: Node) -> tuple[Node, ...]:
    """Return the parts of a sequence, of anything else itself."""
    return tree.parts if isinstance(tree, Sequence) else (tree,)
