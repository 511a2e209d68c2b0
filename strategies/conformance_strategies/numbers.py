"""Numbers of a shape: at each bound, one step to either side, and the plain one."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor

from conformance.contract.shape import Shape
from conformance.jsonvalue import JSON


def plain_numbers(shape: Shape, *, integral: bool) -> Iterator[JSON]:
    """Yield numbers of the shape, the most ordinary first."""
    start = (Fraction(1), Fraction(0), Fraction(-1), Fraction(3, 2))
    yield from _fitting((*start, *_bounds(shape, integral=integral)), shape, integral=integral)


def edge_numbers(shape: Shape, against: Shape, *, integral: bool) -> Iterator[JSON]:
    """Yield numbers of the shape at its own bounds and just past the bounds of `against`."""
    usual = (Fraction(0), Fraction(1), Fraction(-1), Fraction(3, 2), Fraction(1, 2))
    points = (*_bounds(shape, integral=integral), *_bounds(against, integral=integral), *usual)
    yield from _fitting(points, shape, integral=integral)


def fits(value: Fraction, shape: Shape, *, integral: bool) -> bool:
    """Tell whether the number keeps every numeric keyword of the shape (validation §6.2)."""
    return not (
        (integral and value.denominator != 1)
        or (shape.minimum is not None and value < shape.minimum)
        or (shape.maximum is not None and value > shape.maximum)
        or (shape.exclusive_minimum is not None and value <= shape.exclusive_minimum)
        or (shape.exclusive_maximum is not None and value >= shape.exclusive_maximum)
        or (shape.multiple_of is not None and (value / shape.multiple_of).denominator != 1)
    )


def _fitting(points: tuple[Fraction, ...], shape: Shape, *, integral: bool) -> Iterator[JSON]:
    seen: set[Fraction] = set()
    for point in points:
        if point not in seen and fits(point, shape, integral=integral):
            seen.add(point)
            yield as_json(point)


def as_json(value: Fraction) -> JSON:
    """Return an int where the number is whole, else the nearest float."""
    return int(value) if value.denominator == 1 else float(value)


def _bounds(shape: Shape, *, integral: bool) -> tuple[Fraction, ...]:
    step = shape.multiple_of or Fraction(1)
    limits = (shape.minimum, shape.maximum, shape.exclusive_minimum, shape.exclusive_maximum)
    points: list[Fraction] = []
    for limit in limits:
        if limit is not None:
            points += _around(limit, step, integral=integral)
    if shape.multiple_of is not None:
        points += [step, -step, 2 * step, step / 2, step * 3 / 2]
    return tuple(points)


def _around(limit: Fraction, step: Fraction, *, integral: bool) -> list[Fraction]:
    """Return the limit, its neighbours by one step, and the multiples of the step on either side."""
    below, above = floor(limit / step) * step, ceil(limit / step) * step
    close = [] if integral else [limit - Fraction(1, 2), limit + Fraction(1, 2)]
    whole = [
        Fraction(floor(limit)),
        Fraction(ceil(limit)),
        Fraction(floor(limit) - 1),
        Fraction(ceil(limit) + 1),
    ]
    return [limit, *close, limit - step, limit + step, below, above, below - step, above + step, *whole]
