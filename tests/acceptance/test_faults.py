"""Every fault of the mock is found, by exactly the findings it deserves; the faithful mock has none."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest

from conformance.judging.checks import Judge
from conformance.judging.verdict import Verdict
from conformance.mock.faults import Fault
from conformance.mock.setup import Setup, known_faults
from conformance.openapi.operation import Operation
from conformance.planning.plan import Plan, plan
from conformance.pointer import text
from conformance.requirement import ReasonKind
from conformance.rules import ANSWER_LEAKS, DEFAULT_MISSING, ECHO_CHANGED, ID_REPEATED
from conformance.session.loading import BUNDLED, load_operations
from conformance_strategies import VALUES
from tests.support.inprocess import concluded, part, service

FAULTS = known_faults(Setup(specs=(Path(BUNDLED),)))


@lru_cache
def bundled() -> tuple[Plan, Judge]:
    operations = load_operations(())
    return plan(operations, VALUES), Judge(operations)


@lru_cache
def plan_of(operation: str) -> Plan:
    return part(bundled()[0], operation)


def deserved(operation: Operation, finds: tuple[str, ...]) -> set[tuple[str, str, str]]:
    """Return the findings that a fault names, their pointers made absolute."""
    bases = {"op": operation.pointer}
    if operation.body is not None:
        bases["body"] = operation.body.bodies[0].schema or ()
    found = set()
    for line in finds:
        rule, side, at = line.split(" ", 2)
        base, _, rest = at.partition(":")
        found.add((rule, side, text(bases[base]) + rest))
    return found


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_gives_exactly_the_findings_it_deserves(fault: Fault) -> None:
    the_plan = plan_of(fault.operation)
    conclusion = concluded(
        the_plan, service(the_plan.operations[0].document.path, [fault.name]), bundled()[1]
    )
    found = {(f.rule, f.side, f.pointer) for f in conclusion.findings}
    assert found == deserved(the_plan.operations[0], fault.finds)


def test_the_faithful_mock_passes_every_requirement_that_can_be_exercised() -> None:
    """What is skipped is proven equivalent, or concerns a status that the mock has no reason to answer."""
    the_plan, judge = bundled()
    conclusion = concluded(the_plan, service(BUNDLED), judge)
    assert conclusion.findings == ()
    assert {r.verdict for r in conclusion.results} == {Verdict.PASSED, Verdict.SKIPPED}
    skipped = [r.reason for r in conclusion.results if r.verdict is Verdict.SKIPPED]
    assert {reason.kind for reason in skipped} == {
        ReasonKind.EQUIVALENT, ReasonKind.NO_SUCH_ANSWER, ReasonKind.UNTESTED,
    }  # fmt: skip
    nothing_came_back = {  # trackers are answered with `success` alone
        rule.untested for rule in (ECHO_CHANGED, DEFAULT_MISSING, ANSWER_LEAKS, ID_REPEATED)
    }
    assert {reason.text for reason in skipped if reason.kind is not ReasonKind.EQUIVALENT} == {
        "no 403 was answered", "no 422 was answered", *nothing_came_back,
    }  # fmt: skip


def test_two_plans_are_the_same_to_the_byte() -> None:
    operations = load_operations(())
    assert plan(operations, VALUES).cases == bundled()[0].cases
