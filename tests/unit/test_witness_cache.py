"""What is kept between runs is only ever a shortcut: same cases with and without it, and nothing in it is trusted."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import pytest

from conformance.openapi.operation import Operation
from conformance.planning.plan import plan
from conformance.session.loading import load_operations
from conformance.witness_cache import NO_CACHE, VARIABLE, WitnessCache, default_cache, key_of
from conformance_strategies import VALUES


@pytest.fixture
def trackers() -> tuple[Operation, ...]:
    return tuple(o for o in load_operations(()) if o.name == "trackers")


def kept(folder: Path) -> list[Path]:
    return sorted(folder.glob("*"))


def test_a_plan_from_memory_is_the_plan_without_it(trackers: tuple[Operation, ...], tmp_path: Path) -> None:
    memory = WitnessCache(tmp_path)
    fresh = plan(trackers, VALUES)
    assert plan(trackers, VALUES, memory=memory).cases == fresh.cases
    assert len(kept(tmp_path)) == 1
    recalled = plan(trackers, VALUES, memory=memory)
    assert (recalled.cases, recalled.requirements) == (fresh.cases, fresh.requirements)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not zlib",
        zlib.compress(b"[]"),
        zlib.compress(b"{"),
        zlib.compress(b"null"),
        zlib.compress(b"[" * 5000),
    ],
)
def test_what_cannot_be_read_is_found_again(
    trackers: tuple[Operation, ...], tmp_path: Path, data: bytes
) -> None:
    memory = WitnessCache(tmp_path)
    fresh = plan(trackers, VALUES, memory=memory)
    kept(tmp_path)[0].write_bytes(data)
    assert plan(trackers, VALUES, memory=memory).cases == fresh.cases


def test_a_body_that_does_not_hold_is_found_again(trackers: tuple[Operation, ...], tmp_path: Path) -> None:
    """A kept witness is proven by the validator like any other; one that lies spoils the whole entry."""
    memory = WitnessCache(tmp_path)
    fresh = plan(trackers, VALUES, memory=memory)
    path = kept(tmp_path)[0]
    found = json.loads(zlib.decompress(path.read_bytes()))
    lying = next(one for one in found if one.get("side") == "accepts")
    lying["payload"] = {"nonsense": True}
    path.write_bytes(zlib.compress(json.dumps(found).encode()))
    assert plan(trackers, VALUES, memory=memory).cases == fresh.cases


def test_the_key_depends_on_the_content() -> None:
    assert key_of({"schema": {"type": "string"}}) != key_of({"schema": {"type": "integer"}})


def test_an_empty_variable_means_no_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv(VARIABLE, "")
    default_cache().keep("key", 1)
    assert kept(tmp_path) == []
    monkeypatch.delenv(VARIABLE)
    default_cache().keep("key", 1)
    assert [p.name for p in kept(tmp_path)] == ["concord-conformance"]


def test_an_unwritable_folder_is_no_error(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    memory = WitnessCache(blocked / "below")
    memory.keep("key", [1])
    assert (memory.recall("key"), NO_CACHE.recall("key")) == (None, None)


def test_the_oldest_make_room(tmp_path: Path) -> None:
    memory = WitnessCache(tmp_path)
    for number in range(70):
        memory.keep(f"{number:03}", number)
    assert len(kept(tmp_path)) == 64
