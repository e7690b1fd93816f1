"""Bring indicators to a common scale where more is better (public names in `composite`).

References:
    OECD & JRC (2008) Handbook on Constructing Composite Indicators. Becker, W. et al. (2022)
    J. Open Source Software 7(78):4567 (definitions of the distance methods).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from tilannekuva.errors import DataError
from tilannekuva.measures._tables import frame

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from tilannekuva.measures._arrays import Floats

__all__ = ["Direction", "Directions", "NormaliseMethod", "normalise", "per_column", "signs"]

Direction = Literal["up", "down"]
Directions = Direction | Mapping[object, Direction] | Sequence[Direction]
NormaliseMethod = Literal[
    "minmax",
    "zscore",
    "rank",
    "percentile",
    "borda",
    "distance_to_max",
    "distance_to_reference",
    "distance_to_target",
    "goalposts",
]
# What each method may be given, with what it takes otherwise; None must be given.
_BOUNDS: dict[str, dict[str, object]] = {
    "minmax": {"low": 0.0, "high": 100.0},
    "zscore": {"mean": 0.0, "sd": 1.0},
    "rank": {},
    "percentile": {},
    "borda": {},
    "distance_to_max": {},
    "distance_to_reference": {"reference": None},
    "distance_to_target": {"target": None, "cap": True},
    "goalposts": {"low": None, "high": None, "scale": 1.0, "cap": True},
}


def normalise(
    table: pd.DataFrame | ArrayLike,
    method: NormaliseMethod,
    direction: Directions,
    **bounds: object,
) -> pd.DataFrame:
    """Return the indicators on a common scale where more is better.

    With x turned to its negative for direction ``"down"``:

    - ``minmax``: low + (x − min)/(max − min)·(high − low); bounds `low` = 0, `high` = 100.
    - ``zscore``: mean + sd·(x − x̄)/s with the sample s; bounds `mean` = 0, `sd` = 1.
    - ``rank``: 1 for the worst, equal values share the smaller number; ``percentile``:
      (rank − 1)/(n − 1); ``borda``: rank − 1.
    - ``distance_to_max``: 1 − (max − x)/(max − min).
    - ``distance_to_reference``: 1 − (x_ref − x)/(x_ref − min), NaN where the reference is the
      worst; bound `reference` is the label of a row, or a value for each column.
    - ``distance_to_target``: (x − min)/(target − min), at most 1 unless `cap` is False; bound
      `target` is a value for each column.
    - ``goalposts``: scale·(x − low)/(high − low), kept within 0…scale unless `cap` is False; bounds
      `low`, `high` in the unit of each column whatever its direction, `scale` = 1. The only method
      comparable over time.

    Question:
        How do indicators in different units get onto one scale where more is better?
    Formula:
        minmax: low + (x − min)/(max − min)·(high − low); zscore: mean + sd·(x − x̄)/s with the
          sample s
        rank: 1 for the worst; percentile: (rank − 1)/(n − 1); borda: rank − 1
        distance_to_max: 1 − (max − x)/(max − min); distance_to_reference: 1 − (x_ref − x)/(x_ref −
          min); distance_to_target: (x − min)/(target − min)
        goalposts: scale·(x − low)/(high − low)
    Reference:
        OECD & JRC (2008), Handbook on Constructing Composite Indicators, step 5; Becker et al.
        (2022), JOSS 7(78):4567 (distances).
    Misleads:
        Minimum and maximum of nineteen regions let one outlier set the scale for all. Only
        goalposts can be compared over time. A scale makes units comparable on paper, not their
        importance.

    Args:
        table: Units × indicators, NaN is missing and stays missing.
        method: One of the above.
        direction: ``"up"`` or ``"down"`` for all columns, or one for each (list or mapping).
        **bounds: As above; one value, or one for each column (list, mapping or Series).

    Returns:
        DataFrame shaped as `table`. An indicator that is the same everywhere gets the middle of the
        scale (minmax, percentile, distances: half; zscore: the mean): it tells nothing apart.

    Raises:
        DataError: Method, direction or bound is unknown, missing or does not fit the columns, or
            goalposts or target leave no scale.

    Example:
        >>> normalise([[2.0, 10], [4, 30], [6, 20]], "minmax", ["up", "down"])
               0      1
        0    0.0  100.0
        1   50.0    0.0
        2  100.0   50.0
    """
    if method not in _BOUNDS:
        msg = f"method is {method!r}; give one of {', '.join(_BOUNDS)}."
        raise DataError(msg)
    checked = frame(table, "table")
    sign = signs(checked.columns, direction)
    given = _checked_bounds(method, bounds)
    x = checked.to_numpy() * sign
    scaled = _SCALES[method](x, checked, sign, given)
    return pd.DataFrame(scaled, index=checked.index, columns=checked.columns)


def signs(columns: pd.Index, direction: Directions) -> Floats:
    """Return +1 for each column where more is better and −1 where less is.

    Raises:
        DataError: A column has no direction, or one that is not 'up' or 'down'.
    """
    if isinstance(direction, str):
        words: list[object] = [direction] * len(columns)
    elif isinstance(direction, (Mapping, pd.Series)):
        words = [direction.get(column) for column in columns]
    else:
        words = list(direction)
    if len(words) != len(columns):
        msg = f"There are {len(columns)} indicators and {len(words)} directions; give one for each."
        raise DataError(msg)
    for column, word in zip(columns, words, strict=True):
        if word not in ("up", "down"):
            msg = (
                f"Indicator {column!r} has direction {word!r}; an index needs 'up' or 'down'. "
                "Leave out indicators without direction."
            )
            raise DataError(msg)
    return np.where(np.array([word == "up" for word in words], dtype=bool), 1.0, -1.0)


def per_column(columns: pd.Index, values: object, what: str) -> Floats:
    """Return one number for each column from a number, list, mapping or Series.

    Raises:
        DataError: A column has no value, or the number of values differs.
    """
    if isinstance(values, (Mapping, pd.Series)):
        missing = [column for column in columns if column not in values]
        if missing:
            msg = f"'{what}' has no value for indicator {missing[0]!r}; give one for each."
            raise DataError(msg)
        values = [values[column] for column in columns]
    try:
        numbers = np.asarray(values, dtype=np.float64)
        found = np.broadcast_to(numbers, (len(columns),))
    except (TypeError, ValueError) as error:
        msg = f"'{what}' must be one number or one for each of the {len(columns)} indicators."
        raise DataError(msg) from error
    if not np.isfinite(found).all():
        msg = f"'{what}' has a missing or infinite value; give a number for each indicator."
        raise DataError(msg)
    return found


def _checked_bounds(method: str, bounds: dict[str, object]) -> dict[str, object]:
    known = _BOUNDS[method]
    unknown = sorted(set(bounds) - set(known))
    if unknown:
        allowed = ", ".join(known) or "none"
        msg = f"{method} has no bound {unknown[0]!r}; it knows {allowed}."
        raise DataError(msg)
    given = {**known, **bounds}
    missing = [name for name, value in given.items() if value is None]
    if missing:
        msg = f"{method} needs {' and '.join(missing)}; give one number or one for each indicator."
        raise DataError(msg)
    return given


_Scale = Callable[["Floats", pd.DataFrame, "Floats", dict[str, object]], "Floats"]


def _minmax(x: Floats, table: pd.DataFrame, _: Floats, given: dict[str, object]) -> Floats:
    low = per_column(table.columns, given["low"], "low")
    high = per_column(table.columns, given["high"], "high")
    return low + _unit(x, _least(x), _most(x)) * (high - low)


def _zscore(x: Floats, table: pd.DataFrame, _: Floats, given: dict[str, object]) -> Floats:
    mean = per_column(table.columns, given["mean"], "mean")
    sd = per_column(table.columns, given["sd"], "sd")
    frame_ = pd.DataFrame(x)
    centre, spread = frame_.mean().to_numpy(), frame_.std(ddof=1).to_numpy()
    same = _most(x) == _least(x)
    with np.errstate(divide="ignore", invalid="ignore"):
        standard = np.where(same, x - x, (x - centre) / spread)
    return np.asarray(mean + sd * standard)


def _rank(x: Floats, _table: pd.DataFrame, _sign: Floats, _given: dict[str, object]) -> Floats:
    return np.asarray(pd.DataFrame(x).rank(method="min"), dtype=np.float64)


def _borda(x: Floats, table: pd.DataFrame, sign: Floats, given: dict[str, object]) -> Floats:
    return _rank(x, table, sign, given) - 1


def _percentile(x: Floats, table: pd.DataFrame, sign: Floats, given: dict[str, object]) -> Floats:
    n = np.count_nonzero(~np.isnan(x), axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (_rank(x, table, sign, given) - 1) / (n - 1)
    return np.where((_most(x) == _least(x)) & ~np.isnan(x), 0.5, share)


def _to_max(x: Floats, _table: pd.DataFrame, _sign: Floats, _given: dict[str, object]) -> Floats:
    return _unit(x, _least(x), _most(x))


def _to_reference(x: Floats, table: pd.DataFrame, sign: Floats, given: dict[str, object]) -> Floats:
    reference = given["reference"]
    if isinstance(reference, (str, int, float)):
        if reference not in table.index:
            msg = f"The reference {reference!r} is not a row of the table; give one that is."
            raise DataError(msg)
        level = x[int(np.flatnonzero(table.index == reference)[0])]
    else:
        level = sign * per_column(table.columns, reference, "reference")
    # A reference that is itself the worst leaves nothing to measure by.
    usable = (level != _least(x)) | (_most(x) == _least(x))
    return np.where(usable, _unit(x, _least(x), level), np.nan)


def _to_target(x: Floats, table: pd.DataFrame, sign: Floats, given: dict[str, object]) -> Floats:
    target = sign * per_column(table.columns, given["target"], "target")
    least = _least(x)
    if (target <= least).any():
        column = table.columns[target <= least][0]
        msg = f"The target of {column!r} is no better than the worst unit; nobody is short of it."
        raise DataError(msg)
    share = _unit(x, least, target)
    return np.minimum(share, 1.0) if given["cap"] else share


def _goalposts(x: Floats, table: pd.DataFrame, sign: Floats, given: dict[str, object]) -> Floats:
    low = per_column(table.columns, given["low"], "low")
    high = per_column(table.columns, given["high"], "high")
    scale = per_column(table.columns, given["scale"], "scale")
    if (low >= high).any():
        column = table.columns[low >= high][0]
        msg = f"The goalposts of {column!r} leave no scale: low must be below high."
        raise DataError(msg)
    worst, best = np.where(sign > 0, low, -high), np.where(sign > 0, high, -low)
    share = (x - worst) / (best - worst)
    return np.asarray(scale * (np.clip(share, 0.0, 1.0) if given["cap"] else share))


_SCALES: dict[str, _Scale] = {
    "minmax": _minmax,
    "zscore": _zscore,
    "rank": _rank,
    "percentile": _percentile,
    "borda": _borda,
    "distance_to_max": _to_max,
    "distance_to_reference": _to_reference,
    "distance_to_target": _to_target,
    "goalposts": _goalposts,
}


def _unit(x: Floats, worst: Floats, best: Floats) -> Floats:
    """Return (x − worst)/(best − worst); a half where there is no distance between them."""
    span = best - worst
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((span == 0) & ~np.isnan(x), 0.5, (x - worst) / span)


def _least(x: Floats) -> Floats:
    return np.asarray(np.fmin.reduce(x, axis=0, initial=np.nan), dtype=np.float64)


def _most(x: Floats) -> Floats:
    return np.asarray(np.fmax.reduce(x, axis=0, initial=np.nan), dtype=np.float64)
