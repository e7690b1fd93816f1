"""Species diversity that allows for effort (public names in `nature`).

Abundance data are counts of individuals by species; incidence data are the number of sampling units
followed by the number of units each species was found in. Raw richness is never compared between
samples: compare at equal depth or, better, at equal coverage.

References:
    Hill, M. O. (1973) Ecology 54:427-432. Hurlbert, S. H. (1971) Ecology 52:577-586. Chao, A.
    (1984) Scand. J. Statistics 11:265-270. Chao, A. & Jost, L. (2012) Ecology 93:2533-2547. Chao,
    A., Wang, Y. T. & Jost, L. (2013) Methods Ecol. Evol. 4:1091-1100. Chao, A. et al. (2014)
    Ecological Monographs 84:45-67.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, overload

import numpy as np

from tilannekuva.errors import DataError
from tilannekuva.measures._sampling import (
    coverage_at,
    depth_of,
    diversity_at,
    hill_number,
    read_sample,
    unseen_chance,
    unseen_species,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from tilannekuva.measures._arrays import Floats

__all__ = ["chao1", "coverage", "estimate_at_coverage", "hill", "rarefy"]


@overload
def hill(counts: ArrayLike, order: float, *, incidence: bool = ...) -> float | None: ...
@overload
def hill(
    counts: ArrayLike, order: Sequence[float] | Floats, *, incidence: bool = ...
) -> Floats: ...
def hill(counts: ArrayLike, order: ArrayLike, *, incidence: bool = False) -> float | Floats | None:
    """Return the Hill number of an order, the effective number of species of the sample itself.

    Question:
        How many species are there effectively, counting the rare ones fully, a little or not at
        all?
    Formula:
        (Σ p^q)^(1/(1−q)); order 0 = number of species, 1 = exp(−Σ p ln p), 2 = 1/Σ p²
    Reference:
        Hill (1973), Ecology 54.
    Misleads:
        It is of the sample and not of the place: twice the visits find more species. Never compare
        samples of different effort by it; use `estimate_at_coverage`.

    Args:
        counts: (species,) individuals, or with `incidence` the number of units and then the units
            of each species.
        order: q, zero or more; one or several.
        incidence: Whether `counts` is incidence data.

    Returns:
        A number, or an array for several orders; None (NaN) for an empty sample or a missing count.

    Raises:
        DataError: A count or order is negative, or a species is in more units than there are.

    Example:
        >>> hill([5, 5, 5, 5], 1), hill([8, 1, 1], [0, 2]).round(3).tolist()
        (4.0, [3.0, 1.515])
    """
    orders = np.asarray(order, dtype=np.float64)
    if not (orders >= 0).all():
        msg = f"order is {orders.tolist()}; Hill numbers have order zero or more."
        raise DataError(msg)
    sample = read_sample(counts, incidence=incidence, whole=False)
    if sample is None:
        return None if orders.ndim == 0 else np.full(orders.shape, np.nan)
    p = sample.x / sample.u
    numbers = np.array([hill_number(p, float(q)) for q in orders.ravel()])
    return float(numbers[0]) if orders.ndim == 0 else numbers.reshape(orders.shape)


def rarefy(counts: ArrayLike, depth: float, *, incidence: bool = False) -> float | None:
    """Return the number of species to expect in a smaller sample.

    Question:
        How many species would a smaller sample, as large as the other one, have found?
    Formula:
        E[S_m] = Σ_i [1 − C(N − N_i, m)/C(N, m)]
    Reference:
        Hurlbert (1971), Ecology 52.
    Misleads:
        Equal size is not equal completeness: a rich community needs more individuals to be known as
        well. It throws away most of the larger sample, and clustered individuals make it too high.

    Args:
        counts: As in `hill`; whole numbers.
        depth: m, individuals (or units) of the smaller sample, whole, at most those there are.
        incidence: Whether `counts` is incidence data.

    Returns:
        None for an empty sample or a missing count.

    Raises:
        DataError: As `hill`, or `depth` is not a whole number from 0 to the size of the sample.

    Example:
        >>> round(rarefy([5, 3, 2], 2), 4)
        1.6889
    """
    sample = read_sample(counts, incidence=incidence)
    if sample is None:
        return None
    if not 0 <= depth <= sample.n or depth != int(depth):
        msg = (
            f"depth is {depth}; give a whole number from 0 to the size of the sample, {sample.n:g}."
        )
        raise DataError(msg)
    return float((1 - unseen_chance(sample, depth)).sum())


def chao1(counts: ArrayLike, *, incidence: bool = False) -> float | None:
    """Return the lower bound of the number of species, seen and unseen (Chao1, Chao2).

    Question:
        How many species are there at least, with those that nobody has seen?
    Formula:
        S + (n − 1)/n·f1²/(2 f2), or with f2 = 0: S + (n − 1)/n·f1(f1 − 1)/2, with f1 species met
          once and f2 twice
    Reference:
        Chao (1984), Scand. J. Statistics 11.
    Misleads:
        A lower bound, not an estimate of the truth. It rests on the species met once: misidentified
        rarities and copied records make it fly up, and records that drop singletons make it
        worthless.

    Args:
        counts: As in `hill`; whole numbers.
        incidence: Whether `counts` is incidence data (then n is the number of units).

    Returns:
        None for an empty sample or a missing count.

    Raises:
        DataError: As `hill`.

    Example:
        >>> chao1([10, 4, 2, 1, 1])
        6.888888888888889
    """
    sample = read_sample(counts, incidence=incidence)
    return None if sample is None else sample.x.size + unseen_species(sample)


def coverage(counts: ArrayLike, *, incidence: bool = False) -> float | None:
    """Return the estimated share of the community that belongs to species in the sample.

    Question:
        How complete is the sample: what share of the individuals out there belongs to a species
        found?
    Formula:
        1 − f1/n·(n − 1)f1/((n − 1)f1 + 2f2), or with f2 = 0: 1 − f1/n·(n − 1)(f1 − 1)/((n − 1)(f1 −
          1) + 2)
        for incidence data the n of f1/n is the sum of the frequencies, the other n the number of
          units
    Reference:
        Chao & Jost (2012), Ecology 93.
    Misleads:
        It is about individuals and not about species: 95 % covered may miss half of the species,
        all of them rare. It says nothing of habitats that nobody visited.

    Args:
        counts: As in `hill`; whole numbers.
        incidence: Whether `counts` is incidence data.

    Returns:
        None for an empty sample, a missing count, or when every species was met only once: then
        nothing is known of the rest.

    Raises:
        DataError: As `hill`.

    Example:
        >>> round(coverage([10, 4, 2, 1, 1]), 4)
        0.8951
    """
    sample = read_sample(counts, incidence=incidence)
    if sample is None or sample.f1 == sample.x.size:
        return None
    return coverage_at(sample, sample.n)


def estimate_at_coverage(
    counts: ArrayLike, level: float, order: float, *, incidence: bool = False
) -> float | None:
    """Return the Hill number at a given coverage, so that samples can be compared.

    The sample is thinned, or extended to twice its size at most, to the depth at which the
    estimated coverage is `level`; between whole depths coverage and diversity are interpolated
    linearly.

    Question:
        Which place is richer when both are looked at as completely?
    Formula:
        Hill number of the order at the depth m with coverage C(m) = level
    Reference:
        Chao & Jost (2012), Ecology 93; Chao, Wang & Jost (2013), Methods Ecol. Evol. 4; Chao et al.
        (2014), Ecological Monographs 84.
    Misleads:
        At a low common coverage only the common species are compared. Beyond the sample it is an
        extrapolation, and what was recorded may depend on who recorded: publish visits and
        observers beside.

    Args:
        counts: As in `hill`; whole numbers.
        level: Coverage, a share between 0 and 1; take the lowest of the samples compared.
        order: 0, 1 or 2.
        incidence: Whether `counts` is incidence data.

    Returns:
        None where `coverage` is None, and when `level` is below that of a single individual or
        above that of twice the sample.

    Raises:
        DataError: As `hill`, `level` is not between 0 and 1, or another order.

    Example:
        >>> round(estimate_at_coverage([10, 4, 2, 1, 1], 0.8, 0), 3)
        3.496
    """
    if not 0 < level < 1:
        msg = f"level is {level}; coverage is a share between 0 and 1."
        raise DataError(msg)
    if order not in (0, 1, 2):
        msg = f"order is {order}; estimates at a coverage exist for orders 0, 1 and 2."
        raise DataError(msg)
    sample = read_sample(counts, incidence=incidence)
    if sample is None or sample.f1 == sample.x.size:
        return None
    depth = depth_of(sample, level)
    if depth is None:
        return None
    if depth > sample.n:
        return diversity_at(sample, depth, order)
    below, above = math.floor(depth), math.ceil(depth)
    low = diversity_at(sample, below, order)
    if above == below:
        return low
    return low + (depth - below) * (diversity_at(sample, above, order) - low)
