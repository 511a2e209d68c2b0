"""Requests as Schemathesis draws them, by its public `as_strategy()`; an optional extra."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from hypothesis import strategies as st

from conformance.case import Key, Request
from conformance.jsonvalue import encode
from conformance.openapi.operation import Operation
from conformance.sending.target import placeholders

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

MISSING: Final = "Schemathesis is not installed: install concord-conformance[explore] to explore with it, too"


def is_installed() -> bool:
    """Tell whether the extra `explore` is there."""
    return find_spec("schemathesis") is not None


def foreign_requests(operation: Operation, base: Request) -> SearchStrategy[Request]:
    """Return the strategy of Schemathesis's requests: every second one with its body alone, the rest as they came.

    `base` gives what is not varied. Raises whatever Schemathesis does of a document it can't read.
    """
    import schemathesis

    schema = schemathesis.openapi.from_dict(dict(operation.document.content))
    cases = schema[operation.path][operation.method].as_strategy()
    return st.builds(lambda case, whole: _request(case, base, whole=whole), cases, st.booleans())


def _request(case: Any, base: Request, *, whole: bool) -> Request:
    """Translate a Schemathesis case; ids, query and headers come over where it is to be sent whole."""
    body = _body(case.body)
    headers = base.headers if body is not None else _without_type(base.headers)
    base = replace(base, body=body, headers=headers)
    if not whole:
        return base
    given = tuple(_sendable(case.headers or {}))
    own = {name.lower() for name, _ in given}
    kept = tuple(pair for pair in base.headers if pair[0].lower() not in own)
    ids = {name: str(value) for name, value in (case.path_parameters or {}).items()}
    return replace(
        base,
        path_params=tuple(
            (name, quote(ids[name], safe="")) for name in placeholders(base.path) if ids.get(name)
        ),
        query=tuple((quote(str(n), safe=""), quote(str(v), safe="")) for n, v in (case.query or {}).items()),
        headers=(*given, *kept),
        key=Key.NONE,
    )


def _body(value: Any) -> bytes | None:
    if isinstance(value, bytes):
        return value
    try:
        return encode(value)
    except (TypeError, ValueError):
        return None  # a marker for no body, or what JSON cannot say


def _without_type(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in headers if pair[0].lower() != "content-type")


def _sendable(headers: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the headers that can go over the wire as they are."""
    for name, value in headers.items():
        text = str(value)
        if text.isascii() and text.isprintable():
            yield str(name), text.strip()
