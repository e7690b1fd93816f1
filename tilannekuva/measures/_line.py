"""The least-squares line through each of many series (public name in `change`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tilannekuva.errors import DataError
from tilannekuva.measures._arrays import floats, vector

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from tilannekuva.measures._arrays import Floats

__all__ = ["ols_slope"]

# Two points always lie on a line.
_MIN_N = 3


def ols_slope(values: ArrayLike, periods: ArrayLike | None = None) -> Floats:
    """Return the slope of the least-squares line through each series.

    Question:
        By how much a year does the straight line through all the figures rise or fall?
    Formula:
        b = Σ (t − t̄)(x_t − x̄)/Σ (t − t̄)² over the periods with a value
    Reference:
        Legendre (1805); any textbook of statistics.
    Misleads:
        The first and last years pull hardest, one wild year can make or hide a slope, and there is
        no interval here: `trend` is robust and says how sure it is. A line through a turn tells of
        neither side of it.

    Args:
        values: (…, time), NaN is missing and left out; series may miss different periods.
        periods: (time,) numbers shared by all series, years for annual ones; 0, 1, 2… by default.

    Returns:
        Slopes with the shape of the leading axes, in units of the values per unit of the periods;
        NaN for fewer than three values.

    Raises:
        DataError: `values` is one number, or periods differ in number or one of them is missing.

    Example:
        >>> ols_slope([[1.0, 3.0, 5.0], [4.0, float("nan"), 8.0]], [2020, 2021, 2022])
        array([ 2., nan])
    """
    array = floats(values, "values")
    size = array.shape[-1] if array.ndim else 0
    times = np.arange(size, dtype=np.float64) if periods is None else vector(periods, "periods")
    if array.ndim == 0 or times.size != size or np.isnan(times).any():
        msg = f"'values' of shape {array.shape} needs one known period for each of its last axis."
        raise DataError(msg)
    missing = np.isnan(array)
    if not missing.any():
        if size < _MIN_N:
            return np.full(array.shape[:-1], np.nan)
        off = times - times.mean()
        return np.asarray(array @ (off / (off @ off)))
    n = np.count_nonzero(~missing, axis=-1).astype(np.float64)
    seen = (~missing).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Each series has its own mean year: that of its own values.
        off = (times - (seen @ times / n)[..., None]) * seen
        slope = (off * np.where(missing, 0.0, array)).sum(axis=-1) / (off * off).sum(axis=-1)
    return np.where(n >= _MIN_N, slope, np.nan)
