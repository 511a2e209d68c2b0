"""Placing: a value of a part put into a request, in the form that the part asks for, or taken out of it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final
from urllib.parse import quote

from conformance.case import Request
from conformance.contract.media_types import media_type
from conformance.jsonvalue import JSON, encode
from conformance.openapi.part import Location, Part
from conformance.wire.styles import Pairs, UnwritableError, label, matrix, pairs, simple

_RESERVED: Final = ":/?@!$'()*,;[]"
"""Reserved characters that `allowReserved` leaves as they are (RFC 3986 §2.2), those aside that end a pair."""

_COOKIE_TEXT: Final = re.compile(r"[!#-+\--:<-\[\]-~]+")
"""What a cookie's value holds without an escape, for readers do not agree on one (RFC 6265 §4.1.1)."""

_HEADER_TEXT: Final = re.compile(r"[!-~](?:[ -~]*[!-~])?")
"""A header's value that arrives as it was sent: blanks around it are cut (RFC 9110 §5.5)."""


def placed(request: Request, part: Part, value: JSON) -> Request:
    """Return the request with the value in the place of the part, and no other there.

    Raises UnwritableError where the value has no form there, or one that readers take for something else.
    """
    return _written(without(request, part), part, value)


def _written(request: Request, part: Part, value: JSON) -> Request:
    match part.location:
        case Location.PATH:
            own = (part.name, path_text(part, value))
            return replace(request, path_params=(*request.path_params, own))
        case Location.QUERY:
            return replace(request, query=(*request.query, *query_pairs(part, value)))
        case Location.HEADER:
            return with_header(request, part.name, header_text(part, value))
        case Location.COOKIE:
            cookies = (*cookies_of(request), *cookie_pairs(part, value))
            return with_header(request, "Cookie", "; ".join(f"{name}={text}" for name, text in cookies))
        case _:
            raise UnwritableError("a body is no parameter")


def without(request: Request, part: Part) -> Request:
    """Return the request without the part."""
    match part.location:
        case Location.PATH:
            kept = tuple(pair for pair in request.path_params if pair[0] != part.name)
            return replace(request, path_params=kept)
        case Location.QUERY:
            return replace(request, query=_others(part, request.query))
        case Location.HEADER:
            return without_header(request, part.name)
        case Location.COOKIE:
            rest = _others(part, cookies_of(request))
            bare = without_header(request, "Cookie")
            return with_header(bare, "Cookie", "; ".join(f"{n}={t}" for n, t in rest)) if rest else bare
        case _:
            return replace(request, body=None)


def _others(part: Part, held: Pairs) -> Pairs:
    name, deep = query_text(part.name), query_text(f"{part.name}[")
    return tuple(pair for pair in held if pair[0] != name and not pair[0].startswith(deep))


def path_text(part: Part, value: JSON) -> str:
    """Return the segment, or the part of one, that says the value. Raises UnwritableError."""
    if part.media_type:
        text = quote(_content(part, value), safe="")
    elif part.style == "label":
        text = label(value, _segment, explode=part.explode)
    elif part.style == "matrix":
        text = matrix(part.name, value, _segment, explode=part.explode)
    else:
        text = simple(value, _segment, explode=part.explode)
    if not text:
        raise UnwritableError("an empty segment names another path")
    return text.replace(".", "%2E") if text in (".", "..") else text


def _segment(text: str) -> str:
    if re.search(r"[/\\\x00]", text):
        raise UnwritableError(
            "many readers take a slash in a segment for its end, even a percent-encoded one"
        )
    return _quoted(text, "")


def query_pairs(part: Part, value: JSON) -> Pairs:
    """Return the pairs of the query that say the value. Raises UnwritableError."""
    if part.media_type:
        return ((query_text(part.name), query_text(_content(part, value))),)
    safe = _RESERVED if part.allow_reserved else ""
    return pairs(part, value, lambda text: _quoted(text, safe))


def query_text(text: str) -> str:
    """Return a name or a value as it stands in a query. Raises UnwritableError for a lone surrogate."""
    return _quoted(text, "")


def _quoted(text: str, safe: str) -> str:
    try:
        return quote(text, safe=safe)
    except UnicodeEncodeError as error:
        raise UnwritableError("a lone surrogate has no form in a URL") from error


def header_text(part: Part, value: JSON) -> str:
    """Return a header's value. Raises UnwritableError where it would not arrive as it was sent."""
    text = _content(part, value) if part.media_type else simple(value, str, explode=part.explode)
    if not _HEADER_TEXT.fullmatch(text):
        raise UnwritableError("a header carries visible ASCII, and no blank at its ends")
    return text


def cookie_pairs(part: Part, value: JSON) -> Pairs:
    """Return the cookies that say the value. Raises UnwritableError where readers would differ on an escape."""
    found = ((part.name, _content(part, value)),) if part.media_type else pairs(part, value, str)
    if part.explode and isinstance(value, list | dict):
        raise UnwritableError("an exploded cookie has no defined form (OpenAPI 3.1 §4.8.12.2)")
    if not all(_COOKIE_TEXT.fullmatch(text) for _, text in found):
        raise UnwritableError("a cookie carries no blank, comma, semicolon, quote or backslash")
    return found


def _content(part: Part, value: JSON) -> str:
    if not media_type(part.media_type).is_json:
        raise UnwritableError(f"a parameter of {part.media_type} is not written")
    return encode(value).decode()


def with_header(request: Request, name: str, text: str) -> Request:
    """Return the request with this header, and no other of its name."""
    return replace(request, headers=(*without_header(request, name).headers, (name, text)))


def without_header(request: Request, name: str) -> Request:
    """Return the request without a header, whatever the case of its name."""
    kept = tuple(pair for pair in request.headers if pair[0].lower() != name.lower())
    return replace(request, headers=kept)


def cookies_of(request: Request) -> Pairs:
    """Return the cookies of a request, as they stand there."""
    lines = (text for name, text in request.headers if name.lower() == "cookie")
    return tuple(_pair(text) for line in lines for text in line.split("; ") if text)


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


def retyped(request: Request, content_type: str | None, body: bytes | None) -> Request:
    """Return the request with another body and its type, None for no `Content-Type`."""
    bare = replace(without_header(request, "Content-Type"), body=body)
    return bare if content_type is None else with_header(bare, "Content-Type", content_type)
