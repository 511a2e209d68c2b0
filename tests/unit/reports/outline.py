"""HTML taken apart as a browser does it, for the writers of Markdown and of pages."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Final

VOID: Final = {"br", "hr", "img", "input", "link", "meta"}


class Outline(HTMLParser):
    """What a browser makes of a page: tags in order, the texts of some, and what is not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.texts: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 -- its signature
        """Open a tag."""
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        """Close the tag that was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Add to the text of every open tag."""
        for tag in self.open:
            self.texts[tag][-1] += data

    def words(self, tag: str) -> list[str]:
        """Return the texts of the elements of one name, white space made one blank."""
        return [" ".join(text.split()) for text in self.texts.get(tag, ())]
