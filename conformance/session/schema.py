"""The JSON Schema of `conformance.toml`, made from the table of options."""

from __future__ import annotations

import json
from typing import Final

from conformance.jsonvalue import JSON
from conformance.session.option import Choice, Key, Option, Seconds, Whole
from conformance.session.settings import OPTIONS

_DEFS: Final = {
    "path": {"description": "a path", "type": "string", "minLength": 1},
    "variable": {
        "description": "the NAME of an environment variable, never the secret itself",
        "type": "string",
        "pattern": "^[A-Za-z_][A-Za-z0-9_]*$",
    },
}
_FORMS: Final = {"array": "a list of ", "object": "a table of ", "boolean": "true where "}


def schema() -> JSON:
    """Return the schema; what may stand anywhere is described once, below `$defs`."""
    shared = {option.key: _described(option) for option in OPTIONS if option.where is Key.ANYWHERE}
    anywhere = {key: {"$ref": f"#/$defs/{key}"} for key in shared}
    own = {option.key: _described(option) for option in OPTIONS if option.where is Key.TARGET}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "conformance.toml",
        "description": "What a project contract-tests, and the targets it does that against. "
        "Relative paths start at the file's own folder.",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            **anywhere,
            "targets": {
                "description": "targets by name, each a table: `conformance run NAME` tests one",
                "type": "object",
                "propertyNames": {
                    "description": "a name of letters, digits, dots, dashes and underscores",
                    "pattern": "^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$",
                },
                "additionalProperties": {"$ref": "#/$defs/target"},
            },
        },
        "$defs": {
            **_DEFS,
            **shared,
            "target": {
                "description": "a table for one API under test; its keys win over the same ones at the top of the file",
                "type": "object",
                "additionalProperties": False,
                "required": ["url"],
                "properties": {**own, **anywhere},
            },
        },
    }


def schema_text() -> str:
    """Return the schema as `conformance.schema.json` holds it."""
    return json.dumps(schema(), indent=2) + "\n"


def _described(option: Option) -> JSON:
    body = option.schema or option.type.schema
    flag = f" ({option.flag})" if option.flag else ""
    form = _FORMS.get(str(body.get("type")), "")
    return {"description": f"{form}{option.about}{flag}{_range(option)}", **body}


def _range(option: Option) -> str:
    match option.type:
        case Choice(words):
            return f": {' or '.join((', '.join(words[:-1]), words[-1]))}"
        case Whole(least, most):
            return f", {least} to {most}" if most else f", {least} at least"
        case Seconds(most):
            return f", above 0 and at most {most}"
        case _:
            return ""
