"""The plan of a run: what is demanded and the cases that decide it, a pure function of the document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING, Final

from conformance.case import Case, Intent, Request, RunLevel
from conformance.contract.contract import contract_of
from conformance.contract.direction import Direction
from conformance.contract.requests import request_contract
from conformance.errors import DocumentError
from conformance.mutation.mutant import Mutant
from conformance.openapi.operation import Operation
from conformance.openapi.part import Location, Part
from conformance.planning.answers import answer_requirements, unclear_requirements
from conformance.planning.bodies import Bodies
from conformance.planning.draft import Draft, join
from conformance.planning.expectation import successes
from conformance.planning.probes import probe_drafts, repeated
from conformance.planning.protocol import protocol_drafts
from conformance.planning.spread import Spread, in_turn
from conformance.planning.stamp import Stamp
from conformance.requirement import Reason, ReasonKind, Requirement, Side
from conformance.rules import OPEN_BEHAVIOUR, VALID_REJECTED
from conformance.wire.placing import placed
from conformance.witness_cache import NO_CACHE, WitnessCache

if TYPE_CHECKING:
    from conformance.witness.values import MakeValues


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a run needs.

    `preflight` maps an operation's name to its plainly valid case; `mutants` maps a requirement's
    id to the misreading that it guards against, where there is one. `level` is that of the cases.
    """

    operations: tuple[Operation, ...]
    requirements: tuple[Requirement, ...]
    cases: tuple[Case, ...]
    preflight: Mapping[str, str]
    mutants: Mapping[str, Mutant] = field(default_factory=dict, repr=False)
    level: RunLevel = RunLevel.STANDARD

    def marked(self, mark: str) -> Plan:
        """Return the plan with the mark in its bodies, those that hold it already as they are."""
        stamp = Stamp(self.operations, self.mutants, mark)
        return replace(self, cases=tuple(map(stamp.case, self.cases)))


@dataclass(frozen=True, slots=True)
class _Part:
    """One operation's share of the plan; `plain` is the id of its plainly valid case, empty without one."""

    requirements: tuple[Requirement, ...]
    cases: tuple[Case, ...]
    plain: str
    mutants: Mapping[str, Mutant]


_LEVELS = tuple(RunLevel)


def plan(
    operations: Sequence[Operation],
    values: MakeValues,
    *,
    level: RunLevel = RunLevel.STANDARD,
    max_body: int | None = None,
    memory: WitnessCache = NO_CACHE,
    mark: str = "",
    spread: Spread[_Part] = in_turn,
) -> Plan:
    """Return the requirements of the operations and the cases of `level` that decide them.

    `max_body` is the size in bytes above which no body is sent; `memory` holds what was found before;
    `mark` comes into the bodies, as `Plan.marked` says; `spread` says how the operations, which know
    nothing of each other, are gone through.
    Deterministic: same documents, same cases, same bytes. An operation for which no valid request can
    be made says so and has no case for `preflight`. Raises DocumentError for a schema that cannot be used.
    """

    def make(number: int) -> _Part:
        operation = operations[number]
        try:
            drafts, misread = _operation_drafts(operation, operations, values, level, max_body, memory)
        except DocumentError as error:
            raise DocumentError(f"{operation.document.path}: {operation.name}: {error}") from error
        fitting = [draft for draft in drafts if _LEVELS.index(draft.level) <= _LEVELS.index(level)]
        part = _part(operation, fitting, misread, level)
        return _marked(operation, part, mark) if mark else part

    parts = spread(make, len(operations))
    return Plan(
        tuple(operations),
        tuple(chain.from_iterable(part.requirements for part in parts)),
        tuple(chain.from_iterable(part.cases for part in parts)),
        {operation.name: part.plain for operation, part in zip(operations, parts, strict=True) if part.plain},
        {requirement: mutant for part in parts for requirement, mutant in part.mutants.items()},
        level,
    )


def _part(operation: Operation, drafts: list[Draft], misread: dict[str, Mutant], level: RunLevel) -> _Part:
    joined = join(operation.name, drafts)
    requirements = [d.requirement for d in drafts]
    requirements += answer_requirements(operation)
    requirements += _unclear(operation)
    cases = list(joined)
    plain = [case for case in joined[:1] if case.intent is Intent.VALID]
    for case in plain if level is not RunLevel.SMOKE else ():
        requirement, again = repeated(operation, case)
        requirements.append(requirement)
        cases.append(again)
    # a smoke run leaves most misreadings out: kept, those of a thousand operations would fill a machine
    kept = {r.id: misread[r.id] for r in requirements if r.id in misread}
    return _Part(tuple(requirements), tuple(cases), "".join(case.id for case in plain), kept)


def _marked(operation: Operation, part: _Part, mark: str) -> _Part:
    stamp = Stamp((operation,), part.mutants, mark)
    return replace(part, cases=tuple(map(stamp.case, part.cases)))


def _operation_drafts(
    operation: Operation,
    everyone: Sequence[Operation],
    values: MakeValues,
    level: RunLevel,
    max_body: int | None,
    memory: WitnessCache,
) -> tuple[list[Draft], dict[str, Mutant]]:
    try:
        base = _least(operation, values)
    except ValueError as error:
        return [_unbuilt(operation, str(error)), *_other_bodies(operation, None)], {}
    contract = request_contract(operation)
    if contract is None:
        around = protocol_drafts(operation, everyone, base, values)
        if operation.body is None:
            return [_bodyless(operation, base), *around], {}
        # without a body that can be made, only what is judged before the body can be asked for
        asked = [draft for draft in around if draft.rule.before_content or draft.request is None]
        unbuilt = _unbuilt(operation, "none of its media types is made yet")
        return [unbuilt, *_other_bodies(operation, None), *asked], {}
    bodies = Bodies(operation, values, base, contract, memory)
    others = list(_other_bodies(operation, contract.part))
    try:
        plain = bodies.plain()
    except ValueError as error:
        return [_unbuilt(operation, str(error)), *others], {}
    drafts = [
        *bodies.drafts(level),
        *bodies.tokens(plain, level),
        *probe_drafts(operation, plain, contract),
        *protocol_drafts(operation, everyone, plain, values),
        *others,
    ]
    return list(_within(drafts, max_body)), bodies.mutants


def _unbuilt(operation: Operation, why: str) -> Draft:
    requirement = Requirement(
        operation.name, "body", "schema", "accepts the least", Side.ACCEPTS, (*operation.pointer, "requestBody"),
        "plain", Reason(ReasonKind.NOT_BUILT, why),
    )  # fmt: skip
    return Draft(requirement, None, Intent.OPEN, "", (), OPEN_BEHAVIOUR, RunLevel.SMOKE)


def _other_bodies(operation: Operation, chosen: Part | None) -> Iterator[Draft]:
    """Yield what is demanded of bodies of the other media types: not exercised, and told so."""
    for part in operation.body.bodies if operation.body else ():
        if part != chosen:
            requirement = Requirement(
                operation.name, "body", part.name, "accepts and rejects by its schema", Side.ACCEPTS,
                (*operation.pointer, "requestBody", "content", part.name), "media-unexercised",
                Reason(ReasonKind.UNSUPPORTED, f"no bodies of {part.name} are made yet"),
            )  # fmt: skip
            yield Draft(requirement, None, Intent.OPEN, "", (), OPEN_BEHAVIOUR, RunLevel.SMOKE)


def _within(drafts: Iterable[Draft], max_body: int | None) -> Iterator[Draft]:
    """Hold back the requests whose body is larger than the user lets us send."""
    for draft in drafts:
        size = len(draft.request.body or b"") if draft.request else 0
        if max_body is None or size <= max_body:
            yield draft
        else:
            why = Reason(ReasonKind.OVER_MAX_BODY, f"its body of {size} bytes is over --max-body {max_body}")
            yield replace(draft, request=None, requirement=replace(draft.requirement, unexercised=why))


def _unclear(operation: Operation) -> Iterator[Requirement]:
    contract = request_contract(operation)
    if contract is not None:
        yield from unclear_requirements(operation, contract)


def _bodyless(operation: Operation, base: Request) -> Draft:
    requirement = Requirement(
        operation.name, "request", "valid", "accepts the least", Side.ACCEPTS, operation.pointer, "plain"
    )
    return Draft(
        requirement,
        base,
        Intent.VALID,
        "plain valid request",
        successes(operation),
        VALID_REJECTED,
        RunLevel.SMOKE,
    )


_IGNORED: Final = frozenset({"accept", "content-type", "authorization"})
"""Headers that other parts of a document describe: as parameters they are ignored (OpenAPI 3.1 §4.8.12.1)."""


def _least(operation: Operation, values: MakeValues) -> Request:
    """Return a request with a plain value of every required parameter, but for ids. Raises ValueError without one."""
    request = Request(operation.method, operation.path)
    for part in operation.parameters:
        if part.required and part.location is not Location.PATH and part.name.lower() not in _IGNORED:
            contract = contract_of(operation.document, part, Direction.REQUEST)
            try:
                request = placed(request, part, values(contract.root).plain(contract.schema))
            except ValueError as error:
                raise ValueError(f"{part.address}: {error}") from error
    return request
