"""What a run concludes: a verdict for each requirement and a finding for each violation."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from conformance.rules import FindingLevel


class Verdict(StrEnum):
    """The four outcomes; only `passed` is a pass, and each other one carries its reason."""

    PASSED = "passed"
    FAILED = "failed"
    ERRORED = "errored"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class RequirementResult:
    """The verdict on one requirement; `reason` is empty only for `passed`.

    `explained_by` is the address of the requirement whose failure explains an `errored` one: the same
    misreading, or an answer that keeps it from being decided.
    """

    requirement: str
    verdict: Verdict
    reason: str = ""
    explained_by: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One violation, with the case that shows it.

    `pointer` is a JSON Pointer into the document; `side` is `accepts`, `rejects` or `answers`.
    `flaky` tells that the same request, sent a second time, showed it no more.
    """

    rule: str
    level: FindingLevel
    operation: str
    requirement: str
    pointer: str
    side: str
    expected: str
    actual: str
    case: str
    baselined: bool = False
    flaky: bool = False

    @property
    def fingerprint(self) -> str:
        """Identify the violation across runs: 16 hex digits over rule, operation, pointer and side."""
        return fingerprint(self.rule, self.operation, self.pointer, self.side)


def fingerprint(rule: str, operation: str, pointer: str, side: str) -> str:
    """Hash what names a violation; never human text, a payload or the time."""
    named = "\x00".join((rule, operation, pointer, side))
    return hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()[:16]
