"""PxWeb's JSON and CSV: what pandas makes of them by hand, and no answer of another kind."""

from __future__ import annotations

import importlib.util
import io
import itertools
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilannekuva.errors import SourceError
from tilannekuva.sources import _pxweb_json
from tilannekuva.sources._cube import Note
from tilannekuva.sources.pxweb import CONTENTS, HEADING, read_pxweb_json

ROOT = Path(__file__).parent.parent.parent
RECORDED = ROOT.parent / "shared" / "recorded" / "pxweb_v1"

COLUMNS = [
    {"code": "alue_23_20260101", "text": "Alue", "type": "d"},
    {"code": "timeperiod_y", "text": "Vuosi", "type": "t"},
    {"code": "vaesto", "text": "Väestö 31.12.", "type": "c"},
    {"code": "osuus", "text": "Osuus, %", "type": "c"},
]
DATA = [
    {"key": ["MK18", "2024"], "values": ["71255", "."]},
    {"key": ["MK18", "2025"], "values": ["-", "-0.5"]},
    {"key": ["SSS", "2024"], "values": ["...", ".."]},
    {"key": ["SSS", "2025"], "values": ["5603851", "100.0"]},
]
ABOUT = [{"infofile": "vaerak", "updated": "2025-06-03T05.00.00Z", "label": "Väestö",
          "source": "Tilastokeskus, väestörakenne"}]  # fmt: skip
ROWS = [
    ("MK18", "2024", "vaesto", 71255.0, "final"),
    ("MK18", "2024", "osuus", None, "not_available"),
    ("MK18", "2025", "vaesto", 0.0, "final"),
    ("MK18", "2025", "osuus", -0.5, "final"),
    ("SSS", "2024", "vaesto", None, "confidential"),
    ("SSS", "2024", "osuus", None, "not_applicable"),
    ("SSS", "2025", "vaesto", 5603851.0, "final"),
    ("SSS", "2025", "osuus", 100.0, "final"),
]


def answer(**more: Any) -> bytes:
    """A PxWeb JSON answer, spelled as the server spells it."""
    whole = {"columns": COLUMNS, "comments": [], "data": DATA, "metadata": ABOUT, **more}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def rows(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Rows as plain values; a missing number is None."""
    plain = frame.astype(object)
    return [tuple(r) for r in plain.where(plain.notna(), None).itertuples(index=False)]


@pytest.fixture(scope="module")
def recorded() -> Path:
    if not RECORDED.is_dir():
        pytest.skip("the recorded answers are not at hand: ../shared/recorded")
    return RECORDED


@pytest.fixture(scope="module")
def cubes() -> ModuleType:
    """The generator of the benchmarks."""
    place = ROOT / "benchmarks" / "cubes.py"
    if not place.is_file():
        pytest.skip("the benchmarks are not at hand")
    found = importlib.util.spec_from_file_location("synthetic_cubes", place)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules[found.name] = module  # the dataclasses in it ask for their module
    found.loader.exec_module(module)
    return module


# --- JSON ----------------------------------------------------------------------------------------


def test_json_rows_become_a_row_a_figure() -> None:
    frame, info = read_pxweb_json(answer(), info=True)
    assert list(frame.columns) == ["alue_23_20260101", "timeperiod_y", CONTENTS, "value", "status"]
    assert rows(frame) == ROWS
    assert frame["value"].dtype == np.float64
    assert (info.title, info.source) == ("Väestö", "Tilastokeskus, väestörakenne")
    assert info.names == {"alue_23_20260101": "Alue", "timeperiod_y": "Vuosi"}
    assert info.labels == {CONTENTS: {"vaesto": "Väestö 31.12.", "osuus": "Osuus, %"}}
    assert (info.time, info.periods["2025"]) == ("timeperiod_y", "2025")
    assert {mark: at.tolist() for mark, at in info.marks.items()} == {
        "-": [2], ".": [1], "..": [5], "...": [4],
    }  # fmt: skip
    assert info.extra == {"infofile": "vaerak"}


def test_finnish_clock_in_the_time_of_update() -> None:
    """StatFin's Finnish answers write 05.00.00 where a time has 05:00:00."""
    assert read_pxweb_json(answer(), info=True)[1].updated == "2025-06-03T05:00:00Z"
    right = [{"updated": "2026-04-01T05:00:00Z"}]
    assert read_pxweb_json(answer(metadata=right), info=True)[1].updated == "2026-04-01T05:00:00Z"
    assert read_pxweb_json(answer(metadata=[{}]), info=True)[1].updated is None


def test_the_latest_of_several_updates() -> None:
    parts = [{"updated": "2026-04-01T05.00.00Z"}, {"updated": "2025-04-01T05.00.00Z"}]
    assert read_pxweb_json(answer(metadata=parts), info=True)[1].updated == "2026-04-01T05:00:00Z"


@pytest.mark.parametrize(
    ("mark", "value", "status"),
    [
        (".", None, "not_available"), ("..", None, "not_applicable"), ("...", None, "confidential"),
        ("....", None, "not_available"), (".....", None, "not_asked"), ("-", 0.0, "final"),
        ("......", None, "not_available"), ("", None, "not_available"),
    ],
)  # fmt: skip
def test_marks(mark: str, value: float | None, status: str) -> None:
    data = [{"key": ["MK18", "2024"], "values": [mark, "1"]}]
    assert rows(read_pxweb_json(answer(data=data)))[0][3:] == (value, status)


def test_marks_that_a_table_uses_in_its_own_way() -> None:
    frame = read_pxweb_json(answer(), marks={"..": "suppressed"})
    assert frame["status"][5] == "suppressed"
    data = [{"key": ["MK18", "2024"], "values": ["x", "1"]}]
    assert read_pxweb_json(answer(data=data), marks={"x": "not_asked"})["status"][0] == "not_asked"


def test_preliminary_period_in_the_code_of_time() -> None:
    data = [{"key": ["MK18", "2024"], "values": ["1", "2"]},
            {"key": ["MK18", "2025*"], "values": ["3", ".."]}]  # fmt: skip
    frame, info = read_pxweb_json(answer(data=data), info=True)
    assert rows(frame)[2:] == [
        ("MK18", "2025", "vaesto", 3.0, "preliminary"),
        ("MK18", "2025", "osuus", None, "not_applicable"),
    ]
    assert info.periods == {"2024": "2024", "2025": "2025"}


def test_a_period_with_and_without_asterisk_stands_twice() -> None:
    data = [{"key": ["MK18", y], "values": ["1", "2"]} for y in ("2025", "2025*")]
    with pytest.raises(SourceError, match=r"two rows are about .*timeperiod_y=2025"):
        read_pxweb_json(answer(data=data))


def test_notes_of_columns_and_of_codes() -> None:
    columns = [{**COLUMNS[0], "comment": "Aluejako 2026"}, COLUMNS[1],
               {**COLUMNS[2], "comment": "31.12."}, COLUMNS[3]]  # fmt: skip
    comments = [{"variable": "alue_23_20260101", "value": "MK18", "comment": "Ilman Vaalaa"}]
    info = read_pxweb_json(answer(columns=columns, comments=comments), info=True)[1]
    assert info.notes == (
        Note("Aluejako 2026", {"alue_23_20260101": "*"}),
        Note("31.12.", {CONTENTS: "vaesto"}),
        Note("Ilman Vaalaa", {"alue_23_20260101": "MK18"}),
    )


def test_everything_eliminated_but_the_contents() -> None:
    data = [{"key": [], "values": ["7", "8"]}]
    frame = read_pxweb_json(answer(columns=COLUMNS[2:], data=data))
    assert rows(frame) == [("vaesto", 7.0, "final"), ("osuus", 8.0, "final")]
    with pytest.raises(SourceError, match="several rows and no variable"):
        read_pxweb_json(answer(columns=COLUMNS[2:], data=data * 2))


def test_no_rows_at_all() -> None:
    assert len(read_pxweb_json(answer(data=[]))) == 0


def test_old_servers_send_no_metadata() -> None:
    whole = json.loads(answer())
    del whole["metadata"]
    data = json.dumps(whole, separators=(",", ":")).encode()
    assert rows(read_pxweb_json(data)) == ROWS


@pytest.mark.parametrize(
    "spelled",
    [
        lambda whole: json.dumps(whole),
        lambda whole: json.dumps(whole, indent=2),
        lambda whole: json.dumps(dict(reversed(whole.items())), separators=(",", ":")),
        lambda whole: answer().decode().replace('"SSS"', r'"\u0053SS"'),
        lambda whole: answer().decode().replace('"71255"', "71255"),
        lambda whole: answer().decode().replace('"."', "null", 1),
        lambda whole: "\ufeff" + answer().decode(),
    ],
    ids=["blanks", "indented", "turned", "escape", "numbers", "null", "mark"],
)
def test_other_spellings_say_the_same(spelled: Any) -> None:
    assert rows(read_pxweb_json(spelled(json.loads(answer())).encode())) == ROWS


def test_latin_bytes_under_a_wrong_charset() -> None:
    """The head of the answer said UTF-8; the bytes are the code page of the table."""
    info = read_pxweb_json(answer().decode().encode("iso-8859-15"), info=True)[1]
    assert info.title == "Väestö"


def test_codes_may_hold_anything_that_looks_like_structure() -> None:
    hard = ['],"values":[', "},{", ",", "é€", "a,b", "[", '"key":[', " ", "NA", "005"]
    data = [{"key": [code, "2024"], "values": ["1", "2"]} for code in hard]
    for spelled in (answer(data=data), answer(data=[d for d in data if '"' not in d["key"][0]])):
        frame = read_pxweb_json(spelled)
        wanted = [d["key"][0] for d in json.loads(spelled)["data"]]
        assert frame["alue_23_20260101"].astype(str)[::2].tolist() == wanted


def test_path_and_file(tmp_path: Path) -> None:
    place = tmp_path / "11re.json"
    place.write_bytes(answer())
    for source in (place, io.BytesIO(answer())):
        pd.testing.assert_frame_equal(read_pxweb_json(source), read_pxweb_json(answer()))


def changed(row: int, **more: Any) -> bytes:
    return answer(data=[{**d, **more} if n == row else d for n, d in enumerate(DATA)])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            changed(2, values=["x", "1"]),
            r"row 3 \(SSS, 2024\): 'x' is neither a number nor a known",
        ),
        (changed(2, values=["1*", "1"]), r"'1\*' is neither a number nor a known mark"),
        (changed(2, values=["nan", "1"]), r"'nan' is neither a number nor a known mark"),
        (changed(2, values=["1 234", "1"]), r"'1 234' is neither a number"),
        (changed(2, values=["1e999", "1"]), r"too large to be a number"),
        (changed(2, values=[True, "1"]), r"row 3 has a figure that is none"),
        (changed(2, values=["1"]), r"row 3 has \['1'\] for 'values' where the columns want 2"),
        (changed(2, key=["SSS"]), r"row 3 has \['SSS'\] for 'key' where the columns want 2"),
        (changed(2, key=["SSS"], values=["2024", "1", "2"]), r"row 3 has \['SSS'\] for 'key'"),
        (changed(2, key=["SSS", 2024]), r"row 3 has a code that is no text"),
        (changed(2, more=1), r"row 3 is .* not a key and values"),
        (changed(2, key=["MK18", "2024"]), r"two rows are about .*=MK18, timeperiod_y=2024"),
        (answer(columns=[*COLUMNS[:2], COLUMNS[2], COLUMNS[2]]), r"'vaesto' stands twice in"),
        (answer(columns=[COLUMNS[0], COLUMNS[0], *COLUMNS[2:]]), r"two columns are called 'alue"),
        (answer(columns=[COLUMNS[2], *COLUMNS[:2], COLUMNS[3]]), r"contents do not come last"),
        (answer(columns=[{"code": "x"}]), r"the columns cannot be read"),
        (answer(columns=[{"type": "c"}]), r"the columns cannot be read"),
        (answer(columns=COLUMNS[:2]), r"the columns cannot be read"),
        (answer(columns="x"), r"the columns cannot be read"),
        (answer(data="x"), r"no PxWeb answer with columns and data"),
        (answer(metadata=["x"], comments="x", data=[1]), r"row 1 is 1, not a key and values"),
        (b'{"data":' + b"[" * 200_000, r"not JSON"),
        (answer()[:-20], r"not JSON .* is cut off"),
        (b'{"error":"Parameter error"}', r"answers with an error: Parameter error"),
        (b'{"class":"dataset","value":[]}', r"this is JSON-stat; read it with read_jsonstat"),
        (b'{"title":"x","variables":[]}', r"this is a table's metadata"),
        (b'{"query":[]}', r"this is a query"),
        (b'[{"dbid":"StatFin"}]', r"no PxWeb answer with columns and data"),
        (b'CHARSET="ANSI";AXIS-VERSION="2013";', r"this is a PX file; read it with read_px"),
        (b"<!DOCTYPE html><html>403</html>", r"a web page, not figures"),
        (b"Bad Request", r"no PxWeb answer, its first line is 'Bad Request'"),
    ],
)
def test_what_is_wrong_is_named(data: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        read_pxweb_json(data)


def test_cut_off_anywhere_is_refused() -> None:
    data = answer()
    for end in range(len(data)):
        with pytest.raises(SourceError):
            read_pxweb_json(data[:end])


TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=6
)
CELL = st.sampled_from([".", "..", "...", "-"]) | st.integers(-999, 10**9).map(str) | st.floats(
    -1e9, 1e9
).map(lambda x: f"{x:.2f}")  # fmt: skip


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[list[str]], list[str], list[list[str]]]:
    """Codes of each variable of the key, contents, and cells a row."""
    codes = draw(st.lists(st.lists(TEXT, min_size=1, max_size=3, unique=True), max_size=3))
    contents = draw(st.lists(TEXT, min_size=1, max_size=3, unique=True))
    height = int(np.prod([len(c) for c in codes]))
    row = st.lists(CELL, min_size=len(contents), max_size=len(contents))
    return codes, contents, [draw(row) for _ in range(height)]


def expected(codes: list[list[str]], contents: list[str], cells: list[list[str]]) -> list[Any]:
    gaps = {".": "not_available", "..": "not_applicable", "...": "confidential"}
    keyed = itertools.product(*codes)
    return [
        (*key, name, 0.0 if cell == "-" else None if cell in gaps else float(cell),
         gaps.get(cell, "final"))
        for key, row in zip(keyed, cells, strict=True)
        for name, cell in zip(contents, row, strict=True)
    ]  # fmt: skip


@given(tables(), st.booleans(), st.booleans())
def test_what_is_written_as_json_is_read_back(table: Any, compact: bool, ascii_only: bool) -> None:
    codes, contents, cells = table
    columns = [{"code": f"v{n}", "text": "x", "type": "d"} for n in range(len(codes))]
    columns += [{"code": c, "text": "x", "type": "c"} for c in contents]
    data = [{"key": list(k), "values": v}
            for k, v in zip(itertools.product(*codes), cells, strict=True)]  # fmt: skip
    whole = {"columns": columns, "comments": [], "data": data, "metadata": []}
    separators = (",", ":") if compact else (", ", ": ")
    text = json.dumps(whole, ensure_ascii=ascii_only, separators=separators)
    assert rows(read_pxweb_json(text.encode())) == expected(codes, contents, cells)


def test_the_usual_spelling_takes_no_parser() -> None:
    assert _pxweb_json._by_place(answer(), {"", *_pxweb_json.MARKS}) is not None


def test_a_generated_answer_comes_back_whole(cubes: ModuleType) -> None:
    cube = cubes.make(20_000, gaps=0.2)
    data = cubes.pxweb_json(cube)
    frame = read_pxweb_json(data)
    np.testing.assert_array_equal(frame["value"], cube.values)
    gaps = np.array(["final", "not_available", "not_applicable", "confidential"])
    assert frame["status"].tolist() == gaps[cube.marks].tolist()
    # By hand: the parser, a frame of the rows, melted; the figures of a row then stand apart.
    parsed = json.loads(data)
    names = [c["code"] for c in parsed["columns"]]
    wide = pd.DataFrame([r["key"] + r["values"] for r in parsed["data"]], columns=names)
    melted = wide.melt(id_vars=names[:-2], value_vars=names[-2:], var_name=CONTENTS)
    order = [*names[:-2], CONTENTS]
    theirs = melted.set_index(order)["value"]
    ours = frame.astype(dict.fromkeys(order, str)).set_index(order)["value"]
    theirs = pd.to_numeric(theirs, errors="coerce").reindex(ours.index)
    np.testing.assert_array_equal(ours, theirs)


# --- CSV -----------------------------------------------------------------------------------------

CSV = (
    '"Alue","2024 Väestö","2025* Väestö"\r\n'
    '"MK18 Kainuu",71255,..\r\n'
    '"KOKO MAA",5603851,-\r\n'
)  # fmt: skip
CSV2 = (
    '"Alue","Vuosi","Väestö"\r\n'
    '"MK18 Kainuu","2024",71255\r\n"MK18 Kainuu","2025*",..\r\n'
    '"KOKO MAA","2024",5603851\r\n"KOKO MAA","2025*",7.5\r\n'
)
CSV3 = CSV2.replace('"Alue","Vuosi","Väestö"', '"alue_23_20260101","timeperiod_y","11re"').replace(
    "MK18 Kainuu", "MK18"
)


def test_csv_has_the_heading_side_by_side() -> None:
    frame, info = read_pxweb_json(CSV.encode(), info=True)
    assert list(frame.columns) == ["Alue", HEADING, "value", "status"]
    assert rows(frame) == [
        ("MK18 Kainuu", "2024 Väestö", 71255.0, "final"),
        ("MK18 Kainuu", "2025 Väestö", None, "not_applicable"),
        ("KOKO MAA", "2024 Väestö", 5603851.0, "final"),
        ("KOKO MAA", "2025 Väestö", 0.0, "preliminary"),
    ]
    assert info.time is None


def test_csv2_has_texts_and_a_row_a_figure() -> None:
    frame, info = read_pxweb_json(CSV2.encode(), info=True)
    assert list(frame.columns) == ["Alue", "Vuosi", "value", "status"]
    assert rows(frame)[1] == ("MK18 Kainuu", "2025", None, "not_applicable")
    assert rows(frame)[3] == ("KOKO MAA", "2025", 7.5, "preliminary")
    assert (info.time, info.extra) == ("Vuosi", {"VALUE": "Väestö"})


def test_csv3_has_codes() -> None:
    frame, info = read_pxweb_json(CSV3.encode(), info=True)
    assert list(frame.columns) == ["alue_23_20260101", "timeperiod_y", "value", "status"]
    assert rows(frame)[0] == ("MK18", "2024", 71255.0, "final")
    assert info.extra == {"VALUE": "11re"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-15", "cp1252"])
def test_csv_bytes_in_any_code_page_of_the_house(encoding: str) -> None:
    frame = read_pxweb_json(CSV2.replace("Kainuu", "Åkäslompolo Š").encode(encoding))
    assert frame["Alue"][0] == "MK18 Åkäslompolo Š"


def test_a_byte_that_is_no_letter_of_utf_8_among_those_that_are() -> None:
    data = CSV2.replace("MK18 Kainuu", "Ähtäri").encode().replace(b"KOKO MAA", b"KOKO M\xe4A")
    with pytest.raises(SourceError, match="is no UTF-8 though those before it are"):
        read_pxweb_json(data)


def test_quotation_marks_inside_a_text_are_written_as_they_stand() -> None:
    frame = read_pxweb_json(CSV2.replace("KOKO MAA", 'Hotel "Kajaani", iso').encode())
    assert frame["Alue"].tolist()[2:] == ['Hotel "Kajaani", iso'] * 2
    assert frame["value"][2] == 5603851.0


def test_marks_between_quotation_marks() -> None:
    frame = read_pxweb_json(CSV2.replace(",..\r", ',".."\r').encode())
    assert rows(frame)[1][2:] == (None, "not_applicable")


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators(separator: str) -> None:
    data = CSV2.replace(",", separator)
    assert rows(read_pxweb_json(data.encode())) == rows(read_pxweb_json(CSV2.encode()))


def test_title_above_the_table() -> None:
    frame, info = read_pxweb_json(f'"Väestö alueittain"\r\n\r\n{CSV2}'.encode(), info=True)
    assert (info.title, len(frame)) == ("Väestö alueittain", 4)


def test_all_variables_in_the_heading() -> None:
    """PxWeb then begins both lines with the separator and does not end the second."""
    frame = read_pxweb_json(b',"2024","2025*"\r\n,12,..')
    assert rows(frame) == [("2024", 12.0, "final"), ("2025", None, "not_applicable")]


def test_head_without_rows_is_no_rows() -> None:
    frame = read_pxweb_json(b'"Alue","Vuosi","V"\r\n')
    assert list(frame.columns) == ["Alue", "Vuosi", "value", "status"]
    assert len(frame) == 0


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            CSV2.replace("7.5", "x"),
            r"row 4 \(KOKO MAA, 2025\*\), 'Väestö': 'x' is neither a number",
        ),
        (
            CSV2.replace("7.5", "7,5"),
            r"row 4 has 2 texts and 2 figures where the head wants 2 and 1",
        ),
        (CSV2.replace(",", ";").replace("7.5", "7,5"), r"'7,5' is neither a number"),
        (CSV2.replace("7.5", ""), r"'' is neither a number nor a known mark; ask for json-stat2"),
        (CSV2.replace("7.5\r\n", "7"), r"the last line does not end"),
        (CSV2.removesuffix('"KOKO MAA","2025*",7.5\r\n'), r"3 rows where all .* Alue, Vuosi are 4"),
        (CSV2.replace("KOKO MAA", "MK18 Kainuu"), r"two rows are about Alue=MK18 Kainuu"),
        (CSV2.replace('"', ""), r"texts without quotation marks cannot be told from figures"),
        (CSV2.replace('"Vuosi",', ""), r"the first row has more columns than the head"),
        (CSV2.replace('"Väestö"', "Väestö"), r"a head without quotation marks"),
        (CSV2.replace('"Vuosi"', '"Alue"'), r"two columns are called 'Alue'"),
        (CSV.replace("2025*", "2024"), r"'2024 Väestö' stands twice in 'HEADING'"),
    ],
)
def test_what_is_wrong_with_csv_is_named(data: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        read_pxweb_json(data.encode())


@pytest.mark.parametrize("data", [CSV, CSV2, CSV3])
def test_csv_cut_off_inside_a_line_is_refused(data: str) -> None:
    """Cut off at a line's end it may be a smaller table, complete in itself."""
    whole = data.encode()
    for end in range(whole.index(b"\n") + 2, len(whole) - 1):
        if whole[:end].endswith(b"\n"):
            continue
        with pytest.raises(SourceError):
            read_pxweb_json(whole[:end])


QUOTED = TEXT.filter(lambda t: '"' not in t and t.strip() == t and "*" not in t)


@given(tables(), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_what_is_written_as_csv_is_read_back(table: Any, end: str, side_by_side: bool) -> None:
    codes, contents, cells = table
    codes = [[c.replace('"', "'").replace("*", "+") for c in dim] for dim in codes]
    contents = [c.replace('"', "'").replace("*", "+") for c in contents]
    if not codes or any(len(set(c)) < len(c) for c in [*codes, contents]):
        return
    if not side_by_side:
        contents, cells = contents[:1], [row[:1] for row in cells]
    head = ",".join(f'"{h}"' for h in [*(f"v{n}" for n in range(len(codes))), *contents])
    body = [",".join([*(f'"{c}"' for c in key), *row])
            for key, row in zip(itertools.product(*codes), cells, strict=True)]  # fmt: skip
    found = rows(read_pxweb_json((end.join([head, *body]) + end).encode()))
    wanted = expected(codes, contents, cells)
    if len(contents) == 1:
        wanted = [(*w[: len(codes)], *w[-2:]) for w in wanted]
    assert found == wanted


# --- real answers ------------------------------------------------------------------------------


def test_no_recorded_answer_of_another_kind_is_taken_for_figures(recorded: Path) -> None:
    """The folder has JSON-stat, metadata, queries and maps; each is named for what it is."""
    said = {
        "jsonstat2": "this is JSON-stat; read it with read_jsonstat",
        "crime.json": "this is JSON-stat; read it with read_jsonstat",
        "metadata": "this is a table's metadata",
        "px-table": "this is a table's metadata",
        "pxmeta": "this is a table's metadata",
        "query": "this is a query",
        "sq-api": "this is a query",
    }
    for place in sorted(recorded.glob("*.json")):
        wanted = next((s for part, s in said.items() if part in place.name), "no PxWeb answer with")
        with pytest.raises(SourceError, match=wanted):
            read_pxweb_json(place)
