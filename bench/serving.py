"""The mock, a peer's and a bare ASGI server under the same load: answers a second and how long each takes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from bare import GREETING
from effort import Effort
from load import Loaded, load
from table import Limit, Row, Section, ratio, rows

from conformance.mock.process import MockServer, start_mock
from conformance.planning.plan import plan
from conformance.sending.target import Secret, Target, headers_of, url_of
from conformance.session.loading import BUNDLED, load_operations
from conformance_strategies import VALUES
from tests.support.prism import COMMAND, prism

MOCK: Final = "conformance mock"
BARE: Final = "bare ASGI server"
PRISM: Final = "Prism"
_DOCUMENT: Final = BUNDLED.resolve() / "trackers.yaml"
_CONNECTIONS: Final = (1, 32)
_MS: Final = 1000.0


@dataclass(frozen=True, slots=True)
class _Served:
    """One server's turn: what it bore, by number of connections."""

    by_connections: dict[int, Loaded]


_FIGURES: Final = tuple(
    figure
    for n in _CONNECTIONS
    for figure in (
        (f"requests/s, {n} conn.", "{:,.0f}", lambda served, n=n: served.by_connections[n].rate),
        (f"p50 ms, {n} conn.", "{:.2f}", lambda served, n=n: served.by_connections[n].p50 * _MS),
        (f"p99 ms, {n} conn.", "{:.2f}", lambda served, n=n: served.by_connections[n].p99 * _MS),
    )
)


def measured(effort: Effort) -> Section:
    """Put each server under load in turn; without Prism where it is not installed, which needs Node."""
    servers: dict[str, Callable[[], AbstractContextManager[str]]] = {MOCK: _mock, BARE: _bare}
    if COMMAND.exists():
        servers[PRISM] = lambda: prism(_DOCUMENT)
    served: dict[str, list[_Served]] = {name: [] for name in servers}
    with start_mock((_DOCUMENT,)) as any_mock:
        request = _request(any_mock)
    for number in range(effort.turns):
        for name, serve in servers.items():
            print(f"serving {number + 1} of {effort.turns}: {name}", file=sys.stderr)
            with serve() as url:
                served[name].append(_Served({n: load(url, request, n, effort.seconds) for n in _CONNECTIONS}))
    listed = tuple(row for name, turns in served.items() for row in rows(name, turns, _FIGURES))
    ratios, limits = _compared(served)
    missing = () if PRISM in servers else (f"{PRISM}: `npm ci --prefix tests/peers` installs it",)
    return Section("The mock", (*listed, *ratios), limits, missing=missing)


def _compared(served: dict[str, list[_Served]]) -> tuple[list[Row], tuple[Limit, ...]]:
    most = _CONNECTIONS[-1]
    ratios = [
        ratio(f"requests/s, to {other}", served[MOCK], served[other], lambda s: s.by_connections[most].rate)
        for other in (BARE, PRISM)
        if other in served
    ]
    p99 = Row("", "", tuple(s.by_connections[most].p99 * _MS for s in served[MOCK])).median
    limits = [
        Limit(f"p99 ms of the mock, {most} connections", p99, 15),
        Limit("requests/s to the bare server's", ratios[0].median, 0.5, is_floor=True),
    ]
    limits += [Limit("requests/s to Prism's", row.median, 10, is_floor=True) for row in ratios[1:]]
    return ratios, tuple(limits)


def _request(mock: MockServer) -> bytes:
    """Return the bytes of the plain valid request, with the key and ids of this mock, which Prism takes too."""
    the_plan = plan(load_operations((_DOCUMENT,)), VALUES)
    operation = the_plan.operations[0]
    case = next(case for case in the_plan.cases if case.id == the_plan.preflight[operation.name])
    target = Target(mock.url, path_params=mock.path_params, key=Secret(mock.api_key))
    body = case.request.body or b""
    headers = [*headers_of(case.request, target, operation.key_headers), ("Content-Length", str(len(body)))]
    where = urlsplit(url_of(case.request, target))
    head = f"{case.request.method} {where.path} HTTP/1.1\r\nHost: {where.hostname}\r\n"
    return (head + "".join(f"{name}: {value}\r\n" for name, value in headers) + "\r\n").encode() + body


@contextmanager
def _mock() -> Iterator[str]:
    with start_mock((_DOCUMENT,)) as mock:
        yield mock.url


@contextmanager
def _bare() -> Iterator[str]:
    command = [sys.executable, str(Path(__file__).with_name("bare.py"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None  # noqa: S101 -- asked for above
        try:
            yield child.stdout.readline().strip().removeprefix(GREETING)
        finally:
            child.kill()
