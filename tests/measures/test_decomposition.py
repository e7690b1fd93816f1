"""LMDI adds up exactly in any order; decoupling states at and between their limits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilannekuva.errors import DataError
from tilannekuva.measures.decomposition import Decoupling, Lmdi, decoupling, lmdi

POSITIVE = st.floats(0.01, 1000)
FACTORS = st.lists(st.tuples(POSITIVE, POSITIVE), min_size=1, max_size=5)


@given(FACTORS)
def test_parts_add_and_multiply_to_the_change(factors):
    start, end = zip(*factors, strict=True)
    found = lmdi(start, end)
    before, after = math.prod(start), math.prod(end)
    assert found.delta == pytest.approx(after - before, rel=1e-6, abs=1e-9 * (after + before))
    assert sum(found.additive) == pytest.approx(found.delta, abs=1e-9 * (after + before))
    assert math.prod(found.multiplicative) == pytest.approx(after / before, rel=1e-9)


@given(FACTORS)
def test_a_single_product_multiplies_by_the_ratios(factors):
    start, end = zip(*factors, strict=True)
    found = lmdi(start, end)
    np.testing.assert_allclose(found.multiplicative, np.divide(end, start), rtol=1e-9)


@given(FACTORS)
def test_order_of_factors_and_direction_of_time(factors):
    start, end = zip(*factors, strict=True)
    forward = np.array(lmdi(start, end).additive)
    scale = np.abs(forward).sum() + 1e-12
    np.testing.assert_allclose(
        lmdi(start[::-1], end[::-1]).additive, forward[::-1], atol=1e-9 * scale
    )
    np.testing.assert_allclose(lmdi(end, start).additive, -forward, atol=1e-9 * scale)


def test_no_change_and_nearly_no_change():
    assert lmdi([2.0, 3.0], [2.0, 3.0]) == Lmdi((0.0, 0.0), (1.0, 1.0), 0.0)
    # Close to equal, the weight is the quantity itself: 6 times a relative change of 1e-12.
    found = lmdi([2.0, 3.0], [2.0 * (1 + 1e-12), 3.0])
    assert found.additive[0] == pytest.approx(6e-12, rel=1e-3)


def test_gap_between_two_regions_by_the_same_split():
    # Half the productivity and the same employment: all of the gap is productivity.
    found = lmdi([80.0, 0.6], [40.0, 0.6])
    assert found.additive[0] == pytest.approx(found.delta)
    assert found.additive[1] == 0


def test_sectors_sum_up():
    found = lmdi([100.0, [0.5, 0.5], [2.0, 1.0]], [110.0, [0.4, 0.6], [2.0, 1.0]])
    assert found.delta == pytest.approx(110 * 1.4 - 100 * 1.5)
    assert sum(found.additive) == pytest.approx(found.delta)
    assert found.additive[2] == 0
    assert math.prod(found.multiplicative) == pytest.approx(154 / 150)


@pytest.mark.parametrize("bad", [0.0, -1.0])
def test_no_split_without_a_logarithm(bad):
    assert lmdi([2.0, bad], [3.0, 1.0]) == Lmdi(None, None, 3.0 - 2 * bad)


def test_a_missing_factor_leaves_nothing():
    assert lmdi([2.0, math.nan], [3.0, 1.0]) == Lmdi(None, None, None)


def test_wrong_factors_are_refused():
    with pytest.raises(DataError, match="2 factors at the start, 1 at the end"):
        lmdi([1.0, 2.0], [1.0])
    with pytest.raises(DataError):
        lmdi([], [])
    with pytest.raises(DataError, match="fit"):
        lmdi([[1.0, 2.0], [1.0, 2.0, 3.0]], [[1.0, 2.0], [1.0, 2.0, 3.0]])


def test_lmdi_against_closed_forms(oracle):
    data = oracle("lmdi_kaya")
    found, expected = lmdi(data["kaya"]["f0"], data["kaya"]["f1"]), data["kaya"]["expected"]
    assert found.delta == pytest.approx(expected["delta"], rel=1e-9)
    np.testing.assert_allclose(found.additive, expected["additive"], rtol=1e-9)
    np.testing.assert_allclose(found.multiplicative, expected["multiplicative"], rtol=1e-9)
    sectors = data["sectors"]
    start, end = (
        [sectors[f"activity{t}"], sectors[f"share{t}"], sectors[f"intensity{t}"]] for t in (0, 1)
    )
    wanted = [sectors["expected"][key] for key in ("activity", "structure", "intensity")]
    np.testing.assert_allclose(lmdi(start, end).additive, wanted, rtol=1e-9)


# --- decoupling ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pressure", "growing", "state"),
    [
        (-0.01, True, "strong decoupling"),
        (0.0, True, "weak decoupling"),
        (0.079, True, "weak decoupling"),
        (0.08, True, "expansive coupling"),
        (0.12, True, "expansive coupling"),
        (0.121, True, "expansive negative decoupling"),
        (0.01, False, "strong negative decoupling"),
        (0.0, False, "weak negative decoupling"),
        (-0.079, False, "weak negative decoupling"),
        (-0.08, False, "recessive coupling"),
        (-0.12, False, "recessive coupling"),
        (-0.121, False, "recessive decoupling"),
    ],
)
def test_states_at_their_limits(pressure, growing, state):
    growth = 0.1 if growing else -0.1
    assert decoupling(50, 50 * (1 + pressure), 20, 20 * (1 + growth)).state == state


def test_no_growth_has_no_state():
    found = decoupling(8.0, 7.0, 50.0, 50.0)
    assert found == Decoupling(None, None, pytest.approx(1 / 8))
    assert decoupling(8.0, 7.0, 50.0, 50.04).state is None


@pytest.mark.parametrize("bad", [0.0, -3.0, math.nan])
def test_no_decoupling_without_positive_figures(bad):
    assert decoupling(bad, 7, 50, 60) == Decoupling(None, None, None)
    assert decoupling(8, 7, 50, bad) == Decoupling(None, None, None)


@given(POSITIVE, POSITIVE, POSITIVE, POSITIVE, st.sampled_from([0.5, 16.0]))
def test_decoupling_does_not_depend_on_units(e0, e1, g0, g1, scale):
    one, other = decoupling(e0, e1, g0, g1), decoupling(scale * e0, scale * e1, g0, g1)
    assert other.state == one.state
    assert other.factor == pytest.approx(one.factor, rel=1e-9, abs=1e-9)


def test_decoupling_against_the_thresholds(oracle):
    for case in oracle("decoupling_tapio")["cases"]:
        found = decoupling(case["e0"], case["e1"], case["g0"], case["g1"])
        assert found.elasticity == pytest.approx(case["elasticity"], rel=1e-9)
        assert found.state == case["state"]
        expected = pytest.approx(case["oecd_decoupling_factor"], rel=1e-9, abs=1e-12)
        assert found.factor == expected
