"""Sites: every schema in a bundle, with the way to it through the instance."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from conformance.contract.alternatives import follow
from conformance.contract.bundle import ROOT
from conformance.contract.keywords import Schema, children
from conformance.openapi.document import reference
from conformance.pointer import Pointer

Step: TypeAlias = Pointer
"""One step down a schema: `("properties", name)`, `("anyOf", 1)`, `("items",)`, `("$ref",)`, …"""


@dataclass(frozen=True, slots=True)
class Site:
    """A schema at `pointer` in the bundle; `steps` lead there from the bundle's `schema`."""

    pointer: Pointer
    steps: tuple[Step, ...]
    schema: Mapping[str, Any]
    inherited_open: str = ""

    @property
    def place(self) -> str:
        """Where in the body a person finds it: `body/items[]/name`; `(2)` is the second alternative."""
        return "body" + "".join(map(_place, self.steps))


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


def sites(bundle: Mapping[str, Any], limit: int = 100_000) -> Iterator[Site]:
    """Yield every schema object that the bundle's root reaches, each once, the shallowest way first.

    A schema that a `$ref` shares is one site: a server that misreads it misreads it everywhere.
    """
    waiting: deque[tuple[Pointer, tuple[Step, ...], Schema, str]] = deque([((ROOT,), (), bundle[ROOT], "")])
    seen: set[Pointer] = set()
    while waiting and len(seen) < limit:
        pointer, steps, schema, reason = waiting.popleft()
        if pointer in seen or isinstance(schema, bool):
            continue
        seen.add(pointer)
        reason = reason or str(schema.get("x-conformance-open", ""))
        yield Site(pointer, steps, schema, reason)
        for step, child in children(schema):
            idle = step[0] in ("then", "else") and "if" not in schema  # ignored alone (core §10.2.2.2)
            if step[0] != "$defs" and not idle:
                waiting.append(((*pointer, *step), (*steps, step), child, reason))
        if isinstance(ref := schema.get("$ref"), str):
            waiting.append((reference(ref), (*steps, ("$ref",)), follow(ref, bundle), reason))


MAX_WAYS: Final = 32


def shared_ways(bundle: Mapping[str, Any], limit: int = MAX_WAYS) -> dict[Pointer, list[tuple[Step, ...]]]:
    """Return the ways to each schema that several lead to, the shallowest first, at most `limit` of each.

    A shared schema is misread in all its places: where one way cannot tell, another may. No way passes
    the same schema twice.
    """
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
        for step, child in children(schema):
            if step[0] != "$defs":
                waiting.append(((*pointer, *step), (*steps, step), child, passed))
        if isinstance(ref := schema.get("$ref"), str):
            waiting.append((reference(ref), (*steps, ("$ref",)), follow(ref, bundle), passed))
    return {pointer: found for pointer, found in ways.items() if len(found) > 1}
