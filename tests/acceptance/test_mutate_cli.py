"""`conformance mutate`: no misreading survives, and what is called equivalent is proven to be."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from conformance.cli.mutate import command

DOCUMENTS = Path(__file__).parents[1] / "documents"

PROOFS = {
    "no value matches two of the alternatives": 4,
    "the same strings match: the automata are equal": 9,
    "the 8 values that can stand here are judged alike": 3,
    "another alternative takes every value of that type": 7,
}


def scored(*arguments: str) -> dict[str, Any]:
    """Return what `conformance mutate --format json` prints."""
    result = CliRunner().invoke(command, [*arguments, "--format", "json"], catch_exceptions=False)
    assert result.exit_code == 0
    return dict(json.loads(result.stdout)["operations"])


def fates(operations: dict[str, Any], fate: str) -> list[dict[str, str]]:
    return [m for o in operations.values() for m in o["mutants"] if m["fate"] == fate]


def test_no_misreading_of_the_four_operations_survives() -> None:
    operations = scored()
    assert {name: o["score"] for name, o in operations.items()} == {
        "compliance-requests": 1.0,
        "consent-types": 1.0,
        "projects": 1.0,
        "trackers": 1.0,
    }
    assert fates(operations, "survived") == []


def test_each_equivalent_mutant_of_the_four_operations_is_proven() -> None:
    """The reasons are proofs; a mutant for which merely nothing was found would survive instead."""
    assert Counter(m["reason"] for m in fates(scored(), "equivalent")) == PROOFS


@pytest.mark.parametrize("name", ["ranges", "trees", "maps"])
def test_no_misreading_survives_in_documents_of_another_shape(name: str) -> None:
    assert fates(scored("--spec", str(DOCUMENTS / f"{name}.yaml")), "survived") == []


def test_a_smoke_run_notices_less_and_says_which_misreadings_it_leaves() -> None:
    operations = scored("--level", "smoke")
    assert all(0 < o["score"] < 1 for o in operations.values())
    reasons = {m["reason"] for m in fates(operations, "survived")}
    assert reasons == {"no case of this level tells it apart"}


def test_the_text_shows_a_row_for_each_operation_and_the_total() -> None:
    result = CliRunner().invoke(command, [], catch_exceptions=False)
    names = [line.split()[0] for line in result.stdout.splitlines()[:6]]
    assert names == ["operation", "compliance-requests", "consent-types", "projects", "trackers", "total"]
