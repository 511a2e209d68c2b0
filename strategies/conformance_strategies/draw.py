"""Hypothesis strategies of a schema's values: valid ones, those at its edges, and proven invalid ones.

`schema` is JSON Schema 2020-12. It stands alone, its `#/…` references relative to itself, unless
`root` names the bundle (`conformance.contract.bundle`) that its references lead into.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any, Final

from hypothesis import strategies as st

from conformance.contract.bundle import ROOT, standalone
from conformance.contract.keywords import Schema
from conformance.jsonvalue import JSON
from conformance_strategies.invalid import Breaker
from conformance_strategies.source import Source, UnsatisfiableError
from conformance_strategies.valid import Drawer

_MAX_EDGES: Final = 500
"""No more edges of one schema than this are listed."""


def valid_values(schema: Schema, *, root: Mapping[str, Any] | None = None) -> st.SearchStrategy[JSON]:
    """Return the strategy of values that the schema accepts; it shrinks towards the plainest one.

    Raises UnsatisfiableError where no value of the schema can be built.
    """
    source, at_hand = _source(schema, root)
    source.plain(at_hand)
    return _valid(source, at_hand)


def boundary_values(schema: Schema, *, root: Mapping[str, Any] | None = None) -> st.SearchStrategy[JSON]:
    """Return the strategy that picks one of the enumerated valid values at the schema's edges.

    Raises UnsatisfiableError where there is none.
    """
    source, at_hand = _source(schema, root)
    listed = islice(source.edges(at_hand), _MAX_EDGES)
    edges = [value for value in listed if source.accepts(at_hand, value)]
    if not edges:
        raise UnsatisfiableError("no valid value at an edge of the schema")
    return st.integers(0, len(edges) - 1).map(edges.__getitem__)


def invalid_values(schema: Schema, *, root: Mapping[str, Any] | None = None) -> st.SearchStrategy[JSON]:
    """Return the strategy of values that the schema rejects and one of its mutants accepts.

    Each breaks one constraint, somewhere in an otherwise random valid value. Raises
    UnsatisfiableError where no mutant has a rejected witness.
    """
    source, at_hand = _source(schema, root)
    breaker = Breaker(source, at_hand)
    return _invalid(breaker)


def _source(schema: Schema, root: Mapping[str, Any] | None) -> tuple[Source, Schema]:
    if root is not None:
        return Source(root), schema
    bundle = standalone(schema)
    return Source(bundle), bundle[ROOT]


@st.composite
def _valid(draw: st.DrawFn, source: Source, schema: Schema) -> JSON:
    return Drawer(source, draw).value(schema)


@st.composite
def _invalid(draw: st.DrawFn, breaker: Breaker) -> JSON:
    number = draw(st.integers(0, breaker.count - 1))
    return breaker.broken(number, Drawer(breaker.source, draw))
