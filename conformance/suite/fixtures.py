"""Fixtures for the tests of somebody's own client: a mock to talk to, and the target of the session."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest

from conformance.suite.state import State

_PATIENCE: Final = 30.0


@dataclass(frozen=True, slots=True)
class Api:
    """Where an API is and what it wants: the base URL, the key, an id for each path parameter."""

    url: str
    api_key: str = field(repr=False)
    path_params: dict[str, str]


@dataclass(frozen=True, slots=True)
class Mock(Api):
    """A mock of the session's documents on a free port, in a process of its own, strict and stateful."""

    specs: tuple[Path, ...] = field(repr=False)
    closing: ExitStack = field(repr=False)

    def requests(self) -> list[dict[str, Any]]:
        """Return the requests taken, oldest first: `method`, `path`, `headers`, `body` and the `status` answered.

        Header names are lower-case, secrets masked; of a body the first 4,096 characters are kept.
        """
        found: list[dict[str, Any]] = json.loads(self._ask("GET", "/__mock__/requests"))
        return found

    def reset(self) -> None:
        """Forget the requests taken so far; what they created stays."""
        self._ask("DELETE", "/__mock__/requests")

    def with_faults(self, *names: str) -> Mock:
        """Start another mock that breaks the contract in named ways (`conformance mock --list-faults`).

        It ends with the test. Raises TargetError for a name that is none.
        """
        return _started(self.specs, names, self.closing)

    def _ask(self, method: str, path: str) -> bytes:
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=_PATIENCE)
        try:
            connection.request(method, path)
            return connection.getresponse().read()
        finally:
            connection.close()


def _started(specs: tuple[Path, ...], faults: tuple[str, ...], closing: ExitStack) -> Mock:
    from conformance.mock.process import start_mock

    server = closing.enter_context(start_mock(specs, faults))
    return Mock(server.url, server.api_key, dict(server.path_params), specs, closing)


@pytest.fixture(scope="session")
def _conformance_mock(pytestconfig: pytest.Config) -> Iterator[Mock]:
    """Start the mock that all tests of the session share."""
    with ExitStack() as closing:
        yield _started(State.of(pytestconfig).specs, (), closing)


@pytest.fixture
def conformance_mock(_conformance_mock: Mock) -> Iterator[Mock]:
    """Offer a mock of the documents of `--spec`, else of the bundled ones, that has taken no request yet."""
    _conformance_mock.reset()
    with ExitStack() as closing:
        yield replace(_conformance_mock, closing=closing)


@pytest.fixture(scope="session")
def conformance_target(pytestconfig: pytest.Config) -> Api:
    """Name the API under test: that of `--target`, a named one, or the session's embedded mock."""
    state = State.of(pytestconfig)
    if state.is_embedded:
        return Api(state.mock.url, state.mock.api_key, dict(state.mock.path_params))
    target = state.settings.target
    return Api(target.url, target.key.reveal() if target.key else "", dict(target.path_params))
