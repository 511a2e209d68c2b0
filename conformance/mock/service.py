"""The mock as one value: documents, behaviours, faults and state in, an answer for each request out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from math import ceil

from conformance.mock.behaviour import DEFAULT_KEY, Behaviour, known_kind
from conformance.mock.bucket import TokenBucket
from conformance.mock.endpoint import Endpoint, first_known
from conformance.mock.faults import Fault, policy, reread
from conformance.mock.judge import OperationJudge
from conformance.mock.message import Answer, MockRequest
from conformance.mock.routes import PathItem, Routes
from conformance.mock.store import MemoryStore, Store
from conformance.openapi.operation import Operation


@dataclass(slots=True)
class Service:
    """The four operations of a mock: `answer`, and what set it up. Build it with `serve`."""

    path_params: Mapping[str, str]
    faults: tuple[str, ...]
    modes: tuple[str, ...]
    secret_headers: frozenset[bytes]
    store: Store
    bucket: TokenBucket | None = None
    _routes: Routes[OperationJudge] = field(default_factory=Routes)

    def add(self, judge: OperationJudge) -> None:
        """Serve one more operation."""
        self._routes.add(judge.endpoint.operation.method, judge.endpoint.operation.path, judge)

    def answer(self, request: MockRequest) -> Answer:
        """Judge a request: the rate first, then the path, the method, and what the operation says."""
        found = self._routes.find(request.path)
        if self.bucket is not None and (wait := self.bucket.take()):
            return _too_many(ceil(wait), None if found is None else found[0])
        if found is None:
            return plain_error(HTTPStatus.NOT_FOUND, "no operation has this path")
        item, values = found
        judge = item.methods.get(request.method)
        return _wrong_method(request, item) if judge is None else judge.judge(request, values)


def plain_error(status: HTTPStatus, message: str, gate: str = "path") -> Answer:
    """Return an error that belongs to no operation, so that no document gives its shape."""
    body = {"statusCode": int(status), "error": status.phrase, "message": message}
    return Answer(int(status), body, gate=gate)


def _too_many(wait: int, item: PathItem[OperationJudge] | None) -> Answer:
    """Answer 429 with the seconds to stay away (RFC 6585 §4), in the shape of the document where it has one."""
    message = f"too many requests; come back in {wait} s"
    if item is None:
        answer = plain_error(HTTPStatus.TOO_MANY_REQUESTS, message, "rate")
    else:
        judge = next(iter(item.methods.values()))
        answer = judge.endpoint.error(HTTPStatus.TOO_MANY_REQUESTS, message, "rate")
    answer.headers = ((b"retry-after", str(wait).encode()),)
    return answer


def _wrong_method(request: MockRequest, item: PathItem[OperationJudge]) -> Answer:
    """Answer 405 with the methods that are declared (RFC 9110 §15.5.6)."""
    allowed = ", ".join(sorted(item.methods))
    judges = list(item.methods.values())
    answer = judges[0].endpoint.error(HTTPStatus.METHOD_NOT_ALLOWED, f"allowed here: {allowed}", "method")
    answer.headers = ((b"allow", allowed.encode()),)
    for judge in judges:
        answer = judge.policy.alter(judge.endpoint, request, answer)
    return answer


def serve(
    operations: Iterable[Operation],
    behaviours: Mapping[str, Behaviour] | None = None,
    faults: Sequence[Fault] = (),
    store: Store | None = None,
    key: str = DEFAULT_KEY,
    modes: Sequence[Fault] = (),
    bucket: TokenBucket | None = None,
) -> Service:
    """Return the service of these operations; `behaviours` are by the document's sha256.

    Modes come before faults, so that a fault breaks the contract as the modes read it. Raises
    DocumentError where one edits what its operation lacks.
    """
    store = MemoryStore() if store is None else store
    endpoints = [Endpoint(operation) for operation in operations]
    behaviours = behaviours or {}
    known = _known(endpoints, behaviours)
    rows = [(known_kind(name), value, True) for name, value in known.items()]
    store.add(row for row in rows if not store.has(row[0], row[1]))
    service = Service(
        path_params=known,
        faults=tuple(fault.name for fault in faults),
        modes=tuple(dict.fromkeys(mode.name for mode in modes)),
        secret_headers=frozenset(name for endpoint in endpoints for name in endpoint.key_headers),
        store=store,
        bucket=bucket,
    )
    effects = [*(replace(mode, edits=()) for mode in modes), *faults]
    for endpoint in endpoints:
        reread(endpoint, modes)
        behaviour = behaviours.get(endpoint.operation.document.sha256, Behaviour())
        service.add(
            OperationJudge(
                endpoint=endpoint,
                store=store,
                key=key.encode(),
                handler=behaviour.handlers.get(endpoint.label),
                body_needed=endpoint.label in behaviour.body_needed,
                policy=policy(endpoint, effects),
            )
        )
    return service


def _known(endpoints: Iterable[Endpoint], behaviours: Mapping[str, Behaviour]) -> dict[str, str]:
    """Return one known value for each path parameter: the behaviours' choice, else one that fits."""
    known: dict[str, str] = {}
    for behaviour in behaviours.values():
        known.update(behaviour.known)
    for endpoint in endpoints:
        for parameter in endpoint.parameters:
            if parameter.name not in known:
                known[parameter.name] = first_known(parameter, endpoint.operation.path)
    return known
