"""`conformance.toml`: found upward from a folder, proven by its schema, never with a secret in it."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from conformance.errors import UsageError
from conformance.jsonvalue import JSON
from conformance.sending.target import base_url
from conformance.session.option import Table

FILE_NAME: Final = "conformance.toml"
_MAX_BYTES: Final = 256 * 1024
_MAX_DEPTH: Final = 20


@dataclass(frozen=True, slots=True)
class Config:
    """One file: where it lies, what it says of every run, and its targets in the file's order."""

    path: Path
    top: Table
    targets: Mapping[str, Table]

    def target(self, name: str) -> Table:
        """Return the target of that name. Raises UsageError that names the nearest and all known ones."""
        if name in self.targets:
            return self.targets[name]
        known = ", ".join(self.targets) or "none"
        hint = _nearest(name, self.targets)
        raise UsageError(f"{self.path}: no target {name!r}{hint}; known: {known} (a URL goes to --target)")


def table_of(name: str | None, config: Config | None) -> Table:
    """Return what the file says of the target `name`, of every run without one; nothing where there is no file.

    Raises UsageError for a name that can't be used.
    """
    if not name:
        return config.top if config else Table()
    if "://" in name:  # not repeated: a URL may hold credentials
        raise UsageError("NAME is a target of conformance.toml, not a URL; give the URL to --target")
    if config is None:
        raise UsageError(
            f"target {name!r}: no {FILE_NAME} here or above; write one with [targets.{name}], or give "
            "--config FILE (a URL goes to --target)"
        )
    return config.target(name)


def read_config(path: Path | None) -> Config | None:
    """Return the file at `path`, else the first from the current folder upward, None without one."""
    path = path or find()
    return load(path) if path else None


def find(start: Path = Path()) -> Path | None:
    """Return the first `conformance.toml` from `start` upward, None where there is none.

    The search ends at the folder that holds `.git`, so that no file from outside a repository counts.
    """
    for above, _ in enumerate((start.resolve(), *start.resolve().parents)):
        place = start.joinpath(*[".."] * above)
        if (place / FILE_NAME).is_file():
            return place / FILE_NAME
        if (place / ".git").exists():
            return None
    return None


def load(path: Path) -> Config:
    """Read the file at `path`. Raises UsageError with the file, the key and the fix in one line."""
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
        text = data.decode()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}; give --config a {FILE_NAME}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not UTF-8, which TOML asks for; save it as UTF-8") from error
    if len(data) > _MAX_BYTES:
        raise UsageError(f"{path}: longer than {_MAX_BYTES} bytes; that is no {FILE_NAME}")
    return parse(text, path)


def parse(text: str, path: Path) -> Config:
    """Return what the text of the file at `path` says; relative paths start at its folder.

    Raises UsageError for broken TOML and for whatever the schema of the table of options does not allow. No
    message repeats a value but a URL: what stands in the wrong place may be a secret.
    """
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else _position(error)
        raise UsageError(f"{path}: not TOML: {reason}; mend it there") from error
    _refuse_strangers(content, path)
    _validate(content, path)
    own = {key: value for key, value in content.items() if key != "targets"}
    named = {
        name: Table({**own, **table}, f"{path}: targets.{name}", path.parent)
        for name, table in content.get("targets", {}).items()
    }
    for table in named.values():
        base_url(table.values["url"], table.source("url"))
    return Config(path, Table(own, str(path), path.parent), named)


def _position(error: Exception) -> str:
    """Return what tomllib says, without the character or word of the file that it may quote."""
    text = str(error)
    where = text[text.rfind("(at ") :] if "(at " in text else ""
    return f"a mistake {where}".strip()


def _refuse_strangers(content: JSON, path: Path) -> None:
    """Refuse TOML values that JSON has no form for: the schema could not judge them."""
    for at, value in _values(content, ()):
        if len(at) > _MAX_DEPTH:
            raise UsageError(f"{path}: nested more than {_MAX_DEPTH} levels deep; no key is")
        is_number = isinstance(value, int | float)
        if not isinstance(value, str | dict | list) and not (is_number and math.isfinite(value)):
            raise UsageError(f"{path}: {'.'.join(at)}: neither text nor a plain number; put it in quotes")


def _values(value: JSON, at: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], JSON]]:
    yield at, value
    if isinstance(value, dict) and len(at) <= _MAX_DEPTH:
        for key, item in value.items():
            yield from _values(item, (*at, key))
    elif isinstance(value, list) and len(at) <= _MAX_DEPTH:
        for index, item in enumerate(value):
            yield from _values(item, (*at, str(index)))


def _validate(content: JSON, path: Path) -> None:
    import jsonschema_rs

    from conformance.session.schema import schema

    allowed = schema()
    errors = list(jsonschema_rs.Draft202012Validator(allowed).iter_errors(content))
    if errors:
        # A key that is misspelt is missing, too: the spelling is what to tell.
        error = min(errors, key=lambda error: error.schema_path[-1] != "additionalProperties")
        at = ".".join(map(str, error.instance_path))
        raise UsageError(f"{path}: {f'{at}: ' if at else ''}{_fault(error, allowed)}")


def _fault(error: Any, schema: JSON) -> str:
    """Return what is wrong and how to mend it, by the broken keyword and the schema around it."""
    from conformance import pointer as pointers

    node = pointers.get(schema, tuple(error.schema_path[:-1]))
    match error.schema_path[-1]:
        case "additionalProperties":
            (name, *_), known = error.kind.unexpected, node["properties"]
            if node is schema and name in schema["$defs"]["target"]["properties"]:
                return f"{name!r} belongs to a target; move it into [targets.NAME]"
            hint = _nearest(name, known) or "; known: " + ", ".join(known)
            return f"unknown key {name!r}{hint}"
        case "required":
            return f"the key {error.kind.property!r} is missing; add it"
        case "dependentRequired":
            return "a key or its password belongs to a certificate; add `certificate`"
        case _:
            return f"give {node['description']}"


def _nearest(name: str, known: Mapping[str, object]) -> str:
    found = get_close_matches(name, known, n=1)
    return f"; did you mean {found[0]!r}?" if found else ""
