"""The labelled set: pairs of schemas with the changes that a person finds between them."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import yaml

from conformance import pointer as pointers
from conformance.diff.change import Direction, DriftVerdict
from conformance.diff.schema.compare import SchemaAt
from conformance.openapi.document import Document, load
from conformance.pointer import Pointer

FOLDER: Final = Path(__file__).parent / "pairs"
SPECS: Final = Path(__file__).parents[2] / "specs" / "concord-privacy"
_ALONE: Final = ("components", "schemas", "Pair")


@dataclass(frozen=True, slots=True)
class Expected:
    """One change as a person tells it; `pointer` leads into the document that has the place."""

    rule: str
    pointer: str
    verdict: DriftVerdict


@dataclass(frozen=True, slots=True)
class Labelled:
    """One pair seen from one direction; `exact` tells that the very changes are expected, not only the verdict."""

    name: str
    base: SchemaAt
    revision: SchemaAt
    direction: Direction
    expected: tuple[Expected, ...]
    exact: bool

    @property
    def verdict(self) -> DriftVerdict:
        """The expected verdict on the whole."""
        return max(
            (e.verdict for e in self.expected), key=list(DriftVerdict).index, default=DriftVerdict.NONE
        )


def labelled() -> Iterator[Labelled]:
    """Yield every pair of the set, in each direction that it is labelled for."""
    for file in sorted(FOLDER.glob("*.yaml")):
        for entry in yaml.safe_load(file.read_text(encoding="utf-8")):
            if "document" in entry:
                yield _of_document(entry)
            else:
                yield from _of_schemas(entry)


def _of_schemas(entry: dict[str, Any]) -> Iterator[Labelled]:
    version, schemas = entry.get("openapi", "3.1.0"), entry.get("schemas", {})
    base = _document(version, {**schemas, "Pair": entry["base"]})
    revised = {**schemas, **entry.get("revised", {}), "Pair": entry["revision"]}
    revision = _document(entry.get("to", version), revised)
    for column, direction in enumerate((Direction.REQUEST, Direction.RESPONSE), 2):
        rows = entry.get(direction.value)
        if rows is None:
            rows = [[row[0], row[1], row[column]] for row in entry["changes"]]
        yield Labelled(
            f"{entry['name']}, in a {direction}",
            SchemaAt(base, _ALONE),
            SchemaAt(revision, _ALONE),
            direction,
            tuple(_expected(*row, direction, _ALONE) for row in rows),
            exact=entry.get("only") != "verdict",
        )


def _expected(stem: str, pointer: str, verdict: str, direction: Direction, at: Pointer) -> Expected:
    rule = (
        stem
        if stem.startswith(("schema-de", "schema-un", "request-", "response-"))
        else f"{direction}-{stem}"
    )
    where = pointer[1:] if pointer.startswith("#") else pointers.text(at) + pointer
    return Expected(rule, where, DriftVerdict(verdict))


def _document(version: str, schemas: dict[str, Any]) -> Document:
    content = {"openapi": version, "info": {"title": "", "version": ""}, "components": {"schemas": schemas}}
    return Document(Path("pair.yaml"), "pair", "", content)


def _of_document(entry: dict[str, Any]) -> Labelled:
    document = load(SPECS / f"{entry['document']}.yaml")
    at = _schema(document, str(entry["at"]))
    schema = deepcopy(pointers.get(document.content, at))
    for edit in entry["patch"]:
        schema = patched(schema, edit)
    revision = replace(document, content=pointers.put(document.content, at, schema))
    direction = Direction.REQUEST if entry["at"] == "body" else Direction.RESPONSE
    expected = tuple(_expected(*row, direction, at) for row in entry["changes"])
    return Labelled(
        entry["name"], SchemaAt(document, at), SchemaAt(revision, at), direction, expected, exact=True
    )


def _schema(document: Document, at: str) -> Pointer:
    path = next(iter(document.content["paths"]))
    place = ("requestBody",) if at == "body" else ("responses", at)
    return ("paths", path, "post", *place, "content", "application/json", "schema")


def patched(value: Any, edit: dict[str, Any]) -> Any:
    """Return the value with one operation of a JSON Patch (RFC 6902 §4) applied."""
    where = pointers.parse(edit["path"])
    match edit["op"]:
        case "remove":
            return pointers.put(value, where, pointers.REMOVED)
        case "replace":
            return pointers.put(value, where, edit["value"])
        case "move":
            source = pointers.parse(edit["from"])
            moved = pointers.get(value, source)
            return _added(pointers.put(value, source, pointers.REMOVED), where, moved)
        case _:
            return _added(value, where, edit["value"])


def _added(value: Any, where: tuple[str, ...], new: Any) -> Any:
    parent = pointers.get(value, where[:-1])
    if not isinstance(parent, list):
        return pointers.put(value, where, new)
    index = len(parent) if where[-1] == "-" else int(where[-1])
    return pointers.put(value, where[:-1], [*parent[:index], new, *parent[index:]])
