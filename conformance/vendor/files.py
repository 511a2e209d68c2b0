"""Files of a vendored folder: compared, and written all or none."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from conformance.errors import UsageError


def differs(path: Path, data: bytes) -> bool:
    """Tell whether `path` does not hold exactly `data`."""
    try:
        return path.read_bytes() != data
    except OSError:
        return True


def write_all(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write `files`, by relative name, each beside its place first; then move them there in order.

    A full disk or a read-only folder stops the first half, before any file in place has changed.
    Raises UsageError.
    """
    staged: dict[Path, Path] = {}
    try:
        for name, data in files.items():
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            staged[place] = place.with_name(f".{place.name}.{os.getpid()}.tmp")
            staged[place].write_bytes(data)
        for place, temporary in staged.items():
            temporary.replace(place)
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror or error}; give a folder that can be written") from error
    finally:
        for temporary in staged.values():
            temporary.unlink(missing_ok=True)
