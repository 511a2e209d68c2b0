"""What refused requests have in common and accepted ones lack: a hint at why a service is stricter."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Final

from conformance.jsonvalue import JSON

_DEPTH: Final = 6
_FEATURES: Final = 500
_SHOWN: Final = 3
_LONG: Final = 40


class Contrast:
    """Collects the bodies of one operation's valid requests, refused and accepted."""

    def __init__(self) -> None:
        self._common: frozenset[str] | None = None
        self._refused = 0
        self._accepted: set[str] = set()
        self._bodies: set[str] = set()
        self.accepted = 0

    def refuse(self, body: JSON) -> None:
        """Take the body of a refused request."""
        held = frozenset(features(body))
        self._common = held if self._common is None else self._common & held
        self._refused += 1

    def accept(self, body: JSON) -> None:
        """Take the body of an accepted request."""
        self.accepted += 1
        self._accepted.update(features(body))
        self._bodies.add(_spelled(body))

    def is_accepted(self, body: JSON) -> bool:
        """Tell whether the very same body was accepted in another request."""
        return _spelled(body) in self._bodies

    def told(self) -> str:
        """Return what sets the refused apart, in words."""
        counted = (
            f"{self._refused} refused, {self.accepted} accepted of the requests that the document allows"
        )
        if not self.accepted or not self._common:
            return counted
        common = self._common - self._accepted
        shown = sorted(common, key=lambda feature: (len(feature), feature))[:_SHOWN]
        return f"{counted}; only the refused hold {', '.join(shown)}" if shown else counted


def features(body: JSON) -> Iterable[str]:
    """Return the members that a body holds, and its short values, as `body/a` and `body/a "text"`."""
    found: list[str] = []
    for feature in _features(body, "body", _DEPTH):
        found.append(feature)
        if len(found) >= _FEATURES:
            break
    return found


def _features(value: JSON, at: str, depth: int) -> Iterator[str]:
    if isinstance(value, dict) and depth:
        for name, held in value.items():
            yield f"{at}/{name}"
            yield from _features(held, f"{at}/{name}", depth - 1)
    elif isinstance(value, list) and depth:
        for item in value:
            yield from _features(item, f"{at}[]", depth - 1)
    elif not isinstance(value, dict | list) and len(text := json.dumps(value)) <= _LONG:
        yield f"{at} {text}"


def _spelled(body: JSON) -> str:
    return json.dumps(body, sort_keys=True)
