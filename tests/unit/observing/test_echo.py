from __future__ import annotations

from typing import Any

import pytest

from conformance.contract.bundle import standalone
from conformance.contract.members import Bundle
from conformance.observing.echo import Echo, digest, is_distinctive
from conformance.rules import ANSWER_LEAKS, DEFAULT_MISSING, ECHO_CHANGED

TEXT = {"type": "string"}
LONG = "a text of its own"
OTHER = "what nobody sent here"

REQUEST: dict[str, Any] = {
    "type": "object",
    "properties": {
        "text": TEXT,
        "any": {},
        "email": {"type": "string", "format": "email"},
        "kind": {"enum": ["plain", "something"]},
        "password": {"type": "string", "writeOnly": True},
        "unclear": {"type": "string", "x-conformance-open": "seen in an example only"},
        "flag": {"type": "boolean", "default": False},
        "odd": {"type": "string", "enum": ["a"], "default": "b"},
        "nested": {"type": "object", "properties": {"text": TEXT, "size": {"type": "integer", "default": 1}}},
        "list": {"type": "array", "items": {"type": "object", "properties": {"text": TEXT}}},
        "words": {"type": "array", "items": TEXT},
        "free": {"type": "object"},
        "more": {"type": "object"},
        "unanswered": TEXT,
    },
}
RESPONSE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "text": {"type": "string", "maxLength": 30},
        "any": TEXT,
        "email": TEXT,
        "kind": TEXT,
        "password": TEXT,
        "unclear": TEXT,
        "flag": {"type": "boolean"},
        "odd": TEXT,
        "nested": {"type": "object", "properties": {"text": TEXT, "size": {"type": "integer"}, "own": TEXT}},
        "list": {"type": "array", "items": {"type": "object", "properties": {"text": TEXT}}},
        "words": {"type": "array"},
        "free": {"type": "object"},
        "more": {"type": "object", "properties": {"own": TEXT}},
    },
}
ECHO = Echo(Bundle(standalone(REQUEST)), Bundle(standalone(RESPONSE)))


def changes(sent: Any, got: Any, echo: Echo = ECHO) -> list[tuple[str, str]]:
    """Return rule and place of every change."""
    found = echo.compare(sent, got).changes
    return [(c.rule, "/".join(str(t) for t in c.pointer if t not in ("schema", "properties"))) for c in found]


@pytest.mark.parametrize(
    ("sent", "got", "place"),
    [
        ({"text": "a"}, {"text": "b"}, "text"),
        ({"any": "a"}, {"any": "b"}, "any"),
        ({"flag": True}, {"flag": False}, "flag"),
        ({"email": "A@b.example"}, {"email": "a@b.example"}, "email"),
        ({"nested": {"text": "a"}}, {"nested": {"text": "b", "own": "c"}}, "nested/text"),
        (
            {"list": [{"text": "a"}, {"text": "b"}]},
            {"list": [{"text": "a"}, {"text": "c"}]},
            "list/items/text",
        ),
        ({"list": [{"text": "a"}]}, {"list": []}, "list"),
        ({"words": ["a", "b"]}, {"words": ["b", "a"]}, "words"),
        ({"free": {"a": 1}}, {"free": {"a": 2}}, "free"),
    ],
)
def test_a_shared_member_that_comes_back_as_something_else_is_a_change(
    sent: Any, got: Any, place: str
) -> None:
    assert changes(sent, got) == [(ECHO_CHANGED, place)]


@pytest.mark.parametrize(
    ("sent", "got"),
    [
        pytest.param({"text": "a"}, {}, id="left out of the answer"),
        pytest.param({}, {"text": "a"}, id="never sent"),
        pytest.param({"text": "a" * 31}, {"text": "a" * 30}, id="more than the answer may hold"),
        pytest.param({"text": "a"}, {"text": "b" * 31}, id="against its schema, which is told already"),
        pytest.param({"any": {"a": 1}}, {"any": '{"a":1}'}, id="another type"),
        pytest.param({"email": "a@B.example"}, {"email": "a@b.example"}, id="the domain's case"),
        pytest.param({"password": "a"}, {"password": "***"}, id="writeOnly"),
        pytest.param({"unclear": "a"}, {"unclear": "b"}, id="open"),
        pytest.param({"unanswered": "a"}, {"unanswered": "b"}, id="not declared in the answer"),
        pytest.param({"more": {}}, {"more": {"own": "a"}}, id="an object with members of its own"),
        pytest.param({"undeclared": 1}, {"undeclared": 2}, id="declared nowhere"),
        pytest.param([1], {"text": "a"}, id="no object"),
    ],
)
def test_what_the_document_does_not_promise_is_no_change(sent: Any, got: Any) -> None:
    assert changes(sent, got) == []


def test_a_default_shows_where_the_member_was_left_out() -> None:
    assert changes({}, {"flag": True}) == [(DEFAULT_MISSING, "flag")]
    assert changes({"nested": {}}, {"nested": {"size": 2}}) == [(DEFAULT_MISSING, "nested/size")]
    assert DEFAULT_MISSING in ECHO.compare({}, {"flag": False}).tested


def test_what_came_back_as_it_was_hides_no_change_beside_it() -> None:
    kept = {"text": LONG, "any": LONG}
    assert changes(kept, {**kept, "any": OTHER}) == [(ECHO_CHANGED, "any")]
    assert changes({"nested": {}}, {"flag": False, "nested": {"size": 2}}) == [
        (DEFAULT_MISSING, "nested/size")
    ]
    assert changes({"flag": True}, {"flag": 1}) == []  # the schema tells of that
    assert ECHO.compare({"text": "a" * 31}, {"text": "a" * 31}).tested == set()


def test_a_default_says_nothing_outside_its_enum_or_where_the_answer_lacks_it() -> None:
    assert changes({}, {"odd": "c"}) == []
    assert changes({}, {"nested": {"size": 2}}) == []  # it is the nested object that was left out
    assert changes({}, {}) == []


def test_the_default_of_an_alternative_that_was_not_taken_says_nothing() -> None:
    branches = [
        {"required": ["a"], "properties": {"a": {}, "mode": {"default": "one"}}},
        {"required": ["b"], "properties": {"b": {}, "mode": {"default": "two"}}},
    ]
    echo = Echo(Bundle(standalone({"anyOf": branches})), Bundle(standalone({"properties": {"mode": TEXT}})))
    assert changes({"a": 1}, {"mode": "one"}, echo) == []
    assert changes({"a": 1}, {"mode": "two"}, echo) == [(DEFAULT_MISSING, "mode")]
    assert changes({"a": 1, "b": 1}, {"mode": "three"}, echo) == []  # two defaults, none of them certain


def test_a_distinctive_text_is_known_again_without_being_kept() -> None:
    found = ECHO.compare({"text": LONG}, {"text": OTHER})
    (foreign,) = found.foreign
    assert (found.sent, foreign[1]) == ({digest(LONG)}, digest(OTHER))
    assert {ECHO_CHANGED, ANSWER_LEAKS} <= found.tested


@pytest.mark.parametrize(
    ("sent", "got"),
    [
        ({"text": LONG}, {"text": LONG[:10]}),
        ({"text": f" {LONG} "}, {"text": LONG}),
        ({"text": LONG.upper()}, {"text": LONG}),
        ({"text": LONG}, {"text": "short"}),
        ({"text": "a" * 20}, {"text": "b" * 20}),
        ({"kind": "plain"}, {"kind": "something"}),
    ],
)
def test_a_text_cut_trimmed_folded_short_or_chosen_from_a_list_is_nobody_elses(sent: Any, got: Any) -> None:
    assert ECHO.compare(sent, got).foreign == []


def test_a_text_that_came_without_any_being_sent_may_be_somebody_elses() -> None:
    assert [text for _, text in ECHO.compare({}, {"text": OTHER}).foreign] == [digest(OTHER)]


def test_only_members_that_may_hold_any_text_on_both_sides_carry_one() -> None:
    assert ECHO.texts() == ["text", "any"]


def test_distinctive_is_long_and_various() -> None:
    assert [is_distinctive(t) for t in ("abcdefg", "abcdefgh", "a" * 50)] == [False, True, False]


def test_recursive_schemas_are_compared_as_deep_as_the_values_go() -> None:
    tree = Bundle(standalone({"properties": {"text": TEXT, "child": {"$ref": "#"}}}))
    echo = Echo(tree, tree)
    assert changes({"child": {"child": {"text": "a"}}}, {"child": {"child": {"text": "b"}}}, echo) == [
        (ECHO_CHANGED, "text")
    ]


def test_what_is_shown_of_a_change_is_short() -> None:
    (change,) = ECHO.compare({"text": "a" * 30}, {"text": "b" * 30}).changes
    (wide,) = ECHO.compare({"free": {"a": "x" * 5000}}, {"free": {}}).changes
    assert (change.expected, len(wide.expected), wide.actual) == ('"' + "a" * 30 + '"', 60, "{}")
