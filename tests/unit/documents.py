"""A small document for tests: one POST that creates a thing and answers with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from conformance.openapi.document import Document
from conformance.openapi.operation import Operation, operations

TEXT: dict[str, Any] = {"type": "string"}


def operation(request: Any, answers: dict[str, Any], path: str = "/things") -> Operation:
    """Return `POST /things` with a request schema, None for no body, and a JSON schema for each status."""
    content = {
        "openapi": "3.1.0",
        "info": {"title": "Things", "version": "1"},
        "paths": {path: {"post": {"responses": {s: _answer(schema) for s, schema in answers.items()}}}},
        "components": {"schemas": {"Tree": {"properties": {"leaf": TEXT, "child": _ref("Tree")}}}},
    }
    if request is not None:
        content["paths"][path]["post"]["requestBody"] = _body(request)  # type: ignore[index]
    (found,) = operations((Document(Path("things.yaml"), "things", "0" * 64, content),))
    return found


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _answer(schema: Any) -> dict[str, Any]:
    return {"description": ""} if schema is None else {"description": "", **_body(schema)}


def _body(schema: Any) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}
