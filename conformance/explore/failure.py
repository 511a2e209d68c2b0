"""One failure that exploration found: the request that shows it, as readable JSON that a later run replays."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from conformance.case import Intent, Key, Request
from conformance.errors import DocumentError
from conformance.jsonvalue import JSON, NotJSONError, decode, encode
from conformance.judging.verdict import Finding, fingerprint
from conformance.pointer import parse
from conformance.recording.journal import decode_body, encode_body
from conformance.requirement import Side
from conformance.rules import RULES

SCHEMA: Final = 1
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Failure:
    """A violation with the smallest request known to show it.

    `pointer` is a JSON Pointer into the document, `requirement` an address, `why` what was drawn. `flaky` tells that it
    comes and goes.
    """

    rule: str
    operation: str
    pointer: str
    side: str
    requirement: str
    expected: str
    actual: str
    intent: Intent
    why: str
    request: Request
    flaky: bool = False

    @property
    def fingerprint(self) -> str:
        """The finding's: rule, operation, pointer and side."""
        return fingerprint(self.rule, self.operation, self.pointer, self.side)

    @property
    def case_id(self) -> str:
        """The id of the case that sends the request."""
        return f"{self.operation}-{self.request.digest}"

    @property
    def finding(self) -> Finding:
        """The finding to report."""
        return Finding(
            self.rule, RULES[self.rule].level, self.operation, self.requirement, self.pointer, self.side,
            self.expected, self.actual, self.case_id, flaky=self.flaky,
        )  # fmt: skip


def to_json(failure: Failure) -> dict[str, JSON]:
    """Return the failure as it is stored; a JSON body stands as JSON where that gives the same bytes."""
    request = failure.request
    return {
        "schema": SCHEMA,
        "fingerprint": failure.fingerprint,
        "rule": failure.rule,
        "operation": failure.operation,
        "requirement": failure.requirement,
        "pointer": failure.pointer,
        "side": failure.side,
        "intent": failure.intent.value,
        "expected": failure.expected,
        "actual": failure.actual,
        "why": failure.why,
        "flaky": failure.flaky,
        "request": {
            "method": request.method,
            "path": request.path,
            "path_params": dict(request.path_params),
            "query": [list(pair) for pair in request.query],
            "headers": [list(pair) for pair in request.headers],
            "key": request.key.value,
            "body": _readable(request.body),
        },
    }


def _readable(body: bytes | None) -> JSON:
    try:
        if body is not None and encode(value := decode(body)) == body:
            return {"json": value}
    except (NotJSONError, ValueError):
        pass
    return encode_body(body)


def from_json(content: Mapping[str, Any], label: str) -> Failure:
    """Return the failure that `to_json` wrote; `label` names the file.

    Raises DocumentError for anything else: the file may come from anywhere.
    """
    try:
        return _failure(content)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DocumentError(
            f"{label}: not a stored failure ({type(error).__name__}: {error!s:.80}); delete or restore it"
        ) from error


def _failure(content: Mapping[str, Any]) -> Failure:
    if content["schema"] != SCHEMA:
        raise ValueError(f"schema {content['schema']!r}")
    names = ("operation", "requirement", "expected", "actual", "why")
    texts = {name: str(content[name]) for name in names}
    parse(content["pointer"])
    if content["rule"] not in RULES:
        raise ValueError(f"no rule {content['rule']!r}")
    return Failure(
        rule=content["rule"],
        pointer=content["pointer"],
        side=Side(content["side"]).value,
        intent=Intent(content["intent"]),
        request=_request(content["request"]),
        flaky=content["flaky"] is True,
        **texts,
    )


def _request(stored: Mapping[str, Any]) -> Request:
    body = stored["body"]
    return Request(
        method=str(stored["method"]),
        path=str(stored["path"]),
        path_params=tuple((str(name), str(value)) for name, value in stored["path_params"].items()),
        query=tuple((str(name), str(value)) for name, value in stored["query"]),
        headers=tuple(_headers(stored["headers"])),
        body=encode(body["json"]) if body is not None and "json" in body else decode_body(body),
        key=Key(stored["key"]),
    )


def _headers(stored: Any) -> Iterator[tuple[str, str]]:
    for name, value in stored:
        if not _TOKEN.fullmatch(name) or _CONTROL.search(value):
            raise ValueError(f"header {name!r} cannot be sent")
        yield name, value
