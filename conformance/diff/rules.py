"""The catalogue of drift: every rule by its id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from conformance.diff.contract_rules import contract_rules
from conformance.diff.observed_rules import observed_rules
from conformance.diff.rule import DriftRule
from conformance.diff.schema_rules import schema_rules

RULES: Final[Mapping[str, DriftRule]] = {
    rule.id: rule for rule in (*contract_rules(), *schema_rules(), *observed_rules())
}
