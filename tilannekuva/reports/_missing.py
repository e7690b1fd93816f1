"""What is not known of a chapter, in groups that can be read: how many, the first ones, the rest.

The whole list stands once, at the end of the document; a chapter and a brief only need its shape.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tilannekuva import words
from tilannekuva.model import Gap, Language, Picture

__all__ = ["NAMES", "Group", "merged_notes", "missing", "shortened"]

NAMES = 5
"""Names of each reason: every document has the same, so that one can be checked by another."""
_KINDS = ("no_figures", "not_computable", "stale")


class Group(NamedTuple):
    """Indicators that are missing for one reason."""

    name: str
    """The reason, and how many there are of all."""
    text: str
    """The first names, and how many more there are."""


def missing(
    found: Iterable[Gap], picture: Picture, lang: Language, most: int = NAMES
) -> list[Group]:
    """What is missing, by reason.

    Args:
        found: Gaps of a chapter; each indicator is counted once for a reason.
        picture: Whose gaps.
        lang: Language.
        most: So many names of each reason; of stale figures with their last period.
    """
    by_kind: dict[str, dict[str, Gap]] = {k: {} for k in _KINDS}
    for gap in found:
        if gap.kind in by_kind:
            by_kind[gap.kind].setdefault(gap.indicator, gap)
    return [
        Group(
            words.message(f"office.missing_{kind}", lang, n=len(gaps)),
            _ended(shortened([_name(g, picture, lang) for g in gaps.values()], lang, most)),
        )
        for kind, gaps in by_kind.items()
        if gaps
    ]


def _ended(text: str) -> str:
    """With a point; a name may end with the point of an abbreviation ("16–64 v.")."""
    return f"{text}.".replace("..", ".")


def _name(gap: Gap, picture: Picture, lang: Language) -> str:
    name = picture.indicators[gap.indicator].label[lang]
    if gap.kind != "stale" or not gap.period:
        return name
    return f"{name} ({words.period(gap.period, lang)})"


def shortened(names: Sequence[str], lang: str, most: int) -> str:
    """Names with semicolons; of many the first, and how many more there are."""
    if len(names) <= most + 1:  # "and 1 more" is no shorter than the one
        return "; ".join(names)
    rest = words.message("office.more", lang, n=len(names) - most)
    return f"{'; '.join(names[:most])} {rest}"


def merged_notes(found: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Notes on figures, each said once for all that it is about.

    >>> merged_notes([("A", "x"), ("B", "y"), ("C", "x")])
    [('A; C', 'x'), ('B', 'y')]
    """
    about: dict[str, list[str]] = {}
    for name, text in found:
        about.setdefault(text, []).append(name)
    return [("; ".join(names), text) for text, names in about.items()]
