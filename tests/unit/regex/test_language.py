"""Patterns as automata: ECMA-262's reading, lengths, differences, bounds, and the validator's agreement."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.contract.validator import compile_schema
from conformance.errors import DocumentError
from conformance.regex.automaton import MAX_LENGTH, anchored, bounded, searched
from conformance.regex.parser import parse
from conformance.regex.syntax import UndecidedPatternError, render

PATTERNS = [
    "^custom_[a-z0-9_]{1,121}$",
    r"[\p{L}]",
    "^[^ ].*[^ ]$",
    "a",
    "^a",
    "a$",
    "^a|b$",
    "^(?:a|b)$",
    "(^a|b)c",
    r"^\d{2,4}$",
    r"^\w+\s\S*$",
    r"^[\w.-]+@[\w-]+$",
    "^.$",
    "^.*$",
    "",
    "^$",
    "^[^a]$",
    r"^\u{1F600}$",
    r"^\x41\u0042$",
    "^a{0}$",
    "^(ab){2}c?$",
    "^(a|ab)(c|bcd)$",
    r"^\/\.\-$",
    "^a+?b*?$",
    r"^(?<name>a)b$",
    r"^\cJ$",
    r"^[\d-z]$",
    r"\s",
    r"^[^\s]+$",
]


def _decided(pattern: str) -> bool:
    try:
        searched(pattern)
    except UndecidedPatternError:
        return False
    return True


def test_the_patterns_left_undecided_are_these() -> None:
    """Everything else in the table has an automaton."""
    assert {p for p in PATTERNS if not _decided(p)} == {r"[\p{L}]", "(^a|b)c", r"^[\d-z]$"}


_TEXT = st.text(st.sampled_from("aAbBcdz019_-. @\n\r\t\u2028é٣\U0001f600/\\xu"), max_size=8)


@pytest.mark.parametrize("pattern", [p for p in PATTERNS if _decided(p)])
def test_an_automaton_finds_what_the_validator_finds(pattern: str) -> None:
    """On any text the automaton of a pattern and the validator's own engine agree."""
    judge, language = compile_schema({"pattern": pattern}), searched(pattern)

    @settings(max_examples=80, derandomize=True, database=None, deadline=None)
    @given(st.one_of(_TEXT, st.text(max_size=4), _near(pattern)))
    def agree(text: str) -> None:
        assert language.accepts(text) is judge.accepts(text) or ("." in pattern and _DOTLESS & set(text))

    agree()


_DOTLESS = {"\r", "\u2028", "\u2029"}
"""Line ends that ECMA-262's dot does not match (§22.2.2.7), and the validator's does."""


def test_the_validator_s_dot_takes_three_line_ends_too_many() -> None:
    """The one divergence from ECMA-262 that is known of the validator's engine."""
    judge, language = compile_schema({"pattern": "^.$"}), searched("^.$")
    differing = {
        chr(code) for code in range(0x3000) if judge.accepts(chr(code)) is not language.accepts(chr(code))
    }
    assert differing == _DOTLESS


@pytest.mark.parametrize("pattern", ["^[]$", r"^[\b]$", r"^\ud83d\ude00$"])
def test_patterns_that_the_validator_refuses_are_a_document_error(pattern: str) -> None:
    """ECMA-262 allows these and we can read them, but a document that has one can't be used."""
    searched(pattern)
    with pytest.raises(DocumentError, match="not a"):
        compile_schema({"pattern": pattern})


@st.composite
def _near(draw: st.DrawFn, pattern: str) -> str:
    """Draw a match of the pattern with a character more, less, or other."""
    match = next(iter(searched(pattern).shortest(1)), "")
    at = draw(st.integers(0, len(match)))
    return match[:at] + draw(_TEXT.filter(lambda t: len(t) < 3)) + match[at + draw(st.integers(0, 1)) :]


@pytest.mark.parametrize("pattern", [p for p in PATTERNS if _decided(p)])
def test_a_walk_stays_in_the_language(pattern: str) -> None:
    """A random walk of a possible length has that length and is accepted, by the validator too."""
    judge, language = compile_schema({"pattern": pattern}), searched(pattern)
    if language.is_empty():
        return
    low, high = language.lengths()

    @settings(
        max_examples=30, derandomize=True, database=None, deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )  # fmt: skip
    @given(st.data())
    def inside(data: st.DataObject) -> None:
        length = data.draw(st.integers(low, min(low + 6, high if high is not None else low + 6)))
        found = language.walk(length, lambda count: data.draw(st.integers(0, count - 1)))
        assert found is None or (len(found) == length and judge.accepts(found))

    inside()


@pytest.mark.parametrize("pattern", [p for p in PATTERNS if _decided(p)])
def test_a_rendered_tree_reads_as_the_pattern_did(pattern: str) -> None:
    """What mutants are written with says the same as what it was read from."""
    again = searched(render(parse(pattern)))
    assert searched(pattern).minus(again).is_empty()
    assert again.minus(searched(pattern)).is_empty()


@pytest.mark.parametrize(
    ("pattern", "lengths"),
    [
        ("^custom_[a-z0-9_]{1,121}$", (8, 128)),
        ("^a$", (1, 1)),
        ("^a*$", (0, None)),
        ("a", (1, None)),
        ("^(?:a|bcd)$", (1, 3)),
        ("^$", (0, 0)),
        ("", (0, None)),
        (r"^\u{1F600}$", (1, 1)),
    ],
)
def test_lengths_are_counted_in_code_points(pattern: str, lengths: tuple[int, int | None]) -> None:
    assert searched(pattern).lengths() == lengths


def test_the_empty_language_has_no_lengths() -> None:
    """`^[]$` matches nothing."""
    assert searched("^[]$").is_empty()
    assert searched("^[]$").of_length(1) is None
    with pytest.raises(ValueError, match="empty"):
        searched("^[]$").lengths()


def test_of_length_gives_a_string_of_that_length_or_none() -> None:
    language = searched("^custom_[a-z0-9_]{1,121}$")
    assert language.of_length(7) is None
    assert language.of_length(8) == "custom_a"
    assert language.of_length(8, last=True) == "custom__"
    assert language.of_length(128) == "custom_" + "a" * 121
    assert language.of_length(129) is None
    assert searched("a").of_length(MAX_LENGTH + 1) is None


def test_walk_choosing_nothing_is_the_plainest_and_chooses_no_further_than_asked() -> None:
    language = searched("^[a-z]{4}$")
    assert language.walk(4, lambda _count: 0) == "aaaa"
    assert language.walk(4, lambda count: count - 1, 2) == "zzaa"
    assert language.walk(5, lambda _count: 0) is None


def test_what_one_pattern_has_and_another_has_not_is_found_with_a_shortest_proof() -> None:
    wide, narrow = searched("^[a-z]{1,3}$"), searched("^[a-z]{1,2}$")
    assert wide.minus(narrow).shortest(2) == ["aaa"]
    assert narrow.minus(wide).is_empty()
    assert wide.both(searched("^.{3}$")).lengths() == (3, 3)


def test_reaches_decides_whether_a_length_is_possible() -> None:
    language = searched("^(?:aa)+$")
    assert language.reaches(2, 2)
    assert not language.reaches(3, 3)
    assert not searched("^a$").reaches(2, None)
    with pytest.raises(UndecidedPatternError):
        bounded(0, None).reaches(MAX_LENGTH + 2, None)


def test_anchored_takes_the_anchors_for_granted() -> None:
    """The tight language of an unanchored pattern is the match alone."""
    assert anchored("a").lengths() == (1, 1)
    assert searched("a").accepts("xay")
    assert not anchored("a").accepts("xay")


def test_the_end_is_the_end_and_no_newline_before_it() -> None:
    """ECMA-262's `$` without the `m` flag matches at the end alone (§22.2.2.4)."""
    assert not searched("^a$").accepts("a\n")
    assert searched("^a\\n$").accepts("a\n")


def test_a_digit_is_an_ascii_digit() -> None:
    assert searched(r"^\d$").accepts("7")
    assert not searched(r"^\d$").accepts("\N{ARABIC-INDIC DIGIT THREE}")


def test_a_dot_is_anything_but_a_line_end() -> None:
    accepted = {c for c in "a\n\r\u2028\u2029\u0085\U0001f600" if searched("^.$").accepts(c)}
    assert accepted == {"a", "\u0085", "\U0001f600"}


def test_white_space_is_ecma_s_own() -> None:
    r"""`\s` takes the byte-order mark and no NEL, unlike Python's."""
    assert searched(r"^\s$").accepts("\ufeff")
    assert not searched(r"^\s$").accepts("\u0085")


@pytest.mark.parametrize(
    "pattern",
    [
        "(?=a)b", "(?!a)b", "(?<=a)b", "(?<!a)b", r"(a)\1", r"(?<n>a)\k<n>", r"\bword\b", r"\p{L}", r"\Ba",
        "a^b", "a$b", "(", "a)", "[a", "a{2,1}", "*a", "a**", r"\u{110000}", "\\", "(?<n", "a{1", "^*", "]",
    ],
)  # fmt: skip
def test_what_no_automaton_can_read_is_undecided_never_guessed(pattern: str) -> None:
    with pytest.raises(UndecidedPatternError):
        searched(pattern)


@pytest.mark.parametrize(
    "pattern",
    ["^(?:a?){50000}$", "^(?:[ab]*a[ab]{20})$", "a.{30}$", "(" * 200 + "a" + ")" * 200, "^a{99999999999}$",
     "^(?:(?:(?:a{100}){100}){100})$"],
)  # fmt: skip
def test_a_hostile_pattern_is_undecided_within_bounds(pattern: str) -> None:
    """Patterns that need exponentially many states, or endless nesting, are given up, not built."""
    with pytest.raises(UndecidedPatternError):
        searched(pattern)
