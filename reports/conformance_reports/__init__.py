"""Reports: one writer per format, by name; the dict also feeds the choices of the command line."""

from conformance_reports.writers import WRITERS, Writer

__all__ = ["WRITERS", "Writer"]
