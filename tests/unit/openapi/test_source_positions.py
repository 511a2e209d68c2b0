"""Places found in one pass are those that the composed document gives."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from conformance import pointer as pointers
from conformance.errors import DocumentError
from conformance.jsonvalue import JSON
from conformance.openapi.document import parse
from conformance.openapi.lines import Position, lines
from conformance.openapi.source_positions import positions
from conformance.pointer import Pointer
from conformance.session.loading import BUNDLED


def every(node: JSON, at: Pointer = ()) -> Iterator[Pointer]:
    yield at
    held = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for token, below in held:
        yield from every(below, (*at, token))


@pytest.mark.parametrize("path", sorted(BUNDLED.glob("*.yaml")), ids=lambda path: path.name)
def test_every_place_of_a_document_is_where_the_composed_text_has_it(path: object) -> None:
    data = (BUNDLED / str(path)).read_bytes()
    wanted = list(every(parse(data, "here")))
    composed = lines(data, "here")
    assert positions(data, "here", wanted) == {at: composed.at(at) for at in wanted}


@pytest.mark.parametrize(
    ("text", "pointer", "place"),
    [
        ("a: 1\nb: {c: 2}\n", "/b/c", (2, 5)),
        ("a: 1\nb: [x,\n  y]\n", "/b/1", (3, 3)),
        ("a: 1\n", "/nosuch/more", (1, 1)),
        ("\na:\n  b: 1\n", "/a/nosuch", (2, 1)),
        ("a: 1\na: 2\n", "/a", (2, 1)),
        ("? [x]\n: {a: 1}\nb: 2\n", "/b", (3, 1)),
        ("? {x: y}\n: z\nb: 2\n", "/b", (3, 1)),
        ("x: &x {a: 1}\ny: *x\n", "/y/a", (1, 8)),
        ("x: &x {a: 1}\ny:\n  <<: *x\n", "/y/a", (1, 8)),
        ('{"a": [0, {"b": 1}]}', "/a/1/b", (1, 12)),
    ],
)
def test_a_place_is_its_own_or_its_nearest_parents(text: str, pointer: str, place: tuple[int, int]) -> None:
    at = pointers.parse(pointer)
    assert positions(text.encode(), "here", [at]) == {at: Position(*place)}
    assert lines(text.encode(), "here").at(at) == Position(*place)


def test_what_is_no_yaml_is_refused() -> None:
    with pytest.raises(DocumentError, match=r"^here: not YAML or JSON"):
        positions(b"a: [", "here", [()])
