"""Linear scales, round tick values and ticks of years."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Scale", "decimals_of", "ticks", "year_ticks"]


class Scale(NamedTuple):
    """Value ``low`` lies at pixel ``start``, ``high`` at ``end``.

    >>> Scale(0, 10, 100, 0)(2.5)
    75.0
    """

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Pixel of a value."""
        span = self.high - self.low
        part = 0.5 if span == 0 else (value - self.low) / span
        return self.start + part * (self.end - self.start)


def ticks(low: float, high: float, most: int = 5) -> tuple[float, ...]:
    """At most ``most`` round values (steps of 1, 2, 2.5 or 5 tens) from ``low`` to ``high``.

    >>> ticks(0, 10), ticks(17400, 34900)
    ((0.0, 2.5, 5.0, 7.5, 10.0), (20000.0, 25000.0, 30000.0))
    """
    span = high - low
    if not math.isfinite(span) or span <= 0:
        return (low,)
    raw = span / most
    power = 10.0 ** math.floor(math.log10(raw))
    found: tuple[float, ...] = ()
    for factor in (1, 2, 2.5, 5, 10, 20):
        step = factor * power
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        found = tuple(round(i * step, 10) + 0.0 for i in range(first, last + 1))
        if len(found) <= most:
            break
    return found


def decimals_of(values: Sequence[float]) -> int:
    """Fewest decimals that show every value exactly (at most four).

    >>> decimals_of([0, 2.5, 5]), decimals_of([20000.0])
    (1, 0)
    """
    for decimals in range(4):
        if all(abs(round(v, decimals) - v) < 1e-9 for v in values):
            return decimals
    return 4


def year_ticks(first: float, last: float, room: int) -> tuple[int, ...]:
    """Years to write under an axis: the first and the last always, round ones between.

    Args:
        first: First year with a figure.
        last: Last year with a figure.
        room: How many labels fit.

    >>> year_ticks(2000, 2022, 6)
    (2000, 2005, 2010, 2015, 2022)
    >>> year_ticks(2011, 2013, 6)
    (2011, 2012, 2013)
    """
    start, end = math.floor(first), math.floor(last)
    if start == end:
        return (start,)
    room = max(room, 2)
    span = end - start
    for step in (1, 2, 5, 10, 20, 25, 50):
        if span / step + 1 > room:
            continue
        if step in (1, 2) and span % step == 0:
            return tuple(range(start, end + 1, step))
        between = range(math.ceil(start / step) * step, end, step)
        # A round year too near the ends would run into their labels.
        near = span / (room - 1) if room > 1 else span
        return (start, *(y for y in between if y - start >= near and end - y >= near), end)
    return (start, end)
