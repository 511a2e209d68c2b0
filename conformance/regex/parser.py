"""A reader of ECMA-262 patterns (§22.2.1, Unicode mode): text in, syntax tree out."""

from __future__ import annotations

from typing import Final

from conformance.regex import charset
from conformance.regex.charset import Ranges
from conformance.regex.syntax import (
    Chars,
    Choice,
    End,
    Node,
    Repeat,
    Sequence,
    Start,
    UndecidedPatternError,
)

_CLASSES: Final = {
    "d": charset.DIGIT,
    "w": charset.WORD,
    "s": charset.SPACE,
    "D": charset.complement(charset.DIGIT),
    "W": charset.complement(charset.WORD),
    "S": charset.complement(charset.SPACE),
}
_CONTROLS: Final = {"t": 0x09, "n": 0x0A, "v": 0x0B, "f": 0x0C, "r": 0x0D, "0": 0x00}
_MAX_COUNT: Final = 100_000
_MAX_DEPTH: Final = 100


def parse(pattern: str) -> Node:
    """Return the tree of a pattern.

    Raises UndecidedPatternError for what has no automaton or is no ECMA-262 syntax at all
    (the validator has the last word on the latter).
    """
    reader = _Reader(pattern)
    tree = reader.choice(0)
    if reader.more():
        raise UndecidedPatternError(f"unbalanced ) in pattern {pattern!r}")
    return tree


class _Reader:
    """A recursive-descent reader; each method reads one production and leaves `at` behind it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def more(self) -> bool:
        return self.at < len(self.text)

    def take(self, expected: str) -> bool:
        if self.text.startswith(expected, self.at):
            self.at += len(expected)
            return True
        return False

    def next(self) -> str:
        if not self.more():
            raise UndecidedPatternError(f"pattern ends too early: {self.text!r}")
        self.at += 1
        return self.text[self.at - 1]

    def choice(self, depth: int) -> Node:
        if depth > _MAX_DEPTH:
            raise UndecidedPatternError("pattern is nested too deeply")
        options = [self.sequence(depth)]
        while self.take("|"):
            options.append(self.sequence(depth))
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def sequence(self, depth: int) -> Node:
        parts: list[Node] = []
        while self.more() and self.text[self.at] not in "|)":
            parts.append(self.quantified(self.atom(depth)))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def quantified(self, atom: Node) -> Node:
        bounds = self.bounds()
        if bounds is None:
            return atom
        if isinstance(atom, Start | End):
            raise UndecidedPatternError("a quantified anchor")
        self.take("?")
        return Repeat(atom, *bounds)

    def bounds(self) -> tuple[int, int | None] | None:
        for sign, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self.take(sign):
                return bounds
        return self.counted() if self.take("{") else None

    def counted(self) -> tuple[int, int | None]:
        low = self.number()
        high: int | None = low
        if self.take(","):
            high = None if self.text.startswith("}", self.at) else self.number()
        if not self.take("}") or (high is not None and high < low):
            raise UndecidedPatternError(f"a broken quantifier in {self.text!r}")
        return low, high

    def number(self) -> int:
        start = self.at
        while self.more() and self.text[self.at] in "0123456789":
            self.at += 1
        digits = self.text[start : self.at]
        if not digits or int(digits[:9]) > _MAX_COUNT:
            raise UndecidedPatternError(f"no usable count in {self.text!r}")
        return int(digits)

    def atom(self, depth: int) -> Node:
        char = self.next()
        match char:
            case "^":
                return Start()
            case "$":
                return End()
            case ".":
                return Chars(charset.complement(charset.LINE_END))
            case "(":
                return self.group(depth)
            case "[":
                return Chars(self.char_class())
            case "\\":
                return Chars(self.escape(in_class=False))
            case "*" | "+" | "?" | "{" | "}" | "]":
                raise UndecidedPatternError(f"a stray {char} in {self.text!r}")
        return Chars(((ord(char), ord(char)),))

    def group(self, depth: int) -> Node:
        if self.take("?") and not self.take(":"):
            self.group_name()
        inner = self.choice(depth + 1)
        if not self.take(")"):
            raise UndecidedPatternError(f"an unclosed group in {self.text!r}")
        return inner

    def group_name(self) -> None:
        if not self.take("<") or self.text[self.at : self.at + 1] in ("=", "!", ""):
            raise UndecidedPatternError("look-around")
        while self.next() != ">":
            pass

    def char_class(self) -> Ranges:
        negated = self.take("^")
        ranges: list[Ranges] = []
        while not self.take("]"):
            ranges.append(self.class_range())
        found = charset.union(*ranges)
        return charset.complement(found) if negated else found

    def class_range(self) -> Ranges:
        low = self.class_atom()
        if not self.text.startswith("-", self.at) or self.text.startswith("-]", self.at):
            return low
        self.at += 1
        high = self.class_atom()
        if charset.size(low) != 1 or charset.size(high) != 1 or low[0][0] > high[0][0]:
            raise UndecidedPatternError(f"a broken range in {self.text!r}")
        return ((low[0][0], high[0][0]),)

    def class_atom(self) -> Ranges:
        char = self.next()
        return self.escape(in_class=True) if char == "\\" else ((ord(char), ord(char)),)

    def escape(self, *, in_class: bool) -> Ranges:
        char = self.next()
        if char in _CLASSES:
            return _CLASSES[char]
        code = self.escaped_code(char, in_class=in_class)
        return ((code, code),)

    def escaped_code(self, char: str, *, in_class: bool) -> int:
        if char in _CONTROLS and not (char == "0" and self.text[self.at : self.at + 1].isdigit()):
            return _CONTROLS[char]
        if char == "b" and in_class:
            return 0x08
        if char == "x":
            return self.hexadecimal(2)
        if char == "u":
            return self.code_point()
        if char == "c":
            return ord(self.next()) % 32
        if char.isascii() and char.isalnum():
            raise UndecidedPatternError(f"\\{char}")
        return ord(char)

    def code_point(self) -> int:
        if self.take("{"):
            end = self.text.find("}", self.at)
            digits, self.at = self.text[self.at : end], end + 1
            return _hex(digits)
        code = self.hexadecimal(4)
        if 0xD800 <= code < 0xDC00 and self.take("\\u"):  # a surrogate pair is one code point
            return 0x10000 + ((code - 0xD800) << 10) + (self.hexadecimal(4) - 0xDC00)
        return code

    def hexadecimal(self, length: int) -> int:
        digits = "".join(self.next() for _ in range(length))
        return _hex(digits)


def _hex(digits: str) -> int:
    try:
        code = int(digits, 16)
    except ValueError:
        raise UndecidedPatternError(f"a broken escape: {digits!r}") from None
    if code > charset.LAST:
        raise UndecidedPatternError(f"no code point: {digits!r}")
    return code
