"""The story of the page as the body of a Word document: the same parts in the same order.

Everything comes from the plain values that the page is made of (``_page``, ``_chapters``,
``_annex``), so a new kind of chart or table needs nothing here.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE

from tilannekuva import words
from tilannekuva.charts import Chart
from tilannekuva.model import Gap, Language, Picture
from tilannekuva.reports import _annex, _chapters, _experts, _page
from tilannekuva.reports import _docx_experts as experts
from tilannekuva.reports import _docx_xml as xml
from tilannekuva.reports import _ooxml_findings as findings
from tilannekuva.reports._cells import YEARS, Cell
from tilannekuva.reports._docx_styles import TEXT_WIDTH
from tilannekuva.reports._docx_xml import Column, Writer
from tilannekuva.reports._missing import missing
from tilannekuva.reports._ooxml_bitmaps import Bitmap
from tilannekuva.reports._rich import blocks
from tilannekuva.storyboard import Drawing, Storyboard

__all__ = ["Book", "story"]

WIDE, TALL = 10.5, 21.0
"""Most centimetres that a chart may take: two charts with their texts go on a page."""
POINT = 72 / 2.54
"""Points in a centimetre."""

Charts = Mapping[tuple[str, str], Chart]
Bitmaps = Mapping[tuple[str, str], Bitmap]


class Book:
    """A document being written: the body, and what its parts must know."""

    def __init__(
        self, document: Document, picture: Picture, lang: Language, charts: Charts,
        bitmaps: Bitmaps,
    ) -> None:  # fmt: skip
        self.document, self.picture, self.lang = document, picture, lang
        self.charts, self.bitmaps = charts, bitmaps
        self.writer = Writer(lang)
        self.page = _annex.sayer(lang)
        self._keys = {_chapters.chart_id(Drawing(*key)): key for key in charts}

    def say(self, key: str, **values: object) -> str:
        """A message of the ``[office]`` table."""
        return words.message(f"office.{key}", self.lang, **values)

    def address(self, text: str, address: str) -> str:
        """A text, behind a link where there is an address that is safe to follow."""
        if not text or not address:
            return xml.run(text)
        relation = self.document.part.relate_to(
            address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True
        )
        return xml.linked(xml.run(text, "Hyperlink"), relation=relation)

    def titled(self, caption: str) -> None:
        """The caption of a table, over it."""
        self.writer.caption("table", self.say("table"), _sentence(caption), keep=True)

    def key(self, figure: Mapping[str, Any]) -> tuple[str, str]:
        """Subject and kind of the chart of a figure."""
        return self._keys[figure["id"]]

    def chart(
        self, key: tuple[str, str], *, wide: float = WIDE, tall: float = TALL, brief: bool = False
    ) -> None:
        """The bitmap with its alternative text, the caption and the source.

        A chart without a bitmap keeps its caption and says what it shows in words.
        """
        chart = self.charts[key]
        bitmap = self.bitmaps.get(key)
        if bitmap is None:
            self.writer.text(chart.alt)
        else:
            relation, _ = self.document.part.get_or_add_image(io.BytesIO(bitmap.content))
            size = min(wide * POINT / bitmap.width, tall * POINT / bitmap.height)
            self.writer.picture(
                relation, chart.name, chart.alt, bitmap.width * size, bitmap.height * size
            )
        text = _sentence(chart.subtitle) + (f" {_sentence(chart.source)}" if brief else "")
        self.writer.caption("figure", self.say("figure"), text, keep=not brief)
        if not brief:
            self.writer.text(chart.source, "SourceLine")


def _sentence(text: str) -> str:
    """The text with a full stop after it."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def story(book: Book, plan: Storyboard) -> None:
    """Write the whole document."""
    _front(book)
    _summary(book)
    _key_figures(book, plan)
    _all_chapters(book, plan)
    _changes(book)
    _unknown(book)
    _sources(book)
    _method(book)


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


def cards_table(book: Book, cards: Sequence[Mapping[str, Any]]) -> str:
    """The key figures: what, how much, when, how it moved, which place."""
    columns = [
        Column(book.page("column.indicator"), 4.3),
        Column(book.page("column.latest"), 2.9, True),
        Column(book.page("column.period"), 3.0),
        Column(book.say("change"), 3.4),
        Column(book.page("column.rank"), TEXT_WIDTH - 13.6),
    ]
    rows = []
    for c in cards:
        value = findings.quantity(c["id"], book.picture, book.lang)
        when = ", ".join([c["when"], *c["marks"]])
        rows.append([
            xml.run(c["name"], "Strong"), xml.run(value, "Strong"), xml.run(when),
            xml.run(c["change"]), xml.run(c["place"]),
        ])  # fmt: skip
    return xml.table(columns, rows, name=book.page("key_figures"))


# ---------------------------------------------------------------- chapters


def _all_chapters(book: Book, plan: Storyboard) -> None:
    found = _chapters.chapters(plan, book.picture, book.lang, book.charts, panels=False)
    cut = ""
    for scene, chapter in zip(plan.scenes, found, strict=False):
        first = scene.cut.id != cut
        if first:
            cut = scene.cut.id
            book.writer.heading(1, scene.cut.names[book.lang], new_page=True)
        _chapter(book, chapter, level=2, new_page=not first, gaps=scene.gaps)
    for chapter in found[len(plan.scenes) :]:  # what no chapter names
        _chapter(book, chapter, level=1, new_page=True)


def _chapter(
    book: Book, chapter: Mapping[str, Any], *, level: int, new_page: bool,
    gaps: Iterable[Gap] = (),
) -> None:  # fmt: skip
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
    for figure in (*chapter["figures"], *([chapter["heat"]] if chapter["heat"] else ())):
        w.heading(below, figure["title"])
        book.chart(book.key(figure))
    if chapter["elsewhere"]:
        w.heading(below, book.page("elsewhere"))
        w.bullets(xml.run(f"{e['title']} ({e['where']})") for e in chapter["elsewhere"])
    _judged(book, chapter, gaps, below)
    if chapter["rows"]:
        _compact(book, chapter, below)
    if chapter["caveats"]:
        w.heading(below, book.page("caveats"))
        experts.notes(w, chapter["caveats"])


def _judged(book: Book, chapter: Mapping[str, Any], gaps: Iterable[Gap], level: int) -> None:
    """What experts say, what is not known, what is asked."""
    w = book.writer
    if chapter["assessments"]:
        w.heading(level, book.page("assessments"))
        experts.judgements(w, chapter["assessments"])
        w.text(book.page("assessments_note"), "Note")
    if text := chapter["commentary"]:
        w.heading(level, book.page("commentary"))
        experts.commentary(w, blocks(str(text["html"])), text["dated"], book.address)
    if groups := missing(gaps, book.picture, book.lang):
        w.heading(level, book.page("section_gaps"))
        experts.missing(w, groups)
    if chapter["questions"]:
        w.heading(level, book.page("questions"))
        w.bullets(xml.run(q) for q in chapter["questions"])


def _compact(book: Book, chapter: Mapping[str, Any], level: int) -> None:
    """The indicators of a chapter as one table."""
    w, page = book.writer, book.page
    w.heading(level, page("compact_title"))
    book.titled(page("compact_caption", title=chapter["name"]))
    columns, rows = compact(book, chapter["rows"], chapter["columns"])
    w.raw(xml.table(columns, rows, name=f"{page('compact_title')}: {chapter['name']}"))
    marks = ", ".join(f"{m['mark']} = {m['name']}" for m in chapter["marks"])
    note = page("compact_note") + (f" {marks}." if marks else "")
    w.text(f"{note} {book.say('elsewhere_figures')}", "Note")


def compact(
    book: Book, rows: Iterable[Mapping[str, Any]], shown: Mapping[str, bool]
) -> tuple[list[Column], list[list[str]]]:
    """Columns and cells of the compact table; columns without figures are left out."""
    page = book.page
    spans = [f"change_{y}y" for y in YEARS]
    wanted: list[tuple[str, str, float, bool]] = [
        ("latest", "column.latest", 1.5, True),
        ("period", "column.period", 1.65, False),
        *((s, f"column.{s}", 1.62, True) for s in spans if shown[s]),
        *(
            (key, column, width, key != "trend")
            for key, column, width in (
                ("comparison", "column.comparison", 1.45), ("share", "column.share", 1.4),
                ("place", "column.rank", 2.2 if book.lang == "en" else 1.9),
                ("trend", "column.trend", 1.6),
            )
            if shown[key]
        ),
    ]  # fmt: skip
    used = sum(width for _, _, width, _ in wanted)
    columns = [Column(page("column.indicator"), TEXT_WIDTH - used)]
    columns += [Column(page(head), width, numeric) for _, head, width, numeric in wanted]
    made = []
    for r in rows:
        unit = xml.run(f" {r['unit']}", "Muted") if r["unit"] else ""
        cells = [xml.run(r["name"]) + unit]
        for key, _, _, _ in wanted:
            if key == "period":
                cells.append(xml.run(r["period"], "Muted" if r["stale"] else ""))
                continue
            cell: Cell = r["changes"][spans.index(key)] if key in spans else r[key]
            cells.append(xml.run(_figure(cell, key, book.lang)))
        made.append(cells)
    return columns, made


def _figure(cell: Cell, key: str, lang: str) -> str:
    """A number with its sign of per cent and its mark; a dash where there is none."""
    if not cell.text:
        return "–"
    sign = "%" if cell.unit == "%" and key not in ("latest", "place", "trend") else ""
    gap = words.NBSP if sign and lang != "en" else ""
    return f"{cell.text}{gap}{sign}" + (f" {cell.mark}" if cell.mark else "")


# ---------------------------------------------------------------- back


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
