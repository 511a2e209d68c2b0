"""Documents as large as one likes, made from the bundled ones: more operations, each its own schemas."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from conformance.cli.loading import BUNDLED
from conformance.document import discover

_METHOD: Final = "post"


def generated(operations: int) -> dict[str, Any]:
    """Return a document of so many operations, the bundled four over and over, under paths of their own."""
    originals = list(_originals())
    first = originals[0][1]
    paths = {}
    for number in range(operations):
        path, content = originals[number % len(originals)]
        item = copy.deepcopy(content["paths"][path])
        item[_METHOD]["operationId"] = f"{item[_METHOD].get('operationId', 'operation')}{number}"
        paths[f"/copies/{number}{path}"] = item
    components: dict[str, Any] = {}
    for _, content in originals:
        for kind, held in content.get("components", {}).items():
            components.setdefault(kind, {}).update(held)
    return {
        **{k: first[k] for k in ("openapi", "info", "servers", "security")},
        "paths": paths,
        "components": components,
    }


def _originals() -> Iterator[tuple[str, dict[str, Any]]]:
    for document in discover(BUNDLED):
        for path in document.content["paths"]:
            yield path, document.content


def narrowed(document: dict[str, Any], places: int) -> dict[str, Any]:
    """Return the document with the first `maxLength` of `places` operations, evenly apart, one lower."""
    revision = copy.deepcopy(document)
    items = list(revision["paths"].values())
    for item in items[:: max(1, len(items) // places)][:places]:
        schema = _longest(item[_METHOD]["requestBody"])
        schema["maxLength"] -= 1
    return revision


def _longest(node: Any) -> dict[str, Any]:
    return next(found for found in _nodes(node) if isinstance(found.get("maxLength"), int))


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for held in node.values():
            yield from _nodes(held)
    elif isinstance(node, list):
        for held in node:
            yield from _nodes(held)


def write(document: dict[str, Any], path: Path) -> Path:
    """Write the document as JSON; return the path."""
    path.write_text(json.dumps(document))
    return path
