"""One rule of drift, and how rules come in pairs: request and response, there and back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from conformance.diff.change import Direction


@dataclass(frozen=True, slots=True)
class DriftRule:
    """One kind of change. `id` never changes once released; `description` completes "the revision …".

    `inverse` is the rule that the same change has when base and revision trade places, and may be
    the rule itself. `mirror` is the rule of the other direction; where there is none, `alone` says why.
    """

    id: str
    direction: Direction
    description: str
    inverse: str
    mirror: str = ""
    alone: str = ""


def there_and_back(one: DriftRule, other: str, description: str) -> Iterator[DriftRule]:
    """Yield a rule and its inverse, of the same direction."""
    yield one
    yield replace(one, id=other, description=description, inverse=one.id)


def in_both_directions(stem: str, description: str, inverse: str) -> Iterator[DriftRule]:
    """Yield the rule `request-STEM` and its mirror `response-STEM`; `inverse` is a stem, too."""
    for own, other in ((Direction.REQUEST, Direction.RESPONSE), (Direction.RESPONSE, Direction.REQUEST)):
        yield DriftRule(
            f"{own}-{stem}", own, f"{description}, in a {own}", f"{own}-{inverse}", mirror=f"{other}-{stem}"
        )
