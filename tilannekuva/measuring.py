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
from tilannekuva.errors import DataError
from tilannekuva.indicators import Catalogue, load
from tilannekuva.measures.change import TrendMany
from tilannekuva.metric_fans import FAN, Fan, fan_rows, fans
from tilannekuva.metric_intervals import Limits, interval_rows, limits
from tilannekuva.metric_rows import Ranks, Row, Seen, changes, comparison, forecast
from tilannekuva.metric_trends import (
    controlled,
    latest_columns,
    target_rows,
    trend_points,
    trend_rows,
    trends,
)
from tilannekuva.model import Break, Indicator

__all__ = [
    "METRICS",
    "QUESTIONS",
    "Measurement",
    "Row",
    "as_frame",
    "as_printed",
    "as_published",
    "half_up",
    "is_computed",
    "line",
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
    "rank_low": "best rank that rounding and chance allow",
    "rank_high": "worst rank that rounding and chance allow",
    "rank_n": "areas ranked",
    "regions_n": "areas that have the figure of that period",
    "trend_slope": "Sen slope of the last ten annual points, unit per year",
    "trend_low": "lower end of its 95 % interval",
    "trend_high": "upper end of its 95 % interval",
    "trend_low80": "lower end of its 80 % interval",
    "trend_high80": "upper end of its 80 % interval",
    "trend_p": "two-sided p of Mann-Kendall, exact for at most ten points without ties",
    "trend_q": "the same p when all trends tested for the area are looked at together",
    "trend_tau": "Kendall's tau-b",
    "trend_n": "points used",
    "trend_word": "2 clear rise, 1 signs of rise, 0 cannot tell, -1 signs of fall, -2 clear fall",
    "trend_word_alone": "the word that the test would give if it were the only one",
    "interval_low": "lower end of the 95 % interval of the latest figure, where its count is known",
    "interval_high": "upper end of it",
    "events": "events that the latest figure counts, where they are known",
    "fan_low80": "carried on from its past: lower end of what holds four outcomes of five",
    "fan_low50": "lower end of what holds every second outcome",
    "fan_mid": "the series carried on by a damped trend",
    "fan_high50": "upper end of what holds every second outcome",
    "fan_high80": "upper end of what holds four outcomes of five",
    "fan_error": "mean error of carrying the past on so, over the mean yearly step",
    "fan_error_naive": "the same of carrying on the last figure",
    "target_value": "level of the nearest target after the as-of date",
    "target_distance": "target minus latest, in the unit",
    "pace_required": "change a year needed from the latest period to the target",
    "pace_actual": "change a year over the last ten annual points (Sen slope)",
    "reach_year": "year in which the target is reached at the actual pace",
}
"""Every metric by name, with what it says."""

QUESTIONS = {
    "where_are_we": ("latest", "age_months"),
    "where_heading": (
        "forecast",
        "change_1y",
        "change_5y",
        "change_10y",
        "change_pct_1y",
        "change_pct_5y",
        "change_pct_10y",
        "index",
        "trend_slope",
        "trend_tau",
        "trend_word",
        *FAN,
    ),
    "how_we_compare": (
        "gap",
        "gap_pct",
        "gap_index",
        "gap_change_5y",
        "gap_change_10y",
        "share_of_country",
        "country_change_pct_10y",
        "rank",
    ),
    "how_far_to_go": (
        "target_value",
        "target_distance",
        "pace_required",
        "pace_actual",
        "reach_year",
    ),
    "how_sure": (
        "rank_low",
        "rank_high",
        "rank_n",
        "regions_n",
        "trend_low",
        "trend_high",
        "trend_low80",
        "trend_high80",
        "trend_p",
        "trend_q",
        "trend_n",
        "trend_word_alone",
        "interval_low",
        "interval_high",
        "events",
        "fan_error",
        "fan_error_naive",
    ),
}
"""The five questions, with the metrics that answer each; every metric answers exactly one."""


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
    questions: Iterable[str] = tuple(QUESTIONS),
) -> pd.DataFrame:
    """Measure every indicator of a table in every area of a level.

    Args:
        observations: A view of the one table.
        level: Level of areas to measure; the whole country is the reference.
        as_of: ISO date for ages and targets; None leaves both out.
        catalogue: Directions, targets, breaks and units; the packaged one by default.
        breaks: (indicator or ``*``, break) beyond those of the catalogue.
        questions: Names of :data:`QUESTIONS`; only their metrics are made.

    Returns:
        The one table's columns and ``metric``; a metric that cannot be had is NaN with the status
        ``not_computable``. ``snapshot`` is that of the figure, or ``f-…`` where several were used.

    Raises:
        DataError: A question is unknown, or the table breaks one of its rules.

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
    asked = tuple(questions)
    unknown = [q for q in asked if q not in QUESTIONS]
    if unknown:
        raise DataError(
            f"unknown question '{unknown[0]}'; the questions are {', '.join(QUESTIONS)}"
        )
    wanted = {metric for question in asked for metric in QUESTIONS[question]}
    out: list[Line] = []
    for found in measurements(observations, level, catalogue, as_of, breaks or (), asked):
        for area, rows in found.rows.items():
            for r in rows:
                if r.metric not in wanted:
                    continue
                code = _code(found.cube, area, rows[0] if r.metric != "forecast" else r)
                out.append(line(found.cube.indicator, code, found.cube.breakdown, r, ids))
    return as_frame(out)


Line = tuple[str, str, str, str, float, str, str, str]


def line(indicator: str, region: str, breakdown: str, row: Row, ids: Sequence[str]) -> Line:
    """A metric row with its key, as it stands in a table: the seven columns and ``metric``."""
    return (
        indicator,
        region,
        breakdown,
        row.period,
        np.nan if row.value is None else row.value,
        "not_computable" if row.value is None else row.status,
        origin_id(row, ids)[0],
        row.metric,
    )


def as_frame(lines: Iterable[Line]) -> pd.DataFrame:
    """The one table's columns and ``metric``, checked and ordered by the key and the metric."""
    frame = pd.DataFrame(list(lines), columns=[*table.COLUMNS, "metric"])
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
    questions: Iterable[str] = tuple(QUESTIONS),
) -> list[Measurement]:
    """The cubes of a table with their metric rows, in the order of indicator and breakdown.

    Of questions that are not asked nothing is computed; metrics that come with an asked one, and
    the latest figure, are always among the rows.
    """
    asked = frozenset(questions)
    declared = [(i.id, b) for i in catalogue.indicators.values() for b in i.breaks]
    known = [
        as_published(c, catalogue.indicators[c.indicator])
        for c in cubes.cubes(observations, level, [*declared, *breaks])
        if c.indicator in catalogue.indicators
    ]
    described = [catalogue.indicators[c.indicator] for c in known]
    # What is tested together depends on every trend there is: all of them or none.
    needed = not asked.isdisjoint(("where_heading", "how_sure", "how_far_to_go"))
    tested: list[_Tested | None] = [None] * len(known)
    if needed:
        chosen = [trend_points(c) for c in known]
        found = trends(known, chosen)
        q = controlled(known, chosen, found, described)
        tested = [_Tested(*each) for each in zip(chosen, found, q, strict=True)]
    ahead: list[dict[int, Fan]] = [{} for _ in known]
    if not asked.isdisjoint(("where_heading", "how_sure")):
        whole = [n for n, c in enumerate(known) if c.breakdown == "total"]
        for n, of_areas in zip(
            whole, fans([known[n] for n in whole], catalogue, as_of), strict=True
        ):
            ahead[n] = of_areas
    chance: list[Limits | None] = [None] * len(known)
    if not asked.isdisjoint(("how_we_compare", "how_sure")):
        by_name = {c.indicator: c for c in known if c.breakdown == "total"}
        chance = [
            limits(c, i, by_name) if c.breakdown == "total" else None
            for c, i in zip(known, described, strict=True)
        ]
    return [
        Measurement(c, _area_rows(c, catalogue, trend, fan, limit, as_of, asked))
        for c, trend, fan, limit in zip(known, tested, ahead, chance, strict=True)
    ]


class _Tested(NamedTuple):
    """The trends of a cube: columns used, the trends, the controlled p; by area."""

    points: np.ndarray
    trend: TrendMany | None
    q: np.ndarray


def as_published(cube: Cube, indicator: Indicator) -> Cube:
    """A cube whose computed figures have the digits that the indicator is published with.

    A reader who sees 8.6 and 9.7 expects a difference of 1.1: measures are made of the figures that
    stand on the page. Figures that a publisher printed are left as they are.
    """
    line = cube.country
    return cube._replace(
        value=as_printed(cube.value, indicator),
        country=line and line._replace(value=as_printed(line.value, indicator)),
    )


def as_printed(values: np.ndarray, indicator: Indicator) -> np.ndarray:
    """Figures of an indicator with the digits that they stand on a page with."""
    return half_up(values, indicator.decimals) if is_computed(indicator) else values


def is_computed(indicator: Indicator) -> bool:
    """Whether its figures have more digits than anybody published: quotients, means, not sums."""
    mean = indicator.aggregate is not None and indicator.aggregate.method == "weighted_mean"
    return indicator.rule is not None or mean


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
    cube: Cube,
    catalogue: Catalogue,
    tested: _Tested | None,
    ahead: dict[int, Fan],
    chance: Limits | None,
    as_of: str | None,
    asked: frozenset[str],
) -> dict[str, tuple[Row, ...]]:
    indicator = catalogue.indicators[cube.indicator]
    unit = catalogue.units[indicator.unit]
    latest = latest_columns(cube)
    ranks = Ranks(cube, indicator, unit.extensive, chance and (chance.low, chance.high))
    out: dict[str, tuple[Row, ...]] = {}
    for n, area in enumerate(cube.areas):
        projected = forecast(cube, n)
        if latest[n] < 0:
            if projected is not None:
                out[area] = (projected,)
            continue
        at = int(latest[n])
        seen = Seen(cube, n, at, indicator.balance)
        rows = [Row("latest", seen.value, seen.period, seen.status, None, seen.origin)]
        if projected is not None:
            rows.append(projected)
        rows += interval_rows(seen, chance)
        if as_of is not None:
            age = periods.age_months(seen.period, dt.date.fromisoformat(as_of))
            rows.append(Row("age_months", float(age), seen.period, seen.status, None, seen.origin))
        if "where_heading" in asked:
            rows += changes(seen, unit.relative)
        if "how_we_compare" in asked:
            rows += comparison(seen, unit.extensive, unit.relative)
        if not asked.isdisjoint(("how_we_compare", "how_sure")):
            rows += ranks.rows(seen)
        if tested is not None:
            rows += trend_rows(
                seen, indicator, tested.points[n], tested.trend, unit.extensive, float(tested.q[n])
            )
        rows += fan_rows(seen, ahead)
        if "how_far_to_go" in asked:
            rows += target_rows(seen, indicator, as_of, rows)
        out[area] = tuple(rows)
    return out
