from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from conformance.errors import DocumentError
from conformance.openapi.document import MAX_DEPTH, load
from conformance.openapi.lines import Position, lines, lines_of
from conformance.openapi.operation import operations
from conformance.pointer import parse

YAML = b"""\
# a comment
openapi: 3.1.0
paths:
  /a/{b}:
    post:
      tags: [one, two]
      responses:
        201: &made
          description: d
        '202': *made
        203:
          <<: *made
          content: {}
"""
JSON = b'{"a": {"b~/c": [1,\n  {"d": 2}]}}'


@pytest.mark.parametrize(
    ("data", "pointer", "place"),
    [
        (YAML, "", (2, 1)),
        (YAML, "/openapi", (2, 1)),
        (YAML, "/paths/~1a~1{b}/post", (5, 5)),
        (YAML, "/paths/~1a~1{b}/post/tags/1", (6, 19)),
        (YAML, "/paths/~1a~1{b}/post/responses/201", (8, 9)),
        (YAML, "/paths/~1a~1{b}/post/responses/202", (10, 9)),
        (YAML, "/paths/~1a~1{b}/post/responses/202/description", (9, 11)),
        (YAML, "/paths/~1a~1{b}/post/responses/203/description", (9, 11)),
        (YAML, "/paths/~1a~1{b}/post/responses/203/content", (13, 11)),
        (JSON, "/a/b~0~1c/1/d", (2, 4)),
        ("- ü😀: 1\n  b: &x [c, *x]".encode(), "/0/b/1/0", (2, 10)),
        (b"a: 1\nb: 2\na: 3\n", "/a", (3, 1)),
        (b"a: &a {x: 1}\nb: &b {x: 2, y: 3}\nc:\n  <<: [*a, *b]\n", "/c/x", (1, 8)),
        (b"'<<': {x: 1}\n", "/x", (1, 1)),
        (b"&a\n<<: *a\nb: 1\n", "/c", (1, 1)),
    ],
)
def test_a_pointer_leads_to_the_place_of_its_name_or_item(
    data: bytes, pointer: str, place: tuple[int, int]
) -> None:
    assert lines(data, "d").at(parse(pointer)) == Position(*place)


@pytest.mark.parametrize("pointer", ["/paths/nope", "/paths/~1a~1{b}/post/tags/2", "/openapi/x"])
def test_where_nothing_stands_the_nearest_parent_does(pointer: str) -> None:
    parent = pointer.rpartition("/")[0]
    assert lines(YAML, "d").at(parse(pointer)) == lines(YAML, "d").at(parse(parent))


@pytest.mark.parametrize("data", [b"", b"a: [", b"\xff\xfe\x00", b"[" * (MAX_DEPTH + 1)])
def test_what_is_no_document_is_told_by_name(data: bytes) -> None:
    with pytest.raises(DocumentError, match=r"^d: "):
        lines(data, "d")


def test_a_loaded_document_is_read_again_only_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "d.yaml"
    head = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\n"
    path.write_text(head + "paths: {/x: {get: {responses: {'204': {description: d}}}}}\n")
    document = load(path)
    found = lines_of(document)
    assert found is not None
    assert found.at(operations((document,))[0].pointer) == Position(3, 14)
    path.write_text("openapi: 3.1.0\n")
    assert lines_of(document) is None
    assert lines_of(replace(document, path=tmp_path / "gone")) is None
