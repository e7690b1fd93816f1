"""How the region stood a shock: resistance, recovery, and the year the peak was regained.

Peak, trough and recovery years are those of the country, fixed beforehand with their source; they
are never searched for region by region, which would make every region look resilient.

References:
    Martin, R. (2012) J. Economic Geography 12:1-32. Lagravinese, R. (2015) Cambridge J. Regions,
    Economy and Society 8:331-342. Martin, R. & Gardiner, B. (2019) Papers in Regional Science
    98:1801-1832 (counterfactual by industry).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tilannekuva.errors import DataError
from tilannekuva.measures._arrays import floats, same_length, vector

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["Resistance", "recovery", "recovery_year", "resistance"]

# Half a per cent: with a smaller national change the ratios explode and say nothing.
_LEAST_NATIONAL_CHANGE = 0.005


@dataclass(frozen=True, slots=True)
class Resistance:
    """How a region did against what the country would lead one to expect.

    Attributes:
        points: 100·(ΔE − ΔE*)/E_0, the difference in percentage points; positive = better.
        ratio: (ΔE − ΔE*)/|ΔE*|; None when the country changed by less than half a per cent.
        sensitivity: (ΔE/E)/(ΔE_N/E_N); None likewise. Above 1 = swings more than the country.
    """

    points: float | None
    ratio: float | None
    sensitivity: float | None


def resistance(
    before: ArrayLike,
    after: ArrayLike,
    national_before: ArrayLike,
    national_after: ArrayLike,
    *,
    by_industry: bool = False,
) -> Resistance:
    """Compare the change of a region in a downturn with the change to expect.

    Question:
        Did the region lose less in the downturn than the country would lead one to expect?
    Formula:
        expected ΔE* = E_0·g_N, or by industry Σ_i g_iN·e_i0, with the growth g of the country
        points = 100·(ΔE − ΔE*)/E_0; ratio = (ΔE − ΔE*)/|ΔE*|; sensitivity = (ΔE/E)/(ΔE_N/E_N)
    Reference:
        Martin (2012), J. Economic Geography 12 (sensitivity); Lagravinese (2015), Cambridge J.
        Regions, Economy and Society 8 (ratio); Martin & Gardiner (2019), Papers in Regional Science
        98 (by industry).
    Misleads:
        A region with little to lose loses little: public jobs and early decline look like
        resistance. With a small national change the ratios explode, so show the points. The years
        are those of the country; searched region by region, every region looks resilient.

    Args:
        before: Employment at the peak: a total, or (industries,) when `by_industry`.
        after: The same at the trough.
        national_before: The country at the peak, the same industries in the same order.
        national_after: The country at the trough.
        by_industry: Expect with national growth by industry in place of the total.

    Returns:
        All None when a figure is missing.

    Raises:
        DataError: Lengths differ, a figure is negative, a start is zero, or an industry of the
            region is not in the country.

    Example:
        >>> found = resistance(1000, 960, 50_000, 47_500)
        >>> round(found.points, 2), round(found.ratio, 2), round(found.sensitivity, 2)
        (1.0, 0.2, 0.8)
    """
    names = ("before", "after", "national_before", "national_after")
    given = (before, after, national_before, national_after)
    e0, e1, n0, n1 = (
        (vector(part, name) if by_industry else np.atleast_1d(floats(part, name)))
        for part, name in zip(given, names, strict=True)
    )
    same_length(before=e0, after=e1, national_before=n0, national_after=n1)
    if not by_industry and e0.size != 1:
        msg = "The figures are lists; give totals, or by_industry=True for lists by industry."
        raise DataError(msg)
    if any((part < 0).any() for part in (e0, e1, n0, n1)):
        msg = "A figure is negative; employment cannot be."
        raise DataError(msg)
    if any(np.isnan(part).any() for part in (e0, e1, n0, n1)):
        return Resistance(None, None, None)
    if e0.sum() == 0 or n0.sum() == 0:
        msg = "Region or country has nothing at the start; there is no change to compare."
        raise DataError(msg)
    if ((n0 == 0) & (e0 > 0)).any():
        msg = "An industry of the region is not in the country; use the national total instead."
        raise DataError(msg)
    start, change = float(e0.sum()), float(e1.sum() - e0.sum())
    national = float(n1.sum() / n0.sum() - 1)
    # An industry that the region does not have adds nothing, whatever its growth.
    growth = np.divide(n1 - n0, n0, out=np.zeros_like(n0), where=n0 > 0)
    expected = float((growth * e0).sum())
    told = abs(national) >= _LEAST_NATIONAL_CHANGE
    return Resistance(
        points=100 * (change - expected) / start,
        ratio=(change - expected) / abs(expected) if told and expected != 0 else None,
        sensitivity=change / start / national if told else None,
    )


def recovery(
    trough: ArrayLike,
    after: ArrayLike,
    national_trough: ArrayLike,
    national_after: ArrayLike,
    *,
    by_industry: bool = False,
) -> Resistance:
    """Compare the change of a region after the trough with the change to expect.

    The same measure as `resistance`, over the upswing of the country.

    Question:
        Did the region gain more in the upswing than the country would lead one to expect?
    Formula:
        As `resistance`, from the trough of the country to the end of its upswing
    Reference:
        Martin & Gardiner (2019), Papers in Regional Science 98.
    Misleads:
        A deep fall makes a steep rise: read it beside `resistance`, never alone. People who moved
        away are no longer anybody's unemployment.

    Args:
        trough: Employment at the trough: a total, or (industries,) when `by_industry`.
        after: The same at the end of the upswing.
        national_trough: The country at the trough.
        national_after: The country at the end of the upswing.
        by_industry: As in `resistance`.

    Returns:
        As `resistance`.

    Raises:
        DataError: As `resistance`.

    Example:
        >>> round(recovery(960, 990, 47_500, 49_400).points, 3)
        -0.875
    """
    return resistance(trough, after, national_trough, national_after, by_industry=by_industry)


def recovery_year(series: ArrayLike, periods: ArrayLike, peak_period: float) -> int | None:
    """Return the first year after the peak that is at or above the value of the peak.

    Question:
        In what year had the region regained what it had before the crisis?
    Formula:
        first year t after the peak with x_t ≥ x_peak
    Reference:
        A definition of this package; peaks are those of the country.
    Misleads:
        Touching the old level for one year counts as regained. Where a long decline was under way,
        not to regain the peak says nothing of the crisis, and a total regained may be of quite
        other jobs.

    Args:
        series: (time,) NaN is missing and passed over.
        periods: (time,) years, each once.
        peak_period: The year of the national peak.

    Returns:
        None when the peak was not regained by the last year, or its own value is missing.

    Raises:
        DataError: Lengths differ, a period is missing or repeated, or the peak is not in the
            series.

    Example:
        >>> recovery_year([100, 92, 97, 101, 99], range(2008, 2013), 2008)
        2011
    """
    values, years = vector(series, "series"), vector(periods, "periods")
    same_length(series=values, periods=years)
    if np.isnan(years).any() or np.unique(years).size != years.size:
        msg = "A period is missing or there twice; a series has one value for each period."
        raise DataError(msg)
    at_peak = years == peak_period
    if not at_peak.any():
        span = f"{years.min():g} to {years.max():g}" if years.size else "nothing"
        msg = f"The peak {peak_period} is not in the series, which has {span}."
        raise DataError(msg)
    # Comparisons with a missing peak or a missing year are False.
    regained = years[(years > peak_period) & (values >= values[at_peak][0])]
    return int(regained.min()) if regained.size else None
