"""The gate: verdicts in, exit code out."""

from __future__ import annotations

from collections.abc import Iterable
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
    return not finding.baselined and _WEIGHTS[finding.level] >= _WEIGHTS[fail_on]
