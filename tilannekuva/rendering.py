"""Every file of a picture's folder: which reports, in which order, from drawings made once.

typst works beside Python and not in its way: bitmaps and PDFs are begun as soon as the charts are
drawn, and pages, workbooks and packages are written meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from typing import Any, NamedTuple

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

Key = tuple[str, str]
Begin = Callable[..., "Future[Any]"]
"""Begins a call beside the others."""


class _Begun(NamedTuple):
    """What is drawn of a language, and what typst is making of it."""

    drawn: Mapping[str, Any]
    """``charts`` where a format shows any."""
    bitmaps: Future[Any] | None
    pngs: Future[Any] | None
    pdf: Future[Any] | None
    briefs: Mapping[str, Future[Any]]


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
    with _beside() as begin:
        begun = {lang: _begun(picture, lang, formats, begin) for lang in languages}
        if "data" in formats:
            yield f"{name}.{DATA}", _room("package").render(picture)
        for lang in languages:
            yield from _of_language(picture, lang, languages, formats, name, begun[lang])


@contextmanager
def _beside() -> Iterator[Begin]:
    """One call after the other in a thread of their own; what has not begun is let go at the end.

    More threads would not be faster: typst shares its own work out.
    """
    thread = ThreadPoolExecutor(1)
    try:
        yield thread.submit
    finally:
        thread.shutdown(cancel_futures=True)


def _begun(picture: Picture, lang: Language, formats: Sequence[str], begin: Begin) -> _Begun:
    if not set(formats) & set(_DRAWN):
        return _Begun({}, None, None, None, {})
    from tilannekuva import storyboard

    charts = storyboard.draw_all(picture, lang)
    for chart in charts.values():
        chart.svg()  # drawn here: matplotlib must not be asked from two threads
    drawn = {"charts": charts}

    def wanted(*some: str) -> bool:
        return bool(set(formats) & set(some))

    return _Begun(
        drawn,
        begin(_room("_ooxml_bitmaps").bitmaps, charts) if wanted(*_BITMAPS) else None,
        begin(_room("_ooxml_bitmaps").files, charts) if wanted("png") else None,
        begin(_room("pdf").render, picture, lang, **drawn) if wanted("pdf") else None,
        {t: begin(_room("pdf").brief, picture, t, lang, **drawn) for t in _themes(picture)}
        if wanted("brief")
        else {},
    )


def _of_language(
    picture: Picture,
    lang: Language,
    languages: Sequence[Language],
    formats: Sequence[str],
    name: str,
    begun: _Begun,
) -> Iterator[tuple[str, bytes]]:
    if "html" in formats or "png" in formats:
        yield from _charts(begun.drawn["charts"], lang)
    for report in (f for f in formats if f in ("html", "xlsx")):
        more: dict[str, Any] = {}
        if report == "html":
            offered = _downloads(lang, formats, name)
            briefs = {t: _brief(name, t, lang, "pdf") for t in begun.briefs}
            more = {**begun.drawn, "languages": languages, "downloads": offered, "briefs": briefs}
        yield f"{name}.{lang}.{report}", _room(report).render(picture, lang, **more)
    if begun.bitmaps is not None:
        office = {**begun.drawn, "bitmaps": begun.bitmaps.result()}
        for report in (f for f in formats if f in ("docx", "pptx")):
            yield f"{name}.{lang}.{report}", _room(report).render(picture, lang, **office)
        for theme in begun.briefs:
            content = _room("docx").brief(picture, theme, lang, **office)
            yield _brief(name, theme, lang, "docx"), content
    if begun.pngs is not None:
        for (subject, kind), content in begun.pngs.result().items():
            yield f"{CHARTS}/{lang}/{subject}.{kind}.png", content
    if begun.pdf is not None:
        yield f"{name}.{lang}.pdf", begun.pdf.result()
    for theme, brief in begun.briefs.items():
        yield _brief(name, theme, lang, "pdf"), brief.result()


def _charts(charts: Mapping[Key, Any], lang: Language) -> Iterator[tuple[str, bytes]]:
    """The charts as files: drawings and figures beside the page."""
    for chart in charts.values():
        stem = f"{CHARTS}/{lang}/{chart.indicator}.{chart.kind}"
        yield f"{stem}.svg", chart.svg(titled=True)
        yield f"{stem}.csv", chart.csv()


def _downloads(lang: Language, formats: Sequence[str], name: str) -> list[str]:
    """What the page offers beside itself; the briefs are offered where their themes begin."""
    found = [f"{name}.{lang}.{f}" for f in formats if f in _ONE_A_LANGUAGE and f != "html"]
    return [*found, *([f"{name}.{DATA}"] if "data" in formats else []), "picture.json"]


def _brief(name: str, theme: str, lang: Language, kind: str) -> str:
    return f"{BRIEFS}/{name}.{theme}.{lang}.{kind}"


def _themes(picture: Picture) -> list[str]:
    """Ids of the sections that have a brief: the themes of the year."""
    return [s.id for c in picture.cuts if c.kind == "themes" for s in c.sections]


def _room(name: str) -> Any:
    return import_module(f"tilannekuva.reports.{name}")
