"""Non-deterministic automata (Thompson's construction) and their determinisation, within bounds."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from conformance.regex import charset
from conformance.regex.charset import Ranges
from conformance.regex.syntax import Chars, Choice, Node, Repeat, Sequence, UndecidedPatternError

MAX_STATES: Final = 5_000
"""An automaton that needs more states is not built: hostile patterns need exponentially many."""

_MAX_NODES: Final = 40_000


@dataclass(slots=True)
class Nfa:
    """States are indices; `empty` holds the moves that read nothing, `reads` those that read one."""

    empty: list[list[int]] = field(default_factory=list)
    reads: list[list[tuple[Ranges, int]]] = field(default_factory=list)

    def state(self) -> int:
        """Add a state and return it. Raises UndecidedPatternError past the bound."""
        if len(self.empty) >= _MAX_NODES:
            raise UndecidedPatternError("the pattern's repetitions are too large")
        self.empty.append([])
        self.reads.append([])
        return len(self.empty) - 1

    def closure(self, states: Iterator[int] | frozenset[int]) -> frozenset[int]:
        """Return the states and all that follow them without reading."""
        found = set(states)
        waiting = list(found)
        while waiting:
            for to in self.empty[waiting.pop()]:
                if to not in found:
                    found.add(to)
                    waiting.append(to)
        return frozenset(found)


def build(nfa: Nfa, node: Node, start: int) -> int:
    """Add `node` to the automaton behind `start`; return the state behind it."""
    match node:
        case Chars(ranges):
            end = nfa.state()
            nfa.reads[start].append((ranges, end))
            return end
        case Sequence(parts):
            for part in parts:
                start = build(nfa, part, start)
            return start
        case Choice(options):
            end = nfa.state()
            for option in options:
                nfa.empty[build(nfa, option, _after(nfa, start))].append(end)
            return end
        case Repeat(item, low, high):
            return _repeat(nfa, item, low, high, start)
        case _:
            raise UndecidedPatternError("an anchor inside the pattern")


def _after(nfa: Nfa, state: int) -> int:
    new = nfa.state()
    nfa.empty[state].append(new)
    return new


def _repeat(nfa: Nfa, item: Node, low: int, high: int | None, start: int) -> int:
    for _ in range(low):
        start = build(nfa, item, start)
    if high is None:
        loop = _after(nfa, start)
        nfa.empty[build(nfa, item, loop)].append(loop)
        return _after(nfa, loop)
    end = nfa.state()
    nfa.empty[start].append(end)
    for _ in range(high - low):
        start = build(nfa, item, _after(nfa, start))
        nfa.empty[start].append(end)
    return end


@dataclass(frozen=True, slots=True)
class Dfa:
    """A deterministic automaton: state 0 starts, -1 is the dead end.

    `cuts` are the first code points of the character classes; `moves[state][cls]` is the next state.
    """

    cuts: tuple[int, ...]
    moves: list[list[int]]
    finals: frozenset[int]

    def read(self, state: int, code: int) -> int:
        """Return the state after one code point."""
        return self.moves[state][bisect_right(self.cuts, code) - 1] if state >= 0 else -1


def determinise(tree: Node) -> Dfa:
    """Return the automaton of a tree without anchors. Raises UndecidedPatternError past the bounds."""
    nfa = Nfa()
    final = build(nfa, tree, nfa.state())
    cuts = _cuts(nfa)
    reading = [[(_classes(cuts, ranges), to) for ranges, to in reads] for reads in nfa.reads]
    closures: dict[frozenset[int], frozenset[int]] = {}
    first = nfa.closure(frozenset({0}))
    index, waiting = {first: 0}, [first]
    moves: list[list[int]] = []
    for states in waiting:  # grows while it is walked
        row = []
        for reached in _reached(states, reading, len(cuts)):
            if reached not in closures:
                closures[reached] = nfa.closure(reached)
            ahead = closures[reached]
            if ahead and ahead not in index:
                index[ahead] = len(index)
                waiting.append(ahead)
            row.append(index[ahead] if ahead else -1)
        moves.append(row)
        if len(index) > MAX_STATES:
            raise UndecidedPatternError("the automaton is too large")
    return Dfa(cuts, moves, frozenset(n for states, n in index.items() if final in states))


def _classes(cuts: tuple[int, ...], ranges: Ranges) -> list[int]:
    """Return the numbers of the character classes that the ranges are made of."""
    bounds = ((bisect_left(cuts, low), bisect_left(cuts, high + 1)) for low, high in ranges)
    return [cls for first, end in bounds for cls in range(first, end)]


def _reached(
    states: frozenset[int], reading: list[list[tuple[list[int], int]]], classes: int
) -> list[frozenset[int]]:
    """Return for each character class the states right behind one character of it."""
    reached: list[set[int]] = [set() for _ in range(classes)]
    for state in states:
        for read, to in reading[state]:
            for cls in read:
                reached[cls].add(to)
    return list(map(frozenset, reached))


def _cuts(nfa: Nfa) -> tuple[int, ...]:
    """Return where the character classes begin that no transition tells apart inside."""
    edges = {0}
    for reads in nfa.reads:
        for ranges, _ in reads:
            for low, high in ranges:
                edges.update((low, high + 1))
    return tuple(sorted(e for e in edges if e <= charset.LAST))


def product(a: Dfa, b: Dfa, *, without: bool) -> Dfa:
    """Return the strings of `a` that are in `b` too, or `without` those of `b`. Raises past the bounds."""
    cuts = tuple(sorted({*a.cuts, *b.cuts}))
    index, waiting = {(0, 0): 0}, [(0, 0)]
    moves: list[list[int]] = []
    for left, right in waiting:  # grows while it is walked
        row = []
        for cut in cuts:
            ahead = (a.read(left, cut), b.read(right, cut))
            dead = ahead[0] < 0 or (ahead[1] < 0 and not without)
            if not dead and ahead not in index:
                index[ahead] = len(index)
                waiting.append(ahead)
            row.append(-1 if dead else index[ahead])
        moves.append(row)
        if len(index) > MAX_STATES:
            raise UndecidedPatternError("the product of two automata is too large")
    finals = (n for (x, y), n in index.items() if x in a.finals and (y in b.finals) is not without)
    return Dfa(cuts, moves, frozenset(finals))
