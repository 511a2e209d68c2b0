"""The sending phase against a bare client: the same bytes to the same mock, with nothing judged or recorded."""

from __future__ import annotations

import asyncio
import gc
import io
import sys
from collections.abc import Callable, Coroutine
from time import perf_counter
from typing import Final, TypeAlias

import aiohttp
from effort import Effort
from multidict import CIMultiDict
from table import Limit, Row, Section, quotients
from yarl import URL

from conformance.case import Case, Exchange, RunLevel
from conformance.judging.judgement import Judgement
from conformance.judging.verdict import Verdict
from conformance.mock.process import start_mock
from conformance.planning.plan import Plan, plan
from conformance.running.runner import run
from conformance.sending.sender import USER_AGENT, Sender
from conformance.sending.target import Target, headers_of, url_of
from conformance.session.folder import ReportFolder
from conformance.session.loading import load_operations, mock_target
from conformance.session.recorder import Recorder
from conformance.session.running import GARBAGE
from conformance.session.sending import loop_factory, send_cases
from conformance.session.session import Session
from conformance.session.settings import Settings
from conformance_strategies import VALUES

_LARGE: Final = 1024 * 1024
_MIN_SHARE: Final = 0.85
_DEFAULTS: Final = {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "identity"}

Way: TypeAlias = Callable[[Plan, Target], Coroutine[None, None, None]]


def measured(effort: Effort) -> Section:
    """Send the plan of the documents both ways, in turn, each time to a mock that nobody used before."""
    gc.set_threshold(GARBAGE)  # as the command does; for all alike
    the_plan = plan(load_operations(effort.documents), VALUES, level=RunLevel.STANDARD)
    ways: dict[str, Way] = {
        "conformance, planned before": _ours, "nothing judged": _unjudged, "aiohttp alone": bare,
    }  # fmt: skip
    rates: dict[str, list[float]] = {name: [] for name in ways}
    _rate(_ours, the_plan, effort)  # imports what it needs; not counted
    for number in range(effort.turns):
        print(f"sending {number + 1} of {effort.turns}", file=sys.stderr)
        for name, way in ways.items():
            rates[name].append(_rate(way, the_plan, effort))
    ours, unjudged, alone = (
        Row(name, "requests/s", tuple(found), "{:,.0f}") for name, found in rates.items()
    )
    share = quotients("ratio", "requests/s", ours.values, alone.values)
    sent = quotients("ratio, nothing judged", "requests/s", unjudged.values, alone.values)
    limit = Limit("of the bare client's requests/s", share.median, _MIN_SHARE, is_floor=True)
    return Section("The sending phase", (ours, unjudged, alone, share, sent), (limit,))


def _rate(way: Way, the_plan: Plan, effort: Effort) -> float:
    with (
        start_mock(effort.documents) as mock,
        asyncio.Runner(loop_factory=loop_factory) as runner,
    ):
        target = mock_target(Target(mock.url), mock)
        started = perf_counter()
        runner.run(way(the_plan, target))
        return len(the_plan.cases) / (perf_counter() - started)


async def _ours(the_plan: Plan, target: Target) -> None:
    with ReportFolder(None) as folder:
        session = Session(settings=Settings(), plan=the_plan, target=target)
        recorder = Recorder(session, folder)
        await send_cases(session, recorder)
        recorder.finish()


class _Undecided:
    """Judges nothing."""

    def judge(self, case: Case, _: Exchange) -> Judgement:
        return Judgement(case.id, Verdict.SKIPPED)


async def _unjudged(the_plan: Plan, target: Target) -> None:
    """Send with our sender, in pace and in order, and leave judging and recording out."""
    keys = {operation.name: operation.key_headers for operation in the_plan.operations}
    async with Sender(target, keys) as sender:
        await run(the_plan, sender, _Undecided(), lambda _: None)


async def bare(the_plan: Plan, target: Target) -> None:
    """Send the bytes that ours sends and read each answer to the end, so many at once."""
    keys = {operation.name: operation.key_headers for operation in the_plan.operations}
    requests = iter(
        [
            (case.request.method, URL(url_of(case.request, target), encoded=True),
             _headers(headers_of(case.request, target, keys[case.operation])), case.request.body)
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
                allow_redirects=False,
            ) as response:
                await response.read()

    connector = aiohttp.TCPConnector(limit=target.concurrency)
    async with aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        skip_auto_headers=(*_DEFAULTS, "Content-Type"),
        auto_decompress=False,
    ) as session:
        await asyncio.gather(*(worker(session) for _ in range(target.concurrency)))


def _headers(own: list[tuple[str, str]]) -> CIMultiDict[str]:
    """Return the headers in our sender's order: its own where the request has none of that name, then the request's."""
    given = {name.lower() for name, _ in own}
    spelled: dict[str, str] = {}
    return CIMultiDict(
        [
            *(pair for pair in _DEFAULTS.items() if pair[0].lower() not in given),
            *((spelled.setdefault(name.lower(), name), value) for name, value in own),
        ]
    )
