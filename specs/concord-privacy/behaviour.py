"""How the Concord Privacy API behaves beyond its document, as far as the document lets one tell."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from conformance.jsonvalue import JSON, encode
from conformance.mock.behaviour import Behaviour, Call, known_kind, new_id

_ORGANIZATION: Final = "0a4f1c52-7d3b-4e8a-9c61-5b2f8e0d7a11"
_PROJECT: Final = "6e1d9b34-2c5f-4a7e-8b90-3f4c1a6d2e22"
_IN_PROJECT: Final = "/organizations/{organizationId}/projects/{projectId}"

_SLUG_LENGTH: Final = 256


def create_trackers(call: Call) -> tuple[int, JSON]:
    """Store a tracker, or every tracker of a batch, with its defaults."""
    body: Any = call.body
    items = body.get("items", [body])
    defaults = {"origin": "manual", "category": "unclassified"}
    owner = {"projectId": call.params["projectId"]}
    call.store.add([("trackers", new_id(), {**defaults, **item, **owner}) for item in items])
    return 201, {"success": True}


def create_project(call: Call) -> tuple[int, JSON]:
    """Store a project; from here on its id is one that the other operations know."""
    body: Any = call.body
    organization = call.params["organizationId"]
    now = _milliseconds()
    slug = slug_of(body["name"])
    project = {
        "id": new_id(),
        "name": body["name"],
        "organizationId": organization,
        "organization": {"id": organization, "name": "Mock organization", "slug": "mock", "status": "active"},
        "slug": slug,
        "type": body.get("type", "website"),
        "status": "active",
        "statusFlags": {"isActive": True, "isTest": False},
        "settings": {"trackers": {"deepScan": False, "realTimeScan": False, "lastRealTimeScan": 0}},
        "sendFromEmailId": "default",
        "dateCreated": now,
        "dateUpdated": now,
    }
    emails = body.get("contactEmails", [])
    if emails:
        project |= {"contactEmail": emails[0], "contactEmails": emails}
    rows = [("projects", project["id"], project), (known_kind("projectId"), project["id"], organization)]
    call.store.add(rows)
    return 201, project


def slug_of(name: str) -> str:
    """Return a name in lower-case words joined by hyphens, at most 256 characters, never empty."""
    words = re.findall(r"[a-z0-9]+", name.lower())
    return "-".join(words)[:_SLUG_LENGTH].strip("-") or "project"


def create_consent_type(call: Call) -> tuple[int, JSON]:
    """Store a consent type and send it back; the answer must hold `name` and `description` either way."""
    body: Any = call.body
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    kept = {name: value for name, value in body.items() if name != "requireReaccept"}
    created = {
        "id": new_id(),
        "organization": call.params["organizationId"],
        "project": call.params["projectId"],
        "version": 1,
        "name": "",
        "description": "",
        "status": "active",
        "required": False,
        "readOnly": False,
        "dateCreated": now,
        "dateUpdated": now,
        **kept,
    }
    if body.get("requireReaccept", False):
        created["requireReacceptVersion"] = 1
    call.store.add([("consent-types", created["id"], created)])
    return 201, created


_USER: Final = {
    "userEmail": "email",
    "userFirstName": "firstName",
    "userLastName": "lastName",
    "userPhoneNumber": "phoneNumber",
}
_ECHOED: Final = ("captureUrl", "domain", "notes", "request")


def create_compliance_request(call: Call) -> tuple[int, JSON]:
    """Store a compliance request; a request that was not verified before waits for it."""
    body: Any = call.body
    now = _milliseconds()
    preverified = body.get("preverified", False)
    created = {
        "id": new_id(),
        "concordId": body.get("concordId") or new_id(),
        "organization": call.params["organizationId"],
        "project": call.params["projectId"],
        "preverified": preverified,
        "status": "submitted" if preverified else "pending_verification",
        "requestDate": now,
        "dateCreated": now,
        "dateUpdated": now,
        **{name: body[name] for name in _ECHOED if name in body},
    }
    if user := _user(body):
        created["user"] = user
    if "requestDetails" in body:
        created["requestDetails"] = _as_text(body["requestDetails"])
    call.store.add([("compliance-requests", created["id"], created)])
    return 201, created


def _user(body: Mapping[str, JSON]) -> dict[str, JSON]:
    return {name: body[sent] for sent, name in _USER.items() if sent in body}


def _as_text(details: JSON) -> str:
    """Return what the answer declares a string: text as it is, anything else as JSON text."""
    return details if isinstance(details, str) else encode(details).decode()


def _milliseconds() -> int:
    return int(time.time() * 1000)


_HANDLERS: Final = {
    f"POST {_IN_PROJECT}/trackers": create_trackers,
    "POST /organizations/{organizationId}/projects": create_project,
    f"POST {_IN_PROJECT}/consent-types": create_consent_type,
    f"POST {_IN_PROJECT}/compliance-requests": create_compliance_request,
}

BEHAVIOUR: Final = Behaviour(
    handlers=_HANDLERS,
    known={"organizationId": _ORGANIZATION, "projectId": _PROJECT},
    # Not every document marks its body required, yet nothing can be created from nothing.
    body_needed=frozenset(_HANDLERS),
)
