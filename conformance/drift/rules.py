"""The catalogue of drift: every rule by its id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from conformance.drift.contract_rules import contract_rules
from conformance.drift.observed_rules import observed_rules
from conformance.drift.rule import DriftRule
from conformance.drift.schema_rules import schema_rules

RULES: Final[Mapping[str, DriftRule]] = {
    rule.id: rule for rule in (*contract_rules(), *schema_rules(), *observed_rules())
}
