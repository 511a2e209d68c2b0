"""JSON Pointers (RFC 6901): tokens, reading, and edits that copy only what they change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias
from urllib.parse import unquote

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


def get(value: JSON, pointer: Sequence[Token]) -> JSON:
    """Return what stands at `pointer`; KeyError or IndexError where nothing does."""
    for token in pointer:
        value = value[int(token)] if isinstance(value, list) else value[token]
    return value


def put(value: JSON, pointer: Sequence[Token], new: JSON) -> JSON:
    """Return a copy of `value` with `new` at `pointer` (REMOVED takes it out); the original is untouched."""
    if not pointer:
        return new
    head, rest = pointer[0], pointer[1:]
    if isinstance(value, list):
        return _put_item(value, int(head), rest, new)
    copy = dict(value)
    if not rest and isinstance(new, Removed):
        del copy[head]
    else:
        copy[head] = put(value.get(head, {}), rest, new)
    return copy


def _put_item(value: list[JSON], index: int, rest: Sequence[Token], new: JSON) -> list[JSON]:
    copy = list(value)
    if not rest and isinstance(new, Removed):
        del copy[index]
    else:
        copy[index] = put(value[index], rest, new)
    return copy
