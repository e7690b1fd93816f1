"""The long table as dense cubes: one division a period, cut where members or meanings change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tilannekuva import cubes, region_codes, table
from tilannekuva.cubes import Cube
from tilannekuva.model import Break, Text

Rows = Callable[..., pd.DataFrame]

REGIONS = [r.code for r in region_codes.regions("maakunta")]
OLD = [region_codes.dated(r, 2015) for r in REGIONS]
NOTE = Text(fi="muutos", sv="ändring", en="change")


def one(
    rows: pd.DataFrame, breaks: Iterable[tuple[str, Break]] = (), level: str = "maakunta"
) -> Cube:
    (found,) = cubes.cubes(rows, level, breaks)
    return found


def cut(first: str, region: str = "*", name: str = "synthetic") -> tuple[str, Break]:
    return name, Break(first_period=first, region=region, kind="definition", note=NOTE)


def at(cube: Cube, region: str, period: str) -> float:
    return float(cube.value[cube.areas.index(region), cube.periods.index(period)])


def stretch(cube: Cube, region: str) -> dict[str, int]:
    row = cube.segment[cube.areas.index(region)]
    return dict(zip(cube.periods, (int(n) for n in row), strict=True))


def test_a_cube_holds_what_the_table_holds(make_rows: Rows) -> None:
    rows = make_rows(
        ("MK18", "2020", 1.0),
        ("MK01", "2021", 2.0, "preliminary"),
        ("SSS", "2021", 9.0),
        ("MK18", "2021", None, "confidential"),
    )
    cube = one(rows)
    assert cube.areas == tuple(REGIONS)
    assert cube.periods == ("2020", "2021")
    assert at(cube, "MK18", "2020") == 1.0
    assert np.isnan(at(cube, "MK18", "2021"))
    assert np.isnan(at(cube, "MK02", "2020"))
    status = cube.status[cube.areas.index("MK18")]
    assert [cubes.STATUSES[s] for s in status] == ["final", "confidential"]
    # No row at all is not the same as a row without a value.
    assert cube.status[cube.areas.index("MK02")].tolist() == [-1, -1]
    assert cube.country is not None
    assert cube.country.value.tolist()[1:] == [9.0]


def test_indicators_and_breakdowns_come_apart_and_in_order(make_rows: Rows) -> None:
    rows = table.concat(
        [
            make_rows(("MK18", "2020", v), indicator=i, breakdown=b)
            for v, (i, b) in enumerate([("b", "total"), ("a", "F"), ("a", "total"), ("b", "M")])
        ]
    )
    found = [
        (c.indicator, c.breakdown, at(c, "MK18", "2020")) for c in cubes.cubes(rows, "maakunta")
    ]
    assert found == [("a", "F", 1.0), ("a", "total", 2.0), ("b", "M", 3.0), ("b", "total", 0.0)]


def test_other_levels_do_not_get_in(make_rows: Rows) -> None:
    rows = make_rows(("MK18", "2020", 1.0), ("KU205", "2021", 5.0), ("SK181", "2022", 6.0))
    assert one(rows).periods == ("2020",)
    assert one(rows, level="kunta").periods == ("2021",)
    assert not list(cubes.cubes(rows[rows["region"] == "SK181"], "maakunta"))


# --- divisions ----------------------------------------------------------------------------------


def test_within_a_period_divisions_never_mix(make_rows: Rows) -> None:
    """In 2012 both divisions have figures; that of most areas is taken, for all of them."""
    rows = make_rows(
        *((r, "2012", 1.0) for r in OLD),
        *((r, "2012", 2.0) for r in REGIONS if r not in (*OLD, "MK06", "MK18")),
        *((r, "2020", 3.0) for r in REGIONS),
    )
    cube = one(rows)
    first = cube.periods.index("2012")
    assert set(cube.codes[:, first]) == set(OLD)
    assert set(cube.value[:, first]) == {1.0}
    assert set(cube.codes[:, cube.periods.index("2020")]) == set(REGIONS)


def test_todays_division_wins_when_both_are_whole(make_rows: Rows) -> None:
    rows = make_rows(
        *((r, "2012", 1.0) for r in OLD if "@" in r),
        *((r, "2012", 2.0) for r in REGIONS),
        *((r, "2020", 3.0) for r in REGIONS),
    )
    assert set(one(rows).value[:, 0]) == {2.0}


def test_a_series_is_cut_where_members_change_and_only_there(make_rows: Rows) -> None:
    rows = make_rows(
        *((r, p, 1.0) for r in OLD for p in ("2010", "2011")),
        *((r, p, 1.0) for r in REGIONS for p in ("2021", "2022")),
    )
    cube = one(rows)
    assert stretch(cube, "MK18") == {"2010": 0, "2011": 0, "2021": 1, "2022": 1}
    assert stretch(cube, "MK19") == {"2010": 0, "2011": 0, "2021": 0, "2022": 0}
    assert cube.codes[cube.areas.index("MK18")].tolist() == ["MK18@2015"] * 2 + ["MK18"] * 2


def test_missing_periods_do_not_make_a_cut(make_rows: Rows) -> None:
    rows = make_rows(("MK18", "2010", 1.0), ("MK18", "2012", 1.0), ("MK01", "2011", 1.0))
    assert len(set(stretch(one(rows), "MK18").values())) == 1


# --- declared breaks ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("breaks", "expected"),
    [
        ([cut("2021")], [0, 1, 1]),
        ([cut("2021", "MK18")], [0, 1, 1]),
        ([cut("2021", "MK01")], [0, 0, 0]),
        ([cut("2021", name="*")], [0, 1, 1]),
        ([cut("2021", name="other")], [0, 0, 0]),
        ([cut("2020")], [0, 0, 0]),
        ([cut("2023")], [0, 0, 0]),
        ([cut("2021"), cut("2022"), cut("2022", "MK18")], [0, 1, 2]),
        # Between two periods: what comes after is on the new side.
        ([cut("2020M07")], [0, 1, 1]),
    ],
)
def test_a_declared_break_cuts_at_its_first_period(
    make_rows: Rows, breaks: list[tuple[str, Break]], expected: list[int]
) -> None:
    cube = one(make_rows(*(("MK18", p, 1.0) for p in ("2020", "2021", "2022"))), breaks)
    assert list(stretch(cube, "MK18").values()) == expected


def test_the_country_is_cut_by_its_own_breaks(make_rows: Rows) -> None:
    rows = make_rows(*((r, p, 1.0) for r in ("MK18", "SSS") for p in ("2020", "2021")))
    for region, expected in (("*", [0, 1]), ("SSS", [0, 1]), ("MK18", [0, 0])):
        cube = one(rows, [cut("2021", region)])
        assert cube.country is not None
        assert cube.country.segment.tolist() == expected


# --- one frequency ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "frequency", "periods"),
    [
        (["2020", "2021", "2021M06"], "year", ("2020", "2021")),
        (["2020", "2021", "2022M01", "2021M06"], "month", ("2021M06", "2022M01")),
        # The longer of two that end together.
        (["2020", "2020M12", "2020Q4"], "year", ("2020",)),
        (["2020Q4", "2020H2", "2019Q4"], "half", ("2020H2",)),
        (["2000/2002", "2003/2005", "2005"], "year", ("2005",)),
        (["2000/2002", "2003/2005", "2004"], "span", ("2000/2002", "2003/2005")),
        # Nine months are not three years: spans of one length only.
        (["2014/2016", "2016M01/2016M09", "2011/2013"], "span", ("2011/2013", "2014/2016")),
    ],
)
def test_a_cube_has_one_frequency_that_of_the_newest_figure(
    make_rows: Rows, given: list[str], frequency: str, periods: tuple[str, ...]
) -> None:
    cube = one(make_rows(*(("MK18", p, 1.0) for p in given)))
    assert (cube.frequency, cube.periods) == (frequency, periods)


def test_periods_are_in_the_order_of_time(make_rows: Rows) -> None:
    given = ["2020M10", "2020M02", "2019M12", "2020M01"]
    assert one(make_rows(*(("MK18", p, 1.0) for p in given))).periods == (
        "2019M12",
        "2020M01",
        "2020M02",
        "2020M10",
    )


# --- the real store -----------------------------------------------------------------------------


def test_no_cube_of_the_store_mixes_divisions(observed: Any) -> None:
    whole = {
        d: {region_codes.dated(r, d) for r in REGIONS} for d in region_codes.divisions("maakunta")
    }
    for cube in cubes.cubes(observed.rows, "maakunta", observed.breaks):
        for n in range(len(cube.periods)):
            codes = set(cube.codes[:, n])
            assert codes in whole.values(), (cube.indicator, cube.periods[n])
