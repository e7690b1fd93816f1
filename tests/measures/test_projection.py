"""Point forecasts, intervals from the past, and scores."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tilannekuva.errors import DataError
from tilannekuva.measures import _smoothing
from tilannekuva.measures.projection import (
    Scores,
    backtest,
    mase,
    project,
    project_many,
    smape,
)

METHODS = ["damped", "theta", "drift", "naive", "median"]
YEARS = range(2005, 2025)
LINE = np.arange(20.0) * 3 + 7


def walk(seed, n=20):
    return np.random.default_rng(seed).normal(1, 2, size=n).cumsum() + 50


# --- point forecasts ----------------------------------------------------------------------------


def test_each_method_on_a_line():
    ahead = LINE[-1] + 3 * np.arange(1, 5)
    for method in ("drift", "theta"):
        value = project(LINE, YEARS, 4, method=method)["value"]
        share = 1.0 if method == "drift" else 0.5
        np.testing.assert_allclose(value, LINE[-1] + share * (ahead - LINE[-1]), rtol=1e-3)
    assert (project(LINE, YEARS, 4, method="naive")["value"] == LINE[-1]).all()
    damped = project(LINE, YEARS, 4)["value"]
    # The trend is kept, damped by at least 2 % a year.
    assert (np.diff(damped) > 0).all()
    assert (damped < ahead).all()


@pytest.mark.parametrize("method", METHODS)
def test_no_change_goes_on_without_change_and_with_certainty(method):
    found = project([5.0] * 15, range(2010, 2025), 3, method=method)
    assert found["period"].tolist() == [2025, 2026, 2027]
    for column in ("value", "low50", "high50", "low80", "high80"):
        np.testing.assert_allclose(found[column], 5.0, atol=1e-9)


def test_median_lies_among_the_methods():
    x = walk(3)
    paths = [
        getattr(_smoothing, name)(x, 5) for name in ("naive", "drift", "ses", "theta", "damped")
    ]
    np.testing.assert_allclose(
        project(x, YEARS, 5, method="median")["value"], np.median(paths, axis=0)
    )


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.sampled_from(METHODS), st.sampled_from([0.01, 1000.0]))
def test_forecasts_follow_the_unit_and_the_level(seed, method, scale):
    x = walk(seed, 12)
    one = project(x, range(12), 3, method=method)
    other = project(scale * (x + 40), range(12), 3, method=method)
    spread = np.ptp(x)
    np.testing.assert_allclose(
        other["value"] / scale - 40, one["value"], atol=1e-5 * spread, rtol=1e-6
    )


def test_the_fit_is_no_worse_than_any_weights_tried():
    x = walk(7, 16)
    best = _smoothing.fit(x, trended=True)
    random = np.random.default_rng(1).uniform([1e-4, 1e-4, 0.8], [0.9999, 0.9999, 0.98], (500, 3))
    assert best.sse <= _smoothing._errors(x, random, trended=True).min() + 1e-9
    level = _smoothing.fit(x, trended=False)
    weights = np.column_stack([np.linspace(1e-4, 0.9999, 500), *np.full((2, 500), 0.9)])
    assert level.sse <= _smoothing._errors(x, weights, trended=False).min() * (1 + 1e-9)


def test_the_start_is_that_of_least_squares():
    x = walk(11, 9)
    alpha, share, phi = 0.4, 0.3, 0.9

    def errors(values, level, trend):
        found = []
        for value in values:
            ahead = level + phi * trend
            found.append(value - ahead)
            level = ahead + alpha * found[-1]
            trend = phi * trend + alpha * share * found[-1]
        return np.array(found)

    own = errors(x, 0.0, 0.0)
    starts = np.column_stack([errors(0 * x, 1.0, 0.0), errors(0 * x, 0.0, 1.0)])
    (level, trend), (sse,), *_ = np.linalg.lstsq(starts, -own, rcond=None)
    found = _smoothing._run(x, np.array([[alpha, share, phi]]), trended=True)
    assert [part[0] for part in found[:3]] == pytest.approx([sse, level, trend])


def test_theta_is_smoothing_with_half_the_slope():
    x = walk(6, 15)
    model = _smoothing.fit(x, trended=False)
    slope = np.polyfit(range(15), x, 1)[0]
    lag = (1 - (1 - model.alpha) ** 15) / model.alpha
    expected = model.level + slope / 2 * (np.arange(3) + lag)
    np.testing.assert_allclose(project(x, range(15), 3, method="theta")["value"], expected)


def recursion(x, alpha, beta, phi, level, trend):
    sse = 0.0
    for value in x:
        ahead = level + phi * trend
        error = value - ahead
        level, trend, sse = ahead + alpha * error, phi * trend + beta * error, sse + error**2
    return level, trend, sse


def test_the_fitted_states_are_those_of_the_recursion():
    x = walk(9, 15)
    model = _smoothing.fit(x, trended=True)
    start = (model.alpha, model.beta, model.phi, model.first_level, model.first_trend)
    level, trend, sse = recursion(x, *start)
    assert (level, trend, sse) == pytest.approx((model.level, model.trend, model.sse))


# --- intervals ----------------------------------------------------------------------------------


def test_limits_are_quantiles_of_earlier_errors():
    x = walk(5, 16)
    found = project(x, range(16), 2, method="naive")
    missed = np.sort(np.abs(np.diff(x))[4:])
    assert missed.size == 11
    # ⌈12 · 0.5⌉ = 6th and ⌈12 · 0.8⌉ = 10th of eleven errors one step ahead.
    half50 = (found["high50"] - found["low50"])[0] / 2
    half80 = (found["high80"] - found["low80"])[0] / 2
    assert (half50, half80) == pytest.approx((missed[5], missed[9]))


@pytest.mark.parametrize("seed", range(4))
def test_intervals_widen_and_lie_within_each_other(seed):
    found = project(walk(seed), YEARS, 6, method="theta")
    assert (found["low80"] <= found["low50"]).all()
    assert (found["low50"] <= found["value"]).all()
    assert (found["value"] <= found["high50"]).all()
    width = found["high80"] - found["low80"]
    assert (np.diff(width) >= -1e-9).all()


def test_no_interval_without_five_trials():
    found = project(walk(1, 12), range(12), 5, method="drift")
    # Seven origins for one step ahead, six, five, then four.
    assert found["low80"].isna().tolist() == [False, False, False, True, True]
    assert found["high50"].isna().tolist() == [False, False, False, True, True]
    assert found["value"].notna().all()


@pytest.mark.parametrize("method", METHODS)
def test_few_values_are_carried_on_without_interval(method):
    found = project([1.0, 5.0, 2.0, 9.0, 4.0, 6.0, 7.0], range(7), 2, method=method)
    assert found["value"].tolist() == [7, 7]
    assert found[["low50", "high80"]].isna().all(axis=None)


def test_bounds_hold_values_and_limits():
    x = np.linspace(60, 99, 20) + np.tile([0, 0.8], 10)
    found = project(x, YEARS, 8, method="drift", bounds=(None, 100))
    assert (found[["value", "high80"]].fillna(0) <= 100).all(axis=None)
    assert found["value"].iloc[-1] == 100
    free = project(x, YEARS, 8, method="drift")
    assert free["value"].iloc[-1] > 100
    np.testing.assert_array_equal(free["low80"].isna(), found["low80"].isna())
    falling = project(x[::-1] - 59, YEARS, 9, method="drift", bounds=(0, None))
    assert falling["value"].min() == 0


def test_missing_ends_are_left_out_and_periods_go_on():
    x = [math.nan, *walk(2, 10), math.nan, math.nan]
    found = project(x, range(2010, 2023), 2, method="drift")
    assert found["period"].tolist() == [2021, 2022]
    halves = project(walk(2, 10), np.arange(2015, 2020, 0.5), 1)
    assert halves["period"].tolist() == [2020]


@pytest.mark.parametrize(
    ("values", "periods", "horizon", "method", "message"),
    [
        ([1, 2, math.nan, 4], range(4), 1, "drift", "inside"),
        ([math.nan], [1], 1, "drift", "no value"),
        ([1, 2, 3], [2000, 2001, 2003], 1, "drift", "equal steps"),
        ([1, 2, 3], [2002, 2001, 2000], 1, "drift", "equal steps"),
        ([1, 2, 3], [2000, 2001], 1, "drift", "equally long"),
        ([1, 2, 3], range(3), 0, "drift", "horizon"),
        ([1, 2, 3], range(3), 1, "arima", "method"),
    ],
)
def test_wrong_series_are_refused(values, periods, horizon, method, message):
    with pytest.raises(DataError, match=message):
        project(values, periods, horizon, method=method)


# --- backtest and scores ------------------------------------------------------------------------


def test_backtest_by_hand_for_naive():
    x = walk(4, 18)
    found = backtest(x, "naive", 6)
    assert found.mase == found.mase_naive
    ratios = [abs(x[t] - x[t - 1]) / np.abs(np.diff(x[:t])).mean() for t in range(12, 18)]
    assert found.mase == pytest.approx(np.mean(ratios))
    symmetric = [200 * abs(x[t] - x[t - 1]) / (abs(x[t]) + abs(x[t - 1])) for t in range(12, 18)]
    assert found.smape == pytest.approx(np.mean(symmetric))
    assert 0 <= found.coverage50 <= found.coverage80 <= 1


def test_drift_beats_naive_on_a_line_and_is_always_inside():
    found = backtest(LINE, "drift", 8, horizon=2)
    assert found.mase == pytest.approx(0, abs=1e-12)
    assert found.mase_naive == pytest.approx(1.5)
    assert found.smape == pytest.approx(0, abs=1e-9)


def test_intervals_cover_about_what_they_say():
    # 80 % of outcomes of independent steps, over many series.
    scores = [backtest(walk(seed, 40), "drift", 20) for seed in range(40)]
    assert np.mean([s.coverage80 for s in scores]) == pytest.approx(0.8, abs=0.05)
    assert np.mean([s.coverage50 for s in scores]) == pytest.approx(0.5, abs=0.06)


def test_short_series_have_no_scores():
    assert backtest(walk(1, 9), "drift", 5) == Scores(None, None, None, None, None)
    some = backtest(walk(1, 10), "drift", 5)
    assert some.mase is not None
    # No earlier part was long enough to have an interval.
    assert some.coverage80 is None
    with pytest.raises(DataError, match="five origins"):
        backtest(walk(1, 30), "drift", 4)
    with pytest.raises(DataError, match="one step"):
        backtest(walk(1, 30), "drift", 5, horizon=0)


def test_scores_without_a_scale_are_none():
    assert smape([0.0], [0.0]) is None
    assert smape([], []) is None
    assert smape([math.nan], [1.0]) is None
    assert mase([1.0], [2.0], [3.0, 3.0]) is None
    assert mase([1.0], [2.0], [3.0]) is None
    assert backtest([5.0] * 20, "naive", 5).mase is None


def test_scores_against_the_archived_competition(oracle):
    data = oracle("m3_yearly_accuracy")
    published = data["expected"]["published_methods"]
    for at, series in enumerate(data["sample"].values()):
        for method in ("THETA", "NAIVE2", "DAMPEN"):
            path = series[method]
            expected = published[method]
            found = smape(series["actual"], path)
            assert found == pytest.approx(expected["sMAPE_series"][at], rel=1e-9)
            found = mase(series["actual"], path, series["x"])
            assert found == pytest.approx(expected["MASE_series"][at], rel=1e-9)


def test_forecasts_against_r(oracle):
    for name, series in oracle("forecast_annual")["series"].items():
        x, expected = np.array(series["x"], float), series["expected"]
        steps = len(expected["naive"]["mean"])
        for method in ("naive", "drift"):
            found = project(x, range(x.size), steps, method=method)["value"]
            np.testing.assert_allclose(found, expected[method]["mean"], rtol=1e-9, err_msg=name)
        found = project(x, range(x.size), steps, method="theta")["value"]
        np.testing.assert_allclose(found, expected["theta"]["mean"], rtol=1e-2, err_msg=name)
        # Theirs stops at a local optimum: ours may not be less likely.
        for trended, key in ((True, "damped_holt"), (False, "ses")):
            sse = _smoothing.fit(x, trended=trended).sse
            likelihood = -x.size / 2 * math.log(sse)
            assert likelihood >= expected[key]["loglik"] - 1e-2, (name, key)
        fixed = expected["damped_fixed"]
        start = (fixed[key] for key in ("alpha", "beta", "phi", "l0", "b0"))
        weights = np.array([[fixed["alpha"], fixed["beta"] / fixed["alpha"], fixed["phi"]]])
        level, trend, _ = recursion(x, *start)
        assert (level, trend) == pytest.approx((fixed["last_level"], fixed["last_trend"]), rel=1e-9)
        path = _smoothing.damped_forecast(level, trend, fixed["phi"], steps)
        np.testing.assert_allclose(path, fixed["mean"], rtol=1e-9, err_msg=name)
        # The best start for these weights cannot do worse than the fixed one.
        sse = _smoothing._errors(x, weights, trended=True)[0]
        first = (fixed[key] for key in ("alpha", "beta", "phi", "l0", "b0"))
        assert sse <= recursion(x, *first)[2] * (1 + 1e-12)


# --- many at once -------------------------------------------------------------------------------


def slow(x, horizon):
    """The damped forecast by the best weights of the grid, fitted to one series alone."""
    costs = _smoothing._errors(x, _smoothing.GRID, trended=True)
    model = _smoothing._model(x, _smoothing.GRID[int(costs.argmin())], trended=True)
    return _smoothing.damped_forecast(model.level, model.trend, model.phi, horizon)


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.integers(10, 18), st.integers(1, 5))
def test_many_are_what_each_is_alone(seed, n, horizon):
    x = walk(seed, n)
    found = project_many([x], horizon)
    np.testing.assert_allclose(found.value[0], slow(x, horizon), rtol=1e-7)
    # The rules of the intervals and the scores are those of the single series.
    missed = [np.abs(x[k : k + horizon] - slow(x[:k], horizon)[: n - k]) for k in range(5, n)]
    for step in range(horizon):
        errors = sorted(m[step] for m in missed if m.size > step)
        if len(errors) < 5:
            assert math.isnan(found.low80[0, step])
            continue
        for share, high in ((0.5, found.high50), (0.8, found.high80)):
            place = min(math.ceil((len(errors) + 1) * share), len(errors))
            assert high[0, step] - found.value[0, step] >= errors[place - 1] * (1 - 1e-9)
    whole = range(5, n - horizon + 1)
    scores = [
        (
            mase(x[k : k + horizon], slow(x[:k], horizon), x[:k]),
            mase(x[k : k + horizon], np.full(horizon, x[k - 1]), x[:k]),
        )
        for k in whole
    ]
    if scores:
        own, naive = np.mean(scores, axis=0)
        assert (found.mase[0], found.mase_naive[0]) == pytest.approx((own, naive))
    else:
        assert math.isnan(found.mase[0])


def test_naive_scores_are_those_of_the_backtest():
    x = walk(4, 16)
    scores = backtest(x, "naive", 9, horizon=3)
    assert project_many([x], 3).mase_naive[0] == pytest.approx(scores.mase_naive)


@given(st.lists(st.integers(0, 10_000), min_size=2, max_size=5, unique=True))
def test_series_of_different_lengths_do_not_disturb_each_other(seeds):
    lengths = [9 + seed % 9 for seed in seeds]
    table = np.full((len(seeds), 18), np.nan)
    for row, (seed, n) in enumerate(zip(seeds, lengths, strict=True)):
        table[row, :n] = walk(seed, n)
    together = project_many(table, 3)
    for row, (seed, n) in enumerate(zip(seeds, lengths, strict=True)):
        alone = project_many([walk(seed, n)], 3)
        for field in ("value", "low50", "high50", "low80", "high80", "mase", "mase_naive"):
            np.testing.assert_allclose(
                getattr(together, field)[row], getattr(alone, field)[0], rtol=1e-9
            )


def test_many_widen_stay_within_bounds_and_lie_within_each_other():
    table = np.array([walk(seed, 20) for seed in range(40)])
    found = project_many(table, 5, low=table.min(axis=1), high=table.max(axis=1) + 1)
    order = [found.low80, found.low50, found.value, found.high50, found.high80]
    assert all((a <= b).all() for a, b in itertools.pairwise(order))
    assert (found.low80 >= table.min(axis=1)[:, None]).all()
    assert (found.high80 <= table.max(axis=1)[:, None] + 1).all()
    free = project_many(table, 5)
    assert (np.diff(free.high80 - free.low80, axis=1) >= -1e-9).all()


def test_the_grid_is_near_the_search():
    ratios = [
        project_many([x], 3).mase[0] / backtest(x, "damped", 8, horizon=3).mase
        for x in (walk(seed, 15) for seed in range(6))
    ]
    assert 0.85 < np.mean(ratios) < 1.15


def test_a_short_series_is_only_carried_on():
    found = project_many([[3.0, 4.0, 9.0, 8.0, 7.0]], 2)
    assert found.value.tolist() == [[7.0, 7.0]]
    assert np.isnan(found.low80).all()


@pytest.mark.parametrize(
    ("values", "horizon", "said"),
    [
        ([[1.0, 2.0]], 0, "horizon"),
        ([[1.0, float("nan"), 2.0]], 1, "inside"),
        ([[float("nan"), 2.0]], 1, "begin"),
        ([1.0, 2.0], 1, "begin"),
    ],
)
def test_many_that_cannot_be_carried_on_are_refused(values, horizon, said):
    with pytest.raises(DataError, match=said):
        project_many(values, horizon)
