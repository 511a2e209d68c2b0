"""A mutant: a schema with one thing misread, and what that says of the requirement behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance import pointer as pointers
from conformance.contract.contract import Contract
from conformance.contract.keywords import Schema
from conformance.contract.site import Site
from conformance.contract.validator import Validator, compile_schema
from conformance.jsonvalue import JSON
from conformance.pointer import REMOVED, Pointer
from conformance.requirement import Side


@dataclass(frozen=True, slots=True)
class Mutant:
    """One misreading: the schema at `site` read as `replacement`.

    `pointer` names the misread keyword in the bundle. `side` is what the contract does with a
    witness: it `accepts` what a stricter mutant refuses, or `rejects` what a laxer one takes.
    `detail` completes the side for the reader (`accepts 5`). `hints` are values worth trying
    first at the site; before the edges comes the plainest value that obeys `wants` too, where it says
    anything, so that a witness holds no more than it needs. `open_reason` tells why the
    contract itself is unclear here.
    """

    operator: str
    site: Site
    replacement: Schema
    pointer: Pointer
    demand: str
    side: Side
    detail: str = ""
    hints: tuple[JSON, ...] = ()
    open_reason: str = ""
    wants: Schema = True
    is_basic: bool = False
    """Whether a smoke run looks at it, where it stands near the top."""
    tells_overlap: bool = False
    """Whether only a value that two alternatives share can tell it from the contract."""
    lost_branch: int | None = None
    """Which alternative of an `anyOf` it lacks."""
    holds: str = ""
    """A pattern of characters that every text which tells it from the contract holds."""

    @property
    def keyword(self) -> str:
        """The keyword of the site that is misread."""
        return str(self.pointer[len(self.site.pointer)])

    @property
    def contract(self) -> Contract:
        """The contract that is misread."""
        return self.site.contract

    def apply(self) -> dict[str, Any]:
        """Return the contract's bundle as this mutant reads it."""
        mutated: dict[str, Any] = pointers.put(self.contract.root, self.site.pointer, self.replacement)
        return mutated

    def compiled(self) -> Validator:
        """Return the validator of this reading. Raises DocumentError where it cannot be used."""
        return compile_schema(self.apply())


def misread(
    operator: str,
    site: Site,
    keyword: str,
    changes: Mapping[str, Any],
    demand: str,
    side: Side,
    detail: str = "",
    *,
    at: Pointer = (),
    hints: tuple[JSON, ...] = (),
    open_reason: str = "",
    wants: Schema = True,
    is_basic: bool = False,
    tells_overlap: bool = False,
    lost_branch: int | None = None,
    holds: str = "",
) -> Mutant:
    """Return the mutant that reads `site` with the keywords in `changes` (REMOVED drops one).

    `at` leads from the keyword to the misread part of its value.
    """
    changed = {k: v for k, v in {**site.schema, **changes}.items() if v is not REMOVED}
    return Mutant(
        operator=operator,
        site=site,
        replacement=changed,
        pointer=(*site.pointer, keyword, *at),
        demand=demand,
        side=side,
        detail=detail,
        hints=hints,
        open_reason=open_reason or site.inherited_open,
        wants=wants,
        is_basic=is_basic,
        tells_overlap=tells_overlap,
        lost_branch=lost_branch,
        holds=holds,
    )
