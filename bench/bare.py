"""A bare ASGI server, the ceiling of any: it reads a body, judges nothing and answers 201; run as a process."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Final

import uvicorn

if TYPE_CHECKING:
    from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope

GREETING: Final = "bare server listening on "
_BODY: Final = b'{"success":true}'
_HEADERS: Final = [(b"content-length", str(len(_BODY)).encode()), (b"content-type", b"application/json")]


async def _app(_scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    while (await receive()).get("more_body", False):
        pass
    await send({"type": "http.response.start", "status": 201, "headers": _HEADERS, "trailers": False})
    await send({"type": "http.response.body", "body": _BODY, "more_body": False})


def main() -> None:
    """Listen on a free loopback port, say which, and serve until the process is ended."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    print(f"{GREETING}http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    config = uvicorn.Config(
        _app,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="off",
        access_log=False,
        log_level="warning",
    )
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
