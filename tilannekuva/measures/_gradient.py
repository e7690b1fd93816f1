"""The social gradient over ordered groups (public names in `certainty`).

References:
    Mackenbach, J. P. & Kunst, A. E. (1997) Social Science & Medicine 44:757-771. Moreno-Betancur,
    M. et al. (2015) Epidemiology 26:518-527.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from tilannekuva.errors import DataError
from tilannekuva.measures._arrays import maybe, same_length, vector

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from tilannekuva.measures._arrays import Floats

__all__ = ["Slope", "slope_index"]

_Scale = Literal["linear", "log", "logit"]
# A line through fewer groups is no gradient: show the difference of the two ends instead.
_MIN_GROUPS = 4


@dataclass(frozen=True, slots=True)
class Slope:
    """Slope and relative index of inequality; None where there is no gradient to fit.

    Attributes:
        sii: Difference between the two ends of the population, from the first group to the last.
        rii: Ratio of the last end to the first; 1 = no gradient.
    """

    sii: float | None
    rii: float | None


def slope_index(
    values: ArrayLike,
    populations: ArrayLike,
    *,
    log: bool = False,
    multiplicative: bool = False,
    logit: bool = False,
) -> Slope:
    """Return the social gradient over ordered groups: SII and RII.

    Groups stand at the middle of their share of the population, r_j = cumulated share − p_j/2; a
    line is fitted by least squares weighted by population.

    Question:
        How much worse off are those at the bottom of the social order than those at the top?
    Formula:
        y_j = a + b·r_j; SII = b, RII = (a + b)/a
        on a transformed scale g⁻¹, from the two ends of the line turned back: SII = g(a + b) −
          g(a), RII = g(a + b)/g(a)
    Reference:
        Mackenbach & Kunst (1997), Social Science & Medicine 44; Moreno-Betancur et al. (2015),
        Epidemiology 26 (additive and multiplicative model).
    Misleads:
        A line through few groups hides a step between two of them. The order must be a social one:
        areas ordered by the very figure that is measured always have a gradient. RII and SII may
        move in opposite directions when the level changes: show both.

    Args:
        values: (groups,) from the worst-off group to the best-off.
        populations: (groups,) people.
        log: Fit on the logarithm, for rates.
        multiplicative: SII from the straight line, RII from the fit on the logarithm, which cannot
            turn negative (additive and multiplicative model of Moreno-Betancur 2015).
        logit: Fit on the log odds, for shares from 0 to 1.

    Returns:
        Both None for fewer than four groups (show the difference instead), a missing value or a
        value the logarithm does not have; RII None where the first end is not positive.

    Raises:
        DataError: Lengths differ, a population is negative or missing, `log` and `logit` together,
            or a share outside 0 to 1.

    Example:
        >>> gradient = slope_index([10, 9, 8, 7, 6], [100, 100, 100, 100, 100])
        >>> round(gradient.sii, 3), round(gradient.rii, 3)
        (-5.0, 0.524)
    """
    y, people = vector(values, "values"), vector(populations, "populations")
    same_length(values=y, populations=people)
    if not (people >= 0).all():
        msg = "A population is negative or missing; give people for each group."
        raise DataError(msg)
    if log and logit:
        msg = "Give 'log' or 'logit', not both."
        raise DataError(msg)
    if logit and ((y < 0) | (y > 1)).any():
        msg = "'logit' is for shares from 0 to 1; divide percentages by 100."
        raise DataError(msg)
    y, people = y[people > 0], people[people > 0]
    if y.size < _MIN_GROUPS or np.isnan(y).any():
        return Slope(None, None)
    middle = (np.cumsum(people) - people / 2) / people.sum()
    scale: _Scale = "log" if log else "logit" if logit else "linear"
    first, last = _line_ends(y, people, middle, scale)
    sii = maybe(last - first)
    if multiplicative:
        first, last = _line_ends(y, people, middle, "log")
    return Slope(sii, maybe(last / first) if first > 0 else None)


def _line_ends(y: Floats, weights: Floats, middle: Floats, scale: _Scale) -> tuple[float, float]:
    """Return the fitted values at rank 0 and 1, on the scale of `y`; NaN if it has none."""
    if scale != "linear" and ((y <= 0).any() or (scale == "logit" and (y >= 1).any())):
        return np.nan, np.nan
    z = _forward(y, scale)
    mean = float(np.average(z, weights=weights))
    centre = float(np.average(middle, weights=weights))
    off = middle - centre
    b = float((weights * off * (z - mean)).sum() / (weights * off**2).sum())
    a = mean - b * centre
    return _back(a, scale), _back(a + b, scale)


def _forward(y: Floats, scale: _Scale) -> Floats:
    if scale == "log":
        return np.asarray(np.log(y))
    if scale == "logit":
        return np.asarray(np.log(y / (1 - y)))
    return y


def _back(end: float, scale: _Scale) -> float:
    if scale == "log":
        return float(np.exp(end))
    if scale == "logit":
        return float(1 / (1 + np.exp(-end)))
    return end
