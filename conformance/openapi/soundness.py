"""Whether a document is OpenAPI: judged by its specification's own schema, its references and its names.

The validator that explains what is wrong takes 50 ms an operation, and half a second to import; this takes a
fraction of one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import jsonschema_rs

from conformance import pointer as pointers
from conformance.errors import DocumentError
from conformance.jsonvalue import JSON
from conformance.openapi.references import METHODS, follow, reference, reference_of, references

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_PLACEHOLDER: Final = re.compile(r"\{([^{}]+)\}")
_VERSION: Final = re.compile(r"3\.[01](\.[0-9]+(-.+)?)?")


def check(content: JSON, label: str) -> None:
    """Refuse what is not an OpenAPI 3.0 or 3.1 document by its own specification, or refers to others.

    Raises DocumentError. What no fault can be explained of is taken: doubt alone refuses nothing.
    """
    document = _understood(content, label)
    refs = list(references(document))
    for ref in refs:
        if not ref.startswith("#"):
            raise DocumentError(f"{label}: external $ref {ref!r} is not followed; bundle the document first")
    if not _is_sound(document, refs):
        _explain(document, label)


def _is_sound(document: Mapping[str, Any], refs: Iterable[str]) -> bool:
    if not _validator(document["openapi"][:3]).is_valid(document):
        return False
    try:
        for ref in refs:
            follow(document, reference(ref))
    except DocumentError:
        return False
    return _names_are_sound(document)


def _understood(content: JSON, label: str) -> dict[str, Any]:
    """Return the document with its versions as text, as they are meant where YAML reads a number."""
    found = content if isinstance(content, dict) else {}
    version = str(found.get("openapi", ""))
    if not _VERSION.fullmatch(version):
        raise DocumentError(f"{label}: not an OpenAPI 3.0 or 3.1 document, {_other_version(found)}")
    written = version if version.count(".") == 2 else f"{version}.0"
    info = found.get("info")
    if isinstance(info, dict) and type(info.get("version")) in (int, float):
        info = {**info, "version": str(info["version"])}
    return {**found, "openapi": written} | ({} if info is None else {"info": info})


def _other_version(content: Mapping[str, Any]) -> str:
    for field, name in (("openapi", "OpenAPI"), ("swagger", "Swagger")):
        if isinstance(content.get(field), str | int | float):
            return f"but {name} {str(content[field])[:20]}; convert it first"
    return "as it has no `openapi` field"


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


def _names_are_sound(content: Mapping[str, Any]) -> bool:
    """Tell whether operationIds are unique, and each path declares its parameters, each once."""
    seen: set[str] = set()
    items = content.get("paths", {}).items()
    for path, item in ((path, item) for path, item in items if path.startswith("/")):
        shared = _declared(content, item)
        for operation in (item[method] for method in set(METHODS) & item.keys()):
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
    listed = owner.get("parameters", ())
    found = [p if (ref := reference_of(p)) is None else follow(content, reference(ref))[0] for p in listed]
    return [(str(parameter.get("in")), str(parameter.get("name"))) for parameter in found]


def _explain(content: Mapping[str, Any], label: str) -> None:
    """Raise DocumentError with where and why a document is none by its specification, if more can be said of it."""
    from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

    full = OpenAPIV30SpecValidator if content["openapi"].startswith("3.0") else OpenAPIV31SpecValidator
    offline = json.loads(json.dumps(content), object_hook=_without_address)
    try:
        problem = next(iter(full(offline).iter_errors()), None)
    except Exception as error:
        reason = "a $ref leads back to itself" if isinstance(error, RecursionError) else _one_line(error)
        raise DocumentError(f"{label}: not a valid OpenAPI document: {reason}") from error
    if problem is not None:
        where = pointers.text(tuple(problem.absolute_path)) if hasattr(problem, "absolute_path") else ""
        raise DocumentError(f"{label}: not a valid OpenAPI document at {where or '/'}: {_one_line(problem)}")


def _without_address(node: dict[str, Any]) -> dict[str, Any]:
    """Take out what is no reference of ours but looks like one, such as in an example: it would be fetched."""
    ref = reference_of(node)
    return node if ref is None or ref.startswith("#") else {k: v for k, v in node.items() if k != "$ref"}


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
