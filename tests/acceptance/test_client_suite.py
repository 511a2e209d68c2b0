"""The test-suite of somebody else's client, in a folder of its own, on the mock that the plugin offers."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.pytest_runs import Ran, run_pytest

CLIENT = Path(__file__).resolve().parents[1] / "clients" / "consents"
SPEC = Path(__file__).resolve().parents[2] / "specs" / "concord-privacy" / "trackers.yaml"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a copy of the client's project, away from ours."""
    return Path(shutil.copytree(CLIENT, tmp_path / "client"))


def outcomes(ran: Ran) -> set[str]:
    """Return how the tests ended."""
    return set(ran.outcomes.values())


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "two workers"])
def test_a_clients_suite_with_a_reports_package_of_its_own_passes(
    home: Path, workers: tuple[str, ...]
) -> None:
    ran = run_pytest(home, "tests", *workers)
    assert (ran.code, outcomes(ran), len(ran.outcomes)) == (pytest.ExitCode.OK, {"passed"}, 9), ran.out


def test_requirements_beside_it_are_decided_though_their_packages_have_our_names(home: Path) -> None:
    """Planning and sending go on in pytest's own process; nothing of ours is called as a client's package may be."""
    shutil.copy(SPEC, home / "api.yaml")
    chosen = "packages_by_our_names or length or property_valid"
    ran = run_pytest(home, "--spec", "api.yaml", "-k", chosen, "tests", "api.yaml")
    assert ran.having("failure") == set(), ran.out
    assert "test_consents::test_the_packages_by_our_names_are_the_clients_own" in ran.having("passed")
    assert ran.having("error") == set()
    assert "trackers::property_valid" in ran.having("passed")
    assert "trackers::requirement[body(1)/name - maxLength 256 - accepts 256]" in ran.having("passed")
