"""Production: the hosts that the documents' own `servers` name, which no test writes to unasked."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, product
from typing import Any, Final

from yarl import URL

from conformance import pointer as pointers
from conformance.errors import UsageError
from conformance.jsonvalue import JSON
from conformance.openapi.document import Document, owners
from conformance.openapi.operation import Operation
from conformance.pointer import Pointer

_MAX_URLS: Final = 10_000
_PORT: Final = re.compile(r"^([^/?#]*//[^/?#]*):[^/?#\]]*(?=[/?#]|$)")
_VARIABLE: Final = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class _Server:
    """A Server Object (OpenAPI 3.1 §4.8.5) and where it stands."""

    document: Document
    pointer: Pointer
    content: Any

    def __str__(self) -> str:
        url = str(self.content["url"])[:200]
        return f"{url!r} at {pointers.text(self.pointer)} of {self.document.name}"


def refuse_production(operations: Iterable[Operation], url: str) -> None:
    """Raise UsageError where `url` is on a host that the operations' documents name as a server, at any port.

    Loopback is never production. The whole document counts, for each operation may have servers of
    its own (§4.8.9, §4.8.10), and so does every value that a server variable lists (§4.8.6).
    """
    target = _host(url)
    if not target or _is_loopback(target):
        return
    documents = {operation.document.path: operation.document for operation in operations}
    for server in (server for document in documents.values() for server in _servers(document)):
        if target in map(_host, _urls(server)):
            raise UsageError(
                f"{url} is production: the document names the server {server}; a run creates data, so "
                "test a sandbox, or add --allow-production"
            )


def _servers(document: Document) -> Iterator[_Server]:
    """Yield what stands under `servers`: of the document, of each path, of each operation."""
    for owner in owners(document):
        listed = pointers.get(document.content, owner).get("servers")
        for index, content in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(content, dict) and isinstance(content.get("url"), str):
                yield _Server(document, (*owner, "servers", index), content)


def _urls(server: _Server) -> Iterator[str]:
    """Yield the server's URL with each combination of what its variables may be.

    Raises UsageError where there are too many to look at: what can't be told apart is not passed over.
    """
    template = server.content["url"]
    names = list(dict.fromkeys(_VARIABLE.findall(template)))
    values = [_values(server.content, name) for name in names]
    for number, chosen in enumerate(islice(product(*values), _MAX_URLS + 1)):
        if number == _MAX_URLS:
            raise UsageError(
                f"the server {server} may be more than {_MAX_URLS} URLs, too many to rule out production; "
                "where the target is none of them, add --allow-production"
            )
        yield _filled(template, dict(zip(names, chosen, strict=True)))


def _filled(template: str, values: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda match: values[match[1]], template)


def _values(server: JSON, name: str) -> list[str]:
    """Return a variable's default and the values of its enum; its own name where it is not described."""
    variables = server.get("variables")
    variable = variables.get(name) if isinstance(variables, dict) else None
    if not isinstance(variable, dict):
        return [f"{{{name}}}"]
    listed = variable.get("enum")
    told = [variable.get("default"), *(listed if isinstance(listed, list) else ())]
    return list(dict.fromkeys(map(str, told)))


def _host(url: str) -> str:
    """Return the host (IDNA, lower case, no final dot); nothing for a relative URL or a broken one."""
    try:
        return (URL(_PORT.sub(r"\1", url)).raw_host or "").rstrip(".").lower()
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified
