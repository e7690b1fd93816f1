"""Tables in files: read as they stand, refused where they are not what was declared."""

from __future__ import annotations

import io
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
        (b"", "no 'value'"),
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
        (workbook(["a"]), {"header": 5}, "has no row 5"),
        (workbook(["a", "a"], [1, 2]), {}, "two columns are called 'a'"),
        (workbook(["a"])[:300], {}, "not an Excel workbook, or a damaged one"),
        (b"alue,2020", {}, "not an Excel workbook"),
    ],
)
def test_a_sheet_that_does_not_fit_is_named(data: bytes, layout: dict[str, Any], what: str) -> None:
    with pytest.raises(SourceError, match=what):
        tables.parse(data, {"format": "xlsx", **layout}, "f.xlsx")


@pytest.mark.parametrize(
    ("data", "layout"),
    [
        ("Mänttä,1\n".encode("latin-1"), {}),
        (b"a,b\n1,2,3\n1,2\n1,2,3,4\n", {}),
        (b"", {}),
        (b"a,b\n", {"encoding": "utf9"}),
        (b"a,b\n", {"header": "first"}),
    ],
)
def test_a_csv_that_cannot_be_read_says_what_to_check(data: bytes, layout: dict[str, Any]) -> None:
    with pytest.raises(SourceError, match="check encoding, separator and header"):
        tables.parse(data, {"format": "csv", **layout}, "f.csv")


def test_a_misspelt_layout_does_not_pass_in_silence() -> None:
    with pytest.raises(SourceError, match="unknown key 'seperator'; did you mean 'separator'"):
        tables.parse(b"a;b\n", {"format": "csv", "seperator": ";"}, "f.csv")
    with pytest.raises(SourceError, match="unknown format 'ods'; known: long-csv, csv, xlsx"):
        tables.parse(b"", {"format": "ods"}, "f.ods")


def test_a_month_that_excel_made_a_date_of_is_a_month_again() -> None:
    import datetime as dt
    import io

    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["Kuukausi", "Alue", "Luku"])
    book.active.append([dt.datetime(2024, 9, 1), "Kainuu", 2779])
    file = io.BytesIO()
    book.save(file)
    layout = {"format": "xlsx", "time": "Kuukausi", "value": "Luku"}
    frame = tables.parse(file.getvalue(), layout, "oma.xlsx")
    assert frame["Kuukausi"].tolist() == ["2024-09"]
