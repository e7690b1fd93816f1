"""Analyses: what they give, that it adds up, that it can be traced, and what they refuse."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tilannekuva import analyses, deriving, indicators, narrate, observing, pictures, regions
from tilannekuva import table as tables
from tilannekuva.errors import CatalogueError
from tilannekuva.indicators import Catalogue
from tilannekuva.model import ABSENT, LANGUAGES, Indicator, Picture, Shock, Snapshot
from tilannekuva.observing import Observed
from tilannekuva.tidying import Tidied

OWN, COUNTRY = "MK18", "SSS"
Cells = dict[str, float | None]
Key = tuple[str, str, str]
"""Region, period, breakdown."""

sizes = st.integers(1, 10**6).map(float)


class Bench:
    """Small tables of parents, and one analysis of them."""

    def __init__(self, make_indicator: Callable[..., Indicator], catalogue: Any) -> None:
        self.make_indicator, self.make_catalogue = make_indicator, catalogue

    def derived(
        self,
        rows: dict[str, dict[Key, Any]],
        analysis: dict[str, Any],
        axes: tuple[str, ...] = ("part",),
        *,
        shocks: tuple[Shock, ...] = (),
        parents: dict[str, dict[str, Any]] | None = None,
    ) -> deriving.Derived:
        made = [
            self.make_indicator(name, unit="jobs", **(parents or {}).get(name, {})) for name in rows
        ]
        made.append(self.make_indicator("found", axes=axes, analysis=analysis))
        whole: Catalogue = self.make_catalogue(*made)
        whole = whole.model_copy(update={"shocks": {s.id: s for s in shocks}})
        return deriving.derive(_view(rows), whole)

    def values(self, *args: Any, **more: Any) -> dict[Key, float | None]:
        return _values(self.derived(*args, **more).rows, "found")


def _view(rows: dict[str, dict[Key, Any]]) -> pd.DataFrame:
    lines = []
    for name, cells in rows.items():
        for (region, period, part), given_ in cells.items():
            value, status = given_ if isinstance(given_, tuple) else (given_, "final")
            gone = value is None
            lines.append({
                "indicator": name, "region": region, "breakdown": part, "period": period,
                "value": np.nan if gone else value,
                "status": "not_available" if gone and status == "final" else status,
                "snapshot": f"{name:a<16}"[:16],
            })  # fmt: skip
    return tables.make(pd.DataFrame(lines, columns=list(tables.COLUMNS)))


def _values(rows: pd.DataFrame, name: str) -> dict[Key, float | None]:
    rows = rows[rows["indicator"] == name]
    columns = (rows[c].astype(str) for c in ("region", "period", "breakdown"))
    return {
        (r, p, b): None if np.isnan(v) else float(v)
        for r, p, b, v in zip(*columns, rows["value"], strict=True)
    }


@pytest.fixture(scope="session")
def bench(
    make_indicator: Callable[..., Indicator], make_catalogue: Callable[..., Catalogue]
) -> Bench:
    return Bench(make_indicator, make_catalogue)


@pytest.fixture
def oracle(shared: Path) -> Callable[[str], Any]:
    def read(name: str) -> Any:
        file = shared / "oracles" / "open" / f"{name}.json"
        if not file.is_file():
            pytest.skip(f"independent results not at hand: {file.name}")
        return json.loads(file.read_text(encoding="utf-8"))

    return read


def _totals(region: str, period: str, **values: float | None) -> dict[str, dict[Key, Any]]:
    return {name: {(region, period, "total"): v} for name, v in values.items()}


def _joined(*found: dict[str, dict[Key, Any]]) -> dict[str, dict[Key, Any]]:
    out: dict[str, dict[Key, Any]] = {}
    for part in found:
        for name, cells in part.items():
            out.setdefault(name, {}).update(cells)
    return out


def _groups(region: str, period: str, figures: Any, names: Any = None) -> dict[Key, Any]:
    figures = list(figures)
    names = names or [f"i{n}" for n in range(len(figures))]
    return {(region, period, str(c)): v for c, v in zip(names, figures, strict=True)}


# --- a gap, a change and their parts ------------------------------------------------------------

FACTORS = {"population": "a", "gdp_pc": "b", "intensity": "c"}


@given(st.lists(sizes, min_size=6, max_size=6))
@settings(max_examples=25)
def test_the_parts_of_a_gap_add_up_to_it(bench: Bench, figures: list[float]) -> None:
    own, whole = figures[:3], figures[3:]
    rows = _joined(
        _totals(OWN, "2020", **dict(zip("abc", own, strict=True))),
        _totals(COUNTRY, "2020", **dict(zip("abc", whole, strict=True))),
    )
    found = bench.values(rows, {"method": "gap_parts", "of": FACTORS})
    parts = {b: v for (r, _, b), v in found.items() if r == OWN}
    gap = 100 * (float(np.prod(own)) / float(np.prod(whole)) - 1)
    assert parts["all"] == pytest.approx(gap, rel=1e-9, abs=1e-9)
    assert sum(parts[c] or 0 for c in FACTORS) == pytest.approx(gap, rel=1e-9, abs=1e-6)
    assert {r for r, _, _ in found} == {OWN}, "a country has no gap to itself"


@given(st.lists(sizes, min_size=6, max_size=6), st.permutations(list(FACTORS)))
@settings(max_examples=15)
def test_the_order_of_the_factors_changes_nothing(
    bench: Bench, figures: list[float], order: list[str]
) -> None:
    rows = _joined(
        _totals(OWN, "2020", **dict(zip("abc", figures[:3], strict=True))),
        _totals(OWN, "2021", **dict(zip("abc", figures[3:], strict=True))),
    )
    one = bench.values(rows, {"method": "change_parts", "of": FACTORS})
    other = bench.values(rows, {"method": "change_parts", "of": {c: FACTORS[c] for c in order}})
    for key, value in one.items():
        assert other[key] == pytest.approx(value, rel=1e-9, abs=1e-9)


def test_the_parts_of_a_change_are_those_of_another_program(
    bench: Bench, oracle: Callable[[str], Any]
) -> None:
    kaya = oracle("lmdi_kaya")["kaya"]
    names = dict(zip("abcd", ["population", "gdp_pc", "intensity", "rd"], strict=True))
    rows = _joined(
        *(
            _totals(OWN, year, **dict(zip("abcd", kaya[f], strict=True)))
            for year, f in (("2017", "f0"), ("2022", "f1"))
        )
    )
    found = bench.values(
        rows, {"method": "change_parts", "of": {v: k for k, v in names.items()}, "base": "2017"}
    )
    start = kaya["expected"]["E0"]
    for code, expected in zip(names.values(), kaya["expected"]["additive"], strict=True):
        assert found[OWN, "2022", code] == pytest.approx(100 * expected / start, rel=1e-9)
    assert found[OWN, "2022", "all"] == pytest.approx(100 * kaya["expected"]["delta"] / start)


@pytest.mark.parametrize("bad", [None, 0.0, -3.0])
def test_a_factor_without_a_logarithm_gives_no_parts(bench: Bench, bad: float | None) -> None:
    rows = _joined(_totals(OWN, "2020", a=bad, b=2.0), _totals(COUNTRY, "2020", a=10.0, b=2.0))
    made = bench.derived(rows, {"method": "gap_parts", "of": {"population": "a", "gdp_pc": "b"}})
    mine = made.rows[made.rows["indicator"] == "found"]
    assert len(mine) == 3
    assert mine["value"].isna().all()
    assert set(mine["status"]) == {"not_computable"}


def test_one_region_alone_has_no_gap_but_a_change(bench: Bench) -> None:
    rows = _joined(_totals(OWN, "2020", a=1.0, b=2.0), _totals(OWN, "2021", a=2.0, b=2.0))
    of = {"population": "a", "gdp_pc": "b"}
    assert bench.values(rows, {"method": "gap_parts", "of": of}) == {}
    found = bench.values(rows, {"method": "change_parts", "of": of})
    assert found[OWN, "2021", "all"] == pytest.approx(100.0)
    assert found[OWN, "2021", "gdp_pc"] == pytest.approx(0.0)


def test_a_change_never_crosses_a_break_nor_begins_in_another_year(bench: Bench) -> None:
    rows = _joined(*(_totals(OWN, str(y), a=float(y - 2009)) for y in range(2010, 2016)))
    words = {"fi": "x", "sv": "x", "en": "x"}
    cut = {"a": {"breaks": [{"first_period": "2013", "kind": "definition", "note": words}]}}
    free = bench.values(rows, {"method": "change_parts", "of": {"gdp": "a"}}, parents=cut)
    assert {p for _, p, _ in free} == {"2011", "2012", "2014", "2015"}
    assert free[OWN, "2014", "all"] == pytest.approx(25.0), (
        "from 2013, where the new stretch begins"
    )
    fixed = {"method": "change_parts", "of": {"gdp": "a"}, "base": "2010"}
    assert {p for _, p, _ in bench.values(rows, fixed, parents=cut)} == {"2011", "2012"}
    late = {"method": "change_parts", "of": {"gdp": "a"}, "base": "2009"}
    assert bench.values(rows, late) == {}, "the year that it should begin in is not there"


# --- industries ---------------------------------------------------------------------------------


def _shares(rows: dict[Key, Any]) -> dict[str, dict[Key, Any]]:
    return {"jobs_": rows}


def test_location_quotients_are_those_of_another_program(
    bench: Bench, oracle: Callable[[str], Any]
) -> None:
    d = oracle("shiftshare_freiburg")
    rows = _groups(OWN, "2014", d["inputs"]["region_t1"])
    rows |= _groups(COUNTRY, "2014", d["inputs"]["nation_t1"])
    found = bench.values(
        _shares(rows), {"method": "location_quotient", "of": {"jobs": "jobs_"}}, ("industry",)
    )
    got = [found[OWN, "2014", f"i{n}"] for n in range(len(d["inputs"]["industry"]))]
    assert got == pytest.approx(d["expected"]["lq_2014"], rel=1e-9)


def test_a_quotient_of_few_jobs_is_suppressed_for_that_reason(bench: Bench) -> None:
    rows = _groups(OWN, "2020", [19, 20, 961]) | _groups(COUNTRY, "2020", [100, 100, 9800])
    analysis = {"method": "location_quotient", "of": {"jobs": "jobs_"}, "least": 20}
    made = bench.derived(_shares(rows), analysis, ("industry",)).rows
    made = made[made["indicator"] == "found"].set_index("breakdown")
    assert str(made.loc["i0", "status"]) == "suppressed"
    assert np.isnan(made.loc["i0", "value"])
    assert made.loc["i1", "value"] == pytest.approx(2.0)


def test_a_hidden_industry_leaves_the_others_shares_right(bench: Bench) -> None:
    rows = _groups(OWN, "2020", [(None, "confidential"), 30.0, 60.0])
    rows |= _groups(COUNTRY, "2020", [1000.0, 3000.0, 6000.0])
    rows |= {(OWN, "2020", "total"): 100.0, (COUNTRY, "2020", "total"): 10_000.0}
    analysis = {"method": "location_quotient", "of": {"jobs": "jobs_"}}
    found = bench.values(_shares(rows), analysis, ("industry",))
    assert found[OWN, "2020", "i0"] is None, "what is hidden is not found out by subtraction"
    assert found[OWN, "2020", "i1"] == pytest.approx(1.0)
    del rows[OWN, "2020", "total"]
    assert set(bench.values(_shares(rows), analysis, ("industry",)).values()) == {None}


def test_dynamic_shift_share_is_that_of_another_program(
    bench: Bench, oracle: Callable[[str], Any]
) -> None:
    d = oracle("shiftshare_dynamic_goettingen_2008_2012")
    rows: dict[Key, Any] = {}
    own, nation = (list(d["inputs"][k].values()) for k in ("region", "nation"))
    for n, year in enumerate(d["inputs"]["years"]):
        rows |= _groups(OWN, str(year), own[n]) | _groups(COUNTRY, str(year), nation[n])
    found = bench.values(_shares(rows), {"method": "shift_share", "of": {"jobs": "jobs_"}})
    start = sum(own[0])
    whole = d["expected"]["Dunn"]["total"]
    names = {"national": "National share", "mix": "Industrial mix",
             "competitive": "Regional share", "all": "Growth (t1-t)"}  # fmt: skip
    for code, name in names.items():
        assert found[OWN, "2012", code] == pytest.approx(100 * whole[name] / start, rel=1e-9)


@given(
    st.lists(st.lists(sizes, min_size=3, max_size=3), min_size=6, max_size=6),
    st.permutations([0, 1, 2]),
)
@settings(max_examples=20)
def test_shift_share_adds_up_and_knows_no_order(
    bench: Bench, figures: list[list[float]], order: list[int]
) -> None:
    def rows(mixed: list[int]) -> dict[Key, Any]:
        out: dict[Key, Any] = {}
        for n, year in enumerate(("2018", "2019", "2020")):
            names = [f"i{k}" for k in mixed]
            out |= _groups(OWN, year, [figures[n][k] for k in mixed], names)
            whole = [figures[n][k] + figures[3 + n][k] for k in mixed]
            out |= _groups(COUNTRY, year, whole, names)
        return out

    analysis = {"method": "shift_share", "of": {"jobs": "jobs_"}}
    found = bench.values(_shares(rows([0, 1, 2])), analysis)
    total = sum(found[OWN, "2020", c] or 0.0 for c in ("national", "mix", "competitive"))
    change = 100 * (sum(figures[2]) / sum(figures[0]) - 1)
    assert found[OWN, "2020", "all"] == pytest.approx(change, rel=1e-9, abs=1e-9)
    assert total == pytest.approx(change, rel=1e-6, abs=1e-6)
    mixed = bench.values(_shares(rows(order)), analysis)
    for key, value in found.items():
        assert mixed[key] == pytest.approx(value, rel=1e-9, abs=1e-9)


def test_two_classifications_are_never_one_series(bench: Bench) -> None:
    rows = _groups(OWN, "2007", [10.0, 20.0]) | _groups(COUNTRY, "2007", [100.0, 200.0])
    other = ["n0", "n1", "n2"]
    rows |= _groups(OWN, "2008", [9.0, 9.0, 9.0], other)
    rows |= _groups(COUNTRY, "2008", [90.0, 90.0, 90.0], other)
    for method in ("shift_share", "share_change"):
        axes = ("part",) if method == "shift_share" else ("industry",)
        analysis = {"method": method, "of": {"jobs": "jobs_"}}
        assert bench.values(_shares(rows), analysis, axes) == {}, method


def test_shares_move_by_points_that_add_up_to_nothing(bench: Bench) -> None:
    rows = _groups(OWN, "1990", [10.0, 90.0]) | _groups(OWN, "2007", [15.0, 35.0])
    analysis = {"method": "share_change", "of": {"jobs": "jobs_"}, "base": "1990"}
    found = bench.values(_shares(rows), analysis, ("industry",))
    assert found == {
        (OWN, "2007", "i0"): pytest.approx(20.0),
        (OWN, "2007", "i1"): pytest.approx(-20.0),
    }


def test_variety_is_that_of_another_program(bench: Bench, oracle: Callable[[str], Any]) -> None:
    d = oracle("variety_german_states_1")
    groups = {f"i{n}": g for n, g in enumerate(d["groups"])}
    for n in range(3):
        rows = _groups(OWN, "2020", d["inputs"][n])
        found = bench.values(
            _shares(rows), {"method": "variety", "of": {"jobs": "jobs_"}, "groups": groups}
        )
        assert found[OWN, "2020", "all"] == pytest.approx(d["expected"]["total"][n], rel=1e-9)
        for code in ("unrelated", "related"):
            assert found[OWN, "2020", code] == pytest.approx(d["expected"][code][n], rel=1e-9)


# --- crises -------------------------------------------------------------------------------------

CRISIS = Shock(id="financial", peak="2008", trough="2009", recovered="2014", source="synthetic")


def test_resistance_and_recovery_are_those_of_another_program(
    bench: Bench, oracle: Callable[[str], Any]
) -> None:
    d = oracle("resilience_subset_2008_2009_2014")
    rows: dict[Key, Any] = {}
    areas = [r.code for r in regions.regions("maakunta")][: len(d["regions"])]
    for year, name in (("2008", "t0"), ("2009", "t1"), ("2014", "t2")):
        for area, figures in zip(areas, d["inputs"][name], strict=True):
            rows |= _groups(area, year, figures)
        rows |= _groups(COUNTRY, year, np.sum(d["inputs"][name], axis=0).tolist())
    expected = d["expected"]
    for method, last, key, before in (
        ("resistance", "2009", "martin_gardiner_resistance_mix", "t0"),
        ("recovery", "2014", "martin_gardiner_recoverability_mix", "t1"),
    ):
        analysis = {"method": method, "of": {"employed": "jobs_"}}
        found = bench.values(_shares(rows), analysis, ("shock", "part"), shocks=(CRISIS,))
        for n, area in enumerate(areas):
            points = found[area, last, "financial.difference"]
            change = found[area, last, "financial.change"]
            due = found[area, last, "financial.expected"]
            assert change is not None
            assert due is not None
            assert points == pytest.approx(change - due)
            assert points == pytest.approx(expected[key][n] * abs(due), rel=1e-6), (area, before)


def test_a_crisis_takes_the_first_input_that_has_both_its_years(bench: Bench) -> None:
    later = Shock(id="pandemic", peak="2019", trough="2020", recovered="2021", source="synthetic")
    rows = {
        "old": _groups(OWN, "2008", [50.0, 50.0]) | _groups(OWN, "2009", [40.0, 50.0])
        | _groups(COUNTRY, "2008", [500.0, 500.0]) | _groups(COUNTRY, "2009", [400.0, 500.0]),
        "new": {(OWN, "2019", "total"): 100.0, (OWN, "2020", "total"): 97.0,
                (COUNTRY, "2019", "total"): 1000.0, (COUNTRY, "2020", "total"): 980.0,
                (OWN, "2008", "total"): 1.0, (OWN, "2009", "total"): 1.0,
                (COUNTRY, "2008", "total"): 1.0, (COUNTRY, "2009", "total"): 1.0},
    }  # fmt: skip
    analysis = {"method": "resistance", "of": {"old": "old", "new": "new"}}
    found = bench.values(rows, analysis, ("shock", "part"), shocks=(CRISIS, later))
    assert found[OWN, "2009", "financial.difference"] == pytest.approx(0.0)
    assert found[OWN, "2009", "financial.change"] == pytest.approx(-10.0), "not the second input"
    assert found[OWN, "2020", "pandemic.difference"] == pytest.approx(-1.0)
    del rows["old"]
    alone = bench.values(
        rows, analysis | {"of": {"new": "new"}}, ("shock", "part"), shocks=(later,)
    )
    assert alone[OWN, "2020", "pandemic.expected"] == pytest.approx(-2.0)


def test_a_country_that_is_a_sum_needs_every_region(bench: Bench) -> None:
    areas = [r.code for r in regions.regions("maakunta")]
    rows: dict[Key, Any] = {}
    for area in areas:
        rows |= _groups(area, "2008", [10.0, 10.0]) | _groups(area, "2009", [8.0, 10.0])
    analysis = {"method": "resistance", "of": {"employed": "jobs_"}, "nation": "sum"}
    args = (analysis, ("shock", "part"))
    found = bench.values(_shares(rows), *args, shocks=(CRISIS,))
    assert found[OWN, "2009", "financial.expected"] == pytest.approx(-10.0)
    assert len({r for r, _, _ in found}) == len(areas)
    fewer = {k: v for k, v in rows.items() if k[0] != "MK21"}
    assert bench.values(_shares(fewer), *args, shocks=(CRISIS,)) == {}
    twice = (
        rows | _groups("MK18@2015", "2008", [1.0, 1.0]) | _groups("MK18@2015", "2009", [1.0, 1.0])
    )
    assert bench.values(_shares(twice), *args, shocks=(CRISIS,)) == {}, "Kainuu counted twice"


# --- nature and climate -------------------------------------------------------------------------


def test_the_cut_that_is_needed_is_geometric(bench: Bench) -> None:
    analysis = {"method": "required_cut", "of": {"level": "a"}, "level": 20, "last": "2030"}
    rows = _joined(*(_totals(OWN, y, a=v) for y, v in (("2020", 61.0), ("2030", 15.0))))
    found = bench.values(rows, analysis, ())
    assert found == {(OWN, "2020", "total"): pytest.approx(100 * (1 - (20 / 61) ** 0.1))}
    below = bench.values(_totals(OWN, "2020", a=10.0), analysis, ())
    assert below[OWN, "2020", "total"] == 0.0, "a goal that is met needs no cut"


def test_protected_shares_are_refused_where_more_is_protected(bench: Bench) -> None:
    rows = {
        "p": _groups(OWN, "2020", [30.0, 300.0], ["forest", "mire"]),
        "a": _groups(OWN, "2020", [300.0, 100.0], ["forest", "mire"]),
    }
    analysis = {"method": "protected_share", "of": {"protected": "p", "area": "a"}}
    found = bench.values(rows, analysis, ("ecosystem",))
    assert found == {(OWN, "2020", "forest"): pytest.approx(10.0), (OWN, "2020", "mire"): None}


def test_an_extent_account_closes(bench: Bench) -> None:
    rows = {
        "o": _groups(OWN, "2020", [80.0, 20.0], ["forest", "mire"]),
        "c": _groups(OWN, "2020", [5.0, 1.0], ["forest.mire", "mire.forest"]),
    }
    analysis = {"method": "extent_account", "of": {"opening": "o", "changes": "c"}}
    found = bench.values(rows, analysis, ("ecosystem", "part"))
    assert found[OWN, "2020", "forest.closing"] == 76.0
    assert found[OWN, "2020", "mire.closing"] == 24.0
    assert found[OWN, "2020", "forest.reductions"] == found[OWN, "2020", "mire.additions"] == 5.0


def test_the_species_index_is_that_of_another_program_and_has_an_interval(
    bench: Bench, oracle: Callable[[str], Any]
) -> None:
    d = oracle("multispecies_geomean_butterflies_wc")
    rows: dict[Key, Any] = {}
    for year, figures in zip(d["years"], d["inputs"], strict=True):
        names = [f"s{n}" for n in range(len(figures))]
        rows |= {
            (OWN, str(year), c): v for c, v in zip(names, figures, strict=True) if v is not None
        }
    analysis = {"method": "multispecies", "of": {"density": "jobs_"}}
    found = bench.values(_shares(rows), analysis)
    assert found == bench.values(_shares(rows), analysis), "the same draws every time"
    for year, expected in zip(d["years"], d["expected"]["indicator"], strict=True):
        assert found[OWN, str(year), "all"] == pytest.approx(expected, rel=1e-6)
    last = str(d["years"][-1])
    low, middle, high = (found[OWN, last, c] for c in ("low", "all", "high"))
    assert low is not None
    assert middle is not None
    assert high is not None
    assert low < middle < high


def test_richness_is_compared_at_one_coverage(bench: Bench, oracle: Callable[[str], Any]) -> None:
    d = oracle("inext_ant_incidence")
    rows: dict[str, dict[Key, Any]] = {"units": {}, "freq": {}}
    for area, name in ((OWN, "h50m"), ("MK19", "h1070m")):
        units, *found = d["inputs"][name]
        rows["units"][area, "2020", "total"] = float(units)
        rows["freq"] |= _groups(area, "2020", [float(x) for x in found])
    analysis = {"method": "richness", "of": {"units": "units", "found": "freq"}, "level": 0.95}
    got = bench.values(rows, analysis, ())
    known = d["expected"]["at_coverage"]
    expected = [q for q, o in zip(known["qD"], known["Order.q"], strict=True) if o == 0]
    assert got[OWN, "2020", "total"] == pytest.approx(expected[0], rel=2e-3)
    assert got["MK19", "2020", "total"] == pytest.approx(expected[1], rel=2e-3)
    lowest = bench.values(rows, {k: v for k, v in analysis.items() if k != "level"}, ())
    raw = {"MK18": 227, "MK19": 122}
    assert (lowest["MK19", "2020", "total"] or 0) == pytest.approx(raw["MK19"], rel=0.02)
    assert (lowest[OWN, "2020", "total"] or 0) < raw["MK18"], "brought down to the other's coverage"


def test_the_red_list_index_is_the_countrys_alone(
    bench: Bench, oracle: Callable[[str], Any]
) -> None:
    d = oracle("rli_iucn")
    counts = pd.DataFrame(d["counts"])
    rows: dict[Key, Any] = {}
    birds = counts[counts["taxonomic_group"] == "Bird"]
    for (year, code), n in birds.groupby(["year", "red_list_category"])["n"].sum().items():
        rows[COUNTRY, str(year), re.sub(r"\W", "_", str(code)).strip("_")] = float(n)
        rows[OWN, str(year), "LC"] = 5.0
    analysis = {"method": "red_list", "of": {"species": "jobs_"}}
    found = bench.values(_shares(rows), analysis, ())
    assert {r for r, _, _ in found} == {COUNTRY}
    expected = {
        str(y): v
        for g, y, v in zip(*(d["expected"][k] for k in ("group", "year", "rli")), strict=True)
        if g == "Bird"
    }
    for year, value in expected.items():
        assert found[COUNTRY, year, "total"] == pytest.approx(value, rel=1e-9)


# --- what every analysis keeps ------------------------------------------------------------------

NEEDS: dict[str, dict[str, Any]] = {
    "required_cut": {"level": 1.0, "last": "2030"},
}


@pytest.mark.parametrize("method", sorted(analyses.METHODS))
def test_nothing_comes_of_missing_figures(bench: Bench, method: str) -> None:
    axes = {"resistance": ("shock", "part"), "recovery": ("shock", "part"), "red_list": (),
            "required_cut": (), "richness": (), "location_quotient": ("industry",),
            "share_change": ("industry",), "protected_share": ("ecosystem",),
            "extent_account": ("ecosystem", "part")}.get(method, ("part",))  # fmt: skip
    cells = (
        ["total"] if method in ("gap_parts", "change_parts", "required_cut") else ["forest", "mire"]
    )
    keys = [(r, y, c) for r in (OWN, COUNTRY) for y in ("2008", "2009") for c in cells]
    changes = {"a": "forest.mire", "b": "mire.forest"} if method == "extent_account" else {}
    second = [(r, y, c) for r, y, _ in keys for c in changes.values()] or keys
    rows = {"x": dict.fromkeys(keys), "y": dict.fromkeys(second)}
    analysis = {"method": method, "of": {"gdp": "x", "population": "y"}, **NEEDS.get(method, {})}
    found = bench.derived(rows, analysis, axes, shocks=(CRISIS,)).rows
    found = found[found["indicator"] == "found"]
    assert found["value"].isna().all()
    assert set(found["status"]) <= set(ABSENT)


def test_a_figure_has_the_worst_status_and_the_parents_that_it_stands_on(bench: Bench) -> None:
    rows = {
        "a": {(OWN, "2020", "total"): (5.0, "preliminary"), (COUNTRY, "2020", "total"): 10.0},
        "b": {(OWN, "2020", "total"): 3.0, (COUNTRY, "2020", "total"): (3.0, "estimated")},
    }
    made = bench.derived(rows, {"method": "gap_parts", "of": {"population": "a", "gdp_pc": "b"}})
    mine = made.rows[made.rows["indicator"] == "found"]
    assert set(mine["status"]) == {"estimated"}
    (name,) = set(mine["snapshot"])
    assert re.fullmatch(r"f-[0-9a-f]{16}", str(name))
    derivation = made.derivations[str(name)]
    assert derivation.parents == ("a" * 16, "b" + "a" * 15)
    assert derivation.formula == "found = gap_parts(population = a; gdp_pc = b)"


def test_the_catalogue_checks_what_an_analysis_says(tmp_path: Path) -> None:
    base = (
        'names = { fi = "x", sv = "x", en = "x" }\nunit = "percent"\ndecimals = 1\n'
        'direction = "neither"\n'
    )

    def written(text: str) -> Catalogue:
        (tmp_path / "mine.toml").write_text(f"[mine]\n{base}{text}", encoding="utf-8")
        return indicators.load(tmp_path)

    analysis = "[mine.analysis]\n"
    with pytest.raises(CatalogueError, match="is not one of"):
        written(f'{analysis}method = "magic"\nof = {{ a = "gdp" }}\n')
    with pytest.raises(CatalogueError, match="unknown indicator 'gpd'; did you mean 'gdp'"):
        written(f'{analysis}method = "gap_parts"\nof = {{ gdp = "gpd" }}\n')
    with pytest.raises(CatalogueError, match=r"analysis\.of\.gdp: .* is not an expression"):
        written(f'{analysis}method = "gap_parts"\nof = {{ gdp = "gdp +" }}\n')
    with pytest.raises(CatalogueError, match="needs `level` and the year `last`"):
        written(f'{analysis}method = "required_cut"\nof = {{ level = "gdp" }}\n')
    with pytest.raises(CatalogueError, match="needs 2 inputs"):
        written(f'{analysis}method = "richness"\nof = {{ units = "gdp" }}\n')
    with pytest.raises(CatalogueError, match="the only way"):
        written(f'formula = "gdp"\n{analysis}method = "gap_parts"\nof = {{ gdp = "gdp" }}\n')
    assert written(f'{analysis}method = "gap_parts"\nof = {{ gdp = "gdp" }}\n')["mine"].rule


# --- the real figures ---------------------------------------------------------------------------


def test_kainuus_quotients_are_those_known(observed: Observed) -> None:
    found = _values(observed.rows, "s3_lq")
    known = {"B": 11.65, "A": 2.07, "O": 1.52, "C": 0.65, "J": 0.47}
    assert {c: round(found[OWN, "2017", c] or 0, 2) for c in known} == known
    diversity = _values(observed.rows, "industry_diversity")
    assert round(diversity[OWN, "2017", "total"] or 0, 3) == 0.910
    assert round(diversity[COUNTRY, "2017", "total"] or 0, 3) == 0.912


def test_kainuus_gap_is_the_published_one(observed: Observed) -> None:
    found = _values(observed.rows, "gdp_pc_gap_age")
    published = _values(observed.rows, "gdp_pc")
    gap = 100 * (
        (published[OWN, "2020", "total"] or 0) / (published[COUNTRY, "2020", "total"] or 1) - 1
    )
    assert found[OWN, "2020", "all"] == pytest.approx(gap, abs=0.3), "published to the nearest 100"
    for name, year in (("gdp_pc_gap_age", "2020"), ("gdp_pc_gap_parts", "2017")):
        rows = {b: v or 0 for (r, p, b), v in _values(observed.rows, name).items()
                if (r, p) == (OWN, year)}  # fmt: skip
        assert sum(v for b, v in rows.items() if b != "all") == pytest.approx(rows["all"])


def test_the_sum_of_the_regions_is_the_official_number_of_employed(
    tidied: Tidied, observed: Observed
) -> None:
    """What ``nation = "sum"`` rests on: the regions' shares of their people, added up."""
    share = _values(observed.rows, "employed_share_sotkanet")
    people = _values(observed.rows, "pop_total")
    official = _values(observed.rows, "employed_residents")
    for year in range(2006, 2012):
        regional = [
            (v or 0) * (people[k] or 0) / 100 for k, v in share.items() if k[1] == str(year)
        ]
        assert len(regional) == 19
        assert sum(regional) == pytest.approx(official[COUNTRY, str(year), "total"], rel=1e-3)


def test_the_crises_are_dated_on_the_country(observed: Observed, catalogue: Catalogue) -> None:
    gdp = {p: v for (r, p, _), v in _values(observed.rows, "gdp").items() if r == COUNTRY}
    for shock in ("financial", "pandemic"):
        s = catalogue.shocks[shock]
        assert (gdp[s.peak] or 0) > (gdp[s.trough] or 0) < (gdp[s.recovered] or 0)
    jobs = {p: v for (r, p, _), v in _values(observed.rows, "jobs").items() if r == COUNTRY}
    financial = catalogue.shocks["financial"]
    assert max(("2007", "2008", "2009"), key=lambda y: jobs[y] or 0) == financial.peak
    assert min(("2008", "2009", "2010"), key=lambda y: jobs[y] or 0) == financial.trough


def test_every_figure_of_an_analysis_can_be_traced(
    observed: Observed, catalogue: Catalogue
) -> None:
    mine = {i.id for i in catalogue.indicators.values() if i.analysis is not None}
    rows = observed.rows[observed.rows["indicator"].isin(mine)]
    assert len(rows)
    for name in rows["snapshot"].unique():
        queue = [str(name)]
        reached: list[Snapshot] = []
        while queue:
            snapshot = observed.snapshots[queue.pop()]
            queue += snapshot.query.get("parents", [])
            reached += [snapshot] if snapshot.kind != "derived" else []
        assert reached, name
        assert all(s.file and s.licence for s in reached)


# --- on the page --------------------------------------------------------------------------------

SAID = {
    ("gdp_pc_gap_age", "fi"): (
        "Kainuun bruttokansantuote asukasta kohti oli 18,9 prosenttia pienempi kuin koko maassa "
        "vuonna 2020. Erosta suurin osa, 12,0 prosenttiyksikköä, johtuu siitä, että työikäistä "
        "kohti tuotetaan vähemmän kuin koko maassa."
    ),
    ("gdp_pc_gap_age", "sv"): (
        "Bruttonationalprodukten per invånare i Kajanaland var 18,9 procent mindre än i hela "
        "landet år 2020. Största delen av skillnaden, 12,0 procentenheter, beror på att det "
        "produceras mindre per person i arbetsför ålder än i hela landet."
    ),
    ("gdp_pc_gap_age", "en"): (
        "Kainuu's GDP per inhabitant was 18.9% below that of the whole country in 2020. Most of "
        "the gap, 12.0 percentage points, is because less is produced per person of working age"
    ),
    ("shift_share_1990_2007", "fi"): (
        "Muutoksen osat prosenttiyksikköinä: koko maan kehitys +0,2, toimialarakenne −2,6 ja "
        "alueen oma kehitys −16,9. Samat toimialat kehittyivät Kainuussa heikommin kuin koko "
        "maassa."
    ),
    ("s3_lq", "fi"): (
        "Kainuun ominaisin toimiala on kaivostoiminta ja louhinta: sen osuus työpaikoista oli "
        "11,65 kertaa niin suuri kuin koko maassa vuonna 2017."
    ),
    ("shock_resistance", "fi"): (
        "Finanssikriisi (2008–2009): Kainuun työllisten määrä supistui 2,5 prosenttia, "
        "0,6 prosenttiyksikköä odotettua paremmin (odotettu muutos −3,1 prosenttia)."
    ),
    ("shock_resistance_gdp", "sv"): (
        "Pandemin (2019–2020): bruttonationalprodukten i Kajanaland ökade med 2,3 procent, "
        "3,0 procentenheter bättre än väntat (väntad förändring −0,8 procent)."
    ),
}


@pytest.mark.parametrize(("name", "lang"), SAID)
def test_an_analysis_is_said_in_plain_words(kainuu: Picture, name: str, lang: str) -> None:
    text = " ".join(s.text for s in narrate.sentences(kainuu.findings[name], kainuu, lang))
    assert SAID[name, lang] in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_analysis_is_said_in_the_words_of_its_trade(
    real_pictures: dict[str, Picture], lang: str
) -> None:
    jargon = re.compile(r"LMDI|shift|residual|logarit|kompetitiv|dekomp|decompos|quotient", re.I)
    for picture in real_pictures.values():
        for name, finding in picture.findings.items():
            if picture.indicators[name].analysis is None:
                continue
            for s in narrate.sentences(finding, picture, lang):
                assert not jargon.search(s.text), (name, s.text)
                assert "  " not in s.text


def test_what_lacks_figures_is_named_with_its_source(kainuu: Picture) -> None:
    unknown = {g.indicator for g in kainuu.gaps}
    for name in ("ghg_kaya", "ghg_required_cut", "protected_share_by_type", "ecosystem_extent",
                 "game_index", "species_richness", "red_list_index", "shift_share"):  # fmt: skip
        assert name not in kainuu.findings
        assert name in unknown
        assert kainuu.indicators[name].where is not None


def test_it_appears_by_itself_when_figures_arrive(
    tidied: Tidied, catalogue: Catalogue, lock: tuple[Snapshot, ...]
) -> None:
    arrived = {
        "protected_area_by_type": _groups(OWN, "2024", [60_000.0, 90_000.0], ["forest", "mire"]),
        "ecosystem_area": _groups(OWN, "2024", [1_500_000.0, 300_000.0], ["forest", "mire"]),
        "game_density": {
            (OWN, str(2015 + n), c): 1.0 + n * k
            for n in range(8)
            for k, c in enumerate(("metso", "teeri", "pyy"))
        },
        "ghg_total": {(OWN, str(y), "total"): 900.0 - 20 * (y - 2005) for y in range(2005, 2021)},
    }
    rows = _view(arrived).assign(snapshot=lock[0].id)
    new = tidied._replace(
        rows=tables.concat([tidied.rows, tables.make(rows)], unique=(*tables.KEY, "snapshot"))
    )
    seen = observing.observe(new, catalogue, lock)
    picture = pictures.compose_all([regions.region(OWN)], seen, catalogue)[0]
    for name in ("protected_share_by_type", "game_index", "ghg_kaya"):
        assert name in picture.findings, name
        assert name not in {g.indicator for g in picture.gaps if g.kind == "not_computable"}
        for lang in LANGUAGES:
            assert narrate.sentences(picture.findings[name], picture, lang)
    shares = {s.region: s.values[-1] for s in picture.findings["protected_share_by_type"].profile}
    assert shares == {"forest": 4.0, "mire": 30.0}
    text = narrate.sentences(picture.findings["game_index"], picture, "fi")[0].text
    assert "90 prosentin väli" in text
