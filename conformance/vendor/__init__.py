"""Vendoring: saved documentation pages become a folder of documents with a manifest."""

from conformance.vendor.bundle import BUNDLED, Vendored, vendor
from conformance.vendor.manifest import Entry, Origin, load_manifest

__all__ = ["BUNDLED", "Entry", "Origin", "Vendored", "load_manifest", "vendor"]
