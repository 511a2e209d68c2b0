"""Record `mitmproxy.har` again: `pip install mitmproxy==11.0.2`, then `python -m tests.har.record`.

A mock with four faults is asked through mitmproxy as a client would ask it, with an API key, a
cookie and an Authorization header; what mitmproxy writes is kept as it is.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from conformance.mock.process import start_mock

RECORDED: Final = Path(__file__).with_name("mitmproxy.har")
FAULTS: Final = (
    "trackers-name-max-257", "trackers-type-member-lost", "projects-status-202", "consent-types-answer-extra-member",
)  # fmt: skip
PLACE: Final = (
    "/organizations/0a4f1c52-7d3b-4e8a-9c61-5b2f8e0d7a11/projects/6e1d9b34-2c5f-4a7e-8b90-3f4c1a6d2e22"
)
KEY: Final = "canary-of-the-key"
HEADERS: Final = {
    "Content-Type": "application/json",
    "x-api-key": KEY,
    "Authorization": "Bearer canary-of-the-header",
    "Cookie": "session=canary-of-the-cookie",
}
CONSENT: Final = {"category": "disclosure", "subcategory": [], "label": "aaa"}
ASKED: Final[tuple[tuple[str, Any], ...]] = (
    (f"{PLACE}/trackers", {"name": "a", "type": "cookie"}),
    (f"{PLACE}/trackers", {"name": "a" * 257, "type": "cookie"}),
    (f"{PLACE}/trackers", {"name": "a" * 300, "type": "cookie"}),
    (f"{PLACE}/trackers", {"name": "b", "type": "session_storage"}),
    (f"{PLACE}/trackers", {"name": "c", "type": "session_storage"}),
    (f"{PLACE}/consent-types", CONSENT),
    (f"{PLACE}/consent-types", {**CONSENT, "status": "draft"}),
    ("/organizations/0a4f1c52-7d3b-4e8a-9c61-5b2f8e0d7a11/projects", {"name": "a project"}),
    ("/favicon.ico", {}),
)


def main() -> None:
    """Start mock and proxy, ask, and stop the proxy, which then writes the file."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with start_mock(faults=FAULTS, api_key=KEY) as mock:
        proxy = subprocess.Popen(
            [
                shutil.which("mitmdump") or "mitmdump", "--mode", f"reverse:{mock.url}", "--listen-port", str(port),
                "--set", f"hardump={RECORDED}",
            ],
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        _ready(port)
        for path, body in ASKED:
            _ask(f"http://127.0.0.1:{port}{path}", body)
        proxy.terminate()
        proxy.wait()


def _ready(port: int) -> None:
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return


def _ask(url: str, body: Any) -> None:
    request = Request(url, json.dumps(body).encode(), HEADERS, method="POST")  # noqa: S310 -- loopback only
    try:
        urlopen(request).close()  # noqa: S310
    except (HTTPError, URLError) as error:
        print(url, error)  # noqa: T201


if __name__ == "__main__":
    main()
