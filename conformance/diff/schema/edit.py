"""Edits: one structural difference between two schemas, as a change that either of them can undergo alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

from conformance.contract.site import Step
from conformance.diff.schema.node import Node, Normal, plain, text
from conformance.jsonvalue import JSON
from conformance.pointer import Pointer

_SHOWN: Final = 80


class Relation(Enum):
    """What an edit does to the values that the base accepts at its place, as far as the keyword alone can say."""

    NARROWER = auto()
    WIDER = auto()
    UNKNOWN = auto()
    UNDECIDED = auto()
    """No automaton or validator can say, such as for a pattern that looks around."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A schema in normal form, its pointer in the normal bundle, and the steps that lead there."""

    pointer: Pointer
    steps: tuple[Step, ...]
    schema: Normal

    @property
    def node(self) -> Node:
        """The schema, which is known not to be False."""
        if not isinstance(self.schema, Node):
            raise TypeError("nothing may stand here")
        return self.schema

    def below(self, step: Step) -> Spot:
        """Return the subschema one step down."""
        found: Any = self.schema
        for token in step:
            found = found[token]
        return Spot((*self.pointer, *step), (*self.steps, step), found)


@dataclass(frozen=True, slots=True)
class Pair:
    """The same place in base and revision."""

    base: Spot
    revision: Spot

    def below(self, step: Step, other: Step | None = None) -> Pair:
        """Return the pair one step down; `other` is the revision's step where it is another one."""
        return Pair(self.base.below(step), self.revision.below(other or step))


@dataclass(frozen=True, slots=True)
class Edit:
    """One difference. `stem` is its rule without the direction.

    `base_edited` is the base's schema at the place with this edit alone, `revision_edited` the
    revision's with this edit undone. `base_at` and `revision_at` say where in the bundles the
    difference stands. `hints` are values at the place that may show it. `about` names a member that
    one side leaves undeclared: what only its undeclared use can break is told, and breaks nobody.
    """

    stem: str
    pair: Pair
    base_edited: Any
    revision_edited: Any
    summary: str
    base_at: Pointer | None
    revision_at: Pointer | None
    relation: Relation = Relation.UNKNOWN
    hints: tuple[JSON, ...] = ()
    undeclared: str = ""


def swapped(
    stem: str,
    pair: Pair,
    keywords: tuple[str, ...],
    summary: str = "",
    relation: Relation = Relation.UNKNOWN,
    hints: tuple[JSON, ...] = (),
) -> Edit:
    """Return the edit that gives each side these keywords as the other side has them."""
    base, revision = pair.base.node, pair.revision.node
    return Edit(
        stem,
        pair,
        plain(base.but({k: revision.get(k) for k in keywords})),
        plain(revision.but({k: base.get(k) for k in keywords})),
        summary or before_after(_of(base, keywords), _of(revision, keywords)),
        _at(base, keywords),
        _at(revision, keywords),
        relation,
        hints,
    )


def replaced(stem: str, pair: Pair, relation: Relation = Relation.UNKNOWN, keyword: str = "") -> Edit:
    """Return the edit that makes each side the other one; `keyword` is what the difference is about."""
    base, revision = pair.base.schema, pair.revision.schema
    return Edit(
        stem,
        pair,
        plain(revision),
        plain(base),
        before_after(_said(base, keyword), _said(revision, keyword)),
        _keyword_origin(pair.base, keyword),
        _keyword_origin(pair.revision, keyword),
        relation,
    )


def _keyword_origin(spot: Spot, keyword: str) -> Pointer | None:
    if keyword and isinstance(spot.schema, Node):
        return spot.schema.where(keyword) if keyword in spot.schema else None
    return origin(spot)


def origin(spot: Spot, keyword: str = "") -> Pointer | None:
    """Return where a keyword of the spot stood in the document, or the schema itself; None for neither."""
    if isinstance(spot.schema, Node):
        return spot.schema.origins.get(keyword, spot.schema.origins.get(""))
    return None


def before_after(before: str, after: str) -> str:
    """Return what a person reads of a difference."""
    return f"{before or 'nothing'} → {after or 'nothing'}"


def shown(value: JSON) -> str:
    """Return a value as a person reads it, cut where it is long."""
    found = text(value)
    return found if len(found) <= _SHOWN else found[: _SHOWN - 1] + "…"


def _said(schema: Normal, keyword: str) -> str:
    if not isinstance(schema, Node):
        return "nothing allowed"
    if keyword in schema:
        return f"{keyword} {shown(schema[keyword])}"
    return shown(schema) if schema else "anything"


def _of(node: Node, keywords: tuple[str, ...]) -> str:
    return ", ".join(f"{k} {shown(node[k])}" for k in keywords if k in node)


def _at(node: Node, keywords: tuple[str, ...]) -> Pointer | None:
    return next((node.where(k) for k in keywords if k in node), None)


def changed(node: Node, changes: Mapping[str, Any]) -> Any:
    """Return a node with keywords changed, as plain JSON; None takes one out."""
    return plain(node.but(changes))
