"""A run's findings beside a baseline: which are accepted, whose acceptance has expired, what is gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from conformance.baseline.entry import Baseline, Entry
from conformance.judging.verdict import Finding, Verdict

if TYPE_CHECKING:
    from conformance.judging.judgement import Judgement

_DECIDED: Final = frozenset({Verdict.PASSED, Verdict.FAILED})


@dataclass(frozen=True, slots=True)
class Comparison:
    """The findings, those accepted as `baselined`, and the entries by what became of them.

    The entries of `accepted` and `expired` name the case that showed their finding this time.
    """

    findings: tuple[Finding, ...]
    accepted: tuple[Entry, ...] = ()
    expired: tuple[Entry, ...] = ()
    gone: tuple[Entry, ...] = ()

    def pruned(self, baseline: Baseline) -> Baseline:
        """Return the baseline without what is gone, its cases brought up to date."""
        gone = {entry.fingerprint for entry in self.gone}
        cases = {entry.fingerprint: entry.case for entry in (*self.accepted, *self.expired)}
        kept = (entry for entry in baseline.entries if entry.fingerprint not in gone)
        return Baseline(tuple(replace(e, case=cases.get(e.fingerprint, e.case)) for e in kept))


def compare(
    baseline: Baseline, findings: Sequence[Finding], broken: Mapping[str, AbstractSet[str]], today: date
) -> Comparison:
    """Return what the baseline makes of a run's findings on the day `today` (UTC).

    `broken` holds the rules that each decided case of the run broke, and nothing where the run is
    incomplete. An entry is gone where its finding is, and its own case was decided without breaking its
    rule: what a smaller selection or level did not send says nothing. A case that goes on breaking the rule
    is explained by another finding, and may come back to this one.
    """
    known = {entry.fingerprint: entry for entry in baseline.entries}
    accepted, expired, told = list[Entry](), list[Entry](), list[Finding]()
    for finding in findings:
        entry = known.get(finding.fingerprint)
        if entry is not None:
            (expired if entry.is_expired(today) else accepted).append(replace(entry, case=finding.case))
        told.append(replace(finding, baselined=entry is not None and not entry.is_expired(today)))
    found = {finding.fingerprint for finding in findings}
    missing = (entry for name, entry in known.items() if name not in found)
    gone = (e for e in missing if e.case in broken and e.rule not in broken[e.case])
    return Comparison(tuple(told), tuple(accepted), tuple(expired), tuple(gone))


def broken_rules(judgements: Iterable[Judgement]) -> dict[str, frozenset[str]]:
    """Return the rules that each decided case broke, none for one that kept them all."""
    return {
        judgement.case: frozenset(violation.rule.id for violation in judgement.violations)
        for judgement in judgements
        if judgement.verdict in _DECIDED
    }
