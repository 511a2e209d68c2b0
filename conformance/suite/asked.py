"""What a pytest session was asked for: its options as one plain value, checked where the engine reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pytest

    from conformance.settings import Given

_LEVELS: Final = ("smoke", "standard", "full")


@dataclass(frozen=True, slots=True)
class Asked:
    """Documents and target as the options name them, None or empty where they are silent.

    `specs`, `config` and `baseline` are absolute paths; `name` is a target of `conformance.toml`.
    """

    specs: tuple[str, ...] = ()
    name: str | None = None
    config: str | None = None
    url: str | None = None
    path_params: tuple[str, ...] = ()
    key_env: str | None = None
    headers: tuple[str, ...] = ()
    rate: str | None = None
    concurrency: int | None = None
    allow_production: bool = False
    globs: tuple[str, ...] = ()
    level: str | None = None
    max_body: int | None = None
    baseline: str | None = None
    run_id: str | None = None

    def given(self) -> Given:
        """Return the same, as the settings take it."""
        from conformance.settings import Given

        told: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        paths = {name: told[name] and Path(told[name]) for name in ("config", "baseline")}
        del told["run_id"]  # no setting, but what a single session is called
        return Given(**{**told, **paths, "specs": tuple(map(Path, self.specs))})


def asked_of(content: Mapping[str, Any]) -> Asked:
    """Return what `dataclasses.asdict` made of it, after a turn as JSON."""
    told: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in content.items()}
    return Asked(**told)


def add_options(parser: pytest.Parser) -> None:
    """Add the options of `conformance run` that say what is tested, and how."""
    group = parser.getgroup("conformance", "contract tests of OpenAPI documents")
    group.addoption(
        "--spec",
        action="append",
        default=[],
        metavar="PATH",
        dest="conformance_specs",
        help="collect an OpenAPI document, or a folder of them, as tests; repeatable",
    )
    group.addoption(
        "--target",
        metavar="URL",
        dest="conformance_url",
        help="the base URL of the API under test; without it the embedded mock",
    )
    group.addoption(
        "--target-name",
        metavar="NAME",
        dest="conformance_name",
        help="a target of conformance.toml: its URL, key, ids and documents",
    )
    group.addoption(
        "--conformance-config",
        metavar="FILE",
        dest="conformance_config",
        help="read this conformance.toml; else the first from the current folder upward, if any",
    )
    group.addoption(
        "--allow-production",
        action="store_true",
        dest="conformance_allow_production",
        help="test even a host that the documents' own servers name",
    )
    group.addoption(
        "--api-key-env",
        metavar="VAR",
        dest="conformance_key_env",
        help="the environment variable that holds the API key",
    )
    group.addoption(
        "--path-param",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        dest="conformance_path_params",
        help="an id that the target knows, for {NAME} in paths; repeatable",
    )
    group.addoption(
        "--header",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        dest="conformance_headers",
        help="sent with every request, its value kept secret; repeatable",
    )
    group.addoption(
        "--baseline",
        metavar="FILE",
        dest="conformance_baseline",
        help="findings accepted earlier: what fails by them alone is an expected failure",
    )
    group.addoption(
        "--run-id",
        metavar="TEXT",
        dest="conformance_run_id",
        help="what the mark on created data is made of, such as a build's number",
    )
    group.addoption(
        "--operation",
        action="append",
        default=[],
        metavar="GLOB",
        dest="conformance_globs",
        help="only operations that match: short names, operationIds, 'METHOD /path'; repeatable",
    )
    group.addoption(
        "--level",
        choices=_LEVELS,
        default="standard",
        dest="conformance_level",
        help="how much is sent (default: standard)",
    )
    group.addoption(
        "--max-body",
        type=int,
        metavar="BYTES",
        dest="conformance_max_body",
        help="send no body longer than this",
    )
    group.addoption(
        "--rate",
        metavar="N/s",
        dest="conformance_rate",
        help="at most so many requests a second, evenly spaced",
    )
    group.addoption(
        "--concurrency", type=int, metavar="N", dest="conformance_concurrency",
        help="requests under way at once (default: 16)",
    )  # fmt: skip


def asked(config: pytest.Config) -> Asked:
    """Return what the session's options say."""
    told = {field.name: getattr(config.option, f"conformance_{field.name}") for field in fields(Asked)}
    told = {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}
    told["specs"] = tuple(str(_path(config, text)) for text in told["specs"])
    for name in ("config", "baseline"):
        told[name] = told[name] and str(_path(config, told[name]))
    return Asked(**told)


def _path(config: pytest.Config, text: str) -> Path:
    """Return where a path leads: from where pytest was called or, as `addopts` means it, from the root."""
    here, below_root = config.invocation_params.dir / text, config.rootpath / text
    return here if here.exists() or not below_root.exists() else below_root
