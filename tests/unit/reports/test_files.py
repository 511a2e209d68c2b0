from __future__ import annotations

import os
from pathlib import Path

import pytest

from conformance.errors import UsageError
from conformance_reports.files import claim, whole


def test_a_file_is_replaced_only_once_all_is_written(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text("old")
    with whole(path) as stream:
        stream.write("new\ud800\n")
        stream.flush()
        assert path.read_text() == "old"
    assert path.read_text() == "new\\ud800\n"
    assert list(tmp_path.iterdir()) == [path]


def test_what_fails_halfway_leaves_the_old_file_and_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text("old")
    with pytest.raises(RuntimeError), whole(path):
        raise RuntimeError
    assert (list(tmp_path.iterdir()), path.read_text()) == ([path], "old")


def test_a_link_stays_and_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    link = tmp_path / "link"
    link.symlink_to("real")
    with whole(link) as stream:
        stream.write("new")
    assert link.is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_a_pipe_is_written_into_and_not_replaced() -> None:
    reader, writer = os.pipe()
    path = Path(f"/dev/fd/{writer}")
    claim(path)
    with whole(path) as stream:
        stream.write("told")
    assert os.read(reader, 100) == b"told"
    os.close(reader)
    os.close(writer)


def test_claiming_makes_the_folder_and_drops_what_an_earlier_run_left(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "f"
    claim(path)
    assert list(path.parent.iterdir()) == []
    path.write_text("old")
    claim(path)
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize("name", [".", "file/below", "n" * 300])
def test_what_cannot_be_written_is_a_usage_error_of_one_line(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"name another file$"):
        claim(tmp_path / name)
