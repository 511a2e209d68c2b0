"""Requirements in pytest's tree: a document holds operations, an operation its requirements, each a test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import pytest

from conformance.errors import ConformanceError
from conformance.suite.properties import PropertyTest, properties_of
from conformance.suite.state import State


class DocumentFile(pytest.File):
    """An OpenAPI document."""

    def collect(self) -> Iterator[pytest.Collector]:
        """Yield the operations of this document."""
        yield from operations_of(self, self.path)


def operations_of(parent: pytest.Collector, document: Path | None = None) -> Iterator[OperationCollector]:
    """Yield the operations of a document, of all documents of the session where none is named.

    Raises CollectError where documents or target can't be used: pytest tells it without a frame of ours.
    """
    try:
        operations = State.of(parent.config).operations
    except ConformanceError as error:
        raise parent.CollectError(str(error)) from None
    for operation in operations:
        if document is None or Path(operation["document"]).resolve() == document.resolve():
            yield OperationCollector.from_parent(parent, name=operation["name"], operation=operation)


class OperationCollector(pytest.Collector):
    """One operation."""

    def __init__(self, *, operation: dict[str, Any], **rest: Any) -> None:
        super().__init__(**rest)
        self.operation = operation
        self.add_marker(pytest.mark.operation(operation["name"], name=operation["name"]))

    @classmethod
    def from_parent(cls, parent: pytest.Collector, **rest: Any) -> Self:
        """Make a node below `parent`."""
        made: Self = super().from_parent(parent, **rest)
        return made

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the requirements, then the property tests."""
        for entry in self.operation["items"]:
            yield RequirementItem.from_parent(
                self,
                name=entry["name"],
                nodeid=f"{self.nodeid}::{entry['name']}",  # told whole: pytest reads parameters out of it
                entry=entry,
                document=self.operation["document"],
            )
        yield from properties_of(self, self.operation)


class RequirementItem(pytest.Item):
    """One requirement; the verdict comes from the session's one run."""

    def __init__(self, *, entry: dict[str, Any], document: str, **rest: Any) -> None:
        super().__init__(**rest)
        self.requirement: str = entry["id"]
        self._place = (document, entry["line"])
        for mark in ("requirement", *entry["marks"]):
            self.add_marker(mark)

    def prepare(self) -> None:
        """Mark the test as skipped where nothing was decided, for no fault of anybody's; as xfail, where accepted.

        Where no requirement could be decided, one test that says so is enough: with none in the
        session that do without the target, it ends.
        """
        state = State.of(self.config)
        outcome, text = state.outcome(self.requirement)
        if outcome == "skipped":
            self.add_marker(pytest.mark.skip(reason=text))
        if outcome == "accepted":
            self.add_marker(pytest.mark.xfail(reason="accepted by the baseline", strict=True))
        if "error" in state.decided and all(map(_needs_target, self.session.items)):
            self.session.shouldstop = text

    def setup(self) -> None:
        """Fail where the requirement could not be decided: in the set-up that is an error, for pytest."""
        outcome, text = State.of(self.config).outcome(self.requirement)
        if outcome == "errored":
            pytest.fail(text, pytrace=False)

    def runtest(self) -> None:
        """Fail where the requirement is broken; the text says all, and no frame of ours helps anybody."""
        outcome, text = State.of(self.config).outcome(self.requirement)
        if outcome in ("failed", "accepted"):
            pytest.fail(text, pytrace=False)

    def reportinfo(self) -> tuple[str, int, str]:
        """Return where the document says what is required."""
        return *self._place, f"{self.parent.name if self.parent else ''}: {self.name}"


def _needs_target(item: pytest.Item) -> bool:
    is_ours = isinstance(item, RequirementItem | PropertyTest)
    return is_ours or "conformance_target" in getattr(item, "fixturenames", ())
