"""Where are we heading: trend, index, growth rate and level shift of a series.

Time is the last axis, NaN is missing and is left out, never filled in. A series must not cross a
boundary or definition change: cut it there before calling.

References:
    Bai, J. & Perron, P. (2003) J. Applied Econometrics 18:1-22; for the trend see `_trend`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tilannekuva.errors import DataError
from tilannekuva.measures._arrays import floats, vector
from tilannekuva.measures._level_shifts import best_cuts
from tilannekuva.measures._line import ols_slope
from tilannekuva.measures._trend import Trend, TrendMany, trend, trend_many

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from tilannekuva.measures._arrays import Floats

__all__ = [
    "Breaks",
    "Trend",
    "TrendMany",
    "breaks",
    "cagr",
    "constant_tail",
    "ols_slope",
    "rebase",
    "trend",
    "trend_many",
]

# A break nearer than this to an end or to another break is noise in annual figures.
_MIN_SEGMENT = 5


@dataclass(frozen=True, slots=True)
class Breaks:
    """Level shifts of one series.

    Attributes:
        count: Number of shifts with the smallest BIC.
        positions: Last index (1-based, in the series as given) of each segment but the final one.
        bic: BIC of 0…max_breaks shifts; NaN where the series is too short for so many.
    """

    count: int
    positions: tuple[int, ...]
    bic: tuple[float, ...]


def constant_tail(values: ArrayLike) -> Floats:
    """Return how many of the last present values are equal, per series.

    A missing value neither ends the tail nor lengthens it.

    Question:
        For how many periods has the figure stood still, as if carried forward?
    Formula:
        Number of the last present values that equal the newest one
    Reference:
        A check of this package.
    Misleads:
        Rounded figures may stand still honestly: a rate with one decimal can be the same three
        years running. It is a reason to ask, not proof of a copied figure.

    Args:
        values: (…, time), NaN is missing.

    Returns:
        Counts with the shape of the leading axes: 0 when nothing is present, else at least 1.

    Example:
        >>> constant_tail([[1, 2, 2, 2], [1, 2, 3, 4]])
        array([3., 1.])
    """
    array = floats(values, "values")
    if not array.size:
        return np.zeros(array.shape[:-1])
    backwards = array.reshape(-1, array.shape[-1])[:, ::-1]
    present = ~np.isnan(backwards)
    newest = np.take_along_axis(backwards, present.argmax(axis=-1)[:, None], axis=-1)
    # A missing value neither ends the tail nor lengthens it.
    unbroken = np.logical_and.accumulate((backwards == newest) | ~present, axis=-1)
    length = np.count_nonzero(unbroken & present, axis=-1)
    return np.asarray(length, dtype=np.float64).reshape(array.shape[:-1])


def rebase(values: ArrayLike, periods: ArrayLike, base: object | Sequence[object]) -> Floats:
    """Return the series as an index where the base period is 100.

    Question:
        How has it moved since the base year, on a scale where that year is 100?
    Formula:
        I_t = 100·x_t/x_b; with several base periods x_b is their mean
    Reference:
        Standard index arithmetic; no author to credit.
    Misleads:
        The base year decides the picture: an odd one lifts or sinks every other year. Two indices
        at the same height are not equal in level, only in growth since the base.

    Args:
        values: (…, time), NaN is missing and stays missing.
        periods: (time,) numbers or labels, each once.
        base: One of the periods, or several.

    Returns:
        Index with the shape of `values`.

    Raises:
        DataError: A base period is not in the series, or a base value is missing, zero or
            negative. The next period is never taken instead.

    Example:
        >>> rebase([80.0, 88.0, 92.4], [2019, 2020, 2021], 2020).round(1)
        array([ 90.9, 100. , 105. ])
    """
    array = floats(values, "values")
    labels = np.asarray(periods)
    if array.ndim == 0 or labels.shape != array.shape[-1:]:
        msg = f"'values' of shape {array.shape} does not fit {labels.size} periods."
        raise DataError(msg)
    wanted = np.atleast_1d(np.asarray(base))
    if not wanted.size:
        msg = "No base period is given; name at least one."
        raise DataError(msg)
    in_base = np.zeros(labels.shape, dtype=bool)
    for period in wanted:
        here = labels == period
        if np.count_nonzero(here) != 1:
            msg = f"Base period {period} is in the series {np.count_nonzero(here)} times, not once."
            raise DataError(msg)
        in_base |= here
    level = array[..., in_base].mean(axis=-1, keepdims=True)
    named = ", ".join(str(period) for period in wanted)
    if np.isnan(level).any():
        msg = f"The value of base period {named} is missing; choose a base that every series has."
        raise DataError(msg)
    if (level <= 0).any():
        msg = f"The value of base period {named} is zero or negative; an index has no meaning."
        raise DataError(msg)
    return np.asarray(100 * array / level, dtype=np.float64)


def cagr(start: float, end: float, years: float) -> float:
    """Return the compound annual growth rate as a share, (end/start)^(1/years) − 1.

    Question:
        At what even yearly rate would it have grown from the first figure to the last?
    Formula:
        (end/start)^(1/years) − 1
    Reference:
        Standard arithmetic; the same as the mean yearly change of logarithms.
    Misleads:
        Two points are all it sees: a bad first year makes any later growth look strong, and the way
        between may have been anything but even. Of shares take percentage points instead.

    Returns:
        NaN when a value is missing, zero or negative: such a pair has no growth rate.

    Raises:
        DataError: `years` is not positive.

    Example:
        >>> round(cagr(2.0, 2.6, 9), 6)
        0.029581
    """
    if not years > 0:
        msg = f"years is {years}; the end must be later than the start."
        raise DataError(msg)
    if not (start > 0 and end > 0):
        return float("nan")
    return float((end / start) ** (1 / years) - 1)


def breaks(values: ArrayLike, *, max_breaks: int = 5, min_share: float = 0.15) -> Breaks:
    """Find the level shifts of one series by least squares and choose their number by BIC.

    Question:
        Did the level of the series shift at some year, and when?
    Formula:
        RSS(m) = least Σ (x_t − mean of its segment)² over all ways to cut the series into m + 1
          segments
        BIC(m) = n[ln(RSS/n) + 1 + ln 2π] + ln(n)·(2m + 2); the m with the least BIC is chosen
    Reference:
        Bai & Perron (2003), J. Applied Econometrics 18; the minimum is found exactly by dynamic
        programming.
    Misleads:
        A steady trend looks like a staircase to it. A found shift may be a new questionnaire, a new
        boundary or one closed plant: prefer a documented break to a found one, and say what
        happened that year before saying that something did.

    Args:
        values: (time,), NaN is missing and left out.
        max_breaks: Most shifts to look for. Fewer than 15 values allow one, fewer than 10 none.
        min_share: Least share of the series in a segment; a segment has at least 5 values.

    Raises:
        DataError: `max_breaks` is negative or `min_share` is not in 0…0.5.

    Example:
        >>> breaks([1.0, 1.1, 0.9, 1.0, 1.0, 5.0, 5.1, 4.9, 5.0, 5.0]).positions
        (5,)
    """
    if max_breaks < 0 or not 0 <= min_share <= 0.5:
        msg = f"max_breaks is {max_breaks} and min_share {min_share}; use 0 or more and 0 to 0.5."
        raise DataError(msg)
    array = vector(values, "values")
    place = np.flatnonzero(~np.isnan(array))
    x = array[place]
    n = x.size
    # The small number guards a share such as 0.15 · 100 from being floored to 14.
    shortest = max(_MIN_SEGMENT, int(min_share * n + 1e-9))
    rss, cuts = best_cuts(x, shortest, max_breaks)
    bic = np.full(max_breaks + 1, np.nan)
    if n:
        m = np.arange(rss.size)
        with np.errstate(divide="ignore"):
            fit = n * (np.log(rss / n) + 1 + np.log(2 * np.pi))
        bic[: rss.size] = fit + np.log(n) * (2 * m + 2)
    # argmin takes the first of equals, so a perfect fit keeps the fewest breaks.
    count = int(np.nanargmin(bic)) if n else 0
    positions = tuple(int(place[cut - 1]) + 1 for cut in cuts[count]) if n else ()
    return Breaks(count, positions, tuple(float(b) for b in bic))
