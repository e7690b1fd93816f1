"""Age-standardised rates and ratios (public names in `certainty`).

References:
    Dobson, A. J. et al. (1991) Statistics in Medicine 10:457-462.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tilannekuva.errors import DataError
from tilannekuva.measures._arrays import normal_quantile, same_length, vector
from tilannekuva.measures._intervals import MIN_BYAR, Interval, bands, byar, count_limits

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["standardised_rate", "standardised_ratio"]


def standardised_rate(
    counts: ArrayLike,
    populations: ArrayLike,
    standard: ArrayLike,
    *,
    per: float = 100_000,
    confidence: float = 0.95,
) -> Interval[float | None]:
    """Return a directly standardised rate with Dobson's interval.

    Question:
        What would the rate be if the region had the ages of a standard population?
    Formula:
        DSR = Σ w_a (O_a/n_a)/Σ w_a; Var = Σ w_a² O_a/n_a²/(Σ w)²
        limits DSR + √(Var/O)·(O_byar − O) at Byar's lower and upper limit of O = Σ O_a
    Reference:
        Dobson et al. (1991), Statistics in Medicine 10.
    Misleads:
        The figure exists in no real population, and another standard gives another: compare only
        rates of one standard. What it removes, an old population's need for care, is still there to
        be met.

    Args:
        counts: (age bands,) events.
        populations: (age bands,) people.
        standard: (age bands,) standard population, for example ESP 2013.
        per: People the rate is expressed for.
        confidence: Level of the interval.

    Returns:
        All None below ten events, or when a count is missing or a population missing or zero.

    Raises:
        DataError: Lengths differ, a number is negative, events without people, or a standard
            population that is missing or sums to zero.

    Example:
        >>> rate = standardised_rate([10, 30], [5000, 2000], [8, 2], per=1000)
        >>> round(rate.value, 1), round(rate.low, 1), round(rate.high, 1)
        (4.6, 3.3, 6.3)
    """
    events, people = bands(counts, populations)
    weights = vector(standard, "standard")
    same_length(counts=events, standard=weights)
    if not (weights >= 0).all() or weights.sum() <= 0:
        msg = "The standard population is negative, missing or zero; give one weight for each band."
        raise DataError(msg)
    z = normal_quantile(confidence)
    total = float(events.sum())
    if not total >= MIN_BYAR or not (people > 0).all():
        return Interval(None, None, None)
    share = weights / weights.sum()
    value = float((share * events / people).sum())
    variance = float((share**2 * events / people**2).sum())
    low, high = byar(np.asarray(total), z)
    spread = np.sqrt(variance / total)
    return Interval(
        per * value,
        float(per * (value + spread * (low - total))),
        float(per * (value + spread * (high - total))),
    )


def standardised_ratio(
    counts: ArrayLike,
    populations: ArrayLike,
    reference_counts: ArrayLike,
    reference_populations: ArrayLike,
    *,
    confidence: float = 0.95,
    refvalue: float = 1,
) -> Interval[float | None]:
    """Return the indirectly standardised ratio O/E with its Poisson interval.

    Question:
        Are there more events than the country's rates by age would give in a population like this?
    Formula:
        ratio = O/E, E = Σ n_a·R_a with the reference rates R_a = O_aN/n_aN; the limits of O (exact
          below ten events, Byar's from ten) over E
    Reference:
        Breslow & Day (1987), Statistical Methods in Cancer Research II, ch. 2; limits as
        `rate_interval`.
    Misleads:
        Each region is compared with the country at its own ages: two ratios of regions with
        different ages cannot be set against each other. The country contains the region.

    Args:
        counts: (age bands,) events of the region.
        populations: (age bands,) people of the region.
        reference_counts: (age bands,) events of the reference, usually the whole country.
        reference_populations: (age bands,) people of the reference.
        confidence: Level of the interval.
        refvalue: What the reference is set to: 1, or 100 for an index.

    Returns:
        All None when a part is missing or nothing is expected. A band that the region does not
        have at all (neither events nor people given) is left out of both O and E.

    Raises:
        DataError: Lengths differ, a number is negative, or events without people.

    Example:
        >>> ratio = standardised_ratio([10, 30], [5000, 2000], [100, 900], [50_000, 90_000])
        >>> round(ratio.value, 3), round(ratio.low, 3), round(ratio.high, 3)
        (1.333, 0.952, 1.816)
    """
    events, people = bands(counts, populations)
    reference_events, reference_people = bands(reference_counts, reference_populations)
    same_length(counts=events, reference_counts=reference_events)
    z = normal_quantile(confidence)
    there = ~(np.isnan(events) & np.isnan(people))
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = float((people * reference_events / reference_people)[there].sum())
    observed = events[there].sum()
    if not expected > 0 or np.isnan(observed):
        return Interval(None, None, None)
    low, high = count_limits(np.asarray(observed), z, confidence)
    scale = refvalue / expected
    return Interval(float(observed) * scale, float(low) * scale, float(high) * scale)
