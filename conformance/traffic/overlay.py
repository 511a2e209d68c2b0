"""An OpenAPI Overlay 1.0 that would make a document agree with its service, for a person to accept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import reduce
from typing import Any, Final

from conformance.diff.amendment import amended
from conformance.diff.change import Change
from conformance.errors import DocumentError
from conformance.jsonvalue import JSON
from conformance.openapi.document import Document
from conformance.openapi.soundness import check
from conformance.pointer import Pointer
from conformance.traffic.sighting import SENT

_ESCAPES: Final = {
    "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", "'": "\\'", "\\": "\\\\",
}  # fmt: skip


def overlay(document: Document, changes: Iterable[Change], extends: str) -> dict[str, Any] | None:
    """Return the overlay for the rows of one document, None where none of them can be proposed.

    `extends` is the document's address as a URI reference. A row whose edits would leave no valid
    OpenAPI document proposes nothing.
    """
    content, actions = document.content, list[dict[str, Any]]()
    for change in changes:
        edited = reduce(amended, change.amendments, content)
        # what was sent stays out: an overlay is kept and shared
        told = f"{change.rule} · {change.operation}: {change.summary} ({change.exchange.partition(SENT)[0]})"
        found = list(differences(content, edited))
        if found and _is_valid(edited):
            actions += ({"target": action["target"], "description": told, **action} for action in found)
            content = edited
    if not actions:
        return None
    title = f"{document.title}, as its service was observed"
    info = {"title": title, "version": document.version}
    return {"overlay": "1.0.0", "info": info, "extends": extends, "actions": actions}


def _is_valid(content: JSON) -> bool:
    try:
        check(content, "the proposal")
    except (DocumentError, UnicodeEncodeError):  # a lone surrogate from outside has no place in a document
        return False
    return True


def differences(before: JSON, after: JSON, at: Pointer = ()) -> Iterator[dict[str, Any]]:
    """Yield the actions that turn one object or list into another of its kind (Overlay 1.0 §4.4.3).

    An update merges objects, adds one entry to a list and replaces nothing else that is no simple
    value, so what it cannot say is removed and set anew.
    """
    if isinstance(before, list):
        yield from _of_lists(before, after, at)
        return
    yield from ({"target": jsonpath((*at, name)), "remove": True} for name in before if name not in after)
    update: dict[str, JSON] = {}
    for name, new in after.items():
        old = before.get(name)
        if name not in before:
            update[name] = new
        elif _spelled(old) != _spelled(new):
            if _can_merge(old, new):
                yield from differences(old, new, (*at, name))
                continue
            if isinstance(old, dict | list) or isinstance(new, dict | list):
                yield {"target": jsonpath((*at, name)), "remove": True}
            update[name] = new
    if update:
        yield {"target": jsonpath(at), "update": update}


def _of_lists(before: list[JSON], after: list[JSON], at: Pointer) -> Iterator[dict[str, Any]]:
    if len(before) == len(after):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            if _spelled(old) != _spelled(new):
                yield from differences(old, new, (*at, index))
        return
    kept = {_spelled(item) for item in after}
    for index in reversed(range(len(before))):
        if _spelled(before[index]) not in kept:
            yield {"target": jsonpath((*at, index)), "remove": True}
    yield from ({"target": jsonpath(at), "update": item} for item in after[len(before) :])


def _can_merge(old: JSON, new: JSON) -> bool:
    """Tell whether actions below can say it: objects, and lists that lost, won or changed whole items."""
    if isinstance(old, dict) and isinstance(new, dict):
        return True
    if not isinstance(old, list) or not isinstance(new, list):
        return False
    mine, theirs = [_spelled(item) for item in old], [_spelled(item) for item in new]
    if len(old) == len(new):
        return all(
            a == b or _can_merge(*pair)
            for a, b, pair in zip(mine, theirs, zip(old, new, strict=True), strict=True)
        )
    if len(old) < len(new):
        return mine == theirs[: len(mine)] and not any(isinstance(item, list) for item in new[len(old) :])
    return [item for item in mine if item in set(theirs)] == theirs


def jsonpath(pointer: Pointer) -> str:
    """Return the normalized path to a place (RFC 9535 §2.7)."""
    return "$" + "".join(f"[{t}]" if isinstance(t, int) else f"['{_escaped(t)}']" for t in pointer)


def _escaped(name: str) -> str:
    return "".join(_ESCAPES.get(c, c if c >= " " else f"\\u{ord(c):04x}") for c in name)


def _spelled(value: JSON) -> str:
    return json.dumps(value, sort_keys=True)
