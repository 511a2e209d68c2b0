"""Text from outside as Markdown: character references and escaped HTML, in which nothing is structure.

See CommonMark 0.31.2 §2.5 (references) and §4.6 (blocks of HTML).
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from conformance_reports.text import visible

_REFERENCES: Final = str.maketrans({char: f"&#{ord(char)};" for char in "!\"#$%&'*+./:<=>?[\\]^_`{|}~"})


def html(text: str, limit: int = 0) -> str:
    """Return `text` for a block of HTML, cut to `limit` characters (0: whole)."""
    return escape(visible(text, limit), quote=False)


def inline(text: str) -> str:
    """Return `text` for a line or a cell; it makes no link, markup or mention there."""
    # A reference still is an `@name` to whoever looks for mentions; with a word joiner it is none.
    return visible(text).translate(_REFERENCES).replace("@", "@&#8288;")


def folded(summary: str, texts: Sequence[str]) -> str:
    """Return one block of HTML that unfolds; `summary` is HTML, `texts` are lines from outside.

    No line of it may be empty, for that would end the block.
    """
    body = "\n".join(map(html, texts))
    return f"\n<details><summary>{summary}</summary>\n<pre>\n{body}\n</pre>\n</details>\n"
