"""HTTP Archives (HAR 1.2): exchanges that a browser or proxy recorded, read within bounds, trusted in nothing."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from conformance.case import Exchange
from conformance.errors import DocumentError
from conformance.jsonvalue import NotJSONError, decode

MAX_BYTES: Final = 256 * 1024 * 1024
MAX_ENTRIES: Final = 100_000
MAX_DEPTH: Final = 100
"""A body that is nested deeper is not judged."""

_BRACKETS: Final = re.compile(rb"[\[\]{}]")
_MAX_URL: Final = 8 * 1024
_MAX_HEADERS: Final = 1_000
_HINT: Final = "give a HAR 1.2 file, as browsers and proxies export it"


@dataclass(frozen=True, slots=True)
class Entry:
    """One exchange of an archive, at `log.entries[index]`; header names are lower-case.

    `body` is None where none was sent, or none is known; `is_whole` tells which.
    """

    index: int
    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None
    is_whole: bool
    media_type: str
    answer: Exchange


@dataclass(frozen=True, slots=True)
class Archive:
    """The entries that can be judged, and how many cannot: unanswered, or not of the format."""

    entries: tuple[Entry, ...]
    passed_over: int


def read_har(path: Path) -> Archive:
    """Read an archive. Raises DocumentError for what is none, or larger than the bounds."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DocumentError(f"{path}: larger than {MAX_BYTES} bytes; export fewer exchanges")
        content = decode(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))  # some recorders begin with a BOM
    except OSError as error:
        raise DocumentError(f"{path}: {error.strerror or error}; {_HINT}") from error
    except NotJSONError as error:
        raise DocumentError(f"{path}: not JSON: {str(error)[:200]}; {_HINT}") from error
    log = content.get("log") if isinstance(content, dict) else None
    listed = log.get("entries") if isinstance(log, dict) else None
    if not isinstance(listed, list):
        raise DocumentError(f"{path}: holds no log.entries; {_HINT}")
    if len(listed) > MAX_ENTRIES:
        raise DocumentError(f"{path}: holds more than {MAX_ENTRIES} entries; export fewer exchanges")
    entries = tuple(_entries(listed))
    return Archive(entries, len(listed) - len(entries))


def _entries(listed: list[Any]) -> Iterator[Entry]:
    for index, held in enumerate(listed):
        try:
            entry = _entry(index, held)
        except (KeyError, TypeError, ValueError, AttributeError):
            continue  # not of the format: counted, and nothing is said of it
        if entry.answer.status and len(entry.url) <= _MAX_URL:
            yield entry


def _entry(index: int, held: Mapping[str, Any]) -> Entry:
    asked, got = held["request"], held["response"]
    headers = _headers(asked)
    sent = asked.get("postData") or {}
    body, is_whole = _content(sent, int(asked.get("bodySize") or 0))
    answered, answer_is_whole = _content(got["content"], int(got["content"].get("size") or 0))
    return Entry(
        index=index,
        method=str(asked["method"]).upper(),
        url=str(asked["url"]),
        headers=headers,
        body=body,
        is_whole=is_whole,
        media_type=_first(headers, "content-type") or str(sent.get("mimeType", "")),
        answer=Exchange(
            case=str(index),
            status=int(got["status"]),
            headers=_headers(got),
            body=answered or b"",
            truncated=not answer_is_whole,
        ),
    )


def _headers(message: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    listed = message.get("headers") or []
    return tuple((str(h["name"]).lower(), str(h["value"])) for h in listed[:_MAX_HEADERS])


def _first(headers: tuple[tuple[str, str], ...], name: str) -> str:
    return next((value for key, value in headers if key == name), "")


def _content(held: Mapping[str, Any], size: int) -> tuple[bytes | None, bool]:
    """Return the bytes of a body, and whether they are all of it: many recorders leave bodies out.

    Raises ValueError for broken base64 and for text that has no UTF-8 form.
    """
    text = held.get("text")
    if not isinstance(text, str):
        return None, size <= 0 and not held.get("params")
    is_coded = held.get("encoding") == "base64"
    body = base64.b64decode(text, validate=True) if is_coded else text.encode()
    if _is_deep(body):
        return None, False  # nobody's real answer, and more than can be walked through
    return body, not (size > 0 and not text)


def _is_deep(body: bytes) -> bool:
    """Tell whether brackets open more than MAX_DEPTH levels, those in strings counted too."""
    if body.count(b"[") + body.count(b"{") <= MAX_DEPTH:
        return False
    depth = 0
    for bracket in _BRACKETS.findall(body):
        depth += 1 if bracket in b"[{" else -1
        if depth > MAX_DEPTH:
            return True
    return False
