"""`conformance drift`: what changed between two documents, whom it breaks, and the proof."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from conformance.cli.upstream import addresses, compared_upstream
from conformance.errors import ExitCode, UsageError
from conformance.session.loading import BUNDLED
from conformance.session.observed import compared_har, compared_run
from conformance.session.places import named_places
from conformance_reports.drift import DRIFT_WRITERS, DriftReport

if TYPE_CHECKING:
    from conformance.diff.change import DriftVerdict

_FAIL_ON: Final = {
    "breaking": {"breaking"},
    "undecided": {"breaking", "undecided"},
    "any": {"breaking", "undecided", "compatible"},
}
"""The overall verdicts that each `--fail-on` fails for."""


@click.command("drift")
@click.argument("base", required=False)
@click.argument("revision", required=False)
@click.option(
    "--format", "form", type=click.Choice(list(DRIFT_WRITERS)), default="text", show_default=True,
    help="How to tell it.",
)  # fmt: skip
@click.option(
    "--fail-on", type=click.Choice(list(_FAIL_ON)), default="breaking", show_default=True,
    help="The least verdict to exit with 1 for.",
)  # fmt: skip
@click.option(
    "--upstream", is_flag=True,
    help="Compare vendored documents with the pages that manifest.toml names, as they are published now.",
)  # fmt: skip
@click.option(
    "--observed", "run", metavar="RUN", type=click.Path(path_type=Path),
    help="Compare a document with what a run saw of its service: a --report-dir or its run.jsonl.",
)  # fmt: skip
@click.option(
    "--har", metavar="FILE", type=click.Path(path_type=Path),
    help="Compare a document with recorded traffic of anybody (HAR 1.2, of a browser or proxy).",
)  # fmt: skip
@click.option(
    "--target",
    metavar="URL",
    help="With --har: the service's base URL; else found by servers or common paths.",
)
@click.option(
    "--overlay", metavar="PATH", type=click.Path(path_type=Path),
    help="With --observed or --har: propose the changed document as an OpenAPI Overlay, a file or a folder of them.",
)  # fmt: skip
@click.option(
    "--spec", "specs", multiple=True, metavar="PATH", type=click.Path(path_type=Path),
    help="The documents for --observed, --har and --upstream (a vendored folder); else the bundled ones. Repeatable.",
)  # fmt: skip
@click.option(
    "--page", "pages", multiple=True, metavar="NAME=URL",
    help="With --upstream: only this page, and where it is published (a URL or a file). Repeatable.",
)  # fmt: skip
@click.option("--rules", "list_rules", is_flag=True, help="List the rules and end.")
def command(
    *,
    base: str | None,
    revision: str | None,
    form: str,
    fail_on: str,
    upstream: bool,
    run: Path | None,
    har: Path | None,
    target: str | None,
    overlay: Path | None,
    specs: tuple[Path, ...],
    pages: tuple[str, ...],
    list_rules: bool,
) -> int:
    """Compare two sets of OpenAPI documents: BASE and REVISION are files, folders or git:REV:PATH.

    A change breaks where a client of the base is refused, or sent what the base forbids; the
    witness is a payload that shows it. With --observed and --har the base is the document and
    the revision what its service does. Exit code 1 says that the verdict is --fail-on or graver; 3 that the run
    is incomplete or a page cannot be reached, 4 that a side cannot be read or a page holds no YAML.
    """
    if list_rules:
        for line in rule_lines():
            click.echo(line)
        return ExitCode.CONFORMS
    _refuse_mixture(
        {"sides": base is not None, "--upstream": upstream, "--observed": bool(run), "--har": bool(har)},
        {
            "--spec": bool(specs),
            "--page": bool(pages),
            "--target": target is not None,
            "--overlay": bool(overlay),
        },
    )
    if upstream and (len(specs) > 1 or any(not path.is_dir() for path in specs)):
        raise UsageError("drift --upstream: --spec names one folder of vendored documents")
    if upstream:
        report, obstacle = compared_upstream(specs[0] if specs else BUNDLED, addresses(pages))
    elif run is not None:
        report, obstacle = compared_run(run, specs, overlay)
    elif har is not None:
        report, obstacle = compared_har(har, specs, target or "", overlay), ExitCode.CONFORMS
    elif base is not None and revision is not None:
        report, obstacle = compared(base, revision), ExitCode.CONFORMS
    else:
        raise UsageError("drift: name two sides, such as conformance drift git:main:api.yaml api.yaml")
    DRIFT_WRITERS[form](report, sys.stdout)
    return obstacle or gate(report.verdict, fail_on)


_GOES_WITH: Final = {
    "--spec": {"--observed", "--har", "--upstream"},
    "--page": {"--upstream"},
    "--target": {"--har"},
    "--overlay": {"--observed", "--har"},
}


def _refuse_mixture(questions: Mapping[str, bool], beside: Mapping[str, bool]) -> None:
    """Raise UsageError for more than one question, and for an option that its question does not take."""
    chosen = {name for name, given in questions.items() if given}
    if len(chosen) > 1:
        raise UsageError(f"drift: {' and '.join(sorted(chosen))} are different questions; ask one of them")
    for option, given in beside.items():
        if given and not chosen & _GOES_WITH[option]:
            raise UsageError(f"drift: {option} goes with {' or '.join(sorted(_GOES_WITH[option]))}")


def compared(base: str, revision: str) -> DriftReport:
    """Return the comparison of two sides. Raises DocumentError where one cannot be used."""
    from conformance.diff.operations.documents import compare_documents
    from conformance.diff.source import read_source, with_lines
    from conformance_strategies import VALUES

    mine, theirs = read_source(base), read_source(revision)
    changes = compare_documents(mine.documents, theirs.documents, VALUES)
    found = with_lines(changes, mine, theirs)
    texts = {str(path): data for source in (mine, theirs) for path, data in source.texts.items()}
    return DriftReport(base, revision, found, places=named_places(found, texts))


def gate(verdict: DriftVerdict, fail_on: str) -> ExitCode:
    """Return what a comparison ends with."""
    return ExitCode.FINDINGS if verdict.value in _FAIL_ON[fail_on] else ExitCode.CONFORMS


def rule_lines() -> Iterator[str]:
    """Yield a line for each rule: its id, direction, what it says, its mirror or why there is none."""
    from conformance.traffic.rules import RULES

    widest = max(map(len, RULES))
    for rule in sorted(RULES.values(), key=lambda rule: rule.id):
        mirror = f"mirror {rule.mirror}" if rule.mirror else f"no mirror: {rule.alone}"
        yield f"{rule.id:<{widest}}  {rule.direction:<8}  the revision {rule.description}; {mirror}"
