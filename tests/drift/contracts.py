"""The labelled set beyond schemas: revisions of one document, with the changes that a person finds, there and back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from conformance.diff.change import DriftVerdict
from conformance.openapi.document import Document, load
from tests.drift.pairs import Expected, patched

FOLDER: Final = Path(__file__).parent / "contracts"
BASE: Final = Path(__file__).parent / "contract.yaml"
SHORT: Final = {
    "LIST": "/paths/~1things/get",
    "MAKE": "/paths/~1things/post",
    "ITEM": "/paths/~1things~1{id}",
    "PROBLEM": "/components/responses/Problem",
}


@dataclass(frozen=True, slots=True)
class Contracts:
    """Two documents and the changes between them, exactly those."""

    name: str
    base: Document
    revision: Document
    expected: tuple[Expected, ...]

    @property
    def verdict(self) -> DriftVerdict:
        """The expected verdict on the whole."""
        verdicts = [one.verdict for one in self.expected]
        return max(verdicts, key=list(DriftVerdict).index, default=DriftVerdict.NONE)


def contracts() -> Iterator[Contracts]:
    """Yield every pair: each patch of the base document forth, and back where that is labelled, too.

    A patch in `both` is applied to either side first.
    """
    content = load(BASE).content
    for file in sorted(FOLDER.glob("*.yaml")):
        for entry in yaml.safe_load(file.read_text(encoding="utf-8")):
            common = _patched(content, entry.get("both", ()))
            base, revision = _document(common), _document(_patched(common, entry["patch"]))
            yield Contracts(entry["name"], base, revision, _expected(entry["changes"]))
            if "back" in entry:
                yield Contracts(f"{entry['name']}, back", revision, base, _expected(entry["back"]))


def _expected(rows: list[list[str]]) -> tuple[Expected, ...]:
    return tuple(Expected(rule, _long(pointer), DriftVerdict(verdict)) for rule, pointer, verdict in rows)


def _patched(content: Any, patch: list[dict[str, Any]]) -> Any:
    for edit in patch:
        places = {key: _long(edit[key]) for key in ("path", "from") if key in edit}
        content = patched(content, {"op": "put" if "value" in edit else "remove", **edit, **places})
    return content


def _long(pointer: str) -> str:
    head, slash, rest = pointer.partition("/")
    return SHORT.get(head, head) + slash + rest


def _document(content: Any) -> Document:
    return Document(Path("contract.yaml"), "contract", "", content)
