"""A second opinion by others: Schemathesis's own cases and checks on the bundled documents."""

from __future__ import annotations

import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from conformance.case import Intent
from conformance.contract.requests import request_contract
from conformance.explore.clarity import label
from conformance.jsonvalue import encode
from conformance.openapi.document import load
from conformance.plugin import Api
from conformance.session.loading import load_operations

schemathesis = pytest.importorskip(
    "schemathesis", reason="Schemathesis is not installed: install concord-conformance[explore]"
)

requests = pytest.importorskip("requests", reason="Schemathesis sends with it")

SPECS = Path(__file__).resolve().parents[2] / "specs" / "concord-privacy"
pytestmark = [pytest.mark.schemathesis, pytest.mark.usefixtures("_bundled")]

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

calm = settings(
    max_examples=25, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture
def _bundled(pytestconfig: pytest.Config) -> None:
    """Skip where other documents are tested."""
    if pytestconfig.getoption("--spec"):
        pytest.skip("the documents of --spec are tested, not the bundled ones")


def schema_of(name: str) -> Any:
    """Return a document as Schemathesis reads it, its body marked as required.

    The document leaves that out, yet no empty request can mean anything: a case that is open, not valid.
    """
    content = deepcopy(load(SPECS / f"{name}.yaml").content)
    for path in content["paths"].values():
        path["post"]["requestBody"]["required"] = True
    return schemathesis.openapi.from_dict(content)


def is_open(case: Any) -> bool:
    """Tell whether the contract is unclear on the case's body, as a run and its property tests see it."""
    if not isinstance(case.body, dict | list | str | int | float | bool | None):
        return False  # no body
    (operation,) = (o for o in load_operations(()) if o.path == case.path)
    return label(request_contract(operation), encode(case.body))[0] is Intent.OPEN


def conforms(case: Any, target: Api) -> None:
    """Send the case with the target's key, and with its ids for well-formed ones, which name nothing.

    Its answer passes every check, that to an open one only that it is no 5xx: what lawful servers may do
    either way fails in no suite. The frames of a failed connection hold the key, so that none is shown.
    """
    for name, value in case.path_parameters.items():
        if UUID.fullmatch(str(value)):
            case.path_parameters[name] = target.path_params[name]
    checks = {"checks": [schemathesis.checks.not_a_server_error]} if is_open(case) else {}
    try:
        case.call_and_validate(base_url=target.url, headers={"x-api-key": target.api_key}, **checks)
    except requests.RequestException as error:
        told = f"{target.url}: no answer ({type(error).__name__}); check --target and that the API is up"
        raise pytest.fail.Exception(told, pytrace=False) from None


@schema_of("trackers").parametrize()
@calm
def test_trackers(case: Any, conformance_target: Api) -> None:
    conforms(case, conformance_target)


@schema_of("projects").parametrize()
@calm
def test_projects(case: Any, conformance_target: Api) -> None:
    conforms(case, conformance_target)


@schema_of("consent-types").parametrize()
@calm
def test_consent_types(case: Any, conformance_target: Api) -> None:
    conforms(case, conformance_target)


@schema_of("compliance-requests").parametrize()
@calm
def test_compliance_requests(case: Any, conformance_target: Api) -> None:
    conforms(case, conformance_target)
