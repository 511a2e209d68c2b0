"""Values for what nobody sent, drawn from the strategies as the suite draws its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias
from uuid import uuid4

from conformance.contract.alternatives import follow
from conformance.contract.keywords import Schema
from conformance.contract.validator import compile_schema
from conformance.jsonvalue import JSON
from conformance_strategies import Source, UnsatisfiableError

Accepts: TypeAlias = Callable[[JSON], bool]


class NoSampleError(ValueError):
    """No value was found that the schema accepts."""


def smallest(bundle: Mapping[str, Any]) -> JSON:
    """Return a small value that the bundled schema accepts. Raises NoSampleError where none was found."""
    return _found(Source(bundle).plain, bundle)


def largest(bundle: Mapping[str, Any]) -> JSON:
    """Return a value with every member that the bundled schema declares, as far as one is found.

    Raises NoSampleError where the schema accepts nothing that is found.
    """
    return _found(Source(bundle).full, bundle)


def _found(build: Callable[[Schema], JSON], bundle: Mapping[str, Any]) -> JSON:
    try:
        return build(follow(bundle["$ref"], bundle) if "$ref" in bundle else dict(bundle))
    except UnsatisfiableError as error:
        raise NoSampleError("no value found that the schema accepts") from error


def fresh_id(schema: Schema, bundle: Mapping[str, Any]) -> JSON:
    """Return a new random id that the member's schema accepts: a UUID, else a number, else the smallest."""
    validator = compile_schema({**bundle, "$ref": "#/member", "member": schema})
    new = uuid4()
    for value in (str(new), new.int >> 97, new.hex):
        if validator.accepts(value):
            return value
    return smallest({**bundle, "$ref": "#/member", "member": schema})
