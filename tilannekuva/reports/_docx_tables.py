"""The tables of a Word document: key figures, the indicators of each chapter, dashboards."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tilannekuva import words
from tilannekuva.reports import _docx_experts as experts
from tilannekuva.reports import _docx_xml as xml
from tilannekuva.reports import _findings as findings
from tilannekuva.reports._cells import YEARS, Cell
from tilannekuva.reports._chapters import table_apart
from tilannekuva.reports._docx_book import Book
from tilannekuva.reports._docx_styles import TEXT_WIDTH
from tilannekuva.reports._docx_xml import Column
from tilannekuva.reports._tables import Table

__all__ = ["anchor", "cards_table", "tables", "tables_of"]


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


def tables(book: Book, chapters: Iterable[Mapping[str, Any]]) -> None:
    """Tables and notes of all chapters, one after another."""
    w = book.writer
    found = [c for c in chapters if table_apart(c) or c["caveats"]]
    if found:
        w.heading(1, book.page("tables"), new_page=True)
        w.text(book.page("tables_intro"))
    for chapter in found:
        w.heading(2, chapter["name"], mark=anchor(chapter))
        if table_apart(chapter):
            tables_of(book, chapter, 3)
        if chapter["caveats"]:
            w.heading(3, book.page("caveats"))
            experts.notes(w, chapter["caveats"])


def anchor(chapter: Mapping[str, Any]) -> str:
    """Bookmark of the table of a chapter; Word takes letters, digits and underscores."""
    return "tables_" + re.sub(r"\W", "_", chapter["id"])


def tables_of(book: Book, chapter: Mapping[str, Any], level: int) -> None:
    """The dashboard of a chapter and its indicators as one table."""
    w, page = book.writer, book.page
    board = chapter["dashboard"]
    if board:
        w.heading(level, page("tiles"))
        w.text(page("tiles_note"))
        _dashboard(book, board["table"])
    if not chapter["rows"]:
        return
    if board or level == 2:
        w.heading(level, page("compact_title"))
    book.titled(page("compact_caption", title=chapter["name"]))
    columns, rows = compact(book, chapter["rows"], chapter["columns"])
    w.raw(xml.table(columns, rows, name=f"{page('compact_title')}: {chapter['name']}"))
    marks = ", ".join(f"{m['mark']} = {m['name']}" for m in chapter["marks"])
    note = page("compact_note") + (f" {marks}." if marks else "")
    w.text(f"{note} {book.say('elsewhere_figures')}", "Note")


def _dashboard(book: Book, found: Table) -> None:
    """The proxies of a dashboard: on paper their table says all that the tiles do."""
    book.titled(found.caption)
    widths = (5.0, 2.3, 2.2, 2.0, 2.3)
    columns = [
        Column(head, width)
        for head, width in zip(found.head, (*widths, TEXT_WIDTH - sum(widths)), strict=True)
    ]
    rows = [[xml.run(r.name), *(xml.run(_in_words(c)) for c in r.cells)] for r in found.rows]
    book.writer.raw(xml.table(columns, rows, name=found.caption))


def _in_words(cell: Cell) -> str:
    """What a cell says, or why it says nothing."""
    if not cell.text:
        return cell.reason or "–"
    return f"{cell.text}{words.NBSP}{cell.unit}" if cell.unit else cell.text


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
