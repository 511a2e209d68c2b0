"""Documentation pages: the YAML between their fences, or the operation that a rendered page states."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from conformance.errors import DocumentError
from conformance.openapi.document import read_bounded
from conformance.openapi.references import METHODS

_FENCE: Final = re.compile(rb"^(`{4,})([^\r\n]*)\r?\n?", re.MULTILINE)
"""A fence line at the margin (CommonMark 0.31 §4.5). Fewer or indented backticks are the YAML's own."""

_SHOWN: Final = 80


@dataclass(frozen=True, slots=True)
class Page:
    """One page as read. `method` is upper-case; `yaml` is None where the page holds none.

    `source` is the first word of the fence's info string, the address that the YAML was made from.
    """

    path: Path
    data: bytes
    method: str
    template: str
    yaml: bytes | None = None
    source: str = ""

    @property
    def operation(self) -> str:
        """The operation that the page documents, as `METHOD /path`."""
        return f"{self.method} {self.template}"


def read(path: Path) -> Page:
    """Read one page, bounded in size. Raises DocumentError, one line, for what is no page."""
    return parse(path, read_bounded(path, "give a saved page"))


def parse(path: Path, data: bytes) -> Page:
    """Return the page of `data`; `path` names it in errors. Raises DocumentError."""
    fences = list(_FENCE.finditer(data))
    return _fenced(path, data, fences) if fences else _rendered(path, data)


def _fenced(path: Path, data: bytes, fences: list[re.Match[bytes]]) -> Page:
    opening, *rest = fences
    source, method, template = _info(path, opening[2])
    if not rest:
        raise DocumentError(f"{path}: its ````yaml fence is never closed; save the whole page again")
    closing, *more = rest
    if more or closing[2].strip() or len(closing[1]) < len(opening[1]):
        raise DocumentError(f"{path}: more than one fence, or one not closed; keep one ````yaml … ```` only")
    yaml = data[opening.end() : closing.start()]
    if not yaml.strip():
        raise DocumentError(f"{path}: nothing between its fences; save the whole page again")
    return Page(path, data, method, template, yaml, source)


def _info(path: Path, line: bytes) -> tuple[str, str, str]:
    """Return source, method and path template of an info string `yaml [URL] method path`."""
    words = line.decode(errors="replace").split()
    if not words or words[0] not in {"yaml", "yml"}:
        raise DocumentError(f"{path}: its first fence is not a ````yaml one; keep one ````yaml … ```` only")
    match words[1:]:
        case [*source, method, template] if len(source) <= 1 and _names_operation(method, template):
            return "".join(filter(str.isprintable, source)), method.upper(), template
        case _:
            shown = " ".join(words[1:])[:_SHOWN]
            raise DocumentError(f"{path}: the ````yaml fence says {shown!r}; it must say `URL method /path`")


def _names_operation(method: str, template: str) -> bool:
    return method.lower() in METHODS and template.startswith("/") and template.isprintable()


def _rendered(path: Path, data: bytes) -> Page:
    """Read the operation off a page rendered to text: a method's line, then `/` and segment by turns."""
    lines = [line.strip() for line in data.decode(errors="replace").splitlines()]
    for index, (line, following) in enumerate(pairwise(lines)):
        if line.lower() in METHODS and line.isupper() and following == "/":
            return Page(path, data, line, _template(lines[index + 1 :]))
    raise DocumentError(f"{path}: no ````yaml fence and no stated operation; save the page's Markdown source")


def _template(lines: list[str]) -> str:
    segments: list[str] = []
    for slash, segment in zip(lines[::2], lines[1::2], strict=False):
        if slash != "/":
            break
        segments.append(f"/{segment}")
    return "".join(segments)
