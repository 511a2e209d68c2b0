"""How a witness is shown: its payload on one line, cut, and what each document says of it."""

from __future__ import annotations

import json
from typing import Final

from conformance.drift.change import Proof
from reports.text import visible

_PAYLOAD: Final = 400


def payload(proof: Proof) -> str:
    """Return the payload as JSON on one line, safe to show."""
    return visible(json.dumps(proof.payload, ensure_ascii=False), _PAYLOAD)


def sides(proof: Proof) -> str:
    """Return `base accepts, revision rejects`, or what it is."""
    said = proof.as_data()
    return f"base {said['base']}, revision {said['revision']}"
