"""What is written for people: descriptions, examples, deprecation, the version. Notes, one line a place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from conformance.drift.change import Change, DriftVerdict
from conformance.drift.side import Side, Telling
from conformance.jsonvalue import JSON

_TEXTS: Final = ("summary", "description", "example", "examples", "externalDocs", "tags")
_ABOUT: Final = ("title", "summary", "description", "termsOfService", "contact", "license")
_ELSEWHERE: Final = frozenset({*_TEXTS, "schema", "security", "servers", "callbacks", "links"})


def compare_about(telling: Telling, base: Side, revision: Side) -> Iterator[Change]:
    """Yield the changes between what two documents say of themselves (OpenAPI 3.1 §4.8.2)."""
    mine, theirs = base.get("info"), revision.get("info")
    if mine["version"] != theirs["version"]:
        said = f"version {mine['version']} → {theirs['version']}"
        yield telling.change("document-version-changed", DriftVerdict.COMPATIBLE, said, base, revision)
    changed = [name for name in _ABOUT if mine.get(name) != theirs.get(name)]
    changed += [name for name in ("tags", "externalDocs") if base.get(name) != revision.get(name)]
    if changed:
        said = f"another wording of {', '.join(changed)}"
        yield telling.change("document-description-changed", DriftVerdict.COMPATIBLE, said, base, revision)


def compare_texts(telling: Telling, base: Side, revision: Side) -> Iterator[Change]:
    """Yield the changes between the texts of two operations, and whether one is deprecated."""
    was, now = bool(base.get("deprecated", False)), bool(revision.get("deprecated", False))
    if was is not now:
        rule = "operation-deprecated" if now else "operation-undeprecated"
        said = "deprecated now" if now else "deprecated no more"
        yield telling.change(rule, DriftVerdict.COMPATIBLE, said, base, revision)
    mine, theirs = dict(_places(base.node, ())), dict(_places(revision.node, ()))
    changed = [place for place in mine if place in theirs and mine[place] != theirs[place]]
    if changed:
        said = "another wording" + "".join(f" of {place}" if place else "" for place in changed[:1])
        said += f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        yield telling.change("operation-description-changed", DriftVerdict.COMPATIBLE, said, base, revision)


def _places(node: JSON, at: tuple[str, ...]) -> Iterator[tuple[str, dict[str, JSON]]]:
    """Yield each place of an operation with the texts that stand there; schemas tell of their own."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from _places(item, (*at, _named(item, index)))
    elif isinstance(node, dict):
        # that the operation itself is deprecated has a rule
        names = (*_TEXTS, "deprecated") if at else _TEXTS
        yield "/".join(at), {name: node[name] for name in names if node.get(name) is not None}
        for name, below in node.items():
            if name not in _ELSEWHERE:
                yield from _places(below, (*at, name))


def _named(item: JSON, index: int) -> str:
    """Return what tells a parameter from the others: their order says nothing."""
    return f"{item.get('in')} {item['name']}" if isinstance(item, dict) and "name" in item else str(index)
