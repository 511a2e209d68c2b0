"""Servers compared: the addresses that an operation is to be had at (OpenAPI 3.1 §4.8.5)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from math import prod
from typing import Final

from conformance.diff.change import Change, DriftVerdict
from conformance.diff.operations.rules import CHANGED, GONE_OR_NEW
from conformance.diff.operations.side import Owners, Scope, Side
from conformance.jsonvalue import JSON

_MOST: Final = 1000
"""So many addresses of one server are spelt out; variables multiply."""

_ANY: Final = "{}"
_ORIGIN: Final = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<host>[^/?#]*)", re.IGNORECASE)
_PORTS: Final = {"http": ":80", "https": ":443", "ws": ":80", "wss": ":443"}
_DEFAULT: Final = "who does not choose a value is led elsewhere"


def compare_servers(scope: Scope, base: Owners, revision: Owners) -> Iterator[Change]:
    """Yield each address that one side alone names; order and descriptions say nothing.

    An address is still named where a variable of a server that may have any value makes it.
    """
    mine, theirs = _addresses(base), _addresses(revision)
    places = _place(base), _place(revision)
    for address in _unnamed(mine, theirs):
        yield scope.change(GONE_OR_NEW["server"][0], DriftVerdict.BREAKING, f"{address} is gone", *places)
    for address in _unnamed(theirs, mine):
        yield scope.change(GONE_OR_NEW["server"][1], DriftVerdict.COMPATIBLE, f"{address} is new", *places)
    both = [(mine[address], theirs[address]) for address in mine if address in theirs]
    for was, now in dict.fromkeys((was, now) for was, now in both if was and now and was != now):
        said = f"by default {was} → {now}"
        yield scope.change(CHANGED["server default"], DriftVerdict.UNDECIDED, said, *places, _DEFAULT)


def _holder(owners: Owners) -> Side:
    return next((owner for owner in reversed(owners) if owner.get("servers")), owners[0])


def _place(owners: Owners) -> Side:
    holder = _holder(owners)
    return holder.at("servers") or holder


def _unnamed(addresses: Mapping[str, str], others: Mapping[str, str]) -> Iterator[str]:
    forms = [other.split(_ANY) for other in others if _ANY in other]
    for address in addresses:
        if address not in others and not any(_fits(address, *form) for form in forms):
            yield address


def _fits(address: str, start: str, *parts: str) -> bool:
    """Tell whether an address has these parts in this order, the first at its start and the last at its end."""
    if not address.startswith(start):
        return False
    at = len(start)
    for part in parts[:-1]:
        found = address.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return len(address) - len(parts[-1]) >= at and address.endswith(parts[-1])


def _addresses(owners: Owners) -> dict[str, str]:
    """Return the addresses in order, each with the server's defaults; `/` where none is given (§4.8.1)."""
    found: dict[str, str] = {}
    for server in _holder(owners).get("servers") or [{"url": "/"}]:
        for address in _spelt_out(server):
            found.setdefault(address, _defaults(server))
    return found


def _spelt_out(server: JSON) -> Iterator[str]:
    """Yield the URL with each choice of its enumerated variables, `{}` where any value will do."""
    url, variables = str(server["url"]), server.get("variables") or {}
    names = [name for name in variables if f"{{{name}}}" in url]
    choices = [list(map(str, variables[name].get("enum") or (_ANY,))) for name in names]
    if prod(map(len, choices)) > _MOST:
        choices = [[_ANY] for _ in names]
    for values in product(*choices):
        address = url
        for name, value in zip(names, values, strict=True):
            address = address.replace(f"{{{name}}}", value)
        yield _plain(address)


def _plain(url: str) -> str:
    """Return a URL without what says nothing: case of scheme and host, the scheme's port, a last slash.

    RFC 3986 §6.2.2.1, §6.2.3.
    """
    origin = _ORIGIN.match(url)
    if origin:
        scheme = origin["scheme"].lower()
        host = origin["host"].lower().removesuffix(_PORTS.get(scheme, "\n"))
        url = f"{scheme}://{host}{url[origin.end() :]}"
    return url.rstrip("/") or "/"


def _defaults(server: JSON) -> str:
    """Return the address that comes of the defaults, where something may be chosen."""
    address = str(server["url"])
    for name, variable in (server.get("variables") or {}).items():
        address = address.replace(f"{{{name}}}", str(variable.get("default", "")))
    return _plain(address) if server.get("variables") else ""
