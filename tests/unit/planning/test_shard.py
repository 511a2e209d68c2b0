from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace

import pytest

from conformance.case import Case, Intent, Request, RunLevel
from conformance.errors import UsageError
from conformance.planning.plan import Plan
from conformance.planning.shard import MAX_SHARDS, Shard, before, cut, description, parse_shard, places, terms
from conformance.requirement import Requirement, Side
from tests.unit.documents import operation

ONE = operation(None, {"201": None})
NAMES = ("a", "b", "c")
OPERATIONS = tuple(replace(ONE, name=name) for name in NAMES)


def demand(name: str, number: int, side: Side) -> Requirement:
    return Requirement(name, "body", f"demand {number}", "outcome", side, (), "operator")


def case(name: str, number: int, intent: Intent, level: RunLevel = RunLevel.STANDARD) -> Case:
    requirement = demand(name, number, Side.ACCEPTS).id
    request = Request("POST", "/things", body=f"{name}{number}".encode())
    return Case(f"{name}{number}", name, intent, "t", request, ("201",), (requirement,), "x", level)


def cases_of(name: str) -> list[Case]:
    """Return ten cases of an operation: four valid ones, six that its contract refuses in between."""
    return [case(name, n, Intent.VALID if n % 5 in (0, 2) else Intent.INVALID) for n in range(10)]


CASES = tuple(one for name in NAMES for one in cases_of(name))
PLAN = Plan(
    OPERATIONS,
    tuple(demand(one.operation, int(one.id[1:]), Side.ACCEPTS) for one in CASES)
    + tuple(demand(name, 99, Side.ANSWERS) for name in NAMES)
    + tuple(demand(name, 98, Side.ACCEPTS) for name in NAMES),
    CASES,
    {name: next(c.id for c in CASES if c.operation == name and c.intent is Intent.VALID) for name in NAMES},
)


@pytest.mark.parametrize("of", [1, 2, 3, 5, 7, 30, 100])
def test_every_case_and_what_it_decides_is_in_exactly_one_shard(of: int) -> None:
    parts = [cut(PLAN, Shard(index, of)) for index in range(1, of + 1)]
    assert Counter(c.id for part in parts for c in part.cases) == Counter(c.id for c in CASES)
    decided = Counter(r.id for part in parts for r in part.requirements if r.side is not Side.ANSWERS)
    assert decided == Counter(r for c in CASES for r in c.requirements)
    for part in parts:
        assert [c for c in CASES if c in part.cases] == list(part.cases)
        names = {c.operation for c in part.cases}
        assert {o.name for o in part.operations} == names
        assert {r.operation for r in part.requirements if r.side is Side.ANSWERS} == names


@pytest.mark.parametrize("of", [2, 3, 5, 7, 30])
def test_what_is_compared_stays_in_one_shard(of: int) -> None:
    together = defaultdict(set)
    for one in CASES:
        if one.intent is Intent.VALID:
            together[one.operation].add(places(PLAN, of)[one.id])
    assert {name: len(found) for name, found in together.items()} == dict.fromkeys(NAMES, 1)


def test_open_cases_stay_with_the_valid_ones_but_for_those_of_the_level_full() -> None:
    levels = [*[RunLevel.STANDARD] * 5, *[RunLevel.FULL] * 20]
    cases = [case("a", number, Intent.OPEN, level) for number, level in enumerate(levels)]
    plan = Plan(OPERATIONS[:1], (), (*cases, case("a", 99, Intent.VALID)), {})
    found = places(plan, 13)
    assert len({found[name] for name in ("a0", "a1", "a2", "a3", "a4", "a99")}) == 1
    assert len({found[f"a{number}"] for number in range(5, 25)}) > 5


def test_shards_are_of_like_size_and_most_operations_lie_in_one() -> None:
    names = [f"o{number}" for number in range(100)]
    cases = tuple(one for name in names for one in cases_of(name))
    plan = Plan(tuple(replace(ONE, name=name) for name in names), (), cases, {})
    found = places(plan, 7)
    sizes = Counter(found.values())
    assert (len(sizes), max(sizes.values()) - min(sizes.values()) <= 4) == (7, True)
    shards = Counter(len({found[c.id] for c in cases if c.operation == name}) for name in names)
    assert shards[1] >= 100 - 6


def test_an_empty_shard_is_a_part_too() -> None:
    plan = replace(PLAN, cases=CASES[:1])
    sizes = [len(cut(plan, Shard(index, 3)).cases) for index in (1, 2, 3)]
    assert sorted(sizes) == [0, 0, 1]
    empty = cut(plan, Shard(sizes.index(0) + 1, 3))
    assert (empty.cases, empty.requirements, empty.operations) == ((), (), ())


def test_a_shard_tells_which_part_of_what_it_is_and_what_it_sends_beside_its_cases() -> None:
    parts = [cut(PLAN, Shard(index, 5)) for index in range(1, 6)]
    agreed = terms(PLAN, RunLevel.SMOKE, ["a*"], 7)
    told = [description(Shard(n, 5), PLAN, part, agreed) for n, part in enumerate(parts, 1)]
    assert [(t["index"], t["of"], t["terms"]) for t in told] == [(n, 5, agreed) for n in range(1, 6)]
    asked = [{o.name for o in before(PLAN, part).operations} for part in parts]
    beside = [
        sum(PLAN.preflight[name] not in {c.id for c in part.cases} for name in names)
        for names, part in zip(asked, parts, strict=True)
    ]
    assert [t["preflights"] for t in told] == beside
    assert sum(map(len, asked)) - sum(beside) == len(NAMES)


def test_the_terms_name_documents_choice_and_cases() -> None:
    agreed = terms(PLAN, RunLevel.FULL, ["a*"], 7)
    assert agreed["documents"] == [[ONE.document.name, ONE.document.sha256]]
    assert (agreed["level"], agreed["operations"], agreed["max_body"]) == ("full", ["a*"], 7)
    other = terms(replace(PLAN, cases=CASES[1:]), RunLevel.FULL, ["a*"], 7)
    assert {name for name in agreed if agreed[name] != other[name]} == {"cases"}


@pytest.mark.parametrize(("text", "shard"), [("1/1", Shard(1, 1)), ("02/5", Shard(2, 5))])
def test_a_shard_is_written_as_part_and_number(text: str, shard: Shard) -> None:
    assert parse_shard(text) == shard


@pytest.mark.parametrize(
    "text",
    ["", "2", "0/5", "6/5", "-1/5", "1/0", "1/2/3", "a/b", "1 / 2", f"1/{MAX_SHARDS + 1}", "9" * 99 + "/1"],
)
def test_what_names_no_shard_is_a_usage_error_in_one_line(text: str) -> None:
    with pytest.raises(UsageError, match="--shard") as caught:
        parse_shard(text)
    assert "\n" not in str(caught.value)
