"""Request bodies and responses compared: whether there is one, its media types, statuses and headers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from conformance.diff.change import Change, Direction, DriftVerdict
from conformance.diff.operations.calls import compare_links
from conformance.diff.operations.meaning import meaning
from conformance.diff.operations.media_types import narrows, speaking_for, spelt, together
from conformance.diff.operations.parameters import compare_headers
from conformance.diff.operations.rules import BODY, CHANGED, GONE_OR_NEW, MEDIA_TYPE
from conformance.diff.operations.side import Scope, Side

_NEGOTIATED: Final = "a client that says in Accept what it wants is not sent it"
_ENCODED: Final = ("multipart/", "application/x-www-form-urlencoded")
_CLASS: Final = "a client takes an error it does not know as the x00 of its class (RFC 9110 §15)"


def compare_request(scope: Scope, base: Side, revision: Side) -> Iterator[Change]:
    """Yield the changes between the request bodies of two operations (OpenAPI 3.1 §4.8.13)."""
    mine, theirs = base.at("requestBody"), revision.at("requestBody")
    if mine is None or theirs is None:
        if mine is not None or theirs is not None:
            yield _body(scope, mine, theirs)
        return
    was, now = bool(mine.get("required", False)), bool(theirs.get("required", False))
    if was is not now:
        verdict = DriftVerdict.BREAKING if now else DriftVerdict.COMPATIBLE
        said = f"the body is now {'required' if now else 'optional'}"
        yield scope.change(GONE_OR_NEW["body required"][0 if now else 1], verdict, said, mine, theirs)
    yield from _content(scope, Direction.REQUEST, mine, theirs)


def _body(scope: Scope, base: Side | None, revision: Side | None) -> Change:
    """Return the change of a body that one side alone knows; one more that is optional may stay away."""
    if revision is None:
        return scope.change(BODY[Direction.REQUEST][0], DriftVerdict.BREAKING, "no body any more", base, None)
    needed = bool(revision.get("required", False))
    verdict = DriftVerdict.BREAKING if needed else DriftVerdict.COMPATIBLE
    said = f"a body, {'required' if needed else 'optional'}"
    return scope.change(BODY[Direction.REQUEST][1], verdict, said, None, revision)


def compare_responses(scope: Scope, base: Side, revision: Side) -> Iterator[Change]:
    """Yield the changes between the responses of two operations (§4.8.16).

    A status is compared with what the other side says of it: by its code, its range, or `default`.
    """
    mine, theirs = _by_status(base), _by_status(revision)
    for known, response in _together(mine, theirs):
        yield from compare_headers(scope, known, response)
        yield from _content(scope, Direction.RESPONSE, known, response)
        yield from compare_links(scope, known, response)
    for status, response in theirs.items():
        if _known(mine, status) is None:
            yield _new_status(scope, status, response)
    for status, response in mine.items():
        if _left(theirs, status) is None:
            yield _lost_status(scope, status, response, theirs)


def _together(mine: Mapping[str, Side], theirs: Mapping[str, Side]) -> Iterator[tuple[Side, Side]]:
    """Yield each response of one side with that of the other which speaks for its status, every two once."""
    found: list[tuple[Side | None, Side | None]] = [
        (_known(mine, status), response) for status, response in theirs.items()
    ]
    found += [(response, _left(theirs, status)) for status, response in mine.items()]
    pairs = [(one, other) for one, other in found if one is not None and other is not None]
    yield from {(one.pointer, other.pointer): (one, other) for one, other in pairs}.values()


def _by_status(operation: Side) -> dict[str, Side]:
    return {
        name.upper() if name != "default" else name: held
        for name, held in operation.members("responses").items()
        if not name.startswith("x-")
    }


def _known(responses: Mapping[str, Side], status: str) -> Side | None:
    """Return the response that says what may come with a status or a range of them."""
    return next((responses[key] for key in (status, f"{status[0]}XX", "default") if key in responses), None)


def _left(responses: Mapping[str, Side], status: str) -> Side | None:
    """Return what the revision still says of a status of the base.

    Where it names successes, its `default` is for errors: no success that is lost went there.
    """
    named = {key: held for key, held in responses.items() if key != "default"}
    return _known(named if status[0] in "123" and _succeeds(named) else responses, status)


def _succeeds(statuses: Iterable[str]) -> bool:
    return any(status[0] in "123" for status in statuses)


def _new_status(scope: Scope, status: str, response: Side) -> Change:
    if status[0] in "123":
        said = f"{status} may come, which the base does not know"
        return scope.change(GONE_OR_NEW["success"][1], DriftVerdict.BREAKING, said, None, response)
    return scope.change(
        GONE_OR_NEW["error"][1], DriftVerdict.COMPATIBLE, f"{status} is documented", None, response, _CLASS
    )


def _lost_status(scope: Scope, status: str, response: Side, left: Mapping[str, Side]) -> Change:
    """Return the change of a status that comes no more: who can read it reads less, unless no success is left."""
    within = [name for name in left if status.endswith("XX") and name[0] == status[0]]
    said = f"{status} is documented no more" + (f", but for {', '.join(within)}" if within else "")
    if status[0] not in "123":
        return scope.change(GONE_OR_NEW["error"][0], DriftVerdict.COMPATIBLE, said, response, None)
    hopeless = not any(name[0] in "23" or name == "default" for name in left)
    verdict = DriftVerdict.BREAKING if hopeless else DriftVerdict.COMPATIBLE
    return scope.change(GONE_OR_NEW["success"][0], verdict, said, response, None)


def _content(scope: Scope, direction: Direction, base: Side, revision: Side) -> Iterator[Change]:
    mine, theirs = _media_types(base), _media_types(revision)
    if bool(mine) is not bool(theirs) and direction is Direction.RESPONSE:
        yield _with_or_without(scope, base, revision, added=bool(theirs))
        return
    seen: set[tuple[object, ...]] = set()
    for one, other in together(mine, theirs):
        places = mine[one].schema, theirs[other].schema
        for change in scope.schemas.compare(*places, direction, scope.operation):
            # media types often share a schema: what differs in it is one change
            what = change.rule, change.base_pointer, change.revision_pointer, change.summary
            if what not in seen:
                seen.add(what)
                yield change
        if direction is Direction.REQUEST and one.startswith(_ENCODED):
            yield from _encoding(scope, mine[one], theirs[other])
    for name in (name for name in mine if speaking_for(name, theirs) is None):
        lost = direction is Direction.REQUEST or not narrows(name, theirs)
        verdict = DriftVerdict.BREAKING if lost else DriftVerdict.COMPATIBLE
        said = f"{mine[name].pointer[-1]} is gone"
        yield scope.change(MEDIA_TYPE[direction][0], verdict, said, base, revision)
    for name in (name for name in theirs if speaking_for(name, mine) is None):
        note = _NEGOTIATED if direction is Direction.RESPONSE else ""
        said = f"{theirs[name].pointer[-1]} is new"
        yield scope.change(MEDIA_TYPE[direction][1], DriftVerdict.COMPATIBLE, said, base, revision, note)


def _with_or_without(scope: Scope, base: Side, revision: Side, *, added: bool) -> Change:
    if added:
        said = "a body, where the base has none"
        return scope.change(BODY[Direction.RESPONSE][1], DriftVerdict.COMPATIBLE, said, base, revision)
    said = "no body, where the base has one"
    return scope.change(BODY[Direction.RESPONSE][0], DriftVerdict.BREAKING, said, base, revision)


def _media_types(message: Side) -> dict[str, Side]:
    """Return the entries of `content` by what their names mean."""
    return {spelt(name): entry for name, entry in message.members("content").items()}


def _encoding(scope: Scope, base: Side, revision: Side) -> Iterator[Change]:
    """Yield a change where the parts of a form are written in another way (§4.8.15)."""
    own, other = base.at("encoding"), revision.at("encoding")
    if (own and meaning(own)) != (other and meaning(other)):
        said = "the parts of the form are written in another way"
        yield scope.change(CHANGED["encoding"], DriftVerdict.UNDECIDED, said, base, revision)
