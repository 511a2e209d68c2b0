"""Created things: which ids an answer gives to what a request has created, so that it can be removed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from conformance.case import Case, Exchange
from conformance.jsonvalue import JSON, NotJSONError
from conformance.openapi.operation import Operation
from conformance.sending.target import placeholders

_MAX_IDS: Final = 1000
"""So many ids of one answer are listed."""

_MAX_LENGTH: Final = 500
"""Longer texts are nobody's id, and no address worth keeping."""


def created_ids(
    operation: Operation, case: Case, exchange: Exchange, said: JSON | NotJSONError
) -> tuple[str, ...] | None:
    """Return the ids of what the exchange created, the `Location` where its body has none; None for nothing created.

    A batch's answer holds several. What an invalid request was let create counts too. `said` is the
    answer's decoded body, or why it is not JSON.
    """
    if not _creates(operation, case, exchange.status):
        return None
    found = (
        () if exchange.truncated else tuple(dict.fromkeys(islice(_in_body(operation, case, said), _MAX_IDS)))
    )
    location = exchange.header("location")
    return found or ((location,) if 0 < len(location) <= _MAX_LENGTH else ())


def _creates(operation: Operation, case: Case, status: int) -> bool:
    """Tell a 201 (RFC 9110 §15.3.2), and another success of a POST that is documented to answer it."""
    posts = case.request.method == operation.method == "POST" and "201" in operation.responses
    return status == 201 or (posts and 200 <= status < 300)


def _in_body(operation: Operation, case: Case, said: JSON | NotJSONError) -> Iterator[str]:
    """Yield the members `id` of the answer; failing those, its members `…Id` that the request did not bring."""
    objects = list(_objects(said))
    own = [text for members in objects for text in _texts(members, ("id",))]
    if own:
        yield from own
        return
    known, sent = placeholders(operation.path), case.request.body or b""
    for members in objects:
        names = tuple(name for name in members if name.endswith("Id") and name not in known)
        yield from (t for t in _texts(members, names) if t.encode("utf-8", "surrogatepass") not in sent)


def _objects(body: JSON) -> Iterator[dict[str, JSON]]:
    """Yield the answer's own object and, for a batch, those in the array that it is or holds."""
    if isinstance(body, dict):
        yield body
    arrays = [body] if isinstance(body, list) else body.values() if isinstance(body, dict) else ()
    for items in arrays:
        if isinstance(items, list):
            yield from (item for item in items if isinstance(item, dict))


def _texts(members: dict[str, JSON], names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        value = members.get(name)
        if (
            isinstance(value, (str, int))
            and not isinstance(value, bool)
            and 0 < len(str(value)) <= _MAX_LENGTH
        ):
            yield str(value)
