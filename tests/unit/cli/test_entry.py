from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from conformance.cli import entry
from conformance.errors import ExitCode
from conformance.installation import python_path


def run_python(*arguments: str, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": python_path(), **env}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def test_help_names_every_command_and_imports_none_of_their_machinery() -> None:
    heavy = ("aiohttp", "hypothesis", "rich", "starlette", "openapi_spec_validator", "jsonschema_rs", "yaml")
    code = (
        "import sys; from conformance.cli.entry import main; main(['--help']); "
        f"print('loaded', [name for name in {heavy!r} if name in sys.modules])"
    )
    done = run_python("-c", code)
    assert done.stdout.splitlines()[-1] == "loaded []"
    for name in ("run", "list", "mock", "replay", "report", "vendor"):
        assert f"\n  {name} " in done.stdout


@pytest.mark.parametrize("name", entry.cli.list_commands(click.Context(entry.cli)))
def test_every_command_that_is_listed_can_be_loaded(name: str) -> None:
    command = entry.cli.get_command(click.Context(entry.cli), name)
    assert command is not None
    assert command.name == name
    assert command.help


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["frob"], "No such command 'frob'"),
        (["run", "--lvel"], "No such option '--lvel'"),
        (["run", "--level", "odd"], "'smoke', 'standard', 'full'"),
        (["run", "--concurrency", "0"], "--concurrency"),
        (["replay"], "Missing argument 'RUN'"),
    ],
)
def test_a_usage_error_is_one_line_and_exits_with_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert entry.main(arguments) == ExitCode.USAGE
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("Error: ")
    assert words in line
    assert "--help" in line


def test_no_command_at_all_shows_the_help_and_exits_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert entry.main([]) == ExitCode.USAGE
    assert "Commands:" in capsys.readouterr().err


def test_a_bug_is_one_line_without_the_errors_own_text(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_options: object) -> None:
        raise KeyError("hunter2")

    monkeypatch.setattr(entry.cli, "main", broken)
    monkeypatch.delenv("CONFORMANCE_DEBUG", raising=False)
    assert entry.main(["--help"]) == ExitCode.BUG
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("Error: internal error: KeyError at test_entry.py:")
    assert "please report it" in line
    assert "hunter2" not in line


def test_a_bug_shows_its_traceback_on_request(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_options: object) -> None:
        raise KeyError("detail")

    monkeypatch.setattr(entry.cli, "main", broken)
    monkeypatch.setenv("CONFORMANCE_DEBUG", "1")
    assert entry.main(["--help"]) == ExitCode.BUG
    assert "KeyError: 'detail'" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["reports", "strategies", "specs"])
def test_a_package_of_the_users_is_in_nobodys_way(tmp_path: Path, name: str) -> None:
    """Our packages have names of their own, so that a project's `reports` and `strategies` stay its own."""
    package = tmp_path / name
    package.mkdir()
    (package / "__init__.py").write_text("raise AssertionError")
    done = run_python("-m", "conformance", "list", "--format", "json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (ExitCode.CONFORMS, "")


def test_the_version_is_the_packages() -> None:
    done = run_python("-m", "conformance", "--version")
    assert (done.stdout, done.returncode) == ("conformance, version 0.1.0\n", 0)


def run_shell(line: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": python_path()}
    command = ["/bin/sh", "-c", line.replace("conformance", f"{shlex.quote(sys.executable)} -m conformance")]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_full_disk_below_standard_output_is_no_bug_of_ours() -> None:
    done = run_shell("conformance targets --schema > /dev/full")
    assert (done.returncode, done.stderr) == (
        ExitCode.USAGE,
        "Error: cannot write: No space left on device; make room, or write elsewhere\n",
    )


def test_where_the_error_cannot_be_told_the_code_still_tells() -> None:
    assert run_shell("conformance frob 2> /dev/full").returncode == ExitCode.USAGE


def test_streams_that_the_caller_closed_are_read_and_written_in_vain() -> None:
    done = run_shell("conformance targets --schema >&- 2>&- <&-")
    assert (done.returncode, done.stdout, done.stderr) == (ExitCode.CONFORMS, "", "")


def test_a_reader_that_went_away_ends_with_130_and_never_with_the_code_of_a_finding() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:
        command = [sys.executable, "-m", "conformance", "targets", "--schema"]
        environment = {**os.environ, "PYTHONPATH": python_path()}
        done = subprocess.run(command, env=environment, stdout=pipe, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (ExitCode.INTERRUPTED, b"")
