"""The back of a Word document: what changed, what is not known, sources, method."""

from __future__ import annotations

from tilannekuva import words
from tilannekuva.reports import _annex, _experts, _page
from tilannekuva.reports import _docx_xml as xml
from tilannekuva.reports._docx_book import Book
from tilannekuva.reports._docx_styles import TEXT_WIDTH
from tilannekuva.reports._docx_xml import Column

__all__ = ["back"]


def back(book: Book) -> None:
    """Everything after the chapters and their tables."""
    _changes(book)
    _unknown(book)
    _sources(book)
    _method(book)


def _changes(book: Book) -> None:
    found, w = _annex.changes(book.picture, book.lang), book.writer
    w.heading(1, book.page("changes"), new_page=True)
    w.text(found["intro"])
    for group in found["groups"]:
        w.heading(2, group["name"])
        w.bullets(
            (xml.run(x.name, "Strong") if x.href else "") + xml.run(x.rest) for x in group["lines"]
        )


def _unknown(book: Book) -> None:
    w, page = book.writer, book.page
    w.heading(1, page("unknown"), new_page=True)
    w.text(page("unknown_intro"))
    if not book.picture.assessments:
        w.text(page("unknown_assessments"))
    if turned := _experts.outcomes(book.picture, book.lang):
        w.heading(2, page("outcomes"))
        w.text(page("outcomes_note"))
        w.bullets(map(xml.run, turned))
    for group in _annex.gaps(book.picture, book.lang):
        w.heading(2, group["name"])
        w.text(group["intro"])
        if group["list"]:
            w.text("; ".join(r["name"] for r in group["list"]) + ".")
            continue
        book.titled(group["caption"])
        head = group["head"]
        rest = (TEXT_WIDTH - 6.0) / max(1, len(head) - 1)
        columns = [Column(h, rest if n else 6.0) for n, h in enumerate(head)]
        rows = [[xml.run(r["name"]), *map(xml.run, r["cells"])] for r in group["table"]]
        w.raw(xml.table(columns, rows, name=group["name"]))


def _sources(book: Book) -> None:
    w, page = book.writer, book.page
    w.heading(1, page("sources"), new_page=True)
    w.text(page("sources_intro"))
    keys = ("table", "title", "vintage", "licence", "used_by")
    widths = (2.6, 6.4, 2.0, 2.0, TEXT_WIDTH - 13.0)
    columns = [Column(page(f"column.{k}"), width) for k, width in zip(keys, widths, strict=True)]
    for publisher in _annex.sources(book.picture, book.lang):
        book.titled(publisher["caption"])
        rows = []
        for r in publisher["rows"]:
            title = xml.run(r.title, lang=r.lang)
            title += xml.run(f" {r.note}", "Muted") if r.note else ""
            title += xml.run(f" {r.own_note}", "Muted", "en") if r.own_note else ""
            used = ", ".join(u["name"] for u in r.used)
            rows.append([
                book.address(r.table, r.href), title, xml.run(r.vintage), xml.run(r.licence),
                xml.run(used),
            ])  # fmt: skip
        w.raw(xml.table(columns, rows, name=publisher["publisher"]))
    formulas = _annex.formulas(book.picture, book.lang)
    if formulas:
        w.heading(2, page("formulas"))
        w.text(page("formulas_intro"))
        book.titled(page("formulas_caption"))
        columns = [Column(page("column.indicator"), 6.5),
                   Column(page("column.formula"), TEXT_WIDTH - 6.5)]  # fmt: skip
        w.raw(xml.table(
            columns, [[xml.run(f["name"]), xml.run(f["text"], "Code")] for f in formulas],
            name=page("formulas"),
        ))  # fmt: skip
        if sums := _annex.sums(book.picture, book.lang):
            w.text(sums)


def _method(book: Book) -> None:
    w, page = book.writer, book.page
    w.heading(1, page("method"), new_page=True)
    for name, text in _annex.method(book.picture, book.lang):
        w.add(xml.run(f"{name}. ", "Strong") + xml.run(text))
    if found := _annex.boundaries(book.picture, book.lang):
        w.heading(2, page("boundaries"))
        w.bullets(map(xml.run, found))
    title, date = _page.title(book.picture, book.lang), words.date(book.picture.as_of, book.lang)
    w.text(page("footer", title=title, date=date), "Note")
