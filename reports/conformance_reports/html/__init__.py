"""The report as one page that needs no network: templates and styles lie beside, as package data."""

from conformance_reports.html.page import write

__all__ = ["write"]
