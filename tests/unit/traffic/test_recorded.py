"""Recorded traffic as drift: what a row rests on, what is no verdict, and what never gets out."""

from __future__ import annotations

import base64
import json
from io import StringIO
from pathlib import Path
from typing import Any, Final

import pytest

from conformance.diff.amendment import Kind
from conformance.diff.change import Change
from conformance.errors import DocumentError
from conformance.openapi.document import made
from conformance.openapi.operation import Operation, operations
from conformance.pointer import text
from conformance.traffic import har as archives
from conformance.traffic.har import read_har
from conformance.traffic.overlay import overlay
from conformance.traffic.recorded import Traffic
from conformance_reports.drift import DRIFT_WRITERS, DriftReport
from tests.support.parcels import DOCUMENT

HOST: Final = "https://api.example.com"
BODY: Final = "/paths/~1parcels/post/requestBody"
SCHEMA: Final = f"{BODY}/content/application~1json/schema"
ANSWERS: Final = "/paths/~1parcels/post/responses"
QUERY: Final = """\
      parameters:
        - {name: size, in: query, required: true, schema: {type: integer, maximum: 9}}
"""


def entry(
    body: Any = None, status: int = 201, answer: Any = None, url: str = f"{HOST}/parcels", **more: Any
) -> dict[str, Any]:
    """Return an entry of an archive: a POST of JSON, answered with JSON."""
    json_type = [{"name": "Content-Type", "value": "application/json; charset=utf-8"}]
    sent = {} if body is None else {"postData": {"mimeType": "application/json", "text": json.dumps(body)}}
    content = {
        "size": 2,
        "mimeType": "application/json",
        "text": json.dumps({} if answer is None else answer),
    }
    return {
        "request": {"method": "POST", "url": url, "headers": json_type, "bodySize": -1, **sent, **more},
        "response": {"status": status, "headers": json_type, "content": content},
    }


def parcels(document: str = DOCUMENT) -> tuple[Operation, ...]:
    return operations((made(document.encode(), Path("parcels.yaml")),))


def traffic(folder: Path, *entries: Any, document: str = DOCUMENT, target: str = "") -> Traffic:
    """Return the traffic of an archive that holds the entries."""
    path = folder / "t.har"
    path.write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}))
    return Traffic(read_har(path), "t.har", parcels(document), target)


def rows(folder: Path, *entries: Any, document: str = DOCUMENT) -> list[tuple[str, str, str]]:
    """Return rule, verdict and pointer of each row."""
    return [
        (change.rule, change.verdict.value, text(change.pointer))
        for change in traffic(folder, *entries, document=document).changes()
    ]


def only(folder: Path, *entries: Any) -> Change:
    (change,) = traffic(folder, *entries).changes()
    return change


def test_traffic_that_keeps_the_document_gives_no_row(tmp_path: Path) -> None:
    assert rows(tmp_path, entry({"weight": 5}, answer={"weight": 5}), entry({"weight": 0}, 400)) == []


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"weight": 1001}, ["/properties/weight/maximum"]),
        ({}, ["/required/0"]),
        ({"weight": 5, "colour": "red"}, ["/additionalProperties"]),
        ({"weight": 0, "note": "n" * 21}, ["/properties/note/maxLength", "/properties/weight/minimum"]),
    ],
)
def test_each_demand_that_an_accepted_body_breaks_is_a_row(
    body: Any, pointers: list[str], tmp_path: Path
) -> None:
    assert sorted(rows(tmp_path, entry(body))) == [
        ("service-laxer", "compatible", SCHEMA + at) for at in pointers
    ]


def test_of_alternatives_the_one_branch_that_is_missed_by_one_keyword_is_named(tmp_path: Path) -> None:
    either = DOCUMENT.replace(
        "note: {type: string, maxLength: 20}",
        "note: {anyOf: [{type: string, maxLength: 20}, {type: array, minItems: 9, items: {maxLength: 1}}]}",
    )
    at = f"{SCHEMA}/properties/note/anyOf"
    for note, pointer in (("n" * 21, at), (["nn"], f"{at}/0/type")):
        found = rows(tmp_path, entry({"weight": 5, "note": note}), document=either)
        assert found == [("service-laxer", "compatible", pointer)]


def test_a_refused_request_that_the_document_allows_is_stricter_and_told_by_what_sets_it_apart(
    tmp_path: Path,
) -> None:
    change = only(
        tmp_path,
        entry({"weight": 5, "gift": False}),
        entry({"weight": 6, "gift": True}, 400),
        entry({"weight": 7, "gift": True, "note": "x"}, 400),
    )
    assert (change.rule, change.verdict.value, text(change.pointer)) == ("service-stricter", "breaking", BODY)
    assert change.note == (
        "2 refused, 1 accepted of the requests that the document allows; only the refused hold "
        "body/gift true; in 2 exchanges"
    )
    assert change.exchange == 't.har log.entries[1]: POST /parcels → 400, sent {"weight":6,"gift":true}'
    assert change.witness is not None
    assert change.witness.as_data() == {
        "payload": {"weight": 6, "gift": True}, "base": "accepts", "revision": "rejects",
    }  # fmt: skip


def test_the_same_body_refused_and_accepted_is_undecided(tmp_path: Path) -> None:
    """Something else than the body made the difference, a state or a right."""
    change = only(tmp_path, entry({"weight": 5}), entry({"weight": 5}, 400))
    assert (change.rule, change.verdict.value) == ("service-stricter", "undecided")


@pytest.mark.parametrize(
    ("status", "verdict"),
    [(400, "breaking"), (415, "breaking"), (422, "breaking"), (405, "undecided"), (451, "undecided")],
)
def test_only_a_status_that_calls_the_request_itself_wrong_is_a_clear_refusal(
    status: int, verdict: str, tmp_path: Path
) -> None:
    found = traffic(tmp_path, entry({"weight": 5}, status)).changes()
    assert [c.verdict.value for c in found if c.rule == "service-stricter"] == [verdict]


def test_all_exchanges_of_a_row_add_to_what_it_proposes(tmp_path: Path) -> None:
    bodies = [{"weight": 5, "note": "n" * length} for length in (22, 30, 25)]
    (change,) = traffic(tmp_path, *map(entry, bodies)).changes()
    assert change.note == "in 3 exchanges"
    assert [(edit.kind, edit.value) for edit in change.amendments] == [(Kind.RAISE, n) for n in (22, 30, 25)]


def test_the_base_url_in_common_is_that_of_most_operations(tmp_path: Path) -> None:
    """Another host that happens to have one such path may be asked as often."""
    document = DOCUMENT + DOCUMENT.partition("paths:\n")[2].replace("/parcels", "/boxes").replace(
        "createParcel", "box"
    )
    theirs = [
        entry({"weight": 5}, url=f"https://other.example/parcels{end}", status=200) for end in ("", "/")
    ]
    ours = [entry({"weight": 5}, url=f"{HOST}/v1/{name}") for name in ("parcels", "boxes")]
    seen = traffic(tmp_path, *theirs, *ours, document=document)
    assert seen.changes() == ()
    assert seen.matched == 2


@pytest.mark.parametrize("status", [401, 403, 404, 409, 429])
def test_a_status_of_the_set_up_says_nothing_of_the_body(status: int, tmp_path: Path) -> None:
    """It is a row only as an answer that the document lacks, which breaks nobody."""
    change = only(tmp_path, entry({"weight": 5}, status))
    assert (change.rule, change.verdict.value) == ("answer-status-undocumented", "compatible")


@pytest.mark.parametrize(
    ("status", "answer", "expected"),
    [
        (200, {}, ("answer-status-undocumented", "breaking", ANSWERS)),
        (418, {}, ("answer-status-undocumented", "compatible", ANSWERS)),
        (503, {}, ("answer-server-error", "undecided", ANSWERS)),
        (
            201, {"weight": "5"},
            ("answer-schema-broken", "breaking",
             f"{ANSWERS}/201/content/application~1json/schema/properties/weight/type"),
        ),
        (
            201, {"colour": "red"},
            ("answer-member-undeclared", "compatible", f"{ANSWERS}/201/content/application~1json/schema/properties"),
        ),
    ],
)  # fmt: skip
def test_an_answer_that_the_document_lacks_is_a_row(
    status: int, answer: Any, expected: tuple[str, str, str], tmp_path: Path
) -> None:
    assert rows(tmp_path, entry({"weight": 0}, status, answer)) in ([expected], [*LAXER, expected])


LAXER: Final = [("service-laxer", "compatible", f"{SCHEMA}/properties/weight/minimum")]
"""What a body without weight adds where it is answered with a success."""


def test_another_content_type_is_a_row(tmp_path: Path) -> None:
    page = entry({"weight": 5})
    page["response"]["headers"][0]["value"] = "text/html"
    found = rows(tmp_path, page)
    assert ("answer-type-undocumented", "breaking", f"{ANSWERS}/201/content") in found


def test_bodies_that_were_not_recorded_are_not_judged(tmp_path: Path) -> None:
    unknown = entry(bodySize=20)
    unknown["response"]["content"] = {"size": 20, "mimeType": "application/json"}
    assert rows(tmp_path, unknown) == []
    assert rows(tmp_path, entry()) == [("service-laxer", "compatible", f"{BODY}/required")]


def test_base64_bodies_are_read(tmp_path: Path) -> None:
    coded = entry({"weight": 5})
    coded["response"]["content"] = {
        "size": 13, "encoding": "base64", "text": base64.b64encode(b'{"weight":"x"}').decode(),
    }  # fmt: skip
    assert [rule for rule, _, _ in rows(tmp_path, coded)] == ["answer-schema-broken"]


def test_a_parameter_is_held_to_its_schema_too(tmp_path: Path) -> None:
    document = DOCUMENT.replace("      requestBody:\n", QUERY + "      requestBody:\n")
    at = "/paths/~1parcels/post/parameters/0"
    for query, expected in (
        ("?size=9", []),
        ("?size=10", [("service-laxer", "compatible", f"{at}/schema")]),
        ("?size=x", [("service-laxer", "compatible", f"{at}/schema")]),
        ("", [("service-laxer", "compatible", at)]),
        ("?size=10&size=9", []),
    ):
        found = rows(tmp_path, entry({"weight": 5}, url=f"{HOST}/parcels{query}"), document=document)
        assert found == expected


@pytest.mark.parametrize(
    ("servers", "target", "url", "is_ours"),
    [
        ("", "", f"{HOST}/v1/parcels", True),
        ("", f"{HOST}/v1", f"{HOST}/v1/parcels", True),
        ("", f"{HOST}/v1", f"{HOST}/parcels", False),
        ("servers: [{url: /v1}]\n", "", f"{HOST}/v1/parcels", True),
        ("servers: [{url: 'https://{region}.example.com/v1', variables: {region: {default: eu}}}]\n", "",
         f"{HOST}/v1/parcels", True),
        ("", "", f"{HOST}/parcels/1", False),
        ("", "", "http://[::1", False),
    ],
)  # fmt: skip
def test_requests_are_found_by_base_url_servers_or_what_they_have_in_common(
    servers: str, target: str, url: str, is_ours: bool, tmp_path: Path
) -> None:
    seen = traffic(tmp_path, entry({"weight": 5}, url=url), document=DOCUMENT + servers, target=target)
    seen.changes()
    assert seen.matched == is_ours


def test_where_a_server_was_asked_others_are_not_ours(tmp_path: Path) -> None:
    document = DOCUMENT + f"servers: [{{url: '{HOST}/v1'}}]\n"
    seen = traffic(
        tmp_path, entry({"weight": 5}, url=f"{HOST}/v1/parcels"), entry({}, url="https://ads.example/parcels"),
        document=document,
    )  # fmt: skip
    assert seen.changes() == ()
    assert seen.matched == 1


def test_no_secret_gets_out(tmp_path: Path) -> None:
    """Headers, cookies, tokens in a query, members named like secrets, and wherever their values come again."""
    asked = entry({"weight": 0, "password": "hunter22"}, url=f"{HOST}/parcels?access_token=canary1")
    asked["request"]["headers"] += [
        {"name": "Authorization", "value": "Bearer canary2"},
        {"name": "Cookie", "value": "theme=canary3; id=canary4"},
        {"name": "X-Api-Key", "value": "canary5"},
    ]
    answered = entry({"weight": 5, "note": "canary6"}, answer={"weight": "canary2"})
    answered["response"]["headers"] += [{"name": "Set-Cookie", "value": "id=canary6; Path=/"}]
    changes = traffic(tmp_path, asked, answered).changes()
    assert len(changes) == 3
    told = json.dumps([change.as_data() for change in changes])
    assert [word for word in ("canary", "hunter22") if word in told] == []
    assert '\\"note\\":\\"***\\"' in told


@pytest.mark.parametrize(
    "content",
    [
        b"", b"[]", b"{", b'{"log": {}}', b'{"log": {"entries": {}}}', b'{"log": [1]}', b"\xff\xfe", b"[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_archive_is_refused_in_one_line(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "t.har"
    path.write_bytes(content)
    with pytest.raises(DocumentError, match=r"^[^\n]+HAR 1.2[^\n]+$"):
        read_har(path)


def test_size_and_number_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.har"
    path.write_text(json.dumps({"log": {"entries": [{}, {}]}}))
    for name in ("MAX_ENTRIES", "MAX_BYTES"):
        with monkeypatch.context() as patched:
            patched.setattr(archives, name, 1)
            with pytest.raises(DocumentError, match="export fewer"):
                read_har(path)


def test_a_body_nested_too_deeply_is_not_judged(tmp_path: Path) -> None:
    deep = entry({"weight": 5})
    deep["request"]["postData"]["text"] = '{"weight": 0, "x": ' + "[" * 500 + "]" * 500 + "}"
    deep["response"]["content"]["text"] = "[" * 500 + "]" * 500
    assert rows(tmp_path, deep) == []


def test_what_has_no_utf8_form_is_told_escaped(tmp_path: Path) -> None:
    odd = entry({"weight": 0, "\ud800": "\udfff\x1b[2J"}, answer={"\ud800": "\udfff"})
    seen = traffic(tmp_path, odd)
    changes = seen.changes()
    assert [change.rule for change in changes] == [
        "service-laxer",
        "service-laxer",
        "answer-member-undeclared",
    ]
    stream = StringIO()
    for write in DRIFT_WRITERS.values():
        write(DriftReport("a", "b", changes), stream)
    assert "\x1b" not in stream.getvalue()
    assert stream.getvalue().encode()
    proposed = overlay(parcels()[0].document, changes, "parcels.yaml")
    assert proposed is not None
    assert [action["update"] for action in proposed["actions"]] == [{"minimum": 0}]


def test_broken_and_unanswered_entries_are_passed_over_and_counted(tmp_path: Path) -> None:
    broken_text = entry({"weight": 5})
    broken_text["response"]["content"] = {"size": 3, "encoding": "base64", "text": "%%%"}
    surrogate = entry({"weight": 5})
    surrogate["request"]["postData"]["text"] = "\ud800"
    many = [
        None,
        {},
        {"request": 1, "response": 2},
        entry({}, 0),
        broken_text,
        surrogate,
        entry({"weight": 5}),
    ]
    path = tmp_path / "t.har"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps({"log": {"entries": many}}).encode())
    archive = read_har(path)
    assert ([e.index for e in archive.entries], archive.passed_over) == ([6], 6)
