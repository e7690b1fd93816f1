"""Where is it going and how far to the target: trend and target rows of the areas of a cube."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np

from tilannekuva import periods
from tilannekuva.cubes import FORECAST, Cube
from tilannekuva.measures.certainty import false_discovery
from tilannekuva.measures.change import TrendMany, trend_many
from tilannekuva.metric_rows import Row, Seen
from tilannekuva.model import Indicator, Target
from tilannekuva.statuses import STATUSES, worst

__all__ = [
    "LEAST_SHARE",
    "UNSETTLED",
    "controlled",
    "latest_columns",
    "target_rows",
    "trend_points",
    "trend_rows",
    "trends",
]

_TREND_POINTS = 10
_MIN_POINTS = 6
LEAST_SHARE = 0.03
"""Of a count, the least change worth a word is this share of where it began."""
_CLEAR, _SIGNS = 0.05, 0.20
"""Shares of false findings, among all that are called so, that the two words may have."""


def latest_columns(cube: Cube) -> np.ndarray:
    """Column of each area's newest figure that is not a forecast; −1 for none."""
    there = ~np.isnan(cube.value) & (cube.status != FORECAST)
    last = there.shape[1] - 1 - np.argmax(there[:, ::-1], axis=1)
    return np.where(there.any(axis=1), last, -1)


UNSETTLED = [STATUSES.index(s) for s in ("preliminary", "estimated", "forecast", "unreliable")]


def trend_points(cube: Cube) -> np.ndarray:
    """Columns of the last ten annual points of each area's newest stretch, settled figures only.

    Months and quarters are compared with the same month or quarter of other years; of overlapping
    spans every n-th is taken, so that no year is counted twice. Shape (areas, 10); −1 pads.
    """
    parsed = [periods.parse(p) for p in cube.periods]
    start = np.array([p.start for p in parsed], dtype=np.int64)
    length = np.array([p.end - p.start + 1 for p in parsed], dtype=np.int64)
    latest = latest_columns(cube)
    usable = ~np.isnan(cube.value) & ~np.isin(cube.status, UNSETTLED)
    out = np.full((len(cube.areas), _TREND_POINTS), -1, dtype=np.int64)
    for row, last in enumerate(latest):
        if last < 0:
            continue
        step = max(12, int(length[last]))
        good = usable[row] & (cube.segment[row] == cube.segment[row, last])
        good &= (np.arange(len(start)) <= last) & ((start[last] - start) % step == 0)
        found = np.flatnonzero(good)[-_TREND_POINTS:]
        out[row, _TREND_POINTS - len(found) :] = found
    return out


def trends(known: Sequence[Cube], chosen: Sequence[np.ndarray]) -> list[TrendMany | None]:
    """One call of the kernel for all series whose points lie in the same years, area by area."""
    out: list[TrendMany | None] = []
    for cube, points in zip(known, chosen, strict=True):
        columns = np.unique(points[points >= 0])
        if len(columns) < 2:
            out.append(None)
            continue
        values = np.full((len(cube.areas), len(columns)), np.nan)
        place = np.searchsorted(columns, points)
        rows, slots = np.nonzero(points >= 0)
        values[rows, place[rows, slots]] = cube.value[rows, points[rows, slots]]
        years = np.array([periods.year(cube.periods[c]) for c in columns])
        # Quarters and months of one year share it: their offset keeps the axis rising.
        out.append(trend_many(values, years, confidence=(0.95, 0.80)))
    return out


def controlled(
    known: Sequence[Cube],
    chosen: Sequence[np.ndarray],
    tested: Sequence[TrendMany | None],
    indicators: Sequence[Indicator],
) -> list[np.ndarray]:
    """The controlled p of every trend: each area's tests are looked at together.

    With a hundred indicators side by side some trends stand out by chance. The tests of an area's
    figures are one family, those of its figures by group another.

    Args:
        known: The cubes.
        chosen: The points of each, as :func:`trend_points` gives them.
        tested: The trends of each.
        indicators: What each cube is; a test that nobody is shown does not count.

    Returns:
        For each cube an array (areas,); NaN where there is no test.
    """
    out = [np.full(len(c.areas), np.nan) for c in known]
    for total in (True, False):
        rows = [n for n, c in enumerate(known) if (c.breakdown == "total") == total]
        if not rows:
            continue
        p = np.full((len(rows), len(known[rows[0]].areas)), np.nan)
        for row, n in enumerate(rows):
            trend, indicator = tested[n], indicators[n]
            if trend is None or not indicator.trend:
                continue
            shown = (chosen[n] >= 0).sum(axis=1) >= _MIN_POINTS
            if indicator.regions:
                shown &= np.isin(known[n].areas, indicator.regions)
            p[row] = np.where(shown, trend.p, np.nan)
        for n, q in zip(rows, false_discovery(p.T).T, strict=True):
            out[n] = q
    return out


_TREND = ("trend_slope", "trend_low", "trend_high", "trend_low80", "trend_high80", "trend_p",
          "trend_q", "trend_tau", "trend_n", "trend_word", "trend_word_alone")  # fmt: skip


def trend_rows(
    seen: Seen,
    indicator: Indicator,
    points: np.ndarray,
    trend: TrendMany | None,
    extensive: bool,
    q: float = np.nan,
) -> list[Row]:
    """The slope, its intervals and the evidence word of one area.

    Args:
        seen: The area at its latest period.
        indicator: What is measured; its ``min_change`` is the least change worth a word.
        points: Columns of the cube that the trend was reckoned from; negative ones are padding.
        trend: Trends of every area of the cube; None where no two periods could be used.
        extensive: Whether it is a count: then three per cent is the least change worth a word.
        q: The controlled p, see :func:`controlled`; without one the p of the test alone counts.

    Returns:
        A row a metric, or why there is none.
    """
    used = points[points >= 0]
    n = len(used)
    if trend is None or n < _MIN_POINTS or not indicator.trend:
        why = "too_few_points" if indicator.trend else "no_trend"
        rows = [Row(name, None, seen.period, seen.status, why) for name in _TREND]
        rows[_TREND.index("trend_n")] = Row("trend_n", float(n), seen.period, seen.status)
        return rows
    cube, at = seen.cube, seen.n
    first, last = cube.periods[int(used[0])], cube.periods[int(used[-1])]
    slope = float(trend.slope[at])
    values = {
        "trend_slope": slope,
        "trend_low": trend.slope_low[at],
        "trend_high": trend.slope_high[at],
        "trend_low80": trend.slope_low80[at],
        "trend_high80": trend.slope_high80[at],
        "trend_p": trend.p[at],
        "trend_q": trend.p[at] if np.isnan(q) else q,
        "trend_tau": trend.tau_b[at],
        "trend_n": float(n),
    }
    years = periods.year(last) - periods.year(first)
    # What is much in Kainuu is little in Uusimaa: a count's least change goes with its size.
    start = abs(float(cube.value[at, int(used[0])]))
    least = LEAST_SHARE * start if extensive else indicator.min_change
    values["trend_word_alone"] = _word(values, years, least)
    values["trend_word"] = _allowed(values["trend_word_alone"], values["trend_q"])
    origin = frozenset(int(cube.snapshot[at, c]) for c in used)
    status = worst(*(STATUSES[cube.status[at, c]] for c in used))
    span = last if cube.frequency == "span" else f"{first}/{last}"
    return [
        Row(
            name,
            None if np.isnan(values[name]) else float(values[name]),
            span,
            status,
            "too_few_points" if np.isnan(values[name]) else None,
            origin,
        )
        for name in _TREND
    ]


def _word(t: dict[str, float], years: float, min_change: float) -> float:
    """The evidence word as a number, by the rule of the house (see METRICS)."""
    slope = t["trend_slope"]
    sign = float(np.sign(slope))
    wide = t["trend_low"] > 0 or t["trend_high"] < 0
    narrow = t["trend_low80"] > 0 or t["trend_high80"] < 0
    if wide and abs(slope) * years >= min_change:
        return 2 * sign
    return sign if narrow else 0.0


def _allowed(word: float, q: float) -> float:
    """The word that is left when the tests of the area are looked at together."""
    if abs(word) == 2 and not q <= _CLEAR:
        word /= 2
    return word if q <= _SIGNS else 0.0


def target_rows(
    seen: Seen, indicator: Indicator, as_of: str | None, rows: Sequence[Row]
) -> list[Row]:
    """How far the next target is, at what pace it is neared and when it would be reached.

    Args:
        seen: The area at its latest period.
        indicator: What is measured, with its targets.
        as_of: The day the target must lie ahead of; by default the end of the latest year.
        rows: The trend of the area, whose slope is the actual pace.

    Returns:
        A row a metric; none where the indicator has no target.
    """
    names = ("target_value", "target_distance", "pace_required", "pace_actual", "reach_year")
    if not indicator.targets:
        return []
    target = _nearest(indicator.targets, as_of or f"{seen.period[:4]}-12-31")
    if target is None:
        return [Row(n, None, seen.period, seen.status, "target_past") for n in names]
    level = _level(seen, target, target.value)
    if level is None:
        return [Row(n, None, target.period, seen.status, "no_base_value") for n in names]
    years = periods.year(target.period) - periods.year(seen.period)
    met = level <= seen.value if target.bound == "at_least" else seen.value <= level
    if target.bound == "between" and target.value_high is not None:
        # The nearer end of the range is the aim; inside it there is nothing to do.
        high = _level(seen, target, target.value_high)
        assert high is not None  # the base was there for the lower end
        met = level <= seen.value <= high
        level = high if seen.value > high else level
    distance = level - seen.value
    out = [
        Row("target_value", level, target.period, seen.status, None, seen.origin),
        Row(
            "target_distance", distance, seen.span_to(target.period), seen.status, None, seen.origin
        ),
    ]
    trend = {r.metric: r.value for r in rows}
    out += _paces(seen, target, distance / years if years > 0 else None, met, trend, as_of)
    return out


def _paces(
    seen: Seen,
    target: Target,
    required: float | None,
    met: bool,
    trend: Mapping[str, float | None],
    as_of: str | None,
) -> list[Row]:
    """Required and actual pace, and the year of arrival; none from a figure too old to go by."""
    span = seen.span_to(target.period)
    old = as_of is not None and (
        periods.age_months(seen.period, dt.date.fromisoformat(as_of)) > periods.STALE_MONTHS
    )
    slope, word = trend.get("trend_slope"), trend.get("trend_word")
    why = "stale" if old else "target_met" if met else None
    rows = [
        _row("pace_required", required, seen, span, why or (None if required else "target_past")),
        _row("pace_actual", slope, seen, span, why if old else None),
    ]
    reach = None
    toward = slope is not None and required is not None and slope * required > 0
    if slope is not None and required is not None and toward:
        left = periods.year(target.period) - periods.year(seen.period)
        reach = float(np.ceil(periods.year(seen.period) + required * left / slope))
    # A year is promised by a clear direction only; signs of one could point anywhere.
    unclear = None if word is not None and abs(word) == 2 else "trend_unclear"
    missing = "too_few_points" if slope is None else unclear if toward else "not_reached"
    return [*rows, _row("reach_year", reach, seen, target.period, why or missing)]


def _row(metric: str, value: float | None, seen: Seen, period: str, reason: str | None) -> Row:
    """A row with its value, or with the reason why there is none."""
    if value is None and reason is None:
        reason = "too_few_points"
    return Row(metric, None if reason else value, period, seen.status, reason, seen.origin)


def _nearest(targets: Sequence[Target], as_of: str) -> Target | None:
    day = dt.date.fromisoformat(as_of)
    ahead = [t for t in targets if periods.latest_day(t.period) > day]
    return min(ahead, key=lambda t: periods.latest_day(t.period)) if ahead else None


def _level(seen: Seen, target: Target, value: float) -> float | None:
    if target.kind == "level":
        return value
    if target.base_period is None or target.base_period not in seen.cube.periods:
        return None
    column = seen.cube.periods.index(target.base_period)
    same = seen.cube.segment[seen.n, column] == seen.cube.segment[seen.n, seen.at]
    base = float(seen.cube.value[seen.n, column])
    return base * (1 + value / 100) if same and not np.isnan(base) else None
