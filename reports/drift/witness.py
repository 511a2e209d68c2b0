"""How a witness is shown: its payload on one line, long texts in it cut, and what each document says of it."""

from __future__ import annotations

import json
from typing import Any, Final

from conformance.drift.change import Proof
from reports.text import visible

_PAYLOAD: Final = 1000
_STRING: Final = 60


def payload(proof: Proof) -> str:
    """Return the payload as JSON on one line, safe to show; a cut text says how long it is."""
    return visible(json.dumps(_cut(proof.payload), ensure_ascii=False), _PAYLOAD)


def sides(proof: Proof) -> str:
    """Return `base accepts, revision rejects`, or what it is."""
    said = proof.as_data()
    return f"base {said['base']}, revision {said['revision']}"


def _cut(value: Any) -> Any:
    match value:
        case str() if len(value) > _STRING:
            return f"{value[: _STRING // 2]}… ({len(value):,} characters)"
        case dict():
            return {_cut(name): _cut(held) for name, held in value.items()}
        case list():
            return [_cut(item) for item in value]
        case _:
            return value
