"""Differences in what a single value may be: types, lists of values, texts and numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from math import inf
from typing import Any, Final

from conformance.contract.shape import Shape, own_shape
from conformance.contract.validator import compile_schema
from conformance.diff.schema.candidates import words
from conformance.diff.schema.edit import Edit, Pair, Relation, changed, replaced, shown, swapped
from conformance.diff.schema.node import Node, both_types, plain, text, types
from conformance.diff.schema.simplify import KINDS
from conformance.errors import DocumentError
from conformance.jsonvalue import type_name
from conformance.regex.automaton import Language, searched
from conformance.regex.parser import parse
from conformance.regex.syntax import UndecidedPatternError, render
from conformance.witness.equivalence import same_language

_WITHIN: Final = frozenset({
    ("email", "idn-email"), ("hostname", "idn-hostname"), ("uri", "iri"), ("uri-reference", "iri-reference"),
    ("uri", "uri-reference"), ("iri", "iri-reference"), ("uri", "iri-reference"),
})  # fmt: skip
"""Formats of which the second takes all that the first does (JSON Schema 2020-12, validation §7.3)."""


def type_edits(pair: Pair) -> Iterator[Edit]:
    """Yield the difference in types, with the keywords of the types that only one side has."""
    base, revision = types(pair.base.node), types(pair.revision.node)
    if base == revision:
        return
    shared = both_types(base, revision)
    stem, relation = "type-changed", Relation.UNKNOWN
    if shared == revision:
        stem, relation = "type-narrowed", Relation.NARROWER
    elif shared == base:
        stem, relation = "type-widened", Relation.WIDER
    alone = {k for kind in KINDS if kind not in kinds(pair) for k in KINDS[kind]}
    yield swapped(stem, pair, ("type", *sorted(alone)), _named(pair), relation)


def _named(pair: Pair) -> str:
    before, after = (", ".join(sorted(types(spot.node))) for spot in (pair.base, pair.revision))
    return f"type {before} → {after}"


def kinds(pair: Pair) -> set[str]:
    """Return the types that both sides have, integers among the numbers."""
    shared = both_types(types(pair.base.node), types(pair.revision.node))
    return {"number" if name == "integer" else name for name in shared}


def enum_edits(pair: Pair) -> Iterator[Edit]:
    """Yield the values that are no longer listed, and those that are new."""
    base = {text(value): value for value in pair.base.node.get("enum", ())}
    revision = {text(value): value for value in pair.revision.node.get("enum", ())}
    for stem, mine, theirs, relation in (
        ("enum-value-removed", base, revision, Relation.NARROWER),
        ("enum-value-added", revision, base, Relation.WIDER),
    ):
        gone = tuple(value for key, value in mine.items() if key not in theirs)
        if not gone:
            continue
        fewer = [value for key, value in mine.items() if key in theirs]
        more = [*theirs.values(), *gone]
        removed = stem == "enum-value-removed"
        yield Edit(
            stem,
            pair,
            _listing(pair.base.node, fewer if removed else more),
            _listing(pair.revision.node, more if removed else fewer),
            f"{'no longer' if removed else 'now'} {', '.join(map(shown, gone))}",
            pair.base.node.where("enum"),
            pair.revision.node.where("enum"),
            relation,
            gone,
        )


def _listing(node: Node, values: list[Any]) -> Any:
    return changed(node, {"enum": values})


def listed_edits(pair: Pair) -> Iterator[Edit]:
    """Yield the difference between a list of values and a schema without one."""
    lists = "enum" in pair.revision.node
    values = (pair.revision if lists else pair.base).node["enum"]
    other = (pair.base if lists else pair.revision).node
    accepted = _accepted(other, values)
    if not both_types(types(other), frozenset(map(type_name, values))):
        yield replaced("type-changed", pair, keyword="enum")
    elif lists:
        yield replaced("enum-added", pair, Relation.NARROWER if accepted else Relation.UNKNOWN, "enum")
    else:
        yield replaced("enum-removed", pair, Relation.WIDER if accepted else Relation.UNKNOWN, "enum")


def _accepted(node: Node, values: list[Any]) -> bool:
    """Tell whether a schema is known to accept all of the values."""
    if "$ref" in text(node):
        return False
    try:
        judge = compile_schema(plain(node))
    except DocumentError:
        return False
    return all(map(judge.accepts, values))


_Bound = tuple[float | Fraction, int]


def _upper(node: Mapping[str, Any], keywords: tuple[str, ...]) -> _Bound:
    """Return what orders upper bounds, the loosest last: the value, and 1 where it belongs to the range."""
    for keyword in keywords:
        if keyword in node:
            return Fraction(str(node[keyword])), int(not keyword.startswith("exclusive"))
    return inf, 1


def _lower(node: Mapping[str, Any], keywords: tuple[str, ...]) -> _Bound:
    """Return what orders lower bounds, the loosest last."""
    for keyword in keywords:
        if keyword in node:
            return -Fraction(str(node[keyword])), int(not keyword.startswith("exclusive"))
    return inf if keywords[0] == "minimum" else 0, 1  # a count is never below 0


_BOUNDS: Final[tuple[tuple[str, str, str, Callable[..., _Bound], tuple[str, ...]], ...]] = (
    ("string", "max-length-decreased", "max-length-increased", _upper, ("maxLength",)),
    ("string", "min-length-increased", "min-length-decreased", _lower, ("minLength",)),
    ("number", "maximum-decreased", "maximum-increased", _upper, ("maximum", "exclusiveMaximum")),
    ("number", "minimum-increased", "minimum-decreased", _lower, ("minimum", "exclusiveMinimum")),
    ("array", "max-items-decreased", "max-items-increased", _upper, ("maxItems",)),
    ("array", "min-items-increased", "min-items-decreased", _lower, ("minItems",)),
    ("object", "max-properties-decreased", "max-properties-increased", _upper, ("maxProperties",)),
    ("object", "min-properties-increased", "min-properties-decreased", _lower, ("minProperties",)),
)


def bound_edits(pair: Pair) -> Iterator[Edit]:
    """Yield the bounds that differ, of the types that both sides have."""
    shared = kinds(pair) - ({"string"} if _same_texts(pair) else set())
    for kind, tighter, looser, rank, keywords in _BOUNDS:
        base, revision = rank(pair.base.node, keywords), rank(pair.revision.node, keywords)
        if kind in shared and base != revision:
            narrower = revision < base
            yield swapped(
                tighter if narrower else looser,
                pair,
                keywords,
                relation=Relation.NARROWER if narrower else Relation.WIDER,
            )


def multiple_edits(pair: Pair) -> Iterator[Edit]:
    """Yield the difference in `multipleOf`."""
    base, revision = pair.base.node.get("multipleOf"), pair.revision.node.get("multipleOf")
    if base == revision or "number" not in kinds(pair):
        return
    relation = Relation.UNKNOWN
    if base is None or revision is None:
        stem = "multiple-of-added" if base is None else "multiple-of-removed"
        relation = Relation.NARROWER if base is None else Relation.WIDER
    else:
        stem = "multiple-of-changed"
        step = Fraction(str(revision)) / Fraction(str(base))
        if step.denominator == 1:
            relation = Relation.NARROWER
        elif step.numerator == 1:
            relation = Relation.WIDER
    hints = tuple(sign * value for value in (base, revision) if value for sign in (1, -1, 3))
    yield swapped(stem, pair, ("multipleOf",), relation=relation, hints=hints)


def text_edits(pair: Pair) -> Iterator[Edit]:
    """Yield the differences in `pattern` and `format`."""
    if "string" not in kinds(pair):
        return
    for keyword in ("format",) if _same_texts(pair) else ("pattern", "format"):
        base, revision = pair.base.node.get(keyword), pair.revision.node.get(keyword)
        if base == revision:
            continue
        if base is None:
            yield swapped(f"{keyword}-added", pair, (keyword,), relation=Relation.NARROWER)
        elif revision is None:
            yield swapped(f"{keyword}-removed", pair, (keyword,), relation=Relation.WIDER)
        elif keyword == "format":
            yield swapped("format-changed", pair, (keyword,), relation=_formats(base, revision))
        elif (relation := _languages(pair)) is not None:
            hints = tuple(words(base, revision)) if relation is Relation.UNDECIDED else ()
            yield swapped("pattern-changed", pair, ("pattern",), relation=relation, hints=hints)


def _formats(base: str, revision: str) -> Relation:
    if (base, revision) in _WITHIN:
        return Relation.WIDER
    return Relation.NARROWER if (revision, base) in _WITHIN else Relation.UNDECIDED


def _languages(pair: Pair) -> Relation | None:
    """Compare what the patterns match within each side's lengths; None where that is the same."""
    try:
        base, revision = (_language(spot.node) for spot in (pair.base, pair.revision))
        low, high = _lengths(pair)
        more = base.minus(revision).reaches(low, high)
        less = revision.minus(base).reaches(low, high)
    except UndecidedPatternError:
        return _by_anchors(pair.base.node["pattern"], pair.revision.node["pattern"])
    if more and less:
        return Relation.UNKNOWN
    if more or less:
        return Relation.NARROWER if more else Relation.WIDER
    return None


_TEXTUAL: Final = ("pattern", "minLength", "maxLength", "allOf")


def _by_anchors(base: str, revision: str) -> Relation:
    """Compare two patterns of which one is the other without an anchor: it is found wherever the other is."""
    with suppress(UndecidedPatternError):
        base, revision = render(parse(base)), render(parse(revision))
    if revision in (base.removeprefix("^"), base.removesuffix("$")):
        return Relation.WIDER
    if base in (revision.removeprefix("^"), revision.removesuffix("$")):
        return Relation.NARROWER
    return Relation.UNDECIDED


def same_matches(one: str, other: str) -> bool:
    """Tell whether two patterns are known to be found in the same texts."""
    return one == other or same_language(Shape(patterns=(one,)), Shape(patterns=(other,)))


def _same_texts(pair: Pair) -> bool:
    """Tell whether patterns and lengths together allow the same strings, in whatever words."""
    if all(pair.base.node.get(k) == pair.revision.node.get(k) for k in _TEXTUAL):
        return True
    one, other = (_shape(spot.node) for spot in (pair.base, pair.revision))
    return bool(one.patterns or other.patterns) and same_language(one, other)


def _shape(node: Node) -> Shape:
    return replace(
        own_shape({k: node[k] for k in ("minLength", "maxLength") if k in node}), patterns=_patterns(node)
    )


def _patterns(node: Node) -> tuple[str, ...]:
    found = [part["pattern"] for part in node.get("allOf", ()) if part.keys() == {"pattern"}]
    return (node["pattern"], *found) if "pattern" in node else tuple(found)


def _language(node: Node) -> Language:
    return reduce(Language.both, map(searched, _patterns(node)))


def _lengths(pair: Pair) -> tuple[int, int | None]:
    """Return the lengths that both sides allow: beyond them the difference is one of length."""
    nodes = (pair.base.node, pair.revision.node)
    low = max(node.get("minLength", 0) for node in nodes)
    highs = [node["maxLength"] for node in nodes if "maxLength" in node]
    return low, min(highs, default=None)
