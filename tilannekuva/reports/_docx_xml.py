"""WordprocessingML as text: paragraphs, tables, pictures, fields. Every text is escaped here.

The library takes a second for a thousand cells; written as text and parsed at once they take
hundredths. It does the rest: package, parts of pictures, links, properties.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Literal, NamedTuple

from tilannekuva.reports._ooxml import LANGUAGE, plain

__all__ = [
    "NAMESPACES",
    "Writer",
    "element",
    "field",
    "linked",
    "paragraph",
    "run",
    "table",
]

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_PIC = "http://schemas.openxmlformats.org/drawingml/2006/picture"
NAMESPACES = f'xmlns:w="{_W}" xmlns:r="{_R}" xmlns:a="{_A}" xmlns:wp="{_WP}" xmlns:pic="{_PIC}"'
EMU = 12_700
"""English metric units in a point."""
TWIPS = 567
"""Twentieths of a point in a centimetre."""


def element(text: str) -> str:
    """A text inside an element."""
    return escape(plain(text), quote=False)


def attribute(text: str) -> str:
    """A text inside an attribute."""
    return escape(plain(text)).replace("\n", " ").replace("\t", " ").replace("\r", " ")


def run(text: str, style: str = "", lang: str = "") -> str:
    """A run of text in a character style; line ends and tabs stay what they are.

    >>> run("a<b", "Strong")
    '<w:r><w:rPr><w:rStyle w:val="Strong"/></w:rPr><w:t xml:space="preserve">a&lt;b</w:t></w:r>'
    """
    if not text:
        return ""
    kind = f'<w:rStyle w:val="{style}"/>' if style else ""
    spoken = f'<w:lang w:val="{LANGUAGE[lang]}"/>' if lang else ""
    properties = f"<w:rPr>{kind}{spoken}</w:rPr>" if kind or spoken else ""
    inside = element(text.replace("\r\n", "\n").replace("\r", "\n"))
    for sign, mark in (("\n", "<w:br/>"), ("\t", "<w:tab/>")):
        inside = inside.replace(sign, f'</w:t>{mark}<w:t xml:space="preserve">')
    return f'<w:r>{properties}<w:t xml:space="preserve">{inside}</w:t></w:r>'


def linked(content: str, *, relation: str = "", anchor: str = "") -> str:
    """Runs behind a link: to an address by its relation, or to a bookmark."""
    if relation:
        return f'<w:hyperlink r:id="{relation}" w:history="1">{content}</w:hyperlink>'
    return f'<w:hyperlink w:anchor="{anchor}" w:history="1">{content}</w:hyperlink>'


def field(instruction: str, shown: str) -> str:
    """A field, with what it shows until it is updated."""
    begin, separate, end = (
        f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")
    )
    order = f'<w:r><w:instrText xml:space="preserve"> {element(instruction)} </w:instrText></w:r>'
    return f"{begin}{order}{separate}{run(shown)}{end}"


def paragraph(content: str, style: str = "", *, more: str = "") -> str:
    """A paragraph of runs; ``more`` are properties of its own, in the order of the schema."""
    kind = f'<w:pStyle w:val="{style}"/>' if style else ""
    properties = f"<w:pPr>{kind}{more}</w:pPr>" if kind or more else ""
    return f"<w:p>{properties}{content}</w:p>"


class Column(NamedTuple):
    """A column of a table."""

    head: str
    width: float
    """In centimetres."""
    numeric: bool = False


def table(
    columns: Sequence[Column],
    rows: Iterable[Sequence[str]],
    *,
    name: str,
    description: str = "",
    emphasis: Sequence[bool] = (),
) -> str:
    """A table in our style: the head is repeated on every page, the first column heads its row.

    Args:
        columns: Head, width and kind of each.
        rows: For each cell its runs; a text that is no run must have been made one.
        name: Title of the table for screen readers.
        description: What it holds, when the title does not say it.
        emphasis: Which rows are set bold.
    """
    widths = [round(c.width * TWIPS) for c in columns]
    look = (
        '<w:tblLook w:val="04A0" w:firstRow="1" w:lastRow="0" w:firstColumn="1" '
        'w:lastColumn="0" w:noHBand="0" w:noVBand="1"/>'
    )
    told = f'<w:tblDescription w:val="{attribute(description)}"/>' if description else ""
    head = (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="TilannekuvaTable"/><w:tblW w:w="{sum(widths)}" '
        f'w:type="dxa"/><w:tblLayout w:type="fixed"/>{look}'
        f'<w:tblCaption w:val="{attribute(name)}"/>{told}</w:tblPr><w:tblGrid>'
        + "".join(f'<w:gridCol w:w="{w}"/>' for w in widths)
        + "</w:tblGrid>"
    )
    first = _row(
        [run(c.head) for c in columns], columns, widths, "<w:tblHeader/>", "TableHead", "keepNext"
    )
    body = [_row(cells, columns, widths, "", "TableText", "") for cells in rows]
    for n, strong in enumerate(emphasis):
        if strong:
            body[n] = body[n].replace(
                "<w:r><w:t", '<w:r><w:rPr><w:rStyle w:val="Strong"/></w:rPr><w:t'
            )
    return f"{head}{first}{''.join(body)}</w:tbl>"


def _row(
    cells: Sequence[str], columns: Sequence[Column], widths: Sequence[int], extra: str, style: str,
    keep: Literal["keepNext", ""],
) -> str:  # fmt: skip
    kept = "<w:keepNext/>" if keep else ""
    made = []
    for content, column, width in zip(cells, columns, widths, strict=True):
        aligned = kept + ('<w:jc w:val="right"/>' if column.numeric else "")
        made.append(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
            f"{paragraph(content, style, more=aligned)}</w:tc>"
        )
    return f"<w:tr><w:trPr><w:cantSplit/>{extra}</w:trPr>{''.join(made)}</w:tr>"


class Writer:
    """The body of a document as it grows; numbers its bookmarks, pictures and captions."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.parts: list[str] = []
        self.headings: list[tuple[int, str, str]] = []
        """Level, bookmark and text of every heading."""
        self._drawn = 0
        self._counts: dict[str, int] = {}

    def add(self, content: str, style: str = "", *, more: str = "") -> None:
        """A paragraph."""
        self.parts.append(paragraph(content, style, more=more))

    def text(self, text: str, style: str = "") -> None:
        """A paragraph of one run."""
        self.add(run(text), style)

    def raw(self, xml: str) -> None:
        """What is an element already."""
        self.parts.append(xml)

    def heading(self, level: int, text: str, *, new_page: bool = False, mark: str = "") -> None:
        """A heading that the table of contents, or a link to its bookmark, can lead to."""
        number = len(self.headings) + 1
        mark = mark or f"_Toc{number:06d}"
        self.headings.append((level, mark, text))
        anchored = (
            f'<w:bookmarkStart w:id="{number}" w:name="{mark}"/>{run(text)}'
            f'<w:bookmarkEnd w:id="{number}"/>'
        )
        self.add(anchored, f"Heading{level}", more="<w:pageBreakBefore/>" if new_page else "")

    def caption(self, kind: str, label: str, text: str, *, keep: bool = False) -> None:
        """``Figure 3. What it shows.`` with a number that Word keeps up to date."""
        number = self._counts[kind] = self._counts.get(kind, 0) + 1
        name = f"{label}\N{NO-BREAK SPACE}"
        content = run(name) + field(f"SEQ {label} \\* ARABIC", str(number)) + run(f". {text}")
        over = '<w:keepNext/><w:spacing w:before="240"/>' if keep else ""
        self.add(content, "Caption", more=over)

    def picture(self, relation: str, name: str, alt: str, width: float, height: float) -> None:
        """A picture in a paragraph of its own, kept with its caption; sizes in points."""
        self._drawn += 1
        self.add(drawing(relation, self._drawn, name, alt, width, height), "Figure")

    def bullets(self, items: Iterable[str]) -> None:
        """A list; each item is its runs."""
        for item in items:
            self.add(item, "ListBullet")

    @property
    def xml(self) -> str:
        """Everything so far."""
        return "".join(self.parts)


def drawing(relation: str, number: int, name: str, alt: str, width: float, height: float) -> str:
    """A run with a picture in line with the text, its alternative text in the right place."""
    size = f'cx="{round(width * EMU)}" cy="{round(height * EMU)}"'
    called = f'id="{number}" name="{attribute(name)}" descr="{attribute(alt)}"'
    return (
        f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {size}/>'
        f"<wp:docPr {called}/><wp:cNvGraphicFramePr>"
        '<a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr><a:graphic>'
        f'<a:graphicData uri="{_PIC}"><pic:pic><pic:nvPicPr><pic:cNvPr {called}/><pic:cNvPicPr/>'
        f'</pic:nvPicPr><pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/>'
        f'</a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData>'
        "</a:graphic></wp:inline></w:drawing></w:r>"
    )
