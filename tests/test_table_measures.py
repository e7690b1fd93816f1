"""Measures over areas and industries: those of the kernels on the same figures laid out by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tilannekuva import region_codes, table, table_measures
from tilannekuva.errors import DataError
from tilannekuva.indicators import Catalogue
from tilannekuva.measures import inequality, structure
from tilannekuva.model import Indicator

Rows = Callable[..., pd.DataFrame]
Make = Callable[..., Indicator]
Cat = Callable[..., Catalogue]

KAINUU = region_codes.children("MK18", "kunta")
AREAS = [r.code for r in region_codes.regions("maakunta")]


def _values(found: pd.DataFrame, metric: str) -> dict[str, float]:
    rows = found[found["metric"] == metric]
    return dict(zip(rows["period"].astype(str), rows["value"], strict=True))


# --- between areas ------------------------------------------------------------------------------


def test_inequality_is_that_of_the_areas_inside(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    figures = [3.0, 8.0, 5.0, 5.0, 1.0, 9.0, 2.0, 4.0]
    rows = make_rows(
        *((a, "2020", v) for a, v in zip(KAINUU, figures, strict=True)),
        *((a, "2021", v) for a, v in zip(KAINUU[:3], figures, strict=False)),
        ("KU091", "2020", 500.0),
        ("MK18", "2020", 4.0),
        (KAINUU[0], "2030", 1.0, "forecast"),
    )
    catalogue = make_catalogue(make_indicator())
    for name, kernel in (
        ("gini", inequality.gini),
        ("theil", lambda x: inequality.theil(x, np.ones(len(x)))),
    ):
        found = getattr(table_measures, name)(rows, within="MK18", catalogue=catalogue)
        assert tuple(found.columns) == (*table.COLUMNS, "metric")
        assert set(found["region"]) == {"MK18"}
        got = _values(found, name)
        assert got["2020"] == pytest.approx(kernel(figures))
        assert got["2021"] == pytest.approx(kernel(figures[:3]))
        assert np.isnan(got["2030"])
        assert _values(found, "areas_n") == {"2020": 8, "2021": 3, "2030": 0}
    found = table_measures.sigma_convergence(
        rows, level="kunta", within="MK18", catalogue=catalogue
    )
    # Only three have a figure in 2021, which does not count as a year of all.
    assert _values(found, "sigma")["2020"] == pytest.approx(np.std(np.log(figures)))
    assert np.isnan(_values(found, "sigma")["2021"])


def test_weights_are_those_of_the_same_period(
    make_rows: Rows, make_indicator: Make, make_catalogue: Cat
) -> None:
    level = make_rows(*((a, "2020", float(n + 1)) for n, a in enumerate(KAINUU)))
    people = make_rows(
        *((a, "2020", float(10 * (n % 3))) for n, a in enumerate(KAINUU)), indicator="people"
    )
    rows = table.concat([level, people])
    catalogue = make_catalogue(make_indicator(), make_indicator("people", unit="persons"))
    x, w = np.arange(1.0, 9.0), 10.0 * (np.arange(8) % 3)
    gini = table_measures.gini(rows, within="MK18", weights="people", catalogue=catalogue)
    assert set(gini["indicator"]) == {"synthetic"}
    assert _values(gini, "gini")["2020"] == pytest.approx(inequality.gini(x, w))
    assert _values(gini, "areas_n")["2020"] == np.count_nonzero(w)
    theil = table_measures.theil(rows, within="MK18", weights="people", catalogue=catalogue)
    assert _values(theil, "theil")["2020"] == pytest.approx(inequality.theil(x * w, w))
    with pytest.raises(DataError, match="not in the table"):
        table_measures.gini(level, weights="people", catalogue=catalogue)


def test_what_has_no_inequality(make_rows: Rows, make_indicator: Make, make_catalogue: Cat) -> None:
    rows = make_rows((KAINUU[0], "2020", -1.0), (KAINUU[1], "2020", 2.0), (KAINUU[1], "2021", 2.0))
    catalogue = make_catalogue(make_indicator())
    for name in ("gini", "theil"):
        found = getattr(table_measures, name)(rows, within="MK18", catalogue=catalogue)
        assert found.loc[found["metric"] == name, "status"].eq("not_computable").all()
    counts = make_catalogue(make_indicator(unit="persons"))
    assert table_measures.gini(rows, within="MK18", catalogue=counts).empty
    with pytest.raises(DataError, match="two or more"):
        table_measures.gini(rows, within="KU205", catalogue=catalogue)


# --- by industry --------------------------------------------------------------------------------


@pytest.fixture
def industry(make_indicator: Make, make_catalogue: Cat) -> Catalogue:
    return make_catalogue(make_indicator(unit="jobs", axes=("industry",), direction="neither"))


def _cells(make_rows: Rows, seed: int, periods: tuple[str, ...] = ("2015", "2020")) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    parts = []
    for code in "ABCD":
        figures = {(a, p): float(random.integers(1, 90)) for a in AREAS for p in periods}
        nation = {p: sum(v for (_, q), v in figures.items() if q == p) + 50 for p in periods}
        parts.append(
            make_rows(
                *((a, p, v) for (a, p), v in figures.items()),
                *(("SSS", p, v) for p, v in nation.items()),
                breakdown=code,
            )
        )
    return table.concat(parts)


def _wide(rows: pd.DataFrame, period: str) -> tuple[pd.DataFrame, pd.Series[float]]:
    plain = rows[rows["period"] == period].astype({"region": "str", "breakdown": "str"})
    wide = plain.pivot_table(index="region", columns="breakdown", values="value")
    return wide.loc[AREAS], wide.loc["SSS"]


def test_structure_is_that_of_the_kernels(make_rows: Rows, industry: Catalogue) -> None:
    rows = _cells(make_rows, 1)
    for period in ("2015", "2020"):
        wide, nation = _wide(rows, period)
        found = table_measures.location_quotient(rows, catalogue=industry)
        got = found[found["period"] == period].astype({"region": "str", "breakdown": "str"})
        got = got.pivot_table(index="region", columns="breakdown", values="value")
        expected = structure.location_quotient(wide, nation=nation)
        np.testing.assert_allclose(got.loc[AREAS], expected)
        for name in ("herfindahl", "entropy"):
            made = getattr(table_measures, name)(rows, catalogue=industry)
            assert set(made["breakdown"]) == {"total"}
            mine = made[made["period"] == period].set_index("region")["value"]
            np.testing.assert_allclose(mine[AREAS], getattr(structure, name)(wide))


def test_shift_share_adds_up_to_the_change(make_rows: Rows, industry: Catalogue) -> None:
    rows = _cells(make_rows, 2)
    (before, nation0), (after, nation1) = (_wide(rows, p) for p in ("2015", "2020"))
    for method in ("dunn", "esteban_marquillas"):
        found = table_measures.shift_share(
            rows,
            "2015",
            "2020",
            method=method,
            catalogue=industry,  # type: ignore[arg-type]
        )
        assert set(found["period"]) == {"2015/2020"}
        mine = found[(found["region"] == "MK18")].astype({"breakdown": "str", "metric": "str"})
        got = mine.pivot_table(index="breakdown", columns="metric", values="value")
        expected = structure.shift_share(
            before.loc["MK18"],
            after.loc["MK18"],
            nation0,
            nation1,
            method=method,  # type: ignore[arg-type]
        )
        np.testing.assert_allclose(got.loc[expected.index, expected.columns], expected)
        change = after.loc["MK18"].sum() - before.loc["MK18"].sum()
        assert got.loc["total"].sum() == pytest.approx(change)
    assert table_measures.shift_share(rows, "2010", "2020", catalogue=industry).empty


def test_missing_is_not_zero(make_rows: Rows, industry: Catalogue) -> None:
    whole = _cells(make_rows, 3)
    hole = (whole["region"] == "MK18") & (whole["breakdown"] == "B") & (whole["period"] == "2020")
    rows = table.make(whole[~hole])
    found = table_measures.location_quotient(rows, catalogue=industry)
    mine = found[(found["region"] == "MK18") & (found["period"] == "2020")]
    assert mine["status"].eq("not_computable").all()
    assert len(mine) == 4
    parts = table_measures.shift_share(rows, "2015", "2020", catalogue=industry)
    parts = parts[(parts["region"] == "MK18") & parts["breakdown"].isin(["B", "total"])]
    assert parts["value"].isna().any()
    assert table_measures.entropy(rows, catalogue=industry)["value"].isna().sum() == 1


def test_an_area_with_new_members_has_no_shift_share(make_rows: Rows, industry: Catalogue) -> None:
    old = [region_codes.dated(a, 2010) for a in AREAS]
    rows = table.concat(
        [
            make_rows(
                *((a, "2010", 5.0 + n) for n, a in enumerate(old)),
                *((a, "2020", 6.0 + n) for n, a in enumerate(AREAS)),
                ("SSS", "2010", 500.0), ("SSS", "2020", 520.0),
                breakdown=code,
            )
            for code in "AB"
        ]
    )  # fmt: skip
    found = table_measures.shift_share(rows, "2010", "2020", catalogue=industry)
    moved = found["region"].isin([a for a, b in zip(AREAS, old, strict=True) if a != b])
    assert found.loc[moved, "value"].isna().all()
    assert found.loc[~moved, "value"].notna().all()


def test_what_is_wrong_is_said(make_rows: Rows, industry: Catalogue) -> None:
    rows = _cells(make_rows, 4)
    with pytest.raises(DataError, match="axis 'branch'"):
        table_measures.entropy(rows, axis="branch", catalogue=industry)
    with pytest.raises(DataError, match="no industry 'Z'"):
        table_measures.entropy(rows, industries=["A", "Z"], catalogue=industry)
    alone = table.make(rows[rows["region"] != "SSS"])
    with pytest.raises(DataError, match="whole country"):
        table_measures.shift_share(alone, "2015", "2020", catalogue=industry)
    total = make_rows(("MK18", "2015", 3.0), ("SSS", "2015", 9.0))
    with pytest.raises(DataError, match="some contain others"):
        table_measures.herfindahl(table.concat([rows, total]), catalogue=industry)


def test_kainuu_of_the_store(observed: Any, catalogue: Catalogue) -> None:
    rows = table.make(observed.rows[observed.rows["indicator"] == "jobs_by_industry"])
    found = table_measures.location_quotient(rows, catalogue=catalogue)
    mine = found[(found["region"] == "MK18") & (found["breakdown"] == "B")]
    jobs = rows.set_index(["region", "breakdown"])["value"]
    parts = [jobs[r].drop("total").sum() for r in ("MK18", "SSS")]
    expected = (jobs["MK18", "B"] / parts[0]) / (jobs["SSS", "B"] / parts[1])
    assert mine["value"].tolist() == [pytest.approx(expected)]
