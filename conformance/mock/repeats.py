"""What a fault remembers of earlier requests: how often an equal one came, what the last answer held."""

from __future__ import annotations

from collections import Counter
from typing import Final

from conformance import pointer as pointers
from conformance.jsonvalue import JSON
from conformance.mock.message import MockRequest

_REMEMBERED: Final = 100_000
"""So many different requests are told apart; then counting begins anew."""


class RepeatCounter:
    """Counts the requests that are equal in method, path, content type and body."""

    def __init__(self) -> None:
        self._seen = Counter[int]()

    def of(self, request: MockRequest) -> int:
        """Return the how many-th such request this is, 1 for the first."""
        if len(self._seen) > _REMEMBERED:
            self._seen.clear()
        media = request.headers.get(b"content-type", b"")
        key = hash(
            (request.method, request.path, media, request.headers.get(b"content-encoding"), request.body)
        )
        self._seen[key] += 1
        return self._seen[key]


class Last:
    """Puts into an answer what the one before had in the same place."""

    def __init__(self, member: pointers.Pointer) -> None:
        self._member = member
        self._value: list[JSON] = []

    def mix(self, value: JSON) -> JSON:
        """Return the body with the member of the last body that had it; without one, as it is."""
        try:
            own = pointers.get(value, self._member)
        except (KeyError, IndexError, TypeError):
            return value
        before, self._value = self._value, [own]
        return pointers.put(value, self._member, before[0]) if before else value
