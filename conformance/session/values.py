"""From what is given, by hand or in the file, to what Settings holds. All raise UsageError that names the place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from conformance.errors import UsageError
from conformance.sending import target
from conformance.session.option import Table

if TYPE_CHECKING:
    from conformance.planning.shard import Shard
    from conformance.session.outputs import Output

_MAX_RUN_ID: Final = 200


def rate(text: str, option: str = "--rate") -> float:
    """Return requests per second from `N` or `N/s`. Raises UsageError that names the option."""
    try:
        number = float(text.removesuffix("/s"))
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise UsageError(f"{option} {text!r}: give requests per second, such as {option} 20/s")
    return number


def run_id(text: str) -> str:
    """Return the name of a run: short and printable."""
    if len(text) > _MAX_RUN_ID or not text.isprintable():
        raise UsageError(f"--run-id: give at most {_MAX_RUN_ID} printable characters")
    return text


def shard(text: str) -> Shard:
    """Return the part that `I/N` names."""
    from conformance.planning.shard import parse_shard

    return parse_shard(text)


def outputs(texts: tuple[str, ...]) -> tuple[Output, ...]:
    """Return what `--format` asks for."""
    from conformance.session.outputs import parse_outputs

    return parse_outputs(texts)


def outputs_of(held: Mapping[str, str], table: Table) -> tuple[Output, ...]:
    """Return what the table of formats asks for."""
    from conformance.session.outputs import Output

    return tuple(Output(form, table.folder / path) for form, path in held.items())


def ids(held: Mapping[str, str], given: tuple[str, ...], _: Table) -> dict[str, str]:
    """Return the file's ids, those given by hand before them."""
    return {**held, **dict(map(target.path_param, given))}


def headers(
    held: Mapping[str, Any], given: tuple[str, ...], table: Table
) -> tuple[tuple[str, target.Secret], ...]:
    """Return the file's headers, but those that are given by hand, then these."""
    own = tuple(map(target.header, given))
    replaced = {name.lower() for name, _ in own}
    rest = (
        (name, _header(value, table.source("headers", name)))
        for name, value in held.items()
        if name.lower() not in replaced
    )
    return (*rest, *own)


def _header(held: str | Mapping[str, str], source: str) -> target.Secret:
    if isinstance(held, str):
        return target.header_value(held, source)
    return target.key_from_environment(held["env"], source)


def tls(held: Mapping[str, str], table: Table) -> target.Tls | None:
    """Return the files, which were read once: what is wrong with them is told before anything is planned."""
    if not held:
        return None
    ca, certificate, key = (
        table.folder / held[name] if name in held else None for name in ("ca", "certificate", "key")
    )
    password = None
    if "key-password-env" in held:
        source = table.source("tls", "key-password-env")
        password = target.key_from_environment(held["key-password-env"], source)
    files = target.Tls(ca, certificate, key, password)
    from conformance.sending.tls import tls_context

    tls_context(files)
    return files
