"""Values on which two schemas may differ: ordinary ones, those at the edges, and what one accepts beyond the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import chain, islice
from typing import Final

from conformance.contract.keywords import Schema
from conformance.contract.shape import TYPES, conjunction
from conformance.diff.schema.inclusion import difference
from conformance.jsonvalue import JSON
from conformance.witness.values import MakeValues, Values

_EDGES: Final = 100
"""So many edges of each schema are tried, five times as many as the labelled pairs need."""


def edges(values: Values, mine: Schema, theirs: Schema) -> Iterator[JSON]:
    """Yield ordinary values of `mine`, those first that a person would show, then those at the edges of both."""
    return chain(
        _ordinary(values, mine),
        _quietly(islice(values.edges(mine, theirs), _EDGES)),
        _quietly(islice(values.edges(theirs, mine), _EDGES)),
        _quietly(values.near(mine)),
        _repeating(values, mine),
    )


def beyond(make_values: MakeValues, values: Values, mine: Schema, theirs: Schema) -> Iterator[JSON]:
    """Yield values that `mine` accepts and `theirs` rejects, as far as that can be said without references."""
    found = difference(mine, theirs, values.root)
    if isinstance(found, dict) and "'$ref'" not in repr(found):
        yield from _ordinary(make_values(found), found)


def _ordinary(values: Values, schema: Schema) -> Iterator[JSON]:
    """Yield the plain value of a schema, the full one, and one of each alternative and of each type."""
    for build in (values.plain, values.full):
        with suppress(ValueError):
            yield build(schema)
    yield from _quietly(values.each(schema))
    for name in TYPES:
        with suppress(ValueError):
            yield values.plain(conjunction(schema, {"type": name}))


def _repeating(values: Values, schema: Schema) -> Iterator[JSON]:
    """Yield lawful arrays with one of their items once more: no schema can ask for that."""
    for items in _ordinary(values, conjunction(schema, {"type": "array"})):
        yield from ([*items, item] for item in (*items[:1], *items[-1:]))


def _quietly(values: Iterator[JSON]) -> Iterator[JSON]:
    """Yield the values up to the first that cannot be built."""
    with suppress(ValueError):
        yield from values
