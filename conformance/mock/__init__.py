"""A strict, stateful server made from documents, with faults on request."""
