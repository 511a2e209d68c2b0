"""Merging: the journals of a run's shards, held against each other and the plan, told as the events of one run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

from conformance.case import Case
from conformance.errors import DocumentError, UsageError
from conformance.judging.judgement import Judgement
from conformance.judging.verdict import Finding
from conformance.observing.response_coverage import Coverage
from conformance.planning.plan import Plan
from conformance.planning.shard import Shard, places
from conformance.recording.journal import Journal, case_of
from conformance.recording.recorded import exchange_of, judgement_of
from conformance.running.flaky import retried
from conformance.running.runner import CaseJudged, CaseRetried

_ITS_OWN: Final = frozenset(
    {"started", "documents", "operations", "cases", "key_env", "header_variables", "shard"}
)
"""What the headers of one run's shards may differ in; documents and operations are compared as terms."""

_SHOWN: Final = 100
_NAMED: Final = 20


@dataclass(frozen=True, slots=True)
class Part:
    """A shard as it was read: its place in the run, its journal, and where that lies."""

    shard: Shard
    journal: Journal
    label: str

    @property
    def terms(self) -> Mapping[str, Any]:
        """What the shard told of the plan that it was cut from."""
        terms: Mapping[str, Any] = self.journal.header["shard"]["terms"]
        return terms


def parts_of(journals: Iterable[tuple[str, Journal]]) -> tuple[Part, ...]:
    """Return the shards in their order; each journal comes with the name to call it by.

    Raises DocumentError for a journal that no shard wrote, UsageError for two that are not parts of one run.
    """
    parts = [_part(label, journal) for label, journal in journals]
    for part in parts[1:]:
        if differences := _differences(_common(part), _common(parts[0])):
            raise UsageError(f"{part.label} and {parts[0].label} are not shards of one run: {differences}")
    parts.sort(key=lambda part: part.shard.index)
    for one, other in pairwise(parts):
        if one.shard == other.shard:
            raise UsageError(
                f"{one.label} and {other.label} are both shard {one.shard}; give each shard once"
            )
    return tuple(parts)


def _part(label: str, journal: Journal) -> Part:
    told = journal.header.get("shard")
    if told is None:
        raise DocumentError(f"{label}: a whole run, no shard; give the --report-dir of `run --shard I/N`")
    try:
        part = Part(Shard(int(told["index"]), int(told["of"])), journal, label)
        _flat(part.terms)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise DocumentError(f"{label}: not the journal of a shard: {error!r}") from error
    return part


def _common(part: Part) -> dict[str, Any]:
    header = {name: value for name, value in part.journal.header.items() if name not in _ITS_OWN}
    if header.get("embedded") is True:
        header["target"] = "the embedded mock"  # each shard has its own, at some free port
    return {"number of shards": part.shard.of, **header, **_flat(part.terms)}


def _flat(terms: Mapping[str, Any]) -> dict[str, Any]:
    """Return the terms with each document by itself, so that the one that differs is named."""
    rest = {name: value for name, value in terms.items() if name != "documents"}
    documents = {f"document {name}": digest for name, digest in terms["documents"]}
    return {**documents, **rest}


def _differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """Name the first member in which two runs differ, with both values; `""` where there is none."""
    for name in (*other, *one):
        mine, yours = one.get(name, "nothing"), other.get(name, "nothing")
        if mine != yours:
            return f"{name} is {_brief(mine)} in one and {_brief(yours)} in the other"
    return ""


def _brief(value: object) -> str:
    shown = str(value)
    return shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"


def refuse_other_plan(part: Part, agreed: Mapping[str, Any]) -> None:
    """Raise DocumentError where a plan with the terms `agreed` is not the one that the shard was cut from."""
    if differences := _differences(_flat(agreed), _flat(part.terms)):
        raise DocumentError(
            f"{part.label} was sent by another plan than the one made here: {differences}; merge with the same "
            "--spec, --explore-dir and version"
        )


def lacking(parts: Iterable[Part]) -> str:
    """Say which shards are missing or incomplete; `""` where the run is whole."""
    known = {part.shard: part.journal for part in parts}
    of = next(iter(known)).of
    absent = [str(shard) for index in range(1, of + 1) if (shard := Shard(index, of)) not in known]
    texts = [
        f"shard {shard} is incomplete{_why(journal)}"
        for shard, journal in known.items()
        if not journal.complete
    ]
    if absent:
        more = f" and {len(absent) - _NAMED} more" if len(absent) > _NAMED else ""
        texts.insert(0, f"missing: shard {', '.join(absent[:_NAMED])}{more}")
    return "; ".join(texts)


def _why(journal: Journal) -> str:
    stopped = (journal.footer or {}).get("stopped")
    return f" ({_brief(stopped)})" if stopped else ""


def judged(plan: Plan, parts: Iterable[Part]) -> Iterator[CaseJudged]:
    """Yield what became of the cases, in plan order. Raises DocumentError for a case that is not the plan's."""
    lines = _lines(plan, tuple(parts))
    for index, case in enumerate(plan.cases):
        if case.id in lines:
            part, line = lines[case.id]
            if case_of(line) != case:
                raise DocumentError(f"{part.label}: case {case.id!r} is not the one that the documents give")
            exchange, size = exchange_of(line)
            yield CaseJudged(index, case, exchange, _judgement(part, line), size)


def _lines(plan: Plan, parts: tuple[Part, ...]) -> dict[str, tuple[Part, Mapping[str, Any]]]:
    """Return shard and line of each case. Raises DocumentError for one that is there twice or elsewhere."""
    place = places(plan, parts[0].shard.of)
    planned = Counter(place.values())
    found: dict[str, tuple[Part, Mapping[str, Any]]] = {}
    for part in parts:
        for line in part.journal.cases:
            if place.get(line["id"]) != part.shard.index or line["id"] in found:
                raise DocumentError(
                    f"{part.label}: case {line['id']!r} does not belong there, or is there twice"
                )
            found[line["id"]] = part, line
        if part.journal.complete and len(part.journal.cases) != planned[part.shard.index]:
            raise DocumentError(
                f"{part.label}: says that it is complete, but lacks cases; run the shard again"
            )
    return found


def _judgement(part: Part, line: Mapping[str, Any]) -> Judgement:
    """Return the judgement with the id that was given marked as the shard's own.

    Shards may each have had a server of their own, where the same ids mean other things; what can be
    compared was sent in one shard.
    """
    judgement = judgement_of(line)
    if judgement.trace.made is None:
        return judgement
    at, given = judgement.trace.made
    return replace(judgement, trace=replace(judgement.trace, made=(at, f"{part.shard.index}:{given}")))


def again(plan: Plan, parts: Iterable[Part], findings: Iterable[Finding]) -> Iterator[CaseRetried]:
    """Yield what became of the cases that the findings rest on when their shards sent them a second time."""
    lines = {line["id"]: (part, line) for part in parts for line in part.journal.retries}
    cases = {case.id: case for case in plan.cases}
    for case_id in retried(finding.case for finding in findings):
        if case_id in lines:
            part, line = lines[case_id]
            exchange, size = exchange_of(line)
            yield CaseRetried(cases[case_id], exchange, _judgement(part, line), size)


def beside(
    plan: Plan, parts: Iterable[Part], retold: Collection[str]
) -> Iterator[tuple[Case, tuple[str, ...]]]:
    """Yield what the shards created by requests that the whole run would not have sent, by case.

    That is their preflights, and the second exchanges of cases but those `retold`. Raises DocumentError for
    a line that no shard wrote.
    """
    cases = {case.id: case for case in plan.cases}
    for part in parts:
        spare = (line for line in part.journal.retries if line["id"] not in retold and "created" in line)
        for line in (*part.journal.created, *spare):
            try:
                yield cases[line["id"]], tuple(map(str, line["created"]))
            except (KeyError, TypeError) as error:
                raise DocumentError(f"{part.label}: creations of case {line['id']!r}: {error!r}") from error


def covered(plan: Plan, parts: Iterable[Part]) -> Coverage:
    """Return what the answers to all the complete shards showed. Raises DocumentError where one can't be read."""
    coverage = Coverage(plan.operations)
    for part in parts:
        try:
            coverage.add((part.journal.footer or {})["coverage"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise DocumentError(f"{part.label}: not the footer of a shard: {error!r}") from error
    return coverage
