"""The mock over HTTP: a lean ASGI application, with the requests it took to look at."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable
from http import HTTPStatus
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from conformance.jsonvalue import JSON
from conformance.mock.message import Answer, MockRequest
from conformance.mock.service import Service, plain_error

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

_log: Final = logging.getLogger("conformance.mock")

BODY_LIMIT: Final = 16 * 1024 * 1024
"""Bytes of a request body that are read; a larger one is answered with 413."""

KEPT: Final = 1000
KEPT_BODY: Final = 4096
_CONTROL: Final = "/__mock__/"
_MASK: Final = "***"
_ALWAYS_SECRET: Final = frozenset({b"authorization", b"proxy-authorization", b"cookie"})
_DRAINED: Final = 4
"""Up to this many times the limit is read and thrown away, so that the client hears the 413."""


class TooLarge(Exception):  # noqa: N818 -- not a failure: answered with 413
    """The request's body is over the limit."""


class _Kept(NamedTuple):
    """A request as it came, its body of `length` bytes cut; it came `at` so many seconds after the start."""

    request: MockRequest
    length: int
    status: int
    at: float


class MockApp:
    """The ASGI application (spec version 3) of one service.

    Below `/__mock__/` it tells about itself: `GET /__mock__/requests` lists the last 1,000
    requests, oldest first, each with `at_s`, when it came in seconds of `clock` since the start;
    `DELETE` forgets them; `GET /__mock__/count` says how many it took since it started;
    `GET /__mock__/setup` gives known ids and faults.
    """

    def __init__(
        self, service: Service, body_limit: int = BODY_LIMIT, clock: Callable[[], float] = monotonic
    ) -> None:
        self._service = service
        self._body_limit = body_limit
        self._kept: deque[_Kept] = deque(maxlen=KEPT)
        self._statuses: Counter[int] = Counter()
        self._clock = clock
        self._started = clock()
        self._control = _control(self)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one request and answer it."""
        if scope["type"] != "http":
            return
        if scope["path"].startswith(_CONTROL):
            await self._control(scope, receive, send)
            return
        at = self._clock() - self._started
        request = MockRequest(scope["method"], _path(scope), dict(scope["headers"]), b"")
        try:
            request.body = await self._read(receive)
            answer = self._service.answer(request)
        except TooLarge:
            answer = plain_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"limit: {self._body_limit} bytes")
            answer.headers = ((b"connection", b"close"),)
        except Exception:  # noqa: BLE001 -- whatever own code raises, the client gets an answer
            _log.exception("%s %s: the mock's own code failed", request.method, request.path)
            answer = plain_error(
                HTTPStatus.INTERNAL_SERVER_ERROR, "the mock's own code failed; see its stderr"
            )
        self._remember(request, answer.status, at)
        await _send(answer, send)

    async def _read(self, receive: Receive) -> bytes:
        message = await receive()
        body: bytes = message.get("body", b"")
        if not message.get("more_body", False):
            if len(body) > self._body_limit:
                raise TooLarge
            return body
        chunks, size = [body], len(body)
        while message.get("more_body", False):
            message = await receive()
            size += len(message.get("body", b""))
            if size <= self._body_limit:
                chunks.append(message.get("body", b""))
            elif size > _DRAINED * self._body_limit:
                break
            else:
                chunks.clear()
        if size > self._body_limit:
            raise TooLarge
        return b"".join(chunks)

    def _remember(self, request: MockRequest, status: int, at: float) -> None:
        length = len(request.body)
        if length > KEPT_BODY:
            request.body = request.body[:KEPT_BODY]
        self._kept.append(_Kept(request, length, status, at))
        self._statuses[status] += 1

    def requests(self) -> list[dict[str, JSON]]:
        """Return what was taken, oldest first, secrets masked."""
        secret = self._service.secret_headers | _ALWAYS_SECRET
        return [_record(kept, secret) for kept in self._kept]

    def forget(self) -> None:
        """Empty the list of requests."""
        self._kept.clear()

    def count(self) -> dict[str, JSON]:
        """Return how many requests were taken since the start, in all and by status."""
        statuses = {str(status): count for status, count in sorted(self._statuses.items())}
        return {"requests": self._statuses.total(), "statuses": statuses}

    def setup(self) -> dict[str, JSON]:
        """Return what a client needs to know: values for the path parameters, faults and modes at work."""
        params = dict(self._service.path_params)
        return {
            "path_params": params,
            "faults": list(self._service.faults),
            "modes": list(self._service.modes),
        }


def _path(scope: Scope) -> str:
    """Return the path as it was sent; only there an encoded slash differs from a plain one."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw.decode("latin-1").partition("?")[0]


def _record(kept: _Kept, secret: frozenset[bytes]) -> dict[str, JSON]:
    request = kept.request
    return {
        "at_s": round(kept.at, 6),
        "method": request.method,
        "path": request.path,
        "headers": {
            name.decode("latin-1"): _MASK if name in secret else value.decode("latin-1")
            for name, value in request.headers.items()
        },
        "body": request.body.decode(errors="replace"),
        "body_length": kept.length,
        "status": kept.status,
    }


async def _send(answer: Answer, send: Send) -> None:
    body = answer.body()
    headers = [] if answer.is_chunked else [(b"content-length", b"%d" % len(body))]
    headers += answer.headers
    if answer.content_type:
        headers.append((b"content-type", answer.content_type.encode("latin-1")))
    if answer.status == HTTPStatus.NO_CONTENT:
        headers, body = list(answer.headers), b""
    if answer.delay:
        await asyncio.sleep(answer.delay)
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    if answer.is_chunked:  # two chunks at least, or a reader of the first one would not be noticed
        half = len(body) // 2
        await send({"type": "http.response.body", "body": body[:half], "more_body": True})
        await asyncio.sleep(0)  # what is written in one turn of the loop goes out together
        body = body[half:]
    await send({"type": "http.response.body", "body": body})


def _control(app: MockApp) -> Any:
    """Return the routes that tell about the mock itself."""
    from starlette.applications import Starlette
    from starlette.responses import JSONResponse, Response
    from starlette.routing import Route

    async def requests(request: Request) -> Response:
        if request.method == "DELETE":
            app.forget()
            return Response(status_code=HTTPStatus.NO_CONTENT)
        return JSONResponse(app.requests())

    async def count(_: Request) -> Response:
        return JSONResponse(app.count())

    async def setup(_: Request) -> Response:
        return JSONResponse(app.setup())

    return Starlette(
        routes=[
            Route(f"{_CONTROL}requests", requests, methods=["GET", "DELETE"]),
            Route(f"{_CONTROL}count", count, methods=["GET"]),
            Route(f"{_CONTROL}setup", setup, methods=["GET"]),
        ]
    )
