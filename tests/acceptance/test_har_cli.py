"""`conformance drift --har`: traffic that mitmproxy recorded, told as drift.

`tests/har/mitmproxy.har` is what mitmproxy 11.0.2 wrote, byte for byte; `tests/har/record.py` records it again.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import jsonschema
import pytest

from conformance.cli.entry import main
from tests.har.record import HEADERS, KEY, RECORDED

SCHEMA: Final = json.loads(Path("reports/conformance_reports/drift/drift.schema.json").read_text())
JSON_TYPE: Final = "content/application~1json/schema"


def test_a_recording_of_a_proxy_gives_the_rows_of_the_mocks_faults(
    capsys: pytest.CaptureFixture[str],
) -> None:
    creator = json.loads(RECORDED.read_text())["log"]["creator"]
    assert (creator["name"], creator["version"]) == ("mitmproxy", "11.0.2")
    assert main(["drift", "--har", str(RECORDED), "--format", "json"]) == 1
    captured = capsys.readouterr()
    told = json.loads(captured.out)
    jsonschema.validate(told, SCHEMA)
    rows = {
        (
            row["operation"], row["rule"], row["verdict"], row["pointer"].partition("/post/")[2],
            row["exchange"].removeprefix(f"{RECORDED} ").partition(":")[0],
        )
        for row in told["changes"]
    }  # fmt: skip
    assert rows == {
        ("trackers", "service-laxer", "compatible", f"requestBody/{JSON_TYPE}/anyOf/0/properties/name/maxLength",
         "log.entries[1]"),
        ("trackers", "service-stricter", "breaking", "requestBody", "log.entries[3]"),
        ("consent-types", "answer-member-undeclared", "breaking",
         f"responses/201/{JSON_TYPE}/additionalProperties", "log.entries[5]"),
        ("projects", "answer-status-undocumented", "breaking", "responses", "log.entries[7]"),
    }  # fmt: skip
    assert (
        captured.err == f"{RECORDED}: 8 exchanges judged, 1 of no operation, 0 without an answer or broken\n"
    )
    assert told["unseen"]["trackers"]["statuses"] == ["401", "403", "404", "422"]


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_no_credential_of_the_recording_is_told(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    secrets = {KEY, HEADERS["Authorization"].split()[1], HEADERS["Cookie"].partition("=")[2]}
    recorded = RECORDED.read_text()
    assert [secret for secret in secrets if secret not in recorded] == []
    main(["drift", "--har", str(RECORDED), "--format", form])
    told = "".join(capsys.readouterr())
    assert [secret for secret in secrets if secret in told] == []


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--har", "nosuch.har"], 4),
        (["--har", "README.md"], 4),
        (["--har", str(RECORDED), "--target", "https://api.example.com"], 5),
        (["--har", str(RECORDED), "--observed", "x"], 2),
        (["--observed", "x", "--target", "https://api.example.com"], 2),
    ],
)
def test_what_cannot_be_compared_is_one_line_and_its_exit_code(
    arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["drift", *arguments]) == code
    captured = capsys.readouterr()
    assert (captured.out, captured.err.count("\n")) == ("", 1)
