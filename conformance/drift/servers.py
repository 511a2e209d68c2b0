"""Servers compared: the addresses that an operation is to be had at (OpenAPI 3.1 §4.8.5)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product
from typing import Final

from conformance.drift.change import Change, DriftVerdict
from conformance.drift.side import Owners, Side, Telling
from conformance.jsonvalue import JSON

_MOST: Final = 64
"""So many addresses of one server are spelt out; variables multiply."""


def compare_servers(telling: Telling, base: Owners, revision: Owners) -> Iterator[Change]:
    """Yield each address that one side alone names; order and descriptions say nothing."""
    mine, theirs = _addresses(base), _addresses(revision)
    places = _holder(base), _holder(revision)
    for address in mine:
        if address not in theirs:
            said = f"{address} is gone"
            yield telling.change("server-removed", DriftVerdict.BREAKING, said, *places)
    for address in theirs:
        if address not in mine:
            yield telling.change("server-added", DriftVerdict.COMPATIBLE, f"{address} is new", *places)


def _holder(owners: Owners) -> Side:
    return next((owner for owner in reversed(owners) if owner.get("servers")), owners[0])


def _addresses(owners: Owners) -> tuple[str, ...]:
    """Return the addresses in order; `/` where none is given (§4.8.1)."""
    servers = _holder(owners).get("servers") or [{"url": "/"}]
    return tuple(dict.fromkeys(address for server in servers for address in _spelt_out(server)))


def _spelt_out(server: JSON) -> Iterator[str]:
    """Yield the URL with each choice of its enumerated variables, `{name}` where any value will do."""
    variables = server.get("variables") or {}
    choices = [_values(name, variable) for name, variable in sorted(variables.items())]
    for values in islice(product(*choices), _MOST):
        url = str(server["url"])
        for name, value in zip(sorted(variables), values, strict=True):
            url = url.replace(f"{{{name}}}", value)
        yield url.rstrip("/") or "/"


def _values(name: str, variable: JSON) -> list[str]:
    return [str(value) for value in variable.get("enum", ())] or [f"{{{name}={variable.get('default')}}}"]
