"""Gini, Theil and their kin: closed forms, principles every index obeys, independent results."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tilannekuva.errors import DataError
from tilannekuva.measures.inequality import (
    Beta,
    Concentration,
    atkinson,
    beta_convergence,
    between_group_variance,
    concentration,
    gini,
    mean_log_deviation,
    s80s20,
    sigma_convergence,
    theil,
    theil_decomposition,
    williamson,
)

INCOMES = hnp.arrays(float, st.integers(1, 12), elements=st.floats(0.5, 500))
# Every index of single incomes, written as a function of values and how many people have each.
INDICES = {
    "gini": gini,
    "theil": lambda x, w: theil(np.multiply(x, w), w),
    "mld": lambda x, w: mean_log_deviation(np.multiply(x, w), w),
    "williamson": williamson,
    "atkinson_half": lambda x, w: atkinson(x, 0.5, w),
    "atkinson_one": lambda x, w: atkinson(x, 1, w),
    "atkinson_two": lambda x, w: atkinson(x, 2, w),
}


@pytest.fixture(params=sorted(INDICES))
def index(request):
    return INDICES[request.param]


# --- principles ----------------------------------------------------------------------------------


@given(INCOMES, st.sampled_from([0.01, 1000.0]))
def test_unit_of_income_does_not_matter(x, scale):
    for index in INDICES.values():
        one, other = index(x, np.ones_like(x)), index(scale * x, np.ones_like(x))
        assert other == pytest.approx(one, abs=1e-9)


@given(INCOMES, st.integers(2, 5))
def test_the_same_people_twice_are_as_unequal(x, times):
    for index in INDICES.values():
        once = index(x, np.ones_like(x))
        assert index(np.tile(x, times), np.ones(x.size * times)) == pytest.approx(once, abs=1e-9)
        assert index(x, np.full(x.size, float(times))) == pytest.approx(once, abs=1e-9)


@given(INCOMES, st.randoms(use_true_random=False))
def test_the_order_of_people_does_not_matter(x, random):
    order = list(range(x.size))
    random.shuffle(order)
    weights = np.arange(1.0, x.size + 1)
    for index in INDICES.values():
        assert index(x[order], weights[order]) == pytest.approx(index(x, weights), abs=1e-9)


@given(INCOMES, st.data())
def test_a_transfer_from_poor_to_rich_raises_inequality(x, data):
    x = np.sort(x)
    if x.size < 2:
        return
    poor = data.draw(st.integers(0, x.size - 2))
    rich = data.draw(st.integers(poor + 1, x.size - 1))
    moved = x.copy()
    moved[poor] -= 0.2
    moved[rich] += 0.2
    for name, index in INDICES.items():
        before, after = index(x, np.ones_like(x)), index(moved, np.ones_like(x))
        assert after > before - 1e-12, name


def test_equal_incomes_and_a_single_region_are_zero(index):
    assert index([7.0, 7.0, 7.0], [1.0, 2.0, 3.0]) == pytest.approx(0, abs=1e-12)
    assert index([7.0], [5.0]) == pytest.approx(0, abs=1e-12)


def test_missing_regions_are_left_out_and_nothing_is_none(index):
    whole = index([1.0, 4.0], [2.0, 3.0])
    assert index([1.0, math.nan, 4.0], [2.0, 9.0, 3.0]) == whole
    assert index([1.0, 5.0, 4.0], [2.0, math.nan, 3.0]) == whole
    assert index([math.nan], [1.0]) is None
    assert index([], []) is None


def test_wrong_pairs_are_refused(index):
    with pytest.raises(DataError):
        index([1.0, 2.0], [1.0, -1.0])
    for measure in (gini, williamson, theil, mean_log_deviation, concentration):
        with pytest.raises(DataError, match="equally long"):
            measure([1.0, 2.0, 3.0], [1.0, 2.0])


# --- one by one ----------------------------------------------------------------------------------


@given(INCOMES)
def test_gini_by_its_double_sum(x):
    differences = np.abs(x[:, None] - x[None, :]).sum()
    assert gini(x) == pytest.approx(differences / (2 * x.size**2 * x.mean()), abs=1e-9)


def test_gini_refuses_negative_incomes_and_has_no_value_of_nothing():
    with pytest.raises(DataError, match="exceed 1"):
        gini([-1, 2])
    assert gini([0, 0]) is None
    assert gini([0, 0, 0, 8]) == 0.75


def test_theil_of_one_who_has_nearly_all():
    # All with one of n: T tends to ln n.
    assert theil([1e-12, 1e-12, 1.0], [1, 1, 1]) == pytest.approx(math.log(3), abs=1e-9)


def test_no_logarithm_of_zero_or_negative_income():
    for y in ([0, 1], [-1, 2]):
        assert theil(y, [1, 1]) is None
        assert mean_log_deviation(y, [1, 1]) is None
        assert theil_decomposition(y, [1, 1], ["a", "b"]).total is None
        assert atkinson(y, 1) is None
    assert atkinson([0, 1], 0.5) == pytest.approx(0.5)


def test_income_without_people_is_refused():
    with pytest.raises(DataError, match="no people"):
        theil([1, 2], [0, 1])


@given(INCOMES, st.data())
def test_theil_parts_add_up(y, data):
    people = np.array(data.draw(st.lists(st.floats(1, 99), min_size=y.size, max_size=y.size)))
    groups = data.draw(st.lists(st.sampled_from("abc"), min_size=y.size, max_size=y.size))
    found = theil_decomposition(y, people, groups)
    assert found.total == pytest.approx(theil(y, people))
    assert found.between + found.within == pytest.approx(found.total, abs=1e-9)
    assert found.between >= -1e-12
    alone = theil_decomposition(y, people, list(range(y.size)))
    assert alone.within == pytest.approx(0, abs=1e-12)
    together = theil_decomposition(y, people, ["x"] * y.size)
    assert together.between == pytest.approx(0, abs=1e-12)


def test_theil_groups_of_missing_regions_go_with_them():
    found = theil_decomposition([1, math.nan, 3], [1, 1, 1], ["a", "b", "a"])
    assert found == theil_decomposition([1, 3], [1, 1], ["a", "a"])
    with pytest.raises(DataError, match="3 regions and 2 groups"):
        theil_decomposition([1, 2, 3], [1, 1, 1], ["a", "b"])


def test_williamson_needs_a_positive_mean():
    assert williamson([-1, 1], [1, 1]) is None


def test_atkinson_aversion():
    x = [1.0, 2.0, 5.0]
    assert atkinson(x, 0) == pytest.approx(0)
    steps = [atkinson(x, e) for e in (0.5, 0.999999, 1, 1.000001, 2)]
    assert steps == sorted(steps)
    assert steps[2] == pytest.approx(1 - 10 ** (1 / 3) / (8 / 3))
    with pytest.raises(DataError, match="epsilon"):
        atkinson(x, -1)


def test_s80s20_of_five_and_of_few():
    # The quantile of a fifth is exactly met: halfway to the next, so one is below and one above.
    assert s80s20([1, 2, 3, 4, 9]) == 9
    assert s80s20([3]) is None
    assert s80s20([0, 2, 3, 4, 9]) is None
    assert s80s20([]) is None
    assert s80s20([1, 2, 3, 4, 9], [2, 2, 2, 2, 2]) == 9


# --- convergence ---------------------------------------------------------------------------------


def test_sigma_by_year_with_the_same_regions():
    panel = pd.DataFrame({2000: [1.0, math.e, 5], 2001: [1.0, 1.0, math.nan]})
    found = sigma_convergence(panel)
    assert found.index.tolist() == [2000, 2001]
    np.testing.assert_allclose(found, [0.5, 0])


def test_sigma_of_nothing_or_of_zero_is_unknown():
    assert sigma_convergence([[1, math.nan]]).isna().all()
    assert sigma_convergence([[1, 0], [2, 3]]).isna().tolist() == [False, True]


def test_beta_recovers_a_known_speed():
    start = np.array([10.0, 20.0, 40.0, 80.0])
    years, speed = 12, 0.03
    # The distance in logs to 100 shrinks at a constant rate.
    end = np.exp(math.log(100) + (np.log(start) - math.log(100)) * math.exp(-speed * years))
    found = beta_convergence(start, end, years)
    assert found.speed == pytest.approx(speed)
    assert found.half_life == pytest.approx(math.log(2) / speed)
    assert found.r2 == pytest.approx(1)
    assert found.b * math.log(100) + found.intercept == pytest.approx(0, abs=1e-12)


def test_beta_where_regions_part_or_overtake():
    apart = beta_convergence([1, 2, 4], [1, 3, 9], 10)
    assert apart.b > 0
    assert apart.speed < 0
    assert apart.half_life is None
    overtaken = beta_convergence([1, 2, 4], [8, 4, 2], 10)
    assert overtaken.b * 10 < -1
    assert overtaken.speed is None


@pytest.mark.parametrize(
    ("start", "end"), [([1, 2], [2, 3]), ([1, 2, 0], [2, 3, 4]), ([2, 2, 2], [3, 4, 5]), ([], [])]
)
def test_beta_needs_three_positive_and_different_starts(start, end):
    assert beta_convergence(start, end, 5) == Beta(None, None, None, None, None)


def test_beta_of_equal_growth_explains_nothing():
    found = beta_convergence([1, 2, 4], [2, 4, 8], 5)
    assert found.b == pytest.approx(0, abs=1e-12)
    assert found.half_life is None or found.half_life > 1e9
    with pytest.raises(DataError, match="later"):
        beta_convergence([1, 2, 4], [2, 4, 8], 0)


# --- social order --------------------------------------------------------------------------------


def test_concentration_of_one_who_has_all():
    # n groups of equal size, everything with the last: 1 − 1/n; with the first: the opposite.
    assert concentration([0, 0, 0, 8], [5, 5, 5, 5]).rci == pytest.approx(0.75)
    assert concentration([8, 0, 0, 0], [5, 5, 5, 5]).rci == pytest.approx(-0.75)


@given(INCOMES)
def test_concentration_of_sorted_incomes_is_gini(x):
    x = np.sort(x)
    found = concentration(x, np.ones_like(x))
    assert found.rci == pytest.approx(gini(x), abs=1e-9)
    assert found.aci == pytest.approx(found.rci * x.mean(), abs=1e-9)


def test_no_concentration_of_nothing():
    assert concentration([], []) == Concentration(None, None)
    assert concentration([0, 0], [1, 1]) == Concentration(None, None)
    assert between_group_variance([], []) is None


@given(INCOMES)
def test_between_group_variance_is_the_variance_of_equal_groups(x):
    assert between_group_variance(x, np.full(x.size, 3.0)) == pytest.approx(x.var(), abs=1e-6)


# --- independent results -------------------------------------------------------------------------


def test_regional_inequality_against_r(oracle):
    data = oracle("inequality_convergence_german_counties_1992_2014")
    inputs, expected = data["inputs"], data["expected"]
    for at, year in enumerate(inputs["years"]):
        x = np.array(inputs[f"gdppc_t{at}"], float)
        people = np.array(inputs[f"pop_t{at}"], float)
        known = expected["inequality"][str(year)]
        ones = np.ones_like(x)
        found = {
            "gini_unweighted": gini(x),
            "gini_popweighted_dineq": gini(x, people),
            "gini_popweighted_wINEQ": gini(x, people),
            "theil_T_unweighted": theil(x, ones),
            "theil_L_unweighted": mean_log_deviation(x, ones),
            "theil_T_popweighted_dineq": theil(x * people, people),
            "mld_popweighted_dineq": mean_log_deviation(x * people, people),
            "atkinson_05": atkinson(x, 0.5),
            "atkinson_1": atkinson(x, 1),
            "cv_population_sd": williamson(x, ones),
            "coefvar_wINEQ": williamson(x, people),
            "williamson_reat_weighted_mean": williamson(x, people),
        }
        for key, value in found.items():
            assert value == pytest.approx(known[key], rel=1e-9), (year, key)
    panel = np.column_stack([inputs["gdppc_t0"], inputs["gdppc_t1"]])
    spread = expected["sigma_sd_log"]["Estimate"][:2]
    np.testing.assert_allclose(sigma_convergence(panel), spread, rtol=1e-9)
    years = inputs["years"][1] - inputs["years"][0]
    beta = beta_convergence(inputs["gdppc_t0"], inputs["gdppc_t1"], years)
    assert beta.b == pytest.approx(expected["beta"]["beta"], rel=1e-9)
    assert beta.intercept == pytest.approx(expected["beta"]["alpha"], rel=1e-9)
    assert beta.r2 == pytest.approx(expected["beta"]["r2"], rel=1e-9)
    assert beta.speed == pytest.approx(expected["beta"]["lambda_barro_sala_i_martin"], rel=1e-9)
    assert beta.half_life == pytest.approx(expected["beta"]["halflife_barro"], rel=1e-9)
    x, people = np.array(inputs["gdppc_t1"], float), np.array(inputs["pop_t1"], float)
    lands = [code[:2] for code in inputs["region_code"]]
    for income, weights, key in (
        (x, np.ones_like(x), "theil_decomp_unweighted_by_land_PySAL"),
        (x * people, people, "theil_T_popweighted_decomp_by_land_identity"),
    ):
        parts = theil_decomposition(income, weights, lands)
        assert parts.total == pytest.approx(expected[key]["T"], rel=1e-9)
        assert parts.between == pytest.approx(expected[key]["between"], rel=1e-9)
        assert parts.within == pytest.approx(expected[key]["within"], rel=1e-9)


def test_income_inequality_against_r(oracle):
    data = oracle("income_inequality_eusilc_vorarlberg400")
    income, weight = (np.array(data["inputs"][key], float) for key in ("income", "weight"))
    expected = data["expected"]
    assert s80s20(income, weight) == pytest.approx(expected["qsr_S80S20"], rel=1e-9)
    # Of 400 people without weights exactly 80 are the richest fifth; the file has 79 (4.4974).
    x = np.sort(income)
    poorest = x[x <= (x[79] + x[80]) / 2].sum()
    assert s80s20(income) == pytest.approx(x[320:].sum() / poorest, rel=1e-9)
    assert 100 * gini(income, weight) == pytest.approx(expected["gini_pct"], rel=1e-9)
    assert 100 * gini(income) == pytest.approx(expected["unweighted"]["gini"], rel=1e-9)
    assert theil(income * weight, weight) == pytest.approx(expected["wINEQ"]["theil_T"], rel=1e-9)


def test_social_gradient_against_who(oracle):
    ordered = oracle("health_inequality_who_ordered")
    inputs = ordered["inputs"]
    found = concentration(inputs["estimate"], inputs["population"])
    assert found.rci == pytest.approx(ordered["expected"]["rci"]["estimate"], rel=1e-9)
    assert found.aci == pytest.approx(ordered["expected"]["aci"]["estimate"], rel=1e-9)
    data = oracle("health_inequality_who_nonordered")
    y, people = (np.array(data["inputs"][key]) for key in ("estimate", "population"))
    expected = data["expected"]
    variance = between_group_variance(y, people)
    assert variance == pytest.approx(expected["bgv"]["estimate"], rel=1e-9)
    # They publish both indices times a thousand.
    assert 1000 * theil(y * people, people) == pytest.approx(expected["ti"]["estimate"], rel=1e-9)
    assert 1000 * mean_log_deviation(y * people, people) == pytest.approx(
        expected["mld"]["estimate"], rel=1e-9
    )
