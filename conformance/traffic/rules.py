"""The rules on what a service does: the base is its document, the revision is the service as it was observed.

`RULES` is the whole catalogue of drift: these, and those between documents.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from conformance.diff.change import Direction
from conformance.diff.operations.rules import operation_rules
from conformance.diff.rule import DriftRule, there_and_back
from conformance.diff.schema.rules import schema_rules

_OF_REQUESTS: Final = "an answer that departs is told by the rules that begin with answer"
_OF_ANSWERS: Final = "a request judged otherwise is told as service-laxer or service-stricter"
_DOES: Final = "neither a request nor an answer is forbidden or allowed by it"

_ANSWERS: Final = (
    # breaking for a success; a client takes an error it does not know as the x00 of its class (RFC 9110 §15)
    ("answer-status-undocumented", "answers with a status that the base lacks"),
    ("answer-type-undocumented", "answers with a content type that the base lacks"),
    ("answer-not-json", "answers with what is no JSON where the base says JSON"),
    ("answer-value-undocumented", "answers with a value that the base does not list"),
    ("answer-member-missing", "leaves a member out of an answer that the base requires"),
    # breaking where the base closes the schema; otherwise clients must ignore what they do not know
    ("answer-member-undeclared", "answers with a member that the base does not declare"),
    ("answer-schema-broken", "answers with a body that breaks its schema in the base"),
    ("answer-server-error", "answers with a server error where the base has an answer"),
    ("answer-status-unfitting", "answers with a status that speaks of something else"),
)
_BEHAVIOUR: Final = (
    ("service-behaviour", "treats what it was sent in another way than the base suggests"),
    ("service-reading", "reads in its own way what the base leaves unclear"),
)


def observed_rules() -> Iterator[DriftRule]:
    """Yield every rule on observed traffic.

    A service that is stricter than its document breaks who relies on the document; a laxer one breaks
    nobody, and its document may be too strict.
    """
    stricter = DriftRule(
        "service-stricter",
        Direction.REQUEST,
        "refuses what the base accepts",
        "service-laxer",
        alone=_OF_REQUESTS,
    )
    yield from there_and_back(stricter, "service-laxer", "accepts what the base refuses")
    for rule, what in _ANSWERS:
        yield DriftRule(rule, Direction.RESPONSE, what, rule, alone=_OF_ANSWERS)
    for rule, what in _BEHAVIOUR:
        yield DriftRule(rule, Direction.NONE, what, rule, alone=_DOES)


RULES: Final[Mapping[str, DriftRule]] = {
    rule.id: rule for rule in (*operation_rules(), *schema_rules(), *observed_rules())
}
"""Every rule of drift by its id."""
