"""A small client of the consent types of the Concord Privacy API, as somebody else might have written it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass

from reports import line
from strategies import TRIES


@dataclass(frozen=True)
class Consents:
    """Creates consent types of one project."""

    url: str
    key: str
    organization: str
    project: str

    def create(self, label: str, category: str) -> str:
        """Create a consent type and return a line that says what became of it; a 5xx is tried again."""
        body = {"label": label, "category": category, "subcategory": []}
        path = f"/organizations/{self.organization}/projects/{self.project}/consent-types"
        for _ in range(TRIES):
            request = urllib.request.Request(  # noqa: S310 -- the mock's own URL
                self.url + path,
                json.dumps(body).encode(),
                {"Content-Type": "application/json", "x-api-key": self.key},
            )
            status = _status(request)
            if status < 500:
                break
        return line(label, status)


def _status(request: urllib.request.Request) -> int:
    try:
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 -- the mock's own URL
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
