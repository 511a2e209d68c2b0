"""The mock's state, in memory and in a file: one promise, two stores."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.errors import UsageError
from conformance.mock.store import MemoryStore, SqliteStore, Store, open_store


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """Return each of the stores in turn."""
    return open_store(None if request.param == "memory" else tmp_path / "state.db")


def test_a_record_is_found_by_kind_and_key(store: Store) -> None:
    """What was added is there, under its own kind and key only."""
    store.add([("a", "1", {"x": ["\ud800"]}), ("b", "2", None)])
    assert store.get("a", "1") == {"x": ["\ud800"]}
    assert store.get("b", "2") is None
    assert [store.has("a", "1"), store.has("a", "2"), store.has("b", "1")] == [True, False, False]
    with pytest.raises(KeyError):
        store.get("a", "2")
    store.close()


def test_rows_are_taken_all_or_none(store: Store) -> None:
    """A row that cannot be taken takes the others with it."""
    with pytest.raises(ValueError, match="JSON"):
        store.add([("a", "1", 1), ("a", "2", float("nan"))])
    assert not store.has("a", "1")
    store.close()


def test_a_lone_surrogate_is_no_key(store: Store) -> None:
    """A key that no request can have created is absent, not an error."""
    assert not store.has("known:projectId", "\ud800")
    store.close()


def test_a_file_keeps_what_it_was_given(tmp_path: Path) -> None:
    """A second store over the same file sees what the first one took, even while that is open."""
    first, second = (SqliteStore(tmp_path / "state.db") for _ in range(2))
    first.add([("a", "1", 1)])
    assert second.get("a", "1") == 1
    first.close()
    second.close()


def test_memory_forgets_the_oldest_large_records_first() -> None:
    """WitnessCache is bounded; small records, which say what exists, are never forgotten."""
    store = MemoryStore(limit=1000)
    store.add([("known", "1", True)])
    for key in "abc":
        store.add([("documents", key, "x" * 400)])
    assert [store.has("documents", key) for key in "abc"] == [False, True, True]
    assert store.has("known", "1")


def test_a_file_that_is_no_database_is_a_clear_error(tmp_path: Path) -> None:
    """A file of another kind is refused and left as it is."""
    file = tmp_path / "notes.txt"
    file.write_text("not a database, but long enough to look like one" * 10)
    with pytest.raises(UsageError, match="name a writable file that is new or from this mock"):
        open_store(file)
    assert file.read_text().startswith("not a database")
