"""`conformance.toml`: found upward from a folder, read by its own schema, never with a secret in it."""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, TypeAlias

from conformance.case import RunLevel
from conformance.errors import UsageError
from conformance.jsonvalue import JSON
from conformance.rules import FindingLevel
from conformance.sending.target import base_url

FILE_NAME: Final = "conformance.toml"
SCHEMA_FILE: Final = Path(__file__).with_name("conformance.schema.json")
_MAX_BYTES: Final = 256 * 1024
_MAX_DEPTH: Final = 20


@dataclass(frozen=True, slots=True)
class Variable:
    """The name of an environment variable that holds a secret."""

    name: str


@dataclass(frozen=True, slots=True)
class Scope:
    """What is tested, how deeply, and where the outcome goes; None or empty where the file is silent."""

    specs: tuple[Path, ...] = ()
    operations: tuple[str, ...] = ()
    level: RunLevel | None = None
    max_body: int | None = None
    fail_on: FindingLevel | None = None
    baseline: Path | None = None
    report_dir: Path | None = None


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """PEM files: the CA to trust in place of the system's, and the client certificate with its key."""

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    key_password: Variable | None = None


@dataclass(frozen=True, slots=True)
class NamedTarget:
    """One `[targets.NAME]`, with what the top of the file adds in `scope`.

    `label` names the table in messages. `rate` is requests per second, both timeouts are seconds.
    `accept` maps a glob over operations to statuses as a document writes them (`409`, `4XX`).
    """

    name: str
    label: str
    url: str
    scope: Scope = field(default_factory=Scope)
    api_key: Variable | None = None
    path_params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str | Variable] = field(default_factory=dict)
    rate: float | None = None
    concurrency: int | None = None
    timeout: float | None = None
    connect_timeout: float | None = None
    tls: TlsFiles | None = None
    accept: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    allow_production: bool = False


@dataclass(frozen=True, slots=True)
class Config:
    """One file: where it lies, what it says of every run, and its targets in the file's order."""

    path: Path
    scope: Scope
    targets: Mapping[str, NamedTarget]

    def target(self, name: str) -> NamedTarget:
        """Return the target of that name. Raises UsageError that names the nearest and all known ones."""
        if name in self.targets:
            return self.targets[name]
        known = ", ".join(self.targets) or "none"
        hint = _nearest(name, self.targets)
        raise UsageError(f"{self.path}: no target {name!r}{hint}; known: {known} (a URL goes to --target)")


_Table: TypeAlias = Mapping[str, Any]


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

    Raises UsageError for broken TOML and for whatever `conformance.schema.json` does not allow. No
    message repeats a value but a URL: what stands in the wrong place may be a secret.
    """
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else _position(error)
        raise UsageError(f"{path}: not TOML: {reason}; mend it there") from error
    _refuse_strangers(content, path)
    _validate(content, path)
    targets = content.get("targets", {})
    named = {name: _target(name, {**content, **table}, path) for name, table in targets.items()}
    return Config(path, _scope(content, path.parent), named)


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

    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    errors = list(jsonschema_rs.Draft202012Validator(schema).iter_errors(content))
    if errors:
        # A key that is misspelt is missing, too: the spelling is what to tell.
        error = min(errors, key=lambda error: error.schema_path[-1] != "additionalProperties")
        at = ".".join(map(str, error.instance_path))
        raise UsageError(f"{path}: {f'{at}: ' if at else ''}{_told(error, schema)}")


def _told(error: Any, schema: JSON) -> str:
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


def _scope(table: _Table, folder: Path) -> Scope:
    return Scope(
        specs=tuple(folder / spec for spec in table.get("specs", ())),
        operations=tuple(table.get("operations", ())),
        level=RunLevel(table["level"]) if "level" in table else None,
        max_body=_integer(table, "max-body"),
        fail_on=FindingLevel(table["fail-on"]) if "fail-on" in table else None,
        baseline=_path(table, "baseline", folder),
        report_dir=_path(table, "report-dir", folder),
    )


def _target(name: str, table: _Table, path: Path) -> NamedTarget:
    """Build one target from its own keys and those at the top of the file."""
    rate = table.get("rate")
    return NamedTarget(
        name=name,
        label=f"{path}: targets.{name}",
        url=base_url(table["url"], f"{path}: targets.{name}.url"),
        scope=_scope(table, path.parent),
        api_key=_variable(table, "api-key-env"),
        path_params=table.get("path-params", {}),
        headers={
            header: value if isinstance(value, str) else Variable(value["env"])
            for header, value in table.get("headers", {}).items()
        },
        rate=None if rate is None else float(str(rate).removesuffix("/s")),
        concurrency=_integer(table, "concurrency"),
        timeout=table.get("timeout"),
        connect_timeout=table.get("connect-timeout"),
        tls=_tls(table["tls"], path.parent) if table.get("tls") else None,
        accept={glob: tuple(statuses) for glob, statuses in table.get("accept", {}).items()},
        allow_production=table.get("allow-production", False),
    )


def _tls(table: _Table, folder: Path) -> TlsFiles:
    return TlsFiles(
        ca=_path(table, "ca", folder),
        certificate=_path(table, "certificate", folder),
        key=_path(table, "key", folder),
        key_password=_variable(table, "key-password-env"),
    )


def _path(table: _Table, key: str, folder: Path) -> Path | None:
    return folder / table[key] if key in table else None


def _integer(table: _Table, key: str) -> int | None:
    return int(table[key]) if key in table else None  # `4.0` is an integer, too (JSON Schema, core §4.2.1)


def _variable(table: _Table, key: str) -> Variable | None:
    return Variable(table[key]) if key in table else None
