"""Which reports and languages can be asked for, and what someone meant who asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from tilannekuva.errors import CatalogueError
from tilannekuva.model import LANGUAGES, Language

__all__ = ["DEFAULT_FORMATS", "FORMATS", "check_formats", "check_languages", "items"]

FORMATS = ("html", "xlsx", "pdf", "docx", "pptx", "brief", "data", "png", "json")
"""What can be asked for. ``json`` is always written; charts come as SVG and CSV with ``html``."""
DEFAULT_FORMATS = ("html", "xlsx")

Name = TypeVar("Name", bound=str)


def check_languages(asked: Iterable[str]) -> tuple[Language, ...]:
    """The languages asked for, in the house order.

    Raises:
        CatalogueError: An unknown language, with the known ones.

    >>> check_languages(["en", "fi"])
    ('fi', 'en')
    """
    return _known(asked, LANGUAGES, "language")


def check_formats(asked: Iterable[str]) -> tuple[str, ...]:
    """The formats asked for, in the house order; ``all`` means every one.

    Raises:
        CatalogueError: An unknown format, with the nearest one.
    """
    asked = items(asked)
    return FORMATS if asked == ["all"] else _known(asked, FORMATS, "format")


def items(asked: str | Iterable[str]) -> list[str]:
    """A lone text is one item (or several with commas), never its letters."""
    return asked.split(",") if isinstance(asked, str) else list(asked)


def _known(asked: Iterable[str], known: Sequence[Name], what: str) -> tuple[Name, ...]:
    import difflib

    wanted = [a.strip() for a in items(asked) if a.strip()]
    for name in wanted:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1, 0.3)
            hint = f"did you mean '{near[0]}'? " if near else ""
            raise CatalogueError(f"unknown {what} '{name}'; {hint}known: {', '.join(known)}")
    if not wanted:
        raise CatalogueError(f"no {what} was asked for; known: {', '.join(known)}")
    return tuple(k for k in known if k in wanted)
