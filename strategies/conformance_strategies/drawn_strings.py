"""Random strings of a shape: free text, walks through a pattern's automaton, values of a format."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Final

from hypothesis import strategies as st

from conformance.contract.formats import FORMATS
from conformance.contract.shape import Shape, matches
from conformance.regex.automaton import MAX_LENGTH, Language
from conformance.regex.syntax import UndecidedPatternError
from conformance_strategies.drawing import Drawing, draw_size
from conformance_strategies.source import UnsatisfiableError
from conformance_strategies.strings import language

_SPREAD: Final = 16
_LONGEST: Final = 2048
"""Longer strings are left to the enumerated edges: random ones would only be slow."""

_RANDOM: Final = 64
"""So many characters of one string are random; the rest repeats or continues plainly."""

_CHARACTERS: Final = st.characters(exclude_categories=["Cs"])


def draw_string(shape: Shape, drawing: Drawing) -> str:
    """Return a string of the shape. Raises UnsatisfiableError where none is found."""
    known = [name for name in shape.formats if name in FORMATS]
    if known:
        return _of_format(known[0], shape, drawing)
    if shape.patterns:
        return _of_patterns(shape, drawing)
    return _free(draw_size(shape.min_length, shape.max_length, _SPREAD, _LONGEST, drawing), drawing)


def _free(length: int, drawing: Drawing) -> str:
    """Return random text of the length, in code points."""
    size = min(length, _RANDOM)
    head: str = drawing.draw(st.text(_CHARACTERS, min_size=size, max_size=size))
    return head if size == length else (head * (length // size + 1))[:length]


def _of_format(name: str, shape: Shape, drawing: Drawing) -> str:
    """Return a listed or generated value of the format that keeps the shape's other keywords."""
    listed = [value for value in FORMATS[name].valid if _fits(value, shape)]
    if name in _GENERATED and (drawing.below(2) or not listed):
        value: str = drawing.draw(_GENERATED[name]())
        if _fits(value, shape):
            return value
    if not listed:
        raise UnsatisfiableError(f"no {name} keeps the other keywords")
    return listed[drawing.below(len(listed))]


def _fits(value: str, shape: Shape) -> bool:
    longest = len(value) if shape.max_length is None else shape.max_length
    return shape.min_length <= len(value) <= longest and all(matches(p, value) for p in shape.patterns)


def _of_patterns(shape: Shape, drawing: Drawing) -> str:
    """Walk the tight language twice out of three times, else the whole one, at a drawn length."""
    for tight in (True, False) if drawing.below(3) < 2 else (False, True):
        try:
            found = language(shape, tight=tight)
        except UndecidedPatternError:
            continue
        if (value := _walked(found, shape, drawing)) is not None:
            return value
    raise UnsatisfiableError("no string of the pattern is found")


def _walked(found: Language, shape: Shape, drawing: Drawing) -> str | None:
    if found.is_empty():
        return None
    low, high = found.lengths()
    low = max(low, shape.min_length)
    bounds = [b for b in (high, shape.max_length) if b is not None]
    top = min(bounds) if bounds else None
    if top is not None and low > top:
        return None
    length = draw_size(low, top, _SPREAD, _LONGEST, drawing)
    for wanted in (length, low):
        if wanted <= MAX_LENGTH and (value := found.walk(wanted, drawing.below, _RANDOM)) is not None:
            return value
    return next(iter(found.shortest(1, low, MAX_LENGTH if top is None else top)), None)


def _emails() -> st.SearchStrategy[str]:
    atom = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=12)
    return st.builds("{}@{}.example".format, atom, atom)


def _dates() -> st.SearchStrategy[str]:
    return st.dates().map(str)


def _times() -> st.SearchStrategy[str]:
    return st.times().map(lambda time: f"{time.isoformat()}Z")


def _moments() -> st.SearchStrategy[str]:
    return st.datetimes().map(lambda moment: f"{moment.isoformat()}Z")


_GENERATED: Final[dict[str, Callable[[], st.SearchStrategy[str]]]] = {
    "uuid": lambda: st.uuids().map(str),
    "email": _emails,
    "date": _dates,
    "time": _times,
    "date-time": _moments,
    "ipv4": lambda: st.ip_addresses(v=4).map(str),
    "ipv6": lambda: st.ip_addresses(v=6).map(lambda a: str(ipaddress.IPv6Address(int(a)))),
}
"""Formats simple enough to generate; the others are drawn from their tables."""
