"""Publishers' codes become ours; a code, a column or a mark that was never seen is never silent."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from openpyxl import Workbook

from tilannekuva import tidying
from tilannekuva.errors import DataError, SourceError
from tilannekuva.indicators import Catalogue
from tilannekuva.model import Indicator, Query
from tilannekuva.tidying import Tidied

Make = Callable[..., Indicator]
Ask = Callable[..., Query]
Store = Any  # tests/conftest.py: SyntheticStore

TABLE = """region,tiedot,time,value,flag
MK18,births,2020,460,
MK18,births,2021,521,p
MK18,deaths,2020,1065,
SSS,births,2020,46463,
"""


def figures(found: Tidied) -> dict[tuple[str, str], float | None]:
    rows = found.rows
    return {
        (r, p): None if np.isnan(v) else v
        for r, p, v in zip(rows["region"], rows["period"], rows["value"], strict=True)
    }


def statuses(found: Tidied) -> dict[tuple[str, str], str]:
    rows = found.rows
    return {
        (r, p): s for r, p, s in zip(rows["region"], rows["period"], rows["status"], strict=True)
    }


# --- what was asked is what is got --------------------------------------------------------------


def test_the_selected_cells_become_rows_of_the_one_table(
    synthetic_store: Store, make_indicator: Make, make_query: Ask
) -> None:
    entry = synthetic_store.add(TABLE)
    found = synthetic_store.tidy(make_indicator(query=(make_query(select={"tiedot": "births"}),)))
    assert figures(found) == {("MK18", "2020"): 460, ("MK18", "2021"): 521, ("SSS", "2020"): 46463}
    assert statuses(found)["MK18", "2021"] == "preliminary"
    assert set(found.rows["breakdown"]) == {"total"}
    assert set(found.rows["snapshot"]) == {entry.id}
    assert found.source_rank == {("synthetic", entry.id): 0}


def test_every_vintage_is_kept_and_each_query_has_its_rank(
    synthetic_store: Store, make_indicator: Make, make_query: Ask
) -> None:
    one = synthetic_store.add(TABLE, published_on="2021")
    two = synthetic_store.add(TABLE.replace("521,p", "525,"), published_on="2022")
    other = synthetic_store.add("region,time,value\nMK18,2020,461\n", table="u")
    queries = (make_query(table="u"), make_query(select={"tiedot": "births"}))
    found = synthetic_store.tidy(make_indicator(query=queries))
    assert found.source_rank == {
        ("synthetic", other.id): 0,
        ("synthetic", one.id): 1,
        ("synthetic", two.id): 1,
    }
    of_2021 = found.rows[(found.rows["period"] == "2021")]
    assert dict(zip(of_2021["snapshot"], of_2021["value"], strict=True)) == {
        one.id: 521,
        two.id: 525,
    }


def test_only_the_wanted_indicators_are_read(
    synthetic_store: Store,
    make_indicator: Make,
    make_query: Ask,
    make_catalogue: Callable[..., Catalogue],
) -> None:
    synthetic_store.add(TABLE)
    catalogue = make_catalogue(
        make_indicator("b", query=(make_query(select={"tiedot": "births"}),)),
        make_indicator("d", query=(make_query(select={"tiedot": "deaths"}),)),
    )
    read: list[str] = []
    found = tidying.tidy(
        catalogue, synthetic_store.folder, synthetic_store.lock, only=["d"], tick=read.append
    )
    assert set(found.rows["indicator"]) == {"d"}
    assert read == ["statfin t"]


def test_a_scale_and_a_span_of_periods(
    synthetic_store: Store, make_indicator: Make, make_query: Ask
) -> None:
    synthetic_store.add("region,time,value\nMK18,2019,1\nMK18,2020,2\nMK18,2021,3\nMK18,2022,4\n")
    query = make_query(scale=1000.0, periods=("2020", "2021"))
    assert figures(synthetic_store.tidy(make_indicator(query=(query,)))) == {
        ("MK18", "2020"): 2000,
        ("MK18", "2021"): 3000,
    }


def test_a_status_for_the_whole_query_never_makes_a_mark_milder(
    synthetic_store: Store, make_indicator: Make, make_query: Ask
) -> None:
    synthetic_store.add(
        "region,time,value,flag\nMK18,2020,1,\nMK18,2021,2,u\nMK18,2022,,c\n", source="eurostat"
    )
    query = make_query(source="eurostat", status="estimated")
    assert statuses(synthetic_store.tidy(make_indicator(query=(query,)))) == {
        ("MK18", "2020"): "estimated",
        ("MK18", "2021"): "unreliable",
        ("MK18", "2022"): "confidential",
    }


def test_one_area_can_be_fixed_for_every_row(
    synthetic_store: Store, make_indicator: Make, make_query: Ask
) -> None:
    synthetic_store.add("time,value\n2020,1\n")
    query = make_query(region="=MK18")
    assert figures(synthetic_store.tidy(make_indicator(query=(query,)))) == {("MK18", "2020"): 1}
    with pytest.raises(DataError, match="'=MK81' is not in the register"):
        synthetic_store.tidy(make_indicator(query=(make_query(region="=MK81"),)))


def test_only_the_wanted_levels_are_kept(
    synthetic_store: Store, make_indicator: Make, make_query: Ask
) -> None:
    synthetic_store.add("region,time,value\nMK18,2020,1\nKU205,2020,2\nSSS,2020,3\n")
    query = make_query(levels=("kunta", "koko_maa"))
    assert set(figures(synthetic_store.tidy(make_indicator(query=(query,))))) == {
        ("KU205", "2020"),
        ("SSS", "2020"),
    }


# --- the first of January -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reference", "period"), [("start", "2000"), ("end", "2001"), (None, "2001")]
)
def test_a_stock_of_the_first_of_january_belongs_to_the_year_before(
    synthetic_store: Store, make_indicator: Make, make_query: Ask, reference: str, period: str
) -> None:
    synthetic_store.add("region,time,value\nMK18,2001,85736\n")
    found = synthetic_store.tidy(make_indicator(reference=reference, query=(make_query(),)))
    assert figures(found) == {("MK18", period): 85736}


def test_a_publisher_may_date_a_stock_in_another_way_than_the_indicator(
    synthetic_store: Store, make_indicator: Make, make_query: Ask
) -> None:
    synthetic_store.add("region,time,value\nMK18,2001,85736\n")
    query = make_query(reference="start", periods=("2000", "2000"))
    found = synthetic_store.tidy(make_indicator(reference="end", query=(query,)))
    assert figures(found) == {("MK18", "2000"): 85736}


# --- divisions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("division", "codes"),
    [
        ("current", {"2015": "MK18", "2016": "MK18"}),
        (2015, {"2015": "MK18@2015", "2016": "MK18@2015"}),
        (2016, {"2015": "MK18", "2016": "MK18"}),
        ("as-published", {"2015": "MK18@2015", "2016": "MK18"}),
    ],
)
def test_the_division_that_the_source_states_decides_the_code(
    synthetic_store: Store,
    make_indicator: Make,
    make_query: Ask,
    division: Any,
    codes: dict[str, str],
) -> None:
    synthetic_store.add("region,time,value\nMK18,2015,1\nMK18,2016,2\n")
    found = synthetic_store.tidy(make_indicator(query=(make_query(division=division),)))
    assert {p: r for r, p in figures(found)} == codes


def test_a_label_does_not_decide_the_division(
    synthetic_store: Store, make_indicator: Make, make_query: Ask
) -> None:
    synthetic_store.add("region,time,value\nKainuu,2010,1\nEtelä-Savo,2010,2\n")
    found = synthetic_store.tidy(make_indicator(query=(make_query(scheme="name", division=2015),)))
    assert {r for r, _ in figures(found)} == {"MK18@2015", "MK10@2020"}


# --- unseen things ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "more", "what"),
    [
        ("region,time,value\nMK99,2020,1\n", {}, "unseen region codes: 'MK99'"),
        (
            "region,time,value\nKainu,2020,1\n",
            {"scheme": "name"},
            r"'Kainu' \(nearest: Kainuu \(MK18\)\)",
        ),
        ("region,time,value\n,2020,1\n", {}, "unseen region codes: ''"),
        ("region,time,value\nMK18,20200,1\n", {}, "'20200' is not a period"),
        ("region,time,value\nMK18,,1\n", {}, "'' is not a period"),
        ("region,time,value,flag\nMK18,2020,1,?\n", {}, r"unknown mark '\?'"),
        ("area,time,value\nMK18,2020,1\n", {}, "has no variable 'region'; it has area, time"),
        ("region,time,value\nMK18,2020,1\n", {"time": "vuosi"}, "has no variable 'vuosi'"),
        (
            TABLE,
            {"select": {"tiedot": "birth"}},
            "variable 'tiedot' has no code 'birth'; did you mean 'births'",
        ),
        (TABLE, {"select": {"tieto": "births"}}, "has no variable 'tieto'"),
    ],
)
def test_what_was_never_seen_names_table_and_value(
    synthetic_store: Store,
    make_indicator: Make,
    make_query: Ask,
    text: str,
    more: dict[str, Any],
    what: str,
) -> None:
    synthetic_store.add(text)
    with pytest.raises(DataError, match=what) as caught:
        synthetic_store.tidy(make_indicator(query=(make_query(**more),)))
    if "mark" not in what:
        assert "statfin t (indicator synthetic" in str(caught.value)


def test_a_code_of_several_that_is_gone_is_not_passed_over(
    synthetic_store: Store, make_indicator: Make, make_query: Ask
) -> None:
    """A selection of two sums nothing, so half of it would be a silent loss."""
    synthetic_store.add(TABLE)
    query = make_query(select={"tiedot": ("births", "stillbirths")})
    with pytest.raises(DataError, match="no code 'stillbirths'"):
        synthetic_store.tidy(make_indicator(query=(query,)))


def test_a_code_that_only_an_older_vintage_has_is_enough(
    synthetic_store: Store, make_indicator: Make, make_query: Ask
) -> None:
    synthetic_store.add(TABLE, published_on="2021")
    synthetic_store.add(TABLE.replace("births", "live births"), published_on="2022")
    found = synthetic_store.tidy(make_indicator(query=(make_query(select={"tiedot": "births"}),)))
    assert len(found.rows) == 3


def test_two_rows_for_one_figure_are_refused(
    synthetic_store: Store, make_indicator: Make, make_query: Ask
) -> None:
    """Births and deaths without a selection would both be 'synthetic' of Kainuu in 2020."""
    synthetic_store.add(TABLE)
    with pytest.raises(DataError, match=r"synthetic, MK18, total, 2020 .*stands twice"):
        synthetic_store.tidy(make_indicator(query=(make_query(),)))


def test_two_queries_of_one_table_that_overlap_are_refused(
    synthetic_store: Store, make_indicator: Make, make_query: Ask
) -> None:
    synthetic_store.add("region,time,value\nMK18,2020,1\n")
    with pytest.raises(DataError, match="stands twice"):
        synthetic_store.tidy(make_indicator(query=(make_query(), make_query(scale=2.0))))


def test_a_changed_raw_file_stops_the_tidying(
    synthetic_store: Store, make_indicator: Make, make_query: Ask
) -> None:
    entry = synthetic_store.add(TABLE)
    (synthetic_store.folder / entry.file).write_text(TABLE.replace("460", "640"))
    with pytest.raises(SourceError, match=entry.id):
        synthetic_store.tidy(make_indicator(query=(make_query(select={"tiedot": "births"}),)))


# --- marks --------------------------------------------------------------------------------------


def test_a_break_that_the_publisher_marks_is_handed_on_once(
    synthetic_store: Store, make_indicator: Make, make_query: Ask
) -> None:
    text = "geo,sex,time,value,flag\nFI1D8,T,2016,3.7,b\nFI1D8,T,2017,3.6,bp\nFI,T,2016,18,b\n"
    synthetic_store.add(text, source="eurostat")
    query = make_query(source="eurostat", region="geo", scheme="nuts")
    found = synthetic_store.tidy(make_indicator(query=(query,)))
    assert [(i, b.region, b.first_period) for i, b, _ in found.breaks] == [
        ("synthetic", "MK18", "2016"),
        ("synthetic", "MK18", "2017"),
        ("synthetic", "SSS", "2016"),
    ]
    assert statuses(found)["MK18", "2016"] == "final"
    assert statuses(found)["MK18", "2017"] == "preliminary"
    again = synthetic_store.tidy(make_indicator(query=(query,)))
    assert again.breaks == found.breaks


def test_dots_and_hyphens_of_statistics_finland(
    synthetic_store: Store, make_indicator: Make, make_query: Ask
) -> None:
    synthetic_store.add("region,time,value,flag\nMK18,2020,,...\nMK18,2021,0,-\nMK18,2022,,.\n")
    found = synthetic_store.tidy(make_indicator(query=(make_query(),)))
    assert statuses(found) == {
        ("MK18", "2020"): "confidential",
        ("MK18", "2021"): "final",
        ("MK18", "2022"): "not_available",
    }
    assert figures(found)["MK18", "2021"] == 0


# --- axes ---------------------------------------------------------------------------------------

AGES = """region,ikä,sukupuoli,time,value
MK18,TOTAL,SSS,2020,10
MK18,Y_LT5,1,2020,3
MK18,Y_LT5,2,2020,4
MK18,Y_LT5,SSS,2020,7
"""


def test_breakdowns_are_the_codes_of_the_axes_in_declared_order(
    synthetic_store: Store, make_indicator: Make, make_query: Ask
) -> None:
    synthetic_store.add(AGES)
    query = make_query(axes={"sex": "sukupuoli", "age": "ikä"})
    found = synthetic_store.tidy(make_indicator(axes=("age", "sex"), query=(query,))).rows
    assert dict(zip(found["breakdown"], found["value"], strict=True)) == {
        "total": 10,
        "Y0-4.M": 3,
        "Y0-4.F": 4,
        "Y0-4.T": 7,
    }


def test_an_axis_that_a_query_does_not_have_is_summed(
    synthetic_store: Store, make_indicator: Make, make_query: Ask
) -> None:
    synthetic_store.add(AGES)
    query = make_query(axes={"age": "ikä"}, select={"sukupuoli": "SSS"})
    found = synthetic_store.tidy(make_indicator(axes=("age", "sex"), query=(query,))).rows
    assert set(found["breakdown"]) == {"total", "Y0-4.T"}


def test_an_unseen_code_of_an_axis_names_table_and_value(
    synthetic_store: Store, make_indicator: Make, make_query: Ask
) -> None:
    synthetic_store.add(AGES.replace("Y_LT5", "Y_LT6"))
    query = make_query(axes={"sex": "sukupuoli", "age": "ikä"})
    with pytest.raises(
        DataError, match="unseen code 'Y_LT6' on the axis 'age'; did you mean"
    ) as caught:
        synthetic_store.tidy(make_indicator(axes=("age", "sex"), query=(query,)))
    assert "statfin t" in str(caught.value)


def test_an_unseen_code_that_was_not_selected_does_not_matter(
    synthetic_store: Store, make_indicator: Make, make_query: Ask
) -> None:
    synthetic_store.add(AGES + "MK18,Y_UNK,3,2020,1\n")
    query = make_query(
        axes={"sex": "sukupuoli", "age": "ikä"},
        select={"sukupuoli": ("1", "2"), "ikä": ("Y_LT5",)},
    )
    found = synthetic_store.tidy(make_indicator(axes=("age", "sex"), query=(query,)))
    assert len(found.rows) == 2


def test_an_axis_without_a_code_list_is_named() -> None:
    with pytest.raises(DataError, match=r"shoe_size\.csv: there is no code list"):
        tidying.read_axis("shoe_size")


# --- sheets that people made --------------------------------------------------------------------


def sheet(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_wide_sheet_goes_all_the_way_to_the_table(
    synthetic_store: Store, make_indicator: Make, make_query: Ask
) -> None:
    data = sheet(
        ["Kunta", 2020, 2021], ["Kajaani", 100, 101.5], ["Kuhmo", 50, "..."], ["KOKO MAA", 9, 9]
    )
    synthetic_store.add(
        data,
        layout={"format": "xlsx", "time": "columns", "variables": ["Kunta"]},
        source="metsahallitus",
    )
    query = make_query(source="metsahallitus", region="Kunta", scheme="name", levels=("kunta",))
    found = synthetic_store.tidy(make_indicator(query=(query,)))
    assert figures(found) == {
        ("KU205", "2020"): 100,
        ("KU205", "2021"): 101.5,
        ("KU290", "2020"): 50,
        ("KU290", "2021"): None,
    }
    assert statuses(found)["KU290", "2021"] == "confidential"


@pytest.mark.parametrize("empty", ["region", "time"])
def test_an_empty_code_is_refused_and_does_not_become_its_neighbour(
    synthetic_store: Store, make_indicator: Make, make_query: Ask, empty: str
) -> None:
    row = {"region": ",2021,99", "time": "MK18,,99"}[empty]
    synthetic_store.add(
        f"region,time,value\nMK01,2020,1\nMK18,2021,2\n{row}\n", layout={"format": "csv"}
    )
    with pytest.raises(DataError, match="''"):
        synthetic_store.tidy(make_indicator(query=(make_query(),)))


# --- the real store -----------------------------------------------------------------------------


def test_no_snapshot_gives_overlapping_municipalities(tidied: Tidied) -> None:
    """A table that has Nurmes and Valtimo apart is not of today's division, whatever it says."""
    from tilannekuva import region_codes

    codes = [c for c in tidied.rows["region"].cat.categories if region_codes.level(c) == "kunta"]
    bare = [c for c in codes if "@" not in c]
    swallowed = {
        (a, b)
        for a in bare
        for b in bare
        if a != b and region_codes.atoms(a) > region_codes.atoms(b)
    }
    part = tidied.rows[tidied.rows["region"].isin({c for pair in swallowed for c in pair})]
    for key, group in part.groupby(["indicator", "snapshot"], observed=True):
        there = set(group["region"])
        assert not [p for p in swallowed if set(p) <= there], key


def test_every_region_of_the_store_is_of_the_register(tidied: Tidied) -> None:
    from tilannekuva import region_codes

    assert [c for c in tidied.rows["region"].cat.categories if not region_codes.exists(c)] == []


def test_every_period_of_the_store_is_written_in_one_way(tidied: Tidied) -> None:
    from tilannekuva import periods

    for p in tidied.rows["period"].cat.categories:
        assert periods.canonical(p) == p


def test_every_breakdown_is_made_of_codes(tidied: Tidied, catalogue: Catalogue) -> None:
    pairs = tidied.rows[["indicator", "breakdown"]].drop_duplicates()
    for name, breakdown in pairs.astype("str").itertuples(index=False):
        axes = catalogue.indicators[name].axes
        if breakdown == "total":
            continue
        parts = breakdown.split(".")
        assert len(parts) == len(axes), (name, breakdown)
        for axis, part in zip(axes, parts, strict=True):
            assert part in {row["code"] for row in tidying.read_axis(axis)}, (name, breakdown)
