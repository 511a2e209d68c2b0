"""Differences in what a single value may be: types, lists of values, patterns and formats."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import reduce
from typing import Final

from conformance.contract.formats import FORMATS
from conformance.contract.shape import Shape, own_shape
from conformance.diff.schema.constraints import kinds
from conformance.diff.schema.edit import Edit, Pair, Relation, exchanged, keyed, replaced, shown
from conformance.diff.schema.node import Node, both_types, types
from conformance.diff.schema.rules import KINDS, Kind
from conformance.diff.schema.simplify import KEYWORDS
from conformance.jsonvalue import type_name
from conformance.regex.automaton import Language, searched
from conformance.regex.parser import parse
from conformance.regex.syntax import UndecidedPatternError, render
from conformance.witness.equivalence import same_language

_CONTESTED: Final = "lawful readers differ on the values that tell these formats apart"
_UNCOMPARED: Final = "a pattern holds what no automaton can compare, such as a look around or back"


def type_edits(pair: Pair) -> Iterator[Edit]:
    """Yield the difference in types, with the keywords of the types that only one side has."""
    base, revision = types(pair.base.node), types(pair.revision.node)
    if base == revision:
        return
    shared, kind = both_types(base, revision), KINDS["type"]
    stem = kind.narrower if shared == revision else kind.wider if shared == base else kind.changed
    alone = {k for name in KEYWORDS if name not in kinds(pair) for k in KEYWORDS[name]}
    summary = f"type {', '.join(sorted(base))} → {', '.join(sorted(revision))}"
    yield exchanged(stem, pair, dict.fromkeys(("type", *sorted(alone))), summary)


def enum_edits(pair: Pair) -> Iterator[Edit]:
    """Yield the values that are no longer listed, and those that are new."""
    base, revision = map(keyed, pair.values("enum"))
    kind = KINDS["value"]
    for stem, word, mine, theirs in (
        (kind.narrower, "no longer", base, revision),
        (kind.wider, "now", revision, base),
    ):
        gone = {key: value for key, value in mine.items() if key not in theirs}
        if gone:
            summary = f"{word} {', '.join(map(shown, gone.values()))}"
            yield exchanged(stem, pair, {"enum": gone}, summary)


def listed_edits(pair: Pair) -> Iterator[Edit]:
    """Yield the difference between a list of values and a schema without one."""
    lists = "enum" in pair.revision.node
    listing, other = (pair.revision, pair.base) if lists else (pair.base, pair.revision)
    apart = not both_types(types(other.node), frozenset(map(type_name, listing.node["enum"])))
    kind = KINDS["enum"]
    stem = KINDS["type"].changed if apart else kind.narrower if lists else kind.wider
    yield replaced(stem, pair, "enum")


def format_edits(pair: Pair) -> Iterator[Edit]:
    """Yield the difference in `format`."""
    base, revision = pair.values("format")
    if base == revision or "string" not in kinds(pair):
        return
    if base is None or revision is None:
        yield exchanged(_stem(KINDS["format"], base, revision), pair, {"format": None})
        return
    wider, narrower = revision in FORMATS[base].within, base in FORMATS[revision].within
    relation = Relation.WIDER if wider else Relation.NARROWER if narrower else None
    yield exchanged(KINDS["format"].changed, pair, {"format": None}, relation=relation, doubt=_CONTESTED)


def pattern_edits(pair: Pair) -> Iterator[Edit]:
    """Yield the difference in `pattern`, within the lengths that both sides allow."""
    base, revision = pair.values("pattern")
    if base == revision or "string" not in kinds(pair):
        return
    stem = _stem(KINDS["pattern"], base, revision)
    if base is None or revision is None:
        yield exchanged(stem, pair, {"pattern": None})
        return
    try:
        more, less = _compared(pair)
    except UndecidedPatternError:
        relation = _by_anchors(base, revision)
        doubt = "" if relation else _UNCOMPARED
        yield exchanged(stem, pair, {"pattern": None}, relation=relation, doubt=doubt)
        return
    if more or less:
        relation = None if more and less else Relation.NARROWER if more else Relation.WIDER
        yield exchanged(stem, pair, {"pattern": None}, relation=relation)


def _stem(kind: Kind, base: str | None, revision: str | None) -> str:
    return kind.narrower if base is None else kind.wider if revision is None else kind.changed


def _compared(pair: Pair) -> tuple[bool, bool]:
    """Tell whether the base's patterns match what the revision's do not, and the other way round."""
    base, revision = (
        reduce(Language.both, map(searched, _patterns(spot.node))) for spot in (pair.base, pair.revision)
    )
    # beyond the lengths that both sides allow the difference is one of length
    low = max(pair.values("minLength", 0))
    high = min((most for most in pair.values("maxLength") if most is not None), default=None)
    return base.minus(revision).reaches(low, high), revision.minus(base).reaches(low, high)


def _by_anchors(base: str, revision: str) -> Relation | None:
    """Compare two patterns of which one is the other without an anchor: it is found wherever the other is."""
    with suppress(UndecidedPatternError):
        base, revision = render(parse(base)), render(parse(revision))
    if revision in (base.removeprefix("^"), base.removesuffix("$")):
        return Relation.WIDER
    if base in (revision.removeprefix("^"), revision.removesuffix("$")):
        return Relation.NARROWER
    return None


def same_matches(one: str, other: str) -> bool:
    """Tell whether two patterns are known to be found in the same texts."""
    return one == other or same_language(Shape(patterns=(one,)), Shape(patterns=(other,)))


_TEXTUAL: Final = ("pattern", "minLength", "maxLength", "allOf")


def same_texts(pair: Pair) -> bool:
    """Tell whether patterns and lengths together allow the same strings, in whatever words."""
    if all(base == revision for base, revision in map(pair.values, _TEXTUAL)):
        return True
    one, other = (_shape(spot.node) for spot in (pair.base, pair.revision))
    return bool(one.patterns or other.patterns) and same_language(one, other)


def _shape(node: Node) -> Shape:
    return replace(
        own_shape({k: node[k] for k in ("minLength", "maxLength") if k in node}), patterns=_patterns(node)
    )


def _patterns(node: Node) -> tuple[str, ...]:
    parts = (part for part in node.get("allOf", ()) if isinstance(part, Node))
    found = [part["pattern"] for part in parts if part.keys() == {"pattern"}]
    return (node["pattern"], *found) if "pattern" in node else tuple(found)
