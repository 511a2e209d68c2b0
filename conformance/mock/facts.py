"""Facts about a request as it came, for effects that depend on more than its body's value."""

from __future__ import annotations

import codecs
import json
from typing import Final

from conformance.jsonvalue import JSON
from conformance.mock.message import MockRequest

FACTS: Final = ("method", "key", "media-type", "charset", "coding", "form", "turn", "first")
"""`key` is missing, empty or given; `form` is what is odd about the body's bytes; of equal requests,
`turn` is odd or even and `first` yes or no."""


def facts_of(request: MockRequest, key_headers: tuple[bytes, ...]) -> dict[str, str]:
    """Return every fact of FACTS by name; one that says nothing is empty."""
    given = [request.headers[name] for name in key_headers if name in request.headers]
    media, _, parameters = _header(request, b"content-type").partition(";")
    return {
        "method": request.method,
        "key": "missing" if not given else "given" if any(given) else "empty",
        "media-type": media.strip().lower(),
        "charset": parameters.strip().lower().removeprefix("charset="),
        "coding": _header(request, b"content-encoding").strip().lower(),
        "form": _form(request.body),
        "turn": "odd" if request.occurrence % 2 else "even",
        "first": "yes" if request.occurrence == 1 else "no",
    }


def _header(request: MockRequest, name: bytes) -> str:
    return request.headers.get(name, b"").decode("latin-1")


def _form(body: bytes) -> str:
    """Return empty, bom, not-utf-8, not-json, nan, or twice for an object that has a member twice."""
    if not body:
        return "empty"
    if body.startswith(codecs.BOM_UTF8):
        return "bom"
    oddities: list[str] = []
    try:
        json.loads(
            body.decode(),
            parse_constant=lambda _: oddities.append("nan"),
            object_pairs_hook=lambda pairs: _object(pairs, oddities),
        )
    except UnicodeDecodeError:
        return "not-utf-8"
    except (ValueError, RecursionError):
        return "not-json"
    return oddities[0] if oddities else ""


def _object(pairs: list[tuple[str, JSON]], oddities: list[str]) -> dict[str, JSON]:
    found = dict(pairs)
    if len(found) < len(pairs):
        oddities.append("twice")
    return found
