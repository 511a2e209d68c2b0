"""The folder a run reports into: made and opened before anything is sent."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from conformance.errors import UsageError
from conformance.recording.journal import FILE_NAME, JournalWriter
from conformance_reports.folder import FILES


class ReportFolder:
    """`--report-dir` as a context manager; with no path it keeps nothing.

    Entering makes the folder, drops what an earlier run told there, which must not outlive it, and
    opens the journal. Raises UsageError where that fails.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.journal: JournalWriter | None = None
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        if self.path is not None:
            journal = self.path / FILE_NAME
            try:
                self.path.mkdir(parents=True, exist_ok=True)
                for name in FILES:
                    (self.path / name).unlink(missing_ok=True)
                self._file = journal.open("wb")
            except OSError as error:
                reason = error.strerror or error
                raise UsageError(f"--report-dir {self.path}: {reason}; name a folder to write to") from error
            self.journal = JournalWriter(self._file, str(journal))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            with suppress(OSError):  # closing tries once more what failed before, and was told then
                self._file.close()
