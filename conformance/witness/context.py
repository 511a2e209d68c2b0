"""Contexts: what else applies to the value at a site, and the whole payload around such a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from conformance.contract.alternatives import follow
from conformance.contract.bundle import ROOT
from conformance.contract.keywords import Schema
from conformance.contract.shape import conjunction
from conformance.contract.site import Step
from conformance.jsonvalue import JSON
from conformance.regex.automaton import anchored, searched
from conformance.regex.syntax import UndecidedPatternError
from conformance.witness.values import Values

_STRANGER = "unexpected"
_TYPE_ALONE = frozenset({"type", "title", "description", "examples", "example", "default", "deprecated"})


@dataclass(frozen=True, slots=True)
class Frame:
    """One level of the payload: `parent` is all that applies to it, the value stands under `key`.

    A str is a member's name, an int an item's index, and None says that the value is a member's name itself.
    """

    parent: Schema
    key: str | int | None


@dataclass(frozen=True, slots=True)
class Context:
    """The way to one site: the `frames` around it, and the schemas that apply there.

    `focus` is the schema at the site itself, `others` are those that judge the same value.
    `covered` tells that another alternative on the way takes every value of the types at hand.
    """

    frames: tuple[Frame, ...]
    focus: Schema
    others: tuple[Schema, ...]
    covered: bool = False

    @property
    def effective(self) -> Schema:
        """All that applies to the value at the site."""
        return conjunction(self.focus, *self.others)

    def surroundings(self, values: Values, *, full: bool = False) -> Surroundings:
        """Return everything around the site, built once: plain, or `full` with every optional member.

        Raises ValueError where no such payload can be built.
        """
        return Surroundings(tuple((f.key, _around(f, values, full=full)) for f in reversed(self.frames)))

    def other_surroundings(self, values: Values, limit: int) -> Iterator[Surroundings]:
        """Yield plain surroundings in which the innermost level is another of its schema's alternatives."""
        if not self.frames or not isinstance(self.frames[-1].key, str):
            return
        with suppress(ValueError):
            levels = self.surroundings(values).levels
            for rest in islice(
                values.each(conjunction(self.frames[-1].parent, {"type": "object"})), 1, limit
            ):
                yield Surroundings(((levels[0][0], rest), *levels[1:]))

    def embed(self, value: JSON, values: Values, *, full: bool = False) -> JSON:
        """Return a payload with `value` at the site. Raises ValueError where none can be built."""
        return self.surroundings(values, full=full).embed(value)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The levels around a site, the innermost first: the key at which the value stands, and the rest."""

    levels: tuple[tuple[str | int | None, JSON], ...]

    def embed(self, value: JSON) -> JSON:
        """Return a payload with `value` at the site, sharing the parts around it.

        Raises ValueError where the site is a member's name and the value is no string.
        """
        for key, rest in self.levels:
            value = _placed(key, rest, value)
        return value


def _placed(key: str | int | None, rest: JSON, value: JSON) -> JSON:
    if key is None:
        members, member = rest
        if not isinstance(value, str):
            raise ValueError("a member's name is a string")
        return {**members, value: member}
    if isinstance(key, str):
        return {**rest, key: value}
    return [*rest[:key], value, *rest[key + 1 :]]


def _around(frame: Frame, values: Values, *, full: bool) -> JSON:
    build = values.full if full else values.plain
    if frame.key is None:
        return build(conjunction(frame.parent, {"type": "object"})), _any_member(frame, values)
    if isinstance(frame.key, str):
        with suppress(ValueError):  # with the member comes what depends on it
            return build(conjunction(frame.parent, {"type": "object", "required": [frame.key]}))
        return build(conjunction(frame.parent, {"type": "object"}))
    return build(conjunction(frame.parent, {"type": "array", "minItems": frame.key + 1}))


def _any_member(frame: Frame, values: Values) -> JSON:
    shapes = values.shapes(frame.parent)
    return values.plain(shapes[0].additional if shapes else True)


def context(bundle: Mapping[str, Any], steps: tuple[Step, ...], values: Values) -> Context:
    """Return the context of the site that `steps` lead to from the bundle's root schema.

    Raises ValueError where no name can be found for a member on the way.
    """
    here = Context((), bundle[ROOT], ())
    for step in steps:
        here = _in_place(here, step, bundle) or _below(here, step, values)
    return here


def _in_place(here: Context, step: Step, bundle: Mapping[str, Any]) -> Context | None:
    """Follow an applicator that judges the same value; None where the step leads below it."""
    focus = here.focus
    assert isinstance(focus, dict)  # noqa: S101 -- no step leads out of a boolean schema
    match step:
        case ("$ref",):
            return _narrow(here, follow(focus["$ref"], bundle), _less(focus, "$ref"))
        case ("allOf", int(index)):
            rest = [part for i, part in enumerate(focus["allOf"]) if i != index]
            return _narrow(here, focus["allOf"][index], _less(focus, "allOf"), *rest)
        case (("anyOf" | "oneOf") as keyword, int(index)):
            inside = _narrow(here, focus[keyword][index], _less(focus, keyword))
            rest = [branch for i, branch in enumerate(focus[keyword]) if i != index]
            return replace(
                inside, covered=here.covered or (keyword == "anyOf" and is_covered(inside.focus, rest))
            )
        case ("if" | "not",):
            return _narrow(here, focus[str(step[0])], _less(focus, "if", "then", "else", "not"))
        case ("then",):
            return _narrow(here, focus["then"], _less(focus, "if", "then", "else"), focus.get("if", True))
        case ("else",):
            return _narrow(here, focus["else"], _less(focus, "if", "then", "else"), {"not": focus["if"]})
        case ("dependentSchemas", name):
            return _narrow(
                here, focus["dependentSchemas"][name], _less(focus, "dependentSchemas"), {"required": [name]}
            )
    return None


def is_covered(branch: Schema, others: Sequence[Schema]) -> bool:
    """Tell whether one of the other branches takes, by its type alone, all that this branch's type allows."""
    types = _named_types(branch)
    return bool(types) and any(
        isinstance(other, dict) and other.keys() <= _TYPE_ALONE and types <= _named_types(other)
        for other in others
    )


def _named_types(schema: Schema) -> set[str]:
    named = schema.get("type", ()) if isinstance(schema, dict) else ()
    return {named} if isinstance(named, str) else set(named)


def _less(schema: dict[str, Any], *keywords: str) -> dict[str, Any]:
    # what is unevaluated is so only beside all applicators (core §11): alone, it would refuse everything
    gone = {*keywords, "unevaluatedProperties", "unevaluatedItems"}
    return {key: value for key, value in schema.items() if key not in gone}


def _narrow(here: Context, focus: Schema, *others: Schema) -> Context:
    return replace(here, focus=focus, others=(*here.others, *(o for o in others if o not in ({}, True))))


def _below(here: Context, step: Step, values: Values) -> Context:
    """Follow a step to a member, an item, or the members' names."""
    parent, focus = here.effective, here.focus
    assert isinstance(focus, dict)  # noqa: S101 -- no step leads out of a boolean schema
    key = _key(step, parent, values)
    below: Schema = focus[str(step[0])] if len(step) == 1 else focus[str(step[0])][step[1]]
    beside = _beside(focus, step, key)
    others = tuple(_applied(other, key, values) for other in (*beside, *here.others))
    kept = tuple(o for o in others if o not in ({}, True))
    return Context((*here.frames, Frame(parent, key)), below, kept, here.covered)


def _beside(focus: dict[str, Any], step: Step, key: str | int | None) -> tuple[Schema, ...]:
    """Return what else in the focus judges the same member: a declared name may match a pattern too."""
    keyword = str(step[0])
    if keyword in ("properties", "patternProperties") and isinstance(key, str):
        rest = dict(focus)
        rest[keyword] = {n: s for n, s in focus[keyword].items() if n != step[1]}
        rest.pop("additionalProperties", None)
        rest.pop("unevaluatedProperties", None)
        return ({k: v for k, v in rest.items() if k in ("properties", "patternProperties")},)
    return ()


def _key(step: Step, parent: Schema, values: Values) -> str | int | None:
    match step:
        case ("properties", name):
            return str(name)
        case ("patternProperties", pattern):
            return _name_like(str(pattern))
        case ("additionalProperties",) | ("unevaluatedProperties",):
            return _new_name(parent, values)
        case ("propertyNames",):
            return None
        case ("prefixItems", index):
            return int(index)
        case ("contains",):
            return 0
        case _:
            shapes = values.shapes(parent)
            # behind what stands there for `prefixItems` and `contains`
            return len(shapes[0].prefix) + sum(c.low for c in shapes[0].contains) if shapes else 0


def _name_like(pattern: str) -> str:
    for read in (anchored, searched):
        try:
            if found := read(pattern).shortest(1):
                return found[0]
        except UndecidedPatternError:
            continue
    raise ValueError(f"no member name found for {pattern!r}")


def _new_name(parent: Schema, values: Values) -> str:
    """Return a name that the parent neither declares nor matches by a pattern."""
    shape = values.shapes(parent)[0]
    names = (
        values.edges(conjunction({"type": "string"}, shape.names)) if shape.names is not True else iter(())
    )
    for name in (_STRANGER, f"{_STRANGER}_", *names):
        if name not in shape.properties and values.accepts(shape.names, name):
            member = shape.member(name)
            if member == shape.additional:
                return str(name)
    raise ValueError("no name is left for an additional member")


def _applied(schema: Schema, key: str | int | None, values: Values) -> Schema:
    """Return what `schema` says of its member or item under `key`."""
    shapes = values.shapes(schema)
    if not shapes:
        return True
    if key is None:
        return shapes[0].names
    return shapes[0].member(key) if isinstance(key, str) else shapes[0].item(key)
