"""Styles of parameters (OpenAPI 3.1 §4.8.12.2, RFC 6570): a value written by one, the pieces that it is made of.

`label` and `matrix` are for paths, `form` and the delimited ones for queries, `simple` for paths and headers. What
the specification gives no form (nested arrays, null, an empty array in an exploded query) raises UnwritableError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from conformance.jsonvalue import JSON, encode
from conformance.openapi.part import Part

Pairs: TypeAlias = tuple[tuple[str, str], ...]
"""Names and texts as they stand in a query or a cookie, percent-encoded where the place asks for it."""

_DELIMITERS: Final = {"form": ",", "spaceDelimited": "%20", "pipeDelimited": "%7C"}


class UnwritableError(ValueError):
    """A value has no form in this place."""


def primitive(value: JSON) -> str:
    """Return a string as it is, a number or boolean as JSON writes it. Raises UnwritableError for all else."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, list | dict):
        raise UnwritableError("null, arrays and objects have no form inside a parameter")
    return encode(value).decode()


def simple(value: JSON, encoded: Callable[[str], str], *, explode: bool) -> str:
    """Return the value in style `simple`: `a`, `a,b`, `k,v`, exploded `k=v`."""
    return ",".join(_items(value, encoded, explode=explode))


def label(value: JSON, encoded: Callable[[str], str], *, explode: bool) -> str:
    """Return the value in style `label`: `.a`, `.a,b`, exploded `.a.b` and `.k=v`."""
    return "." + ("." if explode else ",").join(_items(value, encoded, explode=explode))


def matrix(name: str, value: JSON, encoded: Callable[[str], str], *, explode: bool) -> str:
    """Return the value in style `matrix`: `;n=a`, `;n=a,b`, exploded `;n=a;n=b` and `;k=v`."""
    if isinstance(value, dict) and explode:
        return "".join(f";{item}" for item in _items(value, encoded, explode=True))
    items = _items(value, encoded, explode=False)
    if isinstance(value, list) and explode:
        return "".join(f";{encoded(name)}={item}" for item in items)
    text = ",".join(items)
    return f";{encoded(name)}={text}" if text else f";{encoded(name)}"


def pairs(part: Part, value: JSON, encoded: Callable[[str], str]) -> Pairs:
    """Return the pairs of a query, form or cookie that say the value, by the part's style."""
    name = encoded(part.name)
    if part.style == "deepObject":
        if not isinstance(value, dict):
            raise UnwritableError("deepObject is for objects")
        return tuple(
            (encoded(f"{part.name}[{key}]"), encoded(primitive(held))) for key, held in value.items()
        )
    if isinstance(value, dict) and part.explode and part.style == "form":
        return _some((encoded(key), encoded(primitive(held))) for key, held in value.items())
    if isinstance(value, list) and part.explode:
        return _some((name, encoded(primitive(item))) for item in value)
    if isinstance(value, list | dict):
        if not value:
            raise UnwritableError("nothing has no form in a query")
        return ((name, _DELIMITERS.get(part.style, ",").join(_items(value, encoded, explode=False))),)
    return ((name, encoded(primitive(value))),)


def _some(found: Iterable[tuple[str, str]]) -> Pairs:
    listed = tuple(found)
    if not listed:
        raise UnwritableError("nothing, exploded, cannot be told from absence")
    return listed


def _items(value: JSON, encoded: Callable[[str], str], *, explode: bool) -> list[str]:
    """Return the texts between delimiters. Raises UnwritableError for an empty array or object."""
    if isinstance(value, dict):
        told = [(encoded(key), encoded(primitive(held))) for key, held in value.items()]
        items = (
            [f"{key}={held}" for key, held in told] if explode else [text for pair in told for text in pair]
        )
    elif isinstance(value, list):
        items = [encoded(primitive(item)) for item in value]
    else:
        return [encoded(primitive(value))]
    if not items:
        raise UnwritableError("nothing has no form in a list")
    return items
