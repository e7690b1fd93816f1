"""How unequal are we: between people, between regions, over time and along a social order.

Values and weights are paired by position; a pair with a missing part is left out, so publish the
number of regions beside the figure. Nothing is added to zeros to make a logarithm work.

References:
    Theil, H. (1967) Economics and Information Theory. Atkinson, A. B. (1970) J. Economic Theory
    2:244-263. Shorrocks, A. F. (1980) Econometrica 48:613-625. Williamson, J. G. (1965) Economic
    Development and Cultural Change 13(4):1-84. For the others see `_convergence` and
    `_concentration`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tilannekuva.errors import DataError
from tilannekuva.measures._arrays import pairs, same_length, vector
from tilannekuva.measures._concentration import (
    Concentration,
    between_group_variance,
    concentration,
)
from tilannekuva.measures._convergence import Beta, beta_convergence, sigma_convergence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from tilannekuva.measures._arrays import Floats

__all__ = [
    "Beta",
    "Concentration",
    "Decomposition",
    "atkinson",
    "beta_convergence",
    "between_group_variance",
    "concentration",
    "gini",
    "mean_log_deviation",
    "s80s20",
    "sigma_convergence",
    "theil",
    "theil_decomposition",
    "williamson",
]

# A cumulated weight this near to a fifth is at it: sums of weights carry rounding.
_AT_THE_FIFTH = 1e-12


@dataclass(frozen=True, slots=True)
class Decomposition:
    """Theil index and its exact parts; None where there is no logarithm."""

    total: float | None
    between: float | None
    within: float | None


def gini(values: ArrayLike, weights: ArrayLike | None = None) -> float | None:
    """Return the Gini coefficient, 0 (all equal) to 1 − 1/n.

    Question:
        How unequally is it shared, from 0 (all the same) towards 1 (one has everything)?
    Formula:
        G = Σ_i Σ_j w_i w_j |x_i − x_j|/(2 (Σw)² x̄), without small-sample correction; at most 1 −
          1/n
    Reference:
        Gini (1912), Variabilità e mutabilità; weighted form as in Lerman & Yitzhaki (1989), J.
        Econometrics 42.
    Misleads:
        Of municipalities it is the dispersion of their means and not inequality between people.
        Very different distributions have one Gini, a middle that thins out can leave it as it was,
        and of eight areas the range says more.

    Args:
        values: (n,) incomes, or values per head of regions; none negative.
        weights: (n,) people; each value counts once when left out.

    Returns:
        None when nothing is present or the mean is zero; 0 for a single value.

    Raises:
        DataError: Lengths differ, or a value or weight is negative (with negative values the
            coefficient can exceed 1).

    Example:
        >>> gini([1, 1, 1, 1]), gini([0, 0, 0, 1]), gini([0, 1], [3, 1])
        (0.0, 0.75, 0.75)
    """
    x, w = pairs(values, weights)
    if (x < 0).any():
        msg = "'values' holds a negative number, with which a Gini can exceed 1; leave it out."
        raise DataError(msg)
    order = np.argsort(x, kind="stable")
    x, w = x[order], w[order]
    total = w.sum()
    if not (w @ x) > 0:
        return None
    # Sorted, the double sum is twice Σ w x (weight below − weight above).
    below_less_above = 2 * np.cumsum(w) - w - total
    return float((w * x * below_less_above).sum() / (total * (w @ x)))


def theil(income: ArrayLike, population: ArrayLike) -> float | None:
    """Return the Theil index T of income totals over population totals, from 0 up.

    Question:
        How unequal are income shares to population shares, by a measure that can be split into
        groups?
    Formula:
        T = Σ (y_i/Y) ln[(y_i/Y)/(p_i/P)]
    Reference:
        Theil (1967), Economics and Information Theory.
    Misleads:
        It has no natural upper end, so its size means little by itself: compare over time and
        between parts. It looks most at the rich end; `mean_log_deviation` looks at the poor end.

    Args:
        income: (regions,) total income, or anything that adds up.
        population: (regions,) people; ones for single incomes.

    Returns:
        None when an income is zero or negative, or nothing is present.

    Raises:
        DataError: Lengths differ, a population is negative, or income without people.

    Example:
        >>> round(theil([1, 3], [1, 1]), 4)
        0.1308
    """
    y, p = _incomes(income, population)
    if not y.size or (y <= 0).any():
        return None
    share = y / y.sum()
    return float((share * np.log(share / (p / p.sum()))).sum())


def mean_log_deviation(income: ArrayLike, population: ArrayLike) -> float | None:
    """Return the mean log deviation (Theil L) of income totals over population totals.

    Question:
        The same question as `theil`, looking more at those with little.
    Formula:
        L = Σ (p_i/P) ln[(p_i/P)/(y_i/Y)] = Σ (p_i/P) ln(x̄/x_i)
    Reference:
        Theil (1967), Economics and Information Theory; Shorrocks (1980), Econometrica 48.
    Misleads:
        One income close to zero rules it. Some programs print this figure under the name of Theil:
        say which one it is.

    Args:
        income: As in `theil`.
        population: As in `theil`.

    Returns:
        As `theil`.

    Raises:
        DataError: As `theil`.

    Example:
        >>> round(mean_log_deviation([1, 3], [1, 1]), 4)
        0.1438
    """
    y, p = _incomes(income, population)
    if not y.size or (y <= 0).any():
        return None
    share = p / p.sum()
    return float((share * np.log(share / (y / y.sum()))).sum())


def theil_decomposition(
    income: ArrayLike, population: ArrayLike, groups: Sequence[object]
) -> Decomposition:
    """Split the Theil index into that between and that within groups of regions.

    Question:
        Is the inequality inside the groups of regions, or between them?
    Formula:
        T = Σ_g S_g ln(S_g/P_g) [between] + Σ_g S_g T_g [within], with the income and population
          shares S_g and P_g of the groups; exact
    Reference:
        Theil (1967), Economics and Information Theory; Shorrocks (1980), Econometrica 48.
    Misleads:
        Finer groups always move inequality from within to between, so the shares depend on
        the map. Inside a region stands only what the areas given show: inequality between people is
        not in it.

    Args:
        income: As in `theil`.
        population: As in `theil`.
        groups: (regions,) the group of each.

    Returns:
        All None where `theil` is None.

    Raises:
        DataError: As `theil`, or a group is missing.

    Example:
        >>> parts = theil_decomposition([1, 3, 2, 2], [1, 1, 1, 1], ["a", "a", "b", "b"])
        >>> parts.between, round(parts.within, 4), round(parts.total, 4)
        (0.0, 0.0654, 0.0654)
    """
    y, p = _incomes(income, population, drop=False)
    if len(groups) != y.size:
        msg = f"There are {y.size} regions and {len(groups)} groups; give one for each."
        raise DataError(msg)
    known = ~np.isnan(y) & (p > 0)
    names = [str(group) for group, keep in zip(groups, known, strict=True) if keep]
    y, p = y[known], p[known]
    total = theil(y, p)
    if total is None:
        return Decomposition(None, None, None)
    _, place = np.unique(names, return_inverse=True)
    of_group, in_group = np.bincount(place, y), np.bincount(place, p)
    between = theil(of_group, in_group)
    # Each region against its own group; summed over groups this is Σ S_g T_g.
    ratio = (y / of_group[place]) / (p / in_group[place])
    within = float((y / y.sum() * np.log(ratio)).sum())
    return Decomposition(total, between, within)


def williamson(values: ArrayLike, population: ArrayLike) -> float | None:
    """Return the population-weighted coefficient of variation between regions.

    Question:
        How far are the regions from the country's mean, each weighed by its people?
    Formula:
        V_w = √(Σ (x_i − x̄)² p_i/P)/x̄ with the weighted mean x̄
    Reference:
        Williamson (1965), Economic Development and Cultural Change 13(4).
    Misleads:
        Large regions decide it: it can fall while every small region falls behind. Some programs
        take the plain mean instead of the country's; the figures are not comparable.

    Args:
        values: (regions,) values per head.
        population: (regions,) people.

    Returns:
        None when nothing is present or the mean is not positive.

    Raises:
        DataError: Lengths differ or a population is negative.

    Example:
        >>> williamson([10, 30], [1, 1])
        0.5
    """
    x, w = pairs(values, population)
    if not w.sum() > 0:
        return None
    mean = float(np.average(x, weights=w))
    if mean <= 0:
        return None
    return float(np.sqrt(np.average((x - mean) ** 2, weights=w)) / mean)


def atkinson(values: ArrayLike, epsilon: float, weights: ArrayLike | None = None) -> float | None:
    """Return the Atkinson index: the share of all income that equality would make unnecessary.

    Question:
        What share of all income could be given up, if the rest were shared equally, at no loss of
        welfare?
    Formula:
        A = 1 − [mean((x/x̄)^(1−ε))]^(1/(1−ε)); for ε = 1: 1 − geometric mean/mean
    Reference:
        Atkinson (1970), J. Economic Theory 2.
    Misleads:
        ε is a value judgement that the figure does not show: publish two or three. With ε of 1 and
        more a single income near zero decides everything.

    Args:
        values: (n,) incomes.
        epsilon: Aversion to inequality, 0 or more; larger looks more at the low end.
        weights: (n,) people; each value counts once when left out.

    Returns:
        None when nothing is present, a value is negative, or zero with ε ≥ 1.

    Raises:
        DataError: Lengths differ, or `epsilon` or a weight is negative.

    Example:
        >>> round(atkinson([1, 3], 1), 4)
        0.134
    """
    if not epsilon >= 0:
        msg = f"epsilon is {epsilon}; the aversion to inequality is 0 or more."
        raise DataError(msg)
    x, w = pairs(values, weights)
    if not (w @ x) > 0 or (x < 0).any() or (epsilon >= 1 and (x == 0).any()):
        return None
    relative = x / np.average(x, weights=w)
    if epsilon == 1:
        return float(1 - np.exp(np.average(np.log(relative), weights=w)))
    power = 1 - epsilon
    return float(1 - np.average(relative**power, weights=w) ** (1 / power))


def s80s20(income: ArrayLike, weights: ArrayLike | None = None) -> float | None:
    """Return the income of the richest fifth over that of the poorest fifth (Eurostat).

    Question:
        How many times the income of the poorest fifth does the richest fifth have?
    Formula:
        Σ x·w over x > q_80, divided by Σ x·w over x ≤ q_20
        q = the smallest x whose cumulated weight passes the share; where it meets the share
          exactly, the mean of that x and the next
    Reference:
        Eurostat, EU-SILC: income quintile share ratio, quantiles by the inverse weighted
        distribution.
    Misleads:
        The middle three fifths are not in it. In a small survey the richest fifth is a few dozen
        people, and one sale of a forest moves it. Other programs define the quantile otherwise and
        get other ratios from the same file.

    Args:
        income: (people,) equivalised disposable income.
        weights: (people,) survey weights; each counts once when left out.

    Returns:
        None when nobody is above the one quantile, or the poorest fifth has nothing or less.

    Raises:
        DataError: Lengths differ or a weight is negative.

    Example:
        >>> s80s20([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
        6.333333333333333
    """
    x, w = pairs(income, weights)
    if not x.size:
        return None
    order = np.argsort(x, kind="stable")
    x, w = x[order], w[order]
    low, high = (_quantile(x, np.cumsum(w) / w.sum(), share) for share in (0.2, 0.8))
    poorest, richest = (x * w)[x <= low].sum(), (x * w)[x > high].sum()
    if poorest <= 0 or not (x > high).any():
        return None
    return float(richest / poorest)


def _incomes(
    income: ArrayLike, population: ArrayLike, *, drop: bool = True
) -> tuple[Floats, Floats]:
    y, p = vector(income, "income"), vector(population, "population")
    same_length(income=y, population=p)
    if (p < 0).any() or ((p == 0) & (y != 0) & ~np.isnan(y)).any():
        msg = "A population is negative, or income has no people; check which column is which."
        raise DataError(msg)
    known = ~np.isnan(y) & (p > 0)
    return (y[known], p[known]) if drop else (y, p)


def _quantile(ordered: Floats, cumulated: Floats, share: float) -> float:
    at = int(np.searchsorted(cumulated, share - _AT_THE_FIFTH))
    if abs(cumulated[at] - share) <= _AT_THE_FIFTH and at + 1 < ordered.size:
        return float(ordered[at] + ordered[at + 1]) / 2
    return float(ordered[at])
