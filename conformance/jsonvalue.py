"""JSON values: their type, how they are written to bytes and how strictly they are read back."""

from __future__ import annotations

import json
from typing import Any, Final, TypeAlias

JSON: TypeAlias = Any
"""null, boolean, number, string, list of JSON or dict of str to JSON (RFC 8259 §3)."""


class NotJSONError(ValueError):
    """The bytes are not one JSON text (RFC 8259 §2); says where reading stopped."""


def encode(value: JSON) -> bytes:
    r"""Return `value` as compact UTF-8 JSON, members in their own order.

    A lone surrogate cannot stand in UTF-8; a value that holds one is written with `\u` escapes
    (RFC 8259 §8.2). NaN and infinities have no JSON form and raise ValueError.
    """
    try:
        return _dump(value, ascii_only=False).encode()
    except UnicodeEncodeError:
        return _dump(value, ascii_only=True).encode()


def _dump(value: JSON, *, ascii_only: bool) -> str:
    return json.dumps(value, ensure_ascii=ascii_only, separators=(",", ":"), allow_nan=False)


def decode(data: bytes) -> JSON:
    """Return the JSON value of `data`, strictly: UTF-8, one value, no NaN.

    Raises NotJSONError, also where the nesting is deeper than the interpreter can follow.
    """
    try:
        text = data.decode()
        return json.loads(text) if text.startswith(_BOM) else _DECODER.decode(text)  # the first tells of it
    except RecursionError as error:
        raise NotJSONError("nested too deeply to read") from error
    except ValueError as error:
        raise NotJSONError(str(error)) from error


def _refuse_constant(name: str) -> JSON:
    raise NotJSONError(f"{name} is not JSON")


_BOM: Final = "\ufeff"
_DECODER: Final = json.JSONDecoder(parse_constant=_refuse_constant)
"""Made once: `json.loads` makes one for each call with options, which takes longer than a small body."""


def type_name(value: JSON) -> str:
    """Return the JSON Schema name of the value's type (core §4.2.1): 1.0 is an integer."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case str():
            return "string"
        case int():
            return "integer"
        case float():
            return "integer" if value.is_integer() else "number"
        case list():
            return "array"
        case _:
            return "object"
