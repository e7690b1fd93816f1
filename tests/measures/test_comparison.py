"""Gaps and ranks: small cases, invariances, and what must be refused."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from tilannekuva.errors import DataError
from tilannekuva.measures.comparison import gap, rank, rank_many

# Few distinct values make ties; NaN is a region without data.
REGIONS = hnp.arrays(
    float, st.integers(1, 9), elements=st.integers(-4, 4).map(float) | st.just(math.nan)
)
TABLES = hnp.arrays(
    float,
    st.tuples(st.integers(1, 4), st.integers(0, 7)),
    elements=st.integers(0, 5).map(float) | st.just(math.nan),
)


# --- gap -----------------------------------------------------------------------------------------


def test_gap_of_two_numbers():
    found = gap(40.5, 45.0)
    assert found.absolute == -4.5
    assert found.relative == pytest.approx(-0.1)
    assert found.index == pytest.approx(90)


@pytest.mark.parametrize(("value", "reference"), [(1.0, 0.0), (1.0, -2.0), (-1.0, 2.0)])
def test_no_ratio_to_zero_or_across_zero(value, reference):
    found = gap(value, reference)
    assert found.absolute == value - reference
    assert found.relative is None
    assert found.index is None
    many = gap([value, 4.0], [reference, 2.0])
    np.testing.assert_equal(many.relative, [math.nan, 1.0])
    np.testing.assert_equal(many.index, [math.nan, 200.0])


def test_zero_against_a_positive_reference_is_a_gap():
    assert gap(0.0, 4.0).relative == -1.0


def test_missing_value_or_reference_has_no_gap():
    for found in (gap(math.nan, 1.0), gap(1.0, math.nan)):
        assert found.absolute is found.relative is found.index is None


def test_regions_by_years_against_the_country_by_years():
    found = gap([[1.0, 2.0], [4.0, math.nan]], [2.0, 2.0])
    np.testing.assert_equal(found.absolute, [[-1.0, 0.0], [2.0, math.nan]])
    np.testing.assert_equal(found.index, [[50.0, 100.0], [200.0, math.nan]])


def test_gap_of_shapes_that_do_not_fit_is_refused():
    with pytest.raises(DataError, match="do not fit"):
        gap([1.0, 2.0, 3.0], [1.0, 2.0])


@given(st.floats(0, 1e6), st.floats(1e-3, 1e6), st.sampled_from([0.01, 7.0, 1000.0]))
def test_the_ratio_does_not_depend_on_the_unit(value, reference, scale):
    before, after = gap(value, reference), gap(scale * value, scale * reference)
    assert after.relative == pytest.approx(before.relative, rel=1e-9, abs=1e-12)
    assert after.index == pytest.approx(100 * (1 + before.relative), abs=1e-9, rel=1e-9)


# --- rank ----------------------------------------------------------------------------------------


def test_ties_share_the_smaller_number_and_show_their_range():
    found = rank(pd.Series([5.0, 7.0, 5.0, math.nan, 2.0], index=list("abcde")), "up")
    assert list(found.columns) == ["value", "rank", "rank_low", "rank_high"]
    assert list(found.index) == list("abcde")
    np.testing.assert_equal(found["rank"].to_numpy(), [2, 1, 2, math.nan, 4])
    np.testing.assert_equal(found["rank_low"].to_numpy(), [2, 1, 2, math.nan, 4])
    np.testing.assert_equal(found["rank_high"].to_numpy(), [3, 1, 3, math.nan, 4])


@pytest.mark.parametrize(
    ("method", "expected"),
    [("min", [2, 1, 2, 4]), ("max", [3, 1, 3, 4]), ("average", [2.5, 1, 2.5, 4])],
)
def test_methods_for_ties(method, expected):
    assert rank([5, 7, 5, 2], "up", method=method)["rank"].tolist() == expected


def test_down_ranks_the_least_first():
    assert rank([5, 7, 2], "down")["rank"].tolist() == [2, 3, 1]


def test_regions_closer_than_the_uncertainty_cannot_be_told_apart():
    found = rank_many([10.0, 9.6, 9.2, 5.0], "up", 0.5)
    assert found.rank.tolist() == [1, 2, 3, 4]
    # 9.6 may be first (10.0 is 0.4 away) or third (9.2 is 0.4 away); 10.0 surely beats 9.2.
    assert found.rank_low.tolist() == [1, 1, 2, 4]
    assert found.rank_high.tolist() == [2, 3, 3, 4]


def test_one_published_digit_is_a_difference():
    # In binary 5.3 − 5.2 is a little less than 0.1.
    found = rank_many([5.3, 5.2, 5.1], "up", 0.1)
    assert found.rank_low.tolist() == found.rank_high.tolist() == [1, 2, 3]


def test_half_widths_and_limits_of_intervals():
    values, half = [10.0, 8.0, 5.0], [1.5, 1.0, 0.1]
    by_width = rank_many(values, "up", half)
    low, high = np.subtract(values, half), np.add(values, half)
    by_limits = rank_many(values, "up", interval=(low, high))
    for found in (by_width, by_limits):
        assert found.rank_low.tolist() == [1, 1, 3]
        assert found.rank_high.tolist() == [2, 2, 3]
    mirrored = rank_many(np.negative(values), "down", interval=(-high, -low))
    assert mirrored.rank_high.tolist() == [2, 2, 3]


def test_one_uncertainty_for_each_row():
    found = rank_many([[1.0, 2.0], [1.0, 2.0]], "up", [[0.5], [5.0]])
    assert found.rank_low.tolist() == [[2, 1], [1, 1]]


def test_a_single_region_has_no_rank():
    found = rank_many([[3.0, math.nan], [math.nan, math.nan]], "up")
    assert found.n.tolist() == [1, 0]
    assert np.isnan(found.rank).all()
    assert np.isnan(found.rank_low).all()
    assert np.isnan(found.rank_high).all()


def test_no_direction_no_rank():
    for refused in ("neither", None, ""):
        with pytest.raises(DataError, match="'up' or 'down'"):
            rank([1, 2], refused)
        with pytest.raises(DataError, match="'up' or 'down'"):
            rank_many([1, 2], refused)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"uncertainty": -1.0}, "negative"),
        ({"uncertainty": math.nan}, "missing"),
        ({"uncertainty": [1.0, 1.0, 1.0]}, "does not fit"),
        ({"uncertainty": 1.0, "interval": ([0, 0], [9, 9])}, "not both"),
        ({"interval": ([0], [9])}, "shape"),
        ({"interval": ([0, math.nan], [9, 9])}, "outside its interval"),
        ({"interval": ([2, 2], [9, 9])}, "outside its interval"),
    ],
)
def test_wrong_uncertainties_are_refused(options, message):
    with pytest.raises(DataError, match=message):
        rank_many([1.0, 2.0], "up", **options)


def test_wrong_shapes_and_methods_are_refused():
    with pytest.raises(DataError, match="one list"):
        rank([[1.0, 2.0]], "up")
    with pytest.raises(DataError, match="last axis"):
        rank_many(1.0, "up")
    with pytest.raises(DataError, match="method"):
        rank([1.0, 2.0], "up", method="dense")


@given(TABLES, st.sampled_from(["up", "down"]))
def test_rank_is_that_of_scipy(values, direction):
    found = rank_many(values, direction)
    sign = -1 if direction == "up" else 1
    for row in range(len(values)):
        present = ~np.isnan(values[row])
        assert found.n[row] == present.sum()
        assert np.isnan(found.rank[row, ~present]).all()
        if present.sum() > 1:
            expected = stats.rankdata(sign * values[row, present], method="min")
            assert found.rank[row, present].tolist() == expected.tolist()
            worst = stats.rankdata(sign * values[row, present], method="max")
            assert found.rank_high[row, present].tolist() == worst.tolist()


@given(REGIONS, st.integers(0, 5).map(float))
def test_the_range_holds_the_rank_and_grows_with_uncertainty(values, uncertainty):
    small, large = rank_many(values, "up", uncertainty), rank_many(values, "up", uncertainty + 1)
    ranked = ~np.isnan(small.rank)
    assert (small.rank_low <= small.rank)[ranked].all()
    assert (small.rank <= small.rank_high)[ranked].all()
    assert (large.rank_low <= small.rank_low)[ranked].all()
    assert (large.rank_high >= small.rank_high)[ranked].all()
    assert (small.rank_high <= small.n)[ranked].all()


@given(REGIONS, st.randoms(use_true_random=False))
def test_the_order_of_regions_does_not_matter(values, random):
    order = list(range(values.size))
    random.shuffle(order)
    np.testing.assert_equal(
        rank_many(values[order], "up", 1.0).rank_high, rank_many(values, "up", 1.0).rank_high[order]
    )


@given(REGIONS)
def test_up_is_down_of_the_opposite(values):
    np.testing.assert_equal(rank_many(values, "up").rank, rank_many(-values, "down").rank)


def test_many_rows_equal_rows_one_by_one():
    values = np.random.default_rng(6).integers(0, 9, size=(3, 700, 60)).astype(float)
    found = rank_many(values, "down", 1.0)
    assert found.rank.shape == (3, 700, 60)
    assert found.n.shape == (3, 700)
    for at in [(0, 0), (1, 583), (2, 699)]:
        one = rank_many(values[at], "down", 1.0)
        np.testing.assert_equal(found.rank[at], one.rank)
        np.testing.assert_equal(found.rank_low[at], one.rank_low)


def test_no_regions_at_all():
    assert rank_many(np.empty((2, 0)), "up").rank.shape == (2, 0)
    assert rank([], "up").empty
