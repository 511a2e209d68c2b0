"""Named targets as a user meets them: `conformance.toml`, TLS, accepted statuses, the guard of production."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conformance.cli.entry import main
from conformance.errors import ExitCode
from conformance.recording.journal import read
from conformance.session.schema import schema_text
from tests.support.pki import Pki, make_pki
from tests.wire import Received, reply, serving

KEY = "hunter2-" * 3
TENANT = "tenant-of-ours"
PASSWORD = "the password of a key"

DOCUMENT = """
openapi: 3.1.0
info: {title: Things, version: "1"}
servers: [{url: SERVER}]
security: [{Key: []}]
components:
  securitySchemes: {Key: {type: apiKey, in: header, name: x-key}}
paths:
  /{folder}/things:
    parameters: [{name: folder, in: path, required: true, schema: {type: string}}]
    post:
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [name]
              properties: {name: {type: string}, size: {type: integer}}
      responses: {"201": {description: made}, "400": {description: no}, "401": {description: who?}}
"""


def answer(received: Received) -> bytes:
    """Answer as the document says, but 409 to whatever has a size; an error repeats what it was sent."""
    if received.header("x-key") != KEY:
        return reply(401, str(received.headers).encode(), "text/plain")
    try:
        body: Any = json.loads(received.body)
    except ValueError:
        body = None
    if not isinstance(body, dict) or not isinstance(body.get("name"), str):
        return reply(400, str(received.headers).encode(), "text/plain")
    if "size" in body:
        return reply(409 if isinstance(body["size"], int) else 400, b"")
    return reply(201, b"")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a project with a document, the current folder one below it, its secrets set."""
    for name, value in (("THINGS_KEY", KEY), ("TENANT", TENANT)):
        monkeypatch.setenv(name, value)
    (tmp_path / "below").mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / "things.yaml").write_text(DOCUMENT.replace("SERVER", "/v1"))
    monkeypatch.chdir(tmp_path / "below")
    return tmp_path


def configure(project: Path, url: str, more: str = "") -> None:
    (project / "conformance.toml").write_text(
        f"""
specs = ["things.yaml"]
level = "smoke"

[targets.sandbox]
url = "{url}"
api-key-env = "THINGS_KEY"
path-params = {{ folder = "f 1" }}
headers = {{ X-Tenant = {{ env = "TENANT" }}, X-Env = "test of ours" }}
report-dir = "out"
accept = {{ things = ["409"] }}
{more}
"""
    )


def stderr_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(arguments)
    (line,) = capsys.readouterr().err.splitlines()
    return code, line


def summary(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "summary.json").read_text())
    return content


def test_a_named_target_is_tested_from_any_folder_below_and_no_secret_gets_out(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with serving(answer) as wire:
        configure(project, wire.url)
        assert main(["run", "sandbox"]) == ExitCode.CONFORMS
        broken = next(line for line in read(project / "out").cases if line["response"]["status"] == 400)
        assert main(["replay", str(project / "out"), broken["id"], "sandbox"]) == ExitCode.CONFORMS
    sent = wire.received[0]
    assert sent.line == "POST /f%201/things HTTP/1.1"
    assert (sent.header("x-key"), sent.header("X-Tenant"), sent.header("X-Env")) == (
        KEY,
        TENANT,
        "test of ours",
    )
    shown = capfd.readouterr()
    assert "***" in shown.out
    assert sorted(path.name for path in (project / "out").iterdir()) == [
        "report.html",
        "run.jsonl",
        "summary.json",
    ]
    for text in (shown.out, shown.err, *(path.read_text() for path in (project / "out").iterdir())):
        assert [secret for secret in (KEY, TENANT, "test of ours") if secret in text] == []


def test_options_win_over_the_file(project: Path) -> None:
    with serving(answer) as wire:
        configure(project, "http://127.0.0.1:1")
        code = main([
            "run", "sandbox", "--config", "../conformance.toml", "--target", wire.url, "--header", "x-env=mine",
            "--path-param", "folder=g", "--report-dir", "elsewhere", "--timeout", "20",
        ])  # fmt: skip
    assert code == ExitCode.CONFORMS
    assert {received.line for received in wire.received} == {"POST /g/things HTTP/1.1"}
    assert {received.header("x-env") for received in wire.received} == {"mine"}
    assert summary(Path("elsewhere"))["target"] == wire.url
    assert not (project / "out").exists()


def test_an_accepted_status_is_skipped_with_its_reason_and_elsewhere_a_finding(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(answer) as wire:
        configure(project, wire.url)
        assert main(["run", "sandbox"]) == ExitCode.CONFORMS
        told = capsys.readouterr()
        assert summary(project / "out")["findings"] == []
        assert "409 accepted by conformance.toml" in told.out
        (project / "conformance.toml").write_text(
            (project / "conformance.toml").read_text().replace("things = [", "thngs = [")
        )
        assert main(["run", "sandbox"]) == ExitCode.FINDINGS
        assert (
            "accept 'thngs' of the target matches no operation of these documents" in capsys.readouterr().err
        )
        assert [f["rule"] for f in summary(project / "out")["findings"]] == ["status-undocumented"]


def test_a_target_that_answers_nothing_but_accepted_statuses_is_no_pass(project: Path) -> None:
    def busy(received: Received) -> bytes:
        given = answer(received)
        return reply(409, b"") if given.startswith(b"HTTP/1.1 201") else given

    with serving(busy) as wire:
        configure(project, wire.url)
        assert main(["run", "sandbox"]) == ExitCode.NOTHING_EXERCISED
    assert summary(project / "out")["findings"] == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "sandbx"], "no target 'sandbx'; did you mean 'sandbox'?; known: sandbox (a URL goes to --target)"),
        (["replay", "../gone", "c", "--config", "gone.toml"], "../gone"),
        (["run", "--config", "gone.toml"], "gone.toml: No such file or directory; give --config a conformance.toml"),
        (["targets", "--config", ".."], "..: Is a directory; give --config a conformance.toml"),
    ],
)  # fmt: skip
def test_a_wrong_name_or_file_is_one_line_with_the_fix(
    project: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    configure(project, "http://127.0.0.1:1")
    code, line = stderr_of(capsys, *arguments)
    assert code == (ExitCode.DOCUMENT if arguments[0] == "replay" else ExitCode.USAGE)
    assert words in line


@pytest.mark.parametrize("command", ["run", "list", "mutate", "targets"])
def test_an_unknown_key_stops_every_command_that_reads_the_file(
    project: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    configure(project, "http://127.0.0.1:1", 'time-out = "5"')
    assert stderr_of(capsys, command) == (
        ExitCode.USAGE,
        "Error: ../conformance.toml: targets.sandbox: unknown key 'time-out'; did you mean 'timeout'?",
    )


def test_targets_are_listed_without_a_look_at_their_secrets(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("THINGS_KEY")
    configure(project, "https://sandbox.example.com/v1", '[targets.me]\nurl = "http://127.0.0.1:8000"')
    assert main(["targets"]) == ExitCode.CONFORMS
    assert (
        capsys.readouterr().out == "sandbox  https://sandbox.example.com/v1\nme       http://127.0.0.1:8000\n"
    )


def test_targets_prints_the_schema_for_editors(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["targets", "--schema"]) == ExitCode.CONFORMS
    assert capsys.readouterr().out == schema_text()


def test_without_a_file_targets_says_how_to_begin(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert list(project.glob("*.toml")) == []
    code, line = stderr_of(capsys, "targets")
    assert (code, "[targets.NAME]" in line) == (ExitCode.USAGE, True)


def test_the_top_of_the_file_holds_for_what_sends_nothing_too(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(project, "http://127.0.0.1:1")
    assert main(["list", "--format", "json"]) == ExitCode.CONFORMS
    content = json.loads(capsys.readouterr().out)
    assert {case["level"] for case in content["cases"]} == {"smoke"}
    assert {case["operation"] for case in content["cases"]} == {"things"}
    assert main(["mock", "--list-faults"]) == ExitCode.CONFORMS
    assert capsys.readouterr().out.strip() == ""  # the bundled documents have many


def test_shards_of_a_named_target_are_merged_by_its_documents_without_its_key(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(answer) as wire:
        configure(project, wire.url, 'specs = ["./things.yaml"]')
        for index in ("1", "2"):
            shard = ["run", "sandbox", "--shard", f"{index}/2", "--report-dir", index]
            assert main(shard) == ExitCode.CONFORMS
    monkeypatch.delenv("THINGS_KEY")
    assert main(["merge", "1", "2", "--named", "sandbox", "--report-dir", "whole"]) == ExitCode.CONFORMS
    assert summary(Path("whole"))["complete"]


def test_a_run_told_again_shows_the_same_curl_lines_by_the_variables_of_its_headers(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(lambda received: reply(500, b"") if b"size" in received.body else answer(received)) as wire:
        configure(project, wire.url)
        assert main(["run", "sandbox"]) == ExitCode.FINDINGS
        told = capsys.readouterr().out
        assert main(["report", str(project / "out")]) == ExitCode.CONFORMS
    assert capsys.readouterr().out == told
    assert '-H "X-Tenant: $TENANT" -H "X-Env: $X_ENV"' in told


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a host's name that means loopback here, and no loopback to whoever reads it."""

    async def resolve(_: object, host: str, port: int, family: int) -> list[dict[str, Any]]:
        return [
            {"hostname": host, "host": "127.0.0.1", "port": port, "family": family, "proto": 0, "flags": 0}
        ]

    monkeypatch.setattr("aiohttp.connector.DefaultResolver.resolve", resolve)
    return "api.example.test"


def test_a_host_of_the_documents_own_is_refused_before_anything_is_sent(
    project: Path, production: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(answer) as wire:
        server = f"http://{production}:{wire.url.rpartition(':')[2]}"
        (project / "things.yaml").write_text(DOCUMENT.replace("SERVER", f'"{server}/v1"'))
        configure(project, f"{server}/other")
        refusal = (
            f"Error: {server}/other is production: the document names the server '{server}/v1' at /servers/0 "
            "of things; a run creates data, so test a sandbox, or add --allow-production"
        )
        assert stderr_of(capsys, "run", "sandbox") == (ExitCode.USAGE, refusal)
        assert (wire.received, (project / "out").exists()) == ([], False)
        assert main(["run", "sandbox", "--allow-production"]) == ExitCode.CONFORMS
        capsys.readouterr()
        case, sent = read(project / "out").cases[0]["id"], len(wire.received)
        replay = ["replay", str(project / "out"), case]
        assert stderr_of(capsys, *replay, "sandbox") == (ExitCode.USAGE, refusal)
        assert stderr_of(capsys, *replay, "--api-key-env", "THINGS_KEY") == (ExitCode.USAGE, refusal)
        assert len(wire.received) == sent
        configure(project, server, "allow-production = true")
        assert main([*replay, "sandbox"]) == ExitCode.CONFORMS


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    """Return certificates for a server and a client."""
    return make_pki(tmp_path_factory.mktemp("pki"))


def test_a_target_is_trusted_by_its_own_ca_and_by_no_other(
    project: Path, pki: Pki, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(answer, pki.server()) as wire:
        for tls in ("", f'tls = {{ ca = "{pki.other_ca}" }}'):
            configure(project, wire.url, tls)
            code, line = stderr_of(capsys, "run", "sandbox")
            assert code == ExitCode.TARGET
            assert line.startswith(f"Error: {wire.url}: certificate refused: unable to get local issuer")
            assert "name its CA as tls.ca in conformance.toml" in line
        assert wire.received == []
        configure(project, wire.url, f'tls = {{ ca = "{pki.ca}" }}')
        assert main(["run", "sandbox"]) == ExitCode.CONFORMS
        case = read(project / "out").cases[0]["id"]
        assert main(["replay", str(project / "out"), case, "sandbox"]) == ExitCode.CONFORMS


def test_a_client_certificate_that_is_demanded_is_shown(
    project: Path, pki: Pki, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSWORD", pki.password)
    files = f'ca = "{pki.ca}", certificate = "{pki.certificate}", key = "{pki.encrypted_key}"'
    with serving(answer, pki.server(asks=True)) as wire:
        configure(project, wire.url, f'tls = {{ ca = "{pki.ca}" }}')
        assert main(["run", "sandbox"]) == ExitCode.TARGET
        refused = capfd.readouterr().err  # by TLS, or by the end of the connection, whichever comes first
        assert "no TLS: " in refused or "connection lost" in refused
        assert "in conformance.toml" in refused
        configure(project, wire.url, f'tls = {{ {files}, key-password-env = "PASSWORD" }}')
        assert main(["run", "sandbox"]) == ExitCode.CONFORMS
    shown = capfd.readouterr()
    for text in (shown.out, shown.err, *(path.read_text() for path in (project / "out").iterdir())):
        assert pki.password not in text


def test_a_certificate_that_cannot_be_used_ends_the_run_before_it_begins(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(project, "https://127.0.0.1:1", 'tls = { ca = "gone.pem" }')
    assert stderr_of(capsys, "run", "sandbox") == (
        ExitCode.USAGE, "Error: ../gone.pem: No such file or directory; set tls.ca to a readable file"
    )  # fmt: skip
    assert not (project / "out").exists()
