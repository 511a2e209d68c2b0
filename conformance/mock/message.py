"""What the mock takes and gives: one request as it came, one answer as it goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from conformance.contract.media_types import JSON_TYPE
from conformance.jsonvalue import JSON, encode


class Absent:
    """The marker for a request without a body, or with one that cannot be read as JSON."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()


@dataclass(slots=True)
class MockRequest:
    """A request as it came in; `headers` keeps the last value of each name.

    `turn` is 1 where no equal request came before, as far as the faults at work ask for it.
    """

    method: str
    path: str
    headers: Mapping[bytes, bytes]
    body: bytes
    occurrence: int = 1


@dataclass(slots=True)
class Answer:
    """An answer before it is written. `gate` names the step of the judgement that gave it.

    `value` is the JSON body; `text`, where set, is sent instead of it. `content_type` empty
    means a response without body. It is sent after `delay` seconds, its length told beforehand
    unless `is_chunked`.
    """

    status: int
    value: JSON = None
    content_type: str = JSON_TYPE
    gate: str = "handled"
    text: bytes | None = None
    headers: tuple[tuple[bytes, bytes], ...] = ()
    delay: float = 0.0
    is_chunked: bool = False
    _written: bytes | None = field(default=None, init=False, repr=False, compare=False)

    def body(self) -> bytes:
        """Return the bytes to send, written once. Raises ValueError or RecursionError for what JSON cannot say."""
        if not self.content_type:
            return b""
        if self._written is None:
            self._written = encode(self.value) if self.text is None else self.text
        return self._written
