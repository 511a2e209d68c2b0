"""The catalogue of rules: what each demands of a server, what it judges, and all that hangs on which rule it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class FindingLevel(StrEnum):
    """How much a finding weighs at the gate, in SARIF's words (SARIF 2.1.0 §3.27.10)."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Side(StrEnum):
    """Which way a server can get it wrong: too strict, too lax, or a wrong answer."""

    ACCEPTS = "accepts"
    REJECTS = "rejects"
    ANSWERS = "answers"


class Scope(StrEnum):
    """What a rule looks at: how a request was met, what an answer holds, or several exchanges together."""

    REQUEST = "request"
    ANSWER = "answer"
    SEQUENCE = "sequence"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: `id` never changes once released; `demand` completes "the server must …".

    Rules are equal by id; the rest are the facts that other code asks of them.
    """

    id: str
    level: FindingLevel = field(compare=False)
    demand: str = field(compare=False)

    judges: Scope = field(default=Scope.ANSWER, compare=False)
    """What it looks at."""

    side: Side = field(default=Side.ANSWERS, compare=False)
    """The side of the requirements that it guards."""

    on_status: bool = field(default=False, compare=False)
    """Whether the status alone can break it, so that a target may be known to do so; never of a 5xx."""

    on_schema: bool = field(default=False, compare=False)
    """Whether it holds a request's content to its schema, so that a misreading of that can explain it."""

    before_content: bool = field(default=False, compare=False)
    """Whether a server decides it before it looks at what a request holds."""

    whole: str = field(default="", compare=False)
    """The member of the operation at which one finding stands when every request of a kind fails alike."""

    else_guarded_by: tuple[Rule, ...] = field(default=(), compare=False)
    """The rules whose requirements it breaks as well, where none of the document's is its own."""

    untested: str = field(default="", compare=False)
    """Why nothing was proven although such an answer came; empty where any such answer proves it."""

    drift: str = field(default="service-behaviour", compare=False)
    """The rule of drift that it comes to where a service is compared with its document."""

    drift_note: str = field(default="", compare=False)
    """What is said beside that."""

    ends: bool = field(default=False, compare=False)
    """Whether nothing more is judged of an exchange that breaks it: no second mistake follows from the first."""


SERVER_ERROR: Final = Rule(
    "server-error", FindingLevel.ERROR, "never answer with a 5xx",
    ends=True, whole="responses", drift="answer-server-error",
)  # fmt: skip
VALID_REJECTED: Final = Rule(
    "valid-rejected", FindingLevel.ERROR, "accept what the document allows",
    Scope.REQUEST, Side.ACCEPTS, on_status=True, on_schema=True, whole="requestBody", drift="service-stricter",
)  # fmt: skip
INVALID_ACCEPTED: Final = Rule(
    "invalid-accepted", FindingLevel.ERROR, "reject what the document forbids",
    Scope.REQUEST, Side.REJECTS, ends=True, on_status=True, on_schema=True, whole="requestBody", drift="service-laxer",
)  # fmt: skip
UNAUTHORIZED_ACCEPTED: Final = Rule(
    "unauthorized-accepted", FindingLevel.ERROR, "refuse a request without the right key",
    Scope.REQUEST, Side.REJECTS, ends=True, on_status=True, before_content=True,
    drift="service-laxer", drift_note="it breaks no client, and guards nothing",
)  # fmt: skip
UNKNOWN_ACCEPTED: Final = Rule(
    "unknown-accepted", FindingLevel.ERROR, "refuse a path that names nothing",
    Scope.REQUEST, Side.REJECTS, ends=True, on_status=True,
    drift="service-laxer", drift_note="it lets in an id that names nothing",
)  # fmt: skip
UNDECLARED_METHOD_ACCEPTED: Final = Rule(
    "undeclared-method-accepted", FindingLevel.WARNING, "not answer a method the document lacks",
    Scope.REQUEST, Side.REJECTS, ends=True, on_status=True, before_content=True, drift="service-laxer",
)  # fmt: skip
MEDIA_TYPE_ACCEPTED: Final = Rule(
    "media-type-accepted", FindingLevel.WARNING, "refuse a body of an undeclared media type",
    Scope.REQUEST, Side.REJECTS, ends=True, on_status=True, drift="service-laxer",
)  # fmt: skip
STATUS_UNDOCUMENTED: Final = Rule(
    "status-undocumented", FindingLevel.ERROR, "answer with a documented status",
    on_status=True, drift="answer-status-undocumented",
)  # fmt: skip
STATUS_UNEXPECTED: Final = Rule(
    "status-unexpected", FindingLevel.WARNING, "answer with a status that fits the request",
    on_status=True, drift="answer-status-unfitting",
)  # fmt: skip
CONTENT_TYPE_UNDOCUMENTED: Final = Rule(
    "content-type-undocumented", FindingLevel.ERROR, "answer with a documented content type",
    drift="answer-type-undocumented",
)  # fmt: skip
RESPONSE_SCHEMA: Final = Rule(
    "response-schema", FindingLevel.ERROR, "send a body that obeys its schema", drift="answer-schema-broken",
    untested="only answers came that any schema of an object would take: nothing was proven",
)  # fmt: skip
RESPONSE_NOT_JSON: Final = Rule(
    "response-not-json", FindingLevel.ERROR, "send JSON where it says that it does", drift="answer-not-json",
    else_guarded_by=(RESPONSE_SCHEMA, CONTENT_TYPE_UNDOCUMENTED),
)  # fmt: skip
STATUS_CODE_MISMATCH: Final = Rule(
    "status-code-mismatch", FindingLevel.ERROR, "repeat in the error body the status it answers with"
)
ECHO_CHANGED: Final = Rule(
    "echo-changed", FindingLevel.WARNING, "send back unchanged what it was sent",
    untested="no answer held a member that its request had sent",
)  # fmt: skip
DEFAULT_MISSING: Final = Rule(
    "default-missing", FindingLevel.WARNING, "apply the default of what was left out",
    untested="no answer held a member whose default was left to the server",
)  # fmt: skip
ID_REPEATED: Final = Rule(
    "id-repeated", FindingLevel.ERROR, "give whatever it creates an id of its own", Scope.SEQUENCE,
    untested="no answer held an id",
)  # fmt: skip
ANSWER_LEAKS: Final = Rule(
    "answer-leaks", FindingLevel.ERROR, "not answer one request with another's text", Scope.SEQUENCE,
    untested="no answer held a text that only its own request had sent",
)  # fmt: skip
OPEN_BEHAVIOUR: Final = Rule(
    "open-behaviour", FindingLevel.NOTE, "give a documented answer, for the contract is unclear here",
    Scope.REQUEST, on_schema=True, drift="service-reading", drift_note="the document is unclear here",
)  # fmt: skip

_ALL: Final = (
    SERVER_ERROR, VALID_REJECTED, INVALID_ACCEPTED, UNAUTHORIZED_ACCEPTED, UNKNOWN_ACCEPTED,
    UNDECLARED_METHOD_ACCEPTED, MEDIA_TYPE_ACCEPTED, STATUS_UNDOCUMENTED, STATUS_UNEXPECTED,
    CONTENT_TYPE_UNDOCUMENTED, RESPONSE_NOT_JSON, RESPONSE_SCHEMA, STATUS_CODE_MISMATCH, ECHO_CHANGED,
    DEFAULT_MISSING, ID_REPEATED, ANSWER_LEAKS, OPEN_BEHAVIOUR,
)  # fmt: skip

RULES: Final = {rule.id: rule for rule in _ALL}
"""Every rule by its id, in the order in which reports list them."""


def rule_of(name: str) -> Rule:
    """Return the rule of an id; of one that a report of another version holds, nothing is known but that."""
    return RULES.get(name) or Rule(name, FindingLevel.ERROR, "")
