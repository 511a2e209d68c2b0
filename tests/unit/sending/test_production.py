from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from conformance.errors import UsageError
from conformance.openapi.document import Document, discover
from conformance.openapi.operation import operations
from conformance.sending.production import refuse_production
from conformance.session.loading import BUNDLED


def refuse(url: str, *servers: str, **variables: list[str]) -> None:
    """Refuse `url` by a document with these servers, each variable the default first, then its enum."""
    told = {name: {"default": values[0], "enum": values} for name, values in variables.items()}
    refuse_by({"servers": [{"url": server, "variables": told} for server in servers]}, url)


def refuse_by(content: dict[str, Any], url: str) -> None:
    whole = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, **content}
    whole.setdefault("paths", {"/a": {"get": {"responses": {}}}})
    refuse_production(operations((Document(Path("t.yaml"), "t", "0" * 64, whole),)), url)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("https://api.example.com", "https://api.example.com/v1"),
        ("https://api.example.com/other", "https://api.example.com/v1"),
        ("https://API.Example.COM.", "https://api.example.com"),
        ("https://api.example.com", "https://API.example.com./"),
        ("https://api.example.com:443", "https://api.example.com"),
        ("http://api.example.com", "https://api.example.com"),
        ("http://api.example.com:8443", "https://api.example.com:8443/v1"),
        ("https://api.example.com", "//api.example.com/v1"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://xn--bcher-kva.example", "https://BÜCHER.example"),
        ("http://[2001:DB8::1]", "https://[2001:db8:0:0::1]/v1"),
        ("http://192.0.2.1", "http://192.0.2.1:80"),
        ("https://api.example.com:8443", "https://api.example.com"),
        ("https://api.example.com", "https://api.example.com:8443"),
        ("https://api.example.com", "https://api.example.com:{port}/v1"),
        ("http://[2001:db8::1]:8080", "https://[2001:db8::1]"),
    ],
)
def test_the_documents_own_host_is_refused_however_it_is_spelt(url: str, server: str) -> None:
    with pytest.raises(UsageError, match=re.escape(f"{url} is production: the document names the server")):
        refuse(url, server)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("https://sandbox.example.com", "https://api.example.com"),
        ("https://api.example.com.evil.test", "https://api.example.com"),
        ("https://api.example.com", "/v1"),
        ("https://api.example.com", "v1/api.example.com"),
        ("https://api.example.com", "https://["),
        ("https://api.example.com", ""),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://api.localhost", "http://api.localhost"),
        ("http://127.0.0.1:4010", "http://127.0.0.1:4010"),
        ("http://[::1]:80", "http://[::1]"),
    ],
)
def test_another_host_a_path_alone_and_loopback_are_no_production(url: str, server: str) -> None:
    refuse(url, server)


def test_every_value_of_a_servers_variables_counts() -> None:
    server = "{scheme}://{region}.example.com:{port}/{version}"
    listed = {"scheme": ["https", "http"], "region": ["eu", "us"], "port": ["443", "8443"], "version": ["v1"]}
    for url in ("https://eu.example.com", "http://us.example.com", "https://us.example.com:8443"):
        with pytest.raises(UsageError):
            refuse(url, server, **listed)
    refuse("https://asia.example.com", server, **listed)


def test_variables_that_may_be_too_much_are_not_passed_over() -> None:
    digits = {name: [str(number) for number in range(10)] for name in "abcde"}
    with pytest.raises(UsageError, match="too many to rule out production"):
        refuse("https://sandbox.example.com", "https://{a}{b}{c}{d}{e}.example.com", **digits)


@pytest.mark.parametrize("place", [(), ("paths", "/a"), ("paths", "/a", "get")])
def test_servers_of_the_document_a_path_and_an_operation_count(place: tuple[str, ...]) -> None:
    content: dict[str, Any] = {"paths": {"/a": {"get": {"responses": {}}}}}
    node = content
    for step in place:
        node = node[step]
    node["servers"] = [{"url": "/"}, {"url": "https://api.example.com"}]
    pointer = "".join(f"/{step.replace('/', '~1')}" for step in (*place, "servers", "1"))
    with pytest.raises(UsageError, match=re.escape(f"'https://api.example.com' at {pointer} of t")):
        refuse_by(content, "https://api.example.com")


def test_the_bundled_documents_name_one_host() -> None:
    found = operations(discover(BUNDLED))
    with pytest.raises(UsageError) as caught:
        refuse_production(found, "https://api.concord.tech")
    assert str(caught.value) == (
        "https://api.concord.tech is production: the document names the server "
        "'https://api.concord.tech/privacy-v1' at /servers/0 of compliance-requests; a run creates data, so "
        "test a sandbox, or add --allow-production"
    )
    refuse_production(found, "https://sandbox.concord.tech")
