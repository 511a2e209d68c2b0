"""Checks: each judges one exchange; none knows how its case was made or what else was answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from conformance.case import Case, Exchange, Intent
from conformance.contract.contract import Contract
from conformance.contract.formats import is_contested
from conformance.contract.keywords import OPEN
from conformance.contract.media_types import media_type, part_for
from conformance.contract.requests import response_contract
from conformance.jsonvalue import JSON, NotJSONError, decoded
from conformance.judging.verdict import Verdict
from conformance.observing.created import created_ids
from conformance.observing.response_coverage import Coverage
from conformance.observing.trace import NO_TRACE, Observer, Reply, Trace
from conformance.openapi.operation import Operation, Response
from conformance.planning.expectation import SET_UP, fits
from conformance.pointer import Pointer, get
from conformance.pointer import text as pointer_text
from conformance.requirement import Side
from conformance.rules import (
    CONTENT_TYPE_UNDOCUMENTED,
    INVALID_ACCEPTED,
    OPEN_BEHAVIOUR,
    RESPONSE_NOT_JSON,
    RESPONSE_SCHEMA,
    SERVER_ERROR,
    STATUS_CODE_MISMATCH,
    STATUS_UNDOCUMENTED,
    STATUS_UNEXPECTED,
    UNAUTHORIZED_ACCEPTED,
    UNKNOWN_ACCEPTED,
    VALID_REJECTED,
    Rule,
)

_MAX_VIOLATIONS = 20
"""So many violations of a response's schema are told for one exchange."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule: `pointer` leads into the document, `side` is a requirement's side."""

    rule: Rule
    pointer: Pointer
    side: str
    expected: str
    actual: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one exchange says of its case.

    `verdict` is on the case's intent; `violations` hold every broken rule, those of the answer
    too. `reason` says why nothing could be decided, or why the case is open. `status` is what was
    answered, 0 where nothing was. `trace` is for the checks over several exchanges. `created` holds the
    ids of what it created, as far as the answer tells them, and is None where nothing was created.
    """

    case: str
    verdict: Verdict
    violations: tuple[Violation, ...] = ()
    reason: str = ""
    status: int = 0
    trace: Trace = NO_TRACE
    created: tuple[str, ...] | None = None


Tell: TypeAlias = Callable[[Violation], None]
"""Takes each violation of an answer as it is seen."""


class Judge:
    """Judges the exchanges of a set of operations; compiles each response schema once."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self._operations: Mapping[str, Operation] = {o.name: o for o in operations}
        self._observer = Observer(operations)

    @property
    def coverage(self) -> Coverage:
        """What the answers judged so far showed of the documented ones."""
        return self._observer.coverage

    def judge(self, case: Case, exchange: Exchange) -> Judgement:
        """Return the verdict on the case and every rule that the exchange breaks."""
        if not exchange.status:
            return Judgement(case.id, Verdict.ERRORED, reason=f"no answer: {exchange.failure}")
        operation = self._operations[case.operation]
        said = decoded(exchange.body)
        made = created_ids(operation, case, exchange, said)
        verdict, reason, own = _intent(operation, case, exchange)
        if own and own[0].rule.takes_what_is_refused:
            # what a server makes of a request that it should have refused is no second mistake
            return Judgement(case.id, verdict, tuple(own), reason, exchange.status, created=made)
        beside: list[Violation] = []
        reply = self._answer(operation, case, exchange, said, beside.append)
        trace = NO_TRACE if reply is None else self._observe(case, exchange.status, reply, beside.append)
        return Judgement(case.id, verdict, (*own, *beside), reason, exchange.status, trace, made)

    def _observe(self, case: Case, status: int, reply: Reply, tell: Tell) -> Trace:
        changes, trace = self._observer.observe(case, status, reply)
        for change in changes:
            tell(Violation(change.rule, change.pointer, Side.ANSWERS, change.expected, change.actual))
        return trace

    def _answer(
        self, operation: Operation, case: Case, exchange: Exchange, said: JSON | NotJSONError, tell: Tell
    ) -> Reply | None:
        """Tell what is wrong with the answer itself (OpenAPI 3.1 §4.8.16, §4.8.17); return what it says."""
        if 500 <= exchange.status < 600 and not fits(exchange.status, case.expected):
            return None  # told already, and its body is anybody's
        if case.request.method != operation.method:
            return None  # the document describes no answer to an undeclared method
        self.coverage.status(operation.name, exchange.status)
        response = operation.response_for(exchange.status)
        if response is None:
            if not fits(exchange.status, case.expected):
                tell(_undocumented_status(operation, exchange))
            return None
        if not response.bodies or case.request.method == "HEAD":
            return None
        return self._content(operation, response, exchange, said, tell)

    def _content(
        self,
        operation: Operation,
        response: Response,
        exchange: Exchange,
        said: JSON | NotJSONError,
        tell: Tell,
    ) -> Reply | None:
        content_type = exchange.header("content-type")
        documented = part_for(response.bodies, content_type)
        if documented is None:
            at = (*response.pointer, "content")
            expected = " or ".join(part.name for part in response.bodies)
            actual = media_type(content_type).essence or "none"
            tell(Violation(CONTENT_TYPE_UNDOCUMENTED, at, Side.ANSWERS, expected, actual))
            return None
        if not media_type(documented.name).is_json and not media_type(content_type).is_json:
            return None
        if exchange.truncated:
            return None  # what was cut off can't be judged
        if isinstance(said, NotJSONError):
            tell(Violation(RESPONSE_NOT_JSON, documented.pointer, Side.ANSWERS, "JSON", str(said)[:120]))
            return None
        contract = None if documented.schema is None else response_contract(operation, documented)
        broken = () if contract is None else tuple(_broken(contract, said))
        for violation in (*broken, *_status_in_body(response, exchange.status, said)):
            tell(violation)
        return None if contract is None else Reply(response.status, contract, said)


def _broken(contract: Contract, body: JSON) -> Iterator[Violation]:
    if contract.accepts(body):
        return
    for error in contract.validator.errors(body)[:_MAX_VIOLATIONS]:
        at = keyword_pointer(error.schema_path, error.kind, contract.root)
        if not _is_open(at, contract.root) and not _is_contested(at, error.instance, contract.root):
            yield Violation(
                RESPONSE_SCHEMA, contract.stands_at(at), Side.ANSWERS,
                f"a body that keeps {at[-1] if isinstance(at[-1], str) else at[-2]}",
                f"{pointer_text(tuple(error.instance_path)) or 'the body'}: {error.message[:160]}",
            )  # fmt: skip


def _intent(operation: Operation, case: Case, exchange: Exchange) -> tuple[Verdict, str, list[Violation]]:
    """Judge the status against what the case's intent allows."""
    status = exchange.status
    if fits(status, case.expected):
        return (Verdict.PASSED, case.reason, []) if case.intent is not Intent.OPEN else _open(case, status)
    expected, actual = " or ".join(case.expected), str(status)
    if 500 <= status < 600:
        return Verdict.FAILED, "", [_case_violation(SERVER_ERROR, expected, actual)]
    if case.intent is Intent.OPEN:
        return _open(case, status)
    if case.intent is Intent.VALID:
        return _valid(status, expected, actual)
    return _invalid(operation, case, status, expected, actual)


CASE: Pointer = ()
"""The pointer of a violation that belongs to the case's own requirement, wherever that points."""


def _case_violation(rule: Rule, expected: str, actual: str) -> Violation:
    return Violation(rule, CASE, "", expected, actual)


def _open(case: Case, status: int) -> tuple[Verdict, str, list[Violation]]:
    """Anything but a 5xx will do; where the server departs from the letter of the document, that is a note."""
    reason = f"open: {case.reason}; the server answered {status}"
    departs = fits(status, case.expected) and not fits(status, case.letter)
    if not case.letter or not departs:
        return Verdict.PASSED, reason, []
    return Verdict.PASSED, reason, [_case_violation(OPEN_BEHAVIOUR, " or ".join(case.letter), str(status))]


def _valid(status: int, expected: str, actual: str) -> tuple[Verdict, str, list[Violation]]:
    if status in SET_UP:
        return Verdict.ERRORED, f"{status}: {SET_UP[status]}", []
    if 400 <= status < 500:
        return Verdict.FAILED, "", [_case_violation(VALID_REJECTED, expected, actual)]
    return Verdict.ERRORED, f"{status} tells neither success nor rejection", []


def _invalid(
    operation: Operation, case: Case, status: int, expected: str, actual: str
) -> tuple[Verdict, str, list[Violation]]:
    if status < 400:
        return Verdict.FAILED, "", [_case_violation(case.rule, expected, actual)]
    if case.rule == INVALID_ACCEPTED and status in SET_UP:
        return Verdict.ERRORED, f"{status}: {SET_UP[status]}", _ill_fitting(operation, status, expected)
    if case.rule in (UNAUTHORIZED_ACCEPTED, UNKNOWN_ACCEPTED) and status not in SET_UP:
        return Verdict.FAILED, "", [_case_violation(STATUS_UNEXPECTED, expected, actual)]
    return Verdict.PASSED, "", []


def _ill_fitting(operation: Operation, status: int, expected: str) -> list[Violation]:
    """Tell of a broken body answered with a documented status that speaks of something else, such as a 404."""
    response = operation.responses.get(str(status))
    if response is None or status == 429:
        return []
    return [Violation(STATUS_UNEXPECTED, response.pointer, Side.ANSWERS, expected, str(status))]


def _undocumented_status(operation: Operation, exchange: Exchange) -> Violation:
    documented = " or ".join(operation.responses)
    return Violation(
        STATUS_UNDOCUMENTED,
        (*operation.pointer, "responses"),
        Side.ANSWERS,
        documented,
        str(exchange.status),
    )


def _status_in_body(response: Response, status: int, body: JSON) -> Iterator[Violation]:
    """Hold an error body that repeats its status to the right one (RFC 9457 §3.1.2 for `status`)."""
    if status < 400 or not isinstance(body, dict):
        return
    for name in ("statusCode", "status"):
        told = body.get(name)
        if isinstance(told, int) and not isinstance(told, bool) and 100 <= told < 600 and told != status:
            yield Violation(
                STATUS_CODE_MISMATCH, response.pointer, Side.ANSWERS, f"{name} {status}", f"{name} {told}"
            )


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
