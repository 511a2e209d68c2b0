"""Exploration: random cases in random contexts, failures shrunk, stored and replayed by the next run."""
