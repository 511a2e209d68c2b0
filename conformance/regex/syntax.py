"""The syntax tree of a pattern (ECMA-262 §22.2.1, Unicode mode), and its text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from conformance.regex import charset
from conformance.regex.charset import Ranges


class UndecidedPatternError(ValueError):
    r"""The pattern uses what no finite automaton can read: look-around, back-references, `\b`, `\p`."""


@dataclass(frozen=True, slots=True)
class Chars:
    """One character out of a set."""

    ranges: Ranges


@dataclass(frozen=True, slots=True)
class Start:
    """`^`: nothing may stand before."""


@dataclass(frozen=True, slots=True)
class End:
    """`$`: nothing may stand after."""


@dataclass(frozen=True, slots=True)
class Sequence:
    """The parts, one after the other; the empty sequence matches the empty string."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the options."""

    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """`low` to `high` times the item; no upper bound where `high` is None."""

    item: Node
    low: int
    high: int | None


Node: TypeAlias = Chars | Start | End | Sequence | Choice | Repeat

ANY: Final = Chars(charset.EVERYTHING)
ANYTHING: Final = Repeat(ANY, 0, None)


def render(node: Node) -> str:
    """Return the ECMA-262 text of a tree, groups non-capturing, odd characters escaped."""
    match node:
        case Chars(ranges):
            return _render_chars(ranges)
        case Start():
            return "^"
        case End():
            return "$"
        case Sequence(parts):
            return "".join(f"(?:{render(p)})" if isinstance(p, Choice) else render(p) for p in parts)
        case Choice(options):
            return "|".join(map(render, options))
        case Repeat(item, low, high):
            return _render_item(item) + _quantifier(low, high)


def _render_item(item: Node) -> str:
    return render(item) if isinstance(item, Chars) else f"(?:{render(item)})"


def _quantifier(low: int, high: int | None) -> str:
    short = {(0, None): "*", (1, None): "+", (0, 1): "?"}.get((low, high))
    if short:
        return short
    if high is None:
        return f"{{{low},}}"
    return f"{{{low}}}" if low == high else f"{{{low},{high}}}"


def _render_chars(ranges: Ranges) -> str:
    if ranges == charset.EVERYTHING:
        return r"[\s\S]"
    if charset.size(ranges) == 1:
        return _escape(ranges[0][0])
    if charset.size(ranges) > charset.LAST // 2:
        return f"[^{_class_body(charset.complement(ranges))}]"
    return f"[{_class_body(ranges)}]"


def _class_body(ranges: Ranges) -> str:
    return "".join(_escape(low) if low == high else f"{_escape(low)}-{_escape(high)}" for low, high in ranges)


def _escape(code: int) -> str:
    char = chr(code)
    if char.isascii() and (char.isalnum() or char in "_ @:,;<>=!%&~`'\"#"):
        return char
    if char.isascii() and char.isprintable():
        return "\\" + char if char != "-" else r"\x2d"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else char
