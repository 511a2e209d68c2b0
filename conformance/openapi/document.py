"""OpenAPI documents: found, read within bounds, checked, and never fetched from anywhere."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any, Final

import yaml

from conformance import pointer as pointers
from conformance.errors import DocumentError
from conformance.jsonvalue import JSON
from conformance.openapi.plain_yaml import CORE, LEADS, UNREAD, integer, read_plain
from conformance.openapi.soundness import is_sound
from conformance.pointer import Pointer

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
"""The fixed fields of a Path Item that hold an Operation (OpenAPI 3.1 §4.8.9)."""

MAX_BYTES: Final = 32 * 1024 * 1024
MAX_NODES: Final = 2_000_000
MAX_DEPTH: Final = 300
SUFFIXES: Final = (".yaml", ".yml", ".json")
_MAX_REFS: Final = 64


@dataclass(frozen=True, slots=True)
class Document:
    """One OpenAPI document, as read; `sha256` is over its bytes, `name` is the file's stem."""

    path: Path
    name: str
    sha256: str
    content: JSON = field(repr=False, hash=False, compare=False)
    memo: dict[Any, Any] = field(default_factory=dict, repr=False, hash=False, compare=False)
    """What others have made of the document, so that it is made once; it lives as long as the document."""

    @property
    def openapi(self) -> str:
        """The `openapi` field, e.g. `3.1.0`."""
        return str(self.content["openapi"])

    @property
    def title(self) -> str:
        """The API's title."""
        return str(self.content["info"]["title"])

    @property
    def version(self) -> str:
        """The API's version, as `info.version` gives it."""
        return str(self.content["info"]["version"])


def discover(path: Path) -> tuple[Document, ...]:
    """Load the document at `path`, or every document directly in the folder `path`, by name.

    Raises DocumentError where there is none or one cannot be used.
    """
    if not path.is_dir():
        return (load(path),)
    files = sorted(p for p in path.iterdir() if p.suffix in SUFFIXES and p.is_file())
    if not files:
        raise DocumentError(f"{path}: no OpenAPI document (*.yaml, *.yml, *.json) in this folder")
    return tuple(load(file) for file in files)


def load(path: Path) -> Document:
    """Read and check one document. Raises DocumentError with the reason in one line."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise DocumentError(
            f"{path}: {error.strerror or error}; give a document or a folder of them"
        ) from error
    if len(data) > MAX_BYTES:
        raise DocumentError(f"{path}: larger than {MAX_BYTES} bytes")
    return made(data, path, trusted=_vendored(path.with_name("manifest.toml")))


def made(data: bytes, path: Path, *, trusted: frozenset[str] = frozenset()) -> Document:
    """Return the document of these bytes, checked unless their digest is a trusted one.

    `path` names it and need not exist. Raises DocumentError with the reason in one line.
    """
    content, sha256 = parse(data, str(path)), hashlib.sha256(data).hexdigest()
    if sha256 not in trusted:
        check(content, str(path))
    return Document(path, path.stem, sha256, content)


def _vendored(manifest: Path) -> frozenset[str]:
    """Return the digests that a manifest beside the document vouches for: vendoring checked those bytes.

    The check is slow to import, and the same bytes give the same answer.
    """
    try:
        tables = tomllib.loads(manifest.read_text(encoding="utf-8")).values()
    except (OSError, ValueError):
        return frozenset()
    entries = (entry for table in tables if isinstance(table, dict) for entry in table.values())
    return frozenset(str(entry.get("sha256")) for entry in entries if isinstance(entry, dict))


class _Loader(yaml.CSafeLoader):
    """YAML by its 1.2 core schema (YAML 1.2.2 §10.3.2), as OpenAPI asks (§4.3): `no` and `12:30` are strings."""


_Loader.yaml_implicit_resolvers = {}
for _kind, _form in CORE:
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_kind}", re.compile(f"^(?:{_form.pattern})$"), [*LEADS, ""]
    )


def _integer(loader: yaml.CSafeLoader, node: yaml.ScalarNode) -> int:
    return integer(str(loader.construct_scalar(node)))


def _number(loader: yaml.CSafeLoader, node: yaml.ScalarNode) -> float:
    return float(str(loader.construct_scalar(node)))


_Loader.add_constructor("tag:yaml.org,2002:int", _integer)
_Loader.add_constructor("tag:yaml.org,2002:float", _number)


def parse(data: bytes, label: str) -> JSON:
    """Return the JSON value of YAML or JSON bytes; `label` names the source in errors.

    Raises DocumentError for broken syntax, aliases that multiply past the bound, or cycles.
    """
    content = _json(data)
    if content is UNREAD:
        content = _yaml(data, label)
    _bound(content, label)
    return content


def _yaml(data: bytes, label: str) -> JSON:
    try:
        content = read_plain(data, MAX_DEPTH)
        if content is not UNREAD:
            return content
        bound_depth(data, label)
        content = yaml.load(data, Loader=_Loader)  # noqa: S506 -- a subclass of the safe loader
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise DocumentError(f"{label}: not YAML or JSON: {_one_line(error)}") from error
    _bound(content, label)  # before aliases are written out
    return json.loads(json.dumps(content, default=str), object_pairs_hook=_plain_object)


def _json(data: bytes) -> JSON:
    """Return the value of what is a JSON object, read in a fraction of the time that YAML takes.

    YAML 1.2 reads it alike (§1.2); what is no JSON, or nests beyond what can be read, is left to it.
    """
    if not data.lstrip().startswith(b"{"):
        return UNREAD
    try:
        return json.loads(data, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return UNREAD


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def bound_depth(data: bytes, label: str) -> None:
    """Refuse what nests too deeply before anything follows it by recursion."""
    depth = 0
    for event in yaml.parse(data, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise DocumentError(f"{label}: nested more than {MAX_DEPTH} levels deep")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _plain_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return dict(pairs)


def _bound(content: JSON, label: str) -> None:
    """Refuse a value that unfolds (through YAML aliases) past the bounds, or has no JSON form, before a copy."""
    for seen, (node, depth) in enumerate(_nodes(content)):
        if depth > MAX_DEPTH:
            raise DocumentError(f"{label}: nested more than {MAX_DEPTH} levels deep")
        if seen > MAX_NODES:
            raise DocumentError(f"{label}: unfolds to more than {MAX_NODES} values; expand its YAML aliases")
        if isinstance(node, float) and not isfinite(node):
            raise DocumentError(f"{label}: holds a number beyond 1e308; write a smaller one")


def _nodes(content: JSON) -> Iterator[tuple[JSON, int]]:
    """Yield each value with how many objects and arrays it lies in, itself included."""
    stack = [(content, 1)]
    while stack:
        node, depth = stack.pop()
        if isinstance(node, dict):
            yield node, depth
            stack.extend((value, depth + 1) for value in node.values())
        elif isinstance(node, list):
            yield node, depth
            stack.extend((value, depth + 1) for value in node)
        else:
            yield node, depth - 1


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]


def check(content: JSON, label: str) -> None:
    """Refuse what is not an OpenAPI 3.0 or 3.1 document by its own specification.

    Raises DocumentError. External references are refused before the validator could fetch one. What is
    sound at a glance is spared the validator, which is slow to import and to run.
    """
    if not isinstance(content, dict) or not str(content.get("openapi", "")).startswith(("3.0", "3.1")):
        raise DocumentError(f"{label}: not an OpenAPI 3.0 or 3.1 document (no such `openapi` field)")
    for node, _ in _nodes(content):
        if isinstance(node, dict) and isinstance(ref := node.get("$ref"), str) and not ref.startswith("#"):
            raise DocumentError(f"{label}: external $ref {ref!r} is not followed; bundle the document first")
    if is_sound(content):
        return
    from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

    validator = OpenAPIV30SpecValidator if content["openapi"].startswith("3.0") else OpenAPIV31SpecValidator
    try:
        problem = next(iter(validator(content).iter_errors()), None)
    except Exception as error:
        reason = "a $ref leads back to itself" if isinstance(error, RecursionError) else _one_line(error)
        raise DocumentError(f"{label}: not a valid OpenAPI document: {reason}") from error
    if problem is not None:
        where = pointers.text(tuple(problem.absolute_path)) if hasattr(problem, "absolute_path") else ""
        raise DocumentError(f"{label}: not a valid OpenAPI document at {where or '/'}: {_one_line(problem)}")


def paths(document: Document) -> Iterator[str]:
    """Yield each path template; what does not start with `/` is an extension and may hold anything (§4.8.8)."""
    yield from (path for path in document.content.get("paths", {}) if path.startswith("/"))


def resolve(document: Document, pointer: Pointer) -> tuple[JSON, Pointer]:
    """Follow `pointer` and then `$ref`s to a node that is none; return it with its own pointer.

    Raises DocumentError for a dangling or endless reference.
    """
    for _ in range(_MAX_REFS):
        try:
            node = pointers.get(document.content, pointer)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise DocumentError(f"{document.path}: nothing at {pointers.text(pointer)}") from error
        if not (isinstance(node, dict) and isinstance(node.get("$ref"), str)):
            return node, pointer
        pointer = reference(node["$ref"])
    raise DocumentError(f"{document.path}: endless $ref at {pointers.text(pointer)}")


def owners(document: Document) -> Iterator[Pointer]:
    """Yield where a document may say what an operation inherits: itself, each path item, each operation (§4.8.9)."""
    yield ()
    for path in paths(document):
        item, at = resolve(document, ("paths", path))
        yield at
        yield from ((*at, method) for method in METHODS if method in item)


def reference(ref: str) -> Pointer:
    """Return the pointer of a local `$ref` (`#/components/…`). Raises DocumentError for what is none."""
    try:
        return pointers.reference(ref)
    except ValueError as error:
        raise DocumentError(f"$ref {ref!r} is not a local JSON pointer") from error
