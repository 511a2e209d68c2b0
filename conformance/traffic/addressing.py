"""Which operation a recorded URL belongs to: by the documents' servers, a base URL, or a common prefix."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeAlias
from urllib.parse import unquote, urlsplit

from conformance import pointer as pointers
from conformance.openapi.document import Document, owners
from conformance.openapi.operation import Operation

_SAMPLE: Final = 2_000
"""So many different URLs are looked at for a common prefix."""

_VARIABLE: Final = re.compile(r"\{[^{}]*\}")
_ORIGIN: Final = r"[^/?#]*//[^/]*"

Base: TypeAlias = re.Pattern[str]
"""What a URL begins with, before the path of an operation."""


@dataclass(frozen=True, slots=True)
class Matched:
    """An operation, and the values of its path parameters, decoded."""

    operation: Operation
    path_params: Mapping[str, str]


class Addresses:
    """Finds the operations of recorded requests.

    A document is looked for below `target` where that is given, below its own servers where traffic
    went to one of them, and else below the URL that most of its operations have in common.
    """

    def __init__(
        self, operations: Sequence[Operation], asked: Iterable[tuple[str, str]], target: str = ""
    ) -> None:
        self._routes: dict[int, list[_Route]] = defaultdict(list)
        self._bases: dict[Path, list[Base]] = {}
        sample = list(islice(dict.fromkeys((method, _plain(url)) for method, url in asked), _SAMPLE))
        documents = {operation.document.path: operation.document for operation in operations}
        for path, document in documents.items():
            own = [_Route.of(o) for o in operations if o.document.path == path]
            self._bases[path] = _bases(document, own, sample, target)
            for route in own:
                self._routes[route.operation.path.count("/")].append(route)

    def find(self, method: str, url: str) -> Matched | None:
        """Return the operation of a request; where several fit, the one with fewest parameters (OpenAPI §4.8.8)."""
        plain = _plain(url)
        found = [m for route in self._fitting(plain) if (m := self._match(route, method, plain)) is not None]
        return min(found, key=lambda matched: len(matched.path_params), default=None)

    def _fitting(self, plain: str) -> Iterator[_Route]:
        for depth in range(1, plain.count("/") + 1):
            yield from self._routes.get(depth, ())

    def _match(self, route: _Route, method: str, plain: str) -> Matched | None:
        if route.operation.method != method:
            return None
        for base in self._bases[route.operation.document.path]:
            head = base.match(plain)
            tail = route.pattern.fullmatch(plain, head.end()) if head else None
            if tail is not None:
                names = zip(route.names, tail.groups(), strict=True)
                return Matched(route.operation, {name: unquote(value) for name, value in names})
        return None


@dataclass(frozen=True, slots=True)
class _Route:
    operation: Operation
    pattern: re.Pattern[str]
    names: tuple[str, ...]

    @classmethod
    def of(cls, operation: Operation) -> _Route:
        pattern, names = _template(operation.path, "([^/]+)")
        return cls(operation, re.compile(f"{pattern}/?"), names)

    def head(self, plain: str) -> str | None:
        """Return what stands before the operation's path; None where that is not its end, or says nothing."""
        if not re.search(r"[^/]", _VARIABLE.sub("", self.operation.path)):
            return None
        place = plain.rstrip("/").split("/")
        depth = self.operation.path.rstrip("/").count("/")
        head, tail = "/".join(place[:-depth]), "/" + "/".join(place[-depth:])
        return head if len(place) - depth >= len(_ORIGIN_PARTS) and self.pattern.fullmatch(tail) else None


_ORIGIN_PARTS: Final = ("scheme:", "", "host")


def _template(text: str, variable: str) -> tuple[str, tuple[str, ...]]:
    """Return a template as a regular expression, and the names in it."""
    literal = [re.escape(part) for part in _VARIABLE.split(text)]
    return variable.join(literal), tuple(name[1:-1] for name in _VARIABLE.findall(text))


def _plain(url: str) -> str:
    """Return scheme, host and path in one spelling; `""` for what is no URL."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return ""
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    return f"{parts.scheme}://{host}{f':{port}' if port not in (None, usual) else ''}{parts.path}"


def _bases(
    document: Document, routes: Sequence[_Route], sample: Sequence[tuple[str, str]], target: str
) -> list[Base]:
    if target:
        return [re.compile(re.escape(_plain(target).rstrip("/")))]
    named = [re.compile(base) for base in dict.fromkeys(_servers(document))]
    if any(_fits(base, route, *asked) for asked in sample for base in named for route in routes):
        return named
    return _common(routes, sample)


def _fits(base: Base, route: _Route, method: str, plain: str) -> bool:
    head = base.match(plain)
    return bool(head and route.operation.method == method and route.pattern.fullmatch(plain, head.end()))


def _servers(document: Document) -> Iterator[str]:
    """Yield the URL of each server as a regular expression (OpenAPI 3.1 §4.8.5); a relative one fits any host."""
    for owner in owners(document):
        listed: Any = pointers.get(document.content, owner).get("servers")
        for server in listed if isinstance(listed, list) else ():
            url = str(server.get("url", "")).rstrip("/")
            if "//" in url:
                yield _template(_lowered(url), "[^/]*")[0]
            elif url:
                yield f"{_ORIGIN}{_template('/' + url.strip('/'), '[^/]*')[0]}"


def _lowered(url: str) -> str:
    """Return a URL with scheme and host in lower case, where a variable is not in the way."""
    scheme, _, rest = url.partition("//")
    host, slash, path = rest.partition("/")
    return f"{scheme.lower()}//{host if '{' in host else host.lower()}{slash}{path}"


def _common(routes: Sequence[_Route], sample: Sequence[tuple[str, str]]) -> list[Base]:
    """Return the base below which most operations were asked for; the shortest of equals."""
    seen: dict[str, set[str]] = defaultdict(set)
    times = Counter[str]()
    for method, plain in sample:
        for route in routes:
            head = route.head(plain) if route.operation.method == method else None
            if head is not None:
                seen[head].add(route.operation.name)
                times[head] += 1
    best = min(seen, key=lambda head: (-len(seen[head]), -times[head], len(head)), default=None)
    return [] if best is None else [re.compile(re.escape(best))]
