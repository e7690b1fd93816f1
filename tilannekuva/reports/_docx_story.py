"""The story of the page as the body of a Word document: the same parts, tables after chapters.

Everything comes from the plain values that the page is made of (``_page``, ``_chapters``,
``_annex``), so a new kind of chart or table needs nothing here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tilannekuva import words
from tilannekuva.model import Language, Picture
from tilannekuva.reports import _chapters, _page
from tilannekuva.reports import _docx_experts as experts
from tilannekuva.reports import _docx_xml as xml
from tilannekuva.reports._chapters import table_apart
from tilannekuva.reports._docx_annex import back
from tilannekuva.reports._docx_book import Book
from tilannekuva.reports._docx_tables import anchor, cards_table, tables, tables_of
from tilannekuva.reports._rich import blocks
from tilannekuva.storyboard import Storyboard

__all__ = ["running", "story", "with_contents"]


def running(picture: Picture, lang: Language) -> str:
    """What stands at the head of every page."""
    head = _page.head(picture, lang)
    return f"{head['title']}, {head['date']}"


def story(book: Book, plan: Storyboard) -> None:
    """Write the whole document."""
    _front(book)
    _summary(book)
    _key_figures(book, plan)
    _all_chapters(book, plan)
    back(book)


# ---------------------------------------------------------------- front


def _front(book: Book) -> None:
    head, w = _page.head(book.picture, book.lang), book.writer
    w.text(book.page("eyebrow"), "Eyebrow")
    w.text(head["title"], "Title")
    w.text(head["what"], "Subtitle")
    for name, value in head["facts"]:
        w.add(xml.run(f"{name}: ", "Strong") + xml.run(value))
    w.text(book.page("notice"), "Note")
    w.raw(_CONTENTS)


_CONTENTS = "<w:p><!--contents--></w:p>"
"""Where the table of contents goes once all headings are known."""


def with_contents(book: Book, levels: int = 2) -> str:
    """The body with its table of contents: a field that Word fills, filled for the others."""
    entries = [h for h in book.writer.headings if h[0] <= levels]
    lines = []
    start = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> '
        f'TOC \\o "1-{levels}" \\h \\z \\u </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    for level, mark, text in entries:
        # Page numbers come with the update: a number that we guessed would be a wrong one.
        line = xml.linked(xml.run(text), anchor=mark)
        lines.append(xml.paragraph(start + line, f"TOC{level}"))
        start = ""
    end = xml.paragraph(start + '<w:r><w:fldChar w:fldCharType="end"/></w:r>')
    heading = xml.paragraph(xml.run(book.page("contents")), "TOCHeading")
    made = (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/>'
        f"<w:docPartUnique/></w:docPartObj></w:sdtPr><w:sdtContent>{heading}{''.join(lines)}{end}"
        "</w:sdtContent></w:sdt>"
    )
    return book.writer.xml.replace(_CONTENTS, made, 1)


def _summary(book: Book) -> None:
    w = book.writer
    w.heading(1, book.page("summary"), new_page=True)
    for said in _page.summary(book.picture, book.lang):
        for label, text in said["parts"]:
            w.add((xml.run(f"{label} ", "Strong") if label else "") + xml.run(text), "ListBullet")


def _key_figures(book: Book, plan: Storyboard) -> None:
    cards = _page.cards(plan, book.picture, book.lang)
    if not cards:
        return
    w, date = book.writer, words.date(book.picture.as_of, book.lang)
    w.heading(1, book.page("key_figures"))
    book.titled(book.say("key_caption", date=date))
    w.raw(cards_table(book, cards))


# ---------------------------------------------------------------- chapters


def _all_chapters(book: Book, plan: Storyboard) -> None:
    found = _chapters.chapters(plan, book.picture, book.lang, book.charts, panels=False)
    cut = ""
    for scene, chapter in zip(plan.scenes, found, strict=False):
        first = scene.cut.id != cut
        if first:
            cut = scene.cut.id
            book.writer.heading(1, scene.cut.names[book.lang], new_page=True)
        _chapter(book, chapter, level=2, new_page=not first)
    tables(book, found)


def _chapter(book: Book, chapter: Mapping[str, Any], *, level: int, new_page: bool) -> None:
    w = book.writer
    number = chapter["eyebrow"].rpartition(" · ")[2]
    name = chapter["name"]
    w.heading(level, f"{number}: {name}" if number else name, new_page=new_page)
    if chapter["question"]:
        w.text(chapter["question"], "Question")
    below = level + 1
    if chapter["lead"]:
        figure = chapter["lead"]["figure"]
        w.heading(below, figure["title"])
        for text in chapter["lead"]["sentences"]:
            w.text(text)
        book.chart(book.key(figure))
    elif chapter["opening"]:
        w.heading(below, chapter["opening"]["headline"])
        for text in chapter["opening"]["sentences"]:
            w.text(text)
    for figure in chapter["figures"]:
        _charted(book, figure, below)
    places = [xml.run(f"{e['title']} ({e['where']})") for e in chapter["elsewhere"]]
    if table_apart(chapter):
        table = xml.linked(xml.run(book.page("compact_title")), anchor=anchor(chapter))
        places.append(table + xml.run(f" ({book.page('tables')})"))
    if places:
        w.heading(below, book.page("elsewhere"))
        w.bullets(places)
    _judged(book, chapter, below)
    if chapter["heat"]:  # nearly a page: what is said after it would stand on a page of its own
        _charted(book, chapter["heat"], below)
    if not table_apart(chapter):
        tables_of(book, chapter, below)


def _charted(book: Book, figure: Mapping[str, Any], level: int) -> None:
    book.writer.heading(level, figure["title"])
    book.chart(book.key(figure))


def _judged(book: Book, chapter: Mapping[str, Any], level: int) -> None:
    """What experts say, what is not known, what is asked."""
    w = book.writer
    if chapter["assessments"]:
        w.heading(level, book.page("assessments"))
        experts.judgements(w, chapter["assessments"])
        w.text(book.page("assessments_note"), "Note")
    if text := chapter["commentary"]:
        w.heading(level, book.page("commentary"))
        experts.commentary(w, blocks(str(text["html"])), text["dated"], book.address)
    if chapter["gaps"]:
        w.heading(level, book.page("section_gaps"))
        experts.missing(w, chapter["gaps"])
    if chapter["questions"]:
        w.heading(level, book.page("questions"))
        w.bullets(xml.run(q) for q in chapter["questions"])
