"""What rates and standardised figures share: the interval, its checks, limits of a count.

References:
    Breslow, N. E. & Day, N. E. (1987) Statistical Methods in Cancer Research II, p. 69 (Byar).
    Ulm, K. (1990) Am. J. Epidemiology 131:373-375 (exact limits by chi-squared).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

from tilannekuva.errors import DataError
from tilannekuva.measures._arrays import floats, maybe, same_length, vector

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from tilannekuva.measures._arrays import Floats

__all__ = ["MIN_BYAR", "Interval", "as_interval", "bands", "byar", "count_limits", "exact", "pair"]

T = TypeVar("T")

# Below this Byar's approximation is visibly off and the exact limits are used.
MIN_BYAR = 10


@dataclass(frozen=True, slots=True)
class Interval(Generic[T]):
    """A value with its limits: plain floats (or None) for one figure, arrays for many."""

    value: T
    low: T
    high: T


def byar(count: Floats, z: float) -> tuple[Floats, Floats]:
    """Return Byar's limits of a Poisson mean from an observed count.

    low = O(1 − 1/(9O) − z/(3√O))³, high = (O+1)(1 − 1/(9(O+1)) + z/(3√(O+1)))³; low is 0 for O = 0.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        low = count * (1 - 1 / (9 * count) - z / (3 * np.sqrt(count))) ** 3
    one_more = count + 1
    high = one_more * (1 - 1 / (9 * one_more) + z / (3 * np.sqrt(one_more))) ** 3
    # The cube turns negative for counts near 0; a Poisson mean does not.
    return np.where(count == 0, 0.0, np.maximum(low, 0.0)), high


def exact(count: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Return the exact limits: χ²(2O) and χ²(2O + 2) quantiles, halved.

    Written with the gamma quantile, of which χ²/2 is a special case; low is 0 for O = 0.
    """
    from scipy.special import gammaincinv

    tail = (1 - confidence) / 2
    low = gammaincinv(np.where(count > 0, count, 1.0), tail)
    high = gammaincinv(count + 1, 1 - tail)
    missing = np.isnan(count)
    return (
        np.where(missing, np.nan, np.where(count > 0, low, 0.0)),
        np.where(missing, np.nan, high),
    )


def count_limits(count: Floats, z: float, confidence: float) -> tuple[Floats, Floats]:
    """Return exact limits below ten events and Byar's from ten up."""
    small = count < MIN_BYAR
    byar_low, byar_high = byar(count, z)
    low, high = exact(np.where(small, count, 1.0), confidence)
    return np.where(small, low, byar_low), np.where(small, high, byar_high)


def pair(first: ArrayLike, second: ArrayLike, *names: str) -> tuple[Floats, Floats]:
    """Return two broadcast arrays of numbers that are not negative."""
    one, two = floats(first, names[0]), floats(second, names[1])
    for array, name in zip((one, two), names, strict=True):
        if (array < 0).any():
            msg = f"'{name}' holds a negative number; a count cannot be negative."
            raise DataError(msg)
    try:
        one, two = np.broadcast_arrays(one, two)
    except ValueError as error:
        msg = f"'{names[0]}' {one.shape} and '{names[1]}' {two.shape} do not fit; align them first."
        raise DataError(msg) from error
    return one, two


def bands(counts: ArrayLike, populations: ArrayLike, *names: str) -> tuple[Floats, Floats]:
    """Return events and people by age band, checked."""
    first, second = names or ("counts", "populations")
    events, people = vector(counts, first), vector(populations, second)
    same_length(**{first: events, second: people})
    pair(events, people, first, second)
    if ((people == 0) & (events > 0)).any():
        msg = f"An age band has {first} but no {second}; the two do not describe the same people."
        raise DataError(msg)
    return events, people


def as_interval(
    value: Floats, low: Floats, high: Floats
) -> Interval[float | None] | Interval[Floats]:
    if value.shape == ():
        return Interval(maybe(float(value)), maybe(float(low)), maybe(float(high)))
    return Interval(value, low, high)
