"""`anyOf` and `oneOf` said in the plainest way: without those alternatives that one schema can say."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any, Final

from conformance.diff.schema.merging import both
from conformance.diff.schema.node import Node, Normal, both_types, mapped, text, types
from conformance.diff.schema.simplify import KEYWORDS, simplified
from conformance.jsonvalue import type_name

_FLAT: Final = frozenset({"type", *(keyword for keywords in KEYWORDS.values() for keyword in keywords)})
_LISTED: Final[dict[str, list[Any]]] = {"null": [None], "boolean": [False, True]}


def unfolded(node: Normal) -> Normal:
    """Return the node in its normal form, its alternatives included; False where nothing is left."""
    found = simplified(node) if isinstance(node, Node) else node
    for keyword in ("anyOf", "oneOf"):
        if isinstance(found, Node) and keyword in found:
            found = _one(found, keyword)
    return found


def refolded(node: Normal) -> Normal:
    """Return a merged node in its normal form, with all that is below it: merging may have changed that, too."""
    if not isinstance(node, Node):
        return node
    return unfolded(Node(mapped(node, lambda _, child: refolded(child)), node.origins, node.notes))


def _one(node: Node, keyword: str) -> Normal:
    rest = node.but({keyword: None})
    branches = [branch for branch in _typed(rest, node[keyword]) if isinstance(branch, Node)]
    if keyword == "anyOf":
        branches = list({text(branch): branch for branch in _flat(branches)}.values())
    elif _apart(branches):
        branches = _joined(branches)
        keyword = "anyOf" if "anyOf" not in rest else keyword
    if keyword == "anyOf":
        branches = _joined(branches)
    if not branches:
        return False
    if len(branches) == 1:
        found = both(rest.but({"type": None}), branches[0])
        return unfolded(found)
    ordered = sorted(branches, key=text)
    found = rest.but({"type": None, keyword: ordered})
    found.origins.setdefault(keyword, node.where("oneOf" if "oneOf" in node else keyword))
    return found


def _typed(rest: Node, branches: Sequence[Normal]) -> list[Normal]:
    """Say in each branch what types the schema around them names."""
    if "type" not in rest:
        return list(branches)
    named = Node({"type": rest["type"]}, {"type": rest.where("type")})
    return [unfolded(both(branch, named)) for branch in branches]


def _flat(branches: list[Node]) -> list[Node]:
    """Unfold a branch that is nothing but alternatives itself."""
    return [
        part for branch in branches for part in (branch["anyOf"] if branch.keys() == {"anyOf"} else [branch])
    ]


def _apart(branches: list[Node]) -> bool:
    """Tell whether no value can have two of the branches, by their types or by the values they list."""
    return not any(_meet(a, b) for a, b in combinations(branches, 2))


def _meet(a: Node, b: Node) -> bool:
    if "enum" in a and "enum" in b:
        return not {text(value) for value in a["enum"]}.isdisjoint(map(text, b["enum"]))
    return bool(both_types(_types(a), _types(b)))


def _types(node: Node) -> frozenset[str]:
    return frozenset(map(type_name, node["enum"])) if "enum" in node else types(node)


def _joined(branches: list[Node]) -> list[Node]:
    """Join the lists of values into one, and then those that differ in their types into one."""
    listed = [branch for branch in branches if _values(branch) is not None]
    if len(listed) > 1 and any("enum" in branch for branch in listed):
        values = [value for branch in listed for value in _values(branch) or ()]
        joined = simplified(Node({"enum": values}, _origins(listed)))
        branches = [b for b in branches if b not in listed]
        branches += [joined] if isinstance(joined, Node) else []
    flat = [b for b in branches if b.keys() <= _FLAT and "type" in b]
    if len(flat) < 2 or not _apart(flat):
        return branches
    keywords: dict[str, Any] = {}
    for branch in flat:
        keywords |= {k: v for k, v in branch.items() if k != "type"}
    named = sorted({name for branch in flat for name in branch["type"]})
    union = simplified(Node({**keywords, "type": named}, _origins(flat)))
    others = [branch for branch in branches if branch not in flat]
    return [*others, union] if isinstance(union, Node) else others


def _values(node: Node) -> list[Any] | None:
    """Return all values of a branch that is a mere list of them."""
    if node.keys() == {"enum"}:
        return list(node["enum"])
    if node.keys() == {"type"} and set(node["type"]) <= _LISTED.keys():
        return [value for name in node["type"] for value in _LISTED[name]]
    return None


def _origins(branches: list[Node]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for branch in reversed(branches):
        found |= branch.origins
    return found
