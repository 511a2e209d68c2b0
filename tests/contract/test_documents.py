"""The bundled documents, or those of `--spec`: every requirement a test."""

from conformance.plugin import Contract

contract = Contract()
