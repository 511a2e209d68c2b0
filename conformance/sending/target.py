"""The target of a run: where requests go, with which ids, headers and key, and how secrets stay secret."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from conformance.case import Exchange, Key
from conformance.errors import UsageError

if TYPE_CHECKING:
    from conformance.case import Request
    from conformance.openapi.operation import Operation

WRONG_KEY: Final = "conformance-wrong-key"
"""What a case with Key.WRONG carries; plain to see in the target's logs."""

MASK: Final = "***"
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_PLACEHOLDER: Final = re.compile(r"\{([^{}]+)\}")
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A text that prints as `***`; only `reveal` gives it away. `variable` is where it came from, if known."""

    value: str
    variable: str = field(default="", compare=False)

    def reveal(self) -> str:
        """Return the text itself: for the wire, never for a file or a screen."""
        return self.value

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class Tls:
    """PEM files: the CAs to trust in place of the system's, and the client certificate with its key."""

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    key_password: Secret | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """One API under test.

    `url` is the base that paths are appended to, without a trailing slash. `headers` go with every
    request. `key_env` names the variable that the key came from, for curl lines. `rate` is requests
    per second, None for as fast as `concurrency` allows. `timeout` is seconds for a whole exchange,
    `connect_timeout` for a connection. `accept` maps a glob over operations to the statuses (`409`,
    `4XX`) that this target may answer beyond the document: neither finding nor pass.
    """

    url: str
    path_params: Mapping[str, str] = field(default_factory=dict)
    key: Secret | None = None
    key_env: str = ""
    headers: tuple[tuple[str, Secret], ...] = ()
    concurrency: int = 16
    rate: float | None = None
    timeout: float = 30.0
    connect_timeout: float = 10.0
    tls: Tls | None = None
    accept: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def base_url(text: str, source: str = "--target") -> str:
    """Return a usable base URL without its trailing slash; `source` is where the text stands.

    Raises UsageError that names the fix and repeats the text where it can hold no credentials.
    """
    shown = source if re.search("[@?#]", text) else f"{source} {text!r}"
    try:
        parts = urlsplit(text)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError as error:
        raise UsageError(f"{shown}: {error}; give http(s)://HOST[:PORT][/BASE]") from error
    if parts.username is not None or parts.password is not None:
        raise UsageError(f"{source}: take the credentials out of the URL; use --api-key-env or --header")
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_fine:
        raise UsageError(f"{shown}: not an http or https URL; give http(s)://HOST[:PORT][/BASE]")
    if not text.isascii():
        raise UsageError(f"{shown}: give the URL in ASCII, the host as xn--..., the path percent-encoded")
    if parts.query or parts.fragment or _CONTROL.search(text) or " " in text:
        raise UsageError(f"{shown}: give a base URL without query, fragment or spaces")
    return text.rstrip("/")


def key_from_environment(variable: str, source: str = "--api-key-env") -> Secret:
    """Return the secret that `variable` holds; `source` is where its name stands.

    Raises UsageError where the variable is unset, empty or its value unusable.
    """
    if not _VARIABLE.fullmatch(variable):
        raise UsageError(
            f"{source}: give the NAME of the environment variable that holds the key, not the key"
        )
    value = os.environ.get(variable, "")
    if not value:
        raise UsageError(_unset(variable, source))
    if _CONTROL.search(value):
        raise UsageError(f"{source} {variable}: its value holds a line break or control character")
    return Secret(value, variable)


def _unset(variable: str, source: str) -> str:
    """Say that there is no such variable; repeat only what can be no key given in place of a name."""
    if variable != variable.upper():
        return f"{source}: no variable of that name is set; give the NAME of one that holds the secret, not the secret"
    return f"{source} {variable}: the variable is not set; export {variable}=... first"


def header(text: str) -> tuple[str, Secret]:
    """Return name and value of `NAME=VALUE`; no message ever repeats the value. Raises UsageError."""
    name, equals, value = text.partition("=")
    if not equals or not _TOKEN.fullmatch(name):
        raise UsageError("--header: give NAME=VALUE, the name an HTTP token (letters, digits, dashes)")
    return name, header_value(value, f"--header {name}")


def header_value(value: str, source: str) -> Secret:
    """Return a header's value, as secret as any; `source` is where it stands. Raises UsageError."""
    if _CONTROL.search(value):
        raise UsageError(f"{source}: the value holds a line break or control character; remove it")
    return Secret(value)


def path_param(text: str) -> tuple[str, str]:
    """Return name and value of `NAME=VALUE`. Raises UsageError."""
    name, equals, value = text.partition("=")
    if not equals or not name or not value:
        raise UsageError(f"--path-param {text!r}: give NAME=VALUE, such as --path-param projectId=...")
    return name, value


def placeholders(path: str) -> tuple[str, ...]:
    """Return the names between braces in a path template, in order."""
    return tuple(_PLACEHOLDER.findall(path))


def require_path_params(operations: Iterable[Operation], target: Target) -> None:
    """Raise UsageError that names each `--path-param` the operations need and the target lacks."""
    needed = dict.fromkeys(name for operation in operations for name in placeholders(operation.path))
    missing = [name for name in needed if name not in target.path_params]
    if missing:
        options = " ".join(f"--path-param {name}=..." for name in missing)
        raise UsageError(f"the paths need ids that the target knows: add {options}")


def url_of(request: Request, target: Target) -> str:
    """Return the request's whole URL; its own path parameters, as they stand there, win over the target's.

    Raises UsageError where a path parameter has no value.
    """
    own = dict(request.path_params)

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        if name in own:
            return _kept(own[name], _IN_SEGMENT)
        if name not in target.path_params:
            raise UsageError(f"no value for {{{name}}}: add --path-param {name}=...")
        return _segment(target.path_params[name])

    query = "&".join("=".join(_kept(text, _IN_QUERY) for text in pair) for pair in request.query)
    return target.url + _PLACEHOLDER.sub(fill, request.path) + (f"?{query}" if query else "")


_STRAY_PERCENT: Final = re.compile("%(?![0-9A-Fa-f]{2})")
_IN_SEGMENT: Final = "%!$&'()*+,;=:@"
_IN_QUERY: Final = "%:/?@!$'()*,;[]"


def _kept(text: str, safe: str) -> str:
    """Return a text as it stands, but for what would end its place: a request may come from a file."""
    return (
        _segment(text)
        if text in (".", "..")
        else quote(_STRAY_PERCENT.sub("%25", text), safe, errors="surrogatepass")
    )


def _segment(value: str) -> str:
    # A bare `.` or `..` would be taken for navigation (RFC 3986 §5.2.4) and never reach the server.
    if value in (".", ".."):
        return value.replace(".", "%2E")
    return quote(value, safe="", errors="surrogatepass")


def headers_of(request: Request, target: Target, key_headers: Iterable[str]) -> list[tuple[str, str]]:
    """Return every header to send, the target's first, then the request's as they stand, then the key.

    A header of the target gives way to one of the same name in the request or to the key's.
    """
    key = _key_value(request.key, target)
    keyed = [] if key is None else [(name, key) for name in key_headers]
    taken = {name.lower() for name, _ in request.headers}
    if keyed or request.key is not Key.RIGHT:
        taken |= {name.lower() for name in key_headers}
    own = [(name, secret.reveal()) for name, secret in target.headers if name.lower() not in taken]
    return [*own, *request.headers, *keyed]


def _key_value(key: Key, target: Target) -> str | None:
    match key:
        case Key.RIGHT:
            return target.key.reveal() if target.key else None
        case Key.NONE:
            return None
        case Key.EMPTY:
            return ""
        case Key.WRONG:
            return WRONG_KEY


def redactor(target: Target) -> Callable[[str], str]:
    """Return a function that masks the key and the values of `--header` wherever a text repeats them.

    A secret is known however it is escaped: inside a JSON string, percent-encoded, as HTML.
    """
    secrets = [secret.reveal() for secret in (target.key, *(value for _, value in target.headers)) if secret]
    # The longest first: one secret may begin with another.
    longest = sorted(filter(None, dict.fromkeys(secrets)), key=len, reverse=True)
    if not longest:
        return lambda text: text
    pattern = re.compile("|".join("".join(map(_spellings, secret)) for secret in longest))
    return lambda text: pattern.sub(MASK, text)


def _spellings(char: str) -> str:
    """Return a pattern for one character of a secret in each way that answers may write it."""
    if char.isascii() and char.isalnum():
        return char
    units = char.encode("utf-16-be", "surrogatepass").hex()
    in_json = "".join(rf"\\{{1,8}}u{units[at : at + 4]}" for at in range(0, len(units), 4))
    in_url = "".join(f"%{byte:02x}" for byte in char.encode("utf-8", "surrogateescape"))
    in_html = f"&#{ord(char)};|&#x{ord(char):x};|{re.escape(escape(char))}"
    plus = r"|\+" if char == " " else ""
    # A few backslashes: some JSON writers escape a slash, and JSON may stand in a string of JSON.
    return rf"(?:\\{{0,8}}{re.escape(char)}|(?i:{in_json}|{in_url}|{in_html}){plus})"


def redact_exchange(exchange: Exchange, redact: Callable[[str], str]) -> Exchange:
    """Return the exchange with secrets masked in its headers, body and failure."""
    # Bytes that are not UTF-8 pass through unharmed. One look at all of it: echoes are rare.
    text = exchange.body.decode("utf-8", "surrogateescape")
    whole = "\n".join((text, exchange.failure, *(part for pair in exchange.headers for part in pair)))
    if redact(whole) == whole:
        return exchange
    body = redact(text).encode("utf-8", "surrogateescape")
    return replace(
        exchange,
        headers=tuple((redact(name), redact(value)) for name, value in exchange.headers),
        body=body,
        failure=redact(exchange.failure),
    )
