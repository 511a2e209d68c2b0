"""The normal form of drift on schemas never seen: it accepts what the schema accepts."""

from __future__ import annotations

import pytest

from conformance.contract.bundle import ROOT, standalone
from conformance.contract.validator import compile_schema
from conformance.diff.schema.node import BASE, plain
from conformance.diff.schema.normal import normal
from tests.property.groups import Group, groups


@pytest.mark.parametrize("group", groups(), ids=lambda group: group.name)
def test_the_normal_form_of_a_schema_of_the_suite_judges_alike(group: Group) -> None:
    """Whatever was merged, respelt or dropped, each instance of the official test suite is judged as before."""
    form = normal(standalone(group.schema), BASE, literal="unevaluated" in repr(group.schema))
    definitions = {name: plain(schema) for name, schema in form.definitions.items()}
    judge = compile_schema({"$ref": f"#/{ROOT}", ROOT: plain(form.schema), BASE: definitions})
    contract = group.validator()
    assert [judge.accepts(value) for value, _ in group.cases] == [
        contract.accepts(value) for value, _ in group.cases
    ]
