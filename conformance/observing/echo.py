"""Echo: what a request sent against what its answer brings back, where the document gives both one name."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from conformance.contract.bundle import ROOT
from conformance.contract.keywords import OPEN
from conformance.contract.members import Bundle
from conformance.contract.sameness import same
from conformance.jsonvalue import JSON, type_name
from conformance.pointer import Pointer
from conformance.rules import ANSWER_LEAKS, DEFAULT_MISSING, ECHO_CHANGED, Rule

_DISTINCT: Final = 8
"""A text of at least so many characters, and so many different ones, is nobody else's by chance."""

_SHOWN: Final = 60
_SAMPLE: Final = "a text"
_CLOSED: Final = ("enum", "const", "format", "pattern")
_ONE_WAY: Final = ("readOnly", "writeOnly")
_NUMBERS: Final = frozenset({"integer", "number"})


@dataclass(frozen=True, slots=True)
class Change:
    """A shared member that came back as something else; `pointer` leads into the response's bundle."""

    rule: Rule
    pointer: Pointer
    expected: str
    actual: str


@dataclass(slots=True)
class Echoed:
    """What one answer shows of one request.

    `tested` are the rules that had something to compare. `sent` are digests of the distinctive texts
    that the request sent in shared members; `foreign` those that came without being sent.
    """

    changes: list[Change] = field(default_factory=list)
    tested: set[Rule] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)
    foreign: list[tuple[Pointer, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Member:
    """A member that request and response share: where each declares it, and what that says of it.

    `request` and `response` are the member's own schemas. `defaults` are those that their own schema
    accepts, each with the schema that declares the member.
    """

    request: tuple[Pointer, ...]
    response: tuple[Pointer, ...]
    defaults: tuple[tuple[Pointer, JSON], ...]
    formats: frozenset[str]
    is_text: bool


_Sides = tuple[tuple[Pointer, ...], tuple[Pointer, ...]]


class Echo:
    """Compares the requests that obey one schema with the answers that obey another."""

    def __init__(self, request: Bundle, response: Bundle) -> None:
        self._request = request
        self._response = response
        self._shared: dict[_Sides, dict[str, _Member]] = {}

    def compare(self, sent: JSON, got: JSON) -> Echoed:
        """Return what the answer shows of a valid request; a member it leaves out says nothing."""
        found = Echoed()
        self._compare_parts(((ROOT,),), ((ROOT,),), sent, got, found)
        return found

    def texts(self) -> list[str]:
        """Return the names of the top-level members that may hold any text on both sides."""
        members = self._members(((ROOT,),), ((ROOT,),))
        return [
            name
            for name, member in members.items()
            if member.is_text
            and self._request.accepts(member.request, _SAMPLE)
            and self._response.accepts(member.response, _SAMPLE)
        ]

    def _compare_parts(
        self,
        request: tuple[Pointer, ...],
        response: tuple[Pointer, ...],
        sent: JSON,
        got: JSON,
        found: Echoed,
    ) -> bool:
        """Compare member by member or item by item; False where there is nothing below to compare."""
        if isinstance(sent, dict) and isinstance(got, dict):
            members = self._members(request, response)
            for name, member in members.items():
                if member.is_text and isinstance(own := sent.get(name), str) and is_distinctive(own):
                    found.sent.add(digest(own))
                if name in got and name in sent:
                    self._member(member, sent[name], got[name], found)
                elif name in got:
                    self._left_out(member, sent, got[name], found)
            return bool(members)
        if isinstance(sent, list) and isinstance(got, list) and len(sent) == len(got):
            items = self._request.items(request), self._response.items(response)
            if not (items[0] and items[1] and self._members(*items)):
                return False
            for one, other in zip(sent, got, strict=True):
                self._compare_parts(*items, one, other, found)
            return True
        return False

    def _member(self, member: _Member, sent: JSON, got: JSON, found: Echoed) -> None:
        if self._compare_parts(member.request, member.response, sent, got, found):
            return
        if _is_unchanged(sent, got):
            self._unchanged(member, sent, found)
            return
        if not self._can_echo(member, sent, got) or self._is_described(member, got):
            return
        found.tested.add(ECHO_CHANGED)
        if member.is_text and isinstance(sent, str):
            self._text(member, sent, got, found)
        if not same(sent, got, member.formats):
            at = member.response[0]
            found.changes.append(Change(ECHO_CHANGED, at, _shown(sent), _shown(got)))

    def _unchanged(self, member: _Member, sent: JSON, found: Echoed) -> None:
        """Note what a member shows that came back as it was sent: most do, and tell the same thing."""
        shows_text = member.is_text and isinstance(sent, str) and is_distinctive(sent)
        rules = {ECHO_CHANGED, ANSWER_LEAKS} if shows_text else {ECHO_CHANGED}
        if not rules <= found.tested and self._response.accepts(member.response, sent):
            found.tested |= rules

    def _can_echo(self, member: _Member, sent: JSON, got: JSON) -> bool:
        """Tell whether the answer could hold what was sent: a value of another type was converted."""
        one, other = type_name(sent), type_name(got)
        return (
            (one == other or {one, other} == _NUMBERS)
            and self._response.accepts(member.response, sent)
            and self._response.accepts(member.response, got)
        )

    def _is_described(self, member: _Member, got: JSON) -> bool:
        """Tell whether the answer's object has members of its own, which nobody needs to have sent."""
        return isinstance(got, dict) and bool(self._response.members(member.response))

    def _text(self, member: _Member, sent: str, got: str, found: Echoed) -> None:
        if is_distinctive(sent):
            found.tested.add(ANSWER_LEAKS)
        if is_distinctive(got) and not _related(sent, got):
            found.foreign.append((member.response[0], digest(got)))

    def _left_out(self, member: _Member, sent: Mapping[str, JSON], got: JSON, found: Echoed) -> None:
        """Hold what came for a member that was left out to its default; a text may be somebody else's."""
        is_foreign = member.is_text and isinstance(got, str) and is_distinctive(got)
        is_known = DEFAULT_MISSING in found.tested and all(_is_unchanged(d, got) for _, d in member.defaults)
        if not is_foreign and (is_known or not member.defaults):
            return  # nothing to tell
        if not self._response.accepts(member.response, got):
            return  # told already
        if is_foreign:
            found.foreign.append((member.response[0], digest(got)))
        default = list(self._defaults(member, sent))
        if len(default) != 1 or not self._can_echo(member, default[0], got):
            return
        found.tested.add(DEFAULT_MISSING)
        if not same(default[0], got, member.formats):
            change = Change(DEFAULT_MISSING, member.response[0], _shown(default[0]), _shown(got))
            found.changes.append(change)

    def _defaults(self, member: _Member, sent: Mapping[str, JSON]) -> Iterator[JSON]:
        """Yield the different defaults that apply."""
        told: list[JSON] = []
        for owner, value in member.defaults:
            if not self._request.accepts((owner,), sent):
                continue  # the default of an alternative that was not taken
            if not any(same(value, one) for one in told):
                told.append(value)
                yield value

    def _members(self, request: tuple[Pointer, ...], response: tuple[Pointer, ...]) -> dict[str, _Member]:
        """Return the members that both sides declare, by name, but for those that go one way only."""
        key = (request, response)
        if key not in self._shared:
            declared = self._request.members(request)
            found = self._response.members(response)
            shared = {name: self._pair(declared[name], found[name]) for name in declared if name in found}
            self._shared[key] = {name: member for name, member in shared.items() if member is not None}
        return self._shared[key]

    def _pair(self, request: tuple[Pointer, ...], response: tuple[Pointer, ...]) -> _Member | None:
        sides = ((self._request, request), (self._response, response))
        both = [schema for side, at in sides for _, schema in side.in_place(at)]
        if any(schema.get(word) for schema in both for word in (*_ONE_WAY, OPEN)):
            return None
        return _Member(
            request=request,
            response=response,
            defaults=tuple(
                (at[:-2], value)
                for at in request
                for value in self._request.keywords((at,), "default")
                if self._request.accepts((at,), value)  # one that its own schema refuses means nothing
            ),
            formats=frozenset(schema["format"] for schema in both if "format" in schema),
            is_text=not any(word in schema for schema in both for word in _CLOSED),
        )


def _is_unchanged(sent: JSON, got: JSON) -> bool:
    """Tell whether a value without parts came back as it was; `1` for `true` is a change."""
    return type(sent) is type(got) and not isinstance(sent, dict | list) and bool(sent == got)


def is_distinctive(text: str) -> bool:
    """Tell whether a text is long and various enough to be known again."""
    return len(text) >= _DISTINCT and len(set(text[:1000])) >= _DISTINCT


def digest(text: str) -> str:
    """Return what tells texts apart without holding them."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _related(sent: str, got: str) -> bool:
    """Tell whether one text may have been made of the other: cut, trimmed, completed, in another case."""
    one, other = sent.strip().casefold(), got.strip().casefold()
    return one in other or other in one


def _shown(value: JSON) -> str:
    whole = json.dumps(value[:_SHOWN] if isinstance(value, str) else value, ensure_ascii=False)
    return whole if len(whole) <= _SHOWN else whole[: _SHOWN - 1] + "…"
