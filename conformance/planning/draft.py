"""Drafts: a requirement with the request that decides it, before cases with equal requests are joined."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from conformance.case import Case, Intent, Request, RunLevel
from conformance.requirement import Requirement
from conformance.rules import Rule


@dataclass(frozen=True, slots=True)
class Draft:
    """One requirement and its request; None where none can be made (the requirement then says why)."""

    requirement: Requirement
    request: Request | None
    intent: Intent
    title: str
    expected: tuple[str, ...]
    rule: Rule
    level: RunLevel = RunLevel.STANDARD
    reason: str = ""
    letter: tuple[str, ...] = ()


def join(operation: str, drafts: Iterable[Draft]) -> tuple[Case, ...]:
    """Return one case for each distinct request, in the order they first appear.

    Where drafts disagree on what the document says of a request, it is open: no verdict may rest on it.
    """
    cases: dict[str, Case] = {}
    for draft in drafts:
        if draft.request is None:
            continue
        digest = draft.request.digest
        case = Case(
            id=f"{operation}-{digest}",
            operation=operation,
            intent=draft.intent,
            title=draft.title,
            request=draft.request,
            expected=draft.expected,
            requirements=(draft.requirement.id,),
            rule=draft.rule,
            level=draft.level,
            reason=draft.reason,
            letter=draft.letter,
        )
        cases[digest] = _joined(cases[digest], case) if digest in cases else case
    return tuple(cases.values())


def _joined(first: Case, second: Case) -> Case:
    requirements = tuple(dict.fromkeys((*first.requirements, *second.requirements)))
    level = min(first.level, second.level, key=list(RunLevel).index)
    kept = first if first.intent is second.intent or first.intent is Intent.OPEN else second
    if first.intent is not second.intent and Intent.OPEN not in (first.intent, second.intent):
        raise AssertionError(f"one request is both valid and invalid: {first.title}; {second.title}")
    return replace(kept, requirements=requirements, level=level)
