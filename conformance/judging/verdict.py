"""What a run concludes: a verdict for each requirement and a finding for each violation."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from conformance.requirement import NO_REASON, Reason
from conformance.rules import FindingLevel


class Verdict(StrEnum):
    """The four outcomes; only `passed` is a pass, and each other one carries its reason."""

    PASSED = "passed"
    FAILED = "failed"
    ERRORED = "errored"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class RequirementResult:
    """The verdict on one requirement, named by its id; `reason` is empty only for `passed`.

    `explained_by` is the id of the requirement whose finding tells of this one as well: what failed by the same
    mistake, or could not be decided because of it. It is empty where the finding is its own.
    """

    requirement: str
    verdict: Verdict
    reason: Reason = NO_REASON
    explained_by: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One violation, with the case that shows it.

    `pointer` is a JSON Pointer into the document; `side` is `accepts`, `rejects` or `answers`.
    `requirement` is the address of what is broken, `requirement_id` its id, empty where the run has no such
    requirement. `flaky` tells that the same request, sent a second time, showed it no more.
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
    requirement_id: str = ""

    @property
    def fingerprint(self) -> str:
        """Identify the violation across runs: 16 hex digits over rule, operation, pointer and side."""
        return fingerprint(self.rule, self.operation, self.pointer, self.side)


def fingerprint(rule: str, operation: str, pointer: str, side: str) -> str:
    """Hash what names a violation; never human text, a payload or the time."""
    named = "\x00".join((rule, operation, pointer, side))
    return hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()[:16]
