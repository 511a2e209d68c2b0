"""Round trip on schemas never seen: what is drawn as valid is valid, what is drawn as invalid is not."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.contract.bundle import ROOT
from conformance.contract.contract import contract_alone
from conformance.contract.validator import compile_schema
from conformance.jsonvalue import JSON
from conformance.mutation.operators import mutants
from conformance.requirement import Side
from conformance.witness.search import Search, Unwitnessed, Witness
from conformance_strategies import Source, UnsatisfiableError, boundary_values, invalid_values, valid_values
from tests.property.groups import FEW, Group, every_group, groups

_NOT_ALONE = {
    "defs: validate definition against metaschema",
    "ref: remote ref, containing refs itself",
    "ref: Recursive references between schemas",
    "ref: refs with relative uris and defs",
    "ref: relative refs with absolute uris and defs",
    "ref: $id must be resolved against nearest parent, not just immediate parent",
    "ref: order of evaluation: $id and $ref",
    "ref: order of evaluation: $id and $anchor and $ref",
    "ref: simple URN base URI with $ref via the URN",
    "ref: simple URN base URI with JSON pointer",
    "ref: URN base URI with NSS",
    "ref: URN base URI with r-component",
    "ref: URN base URI with q-component",
    "ref: URN base URI with URN and JSON pointer ref",
    "ref: URN base URI with URN and anchor ref",
    "ref: URN ref with nested pointer ref",
    "ref: ref to if",
    "ref: ref to then",
    "ref: ref to else",
    "ref: ref with absolute-path-reference",
    "ref: $id with file URI still resolves pointers - *nix",
    "ref: $id with file URI still resolves pointers - windows",
    "unevaluatedItems: unevaluatedItems with $dynamicRef",
    "unevaluatedProperties: unevaluatedProperties with $dynamicRef",
}
"""Groups whose references lead to anchors, identifiers or the network: bodies of OpenAPI documents here do not."""

_NO_VALUE = {
    "allOf: allOf with boolean schemas, some false",
    "allOf: allOf with boolean schemas, all false",
    "anyOf: anyOf with boolean schemas, all false",
    "boolean_schema: boolean schema 'false'",
    "not: forbid everything with empty schema",
    "not: forbid everything with boolean schema true",
    "oneOf: oneOf with boolean schemas, all true",
    "oneOf: oneOf with boolean schemas, more than one true",
    "oneOf: oneOf with boolean schemas, all false",
    "ref: $ref to boolean schema false",
}
"""Schemas that no value satisfies; the suite has no valid instance of them either."""

_NOTHING_TO_MISREAD = {
    "boolean_schema: boolean schema 'false'": "no keyword, so no misreading",
    "ref: $ref to boolean schema false": "no keyword but a reference to one of those",
    "allOf: allOf with boolean schemas, all false": "each part alone forbids everything, so losing one shows not",
}
"""Schemas with invalid instances in the suite, of which no single misreading accepts one."""

ALONE = pytest.mark.parametrize("group", groups(), ids=lambda group: group.name)


def test_the_groups_left_out_are_the_listed_ones() -> None:
    """A schema that the generator is not proven on is named, with the reason."""
    assert {group.name for group in every_group()} - {group.name for group in groups()} == _NOT_ALONE


@ALONE
def test_the_validator_agrees_with_the_suite(group: Group) -> None:
    """The verdicts that everything else here rests on are the official ones, formats asserted."""
    judge = group.validator()
    assert [judge.accepts(value) for value, _ in group.cases] == [verdict for _, verdict in group.cases]


@ALONE
def test_valid_values_are_valid(group: Group) -> None:
    """Every draw is accepted; a schema without a value is refused by name, and has none in the suite."""
    judge = group.validator()
    if group.name in _NO_VALUE:
        assert not group.has(valid=True)
        with pytest.raises(UnsatisfiableError):
            valid_values(group.schema)
        return

    @FEW
    @given(valid_values(group.schema))
    def accepted(value: JSON) -> None:
        assert judge.accepts(value)

    accepted()


@ALONE
def test_boundary_values_are_valid(group: Group) -> None:
    """Every enumerated edge that is offered is accepted."""
    if group.name in _NO_VALUE:
        with pytest.raises(UnsatisfiableError):
            boundary_values(group.schema)
        return
    judge = group.validator()

    @FEW
    @given(boundary_values(group.schema))
    def accepted(value: JSON) -> None:
        assert judge.accepts(value)

    accepted()


def _invalid_or_none(group: Group) -> st.SearchStrategy[JSON] | None:
    try:
        return invalid_values(group.schema)
    except UnsatisfiableError:
        return None


@ALONE
def test_invalid_values_are_invalid(group: Group) -> None:
    """Every draw is rejected; where nothing is drawn, the suite has nothing invalid or we say why."""
    strategy = _invalid_or_none(group)
    if strategy is None:
        assert group.name in _NOTHING_TO_MISREAD or not group.has(valid=False)
        return
    assert group.name not in _NOTHING_TO_MISREAD
    judge = group.validator()

    @FEW
    @given(strategy)
    def rejected(value: JSON) -> None:
        assert not judge.accepts(value)

    rejected()


@ALONE
def test_witnesses_are_proven(group: Group) -> None:
    """Contract and mutant judge each witness differently, and its side is what the contract does with it."""
    contract = contract_alone(group.schema)
    judge, search = group.validator(), Search(contract, Source)
    for mutant in mutants(contract):
        found = search.find(mutant)
        if isinstance(found, Witness):
            accepted = judge.accepts(found.payload)
            assert accepted is (found.side is Side.ACCEPTS)
            assert mutant.compiled().accepts(found.payload) is not accepted


@ALONE
def test_equivalent_mutants_agree_with_the_contract(group: Group) -> None:
    """A mutant called equivalent judges every instance of the suite, and every edge, as the contract does."""
    contract = contract_alone(group.schema)
    judge, search = group.validator(), Search(contract, Source)
    values = [value for value, _ in group.cases]
    values += islice(search.values.edges(contract.schema), 100)
    for mutant in mutants(contract):
        found = search.find(mutant)
        if isinstance(found, Unwitnessed) and found.equivalent:
            applied = mutant.apply()
            misread = compile_schema(applied)
            values = [*values, *islice(Source(applied).edges(applied[ROOT]), 20)]
            assert [misread.accepts(v) for v in values] == [judge.accepts(v) for v in values], mutant.operator


def test_few_mutants_stay_undecided() -> None:
    """Over all these schemas, nine mutants of ten have a witness or a proof that they are equivalent."""
    decided = undecided = 0
    for group in groups():
        contract = contract_alone(group.schema)
        search = Search(contract, Source)
        for mutant in mutants(contract):
            found = search.find(mutant)
            is_open = isinstance(found, Unwitnessed) and not found.equivalent
            undecided, decided = undecided + is_open, decided + (not is_open)
    assert decided > 9 * undecided
