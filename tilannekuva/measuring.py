"""Observations → metrics: the five questions asked of every area of a level at once.

Where are we (latest, age) · where are we heading (change, index, trend) · how do we compare (gap,
share, rank) · how far to go (target, pace) · how sure are we (status, rank interval, trend
interval). The kernels are in ``measures``; this room lays the table out for them and names the
results.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from tilannekuva import cubes, periods, settings, table
from tilannekuva.columns import Derivation
from tilannekuva.cubes import Cube
from tilannekuva.indicators import Catalogue, load
from tilannekuva.measures.change import TrendMany
from tilannekuva.metric_rows import Ranks, Row, Seen, changes, comparison, forecast
from tilannekuva.metric_trends import (
    latest_columns,
    target_rows,
    trend_points,
    trend_rows,
    trends,
)
from tilannekuva.model import Break, Indicator

__all__ = [
    "METRICS",
    "Measurement",
    "Row",
    "as_published",
    "half_up",
    "is_computed",
    "measure",
    "measurements",
]

METRICS = {
    "latest": "newest figure that is not a forecast",
    "forecast": "the farthest forecast there is",
    "age_months": "full months from the end of the latest period to the as-of date",
    "change_1y": "change over one year, in the unit (percentage points for per cent)",
    "change_5y": "change over five years, in the unit",
    "change_10y": "change over ten years, in the unit",
    "change_pct_1y": "change over one year, per cent",
    "change_pct_5y": "change over five years, per cent",
    "change_pct_10y": "change over ten years, per cent",
    "index": "latest figure when the base year is 100",
    "gap": "latest figure minus the official figure of the whole country",
    "gap_pct": "gap in per cent of the country's figure",
    "gap_index": "latest figure when the country is 100",
    "gap_change_5y": "change of the gap over five years",
    "gap_change_10y": "change of the gap over ten years",
    "share_of_country": "per cent of the country's figure, for what adds up over areas",
    "country_change_pct_10y": "the country's change over the same ten years, per cent",
    "rank": "competition rank, 1 = best by direction",
    "rank_low": "best rank that rounding allows",
    "rank_high": "worst rank that rounding allows",
    "rank_n": "areas ranked",
    "regions_n": "areas that have the figure of that period",
    "trend_slope": "Sen slope of the last ten annual points, unit per year",
    "trend_low": "lower end of its 95 % interval",
    "trend_high": "upper end of its 95 % interval",
    "trend_low80": "lower end of its 80 % interval",
    "trend_high80": "upper end of its 80 % interval",
    "trend_p": "two-sided p of Mann-Kendall, exact for at most ten points without ties",
    "trend_tau": "Kendall's tau-b",
    "trend_n": "points used",
    "trend_word": "2 clear rise, 1 signs of rise, 0 cannot tell, -1 signs of fall, -2 clear fall",
    "target_value": "level of the nearest target after the as-of date",
    "target_distance": "target minus latest, in the unit",
    "pace_required": "change a year needed from the latest period to the target",
    "pace_actual": "change a year over the last ten annual points (Sen slope)",
    "reach_year": "year in which the target is reached at the actual pace",
}
"""Every metric by name, with what it says."""


class Measurement(NamedTuple):
    """A cube and the metric rows of each of its areas."""

    cube: Cube
    rows: dict[str, tuple[Row, ...]]
    """By area code; areas without a figure are left out."""


def measure(
    observations: pd.DataFrame,
    *,
    level: str = "maakunta",
    as_of: str | None = None,
    catalogue: Catalogue | None = None,
    breaks: Iterable[tuple[str, Break]] | None = None,
) -> pd.DataFrame:
    """Measure every indicator of a table in every area of a level.

    Args:
        observations: A view of the one table.
        level: Level of areas to measure; the whole country is the reference.
        as_of: ISO date for ages and targets; None leaves both out.
        catalogue: Directions, targets, breaks and units; the packaged one by default.
        breaks: (indicator or ``*``, break) beyond those of the catalogue.

    Returns:
        The one table's columns and ``metric``; a metric that cannot be had is NaN with the status
        ``not_computable``. ``snapshot`` is that of the figure, or ``f-…`` where several were used.

    >>> rows = table.make({"indicator": ["births"] * 2, "region": ["MK18"] * 2,
    ...     "breakdown": ["total"] * 2, "period": ["2020", "2021"], "value": [460.0, 521.0],
    ...     "status": ["final"] * 2, "snapshot": ["a"] * 2})
    >>> m = measure(rows)
    >>> m.loc[m["metric"] == "change_1y", "value"].tolist()
    [61.0]
    """
    observations = table.make(observations)
    catalogue = catalogue or load(settings.read().path("catalogue"))
    as_of = periods.iso_date(as_of) if as_of else None
    ids = [str(s) for s in observations["snapshot"].cat.categories]
    out: list[tuple[str, str, str, str, float, str, str, str]] = []
    for found in measurements(observations, level, catalogue, as_of, breaks or ()):
        for area, rows in found.rows.items():
            for r in rows:
                code = _code(found.cube, area, rows[0] if r.metric != "forecast" else r)
                out.append(
                    (
                        found.cube.indicator,
                        code,
                        found.cube.breakdown,
                        r.period,
                        np.nan if r.value is None else r.value,
                        "not_computable" if r.value is None else r.status,
                        origin_id(r, ids)[0],
                        r.metric,
                    )
                )
    frame = pd.DataFrame(out, columns=[*table.COLUMNS, "metric"])
    made = table.make(frame.assign(breakdown=frame["breakdown"] + "\n" + frame["metric"]))
    split = made["breakdown"].astype("str").str.split("\n", n=1, expand=True)
    made["breakdown"] = pd.Categorical(split[0] if len(made) else [])
    made["metric"] = pd.Categorical(split[1] if len(made) else [])
    return made


def _code(cube: Cube, area: str, row: Row) -> str:
    """The code that an area's figure was given for; all its metrics are about that area."""
    return str(cube.codes[cube.areas.index(area), cube.periods.index(row.period)])


def origin_id(row: Row, ids: Sequence[str]) -> tuple[str, Derivation | None]:
    """The snapshot of a metric row: its figure's own, or one derived from several."""
    used = tuple(sorted(ids[n] for n in row.origins if n >= 0))
    if len(used) == 1:
        return used[0], None
    digest = hashlib.sha256("\n".join((*used, f"metric {row.metric}")).encode()).hexdigest()
    return f"f-{digest[:16]}", Derivation(used, f"metric {row.metric}")


def measurements(
    observations: pd.DataFrame,
    level: str,
    catalogue: Catalogue,
    as_of: str | None,
    breaks: Iterable[tuple[str, Break]] = (),
) -> list[Measurement]:
    """The cubes of a table with their metric rows, in the order of indicator and breakdown."""
    declared = [(i.id, b) for i in catalogue.indicators.values() for b in i.breaks]
    known = [
        as_published(c, catalogue.indicators[c.indicator])
        for c in cubes.cubes(observations, level, [*declared, *breaks])
        if c.indicator in catalogue.indicators
    ]
    chosen = [trend_points(c) for c in known]
    tested = trends(known, chosen)
    return [
        Measurement(c, _area_rows(c, catalogue, points, trend, as_of))
        for c, points, trend in zip(known, chosen, tested, strict=True)
    ]


def as_published(cube: Cube, indicator: Indicator) -> Cube:
    """A cube whose computed figures have the digits that the indicator is published with.

    A reader who sees 8.6 and 9.7 expects a difference of 1.1: measures are made of the figures that
    stand on the page. Figures that a publisher printed are left as they are.
    """
    if not is_computed(indicator):
        return cube
    line = cube.country
    return cube._replace(
        value=half_up(cube.value, indicator.decimals),
        country=line and line._replace(value=half_up(line.value, indicator.decimals)),
    )


def is_computed(indicator: Indicator) -> bool:
    """Whether its figures have more digits than anybody published: quotients, means, not sums."""
    mean = indicator.aggregate is not None and indicator.aggregate.method == "weighted_mean"
    return indicator.formula is not None or mean


def half_up(values: np.ndarray, decimals: int) -> np.ndarray:
    """Round half away from zero; what is a half but for binary noise counts as one.

    >>> half_up(np.array([2.25, -2.25, 2.675]), 1).tolist(), half_up(np.array([0.285]), 2).tolist()
    ([2.3, -2.3, 2.7], [0.29])
    """
    scale = 10.0**decimals
    rounded = np.floor(np.abs(values) * scale * (1 + 1e-12) + 0.5) / scale
    # Adding zero turns −0.0 into 0.0: nothing is not negative.
    return np.where(np.isnan(values), np.nan, np.sign(values) * rounded + 0.0)


def _area_rows(
    cube: Cube, catalogue: Catalogue, points: np.ndarray, trend: TrendMany | None, as_of: str | None
) -> dict[str, tuple[Row, ...]]:
    indicator = catalogue.indicators[cube.indicator]
    unit = catalogue.units[indicator.unit]
    latest = latest_columns(cube)
    ranks = Ranks(cube, indicator, unit.extensive)
    out: dict[str, tuple[Row, ...]] = {}
    for n, area in enumerate(cube.areas):
        ahead = forecast(cube, n)
        if latest[n] < 0:
            if ahead is not None:
                out[area] = (ahead,)
            continue
        at = int(latest[n])
        seen = Seen(cube, n, at, indicator.balance)
        rows = [Row("latest", seen.value, seen.period, seen.status, None, seen.origin)]
        if ahead is not None:
            rows.append(ahead)
        if as_of is not None:
            age = periods.age_months(seen.period, dt.date.fromisoformat(as_of))
            rows.append(Row("age_months", float(age), seen.period, seen.status, None, seen.origin))
        rows += changes(seen, unit.relative)
        rows += comparison(seen, unit.extensive, unit.relative)
        rows += ranks.rows(seen)
        rows += trend_rows(seen, indicator, points[n], trend, unit.extensive)
        rows += target_rows(seen, indicator, as_of, rows)
        out[area] = tuple(rows)
    return out
