"""`conformance drift --observed`: a run of a faulty service gives the row of its fault, and no other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest

from conformance.case import RunLevel
from conformance.cli.entry import main
from conformance.contract.requests import request_contract
from conformance.pointer import text
from conformance.session.loading import BUNDLED, load_operations
from conformance.session.settings import Settings
from tests.support.inprocess import Wire, service
from tests.support.parcels import parcels
from tests.support.sharded import chosen, planned, recorded, wire

SCHEMA: Final = json.loads(Path("reports/conformance_reports/drift/drift.schema.json").read_text())
FAULTS: Final = (
    ("trackers-name-max-257", "service-laxer", "compatible", "body:/anyOf/0/properties/name/maxLength"),
    ("trackers-name-max-255", "service-stricter", "breaking", "body:/anyOf/0/properties/name/maxLength"),
    ("trackers-type-member-lost", "service-stricter", "breaking", "body:/anyOf/0/properties/type/enum/6"),
    ("trackers-extra-member", "service-laxer", "compatible", "body:/anyOf/0/additionalProperties"),
    ("consent-types-category-newline", "service-laxer", "compatible", "body:/properties/category/anyOf/1/pattern"),
    ("projects-status-202", "answer-status-undocumented", "breaking", "op:/responses"),
    ("trackers-rejection-418", "answer-status-undocumented", "compatible", "op:/responses"),
    ("projects-html", "answer-type-undocumented", "breaking", "op:/responses/201/content"),
    (
        "projects-slug-lost", "answer-member-missing", "breaking",
        "op:/responses/201/content/application~1json/schema/required/6",
    ),
    (
        "consent-types-answer-extra-member", "answer-member-undeclared", "breaking",
        "op:/responses/201/content/application~1json/schema/additionalProperties",
    ),
    (
        "projects-id-no-uuid", "answer-schema-broken", "breaking",
        "op:/responses/201/content/application~1json/schema/properties/id/format",
    ),
    ("consent-types-unknown-project-500", "answer-server-error", "breaking", "op:/parameters/0 op:/parameters/1"),
    ("trackers-batch-lost", "service-stricter", "breaking", "body:/anyOf/1"),
)  # fmt: skip


def run_of(fault: str, folder: Path) -> Path:
    """Keep the run of one operation against a mock with the fault, or the faithful one, in a folder."""
    operation = next(o.name for o in load_operations(()) if fault.startswith(o.name))
    choice = chosen(operation)
    return recorded(choice, wire(choice, *([fault] if "-" in fault.removeprefix(operation) else [])), folder)


def drift(run: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, dict[str, Any]]:
    """Return exit code and JSON of `drift --observed`."""
    code = main(["drift", "--observed", str(run), "--format", "json", *options])
    told = json.loads(capsys.readouterr().out)
    jsonschema.validate(told, SCHEMA)
    return code, told


def places(fault: str, named: str) -> list[str]:
    """Return the pointers that the table names, made absolute."""
    operation = next(o for o in load_operations(()) if fault.startswith(o.name))
    bodies = operation.body.bodies if operation.body else ()
    bases = {"op": operation.pointer, "body": bodies[0].schema or ()}
    return [text(bases[base]) + rest for base, _, rest in (place.partition(":") for place in named.split())]


@pytest.mark.parametrize(("fault", "rule", "verdict", "named"), FAULTS, ids=[fault for fault, *_ in FAULTS])
def test_a_run_of_a_faulty_mock_gives_exactly_its_row(
    fault: str, rule: str, verdict: str, named: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = drift(run_of(fault, tmp_path), capsys)
    pointers = places(fault, named)
    assert [(row["rule"], row["verdict"], row["pointer"]) for row in told["changes"]] == [
        (rule, verdict, pointer) for pointer in pointers
    ]
    assert told["verdict"] == verdict
    assert code == (verdict == "breaking")


def test_a_row_tells_its_exchange_by_line_and_its_witness_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, told = drift(run_of("trackers-name-max-255", tmp_path), capsys)
    (row,) = told["changes"]
    where, _, rest = row["exchange"].partition(" ")
    path, _, line = where.rpartition(":")
    case = json.loads(Path(path).read_text().splitlines()[int(line) - 1])
    assert (path, rest.split(":")[0]) == (str(tmp_path / "run.jsonl"), case["id"])
    (operation,) = (o for o in load_operations(()) if o.name == "trackers")
    assert rest.startswith(f"{case['id']}: POST {operation.path} → 400, sent {{")
    payload = row["witness"].pop("payload")
    assert row["witness"] == {"base": "accepts", "revision": "rejects"}
    contract = request_contract(operation)
    assert contract is not None
    assert contract.accepts(payload)
    assert json.loads(case["request"]["body"]["text"]) == payload
    number = next(
        n
        for n, text in enumerate((BUNDLED / "trackers.yaml").read_text().splitlines(), 1)
        if "maxLength" in text
    )
    assert row["base_at"] == f"{BUNDLED / 'trackers.yaml'}:{number}"


def test_the_page_quotes_the_document_beside_what_was_seen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = run_of("trackers-name-max-255", tmp_path)
    capsys.readouterr()
    assert main(["drift", "--observed", str(run), "--format", "html"]) == 1
    page = capsys.readouterr().out
    assert "maxLength: 256</mark>" in page
    assert "as it was seen to answer" in page


def test_a_faithful_service_is_no_change_and_what_no_answer_showed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = run_of("trackers", tmp_path)
    code, told = drift(run, capsys)
    assert (code, told["verdict"], told["changes"]) == (0, "none", [])
    assert told["unseen"] == {"trackers": {"statuses": ["403", "422"], "members": [], "branches": []}}
    assert main(["drift", "--observed", str(run)]) == 0
    assert capsys.readouterr().out == "never seen from trackers: 403, 422\nno change\n"


def test_a_row_that_a_second_request_did_not_show_is_undecided(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = drift(run_of("projects-name-longest-now-and-then", tmp_path), capsys)
    (row,) = told["changes"]
    assert (code, row["rule"], row["verdict"]) == (0, "service-stricter", "undecided")
    assert row["note"] == "the same request, sent again, did not show it"


def test_a_member_that_an_open_schema_lets_through_is_a_row_of_its_own_with_a_proposal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No check of a run minds it: a client ignores what it does not know. It is told once, not by exchange."""
    home = parcels(tmp_path)
    (home / "faults.toml").write_text(
        "[[fault]]\nname = 'extra'\noperation = 'parcels'\nabout = 'Adds a colour.'\nfinds = []\n"
        "effects = [{ on = 201, member = '/colour', set = 'red' }]\n"
    )
    choice = Settings(specs=(home / "parcels.yaml",), globs=("parcels",), level=RunLevel.SMOKE)
    sender = Wire(service(home / "parcels.yaml", ["extra"]), planned(choice).operations)
    run, overlay = recorded(choice, sender, tmp_path / "run"), tmp_path / "overlay.json"
    code, told = drift(run, capsys, "--spec", str(home / "parcels.yaml"), "--overlay", str(overlay))
    at = "/paths/~1parcels/post/responses/201/content/application~1json/schema/properties"
    assert code == 0
    assert [(row["rule"], row["verdict"], row["pointer"]) for row in told["changes"]] == [
        ("answer-member-undeclared", "compatible", at)
    ]
    (action,) = json.loads(overlay.read_text())["actions"]
    assert action["update"] == {"colour": {"type": "string"}}


def test_an_incomplete_run_is_told_and_exit_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal = run_of("trackers", tmp_path) / "run.jsonl"
    journal.write_text("".join(journal.read_text().splitlines(keepends=True)[:-1]))
    assert main(["drift", "--observed", str(tmp_path)]) == 3
    told = capsys.readouterr()
    assert told.out == "no change\n"
    assert told.err == f"{tmp_path}: incomplete: the run ended before it could write its footer\n"


def test_a_run_of_another_document_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = run_of("trackers", tmp_path)
    other = tmp_path / "trackers.yaml"
    other.write_text((BUNDLED / "trackers.yaml").read_text() + "\n")
    assert main(["drift", "--observed", str(run), "--spec", str(other)]) == 4
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["a.yaml", "b.yaml", "--observed", "x"], 2),
        (["--upstream", "--observed", "x"], 2),
        (["a.yaml", "b.yaml", "--spec", "x"], 2),
        (["--observed", "x", "--page", "a=b"], 2),
        (["--observed", "nosuch"], 4),
    ],
)
def test_what_does_not_go_together_is_one_line(
    arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["drift", *arguments]) == code
    captured = capsys.readouterr()
    assert (captured.out, captured.err.count("\n")) == ("", 1)
