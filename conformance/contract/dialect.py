"""OpenAPI 3.0 Schema Objects (§4.7.24) said in JSON Schema 2020-12, the dialect of 3.1."""

from __future__ import annotations

from typing import Any

from conformance.contract.keywords import Schema, rewrite


def to_2020_12(schema: Schema, openapi: str) -> Schema:
    """Return `schema` in JSON Schema 2020-12; a document of version 3.1 already is."""
    return rewrite(schema, _from_3_0) if openapi.startswith("3.0") else schema


def _from_3_0(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}  # siblings of a Reference Object are ignored (§4.7.23)
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
