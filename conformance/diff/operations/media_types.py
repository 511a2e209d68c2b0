"""Media types compared: how they are spelt, and which entry of `content` speaks for one (OpenAPI 3.1 §4.8.13.1)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final

_UTF8: Final = frozenset({'charset="utf-8"', "charset=utf-8"})


def spelt(name: str) -> str:
    """Return a media type without what says nothing: letter case, spaces, the charset of JSON.

    RFC 9110 §8.3.1; JSON is UTF-8 whatever its charset says (RFC 8259 §11).
    """
    essence, *parameters = "".join(name.lower().split()).split(";")
    if essence == "application/json" or essence.endswith("+json"):
        parameters = [parameter for parameter in parameters if parameter not in _UTF8]
    return ";".join([essence, *parameters])


def speaking_for(name: str, entries: Collection[str]) -> str | None:
    """Return the most specific entry that a media type, or a range of them, falls under."""
    essence = name.partition(";")[0]
    wider = (name, essence, f"{essence.partition('/')[0]}/*", "*/*")
    return next((entry for entry in wider if entry in entries), None)


def together(base: Collection[str], revision: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield each entry of one side with the entry of the other that speaks for it, every two once."""
    found = [(name, speaking_for(name, revision)) for name in base]
    found += [(speaking_for(name, base) or "", name) for name in revision]
    yield from dict.fromkeys((mine, theirs) for mine, theirs in found if mine and theirs)


def narrows(name: str, entries: Iterable[str]) -> bool:
    """Tell whether a range gave way to entries within it."""
    return any(speaking_for(entry, (name,)) for entry in entries)
