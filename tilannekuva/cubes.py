"""The long table ↔ a dense cube per indicator: areas × periods, on one consistent division.

A region's members can differ between the divisions that publishers use. For every period the cube
takes the division under which most areas of the level have a figure, so that a comparison within a
period never mixes divisions; where the members of an area change between two periods, its series is
cut there (``segment``), so that nothing is measured across.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tilannekuva import periods, region_codes
from tilannekuva.model import Break
from tilannekuva.statuses import STATUSES

__all__ = ["FORECAST", "Cube", "Line", "chosen_division", "cubes"]

FORECAST = STATUSES.index("forecast")

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Line(NamedTuple):
    """One area's figures over the cube's periods; shapes (time,)."""

    value: Floats
    status: Ints
    """Index into ``STATUSES``; −1 where there is no row at all."""
    snapshot: Ints
    """Index into the snapshot categories of the table; −1 for none."""
    segment: Ints
    """Number of the unbroken stretch that each period belongs to."""


class Cube(NamedTuple):
    """One indicator and breakdown, dense. Shapes (areas, time)."""

    indicator: str
    breakdown: str
    level: str
    frequency: str
    areas: tuple[str, ...]
    """Today's codes of the level, in order."""
    periods: tuple[str, ...]
    codes: NDArray[np.object_]
    """The code each figure was given for (``MK18`` or ``MK18@2015``)."""
    value: Floats
    status: Ints
    snapshot: Ints
    segment: Ints
    country: Line | None


def cubes(
    observations: pd.DataFrame,
    level: str,
    breaks: Iterable[tuple[str, Break]] = (),
) -> Iterator[Cube]:
    """Yield the cubes of a table, in the order of indicator and breakdown.

    Args:
        observations: A view of the one table.
        level: The level of areas that stand side by side (``maakunta``, ``kunta`` …).
        breaks: (indicator or ``*``, break) to cut series at.
    """
    areas = tuple(r.code for r in region_codes.regions(level))
    divisions = [[region_codes.dated(a, d) for a in areas] for d in region_codes.divisions(level)]
    names = list(observations["region"].cat.categories)
    number = {n: k for k, n in enumerate(names)}
    wanted = {c for d in divisions for c in d} | {"SSS"}
    keep = np.array([n in wanted for n in names], dtype=bool)
    rows = np.flatnonzero(keep[observations["region"].cat.codes.to_numpy()])
    table = _Columns(observations, rows)
    by_indicator: dict[str, list[Break]] = {}
    for indicator, b in breaks:
        by_indicator.setdefault(indicator, []).append(b)
    if not len(rows):
        return
    start = np.flatnonzero(np.diff(table.series, prepend=-1))
    for first, last in zip(start, [*start[1:], len(rows)], strict=True):
        part = slice(int(first), int(last))
        indicator, breakdown = table.name(int(first))
        cuts = [*by_indicator.get("*", ()), *by_indicator.get(indicator, ())]
        yield _cube(table, part, indicator, breakdown, level, areas, divisions, number, cuts)


class _Columns:
    """The needed columns as arrays, ordered by indicator and breakdown."""

    def __init__(self, observations: pd.DataFrame, rows: NDArray[np.intp]) -> None:
        self.names = [list(observations[c].cat.categories) for c in ("indicator", "breakdown")]
        one = observations["indicator"].cat.codes.to_numpy()[rows].astype(np.int64)
        two = observations["breakdown"].cat.codes.to_numpy()[rows].astype(np.int64)
        series = one * len(self.names[1]) + two
        order = np.argsort(series, kind="stable")
        rows, self.series = rows[order], series[order]
        self.region = observations["region"].cat.codes.to_numpy()[rows].astype(np.int64)
        self.period = observations["period"].cat.codes.to_numpy()[rows].astype(np.int64)
        self.periods = [str(p) for p in observations["period"].cat.categories]
        self.value = observations["value"].to_numpy()[rows]
        self.status = observations["status"].cat.codes.to_numpy()[rows].astype(np.int64)
        self.snapshot = observations["snapshot"].cat.codes.to_numpy()[rows].astype(np.int64)

    def name(self, row: int) -> tuple[str, str]:
        size = len(self.names[1])
        return self.names[0][self.series[row] // size], self.names[1][self.series[row] % size]


def _cube(
    table: _Columns,
    part: slice,
    indicator: str,
    breakdown: str,
    level: str,
    areas: tuple[str, ...],
    divisions: Sequence[Sequence[str]],
    number: dict[str, int],
    cuts: Sequence[Break],
) -> Cube:
    used = np.unique(table.period[part])
    time, frequency = _one_frequency([table.periods[u] for u in used])
    column = np.full(len(table.periods), -1, dtype=np.int64)
    for n, name in enumerate(time):
        column[table.periods.index(name)] = n
    at = column[table.period[part]]
    inside = np.flatnonzero(at >= 0)
    variants, back = np.unique(table.region[part][inside], return_inverse=True)
    value = np.full((len(variants) + 1, len(time)), np.nan)
    status = np.full(value.shape, -1, dtype=np.int64)
    snapshot = np.full(value.shape, -1, dtype=np.int64)
    where = (back, at[inside])
    value[where] = table.value[part][inside]
    status[where] = table.status[part][inside]
    snapshot[where] = table.snapshot[part][inside]
    place = {v: n for n, v in enumerate(variants)}
    rows = np.array(
        [[place.get(number.get(c, -1), len(variants)) for c in d] for d in divisions],
        dtype=np.int64,
    )
    which = chosen_division(status, rows)
    pick = rows[which].T  # (areas, time): row of the variant that stands in each period
    when = np.broadcast_to(np.arange(len(time)), pick.shape)
    codes = np.array(divisions, dtype=object)[which].T
    there = status[pick, when] >= 0
    segment = _segments(codes, there, time, cuts, areas)
    country = place.get(number.get("SSS", -1))
    line = None
    if country is not None:
        names = np.full((1, len(time)), "SSS", dtype=object)
        own = _segments(names, status[[country]] >= 0, time, cuts, ("SSS",))[0]
        line = Line(value[country], status[country], snapshot[country], own)
    return Cube(
        indicator,
        breakdown,
        level,
        frequency,
        areas,
        time,
        codes,
        value[pick, when],
        status[pick, when],
        snapshot[pick, when],
        segment,
        line,
    )


_ORDER = {"year": 0, "span": 1, "half": 2, "quarter": 3, "month": 4}


def _one_frequency(names: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """The periods of the frequency that the newest figure has (of equals the longest), in order."""
    parsed = {n: periods.parse(n) for n in names}
    newest = max(p.end for p in parsed.values())
    kinds = [p.frequency for p in parsed.values() if p.end == newest]
    kind = min(kinds, key=_ORDER.__getitem__)
    chosen = [n for n, p in parsed.items() if p.frequency == kind]
    if kind == "span":  # spans of one length only: nine months are not three years
        longest = max(parsed[n].end - parsed[n].start for n in chosen if parsed[n].end == newest)
        chosen = [n for n in chosen if parsed[n].end - parsed[n].start == longest]
    return tuple(sorted(chosen, key=lambda n: parsed[n].start)), kind


def chosen_division(status: Ints, rows: Ints) -> Ints:
    """Which division to read in each period: most areas there, then the newest figure's own.

    Args:
        status: (codes, time), negative where there is no row.
        rows: (divisions, areas), the row of the code that an area has in a division.
    """
    count = (status[rows] >= 0).sum(axis=1)  # (divisions, time)
    last = int(np.argmax(count[:, -1]))
    tie = np.zeros(len(rows))
    tie[last] = 0.5
    # Newest division first otherwise, by a fraction too small to outweigh an area.
    tie += np.arange(len(rows), 0, -1) / 100
    chosen: Ints = np.argmax(count + tie[:, None], axis=0)
    return chosen


def _segments(
    codes: NDArray[np.object_],
    there: NDArray[np.bool_],
    time: Sequence[str],
    cuts: Sequence[Break],
    areas: Sequence[str],
) -> Ints:
    """Number each area's unbroken stretches: members that change or a break start a new one."""
    step = np.zeros(codes.shape, dtype=np.int64)
    for row in range(len(codes)):
        present = np.flatnonzero(there[row])
        changed = codes[row, present][1:] != codes[row, present][:-1]
        step[row, present[1:][changed]] = 1
    starts = np.array([periods.parse(t).start for t in time])
    for b in cuts:
        first = int(np.searchsorted(starts, periods.parse(b.first_period).start))
        if 0 < first < len(time):
            hit = [b.region in ("*", a) or b.region in codes[n] for n, a in enumerate(areas)]
            step[np.array(hit, dtype=bool), first] = 1
    return np.cumsum(step, axis=1)
