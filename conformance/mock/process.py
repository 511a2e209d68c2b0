"""A mock in a process of its own, for as long as a block of code needs one."""

from __future__ import annotations

import http.client
import io
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import urlsplit

from conformance.errors import TargetError
from conformance.installation import python_path
from conformance.mock.behaviour import DEFAULT_KEY

GREETING: Final = "mock listening on "
_KEY_VARIABLE: Final = "CONFORMANCE_MOCK_KEY"
_GRACE: Final = 5.0
_PASSED_ON: Final = ("PATH", "HOME", "TMPDIR", "TEMP", "SYSTEMROOT", "LANG", "LC_ALL", "LC_CTYPE", "TZ")
_PASSED_ON_PREFIXES: Final = ("COV_CORE_", "COVERAGE_")


@dataclass(frozen=True, slots=True)
class MockServer:
    """A running mock: where it is, which ids it knows, which key it wants."""

    url: str
    path_params: dict[str, str]
    api_key: str
    pid: int


@contextmanager
def start_mock(
    specs: Sequence[Path] = (),
    faults: Sequence[str] = (),
    *,
    state: Path | None = None,
    behaviour: Path | None = None,
    api_key: str = DEFAULT_KEY,
    port: int = 0,
    modes: Sequence[str] = (),
    rate: float | None = None,
    timeout: float = 15.0,
) -> Iterator[MockServer]:
    """Start a mock, yield it once it listens, and end it whatever happens.

    `rate` limits the requests a second. The child's environment holds nothing of the caller's but what an
    interpreter needs; it ends with this process even if that is killed. Raises TargetError, with the child's
    last words, where it does not come up within `timeout` seconds.
    """
    command = [sys.executable, "-P", "-m", "conformance.cli.mock", "--port", str(port), "--with-parent"]
    command += [part for path in specs for part in ("--spec", str(path))]
    command += [part for name in faults for part in ("--fault", name)]
    command += [part for name in modes for part in ("--mode", name)]
    command += ["--rate-limit", f"{rate!r}/s"] if rate else []
    command += ["--state", str(state)] if state else []
    command += ["--behaviour", str(behaviour)] if behaviour else []
    command += ["--api-key-env", _KEY_VARIABLE]
    with tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(  # noqa: S603 -- our own interpreter and module, arguments as a list
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=_environment(api_key),
            start_new_session=True,  # Ctrl-C is for the caller, who then ends the mock
        )
        try:
            url = _await_greeting(child, errors, timeout)
            yield MockServer(url, _path_params(url, timeout), api_key, child.pid)
        finally:
            _end(child, gently=state is not None)


def _environment(api_key: str) -> dict[str, str]:
    passed = {
        name: value
        for name, value in os.environ.items()
        if name in _PASSED_ON or name.startswith(_PASSED_ON_PREFIXES)
    }
    return {**passed, "PYTHONPATH": python_path(), "PYTHONUTF8": "1", _KEY_VARIABLE: api_key}


def _await_greeting(child: subprocess.Popen[bytes], errors: IO[bytes], timeout: float) -> str:
    """Return the URL of the child's first line; reading it ends early when the child does."""
    watchdog = threading.Timer(timeout, child.kill)
    watchdog.start()
    try:
        line = (child.stdout or io.BytesIO()).readline().decode(errors="replace").strip()
    finally:
        watchdog.cancel()
    if line.startswith(GREETING):
        return line.removeprefix(GREETING)
    child.kill()
    child.wait()
    raise TargetError(f"the mock did not start: {_last_words(errors) or f'nothing within {timeout:g} s'}")


def _last_words(errors: IO[bytes]) -> str:
    size = errors.seek(0, os.SEEK_END)
    errors.seek(max(0, size - 4096))
    lines = errors.read().decode(errors="replace").strip().splitlines()
    return lines[-1].removeprefix("Error: ") if lines else ""


def _path_params(url: str, timeout: float) -> dict[str, str]:
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=timeout)
    try:
        connection.request("GET", "/__mock__/setup")
        setup: dict[str, Any] = json.loads(connection.getresponse().read())
    except (OSError, ValueError) as error:
        raise TargetError(f"the mock at {url} does not answer: {error}") from error
    finally:
        connection.close()
    return dict(setup["path_params"])


def _end(child: subprocess.Popen[bytes], *, gently: bool) -> None:
    """End the child; where its state is in memory alone there is nothing it could still have to do."""
    if gently:
        child.terminate()
    else:
        child.kill()
    try:
        child.wait(_GRACE)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    for stream in (child.stdin, child.stdout):
        if stream is not None:
            stream.close()
