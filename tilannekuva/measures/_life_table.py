"""The abridged life table behind `certainty.life_expectancy`.

References:
    Chiang, C. L. (1984) The Life Table and its Applications. Silcocks, P. B. S. et al. (2001)
    J. Epidemiology & Community Health 55:38-43 (variance of the open band).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from tilannekuva.measures._arrays import Floats

__all__ = ["expectancies"]

# Infants who die do so early: after a tenth of the first year; others in the middle of a band.
_FIRST_YEAR_LIVED = 0.1
_SHARE_LIVED = 0.5


def expectancies(deaths: Floats, people: Floats, ages: Floats) -> tuple[Floats, Floats]:
    """Return remaining years at the start of each band and their standard error.

    From the open band backwards: e_x = n(1 − (1 − a)q) + (1 − q)e', with q = nm/(1 + (1 − a)nm) and
    e' the expectancy at the next band; Var(e_x) = (1 − q)² Var(e') + ((1 − a)n + e')² Var(q), with
    Var(q) = q²(1 − q)/D and Var(1/m) = 1/(D·m²) for the open band. NaN spreads to younger ages.
    """
    years = np.full(ages.size, np.nan)
    variance = np.full(ages.size, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(people > 0, deaths / people, np.nan)
    if rate[-1] > 0:
        years[-1] = 1 / rate[-1]
        variance[-1] = 1 / (deaths[-1] * rate[-1] ** 2)
    lived = np.full(ages.size, _SHARE_LIVED)
    lived[0] = _FIRST_YEAR_LIVED if ages[0] == 0 else _SHARE_LIVED
    width = np.diff(ages)
    for band in range(ages.size - 2, -1, -1):
        n, after = width[band], 1 - lived[band]
        # In a wide band with a high rate the formula passes 1; nobody dies twice.
        q = min(n * rate[band] / (1 + after * n * rate[band]), 1.0)
        # No deaths: the chance is estimated as 0 and adds nothing to the variance.
        var_q = q**2 * (1 - q) / deaths[band] if deaths[band] != 0 else 0.0
        next_years = years[band + 1]
        years[band] = n * (1 - after * q) + (1 - q) * next_years
        variance[band] = (1 - q) ** 2 * variance[band + 1] + (after * n + next_years) ** 2 * var_q
    return years, np.sqrt(variance)
