"""Trend, index, growth and level shifts: closed forms, properties and independent results."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from tilannekuva.errors import DataError
from tilannekuva.measures import change

# Few distinct values make ties, None makes gaps; both are the rule in published tables.
VALUES = st.lists(st.none() | st.integers(-6, 6).map(float), min_size=0, max_size=14)


def plain(values):
    return [math.nan if v is None else v for v in values]


# --- trend: known answers ------------------------------------------------------------------------


def test_exact_p_is_the_share_of_orders_at_least_as_extreme():
    x = [1, 3, 2, 5, 4, 6]

    def s(order):
        return sum(np.sign(b - a) for a, b in itertools.combinations(order, 2))

    orders = list(itertools.permutations(range(6)))
    extreme = sum(abs(s(order)) >= abs(s(x)) for order in orders)
    found = change.trend(x)
    assert found.exact
    assert found.p == pytest.approx(extreme / len(orders), rel=1e-12)


@pytest.mark.parametrize("n", range(6, 11))
def test_exact_p_agrees_with_scipy(n):
    rng = np.random.default_rng(n)
    for _ in range(20):
        x = rng.permutation(n)
        expected = stats.kendalltau(np.arange(n), x, method="exact")
        found = change.trend(x)
        assert found.p == pytest.approx(expected.pvalue, rel=1e-12)
        assert found.tau_b == pytest.approx(expected.statistic, rel=1e-12)


def test_exact_only_from_6_to_10_values_without_ties():
    assert change.trend(range(10)).exact
    assert not change.trend(range(11)).exact
    assert not change.trend([0, 1, 2, 3, 4, 4]).exact


@pytest.mark.parametrize("n", range(6))
def test_no_p_below_six_values(n):
    found = change.trend([1.0, 2.0, 3.0, 4.0, 5.0][:n])
    assert found.n == n
    assert found.p is None
    assert found.exact is False


def test_ties_make_tau_a_and_tau_b_differ():
    found = change.trend([1, 1, 2, 3, 4, 5])
    assert found.tau_a == pytest.approx(14 / 15)
    assert found.tau_b == pytest.approx(14 / math.sqrt(15 * 14))
    # n(n−1)(2n+5) = 510 and one pair of equals takes 2·1·9 away.
    assert found.var_s == pytest.approx((510 - 18) / 18)


def test_no_change_is_slope_zero_and_p_one():
    found = change.trend([5.0] * 8, range(2015, 2023))
    assert (found.s, found.slope, found.z, found.p) == (0, 0.0, 0.0, 1.0)
    assert (found.slope_low, found.slope_high) == (0.0, 0.0)
    assert found.tau_b is None
    assert found.intercept == 5.0


def test_all_missing_gives_nothing():
    found = change.trend([math.nan] * 7)
    assert (found.n, found.s, found.var_s) == (0, 0, 0.0)
    assert found.z is found.p is found.slope is found.intercept is found.tau_a is None


def test_one_value_has_no_slope():
    found = change.trend([3.0])
    assert found.n == 1
    assert found.slope is found.z is found.slope_low is None


def test_gap_counts_with_its_real_length():
    # 1 a year, with 2016-2019 missing: by position the slope would be 2.5.
    found = change.trend([0, 1, 6, 7, 8, 9], [2014, 2015, 2020, 2021, 2022, 2023])
    assert found.slope == 1.0
    assert found.intercept == pytest.approx(-2014.0)
    same = change.trend([0, 1, *[math.nan] * 4, 6, 7, 8, 9], range(2014, 2024))
    assert same == found


def test_order_of_rows_does_not_matter():
    years, values = [2019, 2015, 2018, 2016, 2020, 2017], [5, 1, 4, 2, 7, 3]
    assert change.trend(values, years) == change.trend([1, 2, 3, 4, 5, 7], range(2015, 2021))


def test_slope_limits_are_none_when_their_rank_is_outside():
    found = change.trend([3.1, 2.7, 2.5, 2.9])
    assert found.slope_low is None
    assert found.slope_high is None


def gilbert_ranks(x, var_s, z=1.959963984540054):
    """Return the limits of the Sen slope by definition."""
    slopes = sorted((x[j] - x[i]) / (j - i) for i, j in itertools.combinations(range(len(x)), 2))
    half = z * math.sqrt(var_s)
    low, high = round((len(slopes) - half) / 2), round((len(slopes) + half) / 2 + 1)
    return slopes[low - 1], slopes[high - 1]


def test_slope_limits_are_gilberts_ranks():
    x = np.random.default_rng(12).normal(size=30).cumsum()
    found = change.trend(x)
    assert (found.slope_low, found.slope_high) == pytest.approx(gilbert_ranks(x, found.var_s))
    corrected = change.trend(x, autocorrelation="hamed_rao")
    assert corrected.var_s != found.var_s
    limits = gilbert_ranks(x, corrected.var_s)
    assert (corrected.slope_low, corrected.slope_high) == pytest.approx(limits)


@pytest.mark.parametrize("n", range(8))
def test_hamed_rao_shows_p_and_z_from_as_many_values(n):
    x = [1.0, 3.0, 2.0, 5.0, 4.0, 7.0, 6.0][:n]
    found = change.trend(x, autocorrelation="hamed_rao")
    assert (found.p is None) == (n < 6)
    assert (found.z is None) == (n < 2)
    assert not found.exact


def test_lower_confidence_gives_a_narrower_interval():
    x = np.random.default_rng(1).normal(size=20).cumsum()
    wide, narrow = change.trend(x), change.trend(x, confidence=0.8)
    assert wide.slope_low < narrow.slope_low < narrow.slope < narrow.slope_high < wide.slope_high


@pytest.mark.parametrize("seed", range(4))
def test_hamed_rao_agrees_with_pymannkendall(seed):
    pymannkendall = pytest.importorskip("pymannkendall")
    x = np.random.default_rng(seed).normal(size=30).cumsum()
    found = change.trend(x, range(1990, 2020), autocorrelation="hamed_rao")
    expected = pymannkendall.hamed_rao_modification_test(x)
    assert found.var_s == pytest.approx(expected.var_s, rel=1e-9)
    assert found.z == pytest.approx(expected.z, rel=1e-9)
    assert found.var_s > change.trend(x).var_s


def test_hamed_rao_of_a_straight_line_changes_nothing():
    x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
    assert change.trend(x, autocorrelation="hamed_rao").var_s == change.trend(x).var_s


def test_hamed_rao_refuses_uneven_spacing():
    with pytest.raises(DataError, match="equally spaced"):
        change.trend([1, 3, 2, 5, 4], [2000, 2001, 2003, 2004, 2005], autocorrelation="hamed_rao")


@pytest.mark.parametrize(
    ("values", "periods", "message"),
    [
        ([1, 2, 3], [2000, 2001], "align"),
        ([1, 2, 3], [2000, 2001, 2001], "2001 is there twice"),
        ([1, 2, 3], [2000, 2001, math.nan], "undated"),
        ([1, 2, math.inf], None, "infinite"),
        (["a", 2, 3], None, "not a number"),
        ([[1, 2, 3]], None, "one list"),
    ],
)
def test_wrong_series_are_refused_with_the_reason(values, periods, message):
    with pytest.raises(DataError, match=message):
        change.trend(values, periods)


def test_unknown_options_are_refused():
    with pytest.raises(DataError, match="hamed_rao"):
        change.trend([1, 2, 3], autocorrelation="yue_wang")
    with pytest.raises(DataError, match="between 0 and 1"):
        change.trend([1, 2, 3], confidence=95)
    with pytest.raises(DataError, match="last axis"):
        change.trend_many(3.0)


# --- trend: properties ---------------------------------------------------------------------------


@given(VALUES)
def test_signs_and_variance_by_definition(values):
    x = [v for v in values if v is not None]
    s = sum(int(np.sign(b - a)) for a, b in itertools.combinations(x, 2))
    ties = sum(t * (t - 1) * (2 * t + 5) for t in np.unique(x, return_counts=True)[1].tolist())
    found = change.trend(plain(values))
    n = len(x)
    assert (found.n, found.s) == (n, s)
    assert found.var_s == pytest.approx((n * (n - 1) * (2 * n + 5) - ties) / 18, abs=1e-9)


@given(VALUES)
def test_slope_is_the_median_of_pairwise_slopes(values):
    pairs = [
        (b - a) / (j - i)
        for (i, a), (j, b) in itertools.combinations(enumerate(values), 2)
        if a is not None and b is not None
    ]
    found = change.trend(plain(values)).slope
    assert found == (pytest.approx(np.median(pairs), abs=1e-12) if pairs else None)


@given(VALUES)
def test_reversing_time_mirrors_the_trend(values):
    forward, back = change.trend(plain(values)), change.trend(plain(values[::-1]))
    assert back.s == -forward.s
    assert back.p == forward.p
    if forward.slope is not None:
        assert back.slope == pytest.approx(-forward.slope)


@given(VALUES, st.sampled_from([0.5, 2.0, 1024.0]), st.integers(-100, 100))
def test_scale_and_shift_change_only_the_slope(values, scale, shift):
    x = np.asarray(plain(values))
    before, after = change.trend(x), change.trend(scale * x + shift)
    assert (after.n, after.s, after.p, after.tau_b) == (
        before.n,
        before.s,
        before.p,
        before.tau_b,
    )
    if before.slope is not None:
        assert after.slope == pytest.approx(scale * before.slope, abs=1e-9)
    if before.slope_low is not None:
        assert after.slope_low == pytest.approx(scale * before.slope_low, abs=1e-9)


@given(hnp.arrays(float, st.integers(2, 20), elements=st.floats(-1e6, 1e6)))
def test_slope_lies_inside_its_interval(x):
    found = change.trend(x)
    if found.slope_low is not None:
        assert found.slope_low <= found.slope
    if found.slope_high is not None:
        assert found.slope <= found.slope_high


# --- trend_many ----------------------------------------------------------------------------------


def same(one, many, at):
    pairs = [
        ("n", "n"),
        ("s", "s"),
        ("var_s", "var_s"),
        ("z", "z"),
        ("p", "p"),
        ("tau_b", "tau_b"),
        ("slope", "slope"),
        ("intercept", "intercept"),
        ("slope_low", "slope_low"),
        ("slope_high", "slope_high"),
        ("exact", "exact"),
    ]
    for single, several in pairs:
        value = getattr(one, single)
        expected = math.nan if value is None else value
        np.testing.assert_equal(getattr(many, several)[at], expected, err_msg=single)


@given(
    hnp.arrays(
        float,
        st.tuples(st.integers(1, 5), st.integers(0, 13)),
        elements=st.integers(-4, 4).map(float) | st.just(math.nan),
    )
)
def test_many_gives_for_each_series_what_one_gives(values):
    years = 2000.0 + np.arange(values.shape[1]) ** 2
    many = change.trend_many(values, years)
    for row in range(len(values)):
        same(change.trend(values[row], years), many, row)


def test_many_has_the_80_percent_limits_of_one():
    x = np.random.default_rng(2).normal(size=(6, 18)).cumsum(axis=1)
    many = change.trend_many(x)
    for row in range(6):
        one = change.trend(x[row], confidence=0.80)
        assert many.slope_low80[row] == one.slope_low
        assert many.slope_high80[row] == one.slope_high


def test_many_keeps_the_leading_axes_and_does_not_depend_on_chunks():
    x = np.random.default_rng(3).normal(size=(3, 400, 40)).round(1)
    x[x > 1.5] = math.nan
    many = change.trend_many(x)
    assert many.slope.shape == many.exact.shape == (3, 400)
    # 1200 series of 780 pairs need several chunks; one series alone needs one.
    for at in [(0, 0), (1, 17), (2, 399)]:
        same(change.trend(x[at]), many, at)


def test_many_of_nothing():
    assert change.trend_many(np.empty((0, 8))).slope.shape == (0,)
    empty = change.trend_many(np.empty((2, 0)))
    np.testing.assert_equal(empty.n, [0, 0])
    np.testing.assert_equal(empty.slope, [math.nan, math.nan])


def test_many_does_not_change_its_input():
    x = np.array([[3.0, 1.0, 2.0, 5.0, 4.0, 6.0]])
    before = x.copy()
    change.trend_many(x, [5, 4, 3, 2, 1, 0])
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("seed", range(5))
def test_normal_p_and_slope_agree_with_pymannkendall(seed):
    pymannkendall = pytest.importorskip("pymannkendall")
    x = np.random.default_rng(seed).normal(size=25).cumsum().round(1)
    found, expected = change.trend(x), pymannkendall.original_test(x)
    assert found.s == expected.s
    assert found.var_s == pytest.approx(expected.var_s)
    assert found.z == pytest.approx(expected.z)
    assert found.p == pytest.approx(expected.p, rel=1e-9, abs=1e-15)
    assert found.tau_a == pytest.approx(expected.Tau)
    assert found.slope == pytest.approx(expected.slope)
    assert found.intercept == pytest.approx(expected.intercept)


def test_trend_against_r(oracle):
    for name, series in oracle("trend_mk_sen")["series"].items():
        expected, found = series["expected"], change.trend(series["x"])
        assert found.n == expected["n"], name
        assert found.s == expected["S"], name
        assert found.var_s == pytest.approx(expected["varS"], rel=1e-9), name
        assert found.z == pytest.approx(expected["z_continuity"], rel=1e-9), name
        assert found.tau_b == pytest.approx(expected["tau_b"], rel=1e-9), name
        assert found.slope == pytest.approx(expected["sen_slope"], rel=1e-9), name
        for ours, theirs in (("slope_low", "sen_ci95_low"), ("slope_high", "sen_ci95_high")):
            limit = expected[theirs]
            assert getattr(found, ours) == (
                None if limit is None else pytest.approx(limit, rel=1e-9, abs=1e-12)
            ), name
        if found.n >= 6 and not found.exact:
            assert found.p == pytest.approx(expected["p_continuity"], rel=1e-9), name


def test_hamed_rao_and_exact_p_against_r(oracle):
    data = oracle("mk_autocorrelation_corrected")
    for name, series in data["series"].items():
        expected = series["mmkh_HamedRao"]
        found = change.trend(series["x"], autocorrelation="hamed_rao")
        assert found.z == pytest.approx(expected["Corrected Zc"], rel=1e-9), name
        assert found.p == pytest.approx(expected["new P-value"], rel=1e-9), name
        assert found.var_s == pytest.approx(expected["new.variance"], rel=1e-9), name
        assert found.tau_a == pytest.approx(expected["Tau"], rel=1e-9), name
        assert not found.exact
    for case in data["exact_small"].values():
        found = change.trend(case["x"])
        assert found.s == case["S"]
        if found.n >= 6:
            assert found.p == pytest.approx(case["p_exact_two_sided"], rel=1e-9)


# --- constant tail, index, growth ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "length"),
    [
        ([1, 2, 2, 2], 3),
        ([1, 2, 3], 1),
        ([4, 4, 4], 3),
        ([1, 2, math.nan, 2, math.nan], 2),
        ([2, math.nan, 3], 1),
        ([math.nan, math.nan], 0),
        ([], 0),
    ],
)
def test_constant_tail(values, length):
    assert change.constant_tail(values) == length


def test_rebase_of_several_series_to_the_mean_of_two_years():
    values = [[80.0, 120.0, 150.0], [1.0, math.nan, 1.0]]
    found = change.rebase(values, ["2015", "2016", "2017"], ["2015", "2017"])
    np.testing.assert_allclose(found[0], np.array([80, 120, 150]) / 1.15)
    np.testing.assert_allclose(found[1], [100, math.nan, 100])


@pytest.mark.parametrize("value", [0.0, -3.0, math.nan])
def test_a_base_without_a_positive_value_is_an_error(value):
    with pytest.raises(DataError, match="2019"):
        change.rebase([value, 2.0], [2019, 2020], 2019)


@pytest.mark.parametrize(
    ("periods", "base", "message"),
    [
        ([2019, 2020], 2018, "2018 is in the series 0 times"),
        ([2019, 2019], 2019, "2 times"),
        ([2019], 2019, "does not fit"),
        ([2019, 2020], [], "No base period"),
    ],
)
def test_wrong_bases_are_refused(periods, base, message):
    with pytest.raises(DataError, match=message):
        change.rebase([1.0, 2.0], periods, base)


@given(hnp.arrays(float, st.integers(1, 8), elements=st.floats(1e-3, 1e3)), st.floats(1e-2, 1e2))
def test_an_index_does_not_depend_on_the_unit(x, scale):
    years = range(2000, 2000 + x.size)
    found = change.rebase(x, years, 2000)
    assert found[0] == pytest.approx(100)
    np.testing.assert_allclose(change.rebase(scale * x, years, 2000), found, rtol=1e-12)


def test_growth_is_the_mean_log_difference():
    x = np.array([2.0, 2.5, 2.2, 2.6])
    assert change.cagr(2.0, 2.6, 3) == pytest.approx(np.expm1(np.diff(np.log(x)).mean()))


@pytest.mark.parametrize(("start", "end"), [(0.0, 1.0), (1.0, 0.0), (-1.0, -2.0), (math.nan, 1.0)])
def test_growth_needs_two_positive_values(start, end):
    assert math.isnan(change.cagr(start, end, 5))


@pytest.mark.parametrize("years", [0, -1, math.nan])
def test_growth_needs_time(years):
    with pytest.raises(DataError, match="later"):
        change.cagr(1.0, 2.0, years)


def test_rebase_and_growth_against_closed_forms(oracle):
    data = oracle("pace_to_target")
    index = data["rebase"]
    years = range(len(index["series"]))
    found = change.rebase(index["series"], years, index["base_index"])
    np.testing.assert_allclose(found, index["expected"], rtol=1e-9)
    for case in data["cases"]:
        if "cagr_actual" in case:
            years = case["y_last"] - case["y_base"]
            found = change.cagr(case["v_base"], case["v_last"], years)
            assert found == pytest.approx(case["cagr_actual"], rel=1e-9)


# --- level shifts --------------------------------------------------------------------------------


def rss(x, cuts):
    ends = [0, *cuts, len(x)]
    return sum(((x[a:b] - x[a:b].mean()) ** 2).sum() for a, b in itertools.pairwise(ends))


def test_cuts_are_the_best_of_all():
    x = np.random.default_rng(4).normal(size=18).round(2)
    found = change.breaks(x, max_breaks=2)
    n = x.size
    for m in range(3):
        choices = [
            cuts
            for cuts in itertools.combinations(range(1, n), m)
            if all(b - a >= 5 for a, b in itertools.pairwise([0, *cuts, n]))
        ]
        best = min(rss(x, cuts) for cuts in choices)
        bic = n * (math.log(best / n) + 1 + math.log(2 * math.pi)) + math.log(n) * (2 * m + 2)
        assert found.bic[m] == pytest.approx(bic, rel=1e-9)


def test_a_clean_step_is_found_once():
    found = change.breaks([0.1] * 8 + [0.3] * 7)
    assert (found.count, found.positions) == (1, (8,))


def test_a_constant_series_has_no_break():
    found = change.breaks([0.1] * 20)
    assert (found.count, found.positions) == (0, ())


def test_positions_point_into_the_series_as_given():
    x = [math.nan, 1, 1, 1, 1, 1, math.nan, 9, 9, 9, 9, 9]
    assert change.breaks(x).positions == (6,)


@pytest.mark.parametrize(("n", "most"), [(0, 0), (1, 0), (9, 0), (10, 1), (14, 1), (15, 2)])
def test_short_series_allow_few_breaks(n, most):
    found = change.breaks(np.arange(n) ** 2, max_breaks=5)
    assert len(found.bic) == 6
    assert np.count_nonzero(~np.isnan(found.bic)) == (most + 1 if n else 0)
    assert found.count <= most


def test_all_missing_has_no_break():
    assert change.breaks([math.nan] * 4).count == 0


@given(
    hnp.arrays(float, st.integers(10, 24), elements=st.integers(0, 5).map(float)),
    st.sampled_from([0.5, 4.0]),
)
def test_breaks_do_not_depend_on_unit_or_level(x, scale):
    assert change.breaks(scale * x + 8).positions == change.breaks(x).positions


@pytest.mark.parametrize("options", [{"max_breaks": -1}, {"min_share": 0.6}, {"min_share": -0.1}])
def test_wrong_break_options_are_refused(options):
    with pytest.raises(DataError):
        change.breaks(range(20), **options)


def test_breaks_against_strucchange(oracle):
    for name, series in oracle("breaks_strucchange")["series"].items():
        expected = series["expected"]["mean_shift"]
        found = change.breaks(series["x"])
        assert list(found.positions) == np.atleast_1d(expected["breaks_bic"]).tolist(), name
        np.testing.assert_allclose(found.bic, expected["BIC_by_m"], rtol=1e-9, err_msg=name)
        for m, key in ((1, "breaks_if_1"), (2, "breaks_if_2")):
            fixed = change.breaks(series["x"], max_breaks=m)
            if fixed.count == m:
                assert list(fixed.positions) == np.atleast_1d(expected[key]).tolist(), name
