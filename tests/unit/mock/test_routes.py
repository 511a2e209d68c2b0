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
    return made


@pytest.mark.parametrize(
    ("path", "target", "params"),
    [
        ("/pets/7", "pet", {"id": "7"}),
        ("/pets/mine", "mine", {}),
        ("/pets/mine/toys", "toys", {"id": "mine"}),
        ("/pets/a%2Fb%20c", "pet", {"id": "a/b c"}),
        ("/pets/%252F", "pet", {"id": "%2F"}),
        ("/pets/", "pet", {"id": ""}),
    ],
)
def test_path_leads_to_its_operation(
    routes: Routes[str], path: str, target: str, params: dict[str, str]
) -> None:
    """A literal segment wins, an encoded slash stays in its segment, and decoding happens once."""
    found = routes.find(path)
    assert found is not None
    place, given = found
    assert (place.methods["GET"], dict(given)) == (target, params)


@pytest.mark.parametrize("path", ["", "/", "/pets", "/pets/7/", "/pets/7/toys/1", "/Pets/7", "//pets/7"])
def test_unknown_path_leads_nowhere(routes: Routes[str], path: str) -> None:
    """Nothing else matches, not even with a slash more or another case."""
    assert routes.find(path) is None


def test_methods_of_one_path_stand_together(routes: Routes[str]) -> None:
    """One place knows every method that is declared for it."""
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
