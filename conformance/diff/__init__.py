"""Drift: what changed between two documents, whom it breaks, and the payload that proves it."""
