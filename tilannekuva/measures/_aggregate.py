"""Several normalised indicators into one figure for each unit (public names in `composite`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from tilannekuva.errors import DataError
from tilannekuva.measures._normalise import per_column
from tilannekuva.measures._tables import frame

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike

    from tilannekuva.measures._arrays import Floats

__all__ = ["AggregateMethod", "aggregate", "aggregated", "shares"]

AggregateMethod = Literal["arithmetic", "geometric", "harmonic", "copeland"]

# Sums of weights carry rounding; a pair this near to a half is a draw.
_DRAW = 1e-9


def aggregate(
    table: pd.DataFrame | ArrayLike,
    weights: Mapping[object, float] | ArrayLike | None = None,
    method: AggregateMethod = "arithmetic",
) -> pd.Series[float]:
    """Return one figure for each unit from normalised indicators.

    Question:
        What is one figure for each unit from several indicators on one scale?
    Formula:
        arithmetic Σ w x; geometric exp(Σ w ln x); harmonic 1/Σ(w/x), with weights that sum to one
        copeland: units beaten less units lost to; i beats j when the weights of the indicators in
          which it is better, plus half of those in which they are equal, pass a half
    Reference:
        OECD & JRC (2008), Handbook on Constructing Composite Indicators, step 6; Copeland's rule as
        in social choice.
    Misleads:
        The weights are politics in figures, and with the arithmetic mean a good indicator pays for
        a bad one. Publish by theme only, with the rank interval beside (`rank_interval`) and the
        parts one step away; never a score of scores.

    Args:
        table: Units × indicators on one scale, more is better.
        weights: One for each indicator (list, mapping or Series), equal when left out.
        method: One of the four above.

    Returns:
        Series by unit; NaN for a unit with a missing indicator (impute openly first).

    Raises:
        DataError: A weight is negative or all are zero, or geometric or harmonic of values that are
            not positive (normalise to 1…100).

    Example:
        >>> aggregate([[1.0, 9.0], [4.0, 4.0]], method="geometric").round(6).tolist()
        [3.0, 4.0]
    """
    if method not in ("arithmetic", "geometric", "harmonic", "copeland"):
        msg = f"method is {method!r}; give 'arithmetic', 'geometric', 'harmonic' or 'copeland'."
        raise DataError(msg)
    checked = frame(table, "table")
    share = shares(checked.columns, weights)
    x = checked.to_numpy()
    if method in ("geometric", "harmonic") and (x <= 0).any():
        msg = f"A {method} mean needs values above zero; normalise to 1…100 first."
        raise DataError(msg)
    return pd.Series(aggregated(x, share, method), index=checked.index, name=method)


def shares(columns: pd.Index, weights: object) -> Floats:
    """Return the weight of each column, summing to one; equal when `weights` is None."""
    given = per_column(columns, 1.0 if weights is None else weights, "weights")
    if (given < 0).any() or not given.sum() > 0:
        msg = "A weight is negative or all are zero; give weights of zero or more."
        raise DataError(msg)
    return np.asarray(given / given.sum())


def aggregated(x: Floats, share: Floats, method: AggregateMethod) -> Floats:
    """Return `aggregate` of plain arrays, without checks."""
    if method == "arithmetic":
        return np.asarray(x @ share)
    if method == "geometric":
        return np.asarray(np.exp(np.log(x) @ share))
    if method == "harmonic":
        return np.asarray(1 / ((1 / x) @ share))
    return _copeland(x, share)


def _copeland(x: Floats, share: Floats) -> Floats:
    scores = np.full(len(x), np.nan)
    known = ~np.isnan(x).any(axis=1)
    y = x[known]
    # One unit against all others at a time keeps memory at units × indicators.
    for unit, own in zip(np.flatnonzero(known), y, strict=True):
        better = ((own > y) + 0.5 * (own == y)) @ share - 0.5
        scores[unit] = np.sign(np.where(np.abs(better) < _DRAW, 0.0, better)).sum()
    return scores
