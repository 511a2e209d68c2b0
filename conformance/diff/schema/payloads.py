"""Payloads that one document accepts and the other rejects, found for one edit or for the whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, Final

from conformance import pointer as pointers
from conformance.contract.bundle import ROOT
from conformance.contract.formats import is_contested
from conformance.contract.shape import conjunction
from conformance.contract.validator import Validator, compile_schema
from conformance.diff.schema.candidates import beyond, edges
from conformance.diff.schema.edit import Spot
from conformance.diff.schema.node import plain
from conformance.errors import DocumentError
from conformance.jsonvalue import JSON
from conformance.witness.context import Context, Surroundings, context
from conformance.witness.values import MakeValues, Values

_WEAK: Final = 40
"""So many payloads are looked at for one that shows the edit alone, once there is one that shows it among others."""

_NO_WAY: Final = (ValueError, DocumentError, LookupError)
"""What a place raises to which no payload leads."""


@dataclass(frozen=True, slots=True)
class Side:
    """One document: its normal bundle, a source of values of it, and what it accepts to the letter."""

    root: Mapping[str, Any]
    values: Values
    judge: Validator


class Payloads:
    """Looks for what the accepter accepts and the rejecter rejects. Deterministic."""

    def __init__(self, accepter: Side, rejecter: Side, make_values: MakeValues) -> None:
        self.accepter = accepter
        self.rejecter = rejecter
        self._make_values = make_values

    def is_witness(self, payload: JSON) -> bool:
        """Tell whether the payload is what is looked for."""
        return self.accepter.judge.accepts(payload) and not self.rejecter.judge.accepts(payload)

    def find(self, spot: Spot, edited: Any, undone: tuple[Spot, Any]) -> JSON | NotFound:
        """Return a payload that shows an edit of the accepter, best one that shows no other difference.

        `edited` is the accepter's schema at the spot with the edit, `undone` the rejecter's spot with
        the edit taken back.
        """
        judge = self.edited(spot, edited)
        other = compile_schema(pointers.put(self.rejecter.root, undone[0].pointer, undone[1]))
        weak: list[JSON] = []
        # what tells the whole apart is dear, and seldom needed
        for payload in chain(self._around(spot, edited), _later(lambda: self.whole)):
            if not self.is_witness(payload) or judge.accepts(payload):
                continue
            if other.accepts(payload):
                return payload
            weak.append(payload)
            if len(weak) > _WEAK:
                break
        return weak[0] if weak else NOT_FOUND

    def at(self, spot: Spot, other: Spot) -> Iterator[JSON]:
        """Yield witnesses that differ in what stands at a place, all its differences together."""
        return filter(self.is_witness, self._around(spot, plain(other.schema)))

    def edited(self, spot: Spot, edited: Any) -> Validator:
        """Return the accepter with one edit: what it rejects then, the edit takes part in breaking."""
        return compile_schema(pointers.put(self.accepter.root, spot.pointer, edited))

    @cached_property
    def whole(self) -> list[JSON]:
        """The witnesses among the candidates for both whole schemas."""
        return [payload for payload in self._lawful if not self.rejecter.judge.accepts(payload)]

    @property
    def is_blind(self) -> bool:
        """Whether not one payload could be built that the accepter accepts: nothing follows from no witness."""
        return not self._lawful

    @cached_property
    def _lawful(self) -> list[JSON]:
        mine, theirs = self.accepter.root[ROOT], self.rejecter.root[ROOT]
        tried = chain(
            edges(self.accepter.values, mine, theirs),
            edges(self.rejecter.values, theirs, mine),
            beyond(self._make_values, self.accepter.values, mine, theirs),
        )
        return [payload for payload in tried if self.accepter.judge.accepts(payload)]

    def _around(self, spot: Spot, edited: Any) -> Iterator[JSON]:
        """Yield payloads that hold a candidate at the spot, or one step below it."""
        for here, other in self._focuses(spot, edited):
            around = list(self._surroundings(here))
            for value in self._values(here, other):
                for rest in around:
                    with suppress(ValueError):
                        yield rest.embed(value)

    def _focuses(self, spot: Spot, edited: Any) -> Iterator[tuple[Context, Any]]:
        """Yield what surrounds the spot, then each nameless place below it of which the edit says something else."""
        schema = plain(spot.schema)
        with suppress(*_NO_WAY):
            yield context(self.accepter.root, spot.steps, self.accepter.values), edited
        if not isinstance(schema, dict) or not isinstance(edited, dict):
            return
        for step in _steps(schema, edited):
            root = pointers.put(self.accepter.root, spot.pointer, _spelt(schema, step))
            with suppress(*_NO_WAY):
                yield context(root, (*spot.steps, step), self.accepter.values), _below(edited, step)

    def _values(self, here: Context, edited: Any) -> Iterator[JSON]:
        """Yield candidates for the place, but for those on which lawful readers of its format differ."""
        values, mine, theirs = self.accepter.values, here.effective, conjunction(edited, *here.others)
        formats = {
            part["format"] for part in (here.focus, edited) if isinstance(part, dict) and "format" in part
        }
        found = chain(edges(values, mine, theirs), beyond(self._make_values, values, mine, theirs))
        return (value for value in found if not any(is_contested(name, value) for name in formats))

    def _surroundings(self, here: Context) -> Iterator[Surroundings]:
        for full in (False, True):
            with suppress(ValueError):
                yield here.surroundings(self.accepter.values, full=full)


def _later(make: Any) -> Iterator[JSON]:
    yield from make()


def _steps(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Yield the steps to items and members without a name of their own, where two schemas say different things."""
    steps: list[tuple[str, ...]] = [("items",), ("additionalProperties",)]
    steps += [
        ("patternProperties", name) for side in (one, other) for name in side.get("patternProperties", ())
    ]
    return (step for step in steps if _below(one, step) != _below(other, step))


def _below(schema: Mapping[str, Any], step: tuple[str, ...]) -> Any:
    keyword, *name = step
    return schema.get(keyword, {}).get(name[0], True) if name else schema.get(keyword, True)


def _spelt(schema: Mapping[str, Any], step: tuple[str, ...]) -> dict[str, Any]:
    """Return the schema with what it says at a step, even where that is nothing."""
    keyword, *name = step
    below = _below(schema, step)
    return {**schema, keyword: {**schema.get(keyword, {}), name[0]: below} if name else below}


class NotFound:
    """The absence of a payload: None would be one."""


NOT_FOUND: Final = NotFound()
