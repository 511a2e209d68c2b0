"""Observing: what a single exchange shows beyond its verdict."""
