"""The client's own tests, on the mock that the plugin offers."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from consents import Consents

import reports
import strategies


def client(api: Any) -> Consents:
    """Return the client of an API that the plugin offers."""
    ids = api.path_params
    return Consents(api.url, api.api_key, ids["organizationId"], ids["projectId"])


def test_a_consent_type_is_created_by_one_request(conformance_mock: Any) -> None:
    assert client(conformance_mock).create("news", "custom_news") == "news: created"
    (request,) = conformance_mock.requests()
    assert (request["method"], request["status"]) == ("POST", 201)
    assert json.loads(request["body"]) == {"label": "news", "category": "custom_news", "subcategory": []}
    assert request["headers"]["x-api-key"] == "***"


def test_every_test_begins_with_no_request(conformance_mock: Any) -> None:
    assert conformance_mock.requests() == []
    client(conformance_mock).create("news", "custom_news")
    conformance_mock.reset()
    assert conformance_mock.requests() == []


def test_what_the_document_forbids_is_refused(conformance_mock: Any) -> None:
    assert client(conformance_mock).create("news", "Custom") == "news: refused with 400"


def test_a_server_error_is_tried_again(conformance_mock: Any) -> None:
    broken = conformance_mock.with_faults("consent-types-again-500")
    assert client(broken).create("news", "custom_news") == "news: created"
    assert client(broken).create("news", "custom_news") == "news: refused with 500"
    assert [request["status"] for request in broken.requests()] == [201, 500, 500]
    assert conformance_mock.requests() == []


def test_the_target_of_the_session_can_be_asked_too(conformance_target: Any) -> None:
    assert client(conformance_target).create("news", "custom_news") == "news: created"


def test_a_key_is_shown_by_no_fixture(conformance_mock: Any, conformance_target: Any) -> None:
    shown = repr(conformance_mock) + repr(conformance_target)
    assert [api.api_key for api in (conformance_mock, conformance_target) if api.api_key in shown] == []


def test_the_packages_by_our_names_are_the_clients_own() -> None:
    home = Path(__file__).resolve().parents[1]
    assert Path(reports.__file__).is_relative_to(home)
    assert Path(strategies.__file__).is_relative_to(home)


def test_for_a_mock_nothing_is_imported_that_serves_or_judges() -> None:
    """What plans and sends is imported where documents are tested, not beside every client."""
    heavy = {
        "aiohttp",
        "starlette",
        "uvicorn",
        "jsonschema_rs",
        "conformance.cli",
        "conformance.planning.plan",
    }
    assert heavy & sys.modules.keys() == set()


@pytest.mark.parametrize("name", ["no-such-fault"])
def test_a_fault_that_is_none_is_told(conformance_mock: Any, name: str) -> None:
    with pytest.raises(Exception, match=name):
        conformance_mock.with_faults(name)
