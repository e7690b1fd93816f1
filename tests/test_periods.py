"""Periods: every notation is read, one is written, and the order is that of time."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilannekuva import periods
from tilannekuva.errors import CatalogueError, DataError

years = st.integers(1900, 2099)
singles = st.one_of(
    years.map(str),
    st.tuples(years, st.integers(1, 2)).map(lambda p: f"{p[0]}H{p[1]}"),
    st.tuples(years, st.integers(1, 4)).map(lambda p: f"{p[0]}Q{p[1]}"),
    st.tuples(years, st.integers(1, 12)).map(lambda p: f"{p[0]}M{p[1]:02d}"),
)
spans = st.tuples(singles, singles).filter(
    lambda p: periods.parse(p[0]).start <= periods.parse(p[1]).end
)
every = st.one_of(singles, spans.map("/".join))


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("2023", "2023"),
        ("2023H1", "2023H1"),
        ("2023-H2", "2023H2"),
        ("2023Q1", "2023Q1"),
        ("2015-Q1", "2015Q1"),
        ("2023M05", "2023M05"),
        ("2023-M05", "2023M05"),
        ("2022-12", "2022M12"),
        ("2000-2002", "2000/2002"),
        ("2017/2019", "2017/2019"),
        ("2015Q1/2015Q3", "2015Q1/2015Q3"),
        ("2015Q1-Q3", "2015Q1/2015Q3"),
        ("2019M01-M09", "2019M01/2019M09"),
        ("2019H1-H2", "2019H1/2019H2"),
        (" 2023 ", "2023"),
    ],
)
def test_every_notation_is_read(written: str, canonical: str) -> None:
    assert periods.canonical(written) == canonical
    assert periods.canonical(canonical) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "", "23", "2023M00", "2023M13", "2023-13", "2023Q5", "2023H3", "2023 Q1 ", "2023m05",
        "2023/", "2015Q1-M03", "2015M01-M99", "vuosi 2023", "2023*", "٢٠٢٣", "2023-05-01", "12023",
    ],
)  # fmt: skip
def test_what_is_not_a_period_is_refused_and_named(text: str) -> None:
    with pytest.raises(DataError, match="is not a period"):
        periods.canonical(text)


@pytest.mark.parametrize("text", ["2002-2000", "2019/2017", "2015Q3-Q1", "2020M05/2020M04"])
def test_a_span_that_runs_backwards_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="ends before it begins"):
        periods.canonical(text)


@given(every)
def test_reading_what_was_written_changes_nothing(text: str) -> None:
    assert periods.canonical(periods.canonical(text)) == periods.canonical(text)
    start, end, kind = periods.parse(text)
    assert start <= end
    assert kind == periods.frequency(text)


@given(singles)
def test_a_period_and_its_start_give_each_other(text: str) -> None:
    start, end, kind = periods.parse(text)
    year, month = divmod(start, 12)
    again = {
        "year": f"{year:04d}",
        "half": f"{year:04d}H{month // 6 + 1}",
        "quarter": f"{year:04d}Q{month // 3 + 1}",
        "month": f"{year:04d}M{month + 1:02d}",
    }[kind]
    assert again == text
    assert end - start + 1 == {"year": 12, "half": 6, "quarter": 3, "month": 1}[kind]


@given(every, st.integers(-50, 50))
def test_shifting_moves_by_whole_years_and_back(text: str, by: int) -> None:
    there = periods.shift(text, by)
    one, two = periods.parse(text), periods.parse(there)
    assert (two.start - one.start, two.end - one.end) == (12 * by, 12 * by)
    assert two.frequency == one.frequency
    assert periods.shift(there, -by) == periods.canonical(text)


@given(singles, singles)
def test_the_axis_of_years_orders_periods_of_one_kind_as_time_does(one: str, two: str) -> None:
    a, b = periods.parse(one), periods.parse(two)
    if a.frequency == b.frequency:
        assert (a.start < b.start) == (periods.year(one) < periods.year(two))


@given(years)
def test_a_year_stands_at_itself_and_a_three_year_mean_at_its_middle(y: int) -> None:
    assert periods.year(str(y)) == y
    assert periods.year(f"{y - 1}/{y + 1}") == y


def test_years_halves_quarters_and_months_sort_by_their_start() -> None:
    mixed = ["2023M02", "2022", "2023Q1", "2022H2", "2023"]
    ordered = sorted(mixed, key=lambda p: periods.parse(p).start)
    assert ordered == ["2022", "2022H2", "2023Q1", "2023", "2023M02"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2023", "2023-12-31"),
        ("2024-02", "2024-02-29"),
        ("2023M02", "2023-02-28"),
        ("2023Q3", "2023-09-30"),
        ("2023H1", "2023-06-30"),
        ("2017/2019", "2019-12-31"),
        ("2023-11-21", "2023-11-21"),
    ],
)
def test_latest_day(text: str, day: str) -> None:
    assert periods.latest_day(text).isoformat() == day


@pytest.mark.parametrize(
    ("text", "as_of", "months"),
    [
        ("2020", dt.date(2020, 12, 31), 0),
        ("2020", dt.date(2021, 1, 30), 0),
        ("2020", dt.date(2021, 1, 31), 1),
        ("2020", dt.date(2021, 2, 27), 1),
        ("2020", dt.date(2021, 2, 28), 2),
        ("2020", dt.date(2023, 11, 24), 34),
        ("2023M10", dt.date(2023, 11, 30), 1),
        ("2017/2019", dt.date(2022, 4, 30), 28),
    ],
)
def test_age_counts_full_months_from_the_end(text: str, as_of: dt.date, months: int) -> None:
    assert periods.age_months(text, as_of) == months


@given(singles, st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)), st.integers(0, 400))
def test_age_never_falls_as_days_go_by(text: str, day: dt.date, more: int) -> None:
    later = day + dt.timedelta(days=more)
    assert periods.age_months(text, day) <= periods.age_months(text, later)


@pytest.mark.parametrize("text", ["foo", "2023-02-30", "2023-13-01", "2023", ""])
def test_a_day_that_no_calendar_has_is_wrong_use(text: str) -> None:
    with pytest.raises(CatalogueError, match="not a date"):
        periods.iso_date(text)
