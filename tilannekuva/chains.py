"""What a figure is computed from, figure by figure: formulas, sums and analyses followed down.

Figures are known by their key only. Where they are kept, in the view of a store or in a picture, is
the business of a :class:`Lookup`; both therefore give the same chain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, Protocol

import numpy as np
import pandas as pd

from tilannekuva import formulas, periods, region_codes
from tilannekuva.analyses import ALTERNATIVES, CELLWISE
from tilannekuva.formulas import Reference
from tilannekuva.model import (
    HIDDEN_EVENTS,
    Analysis,
    Finding,
    Indicator,
    Observation,
    Shock,
    Snapshot,
)

__all__ = ["Chains", "Kept", "Lookup", "Rows", "Rule", "Step", "flat"]

Rule = Literal["published", "formula", "sum", "weighted_mean", "analysis"]
"""How a figure came about."""

_COUNTRY = "SSS"
_AGAINST_COUNTRY = frozenset(
    {"gap_parts", "location_quotient", "shift_share", "resistance", "recovery"}
)
"""Analyses that look at the whole country beside the region."""
_SINCE = frozenset({"change_parts", "share_change", "shift_share"})
"""Analyses that look at their first year beside the last."""


class Lookup(Protocol):
    """Where figures are found."""

    def find(self, indicator: str, region: str, breakdown: str, period: str) -> Observation | None:
        """The figure of a key."""

    def groups(self, indicator: str, region: str, period: str) -> tuple[Observation, ...]:
        """The figures by group; the total is not among them."""


@dataclass(frozen=True)
class Step:
    """Figures of one indicator and period that came about together, and what they stand on."""

    rows: tuple[Observation, ...]
    """Of several areas or of several groups; mostly one."""
    rule: Rule = "published"
    parts: tuple[Step, ...] = ()


def flat(steps: Iterable[Step]) -> tuple[Observation, ...]:
    """Every figure of some chains, each once, in the order of the one table."""
    found: dict[Observation, None] = {}
    queue = list(steps)
    while queue:
        step = queue.pop()
        found |= dict.fromkeys(step.rows)
        queue += step.parts
    return tuple(sorted(found, key=lambda row: row[:4]))


class Kept:
    """The figures that a picture keeps."""

    def __init__(self, observations: Iterable[Observation]) -> None:
        self._rows = {row[:4]: row for row in observations}
        self._groups: dict[tuple[str, str, str], list[Observation]] = {}
        for row in self._rows.values():
            if row.breakdown != "total":
                key = (row.indicator, row.region, row.period)
                self._groups.setdefault(key, []).append(row)

    def find(self, indicator: str, region: str, breakdown: str, period: str) -> Observation | None:
        """The figure of a key."""
        return self._rows.get((indicator, region, breakdown, period))

    def groups(self, indicator: str, region: str, period: str) -> tuple[Observation, ...]:
        """The figures by group, in the order of their codes."""
        return tuple(self._groups.get((indicator, region, period), ()))


class Rows:
    """The figures of a view. It is ordered by its key, so a figure is found by halving."""

    def __init__(self, view: pd.DataFrame) -> None:
        columns = [view[c].cat for c in ("indicator", "region", "breakdown", "period")]
        self._names = [[str(n) for n in c.categories] for c in columns]
        self._codes = [{n: k for k, n in enumerate(found)} for found in self._names]
        key = np.zeros(len(view), dtype=np.int64)
        for c in columns:
            key = key * len(c.categories) + c.codes.to_numpy()
        if (np.diff(key) < 0).any():
            order = np.argsort(key, kind="stable")
            key, view = key[order], view.iloc[order]
        self._key, self._value = key, view["value"].to_numpy()
        rest = [view[c].cat for c in ("status", "snapshot")]
        self._rest = [([str(n) for n in c.categories], c.codes.to_numpy()) for c in rest]

    def find(self, indicator: str, region: str, breakdown: str, period: str) -> Observation | None:
        """The figure of a key."""
        key = self._number((indicator, region, breakdown, period))
        at = int(np.searchsorted(self._key, key)) if key is not None else len(self._key)
        return self._row(at) if at < len(self._key) and self._key[at] == key else None

    def groups(self, indicator: str, region: str, period: str) -> tuple[Observation, ...]:
        """The figures by group, in the order of their codes."""
        start = self._number((indicator, region, self._names[2][0], self._names[3][0]))
        if start is None or period not in self._codes[3]:
            return ()
        p, size = len(self._names[3]), len(self._names[2]) * len(self._names[3])
        first, last = np.searchsorted(self._key, [start, start + size])
        here = np.flatnonzero(self._key[first:last] % p == self._codes[3][period]) + first
        rows = (self._row(int(at)) for at in here)
        return tuple(row for row in rows if row.breakdown != "total")

    def _number(self, key: Sequence[str]) -> int | None:
        number = 0
        for codes, name in zip(self._codes, key, strict=True):
            if name not in codes:
                return None
            number = number * len(codes) + codes[name]
        return number

    def _row(self, at: int) -> Observation:
        number, key = int(self._key[at]), []
        for names in reversed(self._names):
            number, code = divmod(number, len(names))
            key.append(names[code])
        value = float(self._value[at])
        there = None if np.isnan(value) else value
        status, snapshot = (names[codes[at]] for names, codes in self._rest)
        period, breakdown, region, indicator = key
        return Observation(indicator, region, breakdown, period, there, status, snapshot)


class Chains:
    """Follows figures down to what was published."""

    def __init__(
        self,
        indicators: Mapping[str, Indicator],
        snapshots: Mapping[str, Snapshot],
        shocks: Mapping[str, Shock],
        lookup: Lookup,
    ) -> None:
        self.indicators, self.snapshots, self.shocks = indicators, snapshots, shocks
        self.lookup = lookup

    def of(self, finding: Finding, period: str | None = None) -> Step | None:
        """The chain of a region's own figure, of its figures by group where there is no total.

        Args:
            finding: What the picture has of the indicator.
            period: The latest by default.

        Returns:
            None where no figure of that period is kept.
        """
        name, time = finding.indicator, period or finding.latest.period
        divisions = region_codes.divisions(region_codes.level(finding.region))
        dated = (region_codes.dated(finding.region, year) for year in divisions)
        # Of several divisions the one that the picture's newest stretch stands on comes first.
        places = list(dict.fromkeys([*(s.region for s in finding.segments[-1:]), *dated]))
        for place in places:
            row = self.lookup.find(name, place, "total", time)
            if row is not None:
                return self._step((row,))
        found = (self.lookup.groups(name, place, time) for place in places)
        rows = next((rows for rows in found if rows), ())
        return self._step(rows) if rows else None

    def rule(self, row: Observation) -> Rule:
        """How a figure came about, as its snapshot says."""
        snapshot = self.snapshots.get(row.snapshot)
        indicator = self.indicators.get(row.indicator)
        if snapshot is None or indicator is None or snapshot.kind != "derived":
            return "published"
        said = str(snapshot.query.get("formula", "")).partition(" = ")[2]
        if said == indicator.rule:
            return "formula" if indicator.analysis is None else "analysis"
        return "weighted_mean" if said.startswith("weighted_mean") else "sum"

    def _step(self, rows: tuple[Observation, ...]) -> Step:
        rule = self.rule(rows[0])
        if rule == "published":
            return Step(rows)
        parts = dict.fromkeys(part for row in rows for part in self._parts(row, rule))
        return Step(rows, rule, tuple(parts))

    def _steps(self, rows: Iterable[Observation]) -> Iterator[Step]:
        """Figures that stand side by side: those of one rule and status together."""
        together: dict[tuple[Rule, str], list[Observation]] = {}
        for row in rows:
            together.setdefault((self.rule(row), row.status), []).append(row)
        for (rule, _), some in together.items():
            if len(some) == 1:
                yield self._step((some[0],))
            else:  # what stands behind each of many groups is told where they are looked at
                yield Step(tuple(some), rule)

    def _parts(self, row: Observation, rule: Rule) -> Iterator[Step]:
        indicator = self.indicators[row.indicator]
        if indicator.analysis is not None:
            yield from self._analysed(row, indicator.analysis)
        elif rule == "formula" and indicator.formula is not None:
            for asked in formulas.references(indicator.formula):
                yield from self._steps(self._asked(asked, *row[1:4]))
        elif indicator.aggregate is not None:
            weight = indicator.aggregate.weight if rule == "weighted_mean" else None
            yield from self._members(row, weight)

    def _asked(
        self, asked: Reference, region: str, breakdown: str, period: str, *, cells: bool = False
    ) -> list[Observation]:
        """The figures that a reference of a formula means."""
        name = asked.indicator
        region = _COUNTRY if asked.country else region
        period = periods.shift(period, asked.years) if asked.years else period
        if asked.codes:
            wanted = ["total" if set(c.split(".")) == {"T"} else c for c in asked.codes]
            found = (self.lookup.find(name, region, c, period) for c in wanted)
            return [row for row in found if row is not None]
        total = self.lookup.find(name, region, "total", period)
        if cells or asked.groups:
            return [*([total] if total else []), *self.lookup.groups(name, region, period)]
        row = self.lookup.find(name, region, breakdown, period) or total
        return [row] if row else []

    def _members(self, row: Observation, weight: str | None) -> Iterator[Step]:
        """The municipalities of a sum, and their weights; of the whole country none are listed."""
        if row.region == _COUNTRY:
            return
        name, _, breakdown, period = row[:4]
        successor = _municipalities(row.region)
        pairs = {}
        for code in successor:
            found = self.lookup.find(name, code, breakdown, period)
            heavy = self.lookup.find(weight, code, breakdown, period) if weight else found
            if found is not None and heavy is not None:
                pairs[code] = (found, heavy)
        # A municipality as it is today stands for those that have merged into it.
        pairs = {c: p for c, p in pairs.items() if c == successor[c] or successor[c] not in pairs}
        yield from self._steps(self._shown(found) for found, _ in pairs.values())
        if weight:
            yield from self._steps(self._shown(heavy) for _, heavy in pairs.values())

    def _shown(self, row: Observation) -> Observation:
        """A municipality's figure, without it where it is of fewer than five events of people."""
        indicator = self.indicators.get(row.indicator)
        if indicator is None or indicator.few_shown or row.value is None:
            return row
        few = indicator.counts is not None or (indicator.count_noise and row.value < HIDDEN_EVENTS)
        return row._replace(value=None, status="below_precision") if few else row

    def _analysed(self, row: Observation, analysis: Analysis) -> Iterator[Step]:
        spots = list(self._spots(row, analysis))
        cells = analysis.method in CELLWISE
        inputs = list(analysis.of.values())
        if analysis.method in ALTERNATIVES:
            inputs = [x for x in inputs if self._knows(x, row.region, spots)][:1]
        for formula in inputs:
            # A country that is the sum of its regions has no figures of its own.
            whole = self._knows(formula, _COUNTRY, spots)
            for asked in formulas.references(formula):
                for region, period in spots:
                    if whole or region != _COUNTRY:
                        found = self._asked(asked, region, "total", period, cells=cells)
                        yield from self._steps(found)

    def _knows(self, formula: str, region: str, spots: Iterable[tuple[str, str]]) -> bool:
        """Whether a formula has everything that it asks for in a region."""
        return all(
            self._asked(asked, place, "total", period, cells=True)
            for asked in formulas.references(formula)
            for place, period in spots
            if place == region
        )

    def _spots(self, row: Observation, analysis: Analysis) -> Iterator[tuple[str, str]]:
        """The areas and periods that an analysis looks at."""
        first = analysis.base if analysis.method in _SINCE else None
        shock = self.shocks.get(row.breakdown.partition(".")[0])
        if shock is not None:
            first = shock.peak if analysis.method == "resistance" else shock.trough
        times = dict.fromkeys(t for t in (first, row.period) if t)
        against = analysis.method in _AGAINST_COUNTRY
        for region in (row.region, _COUNTRY) if against else (row.region,):
            yield from ((region, t) for t in times)


@cache
def _municipalities(region: str) -> dict[str, str]:
    """Municipality of any year that lies in a region → what it is today."""
    home, successor, _ = region_codes.membership(region_codes.level(region))
    return {code: successor[code] for code in sorted(home) if home[code] == region}
