"""Differences in annotations: no payload shows them, and some of them matter all the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from conformance.diff.change import Direction, DriftVerdict
from conformance.diff.schema.edit import Pair, before_after, shown
from conformance.diff.schema.node import Node
from conformance.diff.schema.rules import DEPRECATED, DISCRIMINATOR, KINDS, TEXTS, UNDEPRECATED
from conformance.diff.schema.simplify import number
from conformance.pointer import Pointer


@dataclass(frozen=True, slots=True)
class Note:
    """One annotation that differs; `rule` is a whole id where it is of no direction, else its stem."""

    rule: str
    directed: bool
    verdict: DriftVerdict
    summary: str
    base_at: Pointer | None
    revision_at: Pointer | None
    note: str = ""


_FLAGS: Final = {"readOnly": Direction.REQUEST, "writeOnly": Direction.RESPONSE}
"""The flags of members, and who should not send them."""

_RANGES: Final = {"int32": 0, "int64": 1, "float": 0, "double": 1}
_HINTS_ONLY: Final = frozenset({"password", "html", "markdown", "commonmark"})


def note_differences(pair: Pair, direction: Direction) -> Iterator[Note]:
    """Yield what the annotations of a pair say differently."""
    for keyword in dict.fromkeys((*pair.base.node.notes, *pair.revision.node.notes)):
        base, revision = (spot.node.notes.get(keyword) for spot in (pair.base, pair.revision))
        if _is_same(pair, keyword):
            continue
        if keyword in TEXTS:
            yield _note(TEXTS[keyword][0], pair, keyword, DriftVerdict.COMPATIBLE, directed=False)
        elif keyword == "deprecated":
            rule = DEPRECATED if revision else UNDEPRECATED
            yield _note(rule, pair, keyword, DriftVerdict.COMPATIBLE, directed=False)
        elif keyword in _FLAGS:
            yield _flag(pair, keyword, direction, set_=bool(revision))
        elif keyword == "format":
            yield _format(pair, base, revision, direction)
        else:
            yield _behaviour(pair, keyword, direction)


def _is_same(pair: Pair, keyword: str) -> bool:
    """Tell whether both sides say the same: an absent flag or an empty text says no more than false."""
    base, revision = (spot.node.notes.get(keyword) for spot in (pair.base, pair.revision))
    if keyword == "default" and (keyword in pair.base.node.notes) != (keyword in pair.revision.node.notes):
        return False
    empty = keyword != "default" and not base and not revision
    return empty or repr(number(base)) == repr(number(revision))


def _note(
    rule: str, pair: Pair, keyword: str, verdict: DriftVerdict, note: str = "", *, directed: bool = True
) -> Note:
    base, revision = pair.base.node, pair.revision.node
    return Note(
        rule,
        directed,
        verdict,
        f"{keyword} {before_after(_shown(base, keyword), _shown(revision, keyword))}",
        base.where(keyword) if keyword in base.notes else None,
        revision.where(keyword) if keyword in revision.notes else None,
        note,
    )


def _shown(node: Node, keyword: str) -> str:
    return shown(node.notes[keyword]) if keyword in node.notes else ""


def _flag(pair: Pair, keyword: str, direction: Direction, *, set_: bool) -> Note:
    """Note a member that its side should not send any more: some still do (OpenAPI 3.0 §4.7.24.2)."""
    matters = set_ and direction is _FLAGS[keyword]
    return _note(
        KINDS[keyword].narrower if set_ else KINDS[keyword].wider,
        pair,
        keyword,
        DriftVerdict.UNDECIDED if matters else DriftVerdict.COMPATIBLE,
        f"a {direction} should no longer hold it, and no schema forbids it" if matters else "",
    )


def _format(pair: Pair, base: Any, revision: Any, direction: Direction) -> Note:
    """Judge a format that validators take for an annotation, by the range of numbers it names."""
    kind = KINDS["format"]
    stem = kind.changed if base and revision else kind.wider if base else kind.narrower
    ranks = [_RANGES.get(name, 2) if name else 2 for name in (base, revision)]
    ranged = {base, revision} <= {None, *_RANGES}
    harmless = (
        (ranks[0] <= ranks[1] if direction is Direction.REQUEST else ranks[1] <= ranks[0])
        if ranged
        else {base, revision} <= {None, *_HINTS_ONLY}
    )
    verdict = DriftVerdict.COMPATIBLE if harmless else DriftVerdict.UNDECIDED
    return _note(stem, pair, "format", verdict, "" if harmless else "no validator checks this format")


def _behaviour(pair: Pair, keyword: str, direction: Direction) -> Note:
    if keyword == "discriminator":
        note = "it decides how a payload is read, not whether it is valid"
        return _note(DISCRIMINATOR, pair, keyword, DriftVerdict.UNDECIDED, note)
    base, revision = ("default" in spot.node.notes for spot in (pair.base, pair.revision))
    kind = KINDS["default"]
    stem = kind.changed if base and revision else kind.wider if base else kind.narrower
    if direction is Direction.RESPONSE:
        return _note(stem, pair, keyword, DriftVerdict.COMPATIBLE, "a default says nothing of what is sent")
    return _note(
        stem, pair, keyword, DriftVerdict.UNDECIDED, "who leaves it out may get another behaviour than before"
    )
