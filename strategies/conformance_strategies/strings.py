"""Strings of a shape: at each length bound, inside and just outside each pattern and format."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import reduce
from itertools import islice
from typing import Final

from conformance.contract.formats import FORMATS
from conformance.contract.shape import Shape, matches
from conformance.planning.mark import PLACEHOLDERS
from conformance.regex.automaton import MAX_LENGTH, Language, anchored, bounded, searched
from conformance.regex.syntax import UndecidedPatternError

_WORD: Final = "sample"
_MARK: Final = PLACEHOLDERS[0]
_SLACK: Final = 4
"""So many more characters must fit beside the mark: a plain text stands at no upper bound."""

MAX_TEXT: Final = 16 * 1024 * 1024
"""No string of more code points is built."""

_BASE: Final = 64
"""Up to this length a pattern's shortest match is what the mark is put into."""

_AUTOMATON_LENGTH: Final = 2000
"""Length bounds up to here are part of the automaton; longer ones are left to the validator."""


def text(length: int) -> str:
    """Return the plain text of a length, in code points; it begins with the mark where there is room."""
    if length > MAX_TEXT:
        raise ValueError(f"a string of {length} characters is longer than any that is built")
    start = _MARK if length >= len(_MARK) else _WORD[:length]
    return start + "a" * (length - len(start))


def plain_strings(shape: Shape) -> Iterator[str]:
    """Yield strings of the shape, the most ordinary first."""
    for name in shape.formats:
        if name in FORMATS:
            yield from (value for value in FORMATS[name].valid if _fits(value, shape))
    if shape.patterns:
        yield from _marked(shape)
        yield from _pattern_strings(shape, (3, 6))
    low, high = shape.min_length, shape.max_length
    if low > MAX_TEXT:
        return
    if high is None or high >= len(_MARK) + _SLACK:
        yield text(max(low, len(_MARK)))
    else:
        yield text(max(low, min(len(_WORD), high)))


def _marked(shape: Shape) -> Iterator[str]:
    """Yield a string that the patterns match from start to end and that holds the mark, if one is near at hand."""
    with suppress(UndecidedPatternError):
        own = language(shape, tight=True)
        _, high = (0, None) if own.is_empty() else own.lengths()
        bounds = [bound for bound in (high, shape.max_length) if bound is not None]
        longest = min(bounds, default=MAX_LENGTH) - _SLACK
        for base in own.shortest(1, high=_BASE):
            spliced = (
                base[:at] + placeholder + rest
                for at in range(len(base) + 1)
                for placeholder in PLACEHOLDERS
                for rest in ("", base[at:])
            )
            fitting = (s for s in spliced if shape.min_length <= len(s) <= longest)
            yield from islice(filter(own.accepts, fitting), 1)


def edge_strings(shape: Shape, against: Shape) -> Iterator[str]:
    """Yield strings of the shape at its own edges and just past those of `against`.

    Long strings come last, so that whoever needs a small one stops before they are built.
    """
    yield from _beyond_formats(shape, against)
    yield from _beyond_patterns(shape, against)
    yield from _beyond_enum(shape, against)
    for name in shape.formats:
        yield from FORMATS[name].valid if name in FORMATS else ()
    lengths = _lengths(shape, against)
    if shape.patterns:
        yield from _pattern_strings(shape, lengths)
    else:
        yield from map(text, lengths)


def _fits(value: str, shape: Shape) -> bool:
    return (
        shape.min_length <= len(value)
        and (shape.max_length is None or len(value) <= shape.max_length)
        and all(matches(pattern, value) for pattern in shape.patterns)
    )


def _lengths(shape: Shape, against: Shape) -> tuple[int, ...]:
    """Return the lengths worth trying, ascending: both shapes' bounds and their neighbours, within `shape`."""
    low, high = shape.min_length, shape.max_length
    wanted = {0, 1, 2, 3, low, low + 1, against.min_length, against.min_length - 1}
    for limit in (high, against.max_length):
        if limit is not None:
            wanted |= {limit - 1, limit, limit + 1, 2 * limit if limit <= _AUTOMATON_LENGTH else limit + 1}
    return tuple(sorted(n for n in wanted if low <= n <= (MAX_TEXT if high is None else min(high, MAX_TEXT))))


def language(shape: Shape, *, tight: bool = False) -> Language:
    """Return the strings that keep the shape's patterns, whatever their length.

    `tight` asks for strings that the patterns match from start to end. Raises UndecidedPatternError.
    """
    read = anchored if tight else searched
    return (
        reduce(Language.both, (read(pattern) for pattern in shape.patterns))
        if shape.patterns
        else bounded(0, None)
    )


def _languages(shape: Shape) -> Iterator[Language]:
    """Yield the tight language, then the whole one, where they can be built."""
    for tight in (True, False):
        try:
            found = language(shape, tight=tight)
        except UndecidedPatternError:
            continue
        if not found.is_empty():
            yield found


def _pattern_strings(shape: Shape, lengths: tuple[int, ...]) -> Iterator[str]:
    most = MAX_LENGTH if shape.max_length is None else min(MAX_LENGTH, shape.max_length)
    for found in _languages(shape):
        low, high = found.lengths()
        low, high = max(low, shape.min_length), most if high is None else min(most, high)
        own = (low, low + 1, high - 1, high) if high < MAX_LENGTH else (low, low + 1)
        for length in dict.fromkeys((*lengths, *own)):
            if low <= length <= high:
                yield from _both_ends(found, length)


def _both_ends(found: Language, length: int) -> Iterator[str]:
    first, last = found.of_length(length), found.of_length(length, last=True)
    yield from dict.fromkeys(s for s in (first, last) if s is not None)


def _beyond_patterns(shape: Shape, against: Shape) -> Iterator[str]:
    """Yield the shortest strings of `shape` that `against` forbids: the difference of two automata."""
    if set(against.patterns) <= set(shape.patterns):
        return
    try:
        forbidden = language(against)
    except UndecidedPatternError:
        return
    most = MAX_LENGTH if shape.max_length is None else min(MAX_LENGTH, shape.max_length)
    for own in _languages(shape):
        with suppress(UndecidedPatternError):
            yield from own.minus(forbidden).shortest(4, shape.min_length, most)


def _beyond_formats(shape: Shape, against: Shape) -> Iterator[str]:
    for name in against.formats:
        if name not in shape.formats and name in FORMATS:
            yield from FORMATS[name].invalid


def _beyond_enum(shape: Shape, against: Shape) -> Iterator[str]:
    """Yield outsiders of the other's enum: its members in another case, padded, cut, and a stranger."""
    members = [v for v in against.enum or () if isinstance(v, str)]
    if not members or shape.enum is not None:
        return
    yield "not_listed"
    for member in members:
        yield from (
            s for s in (member.upper(), member.capitalize(), f"{member} ", member[:-1]) if s not in members
        )
