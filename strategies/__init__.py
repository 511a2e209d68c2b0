"""Values from schemas: Hypothesis strategies and enumerated boundary values; knows nothing of HTTP."""
