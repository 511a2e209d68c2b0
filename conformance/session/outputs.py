"""`--format NAME=PATH`: which formats a run is told in besides the terminal's, and where each goes."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from conformance.errors import UsageError
from conformance.recording.journal import journal_path
from conformance_reports import WRITERS
from conformance_reports.files import claim, whole

if TYPE_CHECKING:
    from conformance_reports.model import RunReport

_TERMINAL: Final = "terminal"
_STDOUT: Final = "-"
HTML: Final = "html"
"""The format that shows single cases."""


@dataclass(frozen=True, slots=True)
class Output:
    """One format and its file; no path means standard output."""

    form: str
    path: Path | None


def parse_outputs(texts: Sequence[str]) -> tuple[Output, ...]:
    """Return what `--format` asks for. Raises UsageError for an unknown format and for a place named twice."""
    outputs = tuple(map(_parse, texts))
    places = [output.path and output.path.resolve() for output in outputs]
    for output, place in zip(outputs, places, strict=True):
        if places.count(place) > 1:
            where = output.path or "standard output"
            raise UsageError(f"--format: {where} is named twice; give each format a place of its own")
    return outputs


def _parse(text: str) -> Output:
    form, _, path = text.partition("=")
    if form not in WRITERS:
        raise UsageError(f"--format {text!r}: no such format; there are {', '.join(WRITERS)}")
    if not path:
        raise UsageError(
            f"--format {text!r}: say where to, such as --format {form}=FILE, or {form}=- to show it"
        )
    return Output(form, None if path == _STDOUT else Path(path))


def claim_outputs(outputs: Sequence[Output], run: Path | None, sources: Iterable[Path] = ()) -> None:
    """Make sure that every file can be written, and is none of the files of `run` and none of the sources.

    Raises UsageError.
    """
    for output in outputs:
        if output.path is not None:
            claim_beside(output.path, run, sources)


def shows_cases(folder: Path | None, outputs: Sequence[Output]) -> bool:
    """Tell whether single cases are shown anywhere: in a report folder, or where the format is HTML."""
    return folder is not None or any(output.form == HTML for output in outputs)


def claim_beside(path: Path, run: Path | None, sources: Iterable[Path] = ()) -> None:
    """Make sure that the file can be written, and is neither the journal of `run` nor a source. Raises UsageError."""
    place = path.resolve()
    if run is not None and place == journal_path(run).resolve():
        raise UsageError(f"{path}: the journal of the run itself; name another file")
    if place in (source.resolve() for source in sources):
        raise UsageError(f"{path}: read for this run and not to be written over; name another file")
    claim(path)


def tell(report: RunReport, outputs: Sequence[Output], *, terminal: bool = True) -> None:
    """Write the report for people, where `terminal`, and in every format asked for. Raises UsageError.

    The files are written also where nobody reads what is shown.
    """
    try:
        _show(report, outputs, terminal=terminal)
    finally:
        for output in outputs:
            if output.path is not None:
                with whole(output.path) as stream:
                    WRITERS[output.form](report, stream)


def _show(report: RunReport, outputs: Sequence[Output], *, terminal: bool) -> None:
    on_stdout = next((output.form for output in outputs if output.path is None), _TERMINAL)
    if terminal and on_stdout != _TERMINAL:
        WRITERS[_TERMINAL](report, sys.stderr)
    if terminal or any(output.path is None for output in outputs):
        WRITERS[on_stdout](report, sys.stdout)
        sys.stdout.flush()
