"""The vendored part of the official JSON Schema test suite, as parametrised data; a missing suite is an error."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from hypothesis import HealthCheck, settings

from conformance.contract.bundle import standalone
from conformance.contract.keywords import Schema
from conformance.contract.validator import Validator, compile_schema

FOLDER: Final = Path(__file__).parent / "suite" / "draft2020-12"

FEW: Final = settings(
    max_examples=12,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
"""The same few examples in each run, and nothing written."""


@dataclass(frozen=True, slots=True)
class Group:
    """One schema of the suite; `cases` are its instances with the suite's own verdict on each."""

    name: str
    schema: Schema
    cases: Sequence[tuple[Any, bool]]

    def has(self, *, valid: bool) -> bool:
        """Tell whether the suite holds an instance with that verdict."""
        return any(verdict is valid for _, verdict in self.cases)

    def validator(self) -> Validator:
        """Return the validator of the schema."""
        return compile_schema(standalone(self.schema))


@lru_cache(maxsize=1)
def every_group() -> tuple[Group, ...]:
    """Return every group of the suite, by file. Raises FileNotFoundError where the suite is missing."""
    files = sorted(FOLDER.rglob("*.json"))
    if len(files) < 50:
        raise FileNotFoundError(f"{FOLDER}: the test suite is not (all) there; see README.md beside it")
    return tuple(
        Group(
            f"{file.stem}: {group['description']}",
            group["schema"],
            [(test["data"], test["valid"]) for test in group["tests"]],
        )
        for file in files
        for group in json.loads(file.read_text())
    )


@lru_cache(maxsize=1)
def groups() -> tuple[Group, ...]:
    """Return the groups whose schema stands alone."""
    return tuple(group for group in every_group() if stands_alone(group))


def stands_alone(group: Group) -> bool:
    """Tell whether every reference is a pointer into the schema itself, no identifier moving its base."""
    found = list(_keywords(group.schema))
    names = {name for name, _ in found}
    references = [value for name, value in found if name == "$ref" and isinstance(value, str)]
    moved = "$id" in names and bool(references)
    return not moved and "$dynamicRef" not in names and all(ref.startswith("#") for ref in references)


def _keywords(schema: object) -> Iterator[tuple[str, object]]:
    if isinstance(schema, dict):
        yield from schema.items()
    for inner in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from _keywords(inner)
