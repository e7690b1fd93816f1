"""The carried tables of research and development against what was published."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "data"))

from carrying import rd  # noqa: E402
from carrying.common import Carried  # noqa: E402

from tilannekuva import raw  # noqa: E402

FOLDER = ROOT.parent / "shared" / "data"
STORE = ROOT / "data" / "raw"

pytestmark = pytest.mark.skipif(
    not (FOLDER / rd.REGIONS).is_file(),
    reason="the public files that the figures are read from are not beside the project",
)


@pytest.fixture(scope="module")
def carried() -> list[Carried]:
    return rd.snapshots(FOLDER)


def cells(tables: list[Carried], name: str) -> pd.DataFrame:
    parts = [c for c in tables if f"{c.snapshot.source} {c.snapshot.table}" == name]
    frames = [pd.read_csv(io.BytesIO(c.data), dtype=str, keep_default_na=False) for c in parts]
    return pd.concat(frames, ignore_index=True)


def test_expenditure_of_kainuu(carried: list[Carried]) -> None:
    rows = cells(carried, "statfin tkke/regions")
    kainuu = rows[rows["region_code"] == "MK18"].set_index("time")["value"]
    assert dict(kainuu) == {
        "1998": "13.8", "1999": "14.6", "2000": "14.4", "2001": "16.4", "2002": "18.3",
        "2003": "16.5", "2010": "21.1", "2011": "25.4",
    }  # fmt: skip


def test_the_regions_add_up_to_the_country(carried: list[Carried]) -> None:
    rows = cells(carried, "statfin tkke/regions")
    rows = rows.assign(million=rows["value"].astype(float))
    regions = rows[rows["region_code"] != "SSS"].groupby("time")["million"].sum()
    country = rows[rows["region_code"] == "SSS"].set_index("time")["million"]
    assert (regions - country).abs().max() <= 0.21
    assert (country["1998"], country["2003"], country["2011"]) == (3354.5, 5005.1, 7163.7)


def test_uusimaa_of_the_east_ends_in_2010(carried: list[Carried]) -> None:
    rows = cells(carried, "statfin tkke/regions")
    assert max(rows[rows["region_code"] == "MK20"]["time"]) == "2010"
    assert len(rows[rows["time"] == "2010"]) == 21
    assert len(rows[rows["time"] == "2011"]) == 20


def test_the_countrys_series(carried: list[Carried]) -> None:
    rows = cells(carried, "statfin tkke/country")
    assert set(rows["region_code"]) == {"SSS"}
    million = rows[rows["indicator"] == "rd_expenditure"].set_index("time")["value"]
    # 2010 and 2011 stand with the regions and are carried once.
    assert dict(million) == {
        "2005": "5473.8",
        "2007": "6242.7",
        "2008": "6871.1",
        "2012": "6831.9",
        "2013": "6684.2",
    }
    share = rows[rows["indicator"] == "rd_business_share"].set_index("time")["value"]
    assert dict(share) == {
        "2007": "72",
        "2008": "74",
        "2010": "69.6",
        "2011": "70",
        "2012": "68.7",
        "2013": "68.9",
    }


def test_the_quoted_figures_of_2021_are_without_shares_and_without_kainuu(
    carried: list[Carried],
) -> None:
    rows = cells(carried, "statfin tkke/quoted-2021")
    country = rows[rows["region_code"] == "SSS"].set_index("time")["value"]
    assert dict(country) == {"2017": "6170", "2021": "7490"}
    assert len(rows) == 8
    assert "MK18" not in set(rows["region_code"])


def test_the_newest_answer(carried: list[Carried]) -> None:
    one = next(c.snapshot for c in carried if c.snapshot.table == "tkke/13tn")
    assert one.published_on == "2025-10-23"
    assert not one.transcribed
    rows = cells(carried, "statfin tkke/13tn")
    assert len(rows) == 168
    country = rows[(rows["Alue"] == "SSS") & (rows["time"] == "2024")]
    figures = country.set_index(["Sektori", "Tiedot"])["value"]
    assert figures["SSS", "tk_menot"] == "8892.6"
    assert figures["SSS", "tk_htv"] == "62431.1"
    assert figures["SSS", "tk_hlomaara"] == "93263"
    share = 100 * float(figures["yri", "tk_menot"]) / float(figures["SSS", "tk_menot"])
    assert round(share, 1) == 67.9


def test_confidential_cells_keep_their_mark(carried: list[Carried]) -> None:
    rows = cells(carried, "statfin tkke/13tn")
    secret = rows[rows["flag"] == "..."]
    assert len(secret) == 12
    assert set(secret["Alue"]) == {"MK08"}
    assert set(secret["value"]) == {""}
    assert (rows[rows["flag"] == ""]["value"] != "").all()


def test_the_answers_sectors_add_up(carried: list[Carried]) -> None:
    rows = cells(carried, "statfin tkke/13tn")
    rows = rows[(rows["Tiedot"] == "tk_menot") & (rows["Alue"] != "MK08")]
    million = rows.assign(v=rows["value"].astype(float)).pivot_table(
        index=["Alue", "time"], columns="Sektori", values="v"
    )
    parts = million[["yri", "julk_yvt", "korkeak"]].sum(axis=1)
    assert (parts - million["SSS"]).abs().max() <= 0.11


def test_patents_of_kainuu_with_vaala(carried: list[Carried]) -> None:
    rows = cells(carried, "eurostat pat_ep_rtot")
    kainuu = rows[rows["geo"] == "FI1D4"].set_index("time")["value"]
    assert len(kainuu) == 23
    assert (kainuu["1977"], kainuu["2006"], kainuu["2010"], kainuu["2012"]) == (
        "1",
        "6.37",
        "0.83",
        "4",
    )
    # 2001 has no row: nobody said zero.
    assert "2001" not in kainuu
    assert set(rows["unit"]) == {"NR"}
    assert rows["geo"].nunique() == 20


def test_every_page_is_a_table_of_its_own(carried: list[Carried]) -> None:
    pages = [c.snapshot for c in carried if c.snapshot.transcribed]
    assert len({p.address for p in pages}) == len(pages) == 8
    assert all(p.address.startswith("https://") for p in pages)


def test_a_page_without_figures_stops() -> None:
    page = rd.Page("tkke_1890_nothing.html", "1890-01-01", "nothing")
    with pytest.raises(SystemExit, match="no figures from the page"):
        rd._of_page(pd.DataFrame({"source_url": ["https://stat.fi/other.html"]}), page)


def test_again_gives_the_store(carried: list[Carried]) -> None:
    if not (STORE / raw.LOCK).is_file():
        pytest.skip("there is no store yet")
    lock = {s.id: s for s in raw.read_lock(STORE)}
    for one in carried:
        assert lock.get(one.snapshot.id) == one.snapshot, one.snapshot.table
        assert (STORE / one.snapshot.file).read_bytes() == one.data, one.snapshot.table
