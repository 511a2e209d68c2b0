"""The requirements of a plan as test items: names that are unique and plain ASCII, marks, places in the document."""

from __future__ import annotations

from collections import Counter
from typing import Any

from conformance.case import Case
from conformance.contract.requests import request_contract
from conformance.openapi.document import positions_of
from conformance.openapi.operation import Operation
from conformance.openapi.reading import SourcePositions
from conformance.planning.plan import Plan
from conformance.pointer import Pointer
from conformance.requirement import Requirement, Side

_MARKS = {Side.ACCEPTS: "valid", Side.REJECTS: "invalid", Side.ANSWERS: "answers"}


def catalogue(plan: Plan) -> dict[str, Any]:
    """Return each operation with its document's path, whether its body is described, and its items.

    An item has the requirement's `id`, its `name` and `marks`, and the 0-based `line` of what it is about.
    """
    positions = {o.document.path: positions_of(o.document) for o in plan.operations}
    cases = {r: case for case in plan.cases for r in case.requirements}
    return {
        "operations": [
            {
                "name": operation.name,
                "document": str(operation.document.path),
                "line": _line(positions[operation.document.path], operation.pointer),
                "described": operation.name in plan.preflight and request_contract(operation) is not None,
                "items": _items(operation, plan, cases, positions[operation.document.path]),
            }
            for operation in plan.operations
        ]
    }


def _items(
    operation: Operation, plan: Plan, cases: dict[str, Case], positions: SourcePositions | None
) -> list[dict[str, Any]]:
    own = [r for r in plan.requirements if r.operation == operation.name]
    shared = Counter(item_name(r) for r in own)
    return [
        {
            "id": r.id,
            "name": f"requirement[{item_name(r)}{f' ({r.id})' if shared[item_name(r)] > 1 else ''}]",
            "marks": _marks(r, cases.get(r.id)),
            "line": _line(positions, r.pointer),
        }
        for r in own
    ]


def item_name(requirement: Requirement) -> str:
    """Return place, demand and outcome in printable ASCII; other characters as pytest escapes them in ids.

    They stand in brackets, as a test's parameters do: only there may an id hold `[` and `::`.
    """
    text = " - ".join((requirement.place, requirement.demand, requirement.outcome))
    shown = (c if " " <= c <= "~" else c.encode("unicode_escape").decode("ascii") for c in text)
    return "".join(shown)


def _marks(requirement: Requirement, case: Case | None) -> list[str]:
    """Return intent and level; a requirement on answers has no intent, one without a case no level."""
    if case is None:
        return [_MARKS[requirement.side]]
    return [case.intent.value, case.level.value]


def _line(positions: SourcePositions | None, pointer: Pointer) -> int:
    return 0 if positions is None else positions.at(pointer).line - 1
