"""Amendments and overlays: what an edit leaves, and the actions that say it."""

from __future__ import annotations

from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from conformance.diff.amendment import Amendment, Kind, admitting, amended, declaring, documenting, reread
from conformance.diff.change import Change, Direction, DriftVerdict
from conformance.openapi.document import made
from conformance.traffic.overlay import differences, jsonpath, overlay
from tests.support.parcels import DOCUMENT


@pytest.mark.parametrize(
    ("before", "kind", "value", "after"),
    [
        ({"a": 1}, Kind.SET, 2, {"a": 2}),
        ({}, Kind.SET, 2, {"a": 2}),
        ({"a": 1}, Kind.DROP, None, {}),
        ({}, Kind.DROP, None, {}),
        ({"a": [1]}, Kind.ADD, 2, {"a": [1, 2]}),
        ({"a": [1]}, Kind.ADD, True, {"a": [1, True]}),
        ({"a": [1, 2]}, Kind.ADD, 2, {"a": [1, 2]}),
        ({"a": "string"}, Kind.ADD, "null", {"a": ["string", "null"]}),
        ({}, Kind.ADD, 2, {}),
        ({"a": [1, 2]}, Kind.DISCARD, 1, {"a": [2]}),
        ({"a": [1, 2]}, Kind.DISCARD, 3, {"a": [1, 2]}),
        ({"a": 5}, Kind.RAISE, 7, {"a": 7}),
        ({"a": 5}, Kind.RAISE, 3, {"a": 5}),
        ({}, Kind.RAISE, 3, {"a": 3}),
        ({"a": 5}, Kind.LOWER, 3, {"a": 3}),
        ({"a": 5}, Kind.LOWER, 7, {"a": 5}),
    ],
)
def test_an_amendment_says_what_is_to_hold(before: Any, kind: Kind, value: Any, after: Any) -> None:
    untouched = repr(before)
    assert amended(before, Amendment(kind, ("a",), value)) == after
    assert repr(before) == untouched


def test_an_amendment_whose_place_is_gone_changes_nothing() -> None:
    assert amended({"a": [{}]}, Amendment(Kind.SET, ("a", 3, "b"), 1)) == {"a": [{}]}


@pytest.mark.parametrize(
    ("schema", "keyword", "value", "after"),
    [
        ({"maxLength": 2}, "maxLength", "abc", {"maxLength": 3}),
        ({"minLength": 2}, "minLength", "a", {"minLength": 1}),
        ({"maximum": 2}, "maximum", 2.5, {"maximum": 2.5}),
        ({"exclusiveMaximum": 2}, "exclusiveMaximum", 2, {"maximum": 2}),
        ({"exclusiveMinimum": 2}, "exclusiveMinimum", 1, {"minimum": 1}),
        ({"maxItems": 1}, "maxItems", [1, 2], {"maxItems": 2}),
        ({"pattern": "a"}, "pattern", "b", {}),
        ({"format": "uuid"}, "format", "b", {}),
        ({"enum": ["a"]}, "enum", "b", {"enum": ["a", "b"]}),
        ({"const": "a"}, "const", "b", {"enum": ["a", "b"]}),
        ({"type": "string"}, "type", 1, {"type": ["string", "integer"]}),
        ({"not": {"const": 1}}, "not", 1, {"not": {"const": 1}}),
        ({"anyOf": [{"const": 1}]}, "anyOf", 2, {"anyOf": [{"const": 1}]}),
    ],
)
def test_a_keyword_admits_a_value_by_the_least_edit(
    schema: Any, keyword: str, value: Any, after: Any
) -> None:
    edits = admitting(keyword, (keyword,), schema[keyword], value)
    assert reduce(amended, edits, schema) == after


def test_a_missing_member_is_required_no_more() -> None:
    edits = admitting("required", ("required", 1), "b", {"a": 1})
    assert reduce(amended, edits, {"required": ["a", "b", "c"]}) == {"required": ["a", "c"]}


def test_a_misreading_becomes_the_edits_of_its_keywords() -> None:
    schema = {"enum": ["a", "b", "c"], "maxLength": 3, "pattern": "x"}
    replacement = {"enum": ["a", "c"], "maxLength": 2, "not": {}}
    edits = list(reread(schema, replacement, ()))
    assert edits == [
        Amendment(Kind.DROP, ("pattern",)),
        Amendment(Kind.DISCARD, ("enum",), "b"),
        Amendment(Kind.SET, ("maxLength",), 2),
        Amendment(Kind.SET, ("not",), {}),
    ]
    assert reduce(amended, edits, schema) == replacement
    assert list(reread(schema, False, ("s",))) == [Amendment(Kind.SET, ("s",), False)]


def test_what_was_seen_is_declared_by_its_type_and_documented_by_its_phrase() -> None:
    seen = [declaring(("p",), "n", value).value for value in ("x", 1, 1.5, None, [1], {})]
    assert seen == [
        {"type": "string"}, {"type": "integer"}, {"type": "number"}, {}, {"type": "array", "items": {}},
        {"type": "object"},
    ]  # fmt: skip
    assert documenting((), 202, "a/b").value == {"description": "Accepted", "content": {"a/b": {}}}
    assert documenting((), 299, "").value == {"description": "Status 299"}


@pytest.mark.parametrize(
    ("before", "after", "actions"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {}, [("$['a']", None)]),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}, [("$['a']", {"c": 2})]),
        ({"a": 1}, {"a": True}, [("$", {"a": True})]),
        ({"a": ["x", "y", "z"]}, {"a": ["y"]}, [("$['a'][2]", None), ("$['a'][0]", None)]),
        ({"a": ["x"]}, {"a": ["x", "y", "z"]}, [("$['a']", "y"), ("$['a']", "z")]),
        ({"a": ["x", "y"]}, {"a": ["y", "x"]}, [("$['a']", None), ("$", {"a": ["y", "x"]})]),
        ({"a": [{"b": 1}, 2]}, {"a": [{"b": 3}, 2]}, [("$['a'][0]", {"b": 3})]),
        ({"a": "x"}, {"a": ["x", "y"]}, [("$['a']", None), ("$", {"a": ["x", "y"]})]),
        ({"a": [1]}, {"a": [1, [2]]}, [("$['a']", None), ("$", {"a": [1, [2]]})]),
    ],
)
def test_actions_say_what_merging_can_and_set_anew_what_it_cannot(
    before: Any, after: Any, actions: list[tuple[str, Any]]
) -> None:
    found = [(action["target"], action.get("update")) for action in differences(before, after)]
    assert found == actions


def test_a_target_is_a_normalized_path() -> None:
    """RFC 9535 §2.7: single quotes, escapes for quotes, backslashes and control characters."""
    assert (
        jsonpath(("paths", "/a/{b}", "it's", "\\", "\n\x01", 0))
        == r"$['paths']['/a/{b}']['it\'s']['\\']['\n\u0001'][0]"
    )


def test_a_row_that_would_leave_no_lawful_document_proposes_nothing() -> None:
    document = made(DOCUMENT.encode(), Path("parcels.yaml"))
    at = ("paths", "/parcels", "post", "responses")

    def row(*edits: Amendment) -> Change:
        return Change(
            "answer-status-undocumented", "parcels", Direction.RESPONSE, DriftVerdict.BREAKING, "201 → 202", at,
            exchange="here, sent {}", amendments=edits,
        )  # fmt: skip

    unlawful = row(Amendment(Kind.SET, (*at, "201"), 5))
    assert overlay(document, [unlawful, row()], "parcels.yaml") is None
    assert overlay(document, [unlawful, row(documenting(at, 202, ""))], "parcels.yaml") == {
        "overlay": "1.0.0",
        "info": {"title": "Parcels, as its service was observed", "version": "1"},
        "extends": "parcels.yaml",
        "actions": [
            {
                "target": "$['paths']['/parcels']['post']['responses']",
                "description": "answer-status-undocumented · parcels: 201 → 202 (here)",
                "update": {"202": {"description": "Accepted"}},
            }
        ],
    }
