"""Drawings of the document as files with their words: charts, tiny drawings, key figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from xml.etree import ElementTree

from tilannekuva.model import Language, Picture
from tilannekuva.reports import _page
from tilannekuva.storyboard import Storyboard

__all__ = ["Drawn", "cards", "figure"]

_TALL = 1.35
"""A chart this much taller than wide stands beside the texts of its chapter."""


class Drawn:
    """The drawings of one document: file name → SVG."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def keep(self, name: str, svg: str) -> str:
        """Keep a drawing; the name of its file."""
        file = f"{name}.svg"
        if 'xmlns="http://www.w3.org/2000/svg"' not in svg.partition(">")[0]:
            svg = svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
        self.files[file] = svg.encode()
        return file


class _Said(NamedTuple):
    """A tiny drawing: its file and what it shows in words."""

    file: str
    alt: str


def cards(
    story: Storyboard, picture: Picture, lang: Language, drawn: Drawn
) -> list[dict[str, Any]]:
    """The key figures that a storyboard names."""
    return [
        {
            **{k: c[k] for k in ("id", "name", "value", "unit", "when", "change", "place")},
            "marks": list(c["marks"]), "better": list(c["better"]),
            "spark": _tiny(drawn, f"spark-{c['id']}", str(c["spark"])),
            "strip": _tiny(drawn, f"strip-{c['id']}", str(c["strip"])),
        }
        for c in _page.cards(story, picture, lang)
    ]  # fmt: skip


def _tiny(drawn: Drawn, name: str, svg: str) -> dict[str, str] | None:
    """A tiny drawing with its label as alternative text."""
    if not svg:
        return None
    alt = ElementTree.fromstring(svg).get("aria-label") or ""  # the drawing is our own
    return _Said(drawn.keep(name, svg), alt)._asdict()


def figure(f: Mapping[str, Any], alt: str, drawn: Drawn) -> dict[str, Any]:
    """A chart with its words; ``ratio`` is its height over its width."""
    svg = str(f["svg"])
    head = ElementTree.fromstring(svg)
    width, height = float(head.get("width", 1)), float(head.get("height", 1))
    return {
        **{k: f[k] for k in ("id", "title", "subtitle", "source")},
        "file": drawn.keep(f["id"], svg), "alt": alt or f["title"] or f["subtitle"],
        "ratio": height / width, "tall": height > _TALL * width,
    }  # fmt: skip
