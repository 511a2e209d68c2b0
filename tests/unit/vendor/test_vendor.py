"""Pages, manifest and folder: what is taken, what is refused, and that a refusal leaves no trace."""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.errors import DocumentError, UsageError
from conformance.openapi.document import MAX_BYTES
from conformance.vendor import BUNDLED, Entry, Origin, files, load_manifest, manifest, page, vendor

INFO = "https://api.example.test/json/ post /shops/{shopId}/orders"
YAML = """\
openapi: 3.1.0
info: {title: Shop, version: 1.2.0}
paths:
  /shops/{shopId}/orders:
    post:
      parameters:
        - {name: shopId, in: path, required: true, schema: {type: string}}
      responses:
        '201': {description: Created}

"""
RENDERED = "Skip to main content\nPOST\n/\nshops\n/\n{shopId}\n/\norders\nPlace an order\n"


def fenced(yaml: str = YAML, info: str = INFO, ticks: str = "````") -> str:
    """Return a page around the YAML, closed without a final newline as the site does it."""
    return f"# Place an order\n\n{ticks}yaml {info}\n{yaml}{ticks}"


def saved(folder: Path, text: str, name: str = "page.txt") -> Path:
    """Write a page as it stands, line ends included."""
    path = folder / name
    path.write_bytes(text.encode())
    return path


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below the folder with its bytes."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def other_operation(method: str, path: str) -> str:
    """Return a page for another operation of the same API."""
    yaml = YAML.replace("/shops/{shopId}/orders", path).replace("post:", f"{method}:")
    return fenced(yaml, f"https://api.example.test/json/ {method} {path}")


def test_yaml_is_taken_byte_for_byte(tmp_path: Path) -> None:
    """Trailing blank lines, carriage returns and non-ASCII text come out as they went in."""
    yaml = YAML.replace("Shop", "Läden").replace("\n", "\r\n")
    source = saved(tmp_path, fenced(yaml).replace(f"{INFO}\n", f"{INFO}\r\n"))
    [result] = vendor([source], tmp_path / "into")
    assert (tmp_path / "into" / "orders.yaml").read_bytes() == yaml.encode()
    assert (tmp_path / "into" / "pages" / "orders.txt").read_bytes() == source.read_bytes()
    assert result.changed


def test_fence_inside_the_yaml_is_the_yamls_own(tmp_path: Path) -> None:
    """A shorter or an indented fence in a description does not end the document."""
    yaml = YAML + "x-text: |\n  ````yaml\n  a\n  ````\n  ```\nx-end: 1\n"
    assert page.read(saved(tmp_path, fenced(yaml))).yaml == yaml.encode()
    assert page.read(saved(tmp_path, fenced(yaml, ticks="`````"))).yaml == yaml.encode()


def test_info_string_gives_source_and_operation(tmp_path: Path) -> None:
    """The method is taken in any case; the address may be missing."""
    read = page.read(saved(tmp_path, fenced()))
    assert (read.operation, read.source) == ("POST /shops/{shopId}/orders", "https://api.example.test/json/")
    read = page.read(saved(tmp_path, fenced(info="POST /shops")))
    assert (read.operation, read.source) == ("POST /shops", "")


def test_rendered_page_states_its_operation(tmp_path: Path) -> None:
    """A page without YAML gives its method and path line by line."""
    read = page.read(saved(tmp_path, RENDERED))
    assert (read.operation, read.yaml, read.source) == ("POST /shops/{shopId}/orders", None, "")


BROKEN_PAGES = {
    "unclosed": (fenced().removesuffix("````"), "never closed; save the whole page again"),
    "closed too short": (fenced().replace("````yaml", "`````yaml"), "or one not closed"),
    "two fences": (fenced() + "\n" + fenced(), "more than one fence"),
    "two openings": (fenced().replace("info:", "````yaml x\ninfo:"), "more than one fence"),
    "empty": (fenced(""), "nothing between its fences"),
    "blank": (fenced("\n \n"), "nothing between its fences"),
    "no info string": (fenced(info=""), "it must say `URL method /path`"),
    "no method": (fenced(info="https://x.test/ /shops"), "it must say `URL method /path`"),
    "no path": (fenced(info="https://x.test/ post shops"), "it must say `URL method /path`"),
    "too many words": (fenced(info="a b post /shops"), "it must say `URL method /path`"),
    "other language": (fenced().replace("````yaml", "````json"), "not a ````yaml one"),
    "no fence, no operation": ("# Hello\n", "save the page's Markdown source"),
    "nothing": ("", "save the page's Markdown source"),
    "three backticks": (fenced(ticks="```"), "save the page's Markdown source"),
    "not YAML": (fenced("a: [\n"), "not YAML or JSON"),
    "not OpenAPI": (fenced("a: 1\n"), "not an OpenAPI 3.0 or 3.1 document"),
    "refused by the validator": (fenced(YAML.replace("description: Created", "")), "not a valid OpenAPI"),
    "another operation": (fenced(info="https://x.test/ get /shops/{shopId}/orders"), "does not describe"),
    "another path": (fenced(info="https://x.test/ post /shops"), "does not describe"),
    "control characters": (fenced(info="https://x.test/ post /\x1b[31m"), "it must say `URL method /path`"),
}


@pytest.mark.parametrize(("text", "message"), BROKEN_PAGES.values(), ids=list(BROKEN_PAGES))
def test_broken_page_is_refused_and_nothing_is_written(text: str, message: str, tmp_path: Path) -> None:
    """One bad page stops the good ones of the same call; the error is one line that names the page."""
    good = saved(tmp_path, other_operation("get", "/shops/{shopId}"), "good.txt")
    bad = saved(tmp_path, text, "bad.txt")
    with pytest.raises(DocumentError, match=re.escape(message)) as caught:
        vendor([good, bad], tmp_path / "into")
    assert str(caught.value).startswith(f"{bad}: ")
    assert str(caught.value).isprintable()
    assert not (tmp_path / "into").exists()


def test_refusal_leaves_a_vendored_folder_as_it_was(tmp_path: Path) -> None:
    """Newer good pages are not half taken over when another page of the call is bad."""
    into = tmp_path / "into"
    vendor([saved(tmp_path, fenced())], into)
    before = contents(into)
    newer = saved(tmp_path, fenced(YAML.replace("1.2.0", "1.3.0")), "newer.txt")
    with pytest.raises(DocumentError):
        vendor([newer, saved(tmp_path, "", "bad.txt")], into)
    assert contents(into) == before


@pytest.mark.parametrize("name", ["missing.txt", "."])
def test_unreadable_page_is_named(name: str, tmp_path: Path) -> None:
    """A page that is absent or a folder is an error with the fix."""
    with pytest.raises(DocumentError, match=r"give a saved page$"):
        vendor([tmp_path / name], tmp_path / "into")


def test_page_size_is_bounded(tmp_path: Path) -> None:
    """A page over the bound is refused, read no further than the bound."""
    huge = tmp_path / "huge.txt"
    with huge.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(DocumentError, match=f"larger than {MAX_BYTES} bytes"):
        page.read(huge)


def test_same_pages_again_change_nothing(tmp_path: Path) -> None:
    """Not a byte differs, not a file is touched, in whatever order the pages come."""
    into = tmp_path / "into"
    pages = [saved(tmp_path, fenced()), saved(tmp_path, other_operation("get", "/shops/{shopId}"), "b.txt")]
    vendor(pages, into)
    before = contents(into)
    touched = {p: p.stat().st_mtime_ns for p in into.rglob("*")}
    assert [r.changed for r in vendor(pages[::-1], into)] == [False, False]
    assert contents(into) == before
    assert {p: p.stat().st_mtime_ns for p in into.rglob("*")} == touched


def test_same_page_twice_counts_once(tmp_path: Path) -> None:
    """A page given twice is one document; two pages for one operation are an error."""
    first = saved(tmp_path, fenced())
    assert len(vendor([first, first], tmp_path / "into")) == 1
    second = saved(tmp_path, fenced(YAML.replace("1.2.0", "1.3.0")), "second.txt")
    with pytest.raises(DocumentError, match=r"is in .*page\.txt too; give one of them"):
        vendor([first, second], tmp_path / "into")


def test_newer_page_replaces_the_document_and_keeps_the_rest(tmp_path: Path) -> None:
    """Other entries stay, `upstream` stays, version and digests are the new page's."""
    into = tmp_path / "into"
    vendor(
        [saved(tmp_path, fenced()), saved(tmp_path, other_operation("get", "/shops/{shopId}"), "b.txt")], into
    )
    known = tuple(replace(e, upstream="https://docs.example.test/orders") for e in load_manifest(into))
    (into / "manifest.toml").write_bytes(manifest.dump(known))
    newer = saved(tmp_path, fenced(YAML.replace("1.2.0", "1.3.0")))
    [result] = vendor([newer], into)
    orders, shops = load_manifest(into)
    assert result.entry == orders
    assert (orders.version, orders.upstream) == ("1.3.0", "https://docs.example.test/orders")
    assert orders.page_sha256 == hashlib.sha256(newer.read_bytes()).hexdigest()
    assert shops == known[1]


def test_second_operation_of_a_name_gets_its_method_in_front(tmp_path: Path) -> None:
    """Names stay with the operation that has them; a third has to go elsewhere."""
    into = tmp_path / "into"
    post = saved(tmp_path, fenced())
    get = saved(tmp_path, other_operation("get", "/shops/{shopId}/orders"), "get.txt")
    names = [r.entry.name for r in vendor([post, get], into)]
    assert names == ["orders", "get-orders"]
    assert [r.entry.name for r in vendor([get, post], into)] == ["get-orders", "orders"]
    third = saved(tmp_path, other_operation("get", "/archive/{shopId}/orders"), "third.txt")
    with pytest.raises(DocumentError, match="vendor it --into another folder"):
        vendor([third], into)


@pytest.mark.parametrize(
    ("path", "name"),
    [("/{shopId}/..", "root"), ("/{shopId}/a%2f..:b", "a-2f..-b"), ("/{shopId}", "root")],
)
def test_path_never_leads_out_of_the_folder(path: str, name: str, tmp_path: Path) -> None:
    """A file name is made of harmless characters only, whatever the page's path is."""
    vendor([saved(tmp_path, other_operation("get", path))], tmp_path / "into")
    assert set(contents(tmp_path / "into")) == {f"{name}.yaml", f"pages/{name}.txt", "manifest.toml"}


def transcribe(into: Path, yaml: str = YAML) -> None:
    """Put a person's transcription where the command asks for it."""
    into.mkdir()
    (into / "orders.yaml").write_text(yaml)


def test_page_without_yaml_asks_for_a_transcription(tmp_path: Path) -> None:
    """The error names the file to write."""
    into = tmp_path / "into"
    with pytest.raises(DocumentError, match=r"by hand to .*into/orders\.yaml first"):
        vendor([saved(tmp_path, RENDERED)], into)
    assert not into.exists()


def test_page_without_yaml_goes_with_its_transcription(tmp_path: Path) -> None:
    """The document stays as it is; page copy and manifest record what it was made from."""
    into = tmp_path / "into"
    transcribe(into)
    [result] = vendor([saved(tmp_path, RENDERED)], into)
    assert (into / "orders.yaml").read_text() == YAML
    assert (into / "pages" / "orders.txt").read_text() == RENDERED
    assert load_manifest(into) == (result.entry,)
    assert (result.entry.origin, result.entry.source) == (Origin.TRANSCRIBED, "")
    assert not vendor([into / "pages" / "orders.txt"], into)[0].changed


def test_newer_page_asks_for_a_look_at_the_transcription(tmp_path: Path) -> None:
    """Another page than the recorded one is an error until a person accepts it."""
    into = tmp_path / "into"
    transcribe(into)
    vendor([saved(tmp_path, RENDERED)], into)
    before = contents(into)
    newer = saved(tmp_path, RENDERED + "name\nstring\n")
    with pytest.raises(DocumentError, match=r"then add --accept-transcription$"):
        vendor([newer], into)
    assert contents(into) == before
    assert vendor([newer], into, accept_transcription=True)[0].changed
    assert not vendor([newer], into)[0].changed


def test_verbatim_document_is_not_taken_for_a_transcription(tmp_path: Path) -> None:
    """A rendered page of an operation that came with YAML does not pass unseen."""
    into = tmp_path / "into"
    vendor([saved(tmp_path, fenced())], into)
    with pytest.raises(DocumentError, match="--accept-transcription"):
        vendor([saved(tmp_path, RENDERED)], into)


@pytest.mark.parametrize(
    ("yaml", "message"),
    [
        (YAML.replace("post:", "put:"), "does not describe"),
        ("a: 1\n", "not an OpenAPI 3.0 or 3.1 document"),
        (YAML.replace("description: Created", ""), "not a valid OpenAPI document"),
    ],
)
def test_transcription_has_to_be_good(yaml: str, message: str, tmp_path: Path) -> None:
    """A transcription is proven as a page's own YAML is."""
    into = tmp_path / "into"
    transcribe(into, yaml)
    with pytest.raises(DocumentError, match=message):
        vendor([saved(tmp_path, RENDERED)], into)
    assert contents(into) == {"orders.yaml": yaml.encode()}


def test_folder_that_cannot_be_written_is_a_usage_error(tmp_path: Path) -> None:
    """Where a folder has to be, a file stands: the error says so, and what was there stays."""
    into = tmp_path / "into"
    into.mkdir()
    saved(into, "mine", "pages")
    with pytest.raises(UsageError, match=r"give a folder that can be written$"):
        vendor([saved(tmp_path, fenced())], into)
    assert contents(into) == {"pages": b"mine"}


def test_a_failure_while_staging_changes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk is full at the second file, the first is not in place either, and no rest lies about."""
    saved(tmp_path, "old", "a")
    write = Path.write_bytes

    def full_at_b(self: Path, data: bytes) -> int:
        if ".b." in self.name:
            raise OSError(28, "No space left on device")
        return write(self, data)

    monkeypatch.setattr(Path, "write_bytes", full_at_b)
    with pytest.raises(UsageError, match="No space left on device"):
        files.write_all(tmp_path, {"a": b"new", "b": b"new"})
    assert contents(tmp_path) == {"a": b"old"}


ENTRY = Entry(
    name="orders",
    operation="POST /orders",
    version="1",
    origin=Origin.VERBATIM,
    sha256="0" * 64,
    page_sha256="1" * 64,
    source='https://x.test/"\\\x1b\n',
)


def test_manifest_round_trips(tmp_path: Path) -> None:
    """What is written is read back the same, hostile text and empty fields included."""
    entries = (ENTRY, replace(ENTRY, name="shops.v2", version="", source="", upstream="pages/x.txt"))
    data = manifest.dump(entries[::-1])
    saved(tmp_path, data.decode(), "manifest.toml")
    assert load_manifest(tmp_path) == entries
    assert manifest.dump(load_manifest(tmp_path)) == data
    assert "\x1b" not in data.decode()


def test_folder_without_manifest_has_no_entries(tmp_path: Path) -> None:
    """Documents may stand in a folder without having come from pages."""
    assert load_manifest(tmp_path) == ()


GOOD = manifest.dump((ENTRY,)).decode()
BROKEN_MANIFESTS = {
    "not TOML": ("a = [", "not TOML"),
    "not text": ("\x00", "not TOML"),
    "other schema": (GOOD.replace("schema = 1", "schema = 2"), "`schema` is not 1"),
    "no schema": ("", "`schema` is not 1"),
    "documents no table": ("schema = 1\ndocuments = 1\n", "not a table of documents"),
    "entry no table": ("schema = 1\n[documents]\norders = 1\n", "is not the table of a document"),
    "unsafe name": (GOOD.replace("[documents.orders]", '[documents."../orders"]'), "is not the table"),
    "missing member": (GOOD.replace("operation = ", "operations = "), "lacks `operation`"),
    "wrong type": (GOOD.replace('version = "1"', "version = 1"), "has a `version` that is not a string"),
    "unknown origin": (
        GOOD.replace('"verbatim"', '"guessed"'),
        "neither verbatim nor transcribed",
    ),
    "short digest": (GOOD.replace("0" * 64, "0" * 63), "has a `sha256` that is not a hex SHA-256"),
    "page outside": (GOOD.replace('pages/orders.txt"\npage_sha', '../orders.txt"\npage_sha'), "must name"),
    "document outside": (GOOD.replace('"orders.yaml"', '"/etc/passwd"'), "must name orders.yaml"),
}


@pytest.mark.parametrize(("text", "message"), BROKEN_MANIFESTS.values(), ids=list(BROKEN_MANIFESTS))
def test_broken_manifest_is_refused(text: str, message: str, tmp_path: Path) -> None:
    """A manifest that cannot be trusted is one line with the fix, never half read."""
    saved(tmp_path, text, "manifest.toml")
    with pytest.raises(DocumentError, match=re.escape(message)) as caught:
        load_manifest(tmp_path)
    assert str(caught.value).isprintable()


def test_bundled_documents_are_what_the_manifest_says() -> None:
    """Four documents of 3.29.6, one of them transcribed, each with the digests of its files."""
    entries = load_manifest(BUNDLED)
    assert {e.name: e.origin.value for e in entries} == {
        "compliance-requests": "verbatim",
        "consent-types": "verbatim",
        "projects": "transcribed",
        "trackers": "verbatim",
    }
    base = "POST /organizations/{organizationId}/projects"
    assert {e.name: e.operation for e in entries} == {
        "projects": base,
        **{n: f"{base}/{{projectId}}/{n}" for n in ("trackers", "consent-types", "compliance-requests")},
    }
    assert {e.version for e in entries} == {"3.29.6"}
    for entry in entries:
        assert hashlib.sha256((BUNDLED / entry.document).read_bytes()).hexdigest() == entry.sha256
        assert hashlib.sha256((BUNDLED / entry.page).read_bytes()).hexdigest() == entry.page_sha256


def test_bundled_yaml_is_byte_for_byte_its_pages() -> None:
    """Each verbatim document is what stands between its page's fences, cut out here by other means."""
    for entry in load_manifest(BUNDLED):
        if entry.origin is Origin.VERBATIM:
            text = (BUNDLED / entry.page).read_bytes()
            _, rest = text.split(b"\n````yaml ", 1)
            body = rest.split(b"\n", 1)[1]
            assert body == (BUNDLED / entry.document).read_bytes() + b"````"


def test_bundled_manifest_is_what_would_be_written() -> None:
    """Nobody has edited it into another form."""
    data = (BUNDLED / "manifest.toml").read_bytes()
    assert manifest.dump(load_manifest(BUNDLED)) == data
    assert set(tomllib.loads(data.decode())["documents"]["trackers"]) == {
        "operation", "version", "origin", "document", "sha256", "page", "page_sha256", "refresh", "source",
    }  # fmt: skip
