"""What the page's script works from: requirements and cases as short lists of numbers, each text said once."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from typing import Any, Final

from conformance.case import Intent
from conformance.requirement import Side
from conformance.verdict import Verdict
from reports.cases import CHUNK, CaseRow
from reports.model import Row, RunReport
from reports.text import visible

MAX_TEXT: Final = 400
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

    def number(self, text: str) -> int:
        """Return the number of a text."""
        return self._numbers.setdefault(visible(text, MAX_TEXT), len(self._numbers))

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)


def index(report: RunReport) -> dict[str, Any]:
    """Return all requirements and cases, but no bodies.

    `requirements`: id, operation, place, column, demand, outcome, side, verdict, reason. `cases`: id,
    operation, intent, verdict, status, milliseconds, title, requirements, reason. `texts` holds what the
    numbers of operation, place, column, demand, reason and title stand for; the requirements of a case are
    positions, as side, verdict and intent are in the lists of that name.
    """
    texts = Texts()
    known = {row.id: number for number, row in enumerate(report.rows)}
    requirements = [_requirement(row, texts) for row in report.rows]
    cases = [_case(row, texts, known) for row in (report.cases.rows if report.cases else ())]
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


def packed(report: RunReport) -> list[str]:
    """Return the bodies of the cases, in chunks of CHUNK, each zlib (RFC 1950) as base64."""
    return [b64encode(chunk).decode() for chunk in report.cases.chunks()] if report.cases else []


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
