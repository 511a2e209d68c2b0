from __future__ import annotations

import html
import json
import pickle
from urllib.parse import quote, quote_plus

import pytest

from conformance.case import Exchange, Key, Request
from conformance.errors import UsageError
from conformance.sending.target import (
    WRONG_KEY,
    Secret,
    Target,
    base_url,
    header,
    headers_of,
    key_from_environment,
    path_param,
    redact_exchange,
    redactor,
    url_of,
)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("http://127.0.0.1:4010", "http://127.0.0.1:4010"),
        ("https://api.example.com/v3/", "https://api.example.com/v3"),
        ("http://[::1]:80/", "http://[::1]:80"),
    ],
)
def test_a_base_url_keeps_its_path_and_loses_its_trailing_slash(text: str, url: str) -> None:
    assert base_url(text) == url


@pytest.mark.parametrize(
    "text",
    ["", "localhost:80", "ftp://host", "http://", "file:///etc/passwd", "http://h:99999", "http://h:0",
     "http://h?x=1", "http://h#x", "http://h/a b", "http://h/\n", "http://[::1", "http://bücher.example", "http://h/ü"],
)  # fmt: skip
def test_what_is_no_base_url_is_a_usage_error_that_names_the_option(text: str) -> None:
    with pytest.raises(UsageError, match=r"^--target"):
        base_url(text)


def test_credentials_in_the_url_are_refused_without_being_repeated() -> None:
    with pytest.raises(UsageError) as caught:
        base_url("http://user:hunter2@host")
    assert "hunter2" not in str(caught.value)


def test_a_secret_prints_as_a_mask_in_every_form(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_KEY", "hunter2")
    target = Target("http://h", key=key_from_environment("API_KEY"), headers=(header("X-Tenant=hunter2"),))
    assert "hunter2" not in f"{target} {target!r} {target.key!s} {target.headers}"
    assert pickle.loads(pickle.dumps(target)) == target  # noqa: S301 -- our own bytes


@pytest.mark.parametrize("value", [None, "", "two\nlines"])
def test_a_key_variable_that_is_unset_or_unusable_is_named(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("NO_KEY", raising=False)
    if value is not None:
        monkeypatch.setenv("NO_KEY", value)
    with pytest.raises(UsageError, match="NO_KEY"):
        key_from_environment("NO_KEY")


@pytest.mark.parametrize("text", ["X", "=v", "X Y=v", "X:=v", "X=hunter2\r\nEvil: 1", "Ü=v"])
def test_a_malformed_header_is_refused_and_its_value_never_repeated(text: str) -> None:
    with pytest.raises(UsageError, match=r"^--header") as caught:
        header(text)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("text", ["projectId", "=1", "projectId="])
def test_a_path_parameter_needs_name_and_value(text: str) -> None:
    with pytest.raises(UsageError, match="NAME=VALUE"):
        path_param(text)


@pytest.mark.parametrize(
    ("value", "segment"),
    [("a b/c?d#é", "a%20b%2Fc%3Fd%23%C3%A9"), ("..", "%2E%2E"), (".", "%2E"), ("a.b", "a.b"), ("", ""),
     ("{x}", "%7Bx%7D")],
)  # fmt: skip
def test_a_path_parameter_is_one_encoded_segment_whatever_it_holds(value: str, segment: str) -> None:
    request = Request("GET", "/x/{id}/y", path_params=(("id", value),))
    assert url_of(request, Target("http://h/base", {"id": "overridden"})) == f"http://h/base/x/{segment}/y"


def test_the_query_follows_the_path_percent_encoded() -> None:
    request = Request("GET", "/x", query=(("a", "1 2"), ("a", "&")))
    assert url_of(request, Target("http://h")) == "http://h/x?a=1%202&a=%26"


def test_a_path_parameter_without_value_names_the_option_to_add() -> None:
    with pytest.raises(UsageError, match="--path-param projectId="):
        url_of(Request("GET", "/x/{projectId}"), Target("http://h"))


@pytest.mark.parametrize(
    ("key", "sent"),
    [
        (Key.RIGHT, [("authorization", "k")]),
        (Key.NONE, []),
        (Key.EMPTY, [("authorization", "")]),
        (Key.WRONG, [("authorization", WRONG_KEY)]),
    ],
)
def test_the_key_header_is_right_absent_empty_or_wrong_as_the_case_says(
    key: Key, sent: list[tuple[str, str]]
) -> None:
    target = Target("http://h", key=Secret("k"), headers=(("Authorization", Secret("other")),))
    assert headers_of(Request("POST", "/", key=key), target, ("authorization",)) == sent


def test_without_a_key_a_header_of_the_user_may_carry_it() -> None:
    target = Target("http://h", headers=(("Authorization", Secret("mine")),))
    assert headers_of(Request("POST", "/"), target, ("authorization",)) == [("Authorization", "mine")]


def test_the_requests_own_header_wins_over_the_targets() -> None:
    target = Target("http://h", headers=(("Content-Type", Secret("x")), ("X-Env", Secret("y"))))
    request = Request("POST", "/", headers=(("content-type", "text/plain"), ("content-type", "b")))
    assert headers_of(request, target, ()) == [
        ("X-Env", "y"), ("content-type", "text/plain"), ("content-type", "b"),
    ]  # fmt: skip


def test_an_echoed_secret_is_masked_in_headers_body_and_failure_in_each_spelling() -> None:
    target = Target("http://h", key=Secret('p"/ü'), headers=(("X", Secret("tenant-7")),))
    echo = Exchange(
        "c", 401, (("x-echo", 'k p"/ü'),), b'\xff "p\\"/\xc3\xbc" "p\\"/\\u00fc" p%22%2F%C3%BC tenant-7',
        failure="tenant-7 refused",
    )  # fmt: skip
    masked = redact_exchange(echo, redactor(target))
    assert masked == Exchange(
        "c", 401, (("x-echo", "k ***"),), b'\xff "***" "***" *** ***', failure="*** refused"
    )


_SECRET = "s3/et+a&\"<x>\\ '\u00e9\U0001f600z"


@pytest.mark.parametrize(
    "text",
    [
        _SECRET,
        json.dumps(_SECRET),
        json.dumps(_SECRET, ensure_ascii=False),
        json.dumps(_SECRET).replace("/", "\\/"),
        json.dumps(json.dumps(_SECRET)),
        quote(_SECRET),
        quote_plus(_SECRET).lower(),
        html.escape(_SECRET),
        html.escape(_SECRET).replace("&#x27;", "&#39;"),
    ],
)
def test_a_secret_is_known_however_an_answer_escapes_it(text: str) -> None:
    masked = redactor(Target("http://h", key=Secret(_SECRET)))(f"<{text}>")
    assert masked.replace("\\", "").replace('"', "") == "<***>"


def test_what_may_be_a_key_in_place_of_a_variables_name_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for key in ("abcdef0123456789", "sk_live_4eC39H"):
        monkeypatch.delenv(key, raising=False)
        with pytest.raises(UsageError) as caught:
            key_from_environment(key)
        assert str(caught.value) == (
            "--api-key-env: no variable of that name is set; give the NAME of one that holds the secret, "
            "not the secret"
        )


def test_a_base_url_that_may_hold_a_secret_is_not_repeated() -> None:
    for text in ("http://h?key=hunter2", "http://h/#hunter2", "http://hunter2@h:99999"):
        with pytest.raises(UsageError) as caught:
            base_url(text)
        assert "hunter2" not in str(caught.value)
