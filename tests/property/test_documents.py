"""The strategies on the four documents: by construction, so that almost nothing drawn is thrown away."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.contract.bundle import ROOT
from conformance.contract.requests import request_contract
from conformance.contract.validator import compile_schema
from conformance.jsonvalue import JSON, encode
from conformance.session.loading import load_operations
from conformance_strategies import Source, boundary_values, invalid_values, valid_values
from conformance_strategies.valid import Drawer
from tests.property.groups import FEW

_MANY = settings(FEW, max_examples=200)

CONTRACTS = {
    operation.name: dict(contract.root)
    for operation in load_operations(())
    if (contract := request_contract(operation)) is not None
}
DOCUMENTS = pytest.mark.parametrize("name", sorted(CONTRACTS))


def test_all_four_operations_have_a_body() -> None:
    """What the tests below range over."""
    assert set(CONTRACTS) == {"trackers", "projects", "consent-types", "compliance-requests"}


@DOCUMENTS
def test_nineteen_values_of_twenty_are_valid_as_built(name: str) -> None:
    """Before the validator has said a word, at least 95 % of what is built from the shapes is valid."""
    contract = CONTRACTS[name]
    source, judge = Source(contract), compile_schema(contract)
    verdicts: list[bool] = []

    @st.composite
    def attempts(draw: st.DrawFn) -> JSON:
        return Drawer(source, draw).attempt(contract[ROOT])

    @_MANY
    @given(attempts())
    def count(value: JSON) -> None:
        verdicts.append(judge.accepts(value))

    count()
    assert len(verdicts) >= 200
    assert sum(verdicts) >= 0.95 * len(verdicts)


@DOCUMENTS
def test_valid_bodies_are_accepted_and_differ(name: str) -> None:
    """Every draw is accepted, and most draws are new."""
    contract = CONTRACTS[name]
    judge, seen = compile_schema(contract), []

    @_MANY
    @given(valid_values(contract[ROOT], root=contract))
    def accepted(value: JSON) -> None:
        assert judge.accepts(value)
        seen.append(encode(value))

    accepted()
    assert len(set(seen)) > len(seen) // 2


@DOCUMENTS
def test_boundary_bodies_are_accepted(name: str) -> None:
    """Every enumerated edge is accepted."""
    contract = CONTRACTS[name]
    judge = compile_schema(contract)

    @FEW
    @given(boundary_values(contract[ROOT], root=contract))
    def accepted(value: JSON) -> None:
        assert judge.accepts(value)

    accepted()


@DOCUMENTS
def test_invalid_bodies_are_rejected(name: str) -> None:
    """Every draw is rejected, whatever stands around what is wrong with it."""
    contract = CONTRACTS[name]
    judge = compile_schema(contract)

    @FEW
    @given(invalid_values(contract[ROOT], root=contract))
    def rejected(value: JSON) -> None:
        assert not judge.accepts(value)

    rejected()
