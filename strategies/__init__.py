"""Values from schemas: Hypothesis strategies and enumerated boundary values; knows nothing of HTTP."""

from strategies.source import Source, UnsatisfiableError

VALUES = Source
"""Makes the source of values of a bundle, as the planner asks for it."""

__all__ = ["VALUES", "Source", "UnsatisfiableError"]
