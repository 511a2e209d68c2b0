"""The pytest plugin, `pytest -p conformance.plugin`: contract tests as items, and a mock for a client's own tests.

What plans and sends is imported when a document is first read: loading the plugin costs next to nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest

from conformance.errors import ConformanceError
from conformance.suite.contract import Contract
from conformance.suite.fixtures import Api, Mock, _conformance_mock, conformance_mock, conformance_target
from conformance.suite.items import DocumentFile, RequirementItem, operations_of
from conformance.suite.options import add_options
from conformance.suite.properties import PROFILES, register_profiles
from conformance.suite.state import SHARED, SUFFIXES, State

__all__ = ["Api", "Contract", "Mock", "_conformance_mock", "conformance_mock", "conformance_target"]

_MARKS: Final = (
    "requirement: one thing that an OpenAPI document demands",
    "property: bodies drawn by Hypothesis",
    "schemathesis: cases and checks of Schemathesis",
    "operation(name): the operation that a test is about, as in -m \"operation(name='NAME')\"",
    "valid: a request that the document allows",
    "invalid: a request that the document forbids",
    "open: a request of which the document says nothing clear",
    "answers: what every answer of an operation owes the document",
    "smoke: sent at every level",
    "standard: sent at the levels standard and full",
    "full: sent at the level full alone",
)
_NAMING: Final = ("--spec", "--target-name", "--conformance-config")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that say what is tested."""
    add_options(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Register marks and profiles and, where documents are named, collect them like test files."""
    if config.getoption("--hypothesis-profile", None) in PROFILES:
        register_profiles()
    for mark in _MARKS:
        config.addinivalue_line("markers", mark)
    state = State(config)
    config.stash[State.key] = state
    config.add_cleanup(state.close)
    try:
        state.check()
    except ConformanceError as error:
        raise pytest.UsageError(str(error)) from None
    if not state.is_worker:
        state.added = _added(config, state)
    config.args += state.added


def _added(config: pytest.Config, state: State) -> list[str]:
    """Return the documents to collect beside what pytest collects by itself.

    None where some of theirs were picked by name, nor where paths were named by hand and the
    documents in `addopts`: who runs one test of their own wants no other.
    """
    by_name = {Path(argument.partition("::")[0]).resolve() for argument in config.args}
    by_hand = any(argument.startswith(_NAMING) for argument in config.invocation_params.args)
    is_elsewhere = config.args_source is config.ArgsSource.ARGS and not by_hand
    if not by_name.isdisjoint(state.documents) or is_elsewhere:
        return []
    return sorted(map(str, state.documents))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of xdist which folder the session shares, and what was added to its arguments."""
    state = State.of(node.config)
    node.workerinput[SHARED] = {"folder": str(state.folder), "added": state.added}


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take the documents named with `--spec`."""
    is_document = file_path.suffix in SUFFIXES and file_path.resolve() in State.of(parent.config).documents
    return DocumentFile.from_parent(parent, path=file_path) if is_document else None


def pytest_pycollect_makeitem(collector: pytest.Collector, obj: object) -> list[pytest.Collector] | None:
    """Put the operations of the session's documents in the place of a `Contract()`."""
    if not isinstance(obj, Contract):
        return None
    return [] if State.of(collector.config).specs else list(operations_of(collector))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Note what was selected: the run decides just that."""
    items = (item for item in session.items if isinstance(item, RequirementItem))
    State.of(session.config).select(item.requirement for item in items)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Have the verdict at hand before pytest looks for skip marks."""
    if isinstance(item, RequirementItem):
        item.prepare()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Tell what was found by the way, where the test it belongs to was not selected."""
    if lines := State.of(config).beyond():
        terminalreporter.section("findings of tests that were not selected")
        for line in lines:
            terminalreporter.line(line)
