"""What every test stands on: nothing is kept in the user's own folders."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from conformance.witness_cache import VARIABLE

collect_ignore = ["clients"]
"""Projects of others, whose tests are run in folders of their own."""


@pytest.fixture(scope="session", autouse=True)
def _own_memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what searches find for this session alone, for the child processes too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(tmp_path_factory.mktemp("memory")))
        yield
