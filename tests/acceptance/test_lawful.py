"""Servers that are lawful in other ways than the mock: no error, and only the notes that they deserve."""

from __future__ import annotations

import http.client
import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit
from uuid import NAMESPACE_OID, uuid5

import pytest

from conformance.case import Case, Exchange, Intent
from conformance.cli.entry import main
from conformance.errors import ExitCode
from conformance.judging.checks import Judge
from conformance.judging.explanation import explain
from conformance.judging.verdict import Finding, Verdict
from conformance.mock.process import start_mock
from conformance.mock.setup import Setup, known_modes
from conformance.planning.plan import Plan, plan
from conformance.rules import FindingLevel
from conformance.session.loading import BUNDLED, load_operations
from conformance_strategies import VALUES
from tests.acceptance.test_faults import deserved
from tests.support.inprocess import concluded, exchange, service

MODES = known_modes(Setup(specs=(Path(BUNDLED),)))
NAMES = tuple(dict.fromkeys(mode.name for mode in MODES))
ON_THE_WIRE = ("late", "chunked", "content-length", "charset")


@lru_cache
def bundled() -> tuple[Plan, Judge]:
    operations = load_operations(())
    return plan(operations, VALUES), Judge(operations)


def notes(mode: str) -> set[tuple[str, str, str, str]]:
    """Return what a mode deserves: operation, rule, side, pointer."""
    operations = {operation.name: operation for operation in bundled()[0].operations}
    return {
        (part.operation, *found)
        for part in MODES
        if part.name == mode and part.finds
        for found in deserved(operations[part.operation], part.finds)
    }


def told(findings: tuple[Finding, ...]) -> set[tuple[str, str, str, str]]:
    return {(f.operation, f.rule, f.side, f.pointer) for f in findings}


@pytest.mark.parametrize("mode", NAMES)
def test_a_lawful_server_gets_no_error_and_only_the_notes_it_deserves(mode: str) -> None:
    """And no requirement fails or is left undecided."""
    the_plan, judge = bundled()
    conclusion = concluded(the_plan, service(Path(BUNDLED), modes=[mode]), judge)
    assert {f.level for f in conclusion.findings} <= {FindingLevel.NOTE}
    assert told(conclusion.findings) == notes(mode)
    assert {r.verdict for r in conclusion.results} == {Verdict.PASSED, Verdict.SKIPPED}


@pytest.mark.parametrize("mode", ON_THE_WIRE)
def test_over_http_it_is_the_same(mode: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """How an answer comes, late, in chunks or with its length, changes nothing of what a run says."""
    monkeypatch.setenv("LAWFUL_KEY", "lawful-key")
    with start_mock([Path(BUNDLED)], modes=[mode], api_key="lawful-key") as mock:
        ids = [f"--path-param={name}={value}" for name, value in mock.path_params.items()]
        code = main(
            ["run", "--target", mock.url, "--api-key-env", "LAWFUL_KEY", "--report-dir", str(tmp_path), *ids]
        )
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert (code, summary["findings"], summary["complete"]) == (ExitCode.CONFORMS, [], True)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("chunked", ("chunked", False)), ("content-length", (None, True))],
)
def test_the_mode_shows_on_the_wire(mode: str, expected: tuple[str | None, bool]) -> None:
    """A chunked answer names no length, the other one does."""
    path = "/organizations/{organizationId}/projects/{projectId}/trackers"
    with start_mock([Path(BUNDLED)], modes=[mode]) as mock:
        connection = http.client.HTTPConnection(urlsplit(mock.url).netloc, timeout=30)
        connection.request("POST", path.format(**mock.path_params))
        answer = connection.getresponse()
        body = answer.read()
        length = answer.getheader("content-length")
        found = answer.getheader("transfer-encoding"), length == str(len(body))
        connection.close()
    assert found == expected


def turned(case: Case, answered: Exchange, accepting: Exchange, refusing: Exchange) -> Exchange:
    """Return the answer of a server that decides every unclear case the other way."""
    if case.intent is not Intent.OPEN:
        return answered
    if answered.status < 300:
        return replace(refusing, case=case.id)
    created = json.loads(accepting.body)
    new = {"id": str(uuid5(NAMESPACE_OID, case.id))} if "id" in created else {}
    return replace(accepting, case=case.id, body=json.dumps({**created, **new}).encode())


def test_a_server_that_decides_every_unclear_case_otherwise_gets_notes_only() -> None:
    """No error rests on a case on which lawful servers may differ."""
    the_plan, judge = bundled()
    mock = service(Path(BUNDLED))
    by_name = {operation.name: operation for operation in the_plan.operations}
    cases = {case.id: case for case in the_plan.cases}
    exchanges = {case.id: exchange(mock, by_name[case.operation], case) for case in the_plan.cases}
    accepting = {name: exchanges[case_id] for name, case_id in the_plan.preflight.items()}
    refusing = {cases[e.case].operation: e for e in exchanges.values() if e.status == 400}
    judgements = {
        case.id: judge.judge(
            case, turned(case, exchanges[case.id], accepting[case.operation], refusing[case.operation])
        )
        for case in the_plan.cases
    }
    conclusion = explain(the_plan, judgements)
    assert {f.level for f in conclusion.findings} == {FindingLevel.NOTE}
    assert {f.rule for f in conclusion.findings} == {"open-behaviour"}
    assert {r.verdict for r in conclusion.results} == {Verdict.PASSED, Verdict.SKIPPED}
