"""The carried tables of population against what was published."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "data"))

from carrying import population  # noqa: E402
from carrying.common import Carried  # noqa: E402
from carrying.reading import KAINUU, NUTS_2021, Px, whole  # noqa: E402

from tilannekuva import raw  # noqa: E402

FOLDER = ROOT.parent / "shared" / "data"
STORE = ROOT / "data" / "raw"
KAINUU_NAMES = (
    "Hyrynsalmi", "Kajaani", "Kuhmo", "Paltamo", "Puolanka", "Ristijärvi", "Sotkamo", "Suomussalmi",
)  # fmt: skip
REGIONS = [c for c in NUTS_2021 if c != "FI"]

pytestmark = pytest.mark.skipif(
    not (FOLDER / "population").is_dir(),
    reason="the public files that the figures are read from are not beside the project",
)


@pytest.fixture(scope="module")
def carried() -> list[Carried]:
    return population.snapshots(FOLDER)


@pytest.fixture(scope="module")
def tables(carried: list[Carried]) -> dict[str, pd.DataFrame]:
    """All vintages of a table under each other."""
    parts: dict[str, list[pd.DataFrame]] = {}
    for one in carried:
        cells = pd.read_csv(io.BytesIO(one.data), dtype=str, keep_default_na=False)
        parts.setdefault(one.snapshot.table, []).append(cells)
    return {name: pd.concat(frames) for name, frames in parts.items()}


def ends(rows: pd.DataFrame) -> tuple[str, str, str, str]:
    rows = rows.sort_values("time")
    first, last = rows.iloc[0], rows.iloc[-1]
    return first["time"], first["value"], last["time"], last["value"]


def numbers(rows: pd.DataFrame, key: str) -> pd.Series:
    return rows.set_index(key)["value"].astype(float)


def test_population_by_age_and_sex(tables: dict[str, pd.DataFrame]) -> None:
    rows = tables["demo_r_pjangrp3"]
    totals = rows[(rows["sex"] == "T") & (rows["age"] == "TOTAL")]
    assert ends(totals[totals["geo"] == "FI1D8"]) == ("2014", "76782", "2023", "70521")
    assert not {"Y_GE85", "UNK"} & set(rows["age"])
    cells = rows.assign(value=rows["value"].astype(int))
    by = ["sex", "geo", "time"]
    ages = cells[cells["age"] != "TOTAL"].groupby(by)["value"].sum()
    stated = cells[cells["age"] == "TOTAL"].set_index(by)["value"]
    assert (ages == stated.reindex(ages.index)).all()
    sexes = cells[cells["sex"] != "T"].groupby(["age", "geo", "time"])["value"].sum()
    both = cells[cells["sex"] == "T"].set_index(["age", "geo", "time"])["value"]
    assert (sexes == both.reindex(sexes.index)).all()
    regions = cells[cells["geo"].isin(REGIONS)].groupby(["sex", "age", "time"])["value"].sum()
    country = cells[cells["geo"] == "FI"].set_index(["sex", "age", "time"])["value"]
    assert (regions == country.reindex(regions.index)).all()
    assert len(country) == 3 * 20 * 10


def test_totals_before_2013_add_up_to_the_country(tables: dict[str, pd.DataFrame]) -> None:
    rows = tables["demo_r_pjanaggr3"]
    assert ends(rows[rows["geo"] == "FI1D8"]) == ("2000", "86943", "2013", "77435")
    sums = rows.assign(value=rows["value"].astype(int)).groupby("time")["value"].sum()
    country = numbers(tables["vaerak/11rc"], "time")
    for year, total in sums.items():
        # 1 January of one year is 31 December of the year before.
        assert country[str(int(str(year)) - 1)] == total
    assert (country["1999"], country["2005"]) == (5_171_302, 5_255_580)
    assert (country.index.min(), country.index.max()) == ("1990", "2012")


@pytest.mark.parametrize(
    ("table", "first", "last"), [("births", "1149", "521"), ("deaths", "885", "1083")]
)
def test_births_and_deaths(
    tables: dict[str, pd.DataFrame], table: str, first: str, last: str
) -> None:
    rows = tables[f"demo_r_{table}"]
    assert ends(rows[rows["geo"] == "FI1D8"]) == ("1990", first, "2021", last)
    cells = rows.assign(value=rows["value"].astype(int))
    regions = cells[cells["geo"].isin(REGIONS)].groupby("time")["value"].sum()
    assert (regions == cells[cells["geo"] == "FI"].set_index("time")["value"]).all()


def test_density_and_median_age(tables: dict[str, pd.DataFrame]) -> None:
    density = tables["demo_r_d3dens"]
    kainuu = density[density["geo"] == "FI1D8"]
    assert ends(kainuu) == ("1990", "4.6", "2022", "3.5")
    flags = kainuu.set_index("time")["flag"]
    assert (flags["2016"], flags["2020"], flags["2022"]) == ("b", "e", "")
    median = tables["demo_r_pjanind3"]
    assert ends(median[median["geo"] == "FI1D8"]) == ("2014", "48.7", "2022", "51.2")


def test_municipalities(tables: dict[str, pd.DataFrame]) -> None:
    rows = tables["muutl/kunnat-2017"]
    assert rows["alue"].nunique() == 311
    cells = rows.assign(value=rows["value"].astype(int))
    kainuu = cells[cells["alue"].isin(KAINUU_NAMES)].groupby(["tiedot", "time"])["value"].sum()
    assert (kainuu["nettomuutto", "1990"], kainuu["nettomuutto", "2017"]) == (-348, -516)
    assert (kainuu["vakiluku", "1990"], kainuu["vakiluku", "2017"]) == (92_459, 73_959)
    country = cells.groupby(["tiedot", "time"])["value"].sum()
    assert (country["nettomuutto"] == 0).all()
    published = numbers(tables["vaerak/11rc"], "time")
    assert (country["vakiluku"].loc[:"2012"] == published).all()


def test_municipalities_in_2019(tables: dict[str, pd.DataFrame]) -> None:
    people = numbers(tables["vaerak/11re-2019"], "alue")
    assert people.sum() == 5_525_292
    assert people[list(KAINUU_NAMES)].sum() == 72_306
    moves = numbers(tables["kuntien_avainluvut/2019"], "alue")
    assert (len(moves), moves.sum()) == (310, 0)
    assert moves[list(KAINUU_NAMES)].sum() == -462
    assert moves["Kajaani"] == -253
    assert not moves.index.str.contains("\N{REPLACEMENT CHARACTER}").any()


def test_preliminary_figures(carried: list[Carried], tables: dict[str, pd.DataFrame]) -> None:
    rows = tables["vamuu/maakunnat"]
    kainuu = rows[rows["alue"] == "MK18"].set_index("time")["value"].to_dict()
    assert kainuu == {
        "2015M01/2015M09": "133",
        "2016M01/2016M09": "241",
        "2019Q1": "52",
        "2019M01/2019M09": "142",
    }
    assert "MA1" not in set(rows["alue"])
    quoted = tables["vamuu/2022"].set_index("tiedot")["value"].to_dict()
    assert quoted == {
        "Elävänä syntyneet": "429",
        "Kuolleet": "1179",
        "Kokonaisnettomuutto": "14",
        "Kuntien välinen nettomuutto": "-528",
    }
    assert tables["vaenn/2021"]["value"].tolist() == ["60312"]
    assert tables["muutl/2021"]["value"].tolist() == ["153"]
    for one in carried:
        if one.snapshot.table.startswith(("vamuu/", "vaenn/", "muutl/2021")):
            assert one.snapshot.transcribed
            assert one.snapshot.address.startswith("https://")


def test_paavo(tables: dict[str, pd.DataFrame]) -> None:
    rows = tables["paavo/2020"]
    regions = rows[rows["alue"].str.match(r"MK\d\d ")]
    assert set(regions["tiedot"]) == {"Median income of inhabitants (HR)"}
    assert len(regions) == 18
    assert regions.set_index("alue").loc["MK18 Kainuu", "value"] == "19506"
    counts = rows[~rows.index.isin(regions.index)]
    assert counts["alue"].nunique() == 310
    cells = counts.assign(value=counts["value"].astype(float))
    country = cells.groupby("tiedot")["value"].sum()
    assert country["Inhabitants, total (HE)"] == 5_517_919
    assert country["Workplaces (TP)"] == 2_327_730
    assert country["Free-time residences (RA)"] == 509_785
    kainuu = cells[cells["alue"].isin(KAINUU_NAMES)].groupby("tiedot")["value"].sum()
    assert kainuu["Inhabitants, total (HE)"] == 73_061
    assert kainuu["Workplaces (TP)"] == 27_184
    assert kainuu["Free-time residences (RA)"] == 12_736
    industries = cells[cells["toimiala"].str.fullmatch("[A-X]")]
    assert industries["toimiala"].nunique() == 22
    assert industries["value"].sum() == country["Workplaces (TP)"]
    by_letter = industries[industries["alue"].isin(KAINUU_NAMES)].groupby("toimiala")["value"].sum()
    assert by_letter[["C", "B", "Q"]].tolist() == [2275, 797, 5519]


def test_families(tables: dict[str, pd.DataFrame]) -> None:
    rows = tables["perh/12c1"]
    kainuu = {t: ends(r) for t, r in rows[rows["alue"] == "MK18"].groupby("tiedot")}
    assert kainuu["perhlkm"] == ("2006", "22387", "2022", "18834")
    assert kainuu["lapsiperhe"] == ("2006", "8640", "2022", "6000")
    assert kainuu["a18lkm_perh"] == ("2006", "15677", "2022", "11326")
    assert kainuu["perhkoko"] == ("2006", "2.81", "2022", "2.64")
    counts = rows[rows["tiedot"] != "perhkoko"]
    counts = counts.assign(value=counts["value"].astype(int))
    by = ["tiedot", "time"]

    def total(areas: pd.Series) -> pd.Series:
        return counts[areas].groupby(by)["value"].sum()

    whole_country = total(counts["alue"] == "SSS")
    assert (total(counts["alue"].str.match(r"MK\d\d$")) == whole_country).all()
    assert (total(counts["alue"].isin(KAINUU)) == total(counts["alue"] == "MK18")).all()
    assert not set(counts["alue"]) & {"MA1", "MA2", "SA5"}


def test_a_cell_keeps_its_printed_text() -> None:
    assert list(whole(pd.Series(["868.0", "2.0", "-3", "1.5"]))) == ["868", "2", "-3", "1.5"]


def test_a_px_file_of_the_wrong_length_stops(tmp_path: Path) -> None:
    file = tmp_path / "a.px"
    file.write_text('STUB="A";\nHEADING="B";\nCODES("A")="1","2";\nCODES("B")="x";\nDATA=\n1;\n')
    with pytest.raises(SystemExit, match="1 numbers for 2 cells"):
        Px(file).cells()


def test_again_gives_the_store(carried: list[Carried]) -> None:
    if not (STORE / raw.LOCK).is_file():
        pytest.skip("there is no store yet")
    lock = {s.id: s for s in raw.read_lock(STORE)}
    for one in carried:
        assert lock.get(one.snapshot.id) == one.snapshot, one.snapshot.table
        assert (STORE / one.snapshot.file).read_bytes() == one.data, one.snapshot.table
