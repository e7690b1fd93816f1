"""Intervals, standardised figures, life tables and gradients: published and closed-form results."""

from __future__ import annotations

import math
from itertools import groupby

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tilannekuva.errors import DataError
from tilannekuva.measures.certainty import (
    Slope,
    false_discovery,
    life_expectancy,
    proportion_interval,
    rate_interval,
    slope_index,
    standardised_rate,
    standardised_ratio,
)

# European Standard Population 2013, Eurostat (2013) Revision of the European Standard Population,
# 19 bands of five years up to 90+.
ESP2013 = [
    5000, 5500, 5500, 5500, 6000, 6000, 6500, 7000, 7000, 7000,
    7000, 6500, 6000, 5500, 5000, 4000, 2500, 1500, 1000,
]  # fmt: skip


def approx(value, rel=1e-9):
    return None if value is None else pytest.approx(value, rel=rel)


# --- rates ---------------------------------------------------------------------------------------


def test_exact_limits_leave_the_tail_on_each_side():
    found = rate_interval(4, 1, per=1, method="exact")
    assert stats.poisson.sf(3, found.low) == pytest.approx(0.025)
    assert stats.poisson.cdf(4, found.high) == pytest.approx(0.025)


def test_default_is_exact_below_ten_and_byar_from_ten():
    for count, method in ((9, "exact"), (10, "byar")):
        assert rate_interval(count, 500) == rate_interval(count, 500, method=method)
    assert rate_interval(9, 500) != rate_interval(9, 500, method="byar")


@pytest.mark.parametrize("method", [None, "byar", "exact"])
def test_no_events_has_a_lower_limit_of_zero(method):
    found = rate_interval(0, 1000, method=method)
    assert (found.value, found.low) == (0.0, 0.0)
    assert found.high > 0


def test_no_events_exactly_is_the_rule_of_three():
    # (1 − λ/n)^n = 0.025 for a Poisson count: λ = −ln 0.025.
    assert rate_interval(0, 1, per=1).high == pytest.approx(-math.log(0.025))


def test_more_events_than_people_is_a_rate():
    assert rate_interval(250, 220, per=100).value == pytest.approx(250 / 2.2)


@pytest.mark.parametrize(("count", "population"), [(math.nan, 10), (10, math.nan), (10, 0)])
def test_missing_part_or_nobody_has_no_rate(count, population):
    found = rate_interval(count, population)
    assert found.value is found.low is found.high is None
    many = rate_interval([count, 5], [population, 10], per=1)
    np.testing.assert_equal(many.value, [math.nan, 0.5])
    np.testing.assert_equal(np.isnan(many.low), [True, False])
    np.testing.assert_equal(np.isnan(many.high), [True, False])


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((-1, 10), {}, "negative"),
        ((1, -10), {}, "negative"),
        (([1, 2], [1, 2, 3]), {}, "do not fit"),
        ((1, 10), {"method": "normal"}, "method"),
        ((1, 10), {"confidence": 95}, "between 0 and 1"),
    ],
)
def test_wrong_rates_are_refused(arguments, options, message):
    with pytest.raises(DataError, match=message):
        rate_interval(*arguments, **options)


@given(st.integers(0, 3000), st.integers(1, 10**6), st.sampled_from([None, "byar", "exact"]))
def test_interval_holds_the_rate_and_follows_the_unit(count, population, method):
    found = rate_interval(count, population, method=method)
    assert found.low <= found.value <= found.high
    other = rate_interval(count, population, per=1000, method=method)
    assert other.high * 100 == pytest.approx(found.high)
    wider = rate_interval(count, population, confidence=0.998, method=method)
    assert wider.low <= found.low
    assert wider.high > found.high


@given(st.integers(10, 5000))
def test_byar_is_close_to_exact_from_ten_events(count):
    byar = rate_interval(count, 1, per=1, method="byar")
    exact = rate_interval(count, 1, per=1, method="exact")
    assert byar.low == pytest.approx(exact.low, rel=0.002)
    assert byar.high == pytest.approx(exact.high, rel=0.002)


@given(st.integers(1, 300), st.integers(2, 50))
def test_more_of_the_same_is_more_certain(count, times):
    one = rate_interval(count, 1000)
    many = rate_interval(count * times, 1000 * times)
    assert many.value == pytest.approx(one.value)
    assert many.high - many.low < one.high - one.low


# --- shares --------------------------------------------------------------------------------------


def test_wilson_limits_solve_the_score_equation():
    found = proportion_interval(65, 100)
    for limit in (found.low, found.high):
        assert abs(0.65 - limit) / math.sqrt(limit * (1 - limit) / 100) == pytest.approx(1.959964)


@pytest.mark.parametrize(("count", "value"), [(0, 0.0), (20, 1.0)])
def test_shares_stay_between_zero_and_one(count, value):
    found = proportion_interval(count, 20)
    assert found.value == value
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.high - found.low > 0.1


def test_share_of_nobody_is_unknown():
    assert proportion_interval(0, 0).value is None
    assert np.isnan(proportion_interval([0, 1], [0, 2]).value).tolist() == [True, False]
    assert proportion_interval(math.nan, 2).low is None


def test_more_than_all_is_refused():
    with pytest.raises(DataError, match="larger than its n"):
        proportion_interval(11, 10)


@given(st.integers(0, 400), st.integers(0, 400))
def test_the_opposite_share_mirrors_the_interval(yes, no):
    if yes + no:
        one, other = proportion_interval(yes, yes + no), proportion_interval(no, yes + no)
        assert other.low == pytest.approx(1 - one.high, abs=1e-12)
        assert other.value == pytest.approx(1 - one.value, abs=1e-12)


def test_byar_and_wilson_against_published(oracle):
    table = oracle("phe_byars_wilson_ci")["table"]
    for x, n, low, high, confidence, method in zip(
        table["x"],
        table["n"],
        table["lowercl"],
        table["uppercl"],
        table["confidence"],
        table["method"],
        strict=True,
    ):
        level = float(confidence.rstrip("%")) / 100
        if method == "Byars":
            found = rate_interval(x, 1, per=1, confidence=level, method="byar")
        else:
            found = proportion_interval(x, n, confidence=level)
        if low is not None:
            assert found.low == approx(low)
        assert found.high == approx(high)


def test_proportions_against_published(oracle):
    table = oracle("phe_proportions")["table"]
    for at, (x, n) in enumerate(zip(table["Numerator"], table["Denominator"], strict=True)):
        times = table["multiplier"][at]
        for level, digits in ((0.95, "95_0"), (0.998, "99_8")):
            found = proportion_interval(
                math.nan if x is None else x, math.nan if n is None else n, confidence=level
            )
            for ours, theirs in (
                (found.value, "value"),
                (found.low, f"lower{digits}cl"),
                (found.high, f"upper{digits}cl"),
            ):
                scaled = None if ours is None else times * ours
                assert scaled == approx(table[theirs][at], 1e-6)


# --- standardised rates and ratios ---------------------------------------------------------------


def test_standardising_to_the_own_population_is_the_crude_rate():
    counts, people = [12, 30, 80], [4000, 3000, 1500]
    found = standardised_rate(counts, people, people)
    crude = rate_interval(122, 8500, method="byar")
    # With w = n Dobson's interval is Byar's.
    assert found.value == pytest.approx(crude.value)
    assert found.low == pytest.approx(crude.low)
    assert found.high == pytest.approx(crude.high)


def test_standardised_rate_does_not_depend_on_the_size_of_the_standard():
    one = standardised_rate([5, 20], [1000, 500], [3, 1])
    assert standardised_rate([5, 20], [1000, 500], [3000, 1000]).low == pytest.approx(one.low)


@pytest.mark.parametrize(
    ("counts", "people"),
    [
        ([4, 5], [100, 100]),
        ([math.nan, 50], [100, 100]),
        ([0, 50], [0, 100]),
        ([20, 1], [9, math.nan]),
    ],
)
def test_no_standardised_rate_of_few_or_unknown(counts, people):
    found = standardised_rate(counts, people, [1, 1])
    assert found.value is found.low is found.high is None


@pytest.mark.parametrize(
    ("counts", "people", "standard", "message"),
    [
        ([1, 2], [10], [1, 1], "equally long"),
        ([1, 2], [10, 10], [1], "equally long"),
        ([-1, 2], [10, 10], [1, 1], "negative"),
        ([1, 2], [0, 10], [1, 1], "no populations"),
        ([1, 2], [10, 10], [0, 0], "standard population"),
        ([1, 2], [10, 10], [1, math.nan], "standard population"),
    ],
)
def test_wrong_standardised_rates_are_refused(counts, people, standard, message):
    with pytest.raises(DataError, match=message):
        standardised_rate(counts, people, standard)


def test_standardised_rates_against_published(oracle):
    data = oracle("phe_dsr")
    rows = list(zip(*(data["data"][key] for key in ("area", "count", "pop")), strict=True))
    results = data["results"]
    for area, bands in groupby(rows, key=lambda row: row[0]):
        _, counts, people = zip(*bands, strict=True)
        counts = [math.nan if count is None else count for count in counts]
        for at in [i for i, name in enumerate(results["area"]) if name == area]:
            statistic = results["statistic"][at]
            per = float(statistic.split()[-1]) if "per" in statistic else 1.0
            for level, digits in ((0.95, "95_0"), (0.998, "99_8")):
                found = standardised_rate(counts, people, ESP2013, per=per, confidence=level)
                assert found.value == approx(results["value"][at], 1e-6)
                assert found.low == approx(results[f"lower{digits}cl"][at], 1e-6)
                assert found.high == approx(results[f"upper{digits}cl"][at], 1e-6)


def test_the_reference_itself_has_ratio_one():
    found = standardised_ratio([40, 90], [500, 300], [40, 90], [500, 300])
    assert found.value == pytest.approx(1)
    assert found.low < 1 < found.high
    index = standardised_ratio([40, 90], [500, 300], [40, 90], [500, 300], refvalue=100)
    assert index.high == pytest.approx(100 * found.high)


def test_ratio_limits_are_exact_below_ten_events():
    # Ten are expected: the limits of 4 events, divided by ten.
    found = standardised_ratio([4], [100], [100], [1000])
    assert found.low == pytest.approx(rate_interval(4, 10, per=1, method="exact").low)
    many = standardised_ratio([12], [100], [100], [1000])
    assert many.low == pytest.approx(rate_interval(12, 10, per=1, method="byar").low)


def test_a_band_the_region_does_not_have_is_left_out():
    with_gap = standardised_ratio([9, math.nan], [50, math.nan], [40, 90], [500, 300])
    assert with_gap == standardised_ratio([9], [50], [40], [500])


@pytest.mark.parametrize(
    ("counts", "people", "reference"),
    [
        ([9, math.nan], [50, 20], [40, 90]),
        ([9, 1], [50, math.nan], [40, 90]),
        ([0, 0], [5, 5], [0, 0]),
    ],
)
def test_no_ratio_of_the_unknown_or_to_nothing(counts, people, reference):
    assert standardised_ratio(counts, people, reference, [500, 300]).value is None


def test_ratios_of_different_length_are_refused():
    with pytest.raises(DataError, match="equally long"):
        standardised_ratio([1], [10], [5, 5], [50, 50])


# --- life expectancy -----------------------------------------------------------------------------


def test_constant_mortality_in_an_open_band_lasts_its_inverse():
    found = life_expectancy([100], [8000], [0])
    assert found["value"].tolist() == [80.0]
    # Var(1/m) = 1/(D·m²): the relative error of a Poisson count of 100 is a tenth.
    assert found["high"][0] == pytest.approx(80 + 1.959964 * 8)


def test_life_table_forwards_as_in_the_textbook():
    # Chiang's columns from the cradle on; the module goes backwards from the open band.
    deaths, people = np.array([40, 60, 500, 900]), np.array([9000, 60_000, 30_000, 12_000])
    ages, lived = np.array([0, 1, 45, 70]), np.array([0.1, 0.5, 0.5])
    width, m = np.diff(ages), deaths / people
    q = np.append(width * m[:-1] / (1 + (1 - lived) * width * m[:-1]), 1.0)
    alive = np.concatenate([[1.0], np.cumprod(1 - q[:-1])])
    dying = alive * q
    years = np.append(width * (alive[1:] + lived * dying[:-1]), alive[-1] / m[-1])
    expected = np.cumsum(years[::-1])[::-1] / alive
    spread = q[:-1] ** 2 * (1 - q[:-1]) / deaths[:-1]
    parts = alive[:-1] ** 2 * ((1 - lived) * width + expected[1:]) ** 2 * spread
    parts = np.append(parts, alive[-1] ** 2 / (deaths[-1] * m[-1] ** 2))
    error = np.sqrt(np.cumsum(parts[::-1])[::-1]) / alive
    found = life_expectancy(deaths, people, ages)
    np.testing.assert_allclose(found["value"], expected)
    np.testing.assert_allclose(found["high"] - found["value"], 1.959963984540054 * error)


def test_bands_that_do_not_start_at_birth_lose_half_a_year():
    # Deaths in the middle of the band: 5·(1 − q/2) + (1 − q)·10 with q = 5m/(1 + 2.5m).
    found = life_expectancy([100, 1000], [5000, 10_000], [65, 70])
    q = 0.1 / 1.05
    assert found["value"][0] == pytest.approx(5 * (1 - q / 2) + (1 - q) * 10)


def test_nobody_dies_before_the_open_band():
    found = life_expectancy([0, 0, 500], [20_000, 20_000, 10_000], [0, 1, 65])
    assert found["value"].tolist() == pytest.approx([85, 84, 20])
    assert (found["high"] - found["low"]).tolist() == pytest.approx(
        [4 * 1.959964 * math.sqrt(0.2)] * 3
    )


def test_more_deaths_shorten_life():
    people = [20_000, 50_000, 40_000]
    fewer, more = (life_expectancy([d, 50, 900], people, [0, 1, 65])["value"] for d in (5, 50))
    assert more[0] < fewer[0]
    assert more[1:].tolist() == fewer[1:].tolist()


def test_no_life_table_of_few_people_or_without_deaths_at_the_end():
    assert (
        life_expectancy([1, 40], [3000, 1900], [0, 65])[["value", "low", "high"]]
        .isna()
        .all(axis=None)
    )
    assert life_expectancy([1, 0], [9000, 2000], [0, 65])["value"].isna().all()


def test_missing_figures_hide_only_the_younger_ages():
    found = life_expectancy([5, math.nan, 900], [20_000, 50_000, 40_000], [0, 1, 65])
    assert found["value"].isna().tolist() == [True, True, False]
    assert found["low"].isna().tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("deaths", "people", "ages", "message"),
    [
        ([1, 2], [10, 20], [0], "equally long"),
        ([-1, 2], [10, 20], [0, 65], "negative"),
        ([11, 2], [10, 20], [0, 65], "More deaths"),
        ([1, 2], [10, 20], [65, 0], "rising order"),
        ([1, 2], [10, 20], [0, 0], "rising order"),
    ],
)
def test_wrong_life_tables_are_refused(deaths, people, ages, message):
    with pytest.raises(DataError, match=message):
        life_expectancy(deaths, people, ages)


def test_life_expectancy_against_published(oracle):
    data = oracle("phe_life_expectancy")
    inputs, expected = data["inputs"], data["expected"]
    found = life_expectancy(inputs["deaths"], inputs["pops"], inputs["startage"])
    np.testing.assert_allclose(found["value"], expected["le"], rtol=1e-6)
    np.testing.assert_allclose(found["low"], expected["lower95"], rtol=1e-6)
    np.testing.assert_allclose(found["high"], expected["upper95"], rtol=1e-6)


# --- social gradient -----------------------------------------------------------------------------


def test_a_straight_gradient_is_found_whatever_the_group_sizes():
    people = np.array([100.0, 300.0, 50.0, 550.0])
    middle = (np.cumsum(people) - people / 2) / people.sum()
    found = slope_index(20 - 8 * middle, people)
    assert found.sii == pytest.approx(-8)
    assert found.rii == pytest.approx(12 / 20)


@pytest.mark.parametrize("option", ["log", "logit"])
def test_a_straight_gradient_on_another_scale(option):
    people = np.array([100.0, 300.0, 50.0, 550.0])
    line = -1 - 0.7 * (np.cumsum(people) - people / 2) / people.sum()
    values = np.exp(line) if option == "log" else 1 / (1 + np.exp(-line))
    ends = [math.exp(e) if option == "log" else 1 / (1 + math.exp(-e)) for e in (-1, -1.7)]
    found = slope_index(values, people, **{option: True})
    assert found.sii == pytest.approx(ends[1] - ends[0])
    assert found.rii == pytest.approx(ends[1] / ends[0])


def test_multiplicative_takes_the_ratio_from_the_logarithm():
    values, people = [1.0, 2.0, 4.0, 8.0], [1, 1, 1, 1]
    found = slope_index(values, people, multiplicative=True)
    assert found.sii == slope_index(values, people).sii
    assert found.rii == slope_index(values, people, log=True).rii == pytest.approx(16)
    # The straight line starts below zero here, so its ratio means nothing.
    assert slope_index(values, people).rii is None


def test_no_gradient_is_zero_and_one():
    found = slope_index([7, 7, 7, 7, 7], [1, 2, 3, 4, 5])
    assert found.sii == pytest.approx(0, abs=1e-12)
    assert found.rii == pytest.approx(1)


@pytest.mark.parametrize(
    ("values", "people"),
    [([1, 2, 3], [1, 1, 1]), ([1, 2, math.nan, 4], [1, 1, 1, 1]), ([1, 2, 3, 4], [1, 1, 1, 0])],
)
def test_no_gradient_of_few_or_unknown_groups(values, people):
    assert slope_index(values, people) == Slope(None, None)


def test_no_logarithm_of_zero():
    assert slope_index([0, 1, 2, 3], [1, 1, 1, 1], log=True) == Slope(None, None)
    assert slope_index([0.2, 0.5, 0.6, 1.0], [1, 1, 1, 1], logit=True) == Slope(None, None)


@pytest.mark.parametrize(
    ("values", "people", "options", "message"),
    [
        ([1, 2, 3, 4], [1, 1, 1], {}, "equally long"),
        ([1, 2, 3, 4], [1, 1, 1, -1], {}, "negative"),
        ([1, 2, 3, 4], [1, 1, 1, math.nan], {}, "missing"),
        ([1, 2, 3, 4], [1, 1, 1, 1], {"logit": True}, "0 to 1"),
        ([0.1, 0.2, 0.3, 0.4], [1, 1, 1, 1], {"logit": True, "log": True}, "not both"),
    ],
)
def test_wrong_gradients_are_refused(values, people, options, message):
    with pytest.raises(DataError, match=message):
        slope_index(values, people, **options)


@given(
    st.lists(st.tuples(st.floats(1, 100), st.floats(1, 1000)), min_size=4, max_size=10),
    st.sampled_from([0.5, 12.0]),
)
def test_gradient_follows_the_unit_and_not_the_population(groups, scale):
    values, people = map(np.array, zip(*groups, strict=True))
    one = slope_index(values, people)
    other = slope_index(scale * values, 1000 * people)
    assert other.sii == pytest.approx(scale * one.sii, rel=1e-6, abs=1e-6)
    if one.rii is not None and other.rii is not None:
        assert other.rii == pytest.approx(one.rii, rel=1e-6, abs=1e-6)


def test_gradient_against_published(oracle):
    table = oracle("phe_sii")["table"]
    columns = (
        "TestDescription",
        "Area",
        "Quantile",
        "Population",
        "Value",
        "sii",
        "rii",
        "Intercept",
    )
    rows = list(zip(*(table[name] for name in columns), strict=True))
    checked = 0
    for (test, _), grouped in groupby(rows, key=lambda row: row[:2]):
        group = sorted(grouped, key=lambda row: row[2])
        (expected,) = [row for row in group if row[5] is not None] or [None]
        if expected is None:
            continue
        found = slope_index(
            [row[4] for row in group],
            [row[3] for row in group],
            log="log transform" in test,
            logit="logit transform" in test,
        )
        times = 100 if "x 100" in test else 1
        assert times * found.sii == approx(expected[5]), test
        if expected[6] is not None:
            assert found.rii == approx(expected[6]), test
        if expected[7] is not None:
            assert found.sii / (found.rii - 1) == approx(expected[7]), test
        checked += 1
    assert checked == 22


def test_gradient_against_who_least_squares(oracle):
    data = oracle("health_inequality_who_ordered")
    expected = data["expected"]["sii_wls_R_lm"]
    found = slope_index(data["inputs"]["estimate"], data["inputs"]["population"])
    assert found.sii == approx(expected["slope_SII"])
    assert found.rii == approx(expected["rii_ratio_pred1_over_pred0"])


# --- many tests ----------------------------------------------------------------------------------

# Benjamini & Hochberg (1995), section 3.2: fifteen tests of a trial of thrombolysis, of which the
# first four are findings at 5 per cent.
BH1995 = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
    0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000,
]  # fmt: skip

PROBABILITIES = st.lists(st.floats(0, 1), min_size=1, max_size=40)


def test_the_published_example_has_four_findings():
    q = false_discovery(BH1995)
    assert (q <= 0.05).tolist() == [True] * 4 + [False] * 11
    assert q[3] == pytest.approx(15 * 0.0095 / 4)


@given(PROBABILITIES, st.floats(0.001, 0.5))
def test_findings_are_those_of_the_step_up_rule(p, level):
    # The definition: the largest k with p_(k) ≤ k·level/m, and with it all that are smaller.
    ordered, m = sorted(p), len(p)
    passed = [v for k, v in enumerate(ordered, 1) if v <= k * level / m]
    border = max(passed, default=-1.0)
    q = false_discovery(p)
    for own, controlled in zip(p, q, strict=True):
        if abs(controlled - level) > 1e-12:  # at the border itself only rounding decides
            assert (controlled <= level) == (own <= border)


@given(PROBABILITIES, st.randoms())
def test_control_only_takes_down_keeps_the_order_and_knows_no_order(p, random):
    q = false_discovery(p)
    assert (q >= np.array(p)).all()
    assert (q <= 1).all()
    order = np.argsort(p, kind="stable")
    assert (np.diff(q[order]) >= 0).all()
    places = list(range(len(p)))
    random.shuffle(places)
    np.testing.assert_array_equal(false_discovery([p[i] for i in places]), q[places])


@given(PROBABILITIES)
def test_control_agrees_with_scipy(p):
    expected = stats.false_discovery_control(p, method="bh")
    np.testing.assert_allclose(false_discovery(p), expected, rtol=1e-12)


def test_a_test_that_was_not_made_does_not_count():
    found = false_discovery([0.01, float("nan"), 0.04])
    assert found[[0, 2]] == pytest.approx([0.02, 0.04])
    assert math.isnan(found[1])
    rows = false_discovery([[0.01, 0.04, float("nan")], [0.5, 0.001, 0.02]])
    assert rows[0, :2] == pytest.approx([0.02, 0.04])
    assert rows[1] == pytest.approx(false_discovery([0.5, 0.001, 0.02]))
    assert false_discovery([]).size == 0


@pytest.mark.parametrize("p", [[0.5, 1.2], [-0.1], 0.5])
def test_what_is_no_probability_is_refused(p):
    with pytest.raises(DataError):
        false_discovery(p)
