"""Scales, labels, classes and runs: the small parts that every chart stands on."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilannekuva.charts import axes, classes, labels, said, scales, series, strip, style
from tilannekuva.charts.maps import short_name
from tilannekuva.model import Break


@given(
    st.lists(
        st.tuples(st.floats(0, 200, allow_nan=False), st.floats(5, 30)), min_size=1, max_size=5
    )
)
def test_spread_labels_never_overlap_and_stay_inside(wishes: list[tuple[float, float]]) -> None:
    wanted, heights = [w for w, _ in wishes], [h for _, h in wishes]
    middles = labels.spread(wanted, heights, 0, 200)
    spans = sorted((m - h / 2, m + h / 2) for m, h in zip(middles, heights, strict=True))
    assert spans[0][0] >= -1e-6
    assert spans[-1][1] <= 200 + 1e-6
    for (_, end), (start, _) in pairwise(spans):
        assert start >= end - 1e-6


def test_labels_with_room_stay_where_they_are() -> None:
    assert labels.spread([20, 80], [10, 10], 0, 100) == [20, 80]


@given(st.text(alphabet="abc -", max_size=40), st.floats(20, 200))
def test_wrapping_loses_no_letter(text: str, width: float) -> None:
    lines = labels.wrap(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_ticks_are_round_and_inside(low: float, span: float) -> None:
    found = scales.ticks(low, low + span)
    assert len(found) <= 5
    assert all(low - 1e-6 * span <= v <= low + span * (1 + 1e-6) for v in found)


@given(st.integers(1950, 2040), st.integers(0, 80), st.integers(2, 9))
def test_year_ticks_have_both_ends_and_fit(first: int, span: int, room: int) -> None:
    found = scales.year_ticks(first, first + span, room)
    assert found[0] == first
    assert found[-1] == first + span
    assert len(found) <= max(room, 2) + 1
    assert list(found) == sorted(set(found))


def test_a_line_axis_starts_at_zero_only_when_zero_is_near() -> None:
    assert axes.limits([1, 100])[0] == 0
    assert axes.limits([60, 100])[0] > 50
    assert axes.limits([-5, 5])[0] < -5
    assert axes.limits([7, 7])[0] < 7 < axes.limits([7, 7])[1]


@given(st.lists(st.integers(0, 30), min_size=1, max_size=19))
def test_equal_figures_are_in_the_same_class(values: list[int]) -> None:
    figures = {f"area{i}": float(v) for i, v in enumerate(values)}
    found = classes.grades(figures)
    by_value = {v: {found[c] for c in figures if figures[c] == v} for v in figures.values()}
    assert all(len(v) == 1 for v in by_value.values())
    order = sorted(figures, key=lambda c: figures[c])
    assert [found[c] for c in order] == sorted(found.values())
    assert set(found.values()) == set(range(max(found.values()) + 1))


def test_classes_of_nineteen_regions_are_about_equal() -> None:
    found = classes.grades({str(i): float(i) for i in range(19)})
    sizes = [list(found.values()).count(k) for k in range(5)]
    assert sizes == [4, 4, 4, 4, 3]


@given(st.lists(st.floats(0, 400), min_size=1, max_size=19))
def test_dots_of_a_strip_never_cover_each_other(xs: list[float]) -> None:
    moves = strip.swarm(xs, 10, 0)
    assert moves[0] == 0
    for i in range(len(xs)):
        for j in range(i):
            assert (xs[i] - xs[j]) ** 2 + (moves[i] - moves[j]) ** 2 >= 100 - 1e-3


def test_runs_part_at_gaps_breaks_and_forecasts(synthetic: SimpleNamespace) -> None:
    s = synthetic.series(
        "MK18",
        {"2000": 1, "2001": 2, "2004": 3, "2005": 4, "2006": None, "2007": 5, "2008": 6, "2009": 7},
        {"2009": "forecast"},
    )
    parts = series.runs(series.points(s), 1.0, [2005.0])
    years = [[p.period for p in piece] for piece in parts]
    assert years == [["2000", "2001"], ["2004"], ["2005"], ["2007", "2008"], ["2009"]]


def test_a_rare_survey_is_joined_at_its_own_pace(synthetic: SimpleNamespace) -> None:
    every_fourth = synthetic.series("MK18", {"2000": 1, "2004": 2, "2008": 3, "2012": 2})
    finding = synthetic.finding(every_fourth)
    assert series.step(finding) == 4
    assert len(series.runs(series.points(every_fourth), series.step(finding))) == 1
    two = synthetic.finding(synthetic.series("MK18", {"2000": 1, "2004": 2}))
    assert len(series.runs(series.points(two.segments[0]), series.step(two))) == 2


def test_breaks_of_definition_cut_every_area_but_boundaries_only_ours(
    synthetic: SimpleNamespace,
) -> None:
    note = synthetic.text("note")
    breaks = (
        ("synthetic", Break(first_period="2010", kind="definition", note=note)),
        ("*", Break(first_period="2016", kind="boundary", region="MK18", note=note)),
        ("another", Break(first_period="2012", kind="method", note=note)),
    )
    finding = synthetic.compared()
    assert series.cuts(finding, synthetic.picture(finding, breaks=breaks)) == [2010.0]


def test_short_names_of_regions_are_unique_in_every_language(synthetic: SimpleNamespace) -> None:
    picture = synthetic.picture(synthetic.compared())
    for lang in ("fi", "sv", "en"):
        names = [short_name(said.name(picture, c, lang)) for c in synthetic.areas]
        assert len(set(names)) == 19
        assert all(style.text_width(n, style.SMALL, bold=True) < 29 for n in names)


@pytest.mark.parametrize(
    ("period", "shown"),
    [("2023M10", "10/2023"), ("2017/2019", "2017–2019"), ("2023", "2023"), ("2023Q2", "2023 Q2")],
)
def test_periods_beside_marks_are_short(period: str, shown: str) -> None:
    assert said.short(period, "fi") == shown
