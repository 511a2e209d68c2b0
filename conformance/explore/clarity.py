"""What the contract says of a body that nobody planned: valid, invalid, or open where lawful readers differ."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

from conformance.case import Intent
from conformance.contract.contract import Contract
from conformance.contract.formats import FORMATS
from conformance.contract.keywords import OPEN
from conformance.contract.lawful import lawful_readings
from conformance.contract.undeclared import undeclared
from conformance.contract.validator import Validator, compile_schema
from conformance.jsonvalue import JSON, NotJSONError, decode

_VALUES: Final = frozenset({"enum", "const", "default", "example", "examples"})
_DEPTH: Final = 20
_EXACT: Final = 2**53 - 1
_DIGITS: Final = 15  # sign, point and exponent among them; every reader keeps so many (IEEE 754 binary64)
_UNDECLARED: Final = (
    "the schema says nothing of others: a server may take, ignore or refuse an undeclared member"
)
_FORMATTED: Final = "lawful readers differ on a format's edges, or on what the document marks as unclear"


def label(contract: Contract | None, body: bytes | None) -> tuple[Intent, str]:
    """Return what the contract of a request's body says of a body and, where that is open, why."""
    if contract is None:
        return (Intent.VALID, "") if body is None else (Intent.OPEN, "the document describes no JSON body")
    if body is None:
        return Intent.OPEN, "no body was sent"
    try:
        value = decode(body)
    except NotJSONError:
        return Intent.OPEN, "the body is not JSON"
    is_valid = contract.accepts(value)
    differing = (why for why, other in _readings(contract) if other.accepts(value) != is_valid)
    if reason := next(_oddities(value), "") or next(differing, ""):
        return Intent.OPEN, reason
    if is_valid and any(undeclared(contract.bundle, value)):
        return Intent.OPEN, _UNDECLARED
    return (Intent.VALID if is_valid else Intent.INVALID), ""


def _readings(contract: Contract) -> list[tuple[str, Validator]]:
    """Return every lawful reading: those of single places, and of all formats and unclear schemas at once."""
    if "readings" not in contract.memo:
        contract.memo["readings"] = [
            *((_FORMATTED, compile_schema(_rewritten(contract.root, c))) for c in (_loosened, _tightened)),
            *lawful_readings(contract),
        ]
    found: list[tuple[str, Validator]] = contract.memo["readings"]
    return found


def _rewritten(node: JSON, change: Callable[[dict[str, Any]], JSON]) -> JSON:
    """Return a copy with `change` applied to every object that may be a schema, innermost first."""
    if isinstance(node, list):
        return [_rewritten(item, change) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {k: v if k in _VALUES else _rewritten(v, change) for k, v in node.items()}
    return change(kept)


def _loosened(node: dict[str, Any]) -> JSON:
    if OPEN in node:
        return True
    return {k: v for k, v in node.items() if k != "format"} if isinstance(node.get("format"), str) else node


def _tightened(node: dict[str, Any]) -> JSON:
    if OPEN in node:
        return False
    plain = FORMATS[node["format"]].clear if node.get("format") in FORMATS else ""
    if not plain:
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
