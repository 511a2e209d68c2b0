"""Good manners through the command line: a target's limit is kept, and so are the user's own."""

from __future__ import annotations

import http.client
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from conformance.cli.entry import main
from conformance.errors import ExitCode
from conformance.mock.process import MockServer, start_mock
from conformance.recording.journal import read
from conformance.sending.pace import MAX_TRIES
from conformance.session.loading import BUNDLED
from tests.acceptance.test_run_cli import summary_of
from tests.wire import Received, reply, serving

LIMIT = 10
FEW = ("--level", "smoke", "--operation", "trackers", "--operation", "projects")
PATH = ("--path-param", "organizationId=o-1", "--path-param", "projectId=p-1")


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MANNERS_KEY", "mock-key")


def run(mock: MockServer, folder: Path, *options: str) -> ExitCode:
    """Run a few cases against the mock."""
    ids = [f"--path-param={name}={value}" for name, value in mock.path_params.items()]
    fixed = ("run", "--target", mock.url, "--api-key-env", "MANNERS_KEY", "--report-dir", str(folder))
    return ExitCode(main([*fixed, *ids, *options]))


def taken(mock: MockServer) -> list[dict[str, Any]]:
    """Return what the mock says that it took."""
    connection = http.client.HTTPConnection(urlsplit(mock.url).netloc, timeout=30)
    connection.request("GET", "/__mock__/requests")
    requests: list[dict[str, Any]] = json.loads(connection.getresponse().read())
    connection.close()
    return requests


def most_in_a_second(times: list[float]) -> int:
    return max(sum(start <= time < start + 1 for time in times) for start in times)


def test_a_limited_target_is_tested_whole_and_its_limit_kept(tmp_path: Path) -> None:
    """No case is lost and no finding made of a refusal; after the first ones the run keeps to the limit."""
    with start_mock([Path(BUNDLED)], rate=LIMIT) as mock:
        code = run(mock, tmp_path, *FEW)
        log = taken(mock)
    summary, cases = summary_of(tmp_path), read(tmp_path).cases
    refused = [request for request in log if request["status"] == 429]
    assert (code, summary["findings"], summary["requirements"]["errored"]) == (ExitCode.CONFORMS, [], 0)
    assert 429 not in {case["response"]["status"] for case in cases}
    assert summary["requests"] == len(cases) == len(log) - len(refused) > LIMIT
    assert 0 < summary["held_back"] == len(refused) <= 16  # those under way when the limit showed
    after = [request["at_s"] for request in log if request["at_s"] > refused[-1]["at_s"]]
    assert most_in_a_second(after) <= LIMIT


def test_at_the_right_rate_nothing_is_refused(tmp_path: Path) -> None:
    with start_mock([Path(BUNDLED)], rate=LIMIT) as mock:
        code = run(mock, tmp_path, *FEW, "--rate", f"{LIMIT}/s")
        log = taken(mock)
    assert (code, summary_of(tmp_path)["held_back"]) == (ExitCode.CONFORMS, 0)
    assert {request["status"] for request in log} & {429} == set()


@pytest.mark.parametrize("most", [1, 3, 9])
def test_no_request_is_sent_beyond_the_limit_and_all_that_were_sent_are_told(
    most: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with start_mock([Path(BUNDLED)]) as mock:
        code = run(mock, tmp_path, "--level", "smoke", "--max-requests", str(most))
        log = taken(mock)
    out, err = capsys.readouterr()
    stopped = f"--max-requests {most} is reached; raise it, or send less with --level or --operation"
    summary = summary_of(tmp_path)
    assert (code, summary["complete"], summary["requests"]) == (ExitCode.TARGET, False, most)
    assert (len(log), len(read(tmp_path).cases)) == (most, most)
    assert err == f"--max-requests {most}: 46 cases are planned, so the run will be incomplete\n"
    assert out.splitlines()[-1] == f"incomplete: {stopped}; {most} of 46 cases sent"


def test_cases_that_were_not_sent_earn_no_mutation_score(tmp_path: Path) -> None:
    with start_mock([Path(BUNDLED)]) as mock:
        whole, cut = (tmp_path / name for name in ("whole", "cut"))
        assert run(mock, whole, "--operation", "trackers") == ExitCode.CONFORMS
        assert run(mock, cut, "--operation", "trackers", "--max-requests", "1") == ExitCode.TARGET
    told = [(journal.footer or {})["report"]["scores"] for journal in (read(whole), read(cut))]
    assert [list(scores) for scores in told] == [["trackers"], []]


def test_what_is_sent_again_counts_towards_the_limit(tmp_path: Path) -> None:
    """Refused requests, findings sent a second time and exploration are paid from the same budget."""
    with start_mock([Path(BUNDLED)], ["trackers-status-200"]) as mock:
        few = ("--level", "smoke", "--operation", "trackers", "--explore", "30")
        folder = ("--explore-dir", str(tmp_path / "failures"))
        code = run(mock, tmp_path, *few, *folder, "--max-requests", "40")
        log = taken(mock)
    assert (code, len(log)) == (ExitCode.TARGET, 40)
    assert summary_of(tmp_path)["requests"] == 40


def test_findings_are_told_where_the_limit_leaves_no_second_look(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every case is judged: the run is complete."""
    with start_mock([Path(BUNDLED)], ["trackers-status-200"]) as mock:
        few = ("--level", "smoke", "--operation", "trackers")
        assert run(mock, tmp_path / "first", *few) == ExitCode.FINDINGS
        cases = len(read(tmp_path / "first").cases)
        capsys.readouterr()
        code = run(mock, tmp_path, *few, "--max-requests", str(cases))
    assert (code, read(tmp_path).retries) == (ExitCode.FINDINGS, ())
    assert capsys.readouterr().err.startswith("not every finding was sent a second time: --max-requests ")


def test_when_the_time_is_used_up_the_run_ends_in_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The second slot lies beyond the time: it is not waited for."""
    with start_mock([Path(BUNDLED)]) as mock:
        code = run(mock, tmp_path, *FEW, "--rate", "0.001/s", "--max-time", "10m")
        log = taken(mock)
    assert (code, len(log), len(read(tmp_path).cases)) == (ExitCode.TARGET, 1, 1)
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("incomplete: --max-time 10m is used up; raise it, ")


def test_a_bad_duration_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--max-time", "soon"]) == ExitCode.USAGE
    assert "--max-time 'soon': give a duration, such as" in capsys.readouterr().err


def refusing_one(status: int) -> Callable[[Received], bytes]:
    """Return a server that takes everything but the second body it sees: that one it asks to send again, always."""
    seen: dict[bytes, None] = {}

    def answer(received: Received) -> bytes:
        seen.setdefault(received.body)
        is_victim = list(seen).index(received.body) == 1
        return reply(status, b"{}", extra="Retry-After: 0\r\n") if is_victim else reply(201)

    return answer


@pytest.mark.parametrize(("status", "verdict"), [(503, "failed"), (429, "errored")])
def test_a_refusal_that_means_one_body_and_not_the_pace_is_told(
    status: int, verdict: str, tmp_path: Path
) -> None:
    """While others pass, that body is refused at each of five tries: so that is its answer."""
    options = ("--level", "smoke", "--operation", "trackers", "--concurrency", "1")
    with serving(refusing_one(status)) as wire:
        main(["run", "--target", wire.url, *PATH, *options, "--report-dir", str(tmp_path)])
    journal = read(tmp_path)
    (victim,) = (case for case in journal.cases if case["response"]["status"] == status)
    broken = [violation["rule"] for violation in victim["violations"]]
    again = [line["response"]["status"] for line in journal.retries if line["id"] == victim["id"]]
    tries = Counter(received.body for received in wire.received)[victim["request"]["body"]["text"].encode()]
    assert victim["verdict"] == verdict
    assert ("server-error" in broken) == (status == 503)
    assert tries == MAX_TRIES * (1 + len(again))
    assert summary_of(tmp_path)["held_back"] == (MAX_TRIES - 1) * (1 + len(again))
