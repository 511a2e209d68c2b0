"""A real server that is not ours: what a run against Prism reports is the true list, entry by entry.

Prism answers from the document alone: it keeps no state, compares no key and reads no more of a
request than its validator asks for. What it gets wrong is listed here, each with a request that shows
it; whatever else a run reports on it is a false alarm.
"""

from __future__ import annotations

import http.client
import json
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from conformance.cli.entry import main
from conformance.errors import ExitCode
from conformance.session.loading import BUNDLED
from tests.support.prism import COMMAND, WANTED, prism

pytestmark = [
    pytest.mark.prism,
    pytest.mark.skipif(
        WANTED not in os.environ, reason="runs against Prism, which needs Node: see `make test-all`"
    ),
]

FOLDER = Path(BUNDLED)
UUID = "11111111-1111-4111-8111-111111111111"
UNKNOWN = "ffffffff-ffff-4fff-bfff-ffffffffffff"

BODY = "/requestBody/content/application~1json/schema"
ERROR_400 = "/responses/400/content/application~1json/schema"

Told = tuple[str, str, str]
"""Level, rule, and the pointer below the operation."""

EVERYWHERE: dict[Told, str] = {
    ("error", "response-schema", f"{ERROR_400}/required/0"): "its own 400 holds nothing but `error`",
    ("error", "response-schema", f"{ERROR_400}/required/2"): "its own 400 holds nothing but `error`",
    ("error", "response-schema", f"{ERROR_400}/properties/error/type"): "`error` is an object in its own 400",
    ("error", "status-code-mismatch", "/responses/401"): "it sends the default 404 as statusCode of a 401",
    ("error", "unauthorized-accepted", "/security"): "it asks for a key and compares it with none",
    ("error", "unknown-accepted", "/parameters/0"): "it keeps no state: every organizationId is known",
    ("error", "unknown-accepted", "/parameters/1"): "it keeps no state: every projectId is known",
}
NULL = "it takes a body of null for no body, where none is required"
QUOTED = "its e-mail pattern knows no quoted local part"
ANSWER_201 = "/responses/201/content/application~1json/schema/properties"


def same_answer(*members: str) -> dict[Told, str]:
    """Return what becomes of shared members, and of ids, where every 201 is the same body made of the schema."""
    ids: dict[Told, str] = {("error", "id-repeated", f"{ANSWER_201}/id"): "every 201 holds the same id"}
    return ids | {
        ("warning", "echo-changed", f"{ANSWER_201}/{name}"): "every 201 is the same, whatever was sent"
        for name in members
    }


TRUE_LIST: dict[str, dict[Told, str]] = {
    "trackers": {**EVERYWHERE, ("error", "invalid-accepted", f"{BODY}/anyOf"): NULL},
    "projects": {
        **{told: reason for told, reason in EVERYWHERE.items() if told[2] != "/parameters/1"},
        ("error", "invalid-accepted", f"{BODY}/type"): NULL,
        ("note", "open-behaviour", f"{BODY}/properties/contactEmails/items/format"): QUOTED,
        **same_answer("name", "contactEmails"),
    },
    "consent-types": {
        **EVERYWHERE,
        **same_answer(
            "subcategory",
            "label",
            "name",
            "description",
            "document",
            "url",
            "consentDuration",
            "category",
            "validStates",
            "status",
            "required",
        ),
    },
    "compliance-requests": {
        **EVERYWHERE,
        ("note", "open-behaviour", f"{BODY}/properties/concordId/format"): "it takes urn:uuid: for a UUID",
        ("note", "open-behaviour", f"{BODY}/properties/userEmail/format"): QUOTED,
        ("warning", "default-missing", f"{ANSWER_201}/preverified"): "it answers true where nothing was sent",
        **same_answer(
            "concordId", "captureUrl", "domain", "notes", "preverified", "request", "requestDetails"
        ),
    },
}


@pytest.fixture(scope="module", autouse=True)
def installed() -> None:
    """Fail, not skip, where the tests against peers were asked for and Prism is missing."""
    assert COMMAND.exists(), "Prism is not installed: `npm ci --prefix tests/peers`"


@pytest.mark.parametrize("operation", TRUE_LIST)
def test_a_run_against_prism_reports_the_true_list(
    operation: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every finding is a divergence of Prism's, and every divergence on the list is found."""
    monkeypatch.setenv("PRISM_KEY", "any-key")
    document = FOLDER / f"{operation}.yaml"
    with prism(document) as url:
        code = main(
            ["run", "--target", url, "--spec", str(document), "--api-key-env", "PRISM_KEY",
             "--path-param", f"organizationId={UUID}", "--path-param", f"projectId={UUID}",
             "--report-dir", str(tmp_path)]
        )  # fmt: skip
    assert code == ExitCode.FINDINGS, capsys.readouterr().err
    summary = json.loads((tmp_path / "summary.json").read_text())
    told = {(f["level"], f["rule"], f["pointer"].split("/post")[-1]) for f in summary["findings"]}
    assert summary["complete"]
    assert told == set(TRUE_LIST[operation])


@pytest.fixture(scope="module")
def trackers() -> Iterator[str]:
    """Return the URL of Prism on the trackers' document."""
    with prism(FOLDER / "trackers.yaml") as url:
        yield url


PLAIN = b'{"name":"a","type":"cookie"}'
KEYED = {"Content-Type": "application/json", "x-api-key": "any-key"}
OWN_400 = {"error": {"code": "invalid_json", "message": "Invalid JSON"}}
DEFAULT_401 = {"statusCode": 404, "error": "Not Found", "message": "Forbidden"}


@pytest.mark.parametrize(
    ("body", "headers", "organization", "expected"),
    [
        pytest.param(b'{"name":', KEYED, UUID, (400, OWN_400), id="its own 400"),
        pytest.param(
            PLAIN, {"Content-Type": "application/json"}, UUID, (401, DEFAULT_401), id="default in 401"
        ),
        pytest.param(PLAIN, {**KEYED, "x-api-key": "wrong"}, UUID, (201, {"success": True}), id="any key"),
        pytest.param(PLAIN, KEYED, UNKNOWN, (201, {"success": True}), id="no state"),
        pytest.param(b"null", KEYED, UUID, (201, {"success": True}), id="null for no body"),
    ],
)
def test_the_divergences_are_prisms(
    trackers: str, body: bytes, headers: dict[str, str], organization: str, expected: tuple[int, object]
) -> None:
    """What the true list says of Prism shows in one plain request, without any of our code."""
    connection = http.client.HTTPConnection(urlsplit(trackers).netloc, timeout=30)
    path = f"/organizations/{organization}/projects/{UUID}/trackers"
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    found = (answer.status, json.loads(answer.read()))
    connection.close()
    assert found == expected
