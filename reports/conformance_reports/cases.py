"""The cases of a run as a page shows them: cut to a length as they come, kept small until one is opened."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from conformance.case import Case, Exchange, Intent
from conformance.judging.verdict import Verdict
from conformance_reports.text import shortened, visible_lines

if TYPE_CHECKING:
    from conformance.judging.judgement import Judgement

CHUNK: Final = 100
"""Cases whose bodies are packed together: enough to press well, few enough to open at once."""

MAX_SHOWN: Final = 3000
"""Characters of a body that are shown."""

_STRING: Final = 80
_READ: Final = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class CaseRow:
    """What is known of a case without opening it; `elapsed` is in seconds, `status` 0 where no answer came."""

    id: str
    operation: str
    intent: Intent
    title: str
    requirements: tuple[str, ...]
    verdict: Verdict
    status: int
    elapsed: float
    reason: str = ""


class Bodies(NamedTuple):
    """What a case shows once it is opened: text from outside, made safe to show.

    `sent` and `answer` are cut to MAX_SHOWN; the numbers beside them are the whole lengths in bytes, -1
    where there was no body. `media_type` is the answer's; `failure` says why none came.
    """

    expected: str
    sent: str
    sent_bytes: int
    answer: str
    answer_bytes: int
    media_type: str
    failure: str


class CaseBook:
    """Takes cases one by one; rows stay readable, bodies are pressed in chunks of CHUNK."""

    def __init__(self) -> None:
        self.rows: list[CaseRow] = []
        self._packed: list[bytes] = []
        self._loose: list[Bodies] = []

    def add(self, case: Case, exchange: Exchange, judgement: Judgement, answer_bytes: int) -> None:
        """Take one case, its secrets masked; `answer_bytes` is the answer's length before any cut."""
        self.rows.append(
            CaseRow(
                case.id, case.operation, case.intent, case.title, case.requirements, judgement.verdict,
                exchange.status, round(exchange.elapsed, 6), judgement.reason or case.reason,
            )
        )  # fmt: skip
        body = case.request.body
        self._loose.append(
            Bodies(
                " or ".join(case.expected), shown(body or b""), -1 if body is None else len(body),
                shown(exchange.body), answer_bytes if exchange.status else -1,
                exchange.header("content-type"), exchange.failure,
            )
        )  # fmt: skip
        if len(self._loose) == CHUNK:
            self._packed.append(_pack(self._loose))
            self._loose = []

    def chunks(self) -> Iterator[bytes]:
        """Yield the bodies in the order of the rows, CHUNK at a time: a JSON list of lists, as zlib (RFC 1950)."""
        yield from self._packed
        if self._loose:
            yield _pack(self._loose)

    def bodies(self, wanted: Iterable[str]) -> dict[str, Bodies]:
        """Return the bodies of some cases, by id."""
        ids = set(wanted)
        found: dict[str, Bodies] = {}
        for number, chunk in enumerate(self.chunks()):
            rows = self.rows[number * CHUNK : (number + 1) * CHUNK]
            if ids.isdisjoint(row.id for row in rows):
                continue
            unpacked = json.loads(zlib.decompress(chunk))
            found |= {
                row.id: Bodies(*held) for row, held in zip(rows, unpacked, strict=True) if row.id in ids
            }
        return found


def _pack(bodies: list[Bodies]) -> bytes:
    safe = [[visible_lines(part) if isinstance(part, str) else part for part in held] for held in bodies]
    return zlib.compress(json.dumps(safe, separators=(",", ":")).encode(), 6)


def shown(body: bytes) -> str:
    r"""Return a body as text of at most about MAX_SHOWN characters; of JSON, long strings are cut first.

    Bytes that are no UTF-8 stand as `\xNN`.
    """
    if len(body) <= MAX_SHOWN:
        return body.decode("utf-8", "backslashreplace")
    if len(body) <= _READ:
        with suppress(ValueError, RecursionError):  # no JSON: cut as it is
            body = json.dumps(shortened(json.loads(body), _STRING), ensure_ascii=False).encode(
                "utf-8", "replace"
            )
    text = body[: 4 * MAX_SHOWN].decode("utf-8", "backslashreplace")
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "…"
