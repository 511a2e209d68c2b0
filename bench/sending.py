"""The sending phase against a bare client: the same bytes to the same mock, with nothing judged or recorded."""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Final, TypeAlias

import aiohttp
from effort import Effort
from table import Limit, Row, Section
from yarl import URL

from conformance.case import RunLevel
from conformance.cli.folder import ReportFolder
from conformance.cli.loading import load_operations, mock_target
from conformance.cli.recording import Recorder, Setting
from conformance.cli.sending import loop_factory, send_cases
from conformance.mock.process import start_mock
from conformance.plan import Plan, plan
from conformance.rules import FindingLevel
from conformance.target import Target, headers_of, url_of
from strategies import VALUES

_LARGE: Final = 1024 * 1024
_MIN_SHARE: Final = 0.85

Way: TypeAlias = Callable[[Plan, Target], Awaitable[None]]


def measured(effort: Effort) -> Section:
    """Send the plan of the documents both ways, in turn, each time to a mock that nobody used before."""
    the_plan = plan(load_operations(effort.documents), VALUES, level=RunLevel.STANDARD)
    ours, bare = [], []
    _rate(_ours, the_plan, effort)  # imports what it needs; not counted
    for number in range(effort.turns):
        print(f"sending {number + 1} of {effort.turns}", file=sys.stderr)
        ours.append(_rate(_ours, the_plan, effort))
        bare.append(_rate(_bare, the_plan, effort))
    shares = tuple(a / b for a, b in zip(ours, bare, strict=True))
    rows = (
        Row("conformance, planned before", "requests/s", tuple(ours), "{:,.0f}"),
        Row("aiohttp alone", "requests/s", tuple(bare), "{:,.0f}"),
        Row("ratio", "requests/s", shares),
    )
    return Section(
        "The sending phase",
        rows,
        (Limit("of the bare client's requests/s", rows[2].median, _MIN_SHARE, is_floor=True),),
    )


def _rate(way: Way, the_plan: Plan, effort: Effort) -> float:
    with (
        start_mock(effort.documents, checked=True) as mock,
        asyncio.Runner(loop_factory=loop_factory()) as runner,
    ):
        target = mock_target(Target(mock.url), mock)
        started = perf_counter()
        runner.run(way(the_plan, target))
        return len(the_plan.cases) / (perf_counter() - started)


async def _ours(the_plan: Plan, target: Target) -> None:
    with ReportFolder(None) as folder:
        recorder = Recorder(the_plan, Setting(target, embedded=True, fail_on=FindingLevel.ERROR), folder)
        await send_cases(the_plan, target, recorder)
        recorder.finish()


async def _bare(the_plan: Plan, target: Target) -> None:
    """Send each request and read its answer to the end, so many at once as ours does."""
    keys = {operation.name: operation.key_headers for operation in the_plan.operations}
    requests = iter(
        [
            (case.request.method, URL(url_of(case.request, target), encoded=True),
             headers_of(case.request, target, keys[case.operation]), case.request.body)
            for case in the_plan.cases
        ]
    )  # fmt: skip

    async def worker(session: aiohttp.ClientSession) -> None:
        for method, url, headers, body in requests:
            async with session.request(
                method,
                url,
                headers=headers,
                data=io.BytesIO(body) if body is not None and len(body) > _LARGE else body,
            ) as response:
                await response.read()

    connector = aiohttp.TCPConnector(limit=target.concurrency)
    async with aiohttp.ClientSession(connector=connector, auto_decompress=False) as session:
        await asyncio.gather(*(worker(session) for _ in range(target.concurrency)))
