"""The normal form of a bundle: references followed, `allOf` merged, one spelling for each meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, Final

from conformance import pointer as pointers
from conformance.contract.bundle import ROOT
from conformance.contract.formats import FORMATS
from conformance.contract.keywords import LISTS, MAPS, SINGLE, Schema, descend
from conformance.diff.schema.branches import refolded, unfolded
from conformance.diff.schema.merging import both
from conformance.diff.schema.node import Node, Normal
from conformance.openapi.references import reference
from conformance.pointer import Pointer

MAX_UNFOLDED: Final = 5_000
"""A schema that grows beyond so many nodes, its references followed, keeps its references."""

NOTES: Final = (
    "title", "description", "examples", "default", "deprecated", "readOnly", "writeOnly", "discriminator",
)  # fmt: skip
_KEPT: Final = (
    "type", "enum", "minLength", "maxLength", "pattern", "minimum", "maximum", "exclusiveMinimum",
    "exclusiveMaximum", "multipleOf", "required", "minProperties", "maxProperties", "dependentRequired",
    "minItems", "maxItems", "uniqueItems", "minContains", "maxContains",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NormalBundle:
    """A schema in normal form, and those of its parts that refer to themselves, by name."""

    schema: Normal
    definitions: Mapping[str, Normal]


def normal(bundle: Mapping[str, Any], side: str, *, literal: bool = False) -> NormalBundle:
    """Return the normal form of a bundle; what it still refers to stands at `#/SIDE/NAME`.

    `literal` keeps parts and keywords without effect of their own: where `unevaluated…` looks at what
    its neighbours evaluate (core §11), none of them is idle.
    """
    work = _Work(bundle, side, _kept(bundle), literal)
    schema = work.schema(bundle[ROOT], (ROOT,))
    while work.waiting:
        target = work.waiting.pop()
        if work.names[target] not in work.definitions:
            work.definitions[work.names[target]] = work.schema(pointers.get(bundle, target), target)
    return NormalBundle(schema, work.definitions)


@dataclass(slots=True)
class _Work:
    """The state of one normalisation: what is kept as a reference, and what is done already."""

    bundle: Mapping[str, Any]
    side: str
    kept: frozenset[Pointer]
    literal: bool
    names: dict[Pointer, str] = field(default_factory=dict)
    waiting: list[Pointer] = field(default_factory=list)
    definitions: dict[str, Normal] = field(default_factory=dict)
    done: dict[Pointer, Normal] = field(default_factory=dict)

    def schema(self, schema: Schema, at: Pointer) -> Normal:
        """Return the normal form of the schema at a pointer of the bundle."""
        if isinstance(schema, bool):
            return Node((), {"": at}) if schema else False
        parts: list[Normal] = [self._own(schema, at)]
        if isinstance(ref := schema.get("$ref"), str):
            parts.append(self._referred(reference(ref), (*at, "$ref")))
        for index, part in enumerate(schema.get("allOf", ())):
            parts.append(self.schema(part, (*at, "allOf", index)))
        if self.literal:
            return _beside(parts, at)
        return unfolded(parts[0]) if len(parts) == 1 else refolded(reduce(both, parts))

    def _referred(self, target: Pointer, at: Pointer) -> Normal:
        if target in self.kept:
            name = self.names.setdefault(target, str(len(self.names)))
            self.waiting.append(target)
            return Node({"$ref": f"#/{self.side}/{name}"}, {"": at, "$ref": at})
        if target not in self.done:
            self.done[target] = self.schema(pointers.get(self.bundle, target), target)
        return self.done[target]

    def _own(self, schema: Mapping[str, Any], at: Pointer) -> Node:
        """Return the schema's own keywords, in our spelling, `$ref` and `allOf` left aside."""
        keywords: dict[str, Any] = {k: schema[k] for k in _KEPT if k in schema}
        if isinstance(keywords.get("type"), str):
            keywords["type"] = [keywords["type"]]
        if "const" in schema:
            keywords["enum"] = [schema["const"]]
        if schema.get("format") in FORMATS:
            keywords["format"] = schema["format"]
        keywords |= self._below(schema, at)
        notes = {k: schema[k] for k in NOTES if k in schema}
        if "format" in schema and "format" not in keywords:
            notes["format"] = schema["format"]
        return self._traced(keywords, schema, at, notes)

    def _traced(
        self, keywords: dict[str, Any], schema: Mapping[str, Any], at: Pointer, notes: dict[str, Any]
    ) -> Node:
        origins = {name: (*at, name) for name in (*keywords, *notes)} | {"": at}
        if "const" in schema:
            origins["enum"] = (*at, "const")
        node = Node(keywords, origins, notes)
        if "const" in schema and "enum" in schema:
            merged = both(node, Node({"enum": schema["enum"]}))
            return merged if isinstance(merged, Node) else node
        return node

    def _below(self, schema: Mapping[str, Any], at: Pointer) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for keyword, value in schema.items():
            if keyword in SINGLE and isinstance(value, dict | bool):
                found[keyword] = self.schema(value, (*at, keyword))
            elif keyword in LISTS and keyword != "allOf" and isinstance(value, list):
                found[keyword] = [self.schema(v, (*at, keyword, i)) for i, v in enumerate(value)]
            elif keyword in MAPS and keyword != "$defs" and isinstance(value, dict):
                found[keyword] = {name: self.schema(v, (*at, keyword, name)) for name, v in value.items()}
        return found


def _beside(parts: list[Normal], at: Pointer) -> Normal:
    """Return a schema with its parts beside it, as they stand."""
    own, *others = parts
    if not others or not isinstance(own, Node):
        return own
    if len(others) == 1 and not own and not own.notes:
        return others[0]
    found = own.but({"allOf": others})
    found.origins["allOf"] = (*at, "allOf")
    return found


def _kept(bundle: Mapping[str, Any]) -> frozenset[Pointer]:
    """Return the targets that stay references: those on a cycle, or all where the whole would grow too large."""
    looping: set[Pointer] = set()
    sizes: dict[Pointer, int] = {}
    open_: dict[Pointer, list[Pointer]] = {}

    def visit(target: Pointer) -> int:
        if target in open_:
            looping.add(target)
            return 1
        if target not in sizes:
            nodes = [schema for _, schema in descend(pointers.get(bundle, target))]
            refs = [
                reference(n["$ref"]) for n in nodes if isinstance(n, dict) and isinstance(n.get("$ref"), str)
            ]
            open_[target] = refs
            sizes[target] = len(nodes) + sum(visit(ref) for ref in refs)
            del open_[target]
        return sizes[target]

    every = visit((ROOT,)) > MAX_UNFOLDED
    return frozenset(sizes) - {(ROOT,)} | looping if every else frozenset(looping)
