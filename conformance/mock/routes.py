"""From a request's path to the operations that stand there: literal segments before templated ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Generic, TypeAlias, TypeVar
from urllib.parse import unquote

T = TypeVar("T")

REMEMBERED: Final = 256
"""So many different paths are walked once; the one that was not asked for longest is walked again."""


Params: TypeAlias = tuple[tuple[str, str], ...]
"""Name and value of each parameter, in the order of the template; hashable, to look up by."""


@dataclass(slots=True)
class PathItem(Generic[T]):
    """One path template: its parameter names and what stands there for each method."""

    names: tuple[str, ...]
    methods: dict[str, T] = field(default_factory=dict)


@dataclass(slots=True)
class _Node(Generic[T]):
    literals: dict[str, _Node[T]] = field(default_factory=dict)
    template: _Node[T] | None = None
    item: PathItem[T] | None = None


class Routes(Generic[T]):
    """Path templates (OpenAPI 3.1 §4.8.8) in a tree of segments.

    A segment is literal or one whole `{name}`; a segment that mixes both counts as templated.
    """

    def __init__(self) -> None:
        self._root: _Node[T] = _Node()
        self._walked = lru_cache(REMEMBERED)(self._walk)

    def add(self, method: str, template: str, target: T) -> None:
        """Put `target` at the method and path template."""
        node, names = self._root, []
        for segment in template.split("/")[1:]:
            if "{" in segment:
                names.append(segment.strip("{}"))
                node.template = node = node.template or _Node()
            else:
                node = node.literals.setdefault(segment, _Node())
        if node.item is None:
            node.item = PathItem(tuple(names))
        node.item.methods[method] = target
        self._walked.cache_clear()

    def find(self, raw_path: str) -> tuple[PathItem[T], Params] | None:
        """Return the place of a path as it was sent (percent-encoded) and its parameters, decoded."""
        return self._walked(raw_path)

    def _walk(self, raw_path: str) -> tuple[PathItem[T], Params] | None:
        segments = [unquote(segment) for segment in raw_path.split("/")[1:]]
        found = self._search(self._root, segments, 0, ())
        if found is None:
            return None
        item, values = found
        return item, tuple(zip(item.names, values, strict=True))

    def _search(
        self, node: _Node[T], segments: list[str], index: int, values: tuple[str, ...]
    ) -> tuple[PathItem[T], tuple[str, ...]] | None:
        if index == len(segments):
            return None if node.item is None else (node.item, values)
        segment = segments[index]
        if segment in node.literals:
            found = self._search(node.literals[segment], segments, index + 1, values)
            if found is not None:
                return found
        if node.template is None:
            return None
        return self._search(node.template, segments, index + 1, (*values, segment))
