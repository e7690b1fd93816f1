"""What the sheets of a workbook hold: titles, columns and rows. Knows no file format.

From the ground up: ``cells`` (what a cell may be), ``book`` (the picture and the language, and how
they are said), and on these ``front`` (cover, contents, notes), ``tables`` (a row an indicator) and
``long`` (every measure, every figure, every source).
"""

from __future__ import annotations

from collections.abc import Iterator

from tilannekuva.model import Picture
from tilannekuva.reports._workbook import front, long, tables
from tilannekuva.reports._workbook.book import Book
from tilannekuva.reports._workbook.cells import Cell, Column, Link, Number, Sheet, table_name

__all__ = ["Cell", "Column", "Link", "Number", "Sheet", "sheets", "table_name"]


def sheets(picture: Picture, lang: str) -> tuple[Sheet, ...]:
    """Every sheet of the workbook, in order: front matter, cuts, long tables, sources."""
    return tuple(_sheets(Book(picture, lang)))


def _sheets(book: Book) -> Iterator[Sheet]:
    figures = long.figures(book)
    made = [
        *tables.key_figures(book),
        *tables.sections(book),
        tables.unknown(book),
        long.measures(book),
        figures,
        long.sources(book),
    ]
    digits = book.say("head.digits") in {c.head for c in figures.columns}
    cover, notes = front.cover(book), front.notes(book, digits=digits)
    yield from (cover, front.contents(book, [cover, notes, *made]), notes, *made)
