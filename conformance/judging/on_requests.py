"""Checks of how a request was met: the status against what the case wants."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from conformance.case import Intent
from conformance.judging.judgement import CASE, Violation
from conformance.judging.subject import Subject
from conformance.planning.expectation import SET_UP, fits
from conformance.rules import (
    INVALID_ACCEPTED,
    OPEN_BEHAVIOUR,
    SERVER_ERROR,
    STATUS_UNEXPECTED,
    UNAUTHORIZED_ACCEPTED,
    UNKNOWN_ACCEPTED,
    VALID_REJECTED,
    Rule,
    Side,
)


def server_error(subject: Subject) -> Iterator[Violation]:
    """Tell of a 5xx, whatever was sent, unless the case wants one."""
    if 500 <= subject.status < 600 and not subject.fits:
        yield _own(SERVER_ERROR, subject)


def valid_rejected(subject: Subject) -> Iterator[Violation]:
    """Tell of a 4xx for a valid request, unless it speaks of the set-up."""
    is_rejected = 400 <= subject.status < 500 and not subject.fits
    if subject.case.intent is Intent.VALID and is_rejected and subject.status not in SET_UP:
        yield _own(VALID_REJECTED, subject)


def forbidden_taken(subject: Subject) -> Iterator[Violation]:
    """Tell of a request taken that should have been refused, by the rule that its case was made for."""
    if subject.case.intent is Intent.INVALID and subject.status < 400 and not subject.fits:
        yield _own(subject.case.rule, subject)


def refused_otherwise(subject: Subject) -> Iterator[Violation]:
    """Tell of a wrong key or an unknown path that is refused, but with a status that speaks of something else."""
    is_refused = subject.case.intent is Intent.INVALID and 400 <= subject.status < 500 and not subject.fits
    is_about_setup = subject.case.rule in (UNAUTHORIZED_ACCEPTED, UNKNOWN_ACCEPTED)
    if is_refused and is_about_setup and subject.status not in SET_UP:
        yield _own(STATUS_UNEXPECTED, subject)


def set_up_instead(subject: Subject) -> Iterator[Violation]:
    """Tell of a broken body answered with a documented status that speaks of something else, such as a 404."""
    if not is_undecided_rejection(subject) or subject.status == 429:
        return
    response = subject.operation.responses.get(str(subject.status))
    if response is not None:
        actual = str(subject.status)
        yield Violation(STATUS_UNEXPECTED, response.pointer, Side.ANSWERS, subject.expected, actual)


def is_undecided_rejection(subject: Subject) -> bool:
    """Tell whether a broken body met a status of the set-up, which says nothing of it."""
    case = subject.case
    is_invalid = case.intent is Intent.INVALID and case.rule == INVALID_ACCEPTED
    return is_invalid and subject.status in SET_UP and not subject.fits


def open_behaviour(subject: Subject) -> Iterator[Violation]:
    """Tell of a lawful answer that departs from the letter of the document."""
    case, status = subject.case, subject.status
    if case.intent is Intent.OPEN and case.letter and subject.fits and not fits(status, case.letter):
        yield Violation(OPEN_BEHAVIOUR, CASE, "", " or ".join(case.letter), str(status))


def _own(rule: Rule, subject: Subject) -> Violation:
    return Violation(rule, CASE, "", subject.expected, str(subject.status))


ON_REQUESTS: Final = (
    server_error,
    valid_rejected,
    forbidden_taken,
    refused_otherwise,
    set_up_instead,
    open_behaviour,
)
"""The checks of this module, in the order in which their violations are told."""
