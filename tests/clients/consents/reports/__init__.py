"""A package of the client's own, by a name that a package of ours has too."""

from __future__ import annotations


def line(name: str, status: int) -> str:
    """Say in one line what became of a consent type."""
    return f"{name}: {'created' if status == 201 else f'refused with {status}'}"
