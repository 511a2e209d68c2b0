"""Lawful modes: their data, the members of an answer, and facts about a request's bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance.errors import DocumentError, UsageError
from conformance.mock.endpoint import Schemas
from conformance.mock.facts import facts_of
from conformance.mock.faults import choose, load_faults
from conformance.mock.members import fullest, least
from conformance.mock.message import MockRequest
from conformance.mock.setup import Setup, known_modes
from conformance.rules import RULES, FindingLevel

SCHEMA = {
    "type": "object",
    "required": ["id", "owner"],
    "properties": {
        "id": {"type": "string"},
        "owner": {"type": "object", "required": ["name"], "properties": {"name": {}, "age": {}}},
        "status": {"type": "string", "default": "new"},
        "files": {"type": "array", "items": {"type": "object", "properties": {"size": {"type": "integer"}}}},
        "never": False,
    },
}
SCHEMAS = Schemas({"schema": SCHEMA, "$ref": "#/schema"})
VALUE = {"id": "1", "owner": {"name": "a", "age": 1}, "status": "old"}


def test_modes_deserve_notes_only() -> None:
    """A mode is lawful: no finding on it is worse than a note."""
    finds = [find.split()[0] for mode in known_modes(Setup()) for find in mode.finds]
    assert {RULES[rule].level for rule in finds} == {FindingLevel.NOTE}


def test_a_mode_has_parts_for_several_operations() -> None:
    """One name chooses all entries that carry it."""
    parts = choose(known_modes(Setup()), ["email-strict"], "mode")
    assert [part.operation for part in parts] == ["projects", "compliance-requests"]


def test_an_unknown_mode_names_the_nearest() -> None:
    """A slip in a name is answered with the name that was meant."""
    with pytest.raises(UsageError, match=r"--mode chunk: no such mode; did you mean chunked\?"):
        choose(known_modes(Setup()), ["chunk"], "mode")


@pytest.mark.parametrize(
    ("effect", "message"),
    [
        ('{ skip = "body" }', "a mode has neither `skip` nor a conditional `edit`"),
        ('{ edit = "/type", set = "array", when = {} }', "a mode has neither `skip` nor"),
        ('{ members = "some" }', "some is none of required, declared"),
    ],
)
def test_what_no_lawful_server_does_is_no_mode(tmp_path: Path, effect: str, message: str) -> None:
    """A mode that skips a check, or whose effect means nothing, is refused with its name."""
    file = tmp_path / "modes.toml"
    file.write_text(f'[[mode]]\nname = "a"\noperation = "*"\nabout = "a"\nfinds = []\neffects = [{effect}]\n')
    with pytest.raises(DocumentError, match=f"mode a: .*{message}"):
        load_faults(file, "mode")


def test_least_keeps_what_is_required_at_every_depth() -> None:
    """What the schema can do without goes, in objects inside objects too."""
    assert least(VALUE, SCHEMAS) == {"id": "1", "owner": {"name": "a"}}


def test_fullest_adds_every_declared_member() -> None:
    """What is there stays; what was sent wins over a default, a default over any other value."""
    assert fullest({"id": "1", "owner": {"name": "a"}}, SCHEMAS, None) == {
        "id": "1",
        "owner": {"name": "a", "age": {}},
        "status": "new",
        "files": [{"size": 1}],
    }
    assert fullest(VALUE, SCHEMAS, {"status": "sent", "files": []}) == {
        **VALUE,
        "files": [],
    }


@pytest.mark.parametrize(
    ("body", "form"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf{}", "bom"),
        (b'"\xff"', "not-utf-8"),
        (b"{", "not-json"),
        (b"[" * 100_000, "not-json"),
        (b'{"a":NaN}', "nan"),
        (b'{"b":{"a":1,"a":1}}', "twice"),
        (b'{"a":1,"b":1}', ""),
    ],
)
def test_the_form_of_a_body_is_what_is_odd_about_its_bytes(body: bytes, form: str) -> None:
    """Each oddity has its name, whatever the depth; plain JSON has none."""
    assert facts_of(MockRequest("POST", "/", {}, body), ())["form"] == form


def test_facts_about_headers() -> None:
    """Names of media types, charsets and codings are told without regard to case."""
    headers: dict[bytes, Any] = {
        b"content-type": b"Application/JSON; Charset=UTF-8",
        b"content-encoding": b"GZIP",
        b"x-key": b"",
    }
    facts = facts_of(MockRequest("POST", "/", headers, b"{}"), (b"x-key",))
    assert (facts["media-type"], facts["charset"], facts["coding"], facts["key"]) == (
        "application/json",
        "utf-8",
        "gzip",
        "empty",
    )
