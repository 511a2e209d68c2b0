"""What the page's script works from: requirements and cases as short lists of numbers, each text said once."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeVar

from conformance.case import Intent
from conformance.judging.verdict import Verdict
from conformance.requirement import Side
from conformance_reports.cases import CHUNK, CaseRow
from conformance_reports.model import Row, RunReport
from conformance_reports.text import visible

MAX_LISTED: Final = 50_000
"""Requirements, or cases, that a browser still takes at once; of more than that, those that passed are left out."""

MAX_PACKED: Final = 8_000_000
"""Characters that the bodies of all cases may take."""

MAX_TEXT: Final = 400
_Judged = TypeVar("_Judged", Row, CaseRow)

_VERDICTS: Final = tuple(Verdict)
_INTENTS: Final = tuple(Intent)
_SIDES: Final = ("", *Side)

_COLUMNS: Final = {
    "optional": "members", "member": "members", "members": "members", "pair": "members",
    "plain": "whole", "full": "whole", "repeated": "whole", "probe": "whole",
    "key": "message", "method": "message", "path": "message", "body": "message", "media": "message",
    "token": "JSON text",
}  # fmt: skip
"""Operators that are no keyword of a schema, by the column of the matrix they stand in."""


class Texts:
    """Texts by number, in the order in which they were first asked for."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._known: dict[str, int] = {}

    def number(self, text: str) -> int:
        """Return the number of a text, as it is shown: to make it safe costs more than to know it again."""
        known = self._known.get(text)
        if known is None:
            known = self._numbers.setdefault(visible(text, MAX_TEXT), len(self._numbers))
            self._known[text] = known
        return known

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)


def index(report: RunReport) -> dict[str, Any]:
    """Return all requirements and cases, but no bodies.

    `requirements`: id, operation, place, column, demand, outcome, side, verdict, reason. `cases`: id,
    operation, intent, verdict, status, milliseconds, title, requirements, reason. `texts` holds what the
    numbers of operation, place, column, demand, reason and title stand for; the requirements of a case are
    positions, as side, verdict and intent are in the lists of that name. A case ends with its position in
    the whole run, by which its bodies are found.
    """
    texts = Texts()
    rows = [row for _, row in _listed(report.rows)]
    known = {row.id: number for number, row in enumerate(rows)}
    requirements = [_requirement(row, texts) for row in rows]
    cases = [[*_case(row, texts, known), number] for number, row in listed_cases(report)]
    return {
        "schema": 1,
        "verdicts": list(_VERDICTS),
        "intents": list(_INTENTS),
        "sides": list(_SIDES),
        "requirements": requirements,
        "cases": cases,
        "chunk": CHUNK,
        "texts": list(texts),
        "scores": {visible(name): score for name, score in report.scores.items()},
    }


def packed(report: RunReport) -> dict[int, str]:
    """Return the bodies of the listed cases, by the number of their chunk, each zlib (RFC 1950) as base64.

    What would be more than MAX_PACKED is left out.
    """
    wanted = {number // CHUNK for number, _ in listed_cases(report)}
    found: dict[int, str] = {}
    room = MAX_PACKED
    for number, chunk in enumerate(report.cases.chunks() if report.cases else ()):
        text = b64encode(chunk).decode() if number in wanted else ""
        room -= len(text)
        if text and room >= 0:
            found[number] = text
    return found


def listed_cases(report: RunReport) -> list[tuple[int, CaseRow]]:
    """Return the cases that the page lists, each with its position."""
    return _listed(report.cases.rows) if report.cases else []


def is_shortened(report: RunReport) -> bool:
    """Tell whether the page lists less than the run holds."""
    return max(len(report.rows), len(report.cases.rows) if report.cases else 0) > MAX_LISTED


def _listed(rows: Sequence[_Judged]) -> list[tuple[int, _Judged]]:
    numbered = list(enumerate(rows))
    if len(numbered) <= MAX_LISTED:
        return numbered
    return [(number, row) for number, row in numbered if row.verdict is not Verdict.PASSED][:MAX_LISTED]


def column_of(operator: str) -> str:
    """Return the column of the matrix that an operator's requirements stand in; most often its keyword."""
    keyword = re.split(r"[- ]", operator, maxsplit=1)[0]
    return _COLUMNS.get(keyword, keyword)


def _requirement(row: Row, texts: Texts) -> list[Any]:
    side = row.side if row.side in _SIDES else ""
    column = row.operator if side == Side.ANSWERS else column_of(row.operator)
    return [
        row.id,
        texts.number(row.operation),
        texts.number(row.place),
        texts.number(column),
        texts.number(row.demand or row.address),
        visible(row.outcome, MAX_TEXT),
        _SIDES.index(side),
        _VERDICTS.index(row.verdict),
        texts.number(row.reason),
    ]


def _case(row: CaseRow, texts: Texts, known: dict[str, int]) -> list[Any]:
    return [
        visible(row.id),
        texts.number(row.operation),
        _INTENTS.index(row.intent),
        _VERDICTS.index(row.verdict),
        row.status,
        round(row.elapsed * 1000, 2),
        texts.number(row.title),
        [known[name] for name in row.requirements if name in known],
        texts.number(row.reason),
    ]
