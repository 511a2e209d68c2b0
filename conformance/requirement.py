"""Requirements: what the document demands, seen from the user's side, one address each."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from conformance.pointer import Pointer


class Side(StrEnum):
    """Which way a server can get it wrong: too strict, too lax, or a wrong answer."""

    ACCEPTS = "accepts"
    REJECTS = "rejects"
    ANSWERS = "answers"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing the document demands of one operation.

    `place` is where (`body/name`), `demand` what (`minLength 5`), `outcome` the side with its
    detail (`accepts 5`). `pointer` leads into the document. A requirement that no case
    exercises says why in `unexercised`.
    """

    operation: str
    place: str
    demand: str
    outcome: str
    side: Side
    pointer: Pointer
    operator: str
    unexercised: str = ""

    @property
    def address(self) -> str:
        """The address a person reads: operation · place · demand · outcome."""
        return " · ".join((self.operation, self.place, self.demand, self.outcome))

    @property
    def id(self) -> str:
        """Ten hex digits over the address and operator; stable as long as the document says the same."""
        return hashlib.sha256(f"{self.address}\x00{self.operator}\x00{self.pointer}".encode()).hexdigest()[
            :10
        ]
