"""Amendments: edits of a document that would make it agree with what its service was seen to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus
from typing import Any, Final

from conformance import pointer as pointers
from conformance.contract.keywords import Schema
from conformance.jsonvalue import JSON, type_name
from conformance.pointer import REMOVED, Pointer


class Kind(Enum):
    """What an amendment does at its place."""

    SET = auto()
    DROP = auto()
    ADD = auto()
    """Adds to a list; a text that stands for a list of one becomes a list."""
    DISCARD = auto()
    RAISE = auto()
    """Sets a number where none, or a smaller one, stands."""
    LOWER = auto()


@dataclass(frozen=True, slots=True)
class Amendment:
    """One edit at `pointer` in a document; it says what is to hold, so that several can follow each other."""

    kind: Kind
    pointer: Pointer
    value: JSON = None


def amended(content: JSON, amendment: Amendment) -> JSON:
    """Return a copy of the content with the edit made; the content itself where there is nothing to edit."""
    try:
        held = pointers.get(content, amendment.pointer)
    except (KeyError, IndexError, TypeError, ValueError):
        held = None
    new = _new(amendment, held)
    if new is held or (new is REMOVED and held is None):
        return content
    try:
        return pointers.put(content, amendment.pointer, new)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        return content  # an edit before this one took its place away


def _new(amendment: Amendment, held: JSON) -> JSON:
    value = amendment.value
    match amendment.kind:
        case Kind.SET:
            return value
        case Kind.DROP:
            return REMOVED
        case Kind.RAISE:
            return value if held is None or held < value else held
        case Kind.LOWER:
            return value if held is None or held > value else held
        case Kind.ADD:
            listed = held if isinstance(held, list) else [held]
            return held if held is None or _holds(listed, value) else [*listed, value]
        case Kind.DISCARD:
            left = [item for item in held or () if not _same(item, value)]
            return held if held is None or len(left) == len(held) else left


def _holds(listed: list[JSON], value: JSON) -> bool:
    return any(_same(item, value) for item in listed)


def _same(one: JSON, other: JSON) -> bool:
    return bool(one == other) and isinstance(one, bool) is isinstance(other, bool)


def reread(schema: Mapping[str, Any], replacement: Schema, at: Pointer) -> Iterator[Amendment]:
    """Yield the edits that turn the schema at a pointer of the document into its replacement."""
    if isinstance(replacement, bool):
        yield Amendment(Kind.SET, at, replacement)
        return
    yield from (Amendment(Kind.DROP, (*at, keyword)) for keyword in schema if keyword not in replacement)
    for keyword, value in replacement.items():
        if keyword not in schema:
            yield Amendment(Kind.SET, (*at, keyword), value)
        elif schema[keyword] != value:
            yield from _rekeyed(schema[keyword], value, (*at, keyword))


def _rekeyed(old: JSON, new: JSON, at: Pointer) -> Iterator[Amendment]:
    if isinstance(old, list) and isinstance(new, list):
        gone = [item for item in old if not _holds(new, item)]
        come = [item for item in new if not _holds(old, item)]
        if not (gone and come) and len(old) - len(gone) + len(come) == len(new):
            yield from (Amendment(Kind.DISCARD, at, item) for item in gone)
            yield from (Amendment(Kind.ADD, at, item) for item in come)
            return
    yield Amendment(Kind.SET, at, new)


_UPPER: Final[Mapping[str, Any]] = {
    "maxLength": len, "maxItems": len, "maxProperties": len, "maximum": lambda value: value,
}  # fmt: skip
_LOWER: Final[Mapping[str, Any]] = {
    "minLength": len, "minItems": len, "minProperties": len, "minimum": lambda value: value,
}  # fmt: skip
_EXCLUSIVE: Final = {
    "exclusiveMaximum": ("maximum", Kind.RAISE), "exclusiveMinimum": ("minimum", Kind.LOWER),
}  # fmt: skip
_DROPPED: Final = frozenset({"pattern", "format", "multipleOf", "uniqueItems"})


def admitting(keyword: str, at: Pointer, stands: JSON, value: JSON) -> Iterator[Amendment]:
    """Yield the least edits of a keyword by which it admits a value; nothing where no single one is plain.

    `stands` is what the keyword says, at the pointer `at` of the document; that of `required` leads to
    the name of the missing member.
    """
    if keyword in _UPPER:
        yield Amendment(Kind.RAISE, at, _UPPER[keyword](value))
    elif keyword in _LOWER:
        yield Amendment(Kind.LOWER, at, _LOWER[keyword](value))
    elif keyword in _EXCLUSIVE:
        name, kind = _EXCLUSIVE[keyword]
        yield Amendment(Kind.DROP, at)
        yield Amendment(kind, (*at[:-1], name), value)
    elif keyword in _DROPPED:
        yield Amendment(Kind.DROP, at)
    elif keyword == "required":
        yield Amendment(Kind.DISCARD, at[:-1], stands)
    elif keyword == "enum":
        yield Amendment(Kind.ADD, at, value)
    elif keyword == "const":
        yield Amendment(Kind.DROP, at)
        yield Amendment(Kind.SET, (*at[:-1], "enum"), [stands, value])
    elif keyword == "type":
        yield Amendment(Kind.ADD, at, type_name(value))


def declaring(at: Pointer, name: str, value: JSON) -> Amendment:
    """Return the edit that declares a member beside the `properties` at a pointer, by the type it was seen with."""
    kind = type_name(value)
    schema: dict[str, JSON] = {} if kind == "null" else {"type": kind}
    if kind == "array":
        schema["items"] = {}
    return Amendment(Kind.SET, (*at, name), schema)


def documenting(responses: Pointer, status: int, media_type: str) -> Amendment:
    """Return the edit that documents a status, and the content type it came with."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = f"Status {status}"
    content: dict[str, JSON] = {"content": {media_type: {}}} if media_type else {}
    return Amendment(Kind.SET, (*responses, str(status)), {"description": phrase, **content})
