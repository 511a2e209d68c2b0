"""`conformance run --dry-run`: what would be sent, and nothing is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from conformance.case import Case, Intent
from conformance.errors import ExitCode
from conformance.planning.mark import mark_of, spelled
from conformance.planning.shard import cut
from conformance.sending.budget import budget_of
from conformance.sending.target import placeholders
from conformance.session.accepting import Accepting, today_utc
from conformance.session.loading import documents_id, load_operations
from conformance.session.planning import plan_of
from conformance.session.session import check_target

if TYPE_CHECKING:
    from conformance.planning.plan import Plan
    from conformance.sending.target import Target
    from conformance.session.settings import Settings

_HEADS: Final = ("requests", "valid", "invalid", "open", "creating", "bytes", "largest")
_NAME: Final = 22
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that only read (RFC 9110 §9.2.1)."""


def rehearse(settings: Settings) -> tuple[tuple[str, ...], ExitCode]:
    """Plan as a run would; return lines that say what it would send, to whom, how long that takes, and how it ends.

    The code is NOTHING_EXERCISED where the run would end so for lack of a valid request. Raises what a run
    does before it sends.
    """
    Accepting.of(settings.baseline, today_utc(), prune=settings.prune)
    budget_of(settings.max_requests, settings.max_time)
    operations = load_operations(settings.specs)
    settings = replace(settings, run_id=settings.run_id or documents_id(operations))
    if settings.url:
        check_target(settings, operations)
    whole = plan_of(operations, settings)
    plan = whole if settings.shard is None else cut(whole, settings.shard)
    lacking = [operation.name for operation in plan.operations if operation.name not in plan.preflight]
    end = (f"nothing valid can be made of {name}: the run would end with 5" for name in lacking)
    lines = (*_to_whom(settings.target, plan), "", *_table(plan), "", *_what_else(settings, plan), *end)
    return lines, ExitCode.NOTHING_EXERCISED if lacking else ExitCode.CONFORMS


def _to_whom(target: Target, plan: Plan) -> Iterator[str]:
    yield f"nothing is sent; a run would ask {target.url or 'the embedded mock, which is gone afterwards'}"
    ids = dict.fromkeys(name for operation in plan.operations for name in placeholders(operation.path))
    yield f"ids in paths: {', '.join(ids) or 'none'}"
    keyed = target.key is not None or not target.url
    keys = dict.fromkeys(name for operation in plan.operations if keyed for name in operation.key_headers)
    source = f" from ${target.key_env}" if target.key_env else ""
    secret = [*(f"{name}{source}" for name in keys), *(name for name, _ in target.headers)]
    yield f"headers with secrets: {', '.join(secret) or 'none'}"


def _table(plan: Plan) -> Iterator[str]:
    """Yield a line for each operation, and one for all of them; `creating` counts what is valid and writes."""
    widths = [max(len(head), 8) for head in _HEADS]
    groups = {o.name: [case for case in plan.cases if case.operation == o.name] for o in plan.operations}
    rows = [("operation", *_HEADS), *((name, *_cells(own)) for name, own in groups.items())]
    if len(groups) > 1:
        rows.append(("total", *_cells(plan.cases)))
    for name, *cells in rows:
        numbers = "".join(f" {cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
        yield f"{name[:_NAME]:<{_NAME}}{numbers}"


def _cells(cases: Sequence[Case]) -> tuple[str, ...]:
    sizes = [len(case.request.body or b"") for case in cases]
    intents = Counter(case.intent for case in cases)
    numbers = (
        len(cases),
        *(intents[intent] for intent in Intent),
        _creating(cases),
        sum(sizes),
        max(sizes, default=0),
    )
    return tuple(map(str, numbers))


def _creating(cases: Sequence[Case]) -> int:
    return sum(case.intent is Intent.VALID and case.request.method not in _SAFE for case in cases)


def _what_else(settings: Settings, plan: Plan) -> Iterator[str]:
    mark = mark_of(settings.run_id)
    marked = sum(mark.encode() in (case.request.body or b"") for case in plan.cases)
    yield "creating: what is valid, and whatever else the target takes"
    yield f'marked: {marked} bodies, with "{spelled(mark)}" (or with "_")'
    rate, sent = settings.rate, len(plan.cases)
    yield (
        f"time: about {_duration(sent / rate)} at --rate {rate:g}/s"
        if rate
        else f"time: as fast as the target answers, {settings.concurrency} requests at once; --rate holds it back"
    )
    yield "a case that shows a finding is sent a second time"
    if settings.max_requests is not None and settings.max_requests < sent:
        yield f"--max-requests {settings.max_requests} would end the run before all is sent"
    if settings.explore is not None:
        yield f"then random requests for {settings.explore:g} s"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{seconds:.1f} s"
