"""Payloads that one document accepts and the other rejects, found for one edit or for the whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Final

from conformance import pointer as pointers
from conformance.contract.bundle import ROOT
from conformance.contract.formats import is_contested
from conformance.contract.shape import conjunction
from conformance.contract.validator import Validator, compile_schema
from conformance.diff.schema.candidates import candidates
from conformance.diff.schema.edit import Spot
from conformance.diff.schema.node import plain
from conformance.errors import DocumentError
from conformance.jsonvalue import JSON
from conformance.witness.context import Context, Surroundings, context
from conformance.witness.values import Values

_VARIANTS: Final = 4
_HOSTS: Final = 16
_GRAFTS: Final = 300
"""So many values are grafted into so many lawful payloads."""

_WEAK: Final = 40
"""So many payloads are looked at for one that shows the edit alone, once there is one that shows it among others."""


@dataclass(frozen=True, slots=True)
class Side:
    """One document: its normal bundle, a source of values of it, and what it accepts to the letter."""

    root: Mapping[str, Any]
    values: Values
    judge: Validator


class Payloads:
    """Looks for what the accepter accepts and the rejecter rejects. Deterministic."""

    def __init__(self, accepter: Side, rejecter: Side) -> None:
        self.accepter = accepter
        self.rejecter = rejecter
        self._whole: list[JSON] | None = None
        self._lawful: list[JSON] = []

    def tells_apart(self, payload: JSON) -> bool:
        """Tell whether the payload is what is looked for."""
        return self.accepter.judge.accepts(payload) and not self.rejecter.judge.accepts(payload)

    def find(
        self, spot: Spot, edited: Any, undone: tuple[Spot, Any], hints: tuple[JSON, ...] = ()
    ) -> JSON | NotFound:
        """Return a payload that shows an edit of the accepter, best one that shows no other difference.

        `edited` is the accepter's schema at the spot with the edit, `undone` the rejecter's spot with
        the edit taken back.
        """
        judge = self.edited(spot, edited)
        other = compile_schema(pointers.put(self.rejecter.root, undone[0].pointer, undone[1]))
        weak: list[JSON] = []
        for payload in self._candidates(spot, edited, hints):
            if not self.tells_apart(payload) or judge.accepts(payload):
                continue
            if other.accepts(payload):
                return payload
            weak.append(payload)
            if len(weak) > _WEAK:
                break
        return weak[0] if weak else NOT_FOUND

    def _candidates(self, spot: Spot, edited: Any, hints: tuple[JSON, ...]) -> Iterator[JSON]:
        yield from self._around(spot, edited, hints)
        yield from self.whole()  # dear, and seldom asked for
        yield from self._grafted(spot, edited, hints)

    def at(self, spot: Spot, other: Spot) -> Iterator[JSON]:
        """Yield payloads that tell the two apart by what stands at a place, all its differences together."""
        return filter(self.tells_apart, self._around(spot, plain(other.schema), ()))

    def edited(self, spot: Spot, edited: Any) -> Validator:
        """Return the accepter with one edit: what it rejects then, the edit takes part in breaking."""
        return compile_schema(pointers.put(self.accepter.root, spot.pointer, edited))

    def whole(self) -> list[JSON]:
        """Return the payloads at the edges of both whole schemas that tell the two apart."""
        if self._whole is None:
            mine, theirs = self.accepter.root[ROOT], self.rejecter.root[ROOT]
            tried = [
                *candidates(self.accepter.values, mine, theirs),
                *candidates(self.rejecter.values, theirs, mine),
            ]
            self._lawful = [payload for payload in tried if self.accepter.judge.accepts(payload)]
            self._whole = [payload for payload in self._lawful if not self.rejecter.judge.accepts(payload)]
        return self._whole

    def is_blind(self) -> bool:
        """Tell whether not one payload could be built that the accepter accepts: nothing follows from no witness."""
        self.whole()
        return not self._lawful

    def _grafted(self, spot: Spot, edited: Any, hints: tuple[JSON, ...]) -> Iterator[JSON]:
        """Yield lawful payloads with a telling value put in: no plain surroundings may be lawful themselves."""
        here = self._context(spot)
        if here is None:
            return
        path = [frame.key for frame in here.frames if frame.key is not None]
        if not path or len(path) < len(here.frames):
            return
        hosts = [payload for payload in self._lawful if _has_place(payload, path)][:_HOSTS]
        for value in islice(self._values(here, edited, hints), _GRAFTS):
            yield from (pointers.put(host, path, value) for host in hosts)

    def _context(self, spot: Spot) -> Context | None:
        """Return what surrounds the spot, None where no way to it can be built."""
        try:
            return context(self.accepter.root, spot.steps, self.accepter.values)
        except (ValueError, DocumentError, LookupError):
            return None

    def _around(self, spot: Spot, edited: Any, hints: tuple[JSON, ...]) -> Iterator[JSON]:
        """Yield payloads that hold a telling value at the spot."""
        here = self._context(spot)
        if here is None:
            return
        around = list(self._surroundings(here))
        for value in self._values(here, edited, hints):
            for rest in around:
                with suppress(ValueError):
                    yield rest.embed(value)

    def _values(self, here: Context, edited: Any, hints: tuple[JSON, ...]) -> Iterator[JSON]:
        """Yield telling values at the place, but for those on which lawful readers of its format differ."""
        mine, theirs = here.effective, conjunction(edited, *here.others)
        formats = {
            part["format"] for part in (here.focus, edited) if isinstance(part, dict) and "format" in part
        }
        for value in chain(hints, candidates(self.accepter.values, mine, theirs)):
            if not any(is_contested(name, value) for name in formats):
                yield value

    def _surroundings(self, here: Context) -> Iterator[Surroundings]:
        for full in (False, True):
            with suppress(ValueError):
                yield here.surroundings(self.accepter.values, full=full)
        yield from here.other_surroundings(self.accepter.values, _VARIANTS)


def _has_place(payload: JSON, path: Sequence[str | int]) -> bool:
    """Tell whether a payload has all that stands around the end of a path."""
    for key in path[:-1]:
        if not _holds(payload, key):
            return False
        payload = payload[key]
    return _holds(payload, path[-1]) or (isinstance(path[-1], str) and isinstance(payload, dict))


def _holds(payload: JSON, key: str | int) -> bool:
    if isinstance(key, str):
        return isinstance(payload, dict) and key in payload
    return isinstance(payload, list) and key < len(payload)


class NotFound:
    """The absence of a payload: None would be one."""


NOT_FOUND: Final = NotFound()
