"""Eurostat's TSV and SDMX-CSV: the figures that independent readers get, nothing half read."""

from __future__ import annotations

import gzip
import importlib.util
import io
import re
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
from tilannekuva.sources import _eurostat_tsv, eurostat
from tilannekuva.sources.eurostat import read_eurostat_tsv

ROOT = Path(__file__).parent.parent.parent
RECORDED = ROOT.parent / "shared" / "recorded"

NEW = (
    b"freq,unit,geo\\TIME_PERIOD\t2021 \t2022 \t2023-Q1 \r\n"
    b"A,NR,FI1D8\t71664 b\t71255 \t: c\r\n"
    b"A,NR,FI\t5533793 \t: \t0 n\r\n"
)
OLD = b"unit,geo\\time\t2022Q1\t2021S2 \nNR,FI1D8\t1.5 bep\t-2 \nNR,FI\t: z\t: \n"
SDMX = (
    b"DATAFLOW,LAST UPDATE,freq,unit,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG,CONF_STATUS\r\n"
    b"ESTAT:X(1.0),28/09/23 23:00:00,A,NR,FI1D8,2021,71664,b,\r\n"
    b"ESTAT:X(1.0),28/09/23 23:00:00,A,NR,FI1D8,2022,,,C\r\n"
    b"ESTAT:X(1.0),28/09/23 23:00:00,A,NR,FI,2021,:,u,F\r\n"
)


def figures(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
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


# --- TSV ---------------------------------------------------------------------------------------


def test_new_layout() -> None:
    frame, info = read_eurostat_tsv(NEW, info=True)
    assert list(frame.columns) == ["freq", "unit", "geo", "TIME_PERIOD", "value", "status", "flag"]
    assert figures(frame) == [
        ("A", "NR", "FI1D8", "2021", 71664.0, "final", "b"),
        ("A", "NR", "FI1D8", "2022", 71255.0, "final", ""),
        ("A", "NR", "FI1D8", "2023-Q1", None, "confidential", "c"),
        ("A", "NR", "FI", "2021", 5533793.0, "final", ""),
        ("A", "NR", "FI", "2022", None, "not_available", ""),
        ("A", "NR", "FI", "2023-Q1", 0.0, "final", "n"),
    ]
    assert all(isinstance(frame[c].dtype, pd.CategoricalDtype) for c in frame if c != "value")
    assert frame["value"].dtype == np.float64
    assert info.time == "TIME_PERIOD"
    assert info.periods == {"2021": "2021", "2022": "2022", "2023-Q1": "2023Q1"}
    assert info.marks["b"].tolist() == [0]


def test_old_layout_has_no_frequency_and_runs_backwards() -> None:
    frame, info = read_eurostat_tsv(OLD, info=True)
    assert figures(frame) == [
        ("NR", "FI1D8", "2022Q1", 1.5, "estimated", "bep"),
        ("NR", "FI1D8", "2021S2", -2.0, "final", ""),
        ("NR", "FI", "2022Q1", None, "not_applicable", "z"),
        ("NR", "FI", "2021S2", None, "not_available", ""),
    ]
    assert (info.time, info.periods["2021S2"]) == ("time", "2021H2")


@pytest.mark.parametrize("cell", [": c", ":c", ":  c ", ": c "])
def test_flag_with_or_without_blank(cell: str) -> None:
    """Old files set the flag close to the colon, and some leave a blank behind it."""
    frame = read_eurostat_tsv(f"geo\\time\t2022 \t2021 \nFI\t{cell}\t5p\n".encode())
    assert figures(frame) == [
        ("FI", "2022", None, "confidential", "c"),
        ("FI", "2021", 5.0, "preliminary", "p"),
    ]


def test_non_real_zero_close_to_its_flag() -> None:
    frame = read_eurostat_tsv(b"geo\\time\t2022 \nFI\t0n\n")
    assert figures(frame) == [("FI", "2022", 0.0, "final", "n")]


def test_letters_with_blanks_between_are_one_mark() -> None:
    frame = read_eurostat_tsv(b"geo\\time\t2022 \nFI\t7 b u\n")
    assert figures(frame) == [("FI", "2022", 7.0, "unreliable", "bu")]


def test_packed_bytes_path_and_file(tmp_path: Path) -> None:
    place = tmp_path / "demo.tsv.gz"
    place.write_bytes(gzip.compress(NEW))
    wanted = read_eurostat_tsv(NEW)
    with place.open("rb") as file:
        for source in (place, str(place), place.read_bytes(), file, io.BytesIO(NEW)):
            pd.testing.assert_frame_equal(read_eurostat_tsv(source), wanted)


def test_head_without_rows_is_no_rows() -> None:
    frame = read_eurostat_tsv(b"geo\\time\t2022 \n")
    assert list(frame.columns) == ["geo", "time", "value", "status", "flag"]
    assert len(frame) == 0


def test_empty_lines_at_the_end_are_nothing() -> None:
    assert len(read_eurostat_tsv(OLD + b"\n\r\n")) == 4


def test_line_breaks_of_two_kinds() -> None:
    mixed = NEW.replace(b": c\r\n", b": c\n")
    pd.testing.assert_frame_equal(read_eurostat_tsv(mixed), read_eurostat_tsv(NEW))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (NEW.replace(b"71255 ", b"71 255 "), r"geo=FI1D8, TIME_PERIOD=2022: unknown mark '255'"),
        (NEW.replace(b"71255 ", b"x "), r"line 2 \('A,NR,FI1D8'\), 2022: 'x' is neither a number"),
        (NEW.replace(b"71255 ", b""), r"line 2 .*, 2022: '' is neither a number nor ':'"),
        (NEW.replace(b"71255 ", b"1.2.3 "), r"'1.2.3' is neither a number"),
        (NEW.replace(b"71255 ", b"nan "), r"'nan' is neither a number"),
        (NEW.replace(b"71255 ", b"1e999 "), r"too large to be a number"),
        (NEW.replace(b"71664 b", b"71664 *"), r"unknown mark '\*'"),
        (NEW.replace(b"71664 b", b"71664 .."), r"unknown mark '..'"),
        (NEW.replace(b"71664 b", b"71664 final"), r"unknown mark 'final'"),
        (NEW.replace(b"71664 b", b"71664 B"), r"unknown mark 'B'"),
        (NEW.replace(b"71664 b", b"71664 y"), r"geo=FI1D8, TIME_PERIOD=2021: unknown mark 'y'"),
        (NEW.replace(b"71255 \t", b""), r"line 2 .* has 2 cells for 3 periods"),
        (NEW.replace(b"A,NR,FI\t", b"A,FI\t"), r"line 3 names 'A,FI', not a code for each of freq"),
        (NEW.replace(b"A,NR,FI\t", b"A,,FI\t"), r"line 3 names 'A,,FI'"),
        (NEW.replace(b"A,NR,FI\t", b"A,NR,FI1D8\t"), r"two rows are about .*geo=FI1D8"),
        (NEW.replace(b"2022 ", b"2021 "), r"the code '2021' stands twice in 'TIME_PERIOD'"),
        (NEW.replace(b"unit,", b"freq,"), r"names 'freq' twice"),
        (NEW.replace(b"unit,", b","), r"has an empty name"),
        (NEW.removesuffix(b"0 n\r\n") + b"0", r"the last line does not end"),
        (b"", r"the answer is empty"),
        (b" \r\n", r"the answer is empty"),
        (b"<html><body>busy</body></html>", r"a web page, not figures"),
        (b'<?xml version="1.0"?><S:Envelope/>', r"has queued the answer"),
        (b'<?xml version="1.0"?><message/>', r"XML, not figures"),
        (b'{"warning":{"status":413,"label":"ASYNCHRONOUS_RESPONSE. x"}}', r"has queued the"),
        (b'{"version":"2.0"}', r"this is JSON: read_jsonstat"),
        (b"a;b\n1;2\n", r"first line is 'a;b'; ask for format=TSV"),
        (gzip.compress(NEW, mtime=0)[:-9], r"the packed answer is cut off"),
        (gzip.compress(NEW, mtime=0)[:20] + b"x" * 40, r"the packed answer is damaged"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(data: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        read_eurostat_tsv(data)


def test_a_dimension_with_the_name_of_our_column_is_refused() -> None:
    with pytest.raises(SourceError, match="'flag', as one of our own columns"):
        read_eurostat_tsv(b"flag\\time\t2022 \nFI\t1 \n")


@pytest.mark.parametrize("data", [NEW, SDMX])
def test_cut_off_inside_a_line_is_refused(data: bytes) -> None:
    for end in range(len(data)):
        if data[:end].endswith(b"\n") or (data[:end] + b"\n").endswith(b"\r\n"):
            continue
        with pytest.raises(SourceError):
            read_eurostat_tsv(data[:end])


CODES = st.text("ABCXYZ0123456789_-", min_size=1, max_size=6)
NUMBERS = st.floats(-1e12, 1e12).map(lambda x: round(x, 2)) | st.integers(-9999, 10**9).map(float)
CELLS = st.tuples(NUMBERS, st.sampled_from(["", "b", "p", "ep", "bd", "u"])) | st.tuples(
    st.none(), st.sampled_from(["", "c", "z", "bu"])
)
USUAL = ("{0} {1}", "{0} {1}", "{0} {1}")
LOOSE = ("{0}{1}", "  {0}  {1} ", "{0} {1} ")


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[tuple[str, ...]], list[str], list[Any]]:
    """Names of the key, keys, periods, and a list of cells a key."""
    names = [f"d{n}" for n in range(draw(st.integers(1, 4)))]
    keys = draw(st.lists(st.tuples(*[CODES] * len(names)), min_size=1, max_size=6, unique=True))
    periods = draw(st.lists(st.integers(1900, 2100).map(str), min_size=1, max_size=5, unique=True))
    row = st.lists(CELLS, min_size=len(periods), max_size=len(periods))
    return names, keys, periods, [draw(row) for _ in keys]


@given(tables(), st.sampled_from([USUAL, LOOSE]), st.sampled_from(["\n", "\r\n"]), st.data())
def test_what_is_written_is_read_back(
    table: Any, spellings: tuple[str, ...], end: str, data: st.DataObject
) -> None:
    names, keys, periods, rows = table
    lines = ["\t".join([",".join(names) + "\\time", *(p + " " for p in periods)])]
    wanted = []
    for key, cells in zip(keys, rows, strict=True):
        texts = []
        for period, (value, flag) in zip(periods, cells, strict=True):
            shape = data.draw(st.sampled_from(spellings))
            texts.append(shape.format(":" if value is None else repr(value), flag))
            wanted.append((*key, period, value, flag))
        lines.append("\t".join([",".join(key), *texts]))
    text = (end.join(lines) + end).encode()
    found = [(*r[:-3], r[-3], r[-1]) for r in figures(read_eurostat_tsv(text))]
    assert found == wanted


@given(tables())
def test_both_ways_of_reading_agree(table: Any) -> None:
    names, keys, periods, rows = table
    head = "\t".join([",".join(names) + "\\time", *(p + " " for p in periods)])
    lines = [
        "\t".join([",".join(k), *(f"{':' if v is None else v} {f}" for v, f in cells)])
        for k, cells in zip(keys, rows, strict=True)
    ]
    data = "\n".join([head, *lines, ""]).encode()
    shape = _eurostat_tsv._read_head(head, "f")
    fast = _eurostat_tsv._all_at_once(data, shape)
    slow = _eurostat_tsv._one_by_one(data, shape, "f")
    assert fast is not None
    np.testing.assert_array_equal(fast[1], slow[1])
    for ours, theirs in zip([*fast[0], fast[2]], [*slow[0], slow[2]], strict=True):
        assert [ours[1][p] for p in ours[0]] == [theirs[1][p] for p in theirs[0]]


# --- SDMX-CSV ------------------------------------------------------------------------------------


def test_sdmx_csv_of_the_first_version() -> None:
    frame, info = read_eurostat_tsv(SDMX, info=True)
    assert figures(frame) == [
        ("A", "NR", "FI1D8", "2021", 71664.0, "final", "b"),
        ("A", "NR", "FI1D8", "2022", None, "confidential", "c"),
        ("A", "NR", "FI", "2021", None, "not_available", "u"),
    ]
    assert info.updated == "28/09/23 23:00:00"
    assert info.extra["DATAFLOW"] == "ESTAT:X(1.0)"
    assert info.dimensions == ("freq", "unit", "geo", "TIME_PERIOD")


def test_sdmx_csv_of_the_second_version() -> None:
    frame, info = read_eurostat_tsv(
        b"STRUCTURE,STRUCTURE_ID,freq,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG\n"
        b"dataflow,ESTAT:X(1.0),A,FI,2024-01,6.4,p\n",
        info=True,
    )
    assert figures(frame) == [("A", "FI", "2024-01", 6.4, "preliminary", "p")]
    assert info.periods == {"2024-01": "2024M01"}


def test_codes_with_their_texts_behind_a_colon() -> None:
    frame, info = read_eurostat_tsv(
        b"freq:Time frequency,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG\r\n"
        b'A:Annual,"FI1D8:Kainuu: ""Kajana"", NUTS 2021",2023,1,p:provisional\r\n'
        b"A:Annual,FI:Finland,2023,2,\r\n",
        info=True,
    )
    assert figures(frame) == [
        ("A", "FI1D8", "2023", 1.0, "preliminary", "p"),
        ("A", "FI", "2023", 2.0, "final", ""),
    ]
    assert info.labels["geo"] == {"FI1D8": 'Kainuu: "Kajana", NUTS 2021', "FI": "Finland"}
    assert info.names == {"freq": "Time frequency"}


def test_texts_in_columns_of_their_own() -> None:
    frame, info = read_eurostat_tsv(
        b"STRUCTURE,STRUCTURE_ID,STRUCTURE_NAME,geo,Geopolitical entity,TIME_PERIOD,Time,OBS_VALUE,"
        b"Observation value,OBS_FLAG,Observation status (Flag) V2 structure\n"
        b"dataflow,ESTAT:X(1.0),Population,FI1D8,Kainuu,2023,,71255,,b,break in time series\n",
        info=True,
    )
    assert figures(frame) == [("FI1D8", "2023", 71255.0, "final", "b")]
    assert (info.title, info.labels) == ("Population", {"geo": {"FI1D8": "Kainuu"}})
    assert info.names["geo"] == "Geopolitical entity"


def test_sdmx_head_without_rows_is_no_rows() -> None:
    assert len(read_eurostat_tsv(SDMX[: SDMX.index(b"\n") + 1])) == 0


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (SDMX.replace(b"71664", b"x"), r"line 2 has 'x' for OBS_VALUE"),
        (SDMX.replace(b"2021,71664,b,", b"2021,71664,b"), r"a row is not of the head's width"),
        (SDMX.replace(b"FI1D8,2022", b"FI1D8,2021"), r"two rows .*TIME_PERIOD=2021"),
        (SDMX.replace(b"71664,b", b"71664,y"), r"geo=FI1D8, TIME_PERIOD=2021: unknown mark 'y'"),
        (SDMX.replace(b"unit", b"geo"), r"two columns are called 'geo'"),
        (SDMX.replace(b"unit", b"OBS_VALUE"), r"2 columns 'OBS_VALUE' instead of one"),
        (b"geo,TIME_PERIOD,OBS_VALUE\nA:x,2020,1\nA:y,2021,1\n", r"'geo' is called 'x' and 'y'"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_sdmx_csv_is_named(data: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        read_eurostat_tsv(data)


# --- generated cubes -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["eurostat_tsv", "eurostat_tsv_old", "sdmx_csv"])
def test_generated_cubes_come_back_whole(cubes: ModuleType, name: str) -> None:
    cube = cubes.make(20_000, gaps=0.2)
    if name == "eurostat_tsv_old":
        data, time = cubes.eurostat_tsv(cube, old=True), "time"
    else:
        data, time = getattr(cubes, name)(cube), "TIME_PERIOD"
    found = read_eurostat_tsv(data)
    # Time is the last dimension but one of the cube and the last of the file.
    keyed = [a.code for a in cube.axes if a.code != "timeperiod_y"]
    order = [*keyed[:-1], time, keyed[-1]]
    sizes = [len(a.codes) for a in cube.axes]
    places = np.unravel_index(np.arange(len(cube.values)), sizes)
    wanted = pd.DataFrame(
        {c: np.array(a.codes)[p] for c, a, p in zip(order, cube.axes, places, strict=True)}
    )
    gaps = np.array(["final", "not_available", "not_applicable", "confidential"])
    wanted["value"] = cube.values
    wanted["status"] = np.where(np.isnan(cube.values), gaps[cube.marks], "final")
    for flag, status in (("p", "preliminary"), ("e", "estimated")):
        wanted.loc[cube.flags == cubes.FLAGS.index(flag), "status"] = status
    ours = found.astype(dict.fromkeys([*order, "status"], str)).set_index(order).sort_index()
    theirs = wanted.set_index(order).sort_index()
    assert ours["status"].tolist() == theirs["status"].tolist()
    np.testing.assert_array_equal(ours["value"].to_numpy(), theirs["value"].to_numpy())


# --- real answers against independent readers ----------------------------------------------------

TSV = [
    "bd_size_r3_tabular.tsv.gz", "edat_lfse_22_tabular.tsv.gz", "estat_demo_r_pjanind3.tsv.gz",
    "estat_ilc_peps13.tsv.gz", "nama_r_e3gdp_2014_bulk_old_format.tsv", "tran_r_vehst.tsv.gz",
]  # fmt: skip
CSV = ["demo_r_pjanaggr3_page_linear.csv.gz", "demo_r_pjangrp3_FI_2023_code_and_label.csv",
       "nama_10r_3gdp_page_linear.csv.gz"]  # fmt: skip


def test_every_recorded_file_is_looked_at(recorded: Path) -> None:
    for folder, names in (("eurostat_tsv", TSV), ("eurostat_sdmxcsv", CSV)):
        there = {p.name for p in (recorded / folder).iterdir() if p.suffix != ".md"}
        assert there == set(names)


@pytest.mark.parametrize("name", TSV)
def test_recorded_tsv_is_what_the_eurostat_package_reads(
    recorded: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The package asks the service itself, so it is given the recorded bytes for an answer.

    Where it is wrong: it splits at CR LF only and takes the old files with LF for one endless
    line, so they are given to it with CR LF; it sets the colon of a missing value before the flag.
    """
    package = pytest.importorskip("eurostat.eurostat")
    data = (recorded / "eurostat_tsv" / name).read_bytes()
    text = gzip.decompress(data) if name.endswith(".gz") else data
    answer = gzip.compress(text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), 1)
    response = type("Response", (), {"content": answer})
    monkeypatch.setattr(package, "__get_resp__", lambda *_, **__: response)
    monkeypatch.setattr(package, "__get_dims_info__", lambda *_, **__: (None, "EUROSTAT", None))
    theirs = package.get_data_df(name, flags=True)
    ours = read_eurostat_tsv(recorded / "eurostat_tsv" / name)

    keys = list(theirs.columns[: next(n for n, c in enumerate(theirs) if c.endswith("_value"))])
    time = ours.columns[len(keys)]
    # The last of their names holds time as well: geo\TIME_PERIOD.
    assert [*keys[:-1], *keys[-1].split("\\")] == [*ours.columns[: len(keys)], time]
    periods = [c.removesuffix("_value") for c in theirs if c.endswith("_value")]
    assert list(ours[time].cat.categories) == periods
    assert len(ours) == len(theirs) * len(periods)
    for column, key in zip(ours.columns[: len(keys)], keys, strict=True):
        assert ours[column].astype(str)[:: len(periods)].tolist() == theirs[key].tolist()
    values = theirs[[f"{p}_value" for p in periods]].astype(float).to_numpy().reshape(-1)
    np.testing.assert_array_equal(ours["value"].to_numpy(), values)
    flags = theirs[[f"{p}_flag" for p in periods]].to_numpy().reshape(-1)
    printed = ours["flag"].astype(object).to_numpy()
    gone = np.isnan(values)
    assert (printed[~gone] == flags[~gone]).all()
    assert (np.array([f": {f}".strip() for f in printed[gone]]) == flags[gone]).all()


@pytest.mark.parametrize("name", CSV)
def test_recorded_sdmx_csv_is_what_pandas_reads(recorded: Path, name: str) -> None:
    place = recorded / "eurostat_sdmxcsv" / name
    ours, info = read_eurostat_tsv(place, info=True)
    theirs = pd.read_csv(place, dtype="str", keep_default_na=False)
    apart = ("DATAFLOW", "LAST UPDATE", "OBS_VALUE", "OBS_FLAG", "CONF_STATUS")
    assert [c for c in ours if c not in ("value", "status", "flag")] == [
        c for c in theirs if c not in apart
    ]
    for column in ours.columns[:-3]:
        printed = theirs[column].str.partition(":")
        assert ours[column].astype(str).tolist() == printed[0].tolist()
        labels = dict(zip(printed[0], printed[2], strict=True))
        assert info.labels.get(column, dict.fromkeys(labels, "")) == labels
    np.testing.assert_array_equal(ours["value"], pd.to_numeric(theirs["OBS_VALUE"]))
    assert ours["flag"].astype(str).tolist() == theirs["OBS_FLAG"].tolist()
    assert info.updated == theirs["LAST UPDATE"][0]


def test_every_recorded_flag_has_its_status(recorded: Path) -> None:
    found: set[tuple[str, bool, str]] = set()
    for name in TSV:
        frame = read_eurostat_tsv(recorded / "eurostat_tsv" / name)
        kinds = frame.assign(there=frame["value"].notna())[["flag", "there", "status"]]
        found |= set(kinds.drop_duplicates().itertuples(index=False, name=None))
    by_mark = {(flag, there): status for flag, there, status in found}
    assert len(by_mark) == len(found), "a mark has two meanings"
    some = {
        ("ep", True): "estimated", ("c", False): "confidential", ("bdu", True): "unreliable",
        ("u", False): "not_available", ("s", True): "estimated",
    }  # fmt: skip
    assert some.items() <= by_mark.items()


def test_parse_names_the_file() -> None:
    with pytest.raises(SourceError, match=re.escape("demo.tsv: ")):
        eurostat.parse(b"no table", "demo.tsv")


def test_secrecy_with_a_place_of_its_own_is_read() -> None:
    # Since 2025 a confidential cell is "@C" in TSV, beside the flag where there is one.
    text = b"freq,unit,geo\\TIME_PERIOD\t2022 \t2021 \t2020 \nA,NR,FI1D8\t71255 p\t: @C\t7.0 p@C\n"
    frame = read_eurostat_tsv(text)
    assert list(frame["status"]) == ["preliminary", "confidential", "unreliable"]
    assert list(frame["flag"]) == ["p", "@C", "p@C"]
