"""What the mock does for Concord beyond the document, and that its answers obey the document."""

from __future__ import annotations

import json
from typing import Any
from uuid import RFC_4122, UUID

import pytest

from conformance.mock.behaviour import load_behaviour
from conformance.mock.setup import BUNDLED
from conformance.mock.store import MemoryStore

PROJECT = {"name": "A project", "type": "website"}
CONSENT = {"category": "custom_a1", "subcategory": [1], "label": "label"}
REQUEST = {"request": "view", "userEmail": "user@example.com"}


class Spy(MemoryStore):
    """A store that tells what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[str, str, Any]] = []

    def add(self, rows: Any) -> None:
        """Note the rows, then take them."""
        taken = list(rows)
        self.rows += taken
        super().add(taken)


def kept(store: Spy, kind: str) -> list[Any]:
    """Return the values of one kind."""
    return [value for name, _, value in store.rows if name == kind]


def test_batch_is_taken_whole(client_of: Any) -> None:
    """Every item of a batch is stored, with the defaults of the document."""
    store = Spy()
    items = [{"name": "a", "type": "cookie"}, {"name": "b", "type": "image", "origin": "autoscan"}]
    assert client_of(store=store).send("trackers", {"items": items}).status == 201
    seen = [(t["name"], t["origin"], t["category"]) for t in kept(store, "trackers")]
    assert seen == [("a", "manual", "unclassified"), ("b", "autoscan", "unclassified")]


def test_batch_with_one_bad_item_is_not_taken_at_all(client_of: Any) -> None:
    """One bad item, and nothing of the batch is stored."""
    store = Spy()
    items = [{"name": "a", "type": "cookie"}, {"name": "b"}]
    assert client_of(store=store).send("trackers", {"items": items}).status == 400
    assert kept(store, "trackers") == []


def test_project_created_is_a_project_that_exists(client: Any) -> None:
    """The id of a new project works for the operations below it."""
    created = client.send("projects", PROJECT).value
    answer = client.send("consent-types", CONSENT, projectId=created["id"])
    assert (answer.status, answer.value["project"]) == (201, created["id"])


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("A  Project!", "a-project"),
        ("Éé", "project"),
        ("a" * 300, "a" * 256),
        ("a" * 255 + " b", "a" * 255),
    ],
)
def test_slug_comes_from_the_name(client: Any, name: str, slug: str) -> None:
    """A slug is made of the name's words, is at most 256 characters long and never empty."""
    assert client.send("projects", {**PROJECT, "name": name}).value["slug"] == slug


def test_project_has_what_the_page_requires(client: Any) -> None:
    """A new project is active, belongs to the organization and repeats its contact e-mails."""
    emails = ["a@example.com", "b@example.com"]
    value = client.send("projects", {"name": "ab", "contactEmails": emails}).value
    assert value["type"] == "website"
    assert value["contactEmails"] == emails
    assert value["contactEmail"] == "a@example.com"
    assert value["organizationId"] == client.service.path_params["organizationId"]
    assert isinstance(value["dateCreated"], int)


def test_consent_type_always_has_name_and_description(client: Any) -> None:
    """What the answer requires and the request leaves optional is a string either way."""
    value = client.send("consent-types", CONSENT).value
    assert (value["name"], value["description"]) == ("", "")
    assert (value["status"], value["required"], value["version"]) == ("active", False, 1)
    assert "requireReacceptVersion" not in value


def test_consent_type_echoes_what_was_sent(client: Any) -> None:
    """Every member of the request that the answer has, too, comes back."""
    sent = {**CONSENT, "name": "A name", "url": "https://example.com/", "document": "text"}
    value = client.send("consent-types", {**sent, "requireReaccept": True}).value
    assert {name: value[name] for name in sent} == sent
    assert value["requireReacceptVersion"] == 1
    assert "requireReaccept" not in value


@pytest.mark.parametrize("details", [[1, "é"], {"a": None}, True, 1.5])
def test_request_details_come_back_as_text(client: Any, details: Any) -> None:
    """Details that are no string come back as their JSON text."""
    value = client.send("compliance-requests", {**REQUEST, "requestDetails": details}).value
    assert json.loads(value["requestDetails"]) == details
    assert isinstance(value["requestDetails"], str)


def test_text_details_come_back_as_they_are(client: Any) -> None:
    """Details that are a string are not quoted once more."""
    assert (
        client.send("compliance-requests", {**REQUEST, "requestDetails": '"'}).value["requestDetails"] == '"'
    )


def test_concord_id_is_kept_or_made(client: Any) -> None:
    """A concordId that was sent comes back; without one there is a new one each time."""
    sent = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
    assert client.send("compliance-requests", {**REQUEST, "concordId": sent}).value["concordId"] == sent
    made = {client.send("compliance-requests", REQUEST).value["concordId"] for _ in range(3)}
    assert len(made) == 3


def test_user_is_made_of_the_user_members(client: Any) -> None:
    """UserEmail and its like come back inside `user`, and nothing comes back where none was sent."""
    body = {**REQUEST, "userFirstName": "A", "userPhoneNumber": "1"}
    assert client.send("compliance-requests", body).value["user"] == {
        "email": "user@example.com",
        "firstName": "A",
        "phoneNumber": "1",
    }
    assert "user" not in client.send("compliance-requests", {"request": "view", "userId": "1"}).value


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("trackers", {"name": "a", "type": "cookie"}),
        ("projects", {**PROJECT, "contactEmails": [], "name": "n" * 1024}),
        ("projects", {"name": "\ud800\ud800"}),
        ("consent-types", CONSENT),
        (
            "consent-types",
            {
                **CONSENT,
                "name": "n" * 100,
                "document": "d" * 5_000_000,
                "url": "https://example.com/",
                "validStates": ["implied"],
                "consentDuration": "P1D",
                "status": "test",
                "required": True,
            },
        ),
        ("compliance-requests", {"request": "do_not_sell", "userId": ""}),
        (
            "compliance-requests",
            {**REQUEST, "notes": "n" * 2048, "captureUrl": "", "domain": "d" * 256, "preverified": True},
        ),
    ],
)
def test_success_obeys_its_schema(client: Any, endpoints: Any, operation: str, body: Any) -> None:
    """Whatever valid request comes, the 201 is what the document says."""
    answer = client.send(operation, body)
    assert answer.status == 201
    assert endpoints[operation].accepts_answer(answer)


def test_behaviour_belongs_to_paths_of_the_documents(endpoints: Any) -> None:
    """Each operation of the documents has own code, and no code is left without operation."""
    behaviour = load_behaviour(BUNDLED / "concord-privacy" / "behaviour.py")
    assert set(behaviour.handlers) == {endpoint.label for endpoint in endpoints.values()}
    assert behaviour.body_needed <= set(behaviour.handlers)


def test_ids_are_random_uuids(client: Any) -> None:
    """An id is a new UUID of version 4 (RFC 9562 §5.4) each time."""
    ids = [UUID(client.send("projects", PROJECT).value["id"]) for _ in range(50)]
    assert len(set(ids)) == 50
    assert {(new.version, new.variant) for new in ids} == {(4, RFC_4122)}
