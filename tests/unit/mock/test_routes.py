"""From path to operation: literal segments first, everything decoded once."""

from __future__ import annotations

import pytest

from conformance.mock.routes import Routes


@pytest.fixture
def routes() -> Routes[str]:
    """Return routes where literal and templated segments compete."""
    made: Routes[str] = Routes()
    made.add("GET", "/pets/{id}", "pet")
    made.add("GET", "/pets/mine", "mine")
    made.add("GET", "/pets/{id}/toys", "toys")
    made.add("POST", "/pets/{id}", "change")
    made.add("GET", "/reports/{year}", "report")
    made.add("GET", "/reports/{year}.csv", "table")
    made.add("GET", "/reports/{from}-{to}.csv", "span")
    made.add("GET", "/reports/{id}:verb", "verb")
    made.add("GET", "/tiles/{x}{y}", "tile")
    return made


@pytest.mark.parametrize(
    ("path", "target", "values"),
    [
        ("/pets/7", "pet", ("7",)),
        ("/pets/mine", "mine", ()),
        ("/pets/mine/toys", "toys", ("mine",)),
        ("/pets/a%2Fb%20c", "pet", ("a/b c",)),
        ("/pets/%252F", "pet", ("%2F",)),
        ("/pets/", "pet", ("",)),
        ("/reports/2024", "report", ("2024",)),
        ("/reports/2024.csv", "table", ("2024",)),
        ("/reports/a.csv.csv", "table", ("a.csv",)),
        ("/reports/1-2-3.csv", "span", ("1", "2-3")),
        ("/reports/7%3Averb", "verb", ("7",)),
        ("/reports/.cs", "report", (".cs",)),
        ("/tiles/12", "tile", ("1", "2")),
    ],
)
def test_path_leads_to_its_operation(
    routes: Routes[str], path: str, target: str, values: tuple[str, ...]
) -> None:
    """The more literal segment wins, an encoded slash stays in its segment, and decoding happens once."""
    found = routes.find(path)
    assert found is not None
    item, given = found
    assert (item.methods["GET"], given) == (target, values)


@pytest.mark.parametrize("path", ["", "/", "/pets", "/pets/7/", "/pets/7/toys/1", "/Pets/7", "//pets/7"])
def test_unknown_path_leads_nowhere(routes: Routes[str], path: str) -> None:
    """Nothing else matches, not even with a slash more or another case."""
    assert routes.find(path) is None


def test_methods_of_one_path_stand_together(routes: Routes[str]) -> None:
    """One path item knows every method that is declared for it."""
    found = routes.find("/pets/7")
    assert found is not None
    assert found[0].methods == {"GET": "pet", "POST": "change"}


def test_a_path_asked_for_before_is_found_once_it_is_added(routes: Routes[str]) -> None:
    """What was found of a path, or not, is forgotten when routes are added."""
    assert routes.find("/owners/7") is None
    routes.add("GET", "/owners/{id}", "owner")
    found = routes.find("/owners/7")
    assert found is not None
    assert found[0].methods == {"GET": "owner"}
