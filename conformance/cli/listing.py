"""`conformance list`: every requirement and the cases that decide it, nothing sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from conformance import pointer as pointers
from conformance.case import Case
from conformance.cli.options import options
from conformance.requirement import Requirement, Side
from conformance.session.option import Command
from conformance.session.resolution import resolve
from conformance_reports.text import visible

if TYPE_CHECKING:
    from conformance.planning.plan import Plan


@click.command("list")
@options(Command.LIST)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(*, form: str, **given: Any) -> None:
    """Print the requirements of the documents and the cases that decide each; nothing is sent."""
    from conformance.session.loading import load_operations
    from conformance.session.planning import make_plan

    settings = resolve(Command.LIST, given)
    plan = make_plan(load_operations(settings.specs), settings)
    if form == "json":
        click.echo(json.dumps(catalogue(plan), indent=2))
    else:
        for line in text_lines(plan):
            click.echo(line)


def catalogue(plan: Plan) -> dict[str, Any]:
    """Return requirements and cases as plain data, schema 1."""
    deciding = _deciding(plan)
    return {
        "schema": 1,
        "requirements": [
            {
                "id": requirement.id,
                "operation": requirement.operation,
                "address": requirement.address,
                "side": requirement.side.value,
                "pointer": pointers.text(requirement.pointer),
                "cases": [case.id for case in deciding.get(requirement.id, ())],
                "unexercised": _why_unexercised(requirement, deciding),
            }
            for requirement in plan.requirements
        ],
        "cases": [_case(case) for case in plan.cases],
    }


def _case(case: Case) -> dict[str, Any]:
    body = case.request.body
    return {
        "id": case.id,
        "operation": case.operation,
        "intent": case.intent.value,
        "title": case.title,
        "expected": list(case.expected),
        "requirements": list(case.requirements),
        "level": case.level.value,
        "body_bytes": None if body is None else len(body),
        "reason": case.reason,
    }


def text_lines(plan: Plan) -> Iterator[str]:
    """Yield one line for each requirement, its cases indented below it, then the totals."""
    deciding = _deciding(plan)
    for requirement in plan.requirements:
        yield f"{requirement.id}  {visible(requirement.address)}"
        for case in deciding.get(requirement.id, ()):
            yield f"    {case.id}  {case.intent.value:<7}  {visible(case.title, 200)}"
        if requirement.side is Side.ANSWERS:
            yield "    decided by what the target answers"
        if reason := _why_unexercised(requirement, deciding):
            yield f"    not exercised: {visible(reason, 300)}"
    yield ""
    yield _totals(plan, deciding)


def _totals(plan: Plan, deciding: dict[str, list[Case]]) -> str:
    exercised = sum(requirement.id in deciding for requirement in plan.requirements)
    answers = sum(requirement.side is Side.ANSWERS for requirement in plan.requirements)
    return (
        f"{len(plan.requirements)} requirements: {exercised} exercised by {len(plan.cases)} cases, "
        f"{answers} on answers, {len(plan.requirements) - exercised - answers} not exercised"
    )


def _deciding(plan: Plan) -> dict[str, list[Case]]:
    deciding: dict[str, list[Case]] = {}
    for case in plan.cases:
        for requirement in case.requirements:
            deciding.setdefault(requirement, []).append(case)
    return deciding


def _why_unexercised(requirement: Requirement, deciding: dict[str, list[Case]]) -> str:
    if requirement.id in deciding or requirement.side is Side.ANSWERS:
        return ""
    return str(requirement.unexercised) or "no case of this selection decides it"
