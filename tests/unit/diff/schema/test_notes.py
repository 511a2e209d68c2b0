"""Annotations: what changes without any payload to show it."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.contract.bundle import standalone
from conformance.diff.change import Direction, DriftVerdict
from conformance.diff.schema.judgement import judge
from conformance_strategies import VALUES

REQUEST, RESPONSE = Direction.REQUEST, Direction.RESPONSE
COMPATIBLE, UNDECIDED = DriftVerdict.COMPATIBLE, DriftVerdict.UNDECIDED


def told(base: Any, revision: Any, direction: Direction) -> list[tuple[str, DriftVerdict]]:
    changes = judge(standalone(base), standalone(revision), direction, VALUES)
    return [(change.rule, change.verdict) for change in changes]


@pytest.mark.parametrize(
    ("base", "revision", "direction", "expected"),
    [
        ({"default": 1}, {"default": 2}, REQUEST, ("request-default-changed", UNDECIDED)),
        ({}, {"default": 2}, REQUEST, ("request-default-added", UNDECIDED)),
        ({"default": 2}, {}, REQUEST, ("request-default-removed", UNDECIDED)),
        ({"default": 1}, {"default": 2}, RESPONSE, ("response-default-changed", COMPATIBLE)),
        ({"title": "a"}, {"title": "b"}, REQUEST, ("schema-title-changed", COMPATIBLE)),
        ({"examples": [1]}, {"examples": [2]}, REQUEST, ("schema-example-changed", COMPATIBLE)),
        ({"deprecated": True}, {}, RESPONSE, ("schema-undeprecated", COMPATIBLE)),
        ({}, {"readOnly": True}, REQUEST, ("request-read-only-added", UNDECIDED)),
        ({}, {"readOnly": True}, RESPONSE, ("response-read-only-added", COMPATIBLE)),
        ({}, {"writeOnly": True}, RESPONSE, ("response-write-only-added", UNDECIDED)),
        ({"writeOnly": True}, {}, RESPONSE, ("response-write-only-removed", COMPATIBLE)),
        ({"format": "int64"}, {"format": "int32"}, REQUEST, ("request-format-changed", UNDECIDED)),
        ({"format": "int32"}, {"format": "int64"}, REQUEST, ("request-format-changed", COMPATIBLE)),
        ({"format": "int32"}, {}, REQUEST, ("request-format-removed", COMPATIBLE)),
        ({}, {"format": "float"}, REQUEST, ("request-format-added", UNDECIDED)),
        ({}, {"format": "password"}, REQUEST, ("request-format-added", COMPATIBLE)),
        ({}, {"format": "byte"}, REQUEST, ("request-format-added", UNDECIDED)),
        (
            {"discriminator": {"propertyName": "a"}},
            {"discriminator": {"propertyName": "b"}},
            RESPONSE,
            ("response-discriminator-changed", UNDECIDED),
        ),
    ],
)
def test_each_annotation_has_its_rule_and_verdict(
    base: Any, revision: Any, direction: Direction, expected: tuple[str, DriftVerdict]
) -> None:
    assert told(base, revision, direction) == [expected]


def test_a_flag_said_to_be_off_is_no_change() -> None:
    assert told({"deprecated": False}, {}, REQUEST) == []
