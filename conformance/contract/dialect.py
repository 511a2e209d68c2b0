"""OpenAPI 3.0 Schema Objects (§4.7.24) said in JSON Schema 2020-12, the dialect of 3.1."""

from __future__ import annotations

from typing import Any

from conformance import pointer as pointers
from conformance.contract.keywords import Schema, rewrite
from conformance.openapi.references import reference_of


def to_2020_12(schema: Schema, openapi: str) -> Schema:
    """Return `schema` in JSON Schema 2020-12, which version 3.1 has, with `$ref`s that are URIs (core §8.2.3.1)."""
    return rewrite(schema, _from_3_0 if openapi.startswith("3.0") else _from_3_1)


def _from_3_1(schema: dict[str, Any]) -> dict[str, Any]:
    ref = reference_of(schema)
    if ref is not None and ref.startswith("#/"):
        schema["$ref"] = pointers.fragment(pointers.reference(ref))  # many write `{id}` as it is
    return schema


def _from_3_0(schema: dict[str, Any]) -> dict[str, Any]:
    if (ref := reference_of(schema)) is not None:
        return _from_3_1({"$ref": ref})  # siblings of a Reference Object are ignored (§4.7.23)
    _exclusive(schema, "minimum", "exclusiveMinimum")
    _exclusive(schema, "maximum", "exclusiveMaximum")
    if schema.pop("nullable", False) and isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
    if "example" in schema:
        schema["examples"] = [schema.pop("example")]
    return schema


def _exclusive(schema: dict[str, Any], bound: str, flag: str) -> None:
    """Turn the 3.0 pair (number, boolean) into the 3.1 keyword that holds the number itself."""
    exclusive = schema.pop(flag, False)
    if exclusive is True and bound in schema:
        schema[flag] = schema.pop(bound)
    elif exclusive is not False and exclusive is not True:
        schema[flag] = exclusive
