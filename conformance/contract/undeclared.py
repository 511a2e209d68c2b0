"""Members of a value that its schema neither declares nor forbids: what an open schema lets through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from conformance.contract.bundle import ROOT
from conformance.contract.members import Bundle
from conformance.contract.shape import matches
from conformance.jsonvalue import JSON
from conformance.pointer import Pointer

_ITEMS: Final = 100
"""So many items of an array are looked at; later ones show little that these did not."""


def undeclared(parts: Bundle, value: JSON) -> Iterator[tuple[Pointer, str, JSON]]:
    """Yield each undeclared member: the pointer of the object's schema in the bundle, name and value.

    Told only where a schema declares members and says nothing of others: a map, and a schema that
    allows others in so many words, expect them; a closed one is the validator's business.
    """
    waiting: list[tuple[tuple[Pointer, ...], JSON]] = [(((ROOT,),), value)]
    while waiting:
        part, held = waiting.pop()
        if isinstance(held, list):
            items = parts.items(part)
            waiting += ((items, item) for item in held[:_ITEMS] if items)
        elif isinstance(held, dict):
            declared = parts.members(part)
            waiting += ((declared[name], inner) for name, inner in held.items() if name in declared)
            if declared and not _speaks_of_others(parts, part):
                at = next(iter(declared.values()))[0][:-2]
                named = _patterns(parts, part)
                for name in held.keys() - declared.keys():
                    if not any(matches(pattern, name) for pattern in named):
                        yield at, name, held[name]


def _speaks_of_others(parts: Bundle, part: tuple[Pointer, ...]) -> bool:
    return any(parts.keywords(part, k) for k in ("additionalProperties", "unevaluatedProperties"))


def _patterns(parts: Bundle, part: tuple[Pointer, ...]) -> list[str]:
    return [pattern for held in parts.keywords(part, "patternProperties") for pattern in held]
