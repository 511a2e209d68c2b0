from __future__ import annotations

import pytest

from conformance.errors import NothingExercisedError, UsageError
from conformance.openapi.document import discover
from conformance.openapi.operation import operations
from conformance.openapi.selection import select, unmatched
from conformance.session.loading import BUNDLED

EVERY = operations(discover(BUNDLED))


@pytest.mark.parametrize(
    ("globs", "names"),
    [
        ((), ["compliance-requests", "consent-types", "projects", "trackers"]),
        (("trackers",), ["trackers"]),
        (("tr*", "projects"), ["projects", "trackers"]),
        (("POST */consent-types",), ["consent-types"]),
        (("c*", "consent-*"), ["compliance-requests", "consent-types"]),
    ],
)
def test_globs_choose_by_name_or_method_and_path_in_document_order(
    globs: tuple[str, ...], names: list[str]
) -> None:
    assert [operation.name for operation in select(EVERY, globs)] == names


def test_an_operation_id_is_a_name_too() -> None:
    identity = EVERY[0].operation_id
    assert not identity or select(EVERY, (identity,)) == EVERY[:1]


@pytest.mark.parametrize("globs", [("nope",), ("trackers", "nope"), ("",), ("TRACKERS",)])
def test_a_glob_that_matches_nothing_is_an_error_that_lists_the_names(globs: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="compliance-requests, consent-types, projects, trackers"):
        select(EVERY, globs)


def test_globs_that_match_nothing_are_named_in_their_order() -> None:
    assert unmatched(EVERY, ("zz", "track*", "a", "POST *")) == ("zz", "a")


def test_documents_without_operations_exercise_nothing() -> None:
    with pytest.raises(NothingExercisedError):
        select((), ())
