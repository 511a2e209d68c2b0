"""The one table of options, and what was settled: given by hand, else by the target, the file's top, or our default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from conformance.case import RunLevel
from conformance.rules import FindingLevel
from conformance.sending.target import (
    Secret,
    Target,
    Tls,
    base_url,
    header,
    key_from_environment,
    path_param,
)
from conformance.session import values
from conformance.session.option import (
    Choice,
    Command,
    File,
    Flag,
    Key,
    Option,
    Seconds,
    Text,
    Type,
    Whole,
)
from conformance_reports.writers import WRITERS

if TYPE_CHECKING:
    from conformance.planning.shard import Shard
    from conformance.session.outputs import Output

DEFAULT_FAILURES: Final = Path(".conformance") / "failures"
_RUN = frozenset({Command.RUN})
_SENDING = frozenset({Command.RUN, Command.PYTEST})
_ASKING = frozenset({Command.RUN, Command.PYTEST, Command.REPLAY})
_CHOOSING = frozenset({Command.RUN, Command.PYTEST, Command.LIST, Command.MUTATE})
_JUDGING = frozenset({Command.RUN, Command.PYTEST, Command.MERGE})
_READING = frozenset({*_CHOOSING, Command.MERGE, Command.REPLAY, Command.MOCK})
_RATE: Final = {
    "type": ["string", "number"], "exclusiveMinimum": 0,
    "pattern": "^([0-9]*[1-9][0-9]*([.][0-9]+)?|0*[.][0-9]*[1-9][0-9]*)(/s)?$",
}  # fmt: skip
_VARIABLE: Final = {"$ref": "#/$defs/variable"}
_TEXTS: Final = {"description": "a text", "type": "string", "minLength": 1}


def _option(about: str, kind: Type, **rest: Any) -> dict[str, Any]:
    """Return the metadata of a field of Settings: its option."""
    return {"option": {"about": about, "type": kind, **rest}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What holds for one command, and the one table of options: each field carries its own.

    A `url` of no characters means the embedded mock. `max_body` is bytes, `rate` requests per second, timeouts
    and `explore` are seconds. `accept` maps a glob over operations to statuses as a document writes them.
    """

    name: str = field(default="", metadata=_option(
        "a target of conformance.toml: its URL, key, ids and documents", Text(), metavar="NAME",
        pytest="--target-name", commands=frozenset({Command.PYTEST}),
    ))  # fmt: skip
    config: Path | None = field(default=None, metadata=_option(
        "the conformance.toml to read", File(), metavar="FILE", flag="--config",
        more="else the first from the current folder upward, if any", pytest="--conformance-config",
        commands=frozenset(Command),
    ))  # fmt: skip
    url: str = field(default="", metadata=_option(
        "the API's base URL, without credentials", Text(), metavar="URL", flag="--target",
        more="without it the embedded mock", commands=_ASKING, key="url", where=Key.TARGET, parse=base_url,
        read=lambda held, table: base_url(held, table.source("url")),
    ))  # fmt: skip
    path_params: Mapping[str, str] = field(default_factory=dict, hash=False, metadata=_option(
        "ids that the target knows, for {NAME} in paths", Text(), metavar="NAME=VALUE", flag="--path-param",
        repeatable=True, commands=_ASKING, key="path-params", where=Key.TARGET,
        parse=lambda given: dict(map(path_param, given)), join=values.ids,
        schema={"type": "object", "additionalProperties": {**_TEXTS, "description": "an id, in quotes"}},
    ))  # fmt: skip
    key: Secret | None = field(default=None, metadata=_option(
        "the variable that holds the API key", Text(), metavar="VAR", flag="--api-key-env",
        commands=_ASKING, key="api-key-env", where=Key.TARGET, schema=_VARIABLE, parse=key_from_environment,
        read=lambda held, table: key_from_environment(held, table.source("api-key-env")),
    ))  # fmt: skip
    headers: tuple[tuple[str, Secret], ...] = field(default=(), metadata=_option(
        "headers for every request, never shown or stored", Text(), metavar="NAME=VALUE", flag="--header",
        more="but `ps` shows this option: give a secret by its variable, in conformance.toml",
        repeatable=True, commands=_ASKING, key="headers", where=Key.TARGET,
        parse=lambda given: tuple(map(header, given)), join=values.headers,
        schema={
            "type": "object",
            "propertyNames": {
                "description": "an HTTP token (letters, digits, dashes)",
                "pattern": "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
            },
            "additionalProperties": {
                "description": 'a text, or { env = "VARIABLE" } for a secret',
                "type": ["string", "object"],
                "additionalProperties": False,
                "required": ["env"],
                "properties": {"env": _VARIABLE},
            },
        },
    ))  # fmt: skip
    timeout: float = field(default=30.0, metadata=_option(
        "seconds for a whole answer", Seconds(3600), metavar="SECONDS", flag="--timeout",
        commands=frozenset({Command.RUN, Command.REPLAY}),
        beside=frozenset({Command.PYTEST}),  # where pytest-timeout has an option of that name
        key="timeout", where=Key.TARGET,
    ))  # fmt: skip
    connect_timeout: float = field(default=10.0, metadata=_option(
        "seconds for a connection", Seconds(3600), beside=_ASKING, key="connect-timeout", where=Key.TARGET,
    ))  # fmt: skip
    tls: Tls | None = field(default=None, metadata=_option(
        "PEM files: how the target is trusted, and how it may trust us", Text(), beside=_ASKING,
        key="tls", where=Key.TARGET, read=values.tls,
        schema={
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "ca": {"description": "the CA certificates to trust in place of the system's", "$ref": "#/$defs/path"},
                "certificate": {"description": "the client certificate, with its chain", "$ref": "#/$defs/path"},
                "key": {
                    "description": "the client certificate's key, where it is a file of its own",
                    "$ref": "#/$defs/path",
                },
                "key-password-env": {"description": "the variable that holds the key's password", **_VARIABLE},
            },
            "dependentRequired": {"key": ["certificate"], "key-password-env": ["certificate"]},
        },
    ))  # fmt: skip
    accept: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False, metadata=_option(
        "statuses by operation (a glob) that this target may answer beyond the document: no finding, and no pass "
        "either", Text(), beside=_ASKING, key="accept", where=Key.TARGET,
        read=lambda held, _: {glob: tuple(statuses) for glob, statuses in held.items()},
        schema={
            "type": "object",
            "additionalProperties": {
                "description": 'a list of statuses such as "409" or "4XX", 3xx and 4xx only',
                "type": "array",
                "items": {
                    "description": 'a status such as "409" or "4XX", 3xx or 4xx',
                    "type": "string",
                    "pattern": "^[34]([0-9][0-9]|XX)$",
                },
            },
        },
    ))  # fmt: skip
    allow_production: bool = field(default=False, metadata=_option(
        "the target may be a host that the documents' own `servers` name", Flag(), flag="--allow-production",
        commands=_ASKING, key="allow-production", where=Key.TARGET,
    ))  # fmt: skip
    specs: tuple[Path, ...] = field(default=(), metadata=_option(
        "documents, or folders of them", File(), metavar="PATH", flag="--spec",
        more="the bundled ones where none is given", repeatable=True, commands=_READING,
        key="specs", where=Key.ANYWHERE,
        schema={"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/path"}},
    ))  # fmt: skip
    globs: tuple[str, ...] = field(default=(), metadata=_option(
        "globs that choose operations by short name, operationId or 'METHOD /path'", Text(), metavar="GLOB",
        flag="--operation", repeatable=True, commands=_CHOOSING, key="operations", where=Key.ANYWHERE,
        schema={"type": "array", "minItems": 1, "items": {**_TEXTS, "description": "a glob"}},
    ))  # fmt: skip
    level: RunLevel = field(default=RunLevel.STANDARD, metadata=_option(
        "how much is sent", Choice(tuple(RunLevel)), flag="--level", commands=_CHOOSING,
        key="level", where=Key.ANYWHERE, parse=RunLevel, read=lambda held, _: RunLevel(held),
    ))  # fmt: skip
    max_body: int | None = field(default=None, metadata=_option(
        "the bytes of the longest body to send", Whole(1), metavar="BYTES", flag="--max-body",
        commands=_CHOOSING, key="max-body", where=Key.ANYWHERE,
    ))  # fmt: skip
    fail_on: FindingLevel = field(default=FindingLevel.ERROR, metadata=_option(
        "the least level of finding to fail for",
        Choice((FindingLevel.ERROR, FindingLevel.WARNING)), flag="--fail-on",
        commands=frozenset({Command.RUN, Command.MERGE}), key="fail-on", where=Key.ANYWHERE,
        parse=FindingLevel, read=lambda held, _: FindingLevel(held),
    ))  # fmt: skip
    rate: float | None = field(default=None, metadata=_option(
        "the requests per second at most, evenly spaced, such as 20/s", Text(), metavar="N/s", flag="--rate",
        commands=_SENDING, beside=_ASKING, key="rate", where=Key.TARGET, schema=_RATE, parse=values.rate,
        read=lambda held, _: values.rate(str(held)),
    ))  # fmt: skip
    concurrency: int = field(default=16, metadata=_option(
        "requests under way at once", Whole(1, 512), metavar="N", flag="--concurrency",
        commands=_SENDING, beside=_ASKING, key="concurrency", where=Key.TARGET,
    ))  # fmt: skip
    max_requests: int | None = field(default=None, metadata=_option(
        "the most requests to send, those sent again included", Whole(1), metavar="N", flag="--max-requests",
        more="a run cut short is incomplete", commands=_SENDING, key="max-requests", where=Key.ANYWHERE,
    ))  # fmt: skip
    max_time: str | None = field(default=None, metadata=_option(
        "the time after which nothing is sent, such as 90s, 10m or 1h", Text(), metavar="DURATION",
        flag="--max-time", commands=_SENDING, key="max-time", where=Key.ANYWHERE,
        schema={"type": "string", "pattern": "^[0-9]{1,9}([.][0-9]{1,9})?[smh]?$"},
    ))  # fmt: skip
    shard: Shard | None = field(default=None, metadata=_option(
        "the I-th of N parts alone, such as 2/5", Text(), metavar="I/N", flag="--shard",
        more="`conformance merge` gives the verdict on all", commands=_RUN, parse=values.shard,
    ))  # fmt: skip
    report_dir: Path | None = field(default=None, metadata=_option(
        "the folder for run.jsonl, summary.json and report.html", File(), metavar="DIR", flag="--report-dir",
        commands=frozenset({Command.RUN, Command.MERGE}), key="report-dir", where=Key.ANYWHERE,
    ))  # fmt: skip
    run_id: str = field(default="", metadata=_option(
        "what the mark on created data is made of, such as a build's number", Text(), metavar="TEXT",
        flag="--run-id", more="else the documents", commands=_SENDING, parse=values.run_id,
    ))  # fmt: skip
    dry_run: bool = field(default=False, metadata=_option(
        "say what would be sent, send nothing and write nothing", Flag(), flag="--dry-run", commands=_RUN,
    ))  # fmt: skip
    formats: tuple[Output, ...] = field(default=(), metadata=_option(
        f"reports in files, as {', '.join(WRITERS)}", Text(), metavar="NAME=PATH", flag="--format",
        more="PATH - is standard output, what else is shown goes to standard error then", repeatable=True,
        commands=frozenset({Command.RUN, Command.MERGE}), key="formats", where=Key.ANYWHERE,
        parse=values.outputs, read=values.outputs_of,
        schema={
            "type": "object",
            "additionalProperties": False,
            "properties": {name: {"$ref": "#/$defs/path"} for name in WRITERS},
        },
    ))  # fmt: skip
    baseline: Path | None = field(default=None, metadata=_option(
        "the file of accepted findings (conformance baseline accept)", File(), metavar="FILE",
        flag="--baseline", more="they do not fail the run until they expire", commands=_JUDGING,
        key="baseline", where=Key.ANYWHERE,
    ))  # fmt: skip
    prune: bool = field(default=False, metadata=_option(
        "take out of the baseline what is looked for and found no more", Flag(), flag="--prune",
        commands=frozenset({Command.RUN, Command.MERGE}),
    ))  # fmt: skip
    explore: float | None = field(default=None, metadata=_option(
        "seconds to search on with random requests", Seconds(86_400), metavar="SECONDS", flag="--explore",
        more="what is found is kept and replayed by later runs", commands=_RUN, key="explore", where=Key.ANYWHERE,
    ))  # fmt: skip
    explore_dir: Path = field(default=DEFAULT_FAILURES, metadata=_option(
        "the folder where found failures are kept", File(), metavar="DIR", flag="--explore-dir",
        commands=_JUDGING, key="explore-dir", where=Key.ANYWHERE,
    ))  # fmt: skip

    @property
    def target(self) -> Target:
        """The API under test, as far as it is known before the mock has started."""
        return Target(
            self.url, self.path_params, self.key, self.key.variable if self.key else "", self.headers,
            self.concurrency, self.rate, self.timeout, self.connect_timeout, self.tls, self.accept,
        )  # fmt: skip


OPTIONS: Final = tuple(Option(name=entry.name, **entry.metadata["option"]) for entry in fields(Settings))
"""The table, in the order in which `--help` and the schema show it."""


def options_of(command: Command) -> tuple[Option, ...]:
    """Return the options that a command has by hand."""
    return tuple(option for option in OPTIONS if command in option.commands)
