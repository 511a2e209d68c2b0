"""Two independent validators judge every generated body; where they differ is listed, by cause, and nowhere else."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.case import Case, Intent, RunLevel
from conformance.contract.bundle import ROOT
from conformance.contract.formats import FORMATS
from conformance.contract.keywords import Schema
from conformance.contract.requests import request_contract
from conformance.contract.validator import Validator, compile_schema, second_opinion
from conformance.jsonvalue import JSON, NotJSONError, decode
from conformance.openapi.operation import Operation
from conformance.planning.plan import Plan, plan
from conformance.rules import INVALID_ACCEPTED
from conformance.session.loading import load_operations
from conformance_strategies import VALUES, invalid_values, valid_values
from tests.property.groups import FEW

_JSON = "application/json"

Divergence = tuple[str, str, str]
"""Operation, place, mutation operator."""

_TRAILING_NEWLINE = {
    ("consent-types", "body/label", "pattern-end-newline"),
    ("consent-types", "body/category(2)", "pattern-end-newline"),
}
"""Python's `$` matches before a trailing newline; ECMA-262's does not (jsonschema is too lax)."""


@lru_cache(maxsize=1)
def _planned() -> Plan:
    return plan(load_operations(()), VALUES, level=RunLevel.STANDARD)


@lru_cache(maxsize=8)
def _opinions(operation: str) -> tuple[Validator, Any]:
    found = next(o for o in _planned().operations if o.name == operation)
    contract = _contract(found)
    return compile_schema(contract), second_opinion(contract)


def _contract(operation: Operation) -> dict[str, Any]:
    contract = request_contract(operation)
    assert contract is not None
    return dict(contract.root)


def _verdicts(case: Case, value: JSON) -> tuple[bool, bool]:
    verdict, opinion = _opinions(case.operation)
    return verdict.accepts(value), opinion.is_valid(value)


def _operators(case: Case) -> set[Divergence]:
    wanted = set(case.requirements)
    found = (r for r in _planned().requirements if r.id in wanted)
    return {(r.operation, r.place, r.operator) for r in found}


def _with_json_body() -> list[Case]:
    return [
        case
        for case in _planned().cases
        if case.request.body is not None and ("Content-Type", _JSON) in case.request.headers
    ]


def _labelled() -> list[tuple[Case, JSON]]:
    """Return the cases whose label a body decides: valid or invalid by the schema, and readable as JSON."""
    found = []
    for case in _with_json_body():
        try:
            found.append((case, decode(case.request.body or b"")))
        except NotJSONError:
            continue
    return found


def test_bodies_that_are_no_json_are_meant_to_be_none() -> None:
    """What the comparison leaves out are the cases about broken JSON, and these alone."""
    readable = {case.id for case, _ in _labelled()}
    left_out = [case for case in _with_json_body() if case.id not in readable]
    operators = {operator for case in left_out for _, _, operator in _operators(case)}
    assert {o.split("-")[0] for o in operators} == {"body", "token"}
    assert Intent.VALID not in {case.intent for case in left_out}


def test_divergences_on_labelled_cases_are_the_listed_ones() -> None:
    """On every valid and invalid body of the four documents the two agree, but for the trailing newline."""
    compared = [(case, value) for case, value in _labelled() if case.intent is not Intent.OPEN]
    differing = [(case, value) for case, value in compared if len(set(_verdicts(case, value))) > 1]
    assert len(compared) > 800
    assert set().union(*(_operators(case) for case, _ in differing)) == _TRAILING_NEWLINE


def test_the_first_opinion_stands_behind_every_label() -> None:
    """A case called valid is accepted and one called invalid is not, unless it is about more than the schema."""
    for case, value in _labelled():
        accepted, _ = _verdicts(case, value)
        if case.intent is Intent.VALID:
            assert accepted, case.title
        elif case.intent is Intent.INVALID and case.rule == INVALID_ACCEPTED and not case.request.path_params:
            assert not accepted, case.title


def test_open_cases_diverge_for_a_stated_reason_only() -> None:
    """Where the two differ on a body that the contract leaves open, the case says so itself."""
    differing = {
        operator
        for case, value in _labelled()
        if case.intent is Intent.OPEN and len(set(_verdicts(case, value))) > 1
        for _, _, operator in _operators(case)
    }
    assert differing == {"format-contested", "token-number"}


_FORMATS = {
    ("email", "someone@"),
    ("email", "@example.com"),
    ("email", "some one@example.com"),
    ("email", "someone@@example.com"),
    ("duration", "-P1Y"),
}
"""jsonschema takes any text with an `@` for an address, and a signed duration (RFC 3339 has none)."""


def test_format_tables_hold_what_the_validator_says_and_the_second_opinion_differs_as_listed() -> None:
    """Each format's values are judged as the table says; jsonschema is laxer on the listed ones alone."""
    differing = set()
    for name, table in FORMATS.items():
        schema: Schema = {"format": name}
        verdict, opinion = compile_schema(schema), second_opinion(schema)
        for value in (*table.valid, *table.invalid):
            assert verdict.accepts(value) is (value in table.valid), (name, value)
            if opinion.is_valid(value) is not (value in table.valid):
                differing.add((name, value))
    assert differing == _FORMATS


@pytest.mark.parametrize(
    ("schema", "value", "verdict", "opinion"),
    [
        ({"format": "email"}, "a@", False, True),
        ({"format": "email"}, "a b@", False, True),
        ({"format": "duration"}, "P0.5D", False, True),
        ({"format": "date-time"}, "2016-12-31T23:59:60Z", True, False),
        ({"pattern": "^a$"}, "a\n", False, True),
        ({"pattern": r"^\d$"}, "\N{ARABIC-INDIC DIGIT THREE}", False, True),
        ({"type": "number"}, float("nan"), False, True),
        ({"multipleOf": 0.01}, 0.07, True, False),
        ({"type": "integer"}, 1.0, True, True),
        ({"enum": [1]}, True, False, False),
        ({"uniqueItems": True}, [1, True], True, True),
        ({"maxLength": 1}, "\N{GRINNING FACE}", True, True),
        ({"maxLength": 1}, "\ud800", True, True),
    ],
)
def test_known_edges(schema: Schema, value: JSON, verdict: bool, opinion: bool) -> None:
    """What the two say of the values at which they are known to differ, and of some at which they must not."""
    assert compile_schema(schema).accepts(value) is verdict
    assert second_opinion(schema).is_valid(value) is opinion


OPERATIONS = pytest.mark.parametrize("name", ["trackers", "projects", "consent-types", "compliance-requests"])


@OPERATIONS
def test_drawn_bodies_are_judged_alike(name: str) -> None:
    """Random valid and invalid bodies get one verdict from both, a trailing newline or bad address aside."""
    operation = next(o for o in load_operations(()) if o.name == name)
    contract = _contract(operation)
    verdict, opinion = compile_schema(contract), second_opinion(contract)
    drawn = st.one_of(
        valid_values(contract[ROOT], root=contract), invalid_values(contract[ROOT], root=contract)
    )

    @settings(FEW, max_examples=60)
    @given(drawn)
    def alike(value: JSON) -> None:
        accepted = verdict.accepts(value)
        assert opinion.is_valid(value) is accepted or (not accepted and _is_known(value))

    alike()


def _is_known(value: JSON) -> bool:
    """Tell whether some text in the value is one on which jsonschema is known to be laxer."""
    texts = [value] if isinstance(value, str) else []
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    lax = {text for _, text in _FORMATS}
    return any(t.endswith("\n") or t in lax for t in texts) or any(map(_is_known, inner))
