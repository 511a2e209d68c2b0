"""The rules beyond schemas: operations, parameters, bodies, statuses, headers, security, servers, texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from conformance.diff.change import Direction
from conformance.diff.rule import DriftRule, in_both_directions, there_and_back

_WHOLE: Final = "an operation is asked for; no answer has one"
_ANSWER: Final = "a request has no such thing"
_ASKED: Final = "an answer has no such thing"
_FORMS: Final = "forms are sent, and only their encoding is described (OpenAPI 3.1 §4.8.15)"
_PAGE: Final = "a page is read by people; nothing is sent or answered by it"
_TEXT: Final = "says nothing to either side that could break it"

_PARTS: Final = (
    ("required-added", "required-removed", "has a new required", "lacks a required"),
    ("optional-added", "optional-removed", "has a new optional", "lacks an optional"),
    ("required", "optional", "makes required a", "makes optional a"),
)

_OF_REQUESTS: Final = (
    ("operation-removed", "operation-added", "lacks an operation", "has a new operation", _WHOLE),
    ("request-body-required", "request-body-optional", "requires the body", "requires the body no more", _ASKED),
    ("security-tightened", "security-loosened", "asks for more to get in", "asks for less to get in", _ASKED),
    ("server-removed", "server-added", "lacks a server", "has a new server", _ASKED),
)  # fmt: skip

_OF_ANSWERS: Final = (
    ("response-success-added", "response-success-removed", "succeeds with a new status", "lacks a success status"),
    ("response-error-added", "response-error-removed", "fails with a new status", "lacks an error status"),
    ("webhook-removed", "webhook-added", "calls a webhook no more", "calls a new webhook"),
    ("callback-removed", "callback-added", "calls back no more", "calls back where it did not"),
)  # fmt: skip

_CHANGED: Final = (
    ("operation-moved", "has an operation under another method or path", Direction.REQUEST, _WHOLE),
    ("security-changed", "asks for something else to get in", Direction.REQUEST, _ASKED),
    ("security-scheme-changed", "wants a credential in another form", Direction.REQUEST, _ASKED),
    (
        "request-encoding-changed",
        "wants the parts of a form written in another way",
        Direction.REQUEST,
        _FORMS,
    ),
    ("webhook-changed", "calls a webhook in another way", Direction.RESPONSE, _ANSWER),
    ("callback-changed", "calls back in another way", Direction.RESPONSE, _ANSWER),
    ("server-default-changed", "fills in a server's address in another way", Direction.REQUEST, _ASKED),
    ("links-changed", "links answers to operations in another way", Direction.RESPONSE, _ANSWER),
    ("operation-id-changed", "gives an operation another operationId", Direction.NONE, _TEXT),
    ("path-parameter-renamed", "gives a path parameter another name", Direction.NONE, _TEXT),
    ("operation-description-changed", "words an operation in another way", Direction.NONE, _TEXT),
    ("document-description-changed", "words the document in another way", Direction.NONE, _TEXT),
    ("page-changed", "stands on a page that is another one now", Direction.NONE, _PAGE),
    ("document-version-changed", "is another version of the API", Direction.NONE, _TEXT),
)


def operation_rules() -> Iterator[DriftRule]:
    """Yield every rule on what stands around the schemas."""
    yield from _parameters_and_headers()
    for one, other in (("media-type-removed", "media-type-added"), ("body-removed", "body-added")):
        kind = one.removesuffix("-removed").replace("-", " ")
        yield from in_both_directions(one, f"lacks a {kind}", other)
        yield from in_both_directions(other, f"has a new {kind}", one)
    for one, other, what, what_other, why in _OF_REQUESTS:
        yield from there_and_back(
            DriftRule(one, Direction.REQUEST, what, other, alone=why), other, what_other
        )
    for one, other, what, what_other in _OF_ANSWERS:
        yield from there_and_back(
            DriftRule(one, Direction.RESPONSE, what, other, alone=_ANSWER), other, what_other
        )
    for rule, what, direction, why in _CHANGED:
        yield DriftRule(rule, direction, what, rule, alone=why)
    yield from there_and_back(
        DriftRule(
            "operation-deprecated",
            Direction.NONE,
            "deprecates an operation",
            "operation-undeprecated",
            alone=_TEXT,
        ),
        "operation-undeprecated",
        "deprecates an operation no more",
    )


def _parameters_and_headers() -> Iterator[DriftRule]:
    """Yield the rules on parameters; what mirrors a parameter in an answer is a header."""
    kinds = (Direction.REQUEST, "parameter", "header"), (Direction.RESPONSE, "header", "parameter")
    for direction, kind, across in kinds:
        other = Direction.RESPONSE if direction is Direction.REQUEST else Direction.REQUEST
        stem, mirror = f"{direction}-{kind}", f"{other}-{across}"
        for one, back, what, what_back in _PARTS:
            for rule, inverse, said in ((one, back, what), (back, one, what_back)):
                yield DriftRule(
                    f"{stem}-{rule}",
                    direction,
                    f"{said} {kind}",
                    f"{stem}-{inverse}",
                    mirror=f"{mirror}-{rule}",
                )
        form = f"{stem}-form-changed"
        yield DriftRule(
            form, direction, f"writes a {kind} in another form", form, mirror=f"{mirror}-form-changed"
        )
