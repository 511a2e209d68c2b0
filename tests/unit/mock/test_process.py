"""A mock in a process of its own: started, asked, ended, killed."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from conformance.errors import TargetError
from conformance.mock.process import MockServer, start_mock
from conformance.mock.setup import BUNDLED

PROJECTS = "/organizations/{organizationId}/projects"


def send(server: MockServer, method: str, path: str, body: Any = None, key: str = "") -> tuple[int, Any]:
    """Send one request and return status and JSON body."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    headers = {"x-api-key": key or server.api_key, "content-type": "application/json"}
    connection.request(method, path.format(**server.path_params), json.dumps(body), headers)
    response = connection.getresponse()
    data = response.read()
    connection.close()
    return response.status, json.loads(data)


def is_listening(url: str) -> bool:
    """Tell whether somebody takes connections there."""
    where = urlsplit(url)
    with socket.socket() as probe:
        return probe.connect_ex((where.hostname, where.port)) == 0


def test_a_mock_answers_and_ends_with_its_block() -> None:
    """Inside the block the mock serves the bundled documents; after it nobody listens."""
    with start_mock() as server:
        assert send(server, "POST", PROJECTS, {"name": "ab"})[0] == 201
        requests = send(server, "GET", "/__mock__/requests")[1]
        assert [(r["method"], r["status"]) for r in requests] == [("POST", 201)]
        assert server.api_key not in json.dumps(requests)
    assert not is_listening(server.url)


def test_faults_and_key_are_passed_on() -> None:
    """The mock has the faults it was started with, and asks for the caller's key."""
    with start_mock(faults=["projects-status-202"], api_key="another") as server:
        assert send(server, "POST", PROJECTS, {"name": "ab"})[0] == 202
        assert send(server, "POST", PROJECTS, {"name": "ab"}, key="mock-key")[0] == 401
        assert send(server, "GET", "/__mock__/setup")[1]["faults"] == ["projects-status-202"]


def test_the_callers_environment_is_not_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret in the caller's environment is in no environment of the mock's."""
    monkeypatch.setenv("CONCORD_API_KEY", "s3cret")
    with start_mock() as server:
        environment = Path(f"/proc/{server.pid}/environ")
        if not environment.exists():
            pytest.skip("no /proc to look into")
        assert b"s3cret" not in environment.read_bytes()


def test_state_in_a_file_survives_a_kill(tmp_path: Path) -> None:
    """A project that was answered with 201 exists after SIGKILL and a new start, and the file is whole."""
    state = tmp_path / "state.db"
    created = []
    with start_mock(state=state) as server:
        for number in range(20):
            status, project = send(server, "POST", PROJECTS, {"name": f"project {number}"})
            assert status == 201
            created.append(project["id"])
        os.kill(server.pid, signal.SIGKILL)
    tracker = {"name": "a", "type": "cookie"}
    with start_mock(state=state) as server:
        answers = [send(server, "POST", f"{PROJECTS}/{known}/trackers", tracker)[0] for known in created]
    assert answers == [201] * 20


def test_an_unusable_document_is_the_childs_last_word(tmp_path: Path) -> None:
    """A mock that cannot start says why, in one line, and leaves no process behind."""
    file = tmp_path / "broken.yaml"
    file.write_text("openapi: [")
    with pytest.raises(TargetError, match=r"the mock did not start: .*broken\.yaml: not YAML or JSON"):
        start_mock([file]).__enter__()


def test_a_document_elsewhere_runs_no_code_beside_it(tmp_path: Path) -> None:
    """A behaviour.py beside a document that is not bundled is not run; one that is named is."""
    source = BUNDLED / "concord-privacy"
    (tmp_path / "projects.yaml").write_bytes((source / "projects.yaml").read_bytes())
    ran = tmp_path / "ran"
    (tmp_path / "behaviour.py").write_text(f"open({str(ran)!r}, 'w').close()\n")
    with start_mock([tmp_path]) as server:
        status, body = send(server, "POST", PROJECTS, {"name": "ab"})
        assert (status, body["name"]) == (201, "ab")
        assert "organization" not in body
    assert not ran.exists()
    with start_mock([tmp_path], behaviour=source / "behaviour.py") as server:
        assert "organization" in send(server, "POST", PROJECTS, {"name": "ab"})[1]


def test_who_waits_for_100_is_told_to_go_on_and_who_closes_hears_it_all() -> None:
    """The interim answer comes before the body is sent (RFC 9110 §10.1.1), and closing cuts nothing off."""
    body = json.dumps({"name": "ab"}).encode()
    with start_mock() as server:
        where = urlsplit(server.url)
        head = (
            f"POST {PROJECTS.format(**server.path_params)} HTTP/1.1\r\nHost: {where.netloc}\r\n"
            f"x-api-key: {server.api_key}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
        )
        with socket.create_connection((where.hostname, where.port), timeout=10) as connection:
            connection.sendall(head.encode())
            assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
            connection.sendall(body)
            answer, _, sent = connection.makefile("rb").read().partition(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 201 ")
        assert json.loads(sent)["name"] == "ab"
