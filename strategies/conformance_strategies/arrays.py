"""Arrays of a shape: at each length bound, with one odd item somewhere, with a pair alike."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, islice
from typing import Final

from conformance.contract.shape import Shape
from conformance.jsonvalue import JSON, encode
from conformance_strategies.objects import Values

_MAX_ITEMS: Final = 2000
"""No array is built longer than this."""

_ITEM_EDGES: Final = 16


def plain_arrays(shape: Shape, values: Values, *, full: bool = False) -> Iterator[list[JSON]]:
    """Yield the shortest array, the one with an item first where `full` is asked."""
    least = max(shape.min_items, sum(c.low for c in shape.contains))
    lengths = (max(least, 1, len(shape.prefix)), least) if full else (least, least + 1)
    for length in lengths:
        if shape.max_items is None or length <= shape.max_items:
            yield from _of_length(shape, length, values, full=full)


def _of_length(shape: Shape, length: int, values: Values, *, full: bool = False) -> Iterator[list[JSON]]:
    """Yield an array of the length, its items distinct where they must be; nothing where none can be."""
    if length > _MAX_ITEMS:
        return
    try:
        wanted = _containing(shape, values)
        own = min(length, max(len(wanted), len(shape.prefix)))
        items = [wanted[i] if i < len(wanted) else _item(shape, i, values, full=full) for i in range(own)]
        items += [_item(shape, own, values, full=full)] * (length - own) if length > own else []
    except ValueError:
        return
    if not shape.unique:
        yield items
    elif (distinct := _distinct(shape, length, values)) is not None:
        yield distinct


def _containing(shape: Shape, values: Values) -> list[JSON]:
    """Return the items that every `contains` asks for, each as often as `minContains` says."""
    return [values.plain(c.schema) for c in shape.contains for _ in range(c.low)]


def _item(shape: Shape, index: int, values: Values, *, full: bool) -> JSON:
    return values.full(shape.item(index)) if full else values.plain(shape.item(index))


def _distinct(shape: Shape, length: int, values: Values) -> list[JSON] | None:
    """Return `length` items of which no two are equal (validation §6.4.3), None where we cannot."""
    found = _containing(shape, values)[:length]
    seen = {encode(value) for value in found}
    for index in range(len(found), length):
        schema = shape.item(index)
        for value in _many(shape, index, values):
            if values.accepts(schema, value) and (key := encode(value)) not in seen:
                seen.add(key)
                found.append(value)
                break
        else:
            return None
    return found


def _many(shape: Shape, index: int, values: Values) -> Iterator[JSON]:
    schema = shape.item(index)
    if isinstance(schema, dict) and "enum" in schema:
        yield from schema["enum"]  # there is nothing else to be found
        return
    yield values.plain(schema)
    yield from islice(values.edges(schema), 2 * _MAX_ITEMS)
    for number in islice(count(), 2 * _MAX_ITEMS):
        yield from (number, f"item{number}", [number], {"member": number})


def edge_arrays(shape: Shape, against: Shape, values: Values) -> Iterator[list[JSON]]:
    """Yield arrays at the shape's length bounds, and arrays with an item that `against` refuses."""
    yield from _odd_items(shape, against, values)
    if against.unique and not shape.unique:
        yield from _pairs(shape, values)
    yield from _without_contained(shape, against, values)
    for length in _lengths(shape, against):
        yield from _of_length(shape, length, values)
    yield from _pairs(shape, values)
    for value in islice(values.edges(shape.item(0)), _ITEM_EDGES):
        yield [value]


def _lengths(shape: Shape, against: Shape) -> list[int]:
    low, high = shape.min_items, shape.max_items
    wanted = {0, 1, 2, low, low + 1, against.min_items - 1, len(shape.prefix), len(shape.prefix) + 1}
    wanted |= {len(against.prefix), len(against.prefix) + 1}
    for limit in (high, against.max_items):
        if limit is not None:
            wanted |= {limit - 1, limit, limit + 1}
    for mine in (*shape.contains, *against.contains):
        wanted |= {mine.low - 1, mine.low, *(() if mine.high is None else (mine.high, mine.high + 1))}
    return sorted(n for n in wanted if n >= low and (high is None or n <= high))


def _pairs(shape: Shape, values: Values) -> Iterator[list[JSON]]:
    """Yield two equal items, where the shape lets them be."""
    if shape.unique or (shape.max_items is not None and shape.max_items < 2) or shape.prefix:
        return
    if shape.min_items <= _MAX_ITEMS:
        for value in islice(values.edges(shape.items), 3):
            yield [value] * max(2, shape.min_items)


def _odd_items(shape: Shape, against: Shape, values: Values) -> Iterator[list[JSON]]:
    """Put an item that only `shape` allows at each place where the two differ, the rest being plain."""
    places = max(len(shape.prefix), len(against.prefix)) + 2
    for index in range(places):
        mine, theirs = shape.item(index), against.item(index)
        if mine == theirs or mine is False:
            continue
        for value in islice(values.edges(mine, True if theirs is False else theirs), _ITEM_EDGES):
            for length in (max(index + 1, shape.min_items), max(index + 2, shape.min_items)):
                for items in _plain_rest(shape, against, length, values):
                    yield [*items[:index], value, *items[index + 1 :]]
                    yield [*items[:index], value, *items[index:]]


def _plain_rest(shape: Shape, against: Shape, length: int, values: Values) -> Iterator[list[JSON]]:
    """Yield arrays that both shapes allow, as far as plain items tell; else those of `shape` alone."""
    if shape.max_items is not None and length > shape.max_items:
        return
    for theirs in _of_length(against, length, values):
        if all(values.accepts(shape.item(i), value) for i, value in enumerate(theirs)):
            yield theirs
            return
    yield from _of_length(shape, length, values)


def _without_contained(shape: Shape, against: Shape, values: Values) -> Iterator[list[JSON]]:
    """Yield arrays whose items the other's `contains` does not match, too few of them, or too many."""
    for wanted in against.contains:
        strangers = (v for v in values.edges(shape.items) if not values.accepts(wanted.schema, v))
        for value in islice(strangers, 2):
            for few in {0, max(0, wanted.low - 1), wanted.low}:
                yield from _mixed(values, wanted.schema, few, value)
        if wanted.high is not None:
            try:
                yield [values.plain(wanted.schema)] * (wanted.high + 1)
            except ValueError:
                continue


def _mixed(values: Values, schema: object, few: int, stranger: JSON) -> Iterator[list[JSON]]:
    try:
        inside = [values.plain(schema)] * few  # type: ignore[arg-type]
    except ValueError:
        return
    yield [*inside, stranger]
