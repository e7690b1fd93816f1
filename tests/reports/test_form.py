"""The experts' form: what is on it, that it is accessible, and that it suggests nothing."""

from __future__ import annotations

import io
import warnings
import zipfile

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tilannekuva import forms, words
from tilannekuva.model import LANGUAGES, Picture
from tilannekuva.reports import form

HEADS = ("subject", "name", "figures", "now", "in_6_months", "in_12_months", "reasons", "role")


def sheet_of(content: bytes) -> Worksheet:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (sheet,) = openpyxl.load_workbook(io.BytesIO(content)).worksheets
    return sheet


def head_row(sheet: Worksheet, lang: str) -> int:
    first = words.message("form.head.subject", lang)
    return next(c.row for (c,) in sheet.iter_rows(max_col=1) if c.value == first)


@pytest.fixture(scope="module")
def sheets(kainuu: Picture) -> dict[str, Worksheet]:
    return {lang: sheet_of(form.render(kainuu, lang)) for lang in LANGUAGES}


def test_a_row_is_a_theme_a_chapter_or_one_of_its_leading_indicators(kainuu):
    found = form.rows(kainuu, "fi")
    ids = [r.subject for r in found]
    sections = [s for c in kainuu.cuts for s in c.sections]
    assert len(set(ids)) == len(ids)
    assert [r.subject for r in found if r.section] == [s.id for s in sections]
    leading = {i for s in sections for i in s.lead}
    assert leading <= set(ids) <= {*leading, *(s.id for s in sections)}
    assert set(ids) <= set(forms.subjects(kainuu))
    assert found[0].name == "Teema 1: Luonnon monimuotoisuuden turvaaminen"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_figures_are_said_in_sentences_and_marked(real_pictures, lang):
    for picture in (real_pictures["MK18"], real_pictures["MK21"]):
        for row in form.rows(picture, lang):
            assert row.figures.endswith("."), row
            assert ".." not in row.figures, row
            finding = picture.findings.get(row.subject)
            if finding is not None and finding.latest.status in ("preliminary", "estimated"):
                assert words.message(f"status_sentence.{finding.latest.status}", lang)[:8] in (
                    row.figures
                )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_says_whose_it_is_how_to_fill_it_and_what_is_asked(kainuu, sheets, lang):
    sheet = sheets[lang]
    assert sheet.title == words.message("form.sheet", lang)
    assert sheet["B2"].value == f"{kainuu.region.names[lang]} (MK18)"
    assert sheet["B3"].value == kainuu.edition
    head = head_row(sheet, lang)
    assert [c.value for c in sheet[head]] == [words.message(f"form.head.{h}", lang) for h in HEADS]
    guidance = " ".join(sheet.cell(n, 1).value for n in range(4, head))
    assert "++" in guidance
    assert "−−" in guidance
    found = form.rows(kainuu, lang)
    written = [tuple(c.value for c in row[:3]) for row in sheet.iter_rows(min_row=head + 1)]
    assert written == [(r.subject, r.name, r.figures) for r in found]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_is_filled_in_and_everything_to_fill_in_is_text(sheets, lang):
    sheet = sheets[lang]
    for row in sheet.iter_rows(min_row=head_row(sheet, lang) + 1, min_col=4):
        assert len(row) == 5
        for cell in row:
            assert cell.value is None
            assert cell.number_format == "@"
    for row in sheet.iter_rows():
        assert all(c.data_type in ("s", "n") for c in row), "no formula"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_judgements_are_chosen_from_a_list(sheets, lang):
    sheet = sheets[lang]
    head = head_row(sheet, lang)
    (chosen,) = sheet.data_validations.dataValidation
    assert chosen.type == "list"
    assert chosen.formula1 == '"++,+,0,−,−−"'
    assert str(chosen.sqref) == f"D{head + 1}:F{sheet.max_row}"
    assert chosen.allow_blank
    assert chosen.errorStyle == "information", "a typed hyphen is a minus too"
    assert len(chosen.error) <= 225
    assert len(chosen.errorTitle) <= 32


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_is_accessible(kainuu, lang):
    content = form.render(kainuu, lang)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.properties.title == book.worksheets[0]["A1"].value
    assert book.properties.language == {"fi": "fi-FI", "sv": "sv-FI", "en": "en-GB"}[lang]
    sheet, head = book.worksheets[0], head_row(book.worksheets[0], lang)
    assert not sheet.merged_cells.ranges
    assert not sheet.protection.sheet
    assert not sheet.conditional_formatting
    assert not any(d.hidden for d in sheet.column_dimensions.values())
    (table,) = sheet.tables.values()
    assert table.ref == f"A{head}:H{sheet.max_row}"
    assert sheet.print_title_rows == f"${head}:${head}"
    assert all(sheet.cell(n, 1).value for n in range(1, sheet.max_row + 1)), "no blank row"
    part = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    assert b"customHeight" not in part, "rows grow with what is typed"


def test_same_picture_same_bytes(kainuu):
    again = Picture.from_json(kainuu.to_json())
    assert form.render(kainuu, "sv") == form.render(again, "sv")


def test_a_picture_without_figures_has_a_form_too(kainuu):
    empty = kainuu.model_copy(update={"findings": {}, "snapshots": {}, "changes": (), "breaks": ()})
    for lang in LANGUAGES:
        none = words.message("form.none", lang)
        assert {r.figures for r in form.rows(empty, lang) if r.section} == {none}
        sheet_of(form.render(empty, lang))
    bare = empty.model_copy(update={"cuts": ()})
    assert form.rows(bare, "fi") == []
    sheet_of(form.render(bare, "fi"))
