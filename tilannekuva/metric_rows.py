"""Where are we, where are we heading, how do we compare: the metric rows of one area of a cube."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tilannekuva import periods
from tilannekuva.cubes import FORECAST, Cube
from tilannekuva.measures.comparison import Direction, rank_many
from tilannekuva.model import Indicator
from tilannekuva.statuses import STATUSES, worst

__all__ = ["Ranks", "Row", "Seen", "changes", "comparison", "forecast", "resolution"]

_BASE_YEAR = 2015


class Row(NamedTuple):
    """One metric of one area; ``reason`` says why there is no value."""

    metric: str
    value: float | None
    period: str
    status: str
    reason: str | None = None
    origins: frozenset[int] = frozenset()
    """Snapshot numbers the value stands on."""


class Seen:
    """An area's figures as they look from its latest period."""

    def __init__(self, cube: Cube, n: int, at: int, balance: bool = False) -> None:
        self.cube, self.n, self.at = cube, n, at
        self.value = float(cube.value[n, at])
        self.period = cube.periods[at]
        self.status = STATUSES[cube.status[n, at]]
        self.origin = frozenset([int(cube.snapshot[n, at])])
        # A balance, such as net migration, has no percentages: from 153 to 14 is not −91 %.
        self.signed = balance or bool((cube.value < 0).any())

    def earlier(self, years: int) -> int | None:
        """Column of the same period so many years before, in the same stretch and with a figure."""
        name = periods.shift(self.period, -years)
        if name not in self.cube.periods:
            return None
        column = self.cube.periods.index(name)
        same = self.cube.segment[self.n, column] == self.cube.segment[self.n, self.at]
        return column if same and not np.isnan(self.cube.value[self.n, column]) else None

    def span(self, column: int) -> str:
        """From the period of a column to the latest one."""
        if self.cube.frequency == "span":
            return self.period
        return f"{self.cube.periods[column]}/{self.period}"

    def span_to(self, period: str) -> str:
        """From the latest period to one ahead."""
        if self.cube.frequency == "span":
            return period
        return f"{self.period}/{period}"

    def both(self, column: int) -> tuple[str, frozenset[int]]:
        """Worst status and the origins of the figures at a column and at the latest."""
        status = worst(self.status, STATUSES[self.cube.status[self.n, column]])
        return status, self.origin | {int(self.cube.snapshot[self.n, column])}

    def country(self, column: int) -> float | None:
        """The whole country's figure at a column; None where it has none."""
        line = self.cube.country
        if line is None or np.isnan(line.value[column]):
            return None
        return float(line.value[column])

    def with_country(self, column: int) -> tuple[str, frozenset[int]]:
        """As :meth:`both`, with the country's figure at the column, which must be there."""
        line = self.cube.country
        assert line is not None
        status, origin = self.both(column)
        own = STATUSES[line.status[column]]
        return worst(status, own), origin | {int(line.snapshot[column])}


def forecast(cube: Cube, n: int) -> Row | None:
    """The farthest forecast of an area; None where nobody made one."""
    ahead = np.flatnonzero((cube.status[n] == FORECAST) & ~np.isnan(cube.value[n]))
    if not len(ahead):
        return None
    at = int(ahead[-1])
    return Row(
        "forecast",
        float(cube.value[n, at]),
        cube.periods[at],
        "forecast",
        None,
        frozenset([int(cube.snapshot[n, at])]),
    )


def changes(seen: Seen, relative: bool) -> list[Row]:
    """Changes over 1, 5 and 10 years, and the index.

    Args:
        seen: The area at its latest period.
        relative: Whether a difference is told in per cent too.

    Returns:
        A row a metric; one that cannot be told has no value but a reason.
    """
    out = []
    for years in (1, 5, 10):
        column = seen.earlier(years)
        if column is None:
            why = "break" if _was_there(seen, years) else "no_earlier_value"
            out.append(Row(f"change_{years}y", None, seen.period, seen.status, why))
            if relative:
                out.append(Row(f"change_pct_{years}y", None, seen.period, seen.status, why))
            continue
        before = float(seen.cube.value[seen.n, column])
        status, origin = seen.both(column)
        span = seen.span(column)
        out.append(Row(f"change_{years}y", seen.value - before, span, status, None, origin))
        if relative:
            fits = before > 0 and not seen.signed
            change = 100 * (seen.value / before - 1) if fits else None
            why_not = None if fits else "not_positive"
            out.append(Row(f"change_pct_{years}y", change, span, status, why_not, origin))
    out.append(_index(seen))
    return out


def _was_there(seen: Seen, years: int) -> bool:
    name = periods.shift(seen.period, -years)
    if name not in seen.cube.periods:
        return False
    return not np.isnan(seen.cube.value[seen.n, seen.cube.periods.index(name)])


def _index(seen: Seen) -> Row:
    years = int(seen.period[:4]) - _BASE_YEAR
    column = seen.earlier(years) if years > 0 else None
    if column is None:
        same = seen.cube.segment[seen.n] == seen.cube.segment[seen.n, seen.at]
        step = periods.parse(seen.period).start
        first = [
            c
            for c in np.flatnonzero(same & ~np.isnan(seen.cube.value[seen.n]))
            if (step - periods.parse(seen.cube.periods[c]).start) % 12 == 0
        ]
        column = int(first[0])
    if column >= seen.at:
        return Row("index", None, seen.period, seen.status, "no_earlier_value")
    before = float(seen.cube.value[seen.n, column])
    status, origin = seen.both(column)
    if before <= 0 or seen.signed:
        return Row("index", None, seen.span(column), status, "not_positive", origin)
    return Row("index", 100 * seen.value / before, seen.span(column), status, None, origin)


def comparison(seen: Seen, extensive: bool, relative: bool) -> list[Row]:
    """The area beside the whole country: its share of it, or the gap and how that has moved.

    Args:
        seen: The area at its latest period.
        extensive: Whether areas add up to the country; a share is asked of these, a gap of others.
        relative: Whether the country's own change in per cent is told too.
    """
    level = seen.country(seen.at)
    names = (
        ["share_of_country"]
        if extensive
        else ["gap", "gap_pct", "gap_index", "gap_change_5y", "gap_change_10y"]
    )
    if level is None:
        out = [Row(n, None, seen.period, seen.status, "no_country") for n in names]
    else:
        status, origin = seen.with_country(seen.at)
        if extensive:
            share = None if level <= 0 or seen.signed else 100 * seen.value / level
            why = None if share is not None else "not_positive"
            out = [Row("share_of_country", share, seen.period, status, why, origin)]
        else:
            out = _gaps(seen, level, status, origin)
    if extensive:
        out += [Row(n, None, seen.period, seen.status, "extensive") for n in ("gap",)]
    if relative:
        out.append(_country_change(seen, 10))
    return out


def _gaps(seen: Seen, level: float, status: str, origin: frozenset[int]) -> list[Row]:
    gap = seen.value - level
    fits = level > 0 and not seen.signed
    why = None if fits else "not_positive"
    out = [
        Row("gap", gap, seen.period, status, None, origin),
        Row("gap_pct", 100 * gap / level if fits else None, seen.period, status, why, origin),
        Row(
            "gap_index",
            100 * seen.value / level if fits else None,
            seen.period,
            status,
            why,
            origin,
        ),
    ]
    for years in (5, 10):
        name = f"gap_change_{years}y"
        column = seen.earlier(years)
        before = None if column is None else seen.country(column)
        if column is None or before is None or not _same_stretch(seen, column):
            there = before is not None if column is not None else _was_there(seen, years)
            why = "break" if there else "no_earlier_value"
            out.append(Row(name, None, seen.period, seen.status, why))
            continue
        change = gap - (float(seen.cube.value[seen.n, column]) - before)
        grade, origins = seen.with_country(column)
        out.append(
            Row(name, change, seen.span(column), worst(grade, status), None, origin | origins)
        )
    return out


def _same_stretch(seen: Seen, column: int) -> bool:
    line = seen.cube.country
    return line is not None and bool(line.segment[column] == line.segment[seen.at])


def _country_change(seen: Seen, years: int) -> Row:
    name = f"country_change_pct_{years}y"
    column = seen.earlier(years)
    now = seen.country(seen.at)
    before = None if column is None else seen.country(column)
    if column is None or now is None or before is None or not _same_stretch(seen, column):
        there = before is not None if column is not None else _was_there(seen, years)
        why = "no_country" if now is None else "break" if there else "no_earlier_value"
        return Row(name, None, seen.period, seen.status, why)
    if before <= 0:
        return Row(name, None, seen.span(column), seen.status, "not_positive")
    line = seen.cube.country
    assert line is not None
    origin = frozenset([int(line.snapshot[column]), int(line.snapshot[seen.at])])
    status = worst(STATUSES[line.status[column]], STATUSES[line.status[seen.at]])
    return Row(name, 100 * (now / before - 1), seen.span(column), status, None, origin)


class Ranks:
    """Ranks of every column that some area's latest figure stands in, each made once."""

    def __init__(
        self,
        cube: Cube,
        indicator: Indicator,
        extensive: bool,
        limits: tuple[np.ndarray, np.ndarray] | None = None,
    ) -> None:
        """``limits`` are those of the figures' intervals, (areas, time), where there are any."""
        self.cube, self.indicator, self.extensive = cube, indicator, extensive
        self.limits = limits
        self._made: dict[int, tuple[np.ndarray, np.ndarray, np.ndarray]] = {}

    def rows(self, seen: Seen) -> list[Row]:
        """How many areas have a figure, and the area's rank among them or why there is none."""
        column = seen.at
        present = ~np.isnan(self.cube.value[:, column]) & (self.cube.status[:, column] != FORECAST)
        n = int(present.sum())
        counted = Row("regions_n", float(n), seen.period, seen.status, None, seen.origin)
        names = ("rank", "rank_low", "rank_high", "rank_n")
        if self.indicator.direction == "neither":
            why = "no_direction"
        elif self.extensive:
            why = "extensive"
        elif n < len(self.cube.areas):
            why = "regions_missing"
        else:
            if column not in self._made:
                self._made[column] = self._rank(column)
            values = [float(a[seen.n]) for a in self._made[column]] + [float(n)]
            origin = frozenset(int(s) for s in self.cube.snapshot[:, column])
            status = worst(*(STATUSES[s] for s in np.unique(self.cube.status[:, column])))
            return [counted] + [
                Row(name, value, seen.period, status, None, origin)
                for name, value in zip(names, values, strict=True)
            ]
        return [counted] + [Row(name, None, seen.period, seen.status, why) for name in names]

    def _rank(self, column: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        values = self.cube.value[:, column]
        direction: Direction = "up" if self.indicator.direction == "up" else "down"
        found = rank_many(values, direction, resolution(values, self.indicator.decimals))
        if self.limits is None:
            return found.rank, found.rank_low, found.rank_high
        # Areas whose intervals meet cannot be told apart; one without an interval is its figure.
        low, high = (limit[:, column] for limit in self.limits)
        interval = (np.fmin(low, values), np.fmax(high, values))
        wide = rank_many(values, direction, interval=interval)
        return (
            found.rank,
            np.fmin(found.rank_low, wide.rank_low),
            np.fmax(found.rank_high, wide.rank_high),
        )


def resolution(values: np.ndarray, decimals: int) -> float:
    """The last published digit of some figures: the largest power of ten that they all are of.

    Figures computed here have more digits than anybody published; for them it is the indicator's
    own number of decimals.

    >>> float(resolution(np.array([34900.0, 43000.0]), 0)), float(resolution(np.array([1/3]), 1))
    (100.0, 0.1)
    """
    known = values[~np.isnan(values)]
    for power in range(6, -5, -1):
        unit = 10.0**power
        if np.all(
            np.abs(known / unit - np.round(known / unit)) < 1e-9 * np.abs(known / unit) + 1e-9
        ):
            return unit if len(known) and np.any(known) else 10.0**-decimals
    return 10.0**-decimals
