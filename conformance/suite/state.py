"""What one pytest session holds: settings, plan, verdicts, one mock; items and verdicts shared by xdist's workers.

Planning and sending go on in pytest's own process. What they import is imported when a document is first read: a
session that wants a mock alone loads none of it.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from conformance.errors import ConformanceError
from conformance.session.option import Command, is_given
from conformance.session.resolution import resolve
from conformance.session.settings import Settings
from conformance.suite.options import given_to

if TYPE_CHECKING:
    from conformance.mock.process import MockServer
    from conformance.openapi.operation import Operation
    from conformance.session.session import Session
    from conformance.suite.trial import Trial

SUFFIXES: Final = (".yaml", ".yml", ".json")
_VERDICTS: Final = "verdicts-"
SHARED: Final = "conformance_shared"
"""Under this name xdist's workers are told what they share."""


class State:
    """The session's own; `State.of(config)` finds it."""

    key: Final = pytest.StashKey["State"]()

    def __init__(self, config: pytest.Config) -> None:
        self._given = given_to(config)
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
    def settings(self) -> Settings:
        """What holds for this session. Raises UsageError for what can't be used."""
        return resolve(Command.PYTEST, self._given)

    def check(self) -> None:
        """Raise ConformanceError where something given can't be used; the documents are read for it.

        Production is refused here already: not every test that asks for the target is one of ours.
        """
        if self.is_worker or not self._is_given():
            return
        if self.settings.url and not self.settings.allow_production:
            from conformance.sending.production import refuse_production

            refuse_production(self._loaded, self.settings.url)
        if self.specs:
            self.operations  # noqa: B018 -- made here, used later

    def _is_given(self, *names: str) -> bool:
        return any(is_given(self._given[name]) for name in names or self._given)

    @cached_property
    def specs(self) -> tuple[Path, ...]:
        """The documents that were named, by hand or by way of `conformance.toml`; files and folders."""
        is_named = self._is_given("specs", "name", "config")
        return tuple(path.absolute() for path in self.settings.specs) if is_named else ()

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
        return not self._is_given() or not self.settings.url

    @cached_property
    def mock(self) -> MockServer:
        """The embedded mock, started when it is first asked for. Raises TargetError where it does not start."""
        from conformance.mock.process import start_mock

        return self._closing.enter_context(start_mock(self.settings.specs))

    @cached_property
    def _loaded(self) -> tuple[Operation, ...]:
        from conformance.session.loading import load_operations

        return load_operations(self.settings.specs)

    @cached_property
    def _planned(self) -> Session:
        """The session of a run of the whole plan; the embedded mock is not started for it."""
        from conformance.session.loading import documents_id
        from conformance.session.planning import plan_of
        from conformance.session.session import Session, check_target

        settings = replace(self.settings, run_id=self.settings.run_id or documents_id(self._loaded))
        with _apart():
            if settings.url:
                check_target(settings, self._loaded)
            plan = plan_of(self._loaded, settings)
        return Session(settings=settings, plan=plan, target=settings.target)

    @cached_property
    def session(self) -> Session:
        """The session of a run of the whole plan against the target, which may be the mock. Raises ConformanceError."""
        if not self.is_embedded:
            return self._planned
        from conformance.session.loading import mock_target

        return replace(self._planned, target=mock_target(self._planned.target, self.mock))

    @cached_property
    def trial(self) -> Trial:
        """What tries bodies. Raises ConformanceError where documents or target can't be used."""
        from conformance.suite.trial import Trial

        return Trial(self.session, self._closing)

    @cached_property
    def operations(self) -> list[dict[str, Any]]:
        """The operations with their requirements as items. Raises ConformanceError."""
        return list(self._once("catalogue", self._catalogue)["operations"])

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
        found = self.decided["outcomes"][requirement]
        return found["outcome"], found["text"]

    def beyond(self) -> list[str]:
        """Return a line for each finding that belongs to no selected test; nothing is run for it."""
        tables = [self.__dict__["decided"]] if "decided" in self.__dict__ else []
        if not self.is_worker and "folder" in self.__dict__:
            tables += [json.loads(path.read_text("utf-8")) for path in self.folder.glob(f"{_VERDICTS}*.json")]
        return [line for table in tables for line in table.get("beyond", ())]

    def select(self, requirements: Iterable[str]) -> None:
        """Take what was selected, before the first verdict is asked for."""
        self.selected = tuple(requirements)

    def _catalogue(self) -> dict[str, Any]:
        from conformance.suite.catalogue import catalogue

        return catalogue(self._planned.plan)

    def _decide(self) -> dict[str, Any]:
        from conformance.suite.decision import decide

        try:
            with _apart():
                return decide(self.session, frozenset(self.selected))
        except ConformanceError as error:
            return {"error": str(error)}

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


@contextmanager
def _apart() -> Iterator[None]:
    """Keep a run's remarks out of the output of tests, and their filters of warnings away from what it imports."""
    with redirect_stderr(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _files(spec: Path) -> list[Path]:
    if not spec.is_dir():
        return [spec]
    return [path for path in spec.iterdir() if path.suffix in SUFFIXES and path.is_file()]
