"""Sets of code points keep one normal form, and the algebra of sets."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.regex import charset
from conformance.regex.charset import Ranges

_QUICK = settings(max_examples=60, derandomize=True, database=None)
_CODE = st.integers(0, 20) | st.integers(charset.LAST - 5, charset.LAST)
_SETS = st.lists(st.tuples(_CODE, _CODE).map(lambda pair: (min(pair), max(pair))), max_size=5).map(
    charset.normal
)


def test_touching_and_overlapping_ranges_are_joined() -> None:
    assert charset.normal([(5, 6), (1, 2), (3, 4), (9, 9), (4, 5)]) == ((1, 6), (9, 9))


def test_size_and_membership() -> None:
    assert charset.size(((1, 3), (7, 7))) == 4
    assert [code for code in range(9) if charset.contains(((1, 3), (7, 7)), code)] == [1, 2, 3, 7]


def test_the_complement_of_everything_is_nothing() -> None:
    assert charset.complement(charset.EVERYTHING) == ()
    assert charset.complement(()) == charset.EVERYTHING


@_QUICK
@given(_SETS)
def test_the_complement_of_the_complement_is_the_set(ranges: Ranges) -> None:
    assert charset.complement(charset.complement(ranges)) == ranges
    assert charset.size(ranges) + charset.size(charset.complement(ranges)) == charset.LAST + 1


@_QUICK
@given(_SETS, _SETS, _CODE)
def test_union_and_difference_are_those_of_sets(a: Ranges, b: Ranges, code: int) -> None:
    in_a, in_b = charset.contains(a, code), charset.contains(b, code)
    assert charset.contains(charset.union(a, b), code) is (in_a or in_b)
    assert charset.contains(charset.minus(a, b), code) is (in_a and not in_b)
