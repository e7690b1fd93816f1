"""A composite of a theme: never without its rank interval and its parts, never on the quiet."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tilannekuva
from tilannekuva import pillars, region_codes, table
from tilannekuva.errors import CatalogueError, DataError
from tilannekuva.indicators import Catalogue
from tilannekuva.measures import composite as kernels
from tilannekuva.measuring import METRICS
from tilannekuva.pillars import composite

Rows = Callable[..., pd.DataFrame]
Make = Callable[..., Any]

AREAS = [r.code for r in region_codes.regions("maakunta")]
IDS = ("a", "b", "c", "d")
DIRECTIONS = ("up", "down", "up", "up")
RANKS = ["composite_rank", "composite_rank_low", "composite_rank_high"]
# Small whole numbers: ties are common, and rounding noise cannot hide one.
TABLES = hnp.arrays(float, (len(AREAS), 4), elements=st.integers(0, 9).map(float))
LEVELS = np.arange(len(AREAS) * 4, dtype=float).reshape(len(AREAS), 4) % 7


@pytest.fixture(scope="module")
def four(make_indicator: Make, make_catalogue: Make) -> Catalogue:
    found = [make_indicator(i, direction=d) for i, d in zip(IDS, DIRECTIONS, strict=True)]
    found += [
        make_indicator("plain", direction="neither"),
        make_indicator("people", unit="persons"),
        make_indicator("nothing"),
    ]
    made: Catalogue = make_catalogue(*found)
    return made


@pytest.fixture(scope="module")
def laid(make_rows: Rows) -> Callable[..., pd.DataFrame]:
    """Regions × indicators → the one table; NaN is a figure that is confidential."""

    def made(values: np.ndarray, period: str | Mapping[str, str] = "2020") -> pd.DataFrame:
        return table.concat(
            make_rows(
                *(
                    (a, period if isinstance(period, str) else period[i], None, "confidential")
                    if np.isnan(x)
                    else (a, period if isinstance(period, str) else period[i], x)
                    for a, x in zip(AREAS, column, strict=True)
                ),
                indicator=i,
                snapshot=f"snapshot-{i}",
            )
            for i, column in zip(IDS, values.T, strict=True)
        )

    return made


def _wide(found: pd.DataFrame) -> pd.DataFrame:
    """Regions × metrics."""
    plain = found.astype({"region": "str", "metric": "str"})
    return plain.pivot_table(index="region", columns="metric", values="value").reindex(AREAS)


def _parts(wide: pd.DataFrame) -> pd.DataFrame:
    return wide[[c for c in wide if c.startswith(pillars.PART)]]


# --- what it gives ------------------------------------------------------------------------------


def test_a_score_comes_with_its_ranks_and_its_parts(laid: Rows, four: Catalogue) -> None:
    found = composite(laid(LEVELS), IDS, catalogue=four, runs=50)
    assert tuple(found.columns) == (*table.COLUMNS, "metric")
    assert set(found["indicator"]) == {pillars.COMPOSITE}
    expected = {"composite", *RANKS, *(f"part:{i}" for i in IDS)}
    for _, rows in found.groupby("region", observed=True):
        assert set(rows["metric"]) == expected
    assert found["value"].notna().all()
    assert set(found["period"]) == {"2020"}


@pytest.mark.parametrize("weights", [None, {"a": 1, "b": 2, "c": 3, "d": 2}])
@pytest.mark.parametrize("scale", ["minmax", "zscore"])
def test_the_arithmetic_score_is_the_sum_of_its_parts(
    laid: Rows, four: Catalogue, weights: dict[str, float] | None, scale: Any
) -> None:
    found = composite(laid(LEVELS), IDS, catalogue=four, runs=5, weights=weights, scale=scale)
    wide = _wide(found)
    share = np.array([0.25] * 4 if weights is None else [0.125, 0.25, 0.375, 0.25])
    more = {} if scale == "minmax" else {"mean": 100, "sd": 10}
    scaled = kernels.normalise(LEVELS, scale, DIRECTIONS, **more).to_numpy()
    np.testing.assert_allclose(_parts(wide), scaled * share)
    np.testing.assert_allclose(wide["composite"], (scaled * share).sum(axis=1))


@pytest.mark.parametrize("method", ["geometric", "mpi"])
def test_of_the_others_the_imbalance_is_told(laid: Rows, four: Catalogue, method: Any) -> None:
    found = composite(laid(LEVELS), IDS, catalogue=four, runs=5, method=method)
    wide = _wide(found)
    if method == "mpi":
        expected = kernels.mpi(LEVELS, DIRECTIONS)
    else:
        scaled = kernels.normalise(LEVELS, "minmax", DIRECTIONS, low=1, high=100)
        expected = kernels.aggregate(scaled, method="geometric")
    np.testing.assert_allclose(wide["composite"], expected)
    np.testing.assert_allclose(
        wide["composite"], _parts(wide).sum(axis=1) + wide[pillars.IMBALANCE]
    )
    assert (wide[pillars.IMBALANCE] < 1e-9).all()
    assert _wide(composite(laid(LEVELS), IDS, catalogue=four, runs=5)).shape[1] == 8


def test_the_interval_is_that_of_the_kernel(laid: Rows, four: Catalogue) -> None:
    random = np.random.default_rng(5)
    values = random.normal(size=(len(AREAS), 4))
    wide = _wide(composite(laid(values), IDS, catalogue=four, seed=3, runs=200))
    drawn = kernels.rank_interval(values, seed=3, runs=200, direction=DIRECTIONS)
    np.testing.assert_array_equal(wide["composite_rank"], drawn["nominal"])
    np.testing.assert_array_equal(wide["composite_rank_low"], np.floor(drawn["low"]))
    np.testing.assert_array_equal(wide["composite_rank_high"], np.ceil(drawn["high"]))
    assert (wide["composite_rank_high"] > wide["composite_rank_low"]).any()
    again = composite(laid(values), IDS, catalogue=four, seed=3, runs=200)
    np.testing.assert_array_equal(_wide(again), wide)


# --- periods, divisions, origins ----------------------------------------------------------------


def test_each_part_is_of_its_own_newest_period_of_all_regions(
    laid: Rows, make_rows: Rows, four: Catalogue
) -> None:
    when = {"a": "2019", "b": "2020", "c": "2017/2019", "d": "2022M05"}
    rows = laid(LEVELS, when)
    later = make_rows(("MK18", "2021", 3.0), ("MK01", "2030", 3.0, "forecast"), indicator="a")
    found = composite(table.concat([rows, later]), IDS, catalogue=four, runs=5)
    mine = found[found["region"] == "MK18"].set_index("metric")["period"]
    assert {i: mine[f"part:{i}"] for i in IDS} == when
    assert set(mine.drop([f"part:{i}" for i in IDS])) == {"2017/2022M05"}
    both = table.concat([laid(LEVELS, "2019"), laid(LEVELS[::-1], "2020")])
    named = composite(both, IDS, catalogue=four, runs=5, period={"a": "2019"})
    mine = named[named["region"] == "MK18"].set_index("metric")["period"]
    assert (mine["part:a"], mine["part:b"], mine["composite"]) == ("2019", "2020", "2019/2020")
    old = composite(both, IDS, catalogue=four, runs=5, period="2019")
    np.testing.assert_allclose(
        _wide(old), _wide(composite(laid(LEVELS), IDS, catalogue=four, runs=5))
    )


def test_where_never_all_regions_have_it_the_period_of_the_most(
    laid: Rows, four: Catalogue
) -> None:
    holes = [LEVELS.copy() for _ in range(3)]
    for values, empty in zip(holes, (3, 1, 1), strict=True):
        values[:empty, 0] = np.nan
    rows = [laid(v, p) for v, p in zip(holes, ("2018", "2019", "2020"), strict=True)]
    found = composite(table.concat(rows), IDS, catalogue=four, runs=5)
    assert set(found.loc[found["metric"] == "part:a", "period"]) == {"2020"}
    assert found.loc[found["metric"] == "composite", "value"].notna().sum() == len(AREAS) - 1


def test_regions_of_different_members_are_not_mixed(
    laid: Rows, make_rows: Rows, four: Catalogue
) -> None:
    rows = laid(LEVELS)
    dated = make_rows(
        *((region_codes.dated(a, 2015), "2014", float(n)) for n, a in enumerate(AREAS)),
        indicator="d",
    )
    mixed = table.concat([table.make(rows[rows["indicator"] != "d"]), dated])
    with pytest.raises(DataError, match="a 2020 and d 2014 are of different divisions"):
        composite(mixed, IDS, catalogue=four)


def test_rows_say_how_sure_their_figures_are_and_whose(
    laid: Rows, make_rows: Rows, four: Catalogue
) -> None:
    rows = laid(LEVELS).astype({"status": "str"})
    early = (rows["indicator"] == "c") & (rows["region"] == "MK18")
    rows.loc[early, "status"] = "preliminary"
    found = composite(table.make(rows), IDS, catalogue=four, runs=5)
    mine = found[found["region"] == "MK18"].set_index("metric")["status"]
    others = found[found["region"] == "MK01"].set_index("metric")["status"]
    assert (mine["part:c"], mine["composite"], mine["part:a"]) == (
        "preliminary",
        "preliminary",
        "final",
    )
    assert (others["part:c"], others["composite"]) == ("final", "final")
    assert set(others[RANKS]) == {"preliminary"}
    origins = found.groupby("metric", observed=True)["snapshot"].agg(lambda s: set(s))
    assert origins["part:a"] == {"snapshot-a"}
    assert len(origins["composite"]) == 1
    assert origins["composite"].pop().startswith("f-")


# --- what is missing ----------------------------------------------------------------------------


def test_a_region_without_a_part_has_no_score_but_a_reason(laid: Rows, four: Catalogue) -> None:
    values = LEVELS.copy()
    values[AREAS.index("MK18"), 1] = np.nan
    found = composite(laid(values), IDS, catalogue=four, runs=5)
    mine = found[found["region"] == "MK18"].set_index("metric")
    assert mine["value"].isna().all()
    assert mine.loc["part:b", "status"] == "confidential"
    assert set(mine["status"].drop("part:b")) == {"not_computable"}
    rest = found[found["region"] != "MK18"]
    assert rest["value"].notna().all()
    assert rest.loc[rest["metric"] == "composite_rank_high", "value"].max() <= len(AREAS) - 1


@pytest.mark.parametrize("how", ["mean", "median"])
def test_a_part_is_filled_in_only_when_asked_and_marked(
    laid: Rows, four: Catalogue, how: Any
) -> None:
    values = LEVELS.copy()
    at = AREAS.index("MK18")
    values[at, 1] = np.nan
    values[0, 1:3] = np.nan  # half of the parts: too little to fill in
    found = composite(laid(values), IDS, catalogue=four, runs=5, impute=how)
    mine = found[found["region"] == "MK18"].set_index("metric")
    assert mine["value"].notna().all()
    estimated = {"part:b", "composite", *RANKS}
    assert set(mine.index[mine["status"] == "estimated"]) == estimated
    first = found[found["region"] == AREAS[0]]
    assert first["value"].isna().all()
    rest = np.delete(values, 0, axis=0)
    filled = getattr(np, f"nan{how}")(values[:, 1])
    by_hand = np.where(np.isnan(rest), filled, rest)
    scaled = kernels.normalise(by_hand, "minmax", DIRECTIONS)
    np.testing.assert_allclose(
        mine.loc[[f"part:{i}" for i in IDS], "value"], scaled.iloc[at - 1] / 4
    )


def test_an_indicator_that_few_have_is_not_filled_in(laid: Rows, four: Catalogue) -> None:
    values = LEVELS.copy()
    values[:8, 2] = np.nan
    with pytest.raises(DataError, match="two thirds of the regions have a figure of c"):
        composite(laid(values), IDS, catalogue=four, impute="mean")


# --- what is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "more", "message"),
    [
        (("a", "b"), {}, "2 indicators make no composite"),
        (("a", "b", "b", "a"), {}, "2 indicators make no composite"),
        (("a", "b", "c", "plain"), {}, "leave out plain"),
        (("a", "b", "c", "people"), {}, "in place of people"),
        (("a", "b", "nothing"), {}, "nothing: the table has no figures of the level 'maakunta'"),
        (IDS, {"period": "2019"}, "a: the table has no figures of 2019"),
        (IDS, {"period": {"people": "2019"}}, "people, which is not among"),
        (IDS, {"method": "harmonic"}, "give 'arithmetic'"),
        (IDS, {"scale": "rank"}, "give 'minmax'"),
        (IDS, {"impute": "zero"}, "give 'mean'"),
        (IDS, {"method": "mpi", "scale": "minmax"}, "scale of its own"),
        (IDS, {"method": "mpi", "weights": dict.fromkeys(IDS, 1)}, "equal weights"),
        (IDS, {"weights": {"a": 1}}, "one weight above zero for each of a, b, c, d"),
        (IDS, {"weights": {"a": 0, "b": 1, "c": 1, "d": 1}}, "above zero"),
        (IDS, {"runs": 0}, "runs is 0"),
    ],
)
def test_what_makes_no_sense_is_refused(
    laid: Rows, four: Catalogue, names: tuple[str, ...], more: dict[str, Any], message: str
) -> None:
    with pytest.raises(DataError, match=re.escape(message)):
        composite(laid(LEVELS), names, catalogue=four, **more)


def test_fewer_than_five_regions_are_refused(laid: Rows, four: Catalogue) -> None:
    values = LEVELS.copy()
    values[:-4, 0] = np.nan
    with pytest.raises(DataError, match="4 regions have every part; a composite needs 5"):
        composite(laid(values), IDS, catalogue=four)
    values[-5, 0] = 1.0
    assert composite(laid(values), IDS, catalogue=four, runs=5)["value"].notna().any()


def test_an_unknown_indicator_is_named(laid: Rows, four: Catalogue) -> None:
    with pytest.raises(CatalogueError, match="unknown indicator 'e'"):
        composite(laid(LEVELS), (*IDS, "e"), catalogue=four)


# --- properties ---------------------------------------------------------------------------------

METHODS = st.sampled_from(["arithmetic", "geometric", "mpi"])


@settings(max_examples=15)
@given(TABLES, METHODS, st.randoms(use_true_random=False))
def test_the_order_of_indicators_does_not_matter(
    laid: Rows, four: Catalogue, values: np.ndarray, method: Any, random: Any
) -> None:
    order = random.sample(IDS, 4)
    one = composite(laid(values), IDS, catalogue=four, runs=20, method=method)
    other = composite(laid(values), order, catalogue=four, runs=20, method=method)
    pd.testing.assert_frame_equal(one, other)


@settings(max_examples=15)
@given(TABLES, METHODS, st.permutations(range(len(AREAS))))
def test_regions_that_trade_their_figures_trade_their_places(
    laid: Rows, four: Catalogue, values: np.ndarray, method: Any, order: list[int]
) -> None:
    one = _wide(composite(laid(values), IDS, catalogue=four, runs=20, method=method))
    other = _wide(composite(laid(values[order]), IDS, catalogue=four, runs=20, method=method))
    columns = ["composite", "composite_rank", *_parts(one)]
    np.testing.assert_allclose(other[columns], one[columns].iloc[order], atol=1e-9)


@settings(max_examples=15)
@given(
    TABLES,
    METHODS,
    st.sampled_from([None, "zscore"]),
    st.integers(0, 3),
    st.sampled_from([0.01, 0.3, 1000.0]),
    st.integers(-50, 50),
)
def test_the_unit_of_a_part_does_not_matter(
    laid: Rows,
    four: Catalogue,
    values: np.ndarray,
    method: Any,
    scale: Any,
    at: int,
    factor: float,
    shift: int,
) -> None:
    scale = None if method == "mpi" else scale
    moved = values.copy()
    moved[:, at] = factor * moved[:, at] + shift
    one, other = (
        _wide(composite(laid(v), IDS, catalogue=four, runs=20, method=method, scale=scale))
        for v in (values, moved)
    )
    np.testing.assert_array_equal(other["composite_rank"], one["composite_rank"])
    np.testing.assert_allclose(other["composite"], one["composite"], atol=1e-6)


@settings(max_examples=15)
@given(TABLES, METHODS, st.integers(0, 1000))
def test_the_interval_holds_the_rank(
    laid: Rows, four: Catalogue, values: np.ndarray, method: Any, seed: int
) -> None:
    wide = _wide(composite(laid(values), IDS, catalogue=four, runs=20, method=method, seed=seed))
    rank, low, high = (wide[c] for c in RANKS)
    assert (low >= 1).all()
    assert (low <= rank).all()
    assert (rank <= high).all()
    assert (high <= len(AREAS)).all()
    assert (wide[RANKS] % 1 == 0).all().all()


@settings(max_examples=25)
@given(
    TABLES,
    st.sampled_from(["arithmetic", "geometric"]),
    st.integers(0, len(AREAS) - 1),
    st.integers(0, 3),
    st.integers(1, 20),
)
def test_a_better_part_never_worsens_the_rank(
    laid: Rows, four: Catalogue, values: np.ndarray, method: Any, area: int, at: int, step: int
) -> None:
    better = values.copy()
    better[area, at] += step if DIRECTIONS[at] == "up" else -step
    before, after = (
        _wide(composite(laid(v), IDS, catalogue=four, runs=1, method=method))["composite_rank"]
        for v in (values, better)
    )
    assert after.iloc[area] <= before.iloc[area]


# --- on real figures ----------------------------------------------------------------------------


def test_growth_of_the_store(observed: Any, catalogue: Catalogue) -> None:
    names = ["bkt_asukas", "employment_rate", "firm_stock_per1000", "share_1564"]
    found = composite(observed.rows, names, catalogue=catalogue, runs=50)
    wide = found.pivot_table(index="region", columns="metric", values="value", observed=True)
    assert len(wide) == len(AREAS)
    kainuu = wide.loc["MK18"]
    assert kainuu[[f"part:{n}" for n in ("gdp_pc", *names[1:])]].sum() == pytest.approx(
        kainuu["composite"]
    )
    assert wide["composite_rank"].min() == 1
    with pytest.raises(DataError, match="different divisions"):
        composite(observed.rows, [*names, "rd_gdp"], catalogue=catalogue)


def test_the_picture_knows_nothing_of_it() -> None:
    assert not [m for m in METRICS if m.startswith(("composite", pillars.PART))]
    folder = Path(tilannekuva.__file__).parent
    users = {
        str(file.relative_to(folder))
        for file in folder.rglob("*.py")
        if re.search(r"\bpillars\b", file.read_text(encoding="utf-8"))
    }
    assert users <= {"__init__.py", "pillars.py", "showing.py"}
