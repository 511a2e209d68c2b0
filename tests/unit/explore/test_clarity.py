from __future__ import annotations

from typing import Any

import pytest

from conformance.case import Intent
from conformance.contract.contract import contract_alone
from conformance.explore.clarity import label
from conformance.jsonvalue import encode

MEMBERS = {"a": {"type": "integer"}, "in": {"type": "object", "properties": {"b": {"type": "integer"}}}}
OPEN = {"type": "object", "properties": MEMBERS}


@pytest.mark.parametrize(
    ("schema", "body", "intent"),
    [
        (OPEN, {"a": 1}, Intent.VALID),
        (OPEN, {"a": 1, "z": 1}, Intent.OPEN),
        (OPEN, {"in": {"b": 1, "z": 1}}, Intent.OPEN),
        (OPEN, {"a": "1", "z": 1}, Intent.INVALID),
        ({**OPEN, "additionalProperties": True}, {"a": 1, "z": 1}, Intent.VALID),
        ({**OPEN, "additionalProperties": False}, {"a": 1, "z": 1}, Intent.INVALID),
        ({**OPEN, "patternProperties": {"^z": {"type": "integer"}}}, {"a": 1, "z": 1}, Intent.VALID),
    ],
)
def test_an_undeclared_member_is_open_where_the_schema_says_nothing_of_others(
    schema: dict[str, Any], body: object, intent: Intent
) -> None:
    """A lawful server may take, ignore or refuse it: no drawn body may be called valid for it, either."""
    assert label(contract_alone(schema), encode(body))[0] is intent
