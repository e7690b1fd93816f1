"""Slides as they are laid: the template, what fits where, and the language of every run."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import pptx
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.presentation import Presentation
from pptx.slide import Slide
from pptx.text.text import _Paragraph
from pptx.util import Emu, Inches, Pt

from tilannekuva.charts.style import text_width
from tilannekuva.reports._ooxml import LANGUAGE, plain, repack
from tilannekuva.reports._ooxml_bitmaps import Bitmap
from tilannekuva.reports._pptx_deck import Grid, Line, Sheet

__all__ = ["SMALLEST", "finish", "new", "place", "readable"]

SMALLEST = 14
"""No text is smaller, in points."""
_LETTER = 8.7
"""The smallest letters of a chart, in points of the drawing."""
WIDTH, HEIGHT = 13.333, 7.5
_SIDE = 0.6
_LEADING = 1.22
"""Height of a line in parts of the type size."""
_NARROW = 1.1
"""Arial is narrower than the letters that are measured; not all of that is used."""
_PAD = 0.2
"""Inches that the edges of a text box take, left and right together; half that above and below."""
_KNOWN = "\u2044"
"""Letters before this one are European and measured as they are."""
_LONGEST = 255


class _Box(NamedTuple):
    """A place on a slide, in inches."""

    left: float
    top: float
    width: float
    height: float


_TITLE = _Box(_SIDE, 0.35, WIDTH - 2 * _SIDE, 1.1)
_BODY = _Box(_SIDE, 1.6, WIDTH - 2 * _SIDE, 5.15)
_PICTURE = _Box(_SIDE, 1.6, 7.2, 5.15)
_BESIDE = _Box(8.05, 1.6, WIDTH - _SIDE - 8.05, 5.15)
_FOOT = _Box(_SIDE, 6.95, 9.0, 0.4)
_NUMBER = _Box(WIDTH - _SIDE - 1.5, 6.95, 1.5, 0.4)
_LAYOUTS = {"title": 0, "text": 1, "table": 5, "chart": 8, "figure": 8}
_colour: Callable[[str], RGBColor] = RGBColor.from_string
_ACCENT, _GREY = _colour("0B4F8A"), _colour("374151")
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_OF_THE_TEMPLATE = ("/thumbnail", "/printerSettings")
_APPLICATION = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties xmlns="http://schemas.'
    b'openxmlformats.org/officeDocument/2006/extended-properties"><Application>tilannekuva'
    b"</Application></Properties>"
)


def readable(bitmap: Bitmap) -> bool:
    """Whether the letters of a chart are large enough at the size that it has on a slide."""
    return _scale(bitmap) * _LETTER >= SMALLEST


def _scale(bitmap: Bitmap) -> float:
    return min(_PICTURE.width * 72 / bitmap.width, _PICTURE.height * 72 / bitmap.height)


# ---------------------------------------------------------------- template


def new(lang: str, title: str, subject: str) -> Presentation:
    """An empty presentation, 16:9, with four layouts in our colours and sizes."""
    made = pptx.Presentation()
    for rels in (made.part.package._rels, made.part.rels):
        for name in [n for n, r in rels.items() if r.reltype.endswith(_OF_THE_TEMPLATE)]:
            rels.pop(name)
    made.slide_width, made.slide_height = Inches(WIDTH), Inches(HEIGHT)
    kept = set(_LAYOUTS.values())
    for layout in [x for n, x in enumerate(made.slide_layouts) if n not in kept]:
        made.slide_layouts.remove(layout)
    master = made.slide_master
    _styles(master.element)
    _bar(master.element)
    places = {"TITLE": _TITLE, "BODY": _BODY, "FOOTER": _FOOT, "SLIDE_NUMBER": _NUMBER}
    _arrange(master.placeholders, places)
    for layout in made.slide_layouts:
        picture = layout.name == "Picture with Caption"
        mine = {**places, "OBJECT": _BODY, "PICTURE": _PICTURE,
                "CENTER_TITLE": _Box(_SIDE, 1.7, WIDTH - 2 * _SIDE, 1.8),
                "SUBTITLE": _Box(_SIDE, 3.7, WIDTH - 2 * _SIDE, 2.6)}  # fmt: skip
        _arrange(layout.placeholders, mine | ({"BODY": _BESIDE} if picture else {}))
    core = made.core_properties
    core.title, core.subject = plain(title)[:_LONGEST], plain(subject)[:_LONGEST]
    core.author = core.last_modified_by = "tilannekuva"
    core.language, core.keywords, core.comments, core.revision = LANGUAGE[lang], "", "", 1
    return made


def _styles(master: Any) -> None:
    """Sizes and colours of the master: titles to the left, nothing under 14 points."""
    sizes = {"titleStyle": (2800,), "bodyStyle": (1800, 1600, 1400, 1400, 1400)}
    for name, wanted in sizes.items():
        for n in range(1, 10):
            for level in master.iterfind(f".//{{{_P}}}{name}/{{{_A}}}lvl{n}pPr"):
                letters = level.find(f"{{{_A}}}defRPr")
                letters.set("sz", str(wanted[min(n, len(wanted)) - 1]))
                level.set("algn", "l")
                if name == "titleStyle":
                    letters.set("b", "1")
                    for scheme in letters.iter(f"{{{_A}}}schemeClr"):
                        scheme.set("val", "accent1")


def _bar(master: Any) -> None:
    """A line of colour along the upper edge; part of the background, so it is not read."""
    tree = master.find(f"{{{_P}}}cSld/{{{_P}}}spTree")
    size = f'cx="{Inches(WIDTH)}" cy="{Inches(0.12)}"'
    tree.insert(2, parse_xml(
        f'<p:sp xmlns:p="{_P}" xmlns:a="{_A}"><p:nvSpPr><p:cNvPr id="100" name="bar"/><p:cNvSpPr/>'
        f'<p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/>'
        '</a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:solidFill><a:schemeClr '
        'val="accent1"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr></p:sp>'
    ))  # fmt: skip


def _arrange(placeholders: Iterable[Any], places: dict[str, _Box]) -> None:
    for shape in list(placeholders):
        kind = shape.placeholder_format.type.name
        if kind not in places:
            shape._element.getparent().remove(shape._element)  # the date is in the foot
            continue
        _put(shape, places[kind])
        text = shape._element.find(f"{{{_P}}}txBody")
        for style in text.iterfind(f"{{{_A}}}lstStyle"):
            for child in list(style):
                style.remove(child)
            if kind in ("FOOTER", "SLIDE_NUMBER"):
                side = "l" if kind == "FOOTER" else "r"
                level = style.makeelement(f"{{{_A}}}lvl1pPr", {"algn": side})
                letters = level.makeelement(f"{{{_A}}}defRPr", {"sz": str(SMALLEST * 100)})
                fill = letters.makeelement(f"{{{_A}}}solidFill", {})
                fill.append(fill.makeelement(f"{{{_A}}}schemeClr", {"val": "tx2"}))
                letters.append(fill)
                letters.append(letters.makeelement(f"{{{_A}}}latin", {"typeface": "+mn-lt"}))
                level.append(letters)
                style.append(level)
        edges = text.find(f"{{{_A}}}bodyPr")
        for child in list(edges):
            edges.remove(child)
        edges.set("anchor", {"TITLE": "ctr", "CENTER_TITLE": "b"}.get(kind, "t"))


def _put(shape: Any, box: _Box) -> None:
    shape.left, shape.top, shape.width, shape.height = map(Inches, box)


# ---------------------------------------------------------------- what fits


def _wide(text: str, size: float, bold: bool = False) -> float:
    """Width of a text; letters that the font of the charts has not are as wide as its widest."""
    return text_width("".join(c if "\x1f" < c < _KNOWN else "M" for c in text), size, bold)


def _lines(text: str, width: float, size: float, bold: bool = False) -> int:
    """Lines that a text takes in a width of so many points."""
    room, lines, used = width * _NARROW, 0, 0.0
    for piece in text.split("\n"):
        lines, used = lines + 1, 0.0
        for word in re.split(r"[ \t]+", piece):
            wide = _wide(word + " ", size, bold)
            if used and used + wide > room:
                lines, used = lines + 1, 0.0
            used += wide
            if used > room:  # a word longer than the line
                lines += math.ceil(used / room) - 1
                used = room
    return lines


def _clip(text: str, width: float, size: float, most: int, bold: bool = False) -> str:
    """The text in at most so many lines; what does not fit ends in an ellipsis."""
    text = plain(text)[:2000]
    if _lines(text, width, size, bold) <= most:
        return text
    low, high = 0, len(text)
    while low < high:  # the longest beginning that fits
        middle = (low + high + 1) // 2
        fits = _lines(text[:middle] + "…", width, size, bold) <= most
        low, high = (middle, high) if fits else (low, middle - 1)
    whole = text[:low].rpartition(" ")[0] or text[:low]
    return whole.rstrip(" ,;:") + "…"


def _height(lines: Sequence[Line], width: float, size: float) -> float:
    """Points that paragraphs take, each with the space after it."""
    return sum(
        _lines(f"{x.label} {x.text}".strip(), width - (18 if x.bullet else 0), size) * size
        * _LEADING + size * 0.45
        for x in lines
    )  # fmt: skip


# ---------------------------------------------------------------- laying


def place(made: Presentation, sheet: Sheet, bitmap: Bitmap | None, lang: str, foot: str) -> None:
    """Add a slide.

    Args:
        made: The presentation.
        sheet: What it says.
        bitmap: The chart, for a sheet that has one.
        lang: Language of every run.
        foot: Text of the foot.
    """
    order = sorted(set(_LAYOUTS.values()))
    slide = made.slides.add_slide(made.slide_layouts[order.index(_LAYOUTS[sheet.kind])])
    size = 40 if sheet.kind == "title" else 28
    _title(slide, sheet.title, size, lang)
    if sheet.kind == "title":
        _paragraphs(slide.placeholders[1].text_frame, sheet.lines, 18, lang)
    elif sheet.kind == "text":
        _text(slide, sheet.lines, lang)
    elif sheet.grid is not None:
        _grid(slide, sheet.grid, lang)
    else:
        _beside(slide, sheet, bitmap, lang)
    _feet(slide, foot, lang)
    notes = slide.notes_slide.notes_text_frame
    assert notes is not None  # the library's notes page has a body
    _paragraphs(notes, [Line(text) for text in sheet.notes], None, lang)


def _title(slide: Slide, text: str, size: int, lang: str) -> None:
    shape = slide.shapes.title
    assert shape is not None  # every layout of ours has one
    width = (_TITLE.width - _PAD) * 72
    for points in (size, 26, 24, 20):
        most = 2 if points > 20 else 3
        if points <= size and _lines(plain(text), width, points, True) <= most:
            break
    else:
        text, points = _clip(text, width, 20, 3, True), 20
    _paragraphs(shape.text_frame, [Line(text)], points if points != 28 else None, lang)


def _text(slide: Slide, lines: Sequence[Line], lang: str) -> None:
    frame = slide.placeholders[1].text_frame
    width, room = (_BODY.width - _PAD) * 72, (_BODY.height - 0.1) * 72
    for size in (22, 20, 18, 16, SMALLEST):
        if _height(lines, width, size) <= room:
            _paragraphs(frame, lines, size, lang)
            return
    # As many lines for each as there is room for.
    each = max(1, int(room / len(lines) / (SMALLEST * _LEADING) - 0.5))
    most = max(1, int(room / (SMALLEST * (_LEADING + 0.45))))
    kept = [
        x._replace(text=_clip(x.text, width - _wide(x.label, SMALLEST) / each - 30,
                              SMALLEST, each), label=_clip(x.label, width / 2, SMALLEST, 1))
        for x in lines[:most]
    ]  # fmt: skip
    _paragraphs(frame, kept, SMALLEST, lang)


def _beside(slide: Slide, sheet: Sheet, bitmap: Bitmap | None, lang: str) -> None:
    """A chart, or a number in large type, with short text and the source beside it."""
    frame = slide.placeholders[2].text_frame
    width, room = (_BESIDE.width - _PAD) * 72, (_BESIDE.height - 0.1) * 72
    source = _clip(sheet.source, width, SMALLEST, 4)
    room -= _height([Line(source)], width, SMALLEST) + 12
    lines, size = _fitting(sheet.lines, width, room)
    _paragraphs(frame, lines, size, lang)
    if source:
        last = frame.paragraphs[0] if not lines else frame.add_paragraph()
        last.space_before = Pt(12)
        _no_bullet(last)
        _run(last, source, SMALLEST, lang, colour=_GREY)
    holder = slide.placeholders[1]
    if bitmap is None or sheet.chart is None:
        holder._element.getparent().remove(holder._element)
        _number(slide, sheet, lang)
        return
    picture: Any = holder
    framed = picture.insert_picture(io.BytesIO(bitmap.content))
    framed.crop_left = framed.crop_right = framed.crop_top = framed.crop_bottom = 0
    scale = _scale(bitmap)
    framed.left, framed.top = Inches(_PICTURE.left), Inches(_PICTURE.top)
    framed.width = Emu(round(bitmap.width * scale * 12_700))
    framed.height = Emu(round(bitmap.height * scale * 12_700))
    # The library writes the name of the file here.
    about = framed._element.nvPicPr.cNvPr
    about.set("descr", plain(sheet.alt))
    about.set("name", ".".join(sheet.chart))


def _fitting(lines: Sequence[Line], width: float, room: float) -> tuple[list[Line], int]:
    """As many sentences as fit, three at most, in the largest type that they fit in."""
    for count, size in ((3, 18), (3, 16), (2, 18), (2, 16), (2, SMALLEST), (1, 18), (1, 16)):
        if _height(lines[:count], width, size) <= room:
            return list(lines[:count]), size
    most = max(1, int(room / (SMALLEST * _LEADING)) - 1)
    return [x._replace(text=_clip(x.text, width, SMALLEST, most)) for x in lines[:1]], SMALLEST


def _number(slide: Slide, sheet: Sheet, lang: str) -> None:
    """What a slide without a chart has in its place."""
    value, about = sheet.figure
    box = slide.shapes.add_textbox(*map(Inches, _Box(*_PICTURE[:3], 3.2)))
    frame = box.text_frame
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.TOP
    width = (_PICTURE.width - _PAD) * 72
    size = next((s for s in (66, 54, 44, 32) if _lines(value, width, s, True) <= 1), 28)
    first = frame.paragraphs[0]
    _run(first, _clip(value, width, size, 2, True) or "–", size, lang, bold=True, colour=_ACCENT)
    _run(frame.add_paragraph(), _clip(about, width, 20, 3), 20, lang, colour=_GREY)
    # Read before the text beside it.
    tree = box._element.getparent()
    tree.remove(box._element)
    tree.insert(tree.index(slide.placeholders[2]._element), box._element)


def _grid(slide: Slide, grid: Grid, lang: str) -> None:
    """A table; in smaller type, or with fewer rows, where it would reach over the edge."""
    for size in (18, 16, SMALLEST):
        rows = [list(r) for r in grid.rows]
        if sum(_row_height(r, grid, size) for r in (grid.head, *rows)) <= _BODY.height * 72:
            break
    else:
        rows = [_short(r, grid, size) for r in rows]
        heights = [_row_height(r, grid, size) for r in (grid.head, *rows)]
        while len(rows) > 1 and sum(heights) > _BODY.height * 72:
            rows.pop()
            heights.pop()
    total = Inches(_BODY.width)
    shape = slide.shapes.add_table(
        len(rows) + 1, len(grid.head), Inches(_BODY.left), Inches(_BODY.top), total, Inches(0.4)
    )
    about = shape._element.nvGraphicFramePr.cNvPr
    about.set("descr", plain(grid.caption))
    about.set("name", "table")
    table = shape.table
    for k, part in enumerate(grid.widths):
        table.columns[k].width = Emu(int(total * part))
    for n, cells in enumerate((grid.head, *rows)):
        table.rows[n].height = Pt(_row_height(cells, grid, size))
        for k, text in enumerate(cells):
            cell = table.cell(n, k)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            cell.margin_left = cell.margin_right = Inches(0.08)
            cell.margin_top = cell.margin_bottom = Inches(0.03)
            paragraph = cell.text_frame.paragraphs[0]
            if k in grid.numeric:
                paragraph.alignment = PP_ALIGN.RIGHT
            _run(paragraph, text, size, lang, bold=n == 0 or k == 0)


def _row_height(cells: Sequence[str], grid: Grid, size: float) -> float:
    widths = [part * _BODY.width * 72 - 14 for part in grid.widths]
    most = max(
        _lines(plain(text), width, size, k == 0) for k, (text, width) in
        enumerate(zip(cells, widths, strict=True))
    )  # fmt: skip
    return most * size * _LEADING + 8


def _short(cells: Sequence[str], grid: Grid, size: float) -> list[str]:
    """Every cell in at most two lines."""
    widths = [part * _BODY.width * 72 - 14 for part in grid.widths]
    return [
        _clip(text, width, size, 2, k == 0)
        for k, (text, width) in enumerate(zip(cells, widths, strict=True))
    ]


# ---------------------------------------------------------------- runs


def _paragraphs(frame: Any, lines: Sequence[Line], size: int | None, lang: str) -> None:
    for n, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if n == 0 else frame.add_paragraph()
        if size is not None:
            paragraph.space_after = Pt(size * 0.45)
        if size is not None and not line.bullet:
            _no_bullet(paragraph)
        if line.label:
            _run(paragraph, f"{line.label} ", size, lang, bold=True)
        _run(paragraph, line.text, size, lang)


def _no_bullet(paragraph: _Paragraph) -> None:
    properties = paragraph._p.get_or_add_pPr()
    properties.set("marL", "0")
    properties.set("indent", "0")
    properties.append(properties.makeelement(f"{{{_A}}}buNone", {}))


def _run(
    paragraph: _Paragraph, text: str, size: int | None, lang: str, *, bold: bool | None = None,
    colour: RGBColor | None = None,
) -> None:  # fmt: skip
    run = paragraph.add_run()
    run.text = plain(text)
    if size is not None:
        run.font.size = Pt(size)
    if bold:
        run.font.bold = True
    if colour is not None:
        run.font.color.rgb = colour
    run._r.get_or_add_rPr().set("lang", LANGUAGE[lang])


def _feet(slide: Slide, foot: str, lang: str) -> None:
    """The foot and the number of the slide, which the library leaves to the layout."""
    for holder in list[Any](slide.slide_layout.placeholders):
        kind = holder.placeholder_format.type.name
        if kind not in ("FOOTER", "SLIDE_NUMBER"):
            continue
        slide.shapes.clone_placeholder(holder)
        shape = next(
            s for s in slide.placeholders
            if s.placeholder_format.idx == holder.placeholder_format.idx
        )  # fmt: skip
        paragraph = shape.text_frame.paragraphs[0]
        if kind == "FOOTER":
            paragraph.alignment = PP_ALIGN.LEFT
            text = _clip(foot, (_FOOT.width - _PAD) * 72, SMALLEST, 1)
            _run(paragraph, text, SMALLEST, lang, colour=_GREY)
            continue
        field = paragraph._p.makeelement(
            f"{{{_A}}}fld", {"id": "{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}", "type": "slidenum"}
        )
        field.append(
            field.makeelement(f"{{{_A}}}rPr", {"lang": LANGUAGE[lang], "sz": str(SMALLEST * 100)})
        )
        paragraph.alignment = PP_ALIGN.RIGHT
        shown = field.makeelement(f"{{{_A}}}t", {})
        shown.text = "‹#›"
        field.append(shown)
        paragraph._p.append(field)


# ---------------------------------------------------------------- saving

_FONT = re.compile(rb'(<a:(?:majorFont|minorFont)><a:latin typeface=")[^"]*')
_COLOURS = {"accent1": "0B4F8A", "accent2": "B45309", "accent3": "0F766E", "accent4": "6D28D9",
            "dk2": "374151", "tx1": "111827"}  # fmt: skip


def finish(made: Presentation, as_of: str) -> bytes:
    """The presentation as a file that depends on nothing but what is in it."""
    file = io.BytesIO()
    made.save(file)

    def mend(name: str, part: bytes) -> bytes:
        if name == "docProps/app.xml":
            return _APPLICATION
        if not name.startswith("ppt/theme/"):
            return part
        part = _FONT.sub(rb"\g<1>Arial", re.sub(rb">\s+<", b"><", part))
        for role, colour in _COLOURS.items():
            tag = role.encode()
            part = re.sub(
                rb"<a:" + tag + rb"><a:srgbClr val=\"[0-9A-F]{6}\"",
                b"<a:" + tag + b'><a:srgbClr val="' + colour.encode() + b'"', part,
            )  # fmt: skip
        return part

    return repack(file.getvalue(), as_of, mend)
