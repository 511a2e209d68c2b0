"""Request bodies and responses compared: whether there is one, its media types, statuses and headers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from conformance.drift.change import Change, Direction, DriftVerdict
from conformance.drift.parameters import compare_headers
from conformance.drift.schema.compare import Place
from conformance.drift.side import Side, Telling
from conformance.jsonvalue import JSON

_NEGOTIATED: Final = "a client that says in Accept what it wants is not sent it"
_CLASS: Final = "a client takes an error it does not know as the x00 of its class (RFC 9110 §15)"


def compare_request(telling: Telling, base: Side, revision: Side) -> Iterator[Change]:
    """Yield the changes between the request bodies of two operations (OpenAPI 3.1 §4.8.13)."""
    mine, theirs = base.at("requestBody"), revision.at("requestBody")
    if mine is None or theirs is None:
        if mine is not None or theirs is not None:
            yield _body(telling, mine, theirs)
        return
    was, now = bool(mine.get("required", False)), bool(theirs.get("required", False))
    if was is not now:
        rule, verdict = ("required", DriftVerdict.BREAKING) if now else ("optional", DriftVerdict.COMPATIBLE)
        yield telling.change(f"request-body-{rule}", verdict, f"the body is now {rule}", mine, theirs)
    yield from _content(telling, Direction.REQUEST, mine, theirs)


def _body(telling: Telling, base: Side | None, revision: Side | None) -> Change:
    """Tell of a body that one side alone knows; one more that is optional may stay away."""
    if revision is None:
        return telling.change("request-body-removed", DriftVerdict.BREAKING, "no body any more", base, None)
    needed = bool(revision.get("required", False))
    verdict = DriftVerdict.BREAKING if needed else DriftVerdict.COMPATIBLE
    said = f"a body, {'required' if needed else 'optional'}"
    return telling.change("request-body-added", verdict, said, None, revision)


def compare_responses(telling: Telling, base: Side, revision: Side) -> Iterator[Change]:
    """Yield the changes between the responses of two operations (§4.8.16).

    A status is compared with what the base says of it: by its code, its range, or `default`.
    """
    mine, theirs = _by_status(base), _by_status(revision)
    for status, response in theirs.items():
        known = _known(mine, status)
        if known is None:
            yield _new_status(telling, status, response)
        else:
            yield from compare_headers(telling, known, response)
            yield from _content(telling, Direction.RESPONSE, known, response)
            yield from _links(telling, known, response)
    for status, response in mine.items():
        if _known(theirs, status) is None and not _is_spelt_out(status, theirs):
            yield _lost_status(telling, status, response, theirs)
    yield from _callbacks(telling, base, revision)


def _by_status(operation: Side) -> dict[str, Side]:
    return {
        name.upper() if name != "default" else name: held
        for name, held in operation.members("responses").items()
        if not name.startswith("x-")
    }


def _known(responses: Mapping[str, Side], status: str) -> Side | None:
    """Return the response that says what may come with a status or a range of them."""
    return next((responses[key] for key in (status, f"{status[0]}XX", "default") if key in responses), None)


def _is_spelt_out(status: str, responses: Mapping[str, Side]) -> bool:
    """Tell whether a range gave way to statuses of that range, which were compared with it."""
    return status.endswith("XX") and any(name[0] == status[0] for name in responses)


def _new_status(telling: Telling, status: str, response: Side) -> Change:
    if status[0] in "123":
        said = f"{status} may come, which the base does not know"
        return telling.change("response-success-added", DriftVerdict.BREAKING, said, None, response)
    return telling.change(
        "response-error-added", DriftVerdict.COMPATIBLE, f"{status} is documented", None, response, _CLASS
    )


def _lost_status(telling: Telling, status: str, response: Side, left: Mapping[str, Side]) -> Change:
    """Tell of a status that comes no more: who can read it reads less, unless no success is left at all."""
    said = f"{status} is documented no more"
    if status[0] not in "123":
        return telling.change("response-error-removed", DriftVerdict.COMPATIBLE, said, response, None)
    hopeless = not any(name[0] in "23" or name == "default" for name in left)
    verdict = DriftVerdict.BREAKING if hopeless else DriftVerdict.COMPATIBLE
    return telling.change("response-success-removed", verdict, said, response, None)


def _content(telling: Telling, direction: Direction, base: Side, revision: Side) -> Iterator[Change]:
    mine, theirs = _media_types(base), _media_types(revision)
    if bool(mine) is not bool(theirs) and direction is Direction.RESPONSE:
        yield _with_or_without(telling, base, revision, added=bool(theirs))
        return
    for name, entry in mine.items():
        if name in theirs:
            places = _place(base, entry), _place(revision, theirs[name])
            yield from telling.schemas.compare(*places, direction, telling.operation)
        else:
            said = f"{entry[0]} is gone"
            yield telling.change(
                f"{direction}-media-type-removed", DriftVerdict.BREAKING, said, base, revision
            )
    for name in theirs.keys() - mine.keys():
        note = _NEGOTIATED if direction is Direction.RESPONSE else ""
        said = f"{theirs[name][0]} is new"
        yield telling.change(
            f"{direction}-media-type-added", DriftVerdict.COMPATIBLE, said, base, revision, note
        )


def _with_or_without(telling: Telling, base: Side, revision: Side, *, added: bool) -> Change:
    if added:
        said = "a body, where the base has none"
        return telling.change("response-body-added", DriftVerdict.COMPATIBLE, said, base, revision)
    said = "no body, where the base has one"
    return telling.change("response-body-removed", DriftVerdict.BREAKING, said, base, revision)


def _media_types(message: Side) -> dict[str, tuple[str, JSON]]:
    """Return the entries of `content` by media type, whose letter case says nothing (RFC 9110 §8.3.1)."""
    held = message.get("content") or {}
    return {"".join(name.lower().split()): (name, entry) for name, entry in held.items()}


def _place(message: Side, entry: tuple[str, JSON]) -> Place:
    name, held = entry
    pointer = (*message.pointer, "content", name, "schema") if "schema" in held else None
    return Place(message.document, pointer)


def _links(telling: Telling, base: Side, revision: Side) -> Iterator[Change]:
    if base.get("links") != revision.get("links"):
        yield telling.change("links-changed", DriftVerdict.UNDECIDED, "other links", base, revision)


def _callbacks(telling: Telling, base: Side, revision: Side) -> Iterator[Change]:
    if base.get("callbacks") != revision.get("callbacks"):
        yield telling.change("callbacks-changed", DriftVerdict.UNDECIDED, "other callbacks", base, revision)
