"""The script that makes the region register from public files."""

from __future__ import annotations

import importlib.util
import sys
import tomllib
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data"
TABLES = ROOT / "tilannekuva" / "data" / "regions"
BY_HAND = ("forms.csv", "peers.csv", "tiles_maakunta.csv", "tiles_kainuu.csv")


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("carry_regions", ROOT / "data/carry_regions.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


carry = _load()


@pytest.mark.parametrize(
    ("longitude", "latitude", "east", "north"),
    [
        # The worked example of the Finnish recommendation JHS 197.
        (19.84813676944, 60.3851068722, 106256.3596, 6715706.3771),
        # On the central meridian the northing is 0.9996 × the arc of the meridian.
        (27.0, 60.0, 500000.0, 6651411.1902),
    ],
)
def test_the_projection_agrees_with_known_points(
    longitude: float, latitude: float, east: float, north: float
) -> None:
    x, y = carry.tm35fin(longitude, latitude)
    assert float(x) == pytest.approx(east, abs=0.001)
    assert float(y) == pytest.approx(north, abs=0.001)


@given(st.floats(19.0, 32.0), st.floats(59.5, 70.5))
def test_the_projection_is_conformal(longitude: float, latitude: float) -> None:
    """A small step north and a small step east are at right angles and of equal scale."""
    f = 1 / 298.257222101
    e2 = f * (2 - f)
    phi, step = np.radians(latitude), 1e-5
    curve = 1 - e2 * np.sin(phi) ** 2
    north = 6378137.0 * (1 - e2) / curve**1.5 * np.radians(step)
    east = 6378137.0 * np.cos(phi) / np.sqrt(curve) * np.radians(step)
    x, y = carry.tm35fin(
        [longitude, longitude + step, longitude], [latitude, latitude, latitude + step]
    )
    to_east = np.array([x[1] - x[0], y[1] - y[0]]) / east
    to_north = np.array([x[2] - x[0], y[2] - y[0]]) / north
    assert np.hypot(*to_east) == pytest.approx(np.hypot(*to_north), rel=1e-5)
    assert float(to_east @ to_north) == pytest.approx(0.0, abs=1e-5)


def test_a_straight_lines_middle_points_go_and_its_ends_stay() -> None:
    line = [(0, 0), (10, 0), (20, 0), (30, 0), (30, 1000)]
    assert carry.simplify(line, 1.0, 2) == [(0, 0), (30, 0), (30, 1000)]


@given(
    st.lists(st.tuples(st.integers(0, 9999), st.integers(0, 9999)), min_size=2, max_size=40),
    st.floats(0, 1e7),
    st.integers(2, 6),
)
def test_simplification_keeps_the_ends_the_order_and_enough_points(
    line: list[tuple[int, int]], smallest: float, keep: int
) -> None:
    found = carry.simplify(line, smallest, keep)
    assert (found[0], found[-1]) == (line[0], line[-1])
    assert min(keep, len(line)) <= len(found) <= len(line)
    rest = iter(line)
    assert all(point in rest for point in found)


def test_a_shared_border_stays_one_line() -> None:
    wiggle = [(100, y) if y % 20 else (103, y) for y in range(0, 101, 10)]
    west = [(0, 0), *wiggle, (0, 100), (0, 0)]
    east = [(200, 0), (200, 100), *reversed(wiggle), (200, 0)]
    found = carry.simplify_together({"west": [west], "east": [east]}, smallest=500.0)
    from_the_east = {(b, a) for a, b in pairwise(found["east"][0])}
    border = [edge for edge in pairwise(found["west"][0]) if edge in from_the_east]
    assert border == [((103, 0), (100, 90)), ((100, 90), (103, 100))]


def test_an_area_keeps_its_largest_island_and_its_holes() -> None:
    def square(west: float, side: float) -> list[list[float]]:
        south = 62.0
        return [
            [west, south],
            [west + side, south],
            [west + side, south + side],
            [west, south + side],
            [west, south],
        ]

    hole = [[p[0] + 0.1, p[1] + 0.1] for p in square(25.0, 0.05)]
    features = {
        "islets": {
            "geometry": {
                "type": "MultiPolygon",
                "coordinates": [[square(20.0, 0.01)], [square(21.0, 0.02)]],
            }
        },
        "holed": {"geometry": {"type": "Polygon", "coordinates": [square(25.0, 0.5), hole]}},
    }
    found = carry.outlines(features, islet=1e9, islets={})
    assert len(found["islets"]) == 1
    outer, inner = found["holed"]
    assert carry.area(outer) > 0 > carry.area(inner)


def test_every_table_of_the_register_says_where_it_is_from() -> None:
    sources = tomllib.loads((TABLES / "SOURCES.toml").read_text(encoding="utf-8"))["table"]
    told = {file for source in sources for file in source["files"]}
    assert told == {f.name for f in TABLES.iterdir() if f.name != "SOURCES.toml"}
    for source in sources:
        assert {"publisher", "table", "vintage", "licence"} <= set(source)
        assert len(source.get("originals", [])) == len(source.get("original_sha256", []))
        assert not any("yle" in o or "deldersveld" in o for o in source.get("originals", []))


def test_the_same_files_give_the_same_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not (SHARED / "keys").is_dir():
        pytest.skip("public files not at hand: ../shared/data")
    for name in BY_HAND:
        (tmp_path / name).write_bytes((TABLES / name).read_bytes())
    monkeypatch.setattr(sys, "argv", ["carry_regions.py", str(SHARED), "--out", str(tmp_path)])
    carry.main()
    for file in sorted(TABLES.iterdir()):
        assert (tmp_path / file.name).read_bytes() == file.read_bytes(), file.name


def test_a_table_written_by_hand_with_an_unknown_code_is_refused(tmp_path: Path) -> None:
    for name in BY_HAND:
        (tmp_path / name).write_bytes((TABLES / name).read_bytes())
    rows = (tmp_path / "tiles_kainuu.csv").read_text(encoding="utf-8").replace("KU205", "KU999")
    (tmp_path / "tiles_kainuu.csv").write_text(rows, encoding="utf-8")
    with (TABLES / "regions.csv").open(encoding="utf-8") as handle:
        regions = list(carry.csv.DictReader(handle))
    with pytest.raises(SystemExit, match="KU999"):
        carry.check_by_hand(tmp_path, regions)
