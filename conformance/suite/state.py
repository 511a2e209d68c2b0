"""What one pytest session holds: its items' catalogue, the verdicts, one mock; shared between xdist's workers."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from conformance.errors import ConformanceError
from conformance.suite.asked import Asked, asked
from conformance.suite.child import call

if TYPE_CHECKING:
    from conformance.mock.process import MockServer
    from conformance.suite.trial import Trial

SUFFIXES: Final = (".yaml", ".yml", ".json")
_VERDICTS: Final = "verdicts-"
SHARED: Final = "conformance_shared"
"""Under this name xdist's workers are told what they share."""


class State:
    """The session's own; `State.of(config)` finds it."""

    key: Final = pytest.StashKey["State"]()

    def __init__(self, config: pytest.Config) -> None:
        self.asked: Asked = asked(config)
        self.selected: tuple[str, ...] = ()
        self._worker: dict[str, Any] | None = getattr(config, "workerinput", {}).get(SHARED)
        self.added: list[str] = self._worker["added"] if self._worker else []
        self._closing = ExitStack()

    @classmethod
    def of(cls, config: pytest.Config) -> State:
        """Return the state of a session."""
        return config.stash[cls.key]

    @property
    def is_worker(self) -> bool:
        """Whether this is one of xdist's workers."""
        return self._worker is not None

    def close(self) -> None:
        """End the mock and remove what was shared."""
        self._closing.close()

    @cached_property
    def _settled(self) -> dict[str, Any]:
        return self._once("settled", lambda: call(self.asked, "settle"))

    def check(self) -> None:
        """Raise ConformanceError where something asked for can't be used; the documents are read for it."""
        if self.asked != Asked() and self._settled and self.specs:
            self.operations  # noqa: B018 -- made here, used later

    @cached_property
    def specs(self) -> tuple[Path, ...]:
        """The documents that were named, by hand or by way of `conformance.toml`; files and folders."""
        is_named = self.asked.specs or self.asked.name is not None or self.asked.config is not None
        return tuple(map(Path, self._settled["specs"])) if is_named else ()

    @cached_property
    def documents(self) -> frozenset[Path]:
        """The files of `specs`."""
        return frozenset(file.resolve() for spec in self.specs for file in _files(spec))

    @cached_property
    def folder(self) -> Path:
        """The folder that the workers share; it lives as long as the session."""
        if self._worker is not None:
            return Path(self._worker["folder"])
        folder = Path(tempfile.mkdtemp(prefix="conformance-"))
        self._closing.callback(shutil.rmtree, folder, ignore_errors=True)
        return folder

    @property
    def is_embedded(self) -> bool:
        """Whether no target was named, so that the mock is tested."""
        return self.asked == Asked() or bool(self._settled["is_embedded"])

    @cached_property
    def mock(self) -> MockServer:
        """The embedded mock, started when it is first asked for. Raises TargetError where it does not start."""
        from conformance.mock.process import start_mock

        return self._closing.enter_context(start_mock(self.specs, checked=True))

    @cached_property
    def trial(self) -> Trial:
        """What tries bodies in this process. Raises ConformanceError where documents or target can't be used."""
        from conformance.suite.trial import Trial

        return Trial(self.asked, self.mock if self.is_embedded else None, self._closing)

    @cached_property
    def operations(self) -> list[dict[str, Any]]:
        """The operations with their requirements as items. Raises ConformanceError."""
        found = self._once("catalogue", lambda: call(self.asked, "collect"))
        return list(found["operations"])

    @cached_property
    def decided(self) -> dict[str, Any]:
        """What became of the selected requirements; the first to ask has all of them decided.

        Where no run could be had, `error` says why.
        """
        name = hashlib.sha256("\n".join(sorted(self.selected)).encode()).hexdigest()[:16]
        return self._once(f"{_VERDICTS}{name}", self._decide)

    def outcome(self, requirement: str) -> tuple[str, str]:
        """Return outcome and text of one selected requirement."""
        if error := self.decided.get("error"):
            return "errored", str(error)
        told = self.decided["outcomes"][requirement]
        return told["outcome"], told["text"]

    def beyond(self) -> list[str]:
        """Return a line for each finding that belongs to no selected test; nothing is run for it."""
        tables = [self.__dict__["decided"]] if "decided" in self.__dict__ else []
        if not self.is_worker and "folder" in self.__dict__:
            tables += [json.loads(path.read_text("utf-8")) for path in self.folder.glob(f"{_VERDICTS}*.json")]
        return [line for table in tables for line in table.get("beyond", ())]

    def select(self, requirements: Iterable[str]) -> None:
        """Take what was selected, before the first verdict is asked for."""
        self.selected = tuple(requirements)

    def _decide(self) -> dict[str, Any]:
        try:
            return call(self.asked, "decide", wanted=self.selected, mock=self._mock())
        except ConformanceError as error:
            return {"error": str(error)}

    def _mock(self) -> dict[str, Any] | None:
        if not self.is_embedded:
            return None
        return {"url": self.mock.url, "path_params": self.mock.path_params, "api_key": self.mock.api_key}

    def _once(self, name: str, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Return what `make` makes, made by whichever worker comes first."""
        if not self.is_worker:
            return make()
        from filelock import FileLock

        path = self.folder / f"{name}.json"
        with FileLock(path.with_suffix(".lock")):
            if not path.exists():
                content = make()
                path.with_suffix(".part").write_text(json.dumps(content), encoding="utf-8")
                path.with_suffix(".part").replace(path)
            found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return found


def _files(spec: Path) -> list[Path]:
    if not spec.is_dir():
        return [spec]
    return [path for path in spec.iterdir() if path.suffix in SUFFIXES and path.is_file()]
