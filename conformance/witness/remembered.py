"""The results of a search over many mutants, recalled where they were kept and kept where they were not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from conformance.jsonvalue import JSON
from conformance.mutation.mutant import Mutant
from conformance.requirement import Side
from conformance.witness.search import Search, Unwitnessed, Witness
from conformance.witness_cache import WitnessCache, key_of

_SHOWN: Final = 200
"""Characters of a string at the site that are kept: enough to show it."""

Found = Witness | Unwitnessed


def find_all(search: Search, misread: Sequence[Mutant], scope: str, memory: WitnessCache) -> list[Found]:
    """Return the witness of each mutant or why there is none; `scope` names which mutants these are."""
    key = key_of({"scope": scope, **search.contract.root})
    kept = _read(search, misread, memory.recall(key))
    if kept is not None:
        return kept
    found = [search.find(mutant) for mutant in misread]
    memory.keep(key, [_written(one) for one in found])
    return found


def _read(search: Search, misread: Sequence[Mutant], data: JSON) -> list[Found] | None:
    """Return what was kept, None where it is not what `find_all` keeps or does not hold."""
    if not isinstance(data, list) or len(data) != len(misread):
        return None
    try:
        found = [_found(mutant, one) for mutant, one in zip(misread, data, strict=True)]
    except (KeyError, TypeError, ValueError):
        return None
    witnesses = (one for one in found if isinstance(one, Witness))
    return found if all(search.side_of(one.payload) is one.side for one in witnesses) else None


def _found(mutant: Mutant, data: dict[str, Any]) -> Found:
    if "reason" in data:
        return Unwitnessed(mutant, bool(data["equivalent"]), str(data["reason"]))
    return Witness(mutant, data["payload"], data["value"], Side(data["side"]), str(data["open"]))


def _written(found: Found) -> dict[str, JSON]:
    if isinstance(found, Unwitnessed):
        return {"equivalent": found.equivalent, "reason": found.reason}
    value = found.value[:_SHOWN] if isinstance(found.value, str) else found.value
    return {"side": found.side.value, "payload": found.payload, "value": value, "open": found.open_reason}
