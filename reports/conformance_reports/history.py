"""What is told of runs one after the other: what changed since an earlier one, and what each of a row came to."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.judging.verdict import Finding, Verdict


@dataclass(frozen=True, slots=True)
class Turn:
    """A requirement that both runs know, with a verdict in each."""

    id: str
    address: str
    before: Verdict
    after: Verdict


@dataclass(frozen=True, slots=True)
class Since:
    """What one run shows that an earlier one, called `run`, did not, and the other way round.

    `new` and `still` are fingerprints of the later run's findings; `gone` are findings of the earlier one.
    `unknown` are those of its findings that the later run could not have shown: it is incomplete, or lacks
    their operation.
    """

    run: str
    started: str
    new: frozenset[str]
    still: frozenset[str]
    gone: tuple[Finding, ...]
    unknown: tuple[Finding, ...]
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """One run of a row: its name, when it began (ISO 8601), and what it came to; `findings` are the new ones."""

    run: str
    started: str
    complete: bool
    exit_code: int
    findings: int
    accepted: int
    passed: int
    failed: int
    total: int
