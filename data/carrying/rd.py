"""Research and development: expenditure, personnel and patent applications."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from .common import Carried, carried
from .reading import EUROSTAT_LICENCE, STATFIN_LICENCE, only, read_text, whole

REGIONS = "rd/statfin_tkke_rd_expenditure_by_maakunta__1998-2003_2010-2011.csv"
RECENT = "rd/statfin_tkke_13tn_rd_by_maakunta_2023-2024.jsonstat2.json"
COUNTRY = "rd/statfin_tkke_rd_by_largest_seutukunta__2005_2007_2008_2010-2013.csv"
QUOTED = "rd/rd_expenditure_2021_six_regions_secondary_source.csv"
PATENTS = "rd/pat_ep_rtot_epo_patents__FI__1977-2012.csv"

FINLAND = r"FI(1[9BCD]\d|200)?"
"""The country and its NUTS 3 regions: no NUTS 1 or 2, no extra-regio."""
EXPENDITURE, BUSINESS_SHARE = "rd_expenditure", "rd_business_share"


def snapshots(folder: Path) -> list[Carried]:
    """Every carried table of this subject."""
    return [*regions(folder), *country(folder), quoted(folder), recent(folder), patents(folder)]


class Page(NamedTuple):
    """A published table or release that figures were typed from."""

    stem: str
    """End of its address."""
    published_on: str
    title: str
    series: tuple[str, ...] = (EXPENDITURE, BUSINESS_SHARE)


REGION_PAGES = (
    Page("tkke_2003_2004-12-15_tau_027.html", "2004-12-15", "R&D expenditure by region 1998–2003"),
    Page(
        "tkke_2011_2012-10-31_tau_003_fi.html",
        "2012-10-31",
        "R&D expenditure by region 2010 and 2011",
    ),
)
COUNTRY_PAGES = (
    Page("tiedote_001_2007-01-12_sv.html", "2007-01-12", "R&D expenditure 2005, the country"),
    Page(
        "tkke_2008_2009-11-26_tau_004_fi.html",
        "2009-11-26",
        "R&D expenditure 2007 and 2008, the country",
    ),
    Page(
        "tkke_2011_2012-10-31_tau_004_fi.html",
        "2012-10-31",
        "Business sector's share of R&D expenditure 2010 and 2011, the country",
        # The expenditure itself stands on the page of the regions.
        (BUSINESS_SHARE,),
    ),
    Page("tkke_2012_2013-10-31_tau_004_fi.html", "2013-10-31", "R&D expenditure 2012, the country"),
    Page("tkke_2013_2014-10-30_tau_003_fi.html", "2014-10-30", "R&D expenditure 2013, the country"),
)


def regions(folder: Path) -> Iterator[Carried]:
    """Expenditure of the regions as they were then: Kainuu with Vaala, Itä-Uusimaa apart."""
    cells = read_text(folder / REGIONS)
    for page in REGION_PAGES:
        rows = _of_page(cells, page)
        rows = rows[rows["value"] != ""]
        yield carried(
            pd.DataFrame(
                {
                    "unit": rows["unit"],
                    "region_code": rows["region_code"],
                    "time": rows["year"],
                    "value": rows["value"],
                    "flag": "",
                }
            ),
            originals=[folder / REGIONS],
            source="statfin",
            table="tkke/regions",
            title=page.title,
            vintage=f"release of {page.published_on}",
            published_on=page.published_on,
            address=_https(rows["source_url"].iloc[0]),
            licence=STATFIN_LICENCE,
            transcribed=True,
            note="Kainuu with Vaala, Uusimaa without Itä-Uusimaa to 2010.",
            root=folder,
        )


def country(folder: Path) -> Iterator[Carried]:
    """The country's expenditure and business share in years that lack the regions."""
    cells = read_text(folder / COUNTRY)
    cells = cells[cells["region_code"] == "SSS"]
    for page in COUNTRY_PAGES:
        rows = _of_page(cells, page)
        rows = rows[rows["indicator"].isin(page.series)].drop_duplicates()
        yield carried(
            pd.DataFrame(
                {
                    "indicator": rows["indicator"],
                    "unit": rows["unit"],
                    "region_code": rows["region_code"],
                    "time": rows["period"],
                    "value": rows["value"],
                    "flag": "",
                }
            ),
            originals=[folder / COUNTRY],
            source="statfin",
            table="tkke/country",
            title=page.title,
            vintage=f"release of {page.published_on}",
            published_on=page.published_on,
            address=_https(rows["source_url"].iloc[0]),
            licence=STATFIN_LICENCE,
            transcribed=True,
            root=folder,
        )


def quoted(folder: Path) -> Carried:
    """Rounded expenditure of 2021 that a university's release quotes; Kainuu is not in it."""
    cells = read_text(folder / QUOTED)
    rows = cells[cells["indicator"] == EXPENDITURE]
    return carried(
        pd.DataFrame(
            {
                "unit": rows["unit"],
                "region_code": rows["region_code"],
                "time": rows["period"],
                "value": rows["value"],
                "flag": "",
            }
        ),
        originals=[folder / QUOTED],
        source="statfin",
        table="tkke/quoted-2021",
        title="R&D expenditure 2017 and 2021, rounded",
        vintage="quoted in a release of the University of Jyväskylä, 2023-02-02",
        published_on="2023-02-02",
        address=rows["source_url"].iloc[0],
        licence=STATFIN_LICENCE,
        transcribed=True,
        note="Rounded figures from a secondary source; six regions and the country.",
        root=folder,
    )


def recent(folder: Path) -> Carried:
    """Expenditure, personnel and person-years of 2023 and 2024: the country and six regions."""
    file = folder / RECENT
    answer = json.loads(file.read_text(encoding="utf-8"), parse_float=str, parse_int=str)
    names = answer["id"]
    codes = [list(answer["dimension"][n]["category"]["index"]) for n in names]
    rows = pd.DataFrame(product(*codes), columns=names).rename(columns={"Vuosi": "time"})
    marks = answer["status"]
    rows["value"] = [v or "" for v in answer["value"]]
    rows["flag"] = [marks.get(str(n), "") for n in range(len(rows))]
    return carried(
        rows,
        originals=[file],
        source="statfin",
        table="tkke/13tn",
        title=answer["label"],
        vintage="updated 2025-10-23",
        published_on="2025-10-23",
        updated_at=answer["updated"],
        address=(
            "https://pxdata.stat.fi/PxWeb/pxweb/fi/StatFin/StatFin__tkke/statfin_tkke_pxt_13tn.px/"
        ),
        licence=STATFIN_LICENCE,
        note="The answer at hand holds the country and six regions only.",
        root=folder,
    )


def patents(folder: Path) -> Carried:
    """Patent applications to the European Patent Office; a region without a row is not zero."""
    cells = read_text(folder / PATENTS)
    cells = only(cells[cells["geo"].str.fullmatch(FINLAND)], unit="NR")
    return carried(
        pd.DataFrame(
            {
                "unit": cells["unit"],
                "geo": cells["geo"],
                "time": whole(cells["time"]),
                "value": whole(cells["values"]),
                "flag": "",
            }
        ),
        originals=[folder / PATENTS],
        source="eurostat",
        table="pat_ep_rtot",
        title="Patent applications to the EPO by priority year by NUTS 3 regions",
        # The codes are those of NUTS 2013, in use from 2015.
        vintage="last edition of a discontinued table; publication not dated, not before 2015",
        published_on="2015",
        address="https://ec.europa.eu/eurostat/databrowser/view/PAT_EP_RTOT/default/table",
        licence=EUROSTAT_LICENCE,
        note="Fractional counts by the inventor's residence; 2011 and 2012 are incomplete.",
        root=folder,
    )


def _of_page(cells: pd.DataFrame, page: Page) -> pd.DataFrame:
    rows = cells[cells["source_url"].str.endswith("/" + page.stem)]
    if rows.empty:
        raise SystemExit(f"no figures from the page {page.stem}")
    return rows


def _https(address: str) -> str:
    return "https://" + address.partition("://")[2]
