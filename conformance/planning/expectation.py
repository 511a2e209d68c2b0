"""Which statuses fulfil an intent, out of those that the document names for an operation."""

from __future__ import annotations

from typing import Final

from conformance.openapi.operation import Operation

SET_UP: Final = {
    401: "the key is not accepted: check --api-key-env",
    403: "the key may not do this: check its permissions",
    404: "the path's ids name nothing: check --path-param and the base URL",
    407: "a proxy asks for credentials",
    408: "the server gave up waiting",
    409: "the target holds something that stands in the way",
    423: "the resource is locked",
    425: "the server asks to try later",
    429: "the target limits the rate: use --rate",
}
"""Statuses that say something of the set-up and nothing of the body."""


def successes(operation: Operation) -> tuple[str, ...]:
    """Return the documented 2xx statuses; `2XX` where only a range or `default` stands for them."""
    return _documented(operation, "2") or ("2XX",)


def rejections(operation: Operation) -> tuple[str, ...]:
    """Return the documented 4xx statuses that can answer an invalid body; `4XX` where there are none."""
    told = tuple(s for s in _documented(operation, "4") if not (s.isdigit() and int(s) in SET_UP))
    return told or ("4XX",)


def refusals(operation: Operation, *usual: str) -> tuple[str, ...]:
    """Return the documented ones among the usual statuses, all of the usual where none is."""
    return tuple(s for s in usual if s in operation.responses) or usual


def fits(status: int, expected: tuple[str, ...]) -> bool:
    """Tell whether a status is among the expected ones, ranges (`4XX`) included."""
    return str(status) in expected or f"{status // 100}XX" in expected


def _documented(operation: Operation, first: str) -> tuple[str, ...]:
    return tuple(status for status in operation.responses if status.startswith(first))
