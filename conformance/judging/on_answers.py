"""Checks of an answer itself: its status, its media type, its body, and what it sends back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from conformance.contract.formats import is_contested
from conformance.contract.keywords import OPEN
from conformance.contract.media_types import media_type
from conformance.jsonvalue import JSON, NotJSONError, TooDeepError
from conformance.judging.judgement import Violation
from conformance.judging.subject import Subject
from conformance.pointer import Pointer, get
from conformance.pointer import text as pointer_text
from conformance.rules import (
    CONTENT_TYPE_UNDOCUMENTED,
    DEFAULT_MISSING,
    ECHO_CHANGED,
    RESPONSE_NOT_JSON,
    RESPONSE_SCHEMA,
    STATUS_CODE_MISMATCH,
    STATUS_UNDOCUMENTED,
    Rule,
    Side,
)

_MAX_VIOLATIONS: Final = 20
"""So many violations of a response's schema are told for one exchange."""


def status_undocumented(subject: Subject) -> Iterator[Violation]:
    """Tell of a status of which the document says nothing (OpenAPI 3.1 §4.8.16)."""
    operation = subject.operation
    if subject.is_described and subject.response is None and not subject.fits:
        at, expected = (*operation.pointer, "responses"), " or ".join(operation.responses)
        yield _answer(STATUS_UNDOCUMENTED, at, expected, str(subject.status))


def content_type_undocumented(subject: Subject) -> Iterator[Violation]:
    """Tell of a media type that the response does not list (§4.8.17)."""
    response = subject.response
    if response is None or not response.bodies or subject.part or subject.case.request.method == "HEAD":
        return
    expected = " or ".join(part.name for part in response.bodies)
    actual = media_type(subject.exchange.header("content-type")).essence or "none"
    yield _answer(CONTENT_TYPE_UNDOCUMENTED, (*response.pointer, "content"), expected, actual)


def response_not_json(subject: Subject) -> Iterator[Violation]:
    """Tell of a body that is no JSON though its media type says so; one that nests too deeply may be some."""
    value = subject.value
    if (
        subject.part
        and subject.is_json
        and isinstance(value, NotJSONError)
        and not isinstance(value, TooDeepError)
    ):
        yield _answer(RESPONSE_NOT_JSON, subject.part.pointer, "JSON", str(value)[:120])


def response_schema(subject: Subject) -> Iterator[Violation]:
    """Tell of a body that breaks its schema, a violation for each keyword; not where the document is unclear."""
    contract = subject.contract
    if contract is None or isinstance(subject.value, NotJSONError) or contract.accepts(subject.value):
        return
    for error in contract.validator.errors(subject.value)[:_MAX_VIOLATIONS]:
        at = keyword_pointer(error.schema_path, error.kind, contract.root)
        if not _is_open(at, contract.root) and not _is_contested(at, error.instance, contract.root):
            yield _answer(
                RESPONSE_SCHEMA, contract.stands_at(at),
                f"a body that keeps {at[-1] if isinstance(at[-1], str) else at[-2]}",
                f"{pointer_text(tuple(error.instance_path)) or 'the body'}: {error.message[:160]}",
            )  # fmt: skip


def status_code_mismatch(subject: Subject) -> Iterator[Violation]:
    """Tell of an error body that repeats another status than its own (RFC 9457 §3.1.2 for `status`)."""
    body, status = subject.value, subject.status
    if subject.response is None or not subject.is_json or status < 400 or not isinstance(body, dict):
        return
    for name in ("statusCode", "status"):
        said = body.get(name)
        if isinstance(said, int) and not isinstance(said, bool) and 100 <= said < 600 and said != status:
            yield _answer(
                STATUS_CODE_MISMATCH, subject.response.pointer, f"{name} {status}", f"{name} {said}"
            )


def echo_changed(subject: Subject) -> Iterator[Violation]:
    """Tell of a member that came back as something else than was sent."""
    yield from _changes(subject, ECHO_CHANGED)


def default_missing(subject: Subject) -> Iterator[Violation]:
    """Tell of a member that was left out and came back as something else than its default."""
    yield from _changes(subject, DEFAULT_MISSING)


def _changes(subject: Subject, rule: Rule) -> Iterator[Violation]:
    for change in subject.echoed.changes if subject.echoed else ():
        if change.rule == rule:
            yield _answer(rule, change.pointer, change.expected, change.actual)


def _answer(rule: Rule, at: Pointer, expected: str, actual: str) -> Violation:
    return Violation(rule, at, Side.ANSWERS, expected, actual)


def keyword_pointer(path: Sequence[str | int], kind: object, bundled: JSON) -> Pointer:
    """Return where the broken keyword stands; of `required`, which of its members."""
    at = tuple(path)
    missing = getattr(kind, "property", None)
    if at and at[-1] == "required" and missing is not None:
        required = get(bundled, at)
        # the binding quotes the name as JSON does
        names = [missing, str(missing).strip('"')]
        index = next((required.index(n) for n in names if n in required), None)
        return at if index is None else (*at, index)
    return at


def _is_contested(at: Pointer, value: JSON, bundled: JSON) -> bool:
    """Tell whether a format is all that is broken, by a value that lawful readers take: an open case sent it."""
    return at[-1] == "format" and is_contested(get(bundled, at), value)


def _is_open(at: Pointer, bundled: JSON) -> bool:
    """Tell whether the keyword stands inside a schema that its document marks as unclear."""
    return any(
        isinstance(node := get(bundled, at[:length]), dict) and OPEN in node for length in range(len(at))
    )


ON_ANSWERS: Final = (
    status_undocumented, content_type_undocumented, response_not_json, response_schema, status_code_mismatch,
    echo_changed, default_missing,
)  # fmt: skip
"""The checks of this module, in the order in which their violations are told."""
