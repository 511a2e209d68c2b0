"""What the contract says of a body that nobody planned: valid, invalid, or open where lawful readers differ."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from conformance.case import Intent
from conformance.contract.bundle import bundle
from conformance.contract.validator import Validator, compile_schema
from conformance.jsonvalue import JSON, NotJSONError, decode
from conformance.mutation.mutant import Mutant
from conformance.openapi.operation import Operation

_OPEN: Final = "x-conformance-open"
_VALUES: Final = frozenset({"enum", "const", "default", "example", "examples"})
_DEPTH: Final = 20
_EXACT: Final = 2**53 - 1
_DIGITS: Final = 15  # sign, point and exponent among them; every reader keeps so many (IEEE 754 binary64)
_FORMATTED: Final = "lawful readers differ on a format's edges, or on what the document marks as unclear"

_PLAIN: Final = {
    "email": r"^[A-Za-z0-9]+([._+-][A-Za-z0-9]+)*@([A-Za-z0-9]+(-[A-Za-z0-9]+)*\.)+[A-Za-z]{2,}$",
    "uuid": r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-5][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$",
    "date-time": r"^(19[7-9]|20\d)\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$",
    "date": r"^(19[7-9]|20\d)\d-\d\d-\d\d$",
    "time": r"^\d\d:\d\d:\d\d(\.\d{1,6})?Z$",
    "duration": r"^P(\d{1,4}Y|\d{1,4}D(T\d{1,2}H)?|\d{1,4}W)$",
    "uri": r"^https?://[a-z0-9]+(\.[a-z0-9]+)+(:[1-9]\d{1,3})?(/[\w.~-]*)*(\?[\w=&.-]*)?(#[\w-]*)?$",
    "hostname": r"^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)+$",
    "ipv6": r"^[0-9a-f:]+$",
}
"""Values of a format that every lawful reader takes; on others they may differ."""


def request_bundle(operation: Operation) -> dict[str, Any] | None:
    """Return the schema of the operation's JSON body as a bundle, None where it describes none."""
    content = operation.body.content if operation.body else {}
    pointer = next((p for name, p in content.items() if p is not None and "json" in name), None)
    return None if pointer is None else bundle(operation.document, pointer)


class Contract:
    """One operation's request body, as its document and every lawful other reading of it judge it."""

    def __init__(self, operation: Operation, mutants: Mapping[str, Mutant]) -> None:
        self.bundle = request_bundle(operation)
        if self.bundle is None:
            return
        self.validator = compile_schema(self.bundle)
        self._other: list[tuple[str, Validator]] = [
            (_FORMATTED, compile_schema(_rewritten(self.bundle, change)))
            for change in (_loosened, _tightened)
        ]
        unclear = (m for m in mutants.values() if m.open_reason)
        self._other += [(m.open_reason, compile_schema(m.apply(self.bundle))) for m in unclear]

    def label(self, body: bytes | None) -> tuple[Intent, str]:
        """Return what the contract says of the body and, where that is open, why."""
        if self.bundle is None:
            return (
                (Intent.VALID, "") if body is None else (Intent.OPEN, "the document describes no JSON body")
            )
        if body is None:
            return Intent.OPEN, "no body was sent"
        try:
            value = decode(body)
        except NotJSONError:
            return Intent.OPEN, "the body is not JSON"
        reason = next(_oddities(value), "")
        is_valid = self.validator.accepts(value)
        if not reason:
            reason = next((why for why, other in self._other if other.accepts(value) != is_valid), "")
        if reason:
            return Intent.OPEN, reason
        return (Intent.VALID if is_valid else Intent.INVALID), ""


def _rewritten(node: JSON, change: Callable[[dict[str, Any]], JSON]) -> JSON:
    """Return a copy with `change` applied to every object that may be a schema, innermost first."""
    if isinstance(node, list):
        return [_rewritten(item, change) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {k: v if k in _VALUES else _rewritten(v, change) for k, v in node.items()}
    return change(kept)


def _loosened(node: dict[str, Any]) -> JSON:
    if _OPEN in node:
        return True
    return {k: v for k, v in node.items() if k != "format"} if isinstance(node.get("format"), str) else node


def _tightened(node: dict[str, Any]) -> JSON:
    if _OPEN in node:
        return False
    plain = _PLAIN.get(node["format"]) if isinstance(node.get("format"), str) else None
    if plain is None:
        return node
    # `pattern` binds strings alone, as `format` does here (validation §6.3.3, §7.3)
    return {**node, "allOf": [*node.get("allOf", ()), {"pattern": plain}]}


def _oddities(value: JSON, depth: int = 0) -> Iterator[str]:
    """Yield why a reader of JSON may refuse the value whatever its schema says (RFC 8259 §6, §8.2, §9)."""
    if depth > _DEPTH:
        yield "RFC 8259 §9: a reader may limit the depth"
    elif isinstance(value, str):
        if any(_is_odd(c) for c in value):
            yield "RFC 8259 §9: a reader may limit the characters of strings"
    elif isinstance(value, dict | list):
        below = partial(_oddities, depth=depth + 1)
        items = (*value.keys(), *value.values()) if isinstance(value, dict) else value
        for item in items:
            yield from below(item)
    elif _is_inexact(value):
        yield "RFC 8259 §6: a reader may limit or round numbers"


def _is_inexact(value: JSON) -> bool:
    if isinstance(value, float):
        return value.is_integer() or len(repr(value)) > _DIGITS
    return isinstance(value, int) and abs(value) > _EXACT


def _is_odd(character: str) -> bool:
    """Tell control characters, lone surrogates and what Unicode has assigned to nothing."""
    return not " " <= character <= "~" and unicodedata.category(character) in ("Cc", "Cs", "Cn")


def tamed(value: JSON) -> JSON:
    """Return the value with a letter for each character that a reader may refuse: clear where it was open."""
    match value:
        case str():
            return "".join(chr(97 + ord(c) % 26) if _is_odd(c) else c for c in value)
        case list():
            return [tamed(item) for item in value]
        case dict():
            return {tamed(name): tamed(item) for name, item in value.items()}
        case _:
            return value
