"""What the search for witnesses asks of a source of values; `strategies` provides it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol, TypeAlias

from conformance.contract.keywords import Schema
from conformance.contract.shape import Shape
from conformance.jsonvalue import JSON


class Values(Protocol):
    """A source of values for the schemas of one bundle. Where no value can be built, ValueError is raised."""

    @property
    def root(self) -> Mapping[str, Any]:
        """The bundle that `$ref`s lead into."""
        ...

    def plain(self, schema: Schema) -> JSON:
        """Return the most ordinary valid value."""
        ...

    def full(self, schema: Schema) -> JSON:
        """Return a valid value with every optional member."""
        ...

    def edges(self, schema: Schema, against: Schema = True) -> Iterator[JSON]:
        """Yield values at the edges of `schema` and just past those of `against`."""
        ...

    def each(self, schema: Schema) -> Iterator[JSON]:
        """Yield one ordinary valid value of each alternative of the schema."""
        ...

    def near(self, schema: Schema) -> Iterator[JSON]:
        """Yield values close to valid ones, inside or outside; cheap to ask for."""
        ...

    def accepts(self, schema: Schema, value: JSON) -> bool:
        """Tell whether the validator accepts the value."""
        ...

    def shapes(self, schema: Schema) -> list[Shape]:
        """Return the schema's flat alternatives."""
        ...


MakeValues: TypeAlias = Callable[[Mapping[str, Any]], Values]
"""Makes the source of values of a bundle."""
