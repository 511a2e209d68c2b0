"""The `conformance` command: commands loaded when they are called, every failure one line and a code."""

from __future__ import annotations

import atexit
import errno
import gc
import importlib
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Final

import click

import conformance
from conformance.errors import ConformanceError, ExitCode

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
"""What a write to a full or broken disk fails with."""

_COMMANDS: Final = {
    "run": ("conformance.cli.run", "Contract-test the operations of OpenAPI documents."),
    "baseline": ("conformance.cli.baseline", "Accept findings for a time; list and prune what is accepted."),
    "created": ("conformance.cli.created", "List what a run created, with its ids, to remove it."),
    "drift": ("conformance.cli.drift", "Compare two documents: what changed, whom it breaks, and the proof."),
    "list": ("conformance.cli.listing", "Print the requirements and their cases; nothing is sent."),
    "merge": ("conformance.cli.merge", "Join the shards of a run into one verdict; nothing is sent."),
    "mock": ("conformance.cli.mock", "Serve a strict mock of the documents' operations."),
    "mutate": ("conformance.cli.mutate", "Score which misreadings the cases would notice; nothing is sent."),
    "replay": ("conformance.cli.replay", "Send one case of a run again."),
    "report": ("conformance.cli.report", "Write the report of a run in another format."),
    "targets": ("conformance.cli.targets", "List the targets of conformance.toml."),
    "vendor": ("conformance.cli.vendor", "Take OpenAPI documents out of saved pages."),
}
"""Command: the module that defines a click command under `command` or its own name, and its help line."""


class _LazyGroup(click.Group):
    """Imports a command's module when the command is called; `--help` imports none."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(_COMMANDS[cmd_name][0])
        found = getattr(module, "command", None) or getattr(module, cmd_name)
        return found if isinstance(found, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in _COMMANDS.items()])


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(conformance.__version__, prog_name="conformance")
def cli() -> None:
    """Contract tests from OpenAPI documents, each failure with a witness.

    Exit codes: 0 conforms · 1 findings · 2 usage · 3 target unreachable, misconfigured or the run
    incomplete · 4 document or baseline cannot be used · 5 nothing was exercised · 70 a bug of ours ·
    130 interrupted.
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; every failure is told in one line on stderr."""
    atexit.register(gc.freeze)  # with the process all of it goes: no need to look through it first
    _end_on_sigterm()
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal that lacks a character still shows all
    try:
        return _call(arguments)
    except ConformanceError as error:
        return _fail(str(error), error.exit_code)
    except click.ClickException as error:
        return _fail(_usage_message(error), ExitCode.USAGE)
    except (KeyboardInterrupt, click.Abort):
        return _fail("interrupted", ExitCode.INTERRUPTED)
    except BrokenPipeError:
        _drop_output()
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 -- the last resort: a bug of ours, in one line
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            _drop_output()
            return _fail(f"cannot write: {error.strerror}; make room, or write elsewhere", ExitCode.USAGE)
        return _fail(_bug_message(error), ExitCode.BUG)


def _call(arguments: Sequence[str] | None) -> int:
    stdout = sys.stdout
    try:
        result = cli.main(args=arguments, prog_name="conformance", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return ExitCode.USAGE
    except SystemExit as end:
        if sys.stdout is stdout:
            raise
        # click takes a reader that went away for an exit with 1, which is ours for findings, and wraps stdout
        sys.stdout = stdout
        raise BrokenPipeError from end
    sys.stdout.flush()
    return int(result or 0)


def _open_closed_streams() -> None:
    """Lead standard streams that the caller closed to nowhere: no file of ours may take their numbers."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 -- stays open


def _drop_output() -> None:
    """Keep the interpreter from failing once more at exit on what it could not write."""
    with suppress(OSError, ValueError):  # a stream that is no file has nothing to keep
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _end_on_sigterm() -> None:
    """Let SIGTERM, which CI systems send to cancel a job, end a run as honestly as Ctrl-C does."""

    def end(number: int, frame: FrameType | None) -> None:
        handler = signal.getsignal(signal.SIGINT)  # asyncio puts its own here while it runs
        if callable(handler):
            handler(number, frame)
        else:
            raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)


def _fail(message: str, code: ExitCode) -> int:
    from conformance_reports.text import visible

    with suppress(OSError):  # where nobody can be told, the code still tells
        click.echo(f"Error: {visible(message)}", err=True)
    return code


def _usage_message(error: click.ClickException) -> str:
    message = " ".join(error.format_message().split())
    context = getattr(error, "ctx", None)
    return f"{message} (see {context.command_path} --help)" if context else message


def _bug_message(error: Exception) -> str:
    if os.environ.get("CONFORMANCE_DEBUG") == "1":
        traceback.print_exception(error)
    # The error's own text may repeat payloads or secrets: only the traceback, on request, shows it.
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return (
        f"internal error: {type(error).__name__}{where}; please report it, with what "
        "CONFORMANCE_DEBUG=1 in the environment shows"
    )
