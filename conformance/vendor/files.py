"""Files of a vendored folder: compared, and written all or none."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from conformance.errors import UsageError
from conformance.files import replacing


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
    try:
        with ExitStack() as stack:
            for name, data in reversed(list(files.items())):  # a stack ends with what it began with
                place = folder / name
                place.parent.mkdir(parents=True, exist_ok=True)
                stream = stack.enter_context(replacing(place))
                stream.write(data)
                stream.flush()
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror or error}; give a folder that can be written") from error
