from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from conformance.case import RunLevel
from conformance.errors import UsageError
from conformance.rules import FindingLevel
from conformance.sending.target import Secret, Tls
from conformance.session.config import Config, find, load, parse
from conformance.session.option import Command, Key
from conformance.session.outputs import Output
from conformance.session.resolution import resolve
from conformance.session.schema import schema, schema_text
from conformance.session.settings import OPTIONS, Settings, options_of
from tests.support.pki import make_pki

SCHEMA = schema()
PUBLISHED = Path(__file__).resolve().parents[3] / "conformance" / "conformance.schema.json"
FILE = Path("project/conformance.toml")

WHOLE = """
specs = ["openapi.yaml"]
level = "smoke"
report-dir = "out"

[targets.sandbox]
url = "https://sandbox.example.com/v1/"
api-key-env = "SANDBOX_KEY"
path-params = { projectId = "p-1" }
headers = { X-Env = "test", X-Tenant = { env = "TENANT" } }
rate = "10/s"
concurrency = 4.0
timeout = 5
connect-timeout = 0.5
tls = { ca = "ca.pem", certificate = "client.pem", key = "client-encrypted.key", key-password-env = "PASSWORD" }
accept = { consent-types = ["409", "4XX"] }
allow-production = true
specs = ["/docs/a.yaml", "b"]
operations = ["t*"]
level = "full"
max-body = 9
fail-on = "warning"
baseline = "accepted.toml"
max-requests = 1000
max-time = "10m"
formats = { junit = "junit.xml", html = "/docs/report.html" }
explore = 60
explore-dir = "failures"

[targets.plain]
url = "http://127.0.0.1:8000"
"""


def read(text: str) -> Config:
    return parse(text, FILE)


def refused(text: str) -> str:
    with pytest.raises(UsageError) as caught:
        read(text)
    message = str(caught.value)
    assert message.startswith(f"{FILE}: ")
    assert "\n" not in message
    return message.removeprefix(f"{FILE}: ")


def test_a_file_becomes_one_typed_value_with_paths_from_its_own_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSWORD", make_pki(tmp_path).password)
    monkeypatch.setenv("SANDBOX_KEY", "k")
    monkeypatch.setenv("TENANT", "t")
    file = tmp_path / "conformance.toml"
    file.write_text(WHOLE)
    expected = Settings(
        config=file,
        url="https://sandbox.example.com/v1",
        path_params={"projectId": "p-1"},
        key=Secret("k"),
        headers=(("X-Env", Secret("test")), ("X-Tenant", Secret("t"))),
        rate=10.0,
        concurrency=4,
        timeout=5,
        connect_timeout=0.5,
        tls=Tls(
            tmp_path / "ca.pem",
            tmp_path / "client.pem",
            tmp_path / "client-encrypted.key",
            Secret("the password of a key"),
        ),
        accept={"consent-types": ("409", "4XX")},
        allow_production=True,
        specs=(Path("/docs/a.yaml"), tmp_path / "b"),
        globs=("t*",),
        level=RunLevel.FULL,
        max_body=9,
        fail_on=FindingLevel.WARNING,
        max_requests=1000,
        max_time="10m",
        report_dir=tmp_path / "out",
        formats=(Output("junit", tmp_path / "junit.xml"), Output("html", Path("/docs/report.html"))),
        baseline=tmp_path / "accepted.toml",
        explore=60,
        explore_dir=tmp_path / "failures",
    )
    assert resolve(Command.RUN, {"config": file, "name": "sandbox"}) == expected
    plain = Settings(
        config=file,
        url="http://127.0.0.1:8000",
        specs=(tmp_path / "openapi.yaml",),
        level=RunLevel.SMOKE,
        report_dir=tmp_path / "out",
    )
    assert resolve(Command.RUN, {"config": file, "name": "plain"}) == plain


def test_an_empty_file_says_nothing() -> None:
    found = read("")
    assert (found.path, found.top.values, found.targets) == (FILE, {}, {})


def test_the_published_schema_is_that_of_the_table() -> None:
    """`make schema` writes it anew."""
    assert PUBLISHED.read_text() == schema_text()


def test_what_is_of_the_target_has_a_key_alone_and_what_is_of_one_run_an_option_alone() -> None:
    assert {option.key for option in OPTIONS if option.key and not option.commands} == {
        "connect-timeout", "tls", "accept",
    }  # fmt: skip
    assert {option.flag for option in options_of(Command.RUN) if option.where is Key.NOWHERE} == {
        "--config", "--shard", "--run-id", "--dry-run", "--prune",
    }  # fmt: skip


def test_every_key_of_the_schema_is_read() -> None:
    """The example above sets every key that the schema knows, so that none is allowed and then ignored."""
    known = {
        *(set(SCHEMA["properties"]) - {"targets"}),
        *(target := SCHEMA["$defs"]["target"]["properties"]),
        *target["tls"]["properties"],
    }
    assert {key for key in known if not re.search(rf"^{key} = |[{{,] {key} = ", WHOLE, re.MULTILINE)} == set()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[target.a]", "unknown key 'target'; did you mean 'targets'?"),
        ('api-key-env = "KEY"', "'api-key-env' belongs to a target; move it into [targets.NAME]"),
        ("zzz = 1", f"unknown key 'zzz'; known: {', '.join(SCHEMA['properties'])}"),
        ('[targets.a]\nulr = "http://h"', "targets.a: unknown key 'ulr'; did you mean 'url'?"),
        ('[targets.a]\nurl = "http://h"\npath-parms = {}',
         "targets.a: unknown key 'path-parms'; did you mean 'path-params'?"),
        ('[targets.a]\nurl = "http://h"\ntls.certifcate = "x"',
         "targets.a.tls: unknown key 'certifcate'; did you mean 'certificate'?"),
        ('[targets.a]\nurl = "http://h"\nheaders.X = { evn = "V" }',
         "targets.a.headers.X: unknown key 'evn'; did you mean 'env'?"),
        ("[targets.a]", "targets.a: the key 'url' is missing; add it"),
        ('[targets.a]\nurl = "http://h"\ntls.key = "k"',
         "targets.a.tls: a key or its password belongs to a certificate; add `certificate`"),
        ('[targets."a b"]\nurl = "http://h"',
         "targets: give a name of letters, digits, dots, dashes and underscores"),
    ],
)  # fmt: skip
def test_an_unknown_or_missing_key_is_named_with_the_nearest_known_one(text: str, message: str) -> None:
    assert refused(text) == message


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("url", "5"), ("timeout", '"hunter2"'), ("timeout", "0"), ("timeout", "nan"),
        ("timeout", "true"), ("rate", '"hunter2"'), ("rate", '"0/s"'), ("rate", "0"), ("rate", "-inf"),
        ("concurrency", "0"), ("concurrency", "1.5"), ("concurrency", "513"), ("api-key-env", '"hun-ter2"'),
        ("headers", '["hunter2"]'), ("headers.X", "2"), ("headers.X", '{ env = "hunter 2" }'),
        ("path-params.id", "7"), ("path-params.id", '""'), ("tls", '"hunter2"'), ("tls.ca", "1979-05-27"),
        ("accept.a", '"409"'), ("accept.a", '["201"]'), ("accept.a", '["500"]'), ("accept.a", '["4xx"]'),
        ("level", '"hunter2"'), ("specs", '"hunter2"'), ("specs", "[]"), ("operations", '[""]'),
        ("max-body", "0"), ("fail-on", '"note"'), ("baseline", "1"), ("report-dir", '""'),
        ("allow-production", '"yes"'), ("max-time", '"soon"'), ("max-requests", "0"), ("formats", '"hunter2"'),
        ("formats.junit", "1"), ("explore", "0"), ("explore-dir", "1"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_by_its_key_and_never_repeated(key: str, value: str) -> None:
    url = "" if key == "url" else 'url = "http://h"\n'
    message = refused(f"[targets.a]\n{url}{key} = {value}\n")
    assert "hunter" not in message
    assert message.startswith(f"targets.a.{key}")


@pytest.mark.parametrize(
    ("rate", "parsed"), [("20", 20.0), ("0.5", 0.5), ('"20/s"', 20.0), ('"10.0"', 10.0), ('".5/s"', 0.5)]
)
def test_a_rate_is_a_number_or_a_text(rate: str, parsed: float, tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_text(f'[targets.a]\nurl = "http://h"\nrate = {rate}')
    assert resolve(Command.RUN, {"config": file, "name": "a"}).rate == parsed


@pytest.mark.parametrize("url", ["ftp://h", "h:80", "http://u:hunter2@h", "http://u:hunter2@[h"])
def test_a_url_that_is_none_is_refused_by_its_key(url: str) -> None:
    message = refused(f'[targets.a]\nurl = "{url}"')
    assert message.startswith("targets.a.url")
    assert "hunter2" not in message


@pytest.mark.parametrize(
    "text", ["a = ", "hunter2", "a = 1\na = 2", "[" * 5000, "a = " + "[" * 50 + "]" * 50]
)
def test_what_is_no_toml_of_ours_is_told_in_one_line(text: str) -> None:
    assert "hunter2" not in refused(text)


@pytest.mark.parametrize("data", [b"\xff", b"#" * (256 * 1024 + 1)])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.toml").write_bytes(data)
    for name in ("x.toml", "gone.toml", "."):
        with pytest.raises(UsageError, match=re.escape(str(tmp_path / name))):
            load(tmp_path / name)


def test_the_first_file_upward_counts_and_none_beyond_the_repository(tmp_path: Path) -> None:
    inner = tmp_path / "repository" / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "conformance.toml").touch()
    assert find(inner) == inner / "../../../conformance.toml"
    (tmp_path / "repository" / ".git").touch()
    assert find(inner) is None
    (tmp_path / "repository" / "conformance.toml").touch()
    assert find(inner) == inner / "../../conformance.toml"
    (inner / "conformance.toml").touch()
    assert find(inner) == inner / "conformance.toml"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("sandbx", "no target 'sandbx'; did you mean 'sandbox'?; known: sandbox, plain"),
        ("zzz", "no target 'zzz'; known: sandbox, plain"),
    ],
)
def test_an_unknown_target_is_told_with_the_nearest_and_all_known_ones(name: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(WHOLE).target(name)
    assert str(caught.value) == f"{FILE}: {words} (a URL goes to --target)"


def test_the_schema_is_a_schema_and_describes_every_key_for_editors() -> None:
    Draft202012Validator.check_schema(SCHEMA)

    def undescribed(node: Any, at: str) -> list[str]:
        if isinstance(node, list):
            return []
        told = node.get("properties", {}).items() if isinstance(node.get("properties"), dict) else ()
        missing = [f"{at}/{key}" for key, child in told if not child.keys() & {"description", "$ref"}]
        return missing + [
            m
            for key, child in node.items()
            if isinstance(child, dict)
            for m in undescribed(child, f"{at}/{key}")
        ]

    assert undescribed(SCHEMA, "") == []
