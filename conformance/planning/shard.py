"""Shards: a plan cut into parts that machines apart can send, each of which can be judged by itself."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from conformance import __version__
from conformance.case import Case, Intent, RunLevel
from conformance.errors import UsageError
from conformance.jsonvalue import JSON
from conformance.planning.plan import Plan
from conformance.requirement import Side

MAX_SHARDS: Final = 1000


@dataclass(frozen=True, slots=True)
class Shard:
    """One part of a run: the `index`-th, counted from 1, of so many."""

    index: int
    of: int

    def __post_init__(self) -> None:
        """Raise ValueError for a part that no run has."""
        if not 1 <= self.index <= self.of <= MAX_SHARDS:
            raise ValueError(f"{self} is none of 1/N to N/N with N at most {MAX_SHARDS}")

    def __str__(self) -> str:
        return f"{self.index}/{self.of}"


def parse_shard(text: str) -> Shard:
    """Return the part that `I/N` names. Raises UsageError."""
    match = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text)
    if match is None:
        raise UsageError(f"--shard {text!r}: give which part of how many, such as 2/5")
    try:
        return Shard(int(match[1]), int(match[2]))
    except ValueError as error:
        raise UsageError(f"--shard {error}") from error


def places(plan: Plan, of: int) -> dict[str, int]:
    """Return in which of so many shards each case is sent, by case id.

    The cases are laid out operation by operation and cut at equal distances, so that most operations lie
    in one shard. Same plan, same places.
    """
    found: dict[str, int] = {}
    for unit in _units(plan.cases):
        middle = len(found) + len(unit) / 2
        index = int(middle * of / len(plan.cases)) + 1
        found |= {case.id: index for case in unit}
    return found


def _units(cases: Sequence[Case]) -> Iterator[list[Case]]:
    """Yield what stays in one shard: an operation's comparable cases together, each other case alone."""
    operations: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        operations[case.operation].append(case)
    for own in operations.values():
        together = [case for case in own if _is_compared(case)]
        if together:
            yield together
        yield from ([case] for case in own if not _is_compared(case))


def _is_compared(case: Case) -> bool:
    """Tell whether the answer is held against those to other cases: an id given twice, a text that leaked.

    The open cases of the level full can outnumber all others and show nothing but ids: theirs are compared
    within their shard.
    """
    return case.intent is Intent.VALID or (case.intent is Intent.OPEN and case.level is not RunLevel.FULL)


def cut(plan: Plan, shard: Shard) -> Plan:
    """Return one part of the plan: its cases, the requirements they decide, and those on their answers.

    A requirement that no case decides belongs to no part; `preflight` stays that of the whole plan.
    """
    place = places(plan, shard.of)
    cases = tuple(case for case in plan.cases if place[case.id] == shard.index)
    decided = {requirement for case in cases for requirement in case.requirements}
    names = {case.operation for case in cases}
    return replace(
        plan,
        operations=tuple(o for o in plan.operations if o.name in names),
        requirements=tuple(
            r
            for r in plan.requirements
            if r.id in decided or (r.side is Side.ANSWERS and r.operation in names)
        ),
        cases=cases,
    )


def before(plan: Plan, part: Plan) -> Plan:
    """Return the plan whose preflight a part needs: of each of its operations, wherever the case is sent."""
    return replace(plan, operations=part.operations)


def terms(plan: Plan, level: RunLevel, globs: Sequence[str], max_body: int | None) -> dict[str, JSON]:
    """Return what all shards of one run have in common, as plain data for their journals' headers."""
    documents = dict.fromkeys((o.document.name, o.document.sha256) for o in plan.operations)
    ids = "\n".join(case.id for case in plan.cases)
    return {
        "version": __version__,
        "documents": [list(document) for document in documents],
        "level": level.value,
        "operations": list(globs),
        "max_body": max_body,
        "cases": hashlib.sha256(ids.encode()).hexdigest(),
    }


def description(shard: Shard, plan: Plan, part: Plan, agreed: dict[str, JSON]) -> dict[str, JSON]:
    """Return what the header of a shard's journal tells: which part of what.

    `preflights` counts the requests of the preflight that are no case of the part and in no other count.
    """
    own = {case.id for case in part.cases}
    asked = (plan.preflight[o.name] for o in part.operations if o.name in plan.preflight)
    return {
        "index": shard.index,
        "of": shard.of,
        "preflights": sum(case not in own for case in asked),
        "terms": agreed,
    }
