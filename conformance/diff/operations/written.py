"""How the value of a parameter or header is written, as far as that can be told apart (OpenAPI 3.1 §4.8.12.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from conformance.diff.operations.media_types import spelt
from conformance.diff.operations.side import Side
from conformance.jsonvalue import JSON, type_name
from conformance.openapi.document import Document, resolve
from conformance.pointer import Pointer

_STYLES: Final = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
_COMPOSED: Final = frozenset({"array", "object"})
_SHOW_EXPLODED: Final = {"simple": frozenset({"object"})}
_DEPTH: Final = 8


@dataclass(frozen=True, slots=True)
class Written:
    """How a value is put: `style` says it in words, the rest is what a client is free to do on top."""

    style: str
    reserved: bool = False
    empty: bool = False

    def __str__(self) -> str:
        reserved = ", reserved characters as they are" if self.reserved else ""
        return f"{self.style}{reserved}{', possibly empty' if self.empty else ''}"

    def reads(self, other: Written) -> bool:
        """Tell whether who reads values of this form reads every one of the other."""
        return self.style == other.style and self.reserved >= other.reserved and self.empty >= other.empty


def written(base: Side, revision: Side, where: str) -> tuple[Written, Written]:
    """Return how the values of a parameter of one location are written on both sides.

    What no value that both know could show is left away: `explode` means nothing but for arrays and objects.
    """
    kinds = _kinds_of(base) & _kinds_of(revision)
    return _written(base, where, kinds), _written(revision, where, kinds)


def _written(parameter: Side, where: str, kinds: frozenset[str]) -> Written:
    content = parameter.get("content")
    if isinstance(content, Mapping) and content:
        return Written(spelt(str(next(iter(content)))))
    style = str(parameter.get("style", _STYLES.get(where, "simple")))
    shows = bool(kinds & _SHOW_EXPLODED.get(style, _COMPOSED))
    exploded = shows and bool(parameter.get("explode", style == "form"))
    return Written(
        f"style {style}{', exploded' if exploded else ''}",
        where == "query" and bool(parameter.get("allowReserved", False)),
        where == "query" and bool(parameter.get("allowEmptyValue", False)),
    )


def _kinds_of(parameter: Side) -> frozenset[str]:
    place = parameter.schema
    return _COMPOSED if place.pointer is None else _kinds(place.document, place.pointer, _DEPTH)


def _kinds(document: Document, pointer: Pointer, depth: int) -> frozenset[str]:
    """Return which of array and object a schema may let pass; both where its keywords do not say."""
    schema, at = resolve(document, pointer)
    if not isinstance(schema, Mapping) or depth == 0:
        return _COMPOSED
    found = _declared(schema)
    for keyword in ("anyOf", "oneOf", "allOf"):
        below = [
            _kinds(document, (*at, keyword, index), depth - 1)
            for index in range(len(schema.get(keyword, ())))
        ]
        if below and keyword == "allOf":
            found = found.intersection(*below)
        elif below:
            found &= frozenset().union(*below)
    return found


def _declared(schema: Mapping[str, JSON]) -> frozenset[str]:
    if "type" in schema:
        names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        return _COMPOSED & frozenset(map(str, names))
    if "enum" in schema or "const" in schema:
        return _of_values(schema.get("enum", [schema.get("const")]))
    return _COMPOSED


def _of_values(values: Iterable[JSON]) -> frozenset[str]:
    return _COMPOSED & {type_name(value) for value in values}
