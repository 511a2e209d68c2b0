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
from conformance_strategies import VALUES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.openapi.operation import Operation
    from conformance.planning.plan import Plan
    from conformance.session.settings import Settings


def make_plan(
    found: Sequence[Operation], settings: Settings, meanwhile: Callable[[], object] = lambda: None
) -> Plan:
    """Return the plan of the chosen operations, marked by the run's id. Raises NothingExercisedError without a case.

    `meanwhile` is called while another process plans already, where there is one.
    """
    made = plan(
        select(found, settings.globs),
        VALUES,
        level=settings.level,
        max_body=settings.max_body,
        memory=default_cache(),
        mark=_mark(settings),
        spread=partial(side_by_side, first=meanwhile),
    )
    if not made.cases:
        raise NothingExercisedError("no case is left to send; widen --operation, --level or --max-body")
    return made


def plan_of(
    found: Sequence[Operation], settings: Settings, meanwhile: Callable[[], object] = lambda: None
) -> Plan:
    """Return what `make_plan` does, with what exploration found earlier.

    Raises DocumentError for a stored failure that can't be used.
    """
    made = make_plan(found, settings, meanwhile)
    if settings.level is RunLevel.SMOKE:
        return made
    return replaying(made, settings.explore_dir, settings.max_body, _mark(settings))


def _mark(settings: Settings) -> str:
    return mark_of(settings.run_id) if settings.run_id else ""
