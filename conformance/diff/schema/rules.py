"""The rules on schemas: each pair of opposite changes, for requests and for responses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from conformance.diff.change import Direction
from conformance.diff.rule import DriftRule, in_both_directions

_OPPOSITES: Final = (
    # stem, description, stem of the inverse, its description
    ("type-narrowed", "takes fewer types", "type-widened", "takes more types"),
    ("enum-value-removed", "lists fewer values", "enum-value-added", "lists more values"),
    ("enum-added", "lists the values that may stand here", "enum-removed", "lists no values any more"),
    ("pattern-added", "asks for a pattern", "pattern-removed", "asks for no pattern any more"),
    ("format-added", "asks for a format", "format-removed", "asks for no format any more"),
    ("max-length-decreased", "allows shorter strings only", "max-length-increased", "allows longer strings"),
    ("min-length-increased", "asks for longer strings", "min-length-decreased", "allows shorter strings"),
    ("maximum-decreased", "lowers the greatest number", "maximum-increased", "raises the greatest number"),
    ("minimum-increased", "raises the least number", "minimum-decreased", "lowers the least number"),
    ("multiple-of-added", "asks for multiples", "multiple-of-removed", "asks for no multiples any more"),
    ("max-items-decreased", "allows fewer items", "max-items-increased", "allows more items"),
    ("min-items-increased", "asks for more items", "min-items-decreased", "asks for fewer items"),
    ("unique-items-added", "forbids equal items", "unique-items-removed", "allows equal items"),
    ("items-constrained", "says what items are", "items-freed", "says no more what items are"),
    ("contains-added", "asks for certain items", "contains-removed", "asks for no certain items any more"),
    ("max-properties-decreased", "allows fewer members", "max-properties-increased", "allows more members"),
    ("min-properties-increased", "asks for more members", "min-properties-decreased", "asks for fewer members"),
    ("member-added", "has a new optional member", "member-removed", "lacks an optional member"),
    ("member-required-added", "has a new required member", "member-required-removed", "lacks a required member"),
    ("member-required", "requires a member", "member-optional", "requires a member no more"),
    ("members-closed", "forbids undeclared members", "members-opened", "allows undeclared members"),
    ("members-constrained", "constrains other members", "members-freed", "leaves other members free"),
    ("member-names-constrained", "constrains names", "member-names-freed", "leaves names free"),
    ("dependency-added", "ties a member to another", "dependency-removed", "unties a member from another"),
    ("alternatives-added", "offers alternatives only", "alternatives-removed", "asks for no alternative any more"),
    ("anyof-branch-removed", "lacks an alternative", "anyof-branch-added", "has one more alternative"),
    ("oneof-branch-removed", "lacks an exclusive choice", "oneof-branch-added", "has one more exclusive choice"),
    ("part-added", "asks for one more schema", "part-removed", "asks for one schema less"),
    ("exclusion-added", "excludes values", "exclusion-removed", "excludes values no more"),
    ("condition-added", "asks for more under a condition", "condition-removed", "drops a condition"),
    ("schema-narrowed", "refuses what was accepted", "schema-widened", "accepts what was refused"),
    ("read-only-added", "marks a member as read-only", "read-only-removed", "marks a member as read-only no more"),
    ("write-only-added", "marks a member as write-only", "write-only-removed", "marks a member as write-only no more"),
    ("default-added", "has a default", "default-removed", "has no default any more"),
)  # fmt: skip

_OWN_INVERSES: Final = (
    ("type-changed", "takes other types"),
    ("pattern-changed", "asks for another pattern"),
    ("format-changed", "asks for another format"),
    ("multiple-of-changed", "asks for other multiples"),
    ("contains-changed", "asks for other items among all"),
    ("alternatives-changed", "reads its alternatives in another way"),
    ("exclusion-changed", "excludes other values"),
    ("condition-changed", "has another condition"),
    ("default-changed", "has another default"),
    ("discriminator-changed", "tells alternatives apart by something else"),
    ("schema-changed", "says something else"),
)

_TEXTS: Final = (
    ("schema-title-changed", "has another title"),
    ("schema-description-changed", "has another description"),
    ("schema-example-changed", "has other examples"),
)

_NO_SIDE: Final = "says nothing to either side that a payload could break"


def schema_rules() -> Iterator[DriftRule]:
    """Yield every rule on schemas."""
    for one, what, other, what_other in _OPPOSITES:
        yield from in_both_directions(one, what, other)
        yield from in_both_directions(other, what_other, one)
    for stem, what in _OWN_INVERSES:
        yield from in_both_directions(stem, what, stem)
    for rule, what in _TEXTS:
        yield DriftRule(rule, Direction.NONE, what, rule, alone=_NO_SIDE)
    for rule, other, what in (
        ("schema-deprecated", "schema-undeprecated", "marks as deprecated"),
        ("schema-undeprecated", "schema-deprecated", "marks as deprecated no more"),
    ):
        yield DriftRule(rule, Direction.NONE, what, other, alone=_NO_SIDE)
