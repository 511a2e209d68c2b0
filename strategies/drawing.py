"""What the drawers of one type each ask of the one who draws whole values."""

from __future__ import annotations

from typing import Protocol

from hypothesis import strategies as st

from conformance.jsonvalue import JSON
from conformance.schema.keywords import Schema


class Drawing(Protocol):
    """Draws values of any schema. Where none can be built, UnsatisfiableError is raised."""

    draw: st.DrawFn

    def value(self, schema: Schema) -> JSON:
        """Return a valid value."""
        ...

    def below(self, count: int) -> int:
        """Return a number from 0, the simplest, up to `count` less one."""
        ...

    def can(self, schema: Schema) -> bool:
        """Tell whether a value of the schema can be built."""
        ...


def draw_size(low: int, high: int | None, spread: int, longest: int, drawing: Drawing) -> int:
    """Return a length or count within the bounds: often a bound itself, else `low` to `low + spread`.

    An upper bound over `longest` is not drawn; the enumerated edges cover it.
    """
    top = low + spread if high is None else min(high, low + spread)
    edges = (
        [low, top]
        if high is None or high > longest
        else sorted({low, min(low + 1, high), max(low, high - 1), high})
    )
    if drawing.below(3) == 1:
        return edges[drawing.below(len(edges))]
    return low + drawing.below(top - low + 1)
