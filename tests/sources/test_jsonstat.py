"""JSON-stat of every version: what is in an answer is read, and what is wrong with it is said."""

from __future__ import annotations

import importlib.util
import itertools
import json
import sys
from math import prod
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilannekuva.errors import SourceError
from tilannekuva.sources import _jsonstat_text
from tilannekuva.sources._cube import STATUS_TYPE
from tilannekuva.sources.jsonstat import read_jsonstat


@pytest.fixture(scope="module")
def cubes() -> ModuleType:
    """The generator of the benchmarks."""
    place = Path(__file__).parents[2] / "benchmarks" / "cubes.py"
    if not place.is_file():
        pytest.skip("the benchmarks are not at hand")
    spec = importlib.util.spec_from_file_location("cubes_for_jsonstat", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def answer(**other: Any) -> dict[str, Any]:
    """A small answer of PxWeb, with other members where wanted; None takes one out."""
    whole: dict[str, Any] = {
        "version": "2.0", "class": "dataset", "label": "Väestö", "source": "Tilastokeskus",
        "updated": "2025-04-01T05:00:00Z", "note": ["eka", "toka"],
        "role": {"time": ["vuosi"], "geo": ["alue"], "metric": ["tiedot"]},
        "id": ["alue", "vuosi", "tiedot"], "size": [2, 2, 1],
        "dimension": {
            "alue": {
                "label": "Alue",
                "note": ["alueesta"],
                "category": {"index": {"MK19": 1, "MK18": 0},
                             "label": {"MK19": "Lappi", "MK18": "Kainuu"},
                             "note": {"MK18": ["Kainuusta"]}},
                "extension": {"elimination": True, "noteMandatory": {"0": True}},
                "link": {"describedby": []},
            },
            "vuosi": {
                "label": "Vuosi",
                "category": {"index": {"2023": 0, "2024": 1},
                             "label": {"2023": "2023", "2024": "2024*"}},
            },
            "tiedot": {
                "label": "Tiedot",
                "category": {"label": {"vaesto": "Väestö 31.12."},
                             "unit": {"vaesto": {"base": "lukumäärä", "decimals": 0}}},
            },
            "ContentsCode": {"label": "not in id", "category": {"label": {"EliminatedValue": "x"}}},
        },
        "value": [71255, 2.5, None, None], "status": {"2": "...", "3": "-"},
        "extension": {"px": {"tableid": "11re", "decimals": 1, "language": "fi"}},
    }  # fmt: skip
    return {k: v for k, v in {**whole, **other}.items() if v is not None}


def read(**other: Any) -> pd.DataFrame:
    return read_jsonstat(json.dumps(answer(**other)).encode())


def statuses(frame: pd.DataFrame) -> list[str]:
    return [str(s) for s in frame["status"]]


def with_dimension(name: str, **category: Any) -> dict[str, Any]:
    """The dimensions of the answer, one category of another make; None takes a member out."""
    dimensions = answer()["dimension"]
    whole = {**dimensions[name]["category"], **category}
    dimensions[name] = {"category": {k: v for k, v in whole.items() if v is not None}}
    return dimensions


# --- the shape of the answer ---------------------------------------------------------------------


def test_a_row_a_cell_in_row_major_order() -> None:
    frame = read()
    assert list(frame.columns) == ["alue", "vuosi", "tiedot", "value", "status"]
    assert frame["alue"].tolist() == ["MK18", "MK18", "MK19", "MK19"]
    assert frame["vuosi"].tolist() == ["2023", "2024"] * 2
    np.testing.assert_array_equal(frame["value"], [71255, 2.5, np.nan, 0])
    assert statuses(frame) == ["final", "preliminary", "confidential", "preliminary"]
    assert frame["status"].dtype == STATUS_TYPE
    assert isinstance(frame["alue"].dtype, pd.CategoricalDtype)


def test_what_stands_beside_the_figures() -> None:
    _, info = read_jsonstat(json.dumps(answer()).encode(), info=True)
    assert info.dimensions == ("alue", "vuosi", "tiedot")
    assert (info.title, info.source, info.languages) == ("Väestö", "Tilastokeskus", ("fi",))
    assert info.updated == "2025-04-01T05:00:00Z"
    assert info.labels["alue"] == {"MK18": "Kainuu", "MK19": "Lappi"}
    assert info.labels["vuosi"] == {"2023": "2023", "2024": "2024"}
    assert info.names["tiedot"] == "Tiedot"
    assert (info.units, info.decimals) == ({"vaesto": "lukumäärä"}, {"vaesto": 0, "*": 1})
    assert (info.time, info.periods) == ("vuosi", {"2023": "2023", "2024": "2024"})
    assert info.roles == {"time": ("vuosi",), "geo": ("alue",), "metric": ("tiedot",)}
    assert [(n.text, dict(n.at), n.mandatory) for n in info.notes] == [
        ("eka", {}, False), ("toka", {}, False),
        ("alueesta", {"alue": "*"}, True), ("Kainuusta", {"alue": "MK18"}, False),
    ]  # fmt: skip
    assert {m: at.tolist() for m, at in info.marks.items()} == {"...": [2], "-": [3]}
    assert info.extra["extension"]["px"]["tableid"] == "11re"
    assert info.extra["dimension"]["alue"]["extension"]["elimination"] is True


def test_path_bytes_and_open_file_give_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(answer()), encoding="utf-8")
    with path.open("rb") as file:
        for source in (path, str(path), path.read_bytes(), file):
            pd.testing.assert_frame_equal(read_jsonstat(source), read())


# --- versions and spellings ----------------------------------------------------------------------


def version_1(wrapped: bool = True, **other: Any) -> dict[str, Any]:
    whole = answer(**other)
    whole["dimension"] |= {key: whole.pop(key) for key in ("id", "size", "role")}
    del whole["version"]
    if wrapped:
        del whole["class"]
    return {"any name": whole} if wrapped else whole


@pytest.mark.parametrize("wrapped", [True, False])
def test_version_1(wrapped: bool) -> None:
    data = json.dumps(version_1(wrapped)).encode()
    pd.testing.assert_frame_equal(read_jsonstat(data), read())
    _, info = read_jsonstat(data, info=True)
    assert info.roles["time"] == ("vuosi",)


def test_sparse_values() -> None:
    frame = read(value={"1": 2.5, "0": 71255, "3": None}, status=None)
    np.testing.assert_array_equal(frame["value"], [71255, 2.5, np.nan, np.nan])
    assert statuses(frame) == ["final", "preliminary", "not_available", "not_available"]
    assert read(value={}, status=None)["value"].isna().all()


@pytest.mark.parametrize(
    "status",
    [
        {"0": "e", "2": "...", "3": "-"},
        ["e", None, "...", "-"],
        ["e", "", "...", "-"],
    ],
)
def test_status_as_object_or_list(status: Any) -> None:
    assert statuses(read(status=status))[0] == "estimated"
    assert statuses(read(status=status))[2] == "confidential"


@pytest.mark.parametrize("status", ["e", ["e"]])
def test_one_status_for_all(status: Any) -> None:
    assert statuses(read(status=status)) == ["estimated", "estimated"] + ["not_available"] * 2


def test_index_as_a_list() -> None:
    frame = read(dimension=with_dimension("alue", index=["MK18", "MK19"]))
    assert frame["alue"].tolist() == ["MK18", "MK18", "MK19", "MK19"]


def test_index_is_ordered_by_place_not_as_it_stands() -> None:
    frame = read(dimension=with_dimension("alue", index={"MK18": 1, "MK19": 0}))
    assert frame["alue"].tolist() == ["MK19", "MK19", "MK18", "MK18"]
    frame = read(dimension=with_dimension("alue", index={"MK18": "7", "MK19": 3}))
    assert frame["alue"].tolist() == ["MK19", "MK19", "MK18", "MK18"]


def test_one_category_without_an_index() -> None:
    assert read()["tiedot"].tolist() == ["vaesto"] * 4


def test_labels_missing_or_a_list() -> None:
    for label, expected in ((None, "MK18"), ({"MK19": "Lappi"}, "MK18"), (["A", "B"], "A")):
        dimensions = with_dimension("alue", label=label)
        _, info = read_jsonstat(json.dumps(answer(dimension=dimensions)).encode(), info=True)
        assert info.labels["alue"]["MK18"] == expected
        assert info.names["alue"] == "alue"


def test_sizes_as_texts() -> None:
    pd.testing.assert_frame_equal(read(size=["2", " 2", "1"]), read())


def test_sizes_of_one_left_out() -> None:
    """The Office for National Statistics has done so; no cell is in doubt."""
    pd.testing.assert_frame_equal(read(size=[2, 2]), read())


def test_dimension_that_is_not_in_id_is_not_read() -> None:
    assert "ContentsCode" not in read()


def test_description_of_a_table_has_no_rows() -> None:
    frame, info = read_jsonstat(json.dumps(answer(value=[], status=None)).encode(), info=True)
    assert frame.shape == (0, 5)
    assert frame["alue"].cat.categories.tolist() == ["MK18", "MK19"]
    assert info.labels["alue"]["MK18"] == "Kainuu"


@pytest.mark.parametrize(
    "code", ["2023-01", "2023M01", "2023Q1", "2023-Q1", "2023K1", "2023-S1", "2000-2002"]
)
def test_periods(code: str) -> None:
    dimensions = with_dimension("vuosi", index=[code, "x"], label={"x": "2022M12"})
    _, info = read_jsonstat(json.dumps(answer(dimension=dimensions)).encode(), info=True)
    ours = {"2023-01": "2023M01", "2023-Q1": "2023Q1", "2023K1": "2023Q1", "2023-S1": "2023H1",
            "2000-2002": "2000/2002"}  # fmt: skip
    assert info.periods == {code: ours.get(code, code), "x": "2022M12"}


def test_star_in_the_code_of_a_period() -> None:
    dimensions = with_dimension("vuosi", index=["2023", "2024*"], label=None)
    frame = read(dimension=dimensions)
    assert frame["vuosi"].tolist() == ["2023", "2024"] * 2
    assert statuses(frame)[1] == "preliminary"


def test_time_without_roles_has_eurostats_name() -> None:
    dimensions = answer()["dimension"]
    dimensions["time"] = dimensions.pop("vuosi")
    data = answer(dimension=dimensions, role=None, id=["alue", "time", "tiedot"])
    assert read_jsonstat(json.dumps(data).encode(), info=True)[1].time == "time"
    assert read_jsonstat(json.dumps(answer(role=None)).encode(), info=True)[1].time is None


def test_units_however_they_are_named() -> None:
    for unit, expected in (
        ({"label": "kpl"}, {"vaesto": "kpl"}),
        ({"symbol": "€", "position": "end"}, {"vaesto": "€"}),
        ({"decimals": 2}, {}),
        ("kpl", {}),
    ):
        dimensions = with_dimension("tiedot", unit={"vaesto": unit})
        _, info = read_jsonstat(json.dumps(answer(dimension=dimensions)).encode(), info=True)
        assert info.units == expected


def test_blanks_and_line_ends_anywhere() -> None:
    for indent in (1, "\t"):
        data = json.dumps(answer(), indent=indent).replace("\n", "\r\n").encode()
        pd.testing.assert_frame_equal(read_jsonstat(data), read())
        data = json.dumps(answer(value={"0": 71255, "1": 2.5}), indent=indent).encode()
        pd.testing.assert_frame_equal(read_jsonstat(data), read())


def test_byte_order_mark() -> None:
    data = b"\xef\xbb\xbf" + json.dumps(answer(), ensure_ascii=False).encode()
    pd.testing.assert_frame_equal(read_jsonstat(data), read())


def test_numbers_as_texts_and_marks_among_the_numbers() -> None:
    frame = read(value=["71255", 2.5, "...", "-"], status=None)
    pd.testing.assert_frame_equal(frame, read())
    frame = read(value={"0": "71255", "1": "2.5", "2": "..."}, status={"3": "-"})
    pd.testing.assert_frame_equal(frame, read())


def test_value_and_status_elsewhere_in_the_answer() -> None:
    """Texts and extensions may hold the same words as the figures."""
    note = ['"value":[1,2,3,4,5,6,7,8,9]', "status", '\\"value\\":{']
    extension = {"value": list(range(50)), "status": {"label": {"e": "estimated"}, "value": "x"}}
    frame, info = read_jsonstat(
        json.dumps(answer(note=note, extension=extension)).encode(), info=True
    )
    pd.testing.assert_frame_equal(frame, read())
    assert [n.text for n in info.notes[:3]] == note
    assert info.symbols == {"e": "estimated"}
    assert info.extra["extension"] == extension


# --- marks ---------------------------------------------------------------------------------------


def test_eurostats_flags() -> None:
    data = answer(source="ESTAT", extension=None, status={"0": "bp", "1": "d", "2": "c"})
    frame, info = read_jsonstat(json.dumps(data).encode(), info=True)
    assert statuses(frame) == ["preliminary", "preliminary", "confidential", "not_available"]
    assert info.marks["bp"].tolist() == [0]
    assert statuses(read(extension={"agencyId": "ESTAT"}, status={"0": "be"}))[0] == "estimated"


def test_footnote_beside_a_number_is_not_a_mark_of_absence() -> None:
    frame, info = read_jsonstat(json.dumps(answer(status={"0": " (a"})).encode(), info=True)
    assert statuses(frame)[0] == "final"
    assert info.marks["(a"].tolist() == [0]


def test_unknown_mark_is_refused_until_its_meaning_is_given() -> None:
    with pytest.raises(SourceError, match=r"cell 3 of 4 has the mark 'x'.*marks="):
        read(status={"2": "x"})
    data = json.dumps(answer(status={"2": "x"})).encode()
    assert statuses(read_jsonstat(data, marks={"x": "suppressed"}))[2] == "suppressed"
    with pytest.raises(SourceError, match="the mark 'q'"):
        read(source="Eurostat", extension=None, status={"0": "q"})


def test_table_of_pxweb_whose_source_is_eurostat() -> None:
    frame = read(source="Eurostat")
    assert frame["value"].tolist()[3] == 0
    assert statuses(frame)[2] == "confidential"


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "not JSON, or cut off"),
        (b"<!DOCTYPE html><title>Maintenance", "a web page"),
        (b"  <html>", "a web page"),
        (b"[]", "the answer is no object"),
        (b"5", "the answer is no object"),
        (b"{}", "no dimensions"),
        (b'{"variables": []}', "no dimensions among variables"),
        (b'{"version":"2.0","class":"collection","link":{"item":[]}}', "collection, not a dataset"),
        (b'{"version":"2.0","class":"dimension"}', "JSON-stat dimension, not a dataset"),
        (b'{"error":[{"status":400,"id":100,"label":"No results"}]}', "an error: No results"),
        (b'{"error":{"status":413,"label":"Too big"}}', "an error: Too big"),
        (b'{"error":"Parameter error"}', "an error: Parameter error"),
        (b'{"warning":{"status":413,"label":"ASYNCHRONOUS_RESPONSE."}}', "a warning: ASYNC"),
        (b"\xff\xfe{}", "not JSON|no dimensions"),
        (b'{"class":"dataset","dimension":{},"value":[NaN]}', "NaN is no number"),
        (b'{"class":"dataset","dimension":[],"value":[1]}', "'dimension' is no object"),
        (b'{"class":"dataset","dimension":{},"value":[1]}', "'id' and 'size'"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_not_a_dataset(data: bytes, what: str) -> None:
    with pytest.raises(SourceError, match=what):
        read_jsonstat(data)


def test_bundle_of_datasets() -> None:
    bundle = {"a": version_1()["any name"], "b": version_1()["any name"]}
    with pytest.raises(SourceError, match=r"bundle of 2 datasets \(a, b\)"):
        read_jsonstat(json.dumps(bundle).encode())


@pytest.mark.parametrize(
    ("other", "what"),
    [
        ({"value": None}, "no 'value'"),
        ({"value": 5}, "no 'value'"),
        ({"value": [1, 2, 3]}, "expected 4 cells .* found 3"),
        ({"value": [1, 2, 3, 4, 5]}, "expected 4 cells .* found 5"),
        ({"value": [1, 2, 3, True]}, "cell 4 is True"),
        ({"value": [1, 2, [3], 4]}, r"cell 3 is \[3\]"),
        ({"value": {"4": 1}}, "'value' has a cell 4, but .* 4 cells"),
        ({"value": {"-1": 1}}, "'-1' is not the number of a cell|has a cell -1"),
        ({"value": {"x": 1}}, "'x' is not the number of a cell"),
        ({"value": {"0": 1, "00": 2}}, "given twice"),
        ({"status": {"4": "e"}}, "'status' has a cell 4"),
        ({"status": {"x": "e"}}, "'x' is not the number of a cell"),
        ({"status": ["e", "e"]}, "neither one mark, nor 4, nor one a cell"),
        ({"status": 5}, "neither one mark"),
        ({"value": [1e300, 2, 3, 4, 5]}, "found 5"),
        ({"size": [2, 3, 1]}, "the size of 'vuosi' is 3, but it has 2 codes"),
        ({"size": [2, 3]}, "3 dimensions in 'id', but 2 in 'size'"),
        ({"size": 4}, "'id' and 'size'"),
        ({"id": ["alue", "vuosi", "alue"]}, "names the dimension 'alue' twice"),
        ({"id": ["alue", "vuosi", "puuttuu"]}, "'puuttuu' is named but not described"),
        ({"dimension": with_dimension("alue", index=None)}, "order of its codes"),
        ({"dimension": with_dimension("alue", index=["MK18", "MK18"])}, "stands twice"),
        ({"dimension": with_dimension("alue", index={"a": 0, "b": 0})}, "the same place"),
        ({"dimension": with_dimension("alue", index={"a": 0, "b": "x"})}, "no place"),
        ({"dimension": {**answer()["dimension"], "alue": {}}}, "'alue' has no 'category'"),
    ],
)
def test_damaged(other: dict[str, Any], what: str) -> None:
    with pytest.raises(SourceError, match=what):
        read(**other)


def test_more_cells_than_any_service_gives() -> None:
    codes = [str(n) for n in range(20_000)]
    dimensions = {d: {"category": {"index": codes}} for d in ("a", "b")}
    data = {"class": "dataset", "id": ["a", "b"], "size": [20_000] * 2, "dimension": dimensions,
            "value": {}}  # fmt: skip
    with pytest.raises(SourceError, match="ask for the table in parts"):
        read_jsonstat(json.dumps(data).encode())


@pytest.mark.parametrize(
    "text",
    ["[1 2,3,4]", "[1,,3,4]", "[1,2,3,4,]", "[,1,2,3]", '{"0":1 2}', '{"0":1,}', "[1,2,3,0x4]"],
)
def test_figures_that_are_no_json(text: str) -> None:
    data = json.dumps(answer(status=None)).replace("[71255, 2.5, null, null]", text).encode()
    with pytest.raises(SourceError, match=r"not JSON|expected 4 cells"):
        read_jsonstat(data)


@pytest.mark.parametrize("value", [[71255, 2.5, None, None], {"0": 71255, "1": 2.5}])
def test_cut_at_any_byte_it_is_refused(value: Any) -> None:
    whole = json.dumps(answer(value=value)).encode()
    for stop in range(len(whole)):
        with pytest.raises(SourceError):
            read_jsonstat(whole[:stop])


# --- round trips ---------------------------------------------------------------------------------

TEXT = st.text(st.sampled_from('abÄ "\\]}{[,:0€'), max_size=6)
NUMBER = st.one_of(
    st.none(), st.integers(-(10**9), 10**12), st.floats(allow_nan=False, allow_infinity=False)
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[str, list[str]], list[Any], dict[str, Any]]:
    names = draw(st.lists(TEXT, min_size=1, max_size=3, unique=True))
    taken = ("value", "status", "id", "size", "role")
    names = [n for n in names if n not in taken] or ["x"]
    codes = {n: draw(st.lists(TEXT, min_size=1, max_size=4, unique=True)) for n in names}
    cells = prod(len(c) for c in codes.values())
    values = draw(st.lists(NUMBER, min_size=cells, max_size=cells))
    how = {
        "sparse": draw(st.booleans()), "old": draw(st.booleans()), "listed": draw(st.booleans()),
        "indent": draw(st.sampled_from([None, 1])), "compact": draw(st.booleans()),
    }  # fmt: skip
    return codes, values, how


@given(tables())
def test_what_is_written_is_read(
    table: tuple[dict[str, list[str]], list[Any], dict[str, Any]],
) -> None:
    codes, values, how = table
    dimensions: dict[str, Any] = {
        name: {"category": {"index": own if how["listed"] else {c: n for n, c in enumerate(own)}}}
        for name, own in codes.items()
    }
    about = {"id": list(codes), "size": [len(c) for c in codes.values()]}
    given_values: Any = values
    if how["sparse"]:
        given_values = {str(n): v for n, v in enumerate(values) if v is not None}
    data: dict[str, Any] = {"value": given_values, "dimension": dimensions}
    if how["old"]:
        dimensions |= about
        data = {"x": data}
    else:
        data |= {"version": "2.0", "class": "dataset", **about}
    separators = (",", ":") if how["compact"] else None
    text = json.dumps(data, indent=how["indent"], separators=separators, ensure_ascii=False)
    frame = read_jsonstat(text.encode())
    assert list(frame.columns) == [*codes, "value", "status"]
    keys = list(itertools.product(*codes.values()))
    assert [tuple(row) for row in frame.iloc[:, :-2].astype(object).to_numpy().tolist()] == keys
    np.testing.assert_array_equal(frame["value"], np.array(values, dtype=float))
    gone = frame["value"].isna()
    assert (frame["status"].astype(str) == np.where(gone, "not_available", "final")).all()


# --- the figures of the benchmark ----------------------------------------------------------------


@pytest.mark.parametrize("name", ["jsonstat1", "jsonstat2", "sparse", "eurostat"])
@pytest.mark.parametrize("cells", [1, 60, 20_000])
def test_synthetic_cubes_come_back(cubes: ModuleType, name: str, cells: int) -> None:
    cube = cubes.make(cells, gaps=0.5)
    if name == "jsonstat1":
        data = cubes.jsonstat1(cube)
    else:
        publisher = "eurostat" if name == "eurostat" else "pxweb"
        data = cubes.jsonstat2(cube, sparse=name != "jsonstat2", publisher=publisher)
    frame, info = read_jsonstat(data, info=True)
    np.testing.assert_array_equal(frame["value"], cube.values)
    held, names = (cube.flags, cubes.FLAGS) if name == "eurostat" else (cube.marks, cubes.MARKS)
    for place, mark in enumerate(names):
        expected = np.flatnonzero(held == place)
        if mark and len(expected):
            assert info.marks[mark].tolist() == expected.tolist()
    if name != "eurostat":
        reasons = {"": "final", ".": "not_available", "..": "not_applicable", "...": "confidential"}
        wanted = np.array([reasons[m] for m in cubes.MARKS])[cube.marks]
        if info.time is not None:
            years = frame[info.time].astype(str).to_numpy()
            wanted[(years == years[-1]) & (cube.marks == 0)] = "preliminary"
        assert statuses(frame) == wanted.tolist()


@pytest.mark.parametrize("name", ["dense", "sparse"])
def test_figures_and_many_marks_are_cut_out(
    cubes: ModuleType, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The quick way takes the usual spelling, and the careful way agrees with it."""
    cube = cubes.make(20_000, gaps=0.9)
    data = cubes.jsonstat2(cube, sparse=name == "sparse")
    found = _jsonstat_text._quick(data)
    assert found is not None
    assert found.marks is not None
    assert found.dataset["value"] == found.dataset["status"] == "\x00"
    quick = read_jsonstat(data)
    monkeypatch.setattr(_jsonstat_text, "_quick", lambda _: None)
    pd.testing.assert_frame_equal(read_jsonstat(data), quick)


@pytest.mark.parametrize("mark", ["a:b", 'say "no"', "ä", "a,b", "}"])
def test_many_marks_that_are_texts(mark: str) -> None:
    codes = [str(n) for n in range(12_000)]
    data = {"class": "dataset", "id": ["x"], "size": [len(codes)], "value": [1] * len(codes),
            "dimension": {"x": {"category": {"index": codes}}},
            "status": dict.fromkeys(codes, mark)}  # fmt: skip
    for separators in ((",", ":"), None):
        text = json.dumps(data, separators=separators, ensure_ascii=False)
        assert len(text) > 2 * _jsonstat_text._LONG
        _, info = read_jsonstat(text.encode(), info=True)
        assert info.marks[mark].tolist() == list(range(len(codes)))


# --- real recorded answers -----------------------------------------------------------------------

FOLDERS = ("jsonstat", "pxweb_v1", "pxweb_v2", "eurostat_jsonstat")
PEER_FAILS = {
    "pyjstat_galicia-2.0.json": "KeyError on a dimension of one category without an index",
    "pyjstat_galicia-ds.json": "KeyError on a dimension of one category without an index",
    "pyjstat_galicia.json": "KeyError on a dimension of one category without an index",
    "pxwebapi_MetadataById_tab001_js2.json": "IndexError on a description without figures",
    "pxwebapi_MetadataById_tab003_js2.json": "IndexError on a description without figures",
}
REFUSED = {
    "pyjstat_collection.json": "a collection of addresses",
    "pyjstat_sample_data.json": "a draft from before version 1: figures are called 'measure'",
    "spec_response-scb-all-region.json": "comments, so no JSON",
    "spec_table-metadata-example-jsonstat-nocomments.json":
        "a hand-made example: the size of a dimension contradicts its codes",
}  # fmt: skip


def recorded(shared: Path) -> list[Path]:
    """Every recorded answer that calls itself JSON-stat."""
    files = [f for d in FOLDERS for f in sorted((shared / "recorded" / d).glob("*.json"))]
    return [f for f in files if b'"dimension"' in f.read_bytes() or f.name in REFUSED]


def by_pyjstat(document: dict[str, Any]) -> pd.DataFrame:
    """What an independent reader makes of an answer."""
    pyjstat = pytest.importorskip("pyjstat.pyjstat")
    if document.get("version") == "2.0":
        return pyjstat.Dataset.read(json.dumps(document)).write("dataframe", naming="id")
    return pyjstat.from_json_stat(document, naming="id")[0]


def test_recorded_answers_agree_with_pyjstat(shared: Path) -> None:
    files = [f for f in recorded(shared) if f.name not in {**PEER_FAILS, **REFUSED}]
    assert len(files) >= 16
    for file in files:
        peer = by_pyjstat(json.loads(file.read_text(encoding="utf-8-sig")))
        frame, info = read_jsonstat(file, info=True)
        assert list(peer.columns) == [*info.dimensions, "value"], file.name
        theirs = pd.to_numeric(peer["value"]).to_numpy(float)
        np.testing.assert_array_equal(theirs, frame["value"], file.name)
        for name in info.dimensions:
            assert frame[name].astype(str).tolist() == peer[name].tolist(), (file.name, name)


def test_recorded_answers_that_pyjstat_cannot_read(shared: Path) -> None:
    for file in [f for f in recorded(shared) if f.name in PEER_FAILS]:
        document = json.loads(file.read_text(encoding="utf-8-sig"))
        with pytest.raises((KeyError, IndexError)):
            by_pyjstat(document)
        frame, info = read_jsonstat(file, info=True)
        dataset = document if "dimension" in document else document["dataset"]
        np.testing.assert_array_equal(frame["value"], np.array(dataset["value"], dtype=float))
        assert len(info.labels) == len(info.dimensions)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_recorded_answers_that_are_refused(shared: Path, name: str) -> None:
    found = [f for f in recorded(shared) if f.name == name]
    assert found
    with pytest.raises(SourceError, match=name):
        read_jsonstat(found[0])


def test_recorded_answers_that_are_something_else(shared: Path) -> None:
    files = [f for d in FOLDERS for f in sorted((shared / "recorded" / d).glob("*.json"))]
    other = [f for f in files if f not in recorded(shared)]
    assert len(other) > 20
    for file in other:
        with pytest.raises(SourceError, match="not JSON-stat"):
            read_jsonstat(file)


def test_recorded_words(shared: Path) -> None:
    file = shared / "recorded" / "pxweb_v1" / "statfin_avoimetpaikat12tw_response.jsonstat2.json"
    frame, info = read_jsonstat(file, info=True)
    assert info.time == "Kuukausi"
    assert info.roles["geo"] == ("Alue",)
    assert frame["status"].value_counts()["confidential"] == len(info.marks["..."]) == 20
