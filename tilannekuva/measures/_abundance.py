"""Indices of many species or populations over time (public names in `nature`).

References:
    Loh, J. et al. (2005) Phil. Trans. R. Soc. B 360:289-295 and Collen, B. et al. (2009)
    Conservation Biology 23:317-327 (chained log ratios). Telfer, M. G., Preston, C. D. & Rothery,
    P. (2002) Biological Conservation 107:99-109.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tilannekuva.errors import DataError
from tilannekuva.measures._tables import frame, not_negative

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from tilannekuva.measures._arrays import Floats

__all__ = ["abundance_index", "multispecies_index", "telfer"]

# A species index is kept within these, so that one near zero does not rule the mean.
_LEAST, _MOST = 1.0, 10_000.0
# A tenfold change in a year is the most a population may bring in.
_MOST_LOG_RATIO = 1.0
# What stands in for a zero: a hundredth of the mean of the others, added to the whole series.
_ZERO_SHARE = 0.01
# A regression of residuals needs more species than its two coefficients.
_MIN_SPECIES = 3


def multispecies_index(table: pd.DataFrame | ArrayLike, base: object) -> pd.Series[float]:
    """Return the geometric mean of species indices, 100 in the base year.

    A species that starts later enters at the mean of the others, so that its arrival changes
    nothing; one that stops, or pauses, holds its last value.

    Question:
        How has a group of species fared on the whole since the base year?
    Formula:
        I_t = exp(mean_s ln x_st) with each species scaled to 100 in the base year and kept within 1
          to 10 000
    Reference:
        Soldaat et al. (2017), Ecological Indicators 81; geometric mean of indices as in national
        bird indicators.
    Misleads:
        Winners and losers cancel out: show how many rise and fall. Noise of the base year is in
        every later figure, and a species at its last few individuals falls by as much in the index
        as one that loses millions.

    Args:
        table: Species × years, years rising from left to right, NaN is missing.
        base: The label of the base year.

    Returns:
        Series by year; NaN in years without any species.

    Raises:
        DataError: A value is negative, `base` is not a year of the table, or no species has a
            positive value in it.

    Example:
        >>> multispecies_index([[10, 20, 40], [8, 4, 2]], 0).round(6).tolist()
        [100.0, 100.0, 100.0]
    """
    checked = frame(table, "table")
    not_negative(checked, "table")
    if base not in checked.columns:
        msg = f"The base year {base!r} is not in the table; it has {list(checked.columns)}."
        raise DataError(msg)
    if not checked.columns.is_monotonic_increasing:
        msg = f"The years must rise from left to right; they are {list(checked.columns)}."
        raise DataError(msg)
    held = checked.ffill(axis=1).to_numpy()
    at = int(np.flatnonzero(checked.columns == base)[0])
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = 100 * held / held[:, [at]]
    # A zero in the base year has no ratio; the species cannot take part.
    scaled[held[:, at] == 0] = np.nan
    based = ~np.isnan(scaled[:, at])
    if not based.any():
        msg = f"No species has a positive value in the base year {base!r}; choose another."
        raise DataError(msg)
    scaled = np.where(np.isnan(scaled), scaled, np.clip(scaled, _LEAST, _MOST))
    scaled = _with_late_starters(held, scaled, at)
    return pd.Series(_geometric_mean(scaled), index=checked.columns, name="multispecies_index")


def abundance_index(table: pd.DataFrame) -> pd.Series[float]:
    """Return the chained index of abundance, 1 in the first year.

    Between observed years a population changes by a constant factor; beyond them it says nothing.
    Where a series has a zero, a hundredth of the mean of its positive values is added to all of it.

    Question:
        How have the populations that are followed changed on average from year to year?
    Formula:
        d_t = log10(N_t/N_{t−1}) of each population, at most ±1, averaged within species and then
          over species; I_t = I_{t−1}·10^{d_t}, I_0 = 1
    Reference:
        Loh et al. (2005), Phil. Trans. R. Soc. B 360; Collen et al. (2009), Conservation Biology
        23.
    Misleads:
        A chain keeps every error: noise alone drifts. It tells of the populations that somebody
        follows, which are not a sample of all, and one collapsing series moves the mean. Not for
        one region.

    Args:
        table: Populations × years with a column ``species`` beside the years; years are numbers
            rising from left to right, NaN is missing.

    Returns:
        Series by year. In a year in which no population is followed the index stays as it was:
        show the number of populations beside it.

    Raises:
        DataError: There is no column ``species``, a year is not a number or the years do not rise,
            or a value is negative.

    Example:
        >>> abundance_index(pd.DataFrame({"species": ["a", "b"], 2000: [10, 4], 2001: [20, 2]}))
        2000    1.0
        2001    1.0
        Name: abundance_index, dtype: float64
    """
    if "species" not in table.columns:
        msg = f"'table' has no column 'species'; it has {list(table.columns)}."
        raise DataError(msg)
    years = table.columns.drop("species")
    try:
        times = np.asarray([float(year) for year in years])
    except (TypeError, ValueError) as error:
        msg = f"A column beside 'species' is not a year ({error}); drop what is not a value."
        raise DataError(msg) from error
    if (np.diff(times) <= 0).any():
        msg = f"The years must rise from left to right; they are {list(years)}."
        raise DataError(msg)
    values = frame(table[years].reset_index(drop=True), "table")
    not_negative(values, "table")
    logs = np.array([_log_series(row, times) for row in values.to_numpy()]).reshape(values.shape)
    ratios = np.clip(np.diff(logs, axis=1), -_MOST_LOG_RATIO, _MOST_LOG_RATIO)
    of_species = pd.DataFrame(ratios).groupby(table["species"].to_numpy(), sort=False).mean()
    steps = of_species.mean().fillna(0.0).to_numpy()
    index = 10.0 ** np.concatenate([[0.0], np.cumsum(steps)])[: len(years)]
    return pd.Series(index, index=years, name="abundance_index")


def telfer(
    records: pd.DataFrame,
    period_1: object,
    period_2: object,
    *,
    min_sites: int = 5,
    iterations: int = 10,
) -> pd.Series[float]:
    """Return Telfer's index: which species spread or shrank against the others of the group.

    Over the sites visited in both periods. The spread of a logit grows towards 0 and 1: squared
    residuals are regressed on 1/(NP(1 − P)) to get the variance V = c + d/(NP(1 − P)), weighted by
    1/V² and repeated, and the final regression is weighted by 1/V.

    Question:
        Which species have spread or shrunk against the others, from records made without a plan?
    Formula:
        p = (x + ½)/(n + 1) of n sites, logit p_2 = a + b·logit p_1; index = standardised residual
    Reference:
        Telfer, Preston & Rothery (2002), Biological Conservation 107.
    Misleads:
        Relative within the group: if all decline alike, nobody has changed. Effort that moved to
        another kind of place or season looks like change in the species that live there.

    Args:
        records: DataFrame with columns ``species``, ``site`` and ``period``; repeats do not count.
        period_1: The earlier period, a value of ``period``.
        period_2: The later period.
        min_sites: Least sites of a species in the earlier period.
        iterations: Rounds in all, the last being the final regression; up to 1 gives the plain one.

    Returns:
        Series by species, sorted; relative within the group, never an absolute change. NaN for all
        where the variance model gives a variance that is not positive.

    Raises:
        DataError: A column or period is missing, or fewer than three species are left.

    Example:
        >>> rows = [(s, i, 1) for s, n in zip("abcd", (5, 6, 7, 8)) for i in range(n)]
        >>> rows += [(s, i, 2) for s, n in zip("abcd", (5, 6, 8, 5)) for i in range(n)]
        >>> records = pd.DataFrame(rows, columns=["species", "site", "period"])
        >>> telfer(records, 1, 2, iterations=0).round(2).tolist()
        [-0.76, -0.18, 1.39, -1.38]
    """
    x, y, names, size = _logits(records, period_1, period_2, min_sites)
    flat = np.ones_like(x)
    fitted, residuals, standard = _regression(x, y, flat)
    if iterations > 1:
        variance = _logit_variance(fitted, residuals, size, iterations - 1)
        if (variance <= 0).any():
            return pd.Series(np.nan, index=names, name="telfer")
        _, _, standard = _regression(x, y, 1 / variance)
    return pd.Series(standard, index=names, name="telfer")


def _with_late_starters(held: Floats, scaled: Floats, at: int) -> Floats:
    """Scale each species without a base value so that it enters at the mean of the others."""
    entered = scaled.copy()
    late = np.isnan(held[:, at])
    first = (~np.isnan(held)).argmax(axis=1)
    for species in np.flatnonzero(late)[np.argsort(first[late], kind="stable")]:
        year = first[species]
        # A species without any value, or that starts from zero, has no ratio to follow.
        if held[species, year] > 0:
            level = _geometric_mean(entered)[year]
            own = level * held[species] / held[species, year]
            entered[species] = np.where(np.isnan(own), own, np.clip(own, _LEAST, _MOST))
    return entered


def _geometric_mean(scaled: Floats) -> Floats:
    logs = pd.DataFrame(np.log(scaled))
    return np.asarray(np.exp(logs.mean()), dtype=np.float64)


def _log_series(row: Floats, times: Floats) -> Floats:
    """Return log10 of a population with the years between observations filled in."""
    seen = ~np.isnan(row)
    if not seen.any():
        return row
    values = row[seen]
    if (values == 0).any():
        # A series of zeros alone has no mean to take a share of, and no ratio.
        if not values.any():
            return np.full_like(row, np.nan)
        values = values + _ZERO_SHARE * values[values > 0].mean()
    inside = (times >= times[seen][0]) & (times <= times[seen][-1])
    return np.where(inside, np.interp(times, times[seen], np.log10(values)), np.nan)


def _logits(
    records: pd.DataFrame, period_1: object, period_2: object, min_sites: int
) -> tuple[Floats, Floats, pd.Index, float]:
    missing = [name for name in ("species", "site", "period") if name not in records.columns]
    if missing:
        msg = f"'records' has no column {missing[0]!r}; it needs species, site and period."
        raise DataError(msg)
    unique = records[["species", "site", "period"]].dropna().drop_duplicates()
    first, second = (unique[unique["period"] == period] for period in (period_1, period_2))
    for part, period in ((first, period_1), (second, period_2)):
        if part.empty:
            there = sorted(set(unique["period"]), key=str)
            msg = f"There are no records of period {period!r}; the periods are {there}."
            raise DataError(msg)
    both = set(first["site"]) & set(second["site"])
    before, after = (
        part[part["site"].isin(both)].groupby("species", observed=True).size()
        for part in (first, second)
    )
    before = before[before >= min_sites].sort_index()
    if len(before) < _MIN_SPECIES:
        msg = (
            f"{len(before)} species were on {min_sites} sites or more that were visited in both "
            f"periods; the comparison needs {_MIN_SPECIES}."
        )
        raise DataError(msg)
    after = after.reindex(before.index, fill_value=0)
    size = len(both) + 1.0
    x, y = ((np.asarray(part, dtype=np.float64) + 0.5) / size for part in (before, after))
    return np.log(x / (1 - x)), np.log(y / (1 - y)), before.index, size


def _regression(x: Floats, y: Floats, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """Return fitted values, residuals and internally standardised residuals."""
    centre = np.average(x, weights=weights)
    off = x - centre
    spread = (weights * off**2).sum()
    if not spread > 0:
        msg = "All species were on equally many sites in the earlier period; there is no line."
        raise DataError(msg)
    slope = (weights * off * y).sum() / spread
    fitted = np.average(y, weights=weights) + slope * off
    residuals = y - fitted
    leverage = weights / weights.sum() + weights * off**2 / spread
    scale = np.sqrt((weights * residuals**2).sum() / (x.size - 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        standard = residuals * np.sqrt(weights) / (scale * np.sqrt(1 - leverage))
    return fitted, residuals, standard


def _logit_variance(fitted: Floats, residuals: Floats, size: float, rounds: int) -> Floats:
    p = 1 / (1 + np.exp(-fitted))
    binomial = 1 / (size * p * (1 - p))
    variance = np.ones_like(fitted)
    for _ in range(rounds):
        weights = 1 / variance**2
        centre = np.average(binomial, weights=weights)
        off = binomial - centre
        squares = residuals**2
        slope = (weights * off * squares).sum() / (weights * off**2).sum()
        variance = np.average(squares, weights=weights) + slope * off
        if (variance <= 0).any():
            break
    return np.asarray(variance)
