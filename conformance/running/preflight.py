"""Preflight: one plainly valid request per operation, to tell a wrong set-up from a wrong server."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from conformance.case import Case, Exchange
from conformance.contract.media_types import media_type
from conformance.errors import LimitReachedError, TargetError
from conformance.openapi.operation import Operation
from conformance.planning.plan import Plan
from conformance.running.runner import Sends
from conformance.sending.pace import is_refusal
from conformance.sending.target import Target, placeholders, redact_exchange, redactor

_FOREIGN: Final = frozenset({405, 501})
_HTML: Final = frozenset({"text/html", "application/xhtml+xml"})


async def check_setup(plan: Plan, sender: Sends) -> dict[str, Exchange]:
    """Send each operation's plain valid case; return the exchanges by case id, so that none is sent twice.

    Raises TargetError where the answers say that URL, key or ids are wrong. Any other deviation is
    the server's, and is judged with its case later.
    """
    cases = {case.id: case for case in plan.cases}
    chosen = [cases[plan.preflight[op.name]] for op in plan.operations if op.name in plan.preflight]
    operations = {operation.name: operation for operation in plan.operations}
    exchanges: dict[str, Exchange] = {}
    redact = redactor(sender.target)
    # One alone first: where nothing listens, or the key is refused, one request tells.
    for batch in (chosen[:1], chosen[1:]):
        answers = await asyncio.gather(*(_sent(case, sender) for case in batch))
        for case, exchange in zip(batch, answers, strict=True):
            if exchange is None:
                continue
            refuse_setup_error(operations[case.operation], redact_exchange(exchange, redact), sender.target)
            exchanges[case.id] = exchange
    asked = [case for case in chosen if case.id in exchanges]
    shown = [redact_exchange(exchanges[case.id], redact) for case in asked]
    refuse_other_api([operations[case.operation] for case in asked], shown, sender.target)
    return exchanges


async def _sent(case: Case, sender: Sends) -> Exchange | None:
    """Return what came back, None where a limit is reached: the run will hear of it, and keeps what came before."""
    try:
        return await sender.send(case)
    except LimitReachedError:
        return None


def refuse_setup_error(operation: Operation, exchange: Exchange, target: Target) -> None:
    """Raise TargetError where this one answer says what the user has to set."""
    where = f"{operation.method} {operation.path} ({operation.name})"
    if exchange.status == 0:
        raise TargetError(f"{target.url}: {exchange.failure}; check --target and that the API is up")
    advice = ""
    if is_refusal(exchange):
        advice = _refused(exchange.status)
    elif exchange.status in _ADVICE:
        advice = _ADVICE[exchange.status](operation, target)
    if advice:
        raise TargetError(f"{where} answers {exchange.status} to a plainly valid request: {advice}")


def _unauthorized(operation: Operation, target: Target) -> str:
    if target.key is None:
        return "it wants a key; set --api-key-env to the NAME of the variable that holds it"
    source = f"in ${target.key_env}" if target.key_env else "given"
    header = ", ".join(operation.key_headers) or "none that the document declares"
    return f"the key {source} is refused (sent in the header {header}); set --api-key-env to another one"


def _forbidden(operation: Operation, target: Target) -> str:
    ids = _ids(operation, target)
    return f"the key may not do this; use one with the right (--api-key-env) or other ids{ids}"


def _not_found(operation: Operation, target: Target) -> str:
    return f"check --target {target.url} (with its base path) and the ids{_ids(operation, target)}"


_ADVICE: Final = {401: _unauthorized, 403: _forbidden, 404: _not_found}


def _refused(status: int) -> str:
    """Say what a target means that refuses a request for the pace at every try."""
    return (
        "the target limits the pace; wait, then set --rate"
        if status == 429
        else "the target asks to wait; try later"
    )


def _ids(operation: Operation, target: Target) -> str:
    names = placeholders(operation.path)
    shown = " ".join(f"--path-param {name}={target.path_params.get(name, '...')}" for name in names)
    return f": {shown}" if shown else ""


def refuse_other_api(operations: Sequence[Operation], answers: Sequence[Exchange], target: Target) -> None:
    """Raise TargetError where every answer is one that only some other service would give."""
    pairs = list(zip(operations, answers, strict=True))
    if pairs and all(_foreign(operation, answer) for operation, answer in pairs):
        seen = ", ".join(sorted({_described(answer) for answer in answers}))
        raise TargetError(
            f"{target.url} does not look like this API (every operation answered {seen}); "
            "check --target (with its base path) and --spec"
        )


def _foreign(operation: Operation, exchange: Exchange) -> bool:
    """Tell an undocumented redirect, 405, 501 or HTML page: what a wrong address answers."""
    if str(exchange.status) in operation.responses:
        return False
    redirect = 300 <= exchange.status < 400
    return redirect or exchange.status in _FOREIGN or (exchange.status < 300 and _is_html(exchange))


def _is_html(exchange: Exchange) -> bool:
    return media_type(exchange.header("content-type")).essence in _HTML


def _described(exchange: Exchange) -> str:
    location = exchange.header("location")
    page = " with an HTML page" if _is_html(exchange) else ""
    return f"{exchange.status}{page}" + (f" to {location[:100]!r}" if location else "")
