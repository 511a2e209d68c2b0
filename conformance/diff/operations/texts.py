"""What is written for people: descriptions, examples, deprecation, the version. Notes, one line a place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from conformance.diff.change import Change, DriftVerdict
from conformance.diff.operations.rules import CHANGED, GONE_OR_NEW
from conformance.diff.operations.side import Owners, Scope, Side
from conformance.jsonvalue import JSON

_TEXTS: Final = ("summary", "description", "example", "examples", "externalDocs", "tags")
_ABOUT: Final = ("title", "summary", "description", "termsOfService", "contact", "license")
_ELSEWHERE: Final = frozenset({*_TEXTS, "schema", "security", "servers", "callbacks", "links"})


def compare_about(scope: Scope, base: Side, revision: Side) -> Iterator[Change]:
    """Yield the changes between what two documents say of themselves (OpenAPI 3.1 §4.8.2)."""
    mine, theirs = base.get("info"), revision.get("info")
    if mine["version"] != theirs["version"]:
        said = f"version {mine['version']} → {theirs['version']}"
        yield scope.change(CHANGED["version"], DriftVerdict.COMPATIBLE, said, base, revision)
    changed = [name for name in _ABOUT if mine.get(name) != theirs.get(name)]
    changed += [name for name in ("tags", "externalDocs") if base.get(name) != revision.get(name)]
    if changed:
        said = f"another wording of {', '.join(changed)}"
        yield scope.change(CHANGED["document text"], DriftVerdict.COMPATIBLE, said, base, revision)


def compare_texts(scope: Scope, owners: Owners, others: Owners) -> Iterator[Change]:
    """Yield the changes between the texts of two operations and their paths, and whether one is deprecated."""
    base, revision = owners[-1], others[-1]
    was, now = bool(base.get("deprecated", False)), bool(revision.get("deprecated", False))
    if was is not now:
        rule = GONE_OR_NEW["deprecated"][0 if now else 1]
        said = "deprecated now" if now else "deprecated no more"
        yield scope.change(rule, DriftVerdict.COMPATIBLE, said, base, revision)
    mine, theirs = _texts(owners), _texts(others)
    changed = [place for place in mine if place in theirs and mine[place] != theirs[place]]
    if changed:
        where = f"in {len(changed)} places" if len(changed) > 1 else f"of {changed[0] or 'the operation'}"
        said = f"another wording {where}"
        yield scope.change(CHANGED["operation text"], DriftVerdict.COMPATIBLE, said, base, revision)


def _texts(owners: Owners) -> dict[str, dict[str, JSON]]:
    """Return the texts of an operation by the place where they stand, those of its path with them."""
    path, operation = owners[-2:]
    shared = path.at("parameters")
    return {
        "path": {name: path.get(name) for name in ("summary", "description")},
        **(dict(_places(shared, ("parameters",))) if shared else {}),
        **dict(_places(operation, ())),
    }


def _places(at: Side, place: tuple[str, ...]) -> Iterator[tuple[str, dict[str, JSON]]]:
    """Yield each place below with the texts that stand there; schemas tell of their own."""
    if isinstance(at.node, list):
        for index in range(len(at.node)):
            item = at.below(index)
            yield from _places(item, (*place, _named(item, index)))
    elif isinstance(at.node, dict):
        # that the operation itself is deprecated has a rule
        names = (*_TEXTS, "deprecated") if place else _TEXTS
        yield "/".join(place), {name: at.node[name] for name in names if at.node.get(name) is not None}
        for name, held in at.node.items():
            if isinstance(held, dict | list) and name not in _ELSEWHERE and not name.startswith("x-"):
                yield from _places(at.below(name), (*place, name))


def _named(item: Side, index: int) -> str:
    """Return what tells a parameter from the others: their order says nothing."""
    return f"{item.get('in')} {item.get('name')}" if item.get("name") is not None else str(index)
