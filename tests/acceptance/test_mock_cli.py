"""`conformance mock` as a person runs it: the greeting, the options, the errors, the end."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from conformance.cli.mock import mock
from conformance.errors import ExitCode

ROOT = Path(__file__).resolve().parents[2]


def run(*args: str) -> Result:
    """Run the command in this process; only for what ends by itself."""
    return CliRunner().invoke(mock, args)


@contextmanager
def running(*args: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """Run the command in a process of its own and end that whatever happens."""
    child = subprocess.Popen(
        [sys.executable, "-m", "conformance.cli.mock", *args],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, **environment},
    )
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


def greeting(child: subprocess.Popen[str], lines: int) -> list[str]:
    """Read this many lines of what the command prints at its start."""
    assert child.stdout is not None
    return [child.stdout.readline().rstrip("\n") for _ in range(lines)]


def test_greeting_names_url_ids_and_key() -> None:
    """The first line is the URL, and the mock answers there as soon as it is printed."""
    with running("--port", "0") as child:
        lines = greeting(child, 4)
        url = re.fullmatch(r"mock listening on (http://127\.0\.0\.1:\d+)", lines[0])
        assert url is not None
        with urllib.request.urlopen(f"{url[1]}/__mock__/setup") as answer:  # noqa: S310 -- loopback
            assert answer.status == 200
    assert [line.split(":")[0].strip() for line in lines[1:]] == ["organizationId", "projectId", "x-api-key"]
    assert lines[3] == "  x-api-key: mock-key"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_quietly(number: signal.Signals) -> None:
    """Ctrl-C and SIGTERM end the mock with 0 and nothing more to read."""
    with running("--port", "0") as child:
        greeting(child, 4)
        child.send_signal(number)
        out, err = child.communicate(timeout=20)
        assert (child.returncode, out, err) == (0, "", "")


def test_key_from_the_environment_is_never_printed() -> None:
    """With --api-key-env the greeting names the variable, not what it holds."""
    with running("--port", "0", "--api-key-env", "MY_KEY", MY_KEY="s3cret") as child:
        lines = greeting(child, 4)
    assert lines[3] == "  x-api-key: the value of $MY_KEY"


def test_faults_at_work_are_printed() -> None:
    """Whoever reads the greeting knows that this mock breaks the contract, and how."""
    names = ("trackers-status-200", "projects-html")
    with running("--port", "0", "--fault", names[0], "--fault", names[1]) as child:
        assert greeting(child, 6)[4:] == [f"  fault: {name}" for name in names]


def test_list_faults() -> None:
    """Every fault is listed under its operation, with what it is about."""
    result = run("--list-faults")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    heads = [line for line in lines if not line.startswith(" ")]
    assert heads == ["trackers", "projects", "consent-types", "compliance-requests"]
    assert len(lines) - len(heads) >= 90
    shown = "  trackers-name-max-255 .* Refuses a single tracker's name of 256 characters\\."
    assert any(re.fullmatch(shown, line) for line in lines)


def test_list_modes() -> None:
    """Every lawful mode is listed once, with what it is about."""
    lines = run("--list-modes").stdout.splitlines()
    names = [line.split()[0] for line in lines]
    assert len(names) == len(set(names)) == 15
    assert "late             Answers 20 ms late." in lines


def test_modes_at_work_are_printed() -> None:
    """Whoever reads the greeting knows in which other way this mock is lawful."""
    with running("--port", "0", "--mode", "answer-least", "--mode", "late") as child:
        assert greeting(child, 6)[4:] == ["  mode: answer-least", "  mode: late"]


def test_the_limit_at_work_is_printed_and_kept() -> None:
    """Whoever reads the greeting knows how many requests a second are taken; asking about the mock is free."""
    with running("--port", "0", "--rate-limit", "0.01/s") as child:
        lines = greeting(child, 5)
        url = lines[0].removeprefix("mock listening on ")
        statuses = []
        for path in ("/a", "/b", "/__mock__/setup", "/__mock__/requests"):
            try:
                with urllib.request.urlopen(url + path) as answer:  # noqa: S310 -- loopback
                    statuses.append(answer.status)
                    told = json.load(answer)
            except urllib.error.HTTPError as error:
                statuses.append(error.code)
    assert lines[4] == "  limit: 0.01 requests a second"
    assert statuses == [404, 429, 200, 200]
    assert [request["status"] for request in told] == [404, 429]
    assert 0 < told[0]["at_s"] < told[1]["at_s"]


def test_unknown_fault_is_a_usage_error_with_the_nearest_name() -> None:
    """A slip in a fault's name ends with 2 and one line that names the right one."""
    result = run("--port", "0", "--fault", "projects-htlm")
    assert result.exit_code == ExitCode.USAGE
    assert result.stderr == "Error: --fault projects-htlm: no such fault; did you mean projects-html?\n"


def test_port_in_use_is_one_line(tmp_path: Path) -> None:
    """A port that somebody listens on ends with 3 and one line that names the option, and writes nothing."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = run("--port", str(port), "--state", str(tmp_path / "state.db"))
    assert result.exit_code == ExitCode.TARGET
    assert len(result.stderr.splitlines()) == 1
    assert f"127.0.0.1:{port}: Address already in use; give another --port" in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (
            ["--api-key-env", "NO_SUCH_VARIABLE"],
            ExitCode.USAGE,
            "NO_SUCH_VARIABLE: this environment variable",
        ),
        (["--spec", "/no/such/file.yaml"], ExitCode.DOCUMENT, "/no/such/file.yaml: No such file"),
        (["--behaviour", "/no/such.py"], ExitCode.USAGE, "--behaviour /no/such.py: "),
        (["--state", "/no/such/folder/state.db"], ExitCode.USAGE, "--state /no/such/folder/state.db: "),
        (["--rate-limit", "10/m"], ExitCode.USAGE, "--rate-limit '10/m': give requests per second"),
        (["--host", "no.such.host.invalid"], ExitCode.TARGET, "cannot listen on no.such.host.invalid"),
    ],
)
def test_bad_option_is_one_line_with_its_exit_code(args: list[str], code: ExitCode, message: str) -> None:
    """Whatever cannot be used is named in one line, with the exit code of its kind."""
    result = run("--port", "0", *args)
    assert result.exit_code == code
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
