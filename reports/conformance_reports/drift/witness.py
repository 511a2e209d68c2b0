"""How a witness is shown: its payload on one line, long texts in it cut, and what each document says of it."""

from __future__ import annotations

import json
from typing import Final

from conformance.diff.change import Proof
from conformance_reports.text import shortened, visible

_PAYLOAD: Final = 1000
_STRING: Final = 60


def payload(proof: Proof) -> str:
    """Return the payload as JSON on one line, safe to show; a cut text says how long it is."""
    return visible(json.dumps(shortened(proof.payload, _STRING), ensure_ascii=False), _PAYLOAD)


def sides(proof: Proof) -> str:
    """Return `base accepts, revision rejects`, or what it is."""
    said = proof.as_data()
    return f"base {said['base']}, revision {said['revision']}"


def text(proof: Proof) -> str:
    """Return the payload as JSON, to be laid out: long texts in it cut, not yet safe to show."""
    return json.dumps(shortened(proof.payload, _STRING), ensure_ascii=False)
