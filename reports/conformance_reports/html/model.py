"""What the page says, ready for its template: the head, a card for each finding, what was not proven."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from conformance.case import Intent
from conformance.judging.verdict import Finding, Verdict
from conformance.requirement import Side
from conformance.rules import RULES, FindingLevel
from conformance_reports.blocks import MAX_TEXT, acceptance, fields
from conformance_reports.cases import Bodies, CaseRow
from conformance_reports.html.payload import Line, lines, path_of_place, path_of_pointer
from conformance_reports.model import Place, Row, RunReport, counts
from conformance_reports.terminal import verdict_line
from conformance_reports.text import visible

MAX_CARDS: Final = 300
MAX_LISTED: Final = 200
_ALSO: Final = 30
_NO_BODIES: Final = Bodies("", "", -1, "", -1, "", "")


@dataclass(frozen=True, slots=True)
class Also:
    """A requirement that a finding explains: it could not be decided for it."""

    id: str
    address: str


@dataclass(frozen=True, slots=True)
class Card:
    """One finding: what is demanded, what came instead, and all that proves it.

    `anchor` is what a link to it names; `row` is its requirement's, None where that is not known; `also`
    are the first of those it explains, `also_count` says how many there are. `age` is `new` or `still
    there` since an earlier run, empty where none was given.
    """

    finding: Finding
    anchor: str
    row: Row | None
    told: Mapping[str, str]
    accepted: str
    status: int
    bodies: Bodies
    sent: tuple[Line, ...]
    answer: tuple[Line, ...]
    curl: str
    place: Place | None
    also: tuple[Also, ...]
    also_count: int
    age: str


@dataclass(frozen=True, slots=True)
class Group:
    """The cards of one rule."""

    rule: str
    demand: str
    level: FindingLevel
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class OperationRow:
    """One operation's line in the table; `score` is empty where nothing is known of mutants."""

    name: str
    counts: Mapping[str, int]
    requests: int
    score: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why requirements were not proven, and how many."""

    verdict: str
    text: str
    count: int


def headline(report: RunReport) -> str:
    """Return the run in one line: whether it conforms, and how many findings are new."""
    return verdict_line(report)[1]


def groups(report: RunReport) -> tuple[Group, ...]:
    """Return the new findings and then the accepted ones, by rule, the gravest first; MAX_CARDS at most."""
    by_level = [f for level in FindingLevel for f in report.findings if f.level is level]
    findings = sorted(by_level, key=lambda finding: finding.baselined)[:MAX_CARDS]
    cards = list(_cards(report, findings))
    rules = dict.fromkeys(card.finding.rule for card in cards)
    return tuple(_group(rule, [card for card in cards if card.finding.rule == rule]) for rule in rules)


def _group(rule: str, cards: list[Card]) -> Group:
    known = RULES.get(rule)
    return Group(rule, known.demand if known else "", cards[0].finding.level, tuple(cards))


def _cards(report: RunReport, findings: list[Finding]) -> Iterator[Card]:
    rows = {row.id: row for row in report.rows}
    explained: dict[str, list[Also]] = {}
    for row in report.rows:
        if row.explained_by:
            explained.setdefault(row.explained_by, []).append(Also(row.id, row.address))
    wanted = {finding.case for finding in findings}
    kept = report.cases
    bodies = kept.bodies(wanted) if kept else {}
    statuses = {row.id: row.status for row in kept.rows if row.id in wanted} if kept else {}
    seen = Counter[str]()
    for finding in findings:
        owner = rows.get(finding.requirement_id)
        held = bodies.get(finding.case, _NO_BODIES)
        also = explained.get(finding.requirement_id, [])
        is_on_answer = finding.side == Side.ANSWERS
        place = () if is_on_answer or owner is None else path_of_place(owner.place)
        answer_place = path_of_pointer(finding.pointer) if is_on_answer else ()
        seen[finding.fingerprint] += 1
        yield Card(
            finding,
            _anchor(finding, seen[finding.fingerprint]),
            owner,
            {label: _cut(text) for label, text in fields(report, finding).items() if label != "Requirement"},
            _cut(acceptance(report, finding)) if finding.baselined else "",
            statuses.get(finding.case, 0),
            held,
            lines(held.sent, place) if held.sent_bytes > 0 else (),
            lines(held.answer, answer_place) if held.answer_bytes > 0 else (),
            report.curls.get(finding.case, ""),
            report.places.get((finding.operation, finding.pointer)),
            tuple(also[:_ALSO]),
            len(also),
            _age(report, finding),
        )


def _anchor(finding: Finding, number: int) -> str:
    return finding.fingerprint if number == 1 else f"{finding.fingerprint}-{number}"


def _age(report: RunReport, finding: Finding) -> str:
    """Say whether an earlier run had the finding, where one was given."""
    if report.since is None:
        return ""
    return "new" if finding.fingerprint in report.since.new else "still there"


def _cut(text: str) -> str:
    return visible(text, MAX_TEXT)


def operations(report: RunReport) -> tuple[OperationRow, ...]:
    """Return the table of operations."""
    return tuple(
        OperationRow(name, counts(report.rows_of(name)), requests, _score(report.scores.get(name)))
        for name, requests in report.requests.items()
    )


def _score(score: tuple[int, int] | None) -> str:
    if score is None or not sum(score):
        return ""
    killed, alive = score
    return f"{killed / (killed + alive):.1%} ({killed} of {killed + alive})"


def reasons(rows: Iterable[Row]) -> list[Reason]:
    """Return why requirements were skipped or could not be decided, the most frequent first."""
    undecided = (Verdict.ERRORED, Verdict.SKIPPED)
    tally = Counter((row.verdict.value, _cut(row.reason)) for row in rows if row.verdict in undecided)
    return [Reason(verdict, text, count) for (verdict, text), count in tally.most_common(MAX_LISTED)]


def open_cases(rows: Iterable[CaseRow]) -> list[Reason]:
    """Return why the contract is unclear on some cases, and how many they are."""
    tally = Counter((row.operation, _cut(row.reason)) for row in rows if row.intent is Intent.OPEN)
    return [Reason(name, text, count) for (name, text), count in tally.most_common(MAX_LISTED)]


def never_seen(report: RunReport) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return what no answer showed, by operation and kind."""
    return {
        name: {"statuses": unseen.statuses, "members": unseen.members, "branches": unseen.branches}
        for name, unseen in report.unseen.items()
        if unseen
    }


def facts(report: RunReport) -> dict[str, Any]:
    """Return what the head tells of the run, by label; what is not known is left out."""
    documents = ", ".join(f"{d.get('name', '')} {d.get('version', '')}".strip() for d in report.documents)
    told = {
        "Target": report.target,
        "Documents": _cut(documents),
        "Began": report.started,
        "Took": f"{report.duration:.1f} s",
        "Requests": f"{report.sent:,}" + ("" if report.complete else f" of {report.planned:,} cases"),
        "Complete": "yes" if report.complete else f"no: {report.stopped or 'no end was written'}",
        "Shard": report.shard,
        "Baseline": report.baseline.file if report.baseline else "",
        "Mark": f"{report.mark} is on what was created and left" if report.mark and report.sent else "",
    }
    return {label: text for label, text in told.items() if text}
