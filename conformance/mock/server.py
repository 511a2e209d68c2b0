"""The mock as a process's main job: a socket first, then its greeting, then uvicorn until a signal."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from types import FrameType

from conformance.errors import TargetError
from conformance.mock.app import MockApp
from conformance.mock.service import Service

_BACKLOG = 2048
_GRACE = 1
"""Seconds that requests still have once the process is asked to end."""


def listen(host: str, port: int) -> socket.socket:
    """Return a listening TCP socket, port 0 being any free one. Raises TargetError where it can't be had."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, proto)
    except OSError as error:
        raise TargetError(
            f"cannot listen on {host}: {error.strerror or error}; give another --host"
        ) from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        reason = error.strerror or error
        raise TargetError(
            f"cannot listen on {host}:{port}: {reason}; give another --port (0: a free one)"
        ) from error
    return listener


def url_of(listener: socket.socket) -> str:
    """Return the URL under which a listening socket is reached from this machine."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def run(service: Service, listener: socket.socket, greet: Callable[[], None], *, with_parent: bool) -> None:
    """Serve until SIGINT or SIGTERM, or until stdin ends where `with_parent` is set; `greet` comes first."""
    import uvicorn

    from conformance.mock.onewrite import OneWriteProtocol

    config = uvicorn.Config(
        MockApp(service),
        loop="uvloop",
        http=OneWriteProtocol,
        ws="none",
        lifespan="off",
        interface="asgi3",
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE,
    )
    server = uvicorn.Server(config)

    def end(_signal: int = 0, _frame: FrameType | None = None) -> None:
        server.should_exit = True

    # uvicorn puts its own handlers in place, and calls these again once it has ended: both only ask.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    if with_parent:
        threading.Thread(target=_wait_for_parent, args=(end,), daemon=True).start()
    greet()
    try:
        server.run(sockets=[listener])
    finally:
        service.store.close()


def _wait_for_parent(end: Callable[[], None]) -> None:
    """Ask the server to end when the process that started it has closed our stdin, by will or by dying."""
    os.read(sys.stdin.fileno(), 1)
    end()
