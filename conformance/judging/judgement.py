"""What judging one exchange gives: the rules that it breaks, and the verdict on its case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from conformance.judging.verdict import Verdict
from conformance.observing.trace import NO_TRACE, Trace
from conformance.pointer import Pointer
from conformance.rules import Rule

CASE: Final[Pointer] = ()
"""The pointer of a violation that belongs to the case's own requirement, wherever that points."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule: `pointer` leads into the document, `side` is a requirement's side."""

    rule: Rule
    pointer: Pointer
    side: str
    expected: str
    actual: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one exchange says of its case.

    `verdict` is on the case's intent; `violations` hold every broken rule, those of the answer
    too. `reason` says why nothing could be decided, or why the case is open. `status` is what was
    answered, 0 where nothing was. `trace` is for the checks over several exchanges. `created` holds the
    ids of what it created, as far as the answer tells them, and is None where nothing was created.
    """

    case: str
    verdict: Verdict
    violations: tuple[Violation, ...] = ()
    reason: str = ""
    status: int = 0
    trace: Trace = NO_TRACE
    created: tuple[str, ...] | None = None
