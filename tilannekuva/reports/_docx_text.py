"""The text of a Word document in its order: paragraphs and table rows, as a reader sees them."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any, NamedTuple

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.parser import parse_xml

from tilannekuva.errors import ReportError
from tilannekuva.model import LANGUAGES, Language

__all__ = ["CELL", "Block", "blocks", "language"]

CELL = "\x1f"
"""Ends a cell of a table row."""


class Block(NamedTuple):
    """A paragraph, or a table row with its cells."""

    text: str
    heading: bool


_HIDDEN = ("TOC", "PAGE", "PAGEREF", "NUMPAGES", "SECTIONPAGES", "SEQ", "REF", "NOTEREF")
"""Fields whose result is numbering."""
_SKIPPED = frozenset(("del", "moveFrom", "Fallback", "delText", "rPr", "sdtPr", "tblPr", "trPr"))
_LIST_NUMBER = re.compile(r"^\s*(?:\d+(?:\.\d+)+\.?|\d{1,2}[.)])\s+")
_HEADING_NUMBER = re.compile(r"^\s*\d+(?:\.\d+)*[.)]?\s+")
_PARTS = re.compile(r"/word/(?:header|footer|footnotes|endnotes)\d*\.xml")


_STYLES = re.compile(r'<w:docDefaults>.*?<w:lang\b[^>]*?w:val="(\w+)', re.DOTALL)
"""Where a document says which language it is in; programs that save it again keep this."""


def language(data: bytes) -> Language | None:
    """The language that a document of ours says it is in; None where it says another or none.

    Raises:
        ReportError: The file is not a Word document.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as whole:
            styles = whole.read("word/styles.xml").decode(errors="replace")
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise _unreadable(error) from error
    said = _STYLES.search(styles)
    return next((x for x in LANGUAGES if said and said[1].casefold() == x), None)


def _unreadable(error: Exception) -> ReportError:
    return ReportError(
        f"this is not a Word document that can be read ({error}); save it as .docx again"
    )


def blocks(data: bytes) -> list[Block]:
    """Every paragraph and table row, of the body first, then of what stands beside it.

    Raises:
        ReportError: The file is not a Word document.
    """
    try:
        document = docx.Document(io.BytesIO(data))
        package = document.part.package
        assert package is not None  # it has just been opened
        reader = _Reader()
        reader.visit(document.element.body)
        beside = sorted(
            (p for p in package.iter_parts() if _PARTS.fullmatch(str(p.partname))),
            key=lambda p: str(p.partname),
        )
        for part in beside:
            reader.fields.clear()
            reader.visit(parse_xml(part.blob))
    except (zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError, SyntaxError) as error:
        raise _unreadable(error) from error
    return reader.blocks


class _Reader:
    """Goes through a part in the order of its text."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.fields: list[list[str]] = []
        """Instruction so far of every open field, and whether its result has begun."""
        self.texts: list[list[str]] = []
        """Of every open paragraph."""
        self.rows: list[list[str]] = []
        """Cells of every open table row."""
        self.heading = False

    def visit(self, element: Any) -> None:
        """An element and everything in it."""
        if not isinstance(element.tag, str):
            return
        name = element.tag.rpartition("}")[2]
        if name in _SKIPPED:
            return
        enter = getattr(self, f"_{name}", None)
        if enter is not None:
            enter(element)
        else:
            self._inside(element)

    def _inside(self, element: Any) -> None:
        for child in element:
            self.visit(child)

    def _p(self, element: Any) -> None:
        self.texts.append([])
        before, self.heading = self.heading, False
        self._inside(element)
        text, heading = "".join(self.texts.pop()), self.heading
        self.heading = before
        number = _HEADING_NUMBER if heading else _LIST_NUMBER
        text = number.sub("", text, count=1)
        if self.rows:
            self.rows[-1].append(text)
        elif text.strip():
            self.blocks.append(Block(text, heading))

    def _pStyle(self, element: Any) -> None:
        value = next((v for k, v in element.attrib.items() if k.endswith("}val")), "")
        self.heading = value.casefold().startswith(("heading", "title", "otsikko", "rubrik"))

    def _tr(self, element: Any) -> None:
        self.rows.append([])
        self._inside(element)
        cells = self.rows.pop()
        if "".join(cells).strip():
            self.blocks.append(Block(CELL.join(cells) + CELL, heading=False))

    def _t(self, element: Any) -> None:
        self._text(element.text or "")

    def _text(self, text: str) -> None:
        if self.texts and not any(f[1] and f[0].split()[:1] and f[0].split()[0] in _HIDDEN
                                  for f in self.fields):  # fmt: skip
            self.texts[-1].append(text)

    def _tab(self, _: Any) -> None:
        self._text("\t")

    def _br(self, _: Any) -> None:
        self._text("\n")

    _cr = _br

    def _noBreakHyphen(self, _: Any) -> None:
        self._text("-")

    def _fldChar(self, element: Any) -> None:
        kind = next((v for k, v in element.attrib.items() if k.endswith("}fldCharType")), "")
        if kind == "begin":
            self.fields.append(["", ""])
        elif kind == "separate" and self.fields:
            self.fields[-1][1] = "shown"
        elif kind == "end" and self.fields:
            self.fields.pop()

    def _instrText(self, element: Any) -> None:
        if self.fields:
            self.fields[-1][0] += element.text or ""

    def _fldSimple(self, element: Any) -> None:
        order = next((v for k, v in element.attrib.items() if k.endswith("}instr")), "")
        self.fields.append([order, "shown"])
        self._inside(element)
        self.fields.pop()
