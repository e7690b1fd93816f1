"""Several indicators in one figure, where that is asked for: per theme, never a score of scores.

The default of a situation picture is a dashboard. An index hides trade-offs and its weights are
politics: publish it by pillar only, with its rank interval beside and its parts one step away.

References:
    OECD & JRC (2008) Handbook on Constructing Composite Indicators. De Muro, P., Mazziotta, M. &
    Pareto, A. (2011) Social Indicators Research 104:1-18. Mazziotta, M. & Pareto, A. (2016) Social
    Indicators Research 127:983-1003. Cherchye, L. et al. (2007) Social Indicators Research
    82:111-145 (benefit of the doubt).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, cast

import numpy as np
import pandas as pd

from tilannekuva.errors import DataError
from tilannekuva.measures._aggregate import AggregateMethod, aggregate
from tilannekuva.measures._arrays import floats
from tilannekuva.measures._normalise import (
    Direction,
    Directions,
    NormaliseMethod,
    normalise,
    signs,
)
from tilannekuva.measures._rank_interval import rank_interval
from tilannekuva.measures._tables import frame, not_negative
from tilannekuva.measures._treat import impute, treat

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from tilannekuva.measures._arrays import Floats

__all__ = [
    "AggregateMethod",
    "Direction",
    "NormaliseMethod",
    "aggregate",
    "ampi",
    "benefit_of_the_doubt",
    "impute",
    "mpi",
    "normalise",
    "rank_interval",
    "treat",
]

Penalty = Literal["negative", "positive"]

# Five shares of a fifth may add to a hair more than one.
_ROUNDING = 1e-9


def mpi(
    table: pd.DataFrame | ArrayLike, direction: Directions, *, penalty: Penalty = "negative"
) -> pd.Series[float]:
    """Return the Mazziotta-Pareto index: a mean that is lowered by imbalance between indicators.

    Question:
        What is the mean of the indicators when a unit that is uneven between them is marked down?
    Formula:
        z = 100 ± 10(x − M)/S with the population S of each indicator
        MPI = M_z ∓ S_z²/M_z with mean and population standard deviation over the indicators of a
          unit
    Reference:
        De Muro, Mazziotta & Pareto (2011), Social Indicators Research 104.
    Misleads:
        The scale is that of the units of this year: a region can rise without changing. Evenness is
        taken to be good, which is an opinion. Programs that use the sample deviation differ by
        tenths.

    Args:
        table: Units × indicators.
        direction: ``"up"`` or ``"down"`` for all indicators, or one for each.
        penalty: ``"negative"`` where more of the index is better, ``"positive"`` where less is.

    Returns:
        Series by unit around 100; NaN for a unit with a missing indicator.

    Raises:
        DataError: A direction or `penalty` is unknown.

    Example:
        >>> mpi([[1, 1], [2, 3], [3, 2]], "up").round(2).tolist()
        [87.75, 105.77, 105.77]
    """
    checked = frame(table, "table")
    x = checked.to_numpy() * signs(checked.columns, direction)
    plain = pd.DataFrame(x)
    centre, spread = plain.mean().to_numpy(), plain.std(ddof=0).to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        # An indicator that is the same everywhere stands at 100 for all.
        z = 100 + np.where(spread == 0, x - x, 10 * (x - centre) / spread)
    return pd.Series(_penalised(z, penalty), index=checked.index, name="mpi")


def ampi(
    table: pd.DataFrame | ArrayLike,
    direction: Directions,
    goalposts: pd.DataFrame | Mapping[object, object] | ArrayLike,
    penalty: Penalty = "negative",
) -> pd.Series[float]:
    """Return the adjusted Mazziotta-Pareto index, comparable over time.

    Question:
        The same as `mpi`, on a fixed scale that can be compared from year to year.
    Formula:
        r = 70 + 60·(x − Min)/(Max − Min), reversed for "down"; AMPI = M_r ∓ S_r²/M_r
        from a reference value: Min, Max = Ref ∓ (max − min)/2 over the whole table, so that Ref
          gets 100
    Reference:
        Mazziotta & Pareto (2016), Social Indicators Research 127.
    Misleads:
        The goalposts decide how much a step counts in each indicator, so adding a year with a new
        extreme changes every score. A figure of 103 against 101 is rarely a difference.

    Args:
        table: Units × indicators; all years below each other when years are to be compared.
        direction: ``"up"`` or ``"down"`` for all indicators, or one for each.
        goalposts: One reference value for each indicator (for example Finland in the base year), or
            two for each, [Min, Max]: a mapping, a list, or a DataFrame indicators × [low, high].
        penalty: As in `mpi`.

    Returns:
        Series by row; NaN for a row with a missing indicator.

    Raises:
        DataError: As `mpi`, or goalposts that do not fit the indicators or leave no scale.

    Example:
        >>> ampi([[2.0, 5.0], [4.0, 7.0]], "up", [3.0, 6.0]).tolist()
        [70.0, 130.0]
    """
    checked = frame(table, "table")
    sign = signs(checked.columns, direction)
    x = checked.to_numpy()
    low, high = _goalposts(checked, goalposts)
    if (low >= high).any():
        column = checked.columns[low >= high][0]
        msg = f"The goalposts of {column!r} leave no scale; give Min below Max."
        raise DataError(msg)
    from_low = (x - low) / (high - low)
    r = 70 + 60 * np.where(sign > 0, from_low, 1 - from_low)
    return pd.Series(_penalised(r, penalty), index=checked.index, name="ampi")


def benefit_of_the_doubt(
    table: pd.DataFrame | ArrayLike, min_share: float | None = None
) -> pd.Series[float]:
    """Return each unit's score under the weights that flatter it most, at most 1.

    Question:
        How good does each unit look under the weights that suit it best?
    Formula:
        max_w Σ_k w_k x_rk subject to Σ_k w_k x_jk ≤ 1 for every unit j, w ≥ 0; with `min_share` s:
          w_k x_rk ≥ s·Σ_k w_k x_rk
    Reference:
        Cherchye et al. (2007), Social Indicators Research 82.
    Misleads:
        Each unit is judged by a yardstick of its own, many tie at 1, and a unit that leads in one
        indicator needs nothing else. A diplomatic tool: it shows what a unit could say for itself
        and diagnoses nothing.

    Args:
        table: Units × indicators, zero or more, more is better.
        min_share: Least share of each indicator, from 0 to 1/number of indicators.

    Returns:
        Series by unit; NaN for a unit with a missing indicator, which also sets no limit to others.

    Raises:
        DataError: A cell is negative, or `min_share` cannot be met.

    Example:
        >>> benefit_of_the_doubt([[4.0, 1.0], [1.0, 4.0], [2.0, 2.0]]).round(3).tolist()
        [1.0, 1.0, 0.8]
    """
    from scipy.optimize import linprog

    checked = frame(table, "table")
    not_negative(checked, "table")
    k = checked.shape[1]
    if min_share is not None and not 0 <= min_share * k <= 1 + _ROUNDING:
        msg = f"min_share is {min_share}; with {k} indicators it can be 0 to {1 / max(k, 1):.3g}."
        raise DataError(msg)
    x = checked.to_numpy()
    known = ~np.isnan(x).any(axis=1)
    frontier = x[known]
    scores = np.full(len(x), np.nan)
    for unit in np.flatnonzero(known):
        own = x[unit]
        limits, bound = frontier, np.ones(len(frontier))
        if min_share is not None:
            # min_share · Σ w x − w_k x_k ≤ 0 for each indicator k.
            limits = np.vstack([limits, min_share * np.tile(own, (k, 1)) - np.diag(own)])
            bound = np.concatenate([bound, np.zeros(k)])
        # An indicator that nobody has cannot be bounded by the others, nor does it add anything.
        most = [(0, None if column.any() else 0) for column in frontier.T]
        solved = linprog(-own, A_ub=limits, b_ub=bound, bounds=most, method="highs")
        scores[unit] = own @ solved.x
    return pd.Series(scores, index=checked.index, name="benefit_of_the_doubt")


def _penalised(scores: Floats, penalty: Penalty) -> Floats:
    if penalty not in ("negative", "positive"):
        msg = f"penalty is {penalty!r}; give 'negative' or 'positive'."
        raise DataError(msg)
    mean = scores.mean(axis=1)
    imbalance = scores.std(axis=1) ** 2 / mean
    return np.asarray(mean - imbalance if penalty == "negative" else mean + imbalance)


def _goalposts(
    table: pd.DataFrame, goalposts: pd.DataFrame | Mapping[object, object] | ArrayLike
) -> tuple[Floats, Floats]:
    """Return the lower and upper goalpost of each indicator."""
    columns = table.columns
    if isinstance(goalposts, pd.DataFrame):
        posts = floats(goalposts.reindex(columns), "goalposts")
    elif isinstance(goalposts, (Mapping, pd.Series)):
        given = [goalposts[column] for column in columns if column in goalposts]
        posts = floats(cast("ArrayLike", given), "goalposts")
    else:
        posts = floats(goalposts, "goalposts")
    k = len(columns)
    if posts.ndim == 2 and posts.shape == (k, 2) and not np.isnan(posts).any():
        return posts[:, 0], posts[:, 1]
    if posts.ndim == 1 and posts.size == k and not np.isnan(posts).any():
        half = (table.max() - table.min()).to_numpy(dtype=np.float64) / 2
        return posts - half, posts + half
    msg = (
        f"'goalposts' does not fit {k} indicators; give one reference value, or Min and Max, for "
        "each of them."
    )
    raise DataError(msg)
