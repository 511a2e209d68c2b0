"""Runs that were kept: the report of a journal, and the target and key headers it was sent with."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from conformance.errors import DocumentError, ExitCode
from conformance.recording.journal import Journal, case_of
from conformance.recording.recorded import exchange_of, judgement_of
from conformance.sending.curl import curl_line
from conformance.sending.target import Secret, Target
from conformance_reports.cases import CaseBook
from conformance_reports.model import RunReport, from_json


def stored_report(journal: Journal, run: str, *, keeps_cases: bool = False) -> RunReport:
    """Return the report that the journal's footer holds; without a footer, an incomplete one.

    `keeps_cases` adds the cases themselves. Raises DocumentError where the journal is not what `run` writes.
    """
    try:
        cases = _cases(journal) if keeps_cases else None
        started = str(journal.header.get("started", ""))
        if journal.footer is None:
            return replace(_unfinished(journal), started=started, cases=cases)
        report = replace(from_json(journal.footer["report"]), started=started, cases=cases)
        report = replace(report, complete=report.complete and journal.complete)
        return replace(report, curls=_curls(journal, report, run))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise DocumentError(f"{run}: not the journal of a run ({type(error).__name__}: {error})") from error


def _cases(journal: Journal) -> CaseBook:
    book = CaseBook()
    for line in journal.cases:
        exchange, answer_bytes = exchange_of(line)
        book.add(case_of(line), exchange, judgement_of(line), answer_bytes)
    return book


def _unfinished(journal: Journal) -> RunReport:
    requests = Counter(str(line["operation"]) for line in journal.cases)
    return RunReport(
        target=str(journal.header["target"]),
        documents=tuple(journal.header["documents"]),
        complete=False,
        exit_code=ExitCode.TARGET,
        duration=sum(float(line["response"]["elapsed"]) for line in journal.cases),
        planned=int(journal.header["cases"]),
        requests={name: requests[name] for name in journal.header["operations"]},
        rows=(),
        findings=(),
        stopped="the run ended before it could write its footer",
    )


def _curls(journal: Journal, report: RunReport, run: str) -> dict[str, str]:
    target = stored_target(journal)
    shown = {finding.case for finding in report.findings}
    cases = [case_of(line) for line in journal.cases if line["id"] in shown]
    return {case.id: curl_line(case, target, key_headers(journal, case.operation), run) for case in cases}


def stored_target(journal: Journal) -> Target:
    """Return the target of the run, its secrets as empty stand-ins: for showing, not for sending."""
    header: dict[str, Any] = dict(journal.header)
    variables: dict[str, Any] = header.get("header_variables", {})
    return Target(
        url=str(header["target"]),
        path_params={str(name): str(value) for name, value in header["path_params"].items()},
        key=Secret("") if header["key_env"] or header["embedded"] else None,
        key_env=str(header["key_env"]),
        headers=tuple(
            (str(name), Secret("", str(variables.get(name, "")))) for name in header["header_names"]
        ),
    )


def key_headers(journal: Journal, operation: str) -> tuple[str, ...]:
    """Return the headers that carry the key of one operation; none where the journal doesn't know it."""
    known = journal.header["operations"].get(operation, {})
    return tuple(map(str, known.get("key_headers", ())))
