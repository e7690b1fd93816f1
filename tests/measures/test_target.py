"""Pace to a dated target: closed forms, met and missed targets, missing figures."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilannekuva.errors import DataError
from tilannekuva.measures.target import pace

POSITIVE = st.floats(0.1, 1e4)


def test_straight_way_to_a_higher_target():
    found = pace(10.0, 2010, 14.0, 2020, 20.0, 2030)
    assert found.linear_actual == pytest.approx(0.4)
    assert found.linear_required == pytest.approx(0.6)
    assert found.linear_ratio == pytest.approx(2 / 3)
    assert found.on_path_linear == pytest.approx(15.0)
    assert found.on_path_cagr == pytest.approx(math.sqrt(200))
    assert found.reach_year == pytest.approx(2035)
    assert found.cagr_required_from_base == pytest.approx(2 ** (1 / 20) - 1)


def test_target_of_zero_has_only_a_linear_pace():
    found = pace(12.0, 2010, 9.0, 2020, 0.0, 2030)
    assert found.linear_required == pytest.approx(-0.9)
    assert found.cagr_actual is not None
    assert found.cagr_required_from_last is None
    assert found.cagr_required_from_base is None
    assert found.on_path_cagr is None
    assert found.reach_year == pytest.approx(2050)


def test_standing_still_or_moving_away_never_arrives():
    assert pace(50.0, 2010, 50.0, 2020, 60.0, 2030).reach_year is None
    assert pace(50.0, 2010, 50.0, 2020, 60.0, 2030).linear_ratio == 0
    away = pace(50.0, 2010, 45.0, 2020, 60.0, 2030)
    assert away.reach_year is None
    assert away.linear_ratio < 0


def test_met_target_requires_no_pace():
    found = pace(10.0, 2010, 22.0, 2022, 20.0, 2030)
    assert found.linear_ratio is None
    assert found.reach_year == pytest.approx(2020)
    exactly = pace(10.0, 2010, 20.0, 2022, 20.0, 2030)
    assert exactly.linear_ratio is None
    assert exactly.reach_year == 2022


def test_direction_decides_where_the_base_had_met_the_target():
    # "At least 4" with a base of 5: by the way from base to target one would think "at most".
    still_met = pace(5.0, 2010, 4.5, 2020, 4.0, 2030, direction="up")
    assert still_met.linear_ratio is None
    assert still_met.reach_year is None
    lost = pace(5.0, 2010, 3.5, 2020, 4.0, 2030, direction="up")
    assert lost.linear_ratio == pytest.approx(-3)
    assert lost.reach_year is None


def test_holding_a_level():
    kept = pace(7.0, 2010, 7.0, 2020, 7.0, 2030)
    assert kept.linear_ratio is None
    assert kept.reach_year == 2020
    lost = pace(7.0, 2010, 6.0, 2020, 7.0, 2030)
    assert lost.linear_ratio == pytest.approx(-1)
    assert lost.reach_year is None


def test_past_the_deadline_nothing_is_required():
    found = pace(10.0, 2010, 14.0, 2021, 20.0, 2020)
    assert found.linear_required is found.linear_ratio is found.cagr_required_from_last is None
    assert found.on_path_linear is found.on_path_cagr is None
    assert found.cagr_required_from_base is not None
    assert found.reach_year == pytest.approx(2037.5)
    at_the_deadline = pace(10.0, 2010, 14.0, 2020, 20.0, 2020)
    assert at_the_deadline.linear_required is None
    assert at_the_deadline.on_path_linear == pytest.approx(20.0)


@pytest.mark.parametrize("missing", [None, math.nan])
def test_a_missing_base_leaves_only_what_does_not_need_it(missing):
    found = pace(missing, 2010, 14.0, 2020, 20.0, 2030)
    assert found.linear_required == pytest.approx(0.6)
    assert found.cagr_required_from_last is not None
    assert found.linear_actual is found.linear_ratio is found.cagr_actual is None
    assert found.on_path_linear is found.on_path_cagr is found.reach_year is None


def test_a_missing_target_leaves_only_the_actual_pace():
    found = pace(10.0, 2010, 14.0, 2020, None, 2030)
    assert found.linear_actual == pytest.approx(0.4)
    assert found.linear_required is found.linear_ratio is found.reach_year is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"base_period": 2020}, "before both"),
        ({"target_period": 2010}, "before both"),
        ({"last_period": math.nan}, "before both"),
        ({"last_period": "2020M05"}, "as years"),
        ({"base_value": "ten"}, "not a number"),
        ({"target_value": math.inf}, "infinite"),
        ({"direction": "neither"}, "direction"),
    ],
)
def test_wrong_input_is_refused(change, message):
    given = {
        "base_value": 10.0,
        "base_period": 2010,
        "last_value": 14.0,
        "last_period": 2020,
        "target_value": 20.0,
        "target_period": 2030,
    }
    with pytest.raises(DataError, match=message):
        pace(**{**given, **change})


@given(POSITIVE, POSITIVE, POSITIVE, st.integers(1, 30), st.integers(1, 30))
def test_the_required_pace_arrives(base, last, target, so_far, left):
    found = pace(base, 2000, last, 2000 + so_far, target, 2000 + so_far + left)
    assert last + found.linear_required * left == pytest.approx(target)
    assert last * (1 + found.cagr_required_from_last) ** left == pytest.approx(target)
    assert base + found.linear_actual * so_far == pytest.approx(last)
    if found.reach_year is not None:
        at = last + found.linear_actual * (found.reach_year - 2000 - so_far)
        assert at == pytest.approx(target, rel=1e-6, abs=1e-6)


@given(POSITIVE, POSITIVE, POSITIVE, st.sampled_from([0.01, 8.0]))
def test_ratios_and_years_do_not_depend_on_the_unit(base, last, target, scale):
    one = pace(base, 2010, last, 2020, target, 2030)
    other = pace(scale * base, 2010, scale * last, 2020, scale * target, 2030)
    for name in ("linear_ratio", "cagr_actual", "cagr_required_from_last", "reach_year"):
        before, after = getattr(one, name), getattr(other, name)
        assert (after is None) == (before is None), name
        if before is not None:
            assert after == pytest.approx(before, rel=1e-6, abs=1e-6), name


def test_pace_against_closed_forms(oracle):
    names = {
        "linear_actual_per_year": "linear_actual",
        "linear_required_per_year": "linear_required",
        "linear_ratio_actual_to_required": "linear_ratio",
        "cagr_actual": "cagr_actual",
        "cagr_required_from_last": "cagr_required_from_last",
        "cagr_required_from_base": "cagr_required_from_base",
        "on_path_value_linear": "on_path_linear",
        "on_path_value_cagr": "on_path_cagr",
    }
    for case in oracle("pace_to_target")["cases"]:
        inputs = ("v_base", "y_base", "v_last", "y_last", "target", "y_target")
        found = pace(*(case[key] for key in inputs))
        for theirs, ours in names.items():
            if theirs in case:
                assert getattr(found, ours) == pytest.approx(case[theirs], rel=1e-9), theirs
        if "eurostat_style_ratio" in case:
            ratio = found.cagr_actual / found.cagr_required_from_base
            assert ratio == pytest.approx(case["eurostat_style_ratio"], rel=1e-9)
