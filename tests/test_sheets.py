"""Sheets that people made: nothing vanishes in silence, and every fault is shown in place."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from tilannekuva import sheets
from tilannekuva.errors import DataError
from tilannekuva.model import Query
from tilannekuva.sources import tables


def sheet(*rows: list[Any], title: str = "Luvut") -> bytes:
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(data: bytes | str, **layout: Any) -> pd.DataFrame:
    data = data.encode() if isinstance(data, str) else data
    layout.setdefault("format", "xlsx" if data.startswith(b"PK") else "csv")
    return sheets.cells(tables.parse(data, layout, "own"), layout, "own")


def cell_rows(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    found = frame.astype(object).where(frame.notna(), None)
    return sorted(map(tuple, found.to_numpy().tolist()), key=str)


WIDE = {"time": "columns", "variables": ["Kunta"]}


# --- what becomes of a sheet --------------------------------------------------------------------


def test_a_wide_sheet_becomes_cells() -> None:
    data = sheet(
        ["Kunta", "Tiedot", 2020, 2021, None],
        ["Kajaani", "työpaikat", 100, 101.5, "huomautus"],
        [None] * 5,
        ["Kuhmo", "työpaikat", None, "..", None],
        ["Lähde: oma laskenta", None, None, None, None],
    )
    frame = read(data, time="columns", variables=["Kunta", "Tiedot"])
    assert list(frame.columns) == ["Kunta", "Tiedot", "time", "flag", "value"]
    assert cell_rows(frame) == [
        ("Kajaani", "työpaikat", "2020", "", 100.0),
        ("Kajaani", "työpaikat", "2021", "", 101.5),
        ("Kuhmo", "työpaikat", "2020", "", None),
        ("Kuhmo", "työpaikat", "2021", "..", None),
    ]
    # The footnote is gone as a row and as a code.
    assert list(frame["Kunta"].cat.categories) == ["Kajaani", "Kuhmo"]


def test_an_empty_value_in_a_row_with_data_does_not_vanish() -> None:
    """Missing is not zero, and it is not nothing either."""
    frame = read("alue,time,value\nMK18,2020,-\nMK18,2021,\nMK18,2022,..\n")
    assert cell_rows(frame) == [
        ("MK18", "2020", "-", 0.0),
        ("MK18", "2021", "", None),
        ("MK18", "2022", "..", None),
    ]
    frame = read(sheet(["Kunta", 2020, 2021], ["Kuhmo", None, None], ["Kajaani", 1, None]), **WIDE)
    assert frame["value"].isna().sum() == 3


def test_wholly_empty_rows_and_columns_are_nothing() -> None:
    frame = read(
        sheet(["Kunta", 2020, None, None], [None] * 4, ["Kajaani", 1], [" ", "", None, "x"]), **WIDE
    )
    assert cell_rows(frame) == [("Kajaani", "2020", "", 1.0)]
    assert cell_rows(read("Kunta,2020,,\n\n,,,\nKajaani,1,,\n", **WIDE)) == cell_rows(frame)


def test_rows_keep_their_number_in_the_file() -> None:
    data = sheet(["Otsikko"], ["Kunta", 2020], [None], ["Kajaani", 1], title="Taul")
    frame = read(data, header=2, **WIDE)
    assert frame.index.tolist() == [4]
    assert frame.index.name == "sheet 'Taul', row"
    assert read("t\n\nKunta,2020\n\nKajaani,1\n", header=3, **WIDE).index.tolist() == [5]


def test_decimal_commas_and_thin_groups_are_declared() -> None:
    data = "alue;time;value\nMK18;2020;1 234,5\nMK18;2021;-0,5\nMK18;2022;12\u00a0345\n"
    frame = read(data, separator=";", decimal=",")
    assert sorted(frame["value"]) == [-0.5, 1234.5, 12345.0]
    assert set(frame["flag"]) == {""}


def test_excel_numbers_are_numbers_where_texts_have_a_decimal_comma() -> None:
    data = sheet(["alue", "time", "value"], ["MK18", 2020, 1.5], ["MK18", 2021, "1,5"])
    assert read(data, decimal=",")["value"].tolist() == [1.5, 1.5]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("−5", -5),
        ("+1.5", 1.5),
        ("1 234", 1234),
        (".5", 0.5),
        ("1e3", 1000),
        ("12\u202f345", 12345),
    ],
)
def test_numbers_as_people_write_them(text: str, number: float) -> None:
    assert read(f'alue,time,value\nMK18,2020,"{text}"\n')["value"].tolist() == [number]


@given(st.integers(-(10**12), 10**12), st.integers(0, 3), st.sampled_from(".,"))
def test_what_is_printed_is_read(number: int, decimals: int, point: str) -> None:
    value = number / 10**decimals
    text = f"{value:,.{decimals}f}".replace(",", "\u00a0").replace(".", point)
    data = f"alue;time;value\nMK18;2020;{text}\n"
    assert read(data, separator=";", decimal=point)["value"].iloc[0] == pytest.approx(value)


@given(st.lists(st.lists(st.sampled_from(["", "1", "..", "2.5"]), min_size=2, max_size=2),
                min_size=1, max_size=6))  # fmt: skip
def test_every_row_has_a_cell_under_every_period(rows: list[list[str]]) -> None:
    lines = [f"MK{n},{a},{b}" for n, (a, b) in enumerate(rows, 11)]
    frame = read("\n".join(["Kunta,2020,2021", *lines]) + "\n", **WIDE)
    assert len(frame) == 2 * len(rows)
    written = [c for row in rows for c in row if c not in ("", "..")]
    assert frame["value"].notna().sum() == len(written)


def test_a_column_of_marks_that_is_empty_throughout_is_still_a_column() -> None:
    frame = read("alue,time,value,merkki\nMK18,2020,1,\nMK18,2021,2,\n", flag="merkki")
    assert frame["flag"].tolist() == ["", ""]


def test_marks_in_a_column_of_their_own() -> None:
    data = "alue,time,value,merkki\nMK18,2020,1,preliminary\nMK18,2021,,suppressed\nMK18,2022,..,\n"
    assert cell_rows(read(data, flag="merkki")) == [
        ("MK18", "2020", "preliminary", 1.0),
        ("MK18", "2021", "suppressed", None),
        ("MK18", "2022", "..", None),
    ]


def test_several_columns_of_values_become_one_with_their_heads() -> None:
    data = "alue,vuosi,miehet,naiset\nMK18,2020,1,\nMK01,2020,3,4\n"
    frame = read(data, time="vuosi", value=["miehet", "naiset"], variables=["alue"])
    assert list(frame.columns) == ["alue", sheets.COLUMN, "time", "flag", "value"]
    assert cell_rows(frame) == [
        ("MK01", "miehet", "2020", "", 3.0),
        ("MK01", "naiset", "2020", "", 4.0),
        ("MK18", "miehet", "2020", "", 1.0),
        ("MK18", "naiset", "2020", "", None),
    ]


def test_a_table_with_a_head_and_no_rows_is_empty() -> None:
    assert len(read("alue,time,value\n")) == 0


# --- notes and headings -------------------------------------------------------------------------


@pytest.mark.parametrize("note", ["* ennakkotieto", "Lähde: Tilastokeskus", "Päivitetty 1.9.2025"])
def test_notes_below_the_table_are_left_out(note: str) -> None:
    long = read(f"alue,time,value\nMK18,2020,1\n\n{note},,\n")
    assert cell_rows(long) == [("MK18", "2020", "", 1.0)]
    assert cell_rows(read(f"Kunta,2020\nKajaani,1\n{note},\n", **WIDE)) == [
        ("Kajaani", "2020", "", 1.0)
    ]


def test_a_region_without_any_figure_is_no_note() -> None:
    frame = read("Kunta,2020,2021\nKajaani,1,2\nKuhmo,,\n", **WIDE)
    assert list(frame["Kunta"].cat.categories) == ["Kajaani", "Kuhmo"]
    assert len(frame) == 4


def test_a_heading_amid_the_table_is_refused_in_its_place() -> None:
    data = "alue,time,value\nMK01,2020,1\nItä-Suomi,,\nMK18,2020,1\n"
    with pytest.raises(DataError, match=r"^own: row 3, column 'time': '' is not a period"):
        read(data)


# --- what is refused, and in which words --------------------------------------------------------

LONG = "alue;time;value\nMK01;2020;1\nMK18;2020;{}\n"


@pytest.mark.parametrize(
    ("text", "decimal", "what"),
    [
        ("1,5", ".", "has another decimal mark than '.': write `decimal = \",\"` under [layout]"),
        ("1 234,5", ".", 'write `decimal = ","`'),
        ("1.5", ",", "has another decimal mark than ',': write `decimal = \".\"` under [layout]"),
        ("1,234", ".", "if ',' stands between thousands, leave it out; if it is the decimal mark"),
        ("1.234", ",", "if '.' stands between thousands, leave it out; if it is the decimal mark"),
        ("1,234.5", ".", "leave out what stands between the thousands"),
        ("1.234,5", ",", "leave out what stands between the thousands"),
        ("1'234", ".", "leave out what stands between the thousands"),
        ("12 34", ".", "is not a number: write the number alone"),
        ("5 %", ".", "is not a number: write the number alone"),
        ("ei tietoa", ".", "a mark (., .., ... or a status such as suppressed)"),
        ("1e999", ".", "is not a number"),
        ("nan", ".", "is not a number"),
        ("#DIV/0!", ".", "is an error of Excel's: mend the formula"),
        ("2024-05", ".", "is a date that Excel made of it"),
    ],
)
def test_a_cell_that_is_no_number_is_named_with_what_to_do(
    text: str, decimal: str, what: str
) -> None:
    with pytest.raises(DataError, match=re.escape(what)) as caught:
        read(LONG.format(text), separator=";", decimal=decimal)
    assert str(caught.value).startswith(f"own: row 3, column 'value': '{text}' ")


def test_the_place_in_a_workbook_has_the_sheet() -> None:
    data = sheet(["Kunta", 2020, 2021], ["Kajaani", 1, 2], ["Kuhmo", 3, "1,5"], ["Paltamo", "x", 1])
    with pytest.raises(DataError) as caught:
        read(data, **WIDE)
    assert str(caught.value).startswith("own: sheet 'Luvut', row 3, column '2021': '1,5' has")
    assert str(caught.value).endswith("(and 1 more like it)")


def test_an_excel_date_in_the_place_of_a_number_is_named() -> None:
    data = sheet(["alue", "time", "value"], ["MK18", 2020, dt.datetime(2024, 5, 1)])
    with pytest.raises(DataError, match="row 2, column 'value': '2024-05' is a date"):
        read(data)


@pytest.mark.parametrize("text", ["syyskuu 2024", "2024-13", "", "2024-09-30"])
def test_a_period_that_cannot_be_read_is_named(text: str) -> None:
    with pytest.raises(DataError) as caught:
        read(f"alue,vuosi,value\nMK18,2020,1\nMK18,{text},2\n", time="vuosi")
    assert str(caught.value).startswith(f"own: row 3, column 'vuosi': '{text}' is not a period; ")
    assert "2023M05" in str(caught.value)


@pytest.mark.parametrize("head", ["Yhteensä", "2024 (ennakko)"])
def test_a_head_that_is_no_period_is_named(head: str) -> None:
    with pytest.raises(DataError, match=r"`variables`") as caught:
        read(f"otsikko\nKunta,2023,{head}\nKajaani,1,2\n", header=2, **WIDE)
    assert str(caught.value).startswith(f"own: row 2, column '{head}': '{head}' is not a period; ")


def test_periods_in_the_heads_need_a_column_for_them() -> None:
    with pytest.raises(DataError, match="row 1: no column is left for periods"):
        read("Kunta\nKajaani\n", **WIDE)


def test_an_unknown_mark_is_named() -> None:
    with pytest.raises(DataError, match="row 2, column 'merkki': 'ennakko' is not a known mark"):
        read("alue,time,value,merkki\nMK18,2020,1,ennakko\n", flag="merkki")


def test_a_figure_that_stands_twice_is_named_by_both_rows() -> None:
    data = "alue,time,value\nMK18,2020M01,1\nMK01,2020M01,5\nMK18,2020-01,2\n"
    with pytest.raises(DataError, match="rows 2 and 4 are both of MK18, 2020M01; keep one"):
        read(data)


@pytest.mark.parametrize(
    ("data", "layout"),
    [
        ("alue,time,value,flag\nMK18,2020,1,\n", {}),
        ("alue,vuosi,arvo,time\nMK18,2020,1,x\n", {"time": "vuosi", "value": "arvo"}),
        ("alue,time,a,b,column\nMK18,2020,1,2,x\n", {"value": ["a", "b"]}),
    ],
)
def test_a_column_is_not_lost_under_one_of_ours(data: str, layout: dict[str, Any]) -> None:
    with pytest.raises(DataError, match="is none of those that the layout says"):
        read(data, **layout)


# --- areas --------------------------------------------------------------------------------------


def asked(**more: Any) -> Query:
    return Query(source="ryhma", table="t", region="Alue", **{"scheme": "name", **more})


def own(*names: str) -> pd.DataFrame:
    lines = [f"{name},{2000 + n},{n}" for n, name in enumerate(names)]
    return read("\n".join(["Alue,time,value", *lines]) + "\n")


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("Kainu", "is no region of the register; the nearest is Kainuu (MK18)"),
        ("Qqqqqqqq", "is no region of the register; no region is called 'Qqqqqqqq'; give a name"),
        ("Yhteensä", "leave the row of the total out, or call it by what it is the total of"),
        ("Total", "leave the row of the total out"),
        ("", "is no region: write one in every row"),
        ("MK18", "is Kainuu (MK18), but the query reads 'name' codes: write `scheme = \"auto\"`"),
    ],
)
def test_an_area_that_is_not_known_is_named_with_the_nearest(name: str, what: str) -> None:
    with pytest.raises(DataError, match=re.escape(what)) as caught:
        sheets.check(own("Kainuu", name), asked(), "own")
    assert str(caught.value).startswith(f"own: row 3, column 'Alue': '{name}' is ")


def test_known_areas_pass_whatever_the_division() -> None:
    found = own("Kainuu", "KOKO MAA", "Kajaani")
    for division in ("current", "as-published", 2015):
        sheets.check(found, asked(division=division), "own")
    sheets.check(found, asked(levels=("kunta",)), "own")
    sheets.check(found, Query(source="ryhma", table="t", region="=MK18"), "own")


def test_only_the_rows_that_a_query_selects_are_checked() -> None:
    found = read("Alue,Ryhmä,time,value\nKainuu,a,2020,1\nPohjola,b,2020,1\n")
    sheets.check(found, asked(select={"Ryhmä": "a"}), "own")
    with pytest.raises(DataError, match="row 3, column 'Alue': 'Pohjola'"):
        sheets.check(found, asked(select={"Ryhmä": ("a", "b")}), "own")


def test_the_carried_format_passes_as_it_is() -> None:
    layout = {"format": "long-csv"}
    frame = tables.parse(b"region,time,value\nMK18,2020,1\n", layout, "f")
    assert sheets.cells(frame, layout) is frame
    assert frame["value"].dtype == np.float64
