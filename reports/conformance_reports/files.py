"""Files written whole or not at all; what is no regular file (a pipe, /dev/stdout) is written into."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from conformance.errors import UsageError


@contextmanager
def whole(path: Path) -> Iterator[TextIO]:
    """Yield a stream whose text becomes the file's once the block has ended well.

    A link stays: what it leads to is replaced. Raises UsageError where writing fails.
    """
    try:
        if _is_special(path):
            with _opened(path) as stream:
                yield stream
            return
        target = path.resolve()
        draft = target.with_name(f".{target.name}.tmp")
        try:
            with _opened(draft) as stream:
                yield stream
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
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


def _opened(path: Path) -> TextIO:
    # a lone surrogate from outside is shown, not raised
    return path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n")


def _is_special(path: Path) -> bool:
    return path.exists() and not path.is_file() and not path.is_dir()
