"""Outliers and gaps of indicators before they are put on a scale (public names in `composite`).

References:
    OECD & JRC (2008) Handbook on Constructing Composite Indicators, steps 3 and 4. Joanes, D. N. &
    Gill, C. A. (1998) The Statistician 47:183-189 (G1 and G2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from tilannekuva.errors import DataError
from tilannekuva.measures._tables import frame

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike

    from tilannekuva.measures._arrays import Floats

__all__ = ["impute", "treat"]

ImputeMethod = Literal["group_mean", "group_median", "mean", "median"]
# Kurtosis divides by n − 3.
_MIN_N = 4


def treat(
    table: pd.DataFrame | ArrayLike,
    *,
    skew: float = 2.0,
    kurtosis: float = 3.5,
    max_winsorised: int = 5,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Pull in outliers that would otherwise set the scale of an indicator.

    Question:
        Does one extreme unit set the scale for all the others, and what if it is pulled in?
    Formula:
        treated when |G1| ≥ `skew` and G2 ≥ `kurtosis` (sample skewness and excess kurtosis)
        the most extreme values on the skewed side are set to the next one, until either is below
          its limit; when `max_winsorised` steps are not enough: ln(x − min + a), or −ln(max − x +
          a) for a skew to the left, a = 0.01·(max − min)
    Reference:
        OECD & JRC (2008), Handbook on Constructing Composite Indicators, step 4; Joanes & Gill
        (1998), The Statistician 47 (G1 and G2).
    Misleads:
        The extreme unit may be the news: it is pulled in for the scale and not for the reader.
        Below twenty units skewness itself is noise. Publish what was done, which is the second
        table.

    Args:
        table: Units × indicators, NaN is missing and left alone.
        skew: Limit of the absolute skewness.
        kurtosis: Limit of the excess kurtosis.
        max_winsorised: Most steps before the logarithm is used.

    Returns:
        The treated table, and what was done by indicator: DataFrame [treatment, winsorised,
        skew_before, kurtosis_before, skew_after, kurtosis_after] with treatment ``none``,
        ``winsorised`` or ``log``.

    Raises:
        DataError: A limit is negative or `table` is not a table of numbers.

    Example:
        >>> treated, done = treat([[1], [2], [3], [4], [5], [6], [7], [8], [9], [99]])
        >>> treated[0].max().item(), done.loc[0, "treatment"], done.loc[0, "winsorised"].item()
        (9.0, 'winsorised', 1)
    """
    if skew < 0 or kurtosis < 0 or max_winsorised < 0:
        msg = "The limits of skewness, kurtosis and steps cannot be negative."
        raise DataError(msg)
    checked = frame(table, "table")
    treated, done = checked.copy(), []
    for column in checked.columns:
        original = checked[column].to_numpy(dtype=np.float64)
        values, steps, treatment = _treated(original, skew, kurtosis, max_winsorised)
        treated[column] = values
        before, after = _shape(original), _shape(values)
        done.append((treatment, steps, *before, *after))
    names = ["treatment", "winsorised", "skew_before", "kurtosis_before"]
    report = pd.DataFrame(
        done, index=checked.columns, columns=[*names, "skew_after", "kurtosis_after"]
    )
    return treated, report


def impute(
    table: pd.DataFrame | ArrayLike,
    groups: Mapping[object, object] | Sequence[object] | None = None,
    method: ImputeMethod = "group_mean",
) -> pd.DataFrame:
    """Fill the gaps of each indicator with the mean or median of its units.

    Imputed cells must stay marked wherever they appear: they are those missing in `table`.

    Question:
        What could stand in for a missing cell, so that a unit need not be left out?
    Formula:
        mean or median of the indicator over the units of the same group, or over all units
    Reference:
        OECD & JRC (2008), Handbook on Constructing Composite Indicators, step 3.
    Misleads:
        It makes units more alike than they are and small regions, whose figures are suppressed
        most, average by construction. Above about a tenth of the cells leave the unit or the
        indicator out; never test a trend on filled cells.

    Args:
        table: Units × indicators.
        groups: The group of each unit, a mapping from row labels or a list in row order; needed by
            the two group methods.
        method: ``"group_mean"``, ``"group_median"``, ``"mean"`` or ``"median"``.

    Returns:
        DataFrame shaped as `table`; NaN stays where a group has no value to take.

    Raises:
        DataError: `method` is unknown, or groups are missing or do not fit the units.

    Example:
        >>> impute([[1.0], [3.0], [None], [8.0]], ["n", "n", "n", "s"])[0].tolist()
        [1.0, 3.0, 2.0, 8.0]
    """
    if method not in ("group_mean", "group_median", "mean", "median"):
        msg = f"method is {method!r}; give 'group_mean', 'group_median', 'mean' or 'median'."
        raise DataError(msg)
    checked = frame(table, "table")
    statistic: Literal["mean", "median"] = "median" if method.endswith("median") else "mean"
    if method.startswith("group"):
        labels = _unit_groups(checked.index, groups)
        filling = checked.groupby(labels, sort=False).transform(statistic)
    else:
        filling = pd.DataFrame(
            [checked.agg(statistic)] * len(checked), index=checked.index, columns=checked.columns
        )
    return checked.where(checked.notna(), filling)


def _unit_groups(
    units: pd.Index, groups: Mapping[object, object] | Sequence[object] | None
) -> list[object]:
    if groups is None:
        msg = "The group methods need 'groups'; give one for each unit, or method='mean'."
        raise DataError(msg)
    if isinstance(groups, pd.Series):
        groups = groups.to_dict()
    if hasattr(groups, "keys"):
        missing = [unit for unit in units if unit not in groups]
        if missing:
            msg = f"Unit {missing[0]!r} has no group; give one for each."
            raise DataError(msg)
        return [groups[unit] for unit in units]
    labels = list(groups)
    if len(labels) != len(units):
        msg = f"There are {len(units)} units and {len(labels)} groups; give one for each."
        raise DataError(msg)
    return labels


def _treated(
    original: Floats, skew: float, kurtosis: float, most: int
) -> tuple[Floats, int, Literal["none", "winsorised", "log"]]:
    values, steps = original, 0
    while _is_outlying(values, skew, kurtosis) and steps < most:
        values = _one_step(values)
        steps += 1
    if not _is_outlying(values, skew, kurtosis):
        return values, steps, "winsorised" if steps else "none"
    return _logarithm(original), 0, "log"


def _is_outlying(values: Floats, skew: float, kurtosis: float) -> bool:
    g1, g2 = _shape(values)
    # Comparisons with NaN (too few or equal values) are False: nothing to treat.
    return bool(abs(g1) >= skew and g2 >= kurtosis)


def _one_step(values: Floats) -> Floats:
    g1, _ = _shape(values)
    if g1 > 0:
        highest = values == np.nanmax(values)
        return np.where(highest, np.nanmax(values[~highest]), values)
    lowest = values == np.nanmin(values)
    return np.where(lowest, np.nanmin(values[~lowest]), values)


def _logarithm(values: Floats) -> Floats:
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    offset = 0.01 * (high - low)
    g1, _ = _shape(values)
    if g1 > 0:
        return np.asarray(np.log(values - low + offset))
    return np.asarray(-np.log(high - values + offset))


def _shape(values: Floats) -> tuple[float, float]:
    """Return the sample skewness G1 and excess kurtosis G2; NaN for few or equal values."""
    x = values[~np.isnan(values)]
    n = x.size
    if n < _MIN_N or np.ptp(x) == 0:
        return float("nan"), float("nan")
    standard = (x - x.mean()) / x.std(ddof=1)
    g1 = n / ((n - 1) * (n - 2)) * float((standard**3).sum())
    fourth = n * (n + 1) / ((n - 1) * (n - 2) * (n - 3)) * float((standard**4).sum())
    return g1, fourth - 3 * (n - 1) ** 2 / ((n - 2) * (n - 3))
