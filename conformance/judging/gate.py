"""The gate: verdicts and findings in, exit code out; and what a report of tests says of each requirement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

from conformance.errors import ExitCode
from conformance.judging.verdict import Finding, RequirementResult, Verdict
from conformance.rules import FindingLevel

_WEIGHTS: Final = {FindingLevel.NOTE: 0, FindingLevel.WARNING: 1, FindingLevel.ERROR: 2}


def exit_code(
    findings: Iterable[Finding],
    results: Iterable[RequirementResult],
    *,
    complete: bool,
    fail_on: FindingLevel,
    all_exercised: bool = True,
    is_part: bool = False,
) -> ExitCode:
    """Return what the run ends with.

    A finding counts at `fail_on` and above, unless it is baselined. An incomplete run, and one that
    left a requirement undecided, is no pass (TARGET), though what a finding explains is the finding's
    to answer for. Nor is one that decided nothing, or where not `all_exercised`: some operation was
    never asked for what its document allows. One that `is_part` of a run may have nothing to decide.
    """
    decided = {result.verdict for result in results if not result.explained_by}
    if any(gated(finding, fail_on) for finding in findings):
        return ExitCode.FINDINGS if complete else ExitCode.TARGET
    if not complete or Verdict.ERRORED in decided:
        return ExitCode.TARGET
    if not is_part and not (all_exercised and decided & {Verdict.PASSED, Verdict.FAILED}):
        return ExitCode.NOTHING_EXERCISED
    return ExitCode.CONFORMS


def gated(finding: Finding, fail_on: FindingLevel) -> bool:
    """Tell whether one finding closes the gate."""
    return not finding.baselined and closes(finding.level, fail_on)


def closes(level: FindingLevel, fail_on: FindingLevel) -> bool:
    """Tell whether what is not baselined closes the gate at its level."""
    return _WEIGHTS[level] >= _WEIGHTS[fail_on]


class Outcome(StrEnum):
    """What a report of tests says of one requirement: `failed` exactly where the gate is closed by it."""

    PASSED = "passed"
    FAILED = "failed"
    ACCEPTED = "accepted"
    ERRORED = "errored"
    SKIPPED = "skipped"


def outcome(
    verdict: Verdict, findings: Sequence[Finding], fail_on: FindingLevel, *, is_explained: bool
) -> Outcome:
    """Return the outcome of a requirement that the `findings` tell of.

    What is known to the baseline is accepted, and what weighs less than the gate asks for passes. One that
    could not be decided is skipped where it `is_explained`: by a finding that is told elsewhere.
    """
    if any(gated(finding, fail_on) for finding in findings):
        return Outcome.FAILED
    if verdict is Verdict.FAILED and findings:
        is_accepted = any(closes(finding.level, fail_on) for finding in findings)
        return Outcome.ACCEPTED if is_accepted else Outcome.PASSED
    if verdict is Verdict.ERRORED and is_explained:
        return Outcome.SKIPPED
    return Outcome(verdict.value)
