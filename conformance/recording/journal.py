"""The journal of a run: one JSON line for the header, each case, each case sent again, and the footer.

Exploration's requests leave a line where they created something: whatever was created is listed, with its ids.

The lines are plain data, so that a run can be read, replayed and reported on any machine. Bodies are
bytes: `{"text": …}` where they are short UTF-8, else `{"zlib": base64}`. No secret is among them: a
request stands here without the key and the target's own headers, an answer with both masked.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from conformance import pointer as pointers
from conformance.case import Case, Exchange, Intent, Key, Request, RunLevel
from conformance.errors import DocumentError, UsageError
from conformance.observing import trace as traces
from conformance.rules import RULES

if TYPE_CHECKING:
    from conformance.jsonvalue import JSON
    from conformance.judging.judgement import Judgement

SCHEMA: Final = 1
FILE_NAME: Final = "run.jsonl"
TEXT_BYTES: Final = 64 * 1024
"""Longest body that is stored as readable text."""

MAX_BYTES: Final = 1024 * 1024 * 1024
_MAX_BODY: Final = 64 * 1024 * 1024
_ENCODER: Final = json.JSONEncoder(separators=(",", ":"))


def journal_path(run: Path) -> Path:
    """Return the journal of a report folder, or the path itself where it is a file."""
    return run / FILE_NAME if run.is_dir() else run


def encode_body(body: bytes | None) -> JSON:
    """Return the JSON form of a body; None stays null."""
    if body is None:
        return None
    if len(body) <= TEXT_BYTES:
        try:
            return {"text": body.decode()}
        except UnicodeDecodeError:
            pass
    # Level 1: the large bodies are repetitive, and sending should not wait for them.
    return {"zlib": base64.b64encode(zlib.compress(body, 1)).decode()}


def decode_body(stored: JSON) -> bytes | None:
    """Return the bytes that `encode_body` stored. Raises ValueError or KeyError for anything else."""
    if stored is None:
        return None
    if "text" in stored:
        return str(stored["text"]).encode()
    inflate = zlib.decompressobj()
    try:
        body = inflate.decompress(base64.b64decode(stored["zlib"], validate=True), _MAX_BODY)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if inflate.unconsumed_tail or not inflate.eof:
        raise ValueError(f"a body longer than {_MAX_BODY} bytes, or cut short")
    return body


def case_line(case: Case, exchange: Exchange, judgement: Judgement, answer_bytes: int) -> dict[str, JSON]:
    """Return one case as the journal stores it; `answer_bytes` is the answer's length before any cut."""
    return {
        "type": "case",
        "id": case.id,
        "operation": case.operation,
        "intent": case.intent.value,
        "title": case.title,
        "requirements": list(case.requirements),
        "expected": list(case.expected),
        "rule": case.rule.id,
        "letter": list(case.letter),
        "level": case.level.value,
        "note": case.reason,
        "request": _request_to_json(case.request),
        **_outcome(exchange, judgement, answer_bytes),
    }


def retry_line(case: Case, exchange: Exchange, judgement: Judgement, answer_bytes: int) -> dict[str, JSON]:
    """Return the second exchange of a case; its request is that of the case's own line, byte for byte."""
    return {
        "type": "retry",
        "id": case.id,
        "operation": case.operation,
        **_outcome(exchange, judgement, answer_bytes),
    }


def _outcome(exchange: Exchange, judgement: Judgement, answer_bytes: int) -> dict[str, JSON]:
    return {
        "response": _response_to_json(exchange, answer_bytes),
        "verdict": judgement.verdict.value,
        "reason": judgement.reason,
        "violations": [
            {
                "rule": violation.rule.id,
                "pointer": pointers.text(violation.pointer),
                "side": str(violation.side),
                "expected": violation.expected,
                "actual": violation.actual,
            }
            for violation in judgement.violations
        ],
        "trace": traces.to_json(judgement.trace),
        **({} if judgement.created is None else {"created": list(judgement.created)}),
    }


def created_line(case: Case, ids: Sequence[str]) -> dict[str, JSON]:
    """Return what a request created that has no line of its own."""
    request = case.request
    return {
        "type": "created",
        "id": case.id,
        "operation": case.operation,
        "request": {"method": request.method, "path": request.path, "path_params": request.path_params},
        "created": list(ids),
    }


def _request_to_json(request: Request) -> dict[str, JSON]:
    return {
        "method": request.method,
        "path": request.path,
        "path_params": request.path_params,
        "query": request.query,
        "headers": request.headers,
        "key": request.key.value,
        "body": encode_body(request.body),
    }


def _response_to_json(exchange: Exchange, answer_bytes: int) -> dict[str, JSON]:
    return {
        "status": exchange.status,
        "headers": exchange.headers,
        "body": encode_body(exchange.body),
        "bytes": answer_bytes,
        "truncated": exchange.truncated or answer_bytes > len(exchange.body),
        "elapsed": round(exchange.elapsed, 6),
        "failure": exchange.failure,
    }


def case_of(line: Mapping[str, JSON]) -> Case:
    """Return the case that a journal line holds, byte for byte as it was sent.

    Raises DocumentError where the line isn't one that `case_line` wrote.
    """
    try:
        request = line["request"]
        return Case(
            id=line["id"],
            operation=line["operation"],
            intent=Intent(line["intent"]),
            title=line["title"],
            request=Request(
                method=str(request["method"]),
                path=str(request["path"]),
                path_params=_pairs(request["path_params"]),
                query=_pairs(request["query"]),
                headers=_pairs(request["headers"]),
                body=decode_body(request["body"]),
                key=Key(request["key"]),
            ),
            expected=tuple(map(str, line["expected"])),
            letter=tuple(map(str, line["letter"])),
            requirements=tuple(map(str, line["requirements"])),
            rule=RULES[line["rule"]],
            level=RunLevel(line["level"]),
            reason=line["note"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DocumentError(f"case {line.get('id')!r} of the journal cannot be read: {error}") from error


def _pairs(stored: JSON) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), str(value)) for name, value in stored)


class JournalWriter:
    """Writes a journal line by line; each line is handed to the system before the next case."""

    def __init__(self, file: IO[bytes], label: str) -> None:
        self._file = file
        self._label = label
        self._digest = hashlib.sha256()
        self._cases = 0
        self._retries = 0

    def header(self, content: Mapping[str, JSON]) -> None:
        """Write the first line: what is run against what. Raises UsageError where writing fails."""
        self._write({"type": "header", "schema": SCHEMA, **content})

    def case(self, case: Case, exchange: Exchange, judgement: Judgement, answer_bytes: int) -> None:
        """Write one case. Raises UsageError where writing fails."""
        self._digest.update(self._write(case_line(case, exchange, judgement, answer_bytes)))
        self._cases += 1

    def retry(self, case: Case, exchange: Exchange, judgement: Judgement, answer_bytes: int) -> None:
        """Write the second exchange of a case. Raises UsageError where writing fails."""
        self._digest.update(self._write(retry_line(case, exchange, judgement, answer_bytes)))
        self._retries += 1

    def created(self, case: Case, ids: Sequence[str]) -> None:
        """Write what a request of exploration created. Raises UsageError where writing fails."""
        self._digest.update(self._write(created_line(case, ids)))

    def footer(self, content: Mapping[str, JSON]) -> None:
        """Write the last line; `content` says at least whether the run is `complete`."""
        ending = {"cases": self._cases, "retries": self._retries, "sha256": self._digest.hexdigest()}
        self._write({"type": "footer", **content, **ending})
        self._file.close()

    def _write(self, content: Mapping[str, JSON]) -> bytes:
        line = _ENCODER.encode(content).encode() + b"\n"
        try:
            self._file.write(line)
            self._file.flush()
        except OSError as error:
            raise UsageError(f"{self._label}: cannot write: {error.strerror or error}") from error
        return line


@dataclass(frozen=True, slots=True)
class Journal:
    """A journal as read: its lines as JSON objects, `footer` None where the run never ended.

    `numbers` tells on which line of the file a case stands, counted from 1.
    """

    header: Mapping[str, Any]
    cases: tuple[Mapping[str, Any], ...]
    footer: Mapping[str, Any] | None
    retries: tuple[Mapping[str, Any], ...] = ()
    created: tuple[Mapping[str, Any], ...] = ()
    numbers: Mapping[str, int] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether every case was sent and judged; a missing footer means no."""
        return self.footer is not None and self.footer.get("complete") is True

    def find(self, case_id: str) -> Mapping[str, Any] | None:
        """Return the line of one case, None where there is none such."""
        return next((line for line in self.cases if line.get("id") == case_id), None)


def read(run: Path) -> Journal:
    """Read the journal of a report folder or file.

    A missing footer or a last line cut short means an incomplete run; anything else that `run`
    would not have written raises DocumentError.
    """
    path = journal_path(run)
    lines = _lines(path)
    if not lines:
        raise DocumentError(f"{path}: holds no header; give the --report-dir of a run or its {FILE_NAME}")
    parsed = [_parse(line, f"{path}:{number}") for number, line in enumerate(lines, 1)]
    header, rest = parsed[0], parsed[1:]
    if header.get("type") != "header" or header.get("schema") != SCHEMA:
        raise DocumentError(f"{path}: not a journal of schema {SCHEMA}; give the --report-dir of a run")
    footer = rest.pop() if rest and rest[-1].get("type") == "footer" else None
    for number, line in enumerate(rest, 2):
        if line.get("type") not in ("case", "retry", "created") or not isinstance(line.get("id"), str):
            raise DocumentError(f"{path}:{number}: not the line of a case")
    cases = tuple(line for line in rest if line["type"] == "case")
    retries = tuple(line for line in rest if line["type"] == "retry")
    if footer is not None:
        _check_footer(footer, lines[1:-1], (len(cases), len(retries)), path)
    created = tuple(line for line in rest if line["type"] == "created")
    numbers = {line["id"]: number for number, line in enumerate(rest, 2) if line["type"] == "case"}
    return Journal(header, cases, footer, retries, created, numbers)


def read_ends(run: Path) -> Journal:
    """Read header and footer alone, the cases left out and not checked. Raises DocumentError as `read` does."""
    path = journal_path(run)
    try:
        with path.open("rb") as file:
            first = file.readline(_MAX_BODY)
            size = file.seek(0, 2)
            file.seek(max(size - _MAX_BODY, 0))
            last = file.read().splitlines()[-1:]
    except OSError as error:
        raise DocumentError(f"{path}: {error.strerror or error}; give the --report-dir of a run") from error
    header = _parse(first, f"{path}:1")
    if header.get("type") != "header" or header.get("schema") != SCHEMA:
        raise DocumentError(f"{path}: not a journal of schema {SCHEMA}; give the --report-dir of a run")
    is_footer = bool(last) and last[0].startswith(b'{"type":"footer"')
    return Journal(header, (), _parse(last[0], str(path)) if is_footer else None)


def _lines(path: Path) -> list[bytes]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DocumentError(f"{path}: larger than {MAX_BYTES} bytes")
        if path.is_char_device():  # never ends, and has no size to tell so
            raise DocumentError(f"{path}: no file; give the --report-dir of a run")
        data = path.read_bytes()
    except OSError as error:
        raise DocumentError(f"{path}: {error.strerror or error}; give the --report-dir of a run") from error
    return [line + b"\n" for line in data.split(b"\n")[:-1]]  # what follows the last newline was cut short


def _parse(line: bytes, label: str) -> Mapping[str, Any]:
    try:
        content = _DECODER.decode(line.decode())
    except (ValueError, RecursionError) as error:
        raise DocumentError(f"{label}: not a line of JSON: {error}") from error
    if not isinstance(content, dict):
        raise DocumentError(f"{label}: not a JSON object")
    return content


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no number that a run writes")
    return number


_DECODER: Final = json.JSONDecoder(parse_constant=_finite, parse_float=_finite)
"""No report can count, sort or draw with NaN or Infinity."""


def _check_footer(
    footer: Mapping[str, Any], lines: list[bytes], written: tuple[int, int], path: Path
) -> None:
    digest = hashlib.sha256(b"".join(lines)).hexdigest()
    if (footer.get("cases"), footer.get("retries", 0)) != written or footer.get("sha256") != digest:
        raise DocumentError(f"{path}: the cases are not those the footer was written for; run again")
