"""Formats (validation §7.3, OpenAPI format registry): the one table of what is known of each.

Plain values, lawful edges and near misses that every lawful reader refuses; beside them the contested values, on
which lawful readers differ, so that nothing may rest on them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from ipaddress import IPv6Address
from typing import Final
from urllib.parse import urlsplit

Contested = tuple[tuple[str, str], ...]
"""Values on which lawful readers differ, each with what it is."""


@dataclass(frozen=True, slots=True)
class Format:
    """What is known of one format.

    The first of `valid` is the plain value, of `invalid` the nearest miss. `clear` is a pattern of values that
    every lawful reader takes. `meaning` returns what a text of the format says, however it is spelt, and raises
    ValueError or OverflowError for one that says nothing. `within` names the formats that take all of its texts.
    """

    valid: tuple[str, ...]
    invalid: tuple[str, ...]
    contested: Contested = ()
    clear: str = ""
    meaning: Callable[[str], object] | None = None
    within: tuple[str, ...] = ()


_HOST: Final = re.compile(r"[\w-]+(?:\.[\w-]+)+\.?")
_DURATION: Final = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?"
)


def _host(text: str) -> str:
    """Fold the case of a host name, which means nothing (RFC 4343)."""
    if not _HOST.fullmatch(text):
        raise ValueError("no host name")
    return text.casefold()


def _email(text: str) -> tuple[str, str]:
    """Split off the domain, whose case means nothing (RFC 5321 §2.4)."""
    local, _, domain = text.rpartition("@")
    if not local or not domain:
        raise ValueError("no mail address")
    return local, domain.casefold()


def _uri(text: str) -> tuple[str, ...]:
    """Fold what RFC 3986 §6.2.2.1 and §6.2.3 fold: the case of scheme and host, an empty path."""
    parts = urlsplit(text)
    path = parts.path or ("/" if parts.netloc else "")
    user, at, host = parts.netloc.rpartition("@")
    return parts.scheme, user + at + host.casefold(), path, parts.query, parts.fragment


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text.upper())
    if found.tzinfo is None:
        raise ValueError("no offset")
    return found


def _duration(text: str) -> tuple[int, Fraction]:
    """Return months and seconds (RFC 3339 appendix A)."""
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ValueError("no duration")
    years, months, weeks, days, hours, minutes, seconds = (Fraction(part or 0) for part in found.groups())
    whole = ((weeks * 7 + days) * 24 + hours) * 60 + minutes
    return int(years * 12 + months), whole * 60 + seconds


_UUID: Final = "3c90c3cc-0d44-4b50-8888-8dd25736052a"

FORMATS: Final = {
    "uuid": Format(  # RFC 9562 §4; upper case is valid on input
        (_UUID, _UUID.upper(), "00000000-0000-4000-8000-000000000000"),
        (_UUID[:-1], _UUID + "0", _UUID[:-1] + "g", _UUID.replace("-", "_"), ""),
        contested=(
            ("urn:uuid:3c90c3cc-0d44-4b50-8888-8dd25736052a", "the URN form"),
            ("00000000-0000-0000-0000-000000000000", "the nil UUID"),
            ("3c90c3cc0d444b5088888dd25736052a", "no dashes"),
        ),
        clear=r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-5][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$",
        meaning=str.casefold,
    ),
    "email": Format(  # RFC 5321 §4.1.2
        ("someone@example.com", "first.last+tag@sub.example.org", "a@example.com"),
        ("someone", "someone@", "@example.com", "some one@example.com", "someone@@example.com", ""),
        contested=(
            ('"a b"@example.com', "a quoted local part"),
            ("someone@[192.0.2.1]", "an address literal"),
            ("someone@localhost", "a domain without a dot"),
            ("jürgen@example.com", "letters beyond ASCII"),
        ),
        clear=r"^[A-Za-z0-9]+([._+-][A-Za-z0-9]+)*@([A-Za-z0-9]+(-[A-Za-z0-9]+)*\.)+[A-Za-z]{2,}$",
        meaning=_email,
        within=("idn-email",),
    ),
    "idn-email": Format(
        ("someone@example.com",),
        ("someone", ""),
        meaning=_email,
    ),
    "uri": Format(  # RFC 3986
        ("https://example.com/path?query=1#part", "https://example.com", "http://example.com:8080/a%20b"),
        ("//example.com/path", "example", "https://exa mple.com/", "http://[::1", ""),
        contested=(
            ("urn:isbn:0451450523", "a scheme without an authority"),
            ("http://exämple.com/", "letters beyond ASCII"),
            ("mailto:someone@example.com", "a scheme that is no web address"),
        ),
        clear=r"^https?://[a-z0-9]+(\.[a-z0-9]+)+(:[1-9]\d{1,3})?(/[\w.~-]*)*(\?[\w=&.-]*)?(#[\w-]*)?$",
        meaning=_uri,
        within=(
            "iri",
            "uri-reference",
            "iri-reference",
        ),
    ),
    "uri-reference": Format(
        ("/path?query=1", "https://example.com", "#part"),
        ("http://exa mple.com/%",),
        meaning=_uri,
        within=("iri-reference",),
    ),
    "iri": Format(
        ("https://example.com/path",),
        ("example", ""),
        meaning=_uri,
        within=("iri-reference",),
    ),
    "iri-reference": Format(
        ("/path",),
        ("http://exa mple.com/%",),
        meaning=_uri,
    ),
    "date-time": Format(  # RFC 3339 §5.6
        ("2024-02-29T12:30:00Z", "2023-11-07T05:31:56.25Z", "2023-11-07T05:31:56+05:30"),
        ("2023-02-29T12:30:00Z", "2024-02-29T12:30:00", "2024-02-29", "2024-13-01T00:00:00Z", "now", ""),
        contested=(
            ("2024-02-29t12:30:00z", "lower-case letters"),
            ("2016-12-31T23:59:60Z", "a leap second"),
            ("2024-02-29 12:30:00Z", "a blank for the T"),
        ),
        clear=r"^(19[7-9]|20\d)\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$",
        meaning=_instant,
    ),
    "date": Format(
        ("2024-02-29", "1999-12-31"),
        ("2023-02-29", "2024-2-29", "2024-13-01", "29.02.2024", ""),
        clear=r"^(19[7-9]|20\d)\d-\d\d-\d\d$",
    ),
    "time": Format(
        ("12:30:00Z", "23:59:59+05:30"),
        ("24:00:00Z", "12:30", "12:60:00Z", "noon", ""),
        contested=(("23:59:60Z", "a leap second"),),
        clear=r"^\d\d:\d\d:\d\d(\.\d{1,6})?Z$",
    ),
    "duration": Format(  # ISO 8601 as RFC 3339 appendix A has it
        ("P1Y", "P1DT12H", "PT1S", "P2W"),
        ("P", "PT", "1Y", "P1S", "P1Y2W", "-P1Y", ""),
        contested=(
            ("P0.5D", "a fraction"),
            ("P1W2D", "weeks beside days"),
            ("P0D", "nothing at all"),
        ),
        clear=r"^P(\d{1,4}Y|\d{1,4}D(T\d{1,2}H)?|\d{1,4}W)$",
        meaning=_duration,
    ),
    "hostname": Format(  # RFC 1123 §2.1
        ("example.com", "a", "xn--nxasmq6b"),
        ("-example.com", "exa mple.com", "exam_ple!.com", "a" * 64 + ".com"),
        contested=(
            ("example.com.", "a trailing dot"),
            ("example", "a single label"),
        ),
        clear=r"^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)+$",
        meaning=_host,
        within=("idn-hostname",),
    ),
    "idn-hostname": Format(
        ("example.com",),
        ("exa mple.com",),
        meaning=_host,
    ),
    "ipv4": Format(("192.0.2.1", "0.0.0.0", "255.255.255.255"), ("256.0.0.1", "192.0.2", "192.0.2.1.1", "")),  # noqa: S104 -- an address as text, nothing binds to it
    "ipv6": Format(
        ("2001:db8::1", "::", "::ffff:192.0.2.1"),
        ("2001:db8::g", ":::", "12345::", "1::2::3", ""),
        clear=r"^[0-9a-f:]+$",
        meaning=IPv6Address,
    ),
    "json-pointer": Format(("", "/a/b~1c"), ("a", "/a~2")),
    "relative-json-pointer": Format(("0", "1/a"), ("-1", "/a")),
    "regex": Format(("^a+$", "[a-z]"), ("(", "[", "a**")),
    "uri-template": Format(("https://example.com/{id}",), ("https://example.com/{id",)),
}

NUMERIC: Final = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
"""Ranges of the OpenAPI format registry's integer formats, both ends inclusive."""


def contested(name: str) -> Contested:
    """Return the values of a format on which lawful readers differ; none of a format that we don't know."""
    return FORMATS[name].contested if name in FORMATS else ()


def is_contested(name: str, value: object) -> bool:
    """Tell whether lawful readers of the format differ on the value, so that nothing may rest on it."""
    return any(value == one for one, _ in contested(name))
