"""Random objects of a shape: what is required, any optional members, and further ones where allowed."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

from conformance.contract.shape import Shape, conjunction
from conformance.jsonvalue import JSON
from conformance.regex.automaton import anchored
from conformance.regex.syntax import UndecidedPatternError
from conformance_strategies.drawing import Drawing
from conformance_strategies.source import UnsatisfiableError

_MAX_FURTHER: Final = 2
_MAX_NAME: Final = 12
_TRIES: Final = 8


def draw_object(shape: Shape, drawing: Drawing) -> dict[str, JSON]:
    """Return an object of the shape. Raises UnsatisfiableError where a needed member cannot be drawn."""
    members: dict[str, JSON] = {}
    _take(members, list(shape.required), shape, drawing)
    most = shape.max_properties
    if most is not None and len(members) > most:
        raise UnsatisfiableError("more members are required than allowed")
    for name in _optional(shape, drawing):
        if drawing.below(2):
            _offer(members, name, shape, drawing)
    missing = max(0, shape.min_properties - len(members))
    for _ in range(missing + drawing.below(_MAX_FURTHER + 1)):
        if (further := _further_name(shape, drawing)) is not None:
            _offer(members, further, shape, drawing)
    _fill(members, shape, drawing)
    return members


def _optional(shape: Shape, drawing: Drawing) -> list[str]:
    """Return the declared optional members that have a value, in the document's order."""
    names = [name for name in shape.properties if name not in shape.required]
    return [name for name in names if drawing.can(shape.member(name))]


def _take(members: dict[str, JSON], names: list[str], shape: Shape, drawing: Drawing) -> None:
    """Add the members, and those that `dependentRequired` asks for because of them (validation §6.5.4)."""
    for name in names:  # grows while it is walked
        if name not in members:
            members[name] = drawing.value(shape.member(name))
            names.extend(shape.dependent_required.get(name, ()))


def _offer(members: dict[str, JSON], name: str, shape: Shape, drawing: Drawing) -> None:
    """Add a member with all that depends on it, or nothing where that is not allowed."""
    grown = dict(members)
    try:
        _take(grown, [name], shape, drawing)
    except UnsatisfiableError:
        return
    if shape.max_properties is None or len(grown) <= shape.max_properties:
        members.update(grown)


def _fill(members: dict[str, JSON], shape: Shape, drawing: Drawing) -> None:
    """Add members up to `minProperties`. Raises UnsatisfiableError where no more names are found."""
    waiting = [name for name in _optional(shape, drawing) if name not in members]
    tries = _TRIES + 2 * shape.min_properties
    while len(members) < shape.min_properties:
        if waiting:
            _offer(members, waiting.pop(0), shape, drawing)
        elif tries and (name := _further_name(shape, drawing)) is not None:
            tries -= 1
            _offer(members, name, shape, drawing)
        else:
            raise UnsatisfiableError("too few members can be had")


def _further_name(shape: Shape, drawing: Drawing) -> str | None:
    """Return a name that the shape does not declare and that has a value, None where none is found."""
    name = _drawn_name(shape, drawing)
    if name is None or name in shape.properties or not drawing.can(shape.member(name)):
        return None
    return name if shape.names is True or drawing.can(conjunction(shape.names, {"const": name})) else None


def _drawn_name(shape: Shape, drawing: Drawing) -> str | None:
    patterns = list(shape.pattern_properties)
    if patterns and (drawing.below(2) or shape.additional is False):
        return _name_like(patterns[drawing.below(len(patterns))], drawing)
    if shape.additional is False:
        return None
    if shape.names is not True:
        named = conjunction({"type": "string"}, shape.names)
        return str(drawing.value(named)) if drawing.can(named) else None
    return str(drawing.draw(st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=_MAX_NAME)))


def _name_like(pattern: str, drawing: Drawing) -> str | None:
    try:
        found = anchored(pattern)
    except UndecidedPatternError:
        return None
    if found.is_empty():
        return None
    low, high = found.lengths()
    top = low + _MAX_NAME if high is None else min(high, low + _MAX_NAME)
    return found.walk(low + drawing.below(top - low + 1), drawing.below, _MAX_NAME)
