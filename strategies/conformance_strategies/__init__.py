"""Values from schemas: Hypothesis strategies and enumerated boundary values; knows nothing of HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance_strategies.source import Source, UnsatisfiableError

if TYPE_CHECKING:
    from conformance_strategies.draw import boundary_values, invalid_values, valid_values

VALUES = Source
"""Makes the source of values of a bundle, as the planner asks for it."""

__all__ = ["VALUES", "Source", "UnsatisfiableError", "boundary_values", "invalid_values", "valid_values"]

_DRAWN = frozenset({"boundary_values", "invalid_values", "valid_values"})


def __getattr__(name: str) -> Any:
    """Import Hypothesis only where a strategy is asked for: a deterministic run does without it."""
    if name not in _DRAWN:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from conformance_strategies import draw

    return getattr(draw, name)
