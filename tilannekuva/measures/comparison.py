"""How do we compare: gap to a reference, and rank with the uncertainty it deserves.

A rank needs one region level, one period and a declared direction; whether every region of the
level is there is for the caller to see from `n`.

References:
    Goldstein, H. & Spiegelhalter, D. J. (1996) J. R. Statist. Soc. A 159:385-443 (league tables
    and their intervals).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, TypeVar, overload

import numpy as np

from tilannekuva.errors import DataError
from tilannekuva.measures._arrays import floats, maybe
from tilannekuva.measures._standing import average_rank, zscore

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import ArrayLike

    from tilannekuva.measures._arrays import Bools, Floats

__all__ = ["Gap", "RankMany", "average_rank", "gap", "rank", "rank_many", "zscore"]

T = TypeVar("T")
Direction = Literal["up", "down"]
Method = Literal["min", "max", "average"]

# Pairs compared in one go: a few megabytes of booleans, whatever the number of rows.
_PAIRS_AT_A_TIME = 2**21
# 5.3 − 5.2 is a little less than 0.1 in binary: a difference of one digit must count as one.
_SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Gap(Generic[T]):
    """Distance from a reference: plain floats (or None) for one value, arrays for many.

    Attributes:
        absolute: value − reference, in the unit of the values (percentage points for shares).
        relative: value/reference − 1 as a share.
        index: 100 · value/reference.
    """

    absolute: T
    relative: T
    index: T


@dataclass(frozen=True, slots=True)
class RankMany:
    """Ranks with the shape of the values; NaN where a value is missing or stands alone.

    Attributes:
        rank: Competition rank, 1 = best by the direction; equal values share the smaller number.
        rank_low: Best rank the region may have, given the uncertainty.
        rank_high: Worst rank the region may have.
        n: Number of regions ranked, shape of the leading axes.
    """

    rank: Floats
    rank_low: Floats
    rank_high: Floats
    n: Floats


@overload
def gap(values: float, reference: float) -> Gap[float | None]: ...
@overload
def gap(values: Floats | Sequence[float], reference: ArrayLike) -> Gap[Floats]: ...
def gap(values: ArrayLike, reference: ArrayLike) -> Gap[float | None] | Gap[Floats]:
    """Return how far values are from a reference, in level, in share and as an index.

    Question:
        How far is the region from the country, in the unit, in per cent and as an index?
    Formula:
        absolute = x_r − x_N; relative = x_r/x_N − 1; index = 100·x_r/x_N
    Reference:
        Standard arithmetic; no author to credit.
    Misleads:
        The country contains the region. A gap of counts is only a difference in size, and a gap of
        rates whose populations differ in age is partly a gap of ages. An index of 90 in a small
        figure and in a large one are not the same loss.

    Args:
        values: One number or an array; NaN is missing.
        reference: One number, or an array that broadcasts against `values`.

    Returns:
        `absolute` wherever both are present. `relative` and `index` are None (NaN in arrays) where
        the reference is 0 or value and reference have different signs: a ratio says nothing there.

    Raises:
        DataError: The shapes do not fit.

    Example:
        >>> gap(40.5, 45.0)
        Gap(absolute=-4.5, relative=-0.1, index=90.0)
        >>> gap([2.0, -1.0], 4.0).index
        array([50., nan])
    """
    value, level = floats(values, "values"), floats(reference, "reference")
    try:
        shape = np.broadcast_shapes(value.shape, level.shape)
    except ValueError as error:
        msg = f"'values' {value.shape} and 'reference' {level.shape} do not fit; align them first."
        raise DataError(msg) from error
    absolute = np.asarray(value - level)
    comparable = (level != 0) & (value * np.sign(level) >= 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(comparable, absolute / level, np.nan)
        index = np.where(comparable, 100 * value / level, np.nan)
    if shape == ():
        return Gap(maybe(float(absolute)), maybe(float(relative)), maybe(float(index)))
    return Gap(absolute, relative, index)


def rank(
    values: pd.Series[float] | ArrayLike,
    direction: Direction,
    uncertainty: ArrayLike | None = None,
    method: Method = "min",
    *,
    interval: tuple[ArrayLike, ArrayLike] | None = None,
) -> pd.DataFrame:
    """Rank the regions of one period, with the range of ranks that the data allow.

    Question:
        Which place does each region have, and which places could it have, given the uncertainty?
    Formula:
        rank_i = 1 + #{j better than i}
        rank_low = 1 + #{j certainly better}; rank_high = n − #{j certainly worse}
    Reference:
        Goldstein & Spiegelhalter (1996), J. R. Statist. Soc. A 159.
    Misleads:
        A place is won and lost by the neighbours too. Ranks stretch small differences and hide
        large ones; with an interval of six places the only true sentence is that the region is in
        the middle. Only of one level, one period and a declared direction.

    Args:
        values: (regions,) a Series (its index is kept) or numbers; NaN is left out.
        direction: ``"up"`` when more is better, ``"down"`` when less is.
        uncertainty: As in `rank_many`.
        method: What equal values get: ``"min"`` (competition rank), ``"max"`` or ``"average"``.
        interval: As in `rank_many`.

    Returns:
        DataFrame [value, rank, rank_low, rank_high] in the order of `values`.

    Raises:
        DataError: As `rank_many`, or an unknown `method`.

    Example:
        >>> rank([61.2, 64.0, 61.3], "up", uncertainty=0.5)
           value  rank  rank_low  rank_high
        0   61.2   3.0       2.0        3.0
        1   64.0   1.0       1.0        1.0
        2   61.3   2.0       2.0        3.0
    """
    import pandas as pd

    if method not in ("min", "max", "average"):
        msg = f"method is {method!r}; give 'min', 'max' or 'average'."
        raise DataError(msg)
    index = values.index if isinstance(values, pd.Series) else None
    array = floats(values, "values")
    if array.ndim != 1:
        msg = f"'values' must be one list of regions, not an array of shape {array.shape}."
        raise DataError(msg)
    result = rank_many(array, direction, uncertainty, interval=interval)
    own = result.rank
    if method != "min":
        worst = rank_many(array, direction).rank_high
        own = worst if method == "max" else (own + worst) / 2
    return pd.DataFrame(
        {
            "value": array,
            "rank": own,
            "rank_low": result.rank_low,
            "rank_high": result.rank_high,
        },
        index=index,
    )


def rank_many(
    values: ArrayLike,
    direction: Direction,
    uncertainty: ArrayLike | None = None,
    *,
    interval: tuple[ArrayLike, ArrayLike] | None = None,
) -> RankMany:
    """Rank the last axis of an array, without a loop over its rows.

    Without uncertainty only equal values are uncertain.

    Question:
        The same as `rank`, for every indicator or period at once.
    Formula:
        rank = 1 + number of better regions
        rank_low = 1 + number certainly better; rank_high = n − number certainly worse
    Reference:
        Goldstein & Spiegelhalter (1996), J. R. Statist. Soc. A 159.
    Misleads:
        As `rank`. A region that rises from 9 to 7 in a row of years may not have moved at all:
        compare the intervals, not the places.

    Args:
        values: (…, regions), NaN is left out.
        direction: ``"up"`` or ``"down"``.
        uncertainty: The difference from which two regions are told apart: a number (for example
            the last published digit) or an array (…, 1), one for each row. An array whose last
            axis is the regions holds half-widths of their intervals.
        interval: Published limits (low, high), each with the shape of `values`; two regions are
            told apart when their intervals do not meet. In place of `uncertainty`.

    Raises:
        DataError: `direction` is not 'up' or 'down' (an indicator without direction has no rank),
            the shapes do not fit, or an uncertainty is negative, missing or given twice.

    Example:
        >>> rank_many([[3, 1, 2, 2], [5, float("nan"), 7, 6]], "down").rank
        array([[ 4.,  1.,  2.,  2.],
               [ 1., nan,  3.,  2.]])
    """
    if direction not in ("up", "down"):
        msg = f"direction is {direction!r}: a rank needs 'up' or 'down'; show the values."
        raise DataError(msg)
    array = floats(values, "values")
    if array.ndim == 0:
        msg = "'values' is one number; a rank needs the regions on the last axis."
        raise DataError(msg)
    if uncertainty is not None and interval is not None:
        msg = "Give 'uncertainty' or 'interval', not both."
        raise DataError(msg)
    low, high, step = _limits(array, uncertainty, interval)
    if direction == "down":
        array, low, high = -array, -high, -low
    regions = array.shape[-1]
    rows = math.prod(array.shape[:-1])
    flat = [part.reshape(rows, regions) for part in (array, low, high, step)]
    chunk = max(_PAIRS_AT_A_TIME // max(regions**2, 1), 1)
    parts = [
        _rank_rows(*(part[at : at + chunk] for part in flat))
        for at in range(0, max(rows, 1), chunk)
    ]
    ranks, lows, highs, counts = (np.concatenate(part) for part in zip(*parts, strict=True))
    return RankMany(
        ranks.reshape(array.shape),
        lows.reshape(array.shape),
        highs.reshape(array.shape),
        counts.reshape(array.shape[:-1]),
    )


def _limits(
    array: Floats,
    uncertainty: ArrayLike | None,
    interval: tuple[ArrayLike, ArrayLike] | None,
) -> tuple[Floats, Floats, Floats]:
    """Return each region's lower and upper limit and the least difference between two limits."""
    if interval is not None:
        low, high = (floats(limit, "interval") for limit in interval)
        if low.shape != array.shape or high.shape != array.shape:
            msg = f"The interval limits must have the shape of the values, {array.shape}."
            raise DataError(msg)
        present = ~np.isnan(array)
        # Written so that a missing limit is caught too.
        if not (((low <= array) & (array <= high)) | ~present).all():
            msg = "A value lies outside its interval, or has none; give limits for every value."
            raise DataError(msg)
        return low, high, np.zeros(array.shape)
    width = floats(0.0 if uncertainty is None else uncertainty, "uncertainty")
    if not (width >= 0).all():
        msg = "An uncertainty is negative or missing; give the least difference that counts."
        raise DataError(msg)
    try:
        spread = np.broadcast_to(width, array.shape)
    except ValueError as error:
        msg = f"'uncertainty' of shape {width.shape} does not fit values of shape {array.shape}."
        raise DataError(msg) from error
    if width.ndim and width.shape[-1] == array.shape[-1] and width.shape[-1] > 1:
        return array - spread, array + spread, np.zeros(array.shape)
    return array, array, spread


def _rank_rows(array: Floats, low: Floats, high: Floats, step: Floats) -> tuple[Floats, ...]:
    """Rank (rows, regions) where more is better."""
    present = ~np.isnan(array)
    n = np.count_nonzero(present, axis=-1).astype(np.float64)
    better = _count(array[:, None, :] > array[:, :, None])
    # [row, i, j]: j lies above i by at least the step. Comparisons with NaN are False.
    above = _at_least(low[:, None, :] - high[:, :, None], step[:, :, None])
    below = _at_least(low[:, :, None] - high[:, None, :], step[:, :, None])
    # A single region has no rank: there is nothing to be first of.
    ranked = present & (n >= 2)[:, None]
    return (
        np.where(ranked, 1 + better, np.nan),
        np.where(ranked, 1 + _count(above), np.nan),
        np.where(ranked, n[:, None] - _count(below), np.nan),
        n,
    )


def _at_least(difference: Floats, step: Floats) -> Bools:
    apart: Bools = (difference > 0) & (difference >= step * (1 - _SLACK))
    return apart


def _count(flags: Bools) -> Floats:
    return np.asarray(np.count_nonzero(flags, axis=-1), dtype=np.float64)
