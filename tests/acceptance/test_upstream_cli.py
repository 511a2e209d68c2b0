"""`conformance drift --upstream` against a server that publishes the vendored pages, altered or not."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

import pytest

from conformance.cli.entry import main
from conformance.openapi.document import MAX_BYTES
from conformance.session.loading import BUNDLED

PAGES: Final = {path.stem: path.read_bytes() for path in (BUNDLED / "pages").iterdir()}


class _Site(BaseHTTPRequestHandler):
    """Serves what `pages` of its server holds; a page that is a str redirects there."""

    def do_GET(self) -> None:
        page: Any = self.server.pages.get(self.path.strip("/"))  # type: ignore[attr-defined]
        self.send_response(404 if page is None else 302 if isinstance(page, str) else 200)
        if isinstance(page, str):
            self.send_header("Location", page)
        self.end_headers()
        if isinstance(page, bytes):
            self.wfile.write(page)

    def log_message(self, *_: Any) -> None:
        """Stay silent."""


@contextmanager
def published(pages: dict[str, bytes | str]) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        server.pages = pages  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def drift(pages: dict[str, bytes | str], *names: str, form: str = "json") -> int:
    with published(pages) as site:
        named = [part for name in names for part in ("--page", f"{name}={site}/{name}")]
        return main(["drift", "--upstream", "--format", form, *named])


def test_pages_as_they_were_vendored_are_no_change(capsys: pytest.CaptureFixture[str]) -> None:
    assert drift(dict(PAGES), *PAGES) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["changes"] == []
    assert sorted(captured.err.splitlines()) == sorted(f"{name}: unchanged" for name in PAGES)


def test_a_constraint_that_moved_on_is_a_change_with_its_witness(capsys: pytest.CaptureFixture[str]) -> None:
    moved = PAGES["consent-types"].replace(b"{1,121}", b"{1,120}", 1)
    assert drift({**PAGES, "consent-types": moved}, "consent-types", "trackers") == 1
    captured = capsys.readouterr()
    (change,) = json.loads(captured.out)["changes"]
    assert (change["rule"], change["operation"]) == ("request-pattern-changed", "consent-types")
    assert change["verdict"] == "breaking"
    assert change["witness"]["base"] == "accepts"
    assert change["revision_at"].startswith("upstream:consent-types.yaml:")
    assert captured.err.splitlines() == [
        "consent-types: changed, 1 change in its document",
        "trackers: unchanged",
    ]


def test_the_page_quotes_both_documents(capsys: pytest.CaptureFixture[str]) -> None:
    moved = PAGES["consent-types"].replace(b"{1,121}", b"{1,120}", 1)
    assert drift({"consent-types": moved}, "consent-types", form="html") == 1
    page = capsys.readouterr().out
    for text in ("{1,121}", "{1,120}"):
        assert f"pattern: ^custom_[a-z0-9_]{text}$</mark>" in page


def test_a_page_whose_text_alone_changed_leaves_the_document_as_it_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert drift({"trackers": b"New words\n" + PAGES["trackers"]}, "trackers") == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["verdict"] == "none"
    assert captured.err == "trackers: changed, 0 changes in its document\n"


def test_another_page_of_a_transcribed_document_is_for_a_person_to_read(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert drift({"projects": PAGES["projects"] + b"more\n"}, "projects") == 0
    (change,) = json.loads(capsys.readouterr().out)["changes"]
    assert (change["rule"], change["verdict"]) == ("page-changed", "undecided")


def test_a_page_that_holds_no_yaml_any_more_is_exit_4(capsys: pytest.CaptureFixture[str]) -> None:
    rendered = PAGES["projects"]
    assert drift({**PAGES, "trackers": rendered}, "trackers", "consent-types") == 4
    captured = capsys.readouterr()
    assert json.loads(captured.out)["changes"] == []
    lines = captured.err.splitlines()
    assert lines[0].startswith("trackers: no YAML: ")
    assert lines[1:] == ["consent-types: unchanged"]


@pytest.mark.parametrize(
    ("pages", "reason"),
    [
        ({}, "answers 404"),
        ({"trackers": "/trackers"}, "redirects more than 5 times"),
        ({"trackers": b"x" * (MAX_BYTES + 1)}, "larger than"),
        ({"trackers": "ftp://127.0.0.1/x"}, "cannot be reached"),
    ],
    ids=["not there", "redirects in circles", "too large", "leads away from the web"],
)
def test_a_page_that_cannot_be_had_is_exit_3(
    pages: dict[str, bytes | str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert drift(pages, "trackers") == 3
    captured = capsys.readouterr()
    assert captured.err.startswith("trackers: unreachable: ")
    assert reason in captured.err
    assert captured.err.count("\n") == 1


def test_nothing_listening_is_exit_3(capsys: pytest.CaptureFixture[str]) -> None:
    with published({}) as site:
        pass
    assert main(["drift", "--upstream", "--page", f"trackers={site}/trackers"]) == 3
    assert "cannot be reached" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--upstream"],
        ["--upstream", "--page", "x=y"],
        ["--upstream", "--page", "x"],
        ["--page", "trackers=y"],
        ["--upstream", "a", "b"],
    ],
    ids=["no address", "unknown page", "no pair", "without --upstream", "with sides"],
)  # fmt: skip
def test_bad_input_is_exit_2_in_one_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drift", *arguments]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_page_may_be_a_file_and_be_named_by_the_manifest(
    tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """`upstream` of manifest.toml names where each page is published, relative to the folder."""
    (tmp_path / "trackers.yaml").write_bytes((BUNDLED / "trackers.yaml").read_bytes())
    manifest = (BUNDLED / "manifest.toml").read_text()
    table = "[documents.trackers]" + manifest.split("[documents.trackers]")[1]
    (tmp_path / "manifest.toml").write_text(f'schema = 1\n\n{table}upstream = "page.txt"\n')
    (tmp_path / "page.txt").write_bytes(PAGES["trackers"])
    assert main(["drift", "--upstream", "--spec", str(tmp_path)]) == 0
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("no change\n", "trackers: unchanged\n")
