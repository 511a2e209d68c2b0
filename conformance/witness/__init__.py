"""Witnesses: payloads on which the contract and a misreading of it disagree, proven by the validator."""
