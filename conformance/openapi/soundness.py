"""Whether a document looks sound at a glance: by its specification's own schema, its references and its names.

The full check walks a document for 50 ms an operation; this one takes a fraction of one. What it finds
fault with is for the full check to explain.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import jsonschema_rs

from conformance import pointer as pointers
from conformance.jsonvalue import JSON

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_PLACEHOLDER: Final = re.compile(r"\{([^{}]+)\}")
_MAX_REFS: Final = 64
_METHODS: Final = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})


def is_sound(content: Mapping[str, Any]) -> bool:
    """Tell whether nothing is wrong at a glance with an OpenAPI 3.0 or 3.1 document."""
    if not _validator(str(content["openapi"])[:3]).is_valid(content):
        return False
    return all(_resolves(content, ref) for ref in _references(content)) and _names_are_sound(content)


@cache
def _validator(version: str) -> Any:
    """Return the validator of a document by the schema that the specification's owners publish."""
    schema = _published(version)
    if version == "3.0":
        return jsonschema_rs.Draft4Validator(schema)
    # OpenAPI 3.1 §4.8.24: a Schema Object is one of JSON Schema 2020-12, unless it says otherwise.
    schemas = {"$dynamicAnchor": "meta", "$ref": _DIALECT}
    root = {
        "$schema": _DIALECT,
        "$id": "urn:openapi:3.1",
        "$ref": schema["$id"],
        "$defs": {"schema": schemas},
    }
    return jsonschema_rs.Draft202012Validator(
        root, registry=jsonschema_rs.Registry([(schema["$id"], schema)])
    )


def _published(version: str) -> Any:
    """Read the schema from beside the validator that ships it, which is slow to import."""
    found = find_spec("openapi_spec_validator")
    assert found is not None  # noqa: S101 -- a dependency of ours
    assert found.origin is not None  # noqa: S101
    path = Path(found.origin).parent / "resources" / "schemas" / f"v{version}" / "schema.json"
    return json.loads(path.read_text(encoding="utf-8"))


def _references(content: JSON) -> Iterator[str]:
    stack = [content]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            if isinstance(ref := node.get("$ref"), str):
                yield ref
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)


def _resolves(content: JSON, ref: str) -> bool:
    """Tell whether a reference leads, over others perhaps, to something; a circle leads nowhere."""
    for _ in range(_MAX_REFS):
        try:
            node = pointers.get(content, pointers.reference(ref))
        except (KeyError, IndexError, TypeError, ValueError):
            return False
        if not (isinstance(node, dict) and isinstance(node.get("$ref"), str)):
            return True
        ref = node["$ref"]
    return False


def _names_are_sound(content: Mapping[str, Any]) -> bool:
    """Tell whether operationIds are unique, and each path declares its parameters, each once."""
    seen: set[str] = set()
    items = content.get("paths", {}).items()
    for path, item in ((path, item) for path, item in items if path.startswith("/")):
        shared = _declared(content, item)
        for operation in (item[method] for method in _METHODS & item.keys()):
            own = _declared(content, operation)
            if not all(len(set(names)) == len(names) for names in (shared, own)):
                return False
            identity = operation.get("operationId")
            if identity in seen or not _wanted(path) <= {*shared, *own}:
                return False
            seen |= {identity} if identity is not None else set()
    return True


def _wanted(path: str) -> set[tuple[str, str]]:
    return {("path", name) for name in _PLACEHOLDER.findall(path)}


def _declared(content: JSON, owner: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return location and name of each parameter of a path or an operation."""
    found = [_followed(content, parameter) for parameter in owner.get("parameters", ())]
    return [(str(parameter.get("in")), str(parameter.get("name"))) for parameter in found]


def _followed(content: JSON, node: Any) -> Mapping[str, Any]:
    """Return what a `$ref` leads to, one step: who refers to a reference is left to the full check."""
    ref = node.get("$ref")
    found = pointers.get(content, pointers.reference(ref)) if ref else node
    return found if isinstance(found, dict) else {}
