"""Random numbers of a shape: within its bounds, on its multiples, often at an edge."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import Final

from hypothesis import strategies as st

from conformance.contract.formats import NUMERIC
from conformance.contract.shape import Shape
from conformance.jsonvalue import JSON
from conformance_strategies.drawing import Drawing, draw_between
from conformance_strategies.numbers import as_json, edge_numbers
from conformance_strategies.source import UnsatisfiableError

_SAFE: Final = 2**53 - 1
"""Integers over this are not read alike everywhere (RFC 8259 §6); they are drawn only where bounds ask."""


def draw_number(shape: Shape, drawing: Drawing, *, integral: bool) -> JSON:
    """Return a number of the shape. Raises UnsatisfiableError where none lies within the bounds."""
    kind = 0 if integral or shape.multiple_of is not None else drawing.below(3)
    if kind == 1 and (strategy := _floats(shape)) is not None:
        return drawing.draw(strategy)
    step = _step(shape.multiple_of, integral=integral)
    low, high = _interval(shape, step)
    if kind == 2 or low > high:
        return _at_an_edge(shape, drawing, integral=integral)
    return as_json(draw_between(low, high, high, drawing) * step)


def _at_an_edge(shape: Shape, drawing: Drawing, *, integral: bool) -> JSON:
    """Return one of the enumerated numbers: bounds that lie between two steps, and their neighbours."""
    edges = list(edge_numbers(shape, shape, integral=integral))
    if not edges:
        raise UnsatisfiableError("no number within the bounds")
    return edges[drawing.below(len(edges))]


def _step(multiple: Fraction | None, *, integral: bool) -> Fraction:
    """Return by how much neighbours differ: a whole number where the type is integer."""
    if multiple is None:
        return Fraction(1)
    return (
        Fraction(multiple.numerator) if integral else multiple
    )  # multiples of p/q that are whole: those of p


def _interval(shape: Shape, step: Fraction) -> tuple[int, int]:
    """Return how many steps the lowest and the highest number are away from zero."""
    low, high = _ends(shape)
    first, last = ceil(low / step), floor(high / step)
    first += first * step == shape.exclusive_minimum
    last -= last * step == shape.exclusive_maximum
    return first, last


def _ends(shape: Shape) -> tuple[Fraction, Fraction]:
    """Return the tightest bounds, both ends taken as inclusive; `int32` and `int64` are bounds too."""
    lows = [b for b in (shape.minimum, shape.exclusive_minimum) if b is not None]
    highs = [b for b in (shape.maximum, shape.exclusive_maximum) if b is not None]
    for name in shape.formats:
        if name in NUMERIC:
            lows.append(Fraction(NUMERIC[name][0]))
            highs.append(Fraction(NUMERIC[name][1]))
    low = max(lows) if lows else min([Fraction(-_SAFE), *(h - _SAFE for h in highs)])
    high = min(highs) if highs else max([Fraction(_SAFE), *(b + _SAFE for b in lows)])
    return low, high


def _floats(shape: Shape) -> st.SearchStrategy[float] | None:
    """Return the fractions within the bounds, None where no float lies between them."""
    low, high = map(float, _ends(shape))
    if low >= high:
        return None
    return st.floats(
        low,
        high,
        exclude_min=shape.exclusive_minimum is not None,
        exclude_max=shape.exclusive_maximum is not None,
        allow_nan=False,
        allow_infinity=False,
        allow_subnormal=False,
    )
