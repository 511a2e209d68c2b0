"""Journals that are no shards of one run are refused in one line that names the difference."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.case import RunLevel
from conformance.errors import ConformanceError, DocumentError, ExitCode, UsageError
from conformance.planning.shard import Shard
from conformance.recording.journal import Journal, read
from conformance.recording.merge import Part, lacking, parts_of
from tests.support.sharded import chosen, merged, recorded, sharded, wire

SMOKE = chosen("trackers", RunLevel.SMOKE)
Edit = Callable[[list[dict[str, Any]]], Any]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return two shards of a small run that has a finding in the first."""
    folder = tmp_path_factory.mktemp("kept")
    return sharded(SMOKE, lambda: wire(SMOKE, "trackers-type-required-lost"), 2, folder)


def edited(run: Path, folder: Path, edit: Edit) -> Path:
    """Return a copy of the run whose journal was changed; the footer is made to fit."""
    lines = [json.loads(line) for line in (run / "run.jsonl").read_text().splitlines()]
    edit(lines)
    folder.mkdir()
    with (folder / "run.jsonl").open("wb") as file:
        body = [json.dumps(line, separators=(",", ":")).encode() + b"\n" for line in lines]
        kinds = Counter(line["type"] for line in lines)
        if lines[-1]["type"] == "footer":
            digest = hashlib.sha256(b"".join(body[1:-1])).hexdigest()
            lines[-1] |= {"sha256": digest, "cases": kinds["case"], "retries": kinds["retry"]}
            body[-1] = json.dumps(lines[-1]).encode() + b"\n"
        file.writelines(body)
    return folder


def put(lines: list[dict[str, Any]], number: int, *path: str, value: Any) -> None:
    """Set one member of a line."""
    place = lines[number]
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value


def header(*path: str, value: Any) -> Edit:
    return lambda lines: put(lines, 0, *path, value=value)


def first(*path: str, value: Any) -> Edit:
    return lambda lines: put(lines, 1, *path, value=value)


def footer(*path: str, value: Any) -> Edit:
    return lambda lines: put(lines, -1, *path, value=value)


def refused(runs: list[Path]) -> ConformanceError:
    with pytest.raises(ConformanceError) as caught:
        merged(runs)
    assert "\n" not in str(caught.value)
    return caught.value


def test_the_two_as_they_are_make_one_verdict(kept: list[Path]) -> None:
    report = merged(kept)
    assert (report.complete, report.exit_code, len(report.findings)) == (True, ExitCode.FINDINGS, 1)


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (header("target", value="http://elsewhere"), "target is http://elsewhere in one and http://mock in"),
        (header("shard", "terms", "version", value="0"), "version is 0 in one"),
        (header("path_params", "projectId", value="other"), "path_params is"),
        (header("shard", "of", value=3), "number of shards is 3 in one and 2 in the other"),
        (header("shard", "index", value=1), "both shard 1/2"),
        (header("shard", "terms", "level", value="full"), "level is full in one and smoke in the other"),
        (header("shard", "terms", "fail_on", value="warning"), "fail_on is warning in one and error in"),
        (header("shard", "terms", "documents", value=[["trackers", "0"]]), "document trackers is 0 in one"),
        (header("shard", "terms", "cases", value="0"), "cases is 0 in one"),
        (header("accept", value={"*": ["409"]}), "accept is {'*': ['409']} in one and {} in the other"),
        (header("news", value=1), "news is 1 in one and nothing in the other"),
    ],
)
def test_shards_of_different_runs_are_a_usage_error(
    kept: list[Path], tmp_path: Path, edit: Edit, words: str
) -> None:
    error = refused([kept[0], edited(kept[1], tmp_path / "edited", edit)])
    assert isinstance(error, UsageError)
    assert words in str(error)


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda lines: lines[0].pop("shard"), "a whole run"),
        (header("shard", value=7), "not the journal of a shard"),
        (header("shard", "index", value=0), "not the journal of a shard"),
        (header("shard", "of", value=10**9), "not the journal of a shard"),
        (header("shard", "of", value=float("inf")), "no number that a run writes"),
        (header("shard", "terms", "max_body", value=float("inf")), "no number that a run writes"),
        (header("shard", "terms", value=[]), "not the journal of a shard"),
        (header("shard", "terms", "documents", value=[1]), "not the journal of a shard"),
        (header("shard", "terms", "level", value="deep"), "not the journal of a shard"),
        (header("shard", "terms", "fail_on", value="note!"), "not the journal of a shard"),
        (header("shard", "terms", "max_body", value="x"), "not the journal of a shard"),
        (header("shard", "terms", "cases", value="0"), "another plan"),
        (header("shard", "terms", "documents", value=[["trackers", "0"]]), "document trackers"),
        (header("path_params", value=None), "not the journal of a shard"),
    ],
)
def test_a_journal_that_no_shard_of_these_documents_wrote_is_a_document_error(
    kept: list[Path], tmp_path: Path, edit: Edit, words: str
) -> None:
    """Alone: beside others it would first be told as a shard of another run."""
    error = refused([edited(kept[0], tmp_path / "edited", edit)])
    assert isinstance(error, DocumentError)
    assert words in str(error)


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (first("intent", value="open"), "is not the one that the documents give"),
        (first("request", "body", value={"text": "{}"}), "is not the one that the documents give"),
        (first("response", "status", value=float("inf")), "no number that a run writes"),
        (first("id", value="nobody"), "does not belong there"),
        (first("violations", value=[{"rule": "made-up"}]), "cannot be read"),
        (lambda lines: lines.insert(1, lines[1]), "is there twice"),
        (lambda lines: lines.pop(1), "lacks cases"),
        (footer("coverage", value={"nobody": {}}), "not the footer of a shard"),
        (lambda lines: lines[-1].pop("coverage"), "not the footer of a shard"),
        (footer("report", "duration_s", value=float("nan")), "no number that a run writes"),
    ],
)
def test_lines_that_the_shard_did_not_write_are_a_document_error(
    kept: list[Path], tmp_path: Path, edit: Edit, words: str
) -> None:
    error = refused([edited(kept[0], tmp_path / "edited", edit), kept[1]])
    assert isinstance(error, DocumentError)
    assert words in str(error)


def test_shards_of_embedded_mocks_may_have_been_sent_to_different_ports(
    kept: list[Path], tmp_path: Path
) -> None:
    runs = []
    for number, run in enumerate(kept):

        def edit(lines: list[dict[str, Any]], number: int = number) -> None:
            lines[0] |= {"embedded": True, "target": f"http://127.0.0.1:{number + 1}"}

        runs.append(edited(run, tmp_path / str(number), edit))
    assert merged(runs).target == "http://127.0.0.1:1"


def test_ids_that_separate_servers_gave_alike_are_no_repetition(kept: list[Path], tmp_path: Path) -> None:
    """What must be compared was sent in one shard, so nothing is lost by not comparing the rest."""
    made = {"made": ["/id", "0" * 16]}
    one, other = (edited(run, tmp_path / run.name, first("trace", value=made)) for run in kept)
    assert merged([one, other]).findings == merged(kept).findings
    twice = edited(one, tmp_path / "twice", lambda lines: lines[2].update(trace=made))
    assert "id-repeated" in {finding.rule for finding in merged([twice, other]).findings}


def journal(*, complete: bool, stopped: str = "") -> Journal:
    return Journal({}, (), {"complete": complete, "stopped": stopped} if complete or stopped else None)


def test_what_is_lacking_is_named() -> None:
    known = {
        1: journal(complete=True),
        3: journal(complete=False, stopped="x" * 300),
        4: journal(complete=False),
    }
    parts = [Part(Shard(index, 30), one, "") for index, one in known.items()]
    told = lacking(parts)
    missing = ", ".join(f"{n}/30" for n in (2, *range(5, 24)))
    assert told == (
        f"missing: shard {missing} and 7 more; shard 3/30 is incomplete ({'x' * 99}…); shard 4/30 is incomplete"
    )
    assert lacking([Part(Shard(1, 1), journal(complete=True), "")]) == ""


def test_a_shard_cut_short_leaves_the_run_incomplete_with_what_was_judged(
    kept: list[Path], tmp_path: Path
) -> None:
    cut = edited(kept[1], tmp_path / "cut", lambda lines: lines.pop())
    report = merged([kept[0], cut])
    assert (report.complete, report.exit_code) == (False, ExitCode.TARGET)
    assert report.stopped == "shard 2/2 is incomplete"
    assert report.sent == sum(len(read(run).cases) for run in kept)


def test_a_whole_run_is_no_shard(tmp_path: Path) -> None:
    run = recorded(SMOKE, wire(SMOKE), tmp_path / "whole")
    with pytest.raises(DocumentError, match="a whole run"):
        parts_of([("run", read(run))])
