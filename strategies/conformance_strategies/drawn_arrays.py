"""Random arrays of a shape: a drawn length, what `contains` asks for at drawn places, no forbidden pairs."""

from __future__ import annotations

from typing import Final

from conformance.contract.shape import Shape, conjunction
from conformance.jsonvalue import JSON
from conformance_strategies.drawing import Drawing, draw_size
from conformance_strategies.source import UnsatisfiableError

_SPREAD: Final = 4
_LONGEST: Final = 32
_TRIES: Final = 4


def draw_array(shape: Shape, drawing: Drawing) -> list[JSON]:
    """Return an array of the shape. Raises UnsatisfiableError where its items cannot be drawn."""
    wanted = sum(c.low for c in shape.contains)
    low, high = max(shape.min_items, wanted), _most(shape, drawing)
    if high is not None and low > high:
        raise UnsatisfiableError("an array of this length has no items")
    length = draw_size(low, high, _SPREAD, _LONGEST, drawing)
    contained = _contained(shape, length, drawing)
    items: list[JSON] = []
    for index in range(length):
        schema = conjunction(shape.item(index), contained.get(index, True))
        _append(items, schema, drawing, unique=shape.unique)
    if len(items) < low:
        raise UnsatisfiableError("not enough distinct items are found")
    return items


def _most(shape: Shape, drawing: Drawing) -> int | None:
    """Return the greatest length: items end where their schema has no value."""
    for index, schema in enumerate((*shape.prefix, shape.items)):
        if not drawing.can(schema):
            return index if shape.max_items is None else min(index, shape.max_items)
    return shape.max_items


def _contained(shape: Shape, length: int, drawing: Drawing) -> dict[int, bool | dict[str, JSON]]:
    """Return the schemas that `contains` adds, each at places of its own."""
    free = list(range(length))
    return {
        free.pop(drawing.below(len(free))): contains.schema
        for contains in shape.contains
        for _ in range(contains.low)
    }


def _append(items: list[JSON], schema: bool | dict[str, JSON], drawing: Drawing, *, unique: bool) -> None:
    """Add an item; where items are unique and no new one turns up, add none."""
    for _ in range(_TRIES):
        item = drawing.value(schema)
        if not unique or all(identity(item) != identity(other) for other in items):
            items.append(item)
            return


def identity(value: JSON) -> JSON:
    """Return a key that is equal for equal JSON values alone (core §4.2.2): 1 is 1.0, and is not true."""
    match value:
        case bool():
            return ("boolean", value)
        case list():
            return ("array", tuple(map(identity, value)))
        case dict():
            return ("object", frozenset((key, identity(member)) for key, member in value.items()))
        case _:
            return value
