"""Parts: what a request or an answer is made of, each with where its schema stands and how it is written."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from conformance.jsonvalue import JSON
from conformance.pointer import Pointer


class Location(StrEnum):
    """Where a part stands: the `in` of a Parameter Object (OpenAPI 3.1 §4.8.12.1), or the body."""

    PATH = "path"
    QUERY = "query"
    HEADER = "header"
    COOKIE = "cookie"
    BODY = "body"


_STYLES = {
    Location.PATH: "simple",
    Location.QUERY: "form",
    Location.HEADER: "simple",
    Location.COOKIE: "form",
}
"""The style of each location where the document names none (OpenAPI 3.1 §4.8.12.2)."""


@dataclass(frozen=True, slots=True)
class Part:
    """A parameter, a header, or the body of one media type.

    `name` is the parameter's or header's, or the media type as the document writes it. `pointer` leads to
    the Parameter, Header or Media Type Object, `schema` to its schema, None where it has none. `media_type`
    is that of a parameter's `content`. `style` to `allow_empty` say how a value stands in the
    request (OpenAPI 3.1 §4.8.12.2).
    """

    location: Location
    name: str
    pointer: Pointer
    schema: Pointer | None
    required: bool = False
    media_type: str = ""
    style: str = ""
    explode: bool = False
    allow_reserved: bool = False
    allow_empty: bool = False

    @property
    def address(self) -> str:
        """What a person calls it in an address: `body`, `query limit`."""
        return "body" if self.location is Location.BODY else f"{self.location} {self.name}"


def parameter(node: JSON, at: Pointer) -> Part:
    """Return the part of a Parameter Object at `at`, one that has `content` in place of `schema` too."""
    return _described(Location(node["in"]), str(node["name"]), node, at)


def header(name: str, node: JSON, at: Pointer) -> Part:
    """Return the part of a Header Object (OpenAPI 3.1 §4.8.21), a parameter but for name and location."""
    return _described(Location.HEADER, name, node, at)


def _described(location: Location, name: str, node: JSON, at: Pointer) -> Part:
    media_type = next(iter(node.get("content", ())), "")
    schema: Pointer | None = (*at, "schema") if "schema" in node else None
    if media_type and "schema" in node["content"][media_type]:
        schema = (*at, "content", media_type, "schema")
    style = str(node.get("style", _STYLES[location]))
    return Part(
        location,
        name,
        at,
        schema,
        required=bool(node.get("required", False)),
        media_type=media_type,
        style=style,
        explode=bool(node.get("explode", style == "form")),
        allow_reserved=bool(node.get("allowReserved", False)),
        allow_empty=bool(node.get("allowEmptyValue", False)),
    )


def bodies(node: JSON, at: Pointer, *, required: bool = False) -> tuple[Part, ...]:
    """Return a part for each media type in the `content` of the object at `at` (OpenAPI 3.1 §4.8.14)."""
    found = []
    for media_type, entry in node.get("content", {}).items():
        pointer = (*at, "content", media_type)
        schema = (*pointer, "schema") if "schema" in entry else None
        found.append(Part(Location.BODY, media_type, pointer, schema, required))
    return tuple(found)
