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
    if one is None or other is None:
        return False
    try:
        return one.covers(other) is canonical.Containment.YES
    except canonical.CanonicalizationError:
        return False


def includes(wide: Schema, narrow: Schema, root: Mapping[str, Any]) -> bool:
    """Tell the same as `covers`, also where what both say alike is more than the library can follow."""
    return covers(wide, narrow, root) or covers(*_without_common(wide, narrow), root)


_TOGETHER: Final = (
    ("properties", "patternProperties", "additionalProperties", "unevaluatedProperties"),
    ("prefixItems", "items", "unevaluatedItems"),
    ("contains", "minContains", "maxContains", "unevaluatedItems"),
    ("if", "then", "else"),
)
"""Keywords that read each other (JSON Schema 2020-12 core §10.3, §11); every other one stands for itself."""


def _without_common(one: Schema, other: Schema) -> tuple[Schema, Schema]:
    """Return both schemas without the keywords that say the same in both: each is one more thing to obey."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one, other
    differing = {k for k in one.keys() | other.keys() if (k in one, one.get(k)) != (k in other, other.get(k))}
    kept = differing.union({"type"}, *(group for group in _TOGETHER if not differing.isdisjoint(group)))
    return {k: one[k] for k in one if k in kept}, {k: other[k] for k in other if k in kept}


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
