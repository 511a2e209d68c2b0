"""uvicorn's HTTP protocol, with the head and the body of an answer sent in one write."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class OneWriteProtocol(HttpToolsProtocol):
    """uvicorn's protocol, which writes an answer's head and body one after the other.

    Each write is a system call and wakes the client: together half of what a small answer costs the
    server. In one write they are one packet, too, so that the client reads once.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin a connection over a transport that writes once in a turn of the loop."""
        self._once = OneWriteTransport(transport, self.loop)
        super().connection_made(cast("asyncio.Transport", self._once))

    def eof_received(self) -> None:
        """Send what was written before the transport closes: who sends no more may still listen."""
        self._once.flush()
        super().eof_received()


class OneWriteTransport:
    """A transport that sends all that is written in one turn of the loop at once; else it is `transport`."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._written: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send the data as soon as the loop turns."""
        if not self._written:
            self._loop.call_soon(self.flush)
        self._written.append(data)

    def close(self) -> None:
        """Send what was written and close."""
        self.flush()
        self._transport.close()

    def flush(self) -> None:
        """Send what was written."""
        written, self._written = self._written, []
        if written and not self._transport.is_closing():
            self._transport.writelines(written)
