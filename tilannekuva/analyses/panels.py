"""The inputs of an analysis, dense: areas × years × groups, with status and origin beside."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

import numpy as np

from tilannekuva import periods, region_codes
from tilannekuva.columns import Column, Floats, Ints, Space
from tilannekuva.model import Analysis, Break, Shock

__all__ = ["COUNTRY", "Asked", "Found", "Panel", "Used", "panel"]

COUNTRY = "SSS"


class Panel:
    """One input; a severity of −1 means that there is no row."""

    def __init__(
        self,
        regions: tuple[str, ...],
        times: tuple[str, ...],
        cells: tuple[str, ...],
        value: Floats,
        severity: Ints,
        origin: Ints,
    ) -> None:
        self.regions, self.times, self.cells = regions, times, cells
        self.value, self.severity, self.origin = value, severity, origin
        self._area = {c: n for n, c in enumerate(regions)}
        self._time = {c: n for n, c in enumerate(times)}
        self.groups = tuple(c for c in cells if c != "total")
        """The cells but the total."""
        self._groups = [n for n, c in enumerate(cells) if c != "total"]
        self._marks: dict[tuple[str, str], tuple[int, tuple[int, ...]]] = {}
        self._total = cells.index("total") if "total" in cells else -1

    @cached_property
    def summed(self) -> Panel:
        """The same with a country that is the sum of its regions, where they are all there.

        All there: their areas do not overlap and make up the whole country.
        """
        if COUNTRY in self._area:
            return self
        whole = len(region_codes.atoms(COUNTRY))
        value = np.full((1, *self.value.shape[1:]), np.nan)
        grade = np.full(value.shape, -1, dtype=np.int64)
        sizes = np.array([len(region_codes.atoms(r)) for r in self.regions], dtype=np.int64)
        for t in range(len(self.times)):
            here = np.flatnonzero((self.severity[:, t] >= 0).any(axis=1))
            inside = frozenset[str]().union(*(region_codes.atoms(self.regions[n]) for n in here))
            if sizes[here].sum() == whole == len(inside):
                value[0, t] = self.value[here, t].sum(axis=0)
                grade[0, t] = np.where(
                    (self.severity[here, t] >= 0).all(axis=0),
                    self.severity[here, t].max(axis=0),
                    -1,
                )
        return Panel(
            (*self.regions, COUNTRY),
            self.times,
            self.cells,
            np.concatenate([self.value, value]),
            np.concatenate([self.severity, grade]),
            np.concatenate([self.origin, np.full(value.shape, -1, dtype=np.int64)]),
        )

    def has(self, region: str, time: str) -> bool:
        """Whether there is any row."""
        area, at = self._area.get(region), self._time.get(time)
        return area is not None and at is not None and bool((self.severity[area, at] >= 0).any())

    def total(self, region: str, time: str) -> float:
        """The figure of the whole."""
        if self._total < 0 or not self.has(region, time):
            return float("nan")
        return float(self.value[self._area[region], self._time[time], self._total])

    def series(self, region: str, time: str) -> Floats | None:
        """The figures of ``groups``; None where there is not one row."""
        area, at = self._area.get(region), self._time.get(time)
        if not self.groups or area is None or at is None:
            return None
        grade = self.severity[area, at, self._groups]
        if not (grade >= 0).any():
            return None
        return np.where(grade >= 0, self.value[area, at, self._groups], np.nan)

    def whole(self, region: str, time: str) -> Floats | None:
        """As :meth:`series`, but None unless every group has its figure."""
        found = self.series(region, time)
        return None if found is None or np.isnan(found).any() else found

    def marks(self, region: str, time: str) -> tuple[int, tuple[int, ...]]:
        """Worst severity of the figures that are there, and what all of it stands on."""
        if (region, time) not in self._marks:
            self._marks[region, time] = self._marked(region, time)
        return self._marks[region, time]

    def _marked(self, region: str, time: str) -> tuple[int, tuple[int, ...]]:
        area, at = self._area[region], self._time[time]
        grade, origin = self.severity[area, at], self.origin[area, at]
        used = {int(o) for o in origin[grade >= 0] if o >= 0}
        if not used and region == COUNTRY:  # a sum stands on all of its parts
            here = self.origin[:, at]
            used = {int(o) for o in np.unique(here[self.severity[:, at] >= 0]) if o >= 0}
        # The reason of a figure that is gone is no grade of what the others give.
        there = grade[~np.isnan(self.value[area, at])]
        return int(there.max(initial=0)), tuple(sorted(used))

    def areas(self) -> tuple[str, ...]:
        """The regions but the country."""
        return tuple(r for r in self.regions if r != COUNTRY)


Used = tuple[Panel, str, str]
"""An input at a region and a year, all its groups."""


class Found(NamedTuple):
    """One figure of an analysis; ``status`` says why there is no value."""

    region: str
    period: str
    cell: str
    value: float | None
    used: tuple[Used, ...]
    status: str | None = None


class Asked(NamedTuple):
    """What a method is given."""

    analysis: Analysis
    panels: Mapping[str, Panel]
    shocks: Mapping[str, Shock]
    breaks: tuple[Break, ...]

    @property
    def first(self) -> Panel:
        """The only input, or the first."""
        return next(iter(self.panels.values()))

    def nation(self, of: Panel) -> Panel:
        """The panel with the country in it, as the analysis allows."""
        return of.summed if self.analysis.nation == "sum" else of

    def crosses(self, region: str, first: str, last: str) -> bool:
        """Whether a break of the inputs lies after the first year, up to the last."""
        start, end = periods.parse(first).start, periods.parse(last).start
        codes = {"*", region, region.split("@")[0]}
        return any(
            b.region in codes and start < periods.parse(b.first_period).start <= end
            for b in self.breaks
        )

    def span(self, of: Panel, region: str) -> list[str]:
        """Years with rows, in order, within the analysis's own limits.

        A base that is named must be there: a change since another year would be another change.
        """
        low, high = self.analysis.base or "0000", self.analysis.last or "9999"
        years = [t for t in of.times if low <= t <= high and of.has(region, t)]
        return years if self.analysis.base in (None, *years[:1]) else []


def panel(space: Space, column: Column, level: str) -> Panel:
    """A column as a panel of the regions of one level and the country, yearly figures only."""
    names, times, cells = list(space.regions), list(space.periods), list(space.breakdowns)
    p, b = len(times), len(cells)
    place, when, part = column.key // b // p, column.key // b % p, column.key % b
    used = [n for n in np.unique(place) if names[n] == COUNTRY or _level(names[n]) == level]
    years = [n for n in np.unique(when) if periods.parse(times[n]).frequency == "year"]
    keep = np.isin(place, used) & np.isin(when, years)
    place, when, part = place[keep], when[keep], part[keep]
    areas, codes = sorted(used, key=lambda n: names[n]), np.unique(part)
    years.sort(key=lambda n: times[n])
    area, year, group = _places(areas, len(names)), _places(years, p), _places(codes, b)
    shape = (len(areas), len(years), len(codes))
    value = np.full(shape, np.nan)
    grade, origin = np.full(shape, -1, dtype=np.int64), np.full(shape, -1, dtype=np.int64)
    at = (area[place], year[when], group[part])
    value[at], grade[at], origin[at] = (
        column.value[keep],
        column.severity[keep],
        column.origin[keep],
    )
    return Panel(
        tuple(names[n] for n in areas),
        tuple(times[n] for n in years),
        tuple(cells[n] for n in codes),
        value,
        grade,
        origin,
    )


def _level(code: str) -> str:
    return region_codes.level(code)


def _places(wanted: object, size: int) -> Ints:
    found = np.full(size, -1, dtype=np.int64)
    order = np.asarray(wanted, dtype=np.int64)
    found[order] = np.arange(len(order))
    return found
