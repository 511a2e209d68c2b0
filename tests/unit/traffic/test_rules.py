"""The catalogue of drift: ids, and that no rule stands alone without a reason."""

from __future__ import annotations

import re

import pytest

from conformance.diff.change import Direction
from conformance.diff.rule import DriftRule
from conformance.traffic.rules import RULES

EVERY = pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))


@EVERY
def test_ids_are_kebab_case(rule: DriftRule) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.id)


@EVERY
def test_each_rule_has_its_inverse_which_leads_back(rule: DriftRule) -> None:
    """What a change is called when base and revision trade places is in the catalogue, too."""
    assert RULES[rule.inverse].inverse == rule.id


@EVERY
def test_each_rule_has_its_mirror_or_says_why_not(rule: DriftRule) -> None:
    """A rule of requests has one of responses, and back, or gives its reason."""
    assert bool(rule.mirror) != bool(rule.alone)
    if rule.mirror:
        mirror = RULES[rule.mirror]
        assert mirror.mirror == rule.id
        assert {rule.direction, mirror.direction} == {Direction.REQUEST, Direction.RESPONSE}


def test_an_inverse_is_of_the_same_direction() -> None:
    assert {
        rule.id for rule in RULES.values() if RULES[rule.inverse].direction is not rule.direction
    } == set()
