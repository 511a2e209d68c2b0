"""The baseline: accepted findings, each with a reason and an expiry date."""
