"""Cases at the edges of JSON itself: numbers, strings and nesting that only raw bytes can carry.

RFC 8259 leaves much to the reader (§4, §6, §8.2, §9), so most of these are open: a server may take them
or not, but it may not break.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from conformance.case import Intent, Request, RunLevel
from conformance.contract.bundle import ROOT
from conformance.contract.contract import Contract
from conformance.contract.keywords import Schema
from conformance.contract.shape import Shape
from conformance.jsonvalue import JSON, encode
from conformance.openapi.operation import Operation
from conformance.planning.draft import Draft
from conformance.planning.expectation import rejections, successes
from conformance.pointer import Pointer
from conformance.requirement import Requirement, Side
from conformance.rules import INVALID_ACCEPTED, OPEN_BEHAVIOUR, VALID_REJECTED
from conformance.witness.values import Values

_MARK: Final = "conformance-token-goes-here"
_MIB: Final = 1024 * 1024
_FREE: Final = Shape()

_NUMBERS: Final = (
    ("1.0", "1.0", "§6: whether 1.0 is an integer is the reader's choice"),
    ("2^53 + 1", str(2**53 + 1), "§6: beyond 2^53 a reader may round"),
    ("2^63", str(2**63), "§6: a reader may limit the range of numbers"),
    ("-2^63 - 1", str(-(2**63) - 1), "§6: a reader may limit the range of numbers"),
    ("1e400", "1e400", "§6: a reader may limit the range of numbers"),
    ("-0", "-0", "§6: a reader may tell -0 from 0"),
)
_NESTED: Final = (
    (20, ""),
    (100, "§9: a reader may limit the depth"),
    (1000, "§9: a reader may limit the depth"),
)


@dataclass(frozen=True, slots=True)
class _Spot:
    """A member of the body's top level where a token can stand."""

    name: str
    pointer: Pointer
    body: JSON
    shapes: tuple[Shape, ...]
    accepts: Callable[[JSON], bool]

    def takes_all(self, *values: JSON) -> bool:
        """Tell whether the contract accepts the body with each of the values here: tokens like them are its kind."""
        return all(self.accepts({**self.body, self.name: value}) for value in values)

    @property
    def is_free_text(self) -> bool:
        return any(_is_free_text(shape) for shape in self.shapes) and self.takes_all("a", "ab")

    @property
    def is_unbounded_text(self) -> bool:
        return self.is_free_text and any(_is_free_text(s) and s.max_length is None for s in self.shapes)

    def request(self, base: Request, token: bytes) -> Request:
        marked = encode({**self.body, self.name: _MARK})
        return replace(base, body=marked.replace(encode(_MARK), token))


def _nested(depth: int) -> JSON:
    value: JSON = []
    for _ in range(depth - 1):
        value = [value]
    return value


def _is_free_text(shape: Shape) -> bool:
    return (
        "string" in shape.types
        and shape.enum is None
        and not shape.patterns
        and not shape.formats
        and shape.min_length < 2
    )


def token_drafts(
    operation: Operation, plain: Request, contract: Contract, values: Values, level: RunLevel
) -> Iterator[Draft]:
    """Yield the drafts on raw tokens; `contract` is the body's."""
    spots = list(_spots(contract, values))
    number = next((s for s in spots if s.takes_all(0, 1, 2)), None)
    if number is not None:
        yield from _numbers(operation, plain, number)
    text = next((s for s in spots if s.is_free_text), None)
    if text is not None:
        yield from _texts(operation, plain, text)
    array = next((s for s in spots if s.takes_all([], _nested(3), _nested(_NESTED[0][0]))), None)
    if array is not None:
        yield from _nesting(operation, plain, array)
    large = next((s for s in spots if s.is_unbounded_text), None)
    if large is not None:
        yield from _large(operation, plain, large, level)


def _spots(contract: Contract, values: Values) -> Iterator[_Spot]:
    schema = contract.schema
    body = values.plain(schema)
    if not isinstance(body, dict):
        return
    shape = next(
        (s for s in values.shapes(schema) if "object" in s.types and body.keys() <= s.properties.keys()),
        _FREE,
    )
    for name in shape.properties:
        at = contract.stands_at(_declared(schema, name, (ROOT,)))
        yield _Spot(name, at, body, tuple(values.shapes(shape.member(name))), partial(values.accepts, schema))


def _declared(schema: Schema, name: str, at: Pointer) -> Pointer:
    """Return where the schema or one of its branches declares a member; `at` where a `$ref` hides it."""
    if not isinstance(schema, dict):
        return at
    if name in schema.get("properties", {}):
        return (*at, "properties", name)
    for keyword in ("allOf", "anyOf", "oneOf"):
        for index, branch in enumerate(schema.get(keyword, ())):
            found = _declared(branch, name, (*at, keyword, index))
            if found[-1] == name:
                return found
    return at


def _reading(operation: Operation, plain: Request) -> Pointer:
    """Return where a mistake in reading JSON as such stands: no member is to blame."""
    return (*operation.pointer, "requestBody", "content", dict(plain.headers)["Content-Type"])


def _draft(
    operation: Operation,
    spot: _Spot,
    request: Request,
    label: str,
    operator: str,
    reason: str,
    *,
    on_member: bool = False,
) -> Draft:
    """Return a draft that is valid, or open where there is a reason; `on_member`: the member's schema has a say."""
    outcome = f"{'takes or rejects' if reason else 'accepts'} {label}"
    side = Side.ACCEPTS if on_member or not reason else Side.REJECTS
    at = spot.pointer if on_member or not reason else _reading(operation, request)
    requirement = Requirement(operation.name, f"body/{spot.name}", "JSON", outcome, side, at, operator)
    fine, refused = successes(operation), rejections(operation)
    if not reason:
        return Draft(requirement, request, Intent.VALID, f"{spot.name}: {label}", fine, VALID_REJECTED)
    return Draft(
        requirement, request, Intent.OPEN, f"{spot.name}: {label}", (*fine, *refused, "413"), OPEN_BEHAVIOUR,
        reason=f"RFC 8259 {reason}",
    )  # fmt: skip


def _numbers(operation: Operation, plain: Request, spot: _Spot) -> Iterator[Draft]:
    for label, token, reason in _NUMBERS:
        request = spot.request(plain, token.encode())
        yield _draft(operation, spot, request, label, "token-number", reason, on_member=True)
    requirement = Requirement(
        operation.name,
        f"body/{spot.name}",
        "JSON",
        "rejects NaN",
        Side.REJECTS,
        _reading(operation, plain),
        "token-nan",
    )
    yield Draft(
        requirement, spot.request(plain, b"NaN"), Intent.INVALID, f"{spot.name}: NaN", rejections(operation),
        INVALID_ACCEPTED,
    )  # fmt: skip


def _texts(operation: Operation, plain: Request, spot: _Spot) -> Iterator[Draft]:
    lone = spot.request(plain, b'"a\\ud800"')
    yield _draft(
        operation, spot, lone, "a lone surrogate", "token-surrogate", "§8.2: a lone surrogate means nothing"
    )
    broken = spot.request(plain, b'"a\xff"')
    yield _draft(
        operation,
        spot,
        broken,
        "invalid UTF-8",
        "token-utf8",
        "§8.1 demands UTF-8 and leaves open who checks it",
    )
    twice = spot.request(plain, b'"a"')
    assert twice.body is not None  # noqa: S101 -- made just above
    doubled = replace(twice, body=b"{" + encode(spot.name) + b':"b",' + twice.body[1:])
    yield _draft(
        operation, spot, doubled, "a member twice", "token-twice", "§4: a member twice is the reader's choice"
    )


def _nesting(operation: Operation, plain: Request, spot: _Spot) -> Iterator[Draft]:
    for depth, reason in _NESTED:
        token = b"[" * depth + b"]" * depth
        yield _draft(operation, spot, spot.request(plain, token), f"{depth} levels", "token-depth", reason)


def _large(operation: Operation, plain: Request, spot: _Spot, level: RunLevel) -> Iterator[Draft]:
    """Yield a body of 1 MiB, and one of 6 MiB at the full level: it costs more than many small ones."""
    reason = "§9: a reader may limit the size of texts"
    for size, needed in ((1, RunLevel.STANDARD), (6, RunLevel.FULL)):
        if needed is level or level is RunLevel.FULL:
            request = spot.request(plain, encode("a" * (size * _MIB)))
            yield replace(
                _draft(operation, spot, request, f"{size} MiB", "token-large", reason), level=needed
            )
