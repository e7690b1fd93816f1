"""PX files: what is in them is read, and what is wrong with them is said."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import itertools
import sys
from math import prod
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilannekuva.errors import DataError, SourceError
from tilannekuva.sources import _numbers, _px_data, px
from tilannekuva.sources._cube import MAX_CELLS, STATUS_TYPE
from tilannekuva.sources.px import read_px

HEAD = """CHARSET="ANSI";
AXIS-VERSION="2013";
CODEPAGE="iso-8859-15";
LANGUAGE="fi";
LANGUAGES="fi","sv";
DECIMALS=1;
SHOWDECIMALS=0;
TITLE="Väestö";
TITLE[sv]="Folkmängd";
CONTENTS="Väestö";
UNITS="henkilöä";
STUB="Alue","Vuosi";
STUB[sv]="Område","År";
HEADING="Tiedot";
HEADING[sv]="Uppgift";
CONTVARIABLE="Tiedot";
VARIABLECODE("Alue")="alue_23";
VALUES("Alue")="Kainuu","Lappi";
VALUES[sv]("Område")="Kajanaland","Lappland";
VALUES("Vuosi")="2023","2024*";
VALUES[sv]("År")="2023","2024*";
VALUES("Tiedot")="Väestö 31.12.","Osuus, %","Tulot*";
VALUES[sv]("Uppgift")="Folkmängd","Andel, %","Inkomst*";
TIMEVAL("Vuosi")=TLIST(A1),"2023","2024";
CODES("Alue")="MK18","MK19";
CODES("Tiedot")="vaesto","osuus","tulot";
UNITS("Väestö 31.12.")="lukumäärä";
UNITS("Osuus, %")="%";
UNITS[sv]("Andel, %")="procent";
PRECISION("Tiedot","Osuus, %")=1;
LAST-UPDATED("Väestö 31.12.")="20240401 08:00";
LAST-UPDATED("Osuus, %")="20250401 08:00";
SOURCE="Tilastokeskus";
SOURCE[sv]="Statistikcentralen";
MAP("Alue")="Alue 2024";
MATRIX="11re";
DATA=
"""
DATA = '1 2.5 -3\r\n4 ".." 5\n"..." "-" -\r\n6 7 8;\n'
WHOLE = HEAD + DATA


@pytest.fixture(scope="module")
def cubes() -> ModuleType:
    """The generator of the benchmarks."""
    place = Path(__file__).parents[2] / "benchmarks" / "cubes.py"
    if not place.is_file():
        pytest.skip("the benchmarks are not at hand")
    spec = importlib.util.spec_from_file_location("cubes_for_px", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def write(text: str, encoding: str = "iso-8859-15") -> bytes:
    return text.encode(encoding)


def small(data: str = "1 2", *, head: str = "", values: str = '"a","b"') -> bytes:
    """A table of one variable, with statements of one's own before it."""
    return write(f'CHARSET="ANSI";{head}STUB="x";VALUES("x")={values};DATA={data};')


def statuses(frame: pd.DataFrame) -> list[str]:
    return [str(s) for s in frame["status"]]


# --- the shape of the answer ---------------------------------------------------------------------


def test_a_row_a_cell_in_the_order_of_the_file() -> None:
    frame = read_px(write(WHOLE))
    assert list(frame.columns) == ["alue_23", "Vuosi", "Tiedot", "value", "status"]
    assert frame["alue_23"].tolist() == ["MK18"] * 6 + ["MK19"] * 6
    assert frame["Vuosi"].tolist() == (["2023"] * 3 + ["2024"] * 3) * 2
    assert frame["Tiedot"].tolist() == ["vaesto", "osuus", "tulot"] * 4
    expected = [1, 2.5, -3, 4, np.nan, 5, np.nan, 0, 0, 6, 7, 8]
    np.testing.assert_array_equal(frame["value"], expected)


def test_columns_are_categories_of_the_file_and_ours() -> None:
    frame = read_px(write(WHOLE))
    for name in ("alue_23", "Vuosi", "Tiedot"):
        assert isinstance(frame[name].dtype, pd.CategoricalDtype)
    assert frame["alue_23"].cat.categories.tolist() == ["MK18", "MK19"]
    assert frame["value"].dtype == np.float64
    assert frame["status"].dtype == STATUS_TYPE


def test_reasons_zeros_and_preliminary_periods() -> None:
    assert statuses(read_px(write(WHOLE))) == [
        "final", "final", "final", "preliminary", "not_applicable", "preliminary",
        "confidential", "final", "final", "preliminary", "preliminary", "preliminary",
    ]  # fmt: skip


def test_the_frame_may_be_written_to() -> None:
    frame = read_px(small("1 2"))
    frame.loc[0, "value"] = 5.0
    assert frame["value"].tolist() == [5.0, 2.0]


def test_path_bytes_and_open_file_give_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.px"
    path.write_bytes(write(WHOLE))
    expected = read_px(write(WHOLE))
    with path.open("rb") as file:
        for source in (path, str(path), bytearray(write(WHOLE)), memoryview(write(WHOLE)), file):
            pd.testing.assert_frame_equal(read_px(source), expected)


def test_what_cannot_be_opened_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.px"
    path.write_bytes(write(WHOLE))
    with path.open(encoding="latin-1") as file, pytest.raises(SourceError, match="binary"):
        read_px(file)  # type: ignore[arg-type]
    with pytest.raises(SourceError, match=r"no\.px: there is no such file"):
        read_px(tmp_path / "no.px")
    with pytest.raises(SourceError, match="cannot be read"):
        read_px(tmp_path)
    with pytest.raises(SourceError, match="not int"):
        read_px(5)  # type: ignore[call-overload]


# --- what stands beside the figures --------------------------------------------------------------


def test_words_in_every_language() -> None:
    _, info = read_px(write(WHOLE), info=True)
    assert info.languages == ("fi", "sv")
    assert (info.title, info["sv"].title) == ("Väestö", "Folkmängd")
    assert (info.source, info["sv"].source) == ("Tilastokeskus", "Statistikcentralen")
    assert info.names == {"alue_23": "Alue", "Vuosi": "Vuosi", "Tiedot": "Tiedot"}
    assert info["sv"].names["alue_23"] == "Område"
    assert info.labels["alue_23"] == {"MK18": "Kainuu", "MK19": "Lappi"}
    assert info["sv"].labels["alue_23"] == {"MK18": "Kajanaland", "MK19": "Lappland"}
    assert info.units == {"*": "henkilöä", "vaesto": "lukumäärä", "osuus": "%"}
    assert info["sv"].units == {"osuus": "procent"}
    with pytest.raises(DataError, match="no texts in 'en'; it has fi, sv"):
        info["en"]


def test_roles_periods_decimals_and_update() -> None:
    _, info = read_px(write(WHOLE), info=True)
    assert info.dimensions == ("alue_23", "Vuosi", "Tiedot")
    assert info.time == "Vuosi"
    assert info.roles == {"time": ("Vuosi",), "geo": ("alue_23",), "metric": ("Tiedot",)}
    assert info.periods == {"2023": "2023", "2024": "2024"}
    assert info.decimals == {"*": 0, "osuus": 1}
    assert info.updated == "20250401 08:00"
    assert info.extra["MATRIX"] == "11re"
    assert info.extra['LAST-UPDATED("Väestö 31.12.")'] == "20240401 08:00"


def test_marks_are_kept_as_they_stand() -> None:
    _, info = read_px(write(WHOLE), info=True)
    assert {mark: at.tolist() for mark, at in info.marks.items()} == {
        "..": [4], "...": [6], "-": [7, 8],
    }  # fmt: skip


def test_preliminary_star_in_the_text_of_a_period_only() -> None:
    """The asterisk of a content is a footnote; that of a period is stripped from text and code."""
    _, info = read_px(write(WHOLE), info=True)
    assert info.labels["Vuosi"] == {"2023": "2023", "2024": "2024"}
    assert info.labels["Tiedot"]["tulot"] == "Tulot*"


def test_preliminary_star_in_the_code_of_a_period() -> None:
    text = WHOLE.replace('CODES("Alue")', 'CODES("Vuosi")="2023","2024*";CODES("Alue")')
    frame, info = read_px(write(text), info=True)
    assert frame["Vuosi"].cat.categories.tolist() == ["2023", "2024"]
    assert statuses(frame)[3] == "preliminary"
    assert info.periods == {"2023": "2023", "2024": "2024"}


def test_final_and_preliminary_version_of_one_period_stay_apart() -> None:
    head = 'TIMEVAL("x")=TLIST(A1),"2024","2024";'
    frame = read_px(small("1 2", head=head, values='"2024","2024*"'))
    assert frame["x"].tolist() == ["2024", "2024*"]
    assert statuses(frame) == ["final", "preliminary"]


def test_notes_are_appended_not_overwritten() -> None:
    notes = """NOTE="eka";NOTE="toka";NOTEX="kolmas#rivi";NOTE[sv]="ett";
    NOTE("Alue")="alueesta";NOTE("Alue")="lisää alueesta";VALUENOTE("Alue","Lappi")="arvosta";
    VALUENOTEX("Vuosi","2024*")="ennakko";CELLNOTE("*","2023","Osuus, %")="solusta";
    CELLNOTE[sv]("Lappland","*","*")="cell";DATANOTECELL("MK19","*","osuus")=" (a";
    VALUENOTE("Puuttuu","a")="ei ketään";CELLNOTE("*","*","*")="kaikista";"""
    _, info = read_px(write(WHOLE.replace("DATA=", notes + "DATA=")), info=True)
    assert [(n.text, dict(n.at), n.mandatory) for n in info.notes] == [
        ("eka", {}, False),
        ("toka", {}, False),
        ("kolmas\nrivi", {}, True),
        ("alueesta", {"alue_23": "*"}, False),
        ("lisää alueesta", {"alue_23": "*"}, False),
        ("arvosta", {"alue_23": "MK19"}, False),
        ("ennakko", {"Vuosi": "2024"}, True),
        ("solusta", {"Vuosi": "2023", "Tiedot": "osuus"}, False),
        (" (a", {"alue_23": "MK19", "Tiedot": "osuus"}, False),
        ("ei ketään", {"Puuttuu": "a"}, False),
        ("kaikista", {"*": "*"}, False),
    ]
    assert [(n.text, dict(n.at)) for n in info["sv"].notes] == [
        ("ett", {}), ("cell", {"alue_23": "MK19"}),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("timeval", "values", "periods"),
    [
        ('TLIST(A1),"2023","2024"', ("2023", "2024"), ("2023", "2024")),
        ('TLIST(A1,"2023"-"2024")', ("v. 23", "v. 24"), ("2023", "2024")),
        ('TLIST(H1),"20231","20232"', ("2023H1", "2023H2"), ("2023H1", "2023H2")),
        ('TLIST(Q1,"20234"-"20241")', ("IV/23", "I/24"), ("2023Q4", "2024Q1")),
        ('TLIST(Q1),"2023K4","2024K1"', ("2023K4", "2024K1"), ("2023Q4", "2024Q1")),
        ('TLIST(M1),"202312","202401"', ("joulu", "tammi"), ("2023M12", "2024M01")),
        ('TLIST(M1,"202312"-"202401")', ("joulu", "tammi"), ("2023M12", "2024M01")),
        ('TLIST(W1),"202301","202302"', ("vk 1", "vk 2"), None),
        ('TLIST(W1,"202301"-"202302")', ("vk 1", "vk 2"), None),
        ('TLIST(A1),"2023"', ("2023", "2024"), ("2023", "2024")),
        ('"2023","2024"', ("2000-2002", "2003-2005"), ("2000/2002", "2003/2005")),
    ],
)
def test_periods_of_time(
    timeval: str, values: tuple[str, str], periods: tuple[str, str] | None
) -> None:
    quoted = ",".join(f'"{v}"' for v in values)
    _, info = read_px(small("1 2", head=f'TIMEVAL("x")={timeval};', values=quoted), info=True)
    assert info.time == "x"
    assert info.periods == (dict(zip(values, periods, strict=True)) if periods else {})


def test_variable_type_names_time_and_area() -> None:
    head = 'VARIABLE-TYPE("x")="Time";'
    assert read_px(small("1 2", head=head), info=True)[1].time == "x"
    head = 'VARIABLE-TYPE("x")="Geographical";'
    assert read_px(small("1 2", head=head), info=True)[1].roles == {"geo": ("x",)}


def test_language_is_unknown_where_the_file_does_not_say() -> None:
    _, info = read_px(small("1 2", head='TITLE="t";'), info=True)
    assert (info.languages, info.title) == (("und",), "t")


def test_the_main_language_may_be_tagged_too() -> None:
    text = 'LANGUAGES="sv","en";STUB[sv]="x";STUB[en]="y";VALUES[sv]("x")="a","b";' \
           'VALUES[en]("y")="c","d";TITLE[en]="t";VARIABLECODE[en]("y")="z";DATA=1 2;'  # fmt: skip
    frame, info = read_px(write(text), info=True)
    assert frame["z"].tolist() == ["a", "b"]
    assert info["en"].labels == {"z": {"a": "c", "b": "d"}}


def test_codes_given_in_another_language_only() -> None:
    text = 'LANGUAGE="fi";STUB="x";STUB[sv]="y";VALUES("x")="a","b";VALUES[sv]("y")="c","d";' \
           'CODES[sv]("y")="1","2";DATA=1 2;'  # fmt: skip
    assert read_px(write(text))["x"].tolist() == ["1", "2"]


# --- defects of real files: texts ----------------------------------------------------------------


def test_data_equals_inside_a_text() -> None:
    _, info = read_px(small("1 2", head='NOTE="muoto on\nDATA=1 2 3; DATA= ja;DATA=5";'), info=True)
    assert info.notes[0].text == "muoto on\nDATA=1 2 3; DATA= ja;DATA=5"


def test_semicolon_equals_and_commas_inside_a_text() -> None:
    frame, info = read_px(
        small("1 2", head='TITLE="a;b=c, d";', values='"k=1; l","m, n"'), info=True
    )
    assert frame["x"].tolist() == ["k=1; l", "m, n"]
    assert info.title == "a;b=c, d"


@pytest.mark.parametrize("end", ["\n", "\r\n", "  \r\n  ", " "])
def test_wrapped_text(end: str) -> None:
    frame, info = read_px(
        small(
            "1 2", head=f'TITLE="Väestö "{end}"alueit"{end}"tain";', values=f'"a"{end}"b",{end}"c"'
        ),
        info=True,
    )
    assert info.title == "Väestö alueittain"
    assert frame["x"].tolist() == ["ab", "c"]


def test_doubled_quotes() -> None:
    frame, info = read_px(
        small("1 2", head='TITLE="""Oma"" väki";', values='"""","a""b"'), info=True
    )
    assert info.title == '"Oma" väki'
    assert frame["x"].tolist() == ['"', 'a"b']


def test_empty_labels() -> None:
    text = 'STUB="x";HEADING="";VALUES("x")="","b","";CODES("x")="1","2","3";NOTE="";DATA=1 2 3;'
    frame, info = read_px(write(text), info=True)
    assert frame["x"].tolist() == ["1", "2", "3"]
    assert info.labels["x"] == {"1": "", "2": "b", "3": ""}
    assert read_px(small("1 2", values='"","b"'))["x"].tolist() == ["", "b"]


def test_windows_line_ends_and_a_dos_end_of_file() -> None:
    text = WHOLE.replace("\r\n", "\n").replace("\n", "\r\n") + "\x1a"
    pd.testing.assert_frame_equal(read_px(write(text)), read_px(write(WHOLE)))


def test_lower_case_and_blanks_around_everything() -> None:
    text = 'stub = "x" ;\n values ( "x" ) = "a" , "b" ;\n title [ sv ] = "t" ; Data = 1 2 ;'
    frame, info = read_px(write(text), info=True)
    assert frame["value"].tolist() == [1, 2]
    assert info["sv"].title == "t"


def test_hierarchies_and_words_are_read_over() -> None:
    head = 'HIERARCHIES("x")="a","a":"b";COPYRIGHT=YES;PRECISION("x","a")=2;ELIMINATION("x")=YES;'
    _, info = read_px(small("1 2", head=head), info=True)
    assert info.extra['HIERARCHIES("x")'] == ("a", "a:b")
    assert info.extra["COPYRIGHT"] == "YES"
    assert info.decimals == {}


# --- defects of real files: letters --------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "byte", "letter"),
    [
        ("iso-8859-15", b"\x92", "’"),  # StatFin declares it and writes Windows-1252
        ("ISO-8859-1", b"\x85", "…"),
        ("iso-8859-15", b"\xa4", "€"),
        ("iso-8859-1", b"\xa4", "¤"),
        ("iso-8859-15", b"\x81", "\x81"),
        ("windows-1252", b"\x80", "€"),
        ("windows-1257", b"\xf0", "š"),
        ("iso-8859-4", b"\xb1", "ą"),
        ("utf-8", b"\xe4", "ä"),
        ("utf-8", "ä".encode(), "ä"),
        ("iso-8859-15", "ä€".encode(), "ä€"),
        ("no such page", b"\xe4", "ä"),
        ("base64", b"\xe4", "ä"),
        ("shift_jis", b"\x83\x65", "テ"),
        ("cp850", b"\x84", "ä"),
    ],
)
def test_code_page_that_lies(declared: str, byte: bytes, letter: str) -> None:
    data = small("1 2", head=f'CODEPAGE="{declared}";TITLE="?";').replace(b"?", byte)
    assert read_px(data, info=True)[1].title == letter


def test_byte_order_mark() -> None:
    data = b"\xef\xbb\xbf" + WHOLE.encode()
    pd.testing.assert_frame_equal(read_px(data), read_px(write(WHOLE)))


@pytest.mark.parametrize("page", ["cp850", "cp1252"])
def test_old_file_without_charset(page: str) -> None:
    text = 'TITLE="Väestö Hyrynsalmella";STUB="x";VALUES("x")="Åmål","Örö";DATA=1 2;'
    frame, info = read_px(text.encode(page), info=True)
    assert info.title == "Väestö Hyrynsalmella"
    assert frame["x"].tolist() == ["Åmål", "Örö"]


# --- defects of real files: figures --------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "values"),
    [
        ("1E+3 -1e-2", [1000, -0.01]),
        ("+5 +.5", [5, 0.5]),
        ("5. .5", [5, 0.5]),
        ("-.5\t-0", [-0.5, 0]),
        ("\n\n 1 \r\n\r\n 2 \r\n", [1, 2]),
        ("1;2;", [1, 2]),  # some write a semicolon after each row
        ("1;\r\n2;;", [1, 2]),
        ("1,2", [1, 2]),
        ('"1" 2', [1, 2]),
        ("123456789012.25 1e15", [123456789012.25, 1e15]),
        ("- 1", [0, 1]),
        ('"-" 1', [0, 1]),
        ('"- " 1', [0, 1]),
    ],
)
def test_numbers_however_they_are_spelled(data: str, values: list[float]) -> None:
    frame = read_px(small(data))
    assert frame["value"].tolist() == values
    assert statuses(frame) == ["final", "final"]


def test_every_symbol_has_its_reason() -> None:
    dots = [f'"{"." * n}"' for n in range(1, 7)]
    data = " ".join([*dots, '"-"', '""', "....", "-"])
    values = ",".join(f'"{n}"' for n in range(10))
    frame = read_px(small(data, values=values))
    assert statuses(frame) == [
        "not_available", "not_applicable", "confidential", "not_available", "not_asked",
        "not_available", "final", "not_available", "not_available", "final",
    ]  # fmt: skip
    assert frame["value"].fillna(-1).tolist() == [-1] * 6 + [0, -1, -1, 0]


def test_unquoted_symbols_are_read_quickly_too() -> None:
    data = write(WHOLE.replace('"', '"').replace(DATA, "1 .. -3 - ... 5 . - -5 6 7 8;"))
    frame = read_px(data)
    assert frame["value"].fillna(-1).tolist() == [1, -1, -3, 0, -1, 5, -1, 0, -5, 6, 7, 8]
    assert statuses(frame)[1] == "not_applicable"
    assert statuses(frame)[4] == "confidential"


def test_renamed_symbols() -> None:
    """DATASYMBOLn says how dots are shown; some files hold what is shown."""
    head = 'DATASYMBOL3="salattu";DATASYMBOLNIL="nolla";'
    frame, info = read_px(
        small('"salattu" "..." "nolla"', head=head, values='"a","b","c"'), info=True
    )
    assert statuses(frame) == ["confidential", "confidential", "final"]
    assert frame["value"].tolist()[2] == 0
    assert info.symbols == {"...": "salattu", "-": "nolla"}


def test_unknown_mark_is_refused_until_its_meaning_is_given() -> None:
    data = small('1 "x x"')
    with pytest.raises(SourceError, match=r"cell 2 of 2 has the mark 'x x'.*marks="):
        read_px(data)
    assert statuses(read_px(data, marks={"x x": "suppressed"})) == ["final", "suppressed"]
    assert statuses(read_px(small('1 "-"'), marks={"-": "not_asked"}))[1] == "not_asked"


@pytest.mark.parametrize("side", ["STUB", "HEADING"])
def test_missing_stub_or_heading(side: str) -> None:
    frame = read_px(write(f'{side}="x","y";VALUES("x")="a","b";VALUES("y")="c";DATA=1 2;'))
    assert frame[["x", "y", "value"]].to_numpy().tolist() == [["a", "c", 1.0], ["b", "c", 2.0]]


def test_text_of_the_variable_without_a_code() -> None:
    assert "x" in read_px(small("1 2"))


def test_no_semicolon_at_the_end() -> None:
    whole = small("1 23").removesuffix(b";")
    assert read_px(whole + b"\n")["value"].tolist() == [1, 23]
    with pytest.raises(SourceError, match="half a number"):
        read_px(whole)


# --- keys ----------------------------------------------------------------------------------------


def keyed(rows: str, kind: str = "CODES") -> bytes:
    return write(
        'STUB="x","y";HEADING="z";VALUES("x")="A a","B";CODES("x")="a","b";VALUES("y")="1","2";'
        f'VALUES("z")="p","q";KEYS("x")={kind};KEYS("y")={kind};DATA={rows}'
    )


def test_keys_by_code_and_by_text() -> None:
    for kind, first in (("CODES", "a"), ("VALUES", "A a")):
        data = keyed(f'\r\n"{first}","2",1 ".." \r\n"B","1",3 -4;' if kind == "VALUES" else
                     f'\n"{first}","2",1 ".."\n"b","1",3 -4;', kind)  # fmt: skip
        frame = read_px(data)
        assert frame["value"].fillna(-1).tolist() == [0, 0, 1, -1, 3, -4, 0, 0]
        assert statuses(frame)[3] == "not_applicable"
        assert statuses(frame)[0] == "final"


def test_rows_left_out_are_zero() -> None:
    assert read_px(keyed(";"))["value"].tolist() == [0] * 8


def test_keys_in_any_order() -> None:
    frame = read_px(keyed('"b","2",7 8\n"a","1",1 2;'))
    assert frame["value"].tolist() == [1, 2, 0, 0, 0, 0, 7, 8]


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ('"a","1",1 2\n"c","1",3 4;', 'misspelled'),
        ('"a","1",1 2 3\n"b","1",3 4;', "too few or too many cells"),
        ('"a","1",1\n"b","1",3 4;', "neither a number nor|too few or too many|mark"),
        ('"a","1",1 2\n"a","1",3 4;', "given twice"),
        ('"a","1",1;', "expected 2 cells"),
        ('"a";', "no figures"),
        ('"a","1",1 2\n', "no ';'"),
        ('"a","1",1 2', "no ';'"),
    ],
)  # fmt: skip
def test_damaged_keys(rows: str, what: str) -> None:
    with pytest.raises(SourceError, match=what):
        read_px(keyed(rows))


def test_key_that_names_two_values() -> None:
    data = write(
        'STUB="x";HEADING="z";VALUES("x")="A","A";CODES("x")="1","2";VALUES("z")="p";'
        'KEYS("x")=VALUES;DATA="A",1;'
    )
    with pytest.raises(SourceError, match="names two values"):
        read_px(data)


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "there is no DATA="),
        (b"<html>", "line 1: near '<html>'"),
        (b"PK\x03\x04", "line 1"),
        (b'STUB="x";', "there is no DATA="),
        (small("1"), r"expected 2 cells \(2\), found 1 after DATA="),
        (small("1 2 3"), r"expected 2 cells \(2\), found 3 after DATA=; the file has another head"),
        (small(""), "expected 2 cells .* found 0"),
        (small('1 "2'), "stands among the figures"),
        (small("1 x"), "cell 2 is 'x', neither a number"),
        (small("1 nan"), "cell 2 is 'nan'"),
        (small("1 inf"), "cell 2 is 'inf'"),
        (small("1 0x1F"), "cell 2 is '0x1F'"),
        (small("1 1e999"), "cell 2 is too large"),
        (small('"1 2"'), "expected 2 cells .* found 1"),
        (small("1,5 2,5"), "found 4"),
        (small('1 2;NOTE="x"'), "cell 3 is 'NOTE='"),
        (write('NOTE="a" b";DATA=1;'), "line 1: .* a quotation mark stands inside a text"),
        (write('\n\nNOTE="a"b","c";STUB="x";DATA=1;'), "line 3: .* a quotation mark"),
        (write('A=1;\nB="a\nC="b";\nDATA=1;'), "line 2: .* a quotation mark"),
        (write('A=1;\nB="a'), "line 2: .* a quotation mark|no end"),
        (write("A=1;\nB 5;\nDATA=1;"), r"line 2: near 'B 5;.*not a statement"),
        (write("TITLE=5\n"), "TITLE has no end"),
        (write('TITLE="x";DATA=1;'), "neither STUB nor HEADING"),
        (write('STUB="x";DATA=1;'), r'there is no VALUES\("x"\)'),
        (write('STUB="x";VALUES("x")="a";CODES("x")="1","2";DATA=1;'), "1 VALUES .* 2 CODES"),
        (write('STUB="x";VALUES("x")="a";VALUES("x")="b";DATA=1;'), "line 1 and again"),
        (write('STUB="x","x";VALUES("x")="a";DATA=1;'), "two variables are called 'x'"),
        (small("1 2", values='"a","a"'), "the code 'a' stands twice in 'x'"),
        (write('STUB="value";VALUES("value")="a";DATA=1;'), "called 'value'"),
    ],
)
def test_refused(data: bytes, what: str) -> None:
    with pytest.raises(SourceError, match=what):
        read_px(data)


def test_texts_of_another_language_must_fit_the_codes() -> None:
    with pytest.raises(SourceError, match=r"'Område' has 1 VALUES \(sv\) and 2 CODES"):
        read_px(write(WHOLE.replace('"Kajanaland","Lappland"', '"Kajanaland"')))


def test_head_that_promises_more_than_any_table_has() -> None:
    names = [f"v{n}" for n in range(8)]
    assert MAX_CELLS < 20**8
    values = ",".join(f'"{n}"' for n in range(20))
    text = "STUB=" + ",".join(f'"{n}"' for n in names) + ";"
    text += "".join(f'VALUES("{n}")={values};' for n in names)
    with pytest.raises(SourceError, match="cells; take the table in parts"):
        read_px(write(text + "DATA=1;"))


def test_cut_at_any_byte_it_is_refused_or_whole() -> None:
    """A download that broke never gives a figure that is not the publisher's."""
    whole = write(WHOLE)
    expected = read_px(whole)
    for stop in range(len(whole)):
        try:
            frame = read_px(whole[:stop])
        except SourceError:
            continue
        assert not whole[stop:].strip(b" \r\n;"), stop
        pd.testing.assert_frame_equal(frame, expected)


# --- round trips ---------------------------------------------------------------------------------

TEXT = st.text(st.sampled_from("abÄö€ \";=,()[]:-.*#'\\DATA=5"), max_size=8)
CELL = st.one_of(
    st.integers(-(10**6), 10**6).map(str),
    st.floats(allow_nan=False, allow_infinity=False, width=32).map(repr),
    st.sampled_from(['"."', '".."', '"..."', '"-"', "-", "..", "1E+3", "+5", ".5", '"....."']),
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[tuple[str, list[str]]], int, list[str], str]:
    names = draw(st.lists(TEXT.filter(bool), min_size=1, max_size=4, unique=True))
    names = [n for n in names if n not in ("value", "status")] or ["x"]
    variables = [
        (n, draw(st.lists(TEXT, min_size=1, max_size=4, unique=True))) for n in names
    ]  # fmt: skip
    cells = prod(len(codes) for _, codes in variables)
    data = draw(st.lists(CELL, min_size=cells, max_size=cells))
    return variables, draw(st.integers(0, len(names))), data, draw(st.sampled_from(["\n", "\r\n"]))


def quoted(text: str, end: str) -> str:
    """A text with its quotation marks doubled, cut in two where it may be."""
    half = len(text) // 2
    if len(text) > 4 and '"' not in text[half - 1 : half + 1]:
        return f"{quoted(text[:half], end)}{end}{quoted(text[half:], end)}"
    return '"' + text.replace('"', '""') + '"'


@given(tables())
def test_what_is_written_is_read(
    table: tuple[list[tuple[str, list[str]]], int, list[str], str],
) -> None:
    variables, stubs, cells, end = table
    lines = ['CHARSET="ANSI";CODEPAGE="iso-8859-15";NOTE="DATA=1;";']
    for keyword, part in (("STUB", variables[:stubs]), ("HEADING", variables[stubs:])):
        if part:
            lines.append(f"{keyword}={','.join(quoted(n, end) for n, _ in part)};")
    for name, codes in variables:
        key = name.replace('"', '""')
        lines.append(f'VALUES("{key}")=' + f",{end}".join(quoted(c, end) for c in codes) + ";")
    data = end.join([*lines, f"DATA={end}"]) + f" {end}".join(cells) + ";" + end
    frame, info = read_px(data.encode("iso-8859-15"), info=True)
    assert list(frame.columns) == [*(n for n, _ in variables), "value", "status"]
    keys = list(itertools.product(*(codes for _, codes in variables)))
    assert [tuple(map(str, row)) for row in frame.iloc[:, :-2].to_numpy().tolist()] == keys
    for cell, value, status in zip(cells, frame["value"], statuses(frame), strict=True):
        bare = cell.strip('"')
        if bare == "-":
            assert (value, status) == (0.0, "final")
        elif bare.strip("."):
            assert (value, status) == (float(bare), "final")
        else:
            assert np.isnan(value)
            assert status not in ("final", "preliminary")
    assert info.notes[0].text == "DATA=1;"


@given(st.lists(CELL, min_size=1, max_size=30))
def test_the_quick_and_the_careful_way_agree(cells: list[str]) -> None:
    data = f"DATA={' '.join(cells)} ;".encode()
    quick = _px_data._quick(data, 5, len(data) - 2, len(cells))
    slow = _px_data._slow(data[5:-1].decode(), "f.px")
    if quick is not None:
        np.testing.assert_array_equal(quick.values, slow.values)
        assert {m: at.tolist() for m, at in quick.marks.items()} == {
            m: at.tolist() for m, at in slow.marks.items()
        }


def test_the_quick_way_takes_the_usual_spelling() -> None:
    for body, cells in ((b'1 2.5 ".." -3\r\n4 "-"', 6), (b"1 .. -3 - 5", 5), (b"1 2;3 4", 4)):
        assert _px_data._quick(b"DATA=" + body + b";", 5, 5 + len(body), cells) is not None


@pytest.mark.parametrize("body", ['5"." ..', '"."5 ..', '"1""." 2', '".""." .', '"1 2" .. ..'])
def test_marks_against_something_else_are_not_read_quickly(body: str) -> None:
    data = f"DATA={body} ;".encode()
    for cells in (1, 2, 3):
        assert _px_data._quick(data, 5, len(data) - 2, cells) is None


# --- the figures of the benchmark ----------------------------------------------------------------


@pytest.mark.parametrize("keys", [False, True])
@pytest.mark.parametrize("cells", [1, 7, 60, 1000, 20_000])
def test_synthetic_cubes_come_back(cubes: ModuleType, cells: int, keys: bool) -> None:
    cube = cubes.make(cells, gaps=0.2)
    frame = read_px(cubes.px(cube, keys=keys))
    np.testing.assert_array_equal(frame["value"], cube.values)
    reasons = {"": "final", ".": "not_available", "..": "not_applicable", "...": "confidential"}
    expected = np.array([reasons[m] for m in cubes.MARKS])[cube.marks]
    years = frame["timeperiod_y"].astype(str).to_numpy()
    expected[(years == years[-1]) & (cube.marks == 0)] = "preliminary"
    assert statuses(frame) == expected.tolist()
    places = np.unravel_index(np.arange(len(frame)), cube.sizes)
    for axis, place in zip(cube.axes, places, strict=True):
        assert frame[axis.code].tolist() == np.array(axis.codes)[place].tolist()


def test_a_large_file_is_read_in_pieces(cubes: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    data = cubes.px(cubes.make(1000, gaps=0.2))
    whole = read_px(data)
    for size in (7, 64, 1000):
        monkeypatch.setattr(_numbers, "_PIECE", size)
        pd.testing.assert_frame_equal(read_px(data), whole)


# --- real recorded files -------------------------------------------------------------------------

UTF8 = {"pyaxis_1001.px"}
"""Files whose bytes are UTF-8, whatever they declare."""
PEER_IS_WRONG = {
    "pxweb-example_BE0101F1errorValues.px":
        "a stray quotation mark in a value; pyaxis loses the variable and fails",
    "pxweb-example_BE0101F1symbnotkeys.px":
        "KEYS: pyaxis takes the keys for figures and fails; the same table stands in symbnot.px",
}  # fmt: skip


def recorded(shared: Path) -> list[Path]:
    return sorted((shared / "recorded" / "px").glob("*.px"))


def test_recorded_files_agree_with_pyaxis(shared: Path) -> None:
    pyaxis = pytest.importorskip("pyaxis.pyaxis")
    files = [f for f in recorded(shared) if f.name not in PEER_IS_WRONG]
    assert len(files) > 20
    for file in files:
        frame, info = read_px(file, info=True)
        with contextlib.redirect_stdout(io.StringIO()):
            peer = pyaxis.parse(
                str(file),
                encoding="utf-8" if file.name in UTF8 else "iso-8859-15",
            )["DATA"]
        figures = pd.to_numeric(peer["DATA"], errors="coerce").to_numpy()
        nil = peer["DATA"].astype(str).str.strip('"').to_numpy() == "-"
        np.testing.assert_array_equal(np.where(nil, 0.0, figures), frame["value"], file.name)
        for name, text in info.names.items():
            texts = frame[name].astype(str).map(info.labels[name]).tolist()
            theirs = peer[text.strip()]  # pyaxis takes the blank off "sexo "
            if name == info.time:
                theirs = theirs.str.removesuffix("*")
            assert texts == theirs.tolist(), (file.name, name)


def test_recorded_file_with_a_stray_quotation_mark(shared: Path) -> None:
    file = shared / "recorded" / "px" / "pxweb-example_BE0101F1errorValues.px"
    with pytest.raises(SourceError, match=r'line 18: .*00 S"weden'):
        read_px(file)


def test_recorded_file_with_keys(shared: Path) -> None:
    folder = shared / "recorded" / "px"
    keys, plain = (
        read_px(folder / f"pxweb-example_BE0101F1{name}.px") for name in ("symbnotkeys", "symbnot")
    )
    pd.testing.assert_frame_equal(keys, plain)


def test_recorded_files_the_careful_way(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [f for f in recorded(shared) if f.stat().st_size < 100_000 and "error" not in f.name]
    quick = [read_px(f) for f in files]
    monkeypatch.setattr(_px_data, "_quick", lambda *_: None)
    for file, expected in zip(files, quick, strict=True):
        pd.testing.assert_frame_equal(read_px(file), expected, obj=file.name)


def test_recorded_words(shared: Path) -> None:
    folder = shared / "recorded" / "px"
    frame, info = read_px(folder / "statfin_tyonv_eckero.px", info=True)
    assert info.languages == ("fi", "sv", "en")
    assert info.time == "Kuukausi"
    assert info.periods["2024M01"] == "2024M01"
    assert set(statuses(frame)) == {"final", "confidential"}
    _, swedish = read_px(folder / "pxweb-example_officialstatistics.px", info=True)
    assert [n.text for n in swedish["sv"].notes][-1] == "Cellnot för utflyttade 20 år."


def test_parse_is_what_the_public_reader_calls() -> None:
    cube = px.parse(write(WHOLE), "f.px")
    assert cube.info.where == "f.px"
    pd.testing.assert_frame_equal(cube.frame(), read_px(write(WHOLE)))
