"""Judging: verdicts on exchanges, what explains them, and what fails a run."""
