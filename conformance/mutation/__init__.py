"""Mutants of a schema: the contract with one thing misread, each a way that servers go wrong."""
