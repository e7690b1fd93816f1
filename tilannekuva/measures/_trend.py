"""Mann-Kendall test and Sen slope, for one series and for many (public names in `change`).

References:
    Mann, H. B. (1945) Econometrica 13:245-259. Kendall, M. G. (1975) Rank Correlation Methods.
    Sen, P. K. (1968) JASA 63:1379-1389. Gilbert, R. O. (1987) Statistical Methods for
    Environmental Pollution Monitoring, ch. 16-17. Hamed, K. H. & Rao, A. R. (1998) J. Hydrology
    204:182-196.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from tilannekuva.errors import DataError
from tilannekuva.measures import _mann_kendall as mk
from tilannekuva.measures._arrays import floats, maybe, normal_quantile, vector

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from tilannekuva.measures._arrays import Bools, Floats

__all__ = ["Trend", "TrendMany", "trend", "trend_many"]


@dataclass(frozen=True, slots=True)
class Trend:
    """Mann-Kendall test and Sen slope of one series; None is 'cannot be computed'.

    Attributes:
        n: Number of values present.
        s: Mann-Kendall S, pairs that rise minus pairs that fall.
        var_s: Variance of S, corrected for ties (and for autocorrelation when asked).
        z: (S − sgn S)/√Var(S); None for n < 2 or a corrected variance that is not positive.
        p: Two-sided p; None for n < 6.
        tau_a: S over the number of pairs.
        tau_b: S over √(pairs · untied pairs); None when all values are equal.
        slope: Sen slope, in units of the values per unit of the periods.
        intercept: Value of the line at period 0, median(x) − slope · median(t).
        slope_low: Lower limit of the slope; None when n is too small for the level asked.
        slope_high: Upper limit of the slope.
        exact: Whether p is from the exact distribution and not the normal one.
    """

    n: int
    s: int
    var_s: float
    z: float | None
    p: float | None
    tau_a: float | None
    tau_b: float | None
    slope: float | None
    intercept: float | None
    slope_low: float | None
    slope_high: float | None
    exact: bool


@dataclass(frozen=True, slots=True)
class TrendMany:
    """`Trend` for many series: arrays with the shape of the leading axes, NaN for None.

    `slope_low` and `slope_high` belong to the first confidence level asked, `slope_low80` and
    `slope_high80` to the second.
    """

    n: Floats
    s: Floats
    var_s: Floats
    z: Floats
    p: Floats
    tau_b: Floats
    slope: Floats
    intercept: Floats
    slope_low: Floats
    slope_high: Floats
    slope_low80: Floats
    slope_high80: Floats
    exact: Bools


def trend(
    values: ArrayLike,
    periods: ArrayLike | None = None,
    *,
    autocorrelation: Literal["hamed_rao"] | None = None,
    confidence: float = 0.95,
) -> Trend:
    """Test one series for a monotone trend and estimate its slope.

    Question:
        Is this series rising or falling in a way that chance would hardly make, and how fast?
    Formula:
        S = Σ_{i<j} sgn(x_j − x_i); Var(S) = [n(n−1)(2n+5) − Σ_t t(t−1)(2t+5)]/18 over groups of t
          ties
        z = (S − sgn S)/√Var(S), 0 for S = 0; p is two-sided and exact for 6 ≤ n ≤ 10 without ties
        tau_a = S/(n(n−1)/2); tau_b = S/√(n_0 (n_0 − n_ties)) over the n_0 = n(n−1)/2 pairs
        slope = median of (x_j − x_i)/(t_j − t_i); its limits are the round((N − C)/2)-th and the
          round((N + C)/2 + 1)-th of the N sorted slopes, C = z_{1−α/2} √Var(S)
    Reference:
        Mann (1945), Econometrica 13; Kendall (1975), Rank Correlation Methods; Sen (1968), JASA 63;
        Gilbert (1987), ch. 16-17; Hamed & Rao (1998), J. Hydrology 204.
    Misleads:
        A monotone test sees no turn: up for five years and down for five is no trend. Years that
        follow each other are not independent, figures carried forward make ties (`constant_tail`),
        and of a hundred series tested five stand out by chance (`certainty.false_discovery`). A
        small p is not a large change: look at the slope. Never run it across a break.

    Args:
        values: (time,), NaN is missing and left out.
        periods: (time,) numbers, years for an annual series; 0, 1, 2… when left out. Gaps count
            with their real length. Order does not matter.
        autocorrelation: ``"hamed_rao"`` multiplies the variance by 1 + 2/(n(n−1)(n−2)) ·
            Σ_k (n−k)(n−k−1)(n−k−2) r_k over the autocorrelations r_k of the ranks, after removal
            of the slope, that differ from 0 at the 5 % level. Needs equal spacing.
        confidence: Level of the slope interval.

    Raises:
        DataError: Lengths differ, a period is missing or repeated, `autocorrelation` is unknown
            or asked for an unevenly spaced series.

    Example:
        >>> t = trend([2, 1, 3, 4, 6, 5, 8, 7, 9], range(2015, 2024))
        >>> t.n, t.s, t.exact, round(t.p, 5), t.slope
        (9, 30, True, 0.00085, 1.0)
    """
    if autocorrelation not in (None, "hamed_rao"):
        msg = f"autocorrelation is {autocorrelation!r}; give None or 'hamed_rao'."
        raise DataError(msg)
    rows, times = _ordered(vector(values, "values"), periods)
    quantiles = (normal_quantile(confidence),)
    result = mk.kendall_rows(rows, times, quantiles)
    if autocorrelation == "hamed_rao":
        result = _with_hamed_rao(result, rows, times, quantiles)
    return Trend(
        n=int(result.n[0]),
        s=int(result.s[0]),
        var_s=float(result.var_s[0]),
        z=maybe(result.z[0]),
        p=maybe(result.p[0]),
        tau_a=maybe(result.tau_a[0]),
        tau_b=maybe(result.tau_b[0]),
        slope=maybe(result.slope[0]),
        intercept=maybe(result.intercept[0]),
        slope_low=maybe(result.low[0, 0]),
        slope_high=maybe(result.high[0, 0]),
        exact=bool(result.exact[0]),
    )


def trend_many(
    values: ArrayLike,
    periods: ArrayLike | None = None,
    *,
    confidence: tuple[float, float] = (0.95, 0.80),
) -> TrendMany:
    """Return for every series what `trend` returns for one, without a loop over series.

    Question:
        Which of these many series have a trend, and how steep is each?
    Formula:
        As `trend`, series by series, with two levels of the slope's interval
    Reference:
        As `trend`.
    Misleads:
        As `trend`, and more so: looking through hundreds of p for the small ones finds chance.
        Correct them together (`certainty.false_discovery`) before any is named.

    Args:
        values: (…, time), NaN is missing; series may miss different periods.
        periods: (time,) numbers shared by all series; 0, 1, 2… when left out.
        confidence: Levels of the two slope intervals.

    Raises:
        DataError: As `trend`.

    Example:
        >>> many = trend_many([[1, 2, 3, 4, 5, 6], [3, 3, 3, 3, 3, 3]])
        >>> many.slope, many.p.round(4)
        (array([1., 0.]), array([0.0028, 1.    ]))
    """
    array = floats(values, "values")
    if array.ndim == 0:
        msg = "'values' is one number; a trend needs a series with time on the last axis."
        raise DataError(msg)
    rows, times = _ordered(array, periods)
    first, second = confidence
    result = mk.kendall_rows(rows, times, (normal_quantile(first), normal_quantile(second)))
    shape = array.shape[:-1]
    return TrendMany(
        n=result.n.reshape(shape),
        s=result.s.reshape(shape),
        var_s=result.var_s.reshape(shape),
        z=result.z.reshape(shape),
        p=result.p.reshape(shape),
        tau_b=result.tau_b.reshape(shape),
        slope=result.slope.reshape(shape),
        intercept=result.intercept.reshape(shape),
        slope_low=result.low[0].reshape(shape),
        slope_high=result.high[0].reshape(shape),
        slope_low80=result.low[1].reshape(shape),
        slope_high80=result.high[1].reshape(shape),
        exact=result.exact.reshape(shape),
    )


def _ordered(array: Floats, periods: ArrayLike | None) -> tuple[Floats, Floats]:
    """Return (series, time) rows in time order and their strictly increasing times."""
    size = array.shape[-1]
    count = array.size // size if size else int(np.prod(array.shape[:-1]))
    rows = array.reshape(count, size)
    if periods is None:
        return rows, np.arange(size, dtype=np.float64)
    times = vector(periods, "periods")
    if times.size != size:
        msg = f"'values' has {size} periods and 'periods' has {times.size}; align them first."
        raise DataError(msg)
    if np.isnan(times).any():
        msg = "A period is missing; an undated figure cannot stand in a series."
        raise DataError(msg)
    steps = np.diff(times)
    if (steps <= 0).any():
        order = np.argsort(times, kind="stable")
        times = times[order]
        repeated = times[1:][np.diff(times) == 0]
        if repeated.size:
            msg = f"Period {repeated[0]:g} is there twice; keep one value for each period."
            raise DataError(msg)
        rows = rows[:, order]
    return rows, times


def _with_hamed_rao(
    result: mk.Kernel, rows: Floats, times: Floats, quantiles: tuple[float, ...]
) -> mk.Kernel:
    """Return `result` of one series with the variance corrected for autocorrelation."""
    present = ~np.isnan(rows[0])
    x, t = rows[0, present], times[present]
    if t.size > 2 and not np.allclose(np.diff(t), t[1] - t[0], rtol=1e-9, atol=0):
        msg = "Hamed-Rao needs equally spaced periods; this series has gaps. Leave it uncorrected."
        raise DataError(msg)
    # By position: the steps are equal, and small multiples round less than years do.
    step = t[1] - t[0] if t.size > 1 else 1.0
    residuals = x - np.arange(1, t.size + 1) * (result.slope[0] * step)
    var_s = result.var_s * _hamed_rao_factor(residuals)
    z = np.where(result.n >= 2, mk.z_score(result.s, var_s), np.nan)
    slopes, _, _ = mk.sorted_slopes(rows, times)
    low, high = mk.rank_bounds(slopes, result.n * (result.n - 1) / 2, var_s, quantiles)
    return result._replace(
        var_s=var_s,
        z=z,
        p=np.where(result.n >= mk.MIN_N, mk.normal_p(z), np.nan),
        low=low,
        high=high,
        exact=np.zeros(1, dtype=bool),
    )


def _hamed_rao_factor(residuals: Floats) -> float:
    """Return n/n* of Hamed & Rao (1998), eq. 16, from detrended values."""
    n = residuals.size
    if n < 3:
        return 1.0
    _, place, sizes = np.unique(residuals, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(sizes) - (sizes - 1) / 2)[place]
    ranks = ranks - ranks.mean()
    total = float(ranks @ ranks)
    if total == 0:
        return 1.0
    r = np.correlate(ranks, ranks, mode="full")[n:] / total
    lag = np.arange(1, n)
    # The level that tells a real autocorrelation is Hamed and Rao's own, not the interval's.
    real = np.abs(r) > normal_quantile(0.95) / np.sqrt(n)
    weighted = (n - lag) * (n - lag - 1) * (n - lag - 2) * r
    return 1 + 2 / (n * (n - 1) * (n - 2)) * float(weighted[real].sum())
