"""A part of a plan: the cases that decide some of its requirements, and what judging them needs."""

from __future__ import annotations

from dataclasses import replace

from conformance.planning.plan import Plan
from conformance.requirement import Side


def part_of(plan: Plan, wanted: frozenset[str]) -> Plan:
    """Return the plan that decides the `wanted` requirements (ids), each operation's preflight included.

    A requirement on answers rests on every case of its operation, any other on its own. What else
    the cases decide stays in the plan, so that a mistake is found where it lies.
    """
    decided = {r for case in plan.cases for r in case.requirements}
    chosen = [r for r in plan.requirements if r.id in wanted]
    names = {r.operation for r in chosen}
    whole = {r.operation for r in chosen if r.side is Side.ANSWERS and r.id not in decided}
    preflight = {name: case for name, case in plan.preflight.items() if name in names}
    cases = tuple(
        case
        for case in plan.cases
        if case.operation in whole
        or case.id in preflight.values()
        or not wanted.isdisjoint(case.requirements)
    )
    needed = wanted | {r for case in cases for r in case.requirements}
    requirements = tuple(
        r
        for r in plan.requirements
        if r.id in needed or (r.operation in names and r.side is Side.ANSWERS and r.id not in decided)
    )
    kept = {r.id for r in requirements}
    return replace(
        plan,
        operations=tuple(o for o in plan.operations if o.name in names),
        requirements=requirements,
        cases=cases,
        preflight=preflight,
        mutants={r: mutant for r, mutant in plan.mutants.items() if r in kept},
    )
