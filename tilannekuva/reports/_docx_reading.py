"""An edited Word document read back: which of its numbers the picture does not have.

Our own sentences and table rows are known by everything but their numbers, so a digit that was
changed in one of them is seen even where the new number happens to be a figure of something else.
"""

from __future__ import annotations

import dataclasses
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.parser import parse_xml

from tilannekuva.charts import Chart
from tilannekuva.errors import ReportError
from tilannekuva.model import LANGUAGES, Language, Picture
from tilannekuva.reports import _docx_styles, _page
from tilannekuva.reports._docx_book import Book
from tilannekuva.reports._docx_numbers import Known, Written, numbers, of_picture
from tilannekuva.reports._docx_story import story
from tilannekuva.reports._docx_tables import cards_table
from tilannekuva.reports._findings import told
from tilannekuva.storyboard import Storyboard, draw_all, storyboard

__all__ = ["Stray", "language", "strays"]


class Stray(NamedTuple):
    """A number of a text that the picture does not have there."""

    number: str
    """As it is written."""
    text: str
    """The sentence or the table row that it stands in."""
    expected: str = ""
    """What the picture's own document has in its place, where the sentence is ours."""
    paragraph: int = 0
    """Which paragraph or table row of the document, from 1."""


def strays(picture: Picture, data: bytes, lang: Language) -> list[Stray]:
    """Numbers of a document that the picture does not have, in the order of the text."""
    blocks = _blocks(data)
    own = list(_said(picture, lang))
    known = of_picture(picture, lang)
    patterns: dict[str, set[tuple[str, ...]]] = {}
    for text in own:
        known.read(text)
        for sentence in _sentences(text):
            patterns.setdefault(_masked(sentence), set()).add(_bare(sentence))
    found: list[Stray] = []
    for n, block in enumerate(blocks, 1):
        for sentence in _sentences(block.text):
            for number, expected in _wrong(sentence, patterns, known):
                text = " ".join(sentence.replace(_CELL, " | ").split())
                found.append(Stray(number.text, text, expected, n))
    return found


def _wrong(
    sentence: str, patterns: Mapping[str, set[tuple[str, ...]]], known: Known
) -> Iterator[tuple[Written, str]]:
    written = list(numbers(sentence))
    if not written:
        return
    mask, bare = _masked(sentence), _bare(sentence)
    ours = patterns.get(mask, set()) if re.search(r"[^\W\d_]{3}", mask) else set()
    if bare in ours:
        return
    if ours:
        # The nearest of ours: the one that most of the numbers agree with.
        near = max(sorted(ours), key=lambda o: sum(a == b for a, b in zip(o, bare, strict=True)))
        for number, had, has in zip(written, near, bare, strict=True):
            if had != has:
                yield number, had
        return
    for number in written:
        if not known.has(number):
            yield number, ""


def _masked(sentence: str) -> str:
    """The sentence with every number taken out."""
    out, last = [], 0
    for n in numbers(sentence):
        out.append(sentence[last : n.start])
        last = n.end
    return " ".join("#".join([*out, sentence[last:]]).split())


def _bare(sentence: str) -> tuple[str, ...]:
    return tuple(n.bare for n in numbers(sentence))


_CELL = "\x1f"
_END = re.compile(r"(?<=[^\W\d_][.!?])\s+(?=[^\W\d_a-zåäö])")


def _sentences(text: str) -> list[str]:
    """A paragraph in sentences; a table row is one."""
    return [text] if _CELL in text else _END.split(text)


# ---------------------------------------------------------------- what the picture's own text is


@dataclasses.dataclass(frozen=True)
class _Unpainted(Chart):
    """A chart that is only read, never looked at."""

    def svg(self, *_: object, **__: object) -> bytes:
        """Nothing."""
        return b""


def _said(picture: Picture, lang: Language) -> Iterator[str]:
    """Every paragraph and table row of the picture's own document, and what its charts tell."""
    drawn = draw_all(picture, lang)
    charts = {
        key: _Unpainted(**{f.name: getattr(chart, f.name) for f in dataclasses.fields(chart)})
        for key, chart in drawn.items()
    }
    title = picture.region.names[lang]
    book = Book(
        _docx_styles.new(lang, title=title, subject="", running=title), picture, lang, charts, {}
    )
    plan = storyboard(picture)
    story(book, plan)
    _beside(book, plan)
    file = _docx_styles.finish(book.document, book.writer.xml, lang, picture.as_of)
    yield from (block.text for block in _blocks(file))
    for chart in drawn.values():
        yield chart.alt
        yield chart.title


def _beside(book: Book, plan: Storyboard) -> None:
    """What briefs and the page say of every finding, wherever a group may have copied it to."""
    known = [i for i, f in book.picture.findings.items() if f.latest.value is not None]
    for i in known:
        said = told(i, book.picture, book.lang)
        for text in (said.headline, *said.sentences):
            book.writer.text(text)
    cards = _page.cards(plan._replace(cards=tuple(known)), book.picture, book.lang)
    if cards:
        book.writer.raw(cards_table(book, cards))


# ---------------------------------------------------------------- reading


class _Block(NamedTuple):
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


def _blocks(data: bytes) -> list[_Block]:
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
        self.blocks: list[_Block] = []
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
            self.blocks.append(_Block(text, heading))

    def _pStyle(self, element: Any) -> None:
        value = next((v for k, v in element.attrib.items() if k.endswith("}val")), "")
        self.heading = value.casefold().startswith(("heading", "title", "otsikko", "rubrik"))

    def _tr(self, element: Any) -> None:
        self.rows.append([])
        self._inside(element)
        cells = self.rows.pop()
        if "".join(cells).strip():
            self.blocks.append(_Block(_CELL.join(cells) + _CELL, heading=False))

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
