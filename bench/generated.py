"""Documents as large as one likes, made from the bundled ones: more operations, their schemas copies of those."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from conformance.openapi.document import discover
from conformance.session.loading import BUNDLED

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


def deep(levels: int) -> dict[str, Any]:
    """Return a document whose one body nests so many objects, a bounded text at each level."""
    schema: dict[str, Any] = {"type": "string", "maxLength": 8}
    for _ in range(levels):
        members = {"name": {"type": "string", "minLength": 1, "maxLength": 64}, "inner": schema}
        schema = {
            "type": "object",
            "properties": members,
            "required": ["inner"],
            "additionalProperties": False,
        }
    return _of_body(schema)


def wide(branches: int) -> dict[str, Any]:
    """Return a document whose one body is an `anyOf` of so many objects, told apart by a member of their own."""
    return _of_body(
        {
            "anyOf": [
                {
                    "type": "object",
                    "properties": {f"own{number}": {"type": "string", "maxLength": 16 + number}},
                    "required": [f"own{number}"],
                    "additionalProperties": False,
                }
                for number in range(branches)
            ]
        }
    )


def _of_body(schema: dict[str, Any]) -> dict[str, Any]:
    responses = {status: {"description": "told by its status"} for status in ("201", "400")}
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Generated", "version": "1"},
        "paths": {"/things": {_METHOD: {"requestBody": body, "responses": responses}}},
    }


def write_yaml(document: dict[str, Any], path: Path) -> Path:
    """Write the document as YAML, in blocks as people write it; return the path."""
    path.write_text(yaml.dump(document, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True))
    return path
