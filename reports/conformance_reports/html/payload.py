"""A JSON text laid out in lines, the place that matters marked; every token stands as it was sent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, TypeAlias

from conformance import pointer as pointers

MAX_LINES: Final = 120
_INDENT: Final = "  "
_ITEM: Final = "[]"
_BRANCH: Final = re.compile(r"\(\d+\)")

Path: TypeAlias = tuple[str, ...]
"""Names from the root of a body down; `[]` stands for every item."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line to show; `marked` lines hold the place that matters."""

    text: str
    marked: bool = False

    @property
    def indent(self) -> str:
        """The white space that the line begins with."""
        return self.text[: len(self.text) - len(self.text.lstrip(" "))]


class _Token(str):
    """A number, kept as it is spelled."""

    __slots__ = ()


class _Members(list[tuple[str, Any]]):
    """An object as its members in order: a name may stand there twice."""


def path_of_place(place: str) -> Path:
    """Return where in a body a requirement's place is: `body(1)/items[]/name` is `items`, `[]`, `name`."""
    _, _, below = _BRANCH.sub("", place).replace(_ITEM, f"/{_ITEM}").partition("/")
    return tuple(below.split("/")) if below else ()


def path_of_pointer(pointer: str) -> Path:
    """Return where in a body what a schema's pointer leads to is; the root where that cannot be told."""
    tokens = pointers.parse(pointer) if pointer.startswith("/") else ()
    below = tokens[tokens.index("schema") + 1 :] if "schema" in tokens else ()
    path: list[str] = []
    rest = iter(below)
    for token in rest:
        if token == "properties":  # noqa: S105 -- a keyword
            path.extend(islice(rest, 1))
        elif token == "items":  # noqa: S105 -- a keyword
            path.append(_ITEM)
    return tuple(path)


def lines(text: str, path: Path) -> tuple[Line, ...]:
    """Return the text in at most MAX_LINES lines; what is no whole JSON text stays as it is, unmarked.

    Where the path leads to nothing, the object that lacks it is marked.
    """
    try:
        value = json.loads(
            text, object_pairs_hook=_Members, parse_float=_Token, parse_int=_Token, parse_constant=_Token
        )
        laid = tuple(islice(_lines(value, _reached(value, path), (), "", ""), MAX_LINES + 1))
    except (ValueError, RecursionError):
        laid = tuple(Line(line) for line in text.split("\n")[: MAX_LINES + 1])
    return laid if len(laid) <= MAX_LINES else (*laid[:MAX_LINES], Line("… more lines are not shown"))


def _reached(value: Any, path: Path) -> Path:
    """Return how far the path leads into the value, by the first item of each array that goes on."""
    if not path:
        return ()
    head, rest = path[0], path[1:]
    if head == _ITEM:
        below = [_reached(item, rest) for item in value] if _is_array(value) else []
        return (_ITEM, *max(below, key=len)) if below else ()
    if not isinstance(value, _Members):
        return ()
    held = [member for name, member in value if name == head]
    return (head, *_reached(held[-1], rest)) if held else ()


def _is_array(value: Any) -> bool:
    return isinstance(value, list) and not isinstance(value, _Members)


def _lines(value: Any, wanted: Path, at: Path, lead: str, tail: str) -> Iterator[Line]:
    """Yield the lines of a value; `lead` is its indent and name, `tail` the comma behind it."""
    marked = bool(wanted) and at[: len(wanted)] == wanted
    indent = lead[: len(lead) - len(lead.lstrip(" "))]
    if not isinstance(value, list) or not value:
        yield Line(lead + _scalar(value) + tail, marked)
        return
    opened, closed = ("{", "}") if isinstance(value, _Members) else ("[", "]")
    yield Line(lead + opened, marked)
    for number, (name, held) in enumerate(_held(value)):
        comma = "," if number + 1 < len(value) else ""
        label = "" if name is None else f"{_quoted(name)}: "
        below = (*at, _ITEM if name is None else name)
        yield from _lines(held, wanted, below, f"{indent}{_INDENT}{label}", comma)
    yield Line(indent + closed + tail, marked)


def _held(value: Sequence[Any]) -> Iterator[tuple[str | None, Any]]:
    if isinstance(value, _Members):
        yield from value
    else:
        yield from ((None, item) for item in value)


def _scalar(value: Any) -> str:
    match value:
        case _Token():
            return str(value)
        case _Members():
            return "{}"
        case list():
            return "[]"
        case str():
            return _quoted(value)
        case _:
            return json.dumps(value)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
