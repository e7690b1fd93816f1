"""Cells of a workbook as the library has them: fonts, widths, texts that stay texts, paper.

Shared by the workbook and the form, so that the two look and behave alike.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence

from openpyxl.cell import Cell as PageCell
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from tilannekuva.reports._workbook import Cell, Link, Number

__all__ = ["FILTER", "HEADING", "IGNORED", "LINKED", "NARROWEST", "PLAIN", "QUIET", "SHADE",
           "TITLE", "UNDER", "UNDER_HEAD", "cell_at", "hyperlink", "is_risky", "length",
           "number_format", "paper", "put", "row_height", "text_of"]  # fmt: skip

NARROWEST, FILTER = 8, 3
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

_INK, _ACCENT, _GREY = "111827", "0B4F8A", "374151"
PLAIN = Font(name="Arial", size=10, color=_INK)
QUIET = Font(name="Arial", size=10, color=_GREY)
LINKED = Font(name="Arial", size=10, color=_ACCENT, underline="single")
TITLE = Font(name="Arial", size=14, bold=True, color=_INK)
HEADING = Font(name="Arial", size=10, bold=True, color=_INK)
SHADE = PatternFill("solid", fgColor="F3F4F6")
UNDER = Border(bottom=Side(style="thin", color="D1D5DB"))
UNDER_HEAD = Border(bottom=Side(style="medium", color=_GREY))
# Years and table codes are meant as text: without this each has a green corner.
IGNORED = (
    b'<ignoredErrors><ignoredError sqref="A1:Z1048576" numberStoredAsText="1"/></ignoredErrors>'
    b"<tableParts"
)


def cell_at(page: Worksheet, row: int, column: int) -> PageCell:
    """The cell of a place."""
    cell = page.cell(row, column)
    assert isinstance(cell, PageCell)  # nothing is merged
    return cell


def put(place: PageCell, cell: Cell, font: Font) -> None:
    """Write a cell: a number as a number, a text as a text whatever it begins with."""
    place.font = font
    if isinstance(cell, Number):
        place.value, place.number_format = cell.value, number_format(cell)
        return
    place.value, place.data_type = text_of(cell), "s"
    place.quotePrefix = is_risky(cell)
    if isinstance(cell, Link):
        place.hyperlink = hyperlink(cell, place.coordinate)


def hyperlink(link: Link, place: str) -> Hyperlink:
    """A link to the web, or to a sheet."""
    sheet = link.target.removeprefix("#")
    if sheet != link.target:
        return Hyperlink(ref=place, location=f"'{sheet}'!A1")
    return Hyperlink(ref=place, target=link.target)


def text_of(cell: Cell) -> str:
    """The text of a cell as it can be held: no control characters, not too long."""
    text = cell.text if isinstance(cell, Link) else str(cell or "")
    kept = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return kept if len(kept) <= _LONGEST else kept[: _LONGEST - 1] + "…"


def is_risky(cell: Cell) -> bool:
    """Whether a spreadsheet may take the text for a formula."""
    return not isinstance(cell, Number) and text_of(cell).startswith(_FORMULA)


def number_format(number: Number) -> str:
    """How a number looks; what rounds to zero has no sign.

    >>> number_format(Number(1.5, 1)), number_format(Number(2030, 0, "year"))
    ('#,##0.0', '0')
    >>> number_format(Number(1.5, 1, "signed"))
    '[>=0.05]+#,##0.0;[<=-0.05]-#,##0.0;0.0'
    """
    if number.form == "year":
        return "0"
    part = "." + "0" * number.decimals if number.decimals else ""
    if number.form == "plain":
        return "#,##0" + part
    half = f"{5 / 10 ** (number.decimals + 1):.{number.decimals + 1}f}"
    return f"[>={half}]+#,##0{part};[<=-{half}]-#,##0{part};0{part}"


def row_height(cells: Iterable[Cell], widths: Sequence[int]) -> int:
    """Height in points of a row whose texts are wrapped; programs do not all find it themselves."""
    lines = 1
    for cell, width in zip(cells, widths, strict=True):
        fits = int(width * _LETTERS)
        if not isinstance(cell, Number) and length(cell) > fits:
            wrapped = (textwrap.wrap(part, fits) or [""] for part in text_of(cell).split("\n"))
            lines = max(lines, sum(map(len, wrapped)))
    return min(_TALLEST, 2 + 13 * lines)


def length(cell: Cell) -> int:
    """Characters of the longest line of a cell."""
    if isinstance(cell, Number):
        return len(f"{cell.value:+,.{cell.decimals}f}")
    text = cell.text if isinstance(cell, Link) else cell or ""
    return max(map(len, text.split("\n")))


def paper(page: Worksheet, head: int) -> None:
    """On paper: A4 across, as wide as it is, the headings on every page."""
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", page.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.75)
    page.print_title_rows = f"{head}:{head}"
    page.HeaderFooter.oddFooter = HeaderFooterItem(
        left=_HeaderFooterPart(text="&A"), right=_HeaderFooterPart(text="&P / &N")
    )
