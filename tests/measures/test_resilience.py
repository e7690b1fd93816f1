"""Resistance and recovery against the country; the year the peak was regained."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilannekuva.errors import DataError
from tilannekuva.measures.resilience import Resistance, recovery, recovery_year, resistance

INDUSTRIES = st.lists(
    st.tuples(st.integers(1, 99), st.integers(0, 99), st.integers(100, 999), st.integers(1, 999)),
    min_size=1,
    max_size=6,
)


def test_falling_like_the_country():
    found = resistance(200, 190, 1000, 950)
    assert found.points == pytest.approx(0, abs=1e-12)
    assert found.ratio == pytest.approx(0, abs=1e-12)
    assert found.sensitivity == pytest.approx(1)


def test_not_falling_at_all():
    found = resistance(200, 200, 1000, 950)
    assert (found.points, found.ratio, found.sensitivity) == (pytest.approx(5), pytest.approx(1), 0)


def test_structure_explains_what_the_total_does_not():
    # Each industry does as in the country; the region just has more of the shrinking one.
    before, after = [80, 20], [64, 22]
    country, later = [500, 500], [400, 550]
    by_industry = resistance(before, after, country, later, by_industry=True)
    assert by_industry.points == pytest.approx(0, abs=1e-12)
    total = resistance(100, 86, 1000, 950)
    assert total.points == pytest.approx(-9)
    assert by_industry.sensitivity == pytest.approx(total.sensitivity)


def test_no_ratio_where_the_country_hardly_moved():
    found = resistance(200, 190, 1000, 996)
    assert found.points == pytest.approx(-4.6)
    assert found.ratio is found.sensitivity is None
    assert resistance(200, 190, 1000, 994).ratio is not None


def test_recovery_is_the_same_over_the_upswing():
    assert recovery(190, 201, 950, 1000) == resistance(190, 201, 950, 1000)


@pytest.mark.parametrize("place", range(4))
def test_a_missing_figure_leaves_nothing(place):
    figures = [200.0, 190.0, 1000.0, 950.0]
    figures[place] = math.nan
    assert resistance(*figures) == Resistance(None, None, None)


@pytest.mark.parametrize(
    ("figures", "by_industry", "message"),
    [
        (([1, 2], [1], [5, 5], [5, 5]), True, "equally long"),
        (([1, 2], [1, 2], [5, 5], [5, 5]), False, "by_industry=True"),
        ((-1, 2, 3, 4), False, "negative"),
        ((0, 2, 3, 4), False, "nothing at the start"),
        (([1, 2], [1, 2], [0, 5], [1, 5]), True, "not in the country"),
    ],
)
def test_wrong_figures_are_refused(figures, by_industry, message):
    with pytest.raises(DataError, match=message):
        resistance(*figures, by_industry=by_industry)


@given(INDUSTRIES, st.sampled_from([0.5, 1000.0]))
def test_unit_and_order_do_not_matter(rows, scale):
    columns = np.array(rows, float).T
    one = resistance(*columns, by_industry=True)
    other = resistance(*(scale * columns[:, ::-1]), by_industry=True)
    for name in ("points", "ratio", "sensitivity"):
        before, after = getattr(one, name), getattr(other, name)
        assert after == (None if before is None else pytest.approx(before, rel=1e-6, abs=1e-9))


@given(INDUSTRIES)
def test_the_country_itself_meets_the_expectation(rows):
    _, _, before, after = np.array(rows, float).T
    assert resistance(before, after, before, after, by_industry=True).points == pytest.approx(
        0, abs=1e-9
    )


@pytest.mark.parametrize(
    ("values", "year"),
    [
        ([100, 90, 95, 100, 120], 2011),
        ([100, 90, 95, 99, 98], None),
        ([100, 90, math.nan, 104, 98], 2011),
        ([math.nan, 90, 95, 99, 98], None),
        ([100, 101, 102, 103, 104], 2009),
    ],
)
def test_year_of_recovery(values, year):
    assert recovery_year(values, range(2008, 2013), 2008) == year
    assert recovery_year(values[::-1], range(2012, 2007, -1), 2008) == year


def test_wrong_series_of_recovery_are_refused():
    with pytest.raises(DataError, match="2007"):
        recovery_year([1, 2], [2008, 2009], 2007)
    with pytest.raises(DataError, match="twice"):
        recovery_year([1, 2], [2008, 2008], 2008)
    with pytest.raises(DataError, match="equally long"):
        recovery_year([1, 2], [2008], 2008)


def test_resilience_against_a_second_implementation(oracle):
    data = oracle("resilience_subset_2008_2009_2014")
    peak, trough, later = (np.array(data["inputs"][key], float) for key in ("t0", "t1", "t2"))
    expected = data["expected"]
    for at in range(len(data["regions"])):
        total = resistance(peak[at].sum(), trough[at].sum(), peak.sum(), trough.sum())
        mixed = resistance(
            peak[at], trough[at], peak.sum(axis=0), trough.sum(axis=0), by_industry=True
        )
        up = recovery(trough[at].sum(), later[at].sum(), trough.sum(), later.sum())
        up_mixed = recovery(
            trough[at], later[at], trough.sum(axis=0), later.sum(axis=0), by_industry=True
        )
        for found, key in (
            (total.sensitivity, "martin2012_sensitivity"),
            (total.ratio, "lagravinese_faggian_resistance_nat"),
            (total.points, "diff_pp_downturn"),
            (mixed.ratio, "martin_gardiner_resistance_mix"),
            (up.ratio, "recoverability_nat"),
            (up_mixed.ratio, "martin_gardiner_recoverability_mix"),
        ):
            assert found == pytest.approx(expected[key][at], rel=1e-9), (at, key)
        change = trough[at].sum() - peak[at].sum()
        mix_points = 100 * (change - expected["expected_change_downturn_mix"][at]) / peak[at].sum()
        assert mixed.points == pytest.approx(mix_points, rel=1e-9)
