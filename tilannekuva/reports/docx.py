"""The picture as a Word document that a group can go on editing, and the brief of a theme.

Rooms behind this one: ``_docx_story``, ``_docx_tables``, ``_docx_annex`` and ``_docx_brief`` write
the same parts as the page into a ``_docx_book``, ``_docx_xml`` turns them into WordprocessingML,
``_docx_styles`` has the styles; ``_docx_reading`` holds an edited document against the picture,
``_docx_text`` gives its text and ``_docx_numbers`` its numbers.
"""

from __future__ import annotations

from tilannekuva import narrate, words
from tilannekuva.errors import ReportError
from tilannekuva.model import Language, Picture
from tilannekuva.reports import _docx_brief, _docx_styles, _page
from tilannekuva.reports._docx_book import Bitmaps, Book, Charts
from tilannekuva.reports._docx_reading import Checked, Stray, ToRead, check, lines
from tilannekuva.reports._docx_story import running, story, with_contents
from tilannekuva.reports._docx_text import language
from tilannekuva.reports._findings import draw_some
from tilannekuva.reports._ooxml_bitmaps import bitmaps as make_bitmaps
from tilannekuva.storyboard import draw_all, storyboard

__all__ = ["Checked", "Stray", "ToRead", "brief", "check_numbers", "language", "lines", "render"]


def render(
    picture: Picture,
    lang: Language,
    *,
    charts: Charts | None = None,
    bitmaps: Bitmaps | None = None,
) -> bytes:
    """The picture as a Word document.

    Args:
        picture: What to show.
        lang: Language of the document.
        charts: The charts of the story in this language, when they have been drawn already.
        bitmaps: Their bitmaps, when they have been made already. A chart without one is told in
            words in its place.

    Returns:
        A ``.docx`` file; the same arguments give the same bytes.

    Raises:
        ReportError: There is no such language.
    """
    words.messages(lang)
    drawn = draw_all(picture, lang) if charts is None else charts
    made = make_bitmaps(drawn) if bitmaps is None else bitmaps
    head = _page.head(picture, lang)
    document = _docx_styles.new(
        lang, title=f"{head['title']} {head['date']}", subject=head["what"],
        running=running(picture, lang),
    )  # fmt: skip
    book = Book(document, picture, lang, drawn, made)
    story(book, storyboard(picture))
    return _docx_styles.finish(document, with_contents(book), lang, picture.as_of)


def brief(
    picture: Picture,
    section_id: str,
    lang: Language,
    *,
    charts: Charts | None = None,
    bitmaps: Bitmaps | None = None,
) -> bytes:
    """The two pages of a theme for those who come to the discussion.

    Args:
        picture: What to show.
        section_id: Id of a section of the picture's cuts, usually of its themes.
        lang: Language of the brief.
        charts: Charts of the story in this language, when they have been drawn already.
        bitmaps: Their bitmaps, when they have been made already.

    Returns:
        A ``.docx`` file; the same arguments give the same bytes.

    Raises:
        ReportError: There is no such section or language.
    """
    words.messages(lang)
    plan = storyboard(picture)
    scene = next((s for s in plan.scenes if s.section.id == section_id), None)
    if scene is None:
        known = ", ".join(s.section.id for s in plan.scenes)
        raise ReportError(f"there is no theme '{section_id}'; the picture has {known or 'none'}")
    parts = _docx_brief.plan(scene, plan, picture)
    drawn = draw_some(parts.drawings, picture, lang) if charts is None else charts
    made = make_bitmaps(drawn) if bitmaps is None else bitmaps
    name, region = scene.section.names[lang], narrate.place(picture.region.code, lang)
    eyebrow = words.message("office.brief_eyebrow", lang, region=region)
    document = _docx_styles.new(
        lang, title=f"{name}: {region.name}", subject=eyebrow,
        running=_docx_brief.running(scene, picture, lang),
    )  # fmt: skip
    book = Book(document, picture, lang, drawn, made)
    _docx_brief.write(book, parts)
    return _docx_styles.finish(document, book.writer.xml, lang, picture.as_of, compact=True)


def check_numbers(picture: Picture, data: bytes, lang: Language) -> Checked:
    """Hold the numbers in the text of an edited Word document against the picture's.

    A number of our own sentences and table rows must be the one that stands there in the document
    of the picture; a number of a new text must be a figure, a metric, a period, a date or a count
    of the picture, in Finnish, Swedish or English notation. Which figure a number of a new text is
    meant to be no program can know: what it is a figure of is listed, for a person to read.
    Numbers of headings, captions, pages and contents are not looked at.

    Args:
        picture: The picture that the document is of.
        data: The ``.docx`` file as it was edited.
        lang: Language of the document.

    Returns:
        The numbers that the picture does not have there, and those of new texts that it has, but of
        years and dates; both in the order of the text.

    Raises:
        ReportError: The file is not a Word document.
    """
    return check(picture, data, lang)
