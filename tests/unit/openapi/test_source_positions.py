"""A pointer leads to line and column of what was read there: values and places come from one walk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.errors import DocumentError
from conformance.jsonvalue import JSON
from conformance.openapi.document import load, positions_of
from conformance.openapi.operation import operations
from conformance.openapi.reading import read, source_positions
from conformance.openapi.walk import MAX_DEPTH, Position
from conformance.pointer import Pointer, parse
from conformance.session.loading import BUNDLED

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
TEXT = b'{"a": {"b~/c": [1,\n  {"d": 2}]}}'


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
        (TEXT, "/a/b~0~1c/1/d", (2, 4)),
        (b'\xef\xbb\xbf{"a": 1}', "/a", (1, 2)),
        (b'{"a":\r\n [1,\r\n 2]}', "/a/1", (3, 2)),
        (rb'{"\ud83d\ude00": "\ud83d\ude00", "a": 1}', "/a", (1, 34)),
        (rb'{"\ud83d\ude00": ["\ud83d\ude00", 1]}', "/\U0001f600/1", (1, 35)),
        ('{"😀": 1, "a": "\x7f\ufffe", "b": 2}'.encode(), "/b", (1, 21)),
        (b'{"' + b"n" * 2000 + b'": 1, "b": 2}', "/b", (1, 2009)),
        (b'{"a": "\\"}]", "b": 2}', "/b", (1, 15)),
        ("- ü😀: 1\n  b: &x [c, d]".encode(), "/0/b/1", (2, 13)),
        (b"a: &a {x: 1}\nb: &b {x: 2, y: 3}\nc:\n  <<: [*a, *b]\n", "/c/x", (1, 8)),
        (b"a: &a {x: 1}\nb: {<<: *a, x: 2}", "/b/x", (2, 13)),
        (b"'<<': {x: 1}\n", "/x", (1, 1)),
        (b"0x10: 1\nb: 1", "/16", (1, 1)),
        (b"a: {1: {0: x}}\nb: [[x]]", "/a/1/0", (1, 9)),
        (b"", "/a", (1, 1)),
    ],
)
def test_a_pointer_leads_to_the_place_of_its_name_or_item(
    data: bytes, pointer: str, place: tuple[int, int]
) -> None:
    assert source_positions(data, "d").at(parse(pointer)) == Position(*place)


@pytest.mark.parametrize(
    "pointer",
    [
        "/paths/nope",
        "/paths/~1a~1{b}/post/tags/2",
        "/paths/~1a~1{b}/post/tags/01",
        "/openapi/x",
        "/openapi/0",
    ],
)
def test_where_nothing_stands_the_nearest_parent_does(pointer: str) -> None:
    positions = source_positions(YAML, "d")
    assert positions.at(parse(pointer)) == positions.at(parse(pointer.rpartition("/")[0]))


def every(node: JSON, at: Pointer = ()) -> Iterator[Pointer]:
    yield at
    held = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for token, below in held:
        yield from every(below, (*at, token))


@pytest.mark.parametrize("path", sorted(BUNDLED.glob("*.yaml")), ids=lambda path: path.name)
@pytest.mark.parametrize("form", ["yaml", "json"])
def test_what_has_a_name_stands_where_its_name_is_written(path: Path, form: str) -> None:
    data = path.read_bytes()
    if form == "json":
        data = json.dumps(read(data, "here"), indent=1, ensure_ascii=False).encode()
    positions, lines = source_positions(data, "here"), data.decode().split("\n")
    pointers = [pointer for pointer in every(read(data, "here")) if pointer and isinstance(pointer[-1], str)]
    for pointer in pointers:
        line, column = positions.at(pointer)
        assert lines[line - 1][column - 1 :].lstrip("'\"").startswith(str(pointer[-1]))
    assert len({positions.at(pointer) for pointer in pointers}) == len(pointers) > 100


@pytest.mark.parametrize("data", [b"a: [", b"\xff\xfe\x00", b"[" * (MAX_DEPTH + 1), b"a: 1\na: 2"])
def test_what_is_no_document_is_told_by_name(data: bytes) -> None:
    with pytest.raises(DocumentError, match=r"^d: "):
        source_positions(data, "d")


def test_a_loaded_document_is_read_again_only_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "d.yaml"
    head = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\n"
    path.write_text(head + "paths: {/x: {get: {responses: {'204': {description: d}}}}}\n")
    document = load(path)
    found = positions_of(document)
    assert found is not None
    assert found.at(operations((document,))[0].pointer) == Position(3, 14)
    path.write_text("openapi: 3.1.0\n")
    assert positions_of(document) is None
    assert positions_of(replace(document, path=tmp_path / "gone")) is None
