"""The GitHub action and the GitLab template: what they say by their published schemas, their scripts run for real."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import pytest

from conformance.errors import ExitCode
from conformance.installation import ROOT
from conformance.openapi.reading import read as read_yaml
from conformance.recording.journal import read
from tests.wire import Wire, reply, serving

ACTION: Final[dict[str, Any]] = read_yaml((ROOT / "action.yml").read_bytes(), "action.yml")
GITLAB: Final[dict[str, Any]] = read_yaml((ROOT / "ci" / "gitlab.yml").read_bytes(), "gitlab.yml")[
    ".conformance"
]
BIN: Final = Path(sys.executable).parent
SECRET: Final = "hunter2-" * 3
IDS: Final = "organizationId=o-1\nprojectId=p-1"
SMOKE: Final = "--operation=trackers\n--level=smoke"


def schema(name: str) -> jsonschema_rs.Validator:
    """Return a published schema; check-jsonschema carries them, and importing it takes seconds."""
    found = find_spec("check_jsonschema")
    assert found is not None
    assert found.origin is not None
    path = Path(found.origin).parent / "builtin_schemas" / "vendor" / f"{name}.json"
    return jsonschema_rs.validator_for(json.loads(path.read_text()))


def test_the_files_are_what_their_published_schemas_say() -> None:
    schema("github-actions").validate(ACTION)
    schema("gitlab-ci").validate({".conformance": GITLAB})


def test_the_examples_in_the_docs_are_what_the_published_schemas_say() -> None:
    blocks = re.findall(rb"```yaml\n(.*?)```", (ROOT / "docs" / "ci.md").read_bytes(), re.DOTALL)
    workflow, pipeline = (read_yaml(block, "docs/ci.md") for block in blocks)
    schema("github-workflows").validate(workflow)
    schema("gitlab-ci").validate(pipeline)


def test_no_script_holds_an_expression() -> None:
    """What stands in `${{ }}` would become part of the shell's program; it goes through the environment."""
    scripts = [step["run"] for step in ACTION["runs"]["steps"] if "run" in step]
    assert len(scripts) == 2
    assert [script for script in scripts if "${{" in script] == []


@dataclass(frozen=True)
class Done:
    """What one step left behind."""

    code: int
    log: str
    outputs: Mapping[str, str]
    summary: str
    folder: Path


def act(folder: Path, inputs: Mapping[str, str], **environment: str) -> Done:
    """Run the action's step as GitHub's runner does, in `folder`."""
    (step,) = [step for step in ACTION["runs"]["steps"] if step.get("id") == "run"]
    given = {name: str(about["default"]) for name, about in ACTION["inputs"].items()} | dict(inputs)
    known = {f"inputs.{name}": value for name, value in given.items()} | {
        "steps.install.outputs.bin": str(BIN)
    }
    files = {name: folder / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for file in files.values():
        file.touch()
    (folder / "temp").mkdir(exist_ok=True)
    script = folder / "script.sh"
    script.write_text(step["run"])
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
        cwd=folder, capture_output=True, text=True, check=False,
        env={
            **os.environ, **environment, **{name: str(file) for name, file in files.items()},
            "RUNNER_TEMP": str(folder / "temp"),
            **{name: known[value.strip("${} ")] for name, value in step["env"].items()},
        },
    )  # fmt: skip
    summary = files["GITHUB_STEP_SUMMARY"]
    return Done(
        done.returncode,
        done.stdout + done.stderr,
        _outputs(files["GITHUB_OUTPUT"].read_text()),
        summary.read_text() if summary.exists() else "",
        folder,
    )


def _outputs(text: str) -> dict[str, str]:
    """Read `name=value` lines and `name<<delimiter` blocks."""
    found = re.finditer(r"^([\w-]+)(?:=(.*)|<<(.+)\n((?:.*\n)*?)\3)$", text, re.MULTILINE)
    return {match[1]: match[2] if match[2] is not None else match[4][:-1] for match in found}


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    """Yield a server that takes everything, which is against any contract, and says `::error::`."""
    with serving(lambda _: reply(201, b'"::error::owned"')) as server:
        yield server


@pytest.fixture(scope="module")
def failed(wire: Wire, tmp_path_factory: pytest.TempPathFactory) -> Done:
    """Return the step's end where the server has findings; the inputs are as odd as a user may write them."""
    inputs = {
        "target": wire.url, "path-params": f"\n{IDS}\n", "arguments": SMOKE, "api-key-env": "SANDBOX_KEY",
        "report-dir": "my reports",
    }  # fmt: skip
    return act(tmp_path_factory.mktemp("job"), inputs, SANDBOX_KEY=SECRET)


def test_the_action_ends_with_the_runs_code_and_tells_it(failed: Done) -> None:
    assert failed.code == ExitCode.FINDINGS
    assert failed.outputs == {"exit-code": "1", "report-dir": "my reports"}
    assert failed.summary.startswith("### ❌ does not conform")
    assert {path.name for path in (failed.folder / "my reports").iterdir()} == {
        "run.jsonl", "report.html", "summary.json", "junit.xml", "conformance.sarif",
    }  # fmt: skip


def test_what_an_earlier_step_of_the_job_left_is_not_taken_for_this_ones(tmp_path: Path) -> None:
    reports = [
        tmp_path / "reports" / name
        for name in ("run.jsonl", "summary.json", "junit.xml", "conformance.sarif")
    ]
    annotations = tmp_path / "temp" / "conformance-annotations"
    for left in (*reports, annotations):
        left.parent.mkdir(exist_ok=True)
        left.write_text("::error::of an earlier run")
    done = act(tmp_path, {"api-key-env": "UNSET_KEY", "target": "http://h", "report-dir": "reports"})
    assert done.code == ExitCode.USAGE
    assert "earlier run" not in done.log
    assert [left.name for left in (*reports, annotations) if left.exists()] == []


def test_what_a_server_says_stands_where_the_runner_obeys_no_command(failed: Done) -> None:
    found = re.search(r"::stop-commands::([0-9a-f]{64})\n(.*)::\1::\n(.*)", failed.log, re.DOTALL)
    assert found is not None
    obeyed = [line for line in found[3].splitlines() if line.startswith("::")]
    assert {line.split(" ", 1)[0] for line in obeyed} == {"::error"}
    assert len(obeyed) == failed.summary.count("<summary>error")


def test_the_actions_key_is_used_and_shown_nowhere(failed: Done, wire: Wire) -> None:
    assert any(SECRET in str(received.headers) for received in wire.received)
    files = [path for path in failed.folder.rglob("*") if path.is_file()]
    assert [path for path in files if SECRET in path.read_text()] == []
    assert SECRET not in failed.log


def test_the_action_without_a_target_tests_the_mock(tmp_path: Path) -> None:
    done = act(tmp_path, {"arguments": SMOKE})
    assert (done.code, done.outputs["exit-code"]) == (ExitCode.CONFORMS, "0")
    assert done.summary.startswith("### ✅ conforms")
    assert read(tmp_path / "conformance-report").complete


def test_no_input_is_read_as_shell(tmp_path: Path) -> None:
    evil = "\"; touch owned; $(touch owned) `touch owned` ' *"
    names = ACTION["inputs"].keys() - {"report-dir", "python-version"}
    done = act(tmp_path, {**dict.fromkeys(names, evil), "report-dir": "$(touch owned) r"})
    assert (done.code, done.outputs) == (2, {"exit-code": "2", "report-dir": "$(touch owned) r"})
    assert list(tmp_path.rglob("owned")) == []


def test_the_gitlab_job_runs_the_same_command(wire: Wire, tmp_path: Path) -> None:
    pairs = " ".join(f"--path-param={pair}" for pair in IDS.split())
    variables = GITLAB["variables"] | {
        "CONFORMANCE_ARGUMENTS": f"--target={wire.url} {pairs} {' '.join(SMOKE.split())} --api-key-env=SANDBOX_KEY",
        "SANDBOX_KEY": SECRET,
    }
    done = subprocess.run(
        ["sh", "-e", "-c", "\n".join(GITLAB["script"])],
        cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, **variables, "PATH": f"{BIN}:{os.environ['PATH']}"},
    )  # fmt: skip
    assert done.returncode == ExitCode.FINDINGS, done.stdout + done.stderr
    assert GITLAB["artifacts"]["reports"]["junit"] == "$CONFORMANCE_REPORT_DIR/junit.xml"
    assert {path.name for path in (tmp_path / "conformance-report").iterdir()} == {
        "run.jsonl", "report.html", "summary.json", "junit.xml", "conformance.sarif", "summary.md",
    }  # fmt: skip
