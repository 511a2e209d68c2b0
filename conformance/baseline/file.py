"""The file of a baseline, TOML or JSON by its suffix: read by its schema, written whole or not at all."""

from __future__ import annotations

import json
import os
import tomllib
from contextlib import suppress
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from stat import S_IMODE
from typing import TYPE_CHECKING, Any, Final

from conformance.baseline.entry import Baseline, Entry, from_json, to_json
from conformance.errors import DocumentError, UsageError

if TYPE_CHECKING:
    import jsonschema_rs

DEFAULT_NAME: Final = "conformance-baseline.toml"
SCHEMA: Final = 1
SCHEMA_FILE: Final = Path(__file__).with_name("baseline.schema.json")
MAX_BYTES: Final = 8 * 1024 * 1024

_HEADER: Final = "# Written by `conformance baseline`, which keeps no other comment: say why in `reason`.\n"
_SHOWN: Final = 200


def load(path: Path) -> Baseline:
    """Return the baseline of a file.

    Raises DocumentError, naming file, entry and fix, where it can't be read or is no baseline.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        fix = "make it with `conformance baseline accept`, or mend --baseline"
        raise DocumentError(f"{path}: {error.strerror or error}; {fix}") from error
    if len(data) > MAX_BYTES:
        raise DocumentError(f"{path}: larger than {MAX_BYTES} bytes; a baseline has a block for each finding")
    content = _parsed(data, path)
    if content.get("schema") != SCHEMA:
        raise DocumentError(f"{path}: `schema` is not {SCHEMA}; use the version of conformance that wrote it")
    _check(content, path)
    return _baseline(content["accepted"], path)


def _parsed(data: bytes, path: Path) -> dict[str, Any]:
    kind = "JSON" if _is_json(path) else "TOML"
    try:
        text = data.decode()
        read = json.loads(text, object_pairs_hook=_once) if kind == "JSON" else tomllib.loads(text)
        content = json.loads(json.dumps(read, default=str, allow_nan=False))  # TOML's dates as strings
    except (ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())[:_SHOWN]
        raise DocumentError(f"{path}: not {kind}: {reason}; mend it or restore it") from error
    if not isinstance(content, dict):
        raise DocumentError(f"{path}: not a JSON object; mend it or restore it")
    return content


def _is_json(path: Path) -> bool:
    return path.suffix.lower() == ".json"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a key that stands twice, which a careless merge leaves behind."""
    content = dict(pairs)
    if len(content) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return content


def _check(content: dict[str, Any], path: Path) -> None:
    """Raise DocumentError where the content is not what the schema describes."""
    from conformance.contract.validator import compile_schema

    schema = json.loads(SCHEMA_FILE.read_bytes())
    if errors := compile_schema(schema).errors(content):
        # a key misspelt is an unknown one and a missing one: the first says more
        error = min(errors, key=lambda error: error.kind.name != "additionalProperties")
        raise DocumentError(f"{path}: {_where(error, content)}{_problem(error, schema)}")


def _where(error: jsonschema_rs.ValidationError, content: dict[str, Any]) -> str:
    match error.instance_path:
        case ["accepted", int(index), *_]:
            entry = content["accepted"][index]
            name = entry.get("fingerprint") if isinstance(entry, dict) else None
            return f"entry {index + 1}{f' ({name})' if isinstance(name, str) else ''}: "
        case _:
            return ""


def _problem(error: jsonschema_rs.ValidationError, schema: dict[str, Any]) -> str:
    """Say what is wrong and what to do, in one line."""
    kind, detail = error.kind.name, error.kind.as_dict()
    if kind == "additionalProperties":
        known = schema["$defs"]["entry"]["properties"] if error.instance_path else schema["properties"]
        unknown = min(detail["unexpected"])[:_SHOWN]
        (near,) = get_close_matches(unknown, known, 1, 0)
        return f"unknown key {unknown!r}; the nearest known one is {near!r}"
    if kind == "required":
        return f"`{detail['property']}` is missing; add it"
    named = str(error.instance_path[-1]) if error.instance_path else "the file"
    return f"`{named}`: {error.message[:_SHOWN]}; correct it, or accept the finding again"


def _baseline(accepted: list[dict[str, Any]], path: Path) -> Baseline:
    entries: dict[str, Entry] = {}
    for number, content in enumerate(accepted, 1):
        entry = from_json(content)
        label = f"{path}: entry {number} ({content['fingerprint']})"
        if entry.fingerprint != content["fingerprint"]:
            raise DocumentError(
                f"{label}: not the fingerprint of its rule, operation, pointer and side, which have "
                f"{entry.fingerprint}; restore the entry"
            )
        if entry.fingerprint in entries:
            raise DocumentError(f"{label}: accepted by an entry above, too; delete one of the two")
        entries[entry.fingerprint] = entry
    return Baseline().having(entries.values())


def dump(baseline: Baseline, path: Path) -> bytes:
    """Return the file's bytes, the same for the same entries; each entry is a block of its own."""
    blocks = [to_json(entry) for entry in baseline.entries]
    if _is_json(path):
        content = {"schema": SCHEMA, "accepted": blocks}
        return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()
    import tomli_w

    if not blocks:
        return f"{_HEADER}schema = {SCHEMA}\naccepted = []\n".encode()
    tables = ("\n[[accepted]]\n" + tomli_w.dumps(_with_dates(block)) for block in blocks)
    return (f"{_HEADER}schema = {SCHEMA}\n" + "".join(tables)).encode()


def _with_dates(block: dict[str, str]) -> dict[str, str | date]:
    return {k: date.fromisoformat(v) if k in ("since", "expires") else v for k, v in block.items()}


def save(baseline: Baseline, path: Path) -> None:
    """Write the file, whole or not at all; one that exists keeps its mode. Raises UsageError."""
    data = dump(baseline, path)
    if len(data) > MAX_BYTES:
        raise UsageError(f"{path}: would be larger than {MAX_BYTES} bytes; accept fewer findings")
    try:
        place = path.resolve()  # where the path is a link, it stays one
        draft = place.with_name(f".{place.name}.{os.getpid()}.tmp")
        try:
            _write(draft, data)
            if place.exists():
                draft.chmod(S_IMODE(place.stat().st_mode))
            draft.replace(place)
        finally:
            draft.unlink(missing_ok=True)
        _sync(place.parent)
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{path}: {reason}; name a file that can be written") from error


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Have the new name on the disk, too, where the system lets a folder be opened."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
