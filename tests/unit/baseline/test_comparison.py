from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

import pytest

from conformance.baseline.comparison import broken_rules, compare
from conformance.baseline.entry import Acceptance, Baseline
from conformance.judging.judgement import CASE, Judgement, Violation
from conformance.judging.verdict import Finding, Verdict
from conformance.rules import VALID_REJECTED, FindingLevel

LAST = date(2026, 2, 28)
ACCEPTANCE = Acceptance("known", "Ann", date(2026, 1, 31), LAST)
FINDING = Finding("valid-rejected", FindingLevel.ERROR, "t", "t · a", "/a", "accepts", "201", "400", "t-1")
OTHER = replace(FINDING, pointer="/b", case="t-2")
ENTRY = ACCEPTANCE.of(FINDING)
BASELINE = Baseline((ENTRY,))


def test_an_accepted_finding_is_baselined_and_a_new_one_is_not() -> None:
    compared = compare(BASELINE, [OTHER, FINDING], {}, LAST)
    assert compared.findings == (OTHER, replace(FINDING, baselined=True))
    assert (compared.accepted, compared.expired, compared.gone) == ((ENTRY,), (), ())


def test_the_last_day_is_accepted_and_the_next_is_not() -> None:
    compared = compare(BASELINE, [FINDING], {}, LAST + timedelta(1))
    assert compared.findings == (FINDING,)
    assert (compared.accepted, compared.expired) == ((), (ENTRY,))


def test_what_an_earlier_baseline_accepted_is_judged_anew() -> None:
    assert compare(Baseline(), [replace(FINDING, baselined=True)], {}, LAST).findings == (FINDING,)


def test_the_order_of_findings_and_entries_means_nothing() -> None:
    entries = [ACCEPTANCE.of(finding) for finding in (FINDING, OTHER)]
    baselines = {Baseline().having(order) for order in permutations(entries)}
    assert len(baselines) == 1
    (baseline,) = baselines
    marked = {
        frozenset(compare(baseline, order, {}, LAST).findings) for order in permutations([FINDING, OTHER])
    }
    assert marked == {frozenset(replace(f, baselined=True) for f in (FINDING, OTHER))}


@pytest.mark.parametrize(
    ("broken", "is_gone"),
    [
        ({"t-1": frozenset[str]()}, True),
        ({"t-1": frozenset({"response-schema"})}, True),
        ({"t-1": frozenset({"valid-rejected"})}, False),  # explained by another finding
        ({"t-2": frozenset[str]()}, False),  # its own case was not sent
        ({}, False),  # the run is incomplete
    ],
)
def test_an_entry_is_gone_only_where_its_case_was_decided_and_kept_the_rule(
    *, broken: dict[str, frozenset[str]], is_gone: bool
) -> None:
    compared = compare(BASELINE, [], broken, LAST)
    assert compared.gone == ((ENTRY,) if is_gone else ())
    assert compared.pruned(BASELINE) == (Baseline() if is_gone else BASELINE)


def test_pruning_brings_the_case_of_what_is_still_there_up_to_date_and_nothing_else() -> None:
    compared = compare(BASELINE, [replace(FINDING, case="t-9", actual="500")], {}, LAST)
    assert compared.pruned(BASELINE) == Baseline((replace(ENTRY, case="t-9"),))
    renewed = Baseline((replace(ENTRY, reason="renewed meanwhile"),))
    assert compared.pruned(renewed) == Baseline((replace(ENTRY, reason="renewed meanwhile", case="t-9"),))


def test_only_decided_cases_say_which_rules_they_broke() -> None:
    violation = Violation(VALID_REJECTED, CASE, "accepts", "201", "400")
    judgements = [
        Judgement("a", Verdict.PASSED),
        Judgement("b", Verdict.FAILED, (violation,)),
        Judgement("c", Verdict.SKIPPED, reason="409"),
        Judgement("d", Verdict.ERRORED, reason="no answer"),
    ]
    assert broken_rules(judgements) == {"a": frozenset(), "b": {"valid-rejected"}}
