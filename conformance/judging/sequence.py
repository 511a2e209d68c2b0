"""What only several exchanges together show: an id given twice, a text that belongs to another request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from conformance.case import Case
from conformance.judging.judgement import Judgement, Violation
from conformance.pointer import Pointer
from conformance.requirement import Side
from conformance.rules import ANSWER_LEAKS, ECHO_CHANGED, ID_REPEATED, Rule


def across(cases: Sequence[Case], judgements: Mapping[str, Judgement]) -> dict[str, Judgement]:
    """Return the judgements with the violations added that show in several exchanges only.

    A text of another request is told as that alone, not as a change of what was sent. The order of
    the cases decides which of two names the other; the order of the answers means nothing.
    """
    found = dict(judgements)
    leaks: dict[str, set[Pointer]] = defaultdict(set)
    for check in ACROSS:
        for case, violation in check(cases, judgements):
            found[case.id] = _with(found[case.id], violation)
            if violation.rule == ANSWER_LEAKS:
                leaks[case.operation].add(violation.pointer)
    for case in cases if leaks else ():
        if case.id in found:
            found[case.id] = _without_changes(found[case.id], leaks[case.operation])
    return found


def _with(judgement: Judgement, violation: Violation) -> Judgement:
    return replace(judgement, violations=(*judgement.violations, violation))


def _without_changes(judgement: Judgement, leaking: set[Pointer]) -> Judgement:
    kept = (v for v in judgement.violations if v.rule != ECHO_CHANGED or v.pointer not in leaking)
    return replace(judgement, violations=tuple(kept))


def id_repeated(
    cases: Sequence[Case], judgements: Mapping[str, Judgement]
) -> Iterator[tuple[Case, Violation]]:
    """Tell of an id that two different requests were given; the same request may mean the same thing."""
    first: dict[tuple[str, Pointer, str], Case] = {}
    for case in cases:
        made = judgements[case.id].trace.made if case.id in judgements else None
        if made is None:
            continue
        owner = first.setdefault((case.operation, *made), case)
        if owner.request != case.request:
            actual = f"the id that {owner.id} was given, too"
            yield case, _violation(ID_REPEATED, made[0], "an id of its own", actual)


def answer_leaks(
    cases: Sequence[Case], judgements: Mapping[str, Judgement]
) -> Iterator[tuple[Case, Violation]]:
    """Tell of a distinctive text that exactly one other request of the operation had sent."""
    senders: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in cases:
        for text in judgements[case.id].trace.sent if case.id in judgements else ():
            senders[case.operation, text].append(case)
    for case in cases:
        for at, text in judgements[case.id].trace.foreign if case.id in judgements else ():
            owners = {owner.request: owner for owner in senders[case.operation, text]}
            if len(owners) == 1 and case.request not in owners:
                (owner,) = owners.values()
                actual = f"what {owner.id} sent there"
                yield case, _violation(ANSWER_LEAKS, at, "nothing of another request", actual)


def _violation(rule: Rule, at: Pointer, expected: str, actual: str) -> Violation:
    return Violation(rule, at, Side.ANSWERS, expected, actual)


ACROSS: Final = (id_repeated, answer_leaks)
"""The checks of several exchanges: functions of all cases and their judgements, in the order of their violations."""
