"""How sure are we: intervals of rates and shares, standardised figures, the social gradient.

And of many tests looked at together, how many of those that stand out may do so by chance; and how
far first figures have moved afterwards.

Counts are events (Poisson) or people (binomial) of one region, period and group. NaN is missing;
a missing part makes the whole unknown, it is never counted as zero.

References:
    Wilson, E. B. (1927) JASA 22:209-212; Benjamini, Y. & Hochberg, Y. (1995) J. R. Statist. Soc. B
    57:289-300 (false discoveries). For the others see `_intervals`, `_standardised`,
    `_life_table`, `_gradient` and `_revisions`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, overload

import numpy as np

from tilannekuva.errors import DataError
from tilannekuva.measures._arrays import floats, normal_quantile, same_length, vector
from tilannekuva.measures._gradient import Slope, slope_index
from tilannekuva.measures._intervals import (
    Interval,
    as_interval,
    bands,
    byar,
    count_limits,
    exact,
    pair,
)
from tilannekuva.measures._life_table import expectancies
from tilannekuva.measures._revisions import Revisions, revisions
from tilannekuva.measures._standardised import standardised_rate, standardised_ratio

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import ArrayLike

    from tilannekuva.measures._arrays import Floats

__all__ = [
    "Interval",
    "Revisions",
    "Slope",
    "false_discovery",
    "life_expectancy",
    "proportion_interval",
    "rate_interval",
    "revisions",
    "slope_index",
    "standardised_rate",
    "standardised_ratio",
]

# Fewer person-years than this make a life table noise (Toson & Baker 2003).
_MIN_PERSON_YEARS = 5000


@overload
def rate_interval(
    count: float,
    population: float,
    *,
    per: float = ...,
    confidence: float = ...,
    method: Literal["byar", "exact"] | None = ...,
) -> Interval[float | None]: ...
@overload
def rate_interval(
    count: Floats | Sequence[float],
    population: ArrayLike,
    *,
    per: float = ...,
    confidence: float = ...,
    method: Literal["byar", "exact"] | None = ...,
) -> Interval[Floats]: ...
def rate_interval(
    count: ArrayLike,
    population: ArrayLike,
    *,
    per: float = 100_000,
    confidence: float = 0.95,
    method: Literal["byar", "exact"] | None = None,
) -> Interval[float | None] | Interval[Floats]:
    """Return the rate of events per `per` people with its Poisson interval.

    Question:
        How high is the rate, and what could it be when the events of a small region are partly
        chance?
    Formula:
        rate = per·O/n, with limits per·O_low/n and per·O_high/n
        Byar: O_low = O(1 − 1/(9O) − z/(3√O))³, O_high = (O+1)(1 − 1/(9(O+1)) + z/(3√(O+1)))³; O_low
          = 0 for O = 0
        exact: half the χ² quantiles, χ²_{α/2}(2O)/2 and χ²_{1−α/2}(2O + 2)/2
    Reference:
        Breslow & Day (1987), Statistical Methods in Cancer Research II, p. 69 (Byar); Ulm (1990),
        Am. J. Epidemiology 131 (exact).
    Misleads:
        It covers chance only: not under-reporting, not a population that the events do not belong
        to, not events that come in clusters (then the true interval is wider). A crude rate of an
        old region is high because it is old.

    Args:
        count: Events, one number or an array; may exceed the population.
        population: People or person-years, broadcast against `count`.
        per: People the rate is expressed for.
        confidence: Level of the interval.
        method: ``"byar"`` or ``"exact"``; when left out, exact below ten events and Byar from ten.

    Returns:
        None (NaN in arrays) where something is missing or the population is zero.

    Raises:
        DataError: A count or population is negative, the shapes do not fit, or `method` is unknown.

    Example:
        >>> suicides = rate_interval(12, 71_255)
        >>> round(suicides.value, 1), round(suicides.low, 1), round(suicides.high, 1)
        (16.8, 8.7, 29.4)
    """
    if method not in (None, "byar", "exact"):
        msg = f"method is {method!r}; give 'byar', 'exact' or nothing."
        raise DataError(msg)
    events, people = pair(count, population, "count", "population")
    z = normal_quantile(confidence)
    if method == "byar":
        low, high = byar(events, z)
    elif method == "exact":
        low, high = exact(events, confidence)
    else:
        low, high = count_limits(events, z, confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        per_event = np.where(people > 0, per / people, np.nan)
    return as_interval(events * per_event, low * per_event, high * per_event)


@overload
def proportion_interval(
    count: float, n: float, *, confidence: float = ...
) -> Interval[float | None]: ...
@overload
def proportion_interval(
    count: Floats | Sequence[float], n: ArrayLike, *, confidence: float = ...
) -> Interval[Floats]: ...
def proportion_interval(
    count: ArrayLike, n: ArrayLike, *, confidence: float = 0.95
) -> Interval[float | None] | Interval[Floats]:
    """Return the share count/n (0 to 1) with Wilson's interval.

    Question:
        What share is it, and how far could the share of everyone be from that of the asked?
    Formula:
        share = x/n; limits (2x + z² ∓ z√(z² + 4xq))/(2(n + z²)), q = 1 − x/n
    Reference:
        Wilson (1927), JASA 22.
    Misleads:
        For a simple random sample: weighting, clustering and those who did not answer make the real
        interval wider. Of a whole register it is no sampling error; it then says what chance alone
        could do to a small region.

    Args:
        count: People with the property, one number or an array.
        n: People asked, broadcast against `count`.
        confidence: Level of the interval.

    Returns:
        None (NaN in arrays) where something is missing or n is zero.

    Raises:
        DataError: A number is negative, a count exceeds its n, or the shapes do not fit.

    Example:
        >>> share = proportion_interval(65, 100)
        >>> share.value, round(share.low, 4), round(share.high, 4)
        (0.65, 0.5525, 0.7364)
    """
    x, size = pair(count, n, "count", "n")
    if (x > size).any():
        msg = "A count is larger than its n; a share cannot exceed 1. Check which column is which."
        raise DataError(msg)
    z = normal_quantile(confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(size > 0, x / size, np.nan)
    root = z * np.sqrt(z**2 + 4 * x * (1 - share))
    scale = 2 * (size + z**2)
    # Rounding may put the limit of 0 or n a hair outside the scale.
    low = np.maximum((2 * x + z**2 - root) / scale, 0.0)
    high = np.minimum((2 * x + z**2 + root) / scale, 1.0)
    return as_interval(share, low, high)


def life_expectancy(
    deaths: ArrayLike,
    populations: ArrayLike,
    age_starts: ArrayLike,
    *,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return the remaining life expectancy at the start of each age band (Chiang's life table).

    Question:
        How many years would people live on from each age if today's death rates stayed?
    Formula:
        q = n·m/(1 + (1 − a)·n·m) from the death rate m of a band of n years, of which the dying
          live the share a (½; 0.1 in the first year)
        e_x = n(1 − (1 − a)q) + (1 − q)·e_{x+n}, from the open last band backwards with e = 1/m
        Var(e_x) = (1 − q)² Var(e_{x+n}) + ((1 − a)n + e_{x+n})² q²(1 − q)/D; in the open band
          1/(D·m²)
    Reference:
        Chiang (1984), The Life Table and its Applications; Silcocks et al. (2001), J. Epidemiology
        & Community Health 55 (open band); Toson & Baker (2003) on the least population.
    Misleads:
        It is a summary of this period's deaths and no forecast for anybody born now. A care home
        draws deaths to its municipality, and a few deaths move a small region by a year: pool
        years.

    Args:
        deaths: (age bands,) deaths of the period.
        populations: (age bands,) person-years of the same period.
        age_starts: (age bands,) first age of each band in years, rising.
        confidence: Level of the interval.

    Returns:
        DataFrame [age_start, value, low, high] in years. All NaN below 5000 person-years or without
        deaths in the open band; NaN at a band with missing figures and at all younger ages.

    Raises:
        DataError: Lengths differ, a number is negative, deaths exceed people, or the ages do not
            rise.

    Example:
        >>> life_expectancy([40, 60, 900], [9000, 60_000, 12_000], [0, 1, 65]).round(2)
           age_start  value    low   high
        0          0  75.19  74.12  76.26
        1          1  74.52  73.45  75.59
        2         65  13.33  12.46  14.20
    """
    import pandas as pd

    died, people = bands(deaths, populations, "deaths", "populations")
    ages = vector(age_starts, "age_starts")
    same_length(deaths=died, age_starts=ages)
    if (died > people).any():
        msg = "More deaths than people in an age band; check which column is which."
        raise DataError(msg)
    if not ages.size or not ages[0] >= 0 or not (np.diff(ages) > 0).all():
        msg = "The age bands must be given by their first ages in rising order, each once."
        raise DataError(msg)
    z = normal_quantile(confidence)
    value, error = expectancies(died, people, ages)
    if np.nansum(people) < _MIN_PERSON_YEARS:
        value = error = np.full(ages.size, np.nan)
    return pd.DataFrame(
        {
            "age_start": np.asarray(age_starts),
            "value": value,
            "low": value - z * error,
            "high": value + z * error,
        }
    )


def false_discovery(p: ArrayLike) -> Floats:
    """Return the controlled p of each of many tests (Benjamini-Hochberg, step-up).

    Calling every test with q ≤ 0.05 a finding makes at most five in a hundred of the findings false
    on average, for tests that are independent or depend on each other positively.

    Question:
        Of all the trends or differences that stand out, which still do when so many were looked at?
    Formula:
        q_(i) = min over j ≥ i of m·p_(j)/j, at most 1, of the m tests in rising order of p
    Reference:
        Benjamini & Hochberg (1995), J. R. Statist. Soc. B 57.
    Misleads:
        The promise is about the list and not about any one finding in it. It holds for the tests
        that were made: leaving the dull ones out of the list afterwards breaks it. A large q is no
        evidence of no change.

    Args:
        p: (…, tests) probabilities; tests on the last axis are controlled together. NaN is a test
            that was not made: it is not counted and has no q.

    Returns:
        Array of the shape of `p`, never below p and never above 1.

    Raises:
        DataError: A number is not between 0 and 1, or `p` is a single number.

    Example:
        >>> false_discovery([0.01, 0.04, 0.03, 0.005]).round(3)
        array([0.02, 0.04, 0.04, 0.02])
    """
    found = floats(p, "p")
    if found.ndim == 0:
        msg = "'p' is one number; give the p-values of all tests that are looked at together."
        raise DataError(msg)
    if ((found < 0) | (found > 1)).any():
        msg = "A probability lies outside 0 to 1; give p-values, not per cents."
        raise DataError(msg)
    order = np.argsort(found, axis=-1, kind="stable")  # what is missing comes last
    ordered = np.take_along_axis(found, order, axis=-1)
    tests = np.count_nonzero(~np.isnan(found), axis=-1)[..., None]
    scaled = ordered * tests / np.arange(1, found.shape[-1] + 1)
    least = np.fmin.accumulate(scaled[..., ::-1], axis=-1)[..., ::-1]
    # m·p/m may come out a hair below p.
    least = np.clip(np.where(np.isnan(ordered), np.nan, least), ordered, 1.0)
    controlled = np.empty_like(found)
    np.put_along_axis(controlled, order, least, axis=-1)
    return controlled
