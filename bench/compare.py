"""`make bench`: ours against the best, part by part and in turn; prints every figure and what is missed."""

from __future__ import annotations

import argparse
import compileall
import json
import os
import platform
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Final

import drift
import faults
import generating
import growth
import phases
import runs
import sending
import serving
import slow
import starting
from contenders import MeaninglessError
from effort import QUICK, Effort, documents_of, whole
from joined import UnjoinableError
from load import UnexpectedAnswerError
from measure import CommandFailedError
from table import Section, show

from conformance.errors import ConformanceError
from conformance.session.loading import BUNDLED

_ROOT: Final = Path(__file__).resolve().parents[1]
_RESULTS: Final = _ROOT / "bench" / "results"

_FAILURES: Final = (
    CommandFailedError,
    ConformanceError,
    MeaninglessError,
    UnexpectedAnswerError,
    UnjoinableError,
)

PARTS: Final[dict[str, Callable[[Effort], Section]]] = {
    "start": starting.measured,
    "phases": phases.measured,
    "run": runs.measured,
    "sending": sending.measured,
    "faults": faults.measured,
    "mock": serving.measured,
    "generation": generating.measured,
    "growth": growth.measured,
    "slow": slow.measured,
    "drift": drift.measured,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts; return 0, 130 where it is ended early, or 1.

    That is where a part failed or, with `--check`, a limit is missed or something could not be measured.
    """
    signal.signal(signal.SIGTERM, _ended)
    try:
        return _compared(arguments)
    except KeyboardInterrupt:
        print("Error: ended before it was done", file=sys.stderr)
        return 130


def _ended(*_: object) -> None:
    """End as Ctrl-C does, so that every process that was started is ended too."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def _compared(arguments: Sequence[str] | None) -> int:
    options = _parser().parse_args(arguments)
    effort = QUICK if options.quick else whole(options.runs, options.faults, options.spec)
    _compile()
    started = perf_counter()
    sections = []
    try:
        for name in options.only or PARTS:
            sections.append(PARTS[name](effort))
            show(sections[-1])
    except _FAILURES as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    missed = [limit.label for section in sections for limit in section.limits if not limit.is_reached]
    print(f"\n{perf_counter() - started:.0f} s; limits missed: {'; '.join(missed) or 'none'}")
    if not options.quick:
        _store(sections, effort)
    lacking = any(section.missing for section in sections)
    return 1 if options.check and (missed or lacking) else 0


def _compile() -> None:
    """Compile our packages as installing them does: a checkout may lack that, and the peers come with it."""
    for folder in ("conformance", "strategies", "reports", "specs"):
        compileall.compile_dir(_ROOT / folder, quiet=1)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Compare ours with the best of its field.")
    parser.add_argument("--runs", type=_positive, default=5, help="turns of each contender (default 5)")
    parser.add_argument(
        "--faults", type=_positive, default=5, help="faults to try of each document (default 5)"
    )
    parser.add_argument(
        "--quick", action="store_true", help="one turn on one document: does everything work?"
    )
    parser.add_argument("--only", action="append", choices=PARTS, help="this part alone; may be repeated")
    parser.add_argument(
        "--spec", type=_documents, default=documents_of(BUNDLED), help="a document or a folder of them"
    )
    parser.add_argument("--check", action="store_true", help="fail where a limit is missed or not measured")
    return parser


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 on")
    return int(text)


def _documents(text: str) -> tuple[Path, ...]:
    path = Path(text)
    if not path.exists():
        raise argparse.ArgumentTypeError(f"{path}: no such document or folder")
    documents = documents_of(path)
    if not documents:
        raise argparse.ArgumentTypeError(f"{path}: no OpenAPI document in this folder")
    return documents


def _store(sections: Sequence[Section], effort: Effort) -> None:
    """Write every sample as JSON, with what a later comparison needs to know of the machine."""
    _RESULTS.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    result = {
        "schema": 2,
        "taken": now.isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
        "versions": {name: version(name) for name in ("schemathesis", "aiohttp", "hypothesis", "uvicorn")},
        "documents": [path.name for path in effort.documents],
        "sections": [asdict(section) for section in sections],
    }
    target = _RESULTS / f"{now:%Y%m%dT%H%M%SZ}.json"
    target.write_text(json.dumps(result, indent=1) + "\n")
    print(f"written: {target.relative_to(_ROOT)}")


if __name__ == "__main__":
    sys.exit(main())
