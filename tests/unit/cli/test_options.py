from __future__ import annotations

import pytest

from conformance.cli.options import make_target, parse_rate
from conformance.errors import UsageError
from conformance.target import Secret, Target


@pytest.mark.parametrize(("text", "rate"), [(None, None), ("5", 5.0), ("0.5/s", 0.5), ("20/s", 20.0)])
def test_a_rate_is_requests_per_second(text: str | None, rate: float | None) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize("text", ["", "0", "-1/s", "nan", "inf", "5/m", "fast"])
def test_any_other_rate_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match="--rate 20/s"):
        parse_rate(text)


def test_the_options_of_a_target_become_one_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONCORD_KEY", "k")
    target = make_target("http://h/", ["id=7"], "CONCORD_KEY", ["X-A=b=c"])
    assert target == Target("http://h", {"id": "7"}, Secret("k"), "CONCORD_KEY", (("X-A", Secret("b=c")),))


def test_a_key_for_the_embedded_mock_is_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONCORD_KEY", "k")
    with pytest.raises(UsageError, match="--api-key-env needs --target"):
        make_target(None, [], "CONCORD_KEY", [])
