"""What one schema accepts and another does not: proven to be nothing, or said as a schema of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import jsonschema_rs
from jsonschema_rs import canonical

from conformance.contract.keywords import Schema

_DRAFT: Final = 20
"""JSON Schema 2020-12, as the library numbers it."""


def covers(wide: Schema, narrow: Schema, root: Mapping[str, Any]) -> bool:
    """Tell whether it is proven that `wide` accepts all that `narrow` does; `$ref`s lead into `root`."""
    one, other = _canonical(wide, root), _canonical(narrow, root)
    return one is not None and other is not None and one.covers(other) is canonical.Containment.YES


def difference(mine: Schema, theirs: Schema, root: Mapping[str, Any]) -> Schema:
    """Return a self-contained schema of what `mine` accepts and `theirs` rejects; False where none can be said."""
    one, other = _canonical(mine, root), _canonical(theirs, root)
    if one is None or other is None:
        return False
    try:
        found = one.subtract(other).to_json_schema()
    except canonical.CanonicalizationError:
        return False
    return found if isinstance(found, dict) else found is True


def _canonical(schema: Schema, root: Mapping[str, Any]) -> jsonschema_rs.CanonicalSchema | None:
    """Return the library's own form of a schema, None where it has none."""
    whole = {**root, "$ref": "#/compared", "compared": schema} if "$ref" in repr(schema) else schema
    try:
        return jsonschema_rs.canonicalize(whole, draft=_DRAFT, validate_formats=True, offline=True)
    except (ValueError, jsonschema_rs.ReferencingError):
        return None
