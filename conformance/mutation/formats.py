"""Operators on `format`: unchecked (validation §7)."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.mutation.mutant import Mutant, misread
from conformance.mutation.site import Site
from conformance.pointer import REMOVED
from conformance.requirement import Side


def format_mutants(site: Site) -> Iterator[Mutant]:
    """Yield the reading that takes `format` for an annotation."""
    if "format" in site.schema:
        name = site.schema["format"]
        yield misread(
            "format-unchecked",
            site,
            "format",
            {"format": REMOVED},
            f"format {name}",
            Side.REJECTS,
            f"no {name}",
        )
