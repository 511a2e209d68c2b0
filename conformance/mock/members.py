"""An answer's members: only those that its schema requires, or every one that it declares."""

from __future__ import annotations

from conformance.jsonvalue import JSON
from conformance.mock.endpoint import Schemas
from conformance.mock.sample import Accepts


def least(value: JSON, schemas: Schemas) -> JSON:
    """Return `value` without the members that its schema can do without, at every depth of objects."""
    return _least(value, schemas.validator.accepts)


def _least(value: JSON, accepts: Accepts) -> JSON:
    if not isinstance(value, dict):
        return value
    kept = dict(value)
    for name in value:
        without = {other: member for other, member in kept.items() if other != name}
        kept = without if accepts(without) else _with_least_member(kept, name, accepts)
    return kept


def _with_least_member(kept: dict[str, JSON], name: str, accepts: Accepts) -> dict[str, JSON]:
    return {**kept, name: _least(kept[name], lambda member: accepts({**kept, name: member}))}


def fullest(value: JSON, schemas: Schemas, sent: JSON) -> JSON:
    """Return `value` with every member that its schema declares; what it has stays as it is.

    A new member has the value that was `sent` under its name, if any. It is left out where no value
    for it is found that the schema accepts.
    """
    sample = schemas.full
    if isinstance(sample, dict) and isinstance(sent, dict):
        sample = {name: sent.get(name, member) for name, member in sample.items()}
    return _fullest(value, sample, schemas.validator.accepts)


def _fullest(value: JSON, sample: JSON, accepts: Accepts) -> JSON:
    if not isinstance(value, dict) or not isinstance(sample, dict):
        return value
    filled = dict(value)
    for name, member in sample.items():
        new = _with_full_member(filled, name, member, accepts)
        filled = new if accepts(new) else filled
    return filled


def _with_full_member(filled: dict[str, JSON], name: str, member: JSON, accepts: Accepts) -> dict[str, JSON]:
    if name not in filled:
        return {**filled, name: member}
    return {**filled, name: _fullest(filled[name], member, lambda inner: accepts({**filled, name: inner}))}
