"""Contract tests from OpenAPI documents: every misreading of the contract has a witness."""

__version__ = "0.1.0"
