"""Whether two JSON values say the same, where a server may lawfully spell what it was sent in another way."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from typing import Final

from conformance.contract.formats import FORMATS
from conformance.jsonvalue import JSON, NotJSONError, decode

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
    meaning = FORMATS[name].meaning if name in FORMATS else None
    if meaning is None:
        return False
    with suppress(ValueError, OverflowError):
        return bool(meaning(sent) == meaning(got))
    return False
