"""How far ranks depend on method choices (public name in `composite`).

References:
    Saisana, M., Saltelli, A. & Tarantola, S. (2005) J. R. Statist. Soc. A 168:307-323.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tilannekuva.errors import DataError
from tilannekuva.measures._aggregate import AggregateMethod, aggregated, shares
from tilannekuva.measures._normalise import Directions, normalise
from tilannekuva.measures._tables import complete, frame

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike

    from tilannekuva.measures._arrays import Floats

__all__ = ["rank_interval"]

# Weights vary by a quarter to each side.
_NOISE = 0.25
# The scales leave room below, so that a geometric mean is defined.
_LEAST_SCORE = 1.0


def rank_interval(
    table: pd.DataFrame | ArrayLike,
    *,
    seed: int,
    runs: int = 1000,
    direction: Directions = "up",
    weights: Mapping[object, float] | ArrayLike | None = None,
) -> pd.DataFrame:
    """Return how far the rank of each unit depends on choices that could have been others.

    Each run draws a scale (min-max to 1…100, or z-scores around 100 with standard deviation 10), an
    aggregation (arithmetic or geometric), weights within ±25 % of the nominal ones, and leaves out
    none or one of the indicators.

    Question:
        How far would the rank of a unit move if the index had been built in another defensible way?
    Formula:
        median, 5 % and 95 % quantile of the rank over the drawn indices; nominal = rank with
          min-max, the given weights and the arithmetic mean
    Reference:
        Saisana, Saltelli & Tarantola (2005), J. R. Statist. Soc. A 168.
    Misleads:
        It varies the method only: the errors of the figures come on top. Units whose intervals meet
        cannot be told apart, however far apart their nominal ranks look. A narrow interval does not
        make the choice of indicators right.

    Args:
        table: Units × indicators, before normalisation, without missing cells.
        seed: Of the random numbers: the same seed gives the same table.
        runs: Number of draws.
        direction: ``"up"`` or ``"down"`` for all indicators, or one for each.
        weights: Nominal weights, equal when left out.

    Returns:
        DataFrame [nominal, median, low, high] by unit, 1 = best: the rank with min-max, nominal
        weights and the arithmetic mean; the median, 5 % and 95 % quantile of the drawn ranks.

    Raises:
        DataError: A cell is missing, `runs` is less than 1, or as `aggregate`.

    Example:
        >>> rank_interval([[9, 9], [5, 6], [1, 2]], seed=1, runs=50).iloc[0].tolist()
        [1.0, 1.0, 1.0, 1.0]
    """
    if runs < 1:
        msg = f"runs is {runs}; give one or more."
        raise DataError(msg)
    checked = frame(table, "table")
    complete(checked, "table")
    nominal_weights = shares(checked.columns, weights)
    scales = (
        normalise(checked, "minmax", direction, low=1, high=100).to_numpy(),
        np.maximum(
            normalise(checked, "zscore", direction, mean=100, sd=10).to_numpy(), _LEAST_SCORE
        ),
    )
    random = np.random.default_rng(seed)
    drawn = np.empty((runs, len(checked)))
    for run in range(runs):
        drawn[run] = _ranks(_one_draw(scales, nominal_weights, random))
    low, median, high = np.quantile(drawn, [0.05, 0.5, 0.95], axis=0)
    nominal = _ranks(aggregated(scales[0], nominal_weights, "arithmetic"))
    return pd.DataFrame(
        {"nominal": nominal, "median": median, "low": low, "high": high}, index=checked.index
    )


def _one_draw(
    scales: tuple[Floats, Floats], nominal: Floats, random: np.random.Generator
) -> Floats:
    x = scales[random.integers(2)]
    method: AggregateMethod = "arithmetic" if random.integers(2) else "geometric"
    w = nominal * random.uniform(1 - _NOISE, 1 + _NOISE, nominal.size)
    # One more than there are indicators: the last draw leaves none out.
    dropped = random.integers(nominal.size + 1)
    if nominal.size > 1 and dropped < nominal.size and nominal[dropped] < 1:
        w[dropped] = 0.0
    return aggregated(x, w / w.sum(), method)


def _ranks(scores: Floats) -> Floats:
    return np.asarray(pd.Series(-scores).rank(method="min"), dtype=np.float64)
