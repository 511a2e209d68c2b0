"""The public strategies: what they draw, what they shrink to, and when they refuse."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from conformance.contract.bundle import ROOT, standalone
from conformance.contract.validator import compile_schema
from conformance.jsonvalue import JSON
from conformance_strategies import Source, UnsatisfiableError, boundary_values, invalid_values, valid_values
from conformance_strategies.drawn_arrays import identity
from conformance_strategies.valid import Drawer

_FEW = settings(max_examples=60, derandomize=True, database=None, deadline=None)
_FIND = settings(
    max_examples=2000, derandomize=True, database=None, deadline=None, phases=[Phase.generate, Phase.shrink]
)

_SCHEMAS: dict[str, Any] = {
    "lengths": {"type": "string", "minLength": 3, "maxLength": 5},
    "pattern": {"type": "string", "pattern": "^custom_[a-z0-9_]{1,121}$"},
    "two patterns": {"type": "string", "allOf": [{"pattern": "^[a-f]+$"}, {"pattern": "cd"}], "maxLength": 9},
    "unanchored": {"type": "string", "pattern": "[0-9]$", "minLength": 4},
    "format": {"type": "string", "format": "uuid"},
    "format and pattern": {"type": "string", "format": "date", "pattern": "^2"},
    "integers": {"type": "integer", "minimum": 3, "exclusiveMaximum": 9},
    "multiples": {"type": "number", "multipleOf": 0.25, "minimum": 0.1, "maximum": 1},
    "whole multiples": {"type": "integer", "multipleOf": 1.5, "minimum": 1, "maximum": 10},
    "fractions": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
    "int64": {"type": "integer", "format": "int64"},
    "closed": {
        "type": "object", "required": ["a"], "additionalProperties": False,
        "properties": {"a": {"type": "integer"}, "b": {"type": "null"}, "c": False},
    },
    "counted": {"type": "object", "minProperties": 2, "maxProperties": 3},
    "named": {"type": "object", "propertyNames": {"pattern": "^x-[a-z]+$"}, "minProperties": 1},
    "patterned": {
        "type": "object", "patternProperties": {"^x-": {"type": "integer"}}, "additionalProperties": False,
        "minProperties": 1,
    },
    "dependent": {
        "type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
        "dependentRequired": {"a": ["b"]}, "additionalProperties": False,
    },
    "unique": {"type": "array", "items": {"enum": [1, 2, 3]}, "uniqueItems": True, "minItems": 2},
    "contains": {"type": "array", "contains": {"const": 7}, "minContains": 2, "items": {"type": "integer"}},
    "tuple": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "null"}], "items": False},
    "one of": {"oneOf": [{"type": "integer", "minimum": 5}, {"type": "integer", "maximum": 9}]},
    "not": {"type": "integer", "minimum": 0, "maximum": 9, "not": {"multipleOf": 3}},
    "condition": {
        "type": "object", "properties": {"k": {"enum": ["x", "y"]}}, "required": ["k"],
        "if": {"properties": {"k": {"const": "x"}}}, "then": {"required": ["v"]},
    },
    "recursive": {
        "type": "object", "required": ["v"],
        "properties": {"v": {"type": "integer"}, "next": {"$ref": "#"}}, "additionalProperties": False,
    },
    "anything": True,
}  # fmt: skip

SCHEMAS = pytest.mark.parametrize("name", list(_SCHEMAS))


@SCHEMAS
def test_what_is_drawn_as_valid_is(name: str) -> None:
    judge = compile_schema(standalone(_SCHEMAS[name]))

    @_FEW
    @given(st.one_of(valid_values(_SCHEMAS[name]), boundary_values(_SCHEMAS[name])))
    def accepted(value: JSON) -> None:
        assert judge.accepts(value)

    accepted()


@pytest.mark.parametrize("name", sorted(_SCHEMAS.keys() - {"not", "one of", "condition"}))
def test_what_is_built_is_valid_before_the_validator_has_seen_it(name: str) -> None:
    """By construction: only `not`, `oneOf` and `else` say what shapes cannot."""
    bundle = standalone(_SCHEMAS[name])
    source, judge = Source(bundle), compile_schema(bundle)

    @st.composite
    def attempts(draw: st.DrawFn) -> JSON:
        return Drawer(source, draw).attempt(bundle[ROOT])

    @_FEW
    @given(attempts())
    def accepted(value: JSON) -> None:
        assert judge.accepts(value)

    accepted()


@SCHEMAS
def test_the_simplest_valid_value_is_the_plain_one(name: str) -> None:
    """Everything shrinks towards the value with nothing in it that need not be there."""
    bundle = standalone(_SCHEMAS[name])
    plain = Source(bundle).plain(bundle[ROOT])
    assert find(valid_values(_SCHEMAS[name]), lambda _: True, settings=_FIND) == plain


@pytest.mark.parametrize("name", [n for n in _SCHEMAS if n != "anything"])
def test_what_is_drawn_as_invalid_is_not(name: str) -> None:
    judge = compile_schema(standalone(_SCHEMAS[name]))

    @_FEW
    @given(invalid_values(_SCHEMAS[name]))
    def rejected(value: JSON) -> None:
        assert not judge.accepts(value)

    rejected()


@pytest.mark.parametrize(
    ("name", "reached"),
    [
        ("lengths", lambda v: len(v) == 3),
        ("lengths", lambda v: len(v) == 5),
        ("pattern", lambda v: len(v) == 128),
        ("integers", lambda v: v == 3),
        ("integers", lambda v: v == 8),
        ("multiples", lambda v: v == 0.75),
        ("whole multiples", lambda v: v == 9),
        ("fractions", lambda v: 0 < v < 0.01),
        ("closed", lambda v: "b" in v),
        ("counted", lambda v: len(v) == 3),
        ("named", lambda v: len(v) > 1),
        ("dependent", lambda v: "a" in v),
        ("dependent", lambda v: set(v) == {"b"}),
        ("unique", lambda v: sorted(v) == [1, 2, 3]),
        ("contains", lambda v: len(v) > 2 and v[-1] == 7 and v[0] != 7),
        ("tuple", lambda v: len(v) == 2),
        ("one of", lambda v: v > 9),
        ("one of", lambda v: v < 5),
        ("not", lambda v: v == 8),
        ("condition", lambda v: v["k"] == "y"),
        ("recursive", lambda v: "next" in v.get("next", {})),
        ("anything", lambda v: isinstance(v, dict) and v),
        ("anything", lambda v: isinstance(v, float) and not v.is_integer()),
    ],
)
def test_every_corner_is_drawn_sooner_or_later(name: str, reached: Any) -> None:
    anywhere = settings(_FIND, phases=[Phase.generate])
    assert reached(find(valid_values(_SCHEMAS[name]), reached, settings=anywhere))


def test_what_is_wrong_is_shrunk_to_what_is_wrong() -> None:
    """Around a value of interest everything is left plain."""
    schema = {
        "type": "object", "required": ["a"],
        "properties": {"a": {"type": "string"}, "n": {"type": "integer", "minimum": 0, "maximum": 100}},
    }  # fmt: skip
    assert find(valid_values(schema), lambda v: v.get("n", 0) > 10, settings=_FIND) == {
        "a": "conformance-00000000",
        "n": 11,
    }


def test_boundary_values_are_at_the_bounds() -> None:
    seen: set[int] = set()

    @settings(_FEW, max_examples=100)
    @given(boundary_values({"type": "integer", "minimum": 3, "maximum": 9}))
    def collect(value: int) -> None:
        seen.add(value)

    collect()
    assert {3, 4, 8, 9} <= seen <= set(range(3, 10))


def test_each_kind_of_mistake_is_drawn() -> None:
    """From one small schema: too short, too long, the wrong type, missing, one member too many."""
    schema = {
        "type": "object", "required": ["a"], "additionalProperties": False,
        "properties": {"a": {"type": "string", "minLength": 2, "maxLength": 3}},
    }  # fmt: skip
    strategy = invalid_values(schema)
    for wrong in (
        lambda v: v == {},
        lambda v: isinstance(v, dict) and len(str(v.get("a", "ab"))) == 1,
        lambda v: isinstance(v, dict) and isinstance(v.get("a"), str) and len(v["a"]) == 4,
        lambda v: isinstance(v, dict) and "a" in v and v["a"] is None,
        lambda v: isinstance(v, dict) and len(v) == 2,
        lambda v: not isinstance(v, dict),
    ):
        find(strategy, wrong, settings=_FIND)


@pytest.mark.parametrize(
    "schema",
    [
        False,
        {"type": "string", "minLength": 2, "maxLength": 1},
        {"allOf": [{"type": "string"}, {"type": "null"}]},
        {"type": "object", "required": ["a"], "properties": {"a": False}},
        {"not": {}},
        {"type": "string", "pattern": "^a$", "minLength": 2},
        {"type": "object", "required": ["again"], "properties": {"again": {"$ref": "#"}}},
        {"type": "array", "items": {"enum": [1]}, "uniqueItems": True, "minItems": 2},
    ],
)
def test_a_schema_without_a_value_is_refused_at_once(schema: Any) -> None:
    """Nothing is weakened silently: the error comes when the strategy is asked for, before any draw."""
    with pytest.raises(UnsatisfiableError):
        valid_values(schema)
    with pytest.raises(UnsatisfiableError):
        boundary_values(schema)


def test_a_schema_that_takes_everything_has_no_invalid_values() -> None:
    with pytest.raises(UnsatisfiableError, match="misreading"):
        invalid_values({"title": "anything at all"})


def test_references_lead_into_the_bundle_that_is_given() -> None:
    root = {"components": {"schemas": {"id": {"type": "integer", "minimum": 7, "maximum": 7}}}}
    schema = {"type": "array", "items": {"$ref": "#/components/schemas/id"}, "minItems": 1, "maxItems": 2}

    @_FEW
    @given(valid_values(schema, root=root))
    def sevens(value: JSON) -> None:
        assert value in ([7], [7, 7])

    @_FEW
    @given(invalid_values(schema, root=root))
    def others(value: JSON) -> None:
        assert value not in ([7], [7, 7])

    sevens()
    others()


def test_importing_the_package_does_not_import_hypothesis() -> None:
    """A deterministic run does without it."""
    code = "import sys, conformance_strategies as ours; assert 'hypothesis' not in sys.modules; ours.valid_values(True)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_unknown_name_is_an_attribute_error() -> None:
    import conformance_strategies

    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        _ = conformance_strategies.nothing_of_the_kind


@pytest.mark.parametrize(
    ("a", "b", "equal"),
    [
        (1, 1.0, True), (1, True, False), (0, False, False), ("1", 1, False), ([], {}, False),
        ([1, [2]], [1.0, [2.0]], True), ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True), ([True], [1], False),
        ({"a": None}, {}, False), ("", None, False),
    ],
)  # fmt: skip
def test_json_equality_is_not_python_s(a: JSON, b: JSON, equal: bool) -> None:
    assert (identity(a) == identity(b)) is equal
    assert compile_schema({"uniqueItems": True}).accepts([a, b]) is not equal
