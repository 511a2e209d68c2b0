from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conformance.case import Case, Exchange, Intent, Key, Request, RunLevel
from conformance.errors import DocumentError, UsageError
from conformance.judging.judgement import Judgement, Violation
from conformance.judging.verdict import Verdict
from conformance.recording.journal import (
    TEXT_BYTES,
    JournalWriter,
    case_of,
    decode_body,
    encode_body,
    read,
    read_ends,
)
from conformance.rules import INVALID_ACCEPTED, OPEN_BEHAVIOUR, RESPONSE_SCHEMA, VALID_REJECTED

CASES = (
    Case(
        "c1", "op", Intent.VALID, "t", Request("POST", "/{id}", body=b'{"a":"\xc3\xbc"}'),
        ("201",), ("r",), VALID_REJECTED,
    ),
    Case(
        "c2", "op", Intent.OPEN, "odd \u202e", Request(
            "PUT", "/", (("id", ".."),), (("q", ""),), (("X", "1"), ("x", "2")), b"\xff\x00", Key.EMPTY,
        ), ("4XX", "default"), (), OPEN_BEHAVIOUR, RunLevel.FULL, "unclear",
    ),
    Case("c3", "op", Intent.INVALID, "t", Request("GET", "/"), (), (), INVALID_ACCEPTED),
    Case("c4", "op", Intent.VALID, "t", Request("POST", "/", body=b"x" * (TEXT_BYTES + 1)), (), (), INVALID_ACCEPTED),
)  # fmt: skip


def write(path: Path, *, footer: bool = True) -> Path:
    with path.open("wb") as file:
        writer = JournalWriter(file, "run.jsonl")
        writer.header({"target": "http://h"})
        for case in CASES:
            writer.case(
                case, Exchange(case.id, 201, (("a", "b"),), b"ok"), Judgement(case.id, Verdict.PASSED), 2
            )
        if footer:
            writer.footer({"complete": True})
    return path


def edited(path: Path, number: int, **changes: Any) -> Path:
    lines = path.read_text().splitlines()
    lines[number] = json.dumps(json.loads(lines[number]) | changes)
    path.write_text("\n".join(lines) + "\n")
    return path


def test_what_is_written_is_read_back_case_by_case_and_byte_for_byte(tmp_path: Path) -> None:
    write(tmp_path / "run.jsonl")
    journal = read(tmp_path)
    assert tuple(case_of(line) for line in journal.cases) == CASES
    assert journal.complete
    assert journal.header["target"] == "http://h"
    assert journal.find("c2") == journal.cases[1]
    assert journal.find("c9") is None


def test_a_line_holds_the_answer_and_what_was_wrong_with_it(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    violation = Violation(RESPONSE_SCHEMA, ("a/b", 0), "answers", "e", "a")
    with path.open("wb") as file:
        writer = JournalWriter(file, "j")
        writer.header({})
        answer = Exchange("c3", 500, (("h", "v"),), b"\xff", 0.1234567, truncated=False)
        writer.case(CASES[2], answer, Judgement("c3", Verdict.FAILED, (violation,)), 99)
    (line,) = read(path).cases
    assert line["response"] == {
        "status": 500, "headers": [["h", "v"]], "body": encode_body(b"\xff"), "bytes": 99,
        "truncated": True, "elapsed": 0.123457, "failure": "",
    }  # fmt: skip
    assert line["verdict"] == "failed"
    assert line["violations"] == [
        {"rule": "response-schema", "pointer": "/a~1b/0", "side": "answers", "expected": "e", "actual": "a"}
    ]


@pytest.mark.parametrize(
    ("body", "form"), [(None, None), (b"", "text"), (b"\xff", "zlib"), (b"x" * (TEXT_BYTES + 1), "zlib")]
)
def test_a_body_is_text_where_that_can_be_read_and_packed_where_not(
    body: bytes | None, form: str | None
) -> None:
    stored = json.loads(json.dumps(encode_body(body)))
    assert (stored and list(stored)) == (form and [form])
    assert decode_body(stored) == body


def test_each_line_is_on_disk_before_the_next_case(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    with path.open("wb") as file:
        writer = JournalWriter(file, "j")
        writer.header({})
        writer.case(CASES[0], Exchange("c1", 201), Judgement("c1", Verdict.PASSED), 0)
        assert len(read(path).cases) == 1


def test_without_its_footer_a_journal_is_incomplete(tmp_path: Path) -> None:
    journal = read(write(tmp_path / "j", footer=False))
    assert (len(journal.cases), journal.footer, journal.complete) == (4, None, False)


def test_a_footer_that_says_so_is_incomplete_too(tmp_path: Path) -> None:
    path = edited(write(tmp_path / "j"), -1, complete=False)
    assert not read(path).complete


@pytest.mark.parametrize("cut", [1, 40, 200])
def test_a_last_line_cut_short_is_left_out(tmp_path: Path, cut: int) -> None:
    path = write(tmp_path / "j")
    path.write_bytes(path.read_bytes()[:-cut])
    journal = read(path)
    assert not journal.complete
    assert len(journal.cases) <= 4


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"{}\n", b"[]\n", b"\xff\n", b'{"type":"header","schema":2}\n', b"no journal",
     b'{"type":"header","schema":1}\n{"type":"case"}\n', b'{"type":"header","schema":1}\nnot json\n',
     b'{"type":"header","schema":1}\n{"type":"footer"}\n{"type":"case","id":"c"}\n', b"[" * 100_000 + b"\n"],
)  # fmt: skip
def test_what_no_run_wrote_is_a_document_error_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "j"
    path.write_bytes(content)
    with pytest.raises(DocumentError) as caught:
        read(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e400"])
def test_a_number_that_no_run_writes_is_a_document_error(tmp_path: Path, number: str) -> None:
    path = tmp_path / "j"
    path.write_text(f'{{"type":"header","schema":1,"elapsed":{number}}}\n')
    with pytest.raises(DocumentError, match=f"j:1: not a line of JSON: {number} is no number"):
        read(path)


def test_a_case_changed_after_the_run_is_noticed(tmp_path: Path) -> None:
    path = edited(write(tmp_path / "j"), 1, verdict="failed")
    with pytest.raises(DocumentError, match="not those the footer was written for"):
        read(path)


def test_a_missing_journal_names_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="--report-dir"):
        read(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "changes",
    [{"request": None}, {"intent": "?"}, {"expected": None}, {"request": {"method": "GET"}}],
)
def test_a_line_that_holds_no_case_is_a_document_error(tmp_path: Path, changes: dict[str, Any]) -> None:
    line = read(edited(write(tmp_path / "j", footer=False), 1, **changes)).cases[0]
    with pytest.raises(DocumentError, match="'c1'"):
        case_of(line)


def test_a_packed_body_cannot_grow_without_bound() -> None:
    import base64
    import zlib

    bomb = base64.b64encode(zlib.compress(b"\0" * (65 * 1024 * 1024))).decode()
    with pytest.raises(ValueError, match="longer than"):
        decode_body({"zlib": bomb})


def test_a_disk_that_fails_is_a_usage_error_that_names_the_file() -> None:
    with Path("/dev/full").open("wb", buffering=0) as full, pytest.raises(UsageError, match="the-journal"):
        JournalWriter(full, "the-journal").header({})


def again(path: Path) -> Path:
    with path.open("wb") as file:
        writer = JournalWriter(file, "run.jsonl")
        writer.header({"target": "http://h"})
        judgement = Judgement("c1", Verdict.PASSED)
        writer.case(CASES[0], Exchange("c1", 500), judgement, 0)
        writer.retry(CASES[0], Exchange("c1", 201, body=b"ok"), judgement, 2)
        writer.footer({"complete": True})
    return path


def test_a_case_sent_again_has_a_line_of_its_own_beside_the_cases(tmp_path: Path) -> None:
    journal = read(again(tmp_path / "run.jsonl"))
    assert ([line["id"] for line in journal.cases], journal.complete) == (["c1"], True)
    (line,) = journal.retries
    assert (line["type"], line["id"], line["response"]["status"], line["verdict"]) == (
        "retry", "c1", 201, "passed",
    )  # fmt: skip
    assert "request" not in line


def test_a_retry_changed_or_relabelled_after_the_run_is_noticed(tmp_path: Path) -> None:
    for number, changes in ((2, {"verdict": "failed"}), (2, {"type": "case"}), (3, {"retries": 0})):
        path = edited(again(tmp_path / "run.jsonl"), number, **changes)
        with pytest.raises(DocumentError, match="the cases are not those"):
            read(path)


def test_the_ends_of_a_journal_are_read_without_its_cases(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_bytes(
        b'{"type":"header","schema":1}\n{"type":"case"}\nnot read\n{"type":"footer","complete":true}\n'
    )
    ends = read_ends(tmp_path)
    assert (ends.cases, ends.complete) == ((), True)
    path.write_bytes(b'{"type":"header","schema":1}\n{"type":"case"}\n')
    assert read_ends(path).footer is None
    path.write_bytes(b'{"type":"case"}\n')
    with pytest.raises(DocumentError, match="not a journal of schema 1"):
        read_ends(path)
