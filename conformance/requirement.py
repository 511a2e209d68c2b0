"""Requirements: what the document demands, seen from the user's side, one address each."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from conformance.pointer import Pointer
from conformance.rules import Rule, Side

__all__ = ["Requirement", "Side"]


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
    unexercised: str = ""
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
