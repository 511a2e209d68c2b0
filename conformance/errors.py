"""What can stop a command, each with its exit code and a one-line message that names the fix."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of every command; documented in the README and relied on by CI jobs."""

    CONFORMS = 0
    FINDINGS = 1
    USAGE = 2
    TARGET = 3
    DOCUMENT = 4
    NOTHING_EXERCISED = 5
    BUG = 70
    INTERRUPTED = 130


class ConformanceError(Exception):
    """A problem the user can mend; `str(error)` is one line that says how."""

    exit_code = ExitCode.BUG


class UsageError(ConformanceError):
    """An option, argument or environment variable is missing or wrong."""

    exit_code = ExitCode.USAGE


class TargetError(ConformanceError):
    """The target cannot be reached, or its set-up (URL, key, ids) does not fit the document."""

    exit_code = ExitCode.TARGET


class LimitReachedError(ConformanceError):
    """A limit that the user set ends the run before everything was sent."""

    exit_code = ExitCode.TARGET


class DocumentError(ConformanceError):
    """A document, page or baseline cannot be used."""

    exit_code = ExitCode.DOCUMENT


class NothingExercisedError(ConformanceError):
    """The selection left no case to send; never to be mistaken for a pass."""

    exit_code = ExitCode.NOTHING_EXERCISED


class UnprovenCaseError(ConformanceError):
    """A case could not prove its label: the validators disagree with its intent. A bug of ours."""

    exit_code = ExitCode.BUG
