"""Reports on drift: one writer per format, by name; the dict also feeds the choices of the command line."""

from conformance_reports.drift.model import DriftReport
from conformance_reports.drift.writers import DRIFT_WRITERS

__all__ = ["DRIFT_WRITERS", "DriftReport"]
