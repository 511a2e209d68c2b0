"""What a run leaves on its target can be known again and removed, and what it would send can be known before."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from conformance.cli.entry import main
from conformance.errors import ExitCode
from conformance.planning.mark import mark_of
from conformance.recording.journal import read
from tests.support.parcels import DOCUMENT
from tests.wire import Answer, Received, reply, serving


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "parcels.yaml"
    path.write_text(DOCUMENT)
    return path


def creating(given: list[str] | None = None) -> Answer:
    """Return an answer that takes any JSON object with a weight and gives it an id, noted in `given`."""
    numbers, noted = count(1), [] if given is None else given

    def answer(received: Received) -> bytes | None:
        try:
            body = json.loads(received.body)
        except ValueError:
            return reply(400, b"{}")
        taken = received.line.startswith("POST ") and isinstance(body, dict) and "weight" in body
        if not taken:
            return reply(400, b"{}")
        noted.append(f"p-{next(numbers)}")
        return reply(201, json.dumps({"id": noted[-1]}).encode())

    return answer


def run(spec: Path, url: str, *options: str) -> int:
    kept = str(spec.parent / "kept")
    return main(["run", "--spec", str(spec), "--target", url, "--explore-dir", kept, *options])


def listed(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert main(["created", str(folder), "--format", "json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["schema"] == 1
    found: list[dict[str, Any]] = content["created"]
    return found


def test_two_runs_send_the_same_cases_each_with_its_own_mark(spec: Path, tmp_path: Path) -> None:
    bodies: list[list[bytes]] = []
    for run_id in ("build-1", "build-2"):
        with serving(creating()) as wire:
            run(
                spec,
                wire.url,
                "--run-id",
                run_id,
                "--concurrency",
                "1",
                "--report-dir",
                str(tmp_path / run_id),
            )
        bodies.append([received.body for received in wire.received])
    one, two = (read(tmp_path / run_id) for run_id in ("build-1", "build-2"))
    assert [line["id"] for line in one.cases] == [line["id"] for line in two.cases]
    assert (one.header["run_id"], one.header["mark"]) == ("build-1", mark_of("build-1"))
    marks = [mark_of(run_id).encode() for run_id in ("build-1", "build-2")]
    assert bodies[0] != bodies[1] == [body.replace(*marks) for body in bodies[0]]


def test_the_last_lines_say_by_what_created_data_are_known(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(creating()) as wire:
        run(spec, wire.url, "--run-id", "build-17")
    assert 'created data carry "conformance-11f5cf65"' in capsys.readouterr().out.splitlines()[-2]


@pytest.mark.parametrize("text", ["x" * 201, "two\nlines"])
def test_a_run_id_is_short_and_printable(spec: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    assert run(spec, "http://127.0.0.1:1", "--run-id", text) == ExitCode.USAGE
    assert "at most 200 printable characters" in capsys.readouterr().err


def test_all_that_was_created_is_listed_what_exploration_created_too(
    spec: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Valid or not, retried or drawn at random: each id that the server gave is there, once."""
    folder, given = tmp_path / "out", list[str]()
    with serving(creating(given)) as wire:
        run(spec, wire.url, "--report-dir", str(folder), "--explore", "0.5", "--concurrency", "1")
    ids = [text for creation in listed(folder, capsys) for text in creation["ids"]]
    assert len(ids) == len(set(ids))
    assert set(ids) == set(given)
    assert read(folder).created != ()


def test_created_prints_a_line_for_each_id(
    spec: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "out"
    with serving(creating()) as wire:
        run(spec, wire.url, "--report-dir", str(folder), "--level", "smoke")
    creations = listed(folder, capsys)
    assert main(["created", str(folder)]) == 0
    shown = capsys.readouterr()
    assert shown.out.splitlines() == [f"POST /parcels\t{c['ids'][0]}\t{c['case']}" for c in creations]
    assert shown.err == ""


def test_what_got_no_id_is_counted_with_the_mark_to_look_for(
    spec: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "out"
    with serving(lambda _: reply(201, b"{}")) as wire:
        run(spec, wire.url, "--report-dir", str(folder), "--level", "smoke", "--run-id", "build-17")
    number = len(listed(folder, capsys))
    assert main(["created", str(folder)]) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == f'created without an id in the answer: {number}; look for "conformance-11f5cf65"\n'
    assert number == 4


def test_what_the_preflight_of_a_wrong_set_up_created_is_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The run ends before its first case, and its journal still tells what stands on the target now."""
    spec, folder = tmp_path / "two.yaml", tmp_path / "out"
    parcels = DOCUMENT[DOCUMENT.index("  /parcels:") :]
    spec.write_text(
        DOCUMENT + parcels.replace("/parcels:", "/letters:").replace("createParcel", "createLetter")
    )
    answer = creating()
    with serving(lambda r: reply(404, b"{}") if "letters" in r.line else answer(r)) as wire:
        assert run(spec, wire.url, "--report-dir", str(folder)) == ExitCode.TARGET
    assert [(c["path"], c["ids"]) for c in listed(folder, capsys)] == [("/parcels", ["p-1"])]
    assert read(folder).cases == ()


REHEARSED = """\
nothing is sent; a run would ask http://127.0.0.1:1
ids in paths: none
headers with secrets: X-Tenant

operation              requests    valid  invalid     open creating    bytes  largest
parcels                       4        2        2        0        2      127      102

creating: what is valid, and whatever else the target takes
marked: 0 bodies, with "conformance-11f5cf65" (or with "_")
time: about 2.0 s at --rate 2/s
a case that shows a finding is sent a second time
--max-requests 3 would end the run before all is sent
then random requests for 9 s
"""


def test_a_dry_run_says_what_would_be_sent_and_sends_and_writes_nothing(
    spec: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--dry-run", "--level", "smoke", "--rate", "2/s", "--max-requests", "3", "--explore", "9"]
    secret = ["--header", "X-Tenant=hunter2", "--run-id", "build-17"]
    code = run(spec, "http://127.0.0.1:1", *options, *secret, "--report-dir", str(tmp_path / "out"))
    shown = capsys.readouterr()
    assert (code, shown.out, shown.err) == (ExitCode.CONFORMS, REHEARSED, "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["parcels.yaml"]


def test_a_dry_run_counts_what_a_run_sends(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(spec, "http://127.0.0.1:1", "--dry-run", "--shard", "1/2") == ExitCode.CONFORMS
    row = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("parcels"))
    with serving(creating()) as wire:
        run(spec, wire.url, "--shard", "1/2", "--report-dir", str(spec.parent / "out"))
    cases = read(spec.parent / "out").cases
    valid = sum(line["intent"] == "valid" for line in cases)
    assert row.split()[1:3] == [str(len(cases)), str(valid)]


@pytest.mark.parametrize(
    ("schema", "code"),
    [("{type: string}", ExitCode.CONFORMS), ("false", ExitCode.NOTHING_EXERCISED), ("7", ExitCode.DOCUMENT)],
)
def test_a_dry_run_ends_as_a_run_would_that_cannot_begin(
    spec: Path, capsys: pytest.CaptureFixture[str], schema: str, code: ExitCode
) -> None:
    text = spec.read_text()
    at, end = text.index("            schema:"), text.index("      responses:")
    spec.write_text(text[:at] + f"            schema: {schema}\n" + text[end:])
    assert run(spec, "http://127.0.0.1:1", "--dry-run") == code
    assert bool(capsys.readouterr().err) == (code is not ExitCode.CONFORMS)


def test_a_dry_run_tells_of_an_operation_that_a_run_could_not_ask(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parcels = DOCUMENT[DOCUMENT.index("  /parcels:") :]
    letters = parcels.replace("/parcels:", "/letters:").replace("createParcel", "createLetter")
    spec.write_text(DOCUMENT + letters.replace("required: [weight]", "required: [stamp]"))
    assert run(spec, "http://127.0.0.1:1", "--dry-run") == ExitCode.NOTHING_EXERCISED
    assert (
        capsys.readouterr().out.splitlines()[-1]
        == "nothing valid can be made of letters: the run would end with 5"
    )


def test_a_dry_run_asks_for_the_ids_that_a_run_needs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--target", "http://127.0.0.1:1", "--dry-run"]) == ExitCode.USAGE
    assert "--path-param organizationId=..." in capsys.readouterr().err
