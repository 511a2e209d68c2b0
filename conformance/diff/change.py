"""Changes: what differs between a base and a revision, whom it breaks, and the proof."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from conformance import pointer as pointers
from conformance.diff.amendment import Amendment
from conformance.jsonvalue import JSON
from conformance.pointer import Pointer


class Direction(StrEnum):
    """Who sends what the change is about; it decides which way a difference breaks somebody."""

    REQUEST = "request"
    RESPONSE = "response"
    NONE = "none"


class DriftVerdict(StrEnum):
    """What a change means for clients of the base; `none` is only ever said of a whole comparison."""

    NONE = "none"
    COMPATIBLE = "compatible"
    UNDECIDED = "undecided"
    BREAKING = "breaking"


class Evidence(StrEnum):
    """What a verdict on a schema rests on."""

    WITNESS = "witness"
    INCLUSION = "inclusion proven"
    SEARCH = "no payload tells them apart"
    DECLARED = "no payload of declared members tells them apart"
    NONE = ""


_WEIGHT: Final = list(DriftVerdict)


@dataclass(frozen=True, slots=True)
class Proof:
    """A payload that the two documents judge differently; both validators have said so."""

    payload: JSON
    base_accepts: bool
    revision_accepts: bool

    def as_data(self) -> dict[str, Any]:
        """Return the JSON form: `{"payload": …, "base": "accepts", "revision": "rejects"}`."""
        return {
            "payload": self.payload,
            "base": _judgement(accepts=self.base_accepts),
            "revision": _judgement(accepts=self.revision_accepts),
        }


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `rule` is an id of the catalogue, `summary` says before → after to a person.

    `base_pointer` and `revision_pointer` lead into the two documents, None where that one has no
    such place; `base_at` and `revision_at` name the files, with the lines where those are known.
    `note` says what the verdict leaves out. `exchange` tells which exchange shows it, where traffic does;
    `amendments` are what would make the base agree with the revision.
    """

    rule: str
    operation: str
    direction: Direction
    verdict: DriftVerdict
    summary: str
    base_pointer: Pointer | None = None
    revision_pointer: Pointer | None = None
    witness: Proof | None = None
    evidence: Evidence = Evidence.NONE
    note: str = ""
    base_at: str = ""
    revision_at: str = ""
    exchange: str = ""
    amendments: tuple[Amendment, ...] = field(default=(), repr=False)

    @property
    def pointer(self) -> Pointer:
        """Where the change is: in the base, or in the revision where only that one has the place."""
        return self.base_pointer if self.base_pointer is not None else self.revision_pointer or ()

    def as_data(self) -> dict[str, Any]:
        """Return the JSON form, as one entry of `changes` in the output of `conformance drift` (schema 1)."""
        return {
            "rule": self.rule,
            "operation": self.operation,
            "pointer": pointers.text(self.pointer),
            "direction": self.direction.value,
            "verdict": self.verdict.value,
            "witness": self.witness.as_data() if self.witness else None,
            "base_pointer": _text(self.base_pointer),
            "revision_pointer": _text(self.revision_pointer),
            "base_at": self.base_at,
            "revision_at": self.revision_at,
            "summary": self.summary,
            "evidence": self.evidence.value,
            "note": self.note,
            "exchange": self.exchange,
        }


def overall(changes: Iterable[Change]) -> DriftVerdict:
    """Return the gravest verdict of the changes, `none` where there are none."""
    return max((change.verdict for change in changes), key=_WEIGHT.index, default=DriftVerdict.NONE)


def _judgement(*, accepts: bool) -> str:
    return "accepts" if accepts else "rejects"


def _text(pointer: Pointer | None) -> str | None:
    return None if pointer is None else pointers.text(pointer)
