"""One valid value, drawn choice by choice: alternative, type, then what the type's keywords leave free."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from hypothesis import strategies as st

from conformance.contract.keywords import Schema
from conformance.contract.shape import Shape
from conformance.jsonvalue import JSON
from conformance_strategies.drawn_arrays import draw_array
from conformance_strategies.drawn_numbers import draw_number
from conformance_strategies.drawn_objects import draw_object
from conformance_strategies.drawn_strings import draw_string
from conformance_strategies.source import Source, UnsatisfiableError

_MAX_DEPTH: Final = 4
"""Values below this depth are plain, so that recursive schemas end."""

_TRIES: Final = 3
"""So often is a value drawn before the plain one is taken: `not` and `oneOf` refuse what shapes allow."""

_PLAIN_IN: Final = 8
"""One value in so many is the plain one, which everything shrinks to."""


class Drawer:
    """Draws valid values of one source's schemas. It is a `Values` of the witness search, too."""

    def __init__(self, source: Source, draw: st.DrawFn) -> None:
        self.source = source
        self.draw = draw
        self._depth = 0

    def value(self, schema: Schema) -> JSON:
        """Return a value that the validator accepts. Raises UnsatisfiableError where none can be built."""
        plain = self.source.plain(schema)
        if self._depth >= _MAX_DEPTH or self.below(_PLAIN_IN) == 0:
            return plain
        for _ in range(_TRIES):
            drawn = self.attempt(schema)
            if self.source.accepts(schema, drawn):
                return drawn
        return plain

    def attempt(self, schema: Schema) -> JSON:
        """Return a value built from the schema's shapes, which the validator has not judged yet.

        Raises UnsatisfiableError where not even the plain value can be built.
        """
        self._depth += 1
        try:
            choices = _choices(self.source.shapes(schema))
            while choices:
                shape, name = choices.pop(self.below(len(choices)))
                try:
                    return self._of_shape(shape, name)
                except UnsatisfiableError:
                    continue
        finally:
            self._depth -= 1
        return self.source.plain(schema)

    def _of_shape(self, shape: Shape, name: str) -> JSON:
        if shape.enum is not None:
            return shape.enum[self.below(len(shape.enum))]
        return _DRAWN[name](shape, self)

    def below(self, count: int) -> int:
        """Return a number from 0, the simplest, up to `count` less one."""
        return self.draw(st.integers(0, count - 1)) if count > 1 else 0

    def can(self, schema: Schema) -> bool:
        """Tell whether a value of the schema can be built."""
        try:
            self.source.plain(schema)
        except UnsatisfiableError:
            return False
        return True


def _choices(shapes: list[Shape]) -> list[tuple[Shape, str]]:
    """Return every shape with each of its types; a shape with an enum once, with no type of interest."""
    return [
        (shape, name)
        for shape in shapes
        if shape.enum != ()
        for name in (("enum",) if shape.enum is not None else (n for n in _DRAWN if n in shape.types))
    ]


_DRAWN: Final[dict[str, Callable[[Shape, Drawer], JSON]]] = {
    "null": lambda _shape, _drawer: None,
    "boolean": lambda _shape, drawer: bool(drawer.below(2)),
    "integer": lambda shape, drawer: draw_number(shape, drawer, integral=True),
    "number": lambda shape, drawer: draw_number(shape, drawer, integral=False),
    "string": draw_string,
    "array": draw_array,
    "object": draw_object,
}
