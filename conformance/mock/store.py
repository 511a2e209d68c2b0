"""The mock's state: records of JSON by kind and key, in memory or in one SQLite file."""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Protocol, TypeAlias

from conformance.errors import UsageError
from conformance.jsonvalue import JSON, decode, encode

Row: TypeAlias = tuple[str, str, JSON]
"""Kind, key, value."""

MEMORY_LIMIT: Final = 64 * 1024 * 1024
"""Bytes of records kept in memory; beyond, the oldest that are not pinned are forgotten."""


class Store(Protocol):
    """What behaviours keep their state in. A later row replaces one of the same kind and key."""

    def add(self, rows: Iterable[Row]) -> None:
        """Take all rows or none; once this returns they outlive the process, where the store can."""
        ...

    def get(self, kind: str, key: str) -> JSON:
        """Return the value; KeyError where there is none."""
        ...

    def has(self, kind: str, key: str) -> bool:
        """Tell whether there is such a record."""
        ...

    def close(self) -> None:
        """Release what the store holds."""
        ...


class MemoryStore:
    """State that ends with the process, bounded to `limit` bytes of encoded records.

    Records of up to `_PINNED` bytes (ids and the like) are never forgotten.
    """

    _PINNED: Final = 256

    def __init__(self, limit: int = MEMORY_LIMIT) -> None:
        self._records: dict[tuple[str, str], bytes] = {}
        self._large: deque[tuple[tuple[str, str], int]] = deque()
        self._used = 0
        self._limit = limit

    def add(self, rows: Iterable[Row]) -> None:
        """Take all rows or none."""
        encoded = [((kind, key), encode(value)) for kind, key, value in rows]
        for name, data in encoded:
            self._records[name] = data
            if len(data) > self._PINNED:
                self._large.append((name, len(data)))
                self._used += len(data)
        while self._used > self._limit:
            name, size = self._large.popleft()
            self._used -= size
            self._records.pop(name, None)

    def get(self, kind: str, key: str) -> JSON:
        """Return the value; KeyError where there is none."""
        return decode(self._records[kind, key])

    def has(self, kind: str, key: str) -> bool:
        """Tell whether there is such a record."""
        return (kind, key) in self._records

    def close(self) -> None:
        """Do nothing; memory goes with the process."""


class SqliteStore:
    """State in one SQLite file: what was answered survives a kill of the process.

    A commit in WAL mode is in the operating system's hands before `add` returns, so only a
    power failure may lose the last ones (`synchronous=NORMAL`), and never half of a batch.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._db = sqlite3.connect(path, isolation_level=None, timeout=2.0)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS records"
                " (kind TEXT, key TEXT, value BLOB, PRIMARY KEY (kind, key)) WITHOUT ROWID"
            )
        except sqlite3.Error as error:
            raise UsageError(
                f"--state {path}: {error}; name a writable file that is new or from this mock"
            ) from error

    def add(self, rows: Iterable[Row]) -> None:
        """Take all rows or none; they survive a kill from here on."""
        encoded = [(kind, key, encode(value)) for kind, key, value in rows]
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._db.executemany("INSERT OR REPLACE INTO records VALUES (?, ?, ?)", encoded)
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def get(self, kind: str, key: str) -> JSON:
        """Return the value; KeyError where there is none."""
        row = self._find(kind, key)
        if row is None:
            raise KeyError((kind, key))
        return decode(row[0])

    def has(self, kind: str, key: str) -> bool:
        """Tell whether there is such a record."""
        return self._find(kind, key) is not None

    def _find(self, kind: str, key: str) -> tuple[bytes] | None:
        try:
            found: tuple[bytes] | None = self._db.execute(
                "SELECT value FROM records WHERE kind = ? AND key = ?", (kind, key)
            ).fetchone()
        except UnicodeEncodeError:  # a lone surrogate is in no record
            return None
        return found

    def close(self) -> None:
        """Write the log back into the file and close it."""
        self._db.close()


def open_store(path: Path | None) -> Store:
    """Return the store in `path`, or one in memory. Raises UsageError where the file can't be used."""
    return MemoryStore() if path is None else SqliteStore(path)
