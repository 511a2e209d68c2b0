"""How much of each part is done: the whole benchmark, or one quick turn of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from conformance.openapi.document import SUFFIXES
from conformance.session.loading import BUNDLED


@dataclass(frozen=True, slots=True)
class Effort:
    """What the parts are asked for.

    `turns` is how often each contender runs, `faults` how many of each document's are
    tried, `sizes` the numbers of operations, `seconds` how long a server is under load, `payloads`
    how many of them are drawn for each body; each `every`th pair of documents is compared.
    """

    documents: tuple[Path, ...]
    turns: int
    faults: int
    sizes: tuple[int, ...]
    depths: tuple[int, ...]
    widths: tuple[int, ...]
    revised: tuple[int, ...]
    seconds: float
    payloads: int
    every: int


def documents_of(path: Path = BUNDLED) -> tuple[Path, ...]:
    """Return the documents at a path, in order."""
    if not path.is_dir():
        return (path.resolve(),)
    return tuple(sorted(file.resolve() for file in path.iterdir() if file.suffix in SUFFIXES))


def whole(turns: int, faults: int, documents: tuple[Path, ...]) -> Effort:
    """Return the effort of the benchmark proper."""
    return Effort(
        documents=documents,
        turns=turns,
        faults=faults,
        sizes=(4, 40, 400, 1000),
        depths=(2, 4, 8, 12),
        widths=(2, 8, 32, 64),
        revised=(250, 500, 1000),
        seconds=1.0,
        payloads=100,
        every=1,
    )


QUICK: Final = Effort(
    documents=(BUNDLED.resolve() / "trackers.yaml",),
    turns=1,
    faults=1,
    sizes=(4, 16),
    depths=(2, 4),
    widths=(2, 8),
    revised=(20, 40),
    seconds=0.2,
    payloads=50,
    every=60,
)
"""One turn on one document: that every part still works."""
