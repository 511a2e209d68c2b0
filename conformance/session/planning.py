"""From operations to a plan: the one place where documents, strategies and the planner meet."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from conformance.case import RunLevel
from conformance.errors import NothingExercisedError
from conformance.openapi.selection import select
from conformance.planning.mark import mark_of
from conformance.planning.plan import plan
from conformance.planning.spread import side_by_side
from conformance.session.exploring import replaying
from conformance.witness_cache import default_cache

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.openapi.operation import Operation
    from conformance.planning.plan import Plan
    from conformance.session.exploring import Exploration
    from conformance.settings import Choice


def make_plan(
    found: Sequence[Operation],
    choice: Choice,
    mark: str = "",
    meanwhile: Callable[[], object] = lambda: None,
) -> Plan:
    """Return the plan of the chosen operations. Raises NothingExercisedError where no case is left.

    `mark` is that of the run, empty for none; `meanwhile` is called while another process plans already,
    where there is one.
    """
    from conformance_strategies import (
        VALUES,  # not before the caller could refuse another package of that name
    )

    made = plan(
        select(found, choice.globs),
        VALUES,
        level=choice.level,
        max_body=choice.max_body,
        memory=default_cache(),
        mark=mark,
        spread=partial(side_by_side, first=meanwhile),
    )
    if not made.cases:
        raise NothingExercisedError("no case is left to send; widen --operation, --level or --max-body")
    return made


def plan_of(
    found: Sequence[Operation],
    choice: Choice,
    exploration: Exploration,
    run_id: str = "",
    meanwhile: Callable[[], object] = lambda: None,
) -> Plan:
    """Return the plan of the chosen operations with what exploration found earlier, marked by a run's id.

    `meanwhile` is as for `make_plan`. Raises NothingExercisedError where no case is left, DocumentError for a
    stored failure that can't be used.
    """
    mark = mark_of(run_id) if run_id else ""
    made = make_plan(found, choice, mark, meanwhile)
    if choice.level is RunLevel.SMOKE:
        return made
    return replaying(made, exploration, choice.max_body, mark)
