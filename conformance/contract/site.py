"""Sites: every schema object of a contract, with the way to it through the instance."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from conformance.contract.alternatives import follow
from conformance.contract.bundle import ROOT
from conformance.contract.contract import Contract
from conformance.contract.keywords import OPEN, Schema, children, is_sent
from conformance.openapi.references import reference
from conformance.pointer import Pointer

Step: TypeAlias = Pointer
"""One step down a schema: `("properties", name)`, `("anyOf", 1)`, `("items",)`, `("$ref",)`, …"""


@dataclass(frozen=True, slots=True)
class Site:
    """A schema object of a contract, at `pointer` in its bundle; `steps` lead there from the part's own schema."""

    contract: Contract = field(repr=False, compare=False)
    pointer: Pointer
    steps: tuple[Step, ...]
    schema: Mapping[str, Any]
    inherited_open: str = ""

    @property
    def place(self) -> str:
        """Where in the message a person finds it: `body/items[]/name`; `(2)` is the second alternative."""
        return self.contract.part.address + "".join(map(_place, self.steps))


def _place(step: Step) -> str:
    match step:
        case ("properties" | "patternProperties" | "dependentSchemas", name):
            return f"/{name}"
        case ("items",) | ("unevaluatedItems",) | ("contains",):
            return "[]"
        case ("prefixItems", index):
            return f"[{index}]"
        case ("additionalProperties",) | ("unevaluatedProperties",):
            return "/*"
        case ("propertyNames",):
            return "/{name}"
        case ("anyOf" | "oneOf", index):
            return f"({int(index) + 1})"
        case ("not",) | ("if",) | ("then",) | ("else",):
            return f"({step[0]})"
        case _:
            return ""


def sites(contract: Contract, limit: int = 100_000) -> Iterator[Site]:
    """Yield every schema object that the part's schema reaches, each once, the shallowest way first.

    A schema that a `$ref` shares is one site: a server that misreads it misreads it everywhere.
    """
    bundle = contract.root
    waiting: deque[tuple[Pointer, tuple[Step, ...], Schema, str]] = deque([((ROOT,), (), bundle[ROOT], "")])
    seen: set[Pointer] = set()
    while waiting and len(seen) < limit:
        pointer, steps, schema, reason = waiting.popleft()
        if pointer in seen or isinstance(schema, bool) or not is_sent(schema):
            continue
        seen.add(pointer)
        reason = reason or str(schema.get(OPEN, ""))
        yield Site(contract, pointer, steps, schema, reason)
        waiting.extend(
            (below, (*steps, step), child, reason) for step, below, child in _below(pointer, schema, bundle)
        )


def _below(
    pointer: Pointer, schema: dict[str, Any], bundle: Mapping[str, Any]
) -> Iterator[tuple[Step, Pointer, Schema]]:
    """Yield the steps on from a schema, each with where it leads and what stands there."""
    for step, child in children(schema):
        idle = step[0] in ("then", "else") and "if" not in schema  # ignored alone (core §10.2.2.2)
        if step[0] != "$defs" and not idle:
            yield step, (*pointer, *step), child
    if isinstance(ref := schema.get("$ref"), str):
        yield ("$ref",), reference(ref), follow(ref, bundle)


MAX_WAYS: Final = 32
"""So many ways to one schema are searched for a witness; what stands in more places is told so."""


def shared_ways(contract: Contract, limit: int = MAX_WAYS) -> dict[Pointer, list[tuple[Step, ...]]]:
    """Return the ways to each schema that several lead to, the shallowest first, at most `limit` of each.

    A shared schema is misread in all its places: where one way cannot tell, another may. No way passes
    the same schema twice.
    """
    bundle = contract.root
    waiting: deque[tuple[Pointer, tuple[Step, ...], Schema, frozenset[Pointer]]] = deque(
        [((ROOT,), (), bundle[ROOT], frozenset())]
    )
    ways: dict[Pointer, list[tuple[Step, ...]]] = {}
    while waiting:
        pointer, steps, schema, passed = waiting.popleft()
        known = ways.setdefault(pointer, [])
        if pointer in passed or len(known) >= limit or isinstance(schema, bool):
            continue
        known.append(steps)
        passed = passed | {pointer}
        waiting.extend(
            (below, (*steps, step), child, passed) for step, below, child in _below(pointer, schema, bundle)
        )
    return {pointer: found for pointer, found in ways.items() if len(found) > 1}
