"""Forms filled in and read back: the judgements, the file of them, and what is refused where."""

from __future__ import annotations

import datetime as dt
import io
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from office import saved_again
from openpyxl.worksheet.worksheet import Worksheet

from tilannekuva import assessments, forms, pipeline, words
from tilannekuva.errors import CatalogueError, SourceError
from tilannekuva.model import LANGUAGES, Assessment, Picture
from tilannekuva.reports import form, html

COLUMNS = {"subject": 1, "now": 4, "in_6_months": 5, "in_12_months": 6, "reasons": 7, "role": 8}
ROLE = "elinkeinojohtaja, kunta"
GROWTH = {
    "now": "−", "in_6_months": "0", "in_12_months": "+",
    "reasons": "Tilauskanta on ohentunut.", "role": ROLE,
}  # fmt: skip


@pytest.fixture(scope="module")
def empty(kainuu: Picture) -> dict[str, bytes]:
    return {lang: form.render(kainuu, lang) for lang in LANGUAGES}


def at(sheet: Worksheet, subject: str) -> int:
    return next(c.row for (c,) in sheet.iter_rows(max_col=1) if c.value == subject)


def filled(content: bytes, answers: Mapping[str, Mapping[str, Any]], **cells: Any) -> bytes:
    """The form with some rows filled in, and single cells (``B3="…"``) changed."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    (sheet,) = book.worksheets
    for subject, given_ in answers.items():
        row = at(sheet, subject)
        for key, value in given_.items():
            sheet.cell(row, COLUMNS[key]).value = value
    for place, value in cells.items():
        sheet[place] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(known: Picture, *contents: bytes) -> tuple[Assessment, ...]:
    found = forms.read(contents, known, region="MK18", edition=known.edition)
    assert (found.region, found.edition) == ("MK18", known.edition)
    return found.assessments


# --- there and back -----------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_filled_form_gives_its_judgements(kainuu, empty, lang):
    answers = {
        "gdp_pc": {"now": "++", "reasons": " Kaivos\nlaajenee. ", "role": "  ekonomisti,  ELY "},
        "growth": GROWTH,
        "resilience": {"role": ROLE},
    }
    growth, gdp = read(kainuu, filled(empty[lang], answers))
    assert growth == Assessment(
        subject="growth", now="-", in_6_months="0", in_12_months="+", reasons=GROWTH["reasons"],
        role=ROLE, edition=kainuu.edition,
    )  # fmt: skip
    assert gdp == Assessment(
        subject="gdp_pc", now="++", reasons="Kaivos\nlaajenee.", role="ekonomisti, ELY",
        edition=kainuu.edition,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("--", "--"), ("−−", "--"), ("––", "--"), ("-", "-"), ("−", "-"), ("–", "-"), (" + ", "+"),
     ("0", "0"), (0, "0"), (0.0, "0"), ("++", "++")],
)  # fmt: skip
def test_a_judgement_is_taken_as_people_type_it(kainuu, empty, typed, meant):
    (found,) = read(kainuu, filled(empty["fi"], {"growth": {**GROWTH, "now": typed}}))
    assert found.now == meant


def test_an_empty_form_gives_nothing(kainuu, empty):
    assert read(kainuu, empty["fi"], empty["sv"]) == ()


def test_several_experts_are_read_together_in_whatever_order(kainuu, empty):
    one = filled(empty["fi"], {"growth": GROWTH, "gdp_pc": GROWTH})
    two = filled(empty["sv"], {"growth": {**GROWTH, "now": "+", "role": "direktör"}})
    found = read(kainuu, one, two)
    assert found == read(kainuu, two, one)
    assert [(a.subject, a.role) for a in found] == [
        ("growth", "direktör"), ("growth", ROLE), ("gdp_pc", ROLE),
    ]  # fmt: skip


def test_the_form_may_have_been_rearranged(kainuu, empty):
    book = openpyxl.load_workbook(io.BytesIO(filled(empty["fi"], {"growth": GROWTH})))
    (sheet,) = book.worksheets
    sheet.tables.clear()
    sheet.insert_cols(3)
    sheet.insert_cols(1)
    sheet.insert_rows(12, 2)
    sheet.insert_rows(1)
    book.create_sheet("Muistiinpanot", 0)["A1"] = "omia"
    out = io.BytesIO()
    book.save(out)
    (found,) = read(kainuu, out.getvalue())
    assert (found.subject, found.now) == ("growth", "-")


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_form_that_libreoffice_saved_gives_the_same(kainuu, empty, lang, tmp_path):
    every = [*assessments.JUDGEMENTS]
    names = [r.subject for r in form.rows(kainuu, lang)]
    answers = {
        name: {"now": every[n % 5].replace("-", "−"), "in_6_months": every[(n + 1) % 5],
               "reasons": f"=1+{n}", "role": "+rooli"}
        for n, name in enumerate(names)
    }  # fmt: skip
    content = filled(empty[lang], {})
    book = openpyxl.load_workbook(io.BytesIO(content))
    for name, answer in answers.items():
        for key, value in answer.items():
            cell = book.worksheets[0].cell(at(book.worksheets[0], name), COLUMNS[key])
            cell.value, cell.data_type = value, "s"
    book.save(tmp_path / "arvio.xlsx")
    before = forms.read([tmp_path / "arvio.xlsx"], kainuu)
    assert len(before.assessments) == len(names)
    assert forms.read([saved_again(tmp_path / "arvio.xlsx", tmp_path)], kainuu) == before


# --- the file of judgements ---------------------------------------------------------------------

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1)


@given(
    st.lists(
        st.builds(
            Assessment,
            subject=st.sampled_from(["growth", "gdp_pc"]),
            now=st.sampled_from(assessments.JUDGEMENTS),
            in_6_months=st.none() | st.sampled_from(assessments.JUDGEMENTS),
            in_12_months=st.none() | st.sampled_from(assessments.JUDGEMENTS),
            reasons=TEXTS | st.sampled_from(['"""', "\\", "[[assessment]]", "a\u2028b", "\r\n"]),
            role=TEXTS,
        )
    )
)
def test_any_text_is_held_by_the_file_on_one_line(found):
    text = forms.to_toml(found)
    entries = tomllib.loads(text).get("assessment", [])
    assert [Assessment(**e) for e in entries] == found
    lines = [t for t in text.splitlines() if t.strip() == "[[assessment]]"]
    assert len(lines) == len(found), "by these lines the reader says where"


def test_what_was_saved_is_what_the_forms_say(kainuu, empty, tmp_path):
    reasons = 'Lainaus "x", kenoviiva \\,\nuusi rivi ja #.'
    answers = {"growth": {**GROWTH, "reasons": reasons}, "labour": {**GROWTH, "now": "++"}}
    found = forms.read([filled(empty["fi"], answers)], kainuu)
    file = forms.save(found, tmp_path / "arviot", kainuu)
    assert file == tmp_path / "arviot" / "kainuu" / f"{kainuu.edition}.toml"
    again = assessments.read(
        tmp_path / "arviot", "kainuu", kainuu.edition, ["growth", "labour"], kainuu.indicators
    )
    assert again.assessments == found.assessments
    assert [p.name for p in file.parent.iterdir()] == [file.name]
    page = html.render(kainuu.model_copy(update={"assessments": again.assessments}), "fi")
    assert "Lainaus" in page.decode()
    assert ROLE in page.decode()


def test_a_file_that_is_there_is_never_written_over(kainuu, empty, tmp_path):
    found = forms.read([filled(empty["fi"], {"growth": GROWTH})], kainuu)
    file = forms.save(found, tmp_path, kainuu)
    was = file.read_bytes()
    assert forms.save(found, tmp_path, kainuu) == file, "the same forms again change nothing"
    other = forms.read([filled(empty["fi"], {"growth": {**GROWTH, "now": "+"}})], kainuu)
    with pytest.raises(CatalogueError, match="already, and nothing was written; move the file"):
        forms.save(other, tmp_path, kainuu)
    assert file.read_bytes() == was


def test_a_judgement_in_a_markdown_file_is_not_given_twice(kainuu, empty, tmp_path):
    place = tmp_path / "kainuu" / kainuu.edition
    place.mkdir(parents=True)
    (place / "kasvu.md").write_text(
        f'+++\nsubject = "growth"\nnow = "+"\nrole = "{ROLE}"\n+++\nPitkät perustelut.\n'
    )
    found = forms.read([filled(empty["fi"], {"growth": GROWTH})], kainuu)
    with pytest.raises(CatalogueError, match="in a Markdown file too, and nothing was written"):
        forms.save(found, tmp_path, kainuu)
    assert not place.with_suffix(".toml").exists()
    other = found._replace(assessments=(found.assessments[0].model_copy(update={"role": "muu"}),))
    forms.save(other, tmp_path, kainuu)
    both = assessments.read(tmp_path, "kainuu", kainuu.edition, ["growth"], kainuu.indicators)
    assert len(both.assessments) == 2


def test_nothing_filled_in_writes_nothing(kainuu, empty, tmp_path):
    with pytest.raises(CatalogueError, match="no row of the forms is filled in"):
        forms.save(forms.read([empty["fi"]], kainuu), tmp_path, kainuu)
    with pytest.raises(CatalogueError, match="no form was named"):
        forms.read([], kainuu)
    (tmp_path / "kainuu").write_text("a file in the way")
    found = forms.read([filled(empty["fi"], {"growth": GROWTH})], kainuu)
    with pytest.raises(SourceError, match="cannot be written"):
        forms.save(found, tmp_path, kainuu)


@pytest.mark.slow
def test_a_page_is_built_with_what_a_form_says(real_desk: Path) -> None:
    pipeline.build(formats=["json"])
    picture = pipeline.read_picture(next((real_desk / "reports").rglob("picture.json")))
    content = filled(form.render(picture, "fi"), {"growth": GROWTH})
    forms.save(forms.read([content], picture), real_desk / "assessments", picture)
    (built,) = pipeline.build(formats=["html", "xlsx"])
    page = (built.folder / "kainuu.fi.html").read_text(encoding="utf-8")
    assert "Tilauskanta on ohentunut." in page
    assert ROLE in page


# --- what is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        ({"reasons": None}, r"column 'Perustelut' \(G{row}\): the reasons are missing"),
        ({"reasons": "  "}, r"\(G{row}\): the reasons are missing"),
        ({"role": None}, r"column 'Rooli' \(H{row}\): the role is missing"),
        ({"now": None}, r"column 'Nyt' \(D{row}\): the judgement of now is missing; choose one"),
        ({"now": "hyvä"}, r"\(D{row}\): 'hyvä' is no judgement; write one of \+\+ \+ 0 - --"),
        ({"now": "+++"}, "'[+]{{3}}' is no judgement"),
        ({"now": 1}, "'1' is no judgement"),
        ({"now": True}, "'True' is no judgement"),
        ({"in_6_months": "parempi"}, r"column '6 kk päästä' \(E{row}\): 'parempi' is no"),
        ({"in_12_months": "?"}, r"column '12 kk päästä' \(F{row}\): '\?' is no judgement"),
        ({"subject": "grwth"}, r"column 'Tunnus' \(A{row}\): 'grwth' is no .*did you mean 'growth"),
        ({"subject": None}, r"\(A{row}\): the id is missing"),
        ({"role": 5}, r"\(H{row}\): '5' is not a text"),
        ({"reasons": "=A1"}, r"row {row}, cell G{row}: the formula has no stored value"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_row_is_named_by_its_place(kainuu, empty, tmp_path, answer, what):
    file = tmp_path / "arvio1.xlsx"
    file.write_bytes(filled(empty["fi"], {"growth": {**GROWTH, **answer}}))
    row = at(openpyxl.load_workbook(io.BytesIO(empty["fi"])).worksheets[0], "growth")
    with pytest.raises((CatalogueError, SourceError), match=what.format(row=row)) as caught:
        forms.read([file], kainuu)
    assert str(caught.value).startswith(f"{file}: sheet 'Arvio', row {row}, ")


def test_a_subject_twice_by_a_role_names_both_places(kainuu, empty, tmp_path):
    files = [tmp_path / "arvio1.xlsx", tmp_path / "arvio2.xlsx"]
    for file in files:
        file.write_bytes(filled(empty["fi"], {"growth": GROWTH}))
    with pytest.raises(CatalogueError, match=r"^.*arvio2\.xlsx: .*'growth' is judged .*arvio1\.x"):
        forms.read(files, kainuu)


def test_a_form_of_another_region_or_edition_is_refused(kainuu, real_pictures, empty):
    lapland = form.render(real_pictures["MK19"], "fi")
    with pytest.raises(CatalogueError, match=r"row 2, 'Alue' \(B2\): the form is of MK19, not of"):
        forms.read([empty["fi"], lapland], kainuu)
    with pytest.raises(CatalogueError, match="the form is of MK19, not of MK18"):
        forms.read([lapland], kainuu, region="MK18")
    old = filled(empty["sv"], {}, B3="2024-01-31")
    with pytest.raises(CatalogueError, match=r"row 3, 'Utgåva' \(B3\): the form is of 2024-01-31"):
        forms.read([empty["fi"], old], kainuu)
    with pytest.raises(CatalogueError, match="the form is of 2024-01-31, not of"):
        forms.read([old], kainuu, edition=kainuu.edition)


@pytest.mark.parametrize(
    ("cells", "what"),
    [
        ({"B2": "Kainuu"}, r"row 2, 'Alue' \(B2\): 'Kainuu' has no code of a region"),
        ({"B2": "Kajaani (KU205)"}, r"\(B2\): .*not a region"),
        ({"B2": None}, "row 2, 'Alue': the cell beside it is empty"),
        ({"B3": "syksy 2025"}, r"row 3, 'Painos' \(B3\): 'syksy 2025' is no edition"),
        ({"A3": None}, "no 'Painos' above the table, so it cannot be told whose form it is"),
        ({"D10": "Arviosi"}, r"row 10: no column 'Nyt'"),
    ],
)
def test_a_form_that_cannot_be_recognised_is_refused(kainuu, empty, cells, what):
    with pytest.raises((CatalogueError, SourceError), match=what):
        forms.read([filled(empty["fi"], {"growth": GROWTH}, **cells)], kainuu)


def test_an_edition_that_became_a_date_is_the_same(kainuu, empty):
    day = dt.datetime.fromisoformat(kainuu.edition)
    (found,) = read(kainuu, filled(empty["fi"], {"growth": GROWTH}, B3=day))
    assert found.edition == kainuu.edition


def test_another_workbook_is_no_form(kainuu, tmp_path):
    book = openpyxl.Workbook()
    book.save(tmp_path / "muu.xlsx")
    with pytest.raises(SourceError, match=r"muu\.xlsx: no sheet 'Arvio' or 'Bedömning' or 'Asse"):
        forms.read([tmp_path / "muu.xlsx"], kainuu)
    with pytest.raises(SourceError, match="not an Excel workbook"):
        forms.read([b"plain text"], kainuu)


@pytest.mark.parametrize("key", ["form.sheet", "sheet.name.all"])
def test_a_sheet_tells_its_language(key: str) -> None:
    names: Sequence[str] = [words.message(key, lang) for lang in LANGUAGES]
    assert len(set(names)) == len(LANGUAGES)
