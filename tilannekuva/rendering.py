"""Every file of a picture's folder: which reports, in which order, from drawings made once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any

from tilannekuva import regions
from tilannekuva.model import Language, Picture

__all__ = ["BRIEFS", "CHARTS", "DATA", "files"]

_DRAWN = ("html", "png", "pdf", "docx", "pptx", "brief")
"""Formats that show charts."""
_BITMAPS = ("docx", "pptx", "brief")
"""Formats that show them as bitmaps."""
_ONE_A_LANGUAGE = ("html", "xlsx", "pdf", "docx", "pptx")
DATA = "data.zip"
CHARTS = "charts"
BRIEFS = "briefs"
"""Folder of the themes' briefs."""


def files(
    picture: Picture, languages: Sequence[Language], formats: Sequence[str]
) -> Iterator[tuple[str, bytes]]:
    """Every file of a picture.

    Args:
        picture: What to show.
        languages: Languages, in the house order.
        formats: Formats of :data:`tilannekuva.formats.FORMATS`.

    Yields:
        Name within the folder, and bytes.
    """
    yield "picture.json", picture.to_json().encode()
    name = regions.slug(picture.region.code)
    if "data" in formats:
        yield f"{name}.{DATA}", _room("package").render(picture)
    for lang in languages:
        yield from _of_language(picture, lang, languages, formats, name)


def _of_language(
    picture: Picture,
    lang: Language,
    languages: Sequence[Language],
    formats: Sequence[str],
    name: str,
) -> Iterator[tuple[str, bytes]]:
    given: dict[str, Any] = {}
    if set(formats) & set(_DRAWN):
        from tilannekuva import storyboard

        given["charts"] = storyboard.draw_all(picture, lang)
        yield from _charts(given["charts"], lang, formats)
    if set(formats) & set(_BITMAPS):
        given["bitmaps"] = _room("_ooxml_bitmaps").bitmaps(given["charts"])
    drawn, office = {k: given[k] for k in ("charts",) if k in given}, given
    for report in (f for f in formats if f in _ONE_A_LANGUAGE):
        more: dict[str, Any] = {"xlsx": {}, "pdf": drawn, "docx": office, "pptx": office}.get(
            report,
            {
                **drawn,
                "languages": languages,
                "downloads": _downloads(picture, lang, formats, name),
            },
        )
        yield f"{name}.{lang}.{report}", _room(report).render(picture, lang, **more)
    if "brief" in formats:
        for theme in _themes(picture):
            stem = f"{BRIEFS}/{name}.{theme}.{lang}"
            yield f"{stem}.pdf", _room("pdf").brief(picture, theme, lang, **drawn)
            yield f"{stem}.docx", _room("docx").brief(picture, theme, lang, **office)


def _charts(
    charts: Mapping[tuple[str, str], Any], lang: Language, formats: Sequence[str]
) -> Iterator[tuple[str, bytes]]:
    """The charts as files: drawings and figures beside the page, bitmaps when asked for."""
    for chart in charts.values():
        stem = f"{CHARTS}/{lang}/{chart.indicator}.{chart.kind}"
        if "html" in formats or "png" in formats:
            yield f"{stem}.svg", chart.svg(titled=True)
            yield f"{stem}.csv", chart.csv()
        if "png" in formats:
            yield f"{stem}.png", chart.png()


def _downloads(picture: Picture, lang: Language, formats: Sequence[str], name: str) -> list[str]:
    """What the page offers beside itself."""
    found = [f"{name}.{lang}.{f}" for f in formats if f in _ONE_A_LANGUAGE and f != "html"]
    if "brief" in formats:
        found += [f"{BRIEFS}/{name}.{t}.{lang}.pdf" for t in _themes(picture)]
    return [*found, *([f"{name}.{DATA}"] if "data" in formats else []), "picture.json"]


def _themes(picture: Picture) -> list[str]:
    """Ids of the sections that have a brief: the themes of the year."""
    return [s.id for c in picture.cuts if c.kind == "themes" for s in c.sections]


def _room(name: str) -> Any:
    return import_module(f"tilannekuva.reports.{name}")
