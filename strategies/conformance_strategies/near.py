"""Strings next to a pattern's matches: one character changed, something before or behind, another case."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Final

from conformance.regex.automaton import anchored
from conformance.regex.parser import parse
from conformance.regex.syntax import Chars, Choice, Node, Repeat, Sequence, UndecidedPatternError

_ALWAYS: Final = "A-_. é\n"
_LONGER: Final = 4
"""By so many characters the second base is longer than the shortest match, where the pattern lets it."""


@lru_cache(maxsize=256)
def near_strings(pattern: str) -> tuple[str, ...]:
    """Return strings next to the pattern's matches, some matching and some not; none for what is undecided."""
    with suppress(UndecidedPatternError):
        return tuple(dict.fromkeys(_near(pattern)))
    return ()


def _near(pattern: str) -> Iterator[str]:
    found = anchored(pattern)
    if found.is_empty():
        return
    low, high = found.lengths()
    longer = low + _LONGER if high is None else min(high, low + _LONGER)
    bases = [base for length in (low, longer) if (base := found.of_length(length)) is not None]
    for base in bases:
        yield base
        yield from (
            f" {base}",
            f"-{base}",
            f"{base} ",
            f"{base}-",
            f"{base}\n",
            f"-\n{base}",
            base.upper(),
            base[1:],
        )
    chars = (*_edges(parse(pattern)), *_ALWAYS)
    for base in bases:
        for at in range(min(len(base), 64)):
            yield from (base[:at] + char + base[at + 1 :] for char in chars)


def _edges(node: Node) -> tuple[str, ...]:
    """Return the characters at the edges of every class in the pattern, and just outside of it."""
    codes = dict.fromkeys(
        code for span in _spans(node) for code in (span[0], span[1], span[0] - 1, span[1] + 1, span[0] ^ 0x20)
    )
    return tuple(chr(code) for code in codes if 0 < code < 0xD800)


def _spans(node: Node) -> Iterator[tuple[int, int]]:
    match node:
        case Chars(ranges):
            yield from ranges
        case Repeat(item):
            yield from _spans(item)
        case Sequence(parts) | Choice(parts):
            for part in parts:
                yield from _spans(part)
