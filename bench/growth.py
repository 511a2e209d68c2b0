"""How planning, a run and drift grow with a document: seconds by size, and the exponent that fits them."""

from __future__ import annotations

import math
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from effort import Effort
from generated import deep, generated, narrowed, wide, write
from measure import MIB, measure, said
from table import Limit, Row, Section

from conformance.errors import ExitCode

_MAX_EXPONENT: Final = 1.1
_MAX_PLAN: Final = 10.0
_PLACES: Final = 5


def measured(effort: Effort) -> Section:
    """Measure each size once: what is looked for is a power, and it shows in one go."""
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        _grown(generated(min(effort.sizes)), at, memory=True)  # the bodies are alike: all find them searched
        by_size = {
            size: _grown(generated(size), at, "--level", "smoke", "--send", memory=True)
            for size in effort.sizes
        }
        by_depth = {levels: _grown(deep(levels), at) for levels in effort.depths}
        by_width = {branches: _grown(wide(branches), at) for branches in effort.widths}
        drifts = {size: _drift(size, at) for size in effort.revised}
    tables = (
        _rows("operations, smoke level, searched before", by_size, ("plan", "run", "peak")),
        _rows("depth of the schema", by_depth, ("plan", "cases")),
        _rows("width of anyOf", by_width, ("plan", "cases")),
        _rows("operations, drift", drifts, ("wall", "peak")),
    )
    # below some tens, what does not grow at all weighs most
    large = {size: told for size, told in by_size.items() if size >= max(by_size) / 100} or by_size
    limits = (
        Limit("exponent of planning in operations", exponent(large, "plan"), _MAX_EXPONENT),
        Limit("exponent of a run in operations", exponent(large, "run"), _MAX_EXPONENT),
        Limit(f"s to plan a depth of {max(by_depth)}", by_depth[max(by_depth)]["plan"], _MAX_PLAN),
        Limit(f"s to plan {max(by_width)} alternatives", by_width[max(by_width)]["plan"], _MAX_PLAN),
        Limit("exponent of drift in operations", exponent(drifts, "wall"), _MAX_EXPONENT),
    )
    return Section("Growth", tuple(row for table in tables for row in table), limits)


def exponent(told: dict[int, dict[str, float]], figure: str) -> float:
    """Return the slope of a line through the logarithms of size and figure, by least squares."""
    sizes = [math.log(size) for size in told]
    return statistics.linear_regression(
        sizes, [math.log(max(one[figure], 1e-6)) for one in told.values()]
    ).slope


def _rows(title: str, told: dict[int, dict[str, float]], figures: Sequence[str]) -> list[Row]:
    units = {"plan": "plan s", "run": "run s", "wall": "wall s", "peak": "peak MiB", "cases": "cases"}
    rows = []
    for figure in figures:
        form = "{:.2f}" if units[figure].endswith(" s") else "{:,.0f}"
        for number, (size, one) in enumerate(told.items()):
            rows.append(Row("" if number else title, f"{units[figure]}, {size:,}", (one[figure],), form))
        if units[figure].endswith(" s"):
            rows.append(Row("", f"{units[figure]}, exponent", (exponent(told, figure),)))
    return rows


def _grown(document: dict[str, Any], folder: Path, *options: str, memory: bool = False) -> dict[str, float]:
    """Return what `grown.py` tells of a document; with `memory`, equal bodies are searched once."""
    print(f"growth: {len(document['paths'])} operations {' '.join(options)}", file=sys.stderr)
    path = write(document, folder / "document.json")
    command = [sys.executable, str(Path(__file__).with_name("grown.py")), str(path), *options]
    command += ["--memory", str(folder / "memory")] if memory else []
    told: dict[str, float] = said(command)
    return told


def _drift(size: int, folder: Path) -> dict[str, float]:
    """Compare a document with the same one made narrower in some places."""
    print(f"growth: drift of {size} operations", file=sys.stderr)
    base = generated(size)
    revision = write(narrowed(base, _PLACES), folder / "revision.json")
    command = [
        str(Path(sys.executable).parent / "conformance"),
        "drift",
        str(write(base, folder / "base.json")),
    ]
    cost = measure([*command, str(revision)], folder, {}, (0, ExitCode.FINDINGS))
    return {"wall": cost.wall, "peak": cost.peak / MIB}
