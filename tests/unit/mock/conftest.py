"""A faithful mock of the bundled documents in this process, and one with faults on request."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from conformance.mock.behaviour import load_behaviour
from conformance.mock.endpoint import Endpoint
from conformance.mock.faults import Fault, choose
from conformance.mock.message import Answer, MockRequest
from conformance.mock.service import Service, serve
from conformance.mock.setup import BUNDLED, Setup, known_faults
from conformance.mock.store import Store
from conformance.openapi.document import discover
from conformance.openapi.operation import Operation, operations

FOLDER = BUNDLED / "concord-privacy"


@dataclass(frozen=True)
class Client:
    """Sends requests to a service as a client with the right key and the known ids would."""

    service: Service
    paths: Mapping[str, str]
    ids: Mapping[str, str] = field(default_factory=dict)

    def send(
        self,
        operation: str,
        body: Any = None,
        *,
        raw: bytes | None = None,
        method: str = "POST",
        headers: Mapping[bytes, bytes | None] | None = None,
        **ids: str,
    ) -> Answer:
        """Send one request; a header of None is left out, `ids` replace known ones."""
        sent = {b"x-api-key": b"mock-key", b"content-type": b"application/json", **(headers or {})}
        given = {name: value for name, value in sent.items() if value is not None}
        path = self.paths[operation].format(**{**self.service.path_params, **ids})
        data = raw if raw is not None else json.dumps(body).encode()
        return self.service.answer(MockRequest(method, path, given, data))


@pytest.fixture(scope="session")
def concord() -> tuple[Operation, ...]:
    """Return the four bundled operations."""
    return operations(discover(FOLDER))


@pytest.fixture(scope="session")
def endpoints(concord: tuple[Operation, ...]) -> dict[str, Endpoint]:
    """Return the four operations ready to serve, by short name."""
    return {operation.name: Endpoint(operation) for operation in concord}


@pytest.fixture(scope="session")
def faults() -> tuple[Fault, ...]:
    """Return every fault that comes with the bundled documents."""
    return known_faults(Setup())


@pytest.fixture(scope="session")
def client_of(concord: tuple[Operation, ...], faults: tuple[Fault, ...]) -> Callable[..., Client]:
    """Make a client of a new mock with the named faults."""
    behaviour = load_behaviour(FOLDER / "behaviour.py")
    behaviours = {operation.document.sha256: behaviour for operation in concord}
    paths = {operation.name: operation.path for operation in concord}

    def make(*names: str, store: Store | None = None) -> Client:
        return Client(serve(concord, behaviours, choose(faults, names), store), paths)

    return make


@pytest.fixture
def client(client_of: Callable[..., Client]) -> Client:
    """Return a client of a new, faithful mock."""
    return client_of()
