"""What only several exchanges together show: an id given twice, a text that belongs to another request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from conformance.case import Case
from conformance.judging.checks import Judgement, Violation
from conformance.pointer import Pointer
from conformance.requirement import Side
from conformance.rules import ANSWER_LEAKS, ECHO_CHANGED, ID_REPEATED, Rule


def across(cases: Sequence[Case], judgements: Mapping[str, Judgement]) -> dict[str, Judgement]:
    """Return the judgements with the violations added that show in several exchanges only.

    A text of another request is told as that alone, not as a change of what was sent. The order of
    the cases decides which of two names the other; the order of the answers means nothing.
    """
    told = dict(judgements)
    for case_id, violation in _repeated(cases, judgements):
        told[case_id] = _with(told[case_id], violation)
    leaks: set[tuple[str, Pointer]] = set()
    for case, violation in _leaked(cases, judgements):
        told[case.id] = _with(told[case.id], violation)
        leaks.add((case.operation, violation.pointer))
    for case in cases if leaks else ():
        if case.id in told:
            told[case.id] = _without_changes(
                told[case.id], {at for name, at in leaks if name == case.operation}
            )
    return told


def _with(judgement: Judgement, violation: Violation) -> Judgement:
    return replace(judgement, violations=(*judgement.violations, violation))


def _without_changes(judgement: Judgement, leaking: set[Pointer]) -> Judgement:
    kept = (v for v in judgement.violations if v.rule != ECHO_CHANGED or v.pointer not in leaking)
    return replace(judgement, violations=tuple(kept))


def _repeated(cases: Sequence[Case], judgements: Mapping[str, Judgement]) -> Iterator[tuple[str, Violation]]:
    """Tell of an id that two different requests were given; the same request may mean the same thing."""
    first: dict[tuple[str, Pointer, str], Case] = {}
    for case in cases:
        made = judgements[case.id].trace.made if case.id in judgements else None
        if made is None:
            continue
        owner = first.setdefault((case.operation, *made), case)
        if owner.request != case.request:
            actual = f"the id that {owner.id} was given, too"
            yield case.id, _violation(ID_REPEATED, made[0], "an id of its own", actual)


def _leaked(cases: Sequence[Case], judgements: Mapping[str, Judgement]) -> Iterator[tuple[Case, Violation]]:
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
