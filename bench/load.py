"""Load on a server: one request over and over on so many connections, each answer's time taken to the microsecond."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from time import perf_counter
from typing import Final, cast
from urllib.parse import urlsplit

import uvloop

_CREATED: Final = b"HTTP/1.1 201"
_END: Final = b"\r\n\r\n"
_LENGTH: Final = b"content-length:"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a server bore: answers a second, and the seconds within which half and 99 % of them came."""

    rate: float
    p50: float
    p99: float


class UnexpectedAnswerError(Exception):
    """A server under load answered something else than 201."""


def load(url: str, request: bytes, connections: int, seconds: float) -> Loaded:
    """Send `request` on each connection as soon as the answer before it is whole; return what came of it.

    A third of the time goes before, not counted: a server's first answers are slower than all that follow.

    Raises UnexpectedAnswerError for any answer but a 201 with a Content-Length.
    """
    where = urlsplit(url)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        for long in (seconds / 3, seconds):
            loaded = runner.run(_load(where.hostname or "", where.port or 80, request, connections, long))
    return loaded


async def _load(host: str, port: int, request: bytes, connections: int, seconds: float) -> Loaded:
    loop = asyncio.get_running_loop()
    opened = [
        (await loop.create_connection(lambda: _Connection(request), host, port))[1]
        for _ in range(connections)
    ]
    started = perf_counter()
    for connection in opened:
        connection.begin(started + seconds)
    await asyncio.gather(*(connection.done for connection in opened))
    took = perf_counter() - started
    times = sorted(time for connection in opened for time in connection.times)
    return Loaded(len(times) / took, times[len(times) // 2], times[len(times) * 99 // 100])


class _Connection(asyncio.Protocol):
    """One keep-alive connection; `done` is set when its time is over, and fails with what it did not expect."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self._received = b""
        self._until = self._sent = 0.0
        self.times: list[float] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way to write."""
        self._transport = cast("asyncio.Transport", transport)

    def begin(self, until: float) -> None:
        """Send the first request; the last is sent before `until`."""
        self._until = until
        self._send()

    def _send(self) -> None:
        self._sent = perf_counter()
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Take a part of an answer; a whole one is timed and followed by the next request."""
        self._received += data
        head, end, body = self._received.partition(_END)
        if not end:
            return
        if not head.startswith(_CREATED) or _LENGTH not in head.lower():
            self._fail(UnexpectedAnswerError(head[:200].decode("latin-1")))
        elif len(body) >= int(head.lower().partition(_LENGTH)[2].partition(b"\r\n")[0]):
            now = perf_counter()
            self.times.append(now - self._sent)
            self._received = b""
            if now < self._until:
                self._send()
            else:
                self.done.set_result(None)
                self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        """Tell where the server closed the connection before the time was over."""
        self._fail(error or ConnectionError("the server closed the connection"))

    def _fail(self, error: Exception) -> None:
        if not self.done.done():
            self.done.set_exception(error)
            self._transport.close()
