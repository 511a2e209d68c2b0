"""JSON values: their type, how they are written to bytes and how strictly they are read back."""

from __future__ import annotations

import json
import re
from itertools import accumulate
from typing import Any, Final, TypeAlias

JSON: TypeAlias = Any
"""null, boolean, number, string, list of JSON or dict of str to JSON (RFC 8259 §3)."""


class NotJSONError(ValueError):
    """The bytes are not one JSON text (RFC 8259 §2); says where reading stopped."""


class TooDeepError(NotJSONError):
    """The bytes nest more than MAX_DEPTH levels: a limit of ours (RFC 8259 §9), whether or not they are JSON."""

    def __str__(self) -> str:
        return f"nested more than {MAX_DEPTH} levels deep, which is not read"


def encode(value: JSON) -> bytes:
    r"""Return `value` as compact UTF-8 JSON, members in their own order.

    A lone surrogate cannot stand in UTF-8; a value that holds one is written with `\u` escapes
    (RFC 8259 §8.2). NaN and infinities have no JSON form and raise ValueError.
    """
    try:
        return _ENCODER.encode(value).encode()
    except UnicodeEncodeError:
        return _ASCII_ENCODER.encode(value).encode()


def decode(data: bytes) -> JSON:
    """Return the JSON value of `data`, strictly: UTF-8, one value, no NaN.

    Raises TooDeepError where it nests more than MAX_DEPTH levels, NotJSONError where it is no JSON.
    """
    if data.count(b"[") + data.count(b"{") > MAX_DEPTH and depth(data) > MAX_DEPTH:
        raise TooDeepError
    try:
        text = data.decode()
        return json.loads(text) if text.startswith(_BOM) else _DECODER.decode(text)  # the first tells of it
    except RecursionError as error:
        raise TooDeepError from error
    except ValueError as error:
        raise NotJSONError(str(error)) from error


def decoded(data: bytes) -> JSON | NotJSONError:
    """Return what `decode` returns or, for who asks more than once, the error that it raises."""
    try:
        return decode(data)
    except NotJSONError as error:
        return error


def depth(data: bytes) -> int:
    """Return how many objects and arrays the innermost value of a JSON text lies in, itself included."""
    steps = _STRING.sub(b"", data).translate(_STEPS, _NO_STEPS)
    return max(accumulate(memoryview(steps).cast("b")), default=0)


def _refuse_constant(name: str) -> JSON:
    raise NotJSONError(f"{name} is not JSON")


MAX_DEPTH: Final = 200
"""jsonschema-rs explains 255 levels, and what follows a value by recursion here has 1,000 frames for it."""

_STRING: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_STEPS: Final = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")
"""One down or, as a signed byte, one up."""

_NO_STEPS: Final = bytes(set(range(256)) - set(b"[{]}"))
_BOM: Final = "\ufeff"
_DECODER: Final = json.JSONDecoder(parse_constant=_refuse_constant)
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_ASCII_ENCODER: Final = json.JSONEncoder(separators=(",", ":"), allow_nan=False)
"""Made once: `json.loads` and `json.dumps` with options make one for each call, longer work than a small value."""


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
