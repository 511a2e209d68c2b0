"""The rules on schemas: each kind of difference, narrower, wider or neither, for requests and for responses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from conformance.diff.change import Direction
from conformance.diff.rule import DriftRule, in_both_directions

_KINDS: Final = {
    # what differs: the stem and description of a narrower schema, of a wider one, and of neither
    "type": ("type-narrowed", "takes fewer types", "type-widened", "takes more types",
             "type-changed", "takes other types"),
    "enum": ("enum-added", "lists the values that may stand here", "enum-removed", "lists no values any more"),
    "value": ("enum-value-removed", "lists fewer values", "enum-value-added", "lists more values"),
    "pattern": ("pattern-added", "asks for a pattern", "pattern-removed", "asks for no pattern any more",
                "pattern-changed", "asks for another pattern"),
    "format": ("format-added", "asks for a format", "format-removed", "asks for no format any more",
               "format-changed", "asks for another format"),
    "maxLength": ("max-length-decreased", "allows shorter strings only",
                  "max-length-increased", "allows longer strings"),
    "minLength": ("min-length-increased", "asks for longer strings",
                  "min-length-decreased", "allows shorter strings"),
    "maximum": ("maximum-decreased", "lowers the greatest number",
                "maximum-increased", "raises the greatest number"),
    "minimum": ("minimum-increased", "raises the least number", "minimum-decreased", "lowers the least number"),
    "multipleOf": ("multiple-of-added", "asks for multiples", "multiple-of-removed", "asks for no multiples any more",
                   "multiple-of-changed", "asks for other multiples"),
    "maxItems": ("max-items-decreased", "allows fewer items", "max-items-increased", "allows more items"),
    "minItems": ("min-items-increased", "asks for more items", "min-items-decreased", "asks for fewer items"),
    "uniqueItems": ("unique-items-added", "forbids equal items", "unique-items-removed", "allows equal items"),
    "items": ("items-constrained", "says what items are", "items-freed", "says no more what items are"),
    "contains": ("contains-added", "asks for certain items", "contains-removed", "asks for no certain items any more",
                 "contains-changed", "asks for other items among all"),
    "maxProperties": ("max-properties-decreased", "allows fewer members",
                      "max-properties-increased", "allows more members"),
    "minProperties": ("min-properties-increased", "asks for more members",
                      "min-properties-decreased", "asks for fewer members"),
    "member": ("member-added", "has a new optional member", "member-removed", "lacks an optional member"),
    "required member": ("member-required-added", "has a new required member",
                        "member-required-removed", "lacks a required member"),
    "required": ("member-required", "requires a member", "member-optional", "requires a member no more"),
    "closed": ("members-closed", "forbids undeclared members", "members-opened", "allows undeclared members"),
    "members": ("members-constrained", "constrains other members", "members-freed", "leaves other members free"),
    "propertyNames": ("member-names-constrained", "constrains names", "member-names-freed", "leaves names free"),
    "dependentRequired": ("dependency-added", "ties a member to another",
                          "dependency-removed", "unties a member from another"),
    "alternatives": ("alternatives-added", "offers alternatives only",
                     "alternatives-removed", "asks for no alternative any more",
                     "alternatives-changed", "reads its alternatives in another way"),
    "anyOf": ("anyof-branch-removed", "lacks an alternative", "anyof-branch-added", "has one more alternative"),
    "oneOf": ("oneof-branch-removed", "lacks an exclusive choice",
              "oneof-branch-added", "has one more exclusive choice"),
    "allOf": ("part-added", "asks for one more schema", "part-removed", "asks for one schema less"),
    "not": ("exclusion-added", "excludes values", "exclusion-removed", "excludes values no more",
            "exclusion-changed", "excludes other values"),
    "if": ("condition-added", "asks for more under a condition", "condition-removed", "drops a condition",
           "condition-changed", "has another condition"),
    "schema": ("schema-narrowed", "refuses what was accepted", "schema-widened", "accepts what was refused",
               "schema-changed", "says something else"),
    "readOnly": ("read-only-added", "marks a member as read-only",
                 "read-only-removed", "marks a member as read-only no more"),
    "writeOnly": ("write-only-added", "marks a member as write-only",
                  "write-only-removed", "marks a member as write-only no more"),
    "default": ("default-added", "has a default", "default-removed", "has no default any more",
                "default-changed", "has another default"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """The stems of the rules of one kind of difference; `changed` is empty where each narrows or widens."""

    narrower: str
    wider: str
    changed: str = ""


KINDS: Final = {name: Kind(*row[::2]) for name, row in _KINDS.items()}

DISCRIMINATOR: Final = "discriminator-changed"
DEPRECATED: Final = "schema-deprecated"
UNDEPRECATED: Final = "schema-undeprecated"
TEXTS: Final = {
    "title": ("schema-title-changed", "has another title"),
    "description": ("schema-description-changed", "has another description"),
    "examples": ("schema-example-changed", "has other examples"),
}
"""The rule of each annotation that only people read, and its description."""

_NO_SIDE: Final = "says nothing to either side that a payload could break"


def schema_rules() -> Iterator[DriftRule]:
    """Yield every rule on schemas."""
    for one, what, other, what_other, *neither in _KINDS.values():
        yield from in_both_directions(one, what, other)
        yield from in_both_directions(other, what_other, one)
        if neither:
            yield from in_both_directions(neither[0], neither[1], neither[0])
    yield from in_both_directions(DISCRIMINATOR, "tells alternatives apart by something else", DISCRIMINATOR)
    for rule, what in TEXTS.values():
        yield DriftRule(rule, Direction.NONE, what, rule, alone=_NO_SIDE)
    for rule, other, what in (
        (DEPRECATED, UNDEPRECATED, "marks as deprecated"),
        (UNDEPRECATED, DEPRECATED, "marks as deprecated no more"),
    ):
        yield DriftRule(rule, Direction.NONE, what, other, alone=_NO_SIDE)
