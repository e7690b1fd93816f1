"""The kernel behind `change.trend`: Mann-Kendall and Sen over many series at once.

Series are rows, time is the last axis, NaN is missing. Every pair of times is laid out once, so a
row with missing values simply has fewer usable pairs and nothing is grouped or looped by series.
"""

from __future__ import annotations

from math import factorial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from tilannekuva.measures._arrays import Bools, Floats

__all__ = ["MIN_N", "Kernel", "kendall_rows", "normal_p", "rank_bounds", "sorted_slopes", "z_score"]

# p from fewer values is not shown: four can never reach 0.05, five hardly.
MIN_N = 6
# Up to here the exact distribution is used; above it the normal one is close.
MAX_EXACT_N = 10
# 2^18 slopes are 2 MB: they stay in the processor's cache, and memory does not grow with the input
# (measured on 40 000 series of 25: the fastest of 2^15 to 2^22).
_PAIRS_AT_A_TIME = 2**18


class Kernel(NamedTuple):
    """Results per row; `low` and `high` have one leading row per confidence level."""

    n: Floats
    s: Floats
    var_s: Floats
    z: Floats
    p: Floats
    tau_a: Floats
    tau_b: Floats
    slope: Floats
    intercept: Floats
    low: Floats
    high: Floats
    exact: Bools


def kendall_rows(rows: Floats, times: Floats, quantiles: tuple[float, ...]) -> Kernel:
    """Test every row of `rows` for a monotone trend.

    Args:
        rows: (series, time), NaN is missing.
        times: (time,), strictly increasing.
        quantiles: Standard normal quantiles of the slope intervals, for example 1.96.
    """
    pairs = max(times.size * (times.size - 1) // 2, 1)
    step = max(_PAIRS_AT_A_TIME // pairs, 1)
    parts = [
        _test_chunk(rows[start : start + step], times, quantiles)
        for start in range(0, max(len(rows), 1), step)
    ]
    # Statistics are (series,) or (level, series): the last axis is the one that was cut.
    return Kernel(*(np.concatenate(field, axis=-1) for field in zip(*parts, strict=True)))


def _test_chunk(rows: Floats, times: Floats, quantiles: tuple[float, ...]) -> Kernel:
    n = np.count_nonzero(~np.isnan(rows), axis=-1).astype(np.float64)
    pairs = n * (n - 1) / 2
    slopes, s, tied_pairs = sorted_slopes(rows, times)
    var_s = (n * (n - 1) * (2 * n + 5) - _tie_term(rows, tied_pairs)) / 18
    z = np.where(n >= 2, z_score(s, var_s), np.nan)
    p, exact = _p_values(n, s, z, tied_pairs)
    with np.errstate(divide="ignore", invalid="ignore"):
        tau_a = s / pairs
        tau_b = s / np.sqrt(pairs * (pairs - tied_pairs))
    slope = _median_sorted(slopes, pairs)
    low, high = rank_bounds(slopes, pairs, var_s, quantiles)
    return Kernel(
        n,
        s,
        var_s,
        z,
        p,
        tau_a,
        tau_b,
        slope,
        _intercept(rows, times, n, slope),
        low,
        high,
        exact,
    )


def sorted_slopes(rows: Floats, times: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the sorted slopes of all pairs (NaN last), S and the number of tied pairs per row."""
    size = times.size
    steps = np.empty((len(rows), size * (size - 1) // 2))
    spans = np.empty(steps.shape[1])
    at = 0
    # One turn per lag: a slice is far cheaper than gathering the pairs by index.
    for lag in range(1, size):
        end = at + size - lag
        np.subtract(rows[:, lag:], rows[:, :-lag], out=steps[:, at:end])
        spans[at:end] = times[lag:] - times[:-lag]
        at = end
    # Signs are counted before dividing: a tiny step over a long span could underflow to a tie.
    up = np.count_nonzero(steps > 0, axis=-1).astype(np.float64)
    down = np.count_nonzero(steps < 0, axis=-1).astype(np.float64)
    tied = np.count_nonzero(steps == 0, axis=-1).astype(np.float64)
    steps /= spans
    steps.sort(axis=-1)
    return steps, up - down, tied


def z_score(s: Floats, var_s: Floats) -> Floats:
    """Return (S − sgn S)/√Var(S), 0 where S is 0; NaN where the variance is negative."""
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (s - np.sign(s)) / np.sqrt(var_s)
    return np.where((s == 0) & (var_s >= 0), 0.0, z)


def normal_p(z: Floats) -> Floats:
    """Return the two-sided p of a standard normal z."""
    from scipy.special import erfc

    return np.asarray(erfc(np.abs(z) / np.sqrt(2)), dtype=np.float64)


def rank_bounds(
    slopes: Floats, pairs: Floats, var_s: Floats, quantiles: tuple[float, ...]
) -> tuple[Floats, Floats]:
    """Return Gilbert's (1987) rank limits of the Sen slope, one row per quantile.

    With C = z√Var(S) the limits are the round((N−C)/2)-th and the round((N+C)/2 + 1)-th of the N
    sorted slopes; NaN where the rank falls outside 1…N.
    """
    half = np.multiply.outer(np.asarray(quantiles), np.sqrt(np.maximum(var_s, 0)))
    low_rank = np.rint((pairs - half) / 2)
    high_rank = np.rint((pairs + half) / 2 + 1)
    # A negative variance (after correction) has no interval, it is not one of zero width.
    usable = var_s >= 0
    low = np.stack([_ranked(slopes, pairs, np.where(usable, rank, 0)) for rank in low_rank])
    high = np.stack([_ranked(slopes, pairs, np.where(usable, rank, 0)) for rank in high_rank])
    return low, high


def _ranked(ordered: Floats, count: Floats, rank: Floats) -> Floats:
    """Return the `rank`-th smallest (1-based) of each sorted row, NaN outside 1…count."""
    inside = (rank >= 1) & (rank <= count)
    if not ordered.shape[-1]:
        return np.full(len(ordered), np.nan)
    at = np.where(inside, rank - 1, 0).astype(np.intp)
    picked = np.take_along_axis(ordered, at[:, None], axis=-1)[:, 0]
    return np.where(inside, picked, np.nan)


def _median_sorted(ordered: Floats, count: Floats) -> Floats:
    """Return the median of the first `count` entries of each sorted row; NaN for none."""
    below = _ranked(ordered, count, np.floor((count + 1) / 2))
    above = _ranked(ordered, count, np.floor(count / 2) + 1)
    return (below + above) / 2


def _intercept(rows: Floats, times: Floats, n: Floats, slope: Floats) -> Floats:
    present = np.where(np.isnan(rows), np.nan, times)
    present.sort(axis=-1)
    return _median_sorted(np.sort(rows, axis=-1), n) - slope * _median_sorted(present, n)


def _tie_term(rows: Floats, tied_pairs: Floats) -> Floats:
    """Return Σ t(t−1)(2t+5) over the tie groups of each row.

    Written over values instead of groups: each of the t values of a group adds (t−1)(2t+5).
    """
    term = np.zeros(len(rows))
    with_ties = np.flatnonzero(tied_pairs)
    if with_ties.size:
        ordered = np.sort(rows[with_ties], axis=-1)
        place = np.broadcast_to(np.arange(ordered.shape[-1]), ordered.shape)
        new = np.ones(ordered.shape, dtype=bool)
        # NaN differs from NaN, so missing values make groups of one and add nothing.
        new[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
        first = np.maximum.accumulate(np.where(new, place, 0), axis=-1)
        ends = np.ones(ordered.shape, dtype=bool)
        ends[:, :-1] = new[:, 1:]
        last_reversed = np.where(ends, place, ordered.shape[-1])[:, ::-1]
        last = np.minimum.accumulate(last_reversed, axis=-1)[:, ::-1]
        size = (last - first + 1).astype(np.float64)
        term[with_ties] = ((size - 1) * (2 * size + 5)).sum(axis=-1)
    return term


def _p_values(n: Floats, s: Floats, z: Floats, tied_pairs: Floats) -> tuple[Floats, Bools]:
    p = np.where(n >= MIN_N, normal_p(z), np.nan)
    exact = (n >= MIN_N) & (n <= MAX_EXACT_N) & (tied_pairs == 0)
    for size in range(MIN_N, MAX_EXACT_N + 1):
        here = exact & (n == size)
        if here.any():
            p[here] = _exact_p(size)[np.abs(s[here]).astype(np.intp)]
    return p, exact


def _exact_p(n: int) -> Floats:
    """Return the two-sided p of |S| = 0…n(n−1)/2 when all n! orders are equally likely.

    The number of orders with k inversions is the coefficient of x^k in Π (1 + x + … + x^(i−1)),
    i = 1…n (Kendall 1938); S = n(n−1)/2 − 2k.
    """
    orders = np.ones(1)
    for size in range(2, n + 1):
        orders = np.convolve(orders, np.ones(size))
    pairs = orders.size - 1
    at_most = np.cumsum(orders) / factorial(n)
    # S has the parity of the number of pairs; the entries between are never asked for.
    inversions = (pairs - np.arange(pairs + 1)) // 2
    return np.minimum(1.0, 2 * at_most[inversions])
