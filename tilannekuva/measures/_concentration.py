"""Inequality along a social order and between groups (public names in `inequality`).

References:
    Kakwani, N., Wagstaff, A. & van Doorslaer, E. (1997) J. Econometrics 77:87-103.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tilannekuva.measures._arrays import pairs

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["Concentration", "between_group_variance", "concentration"]


@dataclass(frozen=True, slots=True)
class Concentration:
    """Relative and absolute concentration index over ordered groups; 0 = no gradient."""

    rci: float | None
    aci: float | None


def concentration(values: ArrayLike, populations: ArrayLike) -> Concentration:
    """Return how far a good or ill is concentrated on the better-off groups.

    Question:
        Is this good or ill found more among the better-off or the worse-off?
    Formula:
        RCI = (2/ȳ)·Σ p_j y_j r_j − 1 with population shares p_j and midpoints r_j of the cumulated
          shares; ACI = RCI·ȳ
    Reference:
        Kakwani, Wagstaff & van Doorslaer (1997), J. Econometrics 77.
    Misleads:
        Gradients that cross in the middle cancel out. Of shares the relative index of having and of
        not having differ in size, and their trends may have opposite signs: choose one and say it.

    Args:
        values: (groups,) from the worst-off group to the best-off.
        populations: (groups,) people.

    Returns:
        Both None when nothing is present or the mean is zero.

    Raises:
        DataError: Lengths differ or a population is negative.

    Example:
        >>> found = concentration([1, 2, 3, 4], [10, 10, 10, 10])
        >>> found.rci, found.aci
        (0.25, 0.625)
    """
    y, p = pairs(values, populations)
    if not p.sum() > 0:
        return Concentration(None, None)
    share = p / p.sum()
    mean = float(share @ y)
    if mean == 0:
        return Concentration(None, None)
    middle = np.cumsum(share) - share / 2
    rci = 2 / mean * float((share * y * middle).sum()) - 1
    return Concentration(rci, rci * mean)


def between_group_variance(values: ArrayLike, populations: ArrayLike) -> float | None:
    """Return Σ p_j (y_j − ȳ)² over groups without an order, in squared units of the values.

    Question:
        How far apart are groups that have no order, such as language groups or areas?
    Formula:
        BGV = Σ p_j (y_j − ȳ)² with population shares p_j; in squared units of the values
    Reference:
        WHO, Health Equity Assessment Toolkit: between-group variance, a standard variance of group
        means.
    Misleads:
        Squared units cannot be read by eye: take the root or compare over time. Large groups
        decide, and noise in small groups adds to it, so it never falls to zero.

    Args:
        values: (groups,) values.
        populations: (groups,) people.

    Returns:
        None when nothing is present.

    Raises:
        DataError: Lengths differ or a population is negative.

    Example:
        >>> between_group_variance([10, 30], [1, 1])
        100.0
    """
    y, p = pairs(values, populations)
    if not p.sum() > 0:
        return None
    return float(np.average((y - np.average(y, weights=p)) ** 2, weights=p))
