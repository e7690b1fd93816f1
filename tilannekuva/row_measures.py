"""Every figure of a table beside its own past and beside the other areas, in one pass.

:func:`tilannekuva.measure` tells of each area's newest figure; this room gives figures for every
period: the rows of the table with a column a measure. The long table is scattered by its category
codes into one dense cube an indicator, the kernels of ``measures`` run on whole cubes, and the
results are gathered back to the rows. Nothing loops over series.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tilannekuva import periods, region_codes, settings, table
from tilannekuva.cubes import FORECAST, chosen_division
from tilannekuva.errors import DataError
from tilannekuva.indicators import Catalogue, load
from tilannekuva.measures.change import ols_slope
from tilannekuva.measures.comparison import average_rank, zscore
from tilannekuva.measuring import as_printed
from tilannekuva.metric_trends import UNSETTLED
from tilannekuva.model import Break, Indicator

__all__ = ["measure_rows"]

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Rows = slice | Ints

_CHANGE = re.compile(r"change_([1-9]\d?)y")
_BESIDE = ("rank", "zscore")


def measure_rows(
    observations: pd.DataFrame,
    measures: Sequence[str] = ("rebase", "change_5y", "rank", "zscore", "slope"),
    *,
    base: str = "2015",
    whole: bool = True,
    catalogue: Catalogue | None = None,
    breaks: Iterable[tuple[str, Break]] | None = None,
) -> pd.DataFrame:
    """Every row of the table with its measures beside it.

    Question:
        How does each figure of each period stand to its own past and to the other areas?
    Formula:
        ``rebase`` = 100·x_t/x_base, of several base periods their mean
        ``change_ny`` = x_t − x_(t−n) for any number of years n
        ``rank`` = mean of the places that equal areas share, 1 = best by direction
        ``zscore`` = (x − x̄)/s over the areas of the period with the sample s
        ``slope`` = least-squares slope a year of the unbroken stretch that the row belongs to
    Reference:
        Textbook definitions; Sen's slope with its interval is in `tilannekuva.where_heading`.
    Misleads:
        Thousands of figures side by side invite picking. A rank of single years jumps by rounding
        alone, a z-score falls when one other area runs away, and a least-squares slope is pulled by
        its end years and, in months, by seasons.

    Args:
        observations: A view of the one table, with its columns as categories as `table.make` gives
            them; unique by its key.
        measures: Any of the above, in the order of the columns wanted.
        base: Base period of ``rebase``, a year or a span of them.
        whole: Whether areas are compared only where every area of the level has a figure, under one
            division; otherwise all rows of a level and period that are there are compared.
        catalogue: Directions, units and breaks; the packaged one by default.
        breaks: (indicator or ``*``, break) beyond those of the catalogue.

    Returns:
        The table's rows in their order, with one more column a measure; NaN where it cannot be had:
        no earlier figure in the stretch, a base that is missing or not positive, no direction, a
        count (which has no rank or z-score), a forecast (compared with nothing, in no slope).

    Raises:
        DataError: A measure is unknown, or a key stands twice.

    Example:
        >>> from tilannekuva.observing import observations
        >>> found = measure_rows(observations("gdp_pc"), ["change_1y", "rank"])
        >>> mine = found[(found["region"] == "MK18") & (found["period"] == "2020")]
        >>> mine[["value", "change_1y", "rank"]].values.tolist()
        [[34900.0, 1100.0, 15.0]]
    """
    for name in measures:
        if name not in ("rebase", "slope", *_BESIDE) and not _CHANGE.fullmatch(name):
            raise DataError(
                f"unknown measure '{name}'; they are rebase, change_<years>y, rank, zscore, slope"
            )
    if not all(isinstance(observations[c].dtype, pd.CategoricalDtype) for c in table.KEY):
        observations = table.make(observations)
    catalogue = catalogue or load(settings.read().path("catalogue"))
    declared = [(i.id, b) for i in catalogue.indicators.values() for b in i.breaks]
    long = _Long(observations, [*declared, *(breaks or ())])
    since = periods.parse(periods.canonical(base))
    # One row a measure: every result is gathered into a stretch of memory of its own.
    out = np.full((len(measures), len(observations)), np.nan)
    for block in long.blocks(catalogue):
        made = {**_over_time(block, measures, since), **_beside(block, measures, whole)}
        for n, name in enumerate(measures):
            if name in made:
                out[n, block.rows] = made[name].ravel()[block.flat]
    columns = pd.DataFrame(out.T, columns=list(measures), index=observations.index, copy=False)
    return pd.concat([observations, columns], axis=1)


class _Block(NamedTuple):
    """One indicator, breakdown, level and frequency, laid out areas × time."""

    indicator: Indicator | None
    counted: bool
    """Whether areas add up to the country: sizes are not compared."""
    level: str
    areas: list[str]
    """Codes as given, dated ones beside bare ones."""
    time: list[str]
    rows: Rows
    """The rows of the table."""
    flat: Rows
    """Where each of them stands in the flattened cube."""
    value: Floats
    status: NDArray[np.integer]
    cuts: list[Break]


class _Long:
    """The table as arrays of codes, which stay as narrow as pandas keeps them."""

    def __init__(self, observations: pd.DataFrame, breaks: Iterable[tuple[str, Break]]) -> None:
        names = {c: [str(x) for x in observations[c].cat.categories] for c in table.KEY}
        self.indicators, self.areas, self.periods = (
            names[c] for c in ("indicator", "region", "period")
        )
        self.region = observations["region"].cat.codes.to_numpy()
        self.period = observations["period"].cat.codes.to_numpy()
        self.status = observations["status"].cat.codes.to_numpy()
        self.value = observations["value"].to_numpy()
        self.breaks: dict[str, list[Break]] = {}
        for name, b in breaks:
            self.breaks.setdefault(name, []).append(b)
        self.start = np.array([periods.parse(p).start for p in self.periods], dtype=np.int64)
        self.level = [region_codes.level(a) for a in self.areas]
        frequency = [periods.frequency(p) for p in self.periods]
        # What stands in one cube has one key; int32 holds it unless the table is beyond all sense.
        size = 1
        key = np.zeros(len(observations), dtype=np.int32)
        for number, of_category, codes in (
            (len(names["breakdown"]), None, observations["breakdown"].cat.codes.to_numpy()),
            (*_numbered(self.level), self.region),
            (*_numbered(frequency), self.period),
            (len(self.indicators), None, observations["indicator"].cat.codes.to_numpy()),
        ):
            if number > 1:
                key += size * (
                    codes.astype(np.int32) if of_category is None else of_category[codes]
                )
                size *= number
        self.key, self.per_indicator = key, size // max(len(self.indicators), 1)

    def blocks(self, catalogue: Catalogue) -> Iterator[_Block]:
        """The cubes, one after another."""
        start = _starts(self.key)
        order = None
        # Sorted by the key a cube is a slice; a table with breakdowns or mixed levels is not.
        if len(np.unique(self.key[start])) < len(start):
            order = np.argsort(self.key, kind="stable")
            start = _starts(self.key[order])
        ends = np.append(start[1:], len(self.key)) if len(start) else start
        for one, two in zip(start.tolist(), ends.tolist(), strict=True):
            yield self._block(slice(one, two) if order is None else order[one:two], catalogue)

    def _block(self, rows: Rows, catalogue: Catalogue) -> _Block:
        first = rows.start if isinstance(rows, slice) else rows[0]
        name = self.indicators[int(self.key[first]) // self.per_indicator]
        indicator = catalogue.indicators.get(name)
        value, status = self.value[rows], self.status[rows]
        areas, area = _places(self.region[rows], len(self.areas))
        time, when = _places(self.period[rows], len(self.periods), self.start)
        place = area * len(time) + when
        size = len(areas) * len(time)
        flat: Rows = slice(None)  # where every row lies as it should already
        if not np.array_equal(place, np.arange(size)):
            flat = place
            value, status = _scattered(place, size, value, status, name)
        if indicator is not None:
            value = as_printed(value, indicator)
        return _Block(
            indicator,
            indicator is not None and catalogue.units[indicator.unit].extensive,
            self.level[areas[0]],
            [self.areas[k] for k in areas],
            [self.periods[k] for k in time],
            rows,
            flat,
            value.reshape(len(areas), len(time)),
            status.reshape(len(areas), len(time)),
            [*self.breaks.get("*", ()), *self.breaks.get(name, ())],
        )


def _numbered(kinds: Sequence[str]) -> tuple[int, NDArray[np.int32]]:
    """How many different kinds there are, and the number of each category's own."""
    known = sorted(set(kinds))
    return len(known), np.array([known.index(k) for k in kinds], dtype=np.int32)


def _starts(key: NDArray[np.int32]) -> Ints:
    """Where a run of equal keys begins."""
    if not len(key):
        return np.zeros(0, dtype=np.intp)
    return np.concatenate([[0], np.flatnonzero(key[1:] != key[:-1]) + 1])


def _places(
    codes: NDArray[np.integer], size: int, by: NDArray[np.int64] | None = None
) -> tuple[Ints, Ints]:
    """The codes that are there, in order, and for every row the number of its own among them."""
    there_is = np.zeros(size, dtype=bool)
    there_is[codes] = True
    there = np.flatnonzero(there_is)
    if by is not None:
        there = there[np.argsort(by[there], kind="stable")]
    place = np.zeros(size, dtype=np.intp)
    place[there] = np.arange(len(there))
    return there, place[codes]


def _scattered(
    flat: Ints, size: int, value: Floats, status: NDArray[np.integer], name: str
) -> tuple[Floats, NDArray[np.integer]]:
    cube, grade = np.full(size, np.nan), np.full(size, -1, dtype=np.int8)
    cube[flat], grade[flat] = value, status
    if np.count_nonzero(grade >= 0) < len(flat):
        raise DataError(
            f"{name}: the same region, breakdown and period stands twice; take a view of the store "
            "(tilannekuva.observations) or keep one row of each"
        )
    return cube, grade


def _over_time(block: _Block, names: Sequence[str], since: periods.Period) -> dict[str, Floats]:
    """Measures of each figure against its own series, within its unbroken stretch."""
    out = {name: np.full(block.value.shape, np.nan) for name in names if name not in _BESIDE}
    if not out:
        return out
    settled = block.value
    unsettled = np.isin(block.status, UNSETTLED)
    if unsettled.any():
        settled = np.where(unsettled, np.nan, settled)
    for areas, columns in _stretches(block):
        time = block.time[columns]
        for name, made in out.items():
            part = (settled if name == "slope" else block.value)[areas, columns]
            if name == "rebase":
                made[areas, columns] = _rebased(part, time, since)
            elif name == "slope":
                years = np.array([periods.year(t) for t in time])
                made[areas, columns] = ols_slope(part, years)[:, None]
            else:
                made[areas, columns] = _changed(part, time, int(name[7:-1]))
    return out


def _stretches(block: _Block) -> Iterator[tuple[Rows, slice]]:
    """The unbroken stretches: areas that are cut alike, and the columns between two cuts."""
    starts = np.array([periods.parse(t).start for t in block.time])
    at = [int(np.searchsorted(starts, periods.parse(b.first_period).start)) for b in block.cuts]
    cuts = [(n, b.region) for n, b in zip(at, block.cuts, strict=True) if 0 < n < len(starts)]
    everywhere = sorted({n for n, region in cuts if region == "*"})
    alike: dict[tuple[int, ...], Rows] = {tuple(everywhere): slice(None)}
    if len(everywhere) < len(cuts):
        own: dict[tuple[int, ...], list[int]] = {}
        for row, area in enumerate(block.areas):
            names = ("*", area, region_codes.base(area))
            own.setdefault(tuple(sorted({n for n, r in cuts if r in names})), []).append(row)
        alike = {columns: np.array(rows, dtype=np.intp) for columns, rows in own.items()}
    for columns, areas in alike.items():
        for one, two in zip([0, *columns], [*columns, len(starts)], strict=True):
            yield areas, slice(one, two)


def _rebased(value: Floats, time: list[str], since: periods.Period) -> Floats:
    inside = [n for n, t in enumerate(time) if since.start <= periods.parse(t).start
              and periods.parse(t).end <= since.end]  # fmt: skip
    if not inside:
        return np.full(value.shape, np.nan)
    level = value[:, inside].mean(axis=1, keepdims=True)
    return np.asarray(100 * value / np.where(level > 0, level, np.nan))


def _changed(value: Floats, time: list[str], years: int) -> Floats:
    place = {t: n for n, t in enumerate(time)}
    before = np.array([place.get(periods.shift(t, -years), -1) for t in time], dtype=np.intp)
    out = np.full(value.shape, np.nan)
    known = np.flatnonzero(before >= 0)
    out[:, known] = value[:, known] - value[:, before[known]]
    return out


def _beside(block: _Block, measures: Sequence[str], whole: bool) -> dict[str, Floats]:
    """The measures of each figure against the other areas of its period, areas × time."""
    wanted = [name for name in _BESIDE if name in measures]
    direction = block.indicator.direction if block.indicator else "neither"
    if block.counted or not wanted:
        return {}
    value = np.where(block.status == FORECAST, np.nan, block.value)
    if whole:
        value = np.where(_whole(block, value), value, np.nan)
    rows = np.ascontiguousarray(value.T)
    out = {}
    if "zscore" in wanted:
        out["zscore"] = zscore(rows).T
    if "rank" in wanted and direction != "neither":
        out["rank"] = average_rank(rows, direction).T
    return out


@cache
def _divisions(level: str) -> tuple[tuple[str, ...], ...]:
    """The codes of a level's areas in each of its divisions, today's first."""
    areas = [r.code for r in region_codes.regions(level)]
    return tuple(
        tuple(region_codes.dated(a, d) for a in areas) for d in region_codes.divisions(level)
    )


def _whole(block: _Block, value: Floats) -> NDArray[np.bool_]:
    """Which figures are of the one division of their period, with every area of the level there."""
    place = {a: n for n, a in enumerate(block.areas)}
    rows = np.array(
        [[place.get(a, -1) for a in d] for d in _divisions(block.level)], dtype=np.int64
    )
    # The last row is empty: what an area without any figure points to.
    there = np.vstack([np.where(np.isnan(value), -1, 0), np.full((1, value.shape[1]), -1)])
    chosen = rows[chosen_division(there, rows)].T
    complete = (there[chosen, np.arange(value.shape[1])] == 0).all(axis=0)
    one = np.zeros(there.shape, dtype=bool)
    one[chosen, np.arange(value.shape[1])] = complete
    return one[:-1]
