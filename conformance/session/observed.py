"""`conformance drift --observed` and `--har`: what a service was seen to do held against its document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.errors import DocumentError, ExitCode, NothingExercisedError, UsageError
from conformance.session.loading import document_rows, load_operations
from conformance.session.notes import note
from conformance.session.places import document_places
from conformance.session.proposal import Proposal
from conformance_reports.drift import DriftReport
from conformance_reports.text import visible

if TYPE_CHECKING:
    from conformance.diff.change import Change
    from conformance.openapi.operation import Operation
    from conformance.recording.journal import Journal


def compared_run(
    run: Path, specs: Sequence[Path], overlay: Path | None = None
) -> tuple[DriftReport, ExitCode]:
    """Return where a run saw the service depart from its document, and TARGET where it saw only a part.

    Raises DocumentError where the journal cannot be read or was sent by other documents.
    """
    from conformance.recording.journal import journal_path, read
    from conformance.session.stored import stored_report
    from conformance.traffic.journaled import Run
    from conformance.traffic.observed import compare_run

    journal, operations = read(run), load_operations(specs)
    _refuse_part(journal, run)
    _refuse_others(journal, operations, run)
    report = stored_report(journal, str(run))
    seen = Run(journal, str(journal_path(run)), {operation.name: operation for operation in operations})
    involved = [operation for operation in operations if operation.name in report.requests]
    proposal = Proposal.of(overlay, involved)
    changes = tuple(compare_run(seen, report.findings, proposing=overlay is not None))
    proposal.write(changes)
    changes = with_document_lines(changes, operations)
    if not report.complete:
        note(f"{visible(str(run))}: incomplete: {visible(report.stopped)}")
    quoted = document_places(changes, operations)
    told = DriftReport(_named(involved), str(run), changes, report.unseen, quoted)
    return told, ExitCode.CONFORMS if report.complete else ExitCode.TARGET


def compared_har(har: Path, specs: Sequence[Path], target: str, overlay: Path | None = None) -> DriftReport:
    """Return where recorded traffic departs from the documents; how much of it was theirs is told on stderr.

    Raises DocumentError where the archive cannot be read, NothingExercisedError where no exchange is theirs.
    """
    from conformance.traffic.har import read_har
    from conformance.traffic.recorded import Traffic

    archive, operations = read_har(har), load_operations(specs)
    traffic = Traffic(archive, str(har), operations, target)
    changes = traffic.changes()
    if not traffic.matched:
        raise NothingExercisedError(
            f"{har}: none of {len(archive.entries)} exchanges is of an operation; name the documents with --spec "
            "and the service's base URL with --target"
        )
    rest = len(archive.entries) - traffic.matched
    note(
        f"{visible(str(har))}: {traffic.matched} exchanges judged, {rest} of no operation, "
        f"{archive.passed_over} without an answer or broken"
    )
    unseen = traffic.unseen()
    involved = [operation for operation in operations if operation.name in unseen]
    Proposal.of(overlay, involved).write(changes)
    changes = with_document_lines(changes, operations)
    return DriftReport(_named(involved), str(har), changes, unseen, document_places(changes, operations))


def with_document_lines(changes: Iterable[Change], operations: Sequence[Operation]) -> tuple[Change, ...]:
    """Return the changes with the line of each place in the operations' documents."""
    from conformance.diff.source import Source, with_lines

    documents = {operation.document.path: operation.document for operation in operations}
    base = Source(tuple(documents.values()), {path: path.read_bytes() for path in documents})
    return with_lines(changes, base, Source((), {}))


def _named(operations: Sequence[Operation]) -> str:
    return ", ".join(row["path"] for row in document_rows(operations))


def _refuse_part(journal: Journal, run: Path) -> None:
    if "shard" in journal.header:
        raise UsageError(
            f"{run}: a shard of a run; conformance merge joins the shards, --observed takes the whole"
        )


def _refuse_others(journal: Journal, operations: Sequence[Operation], run: Path) -> None:
    """Raise DocumentError where a document of the run is none of those at hand."""
    known = {operation.document.sha256 for operation in operations}
    try:
        strange = [str(row["path"]) for row in journal.header["documents"] if row["sha256"] not in known]
    except (KeyError, TypeError) as error:
        raise DocumentError(f"{run}: not the journal of a run: {error!r}") from error
    if strange:
        raise DocumentError(
            f"{run}: was sent by {visible(strange[0], 200)}, which --spec does not name as it was then"
        )
