"""`run --explore` as a user meets it: found, shrunk, kept, replayed; and silent where all is well."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from conformance.cli.entry import main
from conformance.errors import ExitCode
from conformance.explore import foreign
from conformance.installation import python_path
from conformance.mock.process import start_mock
from conformance.recording.journal import read
from tests.support.parcels import parcels
from tests.wire import Received, reply, serving


def summary_of(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "summary.json").read_text())
    return content


def test_what_enumerated_cases_miss_is_found_shrunk_kept_and_replayed_until_it_is_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The smallest body is kept; the next run, without exploring, fails by it and passes once it is mended."""
    spec, kept, out = parcels(tmp_path), tmp_path / "here" / "kept", tmp_path / "out"
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    common = ["run", "--spec", str(spec), "--explore-dir", "kept", "--report-dir", str(out)]
    with start_mock([spec], ["middle-refused"]) as mock:
        against = [*common, "--target", mock.url]
        assert main(against) == ExitCode.CONFORMS
        assert not kept.exists()
        assert main([*against, "--explore", "8"]) == ExitCode.FINDINGS
        (finding,) = summary_of(out)["findings"]
        assert (finding["rule"], finding["actual"]) == ("valid-rejected", "400")
        assert finding["pointer"] == "/paths/~1parcels/post/requestBody"
        (file,) = kept.iterdir()
        stored = json.loads(file.read_text())
        assert stored["request"]["body"] == {"json": {"weight": 100}}
        assert (file.stem, stored["fingerprint"]) == (finding["fingerprint"], finding["fingerprint"])
        assert [path.name for path in Path().iterdir()] == ["kept"]
        capsys.readouterr()
        assert main(["replay", str(out), finding["case"], "--spec", str(spec)]) == ExitCode.FINDINGS
        assert main(against) == ExitCode.FINDINGS
        (again,) = summary_of(out)["findings"]
        assert (again["fingerprint"], again["case"]) == (finding["fingerprint"], finding["case"])
        assert main([*against, "--explore", "1"]) == ExitCode.FINDINGS
        assert [f["fingerprint"] for f in summary_of(out)["findings"]] == [finding["fingerprint"]]
    with start_mock([spec]) as mended:
        assert main([*common, "--target", mended.url]) == ExitCode.CONFORMS
        assert finding["case"] in {line["id"] for line in read(out).cases}


def test_the_faithful_mock_gives_exploration_nothing_to_find(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["run", "--explore", "5", "--report-dir", "out"]) == ExitCode.CONFORMS
    content = summary_of(Path("out"))
    assert content["findings"] == []
    assert content["requests"] > len(read(Path("out")).cases)
    assert [path.name for path in Path().iterdir()] == ["out"]


def test_a_missing_schemathesis_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(foreign, "is_installed", lambda: False)
    spec = parcels(tmp_path)
    assert main(["run", "--spec", str(spec), "--explore", "0.5"]) == ExitCode.CONFORMS
    told = [line for line in capsys.readouterr().err.splitlines() if "Schemathesis" in line]
    assert told == [foreign.MISSING]


def test_a_stored_failure_that_cannot_be_read_is_a_document_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.json").write_text("{}")
    spec = parcels(tmp_path)
    assert main(["run", "--spec", str(spec), "--explore-dir", str(tmp_path)]) == ExitCode.DOCUMENT
    (line,) = capsys.readouterr().err.splitlines()
    assert "a.json: not a stored failure" in line


@pytest.mark.parametrize("seconds", ["0", "-1", "soon"])
def test_a_time_that_is_none_is_a_usage_error(capsys: pytest.CaptureFixture[str], seconds: str) -> None:
    assert main(["run", "--explore", seconds]) == ExitCode.USAGE
    (line,) = capsys.readouterr().err.splitlines()
    assert "--explore" in line


def breaking_in_the_middle(hung: threading.Event, free: threading.Event) -> Any:
    """Return an answer that breaks on middling weights, and hangs on the third of them."""
    seen = iter(range(10**6))

    def answer(received: Received) -> bytes | None:
        try:
            weight = json.loads(received.body)["weight"]
        except (ValueError, TypeError, KeyError):
            return reply(400, b"{}")
        if not isinstance(weight, int) or not 100 <= weight <= 900:
            return reply(201, b"{}") if isinstance(weight, int) and 1 <= weight <= 1000 else reply(400, b"{}")
        if next(seen) == 2:
            hung.set()
            free.wait(60)
        return reply(500, b"{}")

    return answer


def test_ctrl_c_keeps_and_reports_what_was_found(tmp_path: Path) -> None:
    """Interrupted in the middle of shrinking: the file is there, the report has the finding and says incomplete."""
    spec, kept, out = parcels(tmp_path), tmp_path / "kept", tmp_path / "out"
    launcher = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from conformance.cli.entry import main; sys.exit(main())"
    )
    hung, free = threading.Event(), threading.Event()
    with serving(breaking_in_the_middle(hung, free)) as wire:
        arguments = ["run", "--target", wire.url, "--spec", str(spec), "--explore", "600"]
        with subprocess.Popen(
            [sys.executable, "-c", launcher, *arguments, "--explore-dir", kept, "--report-dir", out],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": python_path()},
        ) as process:  # fmt: skip
            assert hung.wait(120)
            process.send_signal(signal.SIGINT)
            shown, err = process.communicate(timeout=60)
        free.set()
    assert process.returncode == ExitCode.INTERRUPTED, err
    (file,) = kept.iterdir()
    stored = json.loads(file.read_text())
    assert (stored["rule"], stored["fingerprint"]) == ("server-error", file.stem)
    assert 100 <= stored["request"]["body"]["json"]["weight"] <= 900
    content = summary_of(out)
    assert (content["exit_code"], content["complete"]) == (130, False)
    assert file.stem in {finding["fingerprint"] for finding in content["findings"]}
    assert file.stem in shown
