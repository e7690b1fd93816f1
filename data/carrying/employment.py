"""Employment: job-seekers and vacancies, municipal key figures, the labour force survey."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from .common import Carried, carried
from .reading import KAINUU, STATFIN_LICENCE, only, read_text, whole

PXWEB = "https://pxdata.stat.fi/PxWeb/pxweb/fi/StatFin/StatFin__{}/{}.px/"

# Sub-regions: Kainuu's two. The other 67 would add a megabyte and a half.
SUB_REGIONS = ("SK181", "SK182")

VACANCY_FLOWS = (
    "Uudet_avoimet_tyopaikat_kauden_aikana",
    "Tayttyneet_tyopaikat_kauden_aikana",
    "Tayttyneiden_tyopaikkojen_avoinnaolon_km_kesto_paivaa",
)

KEY_COUNTS = (
    "Alueella_olevien_tyopaikkojen_lukumaara",
    "Alueella_asuvan_tyollisen_tyovoiman_maara",
    "Asuntokuntien_lukumaara",
)
KEY_FIGURES = (
    *KEY_COUNTS,
    "Vuokra_asunnoissa_asuvien_asuntokuntien_osuus",
    "Rivi_ja_pientaloissa_asuvien_asuntokuntien_osuus",
    "Alkutuotannon_tyopaikkojen_osuus",
    "Jalostuksen_tyopaikkojen_osuus",
    "Palvelujen_tyopaikkojen_osuus",
    "Ulkomaan_kansalaisten_osuus_vaestosta",
    "Elakelaisten_osuus_vaestosta",
    "Taajama_aste",
    "Lainakanta_euroa_asukas",
    "Konsernin_lainakanta_euroa_asukas",
    "Vuosikate_euroa_asukas",
)
# Rates whose denominator is not in the table: regions cannot follow, so only Kainuu's eight.
KEY_RATES = (
    "Tyollisyysaste",
    "Korkea_asteen_tutkinnon_suorittaneiden_osuus_15_vuotta_tayttaneista",
    "Vahintaan_toisen_asteen_tutkinnon_suorittaneiden_osuus_15_vuotta_tayttaneista",
)
KAINUU_NAMES = (
    "Hyrynsalmi", "Kajaani", "Kuhmo", "Paltamo", "Puolanka", "Ristijärvi", "Sotkamo", "Suomussalmi",
)  # fmt: skip

LFS_TITLE = "Labour force survey by region (2011)"
LFS = {
    "Employment rate, %": "15-64",
    "Unemployment rate, %": "15-74",
    "Activity rate, %": "15-74",
    "Employed, 1000 persons": "15-74",
    "Active population (employed and unemployed in total), 1000 persons": "15-74",
}
"""Heading of the survey's table → the ages it is about."""


def snapshots(folder: Path) -> list[Carried]:
    """Every carried table of the subject, from the files below ``folder``."""
    place = folder / "employment"
    return [
        _jobseekers(folder, place),
        _vacancy_flows(folder, place / "pttry_data_maakunta_2310__monthly_2006-2020.csv"),
        _key_figures(folder, place / "statfin_kuntien_avainluvut_2006-2016.csv"),
        _survey(folder, place / "statfin_tyti_labour_force_survey_by_region_raw.csv"),
        *_survey_pages(folder, place / "statfin_tyti_annual_by_maakunta.csv"),
        _survey_2020(folder, place / "statfin_tyti_lfs_by_maakunta_2020.csv"),
        *_quarter_pages(folder, place / "statfin_tyti_quarterly_by_maakunta.csv"),
        *_quarters(folder, place / "statfin_tyti_unemployment_rate_by_maakunta_quarters.csv"),
    ]


def _jobseekers(folder: Path, place: Path) -> Carried:
    files = [
        place / "statfin_tyonv_12r5__SSS_MK_SK_other__monthly_2006-2023.csv",
        place / "statfin_tyonv_12r5__Kainuu_kunnat__monthly_2006-2023.csv",
    ]
    rows = pd.concat([read_text(f) for f in files])
    area = rows["alue"]
    rows = rows[area.str.match(r"MK\d\d$") | area.isin(["SSS", *SUB_REGIONS, *KAINUU])]
    rows = rows.assign(time=rows["time"].str.replace("-", "M"), value=whole(rows["value"]), flag="")
    return carried(
        rows,
        originals=files,
        source="statfin",
        table="tyonv/12r5",
        title="12r5 -- Työttömät työnhakijat, työvoima ja avoimet työpaikat alueittain, kuukausi",
        vintage="2006M01–2023M10",
        published_on="2023-11",
        address=PXWEB.format("tyonv", "12r5"),
        licence=STATFIN_LICENCE,
        note="Employment Service Statistics (KEHA). End of the month. Regions, and Kainuu's "
        "sub-regions and municipalities. Kainuu is without Vaala back to 2006.",
        root=folder,
    )


def _vacancy_flows(folder: Path, file: Path) -> Carried:
    raw = read_text(file)
    long = raw.melt(id_vars=["maakunta", "time"], value_vars=list(VACANCY_FLOWS), var_name="tiedot")
    rows = long.assign(
        time=long["time"].str.slice(0, 7).str.replace("-", "M"), value=whole(long["value"]), flag=""
    )
    return carried(
        rows,
        originals=[file],
        source="statfin",
        table="tyonv/2310",
        title="2310 -- Avoimet työpaikat kuukauden aikana maakunnittain",
        vintage="2006M01–2020M08",
        published_on="2020",
        address="https://stat.fi/tilasto/tyonv",
        licence=STATFIN_LICENCE,
        note="Employment Service Statistics (KEHA). The table was discontinued. No whole country.",
        root=folder,
    )


def _key_figures(folder: Path, file: Path) -> Carried:
    raw = read_text(file)
    long = raw.melt(
        id_vars=["Alue", "vuosi"], value_vars=[*KEY_FIGURES, *KEY_RATES], var_name="tiedot"
    )
    # A year in which the publisher has no such column is no figure to miss.
    long = long[long["value"] != ""]
    long = long[long["tiedot"].isin(KEY_FIGURES) | long["Alue"].isin(KAINUU_NAMES)]
    counts = long["tiedot"].isin(KEY_COUNTS)
    rows = long.assign(value=long["value"].where(~counts, whole(long["value"])), flag="")
    return carried(
        rows.rename(columns={"Alue": "alue", "vuosi": "time"}),
        originals=[file],
        source="statfin",
        table="kuntien_avainluvut/2016",
        title="Kuntien avainluvut 2006–2016",
        vintage="2006–2016, as of 2018",
        published_on="2018",
        address="https://stat.fi/tup/alue/kuntienavainluvut.html",
        licence=STATFIN_LICENCE,
        note="The 311 municipalities of 1.1.2017 in every year; no region and no country rows. "
        "Headings as in the file, without punctuation.",
        root=folder,
    )


def _survey(folder: Path, file: Path) -> Carried:
    raw = read_text(file, encoding="latin-1")
    # "MK18 Kainuu" is code and name; the whole country has its name only.
    area = raw["Region 2011"].replace("WHOLE COUNTRY", "SSS").str.partition(" ")[0]
    long = raw.assign(alue=area).melt(
        id_vars=["alue", "Year"], value_vars=list(LFS), var_name="tiedot"
    )
    return _survey_table(
        folder,
        file,
        long.rename(columns={"Year": "time"}),
        vintage="2011–2018",
        published_on="2019",
        address="https://stat.fi/tilasto/tyti",
        transcribed=False,
    )


def _survey_table(
    folder: Path,
    file: Path,
    rows: pd.DataFrame,
    *,
    vintage: str,
    published_on: str,
    address: str,
    transcribed: bool = True,
    table: str = "tyti/maakunnat",
) -> Carried:
    rows = rows[["alue", "tiedot", "time", "value"]].assign(ikä=rows["tiedot"].map(LFS), flag="")
    return carried(
        rows,
        originals=[file],
        source="statfin",
        table=table,
        title=LFS_TITLE,
        vintage=vintage,
        published_on=published_on,
        address=address,
        licence=STATFIN_LICENCE,
        transcribed=transcribed,
        note="A sample survey: for a small region the interval is several percentage points. "
        "Kainuu is with Vaala to 2015.",
        root=folder,
    )


def _day(address: str) -> str:
    found = re.search(r"_(\d{4}-\d\d-\d\d)_", address)
    if found is None:
        raise SystemExit(f"{address}: no date in the address")
    return found[1]


def _https(address: str) -> str:
    return re.sub(r"^http://(www\.)?stat\.fi", "https://www.stat.fi", address)


def _pages(folder: Path, file: Path, rows: pd.DataFrame, table: str) -> list[Carried]:
    """One carried table for each published page."""
    found = []
    for address, page in rows.groupby("source_url", sort=True):
        day = _day(str(address))
        years = ", ".join(sorted(page["time"].unique()))
        one = _survey_table(
            folder,
            file,
            page,
            vintage=f"{years}, published {day}",
            published_on=day,
            address=_https(str(address)),
            table=table,
        )
        found.append(one)
    return found


def _transcribed(file: Path, headings: dict[str, str], periods: Sequence[str] = ()) -> pd.DataFrame:
    raw = only(read_text(file), indicator=headings)
    rows = raw.assign(tiedot=raw["indicator"].map(headings))
    rows = rows.rename(columns={"region_code": "alue", "period": "time"})
    return only(rows, time=periods) if periods else rows


def _survey_pages(folder: Path, file: Path) -> list[Carried]:
    employed = _transcribed(
        file, {"employed_persons_15_74": "Employed, 1000 persons"}, ("2009", "2010", "2019", "2020")
    )
    rates = _transcribed(
        file, {"unemployment_rate_15_74": "Unemployment rate, %"}, ("2019", "2020")
    )
    # The years between stand in the survey's own table, which agrees in every common cell.
    return _pages(folder, file, pd.concat([employed, rates]), "tyti/maakunnat")


def _survey_2020(folder: Path, file: Path) -> Carried:
    raw = read_text(file)
    (address,) = raw["source_url"].unique()
    rows = raw.rename(
        columns={"region_code": "alue", "year": "time", "employment_rate_pct": "value"}
    )
    return _survey_table(
        folder,
        file,
        rows.assign(tiedot="Employment rate, %"),
        vintage=f"2020, published {_day(address)}",
        published_on=_day(address),
        address=_https(address),
    )


def _quarter_pages(folder: Path, file: Path) -> list[Carried]:
    rows = _transcribed(file, {"unemployment_rate_15_74": "Unemployment rate, %"})
    return _pages(folder, file, rows, "tyti/neljannekset")


def _quarters(folder: Path, file: Path) -> list[Carried]:
    raw = read_text(file).rename(columns={"region_code": "alue", "quarter": "time"})
    found = []
    for release, page in raw.groupby("source_table", sort=True):
        # The file has no day: the release of March came out in April, that of December in January.
        month = {"tyti_2017_03 tau_043": "2017-04", "tyti_2021_12 tau_043": "2022-01"}[str(release)]
        one = _survey_table(
            folder,
            file,
            page.assign(tiedot="Unemployment rate, %"),
            vintage=f"{', '.join(sorted(page['time'].unique()))}, appendix table {release}",
            published_on=month,
            address="https://stat.fi/tilasto/tyti",
            table="tyti/neljannekset",
        )
        found.append(one)
    return found
