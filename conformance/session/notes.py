"""Remarks of a run for whoever watches it: one line each on standard error."""

from __future__ import annotations

import sys


def note(text: str) -> None:
    """Say one line on stderr; the place is looked up now, so that a caller may lead it elsewhere."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
