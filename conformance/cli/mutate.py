"""`conformance mutate`: the mutation score of a document's cases, offline."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from conformance import pointer as pointers
from conformance.cli.options import options
from conformance.session.option import Command
from conformance.session.resolution import resolve
from conformance_reports.text import visible

if TYPE_CHECKING:
    from conformance.planning.score import Mutated, Score


@click.command("mutate")
@options(Command.MUTATE)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(*, form: str, **given: Any) -> None:
    """Print which misreadings of the documents the cases of a level would notice; nothing is sent."""
    from conformance.openapi.selection import select
    from conformance.planning.score import scores
    from conformance.session.loading import load_operations
    from conformance_strategies import VALUES

    settings = resolve(Command.MUTATE, given)
    chosen = select(load_operations(settings.specs), settings.globs)
    found = scores(chosen, VALUES, settings.level, settings.max_body)
    if form == "json":
        click.echo(json.dumps(_as_data(found), indent=2, ensure_ascii=False))
        return
    for line in _lines(found):
        click.echo(line)


def _as_data(found: Sequence[Score]) -> dict[str, Any]:
    """Return the scores as plain data, schema 1."""
    return {
        "schema": 1,
        "operations": {
            score.operation: {
                "score": round(score.share, 4),
                "mutants": [_mutant(mutated) for mutated in score.mutants],
            }
            for score in found
        },
    }


def _mutant(mutated: Mutated) -> dict[str, str]:
    requirement = mutated.requirement
    return {
        "requirement": requirement.id,
        "address": requirement.address,
        "operator": requirement.operator,
        "pointer": pointers.text(requirement.pointer),
        "fate": mutated.fate.value,
        "reason": mutated.reason,
    }


def _lines(found: Sequence[Score]) -> Iterator[str]:
    from conformance.planning.score import Fate, Score

    yield f"{'operation':<28}{'killed':>8}{'survived':>10}{'equivalent':>12}{'open':>6}{'score':>9}"
    total = Score("total", tuple(m for score in found for m in score.mutants))
    for score in (*found, *((total,) if len(found) > 1 else ())):
        counts = (score.count(fate) for fate in (Fate.KILLED, Fate.SURVIVED, Fate.EQUIVALENT, Fate.OPEN))
        killed, survived, equivalent, is_open = counts
        name = visible(score.operation)
        yield f"{name:<28}{killed:>8}{survived:>10}{equivalent:>12}{is_open:>6}{score.share:>9.1%}"
    yield ""
    yield from _by_operator(total)
    yield from _listed(total, Fate.EQUIVALENT, "equivalent: no payload can tell these from the contract")
    yield from _listed(total, Fate.SURVIVED, "survivors: no case of this level tells these from the contract")


def _by_operator(total: Score) -> Iterator[str]:
    fates: dict[str, Counter[str]] = {}
    for mutated in total.mutants:
        fates.setdefault(mutated.requirement.operator, Counter())[mutated.fate.value] += 1
    yield "by operator"
    for operator in sorted(fates):
        shown = ", ".join(f"{count} {fate}" for fate, count in sorted(fates[operator].items()))
        yield f"  {visible(operator):<32} {shown}"


def _listed(total: Score, fate: object, title: str) -> Iterator[str]:
    chosen = [m for m in total.mutants if m.fate is fate]
    if chosen:
        yield ""
        yield title
        yield from (f"  {visible(m.requirement.address)} — {visible(m.reason)}" for m in chosen)
