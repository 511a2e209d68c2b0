"""The plan of a run: what is demanded and the cases that decide it, a pure function of the document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from conformance.case import Case
from conformance.operation import Operation
from conformance.requirement import Requirement


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a run needs; `preflight` maps an operation's name to its plainly valid case."""

    operations: tuple[Operation, ...]
    requirements: tuple[Requirement, ...]
    cases: tuple[Case, ...]
    preflight: Mapping[str, str]
