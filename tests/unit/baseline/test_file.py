from __future__ import annotations

import json
import re
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import jsonschema_rs
import pytest

from conformance.baseline import file as baseline_file
from conformance.baseline.entry import Acceptance, Baseline
from conformance.baseline.file import SCHEMA_FILE, dump, load, save
from conformance.errors import DocumentError, UsageError
from conformance.judging.verdict import Finding
from conformance.rules import FindingLevel

FINDING = Finding(
    "invalid-accepted", FindingLevel.ERROR, "trackers", "trackers · body/name · minLength 1 · rejects 0",
    "/paths/~1t/post", "rejects", "400 or 422", "201", "trackers-0123456789ab",
)  # fmt: skip
ENTRY = Acceptance('known: "#12"\n', "Ann", date(2026, 1, 31), date(2026, 2, 28)).of(FINDING)
BASELINE = Baseline().having([replace(ENTRY, operation="projects"), ENTRY, replace(ENTRY, side="accepts")])
TEXT = """\
# Written by `conformance baseline`, which keeps no other comment: say why in `reason`.
schema = 1

[[accepted]]
fingerprint = "6e3ccf0eea0edc13"
finding = "invalid-accepted: trackers · body/name · minLength 1 · rejects 0"
operation = "trackers"
rule = "invalid-accepted"
pointer = "/paths/~1t/post"
side = "rejects"
case = "trackers-0123456789ab"
reason = "known: \\"#12\\"\\n"
who = "Ann"
since = 2026-01-31
expires = 2026-02-28
"""


def test_the_file_is_toml_that_a_person_can_read() -> None:
    assert dump(Baseline((ENTRY,)), Path("b.toml")).decode() == TEXT


@pytest.mark.parametrize("name", ["b.toml", "b.json", "b.JSON", "baseline"])
@pytest.mark.parametrize("baseline", [Baseline(), BASELINE])
def test_what_is_saved_comes_back_in_either_form(tmp_path: Path, name: str, baseline: Baseline) -> None:
    save(baseline, tmp_path / name)
    assert load(tmp_path / name) == baseline
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_the_bytes_are_those_of_the_entries_alone_and_blocks_joined_by_a_merge_are_read() -> None:
    one, two, three = (dump(Baseline((entry,)), Path("b.toml")) for entry in BASELINE.entries)
    blocks = [text.split(b"\n\n")[1] for text in (one, two, three)]
    whole = dump(BASELINE, Path("b.toml"))
    assert all(block in whole for block in blocks)
    assert dump(Baseline().having(reversed(BASELINE.entries)), Path("b.toml")) == whole


def test_entries_are_sorted_by_operation_rule_pointer_and_fingerprint() -> None:
    named = [(e.operation, e.rule, e.pointer, e.fingerprint) for e in BASELINE.entries]
    assert named == sorted(named)


def test_the_schema_takes_what_is_written() -> None:
    schema = json.loads(SCHEMA_FILE.read_bytes())
    jsonschema_rs.meta.validate(schema)
    jsonschema_rs.validate(schema, json.loads(dump(BASELINE, Path("b.json"))))
    assert set(tomllib.loads(TEXT)["accepted"][0]) == set(schema["$defs"]["entry"]["required"])


def test_a_lone_surrogate_from_a_journal_can_be_stored(tmp_path: Path) -> None:
    entry = Acceptance("\ud800", "Ann", date(2026, 1, 1), date(2026, 1, 2)).of(FINDING)
    save(Baseline((entry,)), tmp_path / "b.toml")
    assert load(tmp_path / "b.toml").entries[0].reason == "\\ud800"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("schema = 1", "schema = 2", "`schema` is not 1; use the version"),
        ("schema = 1", "schema =", "not TOML: "),
        ("schema = 1", "schema = 1\nacepted = []", "unknown key 'acepted'; the nearest known one is 'accepted'"),
        ("reason =", "raeson =", "entry 1 (6e3ccf0eea0edc13): unknown key 'raeson'; the nearest known one is 'reason'"),
        ("reason =", "# reason =", "entry 1 (6e3ccf0eea0edc13): `reason` is missing; add it"),
        ('who = "Ann"', 'who = " "', "entry 1 (6e3ccf0eea0edc13): `who`: "),
        ('who = "Ann"', "who = 1", "entry 1 (6e3ccf0eea0edc13): `who`: 1 is not of type"),
        ("since = 2026-01-31", "since = 2026-01-31T10:00:00", "entry 1 (6e3ccf0eea0edc13): `since`: "),
        ("expires = 2026-02-28", 'expires = "2026-02-30"', "entry 1 (6e3ccf0eea0edc13): `expires`: "),
        ("expires = 2026-02-28", "expires = nan", "not TOML: "),
        ('"rejects"', '"accepts"', "entry 1 (6e3ccf0eea0edc13): not the fingerprint of its rule, operation"),
        ("[[accepted]]", "[accepted]", "`accepted`: "),
        (TEXT, TEXT + TEXT[TEXT.index("\n[[") :], "entry 2 (6e3ccf0eea0edc13): accepted by an entry above, too"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_baseline_is_told_by_entry_and_fix(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    path = tmp_path / "b.toml"
    path.write_text(TEXT.replace(old, new))
    with pytest.raises(DocumentError, match=f"^{re.escape(f'{path}: {told}')}") as error:
        load(path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[" * 100_000, "not JSON: "),
        ("[]", "not a JSON object"),
        ('{"schema": 1, "schema": 1, "accepted": []}', "not JSON: a key stands twice"),
    ],
)
def test_json_from_outside_is_bounded_and_no_key_stands_twice(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "b.json"
    path.write_text(text)
    with pytest.raises(DocumentError, match=told):
        load(path)


def test_a_file_that_is_missing_not_text_or_too_large_is_a_document_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "b.toml"
    with pytest.raises(DocumentError, match="conformance baseline accept"):
        load(path)
    path.write_bytes(b"\xff")
    with pytest.raises(DocumentError, match="not TOML"):
        load(path)
    monkeypatch.setattr(baseline_file, "MAX_BYTES", 100)
    path.write_bytes(b"#" * 101)
    with pytest.raises(DocumentError, match="larger than 100 bytes"):
        load(path)
    with pytest.raises(UsageError, match="accept fewer findings"):
        save(BASELINE, path)
    assert path.read_bytes() == b"#" * 101


def test_a_file_keeps_its_mode_and_a_link_stays_a_link(tmp_path: Path) -> None:
    path, link = tmp_path / "b.toml", tmp_path / "link.toml"
    path.write_text(TEXT)
    path.chmod(0o640)
    link.symlink_to(path)
    save(BASELINE, link)
    assert (load(path), path.stat().st_mode & 0o777, link.is_symlink()) == (BASELINE, 0o640, True)


def test_a_file_that_cannot_be_written_is_a_usage_error_and_leaves_no_draft(tmp_path: Path) -> None:
    (tmp_path / "b.toml").mkdir()
    with pytest.raises(UsageError, match="name a file that can be written"):
        save(BASELINE, tmp_path / "b.toml")
    assert [path.name for path in tmp_path.iterdir()] == ["b.toml"]
