"""The folder of found failures: one readable JSON file each, written whole as soon as it is found."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Final

from conformance.errors import DocumentError, UsageError
from conformance.explore.failure import Failure, from_json, to_json

MAX_FILES: Final = 1000
MAX_BYTES: Final = 16 * 1024 * 1024


class FailureStore:
    """A folder of failures, made with the first of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self) -> tuple[Failure, ...]:
        """Return the stored failures by file name; none where there is no folder.

        Raises DocumentError for a file that is no stored failure, is too large or can't be read, and
        where there are too many.
        """
        if not self.folder.is_dir():
            return ()
        paths = sorted(self.folder.glob("*.json"))
        if len(paths) > MAX_FILES:
            raise DocumentError(f"{self.folder}: more than {MAX_FILES} stored failures; delete some")
        return tuple(_read(path) for path in paths)

    def save(self, failure: Failure) -> Path:
        """Write the failure under its fingerprint, in place of one it had, whole or not at all.

        Raises UsageError where that can't be done.
        """
        path = self.folder / f"{failure.fingerprint}.json"
        data = json.dumps(to_json(failure), indent=2) + "\n"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", dir=self.folder, suffix=".part", delete=False) as file:
                file.write(data)
            Path(file.name).replace(path)
        except OSError as error:
            reason = error.strerror or error
            raise UsageError(
                f"--explore-dir {self.folder}: {reason}; name a folder to write failures to"
            ) from error
        return path


def _read(path: Path) -> Failure:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DocumentError(f"{path}: larger than {MAX_BYTES} bytes; delete it")
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise DocumentError(f"{path}: {error.strerror or error}; delete or restore it") from error
    except (ValueError, RecursionError) as error:
        raise DocumentError(f"{path}: not JSON; delete or restore it") from error
    if not isinstance(content, dict):
        raise DocumentError(f"{path}: not a stored failure; delete or restore it")
    return from_json(content, str(path))
