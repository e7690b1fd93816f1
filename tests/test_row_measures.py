"""Measures beside every row, against plain pandas and against the metrics of the newest figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilannekuva import region_codes, table
from tilannekuva.errors import DataError
from tilannekuva.indicators import Catalogue
from tilannekuva.measures.change import ols_slope
from tilannekuva.measures.comparison import average_rank, zscore
from tilannekuva.measuring import measure
from tilannekuva.model import Break, Indicator, Text
from tilannekuva.row_measures import measure_rows

Rows = Callable[..., pd.DataFrame]
Make = Callable[..., Indicator]
Cat = Callable[..., Catalogue]

AREAS = [r.code for r in region_codes.regions("maakunta")]
NOTE = Text(fi="muutos", sv="ändring", en="change")
ALL = ("rebase", "change_1y", "change_5y", "rank", "zscore", "slope")


# --- kernels ------------------------------------------------------------------------------------

# Few values make ties, None makes gaps.
GRID = st.lists(
    st.lists(st.none() | st.integers(-3, 3), min_size=5, max_size=5), min_size=1, max_size=6
)


@given(GRID)
def test_kernels_agree_with_pandas(grid: list[list[float | None]]) -> None:
    values = np.array(grid, dtype=float)
    frame = pd.DataFrame(values).T
    many = np.broadcast_to(frame.notna().sum() > 1, frame.shape)
    for direction, ascending in (("up", False), ("down", True)):
        expected = frame.rank(ascending=ascending).where(many)
        np.testing.assert_allclose(average_rank(values, direction), expected.T)  # type: ignore[arg-type]
    spread = np.broadcast_to(frame.max() > frame.min(), frame.shape)
    expected = ((frame - frame.mean()) / frame.std()).where(spread, (frame - frame).where(many))
    np.testing.assert_allclose(zscore(values), expected.T, atol=1e-12)
    years = np.array([2000.0, 2001, 2003, 2004, 2009])
    for row, slope in zip(values, ols_slope(values, years), strict=True):
        seen = ~np.isnan(row)
        known = np.polyfit(years[seen] - 2000, row[seen], 1)[0] if seen.sum() > 2 else np.nan
        np.testing.assert_allclose(slope, known, atol=1e-9)


def test_kernels_take_any_shape_and_refuse_a_number() -> None:
    cube = np.arange(24.0).reshape(2, 3, 4)
    for kernel in (zscore, lambda x: average_rank(x, "up")):
        np.testing.assert_array_equal(kernel(cube)[1, 2], kernel(cube[1, 2]))
        with pytest.raises(DataError, match="one number"):
            kernel(1.0)
    assert ols_slope(cube).shape == (2, 3)
    assert average_rank(np.zeros((0, 3)), "up").shape == (0, 3)
    assert np.isnan(average_rank([[1.0]], "up")).all()
    assert np.isnan(ols_slope([1.0, 2.0]))
    with pytest.raises(DataError, match="direction"):
        average_rank([1.0, 2.0], "neither")  # type: ignore[arg-type]
    with pytest.raises(DataError, match="period"):
        ols_slope([1.0, 2.0], [2000.0, np.nan])


# --- the table ----------------------------------------------------------------------------------


def _random(seed: int, holes: float) -> pd.DataFrame:
    """A table of two indicators with breakdowns, levels and holes, in no order at all."""
    random = np.random.default_rng(seed)
    keys = pd.MultiIndex.from_product(
        [
            ["one", "two"],
            [*AREAS, "KU205", "KU290", "KU578", "SSS"],
            ["total", "A.F"],
            [str(y) for y in range(2008, 2021)],
        ],
        names=table.KEY,
    )
    frame = keys.to_frame(index=False)
    frame["value"] = np.round(random.uniform(1, 9, len(frame)), 1)
    frame = frame[random.random(len(frame)) >= holes]
    empty = random.random(len(frame)) < holes
    frame["value"] = frame["value"].where(~empty)
    frame["status"] = np.where(empty, "not_available", "final")
    return table.make(frame.assign(snapshot="a"))


def _by_pandas(frame: pd.DataFrame, direction: dict[str, str]) -> pd.DataFrame:
    out = frame.astype(dict.fromkeys(table.KEY, "str"))
    out["level"] = out["region"].map(region_codes.level)
    out["year"] = out["period"].astype(int)
    series = ["indicator", "region", "breakdown"]
    beside = ["indicator", "level", "breakdown", "period"]
    value = out.set_index([*series, "year"])["value"]
    for n in (1, 5):
        before = value.reindex([(*k[:3], k[3] - n) for k in value.index]).to_numpy()
        out[f"change_{n}y"] = value.to_numpy() - before
    base = value.reindex([(*k[:3], 2015) for k in value.index]).to_numpy()
    out["rebase"] = 100 * value.to_numpy() / base
    group = out.groupby(beside)["value"]
    many = group.transform("count") > 1
    down = out["indicator"].map(direction) == "down"
    rank = group.rank(ascending=False).where(~down, group.rank(ascending=True))
    out["rank"] = rank.where(many)
    off = out["value"] - group.transform("mean")
    spread = group.transform("std")
    out["zscore"] = (off / spread).where(spread != 0, off * 0)
    seen = out.dropna(subset="value")
    slope = {
        k: np.polyfit(g["year"] - 2014, g["value"], 1)[0]
        for k, g in seen.groupby(series) if len(g) > 2
    }  # fmt: skip
    out["slope"] = [slope.get(k, np.nan) for k in out[series].itertuples(index=False, name=None)]
    return out


@pytest.mark.parametrize(("seed", "holes"), [(1, 0.0), (2, 0.15), (3, 0.6)])
def test_rows_agree_with_pandas(
    seed: int, holes: float, make_indicator: Make, make_catalogue: Cat
) -> None:
    rows = _random(seed, holes)
    direction = {"one": "up", "two": "down"}
    catalogue = make_catalogue(*(make_indicator(n, direction=d) for n, d in direction.items()))
    found = measure_rows(rows, ALL, whole=False, catalogue=catalogue)
    pd.testing.assert_frame_equal(found[list(table.COLUMNS)], rows)
    assert tuple(found.columns) == (*table.COLUMNS, *ALL)
    expected = _by_pandas(rows, direction)
    for name in ALL:
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-9, atol=1e-9, err_msg=name)
    shuffled = rows.sample(frac=1, random_state=seed)
    again = measure_rows(shuffled, ALL, whole=False, catalogue=catalogue).sort_index()
    pd.testing.assert_frame_equal(again, found)


def test_nothing_crosses_a_break(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    rows = make_rows(
        *(("MK18", str(y), float(y - 2000)) for y in range(2010, 2021)),
        *(("MK12", str(y), float(y - 2000)) for y in range(2010, 2021)),
    )
    cut = Break(first_period="2015", region="MK18", kind="definition", note=NOTE)
    found = measure_rows(
        rows, ("change_5y", "rebase", "slope"), base="2012",
        catalogue=make_catalogue(make_indicator()), breaks=[("synthetic", cut)],
    )  # fmt: skip
    wide = found.set_index(["region", "period"])
    mine, other = wide.loc["MK18"], wide.loc["MK12"]
    assert other["change_5y"].tolist()[5:] == [5.0] * 6
    assert mine["change_5y"].isna()[:10].all()
    assert mine["change_5y"].iloc[10] == 5.0  # 2015 to 2020 lies behind the break
    assert mine["rebase"].notna().tolist() == [True] * 5 + [False] * 6
    np.testing.assert_allclose(mine["slope"], 1.0)


def test_areas_are_compared_under_one_division_and_only_when_all_are_there(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    old = [region_codes.dated(a, 2015) for a in AREAS]
    rows = make_rows(
        *((a, "2012", float(n)) for n, a in enumerate(old)),
        ("MK18", "2012", 99.0),
        *((a, "2020", float(n)) for n, a in enumerate(AREAS)),
        *((a, "2021", float(n)) for n, a in enumerate(AREAS[:-1])),
        *((a, "2030", float(n), "forecast") for n, a in enumerate(AREAS)),
    )
    catalogue = make_catalogue(make_indicator())
    found = measure_rows(rows, ("rank", "zscore"), catalogue=catalogue)
    ranked = found[found["rank"].notna()]
    assert set(ranked["period"]) == {"2012", "2020"}
    assert set(ranked.loc[ranked["period"] == "2012", "region"]) == set(old)
    assert sorted(ranked.loc[ranked["period"] == "2020", "rank"]) == list(range(1, 20))
    any_ = measure_rows(rows, ("rank",), whole=False, catalogue=catalogue)
    assert set(any_.loc[any_["rank"].notna(), "period"]) == {"2012", "2020", "2021"}


def test_counts_and_what_has_no_direction_are_not_ranked(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    rows = make_rows(*((a, "2020", float(n)) for n, a in enumerate(AREAS)))
    count = make_catalogue(make_indicator(unit="persons", decimals=0))
    assert (
        measure_rows(rows, ("rank", "zscore"), catalogue=count)[["rank", "zscore"]].isna().all(None)
    )
    plain = make_catalogue(make_indicator(direction="neither"))
    for catalogue in (plain, make_catalogue(make_indicator("other"))):
        found = measure_rows(rows, ("rank", "zscore"), catalogue=catalogue)
        assert found["rank"].isna().all()
        assert found["zscore"].notna().all()


def test_months_are_compared_with_the_same_month_and_rebased_to_a_year(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    rows = make_rows(
        *(("MK18", f"{y}M{m:02d}", 100.0 * (y - 2014) + m) for y in (2015, 2016) for m in (1, 2)),
        ("MK18", "2016", 7.0),
    )
    found = measure_rows(
        rows, ("change_1y", "rebase"), catalogue=make_catalogue(make_indicator())
    ).set_index("period")
    assert found.loc["2016M02", "change_1y"] == 100.0
    assert found.loc["2016M01", "rebase"] == pytest.approx(100 * 201 / 101.5)
    assert found.loc["2016", ["change_1y", "rebase"]].isna().all()


def test_what_is_wrong_is_said(make_rows: Rows) -> None:
    rows = make_rows(("MK18", "2020", 1.0))
    with pytest.raises(DataError, match="unknown measure 'height'"):
        measure_rows(rows, ("height",))
    twice = pd.concat([rows, rows], ignore_index=True)
    with pytest.raises(DataError, match="stands twice"):
        measure_rows(twice)
    assert measure_rows(rows[:0]).empty
    plain = rows.astype(dict.fromkeys((*table.KEY, "snapshot", "status"), "str"))
    assert len(measure_rows(plain)) == 1


# --- the real store -----------------------------------------------------------------------------


def test_the_newest_rows_say_what_the_metrics_say(observed: Any, catalogue: Catalogue) -> None:
    some = ("gdp_pc", "employment_rate", "job_selfsuff", "unemp_rate_reg", "rd_gdp")
    rows = table.make(observed.rows[observed.rows["indicator"].isin(some)])
    metrics = measure(rows, catalogue=catalogue, breaks=observed.breaks)
    found = measure_rows(
        rows, ("change_1y", "change_5y", "rank"), catalogue=catalogue, breaks=observed.breaks
    ).set_index(["indicator", "region", "breakdown", "period"])
    compared = 0
    for name in ("change_1y", "change_5y", "rank"):
        for row in metrics[metrics["metric"] == name].itertuples():
            if np.isnan(row.value):
                continue
            period = row.period if name == "rank" else row.period.split("/")[1]
            beside = found.loc[(row.indicator, row.region, row.breakdown, period), name]
            # Equal regions share their mean place here and the better place there.
            close = abs(beside - row.value) < (3 if name == "rank" else 1e-9)
            assert close, (name, row, beside)
            compared += 1
    assert compared > 150
