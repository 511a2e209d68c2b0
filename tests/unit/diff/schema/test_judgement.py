"""The judgement on schemas where several differences, members left undeclared, or nothing valid meet."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.contract.bundle import standalone
from conformance.diff.change import Change, Direction, DriftVerdict, Evidence, Proof, overall
from conformance.diff.schema.judgement import judge
from conformance_strategies import VALUES

REQUEST, RESPONSE = Direction.REQUEST, Direction.RESPONSE


def judged(base: Any, revision: Any, direction: Direction = REQUEST) -> tuple[Change, ...]:
    return judge(standalone(base), standalone(revision), direction, VALUES)


def test_differences_that_break_only_together_are_told_of_the_whole() -> None:
    """Four characters are too many for the one alternative and too few for the other, each change alone harmless."""
    base = {"type": "string", "anyOf": [{"maxLength": 4}, {"minLength": 4}]}
    revision = {"type": "string", "anyOf": [{"maxLength": 3}, {"minLength": 5}]}
    changes = judged(base, revision)
    assert [(c.rule, c.verdict) for c in changes] == [
        ("request-max-length-decreased", DriftVerdict.COMPATIBLE),
        ("request-min-length-increased", DriftVerdict.COMPATIBLE),
        ("request-schema-narrowed", DriftVerdict.BREAKING),
    ]
    assert changes[-1].base_pointer == ("schema", "anyOf")
    assert changes[-1].witness == Proof("samp", base_accepts=True, revision_accepts=False)


def test_what_another_difference_hides_breaks_nobody() -> None:
    """A longer text is new to the answer, but no longer listed: the list lets none through that the base forbade."""
    base = {"type": "string", "maxLength": 3}
    changes = judged(base, {"type": "string", "enum": ["a", "bc"]}, RESPONSE)
    assert [(c.rule, c.verdict, c.evidence) for c in changes] == [
        ("response-enum-added", DriftVerdict.COMPATIBLE, Evidence.INCLUSION)
    ]


def test_a_new_member_breaks_nobody_who_keeps_to_the_declared_ones() -> None:
    """A client may have sent the name with anything in an open object: the proof is shown, and is no break."""
    base = {"type": "object", "properties": {"a": {"type": "string"}}}
    revision = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}}
    (change,) = judged(base, revision)
    assert (change.verdict, change.evidence) == (DriftVerdict.COMPATIBLE, Evidence.DECLARED)
    assert change.note == "only a payload with the undeclared member 'b' tells them apart"
    assert change.witness is not None
    assert change.witness.base_accepts


def test_a_member_of_an_object_that_declared_none_is_a_constraint() -> None:
    """Where any member was meant, to say what one of them is takes something away."""
    revision = {"type": "object", "properties": {"b": {"type": "integer"}}}
    assert overall(judged({"type": "object"}, revision)) is DriftVerdict.BREAKING


@pytest.mark.parametrize("direction", [REQUEST, RESPONSE])
def test_without_any_valid_payload_nothing_follows_from_no_witness(direction: Direction) -> None:
    nothing = {"type": "string", "pattern": "^(?=b)a$"}  # no text, and nothing that the library could prove
    impossible = {"type": "object", "required": ["a"], "properties": {"a": nothing}}
    changes = judged(
        {**impossible, "not": {"required": ["b"]}}, {**impossible, "not": {"required": ["c"]}}, direction
    )
    assert [(c.verdict, c.note) for c in changes] == [
        (DriftVerdict.UNDECIDED, "no valid payload of the document could be built to compare by")
    ]


def test_what_never_accepted_anything_breaks_nobody() -> None:
    """The library proves that no payload was valid before: whatever is asked for now, none is lost."""
    impossible = {"type": "object", "required": ["a"], "properties": {"a": False}}
    (change,) = judged(impossible, {**impossible, "minProperties": 2})
    assert (change.verdict, change.evidence) == (DriftVerdict.COMPATIBLE, Evidence.INCLUSION)


def test_a_bound_below_a_negation_is_not_proven_by_the_keyword_alone() -> None:
    """Under `not` a narrower schema makes the whole wider: the verdict is sought with payloads."""
    base = {"type": "string", "not": {"maxLength": 3}}
    revision = {"type": "string", "not": {"maxLength": 4}}
    (change,) = judged(base, revision)
    assert (change.rule, change.verdict) == ("request-exclusion-changed", DriftVerdict.BREAKING)


def test_an_inclusion_that_is_proven_says_so_and_shows_what_is_new() -> None:
    (change,) = judged({"type": "string", "maxLength": 3}, {"type": "string", "maxLength": 4})
    assert change.evidence is Evidence.INCLUSION
    assert change.witness == Proof("samp", base_accepts=False, revision_accepts=True)


def test_an_undecided_pattern_says_why() -> None:
    base = {"type": "string", "pattern": "^(?=a)[a-z]+$"}
    (change,) = judged(base, {"type": "string", "pattern": "^a[a-z]*$"})
    assert change.verdict is DriftVerdict.UNDECIDED
    assert change.note == "a pattern holds what no automaton can compare, such as a look around or back"


def test_dropping_an_anchor_is_proven_without_an_automaton() -> None:
    """The automaton of the free pattern grows too large; that it is found wherever the other is needs none."""
    base = {"type": "string", "pattern": "^custom_[a-z0-9_]{1,121}$"}
    (change,) = judged(base, {"type": "string", "pattern": "custom_[0-9a-z_]{1,121}$"})
    assert (change.verdict, change.evidence) == (DriftVerdict.COMPATIBLE, Evidence.INCLUSION)


def test_parts_that_accept_nothing_are_compared_beside_the_unevaluated() -> None:
    """There no part is merged away, not even `false`; nothing is proven either, so it stays undecided."""
    changes = judged({"type": "string", "allOf": [False]}, {"type": "string", "unevaluatedItems": False})
    assert overall(changes) is DriftVerdict.UNDECIDED
