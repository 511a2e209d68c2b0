"""From paths to a service: which documents, whose own code, which faults and modes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from conformance.mock.behaviour import DEFAULT_KEY, Behaviour, load_behaviour
from conformance.mock.bucket import TokenBucket
from conformance.mock.faults import Fault, choose, load_faults
from conformance.mock.service import Service, serve
from conformance.mock.store import open_store
from conformance.openapi.document import SUFFIXES, Document, discover
from conformance.openapi.operation import operations

BUNDLED: Final = Path(__file__).resolve().parents[2] / "specs"
"""The documents that come with us; own code is taken from nowhere else unless it is named."""

_BEHAVIOUR: Final = "behaviour.py"
_FAULTS: Final = "faults.toml"
_MODES: Final = "modes.toml"


@dataclass(frozen=True, slots=True)
class Setup:
    """What a mock is made of, before anything is read.

    `rate` is the requests a second that it takes, None for any number.
    """

    specs: tuple[Path, ...] = ()
    faults: tuple[str, ...] = ()
    behaviour: Path | None = None
    state: Path | None = None
    key: str = DEFAULT_KEY
    modes: tuple[str, ...] = ()
    rate: float | None = None


def bundled_specs() -> tuple[Path, ...]:
    """Return the folders of the documents that come with us."""
    return tuple(
        sorted(p for p in BUNDLED.iterdir() if p.is_dir() and any(f.suffix in SUFFIXES for f in p.iterdir()))
    )


def build(setup: Setup) -> Service:
    """Read everything and return the service.

    Raises DocumentError, or UsageError for an unknown fault or mode, a bad behaviour or state file.
    """
    documents = _documents(setup)
    faults = choose(known_faults(setup), setup.faults)
    behaviours = {d.sha256: found for d in documents if (found := _behaviour(d, setup.behaviour))}
    modes = choose(known_modes(setup), setup.modes, "mode")
    bucket = TokenBucket(setup.rate) if setup.rate else None
    return serve(operations(documents), behaviours, faults, open_store(setup.state), setup.key, modes, bucket)


def known_faults(setup: Setup) -> tuple[Fault, ...]:
    """Return the faults beside the documents and beside the behaviour that was named."""
    return tuple(fault for file in _beside(setup, _FAULTS) for fault in load_faults(file))


def known_modes(setup: Setup) -> tuple[Fault, ...]:
    """Return the parts of the lawful modes: those of any document, then those beside the documents."""
    files = (Path(__file__).with_name(_MODES), *_beside(setup, _MODES))
    return tuple(mode for file in files for mode in load_faults(file, "mode"))


def _beside(setup: Setup, name: str) -> tuple[Path, ...]:
    folders = [path if path.is_dir() else path.parent for path in setup.specs or bundled_specs()]
    if setup.behaviour is not None:
        folders.append(setup.behaviour.parent)
    files = dict.fromkeys((folder / name).resolve() for folder in folders)
    return tuple(file for file in files if file.is_file())


def _documents(setup: Setup) -> tuple[Document, ...]:
    found = (document for path in setup.specs or bundled_specs() for document in discover(path))
    return tuple({document.path.resolve(): document for document in found}.values())


def _behaviour(document: Document, named: Path | None) -> Behaviour | None:
    """Return the own code for a document: what the user named, else what comes with a bundled one."""
    if named is not None:
        return load_behaviour(named)
    beside = document.path.resolve().parent / _BEHAVIOUR
    is_ours = beside.is_relative_to(BUNDLED) and beside.is_file()
    return load_behaviour(beside) if is_ours else None


def list_faults(faults: Sequence[Fault]) -> Iterator[str]:
    """Yield the faults as lines, by operation."""
    width = max((len(fault.name) for fault in faults), default=0)
    for operation in dict.fromkeys(fault.operation for fault in faults):
        yield operation
        yield from (f"  {f.name:<{width}}  {f.about}" for f in faults if f.operation == operation)


def list_modes(modes: Sequence[Fault]) -> Iterator[str]:
    """Yield the modes as lines, each once."""
    abouts = {mode.name: mode.about for mode in modes}
    width = max(map(len, abouts), default=0)
    yield from (f"{name:<{width}}  {about}" for name, about in abouts.items())
