"""Several documents as one, for a contender that takes one document a call and so starts once for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from conformance.openapi.document import discover

_COMPONENTS: Final = "#/components/"
_SHARED: Final = "securitySchemes"


class UnjoinableError(Exception):
    """Two documents say different things of what they would share."""


def joined(paths: Sequence[Path]) -> dict[str, Any]:
    """Return one document with the operations of all: components under names of their own, security as it was.

    Raises UnjoinableError where two documents have a path in common, or security schemes of one name that differ.
    """
    contents = {path.stem: document.content for path in paths for document in discover(path)}
    first = next(iter(contents.values()))
    whole: dict[str, Any] = {name: first[name] for name in ("openapi", "info", "servers") if name in first}
    components: dict[str, dict[str, Any]] = {}
    whole |= {"paths": {}, "components": components}
    for stem, content in contents.items():
        own = _renamed(content, stem)
        _add(whole["paths"], {path: _secured(item, content) for path, item in own["paths"].items()})
        for kind, held in own.get("components", {}).items():
            named = held if kind == _SHARED else {f"{stem}.{name}": one for name, one in held.items()}
            _add(components.setdefault(kind, {}), named, may_repeat=kind == _SHARED)
    return whole


def _renamed(node: Any, stem: str) -> Any:
    """Return a copy whose references, discriminator mappings included, name the components of this document."""
    if isinstance(node, dict):
        return {name: _renamed(held, stem) for name, held in node.items()}
    if isinstance(node, list):
        return [_renamed(held, stem) for held in node]
    if isinstance(node, str) and node.startswith(_COMPONENTS):
        kind, _, rest = node.removeprefix(_COMPONENTS).partition("/")
        return node if kind == _SHARED else f"{_COMPONENTS}{kind}/{stem}.{rest}"
    return node


def _secured(item: dict[str, Any], content: dict[str, Any]) -> dict[str, Any]:
    """Return a path item whose operations say themselves what the whole document said of security."""
    if "security" not in content:
        return item
    return {
        name: {"security": content["security"], **held} if "responses" in held else held
        for name, held in item.items()
    }


def _add(to: dict[str, Any], held: dict[str, Any], *, may_repeat: bool = False) -> None:
    for name, one in held.items():
        if name in to and not (may_repeat and to[name] == one):
            raise UnjoinableError(f"documents cannot be joined: {name} stands in two of them")
        to[name] = one
