"""Figures that follow from figures: whole sums, honest statuses, and a way back to the raw file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tilannekuva import deriving, formulas, indicators, region_codes, table
from tilannekuva.errors import CatalogueError, DataError
from tilannekuva.indicators import Catalogue
from tilannekuva.model import ABSENT, Indicator, Snapshot
from tilannekuva.observing import Observed

Rows = Callable[..., pd.DataFrame]
Make = Callable[..., Indicator]
Found = dict[tuple[str, str], float | None]

KAINUU = region_codes.children("MK18", "kunta")
SUM = {"method": "sum", "levels": ("maakunta", "seutukunta"), "country": True}
S1, S2, S3 = "1" * 16, "2" * 16, "3" * 16

values = st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 2))


def derived(
    make_catalogue: Callable[..., Catalogue], rows: pd.DataFrame, *found: Indicator
) -> deriving.Derived:
    return deriving.derive(rows, make_catalogue(*found))


def of(
    result: deriving.Derived, name: str, column: str = "value", breakdown: str = "total"
) -> Found:
    rows = result.rows
    rows = rows[(rows["indicator"] == name) & (rows["breakdown"] == breakdown)]
    return {
        (r, p): None if v != v else v  # NaN is not itself
        for r, p, v in zip(rows["region"], rows["period"], rows[column].astype(object), strict=True)
    }


# --- sums over municipalities -------------------------------------------------------------------


@settings(max_examples=20)
@given(st.lists(values, min_size=8, max_size=8))
def test_a_region_is_the_sum_of_its_municipalities(
    make_rows: Rows,
    make_indicator: Make,
    make_catalogue: Callable[..., Catalogue],
    given_: list[float],
) -> None:
    rows = make_rows(*((k, "2020", v) for k, v in zip(KAINUU, given_, strict=True)))
    found = of(derived(make_catalogue, rows, make_indicator(aggregate=SUM)), "synthetic")
    assert np.isclose(found["MK18", "2020"], np.sum(given_), atol=1e-6)
    part = [
        v
        for k, v in zip(KAINUU, given_, strict=True)
        if k in region_codes.children("SK181", "kunta")
    ]
    assert np.isclose(found["SK181", "2020"], np.sum(part), atol=1e-6)
    assert ("SSS", "2020") not in found


@pytest.mark.parametrize("gone", KAINUU)
def test_no_sum_where_one_municipality_is_missing(
    make_rows: Rows, make_indicator: Make, make_catalogue: Callable[..., Catalogue], gone: str
) -> None:
    rows = make_rows(*((k, "2020", 1.0) for k in KAINUU if k != gone))
    found = of(derived(make_catalogue, rows, make_indicator(aggregate=SUM)), "synthetic")
    assert ("MK18", "2020") not in found


def test_no_sum_where_one_municipality_has_no_value(
    make_rows: Rows, make_indicator: Make, make_catalogue: Callable[..., Catalogue]
) -> None:
    """Missing is not zero."""
    rows = make_rows(*((k, "2020", None if k == "KU205" else 1.0) for k in KAINUU))
    found = of(derived(make_catalogue, rows, make_indicator(aggregate=SUM)), "synthetic")
    assert ("MK18", "2020") not in found


NORTH_KARELIA = [k for k in region_codes.children("MK12", "kunta") if k != "KU541"]


@pytest.mark.parametrize(
    ("nurmes", "total"),
    [
        ({"KU541": 5.0}, 5.0),
        ({"KU541@2019": 3.0, "KU911": 2.0}, 5.0),
        # Both ways of giving the same people: counted once.
        ({"KU541": 5.0, "KU911": 2.0}, 5.0),
        ({"KU541": 5.0, "KU541@2019": 3.0, "KU911": 2.0}, 5.0),
        # Nurmes as it was before Valtimo joined it, without Valtimo: not whole.
        ({"KU541@2019": 3.0}, None),
        ({"KU911": 2.0}, None),
        ({}, None),
    ],
    ids=str,
)
def test_municipalities_that_merged_are_counted_once_and_wholly(
    make_rows: Rows,
    make_indicator: Make,
    make_catalogue: Callable[..., Catalogue],
    nurmes: dict[str, float],
    total: float | None,
) -> None:
    rows = make_rows(
        *((k, "2019", 0.0) for k in NORTH_KARELIA), *((k, "2019", v) for k, v in nurmes.items())
    )
    found = of(derived(make_catalogue, rows, make_indicator(aggregate=SUM)), "synthetic")
    assert found.get(("MK12", "2019")) == total


def test_the_country_is_summed_only_where_that_is_declared(
    make_rows: Rows, make_indicator: Make, make_catalogue: Callable[..., Catalogue]
) -> None:
    every = [r.code for r in region_codes.regions("kunta")]
    rows = make_rows(*((k, "2020", 1.0) for k in every))
    for country in (True, False):
        indicator = make_indicator(aggregate={**SUM, "country": country})
        found = of(derived(make_catalogue, rows, indicator), "synthetic")
        assert found.get(("SSS", "2020")) == (308.0 if country else None)
    missing_one = rows[rows["region"] != every[100]]
    found = of(derived(make_catalogue, missing_one, make_indicator(aggregate=SUM)), "synthetic")
    assert ("SSS", "2020") not in found


def test_a_published_figure_is_never_replaced(
    make_rows: Rows, make_indicator: Make, make_catalogue: Callable[..., Catalogue]
) -> None:
    rows = make_rows(*((k, "2020", 1.0) for k in KAINUU), ("MK18", "2020", 7.9, "final", S1))
    result = derived(make_catalogue, rows, make_indicator(aggregate=SUM))
    assert of(result, "synthetic")["MK18", "2020"] == 7.9
    assert of(result, "synthetic", "snapshot")["MK18", "2020"] == S1


def test_breakdowns_are_summed_cell_by_cell(
    make_rows: Rows, make_indicator: Make, make_catalogue: Callable[..., Catalogue]
) -> None:
    parts = [make_rows(*((k, "2020", 2.0) for k in KAINUU), breakdown=b) for b in ("total", "F")]
    indicator = make_indicator(aggregate=SUM, axes=("sex",))
    result = derived(make_catalogue, table.concat(parts), indicator)
    assert of(result, "synthetic", breakdown="F")["MK18", "2020"] == 16
    assert of(result, "synthetic")["MK18", "2020"] == 16


def test_a_sum_takes_the_worst_status_and_every_origin(
    make_rows: Rows, make_indicator: Make, make_catalogue: Callable[..., Catalogue]
) -> None:
    rows = make_rows(
        *((k, "2020", 1.0, "final", S1) for k in KAINUU[:6]),
        (KAINUU[6], "2020", 1.0, "preliminary", S2),
        (KAINUU[7], "2020", 1.0, "estimated", S2),
    )
    result = derived(make_catalogue, rows, make_indicator(aggregate=SUM))
    assert of(result, "synthetic", "status")["MK18", "2020"] == "estimated"
    name = of(result, "synthetic", "snapshot")["MK18", "2020"]
    assert result.derivations[str(name)].parents == (S1, S2)


@settings(max_examples=20)
@given(
    st.lists(
        st.tuples(values, st.floats(0.5, 1e4).map(lambda x: round(x, 1))), min_size=8, max_size=8
    )
)
def test_a_weighted_mean_is_that_of_numpy(
    make_rows: Rows,
    make_indicator: Make,
    make_catalogue: Callable[..., Catalogue],
    pairs: list[tuple[float, float]],
) -> None:
    rows = table.concat(
        [
            make_rows(
                *((k, "2020", v, "final", S1) for k, (v, _) in zip(KAINUU, pairs, strict=True))
            ),
            make_rows(
                *(
                    (k, "2020", w, "preliminary", S2)
                    for k, (_, w) in zip(KAINUU, pairs, strict=True)
                ),
                indicator="people",
            ),
        ]
    )
    mean = make_indicator(aggregate={"method": "weighted_mean", "weight": "people"})
    result = derived(make_catalogue, rows, mean, make_indicator("people"))
    expected = np.average([v for v, _ in pairs], weights=[w for _, w in pairs])
    assert np.isclose(of(result, "synthetic")["MK18", "2020"], expected, atol=1e-6)
    assert of(result, "synthetic", "status")["MK18", "2020"] == "preliminary"
    name = str(of(result, "synthetic", "snapshot")["MK18", "2020"])
    assert result.derivations[name].parents == (S1, S2), "the weight is an origin, too"


def test_a_weighted_mean_needs_every_weight_and_one_that_is_not_zero(
    make_rows: Rows, make_indicator: Make, make_catalogue: Callable[..., Catalogue]
) -> None:
    mean = make_indicator(aggregate={"method": "weighted_mean", "weight": "people"})
    people = make_indicator("people")
    rows = make_rows(*((k, p, 1.0) for k in KAINUU for p in ("2020", "2021")))
    weights = make_rows(
        *((k, "2020", 1.0) for k in KAINUU[1:]),
        *((k, "2021", 0.0) for k in KAINUU),
        indicator="people",
    )
    found = of(derived(make_catalogue, table.concat([rows, weights]), mean, people), "synthetic")
    assert not [k for k in found if k[0] == "MK18"]
    assert not [
        k for k in of(derived(make_catalogue, rows, mean, people), "synthetic") if k[0] == "MK18"
    ]


# --- formulas -----------------------------------------------------------------------------------


def pair(make_rows: Rows, a: list[Any], b: list[Any]) -> pd.DataFrame:
    return table.concat([make_rows(*a, indicator="a"), make_rows(*b, indicator="b")])


FORMULAS = ["100 * a / b", "a - b", "(a + b) * 2 - a", "-a + 3", "a ** 2 / 7", "2 ** (b / 1000000)"]


@pytest.mark.parametrize("formula", FORMULAS)
@settings(max_examples=4)
@given(st.lists(st.tuples(values, values), min_size=30, max_size=30))
def test_a_formula_is_plain_arithmetic(
    make_rows: Rows,
    make_indicator: Make,
    make_catalogue: Callable[..., Catalogue],
    formula: str,
    numbers: list[tuple[float, float]],
) -> None:
    numbers = [*numbers, (1.0, 0.0), (0.0, 0.0)]
    periods = [str(1990 + n) for n in range(len(numbers))]
    rows = pair(
        make_rows,
        [("MK18", p, a) for p, (a, _) in zip(periods, numbers, strict=True)],
        [("MK18", p, b) for p, (_, b) in zip(periods, numbers, strict=True)],
    )
    three = (make_indicator("a"), make_indicator("b"), make_indicator("c", formula=formula))
    found = of(derived(make_catalogue, rows, *three), "c")
    for p, (a, b) in zip(periods, numbers, strict=True):
        if b == 0 and "/ b" in formula:
            assert found["MK18", p] is None
        else:
            expected = formulas.evaluate(formula, {"a": a, "b": b}, {})
            assert found["MK18", p] == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_only_what_both_parents_have_is_computed(
    make_rows: Rows, make_indicator: Make, make_catalogue: Callable[..., Catalogue]
) -> None:
    """Parents share region code, division and period: MK18 and MK18@2015 never meet."""
    rows = pair(
        make_rows,
        [("MK18@2015", "2010", 1.0), ("MK18", "2020", 1.0), ("MK01", "2020", 1.0)],
        [("MK18", "2010", 2.0), ("MK18", "2020", 2.0), ("MK01", "2019", 2.0)],
    )
    three = (make_indicator("a"), make_indicator("b"), make_indicator("c", formula="a / b"))
    assert of(derived(make_catalogue, rows, *three), "c") == {("MK18", "2020"): 0.5}


def test_a_missing_parent_makes_it_not_computable_and_the_worst_status_counts(
    make_rows: Rows, make_indicator: Make, make_catalogue: Callable[..., Catalogue]
) -> None:
    rows = pair(
        make_rows,
        [("MK18", "2019", 1.0, "preliminary"), ("MK18", "2020", None, "confidential"),
         ("MK18", "2021", 1.0), ("MK18", "2022", 1.0)],
        [("MK18", "2019", 2.0, "estimated"), ("MK18", "2020", 2.0), ("MK18", "2021", 0.0),
         ("MK18", "2022", 2.0, "revised")],
    )  # fmt: skip
    three = (make_indicator("a"), make_indicator("b"), make_indicator("c", formula="a / b"))
    result = derived(make_catalogue, rows, *three)
    assert of(result, "c") == {
        ("MK18", "2019"): 0.5,
        ("MK18", "2020"): None,
        ("MK18", "2021"): None,
        ("MK18", "2022"): 0.5,
    }
    assert of(result, "c", "status") == {
        ("MK18", "2019"): "estimated",
        ("MK18", "2020"): "not_computable",
        ("MK18", "2021"): "not_computable",
        ("MK18", "2022"): "revised",
    }


def test_previous_is_the_same_period_one_year_before(
    make_rows: Rows, make_indicator: Make, make_catalogue: Callable[..., Catalogue]
) -> None:
    rows = make_rows(
        ("MK18", "2019", 10.0),
        ("MK18", "2020", 12.0),
        ("MK18", "2022", 20.0),
        ("MK18", "2022M05", 3.0),
        ("MK18", "2023M05", 4.0),
        ("MK18", "2023M06", 9.0),
        ("MK18@2015", "2018", 99.0),
        indicator="a",
    )
    two = (make_indicator("a"), make_indicator("c", formula="a - previous(a)"))
    assert of(derived(make_catalogue, rows, *two), "c") == {
        ("MK18", "2020"): 2.0,
        ("MK18", "2023M05"): 1.0,
    }
    two = (make_indicator("a"), make_indicator("c", formula="mean2(a)"))
    assert of(derived(make_catalogue, rows, *two), "c") == {
        ("MK18", "2020"): 11.0,
        ("MK18", "2023M05"): 3.5,
    }


def test_country_stands_at_every_region_and_its_status_counts(
    make_rows: Rows, make_indicator: Make, make_catalogue: Callable[..., Catalogue]
) -> None:
    rows = make_rows(
        ("SSS", "2020", 50.0, "estimated", S2),
        ("MK18", "2020", 40.0, "final", S1),
        ("MK18@2015", "2020", 30.0, "final", S1),
        ("MK18", "2021", 41.0, "final", S1),
        indicator="a",
    )
    two = (make_indicator("a"), make_indicator("c", formula="100 * a / country(a)"))
    result = derived(make_catalogue, rows, *two)
    assert of(result, "c") == {
        ("MK18", "2020"): 80.0,
        ("MK18@2015", "2020"): 60.0,
        ("SSS", "2020"): 100.0,
    }
    assert of(result, "c", "status")["MK18", "2020"] == "estimated"
    assert result.derivations[str(of(result, "c", "snapshot")["MK18", "2020"])].parents == (S1, S2)


def by_sex(make_rows: Rows, **cells: Any) -> pd.DataFrame:
    """Indicator ``a`` of Kainuu in 2020 by breakdown."""
    return table.concat(
        [make_rows(("MK18", "2020", v), indicator="a", breakdown=b) for b, v in cells.items()]
    )


def test_part_sums_the_named_codes_and_every_one_must_be_there(
    make_rows: Rows, make_indicator: Make, make_catalogue: Callable[..., Catalogue]
) -> None:
    a = make_indicator("a", axes=("sex",))
    share = make_indicator("c", formula='100 * part(a, "F") / a')
    both = make_indicator("c", formula='part(a, "F", "M") / part(a, "T")')
    rows = by_sex(make_rows, total=8.0, F=6.0, M=2.0)
    assert of(derived(make_catalogue, rows, a, share), "c") == {("MK18", "2020"): 75.0}
    assert of(derived(make_catalogue, rows, a, both), "c") == {("MK18", "2020"): 1.0}
    assert of(derived(make_catalogue, by_sex(make_rows, total=8.0, F=6.0), a, both), "c") == {}
    gone = by_sex(make_rows, total=8.0, F=6.0, M=None)
    assert of(derived(make_catalogue, gone, a, both), "c") == {("MK18", "2020"): None}


@pytest.mark.parametrize("code", ["X", "F.T", "f", ""])
def test_a_part_that_no_code_list_has_is_refused(
    make_rows: Rows, make_indicator: Make, make_catalogue: Callable[..., Catalogue], code: str
) -> None:
    """It would sum to nothing, and the indicator would be 'not in the store'."""
    a = make_indicator("a", axes=("sex",))
    c = make_indicator("c", formula=f'part(a, "{code}") / a')
    with pytest.raises(DataError, match=f"c: 'a' has no part '{code}'; its axes are sex"):
        derived(make_catalogue, by_sex(make_rows, total=1.0), a, c)


def test_hhi_is_the_sum_of_squared_shares(
    make_rows: Rows, make_indicator: Make, make_catalogue: Callable[..., Catalogue]
) -> None:
    a = make_indicator("a", axes=("sex",))
    c = make_indicator("c", formula="1 - hhi(a)")
    rows = table.concat(
        [
            make_rows(("MK18", "2020", v, "final", s), indicator="a", breakdown=b)
            for b, v, s in (("total", 8.0, S1), ("F", 6.0, S2), ("M", 2.0, S3))
        ]
    )
    result = derived(make_catalogue, rows, a, c)
    assert of(result, "c")["MK18", "2020"] == pytest.approx(1 - (0.75**2 + 0.25**2))
    name = str(of(result, "c", "snapshot")["MK18", "2020"])
    assert result.derivations[name].parents == (S1, S2, S3)


@pytest.mark.parametrize(
    "cells", [{"F": 6.0}, {"F": 6.0, "M": None}, {"F": 6.0, "M": 6.0}], ids=str
)
def test_hhi_of_a_whole_that_its_parts_do_not_make_is_not_computable(
    make_rows: Rows,
    make_indicator: Make,
    make_catalogue: Callable[..., Catalogue],
    cells: dict[str, Any],
) -> None:
    a = make_indicator("a", axes=("sex",))
    c = make_indicator("c", formula="1 - hhi(a)")
    result = derived(make_catalogue, by_sex(make_rows, total=8.0, **cells), a, c)
    assert of(result, "c") == {("MK18", "2020"): None}
    assert of(result, "c", "status") == {("MK18", "2020"): "not_computable"}


def test_cells_are_divided_by_totals(
    make_rows: Rows, make_indicator: Make, make_catalogue: Callable[..., Catalogue]
) -> None:
    a = make_indicator("a", axes=("sex",))
    b = make_indicator("b")
    c = make_indicator("c", axes=("sex",), formula="100 * a / b")
    rows = table.concat(
        [
            by_sex(make_rows, total=8.0, F=6.0, M=2.0),
            make_rows(("MK18", "2020", 16.0), ("MK18", "2021", 1.0), indicator="b"),
        ]
    )
    result = derived(make_catalogue, rows, a, b, c)
    assert of(result, "c", breakdown="F") == {("MK18", "2020"): 37.5}
    assert of(result, "c", breakdown="M") == {("MK18", "2020"): 12.5}
    # And without axes of its own the same formula is about totals.
    c = make_indicator("c", formula="100 * a / b")
    assert of(derived(make_catalogue, rows, a, b, c), "c") == {("MK18", "2020"): 50.0}


def test_formulas_stand_on_formulas_and_on_sums(
    make_rows: Rows, make_indicator: Make, make_catalogue: Callable[..., Catalogue]
) -> None:
    """Whatever the order in the catalogue."""
    rows = table.concat(
        [
            make_rows(*((k, "2020", 1.0) for k in KAINUU), indicator="a"),
            make_rows(("MK18", "2020", 4.0), indicator="b"),
        ]
    )
    four = (
        make_indicator("d", formula="c + 1"),
        make_indicator("c", formula="a / b"),
        make_indicator("a", aggregate=SUM),
        make_indicator("b"),
    )
    result = derived(make_catalogue, rows, *four)
    assert of(result, "d") == {("MK18", "2020"): 3.0}
    name = str(of(result, "d", "snapshot")["MK18", "2020"])
    assert result.derivations[name].formula == "d = c + 1"


def test_a_circle_is_refused_and_spelt_out(
    make_indicator: Make, make_catalogue: Callable[..., Catalogue]
) -> None:
    circle = (
        make_indicator("a", formula="b + 1"),
        make_indicator("b", formula="c + 1"),
        make_indicator("c", formula="a + 1"),
    )
    with pytest.raises((DataError, CatalogueError), match=r"stand on each other: [abc] → [abc] → "):
        deriving.order(make_catalogue(*circle))


def test_parents_come_first(catalogue: Catalogue) -> None:
    sequence = deriving.order(catalogue)
    place = {n: k for k, n in enumerate(sequence)}
    for name in sequence:
        indicator = catalogue.indicators[name]
        needs = set(formulas.parents(indicator.formula)) if indicator.formula else set()
        needs |= {indicator.aggregate.weight} if indicator.aggregate else set()
        for n in needs & set(place):
            assert place[n] < place[name], (n, name)


# --- the way back -------------------------------------------------------------------------------


def test_the_id_of_a_derived_row_hangs_on_parents_and_formula_only(
    make_rows: Rows, make_indicator: Make, make_catalogue: Callable[..., Catalogue]
) -> None:
    rows = pair(
        make_rows, [("MK18", "2020", 1.0, "final", S1)], [("MK18", "2020", 2.0, "final", S2)]
    )
    three = (make_indicator("a"), make_indicator("b"), make_indicator("c", formula="a / b"))
    name = of(derived(make_catalogue, rows, *three), "c", "snapshot")["MK18", "2020"]
    assert name == of(derived(make_catalogue, rows, *three[::-1]), "c", "snapshot")["MK18", "2020"]
    # As the decisions fix it: were it to change, every picture ever made would lose its origins.
    digest = hashlib.sha256(f"{S1}\n{S2}\nc = a / b".encode()).hexdigest()
    assert name == f"f-{digest[:16]}"
    other = (*three[:2], make_indicator("c", formula="b / a"))
    assert of(derived(make_catalogue, rows, *other), "c", "snapshot")["MK18", "2020"] != name
    moved = pair(
        make_rows, [("MK18", "2020", 1.0, "final", S3)], [("MK18", "2020", 2.0, "final", S2)]
    )
    assert of(derived(make_catalogue, moved, *three), "c", "snapshot")["MK18", "2020"] != name


def test_every_figure_of_the_store_walks_down_to_raw_files(
    observed: Observed, lock: tuple[Snapshot, ...]
) -> None:
    raw_ids = {s.id for s in lock}
    used = [str(s) for s in observed.rows["snapshot"].cat.categories]
    assert any(u.startswith("f-") for u in used)
    for name in used:
        queue, seen = [name], set()
        while queue:
            one = queue.pop()
            if one in seen:
                continue
            seen.add(one)
            entry = observed.snapshots[one]
            if entry.kind == "derived":
                assert entry.query["parents"], one
                assert entry.query["formula"]
                queue += entry.query["parents"]
            else:
                assert one in raw_ids
        assert seen & raw_ids, name


def test_every_row_of_the_view_keeps_the_rules(observed: Observed) -> None:
    rows = observed.rows
    assert not rows.duplicated(list(table.KEY)).any()
    gone = rows["value"].isna()
    assert rows.loc[gone, "status"].isin(ABSENT).all()
    assert not rows.loc[~gone, "status"].isin(ABSENT).any()
    assert np.isfinite(rows.loc[~gone, "value"]).all()


def test_every_formula_of_the_catalogue_is_the_arithmetic_it_says(
    observed: Observed, catalogue: Catalogue
) -> None:
    """Plain formulas recomputed for Kainuu with Python numbers."""
    rows = observed.rows
    mine = rows[rows["region"].isin(["MK18", "MK18@2015"]) & (rows["breakdown"] == "total")]
    known = {
        (i, r, p): v
        for i, r, p, v in zip(
            mine["indicator"], mine["region"], mine["period"], mine["value"], strict=True
        )
    }
    checked = 0
    for i in catalogue.indicators.values():
        if i.formula is None or i.axes or any(f"{f}(" in i.formula for f in formulas.FUNCTIONS):
            continue
        for (name, region, period), value in known.items():
            if name != i.id or np.isnan(value):
                continue
            given = {n: known.get((n, region, period), np.nan) for n in formulas.parents(i.formula)}
            if any(np.isnan(v) for v in given.values()):
                continue  # a published figure stands in for the formula
            expected = formulas.evaluate(i.formula, given, {})
            published = not str(
                mine.loc[
                    (mine["indicator"] == name)
                    & (mine["region"] == region)
                    & (mine["period"] == period),
                    "snapshot",
                ].iloc[0]
            ).startswith("f-")
            if not published:
                assert value == pytest.approx(expected, rel=1e-9), (name, region, period)
                checked += 1
    assert checked > 100


def test_no_published_figure_was_lost_or_changed(
    observed: Observed, catalogue: Catalogue, tidied: Any, lock: tuple[Snapshot, ...]
) -> None:
    view = table.view(tidied.rows, lock, tidied.source_rank, observed.as_of)
    both = view.astype(dict.fromkeys(table.KEY, "str")).merge(
        observed.rows.astype(dict.fromkeys(table.KEY, "str")), on=list(table.KEY), how="left"
    )
    assert both["snapshot_y"].notna().all()
    assert (both["snapshot_x"].astype(str) == both["snapshot_y"].astype(str)).all()
    assert np.array_equal(both["value_x"], both["value_y"], equal_nan=True)


def test_the_packaged_catalogue_has_no_circle() -> None:
    assert deriving.order(indicators.load())
