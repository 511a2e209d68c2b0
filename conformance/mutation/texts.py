"""Operators on text: characters that servers refuse, lengths counted in other units (validation §6.3).

A length is a number of code points (RFC 8259 §8.2 by way of validation §6.3.1): UTF-16 units, bytes,
grapheme clusters and trimmed text all count differently.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from conformance.contract.lawful import LIMITED, is_free_text
from conformance.contract.site import Site
from conformance.mutation.mutant import Mutant, misread
from conformance.requirement import Side

_ASTRAL: Final = r"[\u{10000}-\u{10FFFF}]"
_MARKS: Final = r"[\u0300-\u036f]"
_LONGEST: Final = 10_000
"""Strings with a higher bound are not filled with odd characters up to it."""

_ODD: Final = (
    ("astral", "characters beyond the BMP", _ASTRAL, "\U0001f600", ""),
    ("marks", "combining marks", _MARKS, "e\u0301", ""),
    ("right-to-left", "right-to-left text", r"[\u0590-\u05ff]", "\u05e9\u05dc\u05d5\u05dd", ""),
    ("nul", "a NUL", r"\u0000", "a\u0000b", LIMITED),
)
"""Operator, what is accepted, the pattern a careless server refuses, an example, why it is open."""


def text_mutants(site: Site) -> Iterator[Mutant]:
    """Yield the misreadings of free text at the site; none where a pattern, format or enum says more."""
    schema = site.schema
    if not is_free_text(schema):
        return
    for name, detail, pattern, example, reason in _ODD:
        hint = _filled(example, schema)
        if hint is not None:
            refused = {"not": {"pattern": pattern}}
            yield misread(
                f"text-{name}-refused", site, "type", refused, "type string", Side.ACCEPTS, detail,
                hints=(hint,), open_reason=reason, holds=pattern,
            )  # fmt: skip
    yield from _blanks(site)
    yield from _lower(site)
    yield from _upper(site)


def _filled(example: str, schema: Any) -> str | None:
    """Return the example, repeated or cut to the schema's lengths; None where none of it fits."""
    low, high = schema.get("minLength", 0), schema.get("maxLength", len(example))
    if low > _LONGEST:
        return None
    text = example * max(1, -(-low // len(example)))
    return text[: max(low, min(len(text), high))] or None


def _blanks(site: Site) -> Iterator[Mutant]:
    low = max(1, site.schema.get("minLength", 1))
    if low <= min(_LONGEST, site.schema.get("maxLength", low)):
        yield misread(
            "text-blank-refused", site, "type", {"pattern": r"\S"}, "type string", Side.ACCEPTS, "blanks only",
            hints=(" " * low,),
        )  # fmt: skip


def _lower(site: Site) -> Iterator[Mutant]:
    """Yield the ways to count too many characters at the lower bound, so that short text passes."""
    bound = site.schema.get("minLength", 0)
    if not 1 < bound <= _LONGEST:
        return
    demand = f"minLength {bound}"
    for name, pattern, text, detail in (
        ("utf16", _ASTRAL, "\U0001f600" * (bound - 1), f"{bound - 1} astral characters"),
        ("bytes", r"[\u0080-\u07ff]", "\u00e9" * (bound - 1), f"{bound - 1} characters of two bytes"),
    ):
        laxer = {
            "anyOf": [{"minLength": bound}, {"minLength": bound - 1, "pattern": pattern}],
            "minLength": bound - 1,
        }
        yield misread(
            f"minLength-{name}",
            site,
            "minLength",
            laxer,
            demand,
            Side.REJECTS,
            detail,
            hints=(text,),
            holds=pattern,
        )
    trimmed = {"not": {"maxLength": bound, "pattern": r"\s$"}}
    yield misread(
        "minLength-trimmed", site, "minLength", trimmed, demand, Side.ACCEPTS, f"{bound} with a blank at the end",
        hints=("a" * (bound - 1) + " ",), holds=r"\s$",
    )  # fmt: skip


def _upper(site: Site) -> Iterator[Mutant]:
    """Yield the ways to count too many or too few characters at the upper bound."""
    bound = site.schema.get("maxLength", 0)
    if not 1 < bound <= _LONGEST:
        return
    demand = f"maxLength {bound}"
    counted = {"not": {"minLength": bound, "pattern": _ASTRAL}}
    yield misread(
        "maxLength-utf16", site, "maxLength", counted, demand, Side.ACCEPTS, f"{bound} astral characters",
        hints=("\U0001f600" * bound,), holds=_ASTRAL,
    )  # fmt: skip
    wider = {"not": {"minLength": bound, "pattern": r"[\u0080-\uffff]"}}
    yield misread(
        "maxLength-bytes", site, "maxLength", wider, demand, Side.ACCEPTS, f"{bound} characters of two bytes",
        hints=("\u00e9" * bound,), holds=r"[\u0080-\uffff]",
    )  # fmt: skip
    for name, pattern, text, detail in (
        ("graphemes", _MARKS, "e\u0301" * ((bound + 2) // 2), "marks that make one character of two"),
        ("trimmed", r"\s$", "a" * bound + " ", f"{bound + 1} with a blank at the end"),
    ):
        longer = len(text)
        laxer = {
            "anyOf": [{"maxLength": bound}, {"maxLength": longer, "pattern": pattern}],
            "maxLength": longer,
        }
        yield misread(
            f"maxLength-{name}",
            site,
            "maxLength",
            laxer,
            demand,
            Side.REJECTS,
            detail,
            hints=(text,),
            holds=pattern,
        )
