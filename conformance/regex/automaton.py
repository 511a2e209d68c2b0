"""Languages: the strings that a pattern finds, by length, and what one has that another has not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Final

from conformance.regex import charset
from conformance.regex.nfa import Dfa, determinise, product
from conformance.regex.parser import parse
from conformance.regex.searching import search_tree, without_anchors
from conformance.regex.syntax import ANY, Node, Repeat, UndecidedPatternError

MAX_LENGTH: Final = 4096
"""Beyond this many characters a length is not followed through an automaton."""

_PREFERRED: Final = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_-. /:@"


class Language:
    """The strings that one automaton accepts."""

    def __init__(self, dfa: Dfa) -> None:
        self._dfa = dfa
        self._sources = _sources(dfa)
        self._live = _live(dfa, self._sources)
        self._reached: list[set[int]] = [set(dfa.finals)]
        self._symbols = _symbols(dfa)

    def accepts(self, text: str) -> bool:
        """Tell whether the whole `text` is in the language."""
        state = 0
        for char in text:
            state = self._dfa.read(state, ord(char))
        return state in self._dfa.finals

    def minus(self, other: Language) -> Language:
        """Return the strings of this language that are not in the other."""
        return Language(product(self._dfa, other._dfa, without=True))

    def both(self, other: Language) -> Language:
        """Return the strings in both languages."""
        return Language(product(self._dfa, other._dfa, without=False))

    def is_empty(self) -> bool:
        """Tell whether no string at all is accepted."""
        return 0 not in self._live

    def lengths(self) -> tuple[int, int | None]:
        """Return the lengths of the shortest and of the longest string; None where there is no longest.

        Raises ValueError for the empty language.
        """
        if self.is_empty():
            raise ValueError("the language is empty")
        shortest = next(n for n, states in enumerate(self._layers()) if states & self._dfa.finals)
        for n, states in enumerate(self._layers()):
            if not states:
                return shortest, n - 1
            if n > len(self._live):
                break
        return shortest, None

    def _layers(self) -> Iterator[set[int]]:
        """Yield the live states after no character, after one, after two and so on."""
        states = {0} & self._live
        while True:
            yield states
            states = {to for state in states for to in self._dfa.moves[state] if to in self._live}

    def of_length(self, length: int, *, last: bool = False) -> str | None:
        """Return one string of exactly `length` code points, None where there is none.

        `last` prefers the last character of each class instead of the first.
        Lengths over MAX_LENGTH are not searched and give None.
        """
        reach = self._reach(length)
        if reach is None:
            return None
        state, chars = 0, []
        for left in range(length, 0, -1):
            char, state = self._move(state, reach[left - 1], last=last)
            chars.append(char)
        return "".join(chars)

    def walk(self, length: int, choose: Callable[[int], int], free: int = MAX_LENGTH) -> str | None:
        """Return a string of exactly `length` code points, chosen; None where `of_length` gives None.

        `choose(n)` returns a number from 0 up to n - 1, 0 asking for the plainest character. Only the
        first `free` characters are chosen.
        """
        reach = self._reach(length)
        if reach is None:
            return None
        state, chars = 0, []
        for left in range(length, 0, -1):
            take = choose if length - left < free else _plainest
            char, state = self._chosen(state, reach[left - 1], take)
            chars.append(char)
        return "".join(chars)

    def _chosen(self, state: int, wanted: set[int], choose: Callable[[int], int]) -> tuple[str, int]:
        moves = self._dfa.moves[state]
        open_to = [(char, cls) for char, cls in self._symbols if moves[cls] in wanted]
        char, cls = open_to[choose(len(open_to))]
        low = self._dfa.cuts[cls]
        high = self._dfa.cuts[cls + 1] - 1 if cls + 1 < len(self._dfa.cuts) else charset.LAST
        offset = choose(high - low + 1)
        other = low + offset if not 0xD800 <= low + offset <= 0xDFFF else ord(char)
        return (chr(other) if offset else char), moves[cls]

    def _reach(self, length: int) -> list[set[int]] | None:
        """Return the states that end in exactly 0, 1, … `length` characters, None where the start is none."""
        if length > MAX_LENGTH or self.is_empty():
            return None
        while len(self._reached) <= length:
            ahead = self._reached[-1]
            self._reached.append({source for state in ahead for source in self._sources.get(state, ())})
        return self._reached if 0 in self._reached[length] else None

    def _move(self, state: int, wanted: set[int], *, last: bool) -> tuple[str, int]:
        moves = self._dfa.moves[state]
        ordered = reversed(self._symbols) if last else self._symbols
        return next((char, moves[cls]) for char, cls in ordered if moves[cls] in wanted)

    def reaches(self, low: int, high: int | None) -> bool:
        """Tell whether some string has `low` to `high` code points.

        Raises UndecidedPatternError where the answer lies beyond MAX_LENGTH.
        """
        for length, states in enumerate(self._layers()):
            if not states or (high is not None and length > high):
                return False
            if length >= low and states & self._dfa.finals:
                return True
            if length > MAX_LENGTH:
                raise UndecidedPatternError("the strings in question are too long")
        return False

    def shortest(self, count: int = 1, low: int = 0, high: int = MAX_LENGTH) -> list[str]:
        """Return up to `count` strings of `low` to `high` code points, one per length, shortest first."""
        return list(islice(self._by_length(low, high), count))

    def _by_length(self, low: int, high: int) -> Iterator[str]:
        for length, states in enumerate(self._layers()):
            if not states or length > min(high, MAX_LENGTH):
                return
            if length < low or not states & self._dfa.finals:
                continue
            if (found := self.of_length(length)) is not None:
                yield found


def _plainest(_count: int) -> int:
    return 0


def _sources(dfa: Dfa) -> dict[int, set[int]]:
    """Return for each state those that lead to it."""
    sources: dict[int, set[int]] = {}
    for state, moves in enumerate(dfa.moves):
        for to in moves:
            if to >= 0:
                sources.setdefault(to, set()).add(state)
    return sources


def _live(dfa: Dfa, sources: dict[int, set[int]]) -> set[int]:
    """Return the states from which a final one can be reached."""
    live, waiting = set(dfa.finals), list(dfa.finals)
    while waiting:
        more = sources.get(waiting.pop(), set()) - live
        live |= more
        waiting.extend(more)
    return live


def _symbols(dfa: Dfa) -> list[tuple[str, int]]:
    """Return for each character class the one to show, those first that people read best."""
    ends = (*dfa.cuts[1:], charset.LAST + 1)
    shown = [
        (_representative(low, end - 1), cls)
        for cls, (low, end) in enumerate(zip(dfa.cuts, ends, strict=True))
    ]
    return sorted(((char, cls) for char, cls in shown if char), key=lambda pair: _rank(pair[0]))


def _representative(low: int, high: int) -> str:
    for char in _PREFERRED:
        if low <= ord(char) <= high:
            return char
    if low >= 0xD800 and high <= 0xDFFF:
        return ""
    # the space between ASCII's punctuation and the letters of other scripts, then the class's first
    for code in (0x7E, 0x21, 0xE9):
        if low <= code <= high:
            return chr(code)
    return chr(low if not 0xD800 <= low <= 0xDFFF else 0xE000)


def _rank(char: str) -> int:
    where = _PREFERRED.find(char)
    return where if where >= 0 else len(_PREFERRED) + ord(char)


def searched(pattern: str) -> Language:
    """Return every string in which `pattern` is found, as the `pattern` keyword asks (validation §6.3.3).

    Raises UndecidedPatternError where no automaton can say.
    """
    return _known(_built(pattern, search_tree))


def anchored(pattern: str) -> Language:
    """Return the strings that `pattern` matches from start to end, its anchors assumed."""
    return _known(_built(pattern, without_anchors))


def _known(found: Language | UndecidedPatternError) -> Language:
    if isinstance(found, UndecidedPatternError):
        raise UndecidedPatternError(str(found)) from found
    return found


@lru_cache(maxsize=8192)
def _built(pattern: str, read: Callable[[Node], Node]) -> Language | UndecidedPatternError:
    """Return the automaton, or why there is none: to learn that it grows too large takes the longest."""
    try:
        return Language(determinise(read(parse(pattern))))
    except UndecidedPatternError as error:
        return error.with_traceback(None)


@lru_cache(maxsize=256)
def bounded(low: int, high: int | None) -> Language:
    """Return every string of `low` to `high` code points."""
    return language_of(Repeat(ANY, low, high))


def language_of(tree: Node) -> Language:
    """Return the language of a tree without anchors. Raises UndecidedPatternError where it is too large."""
    return Language(determinise(tree))
