"""Measures of a million observations at the table level, beside what one would write instead.

    python benchmarks/measures.py [--runs 5]

SYNTHETIC figures: 100 indicators × 400 areas × 25 years from the generator below, with one decimal
so that there are ties. Rebasing, five-year change, average rank, z-score and least-squares slope
are made together by ``tilannekuva.row_measures.measure_rows``, vectorised pandas, polars and
DuckDB, all giving the rows with five more columns; then Theil-Sen with Mann-Kendall and its p on
the 40 000 series by ``trend_many`` and pymannkendall. Sides take turns; what is told is the median
and the median of the ratios run by run. The two slow ones, ``groupby.apply`` and pymannkendall,
work on a part of the series once and are scaled up.

The engines read the table as they like it best: pandas its own categorical frame, polars and DuckDB
their own tables with categories, made beforehand and not timed; their results stay where they are.
Needs ``pip install -e ".[bench]"``.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tilannekuva import indicators, region_codes, table
from tilannekuva.indicators import Catalogue
from tilannekuva.measures.change import trend_many
from tilannekuva.model import Indicator, KeyFigures
from tilannekuva.row_measures import measure_rows

INDICATORS, AREAS, YEARS = 100, 400, 25
FIRST, BASE = 2000, 2015
MEASURES = ("rebase", "change_5y", "rank", "zscore", "slope")
KEY = ["indicator", "region", "period"]
# Series that the slow sides work on: every so many-th indicator.
SLOW_INDICATORS = 4
SLOW_SERIES = 400


# --- synthetic figures --------------------------------------------------------------------------


def codes() -> list[str]:
    """400 codes of municipalities, of today and dated: only their number matters here."""
    bare = [r.code for r in region_codes.regions("kunta", past=True)]
    return sorted([*bare, *(f"{code}@2013" for code in bare)][:AREAS])


def figures() -> np.ndarray:
    """Indicators × areas × years, SYNTHETIC: a level, a slope and noise of each series."""
    random = np.random.default_rng(20261124)
    level = random.uniform(30, 90, (INDICATORS, AREAS, 1))
    slope = random.normal(0, 0.4, (INDICATORS, AREAS, 1)) * np.arange(YEARS)
    noise = random.normal(0, 2, (INDICATORS, AREAS, YEARS))
    return np.maximum(np.round(level + slope + noise, 1), 0.1)


def observations() -> pd.DataFrame:
    """The one table of the synthetic figures."""
    names = [f"synthetic_{n:03d}" for n in range(INDICATORS)]
    years = [str(FIRST + n) for n in range(YEARS)]
    shape = (INDICATORS, AREAS, YEARS)

    def category(kinds: Sequence[str], axis: int) -> pd.Categorical:
        line = np.arange(len(kinds)).reshape([-1 if n == axis else 1 for n in range(3)])
        return pd.Categorical.from_codes(np.broadcast_to(line, shape).ravel(), list(kinds))

    size = INDICATORS * AREAS * YEARS
    one = np.zeros(size, dtype=np.int8)
    return table.make(
        pd.DataFrame(
            {
                "indicator": category(names, 0),
                "region": category(codes(), 1),
                "breakdown": pd.Categorical.from_codes(one, ["total"]),
                "period": category(years, 2),
                "value": figures().ravel(),
                "status": pd.Categorical.from_codes(one, ["final"]),
                "snapshot": pd.Categorical.from_codes(one, ["synthetic"]),
            }
        )
    )


def catalogue() -> Catalogue:
    """What the synthetic indicators are: percentages, more is better."""
    names = [f"synthetic_{n:03d}" for n in range(INDICATORS)]
    text = {"fi": "keksitty", "sv": "påhittad", "en": "synthetic"}
    about = {"subject": "synthetic", "names": text, "where": text, "unit": "percent",
             "decimals": 1, "direction": "up"}  # fmt: skip
    found = {name: Indicator(id=name, **about) for name in names}
    nothing = KeyFigures(**dict.fromkeys(KeyFigures.model_fields, ()))
    return Catalogue(
        indicators=found, units=indicators.load().units, sources={}, cuts=(),
        key_figures=nothing, aliases={},
    )  # fmt: skip


# --- the sides ----------------------------------------------------------------------------------


def ours(frame: pd.DataFrame, about: Catalogue) -> pd.DataFrame:
    return measure_rows(frame, MEASURES, base=str(BASE), whole=False, catalogue=about)


def by_pandas(frame: pd.DataFrame) -> pd.DataFrame:
    """Vectorised: grouped transforms, no Python function over groups."""
    year = frame["period"].cat.categories.astype(int).to_numpy()[frame["period"].cat.codes]
    value = frame["value"]
    series = [frame["indicator"], frame["region"]]
    beside = [frame["indicator"], frame["period"]]
    grouped = value.groupby(series, observed=True, sort=False)
    across = value.groupby(beside, observed=True, sort=False)
    base = value.where(year == BASE).groupby(series, observed=True, sort=False).transform("max")
    before = grouped.shift(5)
    off = pd.Series(year - year.mean(), index=frame.index)
    up = (off * value).groupby(series, observed=True, sort=False).transform("sum")
    down = (off * off).groupby(series, observed=True, sort=False).transform("sum")
    return frame.assign(
        rebase=100 * value / base,
        change_5y=value - before,
        rank=across.rank(ascending=False),
        zscore=(value - across.transform("mean")) / across.transform("std"),
        slope=up / down,
    )


def by_polars(frame: Any) -> Any:
    import polars as pl

    series, beside = ["indicator", "region"], ["indicator", "period"]
    value = pl.col("value")
    off = pl.col("year") - pl.col("year").mean()
    return (
        frame.lazy()
        .with_columns(
            rebase=100 * value / value.filter(pl.col("year") == BASE).first().over(series),
            change_5y=value - value.shift(5).over(series),
            rank=value.rank("average", descending=True).over(beside),
            zscore=(value - value.mean().over(beside)) / value.std().over(beside),
            slope=((off * value).sum() / (off * off).sum()).over(series),
        )
        .collect()
    )


DUCK = f"""
create or replace temp table found as
select t.* exclude (first_place, places),
    first_place + (places - 1) / 2.0 as rank
from (
    select *,
        100 * value / max(value) filter (year = {BASE}) over series as rebase,
        value - lag(value, 5) over in_time as change_5y,
        rank() over downward as first_place,
        count(*) over (partition by indicator, period, value) as places,
        (value - avg(value) over beside) / stddev_samp(value) over beside as zscore,
        regr_slope(value, year) over series as slope
    from observations
    window series as (partition by indicator, region),
        in_time as (partition by indicator, region order by year),
        beside as (partition by indicator, period),
        downward as (partition by indicator, period order by value desc)
) t
"""


def by_duckdb(connection: Any) -> Any:
    connection.execute(DUCK)
    return connection


def by_apply(frame: pd.DataFrame) -> pd.DataFrame:
    """A Python function a group, as one writes it first."""

    def in_time(group: pd.DataFrame) -> pd.DataFrame:
        year = group["period"].astype(int).to_numpy()
        value = group["value"].to_numpy()
        return pd.DataFrame(
            {
                "rebase": 100 * value / value[year == BASE][0],
                "change_5y": group["value"] - group["value"].shift(5),
                "slope": np.polyfit(year, value, 1)[0],
            },
            index=group.index,
        )

    def across(group: pd.DataFrame) -> pd.DataFrame:
        value = group["value"]
        return pd.DataFrame(
            {"rank": value.rank(ascending=False), "zscore": (value - value.mean()) / value.std()},
            index=group.index,
        )

    one = frame.groupby(["indicator", "region"], observed=True, group_keys=False).apply(in_time)
    two = frame.groupby(["indicator", "period"], observed=True, group_keys=False).apply(across)
    return frame.join(one).join(two)


# --- running ------------------------------------------------------------------------------------


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    found = call()
    return time.perf_counter() - start, found


def agree(found: pd.DataFrame, expected: pd.DataFrame, who: str) -> None:
    """Stop where two sides differ."""
    one, two = (f.astype(dict.fromkeys(KEY, "str")).sort_values(KEY) for f in (found, expected))
    for name in MEASURES:
        np.testing.assert_allclose(
            one[name].to_numpy(dtype=float), two[name].to_numpy(dtype=float),
            rtol=1e-7, atol=1e-9, err_msg=f"{who}: {name}",
        )  # fmt: skip


def compare(runs: int) -> None:
    import duckdb
    import polars as pl

    frame, about = observations(), catalogue()
    year = frame["period"].astype(str).astype(np.int32)
    polars_frame = pl.from_pandas(frame).with_columns(pl.Series("year", year.to_numpy()))
    connection = duckdb.connect()
    connection.execute("set enable_progress_bar = false")
    with_year = frame.assign(year=year)
    connection.register("given", with_year)
    connection.execute("create table observations as select * from given")
    sides: dict[str, Callable[[], Any]] = {
        "ours": lambda: ours(frame, about),
        "pandas": lambda: by_pandas(frame),
        "polars": lambda: by_polars(polars_frame),
        "DuckDB": lambda: by_duckdb(connection),
    }
    expected = ours(frame, about)
    agree(by_pandas(frame), expected, "pandas")
    agree(by_polars(polars_frame).to_pandas(), expected, "polars")
    agree(by_duckdb(connection).execute("from found").df(), expected, "DuckDB")
    few = frame[frame["indicator"].isin(frame["indicator"].cat.categories[:SLOW_INDICATORS])]
    few = few.reset_index(drop=True)
    slow, found = timed(lambda: by_apply(few))
    agree(found, expected.iloc[: len(few)], "groupby.apply")
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(runs):
        for name, side in sides.items():
            took, found = timed(side)
            del found
            seconds[name].append(took)
    print(f"rebase, 5-year change, rank, z-score, slope of {len(frame):,} observations")
    for name, took in seconds.items():
        ratio = statistics.median(
            other / own for other, own in zip(took, seconds["ours"], strict=True)
        )
        print(f"  {name:14}{statistics.median(took):8.3f} s{ratio:8.2f} × ours")
    whole = slow * INDICATORS / SLOW_INDICATORS
    ratio = whole / statistics.median(seconds["ours"])
    print(f"  groupby.apply {whole:8.1f} s{ratio:8.0f} × ours (from {len(few):,} rows)")


def compare_trends(runs: int) -> None:
    import pymannkendall

    rows = figures().reshape(-1, YEARS)
    years = np.arange(FIRST, FIRST + YEARS, dtype=float)
    part = rows[:: len(rows) // SLOW_SERIES]
    took, theirs = timed(lambda: [pymannkendall.original_test(row) for row in part])
    many = trend_many(part, years)
    for name, expected in (
        ("slope", [t.slope for t in theirs]),
        ("p", [t.p for t in theirs]),
        ("s", [t.s for t in theirs]),
    ):
        np.testing.assert_allclose(getattr(many, name), expected, rtol=1e-9, atol=1e-12)
    mine = [timed(lambda: trend_many(rows, years))[0] for _ in range(runs)]
    ratio = (took / len(part)) / (statistics.median(mine) / len(rows))
    print(f"Theil-Sen and Mann-Kendall with p, {len(rows):,} series of {YEARS}")
    print(f"  trend_many    {statistics.median(mine):8.3f} s")
    print(f"  pymannkendall {took / len(part) * len(rows):8.1f} s{ratio:8.0f} × ours")


def measure_memory() -> None:
    """What a call adds at its highest, in a process that only reads the table."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "table.pickle"
        observations().to_pickle(file)
        # Linux only: the kernel's own account of the process.
        subprocess.run([sys.executable, __file__, "--memory", str(file)], check=True)


def memory(file: Path) -> None:
    frame, about = pd.read_pickle(file), catalogue()
    # Imports and first calls are not the table's; a small one pays for them.
    ours(table.make(frame.iloc[: AREAS * YEARS]), about)
    size = int(frame.memory_usage(deep=True).sum())
    before, resident = _peak(), _resident()
    found = ours(frame, about)
    added = _peak() - resident
    kept = int(found.memory_usage(deep=True).sum()) - size
    print(
        f"memory: the table {size / 1e6:.1f} MB, its new columns {kept / 1e6:.1f} MB; a call adds"
    )
    print(f"  {added / 1e6:.1f} MB at its highest, {added / size:.2f} × the table", end=" ")
    print(f"(highest before the call {(before - resident) / 1e6:.1f} MB above where it began)")


def _resident() -> int:
    return _status("VmRSS")


def _peak() -> int:
    """The highest of this process; what getrusage says may be its parent's."""
    return _status("VmHWM")


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))


def main() -> None:
    """Run all sides in turn and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--memory", type=Path, help="only the memory of a call, on this table")
    given = parser.parse_args()
    if given.memory:
        memory(given.memory)
        return
    compare(given.runs)
    compare_trends(given.runs)
    measure_memory()


if __name__ == "__main__":
    main()
