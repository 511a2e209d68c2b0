"""Media types (RFC 9110 §8.3.1): their parts, what they carry, and which documented one covers which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeVar

from conformance.openapi.part import Part

JSON_TYPE: Final = "application/json"


@dataclass(frozen=True, slots=True)
class MediaType:
    """One media type or range (`text/*`), in lower case; `parameters` are those behind the semicolon."""

    kind: str
    subtype: str
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def essence(self) -> str:
        """The type without its parameters."""
        return f"{self.kind}/{self.subtype}" if self.kind else ""

    @property
    def is_range(self) -> bool:
        """Whether it stands for several (RFC 9110 §12.5.1)."""
        return "*" in self.essence

    @property
    def is_json(self) -> bool:
        """Whether it says that the body is one JSON text (RFC 8259 §11, RFC 6839 §3.1)."""
        return self.subtype == "json" or self.subtype.endswith("+json")

    @property
    def may_be_json(self) -> bool:
        """Whether it is JSON, or a range that holds it."""
        return self.is_json or self.essence in ("*/*", "application/*")

    def covers(self, other: MediaType) -> bool:
        """Tell whether this type or range covers the other, parameters aside (OpenAPI 3.1 §4.8.14.1)."""
        return self.kind in ("*", other.kind) and self.subtype in ("*", other.subtype)


@lru_cache(1024)
def media_type(text: str) -> MediaType:
    """Return what a `Content-Type` or a key of `content` says; one without a slash has no kind."""
    essence, *rest = text.split(";")
    kind, slash, subtype = essence.strip().lower().partition("/")
    pairs = (part.partition("=") for part in rest)
    parameters = tuple((name.strip().lower(), value.strip().strip('"')) for name, _, value in pairs)
    return MediaType(kind if slash else "", subtype, parameters)


_P = TypeVar("_P", bound=Part)


def part_for(parts: Iterable[_P], content_type: str) -> _P | None:
    """Return the body that documents a content type: its own entry before a range (OpenAPI 3.1 §4.8.14.1)."""
    sent = media_type(content_type)
    fitting = [part for part in parts if sent.kind and media_type(part.name).covers(sent)]
    return min(fitting, key=lambda part: part.name.count("*"), default=None)


def json_part(parts: Sequence[_P]) -> _P | None:
    """Return the first body of JSON that has a schema, None where there is none."""
    return next((part for part in parts if part.schema is not None and media_type(part.name).is_json), None)
