"""The experts' form: a workbook to fill in, one row a subject, beside what the figures say.

One sheet: title in A1, region and edition in rows 2 and 3 (the form is recognised by them), lines
of guidance, then the table. Nothing is merged, hidden, locked or said by colour; cells to fill in
are text, so that no program takes "+" or "--" for a formula. ``tilannekuva.forms`` reads it back.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from tilannekuva import narrate, words
from tilannekuva.model import Language, Picture
from tilannekuva.reports._ooxml import LANGUAGE, repack
from tilannekuva.reports._workbook import table_name
from tilannekuva.reports._xlsx_cells import (
    HEADING,
    IGNORED,
    PLAIN,
    QUIET,
    SHADE,
    TITLE,
    UNDER,
    UNDER_HEAD,
    cell_at,
    paper,
    put,
    row_height,
)
from tilannekuva.storyboard import Scene, storyboard

__all__ = ["Row", "render", "rows"]

_CHOICES = ("++", "+", "0", "\N{MINUS SIGN}", "\N{MINUS SIGN}" * 2)
_GUIDE = ("fill", "choose", "compare", "reasons", "figures", "keep")
_WIDTHS = {"subject": 22, "name": 34, "figures": 52, "now": 8, "in_6_months": 12,
           "in_12_months": 12, "reasons": 52, "role": 26}  # fmt: skip
"""Columns in order, with their widths in characters."""
_JUDGED = ("now", "in_6_months", "in_12_months")
_FILLED = (*_JUDGED, "reasons", "role")
_FIRST = 4
"""Row of the first line of guidance."""
_TOLD = ("status", "age")
"""Sentences without which a figure would be taken for more than it is."""


class Row(NamedTuple):
    """A subject to judge."""

    subject: str
    name: str
    figures: str
    """What the figures say: never a judgement."""
    section: bool
    """Whether it is a theme or chapter."""


def render(picture: Picture, lang: Language) -> bytes:
    """The empty form of a picture's region and edition in one language.

    Returns:
        An ``.xlsx`` file; the same picture gives the same bytes.

    Raises:
        ReportError: There is no such language.
    """
    book = Workbook()
    page = book.worksheets[0]
    page.title = _say("sheet", lang)
    place = narrate.place(picture.region.code, lang)
    title = words.message("form.title", lang, region=place)
    head = _FIRST + len(_GUIDE)
    _top(page, picture, title, lang)
    _heads(page, head, lang)
    found = rows(picture, lang)
    for n, row in enumerate(found, head + 1):
        _row(page, n, row)
    last = head + max(len(found), 1)
    _choices(page, head + 1, last, lang)
    _table(page, head, last, lang)
    paper(page, head)
    book.properties.title = title
    book.properties.subject = f"{picture.region.names[lang]}, {picture.edition}"
    book.properties.creator, book.properties.language = "tilannekuva", LANGUAGE[lang]
    file = io.BytesIO()
    book.save(file)
    return repack(file.getvalue(), picture.as_of, _mend)


# --- the subjects -----------------------------------------------------------------------------


def rows(picture: Picture, lang: Language) -> list[Row]:
    """Each theme and chapter, each followed by those of its leading indicators not named before."""
    found: dict[str, Row] = {}
    for scene in storyboard(picture).scenes:
        found[scene.section.id] = _section(scene, picture, lang)
        for name in scene.section.lead or filter(None, (scene.lead,)):
            if name in picture.indicators and name not in found:
                found[name] = _indicator(name, picture, lang)
    return list(found.values())


def _section(scene: Scene, picture: Picture, lang: Language) -> Row:
    kind = words.message(f"sheet.name.{scene.cut.kind}", lang, n=scene.number)
    name = words.message("form.section", lang, section=kind, name=scene.section.names[lang])
    if scene.lead is None:
        return Row(scene.section.id, name, _say("none", lang), True)
    return Row(scene.section.id, name, _headline(scene.lead, picture, lang), True)


def _headline(name: str, picture: Picture, lang: Language) -> str:
    return narrate.headline(picture.findings[name], picture, lang).rstrip(".") + "."


def _indicator(name: str, picture: Picture, lang: Language) -> Row:
    said = " ".join(_sentences(name, picture, lang)) or _say("none", lang)
    return Row(name, words.capital(picture.indicators[name].names[lang]), said, False)


def _sentences(name: str, picture: Picture, lang: Language) -> Iterator[str]:
    """Where it stands, and what must be known of such a figure; why there is none."""
    finding = picture.findings.get(name)
    if finding is None:
        yield from (narrate.gap_text(g, picture, lang) for g in picture.gaps if g.indicator == name)
        return
    first, *more = narrate.sentences(finding, picture, lang)
    # What has figures by group only begins with one group; its headline speaks of the whole.
    known = finding.latest.value is not None
    yield first.text if known else _headline(name, picture, lang)
    yield from (s.text for s in more if s.kind in _TOLD)


# --- the sheet --------------------------------------------------------------------------------


def _say(key: str, lang: Language) -> str:
    return words.message(f"form.{key}", lang)


def _top(page: Worksheet, picture: Picture, title: str, lang: Language) -> None:
    """Title, whose form it is, guidance."""
    put(cell_at(page, 1, 1), title, TITLE)
    region = f"{picture.region.names[lang]} ({picture.region.code})"
    for n, (key, text) in enumerate((("region", region), ("edition", picture.edition)), 2):
        put(cell_at(page, n, 1), _say(key, lang), HEADING)
        put(cell_at(page, n, 2), text, PLAIN)
        cell_at(page, n, 2).number_format = "@"
    for n, key in enumerate(_GUIDE, _FIRST):
        put(cell_at(page, n, 1), _say(f"guide.{key}", lang), QUIET)
    for n in range(1, _FIRST + len(_GUIDE)):
        page.row_dimensions[n].height = 22 if n == 1 else 16


def _heads(page: Worksheet, head: int, lang: Language) -> None:
    for n, (key, width) in enumerate(_WIDTHS.items(), 1):
        page.column_dimensions[get_column_letter(n)].width = width
        cell = cell_at(page, head, n)
        put(cell, _say(f"head.{key}", lang), HEADING)
        cell.fill, cell.border, cell.alignment = SHADE, UNDER_HEAD, _aligned(key)
    page.row_dimensions[head].height = 22


def _row(page: Worksheet, number: int, row: Row) -> None:
    texts = {"subject": row.subject, "name": row.name, "figures": row.figures}
    for n, key in enumerate(_WIDTHS, 1):
        cell = cell_at(page, number, n)
        if key in texts:
            put(cell, texts[key], HEADING if row.section and key == "name" else PLAIN)
        else:
            cell.font = PLAIN
        if key in _FILLED:
            cell.number_format = "@"
        cell.border, cell.alignment = UNDER, _aligned(key)
    widths = [_WIDTHS[k] for k in texts]
    page.row_dimensions[number].height = max(30, row_height(list(texts.values()), widths))


def _aligned(key: str) -> Alignment:
    side = "center" if key in _JUDGED else "left"
    return Alignment(horizontal=side, vertical="top", wrap_text=True)


def _choices(page: Worksheet, first: int, last: int, lang: Language) -> None:
    """Drop-down lists; what else is typed is noticed but kept, for a hyphen is a minus too."""
    listed = DataValidation(
        type="list",
        formula1=f'"{",".join(_CHOICES)}"',
        allow_blank=True,
        showErrorMessage=True,
        errorStyle="information",
        errorTitle=_say("choose_title", lang),
        error=_say("choose", lang),
    )
    left, right = (_letter(_JUDGED[n]) for n in (0, -1))
    listed.add(f"{left}{first}:{right}{last}")
    page.add_data_validation(listed)


def _letter(key: str) -> str:
    return str(get_column_letter(list(_WIDTHS).index(key) + 1))


def _table(page: Worksheet, head: int, last: int, lang: Language) -> None:
    ref = f"A{head}:{_letter('role')}{last}"
    table = Table(displayName=table_name(page.title), ref=ref)
    heads: Sequence[str] = [_say(f"head.{key}", lang) for key in _WIDTHS]
    table.tableColumns = [TableColumn(id=n, name=text) for n, text in enumerate(heads, 1)]
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    page.add_table(table)


def _mend(name: str, part: bytes) -> bytes:
    if name != "xl/worksheets/sheet1.xml":
        return part
    # Rows that are to grow with the reasons typed into them.
    return part.replace(b' customHeight="1"', b"").replace(b"<tableParts", IGNORED, 1)
