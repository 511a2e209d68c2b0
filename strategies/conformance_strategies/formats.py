"""Formats (validation §7.3): plain values, lawful edges, and near misses that every lawful reader refuses.

A value on which lawful validators differ stands in neither list; such values make `open` cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Format:
    """Values of one format; the first of `valid` is the plain one, of `invalid` the nearest miss."""

    valid: tuple[str, ...]
    invalid: tuple[str, ...]


_UUID: Final = "3c90c3cc-0d44-4b50-8888-8dd25736052a"

FORMATS: Final = {
    "uuid": Format(  # RFC 9562 §4; upper case is valid on input
        (_UUID, _UUID.upper(), "00000000-0000-4000-8000-000000000000"),
        (_UUID[:-1], _UUID + "0", _UUID[:-1] + "g", _UUID.replace("-", "_"), ""),
    ),
    "email": Format(  # RFC 5321 §4.1.2
        ("someone@example.com", "first.last+tag@sub.example.org", "a@example.com"),
        ("someone", "someone@", "@example.com", "some one@example.com", "someone@@example.com", ""),
    ),
    "idn-email": Format(("someone@example.com",), ("someone", "")),
    "uri": Format(  # RFC 3986
        ("https://example.com/path?query=1#part", "https://example.com", "http://example.com:8080/a%20b"),
        ("//example.com/path", "example", "https://exa mple.com/", "http://[::1", ""),
    ),
    "uri-reference": Format(("/path?query=1", "https://example.com", "#part"), ("http://exa mple.com/%",)),
    "iri": Format(("https://example.com/path",), ("example", "")),
    "iri-reference": Format(("/path",), ("http://exa mple.com/%",)),
    "date-time": Format(  # RFC 3339 §5.6
        ("2024-02-29T12:30:00Z", "2023-11-07T05:31:56.25Z", "2023-11-07T05:31:56+05:30"),
        ("2023-02-29T12:30:00Z", "2024-02-29T12:30:00", "2024-02-29", "2024-13-01T00:00:00Z", "now", ""),
    ),
    "date": Format(("2024-02-29", "1999-12-31"), ("2023-02-29", "2024-2-29", "2024-13-01", "29.02.2024", "")),
    "time": Format(("12:30:00Z", "23:59:59+05:30"), ("24:00:00Z", "12:30", "12:60:00Z", "noon", "")),
    "duration": Format(  # ISO 8601 as RFC 3339 appendix A has it
        ("P1Y", "P1DT12H", "PT1S", "P2W"),
        ("P", "PT", "1Y", "P1S", "P1Y2W", "-P1Y", ""),
    ),
    "hostname": Format(  # RFC 1123 §2.1
        ("example.com", "a", "xn--nxasmq6b"),
        ("-example.com", "exa mple.com", "exam_ple!.com", "a" * 64 + ".com"),
    ),
    "idn-hostname": Format(("example.com",), ("exa mple.com",)),
    "ipv4": Format(("192.0.2.1", "0.0.0.0", "255.255.255.255"), ("256.0.0.1", "192.0.2", "192.0.2.1.1", "")),  # noqa: S104 -- an address as text, nothing binds to it
    "ipv6": Format(
        ("2001:db8::1", "::", "::ffff:192.0.2.1"), ("2001:db8::g", ":::", "12345::", "1::2::3", "")
    ),
    "json-pointer": Format(("", "/a/b~1c"), ("a", "/a~2")),
    "relative-json-pointer": Format(("0", "1/a"), ("-1", "/a")),
    "regex": Format(("^a+$", "[a-z]"), ("(", "[", "a**")),
    "uri-template": Format(("https://example.com/{id}",), ("https://example.com/{id",)),
}

NUMERIC: Final = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
"""Ranges of the OpenAPI format registry's integer formats, both ends inclusive."""
