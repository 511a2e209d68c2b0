"""Findings that come and go: each one's case sent a second time before it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from conformance.case import Case
from conformance.judging.judgement import CASE, Judgement
from conformance.judging.sequence import across
from conformance.judging.verdict import Finding, Verdict
from conformance.planning.plan import Plan
from conformance.pointer import text as pointer_text
from conformance.rules import RULES, Scope
from conformance.running.runner import CaseRetried, Judges, Sends, judge_exchange
from conformance.sending.pace import is_refusal
from conformance.sending.target import redactor

MAX_RETRIES: Final = 200
"""So many cases are sent again; whoever has more findings has other troubles than these."""

_UNANSWERED: Final = 3
"""So many cases in a row without an answer end the retries: the target is gone, and nothing is learnt."""


async def retry(
    plan: Plan,
    findings: Iterable[Finding],
    sender: Sends,
    judge: Judges,
    on_event: Callable[[CaseRetried], None],
    also: Iterable[str] = (),
) -> None:
    """Send the case of each finding once more, then those of `also`, one after the other; tell `on_event`.

    Raises LimitReachedError where no more may be sent.
    """
    cases = {case.id: case for case in plan.cases}
    redact = redactor(sender.target)
    silent = 0
    for case_id in retried((*(finding.case for finding in findings), *also)):
        exchange = await sender.send(cases[case_id])
        silent = 0 if exchange.status and not is_refusal(exchange) else silent + 1
        if silent == _UNANSWERED:
            return
        kept, judgement = judge_exchange(cases[case_id], exchange, judge, redact)
        on_event(CaseRetried(cases[case_id], kept, judgement, len(exchange.body)))


def retried(cases: Iterable[str]) -> list[str]:
    """Return those of the cases, by id, that are sent again: each once, and no more than MAX_RETRIES."""
    return list(dict.fromkeys(cases))[:MAX_RETRIES]


def suspects(cases: Sequence[Case], judgements: Mapping[str, Judgement]) -> list[str]:
    """Return every case that breaks a rule: what a finding may rest on once other parts of the run are known."""
    told = across(cases, judgements)
    return [case.id for case in cases if case.id in told and told[case.id].violations]


def marked(
    findings: Sequence[Finding],
    cases: Sequence[Case],
    judgements: Mapping[str, Judgement],
    again: Mapping[str, Judgement],
) -> tuple[Finding, ...]:
    """Return the findings, flaky those that the second judgement of their case shows no more."""
    return tuple(replace(f, flaky=_is_gone(f, cases, judgements, again.get(f.case))) for f in findings)


def _is_gone(
    finding: Finding, cases: Sequence[Case], judgements: Mapping[str, Judgement], again: Judgement | None
) -> bool:
    """Tell whether the second answer kept the rule; one that decides nothing leaves the finding as it was."""
    if again is None or again.verdict in (Verdict.ERRORED, Verdict.SKIPPED):
        return False
    if RULES[finding.rule].judges is Scope.SEQUENCE:
        again = across(cases, {**judgements, finding.case: again})[finding.case]
    return not any(
        violation.rule.id == finding.rule
        and (violation.pointer == CASE or pointer_text(violation.pointer) == finding.pointer)
        for violation in again.violations
    )
