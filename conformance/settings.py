"""What was asked for: the command line laid over `conformance.toml`, as one typed value."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from conformance.case import RunLevel
from conformance.config import FILE_NAME, Config, NamedTarget, Scope, TlsFiles, Variable, find, load
from conformance.errors import UsageError
from conformance.rules import FindingLevel
from conformance.sending.target import (
    Secret,
    Target,
    Tls,
    base_url,
    header,
    header_value,
    key_from_environment,
    path_param,
)

DEFAULT_CONCURRENCY: Final = 16
DEFAULT_TIMEOUT: Final = 30.0
DEFAULT_CONNECT_TIMEOUT: Final = 10.0


@dataclass(frozen=True, slots=True)
class Choice:
    """What a run looks at: documents, operations, depth; `max_body` in bytes."""

    specs: tuple[Path, ...]
    globs: tuple[str, ...]
    level: RunLevel
    max_body: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What was asked for by hand, None or empty where nothing was; it wins over the file.

    `name` is a target of the file, `config` the file itself, else it is looked for from the current
    folder upward. Path parameters and headers are `NAME=VALUE`, `rate` is `N` or `N/s`.
    """

    name: str | None = None
    config: Path | None = None
    url: str | None = None
    path_params: tuple[str, ...] = ()
    key_env: str | None = None
    headers: tuple[str, ...] = ()
    rate: str | None = None
    concurrency: int | None = None
    timeout: float | None = None
    allow_production: bool = False
    specs: tuple[Path, ...] = ()
    globs: tuple[str, ...] = ()
    level: str | None = None
    max_body: int | None = None
    fail_on: str | None = None
    baseline: Path | None = None
    report_dir: Path | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for one command; a target without URL means the embedded mock."""

    target: Target
    choice: Choice
    fail_on: FindingLevel
    baseline: Path | None
    report_dir: Path | None
    allow_production: bool


def resolve_settings(given: Given) -> Settings:
    """Return the given settings, filled up from the named target, then the file's top, then our defaults.

    Raises UsageError for a value, a name, a file or a variable that can't be used.
    """
    config = read_config(given.config)
    named = _named(given.name, config)
    scope = _scope(named, config)
    return Settings(
        target=_target(given, named),
        choice=Choice(
            specs=given.specs or scope.specs,
            globs=given.globs or scope.operations,
            level=RunLevel(given.level or scope.level or RunLevel.STANDARD),
            max_body=given.max_body if given.max_body is not None else scope.max_body,
        ),
        fail_on=FindingLevel(given.fail_on or scope.fail_on or FindingLevel.ERROR),
        baseline=given.baseline or scope.baseline,
        report_dir=given.report_dir or scope.report_dir,
        allow_production=given.allow_production or named.allow_production,
    )


def scope_of(name: str | None, path: Path | None) -> Scope:
    """Return what the file says of the target `name`, of every run without one; no variable is looked at.

    Raises UsageError for a name or a file that can't be used.
    """
    config = read_config(path)
    return _scope(_named(name, config), config)


def _scope(named: NamedTarget, config: Config | None) -> Scope:
    return named.scope if named.name or config is None else config.scope


def read_config(path: Path | None) -> Config | None:
    """Return the file at `path`, else the first from the current folder upward, None without one."""
    path = path or find()
    return load(path) if path else None


def _named(name: str | None, config: Config | None) -> NamedTarget:
    """Return the target of that name, one that says nothing where no name was given."""
    if name is None:
        return NamedTarget("", "", "")
    if "://" in name:  # not repeated: a URL may hold credentials
        raise UsageError("NAME is a target of conformance.toml, not a URL; give the URL to --target")
    if config is None:
        raise UsageError(
            f"target {name!r}: no {FILE_NAME} here or above; write one with [targets.{name}], or give "
            "--config FILE (a URL goes to --target)"
        )
    return config.target(name)


def _target(given: Given, named: NamedTarget) -> Target:
    url = named.url if given.url is None else base_url(given.url)
    if not url and given.key_env is not None:
        raise UsageError("--api-key-env needs --target; the embedded mock has a key of its own")
    key, key_env = _key(given, named)
    return Target(
        url=url,
        path_params={**named.path_params, **dict(map(path_param, given.path_params))},
        key=key,
        key_env=key_env,
        headers=_headers(given, named),
        concurrency=given.concurrency or named.concurrency or DEFAULT_CONCURRENCY,
        rate=named.rate if given.rate is None else parse_rate(given.rate),
        timeout=given.timeout or named.timeout or DEFAULT_TIMEOUT,
        connect_timeout=named.connect_timeout or DEFAULT_CONNECT_TIMEOUT,
        tls=_tls(named.tls, named.label) if named.tls else None,
        accept=named.accept,
    )


def _key(given: Given, named: NamedTarget) -> tuple[Secret | None, str]:
    """Return the key and the variable that holds it."""
    if given.key_env is not None:
        return key_from_environment(given.key_env), given.key_env
    if named.api_key is None:
        return None, ""
    return key_from_environment(named.api_key.name, f"{named.label}.api-key-env"), named.api_key.name


def _headers(given: Given, named: NamedTarget) -> tuple[tuple[str, Secret], ...]:
    """Return the file's headers, but those that are given by hand, then these."""
    own = tuple(map(header, given.headers))
    taken = {name.lower() for name, _ in own}
    told = (
        (name, _header_value(value, f"{named.label}.headers.{name}"))
        for name, value in named.headers.items()
        if name.lower() not in taken
    )
    return (*told, *own)


def _header_value(value: str | Variable, source: str) -> Secret:
    if isinstance(value, Variable):
        return key_from_environment(value.name, source)
    return header_value(value, source)


def _tls(files: TlsFiles, label: str) -> Tls:
    password = None
    if files.key_password is not None:
        password = key_from_environment(files.key_password.name, f"{label}.tls.key-password-env")
    from conformance.sending.tls import tls_context

    tls = Tls(files.ca, files.certificate, files.key, password)
    tls_context(tls)  # what is wrong with the files is told before anything is planned
    return tls


def parse_rate(text: str, option: str = "--rate") -> float:
    """Return requests per second from `N` or `N/s`. Raises UsageError that names the option."""
    try:
        rate = float(text.removesuffix("/s"))
    except ValueError:
        rate = 0.0
    if not 0 < rate < float("inf"):
        raise UsageError(f"{option} {text!r}: give requests per second, such as {option} 20/s")
    return rate
