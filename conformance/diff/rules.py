"""The catalogue of drift between documents: every rule by its id; those of observed traffic stand in `traffic`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from conformance.diff.operations.rules import operation_rules
from conformance.diff.rule import DriftRule
from conformance.diff.schema.rules import schema_rules

RULES: Final[Mapping[str, DriftRule]] = {rule.id: rule for rule in (*operation_rules(), *schema_rules())}
