"""`run`, `list`, `replay` and `report` as a user meets them: through the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from conformance.cli.entry import main
from conformance.errors import ExitCode
from conformance.installation import ROOT, python_path
from conformance.recording.journal import FILE_NAME, read
from conformance_reports.summary import SCHEMA_FILE
from tests.wire import Answer, Received, reply, serving

IDS = ("--path-param", "organizationId=o-1", "--path-param", "projectId=p-1")
SMOKE = ("--operation", "trackers", "--level", "smoke")
SECRET = "hunter2-" * 3
SCHEMA = json.loads(SCHEMA_FILE.read_text())

WORKERS = 2
Run = Callable[..., int]


def summary_of(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "summary.json").read_text())
    jsonschema_rs.validate(SCHEMA, content)
    return content


def only_line(text: str) -> str:
    (line,) = text.splitlines()
    return line


def stderr_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(arguments)
    return code, only_line(capsys.readouterr().err)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a whole run of one operation against the embedded mock."""
    folder = tmp_path_factory.mktemp("kept") / "deep" / "out"
    done = subprocess.run(
        [sys.executable, "-m", "conformance", "run", "--operation", "trackers", "--report-dir", str(folder)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == ExitCode.CONFORMS, done.stdout + done.stderr
    (folder / "stdout.txt").write_text(done.stdout)
    return folder


def test_the_faithful_mock_conforms_and_the_files_say_what_the_screen_says(kept: Path) -> None:
    content = summary_of(kept)
    tally = content["requirements"]
    assert (content["exit_code"], content["complete"], content["findings"]) == (0, True, [])
    assert (tally["failed"], tally["errored"]) == (0, 0)
    last = (kept / "stdout.txt").read_text().splitlines()[-1]
    assert last.startswith(f"conforms: {tally['passed']} of {tally['total']} requirements passed, ")
    assert f"{content['requests']} requests in " in last
    journal = read(kept)
    assert journal.complete
    assert len(journal.cases) == content["requests"] == journal.header["cases"]


def test_no_path_of_the_machine_and_no_key_is_in_the_files(kept: Path) -> None:
    for name in ("run.jsonl", "summary.json"):
        text = (kept / name).read_text()
        assert str(ROOT) not in text
        assert "mock-key" not in text
    assert summary_of(kept)["documents"][0]["path"] == "specs/concord-privacy/trackers.yaml"


def test_two_runs_send_the_same_cases_byte_for_byte(kept: Path, tmp_path: Path) -> None:
    assert main(["run", "--operation", "trackers", "--report-dir", str(tmp_path)]) == ExitCode.CONFORMS
    first, second = (
        [(line["id"], line["title"], line["request"]) for line in read(folder).cases]
        for folder in (kept, tmp_path)
    )
    assert first == second


def test_report_tells_a_kept_run_again_in_each_format(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(kept)]) == ExitCode.CONFORMS
    assert capsys.readouterr().out == (kept / "stdout.txt").read_text()
    assert main(["report", str(kept / "run.jsonl"), "--format", "json"]) == ExitCode.CONFORMS
    assert capsys.readouterr().out == (kept / "summary.json").read_text()


def test_replay_sends_a_case_to_a_new_mock_and_judges_it(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = read(kept).cases[0]
    assert main(["replay", str(kept), case["id"]]) == ExitCode.CONFORMS
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("POST http://127.0.0.1:")
    assert lines[2].startswith("201, application/json, ")
    assert lines[-1] == "passed"


def test_replay_to_a_target_sends_the_stored_bytes(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = max(read(kept).cases, key=lambda line: len(json.dumps(line["request"]["body"])))
    with serving(lambda _: reply(500, b'{"statusCode":500,"error":"e","message":"m"}')) as wire:
        code = main(["replay", str(kept), line["id"], "--target", wire.url, *IDS])
    assert code == ExitCode.FINDINGS
    assert "server-error" in capsys.readouterr().out
    assert wire.received[0].body == json.loads(json.dumps(line["request"]["body"]))["text"].encode()


def test_replay_of_an_unknown_case_names_known_ones(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, line = stderr_of(capsys, "replay", str(kept), "nope")
    assert code == ExitCode.USAGE
    assert read(kept).cases[0]["id"] in line


@pytest.mark.parametrize("command", [["report"], ["replay", "case"]])
def test_a_run_that_is_not_there_is_a_document_error(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: list[str]
) -> None:
    code, line = stderr_of(capsys, command[0], str(tmp_path / "gone"), *command[1:])
    assert code == ExitCode.DOCUMENT
    assert "--report-dir" in line


def test_list_prints_each_requirement_with_its_cases_and_sends_nothing(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", "--operation", "trackers", "--format", "json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert [case["id"] for case in content["cases"]] == [line["id"] for line in read(kept).cases]
    assert len(content["requirements"]) == summary_of(kept)["requirements"]["total"]
    assert main(["list", "--operation", "trackers"]) == 0
    text = capsys.readouterr().out
    for requirement in content["requirements"]:
        assert f"{requirement['id']}  {requirement['address']}\n" in text


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--operation", "nope"], ExitCode.USAGE, ["--operation 'nope'", "trackers"]),
        (["--target", "ftp://h"], ExitCode.USAGE, ["--target 'ftp://h'", "http"]),
        (["--target", "http://h", "--api-key-env", "CONCORD_NO_KEY"], ExitCode.USAGE, ["export CONCORD_NO_KEY="]),
        (["--target", "http://h"], ExitCode.USAGE, ["--path-param organizationId=", "--path-param projectId="]),
        (["--target", "http://h", "--header", "X"], ExitCode.USAGE, ["--header", "NAME=VALUE"]),
        (["--rate", "fast"], ExitCode.USAGE, ["--rate 20/s"]),
        (["--spec", "gone.yaml"], ExitCode.DOCUMENT, ["gone.yaml", "give a document"]),
        (["--spec", "pyproject.toml"], ExitCode.DOCUMENT, ["pyproject.toml"]),
        (["--report-dir", "pyproject.toml/x", *SMOKE], ExitCode.USAGE, ["--report-dir pyproject.toml/x"]),
        (["--target", "http://127.0.0.1:1", *IDS, *SMOKE], ExitCode.TARGET, ["http://127.0.0.1:1", "--target"]),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_that_names_the_fix_with_its_exit_code(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    code: ExitCode,
    words: list[str],
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("CONCORD_NO_KEY", raising=False)
    found, line = stderr_of(capsys, "run", *arguments)
    assert (found, [word for word in words if word not in line]) == (code, [])
    assert line.startswith("Error: ")


def test_a_selection_that_leaves_no_case_is_never_a_pass(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    document = tmp_path / "empty.yaml"
    document.write_text("openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {}\n")
    code, line = stderr_of(capsys, "run", "--target", "http://h", "--spec", str(document))
    assert code == ExitCode.NOTHING_EXERCISED
    assert "--spec" in line


def test_a_refused_key_stops_the_run_after_one_request_and_the_files_say_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CONCORD_KEY", SECRET)
    with serving(lambda _: reply(401, b"{}")) as wire:
        code, line = stderr_of(
            capsys, "run", "--target", wire.url, *IDS, *SMOKE, "--api-key-env", "CONCORD_KEY",
            "--report-dir", str(tmp_path),
        )  # fmt: skip
    assert code == ExitCode.TARGET
    assert "$CONCORD_KEY is refused" in line
    assert len(wire.received) == 1
    content = summary_of(tmp_path)
    assert (content["exit_code"], content["complete"], content["requests"]) == (3, False, 0)
    assert not read(tmp_path).complete


def test_a_server_that_takes_everything_has_findings_and_each_can_be_replayed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    arguments = ["--operation", "trackers", "--report-dir", str(tmp_path)]
    with serving(lambda _: reply()) as wire:
        assert main(["run", "--target", wire.url, *IDS, *arguments]) == ExitCode.FINDINGS
        out = capsys.readouterr().out
        content = summary_of(tmp_path)
        finding = content["findings"][0]
        assert out.splitlines()[-1].startswith(f"does not conform: {len(content['findings'])} findings (")
        assert f"Case        {finding['case']} (finding {finding['fingerprint']})" in out
        assert "  curl        curl -sS -i -X POST http://127.0.0.1:" in out
        assert main(["replay", str(tmp_path), finding["case"]]) == ExitCode.FINDINGS
        assert finding["rule"] in capsys.readouterr().out


def test_replay_fails_where_an_answer_breaks_its_schema_though_the_request_was_met_as_it_should(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One verdict everywhere: what is an error in `run` ends `replay` with the same code."""
    case = next(line for line in read(kept).cases if line["intent"] == "valid")
    with serving(lambda _: reply(201, b'{"success":"yes"}')) as wire:
        code = main(["replay", str(kept), case["id"], "--target", wire.url, *IDS])
    out = capsys.readouterr().out.splitlines()
    assert (code, out[-4:-2]) == (ExitCode.FINDINGS, ["failed", "  response-schema"])


def echoing(received: Received) -> bytes:
    """Answer as a careless server: every header it was sent comes back in the error's message."""
    echo = json.dumps({"statusCode": 400, "error": "Bad", "message": str(received.headers)})
    refused = reply(400, echo.encode(), extra=f"X: {SECRET}\r\n")
    return reply(201) if received.body.startswith(b'{"name"') else refused


def test_secrets_that_a_server_echoes_reach_no_file_and_no_screen(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CONCORD_KEY", SECRET)
    with serving(echoing) as wire:
        options = ["--api-key-env", "CONCORD_KEY", "--header", f"X-Tenant={SECRET}9"]
        arguments = ["--operation", "trackers", "--report-dir", str(tmp_path)]
        main(["run", "--target", wire.url, *IDS, *options, *arguments])
        case = next(line for line in read(tmp_path).cases if line["response"]["status"] == 400)
        main(["replay", str(tmp_path), case["id"], *options])
    shown = capfd.readouterr()
    assert any(SECRET in str(received.headers) for received in wire.received)
    assert "***" in shown.out
    for text in (shown.out, shown.err, *(path.read_text() for path in tmp_path.iterdir())):
        assert SECRET not in text


def test_replay_sends_no_secret_that_only_the_journal_asks_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CONCORD_KEY", SECRET)
    with serving(lambda _: reply()) as wire:
        options = ["--target", wire.url, *IDS, *SMOKE, "--report-dir", str(tmp_path)]
        main(["run", *options, "--api-key-env", "CONCORD_KEY"])
        capsys.readouterr()
        before = len(wire.received)
        code, line = stderr_of(capsys, "replay", str(tmp_path), read(tmp_path).cases[0]["id"])
    assert code == ExitCode.USAGE
    assert "add --api-key-env CONCORD_KEY" in line
    assert len(wire.received) == before


def test_a_target_that_dies_midway_leaves_an_incomplete_run(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    seen = 0

    def dying(_: Received) -> bytes | None:
        nonlocal seen
        seen += 1
        return reply() if seen <= 10 else None

    with serving(dying) as wire:
        code = main(
            ["run", "--target", wire.url, *IDS, "--operation", "trackers", "--concurrency", "1",
             "--report-dir", str(tmp_path)]
        )  # fmt: skip
    assert code == ExitCode.TARGET
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("incomplete: the target stopped answering (20 times in a row: ")
    assert (summary_of(tmp_path)["complete"], read(tmp_path).complete) == (False, False)


def start(wire_url: str, folder: Path) -> subprocess.Popen[str]:
    # A shell that runs tests in the background has them ignore SIGINT; the launcher undoes that.
    launcher = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from conformance.cli.entry import main; sys.exit(main())"
    )
    arguments = ["run", "--target", wire_url, *IDS, "--operation", "trackers", "--concurrency", str(WORKERS)]
    arguments += ["--report-dir", str(folder), "--format", f"json={folder}/told.json"]
    return subprocess.Popen(
        [sys.executable, "-c", launcher, *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": python_path()},
    )  # fmt: skip


def stuck_after(number: int) -> tuple[Answer, threading.Event, threading.Event]:
    """Return an answer that hangs after `number` requests, the event that every worker waits, and one to free it.

    By then every answer has come: a worker sends its next request once it has that to the last one.
    """
    stuck, free = threading.Event(), threading.Event()
    lock, seen = threading.Lock(), iter(range(10**6))

    def answer(_: Received) -> bytes | None:
        with lock:
            count = next(seen)
        if count >= number:
            if count + 1 >= number + WORKERS:
                stuck.set()
            free.wait(60)
            return None
        return reply()

    return answer, stuck, free


def has_lines(path: Path, count: int) -> bool:
    """Wait until a file that another process writes has so many lines; False where it does not come to that."""
    until = time.monotonic() + 60
    while (lines := path.read_bytes().count(b"\n")) < count and time.monotonic() < until:
        time.sleep(0.01)
    return lines == count


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_an_honest_incomplete_journal(
    tmp_path: Path, number: signal.Signals
) -> None:
    answer, stuck, free = stuck_after(20)
    with serving(answer) as wire, start(wire.url, tmp_path) as process:
        assert stuck.wait(60)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
        free.set()
    assert process.returncode == ExitCode.INTERRUPTED, err
    assert out.splitlines()[-1].startswith("incomplete: interrupted; ")
    journal, content = read(tmp_path), summary_of(tmp_path)
    assert not journal.complete
    assert journal.footer is not None
    assert (content["exit_code"], content["complete"]) == (130, False)
    assert json.loads((tmp_path / "told.json").read_text()) == content
    assert len(journal.cases) == content["requests"] == 20


def test_a_killed_run_keeps_its_lines_and_is_reported_as_incomplete(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "summary.json").write_text("of an earlier run that passed")
    answer, stuck, free = stuck_after(20)
    with serving(answer) as wire, start(wire.url, tmp_path) as process:
        assert stuck.wait(60)
        assert has_lines(tmp_path / FILE_NAME, 1 + 20)
        process.kill()
        process.communicate(timeout=60)
        free.set()
    journal = read(tmp_path)
    assert (journal.footer, (tmp_path / "summary.json").exists()) == (None, False)
    assert len(journal.cases) == 20
    assert main(["report", str(tmp_path)]) == ExitCode.TARGET
    assert "incomplete: the run ended before it could write its footer" in capsys.readouterr().out
