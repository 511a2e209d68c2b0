"""`--format` as a user meets it: files beside the terminal's report, for every way in which a run can end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from junitparser import JUnitXml

from conformance.cli.entry import main
from conformance.errors import ExitCode
from conformance.installation import ROOT
from conformance.recording.journal import read
from conformance_reports import WRITERS
from tests.wire import Wire, reply, serving

IDS = ("--path-param", "organizationId=o-1", "--path-param", "projectId=p-1")
SMOKE = ("--operation", "trackers", "--level", "smoke")


@pytest.fixture
def wire() -> Iterator[Wire]:
    """Yield a server that takes everything, which is against any contract."""
    with serving(lambda _: reply()) as server:
        yield server


def run(wire: Wire, *arguments: str) -> int:
    return main(["run", "--target", wire.url, *IDS, *SMOKE, *arguments])


def test_a_run_is_told_in_each_format_asked_for(
    wire: Wire, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "deep" / "summary.json"
    code = run(wire, "--format", f"json={out}", "--format", "json=-", "--report-dir", str(tmp_path))
    shown = capsys.readouterr()
    assert code == ExitCode.FINDINGS
    assert shown.out == out.read_text() == (tmp_path / "summary.json").read_text()
    assert shown.err.splitlines()[-1].startswith("does not conform: ")


def test_a_finding_is_kept_with_its_line_in_the_document(
    wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    run(wire, "--report-dir", str(tmp_path))
    footer: Any = read(tmp_path).footer
    document = (ROOT / "specs" / "concord-privacy" / "trackers.yaml").read_text().splitlines()
    places = {
        pointer.rpartition("/")[2]: (path, document[line - 1][column - 1 :])
        for _, pointer, path, line, column, *_ in footer["report"]["places"]
    }
    for *_, line, _, first, excerpt in footer["report"]["places"]:
        assert excerpt[line - first] in document[line - 1]
        assert excerpt[0] == document[first - 1].strip()
    path = "specs/concord-privacy/trackers.yaml"
    # `security` stands at the document's root only: the operation is the nearest place
    assert places == {"requestBody": (path, "requestBody:"), "security": (path, "post:")}


def test_report_writes_a_format_to_a_file(
    wire: Wire, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(wire, "--report-dir", str(tmp_path))
    capsys.readouterr()
    out = tmp_path / "new" / "out.json"
    assert main(["report", str(tmp_path), "--format", "json", "--output", str(out)]) == ExitCode.CONFORMS
    assert out.read_text() == (tmp_path / "summary.json").read_text()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("value", "words"), [("nope=x", "'nope=x'"), ("json=pyproject.toml/x", "pyproject.toml/x")]
)
def test_what_cannot_be_written_is_told_before_anything_is_sent(
    wire: Wire, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], value: str, words: str
) -> None:
    monkeypatch.chdir(ROOT)
    assert run(wire, "--format", value) == ExitCode.USAGE
    assert words in capsys.readouterr().err
    assert wire.received == []


def test_a_run_that_could_not_go_on_is_told_too_and_replaces_what_an_earlier_one_left(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    out.write_text("old")
    with serving(lambda _: reply(401, b"{}")) as wire:
        code = run(wire, "--format", f"json={out}")
    content = json.loads(out.read_text())
    assert (code, content["exit_code"], content["complete"]) == (ExitCode.TARGET, ExitCode.TARGET, False)


def test_a_run_that_never_began_leaves_no_report_of_an_earlier_one(wire: Wire, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    out.write_text("old")
    assert run(wire, "--format", f"json={out}", "--max-body", "1") == ExitCode.NOTHING_EXERCISED
    assert not out.exists()


def test_an_incomplete_run_says_so_in_every_format(tmp_path: Path) -> None:
    seen = iter(range(10**6))
    outs = {name: tmp_path / name for name in WRITERS}
    formats = [part for name, path in outs.items() for part in ("--format", f"{name}={path}")]
    with serving(lambda _: reply() if next(seen) < 10 else None) as wire:
        arguments = ["--operation", "trackers", "--concurrency", "1", *formats]
        code = main(["run", "--target", wire.url, *IDS, *arguments])
    told = {name: path.read_text() for name, path in outs.items()}
    words = "incomplete: the target stopped answering"
    assert (code, json.loads(told.pop("json"))["complete"]) == (ExitCode.TARGET, False)
    assert [name for name, text in told.items() if words not in text.replace("&#58;", ":")] == []


def test_a_consumer_of_junit_counts_the_verdicts_that_the_summary_counts(wire: Wire, tmp_path: Path) -> None:
    run(wire, "--format", f"junit={tmp_path / 'junit.xml'}", "--report-dir", str(tmp_path))
    (suite,) = JUnitXml.fromfile(str(tmp_path / "junit.xml"))
    tally = json.loads((tmp_path / "summary.json").read_text())["requirements"]
    assert {
        "failed": suite.failures,
        "errored": suite.errors,
        "skipped": suite.skipped,
        "total": suite.tests,
    } == {name: number for name, number in tally.items() if name != "passed"}


def test_no_format_takes_the_place_of_what_a_run_is_made_of(
    wire: Wire, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document, baseline = tmp_path / "trackers.yaml", tmp_path / "baseline.toml"
    document.write_bytes((ROOT / "specs" / "concord-privacy" / "trackers.yaml").read_bytes())
    baseline.write_text("schema = 1\naccepted = []\n")
    before = {path: path.read_bytes() for path in (document, baseline)}
    told = ("--spec", str(document), "--baseline", str(baseline))
    for path in before:
        assert run(wire, *told, "--format", f"json={path}") == ExitCode.USAGE
        assert capsys.readouterr().err == (
            f"Error: {path}: read for this run and not to be written over; name another file\n"
        )
    shard = tmp_path / "part" / "run.jsonl"
    run(wire, "--shard", "1/2", "--report-dir", str(shard.parent))
    before[shard] = shard.read_bytes()
    assert main(["merge", str(shard.parent), "--format", f"json={shard}"]) == ExitCode.USAGE
    assert {path: path.read_bytes() for path in before} == before


def test_no_format_takes_the_journals_place(
    wire: Wire, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = tmp_path / "run.jsonl"
    assert run(wire, "--report-dir", str(tmp_path)) == ExitCode.FINDINGS
    assert main(["report", str(tmp_path), "--output", str(journal)]) == ExitCode.USAGE
    assert "the journal of the run itself" in capsys.readouterr().err
    assert read(tmp_path).complete
    sent = len(wire.received)
    assert run(wire, "--report-dir", str(tmp_path), "--format", f"json={journal}") == ExitCode.USAGE
    assert len(wire.received) == sent


def test_the_page_of_a_run_is_written_beside_its_journal_and_again_from_it(
    wire: Wire, tmp_path: Path
) -> None:
    page, again = tmp_path / "report.html", tmp_path / "again.html"
    page.write_text("old")
    run(wire, "--report-dir", str(tmp_path))
    assert main(["report", str(tmp_path), "--format", "html", "--output", str(again)]) == ExitCode.CONFORMS
    assert page.read_text() == again.read_text()
    assert '<script type="text/plain" class="bodies"' in page.read_text()


def test_a_run_that_never_began_leaves_no_page_of_an_earlier_one(wire: Wire, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text("old")
    run(wire, "--report-dir", str(tmp_path), "--max-body", "1")
    assert not page.exists()


def test_the_page_compares_with_an_earlier_run_and_draws_a_folder_of_runs(
    wire: Wire, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    run(wire, "--report-dir", str(first))
    run(wire, "--report-dir", str(second))
    capsys.readouterr()
    asked = ["report", str(second), "--compare", str(first), "--trend", str(tmp_path)]
    assert main([*asked, "--format", "html"]) == ExitCode.CONFORMS
    page = capsys.readouterr().out
    findings = len(json.loads((second / "summary.json").read_text())["findings"])
    assert f"<b>0 new</b>, <b>0 gone</b>, <b>{findings} still there</b>" in page
    assert f'{{"runs":["1","2"],"findings":[{findings},{findings}]' in page
    assert main([*asked, "--format", "json"]) == ExitCode.USAGE
    assert main(["report", str(second), "--trend", str(second), "--format", "html"]) == ExitCode.USAGE
    told = capsys.readouterr().err.splitlines()
    assert ["--format html" in told[0], "holds 0 runs" in told[1]] == [True, True]
