"""Whether two JSON values say the same, where a server may lawfully spell what it was sent in another way."""

from __future__ import annotations

import re
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from fractions import Fraction
from ipaddress import IPv6Address
from typing import Final
from urllib.parse import urlsplit

from conformance.jsonvalue import JSON, NotJSONError, decode

_HOST: Final = re.compile(r"[\w-]+(?:\.[\w-]+)+\.?")
_DURATION: Final = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?"
)
_LONE: Final = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


def same(sent: JSON, got: JSON, formats: Collection[str] = ()) -> bool:
    """Tell whether `got` says what `sent` says; `formats` are those that the document gives the value."""
    match sent, got:
        case str(), str():
            return sent == got or _same_text(sent.translate(_LONE), got.translate(_LONE), formats)
        case (bool() | None, _) | (_, bool() | None):
            return sent is got
        case (int() | float(), int() | float()):
            return _same_number(sent, got)
        case list(), list():
            return len(sent) == len(got) and all(map(same, sent, got))
        case dict(), dict():
            return sent.keys() == got.keys() and all(same(value, got[name]) for name, value in sent.items())
        case _:
            return False


def _same_number(sent: float, got: float) -> bool:
    """Compare by value, as doubles where no more can be relied on (RFC 8259 §6)."""
    try:
        return sent == got or float(sent) == float(got)
    except OverflowError:
        return False


def _same_text(sent: str, got: str, formats: Collection[str]) -> bool:
    return sent == got or _quoted(sent, got) or any(_respelt(sent, got, name) for name in formats or _UNTOLD)


_UNTOLD: Final = ("email", "hostname")
"""What a text without a format may be: its host in another case is the same host (RFC 4343)."""


def _quoted(sent: str, got: str) -> bool:
    """Tell whether the text came back as JSON: a member that may be any JSON, kept as text."""
    if len(got) <= len(sent) or not got.startswith('"'):
        return False
    try:
        return bool(decode(got.encode("utf-8", "replace")) == sent)
    except NotJSONError:
        return False


def _respelt(sent: str, got: str, name: str) -> bool:
    """Tell whether two texts of a format mean the same; what is no text of the format means nothing."""
    with suppress(ValueError, OverflowError):
        match name:
            case "email" | "idn-email":
                return _email(sent) == _email(got)
            case "hostname" | "idn-hostname":
                return bool(_HOST.fullmatch(sent)) and sent.casefold() == got.casefold()
            case "uri" | "iri" | "uri-reference" | "iri-reference":
                return _uri(sent) == _uri(got)
            case "uuid":
                return sent.casefold() == got.casefold()
            case "date-time":
                return _instant(sent) == _instant(got)
            case "duration":
                return _duration(sent) == _duration(got)
            case "ipv6":
                return IPv6Address(sent) == IPv6Address(got)
    return False


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
