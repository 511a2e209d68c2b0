"""Runs held against earlier ones: what is new, gone and still there, and how a row of runs went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from conformance.judging.verdict import Verdict
from conformance_reports.history import Point, Since, Turn
from conformance_reports.model import RunReport


def since(before: RunReport, after: RunReport, run: str) -> Since:
    """Compare two runs by the fingerprints of their findings and the ids of their requirements."""
    now = {finding.fingerprint for finding in after.findings}
    earlier = {finding.fingerprint: finding for finding in before.findings}
    missing = [finding for print_, finding in earlier.items() if print_ not in now]
    shown = {f for f in missing if after.complete and not after.shard and f.operation in after.requests}
    verdicts = {row.id: row.verdict for row in before.rows}
    return Since(
        run,
        before.started,
        new=frozenset(now - earlier.keys()),
        still=frozenset(now & earlier.keys()),
        gone=tuple(finding for finding in missing if finding in shown),
        unknown=tuple(finding for finding in missing if finding not in shown),
        turns=tuple(
            Turn(row.id, row.address, verdicts[row.id], row.verdict)
            for row in after.rows
            if verdicts.get(row.id, row.verdict) is not row.verdict
        ),
    )


def trend(runs: Iterable[tuple[str, RunReport]]) -> tuple[Point, ...]:
    """Return the runs, each with its name, as a row in the order in which they began."""
    return tuple(
        sorted((_point(name, report) for name, report in runs), key=lambda one: (one.started, one.run))
    )


def _point(name: str, report: RunReport) -> Point:
    verdicts = Counter(row.verdict for row in report.rows)
    accepted = sum(finding.baselined for finding in report.findings)
    return Point(
        name, report.started, report.complete, int(report.exit_code), len(report.findings) - accepted, accepted,
        verdicts[Verdict.PASSED], verdicts[Verdict.FAILED], len(report.rows),
    )  # fmt: skip
