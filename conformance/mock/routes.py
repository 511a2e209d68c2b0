"""From a request's path to the operations that stand there: literal segments before templated ones."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, Generic, TypeAlias, TypeVar
from urllib.parse import quote, unquote

T = TypeVar("T")

Values: TypeAlias = tuple[str, ...]
"""What stands in a path for each `{name}` of its template, in order; decoded."""

_NAME: Final = re.compile(r"\{([^{}]*)\}")
_PLAIN: Final = "-._~!$&'()*+,;=:@"
"""Beside letters and digits, what a segment may hold as it is (`pchar`, RFC 3986 §3.3)."""


def names_in(template: str) -> tuple[str, ...]:
    """Return the names in a path template, in order."""
    return tuple(_NAME.findall(template))


def literals_beside(name: str, template: str) -> list[str]:
    """Return the literal texts in the segments in which the name stands."""
    segments = (segment for segment in template.split("/") if name in names_in(segment))
    return [unquote(text) for segment in segments for text in _literals(segment) if text]


def _literals(segment: str) -> list[str]:
    """Return the texts before, between and behind the names of a segment; one alone where it has none."""
    return _NAME.split(segment)[::2]  # every other one is a name


@dataclass(slots=True)
class PathItem(Generic[T]):
    """One path template (Path Item Object, OpenAPI 3.1 §4.8.9): what stands there for each method."""

    template: re.Pattern[str]
    rank: list[tuple[bool, int]]
    methods: dict[str, T] = field(default_factory=dict)


class Routes(Generic[T]):
    """Path templates (OpenAPI 3.1 §4.8.8), the more literal of two before the other.

    A segment is literal, one whole `{name}`, or mixes both: `{year}.csv`, `{id}:cancel`, `{a}-{b}`.
    """

    def __init__(self) -> None:
        self._items: dict[int, list[PathItem[T]]] = {}

    def add(self, method: str, template: str, target: T) -> None:
        """Put `target` at the method and path template."""
        segments = template.split("/")
        items = self._items.setdefault(len(segments) - 1, [])
        pattern = re.compile("/".join(map(_pattern, segments)))
        item = next((item for item in items if item.template == pattern), None)
        if item is None:
            items.append(item := PathItem(pattern, list(map(_rank, segments))))
            items.sort(key=lambda item: item.rank)
        item.methods[method] = target

    def find(self, raw_path: str) -> tuple[PathItem[T], Values] | None:
        """Return what stands at a path as it was sent (percent-encoded), and the values in it."""
        path = "/".join(map(_encoded, raw_path.split("/"))) if "%" in raw_path else raw_path
        for item in self._items.get(path.count("/"), ()):
            if found := item.template.fullmatch(path):
                return item, tuple(map(unquote, found.groups()))
        return None


def _encoded(text: str) -> str:
    """Return the one form of a segment in which nothing is encoded without need."""
    return quote(unquote(text), _PLAIN)


def _pattern(segment: str) -> str:
    """Return the expression of a segment; names beside literals stand for something, the shortest that fits."""
    literals = [re.escape(_encoded(text)) for text in _literals(segment)]
    return ("([^/]*)" if literals == ["", ""] else "([^/]+?)").join(literals)


def _rank(segment: str) -> tuple[bool, int]:
    """Return where a segment stands among others: literal ones first, then those with more literal text."""
    literals = _literals(segment)
    return len(literals) > 1, -len("".join(literals))
