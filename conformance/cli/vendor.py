"""`conformance vendor`: saved documentation pages into a folder of documents."""

from __future__ import annotations

from pathlib import Path

import click

from conformance import vendor as vendoring


@click.command("vendor")
@click.argument("pages", nargs=-1, required=True, metavar="PAGE...", type=click.Path(path_type=Path))
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    default=vendoring.BUNDLED,
    show_default="the bundled specs/concord-privacy",
    help="The folder that takes documents, pages and manifest.toml.",
)
@click.option(
    "--accept-transcription",
    is_flag=True,
    help="The transcriptions were compared with these pages, which are newer than the recorded ones.",
)
def vendor(pages: tuple[Path, ...], into: Path, *, accept_transcription: bool) -> None:
    """Take the OpenAPI documents out of saved documentation PAGEs.

    The YAML between a page's ````yaml fences is kept byte for byte, the page beside it, and
    manifest.toml records both. A page without YAML goes with the transcription of it that
    stands in the folder. Nothing is written unless every page is good.
    """
    for result in vendoring.vendor(pages, into, accept_transcription=accept_transcription):
        entry = result.entry
        state = "written" if result.changed else "unchanged"
        click.echo(f"{entry.document}: {state} ({entry.origin}, {entry.version}, {entry.operation})")
