"""Do regions draw together: spread by year and growth against level (public in `inequality`).

References:
    Barro, R. J. & Sala-i-Martin, X. (1992) J. Political Economy 100:223-251.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tilannekuva.errors import DataError
from tilannekuva.measures._arrays import same_length, vector
from tilannekuva.measures._tables import frame

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["Beta", "beta_convergence", "sigma_convergence"]


@dataclass(frozen=True, slots=True)
class Beta:
    """Regression of growth on the starting level.

    Attributes:
        b: Slope of the mean yearly log growth on the log of the start; negative = catching up.
        intercept: Its intercept.
        speed: λ = −ln(1 + bT)/T, the yearly share of the distance that is closed; None for bT ≤ −1.
        half_life: ln 2/λ in years; None when λ is not positive.
        r2: Share of the variance of growth explained.
    """

    b: float | None
    intercept: float | None
    speed: float | None
    half_life: float | None
    r2: float | None


def sigma_convergence(panel: pd.DataFrame | ArrayLike) -> pd.Series[float]:
    """Return the spread of regions for each year: the standard deviation of ln x (population).

    Question:
        Are the regions drawing together or apart from year to year?
    Formula:
        σ_t = √(Σ (ln x_it − mean ln x_t)²/n)
    Reference:
        Barro & Sala-i-Martin (1992), J. Political Economy 100.
    Misleads:
        Each region counts once: the smallest moves it as much as the capital. It falls when the
        rich fall, too. A test of two years by a variance ratio is not valid, as they are the same
        regions: show the series.

    Args:
        panel: Regions × years. A region missing in any year is left out of all, so that the years
            have the same regions.

    Returns:
        Series by year; NaN where a value is zero or negative, or no region is complete.

    Raises:
        DataError: `panel` is not a table of numbers.

    Example:
        >>> sigma_convergence([[1, 2], [4, 2]]).round(4).tolist()
        [0.6931, 0.0]
    """
    checked = frame(panel, "panel")
    same = checked.to_numpy()[~checked.isna().any(axis=1).to_numpy()]
    if not len(same):
        return pd.Series(np.nan, index=checked.columns, name="sigma")
    logs = np.log(np.where(same > 0, same, np.nan))
    return pd.Series(logs.std(axis=0), index=checked.columns, name="sigma")


def beta_convergence(start: ArrayLike, end: ArrayLike, years: float) -> Beta:
    """Regress yearly growth on the starting level over regions.

    Question:
        Did the regions that started lower grow faster?
    Formula:
        (1/T) ln(x_T/x_0) = a + b ln x_0 + e by least squares over the regions
        speed λ = −ln(1 + bT)/T; half-life ln 2/λ
    Reference:
        Barro & Sala-i-Martin (1992), J. Political Economy 100.
    Misleads:
        A line through nineteen points, of which one may be all of it. Growing faster from below
        does not mean that the spread shrinks (`sigma_convergence` says that), errors in the first
        year bend b downwards, and a half-life of decades promises nothing.

    Args:
        start: (regions,) values per head.
        end: (regions,) the same `years` later.
        years: T, positive.

    Returns:
        All None for fewer than three regions, a value that is not positive, or equal starts.

    Raises:
        DataError: Lengths differ or `years` is not positive.

    Example:
        >>> found = beta_convergence([1, 2, 4], [2, 3, 4.5], 10)
        >>> round(found.b, 4), round(found.speed, 4), round(found.half_life, 1)
        (-0.0415, 0.0536, 12.9)
    """
    if not years > 0:
        msg = f"years is {years}; the end must be later than the start."
        raise DataError(msg)
    first, last = vector(start, "start"), vector(end, "end")
    same_length(start=first, end=last)
    known = ~np.isnan(first) & ~np.isnan(last)
    first, last = first[known], last[known]
    nothing = Beta(None, None, None, None, None)
    if first.size < 3 or (first <= 0).any() or (last <= 0).any() or np.ptp(first) == 0:
        return nothing
    level, growth = np.log(first), np.log(last / first) / years
    off, change = level - level.mean(), growth - growth.mean()
    b = float(off @ change / (off @ off))
    total = float(change @ change)
    speed = -float(np.log1p(b * years)) / years if b * years > -1 else None
    return Beta(
        b=b,
        intercept=float(growth.mean() - b * level.mean()),
        speed=speed,
        half_life=float(np.log(2)) / speed if speed is not None and speed > 0 else None,
        r2=b * float(off @ change) / total if total > 0 else None,
    )
