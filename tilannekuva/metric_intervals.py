"""How far chance alone may move a count, a rate or a share, for whole cubes and for pooled years.

Only where the catalogue says which counts stand behind a figure: nothing is estimated from the
figure itself but a share, whose n is enough. Where no count is known, nothing is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from tilannekuva import periods
from tilannekuva.cubes import Cube
from tilannekuva.measures.certainty import proportion_interval, rate_interval
from tilannekuva.metric_rows import Row, Seen
from tilannekuva.model import FEW_EVENTS, HIDDEN_EVENTS, Counts, Indicator, Pooled
from tilannekuva.statuses import STATUSES, worst

__all__ = ["Limits", "interval_rows", "is_counted", "limits", "pooled"]

_YEARS = (3, 4, 5)
"""So many years are taken together, the fewest that give every municipality enough events."""
_AGREE = 0.01
"""Counts that give a figure this far (relative) from the printed one are not the counts of it."""


class Limits(NamedTuple):
    """Events and limits behind the figures of a cube; shapes (areas, time), NaN where unknown."""

    events: np.ndarray
    low: np.ndarray
    high: np.ndarray
    differ: np.ndarray
    """Where there are counts, but of something else than the figure."""
    parts: tuple[Part, ...]
    """What they were reckoned from beside the figure itself."""


class Part(NamedTuple):
    """A count that stands behind the figures of a cube, laid on its areas and periods."""

    value: np.ndarray
    snapshot: np.ndarray
    status: np.ndarray


def is_counted(indicator: Indicator) -> bool:
    """Whether an indicator has an interval for chance at all."""
    return indicator.count_noise or indicator.counts is not None


def limits(cube: Cube, indicator: Indicator, known: Mapping[str, Cube]) -> Limits | None:
    """The 95 % limits of every figure of a cube.

    Args:
        cube: The figures.
        indicator: What they are, with the counts behind them.
        known: Cubes of the same level by indicator, where the counts are found.

    Returns:
        None for an indicator whose counts the catalogue does not name.
    """
    nothing = np.zeros(cube.value.shape, dtype=bool)
    if indicator.count_noise:
        events = np.where(cube.value >= 0, cube.value, np.nan)
        found = rate_interval(events, 1.0, per=1.0)
        return Limits(events, np.asarray(found.low), np.asarray(found.high), nothing, ())
    rule = indicator.counts
    if rule is None:
        return None
    populations = [
        _part(cube, known.get(rule.population), rule.lag + n) for n in range(1 + rule.mean)
    ]
    population = np.mean([p.value for p in populations], axis=0)
    parts = [*populations]
    if rule.count is not None:
        parts.append(_part(cube, known.get(rule.count), 0))
        events = parts[-1].value
    else:
        events = np.round(cube.value / rule.per * population)  # firms and people are whole
    if rule.kind == "rate" and indicator.formula is not None:
        # Computed here of these counts, in a division of its own: the rate tells its population.
        with np.errstate(divide="ignore", invalid="ignore"):
            told = np.where(events > 0, events / cube.value * rule.per, np.nan)
        population = np.where(np.isnan(population), told, population)
    usable = (events >= 0) & (population > 0)
    if rule.kind == "share":
        usable &= events <= population
    events = np.where(usable, events, np.nan)
    low, value, high = _interval(events, population, rule)
    slack = 0.51 * 10.0**-indicator.decimals + _AGREE * np.abs(cube.value)
    differ = np.abs(value - cube.value) > slack
    low, high = (np.where(differ, np.nan, limit) for limit in (low, high))
    return Limits(events, low, high, differ, tuple(parts))


def _interval(
    events: np.ndarray, population: np.ndarray, rule: Counts
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lower limit, value and upper limit."""
    if rule.kind == "share":
        share = proportion_interval(events, population)
        return tuple(rule.per * np.asarray(x) for x in (share.low, share.value, share.high))  # type: ignore[return-value]
    rate = rate_interval(events, population, per=rule.per)
    return np.asarray(rate.low), np.asarray(rate.value), np.asarray(rate.high)


def _part(cube: Cube, other: Cube | None, lag: int) -> Part:
    """Another indicator's figures on the areas and periods of a cube, of the same members only."""
    shape = cube.value.shape
    value = np.full(shape, np.nan)
    snapshot = np.full(shape, -1, dtype=np.int64)
    status = np.full(shape, -1, dtype=np.int64)
    if other is None:
        return Part(value, snapshot, status)
    place = {p: n for n, p in enumerate(other.periods)}
    for column, period in enumerate(cube.periods):
        at = place.get(periods.shift(period, -lag))
        if at is None:
            continue
        same = other.codes[:, at] == cube.codes[:, column]
        value[:, column] = np.where(same, other.value[:, at], np.nan)
        snapshot[:, column], status[:, column] = other.snapshot[:, at], other.status[:, at]
    return Part(value, snapshot, status)


def interval_rows(seen: Seen, found: Limits | None) -> list[Row]:
    """The events behind an area's latest figure and its interval; none where none is declared.

    Args:
        seen: The area at its latest period.
        found: Limits of the cube.
    """
    if found is None:
        return []
    names = ("interval_low", "interval_high", "events")
    at = (seen.n, seen.at)
    values = (found.low[at], found.high[at], found.events[at])
    if np.isnan(values[0]):
        why = "counts_differ" if found.differ[at] else "no_counts"
        return [Row(name, None, seen.period, seen.status, why) for name in names]
    used = [p for p in found.parts if p.snapshot[at] >= 0]
    origin = seen.origin | {int(p.snapshot[at]) for p in used}
    status = worst(seen.status, *(STATUSES[p.status[at]] for p in used))
    return [
        Row(name, float(value), seen.period, status, None, origin)
        for name, value in zip(names, values, strict=True)
    ]


Figures = Mapping[str, float]
"""Period → figure of one municipality."""


def pooled(
    indicator: Indicator, events: Mapping[str, Figures], populations: Mapping[str, Figures]
) -> tuple[Pooled, ...]:
    """Municipalities' figures with several years taken together, where those of a year are few.

    Sums of counts over sums of populations, over the same years everywhere so that municipalities
    can be compared: the three to five last years, as few of them as give every municipality twenty
    events. A plain count becomes its yearly mean.

    Args:
        indicator: A counted one.
        events: Municipality → period → count.
        populations: The same for what the events happened among; empty for a plain count.

    Returns:
        By municipality in the order given; empty where every municipality has twenty events a year,
        or fewer than three years in common.
    """
    known = {
        code: [p for p in own if p in populations.get(code, {}) or indicator.counts is None]
        for code, own in events.items()
    }
    known = {code: own for code, own in known.items() if own}
    if not known:
        return ()
    shared = sorted(set.intersection(*map(set, known.values())))
    if not shared or periods.frequency(shared[-1]) != "year":
        return ()
    run = _run(shared)
    if len(run) < _YEARS[0] or all(events[c][run[-1]] >= FEW_EVENTS for c in known):
        return ()
    years = next(
        (
            n
            for n in _YEARS
            if len(run) >= n and all(_total(events[c], run[-n:]) >= FEW_EVENTS for c in known)
        ),
        min(len(run), _YEARS[-1]),
    )
    return tuple(_pooled(indicator, c, run[-years:], events[c], populations.get(c)) for c in known)


def _run(shared: Sequence[str]) -> list[str]:
    """The last years that follow each other without a gap."""
    out = [shared[-1]]
    for period in reversed(shared[:-1]):
        if periods.shift(period, 1) != out[0]:
            break
        out.insert(0, period)
    return out


def _total(figures: Figures, years: Sequence[str]) -> float:
    return float(sum(figures[y] for y in years))


def _pooled(
    indicator: Indicator,
    code: str,
    years: Sequence[str],
    events: Figures,
    people: Figures | None,
) -> Pooled:
    total = _total(events, years)
    population = _total(people, years) if people is not None else None
    if total < HIDDEN_EVENTS and not indicator.few_shown:
        return Pooled(region=code, periods=tuple(years), events=None, population=population)
    if indicator.counts is None:
        found = rate_interval(total, float(len(years)), per=1.0)
        low, value, high = found.low, found.value, found.high
    else:
        limit = _interval(np.array([total]), np.array([population]), indicator.counts)
        low, value, high = (None if np.isnan(x[0]) else float(x[0]) for x in limit)
    return Pooled(
        region=code,
        periods=tuple(years),
        events=total,
        population=population,
        value=value,
        low=low,
        high=high,
    )
