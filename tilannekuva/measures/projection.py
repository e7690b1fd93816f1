"""Where a series would go by itself, with intervals that are checked on its own past.

A projection is not a scenario and not a plan, and population is never projected here: the official
projection is used. Intervals from model variances are far too narrow on annual series, so these
are the sizes of the errors that the same method made on earlier parts of the series.

References:
    Hyndman, R. J. & Koehler, A. B. (2006) Int. J. Forecasting 22:679-688 (MASE). Vovk, V.,
    Gammerman, A. & Shafer, G. (2005) Algorithmic Learning in a Random World (conformal intervals).
    Makridakis, S. & Hibon, M. (2000) Int. J. Forecasting 16:451-476 (what to expect).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from tilannekuva.errors import DataError
from tilannekuva.measures import _smoothing
from tilannekuva.measures._arrays import floats, maybe, same_length, vector

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import ArrayLike

    from tilannekuva.measures._arrays import Floats

__all__ = ["Fans", "Scores", "backtest", "mase", "project", "project_many", "smape"]

Method = Literal["damped", "theta", "drift", "naive", "median"]
_Forecast = Callable[["Floats", int], "Floats"]

# Below this only the last value is carried on: there is nothing to fit a trend to.
_MIN_N = 8
# Shortest past that a method is tried on, and fewest trials an interval may rest on.
_MIN_TRAINING = 5
_MIN_ORIGINS = 5


@dataclass(frozen=True, slots=True)
class Scores:
    """How a method did on earlier parts of the series; None where it could not be tried.

    Attributes:
        smape: Mean of 200|a − f|/(|a| + |f|), in per cent.
        mase: Mean absolute error over the mean yearly step of the past; below 1 = better than the
            steps, and it should be below `mase_naive`.
        mase_naive: The same for carrying on the last value.
        coverage50: Share of outcomes inside the 50 % interval given before.
        coverage80: Share of outcomes inside the 80 % interval given before.
    """

    smape: float | None
    mase: float | None
    mase_naive: float | None
    coverage50: float | None
    coverage80: float | None


@dataclass(frozen=True, slots=True)
class Fans:
    """Projections of many series; NaN where nothing may be said.

    Attributes:
        value: (series, steps) the series carried on.
        low50: (series, steps) limits that held half of the outcomes of the past.
        high50: (series, steps)
        low80: (series, steps) limits that held four outcomes of five.
        high80: (series, steps)
        mase: (series,) mean absolute error of the past, over the mean yearly step before it.
        mase_naive: (series,) the same for carrying on the last value.
    """

    value: Floats
    low50: Floats
    high50: Floats
    low80: Floats
    high80: Floats
    mase: Floats
    mase_naive: Floats


def project(
    values: ArrayLike,
    periods: ArrayLike,
    horizon: int,
    *,
    method: Method = "damped",
    bounds: tuple[float | None, float | None] = (None, None),
) -> pd.DataFrame:
    """Carry a series on, with 50 % and 80 % intervals from its own past.

    damped: Holt's method with damped trend; theta: simple smoothing with half the slope of the line
    as drift; drift: the line through first and last value; naive: the last value; median: the
    median of these and of simple smoothing.

    Question:
        Where would the series go if it went on as it has, and how wrong has such carrying on been?
    Formula:
        damped: x_{n+h} = l_n + Σ_{k≤h} φ^k b_n; drift: x_n + h·(x_n − x_1)/(n − 1)
        half-width at step h = quantile ⌈(m + 1)·share⌉ of the m absolute errors that the method
          made h steps ahead of earlier origins, never less than at a shorter step
    Reference:
        Gardner & McKenzie (1985), Management Science 31 (damped); Hyndman & Billah (2003), Int. J.
        Forecasting 19 (theta); Vovk, Gammerman & Shafer (2005), Algorithmic Learning in a Random
        World (intervals).
    Misleads:
        It knows no plan, no closure and no crisis: the past goes on, that is all. Intervals hold
        while the future errs like the past. Population has an official projection: use that.

    Args:
        values: (time,) without a gap inside; missing values at the ends are left out. Start after a
            break.
        periods: (time,) years at equal steps.
        horizon: Steps ahead, 1 or more.
        method: One of the five above.
        bounds: Least and most the values can be, for example (0, 100) for percentages.

    Returns:
        DataFrame [period, value, low50, high50, low80, high80], one row for each step. Fewer than 8
        values are carried on as they are. The limits are NaN where fewer than five origins could be
        tried: such a row is not for publishing.

    Raises:
        DataError: Lengths differ, the periods are not at equal steps, a value inside is missing,
            nothing is there, or `horizon` or `method` is wrong.

    Example:
        >>> project(range(10, 22), range(2010, 2022), 2, method="drift")[["period", "value"]]
           period  value
        0    2022   22.0
        1    2023   23.0
    """
    import pandas as pd

    if horizon < 1:
        msg = f"horizon is {horizon}; give the number of steps ahead, 1 or more."
        raise DataError(msg)
    forecast = _method(method)
    x, ahead = _series(values, periods, horizon)
    value = (forecast if x.size >= _MIN_N else _smoothing.naive)(x, horizon)
    half50, half80 = _half_widths(x, horizon, forecast)
    columns = {
        "value": value,
        "low50": value - half50,
        "high50": value + half50,
        "low80": value - half80,
        "high80": value + half80,
    }
    low, high = (limit if limit is not None else np.nan for limit in bounds)
    within = {name: np.fmin(np.fmax(column, low), high) for name, column in columns.items()}
    # fmin and fmax pass over a bound that is not there, but also over a limit that is unknown.
    kept = {
        name: np.where(np.isnan(columns[name]), np.nan, column) for name, column in within.items()
    }
    return pd.DataFrame({"period": ahead, **kept})


def project_many(
    values: ArrayLike,
    horizon: int,
    *,
    low: ArrayLike = np.nan,
    high: ArrayLike = np.nan,
) -> Fans:
    """Carry many series on by damped trend, each tried on its own past, without a loop over them.

    The method "damped" with every beginning of five values and more as an origin; the weights are
    the best of a fixed grid and not searched for, so that one pass over time fits every origin of
    every series.

    Question:
        The same as `project`, for every indicator and region at once.
    Formula:
        As `project` with the method "damped"; scores as `mase` over the origins with all their
          outcomes
    Reference:
        As `project`; Hyndman & Koehler (2006), Int. J. Forecasting 22 (MASE).
    Misleads:
        As `project`. Of many fans some look bold by chance: withhold those whose `mase` is not
        below `mase_naive`.

    Args:
        values: (series, time) at equal steps, aligned to the left and without a gap inside; NaN
            after the end of a series. Start after a break.
        horizon: Steps ahead, 1 or more.
        low: Least that the values can be, one number or (series,); NaN for no bound.
        high: Most that they can be.

    Returns:
        Values of fewer than 8 are carried on as they are. A limit is NaN where fewer than five
        origins could be tried, and the scores are NaN where no origin has all its outcomes or the
        past never changed.

    Raises:
        DataError: A value inside is missing, nothing is there, or `horizon` is wrong.

    Example:
        >>> fans = project_many([[10, 12, 13, 15, 16, 18, 19, 21, 22, 24, 25, 27, 28]], 2)
        >>> fans.value.round(1).tolist(), bool(fans.mase[0] < fans.mase_naive[0])
        ([[29.2, 30.5]], True)
    """
    if horizon < 1:
        msg = f"horizon is {horizon}; give the number of steps ahead, 1 or more."
        raise DataError(msg)
    x = floats(values, "values")
    present = ~np.isnan(x)
    if x.ndim != 2 or not x.size or not present[:, 0].all():
        msg = "Give (series, time) that begin with a value each; leave out what has none."
        raise DataError(msg)
    if (present[:, 1:] > present[:, :-1]).any():
        msg = "A value inside a series is missing; start after it, values are not filled in."
        raise DataError(msg)
    size = present.sum(axis=1)
    level, trend, phi = _smoothing.damped_prefixes(x)
    steps = np.arange(1, horizon + 1)
    # (series, origin, step): what each beginning foresaw; position t knows the values up to t.
    paths = level[..., None] + trend[..., None] * np.cumsum(phi[..., None] ** steps, axis=-1)
    later = np.arange(x.shape[1])[:, None] + steps
    padded = np.concatenate([x, np.full((len(x), horizon), np.nan)], axis=1)
    outcomes = np.where(
        (np.arange(x.shape[1]) >= _MIN_TRAINING - 1)[:, None], padded[:, later], np.nan
    )
    missed = np.abs(outcomes - paths)
    rows = np.arange(len(x))
    last = x[rows, size - 1, None]
    value = np.where((size >= _MIN_N)[:, None], paths[rows, size - 1], last)
    half50, half80 = (_quantiles(missed, share) for share in (0.5, 0.8))
    columns = (value, value - half50, value + half50, value - half80, value + half80)
    least, most = (np.asarray(floats(v, "bounds")).reshape(-1, 1) for v in (low, high))
    within = [
        np.where(np.isnan(column), np.nan, np.fmin(np.fmax(column, least), most))
        for column in columns
    ]
    scores = (_mean_scaled(found, x) for found in (missed, np.abs(outcomes - x[..., None])))
    return Fans(*within, *scores)


def backtest(values: ArrayLike, method: Method, origins: int, *, horizon: int = 1) -> Scores:
    """Try a method on the last origins of a series, each with only what was known then.

    Question:
        How well would this method have done on the last years of this series?
    Formula:
        forecasts from each of the last `origins` beginnings, scored by `smape` and `mase`; coverage
          = share of outcomes inside the interval given before
    Reference:
        Hyndman & Koehler (2006), Int. J. Forecasting 22; Makridakis & Hibon (2000), Int. J.
        Forecasting 16 (what to expect).
    Misleads:
        Origins that follow each other share most of their data: ten of them are not ten proofs. A
        method chosen because it won the backtest will do worse afterwards.

    Args:
        values: (time,) without a gap inside; missing values at the ends are left out.
        method: As in `project`.
        origins: Number of origins, five or more: the last ones with `horizon` outcomes.
        horizon: Steps ahead that are scored, all together.

    Returns:
        All None when the series is too short for so many origins; coverages None when no interval
        could be given at any of them; `smape` None where an outcome and its forecast are both zero;
        `mase` None for a past that never changed.

    Raises:
        DataError: Fewer than five origins, a value inside is missing, or `horizon` or `method` is
            wrong.

    Example:
        >>> scores = backtest([3, 4, 6, 7, 9, 10, 12, 13, 15, 16, 18, 19, 21], "drift", 5)
        >>> round(scores.mase, 2), round(scores.mase_naive, 2)
        (0.37, 1.1)
    """
    if origins < _MIN_ORIGINS or horizon < 1:
        msg = f"{origins} origins and horizon {horizon}; five origins and one step at least."
        raise DataError(msg)
    forecast = _method(method)
    x, _ = _series(values, None, horizon)
    first = x.size - horizon - origins + 1
    if first < _MIN_TRAINING:
        return Scores(None, None, None, None, None)
    rows = [_trial(x, origin, horizon, forecast) for origin in range(first, first + origins)]
    return Scores(*(_mean(column) for column in zip(*rows, strict=True)))


def smape(actual: ArrayLike, forecast: ArrayLike) -> float | None:
    """Return the symmetric mean absolute percentage error, mean of 200|a − f|/(|a| + |f|).

    Question:
        By how many per cent were the forecasts off, counting both sides alike?
    Formula:
        mean of 200·|a − f|/(|a| + |f|)
    Reference:
        Makridakis & Hibon (2000), Int. J. Forecasting 16.
    Misleads:
        Near zero it explodes, and despite its name it punishes a forecast that is too low more than
        one as much too high. Useless for balances and for figures with a zero that means nothing.

    Raises:
        DataError: Lengths differ.

    Example:
        >>> smape([100.0], [150.0])
        40.0
    """
    a, f = vector(actual, "actual"), vector(forecast, "forecast")
    same_length(actual=a, forecast=f)
    size = np.abs(a) + np.abs(f)
    if not a.size or not (size > 0).all():
        return None
    return float((200 * np.abs(a - f) / size).mean())


def mase(actual: ArrayLike, forecast: ArrayLike, past: ArrayLike) -> float | None:
    """Return the mean absolute error over the mean absolute step of the past.

    Question:
        Were the forecasts better than the usual yearly step of the series?
    Formula:
        mean |a − f|/mean |x_t − x_{t−1}| over the past
    Reference:
        Hyndman & Koehler (2006), Int. J. Forecasting 22.
    Misleads:
        The scale is the past's: a series that was calm and then moved has a large MASE with any
        method. Further ahead it grows by itself: compare it with carrying on the last value, not
        with 1.

    Raises:
        DataError: Lengths of outcome and forecast differ.

    Example:
        >>> mase([14.0], [11.0], [8.0, 10.0, 12.0])
        1.5
    """
    a, f, before = vector(actual, "actual"), vector(forecast, "forecast"), vector(past, "past")
    same_length(actual=a, forecast=f)
    steps = np.abs(np.diff(before))
    if not a.size or not steps.size or not steps.mean() > 0:
        return None
    return maybe(float(np.abs(a - f).mean() / steps.mean()))


def _series(
    values: ArrayLike, periods: ArrayLike | None, horizon: int
) -> tuple[Floats, Sequence[float]]:
    """Return the values between the ends and the periods that follow."""
    x = vector(values, "values")
    times = np.arange(x.size, dtype=np.float64) if periods is None else vector(periods, "periods")
    same_length(values=x, periods=times)
    present = np.flatnonzero(~np.isnan(x))
    if not present.size:
        msg = "There is no value to carry on."
        raise DataError(msg)
    x = x[present[0] : present[-1] + 1]
    times = times[present[0] : present[-1] + 1]
    if present.size < x.size:
        msg = "A value inside the series is missing; start after it, values are not filled in."
        raise DataError(msg)
    steps = np.diff(times)
    if np.isnan(times).any() or (steps <= 0).any() or not np.allclose(steps, steps[:1]):
        msg = "The periods must rise by equal steps; give the years of the series."
        raise DataError(msg)
    step = float(steps[0]) if steps.size else 1.0
    ahead = times[-1] + step * np.arange(1, horizon + 1)
    whole = bool((ahead == np.floor(ahead)).all())
    return x, [int(period) if whole else float(period) for period in ahead]


def _median(values: Floats, horizon: int) -> Floats:
    methods = ("naive", "drift", "ses", "theta", "damped")
    paths = [getattr(_smoothing, name)(values, horizon) for name in methods]
    return np.asarray(np.median(paths, axis=0), dtype=np.float64)


def _method(name: Method) -> _Forecast:
    methods: dict[str, _Forecast] = {
        "damped": _smoothing.damped,
        "theta": _smoothing.theta,
        "drift": _smoothing.drift,
        "naive": _smoothing.naive,
        "median": _median,
    }
    if name not in methods:
        msg = f"method is {name!r}; give one of {', '.join(methods)}."
        raise DataError(msg)
    return methods[name]


def _half_widths(x: Floats, horizon: int, forecast: _Forecast) -> tuple[Floats, Floats]:
    """Return the half-widths of the 50 % and 80 % interval for each step ahead."""
    errors = np.full((max(x.size - _MIN_TRAINING, 0), horizon), np.nan)
    for row, origin in enumerate(range(_MIN_TRAINING, x.size)):
        outcomes = x[origin : origin + horizon]
        missed = np.abs(outcomes - forecast(x[:origin], horizon)[: outcomes.size])
        errors[row, : outcomes.size] = missed
    ordered = np.sort(errors, axis=0)
    tried = np.count_nonzero(~np.isnan(errors), axis=0)
    widths = []
    for share in (0.5, 0.8):
        rank = np.minimum(np.ceil((tried + 1) * share).astype(np.intp), tried)
        enough = (tried >= _MIN_ORIGINS) & (rank >= 1)
        width = np.full(horizon, np.nan)
        for step in np.flatnonzero(enough):
            width[step] = ordered[rank[step] - 1, step]
        # Further ahead is never surer; NaN stands at the far end only and stays.
        widths.append(np.maximum.accumulate(width))
    return widths[0], widths[1]


def _trial(
    x: Floats, origin: int, horizon: int, forecast: _Forecast
) -> tuple[float | None, float | None, float | None, float | None, float | None]:
    past, outcome = x[:origin], x[origin : origin + horizon]
    path = forecast(past, horizon)
    missed = np.abs(outcome - path)
    half50, half80 = _half_widths(past, horizon, forecast)
    return (
        smape(outcome, path),
        mase(outcome, path, past),
        mase(outcome, _smoothing.naive(past, horizon), past),
        _share_inside(missed, half50),
        _share_inside(missed, half80),
    )


def _share_inside(missed: Floats, half: Floats) -> float | None:
    known = ~np.isnan(half)
    return float((missed[known] <= half[known]).mean()) if known.any() else None


def _mean(scores: Sequence[float | None]) -> float | None:
    known = [score for score in scores if score is not None]
    return math.fsum(known) / len(known) if known else None


def _quantiles(missed: Floats, share: float) -> Floats:
    """Return the half-width (series, steps) of the interval that held a share of the outcomes.

    The errors are (series, origins, steps); the rule is that of `project`.
    """
    ordered = np.sort(missed, axis=1)
    tried = np.count_nonzero(~np.isnan(missed), axis=1)
    rank = np.minimum(np.ceil((tried + 1) * share).astype(np.intp), tried)
    picked = np.take_along_axis(ordered, np.maximum(rank - 1, 0)[:, None, :], axis=1)[:, 0]
    width = np.where(tried >= _MIN_ORIGINS, picked, np.nan)
    return np.asarray(np.maximum.accumulate(width, axis=1))


def _mean_scaled(missed: Floats, x: Floats) -> Floats:
    """Return the mean over origins with all their outcomes of error over the steps of the past."""
    moved = np.cumsum(np.abs(np.diff(x, axis=1, prepend=x[:, :1])), axis=1)
    usual = moved / np.maximum(np.arange(x.shape[1]), 1)
    error = missed.mean(axis=-1)
    fits = ~np.isnan(error) & (usual > 0)
    scaled = np.where(fits, error / np.where(fits, usual, 1.0), 0.0)
    count = fits.sum(axis=1)
    return np.where(count > 0, scaled.sum(axis=1) / np.maximum(count, 1), np.nan)
