"""`conformance created`: what a run has created, by the ids that the answers gave it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.errors import DocumentError
from conformance.planning.mark import spelled
from conformance_reports.text import visible

if TYPE_CHECKING:
    from conformance.recording.journal import Journal


@dataclass(frozen=True, slots=True)
class Creation:
    """What one answer says was created: the request's method and path, below the target, and the ids."""

    operation: str
    method: str
    path: str
    case: str
    ids: tuple[str, ...]


@click.command("created")
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(*, run: Path, form: str) -> None:
    """List what RUN, a --report-dir or its run.jsonl, created: request, id and case, a line for each id.

    The fields are parted by tabs. What was created without an answer that tells an id is counted on stderr,
    and can be looked for by the mark of the run.
    """
    from conformance.recording.journal import read

    journal = read(run)
    try:
        found = list(dict.fromkeys(creations(journal)))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DocumentError(f"{run}: not the journal of a run ({type(error).__name__}: {error})") from error
    mark = str(journal.header.get("mark", ""))
    if form == "json":
        click.echo(json.dumps(_listed(journal, found), indent=2))
        return
    for creation in found:
        for text in creation.ids:
            fields = (f"{creation.method} {creation.path}", text, creation.case)
            click.echo("\t".join(map(visible, fields)))
    if unnamed := sum(not creation.ids for creation in found):
        hint = f'; look for "{visible(spelled(mark))}"' if mark else ""
        click.echo(f"created without an id in the answer: {unnamed}{hint}", err=True)


def creations(journal: Journal) -> Iterator[Creation]:
    """Yield what the journal's answers created, in the order of its lines.

    Raises KeyError, TypeError, ValueError or AttributeError for lines that `run` did not write.
    """
    from conformance.case import Request
    from conformance.sending.target import url_of
    from conformance.session.stored import stored_target

    target = replace(stored_target(journal), url="")
    requests = {line["id"]: line["request"] for line in (*journal.cases, *journal.created)}
    for line in (*journal.cases, *journal.retries, *journal.created):
        if "created" in line:
            sent = requests[line["id"]]
            params = tuple((str(name), str(value)) for name, value in sent["path_params"])
            path = url_of(Request(sent["method"], sent["path"], params), target)
            ids = tuple(map(str, line["created"]))
            yield Creation(str(line["operation"]), str(sent["method"]), path, str(line["id"]), ids)


def _listed(journal: Journal, found: list[Creation]) -> dict[str, Any]:
    return {
        "schema": 1,
        "target": journal.header["target"],
        "run_id": journal.header.get("run_id", ""),
        "mark": journal.header.get("mark", ""),
        "created": [
            {
                "operation": creation.operation,
                "method": creation.method,
                "path": creation.path,
                "ids": list(creation.ids),
                "case": creation.case,
            }
            for creation in found
        ],
    }
