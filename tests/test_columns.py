"""The algebra below formulas and sums: keys line up, origins add up, infinity is nothing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from tilannekuva import table
from tilannekuva.columns import Column, Space, Term
from tilannekuva.statuses import severity

Rows = Callable[..., pd.DataFrame]


def term(space: Space, name: str) -> Term:
    return Term(space, space.column(name))


@pytest.fixture
def space(make_rows: Rows) -> Space:
    """Synthetic: ``a`` with a cell beside its total, ``b`` of another year too."""
    return Space(
        table.concat(
            [
                make_rows(
                    ("MK18", "2020", 8.0, "final", "1" * 16), ("MK01", "2020", 3.0), indicator="a"
                ),
                make_rows(
                    ("MK18", "2020", 6.0, "estimated", "2" * 16), indicator="a", breakdown="F"
                ),
                make_rows(
                    ("MK18", "2020", 2.0, "preliminary", "3" * 16),
                    ("MK18", "2021", 0.0),
                    indicator="b",
                ),
            ]
        )
    )


def test_keys_ascend_and_say_region_period_and_breakdown(space: Space) -> None:
    key = space.column("a").key
    assert (np.diff(key) > 0).all()
    p, b = len(space.periods), len(space.breakdowns)
    regions, names, cells = list(space.regions), list(space.periods), list(space.breakdowns)
    found = {(regions[k // b // p], names[k // b % p], cells[k % b]) for k in key}
    assert found == {("MK18", "2020", "total"), ("MK18", "2020", "F"), ("MK01", "2020", "total")}


def test_an_unknown_indicator_is_an_empty_column(space: Space) -> None:
    assert len(space.column("nothing").key) == 0
    assert len((term(space, "nothing") + term(space, "a")).column.key) == 0


def test_a_total_is_spread_over_the_cells_on_either_side(space: Space) -> None:
    for found, values in (
        (term(space, "a") / term(space, "b"), [4.0, 3.0]),
        (term(space, "b") / term(space, "a"), [0.25, 1 / 3]),
    ):
        assert sorted(found.column.value) == sorted(values)
        assert found.column.cells


def test_status_and_origin_go_along(space: Space) -> None:
    found = (term(space, "a") / term(space, "b")).column
    cell = int(np.flatnonzero(found.key % len(space.breakdowns) == space.breakdowns["F"])[0])
    assert found.severity[cell] == severity("estimated")
    assert space.origins[found.origin[cell]] == {"2" * 16, "3" * 16}


def test_division_by_zero_has_no_answer(space: Space) -> None:
    b = term(space, "b")
    assert np.isnan((1 / b).column.value).tolist() == [False, True]
    assert np.isnan((b / 0).column.value).all()
    assert not np.isinf(((b * 1e300) ** 9).column.value).any()


def test_numbers_on_either_side(space: Space) -> None:
    b = term(space, "b")
    assert (10 - b).column.value.tolist() == [8.0, 10.0]
    assert (b - 10).column.value.tolist() == [-8.0, -10.0]
    assert (3**b).column.value.tolist() == [9.0, 1.0]
    assert (-b + 1).column.value.tolist() == [-1.0, 1.0]
    assert (6 / b).column.value[0] == 3.0


def test_only_what_is_not_there_yet_is_kept(space: Space) -> None:
    old = space.column("b")
    space.add("b", Column(old.key + 0, old.value + 99, old.severity, old.origin, False), "b = b")
    assert space.column("b").value.tolist() == [2.0, 0.0]
    assert space.derived().empty
    key = np.array([old.key[0] + 10 * len(space.breakdowns)])
    space.add("b", Column(key, np.array([7.0]), old.severity[:1], old.origin[:1], False), "b = 7")
    assert space.column("b").value.tolist()[-1] == 7.0
    assert space.derived()["value"].tolist() == [7.0]


def test_a_value_that_is_gone_is_not_computable_whatever_its_parents_were(space: Space) -> None:
    found = (term(space, "b") / 0).column
    space.add("c", found, "c = b / 0")
    assert set(space.derived()["status"]) == {"not_computable"}
