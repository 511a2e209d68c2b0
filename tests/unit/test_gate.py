from __future__ import annotations

import pytest

from conformance.errors import ExitCode
from conformance.gate import exit_code
from conformance.rules import FindingLevel
from conformance.verdict import Finding, Verdict

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
    assert exit_code(findings, verdicts, complete=complete, fail_on=fail_on) is code
