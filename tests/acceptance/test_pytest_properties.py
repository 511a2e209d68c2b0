"""The plugin's property tests, as users of Hypothesis know such tests."""

from __future__ import annotations

from pathlib import Path

from conformance.mock.process import start_mock
from tests.support.parcels import parcels
from tests.support.pytest_runs import KEY, run_pytest

SMALLEST = """\
error valid-rejected: the server must accept what the document allows
Requirement  parcels · body · a drawn body · accepts
Expected     201
Actual       400
Case         parcels-62693bffae70
curl         curl -sS -i -X POST {url}/parcels -H 'Content-Type: application/json' --data-binary '{{"weight":100}}'
Failing test case: valid_bodies_of_parcels(
    body={{'weight': 100}},
)
"""


def test_a_failure_shows_the_smallest_body_and_comes_back_out_of_the_database(tmp_path: Path) -> None:
    """What enumerated cases miss is found, shrunk, and the first thing that the next session tries.

    The body is shown beside Schemathesis, too, which takes Hypothesis's own printer away.
    """
    spec = parcels(tmp_path) / "parcels.yaml"
    with start_mock([spec.parent], ["middle-refused"], api_key=KEY) as mock:
        against = ["--spec", str(spec), "--target", mock.url]
        # in CI, Hypothesis keeps no database unless a profile says so
        ran = run_pytest(tmp_path, "-k", "property_valid", "--hypothesis-profile", "nightly", *against)
        again = run_pytest(
            tmp_path,
            "-p",
            "schemathesis.pytest.plugin",
            "--lf",
            "--hypothesis-profile",
            "dev",
            "--hypothesis-show-statistics",
            *against,
        )
    assert ran.outcomes == again.outcomes == {"parcels::property_valid": "failure"}
    for told in (ran.out, again.out):
        assert SMALLEST.format(url=mock.url) in told
        assert "conformance/" not in told
    assert "during reuse phase" in again.out


def test_the_profiles_hold_for_property_tests_and_a_users_own_of_that_name_wins(tmp_path: Path) -> None:
    spec = parcels(tmp_path) / "parcels.yaml"
    common = ["--spec", str(spec), "-k", "property_valid", "--hypothesis-show-statistics"]
    counts = {"dev": 20, "ci": 100}
    for name, count in counts.items():
        ran = run_pytest(tmp_path, *common, "--hypothesis-profile", name)
        assert f"Stopped because settings.max_examples={count}" in ran.out
    own = "from hypothesis import settings\nsettings.register_profile('dev', max_examples=3)\n"
    (tmp_path / "conftest.py").write_text(own)
    assert "max_examples=3\n" in run_pytest(tmp_path, *common, "--hypothesis-profile", "dev").out
