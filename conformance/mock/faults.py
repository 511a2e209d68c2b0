"""Faults and lawful modes as data: what the mock does otherwise on request, each with what it deserves."""

from __future__ import annotations

import difflib
import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from conformance import pointer as pointers
from conformance.contract.validator import compile_schema
from conformance.errors import DocumentError, UsageError
from conformance.jsonvalue import JSON
from conformance.mock.endpoint import Endpoint, Schemas
from conformance.mock.facts import FACTS
from conformance.mock.policy import ALWAYS, Condition, Policy, ResponseEffect
from conformance.mock.repeats import Last
from conformance.pointer import REMOVED, Pointer

GATES: Final = ("method", "key", "path", "known", "media-type", "body", "json", "schema", "handled")
"""The steps of the judgement, in order; `at` in a response effect names the one that answered."""

_FIELDS: Final = frozenset({"name", "operation", "about", "finds", "effects"})
_CONDITION: Final = frozenset({"when", "when-request"})
_CHANGE: Final = frozenset({"set", "json", "remove", "copy"})
_RESPONSE: Final = frozenset(
    {"at", "on", "status", "if-documented", "content-type", "text", "member", "members", "delay", "chunked",
     "charset", "last"}
)  # fmt: skip
_MEMBERS: Final = ("required", "declared")
EVERY: Final = "*"
"""In place of an operation's name: all of them."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One change to the request schema that the mock validates with.

    `pointer` and `copy` lead from the body schema; without `copy`, `value` is set (or REMOVED).
    """

    pointer: Pointer
    value: JSON = None
    copy: Pointer | None = None

    def apply(self, schema: JSON) -> JSON:
        """Return the schema with the change made. Raises KeyError where there is nothing to change."""
        value = self.value if self.copy is None else pointers.get(schema, self.copy)
        if value is REMOVED:
            pointers.get(schema, self.pointer)
        return pointers.put(schema, self.pointer, value)


@dataclass(frozen=True, slots=True)
class Fault:
    """One named violation, or a part of a lawful mode. `finds` lists what it deserves as `RULE SIDE POINTER`."""

    name: str
    operation: str
    about: str
    finds: tuple[str, ...]
    skips: tuple[str, ...] = ()
    edits: tuple[tuple[Condition, Edit], ...] = ()
    responses: tuple[ResponseEffect, ...] = ()


def load_faults(path: Path, kind: str = "fault") -> tuple[Fault, ...]:
    """Read the entries of one kind from a TOML file. Raises DocumentError, naming the entry, for a bad one."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DocumentError(f"{path}: {error}") from error
    found = []
    for entry in content.get(kind, []):
        try:
            found.append(_fault(entry) if kind == "fault" else _mode(entry))
        except (KeyError, TypeError, ValueError, DocumentError) as error:
            name = entry.get("name", "without name")
            raise DocumentError(f"{path}: {kind} {name}: {type(error).__name__}: {error}") from error
    return tuple(found)


def _fault(entry: Mapping[str, Any]) -> Fault:
    _only(entry, _FIELDS)
    skips: list[str] = []
    conditions: dict[str, Condition] = {}
    edits: list[tuple[Condition, Edit]] = []
    responses: list[ResponseEffect] = []
    for effect in entry["effects"]:
        if "skip" in effect:
            _only(effect, {"skip"})
            skips.append(effect["skip"])
        elif "edit" in effect:
            _only(effect, {"edit"} | _CHANGE | _CONDITION)
            edits.append((_condition(effect, conditions), _edit(effect)))
        else:
            _only(effect, _RESPONSE | _CHANGE | _CONDITION)
            responses.append(_response(effect, conditions))
    return Fault(
        name=entry["name"],
        operation=entry["operation"],
        about=entry["about"],
        finds=tuple(entry["finds"]),
        skips=tuple(skips),
        edits=tuple(edits),
        responses=tuple(responses),
    )


def _mode(entry: Mapping[str, Any]) -> Fault:
    """Return a part of a mode: a server may read and answer otherwise by law, but skips no check."""
    mode = _fault(entry)
    if mode.skips or any(condition is not ALWAYS for condition, _ in mode.edits):
        raise ValueError("a mode has neither `skip` nor a conditional `edit`")
    return mode


def _only(entry: Mapping[str, Any], allowed: Iterable[str]) -> None:
    if unknown := sorted(set(entry) - set(allowed)):
        raise ValueError(f"unknown field {unknown[0]}")


def _condition(effect: Mapping[str, Any], known: dict[str, Condition]) -> Condition:
    """Return the effect's condition, one and the same for equal ones, so that their edits add up."""
    if not _CONDITION & set(effect):
        return ALWAYS
    request = effect.get("when-request", {})
    _only(request, FACTS)
    label = json.dumps([effect.get("when"), request], sort_keys=True)
    if label not in known:
        body = compile_schema(effect["when"]) if "when" in effect else None
        known[label] = Condition(body, tuple(request.items()))
    return known[label]


def _edit(effect: Mapping[str, Any]) -> Edit:
    copy = pointers.parse(effect["copy"]) if "copy" in effect else None
    return Edit(pointers.parse(effect["edit"]), None if copy is not None else _value(effect), copy)


def _value(effect: Mapping[str, Any]) -> JSON:
    """Return what to set: `set` in TOML, `json` for what TOML cannot say (null), or the removal."""
    if effect.get("remove", False):
        return REMOVED
    return json.loads(effect["json"]) if "json" in effect else effect["set"]


def _response(effect: Mapping[str, Any], conditions: dict[str, Condition]) -> ResponseEffect:
    at = _listed(effect.get("at", ()))
    if unknown := [gate for gate in at if gate not in GATES]:
        raise ValueError(f"unknown gate {unknown[0]}")
    return ResponseEffect(
        condition=_condition(effect, conditions),
        at=at,
        on=_listed(effect.get("on", ())),
        status=effect.get("status"),
        content_type=effect.get("content-type"),
        text=effect["text"].encode() if "text" in effect else None,
        member=pointers.parse(effect["member"]) if "member" in effect else None,
        value=_value(effect) if "member" in effect else None,
        if_documented=effect.get("if-documented", False),
        members=_one_of(_MEMBERS, effect["members"]) if "members" in effect else "",
        delay=effect.get("delay", 0) / 1000,
        is_chunked=effect.get("chunked"),
        charset=effect.get("charset", ""),
        last=Last(pointers.parse(effect["last"])) if "last" in effect else None,
    )


def _one_of(known: Sequence[str], word: str) -> str:
    if word not in known:
        raise ValueError(f"{word} is none of {', '.join(known)}")
    return word


def _listed(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def choose(faults: Sequence[Fault], names: Iterable[str], kind: str = "fault") -> tuple[Fault, ...]:
    """Return the faults, or the parts of modes, of these names.

    Raises UsageError naming the nearest one that is known.
    """
    known: dict[str, list[Fault]] = {}
    for fault in faults:
        known.setdefault(fault.name, []).append(fault)
    names = tuple(dict.fromkeys(names))
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.3)
            hint = f"did you mean {near[0]}?" if near else f"see --list-{kind}s"
            raise UsageError(f"--{kind} {name}: no such {kind}; {hint}")
    return tuple(fault for name in names for fault in known[name])


def policy(endpoint: Endpoint, faults: Iterable[Fault]) -> Policy:
    """Return what those of the faults that concern the endpoint's operation make of it.

    Edits are applied to every JSON body schema's first; an edit that meets nothing raises DocumentError.
    """
    mine = concerning(endpoint, faults)
    edits = [edit for fault in mine for edit in fault.edits]
    always = [edit for condition, edit in edits if condition is ALWAYS]
    conditions = dict.fromkeys(condition for condition, _ in edits if condition is not ALWAYS)
    return Policy(
        skips=frozenset(skip for fault in mine for skip in fault.skips),
        schema=compile_schema(_edited(endpoint, always)) if always else None,
        conditional=tuple(
            (
                condition,
                compile_schema(_edited(endpoint, [*always, *(e for c, e in edits if c is condition)])),
            )
            for condition in conditions
        ),
        responses=tuple(effect for fault in mine for effect in fault.responses),
        key_headers=endpoint.key_headers,
    )


def concerning(endpoint: Endpoint, faults: Iterable[Fault]) -> list[Fault]:
    """Return those of the faults that concern the endpoint's operation."""
    return [fault for fault in faults if fault.operation in (EVERY, endpoint.operation.name)]


def reread(endpoint: Endpoint, modes: Iterable[Fault]) -> None:
    """Let the endpoint read its body schemas as those of the modes that concern it do: that is its contract then."""
    edits = [edit for mode in concerning(endpoint, modes) for _, edit in mode.edits]
    if edits:
        edited = _edited(endpoint, edits)
        endpoint.bodies = dict.fromkeys(endpoint.bodies, Schemas(edited))


def _edited(endpoint: Endpoint, edits: Iterable[Edit]) -> dict[str, Any]:
    bundle = next(iter(endpoint.bodies.values())).bundle
    schema = bundle["schema"]
    for edit in edits:
        try:
            schema = edit.apply(schema)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            where = pointers.text(edit.pointer)
            raise DocumentError(
                f"{endpoint.operation.name}: an edit of {where}, which the document lacks"
            ) from error
    return {**bundle, "schema": schema}
