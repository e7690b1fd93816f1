"""Sotkanet's rows: the same figures as a JSON parser gets, rows that are not there not invented."""

from __future__ import annotations

import importlib.util
import io
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
from tilannekuva.sources import _sotkanet_rows
from tilannekuva.sources.sotkanet import read_sotkanet

ROOT = Path(__file__).parent.parent.parent
RECORDED = ROOT.parent / "shared" / "recorded" / "sotkanet"

NOW = (
    b'[{"indicator":4,"region":504,"year":2022,"gender":"total","value":3.4,"absValue":9},'
    b'{"indicator":4,"region":504,"year":2022,"gender":"male","value":71.3},'
    b'{"indicator":4,"region":658,"year":2023,"gender":"female","value":-1E-2,"absValue":0}]'
)
OLD = (
    b'[{"region":"69","indicator":"127","primary value":"2406","gender":"total","year":"2009"},'
    b'{"region":"936","indicator":"127","primary value":"27734","gender":"total","year":"2009"}]'
)


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


def test_rows_of_today() -> None:
    frame, info = read_sotkanet(NOW, info=True)
    assert list(frame.columns) == [
        "indicator", "region", "year", "gender", "value", "status", "absolute",
    ]  # fmt: skip
    assert rows(frame) == [
        ("4", "504", "2022", "total", 3.4, "final", 9.0),
        ("4", "504", "2022", "male", 71.3, "final", None),
        ("4", "658", "2023", "female", -0.01, "final", 0.0),
    ]
    assert (info.time, info.periods) == ("year", {"2022": "2022", "2023": "2023"})
    assert info.roles["geo"] == ("region",)


def test_rows_of_2016_are_all_texts() -> None:
    frame = read_sotkanet(OLD)
    assert rows(frame) == [
        ("127", "69", "2009", "total", 2406.0, "final"),
        ("127", "936", "2009", "total", 27734.0, "final"),
    ]


def test_suppressed_cells_are_rows_that_are_not_there() -> None:
    """The cube of these rows has 12 cells; the 9 that nobody sent stay away."""
    assert len(read_sotkanet(NOW)) == 3


def test_no_rows_at_all() -> None:
    frame = read_sotkanet(b"[]")
    assert list(frame.columns) == ["indicator", "region", "year", "gender", "value", "status"]
    assert len(frame) == 0


def test_a_figure_that_is_null_is_not_available() -> None:
    for data in (NOW.replace(b"71.3", b"null"), NOW.replace(b',"value":71.3', b',"value": null ')):
        assert rows(read_sotkanet(data))[1][4:6] == (None, "not_available")


@pytest.mark.parametrize(
    "spelled",
    [
        lambda found: json.dumps(found),
        lambda found: json.dumps(found, indent=1),
        lambda found: json.dumps([dict(reversed(r.items())) for r in found]),
        lambda found: json.dumps([found[0], *(dict(reversed(r.items())) for r in found[1:])]),
        lambda found: json.dumps(found).replace('": ', '" : '),
        lambda found: json.dumps(found).replace('"total"', r'"tot\u0061l"'),
        lambda found: "\ufeff" + json.dumps(found) + "\n",
    ],
    ids=["blanks", "indented", "turned", "one_turned", "blank_before_colon", "escape", "mark"],
)  # fmt: skip
def test_other_spellings_say_the_same(spelled: Any) -> None:
    pd.testing.assert_frame_equal(
        read_sotkanet(spelled(json.loads(NOW)).encode()), read_sotkanet(NOW)
    )


def test_path_and_file(tmp_path: Path) -> None:
    place = tmp_path / "4.json"
    place.write_bytes(NOW)
    for source in (place, io.BytesIO(NOW)):
        pd.testing.assert_frame_equal(read_sotkanet(source), read_sotkanet(NOW))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (NOW.replace(b"3.4", b'"x"'), r"row 1: 'x' for 'value' is no number"),
        (NOW.replace(b"3.4", b"true"), r"row 1: 'True' for 'value' is no number"),
        (NOW.replace(b"3.4", b"NaN"), r"row 1: 'nan' for 'value' is no number"),
        (NOW.replace(b"3.4", b"1e999"), r"is no number|too large to be a number"),
        (NOW.replace(b"3.4", b"1,4"), r"not JSON"),
        (NOW.replace(b":504,", b":5.5,"), r"row 1 has no code for 'region', only 5.5"),
        (NOW.replace(b":504,", b":null,"), r"row 1 has no code for 'region', only None"),
        (NOW.replace(b":504,", b":KU,"), r"not JSON"),
        (NOW.replace(b":504,", b":0504,"), r"not JSON"),
        (NOW.replace(b'"region"', b'"area"'), r"row 1 has an unknown key 'area'; add it"),
        (NOW.replace(b',"value":71.3', b""), r"row 2 has no 'value'"),
        (NOW.replace(b'"gender":"male",', b""), r"row 2 has no code for 'gender'"),
        (NOW.replace(b'"male"', b'"total"'), r"two rows are about .*region=504"),
        (NOW[:-1], r"not JSON"),
        (b'{"error":"Bad"}', r"not Sotkanet's rows but {'error': 'Bad'}"),
        (b"[1]", r"row 1 is 1, not an object"),
        (b'[{"id":4,"title":{"fi":"x"}}]', r"unknown key 'id'; is this a list of indicators"),
        (b"indicator;region;year;gender;value\r\n", r"not JSON .* /json"),
        (b"<html>403</html>", r"a web page, not figures"),
        (b"", r"the answer is empty"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(data: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        read_sotkanet(data)


@pytest.mark.parametrize("data", [NOW, OLD])
def test_cut_off_anywhere_is_refused(data: bytes) -> None:
    for end in range(len(data)):
        with pytest.raises(SourceError):
            read_sotkanet(data[:end])


NUMBERS = st.floats(-1e9, 1e9, allow_nan=False) | st.integers(-(10**6), 10**9)


@st.composite
def answers(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Rows of one indicator, some without the count behind the figure."""
    keys = st.tuples(
        st.integers(1, 999), st.integers(1990, 2030), st.sampled_from(["total", "male", "female"])
    )
    found = []
    for region, year, gender in draw(st.lists(keys, max_size=8, unique=True)):
        row = {"indicator": 4, "region": region, "year": year, "gender": gender}
        row["value"] = draw(NUMBERS | st.none())
        if draw(st.booleans()):
            row["absValue"] = draw(st.integers(0, 10**6))
        found.append(row)
    return found


@given(answers(), st.sampled_from([(",", ":"), (", ", ": ")]), st.booleans())
def test_what_is_written_is_read_back(
    answer: list[dict[str, Any]], separators: tuple[str, str], texts: bool
) -> None:
    sent = [{k: str(v) if texts and v is not None else v for k, v in row.items()} for row in answer]
    frame = read_sotkanet(json.dumps(sent, separators=separators).encode())
    found = frame if "absolute" in frame else frame.assign(absolute=np.nan)
    wanted = [
        (
            str(r["indicator"]), str(r["region"]), str(r["year"]), r["gender"],
            None if r["value"] is None else float(r["value"]),
            "not_available" if r["value"] is None else "final",
            r.get("absValue"),
        )
        for r in answer
    ]  # fmt: skip
    assert rows(found) == wanted
    assert ("absolute" in frame) == any("absValue" in r for r in answer)


@given(answers())
def test_both_ways_of_reading_agree(answer: list[dict[str, Any]]) -> None:
    data = json.dumps(answer, separators=(",", ":")).encode()
    fast = _sotkanet_rows._by_place(data)
    slow = _sotkanet_rows._by_parser(data, "f")
    if not answer:
        assert fast is None
        return
    assert fast is not None
    np.testing.assert_array_equal(fast.values, slow.values)
    np.testing.assert_array_equal(fast.absolute, slow.absolute)
    for name in _sotkanet_rows.DIMENSIONS:
        ours, theirs = fast.columns[name], slow.columns[name]
        assert [ours[1][p] for p in ours[0]] == [theirs[1][p] for p in theirs[0]]


def test_a_generated_answer_comes_back_whole(cubes: ModuleType) -> None:
    cube = cubes.make(15_000, gaps=0.2, shape="sotkanet")
    frame = read_sotkanet(cubes.sotkanet_json(cube))
    there = ~np.isnan(cube.values)
    np.testing.assert_array_equal(frame["value"], cube.values[there])
    np.testing.assert_array_equal(frame["absolute"], cube.values[there])
    places = np.unravel_index(np.flatnonzero(there), cube.sizes)
    for axis, place in zip(cube.axes, places, strict=True):
        assert frame[axis.code].astype(str).tolist() == np.array(axis.codes)[place].tolist()


# --- real answers against independent readers ----------------------------------------------------

LISTS = ["oskari_SotkaIndicators.json", "oskari_SotkaRegions.json", "SotkaRegions_2016.json"]
OTHERS = ["oskari_SotkaSources.json", "oskari_SotkaSubjects.json", "oskari_Sotka-expected.json",
          "sotkanet_hyvinvointialueet.csv"]  # fmt: skip
FIGURES = "oskari_SotkaIndicatorData.json"


def test_every_recorded_file_is_looked_at(recorded: Path) -> None:
    there = {p.name for p in recorded.iterdir() if p.suffix != ".md"}
    assert there == {*LISTS, *OTHERS, FIGURES}


def test_the_recorded_answer_is_what_pandas_reads(recorded: Path) -> None:
    ours = read_sotkanet(recorded / FIGURES)
    theirs = pd.DataFrame(json.loads((recorded / FIGURES).read_bytes()))
    assert len(ours) == len(theirs) == 466
    for name in ("indicator", "region", "year", "gender"):
        assert ours[name].astype(str).tolist() == theirs[name].tolist()
    np.testing.assert_array_equal(ours["value"], theirs["primary value"].astype(float))
    assert set(ours["status"]) == {"final"}


@pytest.mark.parametrize("name", LISTS)
def test_recorded_lists_are_no_figures(recorded: Path, name: str) -> None:
    with pytest.raises(SourceError, match="is this a list of indicators or regions"):
        read_sotkanet(recorded / name)


@pytest.mark.parametrize("name", OTHERS)
def test_recorded_files_of_other_kinds_are_refused(recorded: Path, name: str) -> None:
    with pytest.raises(SourceError, match=r"not JSON|not Sotkanet's rows|unknown key"):
        read_sotkanet(recorded / name)


def test_pandas_read_json_changes_the_last_digit_of_some_figures() -> None:
    """Why ``pandas.read_json`` is the clock of the benchmark and not the judge of the figures."""
    data = NOW.replace(b"3.4", b"0.6")
    assert read_sotkanet(data)["value"][0] == 0.6
    assert pd.read_json(io.BytesIO(data), precise_float=True)["value"][0] == 0.6
    assert pd.read_json(io.BytesIO(data))["value"][0] == 0.6000000000000001
