"""The picture as slides for the meeting: one message a slide, its sources in the notes.

Rooms behind this one: ``_pptx_deck`` decides which slides there are and what they say,
``_pptx_paper`` lays them.
"""

from __future__ import annotations

from collections.abc import Mapping

from tilannekuva import words
from tilannekuva.charts import Chart
from tilannekuva.model import Language, Picture
from tilannekuva.reports import _page, _pptx_deck, _pptx_paper
from tilannekuva.reports._ooxml_bitmaps import Bitmap
from tilannekuva.reports._ooxml_bitmaps import bitmaps as make_bitmaps
from tilannekuva.storyboard import draw_all, storyboard

__all__ = ["render"]


def render(
    picture: Picture,
    lang: Language,
    *,
    charts: Mapping[tuple[str, str], Chart] | None = None,
    bitmaps: Mapping[tuple[str, str], Bitmap] | None = None,
) -> bytes:
    """The picture as a presentation.

    Args:
        picture: What to show.
        lang: Language of the slides.
        charts: The charts of the story in this language, when they have been drawn already.
        bitmaps: Their bitmaps, when they have been made already. A finding whose chart has none is
            told by its number.

    Returns:
        A ``.pptx`` file of 12 to 16 slides, fewer where there are hardly any figures; the same
        arguments give the same bytes.

    Raises:
        ReportError: There is no such language.
    """
    words.messages(lang)
    drawn = draw_all(picture, lang) if charts is None else charts
    made = make_bitmaps(drawn) if bitmaps is None else bitmaps

    def readable(key: tuple[str, str]) -> bool:
        return key in drawn and key in made and _pptx_paper.readable(made[key])

    head = _page.head(picture, lang)
    slides = _pptx_paper.new(lang, f"{head['title']} {head['date']}", head["what"])
    foot = f"{head['title']}, {head['date']}"
    for sheet in _pptx_deck.deck(picture, storyboard(picture), drawn, lang, readable):
        bitmap = made.get(sheet.chart) if sheet.chart is not None else None
        _pptx_paper.place(slides, sheet, bitmap, lang, foot)
    return _pptx_paper.finish(slides, picture.as_of)
