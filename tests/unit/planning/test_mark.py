from __future__ import annotations

import pytest

from conformance.planning.mark import PLACEHOLDERS, mark_of, spelled, stamp


def test_a_mark_is_eight_hex_digits_the_same_for_the_same_run() -> None:
    assert mark_of("build-17") == mark_of("build-17") == "11f5cf65"
    assert mark_of("build-18") != mark_of("build-17")


def test_a_run_id_may_be_any_text() -> None:
    assert len(mark_of("\ud800 naïve 😀")) == 8


@pytest.mark.parametrize(
    ("body", "stamped"),
    [
        (b'"conformance-00000000"', b'"conformance-11f5cf65"'),
        (b'["conformance_00000000aa","conformance-00000000"]', b'["conformance_11f5cf65aa","conformance-11f5cf65"]'),
        (b'"00000000"', b'"00000000"'),
        (b"", b""),
    ],
)  # fmt: skip
def test_each_placeholder_gives_way_to_the_mark_at_the_same_length(body: bytes, stamped: bytes) -> None:
    assert stamp(body, "11f5cf65") == stamped


def test_what_a_person_looks_for_is_what_most_bodies_hold() -> None:
    assert spelled("11f5cf65").encode() == stamp(PLACEHOLDERS[0].encode(), "11f5cf65")
