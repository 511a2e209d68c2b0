"""Operations: what a document says of one method on one path, `$ref`s followed at this level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby

from conformance.jsonvalue import JSON
from conformance.openapi.document import Document, paths, resolve
from conformance.openapi.part import Part, bodies, header, parameter
from conformance.openapi.references import METHODS
from conformance.pointer import Pointer


@dataclass(frozen=True, slots=True)
class Response:
    """A Response Object (§4.8.17): a body for each media type, its headers."""

    status: str
    bodies: tuple[Part, ...]
    pointer: Pointer
    headers: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class RequestBody:
    """A Request Body Object (§4.8.13): a body for each media type."""

    required: bool
    bodies: tuple[Part, ...]
    pointer: Pointer


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. `name` is short and unique in a run; `key_headers` are its apiKey headers."""

    document: Document
    name: str
    method: str
    path: str
    operation_id: str
    pointer: Pointer
    parameters: tuple[Part, ...] = ()
    body: RequestBody | None = None
    responses: Mapping[str, Response] = field(default_factory=dict)
    key_headers: tuple[str, ...] = ()

    def response_for(self, status: int) -> Response | None:
        """Return the documented response: the exact status, then its range, then `default` (§4.8.16)."""
        for key in (str(status), f"{status // 100}XX", "default"):
            if key in self.responses:
                return self.responses[key]
        return None

    @property
    def labels(self) -> tuple[str, ...]:
        """What `--operation` may match: the short name, the operationId, `METHOD /path`."""
        return (self.name, self.operation_id, f"{self.method} {self.path}")


def operations(documents: tuple[Document, ...]) -> tuple[Operation, ...]:
    """Return every operation of the documents, in document order, with unique short names."""
    found = [
        _operation(document, path, method)
        for document in documents
        for path in paths(document)
        for method in METHODS
        if method in resolve(document, ("paths", path))[0]
    ]
    return _unique(found)


def _operation(document: Document, path: str, method: str) -> Operation:
    item, item_pointer = resolve(document, ("paths", path))
    pointer = (*item_pointer, method)
    node = item[method]
    return Operation(
        document=document,
        name=short_name(path),
        method=method.upper(),
        path=path,
        operation_id=str(node.get("operationId", "")),
        pointer=pointer,
        parameters=_parameters(document, item_pointer, pointer),
        body=_request_body(document, (*pointer, "requestBody")) if "requestBody" in node else None,
        responses={
            str(status): _response(document, (*pointer, "responses", status))
            for status in node.get("responses", {})
            if not str(status).startswith("x-")
        },
        key_headers=_key_headers(document, node),
    )


def short_name(path: str) -> str:
    """Return the last literal segment of a path template, `root` where it has none."""
    literal = [part for part in path.split("/") if part and not part.startswith("{")]
    return literal[-1] if literal else "root"


def _unique(found: list[Operation]) -> tuple[Operation, ...]:
    """Put the method in front where a short name is shared, then the whole path, then the document."""
    for longer in (_with_method, _with_path, _with_document):
        names = sorted(op.name for op in found)
        shared = {name for name, group in groupby(names) if len(list(group)) > 1}
        found = [replace(op, name=longer(op)) if op.name in shared else op for op in found]
    return tuple(found)


def _with_method(operation: Operation) -> str:
    return f"{operation.method.lower()}-{operation.name}"


def _with_path(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


def _with_document(operation: Operation) -> str:
    return f"{operation.document.name}: {operation.method} {operation.path}"


def _parameters(document: Document, item: Pointer, operation: Pointer) -> tuple[Part, ...]:
    """Merge path-level and operation-level parameters; the latter win by name and location (§4.8.9)."""
    merged: dict[tuple[str, str], Part] = {}
    for owner in (item, operation):
        node, _ = resolve(document, owner)
        for index in range(len(node.get("parameters", []))):
            found = parameter(*resolve(document, (*owner, "parameters", index)))
            merged[found.name, found.location] = found
    return tuple(merged.values())


def _request_body(document: Document, pointer: Pointer) -> RequestBody:
    node, at = resolve(document, pointer)
    required = bool(node.get("required", False))
    return RequestBody(required, bodies(node, at, required=required), at)


def _response(document: Document, pointer: Pointer) -> Response:
    node, at = resolve(document, pointer)
    headers = ((name, *resolve(document, (*at, "headers", name))) for name in node.get("headers", {}))
    return Response(str(pointer[-1]), bodies(node, at), at, tuple(header(*found) for found in headers))


def _key_headers(document: Document, node: JSON) -> tuple[str, ...]:
    """Return the header names of the apiKey schemes that the operation asks for (§4.8.27)."""
    schemes = document.content.get("components", {}).get("securitySchemes", {})
    asked = node.get("security", document.content.get("security", []))
    names = dict.fromkeys(name for alternative in asked for name in alternative)
    return tuple(
        schemes[name]["name"]
        for name in names
        if schemes.get(name, {}).get("type") == "apiKey" and schemes[name].get("in") == "header"
    )
