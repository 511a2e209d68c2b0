"""Cases and exchanges: plain picklable data, so that they can be stored, sharded and replayed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from conformance.rules import Rule


class Intent(StrEnum):
    """What the document says of a request; `open` where it is silent or contradicts itself."""

    VALID = "valid"
    INVALID = "invalid"
    OPEN = "open"


class RunLevel(StrEnum):
    """How much is sent; each level holds the one before it."""

    SMOKE = "smoke"
    STANDARD = "standard"
    FULL = "full"


class Key(StrEnum):
    """Which API key a request carries; the sender alone knows the right one."""

    RIGHT = "right"
    NONE = "none"
    EMPTY = "empty"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Request:
    """A request before a target is known.

    `path` is the document's template; `path_params` override what the target is configured with. They,
    `query` and `headers` are sent as they stand here, percent-encoded already. So is the body, byte for byte.
    """

    method: str
    path: str
    path_params: tuple[tuple[str, str], ...] = ()
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    key: Key = Key.RIGHT

    @property
    def digest(self) -> str:
        """Twelve hex digits over every part, the same in each run."""
        parts = (self.method, self.path, self.path_params, self.query, self.headers, self.key.value)
        head = hashlib.sha256(repr(parts).encode())
        head.update(b"\x00" if self.body is None else b"\x01" + self.body)
        return head.hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Case:
    """One concrete request and what the document lets the server answer.

    `expected` lists the statuses that fulfil the intent, as the document writes them (`201`,
    `4XX`); `requirements` are the ids this case decides; `reason` says why an open case is open.
    `rule` is the one that an unfit status breaks. `letter` lists, for an open case, the
    statuses that the letter of the document asks for, where it has one.
    """

    id: str
    operation: str
    intent: Intent
    title: str
    request: Request
    expected: tuple[str, ...]
    requirements: tuple[str, ...]
    rule: Rule
    level: RunLevel = RunLevel.STANDARD
    reason: str = ""
    letter: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exchange:
    """Request and response as observed.

    Where no answer came, `status` is 0 and `failure` says why in one line. Header names are
    lower-case. `elapsed` is in seconds. `truncated` tells that the body was cut at the limit.
    """

    case: str
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    elapsed: float = 0.0
    failure: str = ""
    truncated: bool = False

    def header(self, name: str) -> str:
        """Return the first value of a header, `""` where it is absent."""
        return next((value for key, value in self.headers if key == name), "")
