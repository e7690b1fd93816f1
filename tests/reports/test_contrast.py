"""Colours of the texts of files, read back from the files: each stands out from its ground.

The page's are measured in the browser (axe), those of the charts in ``tests/charts``.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import openpyxl
import pikepdf
import pytest

from tilannekuva import storyboard
from tilannekuva.charts import classes
from tilannekuva.model import Picture
from tilannekuva.reports import docx, pdf, pptx, xlsx

WHITE = "#ffffff"
ENOUGH = 4.5
LEADERS = "#d1d5db"
"""Dots between a name of the contents and its page: decoration."""


def contrast(one: str, two: str) -> float:
    high, low = sorted((classes.luminance(one), classes.luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def colour(code: str) -> str:
    """A colour as Office writes it (``0B4F8A``, or with its opacity before it)."""
    return f"#{code[-6:].lower()}"


def part(content: bytes, name: str) -> str:
    return zipfile.ZipFile(io.BytesIO(content)).read(name).decode()


# --- PDF --------------------------------------------------------------------------------------


def inked(page: Any) -> Iterator[str]:
    """The colour of every text that a page sets."""
    stack: list[str] = []
    now = "#000000"
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name == "q":
            stack.append(now)
        elif name == "Q":
            now = stack.pop()
        elif name in ("g", "rg", "sc", "scn"):
            parts = [round(float(x) * 255) for x in operands if not isinstance(x, pikepdf.Name)]
            if len(parts) in (1, 3):  # grey or red, green and blue
                now = "#" + "".join(f"{v:02x}" for v in (parts * 3)[:3])
        elif name in ("Tj", "TJ"):
            yield now


@pytest.fixture(scope="module")
def pages(kainuu: Picture) -> list[set[str]]:
    """Colours of the texts of each page, of the document and then of a brief."""
    drawn = storyboard.draw_all(kainuu, "fi")
    made = (pdf.render(kainuu, "fi", charts=drawn), pdf.brief(kainuu, "growth", "fi", charts=drawn))
    return [set(inked(page)) for m in made for page in pikepdf.open(io.BytesIO(m)).pages]


def test_every_text_of_a_pdf_stands_out_from_white(pages: list[set[str]]) -> None:
    assert len(pages) > 20
    leaders = [n for n, colours in enumerate(pages) if LEADERS in colours]
    assert leaders == [1], "only the contents have leaders"
    for colours in pages:
        # White stands on the cover, the head of a brief and dark areas of maps.
        for text in colours - {WHITE, LEADERS}:
            assert contrast(text, WHITE) >= ENOUGH, text


def test_white_stands_out_from_the_ground_that_it_is_set_on() -> None:
    assert contrast(WHITE, "#0b4f8a") >= ENOUGH


# --- Office -----------------------------------------------------------------------------------


def test_every_text_of_a_word_file_stands_out_from_paper_and_shade(kainuu: Picture) -> None:
    for content in (
        docx.render(kainuu, "fi", bitmaps={}),
        docx.brief(kainuu, "growth", "fi", bitmaps={}),
    ):
        both = part(content, "word/styles.xml") + part(content, "word/document.xml")
        grounds = {WHITE, *map(colour, re.findall(r'w:fill="([0-9A-F]{6})"', both))}
        texts = {colour(c) for c in re.findall(r'<w:color w:val="([0-9A-F]{6})"', both)}
        assert len(texts) >= 3
        assert min(contrast(t, g) for t in texts for g in grounds) >= ENOUGH


def test_every_text_of_a_presentation_stands_out_from_white(kainuu: Picture) -> None:
    content = pptx.render(kainuu, "fi", bitmaps={})
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    slides = "".join(part(content, n) for n in names if re.match(r"ppt/slide.*\.xml$", n))
    theme = part(content, "ppt/theme/theme1.xml")
    scheme = {
        "tx1": "#000000",
        "tx2": colour(re.search(r'<a:dk2><a:srgbClr val="(\w+)"', theme)[1]),
        "accent1": colour(re.search(r'<a:accent1><a:srgbClr val="(\w+)"', theme)[1]),
    }
    used = set(re.findall(r'schemeClr val="(\w+)"', slides)) - {"bg1", "phClr"}
    assert used <= set(scheme), "a colour of the theme that nobody has looked at"
    texts = {colour(c) for c in re.findall(r'srgbClr val="(\w{6})"', slides)}
    for text in {*texts, *(scheme[name] for name in used)} - {WHITE}:
        assert contrast(text, WHITE) >= ENOUGH, text


def test_every_text_of_a_workbook_stands_out_from_its_cell(kainuu: Picture) -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx.render(kainuu, "fi")))
    seen = set()
    for sheet in book.worksheets[:6]:
        for row in sheet.iter_rows(max_row=40):
            for cell in row:
                if cell.value is not None:
                    seen.add((_ink(cell.font.color), _ground(cell.fill)))
    assert len(seen) >= 3
    assert min(contrast(text, ground) for text, ground in seen) >= ENOUGH


def _ink(found: Any) -> str:
    return colour(found.rgb) if found is not None and found.type == "rgb" else "#000000"


def _ground(found: Any) -> str:
    return colour(found.fgColor.rgb) if found.patternType == "solid" else WHITE


def test_the_measure_is_that_of_the_guidelines() -> None:
    assert contrast(WHITE, "#000000") == pytest.approx(21)
    assert contrast("#777777", WHITE) == pytest.approx(4.48, abs=0.01)
