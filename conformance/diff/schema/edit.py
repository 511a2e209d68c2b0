"""Edits: one structural difference between two schemas, as a change that either of them can undergo alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final, TypeAlias

from conformance.contract.site import Step
from conformance.diff.schema.node import Node, Normal, plain, text
from conformance.jsonvalue import JSON
from conformance.pointer import Pointer

_SHOWN: Final = 80

_CHOICES: Final = ("enum", "anyOf", "oneOf")
"""Keywords that accept nothing where they have no entry left; every other one accepts anything then."""


class Relation(Enum):
    """What the library cannot say of an edit and automata or a table can: who accepts more at its place."""

    NARROWER = auto()
    WIDER = auto()


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

    @property
    def at(self) -> Pointer | None:
        """Where the schema stood in the document; None for what stood nowhere."""
        return self.schema.origins.get("") if isinstance(self.schema, Node) else None

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

    def values(self, keyword: str, default: Any = None) -> tuple[Any, Any]:
        """Return what the two sides say by a keyword."""
        return self.base.node.get(keyword, default), self.revision.node.get(keyword, default)


@dataclass(frozen=True, slots=True)
class Edit:
    """One difference. `stem` is its rule without the direction.

    `base_edited` is the base's schema at the place with this edit alone, `revision_edited` the
    revision's with this edit undone. `base_at` and `revision_at` say where in the bundles the
    difference stands. `undeclared` names a member that
    one side leaves undeclared: what only its undeclared use can break is shown, and breaks nobody.
    `doubt` says why no witness does not mean that there is none.
    """

    stem: str
    pair: Pair
    base_edited: Any
    revision_edited: Any
    summary: str
    base_at: Pointer | None
    revision_at: Pointer | None
    relation: Relation | None = None
    undeclared: str = ""
    doubt: str = ""


Entries: TypeAlias = Mapping[str, Collection[str] | None]
"""Keywords, and which of their entries are meant; None for all that the keyword says."""


def exchanged(
    stem: str,
    pair: Pair,
    entries: Entries,
    summary: str = "",
    at: tuple[Pointer | None, Pointer | None] | None = None,
    about: Collection[str] = (),
    **more: Any,
) -> Edit:
    """Return the edit that gives each side these entries as the other side has them.

    Entries of a list are known by their text. `at` is where the difference stands, where that is no
    keyword; `about` names the keywords that a person is shown, where those are not all.
    """
    base, revision, about = pair.base.node, pair.revision.node, about or entries
    return Edit(
        stem,
        pair,
        _with(base, revision, entries),
        _with(revision, base, entries),
        summary or before_after(_shown(base, about), _shown(revision, about)),
        *(at or (_at(base, about), _at(revision, about))),
        **more,
    )


def replaced(stem: str, pair: Pair, keyword: str = "") -> Edit:
    """Return the edit that makes each side the other one; `keyword` is what the difference is about."""
    base, revision = pair.base.schema, pair.revision.schema
    return Edit(
        stem,
        pair,
        plain(revision),
        plain(base),
        before_after(_whole(base, keyword), _whole(revision, keyword)),
        _keyword_at(pair.base, keyword),
        _keyword_at(pair.revision, keyword),
    )


def _with(node: Node, other: Node, entries: Entries) -> Any:
    changes: dict[str, Any] = {}
    for keyword, names in entries.items():
        changes[keyword] = other.get(keyword)
        if names is not None:
            own, theirs = keyed(node.get(keyword)), keyed(other.get(keyword))
            kept = {name: value for name, value in own.items() if name not in names}
            kept |= {name: value for name, value in theirs.items() if name in names}
            if not kept and keyword in _CHOICES:
                return False
            listed = isinstance(node.get(keyword, other.get(keyword)), list)
            changes[keyword] = (list(kept.values()) if listed else kept) or None
    return plain(node.but(changes))


def keyed(entries: Any) -> dict[str, Any]:
    """Return the entries of a keyword by name, those of a list by their text."""
    return (
        dict(entries or {}) if isinstance(entries, dict) else {text(entry): entry for entry in entries or ()}
    )


def _keyword_at(spot: Spot, keyword: str) -> Pointer | None:
    if keyword and isinstance(spot.schema, Node):
        return spot.schema.where(keyword) if keyword in spot.schema else None
    return spot.at


def before_after(before: str, after: str) -> str:
    """Return what a person reads of a difference."""
    return f"{before or 'nothing'} → {after or 'nothing'}"


def shown(value: JSON) -> str:
    """Return a value as a person reads it, cut where it is long."""
    found = text(value)
    return found if len(found) <= _SHOWN else found[: _SHOWN - 1] + "…"


def _whole(schema: Normal, keyword: str) -> str:
    if not isinstance(schema, Node):
        return "nothing allowed"
    if keyword in schema:
        return f"{keyword} {shown(schema[keyword])}"
    return shown(schema) if schema else "anything"


def _shown(node: Node, keywords: Collection[str]) -> str:
    return ", ".join(f"{k} {shown(node[k])}" for k in keywords if k in node)


def _at(node: Node, keywords: Collection[str]) -> Pointer | None:
    return next((node.where(k) for k in keywords if k in node), None)
