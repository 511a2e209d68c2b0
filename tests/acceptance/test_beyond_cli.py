"""What a run says beyond single answers, through the command line against faulty mocks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from conformance.cli.entry import main
from conformance.errors import ExitCode
from conformance.mock.process import start_mock
from conformance.recording.journal import read
from conformance_reports.summary import SCHEMA_FILE

KEY = "beyond-key"
SCHEMA = json.loads(SCHEMA_FILE.read_text())


def run(
    fault: str, operation: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[int, dict[str, Any]]:
    """Run one operation against the mock with a fault; return the exit code and the summary."""
    monkeypatch.setenv("BEYOND_KEY", KEY)
    with start_mock((), faults=(fault,), api_key=KEY) as mock:
        ids = [f"--path-param={name}={value}" for name, value in mock.path_params.items()]
        target = ("--target", mock.url, "--api-key-env", "BEYOND_KEY", "--operation", operation, *ids)
        code = main(("run", *target, "--report-dir", str(folder)))
    content: dict[str, Any] = json.loads((folder / "summary.json").read_text())
    jsonschema_rs.validate(SCHEMA, content)
    return code, content


def told(content: dict[str, Any]) -> set[tuple[str, str, bool]]:
    """Return rule, end of the pointer and `flaky` of every finding."""
    return {(f["rule"], f["pointer"].rpartition("/")[2], f["flaky"]) for f in content["findings"]}


@pytest.mark.parametrize(
    ("fault", "finding"),
    [
        ("projects-name-longest-now-and-then", ("valid-rejected", "maxLength", True)),
        ("trackers-type-unchecked-now-and-then", ("invalid-accepted", "1", True)),
    ],
)
def test_a_finding_that_comes_and_goes_is_called_flaky_on_screen_and_in_every_file(
    fault: str,
    finding: tuple[str, str, bool],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code, content = run(fault, fault.partition("-")[0], tmp_path, monkeypatch)
    assert (code, told(content)) == (ExitCode.FINDINGS, {finding})
    screen = capsys.readouterr().out
    assert "Flaky       the same request, sent a second time, did not show it" in screen
    journal = read(tmp_path)
    (line,) = journal.retries
    assert (line["id"], line["violations"]) == (content["findings"][0]["case"], [])
    assert len(journal.cases) + 1 == content["requests"]
    main(("report", str(tmp_path)))
    assert capsys.readouterr().out == screen


@pytest.mark.parametrize(
    ("fault", "finding"),
    [
        ("projects-id-repeated", ("id-repeated", "id")),
        ("trackers-again-500", ("server-error", "post")),
        ("compliance-requests-notes-of-another", ("answer-leaks", "notes")),
    ],
)
def test_what_only_several_answers_show_is_an_error(
    fault: str, finding: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    operation = (
        fault.removesuffix("-id-repeated").removesuffix("-again-500").removesuffix("-notes-of-another")
    )
    code, content = run(fault, operation, tmp_path, monkeypatch)
    assert (code, {each[:2] for each in told(content)}) == (ExitCode.FINDINGS, {finding})


def test_a_changed_echo_is_a_warning_that_lets_the_gate_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, content = run("projects-emails-emptied", "projects", tmp_path, monkeypatch)
    assert (code, told(content)) == (ExitCode.CONFORMS, {("echo-changed", "contactEmails", False)})


def test_a_run_says_what_it_never_saw(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(("run", "--operation", "consent-types", "--report-dir", str(tmp_path))) == ExitCode.CONFORMS
    content = json.loads((tmp_path / "summary.json").read_text())
    assert content["operations"]["consent-types"]["unseen"] == {
        "statuses": ["403", "422"],
        "members": ["201 body/createdAt", "201 body/updatedAt"],
        "branches": ["201 body/organization(2)", "201 body/project(2)"],
    }
    screen = " ".join(capsys.readouterr().out.split())
    assert "never seen from consent-types: 403, 422, 201 body/createdAt, 201 body/updatedAt, " in screen
