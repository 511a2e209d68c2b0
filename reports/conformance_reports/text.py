"""Text from outside made safe to show: nothing in it can move the cursor, hide or reverse what is read."""

from __future__ import annotations

from typing import Any


def visible(text: str, limit: int = 0) -> str:
    r"""Return `text` with every unprintable character as `\uXXXX`, cut to `limit` characters (0: whole).

    Control characters, bidirectional overrides, zero-width and unassigned characters and lone
    surrogates are unprintable. Inside JSON the escape means the same character (RFC 8259 §7).
    """
    if limit and len(text) > limit:
        return visible(text[:limit]) + f"… ({len(text):,} characters)"
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escape(char) for char in text)


def visible_lines(text: str) -> str:
    """Return `text` with every unprintable character but the line feed as `visible` shows it."""
    return text if text.isprintable() else "\n".join(map(visible, text.split("\n")))


def shortened(value: Any, limit: int) -> Any:
    """Return a JSON value whose strings of more than `limit` characters are cut; a cut one says how long it is."""
    match value:
        case str() if len(value) > limit:
            return f"{value[: limit // 2]}… ({len(value):,} characters)"
        case dict():
            return {shortened(name, limit): shortened(held, limit) for name, held in value.items()}
        case list():
            return [shortened(item, limit) for item in value]
        case _:
            return value


def _escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
