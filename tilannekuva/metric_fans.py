"""Where a series would go by itself, with limits tried out on its own past: the fan of a finding.

A fan is no forecast of the region and no plan. It is withheld wherever it would say nothing: of
months and spans, of short, broken or old series, where carrying on the last figure did as well, and
where an official projection exists.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from tilannekuva import periods
from tilannekuva.cubes import FORECAST, Cube
from tilannekuva.indicators import Catalogue
from tilannekuva.measures.projection import Fans, project_many
from tilannekuva.metric_rows import Row, Seen, resolution
from tilannekuva.metric_trends import latest_columns
from tilannekuva.model import Indicator, Unit
from tilannekuva.statuses import STATUSES, worst

__all__ = ["FAN", "Fan", "fan_rows", "fans"]

FAN = ("fan_low80", "fan_low50", "fan_mid", "fan_high50", "fan_high80")
"""The five metrics of each year ahead, from the lowest to the highest."""
_SCORES = ("fan_error", "fan_error_naive")
_MOST, _LEAST = 5, 3
"""Years ahead."""
_NEEDED = 9
"""Points beyond the years ahead: five to learn from and five trials of the farthest year."""
_GOOD = [STATUSES.index(s) for s in ("final", "revised", "preliminary")]


class Fan(NamedTuple):
    """An area's series carried on, or why it is not."""

    reason: str | None
    columns: np.ndarray
    """Columns of the cube that it stands on."""
    values: np.ndarray
    """(metrics, years ahead), in the order of :data:`FAN`."""
    errors: tuple[float, float]
    """Of the method and of carrying on the last figure, over the steps of the past."""


_NONE = np.zeros(0, dtype=np.int64)


def _without(reason: str) -> Fan:
    return Fan(reason, _NONE, np.zeros((len(FAN), 0)), (np.nan, np.nan))


def fans(known: Sequence[Cube], catalogue: Catalogue, as_of: str | None) -> list[dict[int, Fan]]:
    """Fans of every area of every cube, reckoned together.

    Args:
        known: The cubes.
        catalogue: What they are.
        as_of: The day that makes a figure too old to be carried on; None for no such day.

    Returns:
        For each cube, area number → fan; areas without a figure are left out.
    """
    out: list[dict[int, Fan]] = []
    waiting: dict[int, list[tuple[int, int, np.ndarray]]] = {}
    for number, cube in enumerate(known):
        indicator = catalogue.indicators[cube.indicator]
        latest = latest_columns(cube)
        why = _never(cube, indicator)
        found: dict[int, Fan] = {}
        for n, last in enumerate(latest):
            if last < 0:
                continue
            columns = _NONE if why else _stretch(cube, n, int(last))
            reason = why or _not_now(cube, n, int(last), columns, as_of)
            found[n] = _without(reason or "too_few_points")
            if reason is None:
                ahead = min(_MOST, len(columns) - _NEEDED)
                waiting.setdefault(ahead, []).append((number, n, columns))
        out.append(found)
    for ahead, asked in waiting.items():
        for (number, n, _), fan in zip(asked, _reckon(known, catalogue, ahead, asked), strict=True):
            out[number][n] = fan
    return out


def _never(cube: Cube, indicator: Indicator) -> str | None:
    """Why no area of a cube has a fan."""
    if not indicator.trend:
        return "no_trend"
    if indicator.official_projection or bool((cube.status == FORECAST).any()):
        return "official_projection"
    return None if cube.frequency == "year" else "not_annual"


def _stretch(cube: Cube, n: int, last: int) -> np.ndarray:
    """Columns of the years up to the latest that follow each other without a gap or a break."""
    years = np.array([int(p) for p in cube.periods[: last + 1]])
    good = np.isin(cube.status[n, : last + 1], _GOOD) & ~np.isnan(cube.value[n, : last + 1])
    good &= cube.segment[n, : last + 1] == cube.segment[n, last]
    good &= years - years[last] == np.arange(-last, 1)  # no year is left out on the way
    bad = np.flatnonzero(~good)
    return np.arange(bad[-1] + 1 if len(bad) else 0, last + 1)


def _not_now(cube: Cube, n: int, last: int, columns: np.ndarray, as_of: str | None) -> str | None:
    """Why an area has no fan; None where it is to be reckoned."""
    if as_of is not None:
        age = periods.age_months(cube.periods[last], dt.date.fromisoformat(as_of))
        if age > periods.STALE_MONTHS:
            return "stale"
    if len(columns) >= _LEAST + _NEEDED:
        return None
    there = np.flatnonzero(~np.isnan(cube.value[n, : last + 1]))
    broken = (cube.segment[n, there] != cube.segment[n, last]).any()
    return "break" if broken and len(there) >= _LEAST + _NEEDED else "too_few_points"


def _reckon(
    known: Sequence[Cube],
    catalogue: Catalogue,
    ahead: int,
    asked: Sequence[tuple[int, int, np.ndarray]],
) -> list[Fan]:
    """Fans of the same length, in one call of the kernel."""
    size = max(len(columns) for _, _, columns in asked)
    values = np.full((len(asked), size), np.nan)
    bounds = np.empty((len(asked), 2))
    limits: dict[int, tuple[float, float]] = {}
    for row, (number, n, columns) in enumerate(asked):
        cube = known[number]
        values[row, : len(columns)] = cube.value[n, columns]
        if number not in limits:
            indicator = catalogue.indicators[cube.indicator]
            limits[number] = _bounds(cube, indicator, catalogue.units[indicator.unit])
        bounds[row] = limits[number]
    found = project_many(values, ahead, low=bounds[:, 0], high=bounds[:, 1])
    return [
        _fan(found, row, columns, known[number], n, catalogue)
        for row, (number, n, columns) in enumerate(asked)
    ]


def _bounds(cube: Cube, indicator: Indicator, unit: Unit) -> tuple[float, float]:
    """What the figures cannot pass: nothing, and of a percentage the whole, where none has."""
    known = cube.value[~np.isnan(cube.value)]
    signed = indicator.balance or unit.id == "percent_change" or bool((known < 0).any())
    whole = unit.id == "percent" and not signed and bool((known <= 100).all())
    return (np.nan if signed else 0.0), (100.0 if whole else np.nan)


def _fan(
    found: Fans, row: int, columns: np.ndarray, cube: Cube, n: int, catalogue: Catalogue
) -> Fan:
    own, naive = float(found.mase[row]), float(found.mase_naive[row])
    if not own < naive:
        return _without("fan_no_better")
    lines = (found.low80, found.low50, found.value, found.high50, found.high80)
    values = np.array([line[row] for line in lines])
    # No more digits than the figures that it carries on.
    decimals = catalogue.indicators[cube.indicator].decimals
    step = resolution(cube.value[n, columns], decimals)
    return Fan(None, columns, np.round(np.round(values / step) * step, 6) + 0.0, (own, naive))


def fan_rows(seen: Seen, found: Mapping[int, Fan]) -> list[Row]:
    """The fan of one area: a row for each limit of each year, or why there is none.

    Args:
        seen: The area at its latest period.
        found: Fans of its cube, by number of the area.
    """
    fan = found.get(seen.n)
    if fan is None:
        return []
    if fan.reason is not None:
        return [Row("fan_mid", None, seen.period, seen.status, fan.reason)]
    cube, n = seen.cube, seen.n
    origin = frozenset(int(cube.snapshot[n, c]) for c in fan.columns)
    status = worst(*(STATUSES[cube.status[n, c]] for c in fan.columns))
    span = f"{cube.periods[fan.columns[0]]}/{seen.period}"
    rows = [
        Row(name, value, span, status, None, origin)
        for name, value in zip(_SCORES, fan.errors, strict=True)
    ]
    for step in range(fan.values.shape[1]):
        period = periods.shift(seen.period, step + 1)
        rows += [
            Row(name, float(fan.values[k, step]), period, "forecast", None, origin)
            for k, name in enumerate(FAN)
        ]
    return rows
