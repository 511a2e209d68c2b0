"""Shards merged are the run in one piece: the same summary byte for byte, whatever the server does wrong."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from conformance.case import Case, Exchange, RunLevel
from conformance.cli.created import creations
from conformance.cli.entry import main
from conformance.errors import ExitCode
from conformance.mock.process import start_mock
from conformance.planning.shard import Shard, cut
from conformance.recording.journal import read
from conformance.rules import INVALID_ACCEPTED
from conformance.session.loading import BUNDLED
from conformance.session.settings import Settings
from conformance_reports.cases import CHUNK
from conformance_reports.model import Holds
from conformance_reports.summary import SCHEMA_FILE
from tests.support.inprocess import Wire, service
from tests.support.sharded import chosen, merged, planned, recorded, sharded, wire


def summary(run: Path) -> str:
    return (run / "summary.json").read_text()


def frame(run: Path) -> tuple[Any, ...]:
    """Return what a journal tells but for the answers: header and footer, and the order of its lines."""
    journal = read(run)
    header = {n: v for n, v in journal.header.items() if n not in ("started", "merged")}
    footer = {n: v for n, v in (journal.footer or {}).items() if n != "sha256"}
    return header, footer, [line["id"] for line in journal.cases], [line["id"] for line in journal.retries]


def lines(runs: Iterable[Path]) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the lines of cases and retries by type and id, but for the ids that the server gave."""
    found = {}
    for run in runs:
        for line in (*read(run).cases, *read(run).retries):
            trace = {name: part for name, part in line["trace"].items() if name != "made"}
            found[line["type"], line["id"]] = {**line, "trace": trace}
    return found


def created(runs: Iterable[Path]) -> Counter[str]:
    """Return how often each id is listed as created."""
    return Counter(text for run in runs for creation in creations(read(run)) for text in creation.ids)


def test_what_was_held_back_is_counted_over_all_shards(tmp_path: Path) -> None:
    held = {Shard(1, 2): Holds(2, 90.0), Shard(2, 2): Holds(1, 5.0)}
    runs = [recorded(SMOKE, wire(SMOKE), tmp_path / f"{s.index}", s, holds) for s, holds in held.items()]
    assert merged(runs).held == Holds(3, 90.0)


SMOKE = chosen("trackers", RunLevel.SMOKE)

FAULTS = (
    ("projects", (), []),
    ("projects", ("projects-id-repeated",), ["id-repeated"]),
    ("projects", ("projects-name-of-another",), ["answer-leaks"]),
    ("projects", ("projects-name-max-1023", "projects-id-repeated"), ["id-repeated", "valid-rejected"]),
    ("projects", ("projects-name-longest-now-and-then",), ["valid-rejected"]),
    ("trackers", ("trackers-again-500",), ["server-error"]),
    ("trackers", ("trackers-type-unchecked-now-and-then",), ["invalid-accepted"]),
    ("consent-types", ("consent-types-category-newline",), ["invalid-accepted"]),
)


@pytest.mark.parametrize(
    ("operation", "faults", "rules", "of"),
    [*((*fault, of) for fault in FAULTS for of in (2, 5)), *((*fault, 1) for fault in FAULTS[:2])],
)
def test_merged_shards_are_the_run_in_one_piece(
    operation: str, faults: tuple[str, ...], rules: list[str], of: int, tmp_path: Path
) -> None:
    """Each shard has a server of its own here, as in the jobs of a CI that start one each."""
    choice = chosen(operation)
    one = recorded(choice, wire(choice, *faults), tmp_path / "whole")
    runs = sharded(choice, lambda: wire(choice, *faults), of, tmp_path)
    merged(runs[::-1], tmp_path / "merged")
    joined = tmp_path / "merged"
    assert summary(joined) == summary(one)
    assert frame(joined) == frame(one)
    assert lines([joined]).items() <= lines(runs).items()
    assert created([joined]) == created(runs)
    assert [finding["rule"] for finding in json.loads(summary(one))["findings"]] == rules


def test_shards_that_share_one_server_give_the_same_verdict(tmp_path: Path) -> None:
    choice = chosen("projects")
    shared = wire(choice, "projects-id-repeated")
    one = recorded(choice, wire(choice, "projects-id-repeated"), tmp_path / "whole")
    merged(sharded(choice, lambda: shared, 5, tmp_path), tmp_path / "merged")
    assert summary(tmp_path / "merged") == summary(one)


def test_the_faithful_mock_in_five_shards_conforms(tmp_path: Path) -> None:
    """All four operations: shards that hold one in part, several, or none of their valid requests."""
    everything = Settings()
    one = recorded(everything, wire(everything), tmp_path / "whole")
    merged(sharded(everything, lambda: wire(everything), 5, tmp_path), tmp_path / "merged")
    assert summary(tmp_path / "merged") == summary(one)


class Lax(Wire):
    """The way to a server that creates whatever the requests of some cases ask for."""

    taken: Collection[str] = ()

    async def send(self, case: Case) -> Exchange:
        """Return a success to those cases, what the mock answers to any other."""
        if case.id not in self.taken:
            return await super().send(case)
        return Exchange(case.id, 201, (("content-type", "application/json"),), b'{"success":true}')


def test_what_one_shard_alone_would_explain_otherwise_was_sent_twice_there(tmp_path: Path) -> None:
    """To one shard all invalid bodies seem to pass; the whole knows better, and has second answers to each."""
    lax = Lax(service(BUNDLED), planned(SMOKE).operations)
    last = cut(planned(SMOKE), Shard(2, 2)).cases
    lax.taken = [case.id for case in last if case.rule == INVALID_ACCEPTED]
    one = recorded(SMOKE, lax, tmp_path / "whole")
    runs = sharded(SMOKE, lambda: lax, 2, tmp_path)
    merged(runs, tmp_path / "merged")
    assert (summary(tmp_path / "merged"), frame(tmp_path / "merged")) == (summary(one), frame(one))
    findings = [len(json.loads(summary(run))["findings"]) for run in (*runs, one)]
    assert findings == [0, 1, len(lax.taken)]
    assert created([tmp_path / "merged"]) == created(runs)


def untimed(run: Path) -> str:
    jsonschema_rs.validate(json.loads(SCHEMA_FILE.read_text()), json.loads(summary(run)))
    return re.sub(r'"duration_s": [0-9.]+', "", summary(run))


def test_run_in_shards_and_merged_through_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A shard ends with 1 for what it saw, with 0 where it saw nothing; the merged run like the whole one."""
    whole, joined = tmp_path / "whole", tmp_path / "deep" / "joined"
    shards = [tmp_path / str(index) for index in (1, 2, 3)]
    with start_mock(faults=["trackers-type-required-lost"]) as mock:
        monkeypatch.setenv("SHARD_KEY", mock.api_key)
        ids = (
            text for name, value in mock.path_params.items() for text in ("--path-param", f"{name}={value}")
        )
        common = ["run", "--operation", "trackers", "--level", "smoke", "--target", mock.url, *ids]
        common += ["--api-key-env", "SHARD_KEY", "--report-dir"]
        assert main([*common, str(whole)]) == ExitCode.FINDINGS
        codes = [main([*common, str(shard), "--shard", f"{n}/3"]) for n, shard in enumerate(shards, 1)]
    assert sorted(codes) == [ExitCode.CONFORMS, ExitCode.CONFORMS, ExitCode.FINDINGS]
    capsys.readouterr()
    assert main(["merge", *map(str, shards), "--report-dir", str(joined)]) == ExitCode.FINDINGS
    assert untimed(joined) == untimed(whole)
    assert capsys.readouterr().out.splitlines()[-1].startswith("does not conform: 1 finding (1 error), ")
    assert main(["report", str(joined), "--format", "json"]) == ExitCode.CONFORMS
    assert capsys.readouterr().out == summary(joined)
    assert mock.api_key not in (joined / "run.jsonl").read_text()


def test_a_missing_shard_leaves_the_run_incomplete_and_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = sharded(SMOKE, lambda: wire(SMOKE), 4, tmp_path)
    left = [str(runs[3]), str(runs[0])]
    assert main(["merge", *left, "--report-dir", str(tmp_path / "merged")]) == ExitCode.TARGET
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("incomplete: missing: shard 2/4, 3/4; ")
    found = json.loads(summary(tmp_path / "merged"))
    assert (found["complete"], found["exit_code"]) == (False, 3)
    assert found["requests"] == sum(len(read(Path(run)).cases) for run in left)


def test_formats_and_page_are_written_for_the_merged_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (run,) = sharded(SMOKE, lambda: wire(SMOKE), 1, tmp_path)
    merged_into = tmp_path / "merged"
    formats = ("--format", f"json={tmp_path / 'out.json'}")
    assert main(["merge", str(run), *formats, "--report-dir", str(merged_into)]) == ExitCode.CONFORMS
    page, cases = (merged_into / "report.html").read_text(), len(read(merged_into).cases)
    assert page.count('<script type="text/plain" class="bodies"') == -(-cases // CHUNK) > 0
    assert json.loads((tmp_path / "out.json").read_text())["complete"] is True
    assert capsys.readouterr().out.splitlines()[-1].startswith("conforms: ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "--shard", "6/5"], "--shard 6/5"),
        (["run", "--shard", "2"], "such as 2/5"),
        (["run", "--shard", "1/2", "--explore", "1"], "--explore"),
        (["merge"], "RUN"),
        (["merge", "{run}", "{run}"], "both shard 1/2"),
        (["merge", "{run}", "--report-dir", "{run}"], "a shard lies there"),
        (["merge", "{run}", "--format", "nope=x"], "--format 'nope=x'"),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(
    arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = recorded(SMOKE, wire(SMOKE), tmp_path / "1", Shard(1, 2))
    before = (run / "run.jsonl").read_bytes()
    assert main([argument.format(run=run) for argument in arguments]) == ExitCode.USAGE
    assert words in capsys.readouterr().err
    assert (run / "run.jsonl").read_bytes() == before
