"""What the local PxWeb writes is read by others' readers, and equals the table."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import requests
import statfin
from jsonstat_validator import validate_jsonstat
from pyaxis import pyaxis
from pyjstat import pyjstat
from services.cubes import (
    Cube,
    ages,
    areas,
    contents,
    from_jsonstat2,
    generated,
    jsonstat2,
    px,
    select,
    sexes,
    years,
)
from services.pxweb1 import PxWeb1
from services.pxweb1_tables import RECORDED, recorded_cubes, synthetic_cubes

BASE = "/PXWeb/api/v1"
TABLE = f"{BASE}/fi/StatFin/synt/90re.px"
AREA, AGE, SEX = "alue_23_20260101", "ikaryhma_10_20180101", "sukupuoli_9_20180101"


def small() -> Cube:
    labels = {"synt-vaesto": {"fi": "Väestö – €’s", "sv": "Befolkning", "en": "Population"}}
    return generated("90re", [areas(), ages(5), sexes(), years(2022, 2025), contents(labels)])


@pytest.fixture(scope="module")
def server() -> Iterator[PxWeb1]:
    with PxWeb1([small(), *synthetic_cubes()[2:]], calls=1000) as running:
        yield running


def whole(server: PxWeb1, shape: str, table: str = "90re") -> requests.Response:
    """All cells of a table in a format."""
    cube = server.cube(table)
    query = [
        {"code": v.code, "selection": {"filter": "all", "values": ["*"]}} for v in cube.variables
    ]
    path = f"{server.address}{BASE}/fi/{cube.database}/{cube.file}"
    body = {"query": query, "response": {"format": shape}}
    return requests.post(path, json=body, timeout=5)


def rows(cube: Cube, lang: str | None = None) -> Iterator[tuple[Any, ...]]:
    """Codes, or texts in a language, and the figure, straight from the table."""
    keys = product(*(v.label_list(lang) if lang else v.codes for v in cube.variables))
    return ((*key, value) for key, value in zip(keys, cube.values, strict=True))


def expected(cube: Cube) -> list[float]:
    return [np.nan if v is None else v for v in cube.values]


def valid(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer, once the validator has passed it.

    PxWeb's links to metadata have no address, which the validator (and the standard) wants; real
    answers have them all the same, so they are left out of what is checked.
    """
    bare = {c: {k: v for k, v in d.items() if k != "link"} for c, d in answer["dimension"].items()}
    assert validate_jsonstat({**answer, "dimension": bare})
    return answer


# --- json-stat ----------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["90re", "90ti", "90ty", "90pa"])
def test_json_stat2_is_valid_and_equal(server: PxWeb1, table: str) -> None:
    answer = whole(server, "json-stat2", table)
    assert answer.headers["Content-Type"] == "application/json"
    found, cube = valid(answer.json()), server.cube(table)
    assert found["value"] == cube.values
    assert {int(i): s for i, s in found["status"].items()} == cube.status
    assert found["extension"]["px"]["tableid"] == cube.table_id
    assert found["updated"] == "2026-04-01T05:00:00Z"


def test_symbols_stand_beside_nulls(server: PxWeb1) -> None:
    found = whole(server, "json-stat2").json()
    gone = {str(i) for i, v in enumerate(found["value"]) if v is None}
    assert set(found["status"]) == gone
    assert set(found["status"].values()) == {".", "..", "...", "....", ".....", "......", "-"}


def test_units_and_decimals_are_told_by_contents(server: PxWeb1) -> None:
    found = whole(server, "json-stat2", "90ty").json()
    assert found["dimension"]["contentscode"]["category"]["unit"] == {
        "tyti-tyollisyysaste": {"base": "prosentti", "decimals": 1},
        "tyti-tyolliset": {"base": "1000", "decimals": 0},
    }
    assert found["role"] == {
        "time": ["timeperiod_q"], "geo": ["alue_28_20250101"], "metric": ["contentscode"],
    }  # fmt: skip


@pytest.mark.parametrize("table", ["90re", "90ty"])
def test_json_stat_1_is_read_by_pyjstat(server: PxWeb1, table: str) -> None:
    answer = whole(server, "json-stat", table)
    assert set(answer.json()) == {"dataset"}
    dimension = answer.json()["dataset"]["dimension"]
    assert {"id", "size", "role"} <= set(dimension)
    frame = pyjstat.from_json_stat(answer.json(), naming="id")[0]
    cube = server.cube(table)
    assert list(frame.columns[:-1]) == [v.code for v in cube.variables]
    keys = [row[:-1] for row in rows(cube)]
    assert list(frame.iloc[:, :-1].itertuples(index=False, name=None)) == keys
    assert frame["value"].tolist() == pytest.approx(expected(cube), nan_ok=True)


# --- json, csv ----------------------------------------------------------------------------------


def test_json_has_texts_for_figures_and_dots_in_the_time(server: PxWeb1) -> None:
    answer = whole(server, "json", "90ty")
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    found, cube = answer.json(), server.cube("90ty")
    assert set(found) == {"columns", "comments", "data", "metadata"}
    assert [c["type"] for c in found["columns"]] == ["t", "d", "c", "c"]
    assert found["metadata"][0]["updated"] == "2026-04-01T05.00.00Z"
    whats = cube.variable("contentscode").codes
    read = {
        (key[0], what, key[1]): value
        for key, values in ((d["key"], d["values"]) for d in found["data"])
        for what, value in zip(whats, values, strict=True)
    }
    for i, (*key, value) in enumerate(rows(cube)):
        text = read[tuple(key)]
        assert text == cube.status[i] if value is None else float(text) == value
    assert re.fullmatch(r"\d+\.\d", read["2026Q1", "tyti-tyollisyysaste", "MK18"])


def test_csv_is_latin_whatever_its_header_says(server: PxWeb1) -> None:
    answer = whole(server, "csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    with pytest.raises(UnicodeDecodeError):
        answer.content.decode("utf-8")
    assert "Väestö \x96 \u20ac\x92s" in answer.content.decode("iso-8859-15")
    table = list(csv.reader(io.StringIO(answer.content.decode("iso-8859-15"))))
    assert table[0][:4] == ["Alue", "Ikä", "Sukupuoli", "Vuosi"]
    cube = small()
    for i, (row, told) in enumerate(zip(table[1:], rows(cube, "fi"), strict=True)):
        assert row[:4] == list(told[:4])
        assert row[4] == (cube.status[i] if told[5] is None else f"{told[5]:.0f}")
    missing = next(line for line in answer.text.splitlines() if line.endswith(",..."))
    assert '"..."' not in missing


def test_csv_has_a_column_for_each_combination_across() -> None:
    cube = generated(
        "90he", [areas(), years(2024, 2025), contents({"a": "A", "b": "B"})], missing=0,
        heading=["timeperiod_y", "contentscode"],
    )  # fmt: skip
    with PxWeb1([cube]) as server:
        head, first, *_ = csv.reader(io.StringIO(whole(server, "csv", "90he").text))
    assert head == ["Alue", "2024 A", "2024 B", "2025* A", "2025* B"]
    assert [float(v) for v in first[1:]] == cube.values[:4]


def test_long_csv_has_codes_or_texts(server: PxWeb1) -> None:
    cube = server.cube("90ty")
    told = {(row[0], row[1], row[2]): row[3] for row in rows(cube)}
    by_code = pd.read_csv(io.BytesIO(whole(server, "csv3", "90ty").content), na_values=[
        ".", "..", "...", "....", ".....", "......", "-",
    ])  # fmt: skip
    # The order of the columns: other variables, time, contents.
    assert list(by_code.columns) == ["alue_28_20250101", "timeperiod_q", "contentscode", "90ty"]
    for area, period, what, value in by_code.itertuples(index=False):
        figure = told[period, what, area]
        assert (figure is None and np.isnan(value)) or value == figure
    text = whole(server, "csv2", "90ty").content.decode("iso-8859-15").splitlines()
    assert text[0].startswith('"Alue","Vuosineljännes","Tiedot","Työllisyys')
    assert text[1].startswith('"KOKO MAA","2026Q2","Työllisyysaste, %",')


# --- px -----------------------------------------------------------------------------------------


def read_px(body: bytes, folder: Path, lang: str | None = None) -> dict[str, Any]:
    file = folder / "table.px"
    file.write_bytes(body)
    return pyaxis.parse(str(file), encoding="cp1252", lang=lang)


def figures(frame: pd.DataFrame, cube: Cube) -> list[float]:
    """pyaxis keeps symbols as quoted texts; NaN for them here, after a look at each."""
    symbols = {'"' + s + '"' for s in cube.status.values()} | {"", np.nan}
    assert {x for x in frame["DATA"] if not re.fullmatch(r"-?[\d.]+", str(x))} <= symbols
    return pd.to_numeric(frame["DATA"], errors="coerce").tolist()


def test_px_is_read_by_pyaxis(server: PxWeb1, tmp_path: Path) -> None:
    answer = whole(server, "px")
    assert answer.headers["Content-Type"] == "application/octet-stream; charset=utf-8"
    assert b'AXIS-VERSION="2010";\r\nCODEPAGE="iso-8859-15";' in answer.content
    found, cube = read_px(answer.content, tmp_path), small()
    frame = found["DATA"]
    keys = [tuple(row[:-1]) for row in rows(cube, "fi")]
    # Read as Windows-1252, as its apostrophe needs; the euro sign is then another letter.
    letters = [tuple(t.replace("\u20ac", "\xa4") for t in key) for key in keys]
    assert list(frame.iloc[:, :-1].itertuples(index=False, name=None)) == letters
    assert figures(frame, cube) == pytest.approx(expected(cube), nan_ok=True)
    about = found["METADATA"]
    assert about["CODES(Alue)"] == list(cube.variables[0].codes)
    assert about["VARIABLECODE(Alue)"] == [AREA]
    assert about["ELIMINATION(Ikä)"] == ["Yhteensä"]
    assert about["TIMEVAL(Vuosi)"] == ["2022", "2023", "2024", "2025"]
    assert about["CONTVARIABLE"] == ["Tiedot"]
    assert about["MAP(Alue)"] == ["Alue 2026"]


def test_px_with_quarters_and_decimals(server: PxWeb1, tmp_path: Path) -> None:
    body, cube = whole(server, "px", "90ty").content, server.cube("90ty")
    found = read_px(body, tmp_path)
    assert figures(found["DATA"], cube) == pytest.approx(expected(cube), nan_ok=True)
    assert b'TIMEVAL("Vuosinelj\xe4nnes")=TLIST(Q1),"20262",' in body
    assert found["METADATA"]["PRECISION(Tiedot,Työllisyysaste, %)"] == "1"
    assert found["METADATA"]["UNITS(Työlliset, 1 000)"] == ["1000"]


def test_px_in_three_languages(tmp_path: Path) -> None:
    cube = small()
    found = read_px(px(cube, "fi", all_languages=True), tmp_path, "sv")
    assert found["METADATA"]["LANGUAGES"] == ["fi", "sv", "en"]
    frame = found["DATA"]
    assert list(frame.columns[:-1]) == ["Område", "Ålder", "Kön", "År", "Uppgifter"]
    assert frame["Område"].iloc[-1] == "Kajanalands välfärdsområde"
    assert figures(frame, cube) == pytest.approx(expected(cube), nan_ok=True)


# --- a published client, unchanged but for the address ------------------------------------------


def test_statfin_reads_the_table_as_it_is(server: PxWeb1) -> None:
    api = statfin.PxWebAPI(f"{server.address}{BASE}/fi")
    table = api["StatFin"]["tyti"]["90ty"]
    frame = table.query()().df
    cube = server.cube("90ty")
    long = {v.code: v for v in cube.variables}
    assert [v.code for v in table.variables] == list(long)
    values = iter(cube.values)
    rows = [
        (period, area, what, next(values))
        for period in long["timeperiod_q"].codes
        for what in long["contentscode"].codes
        for area in long["alue_28_20250101"].codes
    ]
    columns = ["timeperiod_q", "alue_28_20250101", "what", "value"]
    wide = pd.DataFrame(rows, columns=columns).pivot_table(
        index=columns[:2], columns="what", values="value", dropna=False, sort=False
    )
    read = frame.set_index(columns[:2])
    pd.testing.assert_frame_equal(
        read.sort_index().sort_index(axis=1), wide.sort_index().sort_index(axis=1),
        check_names=False,
    )  # fmt: skip
    assert frame["tyti-tyollisyysaste"].isna().any()


def test_statfin_narrows_its_query(server: PxWeb1) -> None:
    table = statfin.PxWebAPI(f"{server.address}{BASE}/sv")["StatFin"]["synt"]["90re"]
    assert isinstance(table, statfin.Table)
    frame = table.query(**{AREA: "MK18", AGE: "SSS", SEX: "SSS"})().df
    part = select(small(), {AREA: ["MK18"], AGE: ["SSS"], SEX: ["SSS"]})
    assert frame["synt-vaesto"].fillna(-1).tolist() == [-1 if v is None else v for v in part.values]
    with pytest.raises(statfin.RequestError):
        statfin.PxWebAPI(f"{server.address}{BASE}/sv/StatFin/zzzz").index  # noqa: B018


# --- recorded answers ---------------------------------------------------------------------------


def recorded(name: str) -> dict[str, Any]:
    if not RECORDED.is_dir():
        pytest.skip("the recorded answers are not at hand: ../shared/recorded/pxweb_v1")
    return json.loads((RECORDED / name).read_text(encoding="utf-8"))


def test_a_recorded_answer_is_given_again_word_for_word() -> None:
    whole = recorded("statfin_11re_three_cities_jsonstat2.json")
    assert jsonstat2(from_jsonstat2(whole)) == whole


@pytest.mark.parametrize("name", ["alueentyopaikat_115h", "talous_11vs"])
def test_recorded_queries_get_the_recorded_answers(name: str) -> None:
    """The queries of the time, asked of a server that knows only their answers."""
    query = recorded(f"statfin_{name}_query.json")
    told = recorded(f"statfin_{name}_response.jsonstat2.json")
    cube = from_jsonstat2(told)
    with PxWeb1([cube]) as server:
        path = f"{server.address}{BASE}/fi/StatFin/{cube.folder}/{cube.long_id}"
        found = requests.post(path, json=query, timeout=5).json()
    for given in (found, told):
        given.pop("extension")  # some answers are from before its newer keys
    assert found == told


def test_recorded_tables_are_served_whole() -> None:
    cubes = recorded_cubes()
    if not cubes:
        pytest.skip("the recorded answers are not at hand: ../shared/recorded/pxweb_v1")
    with PxWeb1(cubes) as server:
        for cube in cubes:
            assert valid(whole(server, "json-stat2", cube.id).json())["value"] == cube.values
