"""Exploration piece by piece: what is clear, where a failure stands, how it is searched for and kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from conformance.case import Case, Exchange, Intent, Request
from conformance.contract.contract import Contract
from conformance.contract.requests import request_contract
from conformance.errors import DocumentError, TargetError, UsageError
from conformance.explore.clarity import label, tamed
from conformance.explore.failure import Failure, from_json, to_json
from conformance.explore.hunt import Explorer, Source
from conformance.explore.replayed import with_failures
from conformance.explore.store import MAX_FILES, FailureStore
from conformance.jsonvalue import decode, encode
from conformance.judging.checks import Judge
from conformance.judging.explanation import Explanation, explain
from conformance.judging.verdict import Finding, RequirementResult, Verdict
from conformance.openapi.document import discover
from conformance.openapi.operation import operations
from conformance.planning.plan import Plan, plan
from conformance.rules import VALID_REJECTED
from conformance.running.runner import CaseJudged
from conformance_strategies import VALUES, invalid_values, valid_values
from tests.support.parcels import parcels

Body = dict[str, Any]
Server = Callable[[Body | None], int]


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return plan(operations(discover(parcels(tmp_path_factory.mktemp("spec")))), VALUES)


@pytest.fixture(scope="module")
def contract(planned: Plan) -> Contract:
    found = request_contract(planned.operations[0])
    assert found is not None
    return found


def base(planned: Plan) -> Request:
    return next(c.request for c in planned.cases if c.id == planned.preflight["parcels"])


def answered(planned: Plan, server: Server) -> Callable[[Case], CaseJudged]:
    """Return what judges a case by the status that the server gives its body."""
    judge = Judge(planned.operations)

    def attempt(case: Case) -> CaseJudged:
        status = server(decode(case.request.body or b"null"))
        body = b"{}" if status else b""
        exchange = Exchange(case.id, status, (("content-type", "application/json"),), body)
        return CaseJudged(-1, case, exchange, judge.judge(case, exchange), len(body))

    return attempt


def faithful(contract: Contract, body: Body | None) -> int:
    return 201 if contract.accepts(body) else 400


def drawn(planned: Plan, contract: Contract, values: Callable[..., Any]) -> Source:
    schema, bundle = contract.schema, contract.root

    def make() -> st.SearchStrategy[Request]:
        bodies = values(schema, root=bundle)
        return st.builds(lambda body: replace(base(planned), body=encode(tamed(body))), bodies)

    return Source("a body", make)


def proven(planned: Plan, *findings: Finding) -> Explanation:
    """Return the conclusion of a run that passed every requirement, but for the findings."""
    return Explanation(tuple(RequirementResult(r.id, Verdict.PASSED) for r in planned.requirements), findings)


def explored(
    planned: Plan, server: Server, source: Source, known: Explanation | None = None, seconds: float = 3.0
) -> tuple[list[Failure], list[Failure]]:
    """Return what a search found and each smaller example on the way."""
    found: list[Failure] = []
    smaller: list[Failure] = []
    explorer = Explorer(answered(planned, server), smaller.append, lambda f, _: found.append(f))
    nothing = known or proven(planned)
    explorer.explore(planned, nothing, {"parcels": [source]}, seconds)
    return found, smaller


def is_middling(body: Any) -> bool:
    return isinstance(body, dict) and isinstance(w := body.get("weight"), int) and 100 <= w <= 900


@pytest.mark.parametrize(
    ("body", "intent"),
    [
        (b'{"weight":500}', Intent.VALID),
        (b'{"weight":1001}', Intent.INVALID),
        (b'{"weight":500,"contact":"a@b.example"}', Intent.VALID),
        (b'{"weight":5.0}', Intent.OPEN),
        (b'{"weight":5,"note":"a\\u0000"}', Intent.OPEN),
        ('{"weight":5,"contact":"jürgen@example.com"}'.encode(), Intent.OPEN),
        (b'{"weight":5,"contact":"\\"a b\\"@example.com"}', Intent.OPEN),
        (b'{"weight":5,"contact":"nobody"}', Intent.OPEN),
        (b'{"weight":5,"contact":"o\'neil@example.com"}', Intent.OPEN),
        (b'{"weight":', Intent.OPEN),
        (None, Intent.OPEN),
    ],
)
def test_what_lawful_readers_differ_on_is_open(
    contract: Contract, body: bytes | None, intent: Intent
) -> None:
    found, reason = label(contract, body)
    assert (found, bool(reason)) == (intent, intent is Intent.OPEN)


def test_a_value_that_is_refused_shrinks_to_the_smallest_such_body(planned: Plan, contract: Contract) -> None:
    """The least weight of those refused stays, every optional member is gone, and it is told once."""

    def server(body: Body | None) -> int:
        return 400 if is_middling(body) else faithful(contract, body)

    found, smaller = explored(planned, server, drawn(planned, contract, valid_values))
    (failure,) = found
    assert failure.request.body == b'{"weight":100}'
    assert (failure.rule, failure.intent, failure.side) == ("valid-rejected", Intent.VALID, "accepts")
    assert failure.pointer == "/paths/~1parcels/post/requestBody"
    assert {f.fingerprint for f in smaller} == {failure.fingerprint}
    assert smaller[-1] == failure


def test_three_members_that_break_only_together_are_found(planned: Plan, contract: Contract) -> None:
    """No enumerated case has the three without the others; the body that is told has nothing else."""

    def breaks(body: Any) -> bool:
        return isinstance(body, dict) and body.keys() - {"weight"} == {"fragile", "express", "gift"}

    bodies = [json.loads(c.request.body or b"0") for c in planned.cases if c.rule == VALID_REJECTED]
    assert not any(map(breaks, bodies))

    def server(body: Body | None) -> int:
        return 500 if breaks(body) else faithful(contract, body)

    found, _ = explored(planned, server, drawn(planned, contract, valid_values), seconds=5)
    (failure,) = found
    assert failure.rule == "server-error"
    assert failure.request.body == b'{"weight":1,"fragile":true,"express":true,"gift":true}'


def test_an_unchecked_bound_in_one_context_is_told_by_its_keyword(planned: Plan, contract: Contract) -> None:
    """The single violation is named although every enumerated case of the bound was judged rightly."""

    def server(body: Body | None) -> int:
        if isinstance(body, dict) and "gift" in body and not body.keys() & {"note", "contact"}:
            return faithful(contract, {**body, "weight": 1} if body.get("weight") == 1001 else body)
        return faithful(contract, body)

    found, _ = explored(planned, server, drawn(planned, contract, invalid_values), seconds=6)
    assert {f.pointer.rpartition("/schema/")[2] for f in found} == {"properties/weight/maximum"}
    assert {f.rule for f in found} == {"invalid-accepted"}
    assert {f.request.body for f in found} == {b'{"weight":1001,"gift":true}'}


def test_a_server_that_keeps_the_contract_gives_no_failure(planned: Plan, contract: Contract) -> None:
    for values in (valid_values, invalid_values):
        source = drawn(planned, contract, values)
        found, _ = explored(planned, lambda body: faithful(contract, body), source, seconds=1)
        assert found == []


def test_what_the_run_has_reported_is_not_reported_again(planned: Plan, contract: Contract) -> None:
    def server(body: Body | None) -> int:
        return 400 if is_middling(body) else faithful(contract, body)

    source = drawn(planned, contract, valid_values)
    (failure,), _ = explored(planned, server, source)
    known = proven(planned, failure.finding)
    assert explored(planned, server, source, known, seconds=1) == ([], [])


def test_an_interrupt_loses_nothing_that_was_found(planned: Plan, contract: Contract) -> None:
    """Ctrl-C while the first failure is being shrunk: it is told, in the smallest form so far."""
    seen = 0

    def server(body: Body | None) -> int:
        nonlocal seen
        seen += is_middling(body)
        if seen == 3:
            raise KeyboardInterrupt
        return 400 if is_middling(body) else faithful(contract, body)

    found: list[Failure] = []
    smaller: list[Failure] = []
    explorer = Explorer(answered(planned, server), smaller.append, lambda f, _: found.append(f))
    with pytest.raises(KeyboardInterrupt):
        explorer.explore(planned, proven(planned), {"parcels": [drawn(planned, contract, valid_values)]}, 60)
    assert len(found) == 1
    assert smaller[-1] == found[0]


def test_a_failure_that_comes_and_goes_is_flaky(planned: Plan, contract: Contract) -> None:
    """The server refuses each body the first time it sees it, and never again."""
    seen: set[bytes] = set()

    def server(body: Body | None) -> int:
        key = encode(body)
        if is_middling(body) and key not in seen:
            seen.add(key)
            return 500
        return faithful(contract, body)

    found, _ = explored(planned, server, drawn(planned, contract, valid_values), seconds=2)
    assert [(f.rule, f.flaky, f.finding.flaky) for f in found] == [("server-error", True, True)]


def test_a_target_that_is_gone_ends_the_search(planned: Plan, contract: Contract) -> None:
    with pytest.raises(TargetError, match="20 times in a row"):
        explored(planned, lambda _: 0, drawn(planned, contract, valid_values), seconds=60)


def test_a_source_that_cannot_draw_ends_alone(planned: Plan) -> None:
    def make() -> st.SearchStrategy[Request]:
        raise ValueError("nothing to draw")

    assert explored(planned, lambda _: 201, Source("nothing", make), seconds=60) == ([], [])


def failure_of(planned: Plan, body: bytes, intent: Intent = Intent.VALID) -> Failure:
    request = replace(base(planned), body=body)
    side = "rejects" if intent is Intent.INVALID else "accepts"
    return Failure(
        "server-error", "parcels", "/paths/~1parcels/post/requestBody", side, "parcels · body", "201", "500",
        intent, "a body", request,
    )  # fmt: skip


@pytest.mark.parametrize("body", [b'{"weight":5}', b'{ "weight": 5 }', b"\xff", "{}é".encode()])
def test_a_failure_is_kept_byte_for_byte(planned: Plan, tmp_path: Path, body: bytes) -> None:
    failure = failure_of(planned, body)
    path = FailureStore(tmp_path / "deep" / "kept").save(failure)
    assert path.name == f"{failure.fingerprint}.json"
    assert FailureStore(path.parent).load() == (failure,)
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_json_body_is_kept_as_json(planned: Plan) -> None:
    stored = to_json(failure_of(planned, b'{"weight":5,"note":"x"}'))
    assert stored["request"]["body"] == {"json": {"weight": 5, "note": "x"}}


@pytest.mark.parametrize(
    "change",
    [
        {"schema": 2},
        {"rule": "no-such-rule"},
        {"pointer": "paths"},
        {"intent": "perhaps"},
        {"request": {}},
        {"request": None},
    ],
)
def test_a_file_that_is_no_failure_is_refused_by_name(planned: Plan, change: dict[str, Any]) -> None:
    content = {**to_json(failure_of(planned, b"{}")), **change}
    with pytest.raises(DocumentError, match=r"kept\.json: not a stored failure .*; delete or restore it"):
        from_json(content, "kept.json")


def test_a_header_that_would_break_a_request_is_refused(planned: Plan) -> None:
    content = to_json(failure_of(planned, b"{}"))
    content["request"]["headers"] = [["X", "a\r\nY: b"]]
    with pytest.raises(DocumentError, match="header 'X' cannot be sent"):
        from_json(content, "kept.json")


def test_a_folder_of_anything_else_is_refused(tmp_path: Path) -> None:
    for text in ("[]", "not JSON", "[" * 100_000):
        (tmp_path / "a.json").write_text(text)
        with pytest.raises(DocumentError, match="delete or restore it"):
            FailureStore(tmp_path).load()
    for number in range(MAX_FILES):
        (tmp_path / f"{number}.json").touch()
    with pytest.raises(DocumentError, match="more than 1000"):
        FailureStore(tmp_path).load()


def test_a_folder_that_cannot_be_written_is_named(planned: Plan, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="--explore-dir"):
        FailureStore(tmp_path / "file" / "kept").save(failure_of(planned, b"{}"))


def test_a_stored_failure_becomes_a_case_with_the_same_bytes_and_fingerprint(planned: Plan) -> None:
    failure = failure_of(planned, b'{"weight":500}')
    joined, notes = with_failures(planned, [failure])
    (case,) = [c for c in joined.cases if c.id == failure.case_id]
    assert (notes, case.request, case.intent) == ((), failure.request, Intent.VALID)
    assert case.title == "found by exploration: a body"
    judge = Judge(planned.operations)
    exchange = Exchange(case.id, 500, (("content-type", "application/json"),), b"{}")
    conclusion = explain(joined, {case.id: judge.judge(case, exchange)})
    assert {f.fingerprint for f in conclusion.findings} == {failure.fingerprint}


def test_a_failure_whose_label_no_longer_holds_is_dropped_with_a_note(planned: Plan) -> None:
    failure = failure_of(planned, b'{"weight":5000}')
    joined, notes = with_failures(planned, [failure])
    assert joined == planned
    (note,) = notes
    assert failure.fingerprint in note
    assert "now calls its request invalid, not valid; delete its file" in note


def test_failures_of_other_operations_or_over_the_limit_add_nothing(planned: Plan) -> None:
    failure = failure_of(planned, b'{"weight":500}')
    assert with_failures(planned, [replace(failure, operation="others")]) == (planned, ())
    assert with_failures(planned, [failure], max_body=5) == (planned, ())


def test_a_request_with_more_varied_than_its_body_is_open(planned: Plan) -> None:
    failure = failure_of(planned, b'{"weight":500}', Intent.OPEN)
    request = replace(failure.request, headers=(*failure.request.headers, ("X-Other", "1")))
    joined, notes = with_failures(planned, [replace(failure, request=request)])
    assert (joined.cases[-1].intent, notes) == (Intent.OPEN, ())
