"""`--overlay`: what observed drift proposes to change, one OpenAPI Overlay for each document."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import quote

from conformance.errors import UsageError
from conformance.openapi.operation import Operation
from conformance.session.notes import note
from conformance_reports.files import claim, whole
from conformance_reports.text import visible

if TYPE_CHECKING:
    from conformance.diff.change import Change
    from conformance.openapi.document import Document

_SUFFIXES: Final = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class Proposal:
    """Where the overlay of each document goes; nowhere, unless one was asked for."""

    operations: tuple[Operation, ...]
    files: tuple[tuple[Path, Document], ...]

    @classmethod
    def of(cls, path: Path | None, operations: Sequence[Operation]) -> Self:
        """Return the files: PATH itself, or NAME.overlay.yaml in PATH where that is a folder.

        Raises UsageError where a file cannot be written, or several documents would share one.
        """
        documents = list({operation.document.path: operation.document for operation in operations}.values())
        if path is None:
            return cls(tuple(operations), ())
        if path.suffix not in _SUFFIXES:
            files = [(path / f"{document.name}.overlay.yaml", document) for document in documents]
        elif len(documents) == 1:
            files = [(path, documents[0])]
        else:
            raise UsageError(f"--overlay {path}: {len(documents)} documents were observed; name a folder")
        for file, _ in files:
            claim(file)
        return cls(tuple(operations), tuple(files))

    def write(self, changes: Sequence[Change]) -> None:
        """Write an overlay for each document with rows that can be proposed; tell on stderr what was written."""
        from conformance.traffic.overlay import overlay

        for file, document in self.files:
            own = {o.name for o in self.operations if o.document.path == document.path}
            made = overlay(
                document, [c for c in changes if c.operation in own], _address(document.path, file)
            )
            if made is None:
                note(f"{visible(str(file))}: not written, nothing to propose")
                continue
            with whole(file) as stream:
                stream.write(_text(made, file))
            number = len(made["actions"])
            note(f"{visible(str(file))}: {number} action{'' if number == 1 else 's'} proposed")


def _text(made: dict[str, Any], file: Path) -> str:
    if file.suffix == ".json":
        return json.dumps(made, indent=2) + "\n"
    import yaml

    return yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=100)


def _address(document: Path, file: Path) -> str:
    """Return the document's address relative to the overlay, as a URI reference (RFC 3986 §4.2)."""
    address = quote(Path(os.path.relpath(document.resolve(), file.resolve().parent)).as_posix())
    return address if "/" in address else f"./{address}"
