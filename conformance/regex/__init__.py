"""ECMA-262 patterns: read as syntax trees, rendered back, and decided as automata."""
