"""Drawn requests: where bodies come from, and each sent, judged and waited for, for drawing has one thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from conformance.contract.requests import request_contract
from conformance.explore.clarity import tamed
from conformance.judging.tolerance import TolerantJudge
from conformance.planning.mark import mark_of
from conformance.planning.stamp import Stamp
from conformance.running.runner import CaseJudged, judge_exchange
from conformance.sending.sender import Manners, Sender
from conformance.sending.target import redactor

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

    from conformance.case import Case
    from conformance.jsonvalue import JSON
    from conformance.openapi.operation import Operation
    from conformance.session.session import Session


@dataclass(frozen=True, slots=True)
class Attempt:
    """One case as it was sent, with the mark of the run, and as it was judged: that one is without."""

    sent: Case
    judged: CaseJudged


class Attempts:
    """Sends cases of a session one at a time; a context manager that holds the connections."""

    def __init__(self, session: Session, runner: asyncio.Runner, manners: Manners | None = None) -> None:
        plan, target = session.plan, session.target
        keys = {operation.name: operation.key_headers for operation in plan.operations}
        self.stamp = Stamp(plan.operations, plan.mutants, mark_of(session.settings.run_id))
        self._judge, self._redact = TolerantJudge(plan.operations, target.accept), redactor(target)
        self._runner, self._sender = runner, Sender(target, keys, manners)

    def __enter__(self) -> Self:
        self._runner.run(self._sender.__aenter__())
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._sender.__aexit__(None, None, None))

    def send(self, case: Case) -> Attempt:
        """Return what came of a case. Raises LimitReachedError where nothing more may be sent."""
        sent = self.stamp.case(case)
        exchange = self._runner.run(self._sender.send(sent))
        kept, judgement = judge_exchange(sent, exchange, self._judge, self._redact)
        return Attempt(sent, CaseJudged(-1, case, kept, judgement, len(exchange.body)))


def bodies(operation: Operation, kind: str) -> SearchStrategy[JSON]:
    """Return the strategy of `valid`, `boundary` or `invalid` bodies. Raises ValueError where there are none."""
    from hypothesis import strategies as st

    import conformance_strategies

    make: Callable[..., SearchStrategy[Any]] = getattr(conformance_strategies, f"{kind}_values")
    contract = request_contract(operation)
    assert contract is not None  # noqa: S101 -- asked for only where a body is described
    values = make(contract.schema, root=contract.root)
    # one body in four keeps the characters that make it open: nothing may break on them
    return st.one_of(*[values.map(tamed)] * 3, values)
