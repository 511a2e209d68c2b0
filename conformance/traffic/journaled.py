"""The exchanges of a kept run, with the operations they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from conformance.case import Case
from conformance.errors import DocumentError
from conformance.openapi.operation import Operation
from conformance.recording.journal import Journal, case_of
from conformance.recording.recorded import exchange_of
from conformance.traffic.sighting import Sighting


@dataclass(frozen=True, slots=True)
class Run:
    """A journal, the name that its lines are told by, and the operations it was sent to, by name."""

    journal: Journal
    label: str
    operations: Mapping[str, Operation]

    def sighting(self, line: Mapping[str, object]) -> tuple[Case, Sighting]:
        """Return the exchange of one line. Raises DocumentError where the line or its operation is unknown."""
        case, (answer, _) = case_of(line), exchange_of(line)
        operation = self.operations.get(case.operation)
        if operation is None:
            raise DocumentError(
                f"{self.label}: no document given has {case.operation!r}; name it with --spec"
            )
        label = f"{self.label}:{self.journal.numbers[case.id]} {case.id}"
        return case, Sighting(label, operation, case.request.method, case.request.body, answer)
