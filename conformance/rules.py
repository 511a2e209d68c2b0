"""The catalogue of checks: a stable kebab-case id, the level of its findings, and what it demands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class FindingLevel(StrEnum):
    """How much a finding weighs at the gate, in SARIF's words (SARIF 2.1.0 §3.27.10)."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Rule:
    """One check: `id` never changes once released; `demand` completes "the server must …"."""

    id: str
    level: FindingLevel
    demand: str


_ALL = (
    Rule("server-error", FindingLevel.ERROR, "never answer with a 5xx"),
    Rule("valid-rejected", FindingLevel.ERROR, "accept what the document allows"),
    Rule("invalid-accepted", FindingLevel.ERROR, "reject what the document forbids"),
    Rule("unauthorized-accepted", FindingLevel.ERROR, "refuse a request without the right key"),
    Rule("unknown-accepted", FindingLevel.ERROR, "refuse a path that names nothing"),
    Rule("undeclared-method-accepted", FindingLevel.WARNING, "not answer a method the document lacks"),
    Rule("media-type-accepted", FindingLevel.WARNING, "refuse a body of an undeclared media type"),
    Rule("status-undocumented", FindingLevel.ERROR, "answer with a documented status"),
    Rule("status-unexpected", FindingLevel.WARNING, "answer with a status that fits the request"),
    Rule("content-type-undocumented", FindingLevel.ERROR, "answer with a documented content type"),
    Rule("response-not-json", FindingLevel.ERROR, "send JSON where it says that it does"),
    Rule("response-schema", FindingLevel.ERROR, "send a body that obeys its schema"),
    Rule("status-code-mismatch", FindingLevel.ERROR, "repeat in the error body the status it answers with"),
    Rule("echo-changed", FindingLevel.WARNING, "send back unchanged what it was sent"),
    Rule("default-missing", FindingLevel.WARNING, "apply the default of what was left out"),
    Rule("id-repeated", FindingLevel.ERROR, "give whatever it creates an id of its own"),
    Rule("answer-leaks", FindingLevel.ERROR, "not answer one request with another's text"),
    Rule("open-behaviour", FindingLevel.NOTE, "give a documented answer, for the contract is unclear here"),
)

RULES: Final = {rule.id: rule for rule in _ALL}
