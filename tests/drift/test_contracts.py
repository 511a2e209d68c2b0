"""The labelled set beyond schemas judged: each pair by exactly the changes that a person finds."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Final

import pytest

from conformance.diff.change import Change, DriftVerdict
from conformance.diff.operations.documents import compare_documents
from conformance.diff.operations.rules import operation_rules
from conformance.openapi.soundness import check
from conformance.traffic.rules import RULES
from conformance_strategies import VALUES
from tests.drift.contracts import contracts
from tests.drift.pairs import Expected

PAIRS: Final = tuple(contracts())
EVERY: Final = pytest.mark.parametrize("index", range(len(PAIRS)), ids=[pair.name for pair in PAIRS])


@cache
def found(index: int) -> tuple[Change, ...]:
    return tuple(compare_documents([PAIRS[index].base], [PAIRS[index].revision], VALUES))


@EVERY
def test_changes_are_exactly_those_that_a_person_finds(index: int) -> None:
    told = [Expected(change.rule, change.as_data()["pointer"], change.verdict) for change in found(index)]
    assert sorted(told, key=repr) == sorted(PAIRS[index].expected, key=repr)


@EVERY
def test_the_other_way_round_each_change_is_its_inverse(index: int) -> None:
    """What is one change there is one change back, by the rule that the catalogue names as its inverse."""
    pair = PAIRS[index]
    back = Counter(change.rule for change in compare_documents([pair.revision], [pair.base], VALUES))
    assert back == Counter(RULES[change.rule].inverse for change in found(index))


def test_each_side_is_a_valid_document() -> None:
    for pair in PAIRS:
        for side in (pair.base, pair.revision):
            check(side.content, pair.name)


def test_every_rule_beyond_schemas_is_labelled_there_or_back() -> None:
    """But that of a page without a document, which `--upstream` tells."""
    shown = {change.rule for index in range(len(PAIRS)) for change in found(index)}
    shown |= {RULES[rule].inverse for rule in shown}
    assert {rule.id for rule in operation_rules()} - shown == {"page-changed"}


def test_the_set_is_large_half_breaking_and_decided() -> None:
    """More than 40 pairs, half of those that change anything breaking."""
    verdicts = Counter(pair.verdict for pair in PAIRS)
    changed = len(PAIRS) - verdicts[DriftVerdict.NONE]
    assert len(PAIRS) > 40
    assert 0.4 <= verdicts[DriftVerdict.BREAKING] / changed <= 0.6
    assert verdicts[DriftVerdict.UNDECIDED] / changed < 0.05
