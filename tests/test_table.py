"""The one table: its rules, its view as of a day, and what survives putting tables together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tilannekuva import table
from tilannekuva.errors import DataError
from tilannekuva.model import Snapshot

Rows = Callable[..., pd.DataFrame]


def snapshot(name: str, published_on: str, **more: Any) -> Snapshot:
    given = {
        "id": name, "kind": "carried", "sha256": name * 4, "file": name, "bytes": 1,
        "source": "statfin", "table": "t", "title": "", "vintage": "", "address": "",
        "licence": "", **more,
    }  # fmt: skip
    return Snapshot(published_on=published_on, **given)


# --- the rules ----------------------------------------------------------------------------------


def test_the_table_is_typed_sorted_and_has_seven_columns(make_rows: Rows) -> None:
    made = make_rows(("MK18", "2021", 2.0), ("MK01", "2022", 1.0), ("MK01", "2021", 3.0))
    assert tuple(made.columns) == table.COLUMNS
    assert made["value"].dtype == np.float64
    for column in (*table.KEY, "snapshot", "status"):
        assert isinstance(made[column].dtype, pd.CategoricalDtype), column
        if column != "status":
            assert list(made[column].cat.categories) == sorted(set(made[column]))
    assert made[["region", "period"]].to_numpy().tolist() == [
        ["MK01", "2021"],
        ["MK01", "2022"],
        ["MK18", "2021"],
    ]


def test_a_key_that_stands_twice_is_named(make_rows: Rows) -> None:
    with pytest.raises(
        DataError, match=r"synthetic, MK18, total, 2021 .*the same key stands twice"
    ):
        make_rows(("MK18", "2021", 1.0), ("MK01", "2021", 1.0), ("MK18", "2021", 2.0))


def test_the_store_keeps_every_vintage_of_a_key(make_rows: Rows) -> None:
    rows = pd.concat(
        [
            make_rows(("MK18", "2021", 1.0, "final", "a")),
            make_rows(("MK18", "2021", 2.0, "final", "b")),
        ]
    )
    assert len(table.make(rows, unique=(*table.KEY, "snapshot"))) == 2
    with pytest.raises(DataError, match="stands twice"):
        table.make(rows)


def test_a_missing_value_needs_a_reason(make_rows: Rows) -> None:
    with pytest.raises(DataError, match=r"MK18.*no value but the status of one"):
        make_rows(("MK18", "2021", None, "final"))


def test_a_value_has_no_reason_for_being_missing(make_rows: Rows) -> None:
    with pytest.raises(DataError, match=r"MK18.*a value but the status of a missing one"):
        make_rows(("MK18", "2021", 1.0, "confidential"))


@pytest.mark.parametrize("value", [float("inf"), float("-inf")])
def test_infinity_is_not_a_figure(make_rows: Rows, value: float) -> None:
    with pytest.raises(DataError, match=r"MK18.*infinity is not a figure"):
        make_rows(("MK18", "2021", value))


def test_an_unknown_status_is_named(make_rows: Rows) -> None:
    with pytest.raises(DataError, match="unknown status 'provisional'"):
        make_rows(("MK18", "2021", 1.0, "provisional"))


@pytest.mark.parametrize("column", [*table.KEY, "snapshot"])
def test_no_text_may_be_missing(make_rows: Rows, column: str) -> None:
    rows = make_rows(("MK18", "2021", 1.0)).astype(dict.fromkeys((*table.KEY, "snapshot"), object))
    rows[column] = None
    with pytest.raises(DataError, match=f"a row has no {column}"):
        table.make(rows)


@pytest.mark.parametrize("column", table.COLUMNS)
def test_a_missing_column_is_named(make_rows: Rows, column: str) -> None:
    with pytest.raises(DataError, match=f"lacks the column '{column}'"):
        table.make(make_rows(("MK18", "2021", 1.0)).drop(columns=column))


def test_an_empty_table_is_a_table(make_rows: Rows) -> None:
    assert tuple(make_rows().columns) == table.COLUMNS
    assert table.concat([]).empty


# --- putting tables together --------------------------------------------------------------------


def test_concat_keeps_the_text_categorical_and_comparable(make_rows: Rows) -> None:
    """Plain concat of differing categories gives text, and comparing them raises."""
    one = make_rows(("MK18", "2021", 1.0), indicator="b")
    two = make_rows(("MK01", "2022", 2.0, "preliminary"), indicator="a")
    both = table.concat([one, make_rows(), two])
    assert list(both["indicator"].cat.categories) == ["a", "b"]
    assert list(both["region"].cat.categories) == ["MK01", "MK18"]
    assert (both["indicator"] == "a").tolist() == [True, False]
    assert both["status"].tolist() == ["preliminary", "final"]
    pd.testing.assert_frame_equal(both, table.concat([two, one]))


def test_concat_refuses_what_two_tables_both_have(make_rows: Rows) -> None:
    one = make_rows(("MK18", "2021", 1.0))
    with pytest.raises(DataError, match="stands twice"):
        table.concat([one, one])


def test_a_selection_forgets_the_categories_it_does_not_use(make_rows: Rows) -> None:
    rows = make_rows(("MK18", "2021", 1.0), ("MK01", "2021", 2.0))
    left = table.make(rows[rows["region"] == "MK18"])
    assert list(left["region"].cat.categories) == ["MK18"]


def test_parquet_gives_back_the_same_table(make_rows: Rows, tmp_path: Path) -> None:
    rows = make_rows(("MK18", "2021", 0.1 + 0.2, "estimated"), ("MK01", "2021", None, "suppressed"))
    table.write_parquet(rows, tmp_path / "deep" / "t.parquet")
    pd.testing.assert_frame_equal(table.read_parquet(tmp_path / "deep" / "t.parquet"), rows)
    table.write_parquet(rows, tmp_path / "again.parquet")
    assert (tmp_path / "again.parquet").read_bytes() == (
        tmp_path / "deep" / "t.parquet"
    ).read_bytes()


# --- the view as of a day -----------------------------------------------------------------------

LOCK = [
    snapshot("old", "2022-05-01"),
    snapshot("new", "2023-05-01"),
    snapshot("late", "2023", received_at="2024-01-01T00:00:00Z"),
    # The one received later has the smaller hash: the hash is asked last.
    snapshot("tie1", "2024-01-01", received_at="2024-02-01T00:00:00Z", sha256="b"),
    snapshot("tie2", "2024-01-01", received_at="2024-02-02T00:00:00Z", sha256="a"),
]


def seen(
    rows: pd.DataFrame, as_of: str | None, ranks: dict[tuple[str, str], int] | None = None
) -> list[float]:
    return table.view(rows, LOCK, ranks or {}, as_of)["value"].tolist()


def vintages(make_rows: Rows, **values: float | None) -> pd.DataFrame:
    """One key, a figure from each named snapshot."""
    parts = [
        make_rows(("MK18", "2021", v, "final" if v is not None else "not_available", name))
        for name, v in values.items()
    ]
    return table.concat(parts, unique=(*table.KEY, "snapshot"))


@pytest.mark.parametrize(
    ("as_of", "value"),
    [
        ("2022-04-30", None),
        ("2022-05-01", 1.0),
        ("2022-12-31", 1.0),
        # Published "in 2023": may have been there from the first day of the year on.
        ("2023-01-01", 3.0),
        ("2023-05-01", 3.0),
        (None, 3.0),
    ],
)
def test_the_newest_figure_published_by_the_day_counts(
    make_rows: Rows, as_of: str | None, value: float | None
) -> None:
    rows = vintages(make_rows, old=1.0, new=2.0, late=3.0)
    assert seen(rows, as_of) == ([] if value is None else [value])


def test_of_two_published_on_one_day_the_one_received_later_counts(make_rows: Rows) -> None:
    assert seen(vintages(make_rows, tie1=1.0, tie2=2.0), None) == [2.0]
    assert seen(vintages(make_rows, tie1=2.0, tie2=1.0), None) == [1.0]


def test_of_two_received_together_the_hash_decides_and_not_the_order(make_rows: Rows) -> None:
    lock = [snapshot("a", "2023"), snapshot("b", "2023")]
    rows = vintages(make_rows, a=1.0, b=2.0)
    for order in (lock, lock[::-1]):
        assert table.view(rows, order, {}, None)["value"].tolist() == [2.0]


def test_a_better_source_counts_before_a_newer_one(make_rows: Rows) -> None:
    rows = vintages(make_rows, old=1.0, new=2.0)
    assert seen(rows, None, {("synthetic", "old"): 0, ("synthetic", "new"): 1}) == [1.0]


def test_a_figure_that_its_publisher_withdrew_is_gone(make_rows: Rows) -> None:
    """The newest publication of one table speaks, also where it says that there is no figure."""
    rows = vintages(make_rows, old=1.0, new=None)
    (value,) = seen(rows, None)
    assert np.isnan(value)
    assert seen(rows, "2023-01-01") == [1.0]


def test_a_row_without_a_value_never_hides_another_tables_figure(make_rows: Rows) -> None:
    lock = [snapshot("a", "2022", table="t"), snapshot("b", "2023", table="u")]
    rows = vintages(make_rows, a=1.0, b=None)
    for ranks in ({}, {("synthetic", "a"): 1, ("synthetic", "b"): 0}):
        assert table.view(rows, lock, ranks, None)["value"].tolist() == [1.0]


def test_a_row_of_no_snapshot_of_the_lock_is_not_in_the_view(make_rows: Rows) -> None:
    assert seen(vintages(make_rows, stranger=1.0), None) == []


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["MK18", "MK01"]),
            st.sampled_from(["2020", "2021"]),
            st.sampled_from([s.id for s in LOCK]),
            st.one_of(st.none(), st.integers(0, 9)),
        ),
        max_size=15,
        unique_by=lambda r: r[:3],
    ),
    st.dictionaries(st.sampled_from([s.id for s in LOCK]), st.integers(0, 2)),
    st.sampled_from([None, "2022-06-01", "2023-06-01", "2024-01-01"]),
)
def test_the_view_is_what_a_plain_search_finds(
    make_rows: Rows,
    rows: list[tuple[str, str, str, int | None]],
    ranks: dict[str, int],
    as_of: str | None,
) -> None:
    made = table.concat(
        [
            make_rows((r, p, v, "final" if v is not None else "suppressed", s))
            for r, p, s, v in rows
        ],
        unique=(*table.KEY, "snapshot"),
    )
    found = table.view(made, LOCK, {("synthetic", s): n for s, n in ranks.items()}, as_of)
    day = {
        "old": "2022-05-01",
        "new": "2023-05-01",
        "late": "2023-01-01",
        "tie1": "2024-01-01",
        "tie2": "2024-01-01",
    }
    place = [s.id for s in LOCK]
    best: dict[tuple[str, str], tuple[Any, int | None]] = {}
    for r, p, s, v in rows:
        if as_of is None or day[s] <= as_of:
            claim = (-ranks.get(s, 99), place.index(s))
            if (r, p) not in best or claim > best[r, p][0]:
                best[r, p] = (claim, v)
    got = {
        (r, p): None if np.isnan(v) else int(v)
        for r, p, v in zip(found["region"], found["period"], found["value"], strict=True)
    }
    assert got == {k: v for k, (_, v) in best.items()}


# --- cutting ------------------------------------------------------------------------------------


def test_at_takes_exactly_one_level(make_rows: Rows) -> None:
    rows = make_rows(
        ("SSS", "2021", 1.0),
        ("MK18", "2021", 1.0),
        ("MK18@2015", "2010", 1.0),
        ("KU205", "2021", 1.0),
        ("SK181", "2021", 1.0),
    )
    assert table.at(rows, "maakunta")["region"].tolist() == ["MK18", "MK18@2015"]
    assert table.at(rows, "koko_maa")["region"].tolist() == ["SSS"]
    with pytest.raises(DataError, match="no region of the level 'hyvinvointialue'"):
        table.at(rows, "hyvinvointialue")


def test_split_breakdown_gives_a_column_an_axis(make_rows: Rows) -> None:
    rows = table.concat(
        [
            make_rows(("MK18", "2021", 1.0), breakdown=b)
            for b in ("total", "Y0-4.F", "Y0-4.T", "T.M")
        ]
    )
    found = table.split_breakdown(rows, ["age", "sex"])
    assert list(found.columns[:5]) == ["indicator", "region", "age", "sex", "period"]
    assert sorted(zip(found["age"], found["sex"], strict=True)) == [
        ("T", "M"),
        ("T", "T"),
        ("Y0-4", "F"),
        ("Y0-4", "T"),
    ]


def test_a_breakdown_of_other_axes_is_refused(make_rows: Rows) -> None:
    rows = make_rows(("MK18", "2021", 1.0), breakdown="Y0-4.F")
    with pytest.raises(DataError, match=r"'Y0-4\.F' does not have the 1 axes \['age'\]"):
        table.split_breakdown(rows, ["age"])
