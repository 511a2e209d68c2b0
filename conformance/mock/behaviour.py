"""What a document cannot say of its service: own code for operations, known ids, the default key."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final, TypeAlias
from uuid import uuid4

from conformance.errors import UsageError
from conformance.jsonvalue import JSON
from conformance.mock.message import Absent
from conformance.mock.store import Store

DEFAULT_KEY: Final = "mock-key"


@dataclass(frozen=True, slots=True)
class Call:
    """One request that passed every check: `body` is ABSENT where none was sent."""

    body: JSON | Absent
    params: Mapping[str, str]
    store: Store


Handler: TypeAlias = Callable[[Call], tuple[int, JSON]]
"""Answers a call with status and JSON body. It sees only what the document allows."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Own code for the operations of a document, keyed by `METHOD /path/{template}`.

    `known` gives the path parameters' first known values; a handler makes more of them known by
    storing under the kind `known_kind(name)`. `body_needed` lists operations whose body is not
    marked required although an empty request means nothing.
    """

    handlers: Mapping[str, Handler] = field(default_factory=dict)
    known: Mapping[str, str] = field(default_factory=dict)
    body_needed: frozenset[str] = frozenset()


def known_kind(parameter: str) -> str:
    """Return the kind under which the known values of a path parameter are stored."""
    return f"known:{parameter}"


def new_id() -> str:
    """Return a random UUID (RFC 9562 §5.4)."""
    return str(uuid4())


def load_behaviour(path: Path) -> Behaviour:
    """Run the Python file at `path` and return its `BEHAVIOUR`.

    This runs the file's code: give it only files that the user named or that come with us.
    Raises UsageError where there is none.
    """
    name = f"conformance_behaviour_{sha256(str(path).encode()).hexdigest()[:8]}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise UsageError(f"--behaviour {path}: no such Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses in the file look their module up
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise UsageError(f"--behaviour {path}: {type(error).__name__}: {error}") from error
    found = getattr(module, "BEHAVIOUR", None)
    if not isinstance(found, Behaviour):
        raise UsageError(f"--behaviour {path}: defines no BEHAVIOUR = Behaviour(...)")
    return found
