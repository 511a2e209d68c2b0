"""What an earlier search found, kept by content: planning is a pure function of the document and of this code.

Nothing that is read back is trusted: a body from here is proven like any other before it is sent.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Final

from conformance.installation import package_folders
from conformance.jsonvalue import JSON

VARIABLE: Final = "CONFORMANCE_CACHE"
"""The environment variable that names the folder; empty for none."""

_KEPT: Final = 64
"""Files in the folder; the oldest make room."""

_MAX_BYTES: Final = 256 * 1024 * 1024


class WitnessCache:
    """A folder of earlier results; one that cannot be read or written is simply not there."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def recall(self, key: str) -> JSON:
        """Return what was kept under the key, None where nothing was or it can't be read."""
        if self._folder is None:
            return None
        with suppress(OSError, ValueError, RecursionError, zlib.error):
            inflate = zlib.decompressobj()
            data = inflate.decompress((self._folder / f"{key}.json.z").read_bytes(), _MAX_BYTES)
            return json.loads(data)
        return None

    def keep(self, key: str, value: JSON) -> None:
        """Keep the value under the key, whole or not at all."""
        if self._folder is None:
            return
        with suppress(OSError, ValueError):
            self._folder.mkdir(parents=True, exist_ok=True)
            data = zlib.compress(json.dumps(value).encode(), 1)
            with tempfile.NamedTemporaryFile(dir=self._folder, suffix=".part", delete=False) as file:
                file.write(data)
            Path(file.name).replace(self._folder / f"{key}.json.z")
            self._make_room()

    def _make_room(self) -> None:
        assert self._folder is not None  # noqa: S101 -- the caller checked
        files = sorted(self._folder.glob("*.json.z"), key=lambda path: path.stat().st_mtime)
        for path in files[:-_KEPT]:
            path.unlink(missing_ok=True)


NO_CACHE: Final = WitnessCache(None)
"""Keeps nothing."""


def default_cache() -> WitnessCache:
    """Return the memory in the user's cache folder, or where CONFORMANCE_CACHE says; empty means none."""
    named = os.environ.get(VARIABLE)
    if named is not None:
        return WitnessCache(Path(named) if named else None)
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    with suppress(RuntimeError):
        return WitnessCache(Path(base).expanduser() / "concord-conformance")
    return WitnessCache(None)


def key_of(bundle: Mapping[str, Any]) -> str:
    """Return what names a bundle's results: its content, and the code that would compute them."""
    content = json.dumps(bundle, sort_keys=False).encode()
    return hashlib.sha256(_code() + content).hexdigest()[:32]


@cache
def _code() -> bytes:
    """Return the digest of the code that plans: a change to it forgets what was kept."""
    digest = hashlib.sha256()
    for folder in package_folders()[:2]:  # what reports say comes after planning
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.digest()
