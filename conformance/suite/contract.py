"""A name in a test module for the documents of the session."""

from __future__ import annotations


class Contract:
    """Stands in a test module for the bundled documents: `contract = Contract()` has them collected there.

    With `--spec` the documents named there are collected in their stead, each at its own path.
    """
