from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest

from conformance.case import Case, Intent, Key, Request
from conformance.rules import VALID_REJECTED
from conformance.sending.curl import MAX_BODY, curl_line
from conformance.sending.target import WRONG_KEY, Secret, Target, Tls

TARGET = Target("http://h/v1", {"id": "7"}, key=Secret("hunter2"), key_env="CONCORD_KEY")
JSON = (("Content-Type", "application/json"),)


def line(request: Request, target: Target = TARGET, *, run: str = "") -> str:
    case = Case("t-1", "trackers", Intent.VALID, "t", request, ("201",), (), VALID_REJECTED)
    return curl_line(case, target, ("x-api-key",), run)


def test_the_line_holds_everything_that_is_sent_and_the_key_as_a_variable() -> None:
    body = b'{"name":"it\'s $HOME `id`"}'
    written = line(Request("POST", "/a/{id}", query=(("q", "1&2"),), headers=JSON, body=body))
    assert "hunter2" not in written
    assert shlex.split(written) == [
        "curl", "-sS", "-i", "-X", "POST", "http://h/v1/a/7?q=1%262", "-H", "Content-Type: application/json",
        "-H", "x-api-key: $CONCORD_KEY", "--data-binary", body.decode(),
    ]  # fmt: skip
    assert '"x-api-key: $CONCORD_KEY"' in written  # in double quotes, so that the shell fills it in


def test_a_shell_fills_in_the_variables_and_follows_nothing_else() -> None:
    target = Target("http://h", key=Secret("k"), key_env="KEY", headers=(("X-`id`$A", Secret("s")),))
    written = line(Request("POST", "/$(id)", headers=(("X", "$(id)`id`"),), body=b"$(id)'"), target)
    shell = ["/bin/sh", "-c", "curl() { printf '%s\\n' \"$@\"; }; " + written]
    run = subprocess.run(
        shell, env={"KEY": "k v", "X__ID__A": "own"}, capture_output=True, text=True, check=True
    )
    assert run.stdout.splitlines() == [
        "-sS", "-i", "-X", "POST", "http://h/$(id)", "-H", "X-`id`$A: own", "-H", "X: $(id)`id`",
        "-H", "x-api-key: k v", "-H", "Content-Type:", "--data-binary", "$(id)'",
    ]  # fmt: skip


def test_a_header_out_of_the_environment_stands_by_its_own_variable_and_tls_by_its_files() -> None:
    target = Target(
        "https://h",
        headers=(("X-Tenant", Secret("hunter2", "TENANT")), ("X-Env", Secret("hunter2"))),
        tls=Tls(Path("ca.pem"), Path("my client.pem"), Path("client.key"), Secret("hunter2")),
    )
    assert line(Request("GET", "/"), target) == (
        "curl -sS -i -X GET https://h/ --cacert ca.pem --cert 'my client.pem' --key client.key "
        '-H "X-Tenant: $TENANT" -H "X-Env: $X_ENV"'
    )


def test_a_variable_that_is_none_is_not_handed_to_a_shell() -> None:
    odd = Secret("k", "A`id`")
    target = Target("http://h", key=odd, key_env="K$(id)", headers=(("X", odd),))
    assert shlex.split(line(Request("GET", "/"), target))[6:] == [
        "-H",
        "X: $SECRET",
        "-H",
        "x-api-key: $SECRET",
    ]


@pytest.mark.parametrize(
    ("key", "header"),
    [(Key.WRONG, f"x-api-key: {WRONG_KEY}"), (Key.EMPTY, "x-api-key;"), (Key.NONE, None)],
)
def test_a_key_that_is_not_the_right_one_stands_as_it_is_sent(key: Key, header: str | None) -> None:
    words = shlex.split(line(Request("GET", "/", key=key)))
    assert [words[i + 1] for i, word in enumerate(words) if word == "-H"] == ([header] if header else [])


def test_the_users_headers_are_variables_too() -> None:
    target = Target("http://h", headers=(("X-Tenant", Secret("hunter2")), ("2fa", Secret("hunter2"))))
    written = line(Request("GET", "/"), target)
    assert "hunter2" not in written
    assert '"X-Tenant: $X_TENANT"' in written
    assert '"2fa: $_2FA"' in written


def test_a_body_that_begins_with_an_at_sign_names_no_file() -> None:
    assert shlex.split(line(Request("POST", "/", headers=JSON, body=b"@/etc/passwd")))[-2:] == [
        "--data-raw", "@/etc/passwd",
    ]  # fmt: skip


def test_dot_segments_are_kept_from_curls_tidying() -> None:
    words = shlex.split(line(Request("GET", "/a/{id}", path_params=(("id", ".."),))))
    assert words[5:7] == ["--path-as-is", "http://h/v1/a/%2E%2E"]


@pytest.mark.parametrize("body", [b"x" * (MAX_BODY + 1), b"\xff", b"a\nb", b"\x1b[2J"])
def test_a_body_nobody_can_type_is_left_to_replay(body: bytes) -> None:
    request = Request("POST", "/", headers=JSON, body=body)
    assert line(request, run="my out").startswith("conformance replay 'my out' t-1  # ")
    assert line(request).endswith("run again with --report-dir DIR, then conformance replay DIR t-1")


def test_a_head_request_is_asked_for_as_curl_does() -> None:
    assert shlex.split(line(Request("HEAD", "/")))[3] == "-I"
