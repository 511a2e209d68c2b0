"""JSON Pointers (RFC 6901): tokens, reading, and edits that copy only what they change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, TypeAlias
from urllib.parse import quote, unquote

from conformance.jsonvalue import JSON

Token: TypeAlias = str | int
Pointer: TypeAlias = tuple[Token, ...]
"""Tokens from the root down; a list index is an int."""


class Removed:
    """The marker that, given as a new value, removes the member or item."""

    def __repr__(self) -> str:
        return "REMOVED"

    def __reduce__(self) -> str:
        return "REMOVED"


REMOVED: Final = Removed()
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,17}")


def text(pointer: Sequence[Token]) -> str:
    """Return the pointer in its string form (RFC 6901 §3), `""` for the root."""
    return "".join("/" + str(token).replace("~", "~0").replace("/", "~1") for token in pointer)


def parse(source: str) -> tuple[str, ...]:
    """Return the tokens of a string form, all as str; `""` and `"/"`-led forms only."""
    if source and not source.startswith("/"):
        raise ValueError(f"not a JSON pointer: {source!r}")
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in source.split("/")[1:])


def reference(ref: str) -> tuple[str, ...]:
    """Return the tokens of a local `$ref`, `#` and a percent-encoded pointer (RFC 6901 §6). Raises ValueError."""
    return parse(unquote(ref.removeprefix("#")))


def fragment(pointer: Sequence[Token]) -> str:
    """Return the `$ref` to a place of the same document, percent-encoded (RFC 6901 §6, RFC 3986 §3.5)."""
    return "#" + quote(text(pointer), safe="/~!$&'()*+,;=:@?")


def spelled(pointer: Sequence[Token]) -> tuple[str, ...]:
    """Return a pointer's tokens all as str: whatever a pointer comes from, equal ones are spelled alike."""
    return tuple(map(str, pointer))


def step(value: JSON, token: Token) -> Token:
    """Return the token as the name of a member of an object, or as an item's index in a list (RFC 6901 §4).

    Digits alone don't tell which: `200` may be either. Raises KeyError for what is no index of a list, and
    where the value is neither.
    """
    if isinstance(value, dict):
        return str(token)
    if isinstance(value, list) and _INDEX.fullmatch(str(token)):
        return int(token)
    raise KeyError(token)


def get(value: JSON, pointer: Sequence[Token]) -> JSON:
    """Return what stands at `pointer`. Raises KeyError or IndexError where nothing does."""
    for token in pointer:
        value = value[step(value, token)]
    return value


def put(value: JSON, pointer: Sequence[Token], new: JSON) -> JSON:
    """Return a copy of `value` with `new` at `pointer` (REMOVED takes it out); the original is untouched."""
    if not pointer:
        return new
    head, rest = step(value, pointer[0]), pointer[1:]
    copy: Any = value.copy()
    if not rest and isinstance(new, Removed):
        del copy[head]
    else:
        below = value.get(head, {}) if isinstance(value, dict) else value[head]
        copy[head] = put(below, rest, new)
    return copy
