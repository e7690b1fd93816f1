"""Tables in files: read as they stand, refused where they are not what was declared."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from openpyxl import Workbook

from tilannekuva.errors import SourceError
from tilannekuva.sources import tables

LONG = b"region,tiedot,time,value,flag\nMK18,A,2020,1.5,\nMK18,B,2020,,:\nMK01,A,2021,0,p\n"


WIDE = {"time": "columns", "variables": ["Alue"]}


def workbook(*rows: list[Any], sheet: str = "Taul1", more: str | None = None) -> bytes:
    book = Workbook()
    page = book.active
    page.title = sheet
    for row in rows:
        page.append(row)
    if more:
        book.create_sheet(more)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# --- the carried format -------------------------------------------------------------------------


def test_long_csv_is_text_but_for_the_value() -> None:
    frame = tables.parse(LONG, {"format": "long-csv"}, "f.csv")
    assert list(frame.columns) == ["region", "tiedot", "time", "flag", "value"]
    assert frame["region"].tolist() == ["MK18", "MK18", "MK01"]
    assert frame["flag"].tolist() == ["", ":", "p"]
    assert frame["value"].dtype == np.float64
    assert np.isnan(frame["value"][1])
    assert frame["value"][2] == 0.0


def test_codes_that_look_like_numbers_or_nothing_stay_text() -> None:
    """005 is a municipality, NA is Namibia, NO is Norway and TRUE is a label."""
    data = b"region,time,value\n005,2020,1\nNA,2020,2\nNO,2020,3\nTRUE,2020,4\nnan,2020,5\n"
    frame = tables.parse(data, {"format": "long-csv"}, "f.csv")
    assert frame["region"].tolist() == ["005", "NA", "NO", "TRUE", "nan"]
    assert frame["flag"].tolist() == [""] * 5


def test_other_names_of_the_columns_are_declared() -> None:
    data = b"vuosi;x,arvo,merkki\n2020,1,p\n".replace(b";x", b"")
    layout = {"format": "long-csv", "time": "vuosi", "value": "arvo", "flag": "merkki"}
    frame = tables.parse(data, layout, "f.csv")
    assert (frame["time"][0], frame["flag"][0], frame["value"][0]) == ("2020", "p", 1.0)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"region,time,arvo\nMK18,2020,1\n", "has no 'value'"),
        (b"region,value\nMK18,1\n", "no time column"),
        (b"region,time,value\nMK18,2020,one\n", "not a table of the declared layout"),
        (b"region,time,value\nMK18,2020\n", "not a table of the declared layout"),
        (b"\xff\xfe\x00", "no 'value'"),
        (b"", "the file is empty"),
    ],
)
def test_a_file_of_another_layout_is_named(data: bytes, what: str) -> None:
    with pytest.raises(SourceError, match=what) as caught:
        tables.parse(data, {"format": "long-csv"}, "statfin/t/x.csv")
    assert str(caught.value).startswith("statfin/t/x.csv: ")


# --- sheets that people made --------------------------------------------------------------------


def test_csv_with_another_separator_encoding_and_head() -> None:
    data = "Otsikko\nAlue;Määrä\nMänttä;1,5\n".encode("latin-1")
    layout = {"format": "csv", "separator": ";", "encoding": "latin-1", "header": 2, **WIDE}
    frame = tables.parse(data, layout, "f.csv")
    assert frame.to_dict("records") == [{"Alue": "Mänttä", "Määrä": "1,5"}]


def test_csv_cells_stay_text_and_a_byte_order_mark_does_not_matter() -> None:
    layout = {"format": "csv", "time": "columns", "variables": ["alue"]}
    frame = tables.parse("\ufeffalue,2020\n005,NA\n".encode(), layout, "f.csv")
    assert frame.to_dict("records") == [{"alue": "005", "2020": "NA"}]


def test_excel_numbers_become_the_text_that_a_person_sees() -> None:
    data = workbook(["alue", 2020, 2021.0, None], ["Kajaani", 5, 5.25, "sivuhuomautus"], [None] * 4)
    layout = {"format": "xlsx", "time": "columns", "variables": ["alue"]}
    frame = tables.parse(data, layout, "f.xlsx")
    assert frame.to_dict("records") == [{"alue": "Kajaani", "2020": "5", "2021": "5.25"}]


def test_the_sheet_and_the_row_of_the_head_are_declared() -> None:
    data = workbook(["Otsikko"], [], ["alue", "time", "value"], ["Kajaani", 2020, 1], more="Toinen")
    layout = {"format": "xlsx", "sheet": "Taul1", "header": 3}
    assert tables.parse(data, layout, "f.xlsx")["alue"].tolist() == ["Kajaani"]


@pytest.mark.parametrize(
    ("data", "layout", "what"),
    [
        (workbook(["a"], ["b"]), {"sheet": "Puuttuu"}, "no sheet 'Puuttuu'; it has Taul1"),
        (workbook(["a"]), {"header": 5}, "row 5 has no column heads; mend `header`"),
        (workbook(["a", "a"], [1, 2]), {}, "two columns are called 'a'"),
        (workbook(["a"])[:300], {}, "not an Excel workbook, or a damaged one"),
        (b"alue,2020", {}, "not an Excel workbook"),
    ],
)
def test_a_sheet_that_does_not_fit_is_named(data: bytes, layout: dict[str, Any], what: str) -> None:
    with pytest.raises(SourceError, match=what):
        tables.parse(data, {"format": "xlsx", **layout}, "f.xlsx")


@pytest.mark.parametrize(
    ("data", "layout", "what"),
    [
        (
            "Alue,time,value\nMänttä,2020,1\n".encode("latin-1"),
            {},
            'row 2 has letters that are not utf-8; write `encoding = "windows-1252"` under',
        ),
        ("Alue,x\nMänttä,1\n".encode("utf-16"), {}, 'UTF-16; write `encoding = "utf-16"`'),
        ("Alue,x\n".encode("utf-16"), {"encoding": "windows-1252"}, 'write `encoding = "utf-16"`'),
        ("Alue,x\nMänttä,1\n".encode("utf-16-le"), {}, "letters that are not utf-8"),
        ("Alue,x\nOulu,1\n".encode("utf-16-le"), {}, "the file has zero bytes"),
        (
            "Alue,x\nMänttä,1\n".encode(),
            {"encoding": "windows-1252"},
            "the file is UTF-8 and not windows-1252; leave `encoding` out of the layout",
        ),
        (b"a,b\n", {"encoding": "utf9"}, "unknown encoding 'utf9'"),
        (b"a;time;value\n", {}, "row 1, the head, is one cell: 'a;time;value'"),
        (b"a;time;value\n", {}, 'write `separator = ";"` under [layout]'),
        (b"a\ttime\tvalue\n", {}, 'write `separator = "\\t"`'),
        (b"a,time,value\n", {"separator": ";"}, 'write `separator = ","`'),
        (b"a,time,value\n1,2,3\n1,2,3,5\n", {}, "row 3 has 4 cells and the head has 3"),
        (b'x\na,time,value\n1,2,"3\n', {"header": 2}, "row 3 is no row of cells"),
        (b"a,b\n", {"header": 4}, "row 4 has no column heads"),
        (b"", {}, "the file is empty"),
        (b"\xef\xbb\xbf\r\n", {}, "the file is empty"),
        (workbook(["a"]), {}, "this is an Excel file, not CSV"),
        (b"alue,tme,value\n1,2,3\n", {}, "it has alue, tme, value; did you mean 'tme'?"),
    ],
)
def test_a_csv_of_another_kind_than_declared_says_what_to_write(
    data: bytes, layout: dict[str, Any], what: str
) -> None:
    with pytest.raises(SourceError, match=re.escape(what)) as caught:
        tables.parse(data, {"format": "csv", **layout}, "f.csv")
    assert str(caught.value).startswith("f.csv: ")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8", "windows-1252"])
def test_declared_encodings_are_read(encoding: str) -> None:
    data = "Alue,time,value\nMänttä,2020,1\n".encode(encoding)
    frame = tables.parse(data, {"format": "csv", "encoding": encoding}, "f.csv")
    assert frame["Alue"].tolist() == ["Mänttä"]


def test_a_row_that_ends_early_has_empty_cells() -> None:
    """Excel leaves the last separators of a row out."""
    frame = tables.parse(b"a,time,value\n1,2\n", {"format": "csv"}, "f.csv")
    assert frame.to_dict("records") == [{"a": "1", "time": "2", "value": ""}]


def test_rows_are_counted_as_an_editor_counts_them() -> None:
    data = b'otsikko "vapaa\na,time,value\n"yksi\nkaksi",2020,1\n\nb,2021,2\n'
    frame = tables.parse(data, {"format": "csv", "header": 2}, "f.csv")
    assert frame.index.tolist() == [3, 6]
    assert frame.index.name == "row"


@pytest.mark.parametrize(
    ("layout", "what"),
    [
        ({"header": "first"}, "`header = 'first'` in the layout: write the number of the row"),
        ({"header": 0}, "`header = 0`"),
        ({"variables": "Alue"}, "write a list of column heads"),
        ({"decimal": ";"}, 'write "." or ","'),
        ({"separator": ";;"}, "write one character"),
        ({"sheet": 2024}, "write a text in quotation marks"),
        ({"value": []}, "write the head of the column, or a list of heads"),
        ({"value": ["a", "b"], "flag": "c"}, "the marks stand in the cells"),
        ({"value": ["a", "b"], "format": "long-csv"}, "the format is csv or xlsx"),
    ],
)
def test_a_layout_that_says_nothing_is_refused(layout: dict[str, Any], what: str) -> None:
    with pytest.raises(SourceError, match=re.escape(what)):
        tables.parse(b"a,time,value\n", {"format": "csv", **layout}, "f.csv")


@pytest.mark.parametrize(
    ("layout", "what"),
    [
        ({"time": "columns"}, "name the other columns"),
        (
            {"time": "columns", "variables": ["Kunta"]},
            "no column 'Kunta'; it has alue, time, value",
        ),
        ({"value": "arvo"}, "no column 'arvo'"),
        ({"time": "vuosi"}, "no column 'vuosi'"),
        ({"flag": "merkki"}, "no column 'merkki'"),
    ],
)
def test_a_layout_that_the_sheet_does_not_have_is_named(layout: dict[str, Any], what: str) -> None:
    with pytest.raises(SourceError, match=what):
        tables.parse(b"alue,time,value\nMK18,2020,1\n", {"format": "csv", **layout}, "own")


def test_a_misspelt_layout_does_not_pass_in_silence() -> None:
    with pytest.raises(SourceError, match="unknown key 'seperator'; did you mean 'separator'"):
        tables.parse(b"a;b\n", {"format": "csv", "seperator": ";"}, "f.csv")
    with pytest.raises(SourceError, match="unknown format 'ods'; known: long-csv, csv, xlsx"):
        tables.parse(b"", {"format": "ods"}, "f.ods")


# --- cells that only look empty, and sheets made for the eye --------------------------------------

OWN = {"format": "xlsx", "time": "Vuosi", "value": "Luku", "variables": ["Alue"]}
HEAD = ["Alue", "Vuosi", "Luku", "Huom"]


def made(change: Callable[[Any], None], *rows: list[Any]) -> bytes:
    """A workbook of the sheet 'Luvut' with something done to it by hand."""
    book = Workbook()
    page = book.active
    page.title = "Luvut"
    for row in rows:
        page.append(row)
    change(page)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rewritten(data: bytes, old: bytes, new: bytes) -> bytes:
    """The workbook with other bytes in its first sheet, where a pattern fits."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            if name.endswith("sheet1.xml"):
                content, times = re.subn(old, new, content)
                assert times == 1
            after.writestr(name, content)
    return out.getvalue()


def test_a_formula_without_a_stored_value_does_not_vanish() -> None:
    data = workbook(HEAD, ["Kainuu", 2020, 1], ["Kainuu", 2021, "=C2*2"], sheet="Luvut")
    with pytest.raises(SourceError) as caught:
        tables.parse(data, OWN, "oma.xlsx")
    assert str(caught.value).startswith(
        "oma.xlsx: sheet 'Luvut', cell C3: the formula has no stored value; open the file in Excel "
        "and save it"
    )


def test_a_formula_in_the_head_without_a_stored_value_does_not_vanish() -> None:
    data = workbook(["Alue", 2020, "=B1+1"], ["Kainuu", 1, 2], sheet="Luvut")
    with pytest.raises(SourceError, match="sheet 'Luvut', cell C1"):
        tables.parse(data, {"format": "xlsx", "time": "columns", "variables": ["Alue"]}, "f.xlsx")


def test_a_formula_beside_the_table_or_with_a_value_is_no_fault() -> None:
    rows = [["=1"], HEAD, ["Kainuu", 2020, 7, "=C3"]]
    assert tables.parse(workbook(*rows), {**OWN, "header": 2}, "f")["Luku"].tolist() == ["7"]
    data = workbook(HEAD, ["Kainuu", 2020, "=3+4"])
    stored = rewritten(data, rb"</f><v ?/>|</f><v></v>", b"</f><v>7</v>")
    assert tables.parse(stored, OWN, "f")["Luku"].tolist() == ["7"]
    empty = rewritten(data, b'<c r="C2"><f>', b'<c r="C2" t="str"><f>')
    assert tables.parse(empty, OWN, "f")["Luku"].tolist() == [""]


def test_cells_without_their_own_address_are_counted() -> None:
    data = workbook(HEAD, ["Kainuu", 2020, "=3+4"], sheet="Luvut")
    data = rewritten(data, b'<c r="C2">', b"<c>")
    with pytest.raises(SourceError, match="cell C2"):
        tables.parse(data, OWN, "f.xlsx")


@pytest.mark.parametrize(
    ("area", "header", "what"),
    [
        ("C1:D1", 1, "cells C1:D1: merged cells in the head"),
        ("A1:A2", 2, "cells A1:A2: merged cells in the head"),
        ("A3:A4", 1, "cells A3:A4: merged cells in the table"),
        ("B3:C3", 1, "cells B3:C3: merged cells in the table"),
    ],
)
def test_merged_cells_are_refused_by_their_place(area: str, header: int, what: str) -> None:
    rows = [HEAD, HEAD, ["Kainuu", 2020, 1], ["Lappi", 2020, 1]]
    data = made(lambda page: page.merge_cells(area), *rows)
    with pytest.raises(SourceError, match=f"sheet 'Luvut', {what}.*unmerge them"):
        tables.parse(data, {**OWN, "header": header}, "f.xlsx")


def test_a_merged_title_and_a_merged_note_are_no_fault() -> None:
    def change(page: Any) -> None:
        page.merge_cells("A1:D1")
        page.merge_cells("A4:D5")

    data = made(change, ["Otsikko"], HEAD, ["Kainuu", 2020, 1], ["Lähde: oma laskenta"])
    assert tables.parse(data, {**OWN, "header": 2}, "f")["Luku"].tolist() == ["1", ""]


def test_hidden_rows_and_columns_are_read_like_any_other() -> None:
    """A filter is for the eye; a figure must not hang on it."""

    def change(page: Any) -> None:
        page.row_dimensions[2].hidden = True
        page.column_dimensions["C"].hidden = True

    data = made(change, HEAD, ["Kainuu", 2020, 1], ["Kainuu", 2021, 2])
    assert tables.parse(data, OWN, "f")["Luku"].tolist() == ["1", "2"]


def test_rows_and_columns_made_by_formatting_are_nothing() -> None:
    def change(page: Any) -> None:
        for place in ("A9000", "ZZ3", "F1"):
            page[place].number_format = "0.00"

    data = made(change, HEAD, ["Kainuu", 2020, 1])
    frame = tables.parse(data, OWN, "f")
    assert frame.index.tolist() == [2]
    assert list(frame.columns) == HEAD


def test_a_wrong_word_of_the_size_does_not_cut_the_table() -> None:
    data = workbook(["Alue", "Vuosi", "Luku"], ["Kainuu", 2020, 1])
    data = rewritten(data, b'<dimension ref="A1:C2"', b'<dimension ref="A1:A1"')
    assert tables.parse(data, OWN, "f").to_dict("records") == [
        {"Alue": "Kainuu", "Vuosi": "2020", "Luku": "1"}
    ]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_number_under_no_head_is_refused_where_the_heads_are_periods(kind: str) -> None:
    data = b"Alue,2020,\nKainuu,1,2\n"
    if kind == "xlsx":
        data = workbook(["Alue", 2020], ["Kainuu", 1, 2])
    layout = {"format": kind, "time": "columns", "variables": ["Alue"]}
    with pytest.raises(SourceError, match="row 2: '2' stands in a column without a head"):
        tables.parse(data, layout, "f")


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an old .xls; open it in Excel"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "locked with a password; save a copy without one",
        ),
        (b"alue;2020\n", "if it is a text file, give it the ending .csv"),
        (b"", "the file is empty"),
    ],
)
def test_what_is_no_workbook_of_today_says_what_to_do(data: bytes, what: str) -> None:
    with pytest.raises(SourceError, match=what):
        tables.parse(data, OWN, "f.xlsx")


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"])
def test_a_damaged_part_of_a_workbook_is_one_error(part: str) -> None:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(HEAD, ["Kainuu", 2020, 1]))) as before,
        zipfile.ZipFile(out, "w") as after,
    ):
        for name in before.namelist():
            content = before.read(name)
            after.writestr(name, content[: len(content) // 2] if name == part else content)
    with pytest.raises(SourceError, match="or a damaged one"):
        tables.parse(out.getvalue(), OWN, "f.xlsx")


def test_a_month_that_excel_made_a_date_of_is_a_month_again() -> None:
    data = workbook(["Vuosi", "Alue", "Luku"], [dt.datetime(2024, 9, 1), "Kainuu", 2779])
    assert tables.parse(data, OWN, "oma.xlsx")["Vuosi"].tolist() == ["2024-09"]


@pytest.mark.parametrize(
    ("shown", "text"), [("yyyy", "2024"), ("mm/yyyy", "2024-01"), ("d.m.yyyy", "2024-01")]
)
def test_a_date_that_is_shown_as_a_year_is_a_year(shown: str, text: str) -> None:
    def change(page: Any) -> None:
        page["B2"].number_format = shown

    data = made(change, HEAD, ["Kainuu", dt.date(2024, 1, 1), 1])
    assert tables.parse(data, OWN, "f")["Vuosi"].tolist() == [text]
