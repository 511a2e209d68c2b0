"""The smallest value that a schema accepts, for answers nobody wrote code for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, Final, TypeAlias
from uuid import uuid4

from conformance.contract.alternatives import shapes
from conformance.contract.keywords import Schema
from conformance.contract.shape import Shape
from conformance.contract.validator import compile_schema
from conformance.jsonvalue import JSON, type_name

_FORMATS: Final[Mapping[str, str]] = {
    "uuid": "3c90c3cc-0d44-4b50-8888-8dd25736052a",
    "date-time": "2025-01-01T00:00:00Z",
    "date": "2025-01-01",
    "time": "00:00:00Z",
    "duration": "P1D",
    "email": "user@example.com",
    "idn-email": "user@example.com",
    "hostname": "example.com",
    "idn-hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "uri-reference": "/",
    "iri": "https://example.com/",
    "iri-reference": "/",
    "uri-template": "/",
    "json-pointer": "",
    "relative-json-pointer": "0",
    "regex": "a",
}
_ORDER: Final = ("object", "array", "string", "boolean", "integer", "number", "null")
_MAX_DEPTH: Final = 12
_MAX_FULL_DEPTH: Final = 4
"""So deep go the optional members of a value that has them all; recursive schemas have no end."""

Accepts: TypeAlias = Callable[[JSON], bool]


class NoSampleError(ValueError):
    """No value was found that the schema accepts."""


def smallest(bundle: Mapping[str, Any]) -> JSON:
    """Return a small value that the bundled schema accepts. Raises NoSampleError where none was found."""
    validator = compile_schema(dict(bundle))
    for value in _values(dict(bundle), bundle, _MAX_DEPTH):
        if validator.accepts(value):
            return value
    raise NoSampleError("no value found that the schema accepts")


def largest(bundle: Mapping[str, Any]) -> JSON:
    """Return a value with every member that the bundled schema declares, defaults where it names them.

    Arrays hold one item. A member is left out where no value for it is found. Raises NoSampleError
    where the schema accepts nothing that is found.
    """
    return _largest(dict(bundle), bundle, _MAX_FULL_DEPTH)


def _largest(schema: Schema, root: Mapping[str, Any], depth: int) -> JSON:
    accepts = compile_schema({**root, "$ref": "#/member", "member": schema}).accepts
    if isinstance(schema, dict) and "default" in schema and accepts(schema["default"]):
        return schema["default"]
    for value in _first(schema, root, _MAX_DEPTH):
        shape = next((s for s in shapes(schema, root) if type_name(value) in s.types), None)
        if shape is None or depth == 0:
            return value
        if isinstance(value, list):
            return _with_item(value, shape, root, depth, accepts)
        return _with_members(value, shape, root, depth, accepts) if isinstance(value, dict) else value
    raise NoSampleError("no value found that the schema accepts")


def _with_item(
    value: list[JSON], shape: Shape, root: Mapping[str, Any], depth: int, accepts: Accepts
) -> list[JSON]:
    with suppress(NoSampleError):
        larger = [*value, _largest(shape.item(len(value)), root, depth - 1)]
        return larger if not value and accepts(larger) else value
    return value


def _with_members(
    value: dict[str, JSON], shape: Shape, root: Mapping[str, Any], depth: int, accepts: Accepts
) -> dict[str, JSON]:
    for name, member in shape.properties.items():
        with suppress(NoSampleError):
            larger = {**value, name: _largest(member, root, depth - 1)}
            value = larger if accepts(larger) else value
    return value


def fresh_id(schema: Schema, bundle: Mapping[str, Any]) -> JSON:
    """Return a new random id that the member's schema accepts: a UUID, else a number, else the smallest."""
    validator = compile_schema({**bundle, "$ref": "#/member", "member": schema})
    new = uuid4()
    for value in (str(new), new.int >> 97, new.hex):
        if validator.accepts(value):
            return value
    return smallest({**bundle, "$ref": "#/member", "member": schema})


def _values(schema: Schema, root: Mapping[str, Any], depth: int) -> Iterator[JSON]:
    """Yield candidates, one or a few for each shape of the schema."""
    if depth == 0:
        return
    for shape in shapes(schema, root):
        if shape.enum is not None:
            yield from shape.enum
            continue
        for kind in sorted(shape.types, key=_ORDER.index):
            yield from _of_type(kind, shape, root, depth)


def _of_type(kind: str, shape: Shape, root: Mapping[str, Any], depth: int) -> Iterator[JSON]:
    match kind:
        case "object":
            yield from _objects(shape, root, depth)
        case "array":
            yield from _arrays(shape, root, depth)
        case "string":
            yield from _strings(shape)
        case "boolean":
            yield from (False, True)
        case "null":
            yield None
        case _:
            yield from _numbers(shape)


def _objects(shape: Shape, root: Mapping[str, Any], depth: int) -> Iterator[JSON]:
    value: dict[str, JSON] = {}
    for name in shape.required:
        found = list(_first(shape.member(name), root, depth))
        if not found:
            return
        value[name] = found[0]
    for number in range(max(0, shape.min_properties - len(value))):
        name = next((n for n in shape.properties if n not in value), f"member{number}")
        value[name] = next(iter(_first(shape.member(name), root, depth)), None)
    yield value


def _first(schema: Schema, root: Mapping[str, Any], depth: int) -> Iterator[JSON]:
    """Yield the first candidate that the member's own schema accepts, or nothing."""
    validator = compile_schema({**root, "$ref": "#/member", "member": schema})
    yield from (v for v in _values(schema, root, depth - 1) if validator.accepts(v))


def _arrays(shape: Shape, root: Mapping[str, Any], depth: int) -> Iterator[JSON]:
    wanted = [shape.item(index) for index in range(min(shape.min_items, 1000))]
    wanted += [c.schema for c in shape.contains for _ in range(c.low)]
    items = [next(iter(_first(schema, root, depth)), None) for schema in wanted]
    yield items


def _strings(shape: Shape) -> Iterator[str]:
    for name in shape.formats:
        if name in _FORMATS:
            yield _FORMATS[name]
    if shape.patterns:
        from conformance.regex.automaton import searched
        from conformance.regex.syntax import UndecidedPatternError

        try:
            yield from searched(shape.patterns[0]).shortest(8)
        except UndecidedPatternError:
            return
    yield from ("a" * shape.min_length, "string".ljust(shape.min_length, "g"))


def _numbers(shape: Shape) -> Iterator[JSON]:
    step = shape.multiple_of or 1
    bounds = (shape.minimum, shape.exclusive_minimum, shape.maximum, shape.exclusive_maximum)
    yield 0
    low = next((b for b in bounds[:2] if b is not None), None)
    high = next((b for b in bounds[2:] if b is not None), None)
    if low is not None and high is not None:
        yield float((low + high) / 2)
    for bound in bounds:
        if bound is not None:
            nearest = bound // step * step
            for candidate in (nearest, nearest + step, nearest - step, bound):
                yield int(candidate) if candidate == int(candidate) else float(candidate)
