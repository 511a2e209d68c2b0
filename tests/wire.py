"""A server that keeps every byte it is sent and answers what a test tells it to."""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came over the wire."""

    line: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the first value of a header, None where it is absent."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


Answer = Callable[[Received], bytes | None]
"""The bytes to answer with; None closes the connection without a word."""


def reply(
    status: int = 201,
    body: bytes = b'{"success":true}',
    content_type: str = "application/json",
    extra: str = "",
) -> bytes:
    """Return a whole HTTP/1.1 answer."""
    head = (
        f"HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n{extra}\r\n"
    )
    return head.encode() + body


@dataclass
class Wire:
    """A running server: its URL and what it has received, in order of arrival."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    connections: int = 0


@contextmanager
def serving(answer: Answer, tls: ssl.SSLContext | None = None) -> Iterator[Wire]:
    """Serve on a free loopback port, each connection in a thread of its own, until the block ends."""
    wire = Wire()

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            wire.connections += 1
            with suppress(OSError):
                while (received := _read(self.rfile)) is not None:
                    wire.received.append(received)
                    data = answer(received)
                    if data is None:
                        break
                    self.wfile.write(data)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def get_request(self) -> tuple[socket.socket, object]:
            taken, address = super().get_request()
            if tls is None:
                return taken, address
            # the handshake is left to the first read, in the connection's own thread
            return tls.wrap_socket(taken, server_side=True, do_handshake_on_connect=False), address

        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing: a client may go whenever it likes."""

    with Server(("127.0.0.1", 0), Talk) as server:
        wire.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield wire
        finally:
            server.shutdown()
            thread.join(10)


def _read(stream: BinaryIO) -> Received | None:
    """Return the next request, None where the client is gone."""
    lines = []
    while (line := stream.readline().decode("utf-8", "surrogateescape")) not in ("", "\r\n"):
        lines.append(line.rstrip("\r\n"))
    if not lines:
        return None
    pairs = (text.partition(":") for text in lines[1:])
    headers = tuple((name, value.removeprefix(" ")) for name, _, value in pairs)
    lengths = [int(value) for name, value in headers if name.lower() == "content-length"]
    return Received(lines[0], headers, stream.read(lengths[0]) if lengths else b"")
