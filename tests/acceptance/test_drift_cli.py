"""`conformance drift` as a user sees it: two sides in, changes with proof and an exit code out."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Final

import jsonschema
import pytest
from markdown_it import MarkdownIt

from conformance.cli.entry import main
from conformance.contract.bundle import bundle
from conformance.contract.validator import compile_schema
from conformance.openapi.document import load
from conformance.session.loading import BUNDLED

SCHEMA: Final = json.loads(Path("reports/conformance_reports/drift/drift.schema.json").read_text())
BASE: Final = BUNDLED / "consent-types.yaml"
BODY: Final = (
    "paths", "/organizations/{organizationId}/projects/{projectId}/consent-types", "post",
    "requestBody", "content", "application/json", "schema",
)  # fmt: skip


@pytest.fixture
def narrower(tmp_path: Path) -> Path:
    """Return the consent types, a custom category one character shorter."""
    path = tmp_path / "consent-types.yaml"
    path.write_text(BASE.read_text().replace("{1,121}", "{1,120}", 1))
    return path


def test_identical_documents_are_no_change_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drift", str(BUNDLED), str(BUNDLED)]) == 0
    assert capsys.readouterr().out == "no change\n"


def test_a_breaking_change_is_exit_1_with_a_witness_that_holds(
    narrower: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["drift", str(BASE), str(narrower), "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    jsonschema.validate(told, SCHEMA)
    assert told["verdict"] == "breaking"
    (change,) = told["changes"]
    assert (change["rule"], change["operation"]) == ("request-pattern-changed", "consent-types")
    assert (change["direction"], change["verdict"]) == ("request", "breaking")
    payload = change["witness"]["payload"]
    judged = [compile_schema(bundle(load(path), BODY)).accepts(payload) for path in (BASE, narrower)]
    assert judged == [True, False]
    assert (change["witness"]["base"], change["witness"]["revision"]) == ("accepts", "rejects")
    assert change["base_at"] == f"{BASE}:{_line(BASE, '{1,121}')}"
    assert change["revision_at"] == f"{narrower}:{_line(narrower, '{1,120}')}"


def test_the_other_way_round_it_is_compatible_and_passes_unless_any_change_is_to_fail(
    narrower: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["drift", str(narrower), str(BASE)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "compatible: 1 compatible"
    assert main(["drift", str(narrower), str(BASE), "--fail-on", "undecided"]) == 0
    assert main(["drift", str(narrower), str(BASE), "--fail-on", "any"]) == 1


def test_text_names_rule_change_lines_and_witness(narrower: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["drift", str(BASE), str(narrower)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "breaking request-pattern-changed · consent-types"
    assert [line[2:12].strip() for line in lines if line[:2] == "  " and line[2] != " "] == [
        "Rule", "Change", "At", "Base", "Revision", "Evidence", "Witness",
    ]  # fmt: skip
    assert "base accepts, revision rejects" in lines[-3]
    assert lines[-1] == "breaking: 1 breaking"


def test_markdown_is_a_heading_and_a_block_for_each_change(
    narrower: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["drift", str(BASE), str(narrower), "--format", "markdown"])
    tokens = MarkdownIt().parse(capsys.readouterr().out)
    assert [token.type for token in tokens] == [
        "heading_open", "inline", "heading_close", "paragraph_open", "inline", "paragraph_close", "html_block",
    ]  # fmt: skip


def test_a_side_may_stand_in_git(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`git:REV:PATH` reads a file or a folder as it was, relative to the current folder."""
    specs = tmp_path / "specs"
    specs.mkdir()
    (specs / "api.yaml").write_text(BASE.read_text())
    monkeypatch.chdir(tmp_path)
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@example.org")
    for command in ("init -q", "add .", "commit -q -m base"):
        subprocess.run([*git, *command.split()], check=True)
    (specs / "api.yaml").write_text(BASE.read_text().replace("{1,121}", "{1,120}", 1))
    for base, revision in (("git:HEAD:specs/api.yaml", "specs/api.yaml"), ("git:HEAD:specs", "specs")):
        assert main(["drift", base, revision, "--format", "json"]) == 1
        (change,) = json.loads(capsys.readouterr().out)["changes"]
        assert change["base_at"] == f"git:HEAD:specs/api.yaml:{_line(BASE, '{1,121}')}"
    for bad in ("git:HEAD:nosuch", "git:nosuch:specs", "git:HEAD", "git:--output=x:specs"):
        assert main(["drift", bad, "specs"]) == 4
        assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 2),
        (["one.yaml"], 2),
        (["nosuch.yaml", str(BASE)], 4),
        ([str(BASE), str(BASE), "--fail-on", "x"], 2),
    ],
)
def test_bad_input_is_one_line_and_its_exit_code(
    arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["drift", *arguments]) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1


def test_rules_are_listed_each_with_its_mirror_or_why_there_is_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from conformance.traffic.rules import RULES

    assert main(["drift", "--rules"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == sorted(RULES)
    assert all("; mirror " in line or "; no mirror: " in line for line in lines)


def _line(path: Path, text: str) -> int:
    return next(number for number, line in enumerate(path.read_text().splitlines(), 1) if text in line)


def test_the_page_quotes_both_documents(narrower: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drift", str(BASE), str(narrower), "--format", "html"]) == 1
    page = capsys.readouterr().out
    assert page.startswith("<!doctype html>")
    for text in ("{1,121}", "{1,120}"):
        assert f"pattern: ^custom_[a-z0-9_]{text}$</mark>" in page
