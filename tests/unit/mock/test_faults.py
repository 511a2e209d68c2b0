"""Faults: their data, that each is at work where it says, and that none leaks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance.errors import DocumentError, UsageError
from conformance.mock.faults import choose, load_faults, policy
from conformance.mock.policy import NO_FAULTS
from conformance.requirement import Side
from conformance.rules import RULES

TRACKER = {"name": "a", "type": "cookie"}
CONSENT = {"category": "custom", "subcategory": 1, "label": "a"}
REQUEST = {"request": "view", "userEmail": "user@example.com"}
TAKEN = (201, "handled")
TEXT = {b"content-type": b"text/plain"}
KEY_500 = "compliance-requests-wrong-key-500"


def test_names_are_unique_and_begin_with_their_operation(faults: Any, endpoints: Any) -> None:
    """A name says which operation it breaks, and there is one fault of each name."""
    names = [fault.name for fault in faults]
    assert len(names) == len(set(names)) >= 90
    assert {fault.operation for fault in faults} == set(endpoints)
    assert [f.name for f in faults if not f.name.startswith(f.operation + "-")] == []


def test_faults_cover_every_rule(faults: Any) -> None:
    """Each check in the catalogue has a fault that only it can find."""
    assert {find.split()[0] for fault in faults for find in fault.finds} == set(RULES)


def test_finds_are_well_formed(faults: Any) -> None:
    """What a fault deserves is RULE SIDE POINTER, in words that exist."""
    for fault in faults:
        assert fault.finds, fault.name
        for find in fault.finds:
            rule, side, pointer = find.split()
            assert rule in RULES
            assert side in set(Side)
            assert pointer.startswith(("body:", "op:"))


def test_each_fault_applies_to_its_document_and_to_no_other(faults: Any, endpoints: Any) -> None:
    """Every edit meets what it edits; a fault changes its own operation and leaves the others faithful."""
    for fault in faults:
        for name, endpoint in endpoints.items():
            made = policy(endpoint, [fault])
            assert bool(made) is (name == fault.operation), fault.name


def test_without_faults_nothing_is_changed(endpoints: Any) -> None:
    """The faithful mock has no policy at all."""
    assert not NO_FAULTS
    assert [name for name, endpoint in endpoints.items() if policy(endpoint, [])] == []


def test_an_edit_widens_and_the_answer_still_obeys(client_of: Any, client: Any, endpoints: Any) -> None:
    """A body that only the fault lets pass gets a success that obeys: one fault, one violation."""
    body = {**CONSENT, "name": "abcd"}
    assert client.send("consent-types", body).status == 400
    answer = client_of("consent-types-name-min-4").send("consent-types", body)
    assert answer.status == 201
    assert endpoints["consent-types"].accepts_answer(answer)
    wrong = client_of("consent-types-category-any-type").send("consent-types", {**CONSENT, "category": 1})
    assert wrong.status == 201
    assert endpoints["consent-types"].accepts_answer(wrong)


def test_an_edit_narrows(client_of: Any, client: Any) -> None:
    """A body that the document allows is refused by the server that misreads it."""
    body = {**CONSENT, "name": "abcde"}
    assert client.send("consent-types", body).status == 201
    assert client_of("consent-types-name-min-6").send("consent-types", body).status == 400


def test_first_item_only(client_of: Any) -> None:
    """The fault that checks the first item only takes a bad second one and refuses a bad first one."""
    faulty = client_of("trackers-first-item-only")
    assert faulty.send("trackers", {"items": [TRACKER, {}]}).status == 201
    assert faulty.send("trackers", {"items": [{}, TRACKER]}).status == 400


@pytest.mark.parametrize(
    ("fault", "operation", "request_", "expected"),
    [
        ("trackers-status-200", "trackers", {"body": TRACKER}, (200, "handled")),
        ("trackers-batch-207", "trackers", {"body": {"items": [TRACKER, TRACKER]}}, (207, "handled")),
        ("trackers-batch-207", "trackers", {"body": {"items": [TRACKER]}}, TAKEN),
        ("trackers-null-500", "trackers", {"body": {**TRACKER, "description": None}}, (500, "schema")),
        ("trackers-astral-500", "trackers", {"body": {**TRACKER, "name": "\U0001f36a"}}, (500, "handled")),
        ("trackers-astral-500", "trackers", {"body": {**TRACKER, "name": "\uffff"}}, TAKEN),
        ("trackers-rejection-418", "trackers", {"body": {}}, (418, "schema")),
        ("trackers-get-200", "trackers", {"method": "GET"}, (200, "method")),
        ("trackers-get-200", "trackers", {"method": "PUT"}, (405, "method")),
        ("trackers-no-key", "trackers", {"body": TRACKER, "headers": {b"x-api-key": None}}, TAKEN),
        ("trackers-no-key", "trackers", {"body": TRACKER, "headers": {b"x-api-key": b""}}, (401, "key")),
        ("projects-empty-key", "projects", {"raw": b"{", "headers": {b"x-api-key": b""}}, (400, "json")),
        ("consent-types-no-body", "consent-types", {"raw": b""}, TAKEN),
        ("consent-types-malformed-project", "consent-types", {"body": CONSENT, "projectId": "x"}, TAKEN),
        ("trackers-malformed-json", "trackers", {"raw": b"{"}, TAKEN),
        ("projects-trailing-bytes", "projects", {"raw": b'{"name":"ab"} x'}, TAKEN),
        ("projects-trailing-bytes", "projects", {"raw": b"{"}, (400, "json")),
        ("trackers-text-accepted", "trackers", {"body": TRACKER, "headers": TEXT}, TAKEN),
        (KEY_500, "compliance-requests", {"body": {}, "headers": {b"x-api-key": b"x"}}, (500, "key")),
        (KEY_500, "compliance-requests", {"body": {}, "headers": {b"x-api-key": None}}, (401, "key")),
    ],
)  # fmt: skip
def test_faults_do_what_they_say(
    client_of: Any, fault: str, operation: str, request_: dict[str, Any], expected: tuple[int, str]
) -> None:
    """Each kind of effect, with the request that shows it and one that must not."""
    answer = client_of(fault).send(operation, **request_)
    assert (answer.status, answer.gate) == expected


def test_two_members_together(client_of: Any) -> None:
    """A fault of two members is not to be seen with either of them alone."""
    faulty = client_of("compliance-requests-email-with-phone-500")
    phone = {"request": "view", "userPhoneNumber": "1"}
    answers = [faulty.send("compliance-requests", body) for body in (REQUEST, phone, {**REQUEST, **phone})]
    assert [answer.status for answer in answers] == [201, 201, 500]


def test_response_faults_break_exactly_the_answer(client_of: Any, endpoints: Any, faults: Any) -> None:
    """Every fault that is found in the answer's schema breaks it, for the plainest valid request."""
    plain = {
        "trackers": TRACKER,
        "projects": {"name": "ab"},
        "consent-types": CONSENT,
        "compliance-requests": {**REQUEST, "requestDetails": 1},
    }
    mine = [f for f in faults if f.finds[0].startswith("response-schema answers op:/responses/201")]
    assert len(mine) > 20
    for fault in mine:
        answer = client_of(fault.name).send(fault.operation, plain[fault.operation])
        if answer.text is None:
            assert not endpoints[fault.operation].accepts_answer(answer), fault.name


def test_unknown_fault_names_the_nearest(faults: Any) -> None:
    """A slip in a name is answered with the name that was meant."""
    with pytest.raises(UsageError, match=r"did you mean trackers-name-max-25[57]"):
        choose(faults, ["trackers-name-max-25"])


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ('effects = [{ edit = "/x", set = 1, status = 2 }]', "unknown field status"),
        ('effects = [{ at = "nowhere", status = 500 }]', "unknown gate nowhere"),
        ('effects = [{ status = 500, when-request = { moon = "full" } }]', "unknown field moon"),
        ("effects = [", "Invalid value"),
    ],
)
def test_bad_fault_file_is_a_clear_error(tmp_path: Path, entry: str, message: str) -> None:
    """What a fault file cannot mean is refused, by file and fault."""
    file = tmp_path / "faults.toml"
    file.write_text(f'[[fault]]\nname = "a"\noperation = "a"\nabout = "a"\nfinds = []\n{entry}\n')
    with pytest.raises(DocumentError, match=message):
        load_faults(file)


def test_edit_of_what_is_not_there_is_an_error(tmp_path: Path, endpoints: Any) -> None:
    """A fault whose document has changed under it does not pass for the faithful mock."""
    file = tmp_path / "faults.toml"
    file.write_text(
        '[[fault]]\nname = "a"\noperation = "trackers"\nabout = "a"\nfinds = []\n'
        'effects = [{ edit = "/properties/gone/maxLength", remove = true }]\n'
    )
    with pytest.raises(
        DocumentError, match="an edit of /properties/gone/maxLength, which the document lacks"
    ):
        policy(endpoints["trackers"], load_faults(file))
