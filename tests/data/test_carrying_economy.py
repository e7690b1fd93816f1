"""The carried tables of the economy against what was published."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "data"))

from carrying import economy  # noqa: E402
from carrying.common import Carried  # noqa: E402

from tilannekuva import raw  # noqa: E402

FOLDER = ROOT.parent / "shared" / "data"
STORE = ROOT / "data" / "raw"

pytestmark = pytest.mark.skipif(
    not (FOLDER / economy.GDP).is_file(),
    reason="the public files that the figures are read from are not beside the project",
)


@pytest.fixture(scope="module")
def carried() -> list[Carried]:
    return economy.snapshots(FOLDER)


def cells(tables: list[Carried], name: str) -> pd.DataFrame:
    parts = [c for c in tables if f"{c.snapshot.source} {c.snapshot.table}" == name]
    frames = [pd.read_csv(io.BytesIO(c.data), dtype=str, keep_default_na=False) for c in parts]
    return pd.concat(frames, ignore_index=True)


def series(rows: pd.DataFrame, **where: str) -> pd.Series:
    for column, code in where.items():
        rows = rows[rows[column] == code]
    return rows[rows["value"] != ""].set_index("time")["value"].sort_index()


def ends(values: pd.Series) -> tuple[str, str, str, str]:
    return values.index[0], values.iloc[0], values.index[-1], values.iloc[-1]


@pytest.mark.parametrize(
    ("unit", "found"),
    [
        ("MIO_EUR", ("2000", "1501.66", "2020", "2513.9")),
        ("EUR_HAB", ("2000", "17400", "2020", "34900")),
        ("PPS_EU27_2020_HAB", ("2000", "14700", "2020", "27800")),
        ("PPS_HAB_EU27_2020", ("2000", "80", "2020", "93")),
    ],
)
def test_gdp_of_kainuu(carried: list[Carried], unit: str, found: tuple[str, str, str, str]) -> None:
    assert ends(series(cells(carried, "eurostat nama_10r_3gdp"), unit=unit, geo="FI1D8")) == found


def test_gdp_covers_the_country_and_19_regions_and_2021_is_the_countrys_alone(
    carried: list[Carried],
) -> None:
    rows = cells(carried, "eurostat nama_10r_3gdp")
    assert rows["geo"].nunique() == 20
    newest = rows[(rows["time"] == "2021") & (rows["value"] != "")]
    assert set(newest["geo"]) == {"FI"}
    assert set(rows.loc[rows["value"] == "", "flag"]) == {":"}


def test_the_regions_and_extra_regio_add_up_to_the_countrys_gdp(carried: list[Carried]) -> None:
    rows = cells(carried, "eurostat nama_10r_3gdp")
    year = rows[(rows["unit"] == "MIO_EUR") & (rows["time"] == "2020")]
    million = year.set_index("geo")["value"].astype(float)
    assert million.drop("FI").sum() + 83.73 == pytest.approx(million["FI"], abs=0.05)


def test_million_euro_is_that_of_the_stamped_release(carried: list[Carried]) -> None:
    """The other file of the same table has an exact stamp; its figures are the same."""
    stamped = pd.read_csv(
        FOLDER / "economy/nama_10r_3gdp__MIO_EUR__2000-2020__v20230221.csv", dtype=str
    )
    rows = cells(carried, "eurostat nama_10r_3gdp")
    rows = rows[rows["unit"] == "MIO_EUR"]
    both = stamped.merge(rows, left_on=["geo", "TIME_PERIOD"], right_on=["geo", "time"])
    assert len(both) == 19 * 21
    assert (both["OBS_VALUE"].astype(float) == both["value"].astype(float)).all()
    assert set(stamped["LAST UPDATE"]) == {"21/02/23 23:00:00"}


def test_gdp_with_vaala(carried: list[Carried]) -> None:
    rows = cells(carried, "eurostat nama_10r_3gdp/NUTS2013")
    kainuu = series(rows, GEO="FI1D4")
    assert ends(kainuu) == ("2000", "1566", "2013", "2075")
    assert kainuu["2011"] == "2175"
    assert rows["GEO"].nunique() == 19
    assert "FI" not in set(rows["GEO"])


@pytest.mark.parametrize(
    ("code", "size", "without_vaala", "with_vaala"),
    [
        ("V11910", "TOTAL", ("2013", "3636", "2020", "3700"), ("2008", "3874", "2015", "3690")),
        ("V11910", "GE10", ("2013", "228", "2020", "249"), ("2008", "263", "2015", "230")),
        ("V11920", "TOTAL", ("2013", "208", "2020", "284"), ("2008", "333", "2015", "194")),
        ("V11930", "TOTAL", ("2013", "248", "2020", "387"), ("2008", "265", "2015", "194")),
        ("V16910", "TOTAL", ("2013", "13832", "2020", "14234"), ("2008", "12757", "2015", "13143")),
        ("V16911", "TOTAL", ("2013", "10838", "2020", "11408"), ("2008", "11310", "2015", "10162")),
        ("V16920", "TOTAL", ("2013", "220", "2020", "260"), ("2008", "102", "2015", "187")),
        ("V97010", "TOTAL", ("2014", "0.03", "2020", "0.35"), ("2012", "-1.39", "2015", "-2.74")),
        ("V97043", "TOTAL", ("2016", "64.42", "2020", "65.90"), ("2014", "57.45", "2015", "65.02")),
    ],
)
def test_enterprises_of_kainuu(
    carried: list[Carried],
    code: str,
    size: str,
    without_vaala: tuple[str, str, str, str],
    with_vaala: tuple[str, str, str, str],
) -> None:
    rows = cells(carried, "eurostat bd_size_r3")
    assert ends(series(rows, indic_sb=code, sizeclas=size, geo="FI1D8")) == without_vaala
    assert ends(series(rows, indic_sb=code, sizeclas=size, geo="FI1D4")) == with_vaala


def test_published_enterprise_rates_follow_from_the_counts_and_are_not_carried(
    carried: list[Carried],
) -> None:
    rows = cells(carried, "eurostat bd_size_r3")
    assert not {"V97015", "V97020", "V97030"} & set(rows["indic_sb"])
    newest = rows[(rows["geo"] == "FI1D8") & (rows["time"] == "2020")]
    count = newest[newest["sizeclas"] == "TOTAL"].set_index("indic_sb")["value"].astype(float)
    assert round(100 * count["V11920"] / count["V11910"], 2) == 7.68
    assert round(100 * count["V11930"] / count["V11910"], 2) == 10.46


def test_household_accounts(carried: list[Carried]) -> None:
    rows = cells(carried, "statfin altp/households-2014")
    figures = {
        (t.split(" ")[0], a): v
        for t, a, v in zip(rows["Transaction"], rows["Area"], rows["value"], strict=True)
    }
    assert figures["B6NT", "Kainuu"] == "1440"
    assert figures["D62R", "Kainuu"] == "655"
    assert figures["KVAKI", "Kainuu"] == "76451"
    assert figures["B6NT", "WHOLE COUNTRY"] == "112074"
    assert figures["KVAKI", "WHOLE COUNTRY"] == "5461512"
    assert len(rows) == 7 * 20
    income = sum(int(v) for (t, a), v in figures.items() if t == "B6NT" and a != "WHOLE COUNTRY")
    assert abs(income - 112_074) <= 5


@pytest.mark.parametrize(
    ("table", "year", "kainuu", "country"),
    [
        ("value-added-change", "2013", "-5.8", "1.2"),
        ("value-added-change", "2015", "0.1", "2.0"),
        ("disposable-income-change", "2017", "4.7", "2.4"),
        ("disposable-income-change", "2018", "2.4", "3.2"),
    ],
)
def test_printed_changes(
    carried: list[Carried], table: str, year: str, kainuu: str, country: str
) -> None:
    rows = cells(carried, f"statfin altp/{table}")
    change = rows[rows["time"] == year].set_index("region_code")["value"]
    assert len(change) == 20
    assert (change["MK18"], change["SSS"]) == (kainuu, country)


def test_every_page_is_a_table_of_its_own(carried: list[Carried]) -> None:
    pages = [c.snapshot for c in carried if c.snapshot.table.endswith("-change")]
    assert [p.published_on for p in pages] == [
        "2015-12-11",
        "2016-12-09",
        "2019-11-27",
        "2020-11-25",
    ]
    assert len({p.address for p in pages}) == 4
    assert all(p.transcribed for p in pages)


def test_the_model_of_value_added(carried: list[Carried]) -> None:
    rows = cells(carried, "ptt alta/io2014")
    kainuu = rows[rows["REG"] == "Kainuu"].set_index("IND")["value"].astype(float)
    assert len(kainuu) == 31
    assert kainuu["0"] == pytest.approx(1868.6, abs=0.05)
    assert kainuu.drop("0").sum() == pytest.approx(kainuu["0"], abs=0.01)
    assert kainuu["02_03"] == pytest.approx(145.6, abs=0.05)
    totals = rows[rows["IND"] == "0"]["value"].astype(float)
    assert len(totals) == 19
    assert totals.sum() == pytest.approx(176_985, abs=5)


def test_the_models_licence_is_said_to_be_assumed(carried: list[Carried]) -> None:
    model = next(c.snapshot for c in carried if c.snapshot.source == "ptt")
    assert "assumed" in model.licence
    assert "Modelled" in model.note


def test_turnover_and_personnel(carried: list[Carried]) -> None:
    rows = cells(carried, "kainuunliitto aluetalous-ja-yritykset")
    turnover = series(rows, indicator="enterprise_turnover_change")
    assert dict(turnover) == {
        "2020": "-0.3",
        "2020Q1": "0.3",
        "2020Q2": "-2.4",
        "2020Q3": "-4.1",
        "2020Q4": "4.7",
        "2021Q1": "4.5",
    }
    personnel = series(rows, indicator="enterprise_personnel_change")
    assert (personnel["2020Q1"], personnel["2020Q2"], personnel["2021Q1"]) == (
        "-1.0",
        "-6.6",
        "0.7",
    )
    assert set(rows["region_code"]) == {"MK18"}


def test_what_a_bound_says_is_no_figure(carried: list[Carried]) -> None:
    rows = cells(carried, "kainuunliitto aluetalous-ja-yritykset")
    assert not rows["indicator"].str.contains("gdp").any()


def test_every_address_is_safe_and_no_file_is_large(carried: list[Carried]) -> None:
    assert all(c.snapshot.address.startswith("https://") for c in carried)
    assert sum(c.snapshot.bytes for c in carried) < 300_000


def test_again_gives_the_store(carried: list[Carried]) -> None:
    if not (STORE / raw.LOCK).is_file():
        pytest.skip("there is no store yet")
    lock = {s.id: s for s in raw.read_lock(STORE)}
    for one in carried:
        assert lock.get(one.snapshot.id) == one.snapshot, one.snapshot.table
        assert (STORE / one.snapshot.file).read_bytes() == one.data, one.snapshot.table
