"""The page as text: templates filled, styles and scripts put in, and nothing else allowed to run."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

from conformance import __version__
from conformance_reports.html import figures, model
from conformance_reports.html.index import index, is_shortened, packed
from conformance_reports.text import visible

if TYPE_CHECKING:
    from jinja2 import Environment

    from conformance_reports.model import RunReport

MAX_FIELD: Final = 20_000
"""Characters of any one text on the page; what can be longer is cut before."""

_HERE: Final = Path(__file__).parent
_STYLES: Final = ("uPlot.min.css", "page.css")


def write(report: RunReport, stream: TextIO) -> None:
    """Write the report of a run."""
    rows = report.cases.rows if report.cases else []
    stream.write(
        fill(
            "run.html.j2",
            ("uPlot.iife.min.js", "dom.js", "run.js", "plots.js"),
            report=report,
            headline=model.headline(report),
            facts=model.facts(report),
            groups=model.groups(report),
            operations=model.operations(report),
            reasons=model.reasons(report.rows),
            open_cases=model.open_cases(rows),
            never_seen=model.never_seen(report),
            latencies=figures.latencies(rows),
            statuses=figures.statuses(rows),
            slowest=figures.slowest(rows),
            data={
                "index": embedded(index(report)),
                "curves": embedded(figures.curves(rows)),
                "trend": embedded(figures.trend(report.trend)),
            },
            chunks=packed(report),
            is_shortened=is_shortened(report),
        )
    )


def fill(template: str, scripts: tuple[str, ...], **values: Any) -> str:
    """Return a page: the template with its values, whose texts are shown as what they are.

    Its policy lets these scripts and styles run, by their hashes, and nothing be fetched (CSP 3).
    """
    style = "\n".join(_static(name) for name in _STYLES)
    script = "\n".join(_static(name) for name in scripts)
    policy = (
        f"default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; "
        f"script-src {_hash(script)}; style-src {_hash(style)}"
    )
    shell = {"policy": policy, "style": _markup(style), "script": _markup(script), "version": __version__}
    return _environment().get_template(template).render(values | shell)


def embedded(data: Mapping[str, Any]) -> Any:
    """Return data as JSON that may stand in a script element: nothing in it can end or open one."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return _markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _shown(value: Any) -> Any:
    """Make safe to show whatever a template puts out; markup of our own stays."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return visible(value, MAX_FIELD)
    return value


def _markup(text: str) -> Any:
    from markupsafe import Markup

    return Markup(text)  # noqa: S704 -- our own files, and JSON in which no tag can begin


@cache
def _static(name: str) -> str:
    return (_HERE / "static" / name).read_text("utf-8").strip("\n")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
