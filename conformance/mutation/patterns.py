"""Operators on `pattern`: dropped, anchors moved, and every part inside it misread by a little.

The pattern is read as ECMA-262; a part misread is a part of its syntax tree replaced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from conformance.contract.lawful import parts, unanchored
from conformance.contract.site import Site
from conformance.mutation.mutant import Mutant, misread
from conformance.pointer import REMOVED
from conformance.regex import charset
from conformance.regex.charset import Ranges
from conformance.regex.parser import parse
from conformance.regex.syntax import (
    Chars,
    Choice,
    End,
    Node,
    Repeat,
    Sequence,
    Start,
    UndecidedPatternError,
    render,
)
from conformance.requirement import Side

_NEWLINE: Final = Chars(((0x0A, 0x0A),))
_SEPARATORS: Final = tuple(map(ord, "-_. é"))
"""What a class is most often widened by: separators, a blank, a letter beyond ASCII."""

_LONGEST: Final = 256
"""Repetitions with a higher bound are not split to misread one place in their middle."""


def pattern_mutants(site: Site) -> Iterator[Mutant]:
    """Yield the misreadings of the site's `pattern`; only the dropped one where no automaton can read it."""
    pattern = site.schema.get("pattern")
    if not isinstance(pattern, str):
        return
    demand = f"pattern {pattern if len(pattern) <= 40 else pattern[:37] + '…'}"
    yield misread(
        "pattern-dropped",
        site,
        "pattern",
        {"pattern": REMOVED},
        demand,
        Side.REJECTS,
        "no match",
        is_basic=True,
    )
    try:
        tree = parse(pattern)
    except UndecidedPatternError:
        return
    for operator, side, detail, changed, reason in (*_anchors(tree), *_inside(tree)):
        yield misread(
            f"pattern-{operator}", site, "pattern", {"pattern": render(changed)}, demand, side, detail,
            open_reason=reason,
        )  # fmt: skip
    yield from _beside_length(site, tree, demand)


def _beside_length(site: Site, tree: Node, demand: str) -> Iterator[Mutant]:
    """Break a repetition's upper bound where `maxLength` would hide it: both misread at once."""
    if "maxLength" not in site.schema or parts(tree)[:1] != (Start(),):
        return  # without ^ the bound of a repetition says nothing
    for operator, side, detail, changed, _ in _inside(tree):
        if operator == "count-high-plus":
            changes = {"pattern": render(changed), "maxLength": REMOVED}
            yield misread(
                f"pattern-{operator}-and-maxLength",
                site,
                "pattern",
                changes,
                demand,
                side,
                f"{detail}, maxLength aside",
            )


Misreading = tuple[str, Side, str, Node, str]
"""Operator, side, detail, the changed tree, and the reason where the contract itself is unclear."""


def _anchors(tree: Node) -> Iterator[Misreading]:
    if isinstance(tree, Choice):
        return
    nodes = parts(tree)
    starts, ends = nodes[:1] == (Start(),), nodes[-1:] == (End(),)
    added = dict(
        zip(
            [name for name, there in (("start", starts), ("end", ends)) if not there],
            unanchored(nodes),
            strict=True,
        )
    )
    if starts:
        yield "start-dropped", Side.REJECTS, "text before", Sequence(nodes[1:]), ""
        multiline = Choice(
            (tree, Sequence((Repeat(Chars(charset.EVERYTHING), 0, None), _NEWLINE, *nodes[1:])))
        )
        yield "start-multiline", Side.REJECTS, "a line before", multiline, ""
    else:
        yield "start-added", Side.ACCEPTS, "text before", *added["start"]
    if ends:
        yield "end-dropped", Side.REJECTS, "text after", Sequence(nodes[:-1]), ""
        newline = Sequence((*nodes[:-1], Repeat(_NEWLINE, 0, 1), End()))
        yield "end-newline", Side.REJECTS, "a trailing newline", newline, ""
    else:
        yield "end-added", Side.ACCEPTS, "text after", *added["end"]


def _inside(tree: Node) -> Iterator[Misreading]:
    """Yield the tree with one part misread, for every part."""
    match tree:
        case Chars(ranges):
            yield from _chars(ranges)
        case Repeat(item, low, high):
            yield from _repeat(item, low, high)
            yield from _one_place(item, low, high)
            yield from _lift(_inside(item), lambda node: Repeat(node, low, high))
        case Sequence(parts):
            for index, part in enumerate(parts):
                yield from _lift(_inside(part), _replacing(parts, index, Sequence))
        case Choice(options):
            for index, option in enumerate(options):
                rest = tuple(o for i, o in enumerate(options) if i != index)
                yield "option-lost", Side.ACCEPTS, f"option {index + 1}", Choice(rest), ""
                yield from _lift(_inside(option), _replacing(options, index, Choice))


def _replacing(
    nodes: tuple[Node, ...], index: int, make: Callable[[tuple[Node, ...]], Node]
) -> Callable[[Node], Node]:
    return lambda node: make((*nodes[:index], node, *nodes[index + 1 :]))


def _lift(inner: Iterator[Misreading], wrap: Callable[[Node], Node]) -> Iterator[Misreading]:
    for operator, side, detail, node, reason in inner:
        yield operator, side, detail, wrap(node), reason


def _repeat(item: Node, low: int, high: int | None) -> Iterator[Misreading]:
    shown = render(Repeat(item, low, high))
    if high is None or high > low:
        yield "count-low-plus", Side.ACCEPTS, f"{low} of {shown}", Repeat(item, low + 1, high), ""
    if low > 0:
        yield "count-low-minus", Side.REJECTS, f"{low - 1} of {shown}", Repeat(item, low - 1, high), ""
    if high is None:
        yield "count-capped", Side.ACCEPTS, f"{low + 2} of {shown}", Repeat(item, low, low + 1), ""
        return
    if high > low:
        yield "count-high-minus", Side.ACCEPTS, f"{high} of {shown}", Repeat(item, low, high - 1), ""
    yield "count-high-plus", Side.REJECTS, f"{high + 1} of {shown}", Repeat(item, low, high + 1), ""


def _one_place(item: Node, low: int, high: int | None) -> Iterator[Misreading]:
    """Leave one place of a repeated character unchecked: the first, one in the middle, the last.

    There is always a checked character on the other side, or the three would be told by one string.
    """
    top = high if high is not None else max(low, 3)
    if not isinstance(item, Chars) or not 1 < top <= _LONGEST or item.ranges == charset.EVERYTHING:
        return
    wild = Chars(charset.EVERYTHING)

    def split(before: int, label: str) -> Misreading:
        after_low, after_high = max(1, low - before - 1), None if high is None else high - before - 1
        odd = Sequence((Repeat(item, before, before), wild, Repeat(item, after_low, after_high)))
        node = Choice((Repeat(item, low, high), odd))
        return f"{label}-unchecked", Side.REJECTS, f"a stranger at the {label} place", node, ""

    yield split(0, "first")
    if top > 2:
        yield split(top // 2 if high is not None else 1, "middle")
    last = Sequence((Repeat(item, max(1, low - 1), None if high is None else high - 1), wild))
    yield "last-unchecked", Side.REJECTS, "a stranger at the last place", last, ""


def _chars(ranges: Ranges) -> Iterator[Misreading]:
    """Move each edge of a character class by one, in and out, let separators in, and ignore case."""
    if ranges == charset.EVERYTHING:
        return
    yield "any-character", Side.REJECTS, f"a stranger for {_shown(ranges)}", Chars(charset.EVERYTHING), ""
    if charset.size(ranges) > 1:
        for code in dict.fromkeys(edge for span in ranges for edge in span):
            yield (
                "class-edge-lost",
                Side.ACCEPTS,
                _char(code),
                Chars(charset.minus(ranges, ((code, code),))),
                "",
            )
    for code in _neighbours(ranges):
        yield "class-edge-wider", Side.REJECTS, _char(code), _with(ranges, code), ""
    for code in _SEPARATORS:
        if not charset.contains(ranges, code) and not _touches(ranges, code):
            yield "class-takes-separator", Side.REJECTS, _char(code), _with(ranges, code), ""
    folded = charset.union(ranges, *map(_other_case, ranges))
    if folded != ranges:
        yield "case-ignored", Side.REJECTS, "the other case", Chars(folded), ""


def _neighbours(ranges: Ranges) -> Iterator[int]:
    """Yield the code points just outside each range, those that can stand in JSON text."""
    for low, high in ranges:
        for code in (low - 1, high + 1):
            if 0 < code < 0xD800 and not charset.contains(ranges, code):
                yield code


def _with(ranges: Ranges, code: int) -> Chars:
    return Chars(charset.union(ranges, ((code, code),)))


def _touches(ranges: Ranges, code: int) -> bool:
    """Tell whether the code point stands next to a range, where it is tried already."""
    return any(code in (low - 1, high + 1) for low, high in ranges)


def _other_case(span: tuple[int, int]) -> Ranges:
    """Return the ASCII letters of a range in their other case."""
    found = []
    for start, end, shift in ((0x41, 0x5A, 0x20), (0x61, 0x7A, -0x20)):
        low, high = max(span[0], start), min(span[1], end)
        if low <= high:
            found.append((low + shift, high + shift))
    return charset.normal(found)


def _shown(ranges: Ranges) -> str:
    text = render(Chars(ranges))
    return text if len(text) <= 20 else text[:17] + "…"


def _char(code: int) -> str:
    return repr(chr(code))
