"""What is written for people: descriptions, examples, deprecation, the version. Notes, one line a place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from conformance.drift.change import Change, DriftVerdict
from conformance.drift.side import Side, Telling
from conformance.jsonvalue import JSON

_TEXTS: Final = ("summary", "description", "example", "examples", "externalDocs", "tags")
_ABOUT: Final = ("title", "summary", "description", "termsOfService", "contact", "license")
_BELOW: Final = ("parameters", "requestBody", "responses")


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
    mine, theirs = _texts(base), _texts(revision)
    if changed := [name for name in dict.fromkeys((*mine, *theirs)) if mine.get(name) != theirs.get(name)]:
        said = f"another wording of {', '.join(changed)}"
        yield telling.change("operation-description-changed", DriftVerdict.COMPATIBLE, said, base, revision)


def _texts(operation: Side) -> dict[str, JSON]:
    """Return the texts of an operation and of its parts, those of schemas aside, by where they stand."""
    found = _own(operation.node)
    for name in _BELOW:
        below = _all_below(operation.node.get(name))
        if below:
            found[f"the {name}"] = below
    return found


def _all_below(node: JSON) -> list[Any]:
    if isinstance(node, list):
        return [text for item in node for text in _all_below(item)]
    if not isinstance(node, dict):
        return []
    own = [*_own(node).values(), *([True] if node.get("deprecated") else ())]
    return own + [text for name, below in node.items() if name != "schema" for text in _all_below(below)]


def _own(node: dict[str, JSON]) -> dict[str, JSON]:
    return {name: node[name] for name in _TEXTS if node.get(name) is not None}
