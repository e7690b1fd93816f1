"""Where each region stands among all of a period (public names in `comparison`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from tilannekuva.errors import DataError
from tilannekuva.measures._arrays import floats

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from tilannekuva.measures._arrays import Floats

__all__ = ["average_rank", "zscore"]


def average_rank(values: ArrayLike, direction: Literal["up", "down"]) -> Floats:
    """Return ranks on the last axis; regions with equal values share the mean of their places.

    Question:
        In what order do the regions stand when equal ones share their places evenly?
    Formula:
        rank_i = 1 + #{j better than i} + (#{j equal to i, j ≠ i})/2
    Reference:
        Kendall (1945), Biometrika 33 (ties in rankings).
    Misleads:
        It says nothing of how far apart the regions are: nineteen that differ by a rounding error
        get nineteen ranks. Show `rank_many` with its interval where the order itself is the news;
        a half place is a tie and not a better place.

    Args:
        values: (…, regions), NaN is left out.
        direction: ``"up"`` when more is better, ``"down"`` when less is; 1 = best.

    Returns:
        Ranks with the shape of `values`; NaN where a value is missing or stands alone.

    Raises:
        DataError: `direction` is not 'up' or 'down', or `values` is one number.

    Example:
        >>> average_rank([30, 10, 20, 20], "up")
        array([1. , 4. , 2.5, 2.5])
    """
    if direction not in ("up", "down"):
        msg = f"direction is {direction!r}: a rank needs 'up' or 'down'; show the values."
        raise DataError(msg)
    array = floats(values, "values")
    if array.ndim == 0:
        msg = "'values' is one number; a rank needs the regions on the last axis."
        raise DataError(msg)
    if not array.size:
        return np.full(array.shape, np.nan)
    regions = array.shape[-1]
    # Turned so that the best sorts first; NaN sorts last either way.
    rows = (-array if direction == "up" else array).reshape(-1, regions)
    order = rows.argsort(axis=-1)
    order += np.arange(0, rows.size, regions)[:, None]
    ordered = rows.ravel()[order.ravel()]
    # Runs of equal values, cut at the end of every row; NaN equals nothing and makes runs of one.
    new = np.empty(rows.size, dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    new[::regions] = True
    start = np.flatnonzero(new)
    length = np.diff(start, append=rows.size)
    shared = start % regions + (length + 1) / 2
    ranks = np.empty(rows.size)
    ranks[order.ravel()] = np.repeat(shared, length)
    ranks = ranks.reshape(rows.shape)
    missing = np.isnan(rows)
    if missing.any():
        alone = np.count_nonzero(~missing, axis=-1) < 2
        ranks[missing | alone[:, None]] = np.nan
    elif regions < 2:
        ranks[:] = np.nan
    return ranks.reshape(array.shape)


def zscore(values: ArrayLike) -> Floats:
    """Return how many standard deviations each region is from the mean of all, on the last axis.

    Question:
        Is this region's figure ordinary or exceptional among the regions?
    Formula:
        z_i = (x_i − x̄)/s with s² = Σ (x_i − x̄)²/(n − 1)
    Reference:
        OECD & JRC (2008), step 5 (standardisation).
    Misleads:
        Mean and spread are of the regions themselves, each counting once whatever its population:
        one outlier moves all the others, and scores of different years do not share a scale.

    Args:
        values: (…, regions), NaN is left out.

    Returns:
        Scores with the shape of `values`, positive above the mean whatever the direction; 0 where
        all regions are equal, NaN where a value is missing or stands alone.

    Raises:
        DataError: `values` is one number or holds something that is not a number.

    Example:
        >>> zscore([1.0, 2.0, 3.0])
        array([-1.,  0.,  1.])
    """
    array = floats(values, "values")
    if array.ndim == 0:
        msg = "'values' is one number; a z-score needs the regions on the last axis."
        raise DataError(msg)
    missing = np.isnan(array)
    if missing.any():
        n = np.count_nonzero(~missing, axis=-1, keepdims=True).astype(np.float64)
        filled = np.where(missing, 0.0, array)
    else:
        n = np.full((*array.shape[:-1], 1), float(array.shape[-1]))
        filled = array
    with np.errstate(divide="ignore", invalid="ignore"):
        off = filled - filled.sum(axis=-1, keepdims=True) / n
        if missing.any():
            off[missing] = 0.0
        spread = np.sqrt((off * off).sum(axis=-1, keepdims=True) / (n - 1))
        # The mean of equal numbers may miss them by a hair; their spread is none.
        highest = np.fmax.reduce(array, axis=-1, keepdims=True, initial=np.nan)
        same = highest == np.fmin.reduce(array, axis=-1, keepdims=True, initial=np.nan)
        score = off / spread
    score = np.where(same & (n > 1), 0.0, score)
    score[missing] = np.nan
    return np.asarray(score)
