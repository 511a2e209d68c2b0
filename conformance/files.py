"""Files written whole or not at all; what is no regular file (a pipe, /dev/stdout) is written into."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_IMODE
from typing import IO, TextIO

from conformance.errors import UsageError


@contextmanager
def replacing(path: Path, *, durable: bool = False) -> Iterator[IO[bytes]]:
    """Yield a stream whose bytes become the file's once the block has ended well.

    A link stays: what it leads to is replaced; a file that exists keeps its mode. `durable` has bytes and name on
    the disk before this returns. Raises OSError, and RuntimeError for a link that leads to itself.
    """
    place = path.resolve()
    draft = place.with_name(f".{place.name}.{os.getpid()}.tmp")
    try:
        with draft.open("wb") as stream:
            yield stream
            if durable:
                stream.flush()
                os.fsync(stream.fileno())
        if place.exists():
            draft.chmod(S_IMODE(place.stat().st_mode))
        draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)
    if durable:
        _sync(place.parent)


def _sync(folder: Path) -> None:
    """Have the new name on the disk, too, where the system lets a folder be opened."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def whole(path: Path) -> Iterator[TextIO]:
    """Yield a text stream (UTF-8) for `replacing`, or into what is no regular file.

    Raises UsageError where writing fails.
    """
    try:
        with path.open("wb") if _is_special(path) else replacing(path) as file, _text(file) as stream:
            yield stream
    except OSError as error:
        raise UsageError(f"{path}: cannot write: {error.strerror or error}; name another file") from error


def claim(path: Path) -> None:
    """Make the file's folder and make sure that the file can be written, before there is anything to write.

    What an earlier run left there is removed: it must not be taken for this run's. Raises UsageError.
    """
    try:
        if _is_special(path):
            return
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or error
        raise UsageError(f"{path}: cannot write: {reason}; name another file") from error
    with whole(path):
        pass
    path.resolve().unlink()


def _text(file: IO[bytes]) -> TextIO:
    # a lone surrogate from outside is shown, not raised
    return io.TextIOWrapper(file, encoding="utf-8", errors="backslashreplace", newline="\n")


def _is_special(path: Path) -> bool:
    return path.exists() and not path.is_file() and not path.is_dir()
