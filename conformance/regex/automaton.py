"""Patterns as finite automata: strings of a wanted length, the shortest difference, inclusion."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from interegular import parse_pattern
from interegular.fsm import FSM, anything_else

from conformance.regex import charset
from conformance.regex.charset import Ranges
from conformance.regex.parser import parse
from conformance.regex.syntax import (
    ANY,
    ANYTHING,
    Chars,
    Choice,
    End,
    Node,
    Repeat,
    Sequence,
    Start,
    UndecidedPatternError,
)

MAX_LENGTH: Final = 4096
"""Beyond this many characters a length is not followed through an automaton."""

_MAX_STATES: Final = 20_000
_PREFERRED: Final = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_-. /:@"


class Language:
    """The strings that one automaton accepts."""

    def __init__(self, fsm: FSM) -> None:
        if len(fsm.states) > _MAX_STATES:
            raise UndecidedPatternError("the automaton is too large")
        self._fsm = fsm
        self._symbols = {key: _symbol(fsm, chars) for key, chars in fsm.alphabet.by_transition.items()}
        self._moves = {state: self._ordered_moves(state) for state in fsm.map}

    def _ordered_moves(self, state: Any) -> list[tuple[str, Any]]:
        moves = [(self._symbols[key], to) for key, to in self._fsm.map[state].items()]
        return sorted((m for m in moves if m[0]), key=lambda m: (_rank(m[0]), m[0]))

    def accepts(self, text: str) -> bool:
        """Tell whether the whole `text` is in the language."""
        return bool(self._fsm.accepts(text))

    def minus(self, other: Language) -> Language:
        """Return the strings of this language that are not in the other."""
        return Language(self._fsm.difference(other._fsm))

    def both(self, other: Language) -> Language:
        """Return the strings in both languages."""
        return Language(self._fsm.intersection(other._fsm))

    def is_empty(self) -> bool:
        """Tell whether no string at all is accepted."""
        return bool(self._fsm.empty())

    def lengths(self) -> tuple[int, int | None]:
        """Return the lengths of the shortest and of the longest string; None where there is no longest.

        Raises ValueError for the empty language.
        """
        live = self._live()
        if self._fsm.initial not in live:
            raise ValueError("the language is empty")
        shortest = next(n for n, states in enumerate(self._layers(live)) if states & self._fsm.finals)
        for n, states in enumerate(self._layers(live)):
            if n > len(live):
                return shortest, None
            if not states:
                return shortest, n - 1
        return shortest, None

    def _live(self) -> set[Any]:
        """Return the states from which a final one can be reached."""
        live = set(self._fsm.finals)
        grown = True
        while grown:
            more = {
                s for s, moves in self._moves.items() if s not in live and any(t in live for _, t in moves)
            }
            live |= more
            grown = bool(more)
        return live

    def _layers(self, live: set[Any]) -> Iterator[set[Any]]:
        states = {self._fsm.initial} & live
        while True:
            yield states
            states = {to for state in states for _, to in self._moves.get(state, ()) if to in live}

    def of_length(self, length: int, *, last: bool = False) -> str | None:
        """Return one string of exactly `length` code points, None where there is none.

        `last` prefers the last character of each class instead of the first.
        Lengths over MAX_LENGTH are not searched and give None.
        """
        if length > MAX_LENGTH:
            return None
        reach: list[set[Any]] = [set(self._fsm.finals)]
        for _ in range(length):
            ahead = reach[-1]
            reach.append({s for s, moves in self._moves.items() if any(t in ahead for _, t in moves)})
        state, chars = self._fsm.initial, []
        if state not in reach[length]:
            return None
        for left in range(length, 0, -1):
            moves = [m for m in self._moves[state] if m[1] in reach[left - 1]]
            char, state = moves[-1 if last else 0]
            chars.append(char)
        return "".join(chars)

    def shortest(self, count: int = 1, max_length: int = MAX_LENGTH) -> list[str]:
        """Return up to `count` strings, shortest first, at most one per length after the first few."""
        return list(islice(self._by_length(max_length), count))

    def _by_length(self, max_length: int) -> Iterator[str]:
        live = self._live()
        for length, states in enumerate(self._layers(live)):
            if not states or length > max_length:
                return
            if states & self._fsm.finals and (found := self.of_length(length)) is not None:
                yield found


def _rank(char: str) -> int:
    where = _PREFERRED.find(char)
    return where if where >= 0 else len(_PREFERRED) + ord(char)


def _symbol(fsm: FSM, chars: list[Any]) -> str:
    """Choose the character that stands for its class: one a person can read, where there is one."""
    named = [c for c in chars if c is not anything_else and not 0xD800 <= ord(c) < 0xE000]
    if named:
        return min(named, key=_rank)
    if any(c is anything_else for c in chars):
        known = {c for c in fsm.alphabet if c is not anything_else}
        unnamed = (chr(code) for code in (*map(ord, "~!é"), *range(0xE9, 0x2FFF)))
        return next(c for c in unnamed if c not in known)
    return ""


@lru_cache(maxsize=2048)
def searched(pattern: str) -> Language:
    """Return every string in which `pattern` is found, as the `pattern` keyword asks (validation §6.3.3).

    Raises UndecidedPatternError where no automaton can say.
    """
    return compile_tree(search_tree(parse(pattern)))


@lru_cache(maxsize=2048)
def anchored(pattern: str) -> Language:
    """Return the strings that `pattern` matches from start to end, its anchors assumed."""
    return compile_tree(_without_anchors(parse(pattern)))


def bounded(low: int, high: int | None) -> Language:
    """Return every string of `low` to `high` code points."""
    return compile_tree(Repeat(ANY, low, high))


def compile_tree(tree: Node) -> Language:
    """Return the language of a tree without anchors. Raises UndecidedPatternError where it is too large."""
    if _weight(tree) > _MAX_STATES:
        raise UndecidedPatternError("the pattern's repetitions are too large")
    return Language(parse_pattern(_python_text(tree)).to_fsm())


def _weight(node: Node) -> int:
    match node:
        case Sequence(parts) | Choice(parts):
            return sum(map(_weight, parts)) + 1
        case Repeat(item, low, high):
            return _weight(item) * max(low, high or 1, 1)
        case _:
            return 1


def search_tree(tree: Node) -> Node:
    """Return the tree of all strings that contain a match: anchors resolved, the rest opened."""
    options = tree.options if isinstance(tree, Choice) else (tree,)
    return Choice(tuple(_open(option) for option in options))


def _open(option: Node) -> Node:
    parts = option.parts if isinstance(option, Sequence) else (option,)
    starts, ends = parts[:1] == (Start(),), parts[-1:] == (End(),)
    core = parts[1 if starts else 0 : len(parts) - 1 if ends else len(parts)]
    if len(core) == 1 and isinstance(core[0], Choice):
        # ^(?:a|b)$ and (?:^a|b$): the inner options may hold anchors of their own
        inner = tuple(
            _open(Sequence((*parts[: 1 if starts else 0], *_parts(o), *((End(),) if ends else ()))))
            for o in core[0].options
        )
        return Choice(inner)
    if any(map(_has_anchor, core)):
        raise UndecidedPatternError("an anchor inside the pattern")
    before, after = () if starts else (ANYTHING,), () if ends else (ANYTHING,)
    return Sequence((*before, *core, *after))


def _parts(node: Node) -> tuple[Node, ...]:
    return node.parts if isinstance(node, Sequence) else (node,)


def _has_anchor(node: Node) -> bool:
    match node:
        case Start() | End():
            return True
        case Sequence(parts) | Choice(parts):
            return any(map(_has_anchor, parts))
        case Repeat(item):
            return _has_anchor(item)
        case _:
            return False


def _without_anchors(node: Node) -> Node:
    match node:
        case Start() | End():
            return Sequence(())
        case Sequence(parts):
            return Sequence(tuple(map(_without_anchors, parts)))
        case Choice(options):
            return Choice(tuple(map(_without_anchors, options)))
        case Repeat(item, low, high):
            return Repeat(_without_anchors(item), low, high)
        case _:
            return node


def _python_text(node: Node) -> str:
    r"""Say the tree in the dialect that interegular reads: classes spelt out, every character as \xHH."""
    match node:
        case Chars(ranges):
            return _python_class(ranges)
        case Sequence(parts):
            return "".join(map(_python_text, parts))
        case Choice(options):
            return "(?:" + "|".join(map(_python_text, options)) + ")"
        case Repeat(item, low, high):
            return f"(?:{_python_text(item)}){{{low},{'' if high is None else high}}}"
        case _:
            raise UndecidedPatternError("an anchor inside the pattern")


def _python_class(ranges: Ranges) -> str:
    if ranges == charset.EVERYTHING:
        return r"(?:.|\x0a)"
    if charset.size(ranges) > charset.LAST // 2:
        return f"[^{_python_ranges(charset.complement(ranges))}]"
    return f"[{_python_ranges(ranges)}]"


def _python_ranges(ranges: Ranges) -> str:
    if charset.size(ranges) > 0x8000:
        raise UndecidedPatternError("a character class too large to spell out")
    return "".join(f"{_python_char(low)}-{_python_char(high)}" for low, high in ranges)


def _python_char(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else chr(code)
