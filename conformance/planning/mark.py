"""The mark of a run: the text by which people know again what a run has created."""

from __future__ import annotations

import hashlib
from typing import Final

_DIGITS: Final = "00000000"
_WORD: Final = "conformance"

PLACEHOLDERS: Final = (f"{_WORD}-{_DIGITS}", f"{_WORD}_{_DIGITS}")
"""What plans hold where a run puts its mark: the usual spelling, and one for patterns without a hyphen.

Plans are a pure function of the document, so the mark comes in afterwards, at the same length.
"""


def mark_of(run_id: str) -> str:
    """Return the mark of a run: eight hex digits, the same for the same run id."""
    return hashlib.sha256(run_id.encode("utf-8", "surrogatepass")).hexdigest()[: len(_DIGITS)]


def spelled(mark: str) -> str:
    """Return the text by which a person finds what the run has created."""
    return f"{_WORD}-{mark}"


def stamp(body: bytes, mark: str) -> bytes:
    """Return the body with the mark in place of each placeholder; of the same length, in most cases itself."""
    for placeholder in PLACEHOLDERS:
        whole = placeholder.encode()
        if whole in body:
            body = body.replace(whole, whole[: -len(_DIGITS)] + mark.encode())
    return body
