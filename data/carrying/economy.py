"""Economy: regional accounts, enterprises, household accounts, and a model of value added."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from .common import Carried, carried, split_flags
from .reading import EUROSTAT_LICENCE, STATFIN_LICENCE, eurostat_wide, only, read_text, whole

GDP = "economy/nama_10r_3gdp__all_units__2000-2021__v2023.csv"
GDP_2016 = "economy/nama_10r_3gdp__FI__2000-2014__v20160512_NUTS2013.csv"
ENTERPRISES = "economy/bd_size_r3__FI__2008-2020__v2023.tsv"
HOUSEHOLDS = "economy/statfin_altp_households_by_region_raw.csv"
CHANGES = "economy/statfin_altp_changes_by_maakunta__2013_2015_2017_2018.csv"
VALUE_ADDED = "economy/alta_regional_input_output_2014/io2014.csv"
ANCHORS = "economy/economy_anchor_values__transcribed.csv"

FINLAND = r"FI(1[9BCD]\d|200)?"
"""The country and its NUTS 3 regions: no NUTS 1 or 2, no extra-regio."""
GDP_UNITS = ("MIO_EUR", "EUR_HAB", "PPS_EU27_2020_HAB", "PPS_HAB_EU27_2020")
ENTERPRISE_SERIES = {
    "TOTAL": (
        "V11910", "V11920", "V11930", "V16910", "V16911", "V16920", "V97010", "V97043",
    ),
    "GE10": ("V11910",),
}  # fmt: skip
"""Size class → series. Rates that follow from the counts are not carried."""
TRANSACTIONS = r"(B3NT|B6NT|D11R_2|D4R_2|D5K|D62R|KVAKI) .*"
GROSS_VALUE_ADDED = "Arvonlisäys, brutto perushintaan"


def snapshots(folder: Path) -> list[Carried]:
    """Every carried table of this subject."""
    return [
        gdp(folder),
        gdp_with_vaala(folder),
        enterprises(folder),
        households(folder),
        *changes(folder),
        value_added(folder),
        turnover(folder),
    ]


def gdp(folder: Path) -> Carried:
    """GDP of the regions of NUTS 2021: Kainuu (FI1D8) without Vaala, and the country."""
    return carried(
        only(eurostat_wide(folder / GDP), unit=GDP_UNITS),
        originals=[folder / GDP],
        source="eurostat",
        table="nama_10r_3gdp",
        title="Gross domestic product (GDP) at current market prices by NUTS 3 region",
        vintage="2023, not before February; million euro as in the release of 2023-02-21",
        published_on="2023",
        address="https://ec.europa.eu/eurostat/databrowser/view/nama_10r_3gdp/default/table",
        licence=EUROSTAT_LICENCE,
        note="Current prices. The year 2021 was out for the country only.",
        root=folder,
    )


def gdp_with_vaala(folder: Path) -> Carried:
    """GDP of the regions of NUTS 2013: Kainuu (FI1D4) with Vaala; no row for the country."""
    cells = read_text(folder / GDP_2016)
    cells = cells[cells["GEO"].str.fullmatch(FINLAND) & (cells["Value"] != "")]
    return carried(
        pd.DataFrame(
            {
                "UNIT": cells["UNIT"],
                "GEO": cells["GEO"],
                "time": cells["TIME"],
                "value": whole(cells["Value"]),
                "flag": cells["Flag_and_Footnotes"],
            }
        ),
        originals=[folder / GDP_2016],
        source="eurostat",
        table="nama_10r_3gdp/NUTS2013",
        title="Gross domestic product (GDP) at current market prices by NUTS 3 regions",
        vintage="as the table stood on 2016-05-12, NUTS 2013",
        published_on="2016",
        address="https://ec.europa.eu/eurostat/databrowser/view/nama_10r_3gdp/default/table",
        licence=EUROSTAT_LICENCE,
        note="Kainuu with Vaala. An older vintage than the figures on NUTS 2021.",
        root=folder,
    )


def enterprises(folder: Path) -> Carried:
    """Enterprises by size class; Kainuu both with Vaala (FI1D4) and without (FI1D8)."""
    sheet = read_text(folder / ENTERPRISES, "\t")
    keys = sheet.iloc[:, 0].str.split(",", expand=True)
    keys.columns = pd.Index(["freq", "indic_sb", "sizeclas", "nace_r2", "geo"])
    years = sheet.iloc[:, 1:].rename(columns=str.strip)
    wide = pd.concat([keys, years], axis=1)
    wanted = [
        (wide["sizeclas"] == size) & wide["indic_sb"].isin(series)
        for size, series in ENTERPRISE_SERIES.items()
    ]
    wide = wide[wide["geo"].str.fullmatch(FINLAND) & (wanted[0] | wanted[1])]
    rows = wide.melt(list(keys.columns), var_name="time", value_name="cell")
    # A region has no cell in the years when the other of its two codes was in use.
    rows = rows[rows["cell"].str.strip() != ":"]
    value, flag = split_flags(rows["cell"])
    return carried(
        rows.drop(columns="cell").assign(value=value, flag=flag),
        originals=[folder / ENTERPRISES],
        source="eurostat",
        table="bd_size_r3",
        title="Business demography by size class and NUTS 3 region",
        vintage="2023, data to 2020",
        published_on="2023",
        address="https://ec.europa.eu/eurostat/databrowser/view/bd_size_r3/default/table",
        licence=EUROSTAT_LICENCE,
        note="Industry, construction and market services without holding companies (B-S_X_K642)."
        " The deaths of 2020 are not settled yet.",
        root=folder,
    )


def households(folder: Path) -> Carried:
    """Households' transactions of 2014, million euro, and the mean population beside them."""
    cells = read_text(folder / HOUSEHOLDS, encoding="latin-1")
    cells = cells[cells["Transaction"].str.fullmatch(TRANSACTIONS)]
    return carried(
        pd.DataFrame(
            {
                "Transaction": cells["Transaction"],
                "Area": cells["Area"],
                "time": "2014",
                "value": cells["2014"],
                "flag": "",
            }
        ),
        originals=[folder / HOUSEHOLDS],
        source="statfin",
        table="altp/households-2014",
        title="Regional accounts: households' transactions by region, 2014",
        # The mean population is that of Kainuu without Vaala, so of a division of 2016 or later.
        vintage="accounts of 2014; publication not dated, not before 2016",
        published_on="2016",
        address="https://stat.fi/tilasto/altp",
        licence=STATFIN_LICENCE,
        note="Million euro at current prices; mean population in persons.",
        root=folder,
    )


class Page(NamedTuple):
    """A published appendix table that figures were typed from."""

    stem: str
    """End of its address, the date of publication in it."""
    table: str
    title: str
    year: str

    @property
    def published_on(self) -> str:
        """The date that the address has in it."""
        return self.stem.split("_")[2]


PAGES = (
    Page(
        "altp_2013_2015-12-11_tau_001_sv.html",
        "altp/value-added-change",
        "Regional accounts: change in value added at current prices by region, 2013",
        "2013",
    ),
    Page(
        "altp_2015_2016-12-09_tau_001_fi.html",
        "altp/value-added-change",
        "Regional accounts: change in value added at current prices by region, 2015",
        "2015",
    ),
    Page(
        "altp_2018_2019-11-27_tau_002_sv.html",
        "altp/disposable-income-change",
        "Regional accounts: change in disposable income per capita by region, 2017",
        "2017",
    ),
    Page(
        "altp_2019_2020-11-25_tau_002_fi.html",
        "altp/disposable-income-change",
        "Regional accounts: change in disposable income per capita by region, 2018",
        "2018",
    ),
)


def changes(folder: Path) -> Iterator[Carried]:
    """Changes that the appendix tables of four releases print, one table a page."""
    cells = read_text(folder / CHANGES)
    for page in PAGES:
        rows = cells[cells["source_url"].str.endswith("/" + page.stem)]
        if set(rows["year"]) != {page.year}:
            raise SystemExit(f"{CHANGES}: {page.stem} has not the year {page.year} alone")
        yield carried(
            pd.DataFrame(
                {
                    "indicator": rows["indicator"],
                    "unit": rows["unit"],
                    "region_code": rows["region_code"],
                    "time": rows["year"],
                    "value": rows["value"],
                    "flag": "",
                }
            ),
            originals=[folder / CHANGES],
            source="statfin",
            table=page.table,
            title=page.title,
            vintage=f"release of {page.published_on}",
            published_on=page.published_on,
            address=rows["source_url"].iloc[0],
            licence=STATFIN_LICENCE,
            transcribed=True,
            note="Each year is from a release of its own: the changes must not be chained.",
            root=folder,
        )


def value_added(folder: Path) -> Carried:
    """Value added of thirty industries in 2014, as a research institute's model splits it.

    Of an industry's label only its code is kept; ``0`` is the total.
    """
    cells = read_text(folder / VALUE_ADDED, ";")
    code = cells["IND"].str.extract(r"^(\d[\d_+]*) ", expand=False)
    cells = cells.assign(code=code)[(cells["COM"] == GROSS_VALUE_ADDED) & code.notna()]
    return carried(
        pd.DataFrame(
            {
                "COM": cells["COM"],
                "IND": cells["code"],
                "REG": cells["REG"],
                "time": "2014",
                "value": cells["value"],
                "flag": "",
            }
        ),
        originals=[folder / VALUE_ADDED],
        source="ptt",
        table="alta/io2014",
        title="Alueelliset panos-tuotostaulukot 2014: arvonlisäys toimialoittain",
        vintage="tables of 2014; publication not dated, not before 2016",
        published_on="2016",
        address="https://github.com/pttry/alta",
        licence="CC BY 4.0 (assumed)",
        note="Modelled on figures of Statistics Finland (CC BY 4.0), million euro; not a statistic."
        " The place where the table is kept states no licence.",
        root=folder,
    )


def turnover(folder: Path) -> Carried:
    """Change in turnover and personnel of Kainuu's enterprises, year on year."""
    cells = read_text(folder / ANCHORS)
    cells = cells[cells["indicator"].str.startswith("enterprise_")]
    return carried(
        pd.DataFrame(
            {
                "indicator": cells["indicator"],
                "unit": cells["unit"],
                "region_code": cells["region_code"],
                "time": cells["period"],
                "value": cells["value"],
                "flag": "",
            }
        ),
        originals=[folder / ANCHORS],
        source="kainuunliitto",
        table="aluetalous-ja-yritykset",
        title="Kainuun yritysten liikevaihdon ja henkilöstön muutos",
        vintage="page with March 2021 as its newest month",
        published_on="2021",
        address=cells["source_url"].iloc[0],
        licence="CC BY 4.0 (assumed)",
        transcribed=True,
        note="Statistics Finland's turnover service for the Regional Council; Kainuu only.",
        root=folder,
    )
