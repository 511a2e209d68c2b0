"""A comparison for people: what concerns a program in blocks, what only people read in a few lines."""

from __future__ import annotations

import io

import pytest

from conformance.diff.change import Change, Direction, DriftVerdict
from conformance.pointer import Pointer, parse
from conformance_reports.drift import DRIFT_WRITERS, DriftReport

ITEM = "/paths/~1things~1{id}/put"
TEXT = "operation-description-changed"


def note(operation: str, summary: str = "another wording", rule: str = TEXT) -> Change:
    return Change(rule, operation, Direction.NONE, DriftVerdict.COMPATIBLE, summary, ())


def breaking(pointer: Pointer) -> Change:
    return Change(
        "request-max-length-decreased", "put", Direction.REQUEST, DriftVerdict.BREAKING, "less", pointer
    )


def told(*changes: Change, form: str = "text") -> list[str]:
    stream = io.StringIO()
    DRIFT_WRITERS[form](DriftReport("a.yaml", "b.yaml", changes), stream)
    return stream.getvalue().splitlines()


def test_notes_are_one_line_a_rule_after_what_is_judged() -> None:
    changes = (
        note("get"),
        breaking(parse(ITEM)),
        note("put"),
        note("", "version 1 → 2", "document-version-changed"),
    )
    lines = told(*changes)
    assert [line for line in lines if not line.startswith("  ")] == [
        "breaking request-max-length-decreased · put",
        "",
        "notes, for people alone (--format json has each)",
        "",
        "breaking: 1 breaking, 3 notes",
    ]
    assert lines[-4:-2] == [f"  {TEXT}: 2 (get, put)", "  document-version-changed: version 1 → 2"]


def test_markdown_ends_with_the_notes() -> None:
    lines = told(breaking(()), note("get"), note("put"), form="markdown")
    assert lines[0] == "### ❌ breaking&#58; 1 breaking, 2 notes"
    assert lines[-3:] == [
        "Notes, for people alone:",
        "",
        f"- {TEXT}&#58; 2 (get, put)",
    ]


def test_many_operations_are_counted() -> None:
    assert told(*(note(f"o{number}") for number in range(6)))[1] == f"  {TEXT}: 6 (o0, o1, o2, o3 and 2 more)"


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        (f"{ITEM}/requestBody/content/application~1json/schema/maxLength", "body /maxLength"),
        (f"{ITEM}/requestBody/content/text~1plain/schema", "body as text/plain"),
        (f"{ITEM}/responses/4XX/content/application~1json/schema/items", "4XX /items"),
        (f"{ITEM}/parameters/0/schema", "/parameters/0/schema"),
        ("/components/schemas/Thing", "/components/schemas/Thing"),
    ],
)
def test_a_place_is_told_from_the_operation_on(pointer: str, place: str) -> None:
    assert f"  At        {place}" in told(breaking(parse(pointer)))


def test_what_is_longer_than_a_line_is_broken_at_slashes() -> None:
    lines = told(breaking(("components", "schemas", *["properties", "verylongname"] * 5)))
    assert max(map(len, lines)) <= 80
    at = [line[12:] for line in lines if line.startswith(("  At", " " * 12))]
    assert "".join(at) == "/components/schemas" + "/properties/verylongname" * 5
    assert all(line.startswith("/") for line in at)
