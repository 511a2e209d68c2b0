"""What must not leave recorded traffic: the values of headers, cookies and members that carry credentials."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from conformance.diff.amendment import Amendment
from conformance.diff.change import Change, Evidence, Proof
from conformance.jsonvalue import JSON
from conformance.traffic.har import Entry

MASK: Final = "***"
_SHORTEST: Final = 6
"""A shorter value says little, and would be found in every text."""

_TELLING: Final = re.compile(
    r"authoriz|authentic|auth$|auth[-_]|oauth|cookie|token|secret|passw|api[-_]?key|session|csrf|xsrf"
    r"|credential|signature",
    re.IGNORECASE,
)


class Secrets:
    """The credentials of an archive's entries, and their masking."""

    def __init__(self, entries: Iterable[Entry], headers: Iterable[str] = ()) -> None:
        named = frozenset(name.lower() for name in headers)
        found = {part for entry in entries for part in _values(entry, named)}
        words = sorted((word for word in found if len(word) >= _SHORTEST), key=len, reverse=True)
        self._words = re.compile("|".join(map(re.escape, words))) if words else None

    def masked(self, text: str) -> str:
        """Return a text with each credential masked."""
        return self._words.sub(MASK, text) if self._words else text

    def without(self, value: JSON) -> JSON:
        """Return a JSON value with credentials masked, and with them what a member's name tells to be one."""
        match value:
            case str():
                return self.masked(value)
            case list():
                return [self.without(item) for item in value]
            case dict():
                return {
                    self.masked(name): MASK if _TELLING.search(name) and held else self.without(held)
                    for name, held in value.items()
                }
            case _:
                return value

    def redacted(self, change: Change) -> Change:
        """Return a row with nothing secret in it; a witness that would say something else is left out."""
        witness = self._kept(change.witness)
        return replace(
            change,
            summary=self.masked(change.summary),
            note=self.masked(change.note),
            exchange=self.masked(change.exchange),
            witness=witness,
            amendments=tuple(edit for edit in change.amendments if self._is_plain(edit)),
            evidence=Evidence.WITNESS if witness else Evidence.NONE,
        )

    def _is_plain(self, edit: Amendment) -> bool:
        texts = repr((edit.pointer, edit.value))
        return self.masked(texts) == texts

    def _kept(self, proof: Proof | None) -> Proof | None:
        return proof if proof is not None and self.without(proof.payload) == proof.payload else None


def _values(entry: Entry, named: frozenset[str]) -> Iterator[str]:
    for name, value in (*entry.headers, *entry.answer.headers):
        if name == "set-cookie":
            yield from _parts(value.partition(";")[0])  # what follows is no secret (RFC 6265 §4.1)
        elif name in named or (_TELLING.search(name) and not name.startswith("access-control-")):
            yield from _parts(value)
    try:
        query = urlsplit(entry.url).query
    except ValueError:
        return
    yield from (value for name, value in parse_qsl(query) if _TELLING.search(name) or name.lower() in named)


def _parts(value: str) -> Iterator[str]:
    """Yield a credential and what it is made of: the token after its scheme, the values of cookies."""
    yield value.strip()
    for cookie in value.split(";"):
        _, _, held = cookie.partition("=")
        yield held.strip().strip('"')
    yield value.strip().rpartition(" ")[2]
