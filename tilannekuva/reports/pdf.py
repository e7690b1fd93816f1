"""The document: one PDF that is archivable (PDF/A-3a) and accessible (PDF/UA-1) at once.

Rooms behind this one: ``_pdf_values`` and ``_pdf_brief`` turn a picture into plain values with the
help of the page's own rooms, ``_pdf_tables`` aligns numbers, ``_pdf_data`` makes what is attached,
``_pdf_typst`` sets it; ``typst/`` holds the templates and the few words that only they have.
"""

from __future__ import annotations

import functools

from tilannekuva import words
from tilannekuva.model import Language, Picture
from tilannekuva.reports import _brief_experts, _pdf_brief, _pdf_data, _pdf_values
from tilannekuva.reports._chapters import Charts
from tilannekuva.reports._pdf_typst import pages, typeset
from tilannekuva.storyboard import draw_all, storyboard

__all__ = ["brief", "render"]


def render(picture: Picture, lang: Language, *, charts: Charts | None = None) -> bytes:
    """The document of a picture in one language.

    Args:
        picture: What to show.
        lang: Language of the document.
        charts: The charts of the story in this language, when they have been drawn already.

    Returns:
        A PDF; the same arguments give the same bytes. The figures (CSV) and the lock entries (JSON)
        are attached inside.

    Raises:
        ReportError: There is no such language, typst is not installed, or it refuses the document.
    """
    words.messages(lang)  # an unknown language is told before anything is drawn
    story, drawn = storyboard(picture), _pdf_values.Drawn()
    shown = draw_all(picture, lang) if charts is None else charts
    values = _pdf_values.document(picture, story, lang, shown, drawn)
    values["document-title"] = f"{values['title']}, {values['date']}"
    files = {
        **drawn.files,
        "figures.csv": _pdf_data.figures(picture),
        "lock.json": _pdf_data.lock(picture),
    }
    return typeset("document.typ", values, files, f"{picture.region.code}.{lang}.pdf")


def brief(
    picture: Picture, section_id: str, lang: Language, *, charts: Charts | None = None
) -> bytes:
    """Two pages about one theme: key figures, findings, experts, what we do not know, questions.

    Args:
        picture: What to show.
        section_id: Id of a theme or a chapter of the picture's cuts.
        lang: Language of the brief.
        charts: The charts of the story in this language, when they have been drawn already.

    Returns:
        A PDF like that of :func:`render`; the figures of the theme are attached inside.

    Raises:
        ReportError: There is no such language or section, typst is not installed, or it refuses
            the document.
    """
    words.messages(lang)
    story, drawn = storyboard(picture), _pdf_values.Drawn()
    scene = _pdf_brief.scene_of(story, section_id)
    shown = _pdf_brief.draw(scene, picture, lang) if charts is None else charts
    values = _pdf_brief.brief(picture, story, scene, lang, shown, drawn)
    files = {**drawn.files, "figures.csv": _pdf_data.figures(picture, scene.table)}

    experts = _brief_experts.half(scene, picture, lang)
    rooms = _brief_experts.LEVELS if experts else _brief_experts.LEVELS[:1]

    @functools.cache  # the one that fits has been made when it is known to fit
    def made(fill: _pdf_brief.Fill) -> bytes:
        name = f"{picture.region.code}.{section_id}.{lang}.pdf"
        shown = experts.within(rooms[fill.experts])._asdict() if experts else None
        return typeset(
            "brief.typ", {**values, "fill": fill._asdict(), "experts": shown}, files, name
        )

    return made(_pdf_brief.fullest(lambda fill: pages(made(fill)) <= _pdf_brief.PAGES, len(rooms)))
