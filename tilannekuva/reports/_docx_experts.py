"""What stands in a Word document beside the figures: experts, what is missing, notes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from tilannekuva.reports import _docx_xml as xml
from tilannekuva.reports._docx_xml import Writer
from tilannekuva.reports._missing import Group, merged_notes

__all__ = ["commentary", "judgements", "missing", "notes"]

Address = Callable[[str, str], str]
"""A text and an address → runs behind a link."""


def judgements(w: Writer, found: Iterable[Mapping[str, Any]]) -> None:
    """What each judges, why and in which role; under it where the figures differ."""
    for a in found:
        name = f"{a['name']}: " if a["name"] else ""
        said = xml.run(f"{name}{a['word']}. ", "Strong") + xml.run(a["reasons"])
        w.add(said + xml.run(f" ({a['role']}, {a['dated']})", "Muted"), "ListBullet")
        if a["differs"]:
            w.add(xml.run(a["differs"], "Strong"), "Differs")


def commentary(w: Writer, found: Sequence[Mapping[str, Any]], dated: str, address: Address) -> None:
    """The group's text as paragraphs and lists.

    Args:
        w: Where it is written.
        found: Blocks of runs, as :func:`tilannekuva.reports._rich.blocks` gives them.
        dated: When it was written.
        address: Makes a link.
    """
    for block in found:
        for n, runs in enumerate(block["items"]):
            content = "".join(_run(r, address) for r in runs)
            if block["start"]:  # the group's own numbers, whatever Word would count
                w.add(xml.run(f"{block['start'] + n}. ") + content)
            elif block["start"] is None:
                w.add(content)
            else:
                w.add(content, "ListBullet")
    w.text(dated, "Note")


def _run(run: Mapping[str, Any], address: Address) -> str:
    if run["href"]:
        return address(run["t"], run["href"])
    return xml.run(run["t"], "Strong" if run["strong"] else "Emphasis" if run["em"] else "")


def missing(w: Writer, groups: Iterable[Group]) -> None:
    """What is missing, a reason a line."""
    w.bullets(xml.run(f"{g.name}: ", "Strong") + xml.run(g.text) for g in groups)


def notes(w: Writer, found: Iterable[Mapping[str, Any]]) -> None:
    """Notes on figures, each said once for all that it is about."""
    pairs = merged_notes((c["name"], c["text"]) for c in found)
    for name, text in pairs:
        w.add(xml.run(f"{name}: ", "Strong") + xml.run(text), "ListNote")
