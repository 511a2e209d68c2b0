"""What the drawers of one type each ask of the one who draws whole values."""

from __future__ import annotations

from typing import Protocol

from hypothesis import strategies as st

from conformance.contract.keywords import Schema
from conformance.jsonvalue import JSON


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
    """Return a length or count within the bounds: often at a bound, else `low` to `low + spread`.

    An upper bound over `longest` is not drawn; the enumerated edges cover it.
    """
    top = low + spread if high is None else min(high, low + spread)
    return draw_between(low, top, top if high is None or high > longest else high, drawing)


def draw_between(low: int, top: int, last: int, drawing: Drawing) -> int:
    """Return an integer from `low` to `top`, one time out of three `low` or `last`, or next to it.

    It is one choice whichever range it is from, so that a number shrinks on, out of the narrow ranges.
    """
    ranges = ((low, top), (max(low, last - 1), last), (low, min(low + 1, top)), (low, top))
    return drawing.draw(st.integers(*ranges[drawing.below(len(ranges))]))
