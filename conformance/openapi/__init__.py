"""OpenAPI documents: read within bounds, checked, and seen as operations."""
