"""Parameters compared, and headers of responses, which are written alike (OpenAPI 3.1 §4.8.12, §4.8.21)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from conformance.diff.change import Change, Direction, DriftVerdict
from conformance.diff.operations.rules import CHANGED, FORM, PARTS
from conformance.diff.operations.side import Owners, Scope, Side, side
from conformance.diff.operations.written import written
from conformance.sending.target import placeholders

_Name: TypeAlias = tuple[str, str | int]


def compare_parameters(
    scope: Scope, base: tuple[str, Owners], revision: tuple[str, Owners]
) -> Iterator[Change]:
    """Yield the changes between the parameters of two operations, each given by path and owners.

    A parameter of the path is known by its place there: its name is nothing that a client sends.
    """
    mine, theirs = _parameters(*base), _parameters(*revision)
    yield from _renamed(scope, mine, theirs)
    yield from _compared(scope, Direction.REQUEST, mine, theirs)


def compare_headers(scope: Scope, base: Side, revision: Side) -> Iterator[Change]:
    """Yield the changes between the headers of two responses; `Content-Type` is none of them (§4.8.17)."""
    mine, theirs = _headers(base), _headers(revision)
    yield from _compared(scope, Direction.RESPONSE, mine, theirs)


def _parameters(path: str, owners: Owners) -> dict[_Name, Side]:
    found: dict[_Name, Side] = {}
    names = placeholders(path)
    for owner in owners[1:]:
        for index in range(len(owner.get("parameters") or ())):
            parameter = side(owner.document, (*owner.pointer, "parameters", index))
            found[_name(parameter, names)] = parameter
    ignored = {("header", name) for name in ("accept", "content-type", "authorization")}
    return {name: parameter for name, parameter in found.items() if name not in ignored}


def _name(parameter: Side, names: tuple[str, ...]) -> _Name:
    where, name = str(parameter.get("in")), str(parameter.get("name"))
    if where == "path" and name in names:
        return where, names.index(name)
    return where, name.lower() if where == "header" else name


def _headers(response: Side) -> dict[_Name, Side]:
    found = {("header", name.lower()): header for name, header in response.members("headers").items()}
    return {name: header for name, header in found.items() if name[1] != "content-type"}


def _renamed(scope: Scope, base: Mapping[_Name, Side], revision: Mapping[_Name, Side]) -> Iterator[Change]:
    for name, mine in base.items():
        theirs = revision.get(name, mine)
        if mine.get("name") != theirs.get("name") and name[0] == "path":
            named = f"{{{mine.get('name')}}} → {{{theirs.get('name')}}}"
            yield scope.change(CHANGED["path parameter"], DriftVerdict.COMPATIBLE, named, mine, theirs)


def _compared(
    scope: Scope, direction: Direction, base: Mapping[_Name, Side], revision: Mapping[_Name, Side]
) -> Iterator[Change]:
    for name, mine in base.items():
        if name in revision:
            yield from _one(scope, direction, name, mine, revision[name])
        else:
            yield _only(scope, direction, "removed", name, mine, None)
    for name, theirs in revision.items():
        if name not in base:
            yield _only(scope, direction, "added", name, None, theirs)


def _only(
    scope: Scope, direction: Direction, what: str, name: _Name, base: Side | None, revision: Side | None
) -> Change:
    """Return the change of what one side alone has.

    To send what is not declared any more is allowed, yet what it asked for is not to be had. A header
    that the base promised and that never comes breaks whoever reads it.
    """
    held = base or revision
    required = held is not None and _is_required(held)
    sent = direction is Direction.REQUEST
    broken = (required or base is not None) if sent else (required and base is not None)
    return scope.change(
        PARTS[direction][what, required],
        DriftVerdict.BREAKING if broken else DriftVerdict.COMPATIBLE,
        f"{_shown(name, held)} {what}",
        base,
        revision,
        "a server may ignore it: what it asked for is not promised any more" if sent and base else "",
    )


def _one(scope: Scope, direction: Direction, name: _Name, base: Side, revision: Side) -> Iterator[Change]:
    mine, theirs = _is_required(base), _is_required(revision)
    if mine is not theirs:
        broken = theirs is (direction is Direction.REQUEST)
        verdict = DriftVerdict.BREAKING if broken else DriftVerdict.COMPATIBLE
        word = "required" if theirs else "optional"
        said = f"{_shown(name, base)}: {'required' if mine else 'optional'} → {word}"
        yield scope.change(PARTS[direction]["turned", theirs], verdict, said, base, revision)
    own, other = written(base, revision, name[0])
    if own != other:
        reader, writer = (other, own) if direction is Direction.REQUEST else (own, other)
        verdict = DriftVerdict.COMPATIBLE if reader.reads(writer) else DriftVerdict.BREAKING
        said = f"{_shown(name, base)}: {own} → {other}"
        yield scope.change(FORM[direction], verdict, said, base, revision)
    yield from scope.schemas.compare(base.schema, revision.schema, direction, scope.operation)


def _is_required(parameter: Side) -> bool:
    return parameter.get("in") == "path" or bool(parameter.get("required", False))


def _shown(name: _Name, held: Side | None) -> str:
    own = held.get("name") if held is not None else None
    return f"{name[0]} {own or name[1]}"
