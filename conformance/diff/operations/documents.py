"""Two sets of documents compared: operations matched, then each part of a pair by its own module."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from conformance.diff.change import Change, DriftVerdict
from conformance.diff.operations.calls import compare_callbacks, compare_webhooks
from conformance.diff.operations.matching import Matches, match, template
from conformance.diff.operations.messages import compare_request, compare_responses
from conformance.diff.operations.parameters import compare_parameters
from conformance.diff.operations.rules import CHANGED, GONE_OR_NEW
from conformance.diff.operations.security import compare_security
from conformance.diff.operations.servers import compare_servers
from conformance.diff.operations.side import Owners, Scope, side
from conformance.diff.operations.texts import compare_about, compare_texts
from conformance.diff.schema.compare import SchemaComparison
from conformance.openapi.document import Document
from conformance.openapi.operation import Operation
from conformance.witness.values import MakeValues

_Documents: TypeAlias = Sequence[Document]


def compare_documents(base: _Documents, revision: _Documents, values: MakeValues) -> Iterator[Change]:
    """Yield every change between two sets of documents: of the documents first, then by operation.

    Raises DocumentError for a reference or schema that cannot be used.
    """
    matches, schemas = match(base, revision), SchemaComparison(values)
    yield from _wholes(base, revision, matches, Scope("", schemas))
    yield from compare_webhooks(Scope("", schemas), base, revision)
    for mine, theirs in matches.pairs:
        yield from _pair(mine, theirs, schemas)
    yield from _lost(matches, schemas)
    yield from _new(matches, schemas)


def _wholes(base: _Documents, revision: _Documents, matches: Matches, scope: Scope) -> Iterator[Change]:
    """Yield what documents say for all their operations at once, once for each two documents."""
    shared: dict[tuple[int, int], list[tuple[Operation, Operation]]] = {}
    for mine, theirs in matches.pairs:
        shared.setdefault((id(mine.document), id(theirs.document)), []).append((mine, theirs))
    for one, other in _namesakes(base, revision):
        yield from compare_about(scope, side(one, ()), side(other, ()))
    for pairs in shared.values():
        tops = tuple((side(operation.document, ()),) for operation in pairs[0])
        owners = [(_owners(mine), _owners(theirs)) for mine, theirs in pairs]
        # what every operation says for itself matters to none of them here
        if not all(_says("servers", *both) for both in owners):
            yield from compare_servers(scope, *tops)
        if not all(_says("security", *both) for both in owners):
            yield from compare_security(scope, *tops)


def _namesakes(base: _Documents, revision: _Documents) -> Iterator[tuple[Document, Document]]:
    """Yield the documents of one name, or the only ones; of another document there are no other texts."""
    if len(base) == len(revision) == 1:
        yield base[0], revision[0]
    else:
        named = {document.name: document for document in revision}
        yield from ((document, named[document.name]) for document in base if document.name in named)


def _pair(mine: Operation, theirs: Operation, schemas: SchemaComparison) -> Iterator[Change]:
    scope, base, revision = Scope(mine.name, schemas), _owners(mine), _owners(theirs)
    yield from _address(scope, mine, theirs)
    # what both only inherit is a change of their documents
    if _says("servers", base, revision):
        yield from compare_servers(scope, base, revision)
    if _says("security", base, revision):
        yield from compare_security(scope, base, revision)
    yield from compare_parameters(scope, (mine.path, base), (theirs.path, revision))
    yield from compare_request(scope, base[-1], revision[-1])
    yield from compare_responses(scope, base[-1], revision[-1])
    yield from compare_callbacks(scope, base[-1], revision[-1])
    yield from compare_texts(scope, base, revision)


def _owners(operation: Operation) -> Owners:
    """Return the document, the path item and the operation: the later win over the earlier."""
    document = operation.document
    return side(document, ()), side(document, ("paths", operation.path)), side(document, operation.pointer)


def _says(member: str, base: Owners, revision: Owners) -> bool:
    return any(owner.get(member) is not None for owner in (*base[1:], *revision[1:]))


def _address(scope: Scope, mine: Operation, theirs: Operation) -> Iterator[Change]:
    base, revision = side(mine.document, mine.pointer), side(theirs.document, theirs.pointer)
    if (mine.method, template(mine.path)) != (theirs.method, template(theirs.path)):
        moved = f"{mine.method} {mine.path} → {theirs.method} {theirs.path}"
        yield scope.change(CHANGED["moved"], DriftVerdict.BREAKING, moved, base, revision)
    if mine.operation_id != theirs.operation_id:
        named = f"operationId {mine.operation_id or 'none'} → {theirs.operation_id or 'none'}"
        yield scope.change(CHANGED["operation id"], DriftVerdict.COMPATIBLE, named, base, revision)


def _lost(matches: Matches, schemas: SchemaComparison) -> Iterator[Change]:
    for operation in matches.removed:
        base = side(operation.document, operation.pointer)
        gone, warned = f"{operation.method} {operation.path} is gone", bool(base.get("deprecated"))
        yield Scope(operation.name, schemas).change(
            GONE_OR_NEW["operation"][0], DriftVerdict.BREAKING, gone, base, None,
            "the base had deprecated it" if warned else "",
        )  # fmt: skip


def _new(matches: Matches, schemas: SchemaComparison) -> Iterator[Change]:
    for operation in matches.added:
        revision = side(operation.document, operation.pointer)
        new = f"{operation.method} {operation.path} is new"
        yield Scope(operation.name, schemas).change(
            GONE_OR_NEW["operation"][1], DriftVerdict.COMPATIBLE, new, None, revision
        )
