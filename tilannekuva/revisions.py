"""How much a publisher usually changes a figure after it first gave it, from the store's vintages.

A first figure is one of the newest period that its publication tells of, or one that is marked as
provisional there: what an older publication says of long past years was first published before it.
It is held against what the same query gives of the same table later, as long as that is the same
quantity of the same area. A new base year, a break or a moved boundary is no revision, so a figure
is followed only up to it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tilannekuva import periods, region_codes, vintages
from tilannekuva.indicators import Catalogue
from tilannekuva.measures import certainty
from tilannekuva.model import Break, Revised, Revision, Snapshot
from tilannekuva.statuses import PROVISIONAL, STATUSES
from tilannekuva.vintages import Publication

__all__ = ["LEAST", "History", "Pairs"]

LEAST = 8
"""So many pairs are needed before anything is said."""

_SETTLED_MONTHS = 60
"""A figure so much older than the newest is not revised any more, unless all of them are."""
_SHIFT, _SPREAD = 0.01, 0.005
"""All figures times nearly the same number, other than one: a new base or unit."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Pairs(NamedTuple):
    """First figures and what they are now, one entry a region and period."""

    region: NDArray[np.object_]
    period: NDArray[np.object_]
    first: Floats
    latest: Floats
    told: Ints
    """Number of the publication that gave the first figure ..."""
    last: Ints
    """... and of the one that gave the latest."""

    def where(self, keep: Bools) -> Pairs:
        """Some of the pairs."""
        return Pairs(
            self.region[keep],
            self.period[keep],
            self.first[keep],
            self.latest[keep],
            self.told[keep],
            self.last[keep],
        )


class History:
    """The vintages of a store up to a day, asked one indicator at a time."""

    def __init__(
        self,
        rows: pd.DataFrame,
        breaks: Iterable[tuple[str, Break, str]],
        source_rank: Mapping[tuple[str, str], int],
        catalogue: Catalogue,
        lock: Iterable[Snapshot],
        as_of: str,
    ) -> None:
        """Hold the vintages; nothing is read before it is asked.

        Args:
            rows: The one table of every vintage.
            breaks: (indicator, break, snapshot) that publishers mark.
            source_rank: (indicator, snapshot) → place of its query in the catalogue.
            catalogue: Units and declared breaks.
            lock: The store's lock.
            as_of: ISO date; what was published later is left out.
        """
        self.rows, self.breaks, self.source_rank = rows, tuple(breaks), source_rank
        self.catalogue, self.as_of = catalogue, as_of
        self.lock = {s.id: s for s in lock if s.kind != "derived"}
        self._found: dict[tuple[str, str, str, int, str], Pairs | None] = {}

    def of(self, indicator: str, snapshot: str, region: str, frequency: str) -> Revision | None:
        """How figures like one have been revised.

        Args:
            indicator: Its id.
            snapshot: Where the figure is from: only its own table and query are looked at.
            region: Code of its area, with the division where that is not today's.
            frequency: Of its period; a month is revised in another way than a year.

        Returns:
            None for a computed figure, and where there are fewer than :data:`LEAST` pairs.
        """
        found = self.pairs(indicator, snapshot, region_codes.level(region), frequency)
        if found is None:
            return None
        about = self.catalogue.indicators[indicator]
        amounts = self.catalogue.units[about.unit].relative and not about.balance
        relative = amounts and bool((found.first >= 0).all())
        whole = _size(found, relative)
        if whole is None:
            return None
        own = _size(found.where(found.region == region), relative)
        at = self.lock[snapshot]
        return Revision(source=at.source, table=at.table, relative=relative, level=whole, own=own)

    def pairs(self, indicator: str, snapshot: str, level: str, frequency: str) -> Pairs | None:
        """The pairs themselves, of all areas of a level; None where there is but one vintage."""
        entry = self.lock.get(snapshot)
        if entry is None:
            return None
        place = self.source_rank.get((indicator, snapshot), 0)
        key = (indicator, f"{entry.source}/{entry.table}", level, place, frequency)
        if key not in self._found:
            self._found[key] = self._read(indicator, entry, level, place, frequency)
        return self._found[key]

    @functools.cached_property
    def _columns(self) -> _Columns:
        return _Columns(self.rows)

    def _read(
        self, name: str, entry: Snapshot, level: str, place: int, frequency: str
    ) -> Pairs | None:
        told = vintages.publications(self.lock.values(), entry.source, entry.table, self.as_of)
        same = {i for p in told for i in p.ids if self.source_rank.get((name, i)) == place}
        told = tuple(Publication(p.day, p.ids & same) for p in told if p.ids & same)
        if len(told) < 2:
            return None
        figures = self._columns.laid_out(self._columns.of(name, level, frequency), told)
        marks = [(b, s) for i, b, s in self.breaks if i == name]
        broken = _broken(figures, told, self.catalogue.indicators[name].breaks, marks)
        return _follow(figures, broken | _moved(figures, told) | _restated(figures))


def _size(pairs: Pairs, relative: bool) -> Revised | None:
    """The sizes of the changes; None where they are too few to speak of a habit."""
    if relative:  # zero has no per cents
        pairs = pairs.where((pairs.first != 0) | (pairs.latest == 0))
    found = certainty.revisions(pairs.first, pairs.latest, relative=relative)
    if found.n < LEAST or found.median is None:
        return None
    assert found.large is not None  # they come together
    assert found.mean is not None
    assert found.upward is not None
    return Revised(
        n=found.n,
        periods=tuple(sorted(set(pairs.period), key=periods.parse)),
        publications=len({*pairs.told.tolist(), *pairs.last.tolist()}),
        median=found.median,
        large=found.large,
        mean=found.mean,
        upward=100 * found.upward,
    )


# --- the figures of every publication ------------------------------------------------------------


class _Figures(NamedTuple):
    """The figures of all publications, ordered by region, period and publication."""

    regions: tuple[str, ...]
    periods: tuple[str, ...]
    region: Ints
    """Index into ``regions``, as the others into theirs."""
    period: Ints
    told: Ints
    value: Floats
    provisional: Bools
    end: Ints
    """Last month of the period."""
    newest: Ints
    """By publication: the last month of the newest period that it tells of."""

    def again(self) -> Bools:
        """Whether a figure is of the same region and period as the one before it."""
        same = np.zeros(len(self.value), dtype=bool)
        same[1:] = (np.diff(self.region) == 0) & (np.diff(self.period) == 0)
        return same


class _Columns:
    """The columns of the one table as numbers, so that hundreds of questions cost little."""

    def __init__(self, rows: pd.DataFrame) -> None:
        text = ("indicator", "region", "breakdown", "period", "snapshot")
        names = {c: list(map(str, rows[c].cat.categories)) for c in text}
        codes = {c: rows[c].cat.codes.to_numpy() for c in (*text, "status")}
        self.indicators = {n: k for k, n in enumerate(names["indicator"])}
        self.snapshots = {n: k for k, n in enumerate(names["snapshot"])}
        self.regions, self.periods = names["region"], names["period"]
        self.indicator, self.snapshot = codes["indicator"], codes["snapshot"]
        self.region, self.period = codes["region"], codes["period"]
        self.status, self.value = codes["status"], rows["value"].to_numpy()
        total = np.array([n == "total" for n in names["breakdown"]], dtype=bool)
        # No groups, no forecasts.
        self.there = total[codes["breakdown"]] & ~np.isnan(self.value)
        self.there &= self.status != STATUSES.index("forecast")
        self.levels = np.array([region_codes.level(r) for r in self.regions], dtype=object)
        parsed = [periods.parse(p) for p in self.periods]
        self.frequencies = np.array([p.frequency for p in parsed], dtype=object)
        self.ends = np.array([p.end for p in parsed], dtype=np.int64)

    def of(self, indicator: str, level: str, frequency: str) -> NDArray[np.intp]:
        """The rows of one indicator in all areas of a level."""
        at = np.flatnonzero(self.indicator == self.indicators.get(indicator, -1))
        keep = self.there[at] & (self.levels == level)[self.region[at]]
        keep &= (self.frequencies == frequency)[self.period[at]]
        found: NDArray[np.intp] = at[keep]
        return found

    def laid_out(self, at: NDArray[np.intp], told: Sequence[Publication]) -> _Figures:
        """Some rows, each once for every publication that it was part of."""
        parts = []
        for p in told:
            inside = np.zeros(len(self.snapshots), dtype=bool)
            inside[[self.snapshots[i] for i in p.ids if i in self.snapshots]] = True
            parts.append(at[inside[self.snapshot[at]]])
        when = np.repeat(np.arange(len(told)), [len(p) for p in parts])
        at = np.concatenate(parts)
        newest = np.full(len(told), -1, dtype=np.int64)
        np.maximum.at(newest, when, self.ends[self.period[at]])
        order = np.lexsort((self.snapshot[at], when, self.period[at], self.region[at]))
        at, when = at[order], when[order]
        # Two parts of one publication that give the same figure: one of them will do.
        key = np.stack([self.region[at], self.period[at], when])
        once = np.ones(len(at), dtype=bool)
        once[:-1] = np.any(np.diff(key) != 0, axis=0)
        at, when = at[once], when[once]
        used, region = np.unique(self.region[at], return_inverse=True)
        return _Figures(
            regions=tuple(self.regions[r] for r in used),
            periods=tuple(self.periods),
            region=region,
            period=self.period[at].astype(np.int64),
            told=when,
            value=self.value[at],
            provisional=np.isin(self.status[at], [STATUSES.index(s) for s in PROVISIONAL]),
            end=self.ends[self.period[at]],
            newest=newest,
        )


# --- where a figure is not followed any further --------------------------------------------------


def _broken(
    figures: _Figures,
    told: Sequence[Publication],
    declared: Iterable[Break],
    marked: Iterable[tuple[Break, str]],
) -> Bools:
    """(publications, regions): the first publication that has a break of the series in it.

    A declared break is in it as soon as it reaches that period; a marked one by its mark, which may
    come long after the period.
    """
    known: dict[tuple[str, str], Bools] = {
        (b.region, b.first_period): figures.newest >= periods.parse(b.first_period).start
        for b in declared
    }
    for b, snapshot in marked:
        has = np.array([snapshot in p.ids for p in told])
        key = (b.region, b.first_period)
        known[key] = known.get(key, np.zeros(len(told), dtype=bool)) | has
    cut = np.zeros((len(told), len(figures.regions)), dtype=bool)
    for (region, _), there in known.items():
        if there.any():
            cut[int(there.argmax())] |= [
                region == "*" or region_codes.base(region) == region_codes.base(r)
                for r in figures.regions
            ]
    return cut


def _moved(figures: _Figures, told: Sequence[Publication]) -> Bools:
    """(publications, regions): whether an area's members may have changed since the one before.

    Publications of a year may still be in the division of the year before. A code with its division
    always means the same members.
    """
    cut = np.zeros((len(told), len(figures.regions)), dtype=bool)
    for n, code in enumerate(figures.regions):
        if region_codes.division(code) is None:
            for k in range(1, len(told)):
                then, now = told[k - 1].day.year - 1, told[k].day.year
                cut[k, n] = region_codes.area(code, then) != region_codes.area(code, now)
    return cut


def _restated(figures: _Figures) -> Bools:
    """(publications, 1): whether one gives the whole series anew, as on a new base year.

    That is seen from long settled figures, most of which have moved; and where there are none,
    from all figures having moved by the same factor.
    """
    found = np.zeros((len(figures.newest), 1), dtype=bool)
    now = np.flatnonzero(figures.again())
    before, at = now - 1, figures.told[now]
    was, value = figures.value[before], figures.value[now]
    age = figures.newest[figures.told[before]] - figures.end[before]
    settled = (age >= _SETTLED_MONTHS) & ~figures.provisional[before]
    for k in range(1, len(found)):
        old = settled & (at == k)
        if old.any():
            found[k] = (value[old] != was[old]).mean() > 0.5
            continue
        some = (at == k) & (was > 0) & (value > 0)
        if some.sum() >= LEAST:
            factor = value[some] / was[some]
            middle = float(np.median(factor))
            found[k] = abs(middle - 1) > _SHIFT and np.ptp(factor) < _SPREAD * middle
    return found


def _follow(figures: _Figures, cut: Bools) -> Pairs:
    """Each first figure with the last one of the same region and period before a cut."""
    stretch = cut.cumsum(axis=0)[figures.told, figures.region]
    begins = ~figures.again()
    origin = np.maximum.accumulate(np.where(begins, np.arange(len(begins)), 0))
    alike = np.flatnonzero(stretch == stretch[origin])
    last = np.arange(len(begins))
    last[origin[alike]] = alike  # in order, so the latest stays
    first = figures.provisional | (figures.end == figures.newest[figures.told])
    a = np.flatnonzero(begins & first & (last > np.arange(len(begins))))
    b = last[a]
    return Pairs(
        region=np.array(figures.regions, dtype=object)[figures.region[a]],
        period=np.array(figures.periods, dtype=object)[figures.period[a]],
        first=figures.value[a],
        latest=figures.value[b],
        told=figures.told[a],
        last=figures.told[b],
    )
