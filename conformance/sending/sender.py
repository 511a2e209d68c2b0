"""Sending: one aiohttp session, in pace, bodies byte for byte, answers bounded, failures told in one line."""

from __future__ import annotations

import asyncio
import io
import os
import ssl
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic, perf_counter, time
from types import TracebackType
from typing import Final, Self

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from conformance import __version__
from conformance.case import Case, Exchange, Request
from conformance.sending.budget import Budget
from conformance.sending.pace import MAX_TRIES, Pace, refusal
from conformance.sending.target import Target, headers_of, url_of
from conformance.sending.tls import tls_context

MAX_ANSWER: Final = 16 * 1024 * 1024
"""Bytes of a response body that are kept; what lies beyond is not read."""

USER_AGENT: Final = f"concord-conformance/{__version__}"
_DEFAULTS: Final = (("User-Agent", USER_AGENT), ("Accept", "*/*"), ("Accept-Encoding", "identity"))
_CONNECT_TRIES: Final = 3
_CONNECT_PAUSE: Final = 0.1  # seconds before the second try; doubled for each further one
_LARGE: Final = 1024 * 1024  # above this, aiohttp wants a body as a file so that writing yields
# Servers close idle connections (uvicorn and Node after 5 s). We drop ours first: a request that meets
# a closing connection fails, and sending it twice is not ours to decide.
_KEEPALIVE: Final = 2.0
_OTHER_HOST: Final = (62, 64)  # OpenSSL's X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A request was refused for its pace with `status` and is sent again, after `pause` seconds.

    `asked` is the wait that the target named, in seconds, None where it named none.
    """

    status: int
    pause: float
    asked: float | None = None

    @property
    def told(self) -> str:
        """Return what a person who waits wants to know."""
        if self.asked is not None and self.asked > self.pause:
            return f"target asks to wait {self.asked:,.0f} s ({self.status}): waiting {self.pause:g} s"
        return f"target asks to wait ({self.status}): {self.pause:g} s"


@dataclass(frozen=True, slots=True)
class Manners:
    """What the senders of one run share: its pace, what it may spend, and who hears of each hold."""

    pace: Pace
    budget: Budget = field(default_factory=Budget)
    on_hold: Callable[[HeldBack], None] = lambda _: None


class Sender:
    """Sends cases to one target, as an async context manager; `send` may run many times at once.

    `key_headers` maps an operation's name to the headers that carry its key. Without `manners` the
    sender has a pace of its own, the target's. No redirects, cookies, proxies or `.netrc`. A request is
    sent twice only where nothing of it was sent, its connection having failed, or where the target
    refused it for the pace alone.
    """

    def __init__(
        self, target: Target, key_headers: Mapping[str, Sequence[str]], manners: Manners | None = None
    ) -> None:
        self.target = target
        self._key_headers = key_headers
        self._urls: dict[tuple[object, ...], URL] = {}
        self._headers: dict[tuple[object, ...], CIMultiDict[str]] = {}
        manners = manners or Manners(Pace(target.rate))
        self._pace, self._budget, self._on_hold = manners.pace, manners.budget, manners.on_hold
        self._turn = asyncio.Lock()
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        tls = self.target.tls
        connector = aiohttp.TCPConnector(
            limit=self.target.concurrency,
            keepalive_timeout=_KEEPALIVE,
            ssl=True if tls is None else tls_context(tls),
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(
                total=self.target.timeout, sock_connect=self.target.connect_timeout
            ),
            middlewares=(_sent_once,),
            # All defaults come from `_headers_for`; what a request leaves out stays out.
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            auto_decompress=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def send(self, case: Case) -> Exchange:
        """Send one case and return what came back; never raises for what the network does.

        What the target refuses for the pace is sent again, MAX_TRIES times in all: whoever refuses a
        request each time, while others pass, means the request. Raises LimitReachedError where the
        budget is spent.
        """
        for attempt in range(1, MAX_TRIES + 1):
            sent = await self._leave()
            exchange = await self._try(case)
            refused = refusal(exchange, time())
            if refused is None:
                if exchange.status:
                    self._pace.passed()
                return exchange
            pause = self._pace.refused(sent, monotonic(), refused, is_first=attempt == 1)
            if attempt == MAX_TRIES:
                return exchange
            self._on_hold(HeldBack(refused.status, pause, refused.asked))
        raise AssertionError("the last try returns")

    async def _leave(self) -> float:
        """Wait for the next slot, one request after the other; return the time at which it was taken."""
        async with self._turn:
            while (due := self._pace.due()) > (now := monotonic()):
                self._budget.require(due)
                await asyncio.sleep(due - now)  # a refusal meanwhile moves the slot, so it is looked at again
            self._budget.spend(now)
            self._pace.leave(now)
        return now

    async def _try(self, case: Case) -> Exchange:
        started = perf_counter()
        try:
            return await self._exchange(case, started)
        except (_BrokenOffError, aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            failure = _failure(error.reason if isinstance(error, _BrokenOffError) else error, self.target)
            return Exchange(case.id, 0, elapsed=perf_counter() - started, failure=failure)

    async def _exchange(self, case: Case, started: float) -> Exchange:
        async with await self._open(case) as response:
            if not response.status:  # which stands for no answer here, and never for one
                failure = "an answer of status 000, which HTTP does not know"
                return Exchange(case.id, 0, elapsed=perf_counter() - started, failure=failure)
            body, truncated = await _read(response)
            return Exchange(
                case.id,
                response.status,
                tuple((_text(name).lower(), _text(value)) for name, value in response.raw_headers),
                body,
                perf_counter() - started,
                truncated=truncated,
            )

    async def _open(self, case: Case) -> aiohttp.ClientResponse:
        assert self._session is not None  # noqa: S101 -- `send` outside `async with` is a bug of ours
        request = case.request
        url, headers = self._url_for(request), self._headers_for(case)
        pause = _CONNECT_PAUSE
        for attempt in range(1, _CONNECT_TRIES + 1):
            try:
                return await self._session.request(
                    request.method, url, headers=headers, data=_data(request.body), allow_redirects=False
                )
            except aiohttp.ClientConnectorCertificateError:
                raise
            except aiohttp.ClientConnectorError:  # nothing was sent yet
                if attempt == _CONNECT_TRIES:
                    raise
                await asyncio.sleep(pause)
                pause *= 2
        raise AssertionError("the last try returns or raises")

    def _url_for(self, request: Request) -> URL:
        key = (request.path, request.path_params, request.query)
        if key not in self._urls:
            self._urls[key] = URL(url_of(request, self.target), encoded=True)
        return self._urls[key]

    def _headers_for(self, case: Case) -> CIMultiDict[str]:
        request = case.request
        key = (case.operation, request.key, request.headers)
        if key not in self._headers:
            own = headers_of(request, self.target, self._key_headers.get(case.operation, ()))
            given = {name.lower() for name, _ in own}
            defaults = [pair for pair in _DEFAULTS if pair[0].lower() not in given]
            # aiohttp keeps a repeated header only where it is spelled alike; case means nothing here.
            spelled: dict[str, str] = {}
            pairs = ((spelled.setdefault(name.lower(), name), value) for name, value in own)
            self._headers[key] = CIMultiDict([*defaults, *pairs])
        return self._headers[key]


class _BrokenOffError(Exception):
    """A connection broke after it was made; `reason` is what aiohttp says of it."""

    def __init__(self, reason: aiohttp.ClientError) -> None:
        self.reason = reason


async def _sent_once(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Hide from aiohttp that a connection broke: it would send a GET, PUT or DELETE again that may have arrived."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _BrokenOffError(error) from error


def _data(body: bytes | None) -> bytes | io.BytesIO | None:
    return io.BytesIO(body) if body is not None and len(body) > _LARGE else body


async def _read(response: aiohttp.ClientResponse) -> tuple[bytes, bool]:
    """Return at most MAX_ANSWER bytes of the body, decoded, and whether there was more."""
    length = response.content_length
    if length is not None and length <= MAX_ANSWER:
        data, more = await response.read(), False
    else:
        data, more = await _read_bounded(response)
    coding = response.headers.get("Content-Encoding", "")
    return _decoded(data, more) if coding in ("gzip", "deflate") else (data, more)


async def _read_bounded(response: aiohttp.ClientResponse) -> tuple[bytes, bool]:
    parts, size = [], 0
    async for part in response.content.iter_any():
        parts.append(part)
        size += len(part)
        if size > MAX_ANSWER:
            response.close()
            break
    return b"".join(parts)[:MAX_ANSWER], size > MAX_ANSWER


def _decoded(data: bytes, more: bool) -> tuple[bytes, bool]:
    """Undo a coding that the server applied although `identity` was asked for, within the bound."""
    inflate = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)  # finds gzip and zlib headers by itself
    try:
        body = inflate.decompress(data, MAX_ANSWER)
    except zlib.error:
        return data, more
    return body, more or bool(inflate.unconsumed_tail)


def _text(raw: bytes) -> str:
    # Header octets are opaque beyond ASCII (RFC 9110 §5.5); what is not UTF-8 stays visible as escapes.
    return raw.decode("utf-8", "backslashreplace")


def _distrust(error: Exception) -> str:
    """Return why a certificate is not trusted, and the fix where the target may well be the right one."""
    if not isinstance(error, ssl.SSLCertVerificationError):
        return str(error)
    is_other_host = error.verify_code in _OTHER_HOST
    return error.verify_message + ("" if is_other_host else "; name its CA as tls.ca in conformance.toml")


def _shown(target: Target) -> str:
    """Say what a server may have missed that ends a connection over TLS."""
    if not target.url.startswith("https:") or (target.tls and target.tls.certificate):
        return ""
    return "; where it wants a client certificate, name it as tls.certificate in conformance.toml"


def _failure(error: Exception, target: Target) -> str:
    match error:
        case aiohttp.ClientConnectorCertificateError():
            text = f"certificate refused: {_distrust(error.certificate_error)}"
        case aiohttp.ClientError(__cause__=ssl.SSLError(reason=str(reason))):
            words = reason.lower().replace("_", " ")
            text = f"no TLS: {words}; check the URL's scheme, and tls of the target in conformance.toml"
        case aiohttp.ClientConnectorError():
            number = error.os_error.errno
            # below 0 it is a resolver's, not the system's
            known = os.strerror(number) if number and number > 0 else error.os_error.strerror
            text = f"could not connect: {known or error.os_error}"
        case aiohttp.ConnectionTimeoutError():
            text = f"could not connect within {target.connect_timeout:g} s"
        case TimeoutError():
            text = f"no whole answer within {target.timeout:g} s"
        case aiohttp.ServerDisconnectedError():
            text = "connection closed without an answer"
        case aiohttp.ClientPayloadError():
            text = "connection closed in the middle of the answer"
        case aiohttp.ClientOSError():
            text = f"connection lost{f': {os.strerror(error.errno)}' if error.errno else ''}{_shown(target)}"
        case aiohttp.ClientResponseError():  # its status is aiohttp's own: there was none
            text = f"no HTTP answer: {error.message}"
        case _:
            text = f"{type(error).__name__}: {error}"
    return " ".join(text.split())[:300]
