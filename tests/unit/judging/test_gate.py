from __future__ import annotations

import pytest

from conformance.errors import ExitCode
from conformance.judging.gate import exit_code
from conformance.judging.verdict import Finding, RequirementResult, Verdict
from conformance.rules import FindingLevel

ERROR, WARNING, NOTE = FindingLevel.ERROR, FindingLevel.WARNING, FindingLevel.NOTE
PASSED, FAILED, ERRORED, SKIPPED = Verdict.PASSED, Verdict.FAILED, Verdict.ERRORED, Verdict.SKIPPED


def finding(level: FindingLevel, *, baselined: bool = False) -> Finding:
    return Finding("r", level, "o", "q", "/p", "accepts", "e", "a", "c", baselined)


@pytest.mark.parametrize(
    ("findings", "verdicts", "complete", "fail_on", "code"),
    [
        ([], [PASSED, SKIPPED], True, ERROR, ExitCode.CONFORMS),
        ([finding(ERROR)], [FAILED], True, ERROR, ExitCode.FINDINGS),
        ([finding(WARNING)], [FAILED], True, ERROR, ExitCode.CONFORMS),
        ([finding(WARNING)], [FAILED], True, WARNING, ExitCode.FINDINGS),
        ([finding(NOTE)], [PASSED], True, WARNING, ExitCode.CONFORMS),
        ([finding(ERROR, baselined=True)], [FAILED], True, ERROR, ExitCode.CONFORMS),
        ([finding(ERROR)], [FAILED, ERRORED], True, ERROR, ExitCode.FINDINGS),
        ([], [PASSED, ERRORED], True, ERROR, ExitCode.TARGET),
        ([], [PASSED], False, ERROR, ExitCode.TARGET),
        ([finding(ERROR)], [FAILED], False, ERROR, ExitCode.TARGET),
        ([], [SKIPPED], True, ERROR, ExitCode.NOTHING_EXERCISED),
        ([], [], True, ERROR, ExitCode.NOTHING_EXERCISED),
    ],
)
def test_only_a_complete_decided_run_without_gated_findings_conforms(
    *,
    findings: list[Finding],
    verdicts: list[Verdict],
    complete: bool,
    fail_on: FindingLevel,
    code: ExitCode,
) -> None:
    results = [RequirementResult("r", verdict) for verdict in verdicts]
    assert exit_code(findings, results, complete=complete, fail_on=fail_on) is code


@pytest.mark.parametrize(
    ("level", "baselined", "code"),
    [
        (ERROR, False, ExitCode.FINDINGS),
        (ERROR, True, ExitCode.CONFORMS),
        (WARNING, False, ExitCode.CONFORMS),
    ],
)
def test_what_a_finding_explains_is_judged_by_that_finding_alone(
    *, level: FindingLevel, baselined: bool, code: ExitCode
) -> None:
    """Where the finding is accepted, or too light to fail, what stands behind it holds nothing up."""
    explained = RequirementResult("q", Verdict.ERRORED, "explained by r", explained_by="r")
    results = [RequirementResult("r", FAILED), explained]
    found = finding(level, baselined=baselined)
    assert exit_code([found], results, complete=True, fail_on=ERROR) is code
