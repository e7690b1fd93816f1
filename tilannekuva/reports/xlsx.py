"""The workbook: each sheet of :mod:`tilannekuva.reports._workbook` as Office Open XML.

Every sheet is laid alike: A1 title, A2 sources and day, A3 link to the contents, headings in row
4 and from there one named table. Nothing is merged, hidden, frozen or said by colour.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from html import escape

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from tilannekuva.model import Picture
from tilannekuva.reports import _workbook
from tilannekuva.reports._ooxml import LANGUAGE, repack
from tilannekuva.reports._workbook import Cell, Column, Link, Number, Sheet
from tilannekuva.reports._xlsx_cells import (
    FILTER,
    HEADING,
    IGNORED,
    LINKED,
    NARROWEST,
    PLAIN,
    QUIET,
    SHADE,
    TITLE,
    UNDER,
    UNDER_HEAD,
    cell_at,
    hyperlink,
    is_risky,
    length,
    number_format,
    paper,
    put,
    row_height,
    text_of,
)

__all__ = ["HEAD", "render"]

HEAD = 4
"""Row of the headings."""
_DIMENSION = re.compile(rb'<dimension ref="[^"]*"')


def render(picture: Picture, lang: str) -> bytes:
    """The workbook of a picture in one language.

    Returns:
        An ``.xlsx`` file. The same picture gives the same bytes; every number is the picture's own,
        unrounded.

    Raises:
        ReportError: There is no such language.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    texts = _Texts()
    made: dict[str, tuple[Sheet, bytes]] = {}
    for n, sheet in enumerate(_workbook.sheets(picture, lang), 1):
        page, widths = book.create_sheet(sheet.name), _widths(sheet)
        _head(page, sheet, widths)
        _table(page, sheet)
        paper(page, HEAD)
        made[f"xl/worksheets/sheet{n}.xml"] = sheet, _rows(page, sheet, widths, texts)
    cover, _ = made["xl/worksheets/sheet1.xml"]
    book.properties.title, book.properties.subject = cover.title, cover.source
    book.properties.creator, book.properties.language = "tilannekuva", LANGUAGE[lang]
    file = io.BytesIO()
    book.save(file)
    return repack(
        file.getvalue(),
        picture.as_of,
        lambda name, part: _mend(name, part, *made.get(name, (None, b""))),
        more={"xl/sharedStrings.xml": texts.part()},
    )


# --- what every sheet has ---------------------------------------------------------------------


def _head(page: Worksheet, sheet: Sheet, widths: Sequence[int]) -> None:
    put(cell_at(page, 1, 1), sheet.title, TITLE)
    put(cell_at(page, 2, 1), sheet.source, QUIET)
    if sheet.back is not None:
        put(cell_at(page, 3, 1), sheet.back, LINKED)
        cell_at(page, 3, 1).alignment = Alignment(vertical="top")
    for n, column in enumerate(sheet.columns, 1):
        cell = cell_at(page, HEAD, n)
        put(cell, column.head, HEADING)
        cell.fill, cell.border = SHADE, UNDER_HEAD
        cell.alignment = _aligned(column, wrap=True)
    for n, width in enumerate(widths, 1):
        page.column_dimensions[get_column_letter(n)].width = width
    heads = [c.head for c in sheet.columns]
    # The filter button hides what is behind it.
    room = [w - (FILTER if sheet.filters else 0) for w in widths]
    for row, height in {1: 22, 2: 16, 3: 22, HEAD: row_height(heads, room) + 4}.items():
        page.row_dimensions[row].height = height


def _aligned(column: Column, *, wrap: bool) -> Alignment:
    """Numbers to the right with a space after them, texts to the left; both from the top."""
    side, indent = ("right", 1) if column.numeric else ("left", 0)
    return Alignment(horizontal=side, indent=indent, vertical="top", wrap_text=wrap)


def _widths(sheet: Sheet) -> list[int]:
    """Widths that hold the longest word of the heading and, up to a limit, the longest cell."""
    found = []
    for column, cells in zip(sheet.columns, zip(*sheet.rows, strict=True), strict=True):
        heading = max(len(word) for word in column.head.split()) + 1
        heading += FILTER if sheet.filters else 0
        content = max(map(length, set(cells)))
        found.append(max(NARROWEST, heading, min(content, column.widest)) + 2)
    return found


def _table(page: Worksheet, sheet: Sheet) -> None:
    table = Table(displayName=_workbook.table_name(sheet.name), ref=_ref(sheet))
    # Named here: left to itself the library makes a cell for every place in the table.
    table.tableColumns = [TableColumn(id=n, name=c.head) for n, c in enumerate(sheet.columns, 1)]
    if sheet.filters:
        table.autoFilter = AutoFilter(ref=table.ref)
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=sheet.long)
    page.add_table(table)


def _ref(sheet: Sheet, first: int = HEAD) -> str:
    return f"A{first}:{get_column_letter(len(sheet.columns))}{HEAD + len(sheet.rows)}"


# --- the rows, as text ------------------------------------------------------------------------
# The library takes eleven seconds for the 760 000 cells of all figures; written as text they take
# half a second. It makes everything but the rows below the headings, styles included.


class _Texts(dict[str, int]):
    """Shared texts, numbered in the order of first use."""

    def __missing__(self, text: str) -> int:
        self[text] = len(self)
        return self[text]

    def part(self) -> bytes:
        """The file of shared texts."""
        held = (f'<t xml:space="preserve">{escape(t, quote=False)}</t>' for t in self)
        items = "".join(f"<si>{t}</si>" for t in held)
        return (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<sst xmlns="http://schemas.'
            f'openxmlformats.org/spreadsheetml/2006/main" uniqueCount="{len(self)}">{items}</sst>'
        ).encode()


class _Fragments(dict[Cell, str]):
    """A cell as what follows the row number of its reference; like cells are made once."""

    def __init__(self, page: Worksheet, texts: _Texts, column: Column, *, long: bool) -> None:
        super().__init__()
        self.page, self.texts = page, texts
        self.alignment = _aligned(column, wrap=not long)
        self.border = None if long else UNDER
        self.styles: dict[str, int] = {}

    def __missing__(self, cell: Cell) -> str:
        if cell is None:
            made = '"/>'
        elif isinstance(cell, Number):
            style = self._style(number_format(cell), cell)
            made = f'" s="{style}"><v>{repr(float(cell.value)).removesuffix(".0")}</v></c>'
        else:
            style = self._style(f"{type(cell).__name__} {is_risky(cell)}", cell)
            made = f'" s="{style}" t="s"><v>{self.texts[text_of(cell)]}</v></c>'
        self[cell] = made
        return made

    def _style(self, key: str, cell: Cell) -> int:
        """Number of the style in the workbook; one for each way a cell may look."""
        if key not in self.styles:
            model = WriteOnlyCell(self.page)
            put(model, cell, LINKED if isinstance(cell, Link) else PLAIN)
            model.alignment = self.alignment
            if self.border is not None:
                model.border = self.border
            self.styles[key] = model.style_id
        return self.styles[key]


def _rows(page: Worksheet, sheet: Sheet, widths: Sequence[int], texts: _Texts) -> bytes:
    """The rows below the headings as XML."""
    letters = [get_column_letter(n) for n in range(1, len(sheet.columns) + 1)]
    numbers = range(HEAD + 1, HEAD + 1 + len(sheet.rows))
    row = '<row r="%d">' + "".join(f'<c r="{x}%d%s' for x in letters) + "</row>"
    parts: list[Iterable[object]] = [numbers]
    made = {c.numeric: _Fragments(page, texts, c, long=sheet.long) for c in sheet.columns}
    for column, cells in zip(sheet.columns, zip(*sheet.rows, strict=True), strict=True):
        parts += [numbers, map(made[column.numeric].__getitem__, cells)]
    if not sheet.long:
        row = row.replace(">", ' ht="%d">', 1)
        parts.insert(1, [row_height(cells, widths) for cells in sheet.rows])
        # The library looks for links in its own cells, and here are none.
        vars(page)["_hyperlinks"] += [
            hyperlink(cell, f"{x}{n}")
            for n, cells in zip(numbers, sheet.rows, strict=True)
            for x, cell in zip(letters, cells, strict=True)
            if isinstance(cell, Link)
        ]
    return "".join(map(row.__mod__, zip(*parts, strict=True))).encode()


_TEXTS_TYPE = (
    b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-office'
    b'document.spreadsheetml.sharedStrings+xml"/></Types>'
)
_TEXTS_LINK = (
    b'<Relationship Id="texts" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    b'relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
)


def _mend(name: str, part: bytes, sheet: Sheet | None, rows: bytes) -> bytes:
    """A part of the file with the rows in it, and what the library cannot say."""
    if name == "[Content_Types].xml":
        return part.replace(b"</Types>", _TEXTS_TYPE, 1)
    if name == "xl/_rels/workbook.xml.rels":
        return part.replace(b"</Relationships>", _TEXTS_LINK, 1)
    if sheet is None:
        return part
    part = part.replace(b"</sheetData>", rows + b"</sheetData>", 1)
    ref = f'<dimension ref="{_ref(sheet, 1)}"'.encode()
    return _DIMENSION.sub(ref, part, count=1).replace(b"<tableParts", IGNORED, 1)
