"""Requirements: what the document demands, seen from the user's side, one address each."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from conformance.pointer import Pointer
from conformance.rules import Rule, Side

__all__ = ["NO_REASON", "Reason", "ReasonKind", "Requirement", "Side"]


class ReasonKind(StrEnum):
    """Why a requirement has no case, or its verdict is what it is; the text beside it is for people alone."""

    NONE = "none"
    # of requirements without a case
    EQUIVALENT = "equivalent"
    NOT_FOUND = "not-found"
    NOT_BUILT = "not-built"
    NOT_SELECTED = "not-selected"
    OVER_MAX_BODY = "over-max-body"
    UNSUPPORTED = "unsupported"
    UNSAFE = "unsafe"
    UNCLEAR = "unclear"
    # of results
    OBSERVED = "observed"
    EXPLAINED = "explained"
    OPEN = "open"
    UNDECIDED = "undecided"
    NO_ANSWER = "no-answer"
    NOT_SENT = "not-sent"
    NO_SUCH_ANSWER = "no-such-answer"
    UNTESTED = "untested"
    NOT_READ = "not-read"
    ACCEPTED_BY_CONFIGURATION = "accepted-by-configuration"


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason: code asks for the kind, people read what `str` makes of both. False where there is none."""

    kind: ReasonKind
    text: str

    def __str__(self) -> str:
        lead = _LEADS.get(self.kind)
        return f"{lead}: {self.text}" if lead else self.text

    def __bool__(self) -> bool:
        return self.kind is not ReasonKind.NONE


_LEADS: Final = {
    ReasonKind.EQUIVALENT: "equivalent",
    ReasonKind.NOT_FOUND: "no witness found",
    ReasonKind.NOT_BUILT: "no valid body could be built",
    ReasonKind.UNCLEAR: "unclear",
}
NO_REASON: Final = Reason(ReasonKind.NONE, "")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing the document demands of one operation.

    `place` is where (`body/name`), `demand` what (`minLength 5`), `outcome` the side with its
    detail (`accepts 5`). `pointer` leads into the document. A requirement that no case
    exercises says why in `unexercised`. One on answers is guarded by a rule, `guard`, and is on those of
    the documented `status`, on any where that is empty.
    """

    operation: str
    place: str
    demand: str
    outcome: str
    side: Side
    pointer: Pointer
    operator: str
    unexercised: Reason = NO_REASON
    guard: Rule | None = None
    status: str = ""

    address: str = field(init=False)
    """The address a person reads: operation · place · demand · outcome."""

    id: str = field(init=False)
    """Ten hex digits over address, operator and pointer; stable as long as the document says the same."""

    def __post_init__(self) -> None:
        address = " · ".join((self.operation, self.place, self.demand, self.outcome))
        named = f"{address}\x00{self.operator}\x00{self.pointer}".encode()
        # asked for at every turn, so told once; the class stays frozen to everybody else
        object.__setattr__(self, "address", address)
        object.__setattr__(self, "id", hashlib.sha256(named).hexdigest()[:10])
