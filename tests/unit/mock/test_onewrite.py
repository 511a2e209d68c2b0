"""An answer goes out in one write, and nothing of it is lost where the connection is closed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from uvicorn import Config
from uvicorn.server import ServerState

from conformance.mock.onewrite import OneWriteProtocol, OneWriteTransport


class Wire(asyncio.Transport):
    """A transport that keeps what it is asked to send, a list for each time."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[list[bytes]] = []
        self.is_closed = False

    def writelines(self, list_of_data: Iterable[bytes]) -> None:  # type: ignore[override]
        """Keep what is sent."""
        self.sent.append(list(list_of_data))

    def close(self) -> None:
        """Take nothing more."""
        self.is_closed = True

    def is_closing(self) -> bool:
        """Tell whether it was closed."""
        return self.is_closed


def sent_by(*turns: Callable[[OneWriteTransport, Wire], None]) -> Wire:
    """Let each of the turns of a loop act on a transport; return the wire below it."""
    wire = Wire()

    async def act() -> None:
        transport = OneWriteTransport(wire, asyncio.get_running_loop())
        for turn in turns:
            turn(transport, wire)
            await asyncio.sleep(0)

    asyncio.run(act())
    return wire


def test_what_is_written_in_one_turn_is_sent_at_once() -> None:
    """Head and body are one write; what comes a turn later is another."""

    def first(transport: OneWriteTransport, wire: Wire) -> None:
        transport.write(b"head")
        transport.write(b"body")
        assert wire.sent == []

    def second(transport: OneWriteTransport, _: Wire) -> None:
        transport.write(b"more")

    assert sent_by(first, second).sent == [[b"head", b"body"], [b"more"]]


def test_closing_sends_what_was_written_before() -> None:
    """An answer that ends the connection is whole."""

    def answer_and_close(transport: OneWriteTransport, _: Wire) -> None:
        transport.write(b"answer")
        transport.close()
        assert transport.is_closing()

    assert sent_by(answer_and_close).sent == [[b"answer"]]


def test_nothing_is_sent_to_who_has_gone() -> None:
    """A connection that was lost before the turn ends is left alone."""

    def answer_too_late(transport: OneWriteTransport, wire: Wire) -> None:
        transport.write(b"answer")
        wire.close()

    assert sent_by(answer_too_late).sent == []


def test_who_sends_no_more_still_gets_the_answer() -> None:
    """A client that closes its side behind its request is answered: what was written leaves first."""

    async def act() -> Wire:
        wire = Wire()
        protocol = OneWriteProtocol(config=Config(app=None), server_state=ServerState(), app_state={})  # type: ignore[arg-type]
        protocol.connection_made(wire)
        protocol.transport.write(b"answer")
        protocol.eof_received()
        wire.close()
        return wire

    assert asyncio.run(act()).sent == [[b"answer"]]
