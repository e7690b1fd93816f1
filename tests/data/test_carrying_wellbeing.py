"""The carried tables of wellbeing and safety against what was published."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "data"))

from carrying import wellbeing  # noqa: E402
from carrying.common import Carried  # noqa: E402

from tilannekuva import raw  # noqa: E402

FOLDER = ROOT.parent / "shared" / "data"
STORE = ROOT / "data" / "raw"

pytestmark = pytest.mark.skipif(
    not (FOLDER / wellbeing.CRIMES).is_file(),
    reason="the public files that the figures are read from are not beside the project",
)

KAINUU_SOTKANET = {
    # number: (first year, first value, last year, last value) of Kainuu with Vaala
    "4": ("1996", "3.5", "2011", "7.7"),
    "127": ("1990", "96957", "2012", "80685"),
    "170": ("1990", "7.6", "2012", "12.0"),
    "178": ("1990", "-3.0", "2011", "-5.6"),
    "180": ("1990", "185", "2011", "295"),
    "181": ("1991", "13.2", "2011", "12.5"),
    "187": ("1990", "1.5", "2012", "21.8"),
    "451": ("1993", "50", "2012", "102"),
    "475": ("1990", "119.6", "2012", "115.0"),
    "493": ("1990", "6.0", "2011", "7.4"),
    "703": ("1994", "20625", "2011", "6385"),
    "733": ("2020", "77147", "2020", "77147"),
    "746": ("2030", "74885", "2030", "74885"),
    "751": ("2040", "73159", "2040", "73159"),
    "753": ("2040", "8.9", "2040", "8.9"),
    "759": ("2040", "52.7", "2040", "52.7"),
    "760": ("2040", "31.7", "2040", "31.7"),
    "761": ("1990", "49.4", "2012", "59.4"),
    "1280": ("1990", "65.6", "2012", "61.7"),
    "2328": ("1990", "40.6", "2011", "37.9"),
    "2358": ("1994", "25.9", "2011", "94.1"),
    "3071": ("2006", "7.7", "2011", "5.5"),
    "3076": ("1992", "67.1", "2012", "54.5"),
    "3099": ("1995", "7.7", "2011", "17.4"),
    "3126": ("1995", "19.0", "2011", "25.4"),
    "3127": ("2009", "50", "2009", "50"),
    "3128": ("2009", "92", "2009", "92"),
    "3129": ("2010", "58", "2010", "58"),
    "3158": ("1990", "16.5", "2007", "14.5"),
    "3862": ("2007", "12.7", "2010", "9.3"),
    "3177": ("2000", "2006", "2011", "3027"),
    "3180": ("2000", "595", "2011", "1646"),
    "3181": ("2000", "29.5", "2011", "33.0"),
    "3193": ("1990", "41.9", "2011", "43.6"),
    "3195": ("1990", "6.5", "2011", "21.7"),
    "3196": ("1990", "2906", "2011", "3605"),
    "3197": ("1990", "3195", "2011", "4059"),
    "3219": ("1995", "12.3", "2011", "9.1"),
}


@pytest.fixture(scope="module")
def tables() -> dict[str, Carried]:
    return {f"{c.snapshot.source} {c.snapshot.table}": c for c in wellbeing.snapshots(FOLDER)}


def cells(one: Carried) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(one.data), dtype=str, keep_default_na=False)


def ends(rows: pd.DataFrame) -> tuple[str, str, str, str]:
    rows = rows.sort_values("time")
    first, last = rows.iloc[0], rows.iloc[-1]
    return first["time"], first["value"], last["time"], last["value"]


def test_one_table_for_each_of_the_54_indicators(tables: dict[str, Carried]) -> None:
    numbers = {name.split()[1] for name in tables if name.startswith("sotkanet ")}
    assert len(numbers) == 54
    rows = sum(len(cells(tables[f"sotkanet {n}"])) for n in numbers)
    assert rows == 12_976 + 6_099


@pytest.mark.parametrize("number", list(KAINUU_SOTKANET))
def test_kainuu_in_sotkanet(tables: dict[str, Carried], number: str) -> None:
    rows = cells(tables[f"sotkanet {number}"])
    assert ends(rows[rows["region"] == "Kainuu"]) == KAINUU_SOTKANET[number]


def test_the_title_is_that_of_the_number(tables: dict[str, Carried]) -> None:
    titles = {
        n: tables[f"sotkanet {n}"].snapshot.title for n in ("4", "178", "3855", "3862", "3865")
    }
    assert titles["4"].startswith("Mielenterveyden häirioihin sairaalahoitoa saaneet")
    assert titles["178"] == "Kuntien välinen nettomuutto / 1 000 asukasta"
    assert titles["3855"].startswith("Tukku- ja vähittäiskauppa; Kuljetus ja varastointi;")
    assert titles["3862"] == "Teollisuus, % työllisistä"
    assert titles["3865"].startswith("Kaivostoiminta;")


def test_a_title_without_a_number_stops(tmp_path: Path) -> None:
    file = tmp_path / "ids.csv"
    file.write_text("127,Väestö 31.12.,YLEISET,,\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="no single number"):
        wellbeing.sotkanet_ids(file, {"Väestö 31.12.", "Jokin muu"})


def test_the_regions_add_up_to_the_country(tables: dict[str, Carried]) -> None:
    rows = cells(tables["sotkanet 127"])
    regions = rows[(rows["time"] == "2009") & ~rows["region"].isin(MUNICIPALITIES)]
    assert len(regions) == 19
    assert regions["value"].astype(int).sum() == 5_351_427


MUNICIPALITIES = (
    "Hyrynsalmi",
    "Kajaani",
    "Kuhmo",
    "Paltamo",
    "Puolanka",
    "Ristijärvi",
    "Sotkamo",
    "Suomussalmi",
    "Vaala",
)


def test_the_nine_municipalities_add_up_to_kainuu(tables: dict[str, Carried]) -> None:
    rows = cells(tables["sotkanet 127"])
    people = rows[rows["time"] == "2012"].set_index("region")["value"].astype(int)
    assert people[list(MUNICIPALITIES)].sum() == people["Kainuu"] == 80_685
    assert people["Vaala"] == 3_250


def test_crimes(tables: dict[str, Carried]) -> None:
    rows = cells(tables["statfin rpk/135l"])
    assert len(rows) == 34 * 328
    assert ends(rows[rows["Alue"] == "MK18"]) == ("1987", "121.64", "2020", "99.72")
    assert rows[(rows["Alue"] == "MK18") & (rows["time"] == "2016")]["value"].item() == "124.93"
    in_2020 = rows[rows["time"] == "2020"].set_index("Alue")["value"]
    assert (in_2020["KU205"], in_2020["KU697"]) == ("110.76", "70.45")
    assert "SSS" not in in_2020
    assert set(rows["Rikosnimike"]) == {"RLL"}
    assert set(rows["Tiedot"]) == {"rik_1000"}


def test_the_old_morbidity_index(tables: dict[str, Carried]) -> None:
    one = tables["thl sairastavuusindeksi-2019"]
    rows = cells(one)
    assert one.snapshot.transcribed
    assert "assumed" in one.snapshot.licence
    assert ends(rows[rows["region"] == "Kainuu"]) == ("2000-2002", "156.2", "2017-2019", "111.5")
    counts = rows["region"].value_counts()
    assert (len(counts), counts["Pirkanmaa"], counts.drop("Pirkanmaa").unique().tolist()) == (
        11,
        16,
        [18],
    )


def test_again_gives_the_store(tables: dict[str, Carried]) -> None:
    if not (STORE / raw.LOCK).is_file():
        pytest.skip("there is no store yet")
    lock = {s.id: s for s in raw.read_lock(STORE)}
    for name, one in tables.items():
        assert lock.get(one.snapshot.id) == one.snapshot, name
        assert (STORE / one.snapshot.file).read_bytes() == one.data, name
