"""Prism, a mock server by others, on one document for as long as a block of code needs it."""

from __future__ import annotations

import os
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

PEERS = Path(__file__).resolve().parents[1] / "peers"
COMMAND = PEERS / "node_modules" / ".bin" / "prism"
WANTED = "CONFORMANCE_PEERS"
"""The environment variable by which `make test-all` asks for the tests against peers."""

_LISTENING = re.compile(r"Prism is listening on (http://\S+)")
_PATIENCE = 60.0


@contextmanager
def prism(document: Path) -> Iterator[str]:
    """Start Prism's mock of a document on a free loopback port, yield its URL, and end it.

    Raises RuntimeError with what it said where it does not come up.
    """
    child = subprocess.Popen(
        [COMMAND, "mock", "--port", "0", "--host", "127.0.0.1", document],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        env={name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ},
    )
    assert child.stdout is not None
    reader = threading.Thread(target=child.stdout.read, daemon=True)
    with child:
        try:
            url = _await_url(child, child.stdout)
            reader.start()  # its pipe must never fill
            yield url
        finally:
            child.terminate()
            if reader.ident is not None:
                reader.join()


def _await_url(child: subprocess.Popen[str], output: IO[str]) -> str:
    """Return the URL that Prism names once it listens."""
    watchdog = threading.Timer(_PATIENCE, child.kill)
    watchdog.start()
    said = []
    try:
        for line in output:
            said.append(line)
            if found := _LISTENING.search(line):
                return found[1]
    finally:
        watchdog.cancel()
    raise RuntimeError(f"Prism did not start: {''.join(said)[-2000:]}")
