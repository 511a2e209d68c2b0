"""Operators on `format`: unchecked, and the values on which lawful readers differ (validation §7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from conformance.mutation.mutant import Mutant, misread
from conformance.mutation.site import Site
from conformance.pointer import REMOVED
from conformance.requirement import Side

_CONTESTED: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "email": (
        ('"a b"@example.com', "a quoted local part"),
        ("someone@[192.0.2.1]", "an address literal"),
        ("someone@localhost", "a domain without a dot"),
        ("j\u00fcrgen@example.com", "letters beyond ASCII"),
    ),
    "uri": (
        ("urn:isbn:0451450523", "a scheme without an authority"),
        ("http://ex\u00e4mple.com/", "letters beyond ASCII"),
        ("mailto:someone@example.com", "a scheme that is no web address"),
    ),
    "uuid": (
        ("urn:uuid:3c90c3cc-0d44-4b50-8888-8dd25736052a", "the URN form"),
        ("00000000-0000-0000-0000-000000000000", "the nil UUID"),
        ("3c90c3cc0d444b5088888dd25736052a", "no dashes"),
    ),
    "duration": (("P0.5D", "a fraction"), ("P1W2D", "weeks beside days"), ("P0D", "nothing at all")),
    "date-time": (
        ("2024-02-29t12:30:00z", "lower-case letters"),
        ("2016-12-31T23:59:60Z", "a leap second"),
        ("2024-02-29 12:30:00Z", "a blank for the T"),
    ),
    "time": (("23:59:60Z", "a leap second"),),
    "hostname": (("example.com.", "a trailing dot"), ("example", "a single label")),
}


def format_mutants(site: Site) -> Iterator[Mutant]:
    """Yield the reading that takes `format` for an annotation, and one for each contested value."""
    if "format" not in site.schema:
        return
    name = site.schema["format"]
    demand = f"format {name}"
    yield misread("format-unchecked", site, "format", {"format": REMOVED}, demand, Side.REJECTS, f"no {name}")
    for value, what in _CONTESTED.get(name, ()):
        yield _contested(site, demand, value, what)


def is_contested(name: str, value: object) -> bool:
    """Tell whether lawful readers of the format differ on the value, so that nothing may rest on it."""
    return any(value == contested for contested, _ in _CONTESTED.get(name, ()))


def _contested(site: Site, demand: str, value: str, what: str) -> Mutant:
    """Read one value the other way: whichever way the validator takes it, a lawful server may differ."""
    reason = f"lawful readers of {demand} differ on {what}"
    other = {
        "oneOf": [dict(site.schema), {"const": value}]
    }  # true of the value exactly where the schema is not
    return Mutant(
        operator="format-contested",
        site=site,
        replacement=other,
        pointer=(*site.pointer, "format"),
        demand=demand,
        side=Side.ACCEPTS,
        detail=what,
        hints=(value,),
        open_reason=site.inherited_open or reason,
    )
