"""Bodies in which optional members meet: every two of them, absent or of each of their types, in some row.

The rows are a covering array of strength two (NIST SP 800-142 §2): few bodies, all pairs of choices.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from allpairspy import AllPairs

from conformance.contract.keywords import Schema
from conformance.contract.shape import Shape
from conformance.jsonvalue import JSON
from conformance.witness.values import Values

_PAIR: Final = 2

_TYPES: Final = 5
"""So many values of a member, one for each of its alternatives, take part."""

_MEMBERS: Final = 40
"""Objects with more optional members than this are too wide for rows of all pairs."""


class _Absent:
    """The choice to leave a member out."""


_ABSENT: Final = _Absent()


def pairwise_bodies(schema: Schema, values: Values) -> Iterator[JSON]:
    """Yield valid bodies in which each two optional members of an alternative meet in every way.

    A row that the contract refuses, because members exclude each other, is left out.
    """
    for shape in values.shapes(schema):
        optional = [name for name in shape.properties if name not in shape.required]
        if "object" in shape.types and _PAIR <= len(optional) <= _MEMBERS:
            yield from _rows(shape, optional, schema, values)


def _rows(shape: Shape, optional: list[str], schema: Schema, values: Values) -> Iterator[JSON]:
    try:
        least = {name: values.plain(shape.member(name)) for name in shape.required}
    except ValueError:
        return
    each = {name: list(islice(values.each(shape.member(name)), _TYPES)) for name in optional}
    choices: dict[str, list[Any]] = {name: [_ABSENT, *found] for name, found in each.items() if found}
    if len(choices) < _PAIR:
        return
    for row in AllPairs(list(choices.values())):
        chosen = {n: v for n, v in zip(choices, row, strict=True) if v is not _ABSENT}
        body = {**least, **chosen}
        if values.accepts(schema, body):
            yield body
