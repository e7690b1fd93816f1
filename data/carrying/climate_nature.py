"""Emissions, land, protection and nature: mostly single figures from the publishers' pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from .common import Carried, carried
from .reading import read_text

AREA = "climate/area_by_nuts3_1990-2015.csv"
EMISSIONS = "climate/kainuu_published_anchor_values.csv"
ANCHORS = "biodiversity/biodiversity_and_land_anchor_values__transcribed.csv"
FORESTS = "biodiversity/forest_and_protection_facts__transcribed.csv"
NATURA_2010 = "biodiversity/natura2000_by_maakunta_end2010__derived.csv"
NATURA_2017 = "biodiversity/natura2000_sites_by_maakunta_2017__derived.csv"

QUOTED = "facts of a public authority's release, re-use assumed"
OPEN = "CC BY 4.0"
ASSUMED = "CC BY 4.0 (assumed)"
STT = "https://www.sttinfo.fi/tiedote/"
SYKE_PAGE = "https://www.ymparisto.fi/fi-FI/Vesi/Pintavesien_tila?f="


def snapshots(folder: Path) -> list[Carried]:
    """Every carried table of this subject."""
    return [
        area(folder),
        *emissions(folder),
        *[_page(folder, page) for page in PAGES],
        natura_2010(folder),
        natura_2017(folder),
    ]


def area(folder: Path) -> Carried:
    """Land area and total area of the regions of NUTS 2013: Kainuu (FI1D4) with Vaala."""
    wide = read_text(folder / AREA)
    wide = wide[wide["geo"].str.match(r"^FI($|..[0-9]$)") & ~wide["geo"].str.endswith("Z")]
    rows = wide.melt(["freq", "unit", "landuse", "geo"], var_name="time", value_name="value")
    return carried(
        rows.assign(flag=""),
        originals=[folder / AREA],
        source="eurostat",
        table="demo_r_d3area",
        title="Area by NUTS 3 region",
        vintage="NUTS 2013, data to 2015",
        # The table ended with 2015; when that year came out is not known, only that it was there.
        published_on="2023",
        address="https://ec.europa.eu/eurostat/databrowser/view/demo_r_d3area/default/table",
        licence=OPEN,
        note="Kainuu with Vaala. The level shift in 2006 is a new measurement.",
        root=folder,
    )


class Emissions(NamedTuple):
    """A page with figures of the municipal emission calculation for Kainuu."""

    source_text: str
    table: str
    title: str
    vintage: str
    published_on: str
    address: str
    indicators: tuple[str, ...]


EMISSION_PAGES = (
    Emissions(
        "SYKE via ely-keskus.fi",
        "kainuun-paastonakyma",
        "Kainuun päästönäkymä (ELY-keskukset ilmastotoimijoina)",
        "calculation with 2019 as its newest year",
        "2021",
        "https://www.ely-keskus.fi/web/ely-keskukset-ilmastotoimijoina/"
        "kainuun-p%C3%A4%C3%A4st%C3%B6n%C3%A4kym%C3%A4",
        (
            "ghg_total_kt_co2e",
            "ghg_change_since_2005_pct",
            "ghg_share_transport_pct",
            "ghg_share_energy_pct",
            "ghg_share_agriculture_pct",
            "ghg_road_transport_kt",
            "ghg_machinery_kt",
        ),
    ),
    Emissions(
        "SYKE via paltamo.fi",
        "kainuun-paastokehitys",
        "Kainuun päästökehitys 2005–2022",
        "calculation with 2022 as its newest year",
        "2024",
        "https://www.paltamo.fi/ajankohtaista/uutiset/kainuun-paastokehitys.html",
        ("ghg_change_since_2005_pct", "ghg_per_capita_change_since_2005_pct"),
    ),
)


def emissions(folder: Path) -> Iterator[Carried]:
    """Emissions of Kainuu; the two pages rest on different calculations."""
    cells = read_text(folder / EMISSIONS)
    for page in EMISSION_PAGES:
        rows = cells[
            cells["source"].str.startswith(page.source_text)
            & cells["indicator"].isin(page.indicators)
        ]
        _expect(rows["indicator"], page.indicators, folder / EMISSIONS)
        yield carried(
            pd.DataFrame(
                {
                    "indicator": rows["indicator"],
                    "unit": rows["unit"],
                    "region": "Kainuu",
                    "time": rows["year"],
                    "value": rows["value"],
                    "flag": "",
                }
            ),
            originals=[folder / EMISSIONS],
            source="syke",
            table=page.table,
            title=page.title,
            vintage=page.vintage,
            published_on=page.published_on,
            address=page.address,
            licence=ASSUMED,
            transcribed=True,
            note="Emissions where they arise, without land use. Calculations differ by vintage.",
            root=folder,
        )


class Page(NamedTuple):
    """Single figures that were typed from one page."""

    file: str
    address: str
    """How the page's address begins in the file; where the lock points."""
    indicators: tuple[str, ...]
    source: str
    table: str
    title: str
    vintage: str
    published_on: str
    licence: str
    note: str = ""
    flag: str = ""
    periods: tuple[str, ...] = ()
    """Keep these periods only; empty keeps all of the page."""


NEW_AREAS = (
    "new_protected_area_total",
    "new_protected_area_helmi_mires",
    "new_protected_area_metso",
)
SHARE_FOREST = ("protected_share_of_forest",)
KAAKKOIS_SUOMI = (
    STT + "kasvutavoitteista-huolimatta-luomun-peltoala-ja-tilalukumaara-laskivat---"
    "kaakkois-suomessa-luomuala-pysyi-kuitenkin-edellisvuoden-tasolla"
    "?publisherId=69817877&releaseId=69998752"
)
LAND = (
    "http://www.asuminen.fi/fi-FI/Kartat_ja_tilastot/Ympariston_tilan_indikaattorit/"
    "Luonnon_monimuotoisuus/Luonnon_monimuotoisuus__Kainuu(31171)"
)

PAGES = (
    Page(
        ANCHORS,
        STT + "71028909/luonnonsuojelu-kiinnostaa-metsanomistajia-yha-enemman?publisherId=69817878",
        NEW_AREAS,
        "ely",
        "uudet-suojelualueet-kainuu",
        "Luonnonsuojelu kiinnostaa metsänomistajia yhä enemmän (Kainuun ELY-keskus)",
        "release on the year 2024",
        "2025",
        QUOTED,
        "The parts that the release names add up to 811 ha, not to the 825 ha of its total.",
    ),
    Page(
        ANCHORS,
        KAAKKOIS_SUOMI,
        ("organic_share_of_cultivated_area",),
        "ely",
        "luomuala-2023",
        "Luomun peltoala ja tilalukumäärä laskivat (Kaakkois-Suomen ELY-keskus)",
        "release of July 2023",
        "2023-07",
        QUOTED,
    ),
    Page(
        ANCHORS,
        SYKE_PAGE + "Kainuun_ELYkeskus",
        ("lakes_good_or_high_status", "rivers_good_or_high_status"),
        "syke",
        "pintavesien-tila-2013",
        "Pintavesien ekologinen tila, toinen luokittelu",
        "second classification, 2013",
        "2013",
        ASSUMED,
        "Lakes by area, rivers by length.",
    ),
    Page(
        ANCHORS,
        SYKE_PAGE + "EtelaSavon_ELYkeskus",
        ("lakes_good_or_high_status", "rivers_good_or_high_status"),
        "syke",
        "pintavesien-tila-2019",
        "Pintavesien ekologinen tila, kolmas luokittelu",
        "third classification, preliminary, 2019",
        "2019",
        ASSUMED,
        "Lakes by area, rivers by length.",
        flag="preliminary",
    ),
    Page(
        FORESTS,
        "https://www.luke.fi/uutinen/metsapinta-alasta-suojeltu-12-prosenttia/",
        SHARE_FOREST,
        "luke",
        "metsien-suojelu-2016",
        "Metsäpinta-alasta suojeltu 12 prosenttia",
        "1 January 2016",
        "2016",
        OPEN,
        "Forest land and poorly productive forest land.",
    ),
    Page(
        FORESTS,
        "https://www.luke.fi/en/statistics/forest-protection/forest-protection-112025",
        SHARE_FOREST,
        "luke",
        "metsien-suojelu-2025",
        "Forest protection 1.1.2025",
        "1 January 2025",
        "2025",
        OPEN,
        "Forest land and poorly productive forest land.",
    ),
    Page(
        FORESTS,
        LAND,
        ("forest_share_of_area", "water_share_of_area"),
        "syke",
        "luonnon-monimuotoisuus-kainuu",
        "Luonnon monimuotoisuus, Kainuu",
        "page of 24 August 2017",
        "2017-08-24",
        ASSUMED,
    ),
)


def _page(folder: Path, page: Page) -> Carried:
    """The figures of one page that an indicator asks for; groups of regions are left out."""
    cells = read_text(folder / page.file)
    rows = cells[
        cells["source_url"].str.startswith(page.address)
        & cells["indicator"].isin(page.indicators)
        & cells["region_code"].str.match(r"^(SSS|MK\d\d)$")
    ]
    _expect(rows["indicator"], page.indicators, folder / page.file)
    return carried(
        pd.DataFrame(
            {
                "indicator": rows["indicator"],
                "unit": rows["unit"],
                # "Kainuu: Hossa (hiking area …)" names a place inside the region.
                "region": rows["region_name"].str.partition(":")[0],
                # A stock of 1 January keeps the publisher's year here.
                "time": rows["period"].str.replace("-01-01", "", regex=False),
                "value": rows["value"],
                "flag": page.flag,
            }
        ),
        originals=[folder / page.file],
        source=page.source,
        table=page.table,
        title=page.title,
        vintage=page.vintage,
        published_on=page.published_on,
        address=page.address.replace("http://", "https://"),
        licence=page.licence,
        transcribed=True,
        note=page.note,
        root=folder,
    )


def natura_2010(folder: Path) -> Carried:
    """Sites and hectares of the Natura 2000 network at the end of 2010."""
    cells = read_text(folder / NATURA_2010)
    kept = ("natura2000_sites", "natura2000_site_area_sum_incl_water_and_overlaps")
    return _natura(
        folder / NATURA_2010,
        cells[cells["indicator"].isin(kept)],
        table="natura2000-end2010",
        title="Natura 2000 database, end 2010: sites and their area by region",
        vintage="database of the end of 2010, as it stood on 2016-10-11",
        published_on="2016-10-11",
        address="https://www.eea.europa.eu/data-and-maps/data/natura-1",
        root=folder,
    )


def natura_2017(folder: Path) -> Carried:
    """Sites at the end of 2017: the country's, and by region those that were there in 2010."""
    cells = read_text(folder / NATURA_2017)
    kept = ("natura2000_sites_2017_that_also_exist_in_2010_database", "natura2000_sites_2017_total")
    return _natura(
        folder / NATURA_2017,
        cells[cells["indicator"].isin(kept)],
        table="natura2000-end2017",
        title="Natura 2000 database, end 2017: sites by region",
        vintage="database of the end of 2017",
        published_on="2018",
        address="https://natura2000.eea.europa.eu/",
        root=folder,
    )


def _natura(
    file: Path,
    rows: pd.DataFrame,
    *,
    table: str,
    title: str,
    vintage: str,
    published_on: str,
    address: str,
    root: Path,
) -> Carried:
    return carried(
        pd.DataFrame(
            {
                "indicator": rows["indicator"],
                "unit": rows["unit"],
                "region": rows["region_name"],
                "time": rows["period"],
                "value": rows["value"],
                "flag": "",
            }
        ),
        originals=[file],
        source="eea",
        table=table,
        title=title,
        vintage=vintage,
        published_on=published_on,
        address=address,
        licence="re-use with acknowledgement (CC BY 4.0)",
        note="Counted from the publisher's list of sites: a site belongs wholly to the region of "
        "its midpoint, water is included, overlapping site types are counted twice.",
        root=root,
    )


def _expect(found: pd.Series, wanted: Sequence[str], file: Path) -> None:
    """A figure that vanished from the file is an error, never a shorter table."""
    missing = sorted(set(wanted) - set(found))
    if missing:
        raise SystemExit(f"{file}: no figure '{missing[0]}'")
