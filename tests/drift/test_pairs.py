"""The labelled set judged: no wrong `breaking`, no wrong `compatible`, and every proof proven again."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Final

import pytest

from conformance.contract.bundle import bundle
from conformance.contract.direction import seen_from
from conformance.contract.validator import compile_schema, second_opinion
from conformance.diff.change import Change, Direction, DriftVerdict, Proof, overall
from conformance.diff.schema.compare import SchemaAt, SchemaComparison
from conformance.traffic.rules import RULES
from conformance_strategies import VALUES
from tests.drift.pairs import Expected, Labelled, labelled

PAIRS: Final = tuple(labelled())
EVERY: Final = pytest.mark.parametrize("pair", PAIRS, ids=[pair.name for pair in PAIRS])


@cache
def found(index: int) -> tuple[Change, ...]:
    pair = PAIRS[index]
    return SchemaComparison(VALUES).compare(pair.base, pair.revision, pair.direction, "pair")


@EVERY
def test_changes_are_those_that_a_person_finds(pair: Labelled) -> None:
    changes = found(PAIRS.index(pair))
    assert overall(changes) is pair.verdict
    if pair.exact:
        told = [Expected(c.rule, c.as_data()["pointer"], c.verdict) for c in changes]
        assert sorted(told, key=repr) == sorted(pair.expected, key=repr)


@EVERY
def test_rules_are_in_the_catalogue_under_their_direction(pair: Labelled) -> None:
    for change in found(PAIRS.index(pair)):
        assert RULES[change.rule].direction is change.direction


@EVERY
def test_each_witness_is_judged_so_by_both_validators(pair: Labelled) -> None:
    """What is called breaking is proven by a payload, and jsonschema agrees with jsonschema-rs on it."""
    for change in found(PAIRS.index(pair)):
        if change.witness is None:
            assert change.verdict is not DriftVerdict.BREAKING
            continue
        assert judged(pair.base, pair.direction, change.witness) == {change.witness.base_accepts}
        assert judged(pair.revision, pair.direction, change.witness) == {change.witness.revision_accepts}
        assert change.witness.base_accepts is not change.witness.revision_accepts


def judged(place: SchemaAt, direction: Direction, proof: Proof) -> set[bool]:
    assert place.pointer is not None
    schema = seen_from(bundle(place.document, place.pointer), direction)
    return {compile_schema(schema).accepts(proof.payload), second_opinion(schema).is_valid(proof.payload)}


def test_the_set_is_large_half_breaking_and_decided() -> None:
    """At least 120 pairs, about half of them breaking, and at most 3 % undecided."""
    verdicts = Counter(overall(found(index)) for index in range(len(PAIRS)))
    assert len(PAIRS) >= 120
    assert 0.4 <= verdicts[DriftVerdict.BREAKING] / len(PAIRS) <= 0.6
    assert verdicts[DriftVerdict.UNDECIDED] / len(PAIRS) <= 0.03
