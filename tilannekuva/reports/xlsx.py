"""The workbook: each sheet of :mod:`tilannekuva.reports._workbook` as Office Open XML.

Every sheet is laid alike: A1 title, A2 sources and day, A3 link to the contents, headings in row
4 and from there one named table. Nothing is merged, hidden, frozen or said by colour.
"""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Iterable, Sequence
from html import escape

from openpyxl import Workbook
from openpyxl.cell import Cell as PageCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from tilannekuva.model import Picture
from tilannekuva.reports import _workbook
from tilannekuva.reports._ooxml import repack
from tilannekuva.reports._workbook import Cell, Column, Link, Number, Sheet

__all__ = ["HEAD", "render"]

HEAD = 4
"""Row of the headings."""
_NARROWEST, _FILTER = 8, 3
"""Least width of a column, and what the filter button of a heading takes, in characters."""
_LETTERS = 1.12
"""Letters that fit in the width of a digit, in which columns are measured; a little is spared."""
_TALLEST = 400
"""Height of a row in points; no program shows more than 409."""
_LONGEST = 32_767
"""Characters that a cell can hold."""
_FORMULA = ("=", "+", "-", "@", "\t", "\n")
"""What a spreadsheet may take for a formula once the cell is edited or pasted on."""
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DIMENSION = re.compile(rb'<dimension ref="[^"]*"')
_LANGUAGE = {"fi": "fi-FI", "sv": "sv-FI", "en": "en-GB"}

_INK, _ACCENT, _GREY = "111827", "0B4F8A", "374151"
_PLAIN = Font(name="Arial", size=10, color=_INK)
_QUIET = Font(name="Arial", size=10, color=_GREY)
_LINKED = Font(name="Arial", size=10, color=_ACCENT, underline="single")
_TITLE = Font(name="Arial", size=14, bold=True, color=_INK)
_HEADING = Font(name="Arial", size=10, bold=True, color=_INK)
_SHADE = PatternFill("solid", fgColor="F3F4F6")
_UNDER = Border(bottom=Side(style="thin", color="D1D5DB"))
_UNDER_HEAD = Border(bottom=Side(style="medium", color=_GREY))


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
        _paper(page)
        made[f"xl/worksheets/sheet{n}.xml"] = sheet, _rows(page, sheet, widths, texts)
    cover, _ = made["xl/worksheets/sheet1.xml"]
    book.properties.title, book.properties.subject = cover.title, cover.source
    book.properties.creator, book.properties.language = "tilannekuva", _LANGUAGE[lang]
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
    _put(_at(page, 1, 1), sheet.title, _TITLE)
    _put(_at(page, 2, 1), sheet.source, _QUIET)
    if sheet.back is not None:
        _put(_at(page, 3, 1), sheet.back, _LINKED)
        _at(page, 3, 1).alignment = Alignment(vertical="top")
    for n, column in enumerate(sheet.columns, 1):
        cell = _at(page, HEAD, n)
        _put(cell, column.head, _HEADING)
        cell.fill, cell.border = _SHADE, _UNDER_HEAD
        cell.alignment = _aligned(column, wrap=True)
    for n, width in enumerate(widths, 1):
        page.column_dimensions[get_column_letter(n)].width = width
    heads = [c.head for c in sheet.columns]
    # The filter button hides what is behind it.
    room = [w - (_FILTER if sheet.filters else 0) for w in widths]
    for row, height in {1: 22, 2: 16, 3: 22, HEAD: _height(heads, room) + 4}.items():
        page.row_dimensions[row].height = height


def _at(page: Worksheet, row: int, column: int) -> PageCell:
    cell = page.cell(row, column)
    assert isinstance(cell, PageCell)  # nothing is merged
    return cell


def _aligned(column: Column, *, wrap: bool) -> Alignment:
    """Numbers to the right with a space after them, texts to the left; both from the top."""
    side, indent = ("right", 1) if column.numeric else ("left", 0)
    return Alignment(horizontal=side, indent=indent, vertical="top", wrap_text=wrap)


def _widths(sheet: Sheet) -> list[int]:
    """Widths that hold the longest word of the heading and, up to a limit, the longest cell."""
    found = []
    for column, cells in zip(sheet.columns, zip(*sheet.rows, strict=True), strict=True):
        heading = max(len(word) for word in column.head.split()) + 1
        heading += _FILTER if sheet.filters else 0
        content = max(map(_length, set(cells)))
        found.append(max(_NARROWEST, heading, min(content, column.widest)) + 2)
    return found


def _height(cells: Iterable[Cell], widths: Sequence[int]) -> int:
    """Height in points of a row whose texts are wrapped; programs do not all find it themselves."""
    lines = 1
    for cell, width in zip(cells, widths, strict=True):
        fits = int(width * _LETTERS)
        if not isinstance(cell, Number) and _length(cell) > fits:
            wrapped = (textwrap.wrap(part, fits) or [""] for part in _text(cell).split("\n"))
            lines = max(lines, sum(map(len, wrapped)))
    return min(_TALLEST, 2 + 13 * lines)


def _length(cell: Cell) -> int:
    if isinstance(cell, Number):
        return len(f"{cell.value:+,.{cell.decimals}f}")
    text = cell.text if isinstance(cell, Link) else cell or ""
    return max(map(len, text.split("\n")))


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


def _paper(page: Worksheet) -> None:
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", page.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.75)
    page.print_title_rows = f"{HEAD}:{HEAD}"
    page.HeaderFooter.oddFooter = HeaderFooterItem(
        left=_HeaderFooterPart(text="&A"), right=_HeaderFooterPart(text="&P / &N")
    )


def _put(place: PageCell, cell: Cell, font: Font) -> None:
    """Write a cell: a number as a number, a text as a text whatever it begins with."""
    place.font = font
    if isinstance(cell, Number):
        place.value, place.number_format = cell.value, _number_format(cell)
        return
    place.value, place.data_type = _text(cell), "s"
    place.quotePrefix = _is_risky(cell)
    if isinstance(cell, Link):
        place.hyperlink = _hyperlink(cell, place.coordinate)


def _hyperlink(link: Link, place: str) -> Hyperlink:
    sheet = link.target.removeprefix("#")
    if sheet != link.target:
        return Hyperlink(ref=place, location=f"'{sheet}'!A1")
    return Hyperlink(ref=place, target=link.target)


def _text(cell: Cell) -> str:
    """The text of a cell as it can be held: no control characters, not too long."""
    text = cell.text if isinstance(cell, Link) else str(cell or "")
    kept = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return kept if len(kept) <= _LONGEST else kept[: _LONGEST - 1] + "…"


def _is_risky(cell: Cell) -> bool:
    return not isinstance(cell, Number) and _text(cell).startswith(_FORMULA)


def _number_format(number: Number) -> str:
    """How a number looks; what rounds to zero has no sign.

    >>> _number_format(Number(1.5, 1)), _number_format(Number(2030, 0, "year"))
    ('#,##0.0', '0')
    >>> _number_format(Number(1.5, 1, "signed"))
    '[>=0.05]+#,##0.0;[<=-0.05]-#,##0.0;0.0'
    """
    if number.form == "year":
        return "0"
    part = "." + "0" * number.decimals if number.decimals else ""
    if number.form == "plain":
        return "#,##0" + part
    half = f"{5 / 10 ** (number.decimals + 1):.{number.decimals + 1}f}"
    return f"[>={half}]+#,##0{part};[<=-{half}]-#,##0{part};0{part}"


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
        self.border = None if long else _UNDER
        self.styles: dict[str, int] = {}

    def __missing__(self, cell: Cell) -> str:
        if cell is None:
            made = '"/>'
        elif isinstance(cell, Number):
            style = self._style(_number_format(cell), cell)
            made = f'" s="{style}"><v>{repr(float(cell.value)).removesuffix(".0")}</v></c>'
        else:
            style = self._style(f"{type(cell).__name__} {_is_risky(cell)}", cell)
            made = f'" s="{style}" t="s"><v>{self.texts[_text(cell)]}</v></c>'
        self[cell] = made
        return made

    def _style(self, key: str, cell: Cell) -> int:
        """Number of the style in the workbook; one for each way a cell may look."""
        if key not in self.styles:
            model = WriteOnlyCell(self.page)
            _put(model, cell, _LINKED if isinstance(cell, Link) else _PLAIN)
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
        parts.insert(1, [_height(cells, widths) for cells in sheet.rows])
        # The library looks for links in its own cells, and here are none.
        vars(page)["_hyperlinks"] += [
            _hyperlink(cell, f"{x}{n}")
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
# Years and table codes are meant as text: without this each has a green corner.
_IGNORED = (
    b'<ignoredErrors><ignoredError sqref="A1:Z1048576" numberStoredAsText="1"/></ignoredErrors>'
    b"<tableParts"
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
    return _DIMENSION.sub(ref, part, count=1).replace(b"<tableParts", _IGNORED, 1)
