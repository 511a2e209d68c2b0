"""`conformance vendor` as a person runs it: the bundled pages, a bad page, a refresh line."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from conformance.cli.vendor import vendor
from conformance.errors import DocumentError, ExitCode
from conformance.vendor import BUNDLED, load_manifest

NAMES = ("compliance-requests", "consent-types", "projects", "trackers")
PAGES = [BUNDLED / "pages" / f"{name}.txt" for name in NAMES]


def run(*args: str | Path) -> Result:
    """Run the command with these arguments."""
    return CliRunner().invoke(vendor, [str(arg) for arg in args])


def vendored(folder: Path) -> dict[str, bytes]:
    """Return what the command keeps in a folder: documents, pages, manifest."""
    found = [*folder.glob("*.yaml"), *folder.glob("pages/*"), folder / "manifest.toml"]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_four_pages_make_the_bundled_folder(tmp_path: Path) -> None:
    """From the pages and the one transcription, every bundled file comes out byte for byte, and again."""
    shutil.copy(BUNDLED / "projects.yaml", tmp_path)
    first = run(*PAGES, "--into", tmp_path)
    assert first.exit_code == 0, first.output
    assert [line.split(" (")[0] for line in first.output.splitlines()] == [
        f"{n}.yaml: written" for n in NAMES
    ]
    assert vendored(tmp_path) == vendored(BUNDLED)
    second = run(*PAGES, "--into", tmp_path)
    assert [line.split(" (")[0] for line in second.output.splitlines()] == [
        f"{n}.yaml: unchanged" for n in NAMES
    ]
    assert vendored(tmp_path) == vendored(BUNDLED)


def test_bundled_folder_is_the_default() -> None:
    """Without --into the command works on the bundled folder, whose own pages change nothing there."""
    before = vendored(BUNDLED)
    result = run(*PAGES)
    assert result.exit_code == 0, result.output
    assert result.output.count("unchanged") == len(NAMES)
    assert vendored(BUNDLED) == before


def test_refresh_lines_work_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each `refresh` line, run in the manifest's folder, takes the document from its page again."""
    shutil.copytree(BUNDLED, tmp_path / "specs")
    monkeypatch.chdir(tmp_path / "specs")
    for entry in load_manifest(Path()):
        assert shlex.split(entry.refresh)[:2] == ["conformance", "vendor"]
        result = run(*shlex.split(entry.refresh)[2:])
        assert result.exit_code == 0, result.output
    assert vendored(Path()) == vendored(BUNDLED)


def test_pages_without_their_transcription_write_nothing(tmp_path: Path) -> None:
    """Exit code 4, and the line says which file to write by hand; the three good pages are not taken."""
    result = run(*PAGES, "--into", tmp_path / "new")
    assert isinstance(result.exception, DocumentError)
    assert result.exception.exit_code is ExitCode.DOCUMENT
    assert f"transcribe the page by hand to {tmp_path / 'new' / 'projects.yaml'} first" in str(
        result.exception
    )
    assert not (tmp_path / "new").exists()


def test_no_page_is_a_usage_error() -> None:
    """Exit code 2, as for any missing argument."""
    result = run()
    assert result.exit_code == ExitCode.USAGE
    assert "Missing argument 'PAGE...'" in result.output
