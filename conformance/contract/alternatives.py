"""The shapes of a schema: references followed, `allOf` merged, one shape for each choice of branches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, islice
from typing import Any, Final

from conformance import pointer as pointers
from conformance.contract.keywords import Schema
from conformance.contract.shape import ANY, Shape, close, own_shape, products
from conformance.openapi.references import reference

MAX_SHAPES: Final = 256
"""No schema is unfolded into more alternatives than this; wider ones are cut, first branches first."""

_MAX_DEPTH: Final = 24


def shapes(schema: Schema, root: Mapping[str, Any]) -> list[Shape]:
    """Return the alternatives of `schema`, whose `$ref`s lead into `root`; empty where nothing is valid."""
    return list(islice(_shapes(schema, root, _MAX_DEPTH), MAX_SHAPES))


def _shapes(schema: Schema, root: Mapping[str, Any], depth: int) -> Iterator[Shape]:
    if schema is False or depth == 0:
        return
    if schema is True or not schema:
        yield ANY
        return
    own = own_shape(schema)
    found: Iterator[Shape] = iter([own] if own.is_possible else [])
    for options in _applied(schema, root, depth - 1):
        found = products(found, options)
    for shape in found:
        yield close(shape, schema)


def _applied(schema: dict[str, Any], root: Mapping[str, Any], depth: int) -> Iterator[list[Shape]]:
    """Yield, for each applicator in place, the shapes that it allows."""

    def unfold(*branches: Schema) -> list[Shape]:
        return list(islice((s for b in branches for s in _shapes(b, root, depth)), MAX_SHAPES))

    if "$ref" in schema:
        yield unfold(follow(schema["$ref"], root))
    for branch in schema.get("allOf", ()):
        yield unfold(branch)
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            yield unfold(*schema[keyword])
    if "if" in schema:
        met = {"allOf": [schema["if"], schema.get("then", True)]}
        yield unfold(met, schema.get("else", True))
    for name, dependent in schema.get("dependentSchemas", {}).items():
        yield unfold({"properties": {name: False}}, {"allOf": [{"required": [name]}, dependent]})


def follow(ref: str, root: Mapping[str, Any]) -> Schema:
    """Return what a local `$ref` names in the bundle."""
    found: Schema = pointers.get(root, reference(ref))
    return found


def overlaps(schema: Schema, root: Mapping[str, Any], limit: int = 32) -> Iterator[Shape]:
    """Yield shapes that two branches of an `anyOf` or `oneOf` share: the values that tell the two apart."""
    if isinstance(schema, bool):
        return
    for keyword in ("anyOf", "oneOf"):
        branches = schema.get(keyword, ())
        rest = {k: v for k, v in schema.items() if k != keyword}
        for a, b in islice(combinations(branches, 2), limit):
            yield from islice(_shapes({"allOf": [rest, a, b]}, root, _MAX_DEPTH), 4)
