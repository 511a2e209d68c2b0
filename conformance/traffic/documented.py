"""What a document says of the bodies of its operations, each schema compiled once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance import pointer as pointers
from conformance.case import Exchange
from conformance.contract.bundle import ROOT, bundle
from conformance.contract.members import Bundle
from conformance.contract.validator import Validator, compile_schema
from conformance.jsonvalue import JSON
from conformance.openapi.operation import Operation
from conformance.pointer import Pointer


@dataclass(frozen=True, slots=True)
class Described:
    """A schema of a document: it stands at `base` there, and in `parts` with all that it refers to."""

    base: Pointer
    parts: Bundle
    validator: Validator

    def accepts(self, value: JSON) -> bool:
        """Tell whether the document allows the value."""
        return self.validator.accepts(value)

    def stands_at(self, pointer: Pointer) -> JSON:
        """Return what stands at a pointer of the document, in the schema or in what it refers to."""
        inside = (ROOT, *pointer[len(self.base) :]) if pointer[: len(self.base)] == self.base else pointer
        return pointers.get(self.parts.root, inside)


@dataclass(slots=True)
class Documented:
    """Finds the schema of a request body or of an answer. Raises DocumentError for one that cannot be used."""

    _known: dict[tuple[str, Pointer], Described] = field(default_factory=dict)

    def request(self, operation: Operation, media_type: str = "") -> Described | None:
        """Return the schema of a request body; of any JSON where no media type is named."""
        content = operation.body.content if operation.body else {}
        return self._of(operation, content, media_type)

    def answer(self, operation: Operation, answer: Exchange) -> Described | None:
        """Return the schema of an answer's body, None where the document gives it none."""
        response = operation.response_for(answer.status)
        plain = plain_type(answer.header("content-type"))
        return self._of(operation, response.content, plain) if response and plain else None

    def _of(
        self, operation: Operation, content: Mapping[str, Pointer | None], media_type: str
    ) -> Described | None:
        fitting = [pointer for name, pointer in content.items() if _covers(name, media_type)]
        pointer = next((pointer for pointer in fitting if pointer is not None), None)
        if pointer is None or (media_type and not is_json(media_type)):
            return None
        return self.at(operation, pointer)

    def at(self, operation: Operation, pointer: Pointer) -> Described:
        """Return the schema at a pointer of the operation's document."""
        key = str(operation.document.path), pointer
        if key not in self._known:
            root: dict[str, Any] = bundle(operation.document, pointer)
            self._known[key] = Described(pointer, Bundle(root), compile_schema(root))
        return self._known[key]


def plain_type(media_type: str) -> str:
    """Return a media type without its parameters, in lower case (RFC 9110 §8.3.1)."""
    return media_type.partition(";")[0].strip().lower()


def is_json(media_type: str) -> bool:
    """Tell whether a plain media type is one of JSON (RFC 6839 §3.1)."""
    return media_type.endswith(("/json", "+json"))


def _covers(documented: str, media_type: str) -> bool:
    """Tell whether a documented type or range (`application/*`) covers a plain one (OpenAPI 3.1 §4.8.17)."""
    plain = plain_type(documented)
    if not media_type:
        return is_json(plain)
    return plain in (media_type, "*/*", f"{media_type.partition('/')[0]}/*")
