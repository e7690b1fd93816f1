"""The carried tables of employment against what was published."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "data"))

from carrying import employment  # noqa: E402
from carrying.common import Carried  # noqa: E402
from carrying.reading import KAINUU  # noqa: E402

from tilannekuva import raw  # noqa: E402

FOLDER = ROOT.parent / "shared" / "data"
STORE = ROOT / "data" / "raw"

pytestmark = pytest.mark.skipif(
    not (FOLDER / "employment").is_dir(),
    reason="the public files that the figures are read from are not beside the project",
)


@pytest.fixture(scope="module")
def carried() -> list[Carried]:
    return employment.snapshots(FOLDER)


@pytest.fixture(scope="module")
def tables(carried: list[Carried]) -> dict[str, pd.DataFrame]:
    """All vintages of a table under each other."""
    parts: dict[str, list[pd.DataFrame]] = {}
    for one in carried:
        cells = pd.read_csv(io.BytesIO(one.data), dtype=str, keep_default_na=False)
        parts.setdefault(one.snapshot.table, []).append(cells)
    return {name: pd.concat(frames) for name, frames in parts.items()}


def values(rows: pd.DataFrame, area: str, what: str) -> pd.Series:
    mine = rows[(rows["alue"] == area) & (rows["tiedot"] == what)]
    return mine.set_index("time")["value"].sort_index()


def test_jobseekers(tables: dict[str, pd.DataFrame]) -> None:
    rows = tables["tyonv/12r5"]
    unemployed = values(rows, "MK18", "TYOTTOMATLOPUSSA")
    vacancies = values(rows, "MK18", "AVPAIKATLOPUSSA")
    force = values(rows, "MK18", "TYOVOIMATK")
    assert len(unemployed) == 214
    assert (unemployed["2006M01"], vacancies["2006M01"]) == ("6868", "193")
    assert (unemployed["2022M12"], vacancies["2022M12"]) == ("3082", "1072")
    assert (unemployed["2023M10"], force["2023M10"], vacancies["2023M10"]) == (
        "2649",
        "30690",
        "643",
    )
    assert rows["alue"].nunique() == 1 + 19 + 2 + 8
    assert not rows["alue"].str.startswith("ELY").any()


def test_kainuu_is_without_vaala_in_every_month(tables: dict[str, pd.DataFrame]) -> None:
    rows = tables["tyonv/12r5"]
    counts = rows[rows["tiedot"] != "AVPAIKATLOPUSSA"]
    counts = counts.assign(value=counts["value"].astype(int))
    by = ["tiedot", "time"]
    region = counts[counts["alue"] == "MK18"].set_index(by)["value"].sort_index()
    for parts in (KAINUU, employment.SUB_REGIONS):
        assert (counts[counts["alue"].isin(parts)].groupby(by)["value"].sum() == region).all()


def test_vacancy_flows(tables: dict[str, pd.DataFrame]) -> None:
    rows = tables["tyonv/2310"].rename(columns={"maakunta": "alue"})
    new = values(rows, "Kainuu", "Uudet_avoimet_tyopaikat_kauden_aikana")
    assert (len(new), new["2006M01"], new["2020M08"]) == (176, "285", "635")
    by_year = new.astype(int).groupby(new.index.str[:4]).sum()
    assert (by_year["2006"], by_year["2019"]) == (5_223, 8_406)
    days = values(rows, "Kainuu", "Tayttyneiden_tyopaikkojen_avoinnaolon_km_kesto_paivaa")
    assert (days["2006M01"], days["2020M08"]) == ("11", "49")


def test_municipal_key_figures(tables: dict[str, pd.DataFrame]) -> None:
    rows = tables["kuntien_avainluvut/2016"]
    assert rows["alue"].nunique() == 311
    kajaani = {w: values(rows, "Kajaani", w) for w in rows["tiedot"].unique()}
    assert kajaani["Alueella_olevien_tyopaikkojen_lukumaara"]["2016"] == "15558"
    assert kajaani["Lainakanta_euroa_asukas"]["2016"] == "2941.6"
    assert kajaani["Vuosikate_euroa_asukas"].index.min() == "2008"
    assert kajaani["Palvelujen_tyopaikkojen_osuus"].index.min() == "2007"
    counts = rows[rows["tiedot"].isin(employment.KEY_COUNTS)]
    counts = counts.assign(value=counts["value"].astype(int))
    kainuu = counts[counts["alue"].isin(employment.KAINUU_NAMES)]
    sums = kainuu.groupby(["tiedot", "time"])["value"].sum()
    jobs, employed, households = employment.KEY_COUNTS
    assert (sums[jobs, "2006"], sums[jobs, "2016"]) == (28_471, 27_415)
    assert (sums[employed, "2006"], sums[employed, "2016"]) == (29_435, 27_536)
    assert (sums[households, "2006"], sums[households, "2016"]) == (37_491, 37_204)
    # Everybody who works in the country lives in it, in these statistics.
    country = counts.groupby(["tiedot", "time"])["value"].sum()
    assert (country[jobs] == country[employed]).all()
    assert country[jobs, "2007"] == 2_369_066


def test_key_rates_without_a_denominator_are_for_kainuu_only(
    tables: dict[str, pd.DataFrame],
) -> None:
    rows = tables["kuntien_avainluvut/2016"]
    rates = rows[rows["tiedot"].isin(employment.KEY_RATES)]
    assert set(rates["alue"]) == set(employment.KAINUU_NAMES)


SURVEY = {
    "Employment rate, %": {"2011": "63.5", "2014": "58.3", "2018": "64.5", "2020": "63.9"},
    "Unemployment rate, %": {
        "2011": "8.3", "2013": "11.5", "2014": "16.9", "2018": "10.8", "2019": "8.4", "2020": "7.4",
    },
    "Activity rate, %": {"2011": "60", "2018": "58"},
    "Employed, 1000 persons": {"2009": "34", "2010": "33", "2014": "29", "2019": "29",
                               "2020": "27"},
}  # fmt: skip


@pytest.mark.parametrize("heading", sorted(SURVEY))
def test_labour_force_survey(tables: dict[str, pd.DataFrame], heading: str) -> None:
    found = values(tables["tyti/maakunnat"], "MK18", heading)
    assert {y: found[y] for y in SURVEY[heading]} == SURVEY[heading]
    assert found.index.is_unique


def test_the_survey_and_its_pages_agree_where_both_speak() -> None:
    file = FOLDER / "employment" / "statfin_tyti_annual_by_maakunta.csv"
    raw_file = FOLDER / "employment" / "statfin_tyti_labour_force_survey_by_region_raw.csv"
    pages = pd.read_csv(file, dtype=str)
    table = pd.read_csv(raw_file, dtype=str, encoding="latin-1")
    area = table["Region 2011"].replace("WHOLE COUNTRY", "SSS").str.partition(" ")[0]
    for indicator, heading in (
        ("employed_persons_15_74", "Employed, 1000 persons"),
        ("unemployment_rate_15_74", "Unemployment rate, %"),
    ):
        one = pages[pages["indicator"] == indicator].set_index(["region_code", "period"])["value"]
        two = table.assign(area=area).set_index(["area", "Year"])[heading]
        common = one.index.intersection(two.index)
        assert len(common) == {"Employed, 1000 persons": 120, "Unemployment rate, %": 114}[heading]
        assert (one[common].astype(float) == two[common].astype(float)).all()


def test_quarters(tables: dict[str, pd.DataFrame]) -> None:
    found = values(tables["tyti/neljannekset"], "MK18", "Unemployment rate, %")
    assert (found["2016Q1"], found["2017Q1"]) == ("12.6", "15.2")
    assert (found["2020Q4"], found["2021Q4"]) == ("6.9", "6.1")
    assert len(found) == 13


def test_pages_name_the_day_they_came_out(carried: list[Carried]) -> None:
    for one in carried:
        if "_tau_" in one.snapshot.address:
            assert one.snapshot.published_on in one.snapshot.address
            assert one.snapshot.transcribed
        assert one.snapshot.address.startswith("https://")


def test_again_gives_the_store(carried: list[Carried]) -> None:
    if not (STORE / raw.LOCK).is_file():
        pytest.skip("there is no store yet")
    lock = {s.id: s for s in raw.read_lock(STORE)}
    for one in carried:
        assert lock.get(one.snapshot.id) == one.snapshot, one.snapshot.table
        assert (STORE / one.snapshot.file).read_bytes() == one.data, one.snapshot.table
