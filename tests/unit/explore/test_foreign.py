"""Schemathesis's cases as our requests: every second one with its body alone, and nothing of ours in the rest."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from conformance.case import Key, Request
from conformance.explore.foreign import foreign_requests
from conformance.jsonvalue import decode
from conformance.session.loading import load_operations

pytest.importorskip("schemathesis")

BASE = Request("POST", "/x", headers=(("Content-Type", "application/json"),), body=b"{}")


def test_requests_are_bodies_alone_or_whole_without_our_key() -> None:
    operation = next(o for o in load_operations(()) if o.name == "trackers")
    base = replace(BASE, method=operation.method, path=operation.path)
    seen: list[Request] = []

    @settings(
        max_examples=60, database=None, deadline=None, derandomize=True, phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(foreign_requests(operation, base))
    def collect(request: Request) -> None:
        seen.append(request)

    collect()
    alone = [r for r in seen if r.key is Key.RIGHT]
    whole = [r for r in seen if r.key is Key.NONE]
    assert alone
    assert whole
    assert {(r.path_params, r.query) for r in alone} == {((), ())}
    assert {name for r in whole for name, _ in r.path_params} == {"organizationId", "projectId"}
    assert "x-api-key" in {name.lower() for r in whole for name, _ in r.headers}
    for request in seen:
        types = [value for name, value in request.headers if name.lower() == "content-type"]
        assert types == ([] if request.body is None else ["application/json"])
        if request.body is not None:
            decode(request.body)
