"""The gate over time, through the command line: faults come and go, are accepted, expire and are pruned."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from conformance.cli.baseline import DEFAULT_DAYS
from conformance.cli.entry import main
from conformance.errors import ExitCode
from conformance.mock.process import start_mock
from conformance_reports.summary import SCHEMA_FILE
from tests.support.parcels import DOCUMENT
from tests.wire import Received, reply, serving

FAULTS = """\
[[fault]]
name = "weight"
operation = "parcels"
about = "Accepts a weight of 1001."
effects = [{ edit = "/properties/weight/maximum", set = 1001 }]
finds = []

[[fault]]
name = "note"
operation = "parcels"
about = "Refuses a note of 20 characters."
effects = [{ edit = "/properties/note/maxLength", set = 19 }]
finds = []
"""
WEIGHT = "invalid-accepted: parcels · body/weight · maximum 1000 · rejects one step outside"
NOTE = "valid-rejected: parcels · body/note · maxLength 20 · accepts 20"
SCHEMA = json.loads(SCHEMA_FILE.read_text())

Run = Callable[..., int]


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a document whose mock has two faults."""
    folder = tmp_path_factory.mktemp("spec")
    (folder / "parcels.yaml").write_text(DOCUMENT)
    (folder / "faults.toml").write_text(FAULTS)
    return folder


@pytest.fixture(scope="module")
def mocks(spec: Path) -> Iterator[dict[tuple[str, ...], str]]:
    """Yield the URL of a mock for each set of faults."""
    with ExitStack() as stack:
        sets = [(), ("weight",), ("note",), ("weight", "note")]
        yield {faults: stack.enter_context(start_mock([spec], faults)).url for faults in sets}


@pytest.fixture
def run(
    spec: Path, mocks: dict[tuple[str, ...], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Run:
    """Return what runs against a mock with some faults, in a folder of its own; the report lies in `out`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.setenv("LOGNAME", "ann")

    def run(*faults: str, options: tuple[str, ...] = ("--baseline", "b.toml")) -> int:
        return main(["run", "--spec", str(spec), "--target", mocks[faults], "--report-dir", "out", *options])

    return run


def summary() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(Path("out/summary.json").read_text())
    jsonschema_rs.validate(SCHEMA, content)
    return content


def accept(*options: str, reason: str = "known") -> int:
    return main(["baseline", "accept", "out", "--reason", reason, "--baseline", "b.toml", *options])


def accepted(file: str = "b.toml") -> list[str]:
    return [entry["finding"] for entry in tomllib.loads(Path(file).read_text())["accepted"]]


def expire(finding: str) -> None:
    """Let the acceptance of a finding end yesterday."""
    file, past = Path("b.toml"), datetime.now(UTC).date() - timedelta(1)
    head, entry, tail = re.split(rf'(?s)(finding = "{re.escape(finding)}".*?expires = \S+)', file.read_text())
    file.write_text(head + re.sub(r"expires = \S+", f"expires = {past}", entry) + tail)


def test_a_fault_is_accepted_a_second_is_new_the_first_is_pruned_and_an_entry_expires(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("weight", options=()) == ExitCode.FINDINGS
    assert accept() == ExitCode.CONFORMS
    capsys.readouterr()
    assert run("weight") == ExitCode.CONFORMS
    out = capsys.readouterr().out
    assert re.search(rf"(?m)^accepted  [0-9a-f]{{16}}  {re.escape(WEIGHT)[:50]}", out)
    assert ", with 1 accepted finding, " in out.splitlines()[-1]
    assert [(f["rule"], f["baselined"]) for f in summary()["findings"]] == [("invalid-accepted", True)]

    assert run("weight", "note") == ExitCode.FINDINGS
    assert [(f["rule"], f["baselined"]) for f in summary()["findings"]] == [
        ("invalid-accepted", True),
        ("valid-rejected", False),
    ]
    before = Path("b.toml").read_text()
    assert accept(reason="their ticket 12") == ExitCode.CONFORMS
    assert accepted() == [WEIGHT, NOTE]
    assert Path("b.toml").read_text().startswith(before)
    assert run("weight", "note") == ExitCode.CONFORMS

    capsys.readouterr()
    assert run("note") == ExitCode.CONFORMS
    shown = capsys.readouterr()
    assert re.search(rf"(?m)^gone      [0-9a-f]{{16}}  {re.escape(WEIGHT)[:50]}", shown.out)
    assert "1 entry of b.toml is gone; --prune takes it out" in shown.err
    assert accepted() == [WEIGHT, NOTE]
    assert run("note", options=("--baseline", "b.toml", "--prune")) == ExitCode.CONFORMS
    assert accepted() == [NOTE]
    content = summary()
    (note,) = (finding["fingerprint"] for finding in content["findings"])
    (weight,) = content["baseline"]["gone"]
    assert content["baseline"] == {"file": "b.toml", "accepted": [note], "expired": [], "gone": [weight]}

    expire(NOTE)
    capsys.readouterr()
    assert run("note") == ExitCode.FINDINGS
    assert re.search(r"(?m)^  Accepted    until \S+ by ann: expired$", capsys.readouterr().out)
    assert summary()["baseline"] == {"file": "b.toml", "accepted": [], "expired": [note], "gone": []}
    assert accept(reason="still known") == ExitCode.CONFORMS
    assert run("note") == ExitCode.CONFORMS
    assert run() == ExitCode.CONFORMS
    assert main(["baseline", "prune", "out", "--baseline", "b.toml"]) == ExitCode.CONFORMS
    assert accepted() == []


def test_a_finding_is_accepted_for_ninety_days_by_who_calls_and_listed_with_its_reason(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    run("weight", options=())
    today = datetime.now(UTC).date()
    accept(reason="  ticket\x1b 12 ")
    (entry,) = tomllib.loads(Path("b.toml").read_text())["accepted"]
    assert (entry["who"], entry["since"], entry["expires"]) == ("ann", today, today + timedelta(DEFAULT_DAYS))
    fingerprint = entry["fingerprint"]
    accept("--finding", fingerprint, "--who", "Bo", "--expires", "2999-12-31", reason="renewed")
    (renewed,) = tomllib.loads(Path("b.toml").read_text())["accepted"]
    assert renewed == entry | {"who": "Bo", "reason": "renewed", "expires": date(2999, 12, 31)}
    accept(reason="not taken: it is accepted already")
    expire(WEIGHT)
    capsys.readouterr()
    assert main(["baseline", "list", "b.toml"]) == ExitCode.CONFORMS
    assert capsys.readouterr().out.splitlines() == [
        "finding           accepted until      by",
        f"{fingerprint}  {today - timedelta(1)} expired  Bo  {WEIGHT}",
        "                  renewed",
    ]


def test_what_a_smaller_run_did_not_look_for_is_not_gone(run: Run) -> None:
    """The note's case belongs to the standard level: a smoke run neither sees nor prunes it."""
    run("note", options=())
    accept()
    assert run(options=("--baseline", "b.toml", "--prune", "--level", "smoke")) == ExitCode.CONFORMS
    assert (accepted(), summary()["baseline"]["gone"]) == ([NOTE], [])
    assert run(options=("--baseline", "b.toml", "--prune")) == ExitCode.CONFORMS
    assert accepted() == []


def test_shards_are_held_against_the_baseline_once_they_are_merged(run: Run, spec: Path) -> None:
    """A shard accepts what the file accepts; only the merged run can tell that something is gone."""
    run("weight", options=())
    accept()
    run("note", options=())
    accept()
    assert run("note") == ExitCode.CONFORMS
    whole = summary() | {"duration_s": 0}
    for number in ("1", "2"):
        shard = ("--baseline", "b.toml", "--shard", f"{number}/2", "--report-dir", f"shard-{number}")
        assert run("note", options=shard) == ExitCode.CONFORMS
    merge = ["merge", "shard-1", "shard-2", "--spec", str(spec), "--report-dir", "out"]
    assert main(merge) == ExitCode.FINDINGS
    assert main([*merge, "--baseline", "b.toml", "--prune"]) == ExitCode.CONFORMS
    assert accepted() == [NOTE]
    assert summary() | {"duration_s": 0} == whole


def test_a_run_that_is_not_whole_changes_no_baseline(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("weight", options=())
    accept()
    before = Path("b.toml").read_bytes()
    journal = Path("out/run.jsonl")
    whole = journal.read_text().splitlines(keepends=True)
    journal.write_text("".join(whole[:-1]))
    for command in (["accept", "out", "--reason", "x"], ["prune", "out"]):
        capsys.readouterr()
        assert main(["baseline", *command, "--baseline", "b.toml"]) == ExitCode.TARGET
        assert "Error: out: incomplete (" in capsys.readouterr().err
    run("weight", options=("--shard", "1/2"))
    assert accept() == ExitCode.TARGET
    assert "Error: out: shard 1/2 of a run" in capsys.readouterr().err
    for shard in ("1/2", "2/2"):
        assert run(options=("--baseline", "b.toml", "--shard", shard)) == ExitCode.CONFORMS
        assert (summary()["baseline"]["gone"], Path("b.toml").read_bytes()) == ([], before)


def test_a_target_that_dies_after_the_case_was_sent_prunes_nothing(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    run("note", options=())
    accept()
    before, answers, shown = Path("b.toml").read_bytes(), iter([reply()] * 80), list[bytes]()

    def dying(received: Received) -> bytes | None:
        shown.append(received.body)
        return next(answers, None)

    with serving(dying) as wire:
        options = ("--baseline", "b.toml", "--prune", "--target", wire.url, "--concurrency", "1")
        assert run(options=options) == ExitCode.TARGET
    assert any(re.search(rb'"note":"[^"]{20}"', body) for body in shown[:80])
    assert (summary()["complete"], summary()["baseline"]["gone"]) == (False, [])
    assert (Path("b.toml").read_bytes(), "pruned" in capsys.readouterr().err) == (before, False)


def test_nothing_to_prune_leaves_the_file_as_it_was_written_by_hand(run: Run) -> None:
    run("note", options=())
    accept()
    by_hand = Path("b.toml").read_bytes() + b"# by hand\n"
    Path("b.toml").write_bytes(by_hand)
    assert run("note", options=("--baseline", "b.toml", "--prune")) == ExitCode.CONFORMS
    assert Path("b.toml").read_bytes() == by_hand


def test_a_note_needs_no_acceptance_and_gets_none(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """Against a server that takes everything, all but the note are accepted, warnings too."""
    with serving(lambda received: reply(body=b"" if received.line.startswith("HEAD") else b"{}")) as wire:
        against = ("--target", wire.url, "--fail-on", "warning")
        assert run(options=against) == ExitCode.FINDINGS
        accept()
        levels = {f["fingerprint"]: f["level"] for f in summary()["findings"]}
        assert run(options=("--baseline", "b.toml", *against)) == ExitCode.CONFORMS
    marked = {f["fingerprint"]: f["baselined"] for f in summary()["findings"]}
    assert marked == {fingerprint: level != "note" for fingerprint, level in levels.items()}
    (note,) = (fingerprint for fingerprint, level in levels.items() if level == "note")
    capsys.readouterr()
    assert accept("--finding", note) == ExitCode.USAGE
    assert note not in capsys.readouterr().err.partition("errors and warnings:")[2]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["run", "--baseline", "gone.toml"], ExitCode.DOCUMENT, ["gone.toml", "baseline accept"]),
        (["run", "--baseline", "bad.toml"], ExitCode.DOCUMENT, ["bad.toml: not TOML", "restore it"]),
        (["run", "--prune"], ExitCode.USAGE, ["--prune", "add --baseline FILE"]),
        (["baseline", "list", "bad.toml"], ExitCode.DOCUMENT, ["bad.toml"]),
        (["baseline", "accept", "gone", "--reason", "x"], ExitCode.DOCUMENT, ["gone", "--report-dir"]),
        (["baseline", "accept", "gone", "--reason", " "], ExitCode.USAGE, ["--reason is empty"]),
        (["baseline", "accept", "gone"], ExitCode.USAGE, ["--reason"]),
        (["baseline", "accept", "gone", "--reason", "x", "--expires", "2020-01-31"], ExitCode.USAGE,
         ["--expires 2020-01-31 has passed"]),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_one_line_before_anything_is_sent(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: ExitCode,
    words: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.toml").write_text("schema = 1\n<<<<<<< ours\n")
    assert main(arguments) == code
    (line,) = capsys.readouterr().err.splitlines()
    assert [word for word in words if word not in line] == []


def test_only_findings_of_the_run_can_be_named(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("weight", options=())
    (finding,) = summary()["findings"]
    assert accept("--finding", "0" * 16) == ExitCode.USAGE
    assert finding["fingerprint"] in capsys.readouterr().err
    assert not Path("b.toml").exists()
