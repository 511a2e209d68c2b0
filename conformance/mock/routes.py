"""From a request's path to the operations that stand there: literal segments before templated ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Generic, TypeAlias, TypeVar
from urllib.parse import unquote

T = TypeVar("T")

Values: TypeAlias = tuple[str, ...]
"""What stands in a path for each `{name}` of its template, in order; decoded."""

_EXPRESSION: Final = re.compile(r"\{([^{}]*)\}")


def names_in(template: str) -> tuple[str, ...]:
    """Return the names in a path template, in order."""
    return tuple(_EXPRESSION.findall(template))


def literals_beside(name: str, template: str) -> list[tuple[str, ...]]:
    """Return the literal texts of each segment in which the name stands."""
    return [_literals(segment) for segment in template.split("/") if name in names_in(segment)]


def _literals(segment: str) -> tuple[str, ...]:
    """Return the texts before, between and behind the names of a segment; one alone where it has none."""
    return tuple(unquote(text) for text in _EXPRESSION.split(segment)[::2])  # every other one is a name


@dataclass(slots=True)
class PathItem(Generic[T]):
    """One path template (Path Item Object, OpenAPI 3.1 §4.8.9): what stands there for each method."""

    methods: dict[str, T] = field(default_factory=dict)


@dataclass(slots=True)
class _Node(Generic[T]):
    """A segment, by what may follow it: literal segments, and templated ones, the most literal first."""

    literals: dict[str, _Node[T]] = field(default_factory=dict)
    templates: dict[tuple[str, ...], _Node[T]] = field(default_factory=dict)
    item: PathItem[T] | None = None

    def following(self, segment: str) -> Iterator[tuple[_Node[T], Values]]:
        """Yield the nodes that a segment may lead to, each with what stands for its template's names."""
        if segment in self.literals:
            yield self.literals[segment], ()
        for literals, node in self.templates.items():
            if (found := _values(literals, segment)) is not None:
                yield node, found

    def child(self, literals: tuple[str, ...]) -> _Node[T]:
        """Return the node of a segment, made if need be; several texts are those between `{name}`s."""
        if len(literals) == 1:
            return self.literals.setdefault(literals[0], _Node())
        node = self.templates.setdefault(literals, _Node())
        ranked = sorted(self.templates.items(), key=lambda entry: -len("".join(entry[0])))
        self.templates = dict(ranked)
        return node


class Routes(Generic[T]):
    """Path templates (OpenAPI 3.1 §4.8.8) in a tree of segments.

    A segment is literal, one whole `{name}`, or mixes both: `{year}.csv`, `{id}:cancel`, `{a}-{b}`.
    """

    def __init__(self) -> None:
        self._root: _Node[T] = _Node()

    def add(self, method: str, template: str, target: T) -> None:
        """Put `target` at the method and path template."""
        node = self._root
        for segment in template.split("/")[1:]:
            node = node.child(_literals(segment))
        node.item = node.item or PathItem()
        node.item.methods[method] = target

    def find(self, raw_path: str) -> tuple[PathItem[T], Values] | None:
        """Return what stands at a path as it was sent (percent-encoded), and the values in it."""
        segments = [unquote(segment) for segment in raw_path.split("/")[1:]]
        return _search(self._root, segments, 0, ())


def _search(
    node: _Node[T], segments: list[str], index: int, values: Values
) -> tuple[PathItem[T], Values] | None:
    if index == len(segments):
        return None if node.item is None else (node.item, values)
    for following, found in node.following(segments[index]):
        if (leaf := _search(following, segments, index + 1, (*values, *found))) is not None:
            return leaf
    return None


def _values(literals: tuple[str, ...], segment: str) -> Values | None:
    """Return what stands between the literal texts of a segment, each the shortest possible; None where it can't."""
    first, *between, last = literals
    if len(segment) < len(first) + len(last) or not (segment.startswith(first) and segment.endswith(last)):
        return None
    rest = segment[len(first) : len(segment) - len(last)]
    values = []
    for text in between:
        value, found, rest = rest.partition(text) if text else (rest[:1], True, rest[1:])
        if not found:
            return None
        values.append(value)
    return (*values, rest)
