from __future__ import annotations

from pathlib import Path

import pytest

from conformance.case import RunLevel
from conformance.errors import UsageError
from conformance.rules import FindingLevel
from conformance.sending.target import Secret, Target, Tls
from conformance.session.option import Command
from conformance.session.resolution import resolve
from conformance.session.settings import Settings
from conformance.session.values import rate as parse_rate
from tests.support.pki import make_pki

FILE = """
specs = ["top.yaml"]
fail-on = "warning"
[targets.sandbox]
url = "https://sandbox.example.com"
api-key-env = "SANDBOX_KEY"
path-params = { a = "1", b = "2" }
headers = { X-Env = "test", X-Tenant = { env = "TENANT" } }
rate = 10
concurrency = 4
timeout = 5
connect-timeout = 1
tls = { ca = "ca.pem", certificate = "client.pem", key = "client-encrypted.key", key-password-env = "PASSWORD" }
accept = { t = ["409"] }
allow-production = true
operations = ["t*"]
level = "smoke"
max-body = 9
baseline = "b.toml"
report-dir = "out"
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a file with one target, its variables set, in the folder below which a test stands."""
    monkeypatch.setenv("PASSWORD", make_pki(tmp_path).password)
    for name in ("SANDBOX_KEY", "TENANT", "OTHER_KEY"):
        monkeypatch.setenv(name, f"the {name}")
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    (tmp_path / "conformance.toml").write_text(FILE)
    return Path("../conformance.toml")


@pytest.mark.parametrize(("text", "rate"), [("5", 5.0), ("0.5/s", 0.5), ("20/s", 20.0)])
def test_a_rate_is_requests_per_second(text: str, rate: float) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize("text", ["", "0", "-1/s", "nan", "inf", "5/m", "fast"])
def test_any_other_rate_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match="--rate 20/s"):
        parse_rate(text)


def test_without_a_file_the_options_alone_become_one_value(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OTHER_KEY", "k")
    given = {
        "url": "http://h/", "path_params": ("id=7",), "key": "OTHER_KEY", "headers": ("X-A=b=c",), "rate": "5/s",
    }  # fmt: skip
    settings = resolve(Command.RUN, given)
    assert settings == Settings(
        url="http://h", path_params={"id": "7"}, key=Secret("k"), headers=(("X-A", Secret("b=c")),), rate=5.0
    )
    assert settings.target == Target(
        "http://h", {"id": "7"}, Secret("k"), "OTHER_KEY", (("X-A", Secret("b=c")),), rate=5.0
    )


def test_a_named_target_brings_all_that_the_file_says(config: Path) -> None:
    target = Target(
        "https://sandbox.example.com",
        {"a": "1", "b": "2"},
        Secret("the SANDBOX_KEY"),
        "SANDBOX_KEY",
        (("X-Env", Secret("test")), ("X-Tenant", Secret("the TENANT"))),
        concurrency=4,
        rate=10.0,
        timeout=5,
        connect_timeout=1,
        tls=Tls(
            config.with_name("ca.pem"),
            config.with_name("client.pem"),
            config.with_name("client-encrypted.key"),
            Secret("the password of a key"),
        ),
        accept={"t": ("409",)},
    )
    for given in ({"name": "sandbox"}, {"name": "sandbox", "config": config}):
        settings = resolve(Command.RUN, given)
        assert settings.target == target
        assert (settings.specs, settings.globs) == ((config.with_name("top.yaml"),), ("t*",))
        assert (settings.level, settings.max_body) == (RunLevel.SMOKE, 9)
        assert (settings.fail_on, settings.allow_production) == (FindingLevel.WARNING, True)
        assert (settings.baseline, settings.report_dir) == (
            config.with_name("b.toml"), config.with_name("out"),
        )  # fmt: skip


def test_what_is_given_by_hand_wins_over_the_file(config: Path) -> None:
    given = {
        "name": "sandbox", "config": config, "url": "http://h", "path_params": ("b=3",), "key": "OTHER_KEY",
        "headers": ("x-env=mine",), "rate": "7/s", "concurrency": 1, "timeout": 2, "specs": (Path("s"),),
        "globs": ("g",), "level": "full", "max_body": 5, "fail_on": "error", "baseline": Path("c"),
        "report_dir": Path("r"),
    }  # fmt: skip
    settings = resolve(Command.RUN, given)
    target = settings.target
    assert (target.url, target.path_params, target.key_env) == ("http://h", {"a": "1", "b": "3"}, "OTHER_KEY")
    assert target.key == Secret("the OTHER_KEY")
    assert target.headers == (("X-Tenant", Secret("the TENANT")), ("x-env", Secret("mine")))
    assert (target.rate, target.concurrency, target.timeout) == (7.0, 1, 2)
    assert (settings.specs, settings.globs) == ((Path("s"),), ("g",))
    assert (settings.level, settings.max_body) == (RunLevel.FULL, 5)
    assert (settings.fail_on, settings.baseline, settings.report_dir) == (
        FindingLevel.ERROR, Path("c"), Path("r"),
    )  # fmt: skip


def test_without_a_name_the_top_of_the_file_counts_and_no_target_of_it(config: Path) -> None:
    settings = resolve(Command.RUN, {})
    assert settings.target == Target("")
    assert (settings.specs, settings.globs) == ((config.with_name("top.yaml"),), ())
    assert (settings.level, settings.max_body) == (RunLevel.STANDARD, None)
    assert (settings.fail_on, settings.report_dir) == (FindingLevel.WARNING, None)


def test_a_key_for_the_embedded_mock_is_a_mistake() -> None:
    with pytest.raises(UsageError, match="--api-key-env needs --target"):
        resolve(Command.RUN, {"key": "OTHER_KEY"})


@pytest.mark.parametrize(
    ("variable", "key"),
    [
        ("SANDBOX_KEY", "api-key-env"),
        ("TENANT", "headers.X-Tenant"),
        ("PASSWORD", "tls.key-password-env"),
    ],
)
def test_a_variable_that_is_not_set_is_told_with_the_key_that_names_it(
    config: Path, monkeypatch: pytest.MonkeyPatch, variable: str, key: str
) -> None:
    monkeypatch.delenv(variable)
    with pytest.raises(UsageError) as caught:
        resolve(Command.RUN, {"name": "sandbox"})
    assert str(caught.value) == (
        f"{config}: targets.sandbox.{key} {variable}: the variable is not set; export {variable}=... first"
    )


def test_a_name_without_a_file_says_where_it_belongs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"target 'sandbox': no conformance.toml here or above; write one"):
        resolve(Command.RUN, {"name": "sandbox"})


def test_a_url_in_place_of_a_name_is_sent_to_its_option_and_not_repeated() -> None:
    with pytest.raises(UsageError) as caught:
        resolve(Command.RUN, {"name": "https://user:hunter2@sandbox.example.com"})
    assert str(caught.value) == ("NAME is a target of conformance.toml, not a URL; give the URL to --target")


def test_a_command_looks_at_nothing_that_is_not_for_it(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Joining shards needs the documents and the baseline of a target, and none of its secrets."""
    monkeypatch.delenv("SANDBOX_KEY")
    settings = resolve(Command.MERGE, {"name": "sandbox"})
    assert (settings.specs, settings.baseline) == (
        (config.with_name("top.yaml"),),
        config.with_name("b.toml"),
    )
    assert settings.target == Target("")


@pytest.mark.parametrize("number", [0, 513])
def test_a_number_out_of_range_is_refused_by_whatever_way_it_is_given(number: int) -> None:
    with pytest.raises(UsageError, match=f"--concurrency {number}: give a number from 1 to 512"):
        resolve(Command.PYTEST, {"concurrency": number})
