from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from conformance.errors import UsageError
from conformance.session.folder import ReportFolder
from conformance.session.outputs import Output, parse_outputs, tell
from conformance_reports import WRITERS
from tests.unit.reports.samples import REPORT


def test_each_text_names_a_format_and_a_place() -> None:
    assert parse_outputs(["json=a=b.json", "terminal=-"]) == (
        Output("json", Path("a=b.json")),
        Output("terminal", None),
    )


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["nope=x"], ["'nope=x'", *WRITERS]),
        (["json"], ["--format json=FILE", "json=-"]),
        (["json="], ["--format json=FILE"]),
        (["json=a", "terminal=./a"], ["a is named twice"]),
        (["json=-", "terminal=-"], ["standard output is named twice"]),
    ],
)
def test_what_is_wrong_with_a_text_is_told_with_the_fix(texts: list[str], words: list[str]) -> None:
    with pytest.raises(UsageError) as caught:
        parse_outputs(texts)
    assert [word for word in words if word not in str(caught.value)] == []


@pytest.mark.parametrize(
    ("texts", "terminal", "out", "err"),
    [
        ([], True, "operation", ""),
        (["terminal=-"], True, "operation", ""),
        (["json=-"], True, '{\n  "schema"', "operation"),
        (["json=-"], False, '{\n  "schema"', ""),
        ([], False, "", ""),
    ],
)
def test_a_format_on_standard_output_moves_the_terminals_to_standard_error(
    capsys: pytest.CaptureFixture[str], texts: list[str], terminal: bool, out: str, err: str
) -> None:
    tell(REPORT, parse_outputs(texts), terminal=terminal)
    shown = capsys.readouterr()
    assert (shown.out[: len(out)], shown.err[: len(err)]) == (out, err)
    assert (bool(shown.out), bool(shown.err)) == (bool(out), bool(err))


def test_files_are_written_beside_what_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tell(REPORT, (Output("json", tmp_path / "a"), Output("terminal", tmp_path / "b")))
    assert capsys.readouterr().out == (tmp_path / "b").read_text()
    assert (tmp_path / "a").read_text().startswith('{\n  "schema": 1')


def test_files_are_written_also_where_the_reader_of_what_is_shown_went_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with io.TextIOWrapper(io.FileIO(writing, "w"), write_through=True) as pipe:
        monkeypatch.setattr("sys.stdout", pipe)
        with pytest.raises(BrokenPipeError):
            tell(REPORT, (Output("json", tmp_path / "a"),))
    assert (tmp_path / "a").read_text().startswith('{\n  "schema": 1')


def test_a_full_disk_below_the_journal_is_told_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "run.jsonl").symlink_to("/dev/full")

    def write() -> None:
        with ReportFolder(tmp_path) as folder:
            assert folder.journal is not None
            folder.journal.header({})

    with pytest.raises(UsageError) as caught:
        write()
    assert str(caught.value) == f"{tmp_path / 'run.jsonl'}: cannot write: No space left on device"
