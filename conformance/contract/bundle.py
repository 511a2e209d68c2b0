"""A schema lifted out of its document, with all that it refers to and nothing else."""

from __future__ import annotations

from typing import Any, Final

from conformance import pointer as pointers
from conformance.contract.dialect import to_2020_12
from conformance.contract.keywords import Schema, descend, rewrite
from conformance.openapi.document import Document, resolve
from conformance.openapi.references import reference, reference_of
from conformance.pointer import Pointer

ROOT: Final = "schema"
"""Where in a bundle the schema itself stands; referenced parts keep their document pointers."""


def bundle(document: Document, pointer: Pointer) -> dict[str, Any]:
    """Return `{"$ref": "#/schema", "schema": …, "components": …}`: the schema at `pointer`, self-contained.

    The result is JSON Schema 2020-12, whichever version the document has. Raises DocumentError
    for a dangling or endless reference.
    """
    schema = pointers.get(document.content, pointer)
    result: dict[str, Any] = {"$ref": f"#/{ROOT}", ROOT: to_2020_12(schema, document.openapi)}
    waiting, done = _references(schema), set[Pointer]()
    while waiting:
        target = waiting.pop()
        if target not in done:
            done.add(target)
            resolve(document, target)
            node = pointers.get(document.content, target)
            result = pointers.put(result, target, to_2020_12(node, document.openapi))
            waiting.extend(_references(node))
    return result


def standalone(schema: Schema) -> dict[str, Any]:
    """Return a bundle of a schema that stands alone, its `#/…` references relative to itself."""

    def relocate(node: dict[str, Any]) -> dict[str, Any]:
        if isinstance(ref := node.get("$ref"), str) and ref.startswith("#"):
            node["$ref"] = f"#/{ROOT}{ref[1:]}"
        return node

    return {"$ref": f"#/{ROOT}", ROOT: rewrite(schema, relocate)}


def document_pointer(base: Pointer, pointer: Pointer) -> Pointer:
    """Return where a bundle's `pointer` stands in the document that the schema at `base` came from."""
    return (*base, *pointer[1:]) if pointer[:1] == (ROOT,) else pointer


def _references(schema: Schema) -> list[Pointer]:
    return [reference(ref) for _, node in descend(schema) if (ref := reference_of(node)) is not None]
