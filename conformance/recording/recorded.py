"""What became of a case, read back from its line of the journal: the exchange and its judgement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.case import Exchange
from conformance.errors import DocumentError
from conformance.judging.judgement import Judgement, Violation
from conformance.judging.verdict import Verdict
from conformance.observing import trace as traces
from conformance.pointer import parse
from conformance.recording.journal import decode_body
from conformance.rules import RULES


def exchange_of(line: Mapping[str, Any]) -> tuple[Exchange, int]:
    """Return the exchange as it was kept, and how many bytes its body had before it was cut.

    Raises DocumentError where the line isn't one that the journal's writer wrote.
    """
    try:
        answer = line["response"]
        kept = Exchange(
            case=str(line["id"]),
            status=int(answer["status"]),
            headers=tuple((str(name), str(value)) for name, value in answer["headers"]),
            body=decode_body(answer["body"]) or b"",
            elapsed=float(answer["elapsed"]),
            failure=str(answer["failure"]),
            truncated=answer["truncated"] is True,
        )
        return kept, int(answer["bytes"])
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise _unreadable(line, error) from error


def judgement_of(line: Mapping[str, Any]) -> Judgement:
    """Return the judgement, the tokens of its pointers all texts. Raises DocumentError as `exchange_of` does."""
    try:
        return Judgement(
            case=str(line["id"]),
            verdict=Verdict(line["verdict"]),
            violations=tuple(map(_violation, line["violations"])),
            reason=str(line["reason"]),
            status=int(line["response"]["status"]),
            trace=traces.from_json(line["trace"]),
            created=tuple(map(str, line["created"])) if "created" in line else None,
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise _unreadable(line, error) from error


def _violation(stored: Mapping[str, Any]) -> Violation:
    return Violation(
        rule=RULES[stored["rule"]],
        pointer=parse(stored["pointer"]),
        side=str(stored["side"]),
        expected=str(stored["expected"]),
        actual=str(stored["actual"]),
    )


def _unreadable(line: Mapping[str, Any], error: Exception) -> DocumentError:
    return DocumentError(f"the outcome of case {line.get('id')!r} in the journal cannot be read: {error}")
