"""A case as a curl line to copy: shell-quoted, secrets as variables, large bodies left to `replay`."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Final

from conformance.case import Case, Key
from conformance.sending.target import Target, headers_of, url_of

MAX_BODY: Final = 2048
"""Bytes of a body that still reads well on a command line."""

_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f]")


def curl_line(case: Case, target: Target, key_headers: Sequence[str], run: str = "") -> str:
    """Return a command that sends the case again; the key and the user's headers stand as `$VARIABLES`.

    A body that is long, binary or holds control characters can't be typed: the answer is then the
    `replay` command, for which `run` names the report folder (without one, how to get it).
    """
    body = case.request.body
    text = _typable(body or b"")
    if text is None:
        return _replay_line(case, run, len(body or b""))
    parts = ["curl", "-sS", "-i", *_method(case.request.method), *_path_as_is(case, target)]
    parts += _tls(target)
    parts += [part for header in _headers(case, target, key_headers) for part in ("-H", header)]
    if body is not None:
        # `--data-binary @x` would read a file named x.
        parts += ["--data-raw" if text.startswith("@") else "--data-binary", shlex.quote(text)]
    return " ".join(parts)


def _typable(body: bytes) -> str | None:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return None if len(body) > MAX_BODY or _UNPRINTABLE.search(text) else text


def _replay_line(case: Case, run: str, size: int) -> str:
    if run:
        return f"conformance replay {shlex.quote(run)} {case.id}  # {size:,} bytes of body"
    return f"# {size:,} bytes of body: run again with --report-dir DIR, then conformance replay DIR {case.id}"


def _method(method: str) -> list[str]:
    return ["-I"] if method == "HEAD" else ["-X", shlex.quote(method)]


def _path_as_is(case: Case, target: Target) -> list[str]:
    url = shlex.quote(url_of(case.request, target))
    return ["--path-as-is", url] if "/%2E" in url else [url]


def _tls(target: Target) -> list[str]:
    if target.tls is None:
        return []
    files = (("--cacert", target.tls.ca), ("--cert", target.tls.certificate), ("--key", target.tls.key))
    return [part for option, file in files if file for part in (option, shlex.quote(str(file)))]


def _headers(case: Case, target: Target, key_headers: Sequence[str]) -> list[str]:
    """Return the quoted `-H` values; curl's own Content-Type is switched off where the case has none."""
    given = {name.lower() for name, _ in case.request.headers}
    keys = {name.lower() for name in key_headers} if case.request.key is Key.RIGHT else set()
    secrets = {name.lower(): secret.variable for name, secret in target.headers if name.lower() not in given}
    sent = headers_of(case.request, target, key_headers)
    lines = [_header(name, value, target, keys=keys, secrets=secrets) for name, value in sent]
    if case.request.body is not None and "content-type" not in given | secrets.keys():
        lines.append("Content-Type:")
    return lines


def _header(name: str, value: str, target: Target, *, keys: set[str], secrets: Mapping[str, str]) -> str:
    if name.lower() in keys:
        return _variable_header(name, target.key_env or "API_KEY")
    if name.lower() in secrets:
        own = re.sub(r"\W|^(?=\d)", "_", name.upper(), flags=re.ASCII)
        return _variable_header(name, secrets[name.lower()] or own)
    return shlex.quote(f"{name}: {value}" if value else f"{name};")


def _variable_header(name: str, variable: str) -> str:
    if not re.fullmatch(r"[A-Za-z_]\w*", variable, re.ASCII):
        variable = "SECRET"  # out of a journal that somebody else wrote: a shell would follow it
    # An HTTP token may hold `$` and backticks, which a shell would follow inside double quotes.
    if re.fullmatch(r"[\w-]+", name, re.ASCII):
        return f'"{name}: ${variable}"'
    return shlex.quote(f"{name}: ") + f'"${variable}"'
