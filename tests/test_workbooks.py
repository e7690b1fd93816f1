"""A workbook comes back as the rows it was written from, or is refused by its place."""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from office import saved_again
from openpyxl.worksheet.worksheet import Worksheet

from tilannekuva import table, words
from tilannekuva.errors import SourceError
from tilannekuva.model import ABSENT, LANGUAGES, PRESENT, Finding, Picture, Series
from tilannekuva.reports import xlsx
from tilannekuva.reports._workbook.long import _digits
from tilannekuva.workbooks import _whole, read_workbook

INDICATORS = ("gdp_pc", "s3_lq", "pop_age", "rd_gdp_parts", "vacancies", "foreign_lang_share",
              "pop_proj", "morbidity_index_2000_2019")  # fmt: skip
"""By group only, with groups, of an older division, by month, with many digits, ahead, in spans."""
HEAD = xlsx.HEAD


def small(picture: Picture) -> Picture:
    """The real picture with a few findings and areas."""
    kept = {
        i: f.model_copy(update={"others": f.others[:3], "parts": f.parts[:2], "peers": ()})
        for i, f in picture.findings.items()
        if i in INDICATORS
    }
    return picture.model_copy(update={"findings": kept})


def tiny(picture: Picture) -> Picture:
    """Two findings alone, so that the workbook is opened and saved again at once."""
    kept = {
        i: picture.findings[i].model_copy(update={"others": (), "parts": ()})
        for i in ("gdp_pc", "foreign_lang_share")
    }
    used = {s: picture.snapshots[s] for f in kept.values() for s in f.snapshots}
    return picture.model_copy(
        update={"findings": kept, "snapshots": used, "gaps": (), "cuts": (), "breaks": ()}
    )


def every_series(f: Finding) -> Iterator[tuple[str, str, Series]]:
    for s in (*f.segments, *f.others, *f.parts, *([f.country] if f.country else [])):
        yield s.region, "total", s
    for s in (*f.profile, *f.country_profile):
        yield s.area, s.region, s


def rows_of(picture: Picture) -> pd.DataFrame:
    rows = [
        (i, region, breakdown, p, float("nan") if v is None else v, st_, o)
        for i, f in picture.findings.items()
        for region, breakdown, s in every_series(f)
        for p, v, st_, o in zip(s.periods, s.values, s.statuses, s.origins, strict=True)
    ]
    return table.make(pd.DataFrame(rows, columns=list(table.COLUMNS)))


def assert_same(found: pd.DataFrame, picture: Picture) -> None:
    pd.testing.assert_frame_equal(found, rows_of(picture), check_exact=True)


def changed(content: bytes, change: Callable[[openpyxl.Workbook], Any]) -> bytes:
    """The workbook after somebody opened, changed and saved it."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture(scope="module")
def case(real_pictures: dict[str, Picture]) -> Callable[[str, str], tuple[Picture, bytes]]:
    @functools.cache
    def made(code: str, lang: str) -> tuple[Picture, bytes]:
        picture = small(real_pictures[code])
        return picture, xlsx.render(picture, lang)

    return made


@pytest.fixture(scope="module")
def workbook(kainuu: Picture) -> bytes:
    return xlsx.render(tiny(kainuu), "fi")


# --- there and back -----------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("code", ["MK18", "MK21"])
def test_a_workbook_comes_back(case, code, lang):
    picture, content = case(code, lang)
    found = read_workbook(content)
    assert_same(found, picture)
    assert {"final", "not_available"} <= set(found["status"])
    assert (found["region"] == "MK18@2015").any() == (code == "MK18")


def test_a_path_bytes_and_an_open_file_are_read_alike(case, tmp_path):
    picture, content = case("MK18", "fi")
    file = tmp_path / "toinen nimi.xlsx"
    file.write_bytes(content)
    assert_same(read_workbook(file), picture)
    assert_same(read_workbook(str(file)), picture)
    with file.open("rb") as opened:
        assert_same(read_workbook(opened), picture)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_other_order_and_empty_rows_and_columns_change_nothing(case, lang):
    def change(book: openpyxl.Workbook) -> None:
        sheet = figures(book)
        book.move_sheet(sheet, -5)
        sheet.tables.clear()
        sheet.insert_rows(HEAD + 7, 2)
        sheet.insert_rows(2, 3)
        sheet.insert_cols(4)
        sheet.insert_cols(1, 2)
        sheet.cell(1, 40).value = "oma huomautus"
        sheet.cell(HEAD + 30, 40).value = "toinen"

    picture, content = case("MK18", lang)
    assert_same(read_workbook(changed(content, change)), picture)


def test_a_picture_without_figures_comes_back_empty(kainuu):
    empty = kainuu.model_copy(update={"findings": {}, "snapshots": {}, "gaps": (), "changes": ()})
    for lang in LANGUAGES:
        found = read_workbook(xlsx.render(empty, lang))
        pd.testing.assert_frame_equal(found, table.make({c: [] for c in table.COLUMNS}))


def test_snapshots_are_those_of_the_view(real_pictures, observed):
    """Against the one table that the pictures were composed from, not against the picture."""
    for code in ("MK18", "MK10"):
        rows = rows_of(real_pictures[code])
        text = {c: "str" for c in table.COLUMNS if c != "value"}
        both = rows.astype(text).merge(
            observed.rows.astype(text), on=list(table.KEY), how="left", suffixes=("", "_view")
        )
        assert (both["snapshot"] == both["snapshot_view"]).all()
        hidden = both["status"] == "below_precision"
        assert (both["status"] == both["status_view"])[~hidden].all()
        # Figures that are computed from others are printed, and kept, with their decimals.
        assert ((both["value"] - both["value_view"]).abs()[~hidden].fillna(0) <= 0.5).all()
        assert set(rows["snapshot"]) <= set(real_pictures[code].snapshots)


# --- every number -------------------------------------------------------------------------------

FLOATS = st.floats(allow_nan=False, allow_infinity=False)
FIGURES = st.one_of(
    st.tuples(FLOATS, st.sampled_from(PRESENT)),
    st.tuples(st.integers(-(10**17), 10**17).map(float), st.sampled_from(PRESENT)),
    st.tuples(st.none(), st.sampled_from(ABSENT)),
)
IDS = st.builds(
    lambda number, derived: f"{'f-' if derived else ''}{number:016x}",
    st.integers(0, 16**16 - 1),
    st.booleans(),
)


@settings(max_examples=25)
@given(rows=st.lists(st.tuples(FIGURES, IDS), min_size=1, max_size=60),
       lang=st.sampled_from(LANGUAGES))  # fmt: skip
def test_every_number_status_and_snapshot_comes_back(kainuu, rows, lang):
    series = Series(
        region="KU205", periods=tuple(str(1900 + n) for n in range(len(rows))),
        values=tuple(value for (value, _), _ in rows),
        statuses=tuple(status for (_, status), _ in rows),
        snapshots=tuple(snapshot for _, snapshot in rows),
    )  # fmt: skip
    finding = kainuu.findings["gdp_pc"].model_copy(update={"others": (), "parts": (series,)})
    snapshots = {s: kainuu.snapshots[s] for s in finding.snapshots}
    picture = kainuu.model_copy(
        update={"findings": {"gdp_pc": finding}, "snapshots": snapshots, "gaps": (), "cuts": ()}
    )
    assert_same(read_workbook(xlsx.render(picture, lang)), picture)


@given(FLOATS.filter(lambda x: abs(x) < 1e308))
def test_a_number_survives_a_program_that_keeps_fifteen_digits(value):
    saved = float(f"{value:.15g}")
    digits = _digits(value)
    assert (saved if digits is None else _whole(saved, digits)) == value


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_workbook_that_libreoffice_saved_comes_back(case, lang, tmp_path):
    picture, content = case("MK18", lang)
    (tmp_path / "kirja.xlsx").write_bytes(content)
    saved = saved_again(tmp_path / "kirja.xlsx", tmp_path)
    assert saved.read_bytes() != content
    assert_same(read_workbook(saved), picture)


# --- what is refused ----------------------------------------------------------------------------


def figures(book: openpyxl.Workbook) -> Worksheet:
    names = {words.message("sheet.name.all", lang) for lang in LANGUAGES}
    (sheet,) = [s for s in book if s.title in names]
    return sheet


def write(at: str, value: Any) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        figures(book)[at] = value

    return change


def twice(book: openpyxl.Workbook) -> None:
    sheet = figures(book)
    for cell in sheet[HEAD + 1]:
        sheet.cell(HEAD + 9, cell.column).value = cell.value


def half(book: openpyxl.Workbook) -> None:
    for column in "ABCDE":
        figures(book)[f"{column}7"] = None


def a_value_where_there_is_none(book: openpyxl.Workbook) -> None:
    figures(book)["J6"] = words.message("status.confidential", "fi")


def renamed(book: openpyxl.Workbook) -> None:
    figures(book).title = "Luvut"


def copied(book: openpyxl.Workbook) -> None:
    book.copy_worksheet(figures(book)).title = "All figures"


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (renamed, r"no sheet 'Kaikki luvut' or '.+' or 'All figures'; it has Kansi, .*Luvut"),
        (copied, "both 'Kaikki luvut' and 'All figures' are in the workbook; keep one"),
        (write("H4", "Lukuja"), r"row 4: no column 'Luku' \('Lukuja' in column H\?\); give it"),
        (write("B4", "Luku"), "row 4: the columns B and H are both called 'Luku'"),
        (write("H7", "12,5"), r"row 7, column 'Luku' \(H7\): '12,5' is not a number"),
        (write("H7", "7"), r"row 7, column 'Luku' \(H7\): '7' is not a number"),
        (write("H7", True), "'True' is not a number"),
        (write("H7", None), "the cell is empty though the status is 'lopullinen'"),
        (write("H7", "=1+1"), "row 7, cell H7: the formula has no stored value"),
        (write("J7", "lopulinen"), r"\(J7\): 'lopulinen' is no status; did you mean 'lopullinen'"),
        (write("J7", "final"), "'final' is no status"),
        (a_value_where_there_is_none, "beside the status 'salassa pidettävä' of a missing figure"),
        (write("G7", "2020-12"), r"\(G7\): '2020-12' is no period as it was written; write '2020M"),
        (write("G7", "viime vuosi"), "'viime vuosi' is no period"),
        (write("E7", 5), r"\(E7\): 5 is not a text; write the code as text"),
        (write("C7", "Kainuu"), r"column 'Alueen tunnus' \(C7\): 'Kainuu' is no code"),
        (write("K7", 1234567890123456), "is not a text"),
        (write("K7", None), r"\(K7\): the cell is empty, so the row is not whole"),
        (write("L7", "999"), r"\(L7\): '999' is not the number of the row; delete it"),
        (half, r"row 7, column 'Mittarin tunnus' \(A7\): the cell is empty, so the row is not"),
        (twice, rf"row {HEAD + 9}, .*stands in row {HEAD + 1} too; delete one of the rows"),
    ],
)  # fmt: skip
def test_what_was_damaged_is_named_by_its_place(workbook, tmp_path, change, what):
    file = tmp_path / "kainuu.fi.xlsx"
    file.write_bytes(changed(workbook, change))
    with pytest.raises(SourceError, match=what) as caught:
        read_workbook(file)
    assert str(caught.value).startswith(f"{file}: ")


def test_headings_that_are_all_gone_are_listed(workbook):
    def change(book: openpyxl.Workbook) -> None:
        figures(book).tables.clear()
        figures(book).delete_rows(HEAD)

    with pytest.raises(SourceError, match="no row has the headings Aineiston tunnus, "):
        read_workbook(changed(workbook, change))


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "not an Excel workbook"),
        (b"Mittari;Luku\n", "if it is a text file"),
        (b"PK\x03\x04 and then nothing", "a damaged one"),
    ],
)
def test_what_is_no_workbook_is_said(content, what):
    with pytest.raises(SourceError, match=what):
        read_workbook(content)


def test_a_cut_file_and_one_that_is_not_there(workbook, tmp_path):
    with pytest.raises(SourceError, match="a damaged one"):
        read_workbook(workbook[:-3000])
    with pytest.raises(SourceError, match=r"puuttuu\.xlsx: cannot be read"):
        read_workbook(tmp_path / "puuttuu.xlsx")
    with pytest.raises(SourceError, match="cannot be read"):
        read_workbook(tmp_path)


def test_years_that_became_numbers_are_years(kainuu, workbook):
    def change(book: openpyxl.Workbook) -> None:
        for (cell,) in figures(book).iter_rows(min_row=HEAD + 1, min_col=7, max_col=7):
            if re.fullmatch("[0-9]{4}", cell.value):
                cell.value = int(cell.value)

    assert_same(read_workbook(changed(workbook, change)), tiny(kainuu))
