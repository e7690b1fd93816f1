"""The carried tables of emissions, land and nature against what was published."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "data"))

from carrying import climate_nature  # noqa: E402
from carrying.common import Carried  # noqa: E402

from tilannekuva import raw  # noqa: E402

FOLDER = ROOT.parent / "shared" / "data"
STORE = ROOT / "data" / "raw"

pytestmark = pytest.mark.skipif(
    not (FOLDER / climate_nature.AREA).is_file(),
    reason="the public files that the figures are read from are not beside the project",
)


@pytest.fixture(scope="module")
def tables() -> dict[str, Carried]:
    return {f"{c.snapshot.source} {c.snapshot.table}": c for c in climate_nature.snapshots(FOLDER)}


def cells(one: Carried) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(one.data), dtype=str, keep_default_na=False)


def figures(one: Carried, region: str) -> dict[tuple[str, str], str]:
    rows = cells(one)
    rows = rows[rows["region"] == region]
    return dict(zip(zip(rows["indicator"], rows["time"], strict=True), rows["value"], strict=True))


def test_area(tables: dict[str, Carried]) -> None:
    rows = cells(tables["eurostat demo_r_d3area"]).set_index(["landuse", "geo", "time"])["value"]
    assert rows["L0008", "FI1D4", "1990"] == "21566.9"
    assert rows["L0008", "FI1D4", "2015"] == "21499.0"
    assert rows["TOTAL", "FI1D4", "2015"] == "24451.0"
    assert len(rows) == 2 * 20 * 26
    land = rows["L0008"].astype(float).xs("2015", level="time")
    assert land.drop("FI").sum() == pytest.approx(land["FI"], abs=1.0)


def test_emissions_of_kainuu(tables: dict[str, Carried]) -> None:
    first = figures(tables["syke kainuun-paastonakyma"], "Kainuu")
    assert first["ghg_total_kt_co2e", "2019"] == "602"
    assert first["ghg_change_since_2005_pct", "2019"] == "-20"
    assert first["ghg_share_transport_pct", "2019"] == "43"
    assert first["ghg_road_transport_kt", "2019"] == "145"
    second = figures(tables["syke kainuun-paastokehitys"], "Kainuu")
    assert second == {
        ("ghg_change_since_2005_pct", "2022"): "-39",
        ("ghg_per_capita_change_since_2005_pct", "2022"): "-29",
    }


def test_new_nature_reserves(tables: dict[str, Carried]) -> None:
    assert figures(tables["ely uudet-suojelualueet-kainuu"], "Kainuu") == {
        ("new_protected_area_total", "2024"): "825",
        ("new_protected_area_helmi_mires", "2024"): "612",
        ("new_protected_area_metso", "2024"): "27",
    }


def test_groups_of_regions_are_left_out(tables: dict[str, Carried]) -> None:
    names = {
        region
        for name, one in tables.items()
        if not name.startswith("eurostat")
        for region in cells(one)["region"]
    }
    assert not [n for n in names if "+" in n or n in ("Etelä-Suomi", "Pohjois-Suomi")]
    assert len(names - {"Koko maa"}) == 19


def test_natura(tables: dict[str, Carried]) -> None:
    old = tables["eea natura2000-end2010"]
    assert figures(old, "Kainuu") == {
        ("natura2000_sites", "2010"): "161",
        ("natura2000_site_area_sum_incl_water_and_overlaps", "2010"): "155948.5",
    }
    rows = cells(old)
    sites = rows[rows["indicator"] == "natura2000_sites"].set_index("region")["value"].astype(int)
    assert sites.drop("Koko maa").sum() == sites["Koko maa"] == 1_859
    new = tables["eea natura2000-end2017"]
    kept = "natura2000_sites_2017_that_also_exist_in_2010_database"
    assert figures(new, "Kainuu") == {(kept, "2017"): "161"}
    assert figures(new, "Koko maa") == {("natura2000_sites_2017_total", "2017"): "1865"}
    # The history 1995–2010 is not a measured series and stays out.
    assert set(rows["time"]) == {"2010"}


@pytest.mark.parametrize(
    ("table", "region", "figure", "value"),
    [
        ("ely luomuala-2023", "Koko maa", ("organic_share_of_cultivated_area", "2023"), "13.7"),
        ("syke pintavesien-tila-2013", "Koko maa", ("lakes_good_or_high_status", "2013"), "85"),
        ("syke pintavesien-tila-2019", "Koko maa", ("rivers_good_or_high_status", "2019"), "68"),
        ("luke metsien-suojelu-2016", "Lappi", ("protected_share_of_forest", "2016"), "27.1"),
        ("luke metsien-suojelu-2025", "Koko maa", ("protected_share_of_forest", "2025"), "13"),
        ("syke luonnon-monimuotoisuus-kainuu", "Kainuu", ("forest_share_of_area", "2017"), "81"),
        ("syke luonnon-monimuotoisuus-kainuu", "Kainuu", ("water_share_of_area", "2017"), "12"),
    ],
)
def test_single_figures(
    tables: dict[str, Carried], table: str, region: str, figure: tuple[str, str], value: str
) -> None:
    assert figures(tables[table], region)[figure] == value


def test_a_figure_that_vanished_stops() -> None:
    with pytest.raises(SystemExit, match="no figure 'b'"):
        climate_nature._expect(pd.Series(["a"]), ["a", "b"], Path("page.csv"))


def test_every_page_has_one_table_with_its_address(tables: dict[str, Carried]) -> None:
    assert len(tables) == 12
    for name, one in tables.items():
        assert one.snapshot.address.startswith("https://"), name
        assert one.snapshot.licence, name


def test_again_gives_the_store(tables: dict[str, Carried]) -> None:
    if not (STORE / raw.LOCK).is_file():
        pytest.skip("there is no store yet")
    lock = {s.id: s for s in raw.read_lock(STORE)}
    for name, one in tables.items():
        assert lock.get(one.snapshot.id) == one.snapshot, name
        assert (STORE / one.snapshot.file).read_bytes() == one.data, name
