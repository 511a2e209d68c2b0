"""What `pattern` asks: a match anywhere in the string, anchors resolved (validation §6.3.3)."""

from __future__ import annotations

from conformance.regex.syntax import (
    ANYTHING,
    Choice,
    End,
    Node,
    Repeat,
    Sequence,
    Start,
    UndecidedPatternError,
)


def search_tree(tree: Node) -> Node:
    """Return the tree of all strings that contain a match: anchors resolved, the rest opened."""
    options = tree.options if isinstance(tree, Choice) else (tree,)
    return Choice(tuple(_open(option) for option in options))


def _open(option: Node) -> Node:
    parts = option.parts if isinstance(option, Sequence) else (option,)
    starts, ends = parts[:1] == (Start(),), parts[-1:] == (End(),)
    core = parts[1 if starts else 0 : len(parts) - 1 if ends else len(parts)]
    if len(core) == 1 and isinstance(core[0], Choice):
        # ^(?:a|b)$ and (?:^a|b$): the inner options may hold anchors of their own
        inner = tuple(
            _open(Sequence((*parts[: 1 if starts else 0], *_parts(o), *((End(),) if ends else ()))))
            for o in core[0].options
        )
        return Choice(inner)
    if any(map(_has_anchor, core)):
        raise UndecidedPatternError("an anchor inside the pattern")
    if not starts and core:
        core = (_least(core[0]), *core[1:])
    if not ends and core:
        core = (*core[:-1], _least(core[-1]))
    before, after = () if starts else (ANYTHING,), () if ends else (ANYTHING,)
    return Sequence((*before, *core, *after))


def _least(part: Node) -> Node:
    """Return the part repeated as little as it may be: beside text of any kind, more of it says no more."""
    return Repeat(part.item, part.low, part.low) if isinstance(part, Repeat) else part


def _parts(node: Node) -> tuple[Node, ...]:
    return node.parts if isinstance(node, Sequence) else (node,)


def _has_anchor(node: Node) -> bool:
    match node:
        case Start() | End():
            return True
        case Sequence(parts) | Choice(parts):
            return any(map(_has_anchor, parts))
        case Repeat(item):
            return _has_anchor(item)
        case _:
            return False


def without_anchors(node: Node) -> Node:
    """Return the tree with every anchor taken for granted."""
    match node:
        case Start() | End():
            return Sequence(())
        case Sequence(parts):
            return Sequence(tuple(map(without_anchors, parts)))
        case Choice(options):
            return Choice(tuple(map(without_anchors, options)))
        case Repeat(item, low, high):
            return Repeat(without_anchors(item), low, high)
        case _:
            return node
