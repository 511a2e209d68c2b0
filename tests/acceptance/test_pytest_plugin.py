"""The pytest plugin as its users meet it: ids, selection, workers, verdicts, reports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.cli.entry import main
from conformance.errors import ExitCode
from conformance.mock.process import MockServer, start_mock
from tests.support.pytest_runs import KEY, Ran, against, collected, run_pytest

SPECS = Path(__file__).resolve().parents[2] / "specs" / "concord-privacy"
CONSENT = f"--spec={SPECS / 'consent-types.yaml'}"
CUSTOM = "consent-types::requirement[body/category(2) - pattern ^custom_[a-z0-9_]{1,121}$ - "
NEWLINE = f"{CUSTOM}rejects a trailing newline]"

GONE = MockServer("http://127.0.0.1:1", {"organizationId": "a", "projectId": "b"}, KEY, 0)
"""A target that is not there."""

FAULTS = (
    {
        "trackers-name-max-255": "trackers::requirement[body(1)/name - maxLength 256 - accepts 256]",
        "projects-emails-first-only": (
            "projects::requirement[body/contactEmails - items - rejects a bad item after a good one]"
        ),
        "consent-types-category-newline": NEWLINE,
        "compliance-requests-domain-max-255": (
            "compliance-requests::requirement[body/domain - maxLength 256 - accepts 256]"
        ),
    },
    {
        "trackers-first-item-only": (
            "trackers::requirement[body(2)/items - items - rejects a bad item after a good one]"
        ),
        "projects-name-min-1": "projects::requirement[body/name - minLength 2 - rejects 1]",
        "consent-types-category-start-dropped": f"{CUSTOM}rejects text before]",
        "compliance-requests-identity-email-needs-phone": (
            "compliance-requests::requirement[body - anyOf of 5 - accepts only alternative 2]"
        ),
    },
    {
        "trackers-batch-207": "trackers::requirement[any answer - a documented status - answers so]",
        "projects-name-longest-now-and-then": "projects::requirement[body/name - maxLength 1024 - accepts 1024]",
        "consent-types-unauthorized-html": (
            "consent-types::requirement[401 - a documented content type - answers so]"
        ),
        "compliance-requests-notes-utf16": (
            "compliance-requests::requirement[body/notes - maxLength 2048 - accepts 2048 astral characters]"
        ),
    },
)
"""Faults, one for each operation in a row, and the one test that each makes fail."""


@pytest.fixture(scope="module")
def newline() -> Iterator[MockServer]:
    """Yield a mock that takes a line break at the end of a category."""
    with start_mock([SPECS], ["consent-types-category-newline"], api_key=KEY) as mock:
        yield mock


@pytest.fixture(scope="module")
def failing(newline: MockServer, tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, Path]:
    """Return a run of consent-types against that mock, and where it was."""
    folder = tmp_path_factory.mktemp("failing")
    return run_pytest(folder, "-m", "requirement", CONSENT, *against(newline)), folder


@pytest.mark.parametrize("faults", FAULTS, ids=" ".join)
def test_with_a_fault_exactly_the_test_of_its_requirement_fails(
    faults: dict[str, str], tmp_path: Path
) -> None:
    """One mistake is one failure: what it explains is skipped, and says by what it is explained."""
    with start_mock([SPECS], list(faults), api_key=KEY) as mock:
        ran = run_pytest(tmp_path, "-m", "requirement", "--spec", str(SPECS), *against(mock))
    assert ran.having("failure") == set(faults.values())
    assert (ran.having("error"), ran.code) == (set(), pytest.ExitCode.TESTS_FAILED)


def test_a_failure_shows_requirement_expected_actual_case_and_curl_and_nothing_of_ours(
    failing: tuple[Ran, Path],
) -> None:
    ran, _ = failing
    assert ran.having("failure") == {NEWLINE}
    block = ran.out[ran.out.index("error invalid") : ran.out.index("\n---")].splitlines()
    labels = [line.split()[0] for line in block]
    assert labels == ["error", "Requirement", "Expected", "Actual", "Case", "curl"]
    assert block[1].endswith(
        "consent-types · body/category(2) · pattern ^custom_[a-z0-9_]{1,121}$ · rejects a trailing newline"
    )
    assert "\n".join(block[1:5]) in ran.junit
    assert "conformance/" not in ran.out.replace(str(SPECS), "")


def test_the_key_is_in_no_output_and_no_file(failing: tuple[Ran, Path]) -> None:
    ran, folder = failing
    written = [path for path in folder.rglob("*") if path.is_file()]
    assert {path.name for path in written} >= {"junit.xml", "lastfailed"}
    assert KEY not in ran.out
    assert [path for path in written if KEY.encode() in path.read_bytes()] == []


def test_last_failed_runs_what_failed_alone(failing: tuple[Ran, Path], newline: MockServer) -> None:
    _, folder = failing
    again = run_pytest(folder, "--lf", CONSENT, *against(newline))
    assert again.outcomes == {NEWLINE: "failure"}


def test_two_workers_have_the_same_ids_and_verdicts_and_one_run(
    failing: tuple[Ran, Path], newline: MockServer, tmp_path: Path
) -> None:
    alone, _ = failing
    ran = run_pytest(tmp_path, "-n", "2", "-m", "requirement", CONSENT, *against(newline))
    assert dict(sorted(ran.outcomes.items())) == dict(sorted(alone.outcomes.items()))


def test_x_stops_at_the_first_failure(newline: MockServer, tmp_path: Path) -> None:
    ran = run_pytest(tmp_path, "-x", "-k", "category", CONSENT, *against(newline))
    assert list(ran.outcomes)[-1] == NEWLINE
    assert ran.having("failure") == {NEWLINE}


def test_ids_are_plain_ascii_unique_stable_and_grouped_by_operation(tmp_path: Path) -> None:
    ids = collected(run_pytest(tmp_path, "--collect-only", "-q", "--spec", str(SPECS)))
    assert [name for name in ids if not (name.isascii() and name.isprintable())] == []
    assert len(set(ids)) == len(ids)
    operations = [name.split("::")[1] for name in ids]
    assert list(dict.fromkeys(operations)) == ["compliance-requests", "consent-types", "projects", "trackers"]
    assert sorted(operations) == operations
    assert ids == collected(run_pytest(tmp_path, "--collect-only", "-q", "-n0", "--spec", str(SPECS)))


def test_marks_select_by_operation_intent_and_level(tmp_path: Path) -> None:
    chosen = "smoke and invalid and requirement and operation(name='trackers')"
    ran = run_pytest(tmp_path, "--strict-markers", "-m", chosen, "--spec", str(SPECS))
    assert ran.having("passed") == set(ran.outcomes)
    assert {name.split("::")[0] for name in ran.outcomes} == {"trackers"}
    assert "trackers::requirement[body(1) - required name - rejects no name]" in ran.outcomes


def test_one_test_is_called_by_its_id_and_sends_its_own_case_alone(
    newline: MockServer, tmp_path: Path
) -> None:
    """Beside it goes the preflight, which tells a wrong set-up from a wrong server."""
    (tmp_path / "api.yaml").write_bytes((SPECS / "consent-types.yaml").read_bytes())
    ran = run_pytest(tmp_path, "--spec", "api.yaml", f"api.yaml::{NEWLINE}", *against(newline))
    assert ran.outcomes == {NEWLINE: "failure"}


def test_what_the_baseline_holds_fails_as_expected(newline: MockServer, tmp_path: Path) -> None:
    kept, baseline = tmp_path / "kept", tmp_path / "accepted.toml"
    accept = [
        "baseline",
        "accept",
        str(kept),
        "--reason",
        "known",
        "--who",
        "us",
        "--baseline",
        str(baseline),
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("API_KEY", KEY)
        codes = main(["run", CONSENT, "--report-dir", str(kept), *against(newline)]), main(accept)
    assert codes == (ExitCode.FINDINGS, ExitCode.CONFORMS)
    ran = run_pytest(
        tmp_path, "-k", "newline", "-rx", CONSENT, "--baseline", str(baseline), *against(newline)
    )
    assert (ran.code, ran.having("failure")) == (pytest.ExitCode.OK, set())
    assert "1 xfailed" in ran.out
    assert "accepted by the baseline" in ran.out


def test_a_finding_whose_test_was_not_selected_is_told_all_the_same(tmp_path: Path) -> None:
    """The server breaks while something else is tested: nothing fails for it, and nobody is kept in the dark."""
    with start_mock([SPECS], ["trackers-batch-207"], api_key=KEY) as mock:
        spec = f"--spec={SPECS / 'trackers.yaml'}"
        ran = run_pytest(tmp_path, "-k", "items and accepts and 101", spec, *against(mock))
    assert "findings of tests that were not selected" in ran.out
    assert "status-undocumented: trackers · any answer · a documented status · answers so" in ran.out
    assert list(ran.outcomes.values()) == ["error"]


def test_without_target_the_embedded_mock_is_tested_and_without_spec_nothing_is_collected(
    tmp_path: Path,
) -> None:
    ran = run_pytest(tmp_path, "-k", "label and smoke", CONSENT)
    assert (ran.code, ran.having("failure") | ran.having("error")) == (pytest.ExitCode.OK, set())
    assert run_pytest(tmp_path).code == pytest.ExitCode.NO_TESTS_COLLECTED


def test_the_plugin_in_addopts_leaves_a_single_test_of_the_users_alone(tmp_path: Path) -> None:
    """Documents in `addopts` join a run of everything, not one of a file picked by hand."""
    (tmp_path / "test_own.py").write_text("def test_own(): pass\n")
    (tmp_path / "pytest.ini").write_text(f"[pytest]\naddopts = {CONSENT}\n")
    assert set(run_pytest(tmp_path, "test_own.py").outcomes) == {"test_own::test_own"}
    ids = collected(run_pytest(tmp_path, "--collect-only", "-q", "-m", "smoke or not requirement"))
    assert {name.split("::")[-2].split("/")[-1] for name in ids} == {"test_own.py", "consent-types"}


def test_what_could_not_be_decided_is_an_error_and_ends_a_session_of_nothing_else(tmp_path: Path) -> None:
    """A target that is not there: one test says so, for the others would say the same."""
    (tmp_path / "test_own.py").write_text("def test_api(conformance_target): pass\n")
    paths = [CONSENT.removeprefix("--spec="), "test_own.py"]
    ran = run_pytest(tmp_path, "-k", "label or property or api", CONSENT, *paths, *against(GONE))
    assert list(ran.outcomes.values()) == ["error"]
    assert "http://127.0.0.1:1: could not connect" in ran.junit


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--target", "nowhere"], "--target 'nowhere': not an http or https URL"),
        (["--target", "http://127.0.0.1:1", "--api-key-env", "NOT_SET"], "--api-key-env NOT_SET: "),
        (["--spec", "missing.yaml"], "missing.yaml: "),
        (["--target-name", "sandbox"], "target 'sandbox': "),
        (["--target", "https://api.concord.tech"], "https://api.concord.tech is production: "),
        (["-n", "2", "--concurrency", "0"], "--concurrency 0: "),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_is_asked_for_wrongly_is_one_line_and_pytests_exit_code_for_usage(
    arguments: list[str], told: str, tmp_path: Path
) -> None:
    ran = run_pytest(tmp_path, CONSENT, *arguments)
    (line,) = [line for line in ran.out.splitlines() if line]
    assert ran.code == pytest.ExitCode.USAGE_ERROR
    assert told in line


def test_a_wrong_key_is_an_error_of_property_tests_and_not_what_a_refusal_looks_like(
    newline: MockServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTHER_KEY", "wrong")
    ran = run_pytest(tmp_path, "-m", "property", CONSENT, *against(newline), "--api-key-env", "OTHER_KEY")
    kinds = ("valid", "boundary", "invalid")
    assert ran.outcomes == {f"consent-types::property_{kind}": "error" for kind in kinds}
    assert "the key in $OTHER_KEY is refused" in ran.junit
    assert "During handling" not in ran.out


def test_a_target_that_lacks_ids_is_told_where_the_documents_are_collected_without_our_frames(
    tmp_path: Path,
) -> None:
    (tmp_path / "test_api.py").write_text("from conformance.plugin import Contract\n\nfound = Contract()\n")
    ran = run_pytest(tmp_path, "--target", GONE.url)
    assert ran.code == pytest.ExitCode.INTERRUPTED
    assert "\nthe paths need ids that the target knows: add --path-param organizationId=..." in ran.out
    assert "conformance/" not in ran.out


def test_production_is_refused_even_where_no_document_is_collected(tmp_path: Path) -> None:
    ran = run_pytest(tmp_path, "--target", "https://api.concord.tech")
    assert ran.code == pytest.ExitCode.USAGE_ERROR
    assert "https://api.concord.tech is production: " in ran.out


def test_a_connection_that_fails_under_schemathesis_shows_no_key(tmp_path: Path) -> None:
    """What sends holds the key in its frames, which pytest shows with their arguments."""
    suite = SPECS.parents[1] / "tests" / "contract" / "test_schemathesis.py"
    loaded = ["-p", "schemathesis.pytest.plugin"]
    ran = run_pytest(tmp_path, *loaded, "--showlocals", "-k", "trackers", *against(GONE), str(suite))
    assert ran.outcomes == {"test_schemathesis::test_trackers": "failure"}
    assert "http://127.0.0.1:1: no answer (ConnectionError)" in ran.out
    assert [text for text in (ran.out, ran.junit) if KEY in text] == []
