"""The rules beyond schemas: operations, parameters, bodies, statuses, headers, security, servers, texts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Final

from conformance.diff.change import Direction
from conformance.diff.rule import DriftRule, in_both_directions, there_and_back

_REQUEST: Final = Direction.REQUEST
_RESPONSE: Final = Direction.RESPONSE

_WHOLE: Final = "an operation is asked for; no answer has one"
_ANSWER: Final = "a request has no such thing"
_ASKED: Final = "an answer has no such thing"
_FORMS: Final = "forms are sent, and only their encoding is described (OpenAPI 3.1 §4.8.15)"
_PAGE: Final = "a page is read by people; nothing is sent or answered by it"
_TEXT: Final = "says nothing to either side that could break it"

_OPPOSITES: Final = {
    "operation": ("operation-removed", "lacks an operation",
                  "operation-added", "has a new operation", _REQUEST, _WHOLE),
    "body required": ("request-body-required", "requires the body",
                      "request-body-optional", "requires the body no more", _REQUEST, _ASKED),
    "security": ("security-tightened", "asks for more to get in",
                 "security-loosened", "asks for less to get in", _REQUEST, _ASKED),
    "server": ("server-removed", "lacks a server", "server-added", "has a new server", _REQUEST, _ASKED),
    "success": ("response-success-removed", "lacks a success status",
                "response-success-added", "succeeds with a new status", _RESPONSE, _ANSWER),
    "error": ("response-error-removed", "lacks an error status",
              "response-error-added", "fails with a new status", _RESPONSE, _ANSWER),
    "webhook": ("webhook-removed", "calls a webhook no more",
                "webhook-added", "calls a new webhook", _RESPONSE, _ANSWER),
    "callback": ("callback-removed", "calls back no more",
                 "callback-added", "calls back where it did not", _RESPONSE, _ANSWER),
    "deprecated": ("operation-deprecated", "deprecates an operation",
                   "operation-undeprecated", "deprecates an operation no more", Direction.NONE, _TEXT),
}  # fmt: skip

_CHANGED: Final = {
    "moved": ("operation-moved", "has an operation under another method or path", _REQUEST, _WHOLE),
    "security": ("security-changed", "asks for something else to get in", _REQUEST, _ASKED),
    "security scheme": ("security-scheme-changed", "wants a credential in another form", _REQUEST, _ASKED),
    "encoding": ("request-encoding-changed", "wants the parts of a form written in another way", _REQUEST, _FORMS),
    "webhook": ("webhook-changed", "calls a webhook in another way", _RESPONSE, _ANSWER),
    "callback": ("callback-changed", "calls back in another way", _RESPONSE, _ANSWER),
    "server default": ("server-default-changed", "fills in a server's address in another way", _REQUEST, _ASKED),
    "links": ("links-changed", "links answers to operations in another way", _RESPONSE, _ANSWER),
    "operation id": ("operation-id-changed", "gives an operation another operationId", Direction.NONE, _TEXT),
    "path parameter": ("path-parameter-renamed", "gives a path parameter another name", Direction.NONE, _TEXT),
    "operation text": ("operation-description-changed", "words an operation in another way", Direction.NONE, _TEXT),
    "document text": ("document-description-changed", "words the document in another way", Direction.NONE, _TEXT),
    "page": ("page-changed", "stands on a page that is another one now", Direction.NONE, _PAGE),
    "version": ("document-version-changed", "is another version of the API", Direction.NONE, _TEXT),
}  # fmt: skip

_PARTS: Final = {
    # what happened to a parameter or header, and whether it is required: stem, description, the inverse
    ("added", True): ("required-added", "has a new required", ("removed", True)),
    ("removed", True): ("required-removed", "lacks a required", ("added", True)),
    ("added", False): ("optional-added", "has a new optional", ("removed", False)),
    ("removed", False): ("optional-removed", "lacks an optional", ("added", False)),
    ("turned", True): ("required", "makes required a", ("turned", False)),
    ("turned", False): ("optional", "makes optional a", ("turned", True)),
}


def _parts(direction: Direction) -> dict[tuple[str, bool], DriftRule]:
    """Return the rules on the parameters of requests or the headers of answers; the one mirrors the other."""
    names = "request-parameter", "response-header"
    stem, mirror = names if direction is _REQUEST else reversed(names)
    kind = stem.rpartition("-")[2]
    return {
        key: DriftRule(
            f"{stem}-{rule}",
            direction,
            f"{what} {kind}",
            f"{stem}-{_PARTS[back][0]}",
            mirror=f"{mirror}-{rule}",
        )
        for key, (rule, what, back) in _PARTS.items()
    }


def _form(direction: Direction) -> DriftRule:
    names = "request-parameter-form-changed", "response-header-form-changed"
    rule, mirror = names if direction is _REQUEST else reversed(names)
    kind = "parameter" if direction is _REQUEST else "header"
    return DriftRule(rule, direction, f"writes a {kind} in another form", rule, mirror=mirror)


def _held(stem: str) -> dict[Direction, tuple[DriftRule, DriftRule]]:
    """Return the rules on what requests and answers both have: that it is gone, that it is new."""
    kind = stem.replace("-", " ")
    gone = in_both_directions(f"{stem}-removed", f"lacks a {kind}", f"{stem}-added")
    new = in_both_directions(f"{stem}-added", f"has a new {kind}", f"{stem}-removed")
    return {one.direction: (one, other) for one, other in zip(gone, new, strict=True)}


GONE_OR_NEW: Final = {
    name: tuple(there_and_back(DriftRule(one, direction, what, other, alone=alone), other, what_other))
    for name, (one, what, other, what_other, direction, alone) in _OPPOSITES.items()
}
"""The rule of what is gone or stricter and that of what is new or laxer, by what it is."""

CHANGED: Final = {
    name: DriftRule(rule, of, what, rule, alone=why) for name, (rule, what, of, why) in _CHANGED.items()
}
"""The rule of what is another one now, by what it is."""

MEDIA_TYPE: Final = _held("media-type")
BODY: Final = _held("body")
PARTS: Final = {direction: _parts(direction) for direction in (_REQUEST, _RESPONSE)}
FORM: Final = {direction: _form(direction) for direction in (_REQUEST, _RESPONSE)}


def operation_rules() -> Iterator[DriftRule]:
    """Yield every rule on what stands around the schemas."""
    pairs = (*GONE_OR_NEW.values(), *MEDIA_TYPE.values(), *BODY.values())
    parts = chain.from_iterable(rules.values() for rules in PARTS.values())
    yield from chain(*pairs, CHANGED.values(), parts, FORM.values())
