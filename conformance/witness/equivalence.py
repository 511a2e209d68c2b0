"""Proofs that a mutant is no misreading at all: no value can tell it from the contract."""

from __future__ import annotations

from dataclasses import fields
from functools import reduce
from math import ceil, floor

from conformance.contract.alternatives import MAX_SHAPES, follow, overlaps
from conformance.contract.keywords import Schema
from conformance.contract.shape import Shape
from conformance.jsonvalue import JSON
from conformance.mutation.mutant import Mutant
from conformance.regex.automaton import Language, bounded, searched
from conformance.regex.syntax import UndecidedPatternError
from conformance.witness.context import is_covered
from conformance.witness.values import Values


def prove(mutant: Mutant, contract: Schema, misread: Schema, values: Values, *, covered: bool) -> str:
    """Return why no value at the site is judged differently, `""` where that could not be proven.

    `contract` and `misread` are all that applies there, as each of the two reads it; `covered`
    tells that another alternative on the way takes every value of the types there.
    """
    mine, theirs = values.shapes(contract), values.shapes(misread)
    if not mine and not theirs:
        return "no value can reach this place"
    if covered or _branch_covered(mutant):
        return "another alternative takes every value of that type"
    if mutant.tells_overlap and _disjoint(contract, values):
        return "no value matches two of the alternatives"
    if (members := _enumerated([*mine, *theirs])) is not None:
        return _alike(members, contract, misread, values)
    if mutant.holds and _no_such_text(mutant.holds, mine):
        return "no string that may stand here holds such a character"
    if _exact(contract, values) and _exact(misread, values):
        return _same_shapes(mine, theirs)
    return ""


def _no_such_text(characters: str, shapes: list[Shape]) -> bool:
    """Tell whether the patterns leave no string with the characters that the misreading is about."""
    if len(shapes) != 1 or shapes[0].types != {"string"} or not shapes[0].patterns:
        return False
    try:
        held = _language(shapes[0])
        return not held.both(searched(characters)).reaches(shapes[0].min_length, shapes[0].max_length)
    except UndecidedPatternError:
        return False


def _branch_covered(mutant: Mutant) -> bool:
    if mutant.lost_branch is None:
        return False
    branches = mutant.site.schema["anyOf"]
    rest = [branch for index, branch in enumerate(branches) if index != mutant.lost_branch]
    return is_covered(branches[mutant.lost_branch], rest)


def _disjoint(contract: Schema, values: Values) -> bool:
    """Shapes allow more than their schema, so branches without a common shape have no common value."""
    return next(overlaps(contract, values.root, limit=10_000), None) is None


def _enumerated(shapes: list[Shape]) -> list[JSON] | None:
    """Return every value that the shapes allow, None where they are not finite or were cut."""
    if len(shapes) >= MAX_SHAPES:
        return None
    members: list[JSON] = []
    for shape in shapes:
        if shape.enum is not None:
            members += shape.enum
        elif shape.types <= {"null", "boolean"}:
            members += [v for t in shape.types for v in ((None,) if t == "null" else (False, True))]
        else:
            return None
    return members


def _alike(members: list[JSON], contract: Schema, misread: Schema, values: Values) -> str:
    if all(values.accepts(contract, v) == values.accepts(misread, v) for v in members):
        return f"the {len(members)} values that can stand here are judged alike"
    return ""


def _exact(schema: Schema, values: Values, depth: int = 8) -> bool:
    """Tell whether the schema's shapes say all that the schema says: nothing in it is left to the validator."""
    if isinstance(schema, bool):
        return True
    if depth == 0 or _BEYOND_SHAPES & schema.keys():
        return False
    parts = [*schema.get("allOf", ()), *schema.get("anyOf", ())]
    if "$ref" in schema:
        parts.append(follow(schema["$ref"], values.root))
    return all(_exact(part, values, depth - 1) for part in parts)


_BEYOND_SHAPES = frozenset(
    {"not", "if", "oneOf", "dependentSchemas", "unevaluatedProperties", "unevaluatedItems"}
)


def _same_shapes(mine: list[Shape], theirs: list[Shape]) -> str:
    if len(mine) == len(theirs) == 1:
        return _same_shape(mine[0], theirs[0])
    if len(mine) == len(theirs) and all(map(_say_the_same, mine, theirs)):
        return "both say the same"
    return ""


def _say_the_same(mine: Shape, theirs: Shape) -> bool:
    return not _differing(mine, theirs)


def _differing(mine: Shape, theirs: Shape) -> set[str]:
    """Return the fields in which two shapes differ; the order of required names is none."""
    names = {f.name for f in fields(Shape) if getattr(mine, f.name) != getattr(theirs, f.name)}
    if set(mine.required) == set(theirs.required):
        names.discard("required")
    return names - {"examples"}


def _same_shape(mine: Shape, theirs: Shape) -> str:
    differing = _differing(mine, theirs)
    texts = {"patterns", "min_length", "max_length"}
    bounds = {"minimum", "maximum", "exclusive_minimum", "exclusive_maximum", "multiple_of"}
    if not differing:
        return "both say the same"
    if mine.types == {"string"} and differing <= texts and same_language(mine, theirs):
        return "the same strings match: the automata are equal"
    if mine.types == {"integer"} and differing <= bounds and _interval(mine) == _interval(theirs):
        return "the same integers lie within the bounds"
    return ""


def same_language(mine: Shape, theirs: Shape) -> bool:
    """Tell whether patterns and lengths of the two are proven to allow the same strings."""
    try:
        return not _has_more(mine, theirs) and not _has_more(theirs, mine)
    except UndecidedPatternError:
        return False


def _has_more(a: Shape, b: Shape) -> bool:
    """Tell whether some string of `a` is none of `b`.

    Either a pattern of `b` refuses it, or its length lies within the bounds of `a` and outside those of `b`.
    """
    own, other = _language(a), _language(b)
    if own.minus(other).reaches(a.min_length, a.max_length):
        return True
    below = (a.min_length, b.min_length - 1 if a.max_length is None else min(a.max_length, b.min_length - 1))
    if below[0] <= below[1] and own.reaches(*below):
        return True
    if b.max_length is None:
        return False
    start = max(a.min_length, b.max_length + 1)
    return (a.max_length is None or start <= a.max_length) and own.reaches(start, a.max_length)


def _language(shape: Shape) -> Language:
    return reduce(Language.both, map(searched, shape.patterns)) if shape.patterns else bounded(0, None)


def _interval(shape: Shape) -> tuple[int | None, int | None, int]:
    """Return the least and the greatest integer of the shape, None for no bound, and the step between two."""
    step = (
        shape.multiple_of.numerator if shape.multiple_of else 1
    )  # a/b in lowest terms: integers among them step by a
    low = [ceil(v) for v in (shape.minimum,) if v is not None]
    low += [floor(v) + 1 for v in (shape.exclusive_minimum,) if v is not None]
    high = [floor(v) for v in (shape.maximum,) if v is not None]
    high += [ceil(v) - 1 for v in (shape.exclusive_maximum,) if v is not None]
    least = -(-max(low) // step) * step if low else None
    greatest = min(high) // step * step if high else None
    return least, greatest, step
