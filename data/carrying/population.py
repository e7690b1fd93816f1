"""Population: age and sex, births and deaths, migration, families, municipalities, projection."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from .common import Carried, carried
from .reading import (
    EUROSTAT_LICENCE,
    KAINUU,
    NUTS_2021,
    STATFIN_LICENCE,
    Px,
    eurostat_wide,
    only,
    read_text,
    whole,
)

DATABROWSER = "https://ec.europa.eu/eurostat/databrowser/view/{}/default/table"
PXWEB = "https://pxdata.stat.fi/PxWeb/pxweb/fi/StatFin/StatFin__{}/{}.px/"

JANUARY = "A stock of 1 January of the year named. NUTS 2021 regions."

FAMILY_CODES = ("perhlkm", "perhkoko", "lapsiperhe", "a3lkm_perh", "a7lkm_perh", "a18lkm_perh")

# Headings of Paavo that indicators use. The letter in brackets is the publisher's own group.
PAAVO = (
    "Inhabitants, total, 2018 (HE)",
    "Aged 18 or over, total, 2018 (KO)",
    "Basic level studies, 2018 (KO)",
    "Academic degree - Lower level university degree, 2018 (KO)",
    "Academic degree - Higher level university degree, 2018 (KO)",
    "Aged 18 or over, total, 2017 (HR)",
    "Median income of inhabitants, 2017 (HR)",
    "Inhabintants belonging to the lowest income category, 2017 (HR)",
    "Households, total, 2018 (TE)",
    "Pensioner households, 2018 (TE)",
    "Households living in rented dwellings, 2018 (TE)",
    "Free-time residences, 2018 (RA)",
    "Dwellings, 2018 (RA)",
    "Dwellings in small houses, 2018 (RA)",
    "Workplaces, 2017 (TP)",
    "Inhabitants, 2017 (PT)",
    "Employed, 2017 (PT)",
    "Students, 2017 (PT)",
    "Pensioners, 2017 (PT)",
)
JOBS = "Workplaces, 2017 (TP)"
MEDIAN = "Median income of inhabitants, 2017 (HR)"


def snapshots(folder: Path) -> list[Carried]:
    """Every carried table of the subject, from the files below ``folder``."""
    place = folder / "population"
    return [
        _age_groups(folder, place / "demo_r_pjangrp3__FI__2014-2022.tsv"),
        _age_groups_2023(folder, place / "demo_r_pjangrp3__FI__2023__v20250214_sdmxcsv.csv"),
        _median_age(folder, place / "demo_r_pjanind3__FI__2014-2022.tsv"),
        _totals(folder, place / "demo_r_pjanaggr3__2000-2020__v20230928.csv"),
        *(_vital(folder, place, kind) for kind in ("births", "deaths")),
        _density(folder, place / "demo_r_d3dens_density_1990-2022.csv"),
        _country(folder),
        _municipalities(folder, place / "statfin_migration_kunta_1990-2017.csv"),
        _municipalities_2019(folder, place / "statfin_11re_kunta_age_sex_2019.csv"),
        _migration_2019(folder, place),
        *_preliminary_quarters(folder, place),
        *_quoted(folder, place / "kainuu_population_anchor_values__transcribed.csv"),
        _paavo(folder, place / "paavo_by_municipality_2018.csv"),
        _families(folder, place / "statfin_perh_12c1_families_kunta_2006-2022.px"),
    ]


def _age_groups(folder: Path, file: Path) -> Carried:
    rows = eurostat_wide(file, "\t")
    # 85+ repeats two other groups and is mostly empty; nobody is of unknown age.
    rows = rows[~rows["age"].isin(["Y_GE85", "UNK"])]
    return carried(
        rows,
        originals=[file],
        source="eurostat",
        table="demo_r_pjangrp3",
        title="Population on 1 January by broad age group, sex and NUTS 3 region",
        vintage="2014–2022, as of 2023",
        published_on="2023",
        address=DATABROWSER.format("demo_r_pjangrp3"),
        licence=EUROSTAT_LICENCE,
        note=JANUARY,
        root=folder,
    )


def _age_groups_2023(folder: Path, file: Path) -> Carried:
    raw = read_text(file)
    rows = pd.DataFrame(
        {c: raw[c].str.partition(":")[0] for c in ("freq", "sex", "unit", "age", "geo")}
        | {"time": raw["TIME_PERIOD"], "value": raw["OBS_VALUE"], "flag": raw["OBS_FLAG"]}
    )
    rows = only(rows, geo=NUTS_2021)
    rows = rows[~rows["age"].isin(["Y_GE85", "UNK"])]
    return carried(
        rows,
        originals=[file],
        source="eurostat",
        table="demo_r_pjangrp3",
        title="Population on 1 January by broad age group, sex and NUTS 3 region",
        vintage="2023, updated 14.2.2025",
        published_on="2025-02-14",
        updated_at="2025-02-14",
        address=DATABROWSER.format("demo_r_pjangrp3"),
        licence=EUROSTAT_LICENCE,
        note=JANUARY,
        root=folder,
    )


def _median_age(folder: Path, file: Path) -> Carried:
    return carried(
        only(eurostat_wide(file, "\t"), indic_de="MEDAGEPOP"),
        originals=[file],
        source="eurostat",
        table="demo_r_pjanind3",
        title="Population structure indicators by NUTS 3 region",
        vintage="2014–2022, as of 2023",
        published_on="2023",
        address=DATABROWSER.format("demo_r_pjanind3"),
        licence=EUROSTAT_LICENCE,
        note=JANUARY,
        root=folder,
    )


def _totals(folder: Path, file: Path) -> Carried:
    raw = only(read_text(file), geo=NUTS_2021)
    raw = raw.rename(columns={"TIME_PERIOD": "time", "OBS_VALUE": "value", "OBS_FLAG": "flag"})
    # From 2014 the table by age has the same figures, with the whole country.
    rows = raw[raw["time"] < "2014"].drop(columns=["DATAFLOW", "LAST UPDATE"])
    return carried(
        rows,
        originals=[file],
        source="eurostat",
        table="demo_r_pjanaggr3",
        title="Population on 1 January by broad age group, sex and NUTS 3 region: totals",
        vintage="2000–2013, updated 28.9.2023",
        published_on="2023-09-28",
        updated_at="2023-09-28",
        address=DATABROWSER.format("demo_r_pjanaggr3"),
        licence=EUROSTAT_LICENCE,
        note=JANUARY,
        root=folder,
    )


def _vital(folder: Path, place: Path, kind: str) -> Carried:
    file = place / f"demo_r_{kind}_nuts3_1990-2021.csv"
    what = {"births": "Live births", "deaths": "Deaths"}[kind]
    return carried(
        eurostat_wide(file),
        originals=[file],
        source="eurostat",
        table=f"demo_r_{kind}",
        title=f"{what} (total) by NUTS 3 region",
        vintage="1990–2021, as of 2023",
        published_on="2023",
        address=DATABROWSER.format(f"demo_r_{kind}"),
        licence=EUROSTAT_LICENCE,
        note="NUTS 2021 regions in every year.",
        root=folder,
    )


def _density(folder: Path, file: Path) -> Carried:
    return carried(
        eurostat_wide(file),
        originals=[file],
        source="eurostat",
        table="demo_r_d3dens",
        title="Population density by NUTS 3 region",
        vintage="1990–2022, as of 2023",
        published_on="2023",
        address=DATABROWSER.format("demo_r_d3dens"),
        licence=EUROSTAT_LICENCE,
        note="One decimal. Inhabitants per square kilometre of land. NUTS 2021 regions.",
        root=folder,
    )


def _country(folder: Path) -> Carried:
    file = folder.parent / "recorded" / "px" / "statfin_vaerak_pxt_11rc.px"
    cells = only(Px(file).cells(), sukupuoli="SSS", ikä="SSS")
    cells = cells[cells["vuosi"].between("1990", "2012")].rename(columns={"vuosi": "time"})
    return carried(
        cells.assign(flag=""),
        originals=[file],
        source="statfin",
        table="vaerak/11rc",
        title="11rc -- Väestö iän (5-v.) ja sukupuolen mukaan: koko maa, kaikki yhteensä",
        vintage="1990–2012, updated 26.4.2024",
        published_on="2024-04-26",
        updated_at="2024-04-26T08:00:00",
        address=PXWEB.format("vaerak", "11rc"),
        licence=STATFIN_LICENCE,
        note="31 December. The whole country only.",
        root=folder.parent,
    )


def _municipalities(folder: Path, file: Path) -> Carried:
    raw = read_text(file)
    net = only(raw, Tiedot="nettomuutto")
    # The population stands beside every one of the six figures: it is taken once.
    rows = pd.concat(
        [
            net.assign(tiedot="nettomuutto", value=whole(net["values"])),
            net.assign(tiedot="vakiluku", value=whole(net["vakiluku"])),
        ]
    ).rename(columns={"Alue": "alue", "Vuosi": "time"})
    return carried(
        rows[["alue", "tiedot", "time", "value"]].assign(flag=""),
        originals=[file],
        source="statfin",
        table="muutl/kunnat-2017",
        title="Kuntien välinen nettomuutto ja väkiluku 31.12. kunnittain, 1990–2017",
        vintage="1990–2017, as of 2018",
        published_on="2018",
        address="https://stat.fi/tilasto/muutl",
        licence=STATFIN_LICENCE,
        note="The 311 municipalities of 1.1.2017 in every year. Moves inside the country only.",
        root=folder,
    )


def _municipalities_2019(folder: Path, file: Path) -> Carried:
    raw = only(read_text(file, ";", skip=2), Ikä="Yhteensä")
    raw = raw[raw["Alue"] != "KOKO MAA"]
    rows = pd.DataFrame(
        {
            "alue": raw["Alue"],
            "ikä": raw["Ikä"],
            "sukupuoli": "Yhteensä",
            "time": "2019",
            "value": raw["Yhteensä 2019 Väestö 31.12."],
            "flag": "",
        }
    )
    return carried(
        rows,
        originals=[file],
        source="statfin",
        table="vaerak/11re-2019",
        title="11re -- Väestö iän (1-v.) ja sukupuolen mukaan alueittain: kunnat yhteensä 2019",
        vintage="2019, as of 2020",
        published_on="2020",
        address=PXWEB.format("vaerak", "11re"),
        licence=STATFIN_LICENCE,
        note="31 December. The 310 municipalities of 2020.",
        root=folder,
    )


def _migration_2019(folder: Path, place: Path) -> Carried:
    file = place / "statfin_2019_kuntien_vakilukudata.csv"
    names_file = place / "statfin_11re_kunta_age_sex_2019.csv"
    raw = read_text(file)
    listed = read_text(names_file, ";", skip=2)["Alue"]
    names = [n for n in listed.unique() if n != "KOKO MAA"]
    # The file lost its letters ä, ö and å. It lists the same municipalities in the same order.
    for name, broken in zip(names, raw["Alue"], strict=True):
        if not re.match(re.escape(broken).replace("�", "."), name):
            raise SystemExit(f"{file}: '{broken}' is not '{name}'; the order has changed")
    rows = pd.DataFrame(
        {
            "alue": names,
            "tiedot": "Kuntien välinen muuttovoitto/-tappio, henkilöä",
            "time": "2019",
            "value": raw["Muuttovoitto/-tappio"],
            "flag": "",
        }
    )
    return carried(
        rows,
        originals=[file, names_file],
        source="statfin",
        table="kuntien_avainluvut/2019",
        title="Kuntien avainluvut 2019: kuntien välinen muuttovoitto/-tappio",
        vintage="2019",
        published_on="2020",
        address="https://stat.fi/tup/alue/kuntienavainluvut.html",
        licence="CC BY 4.0 (assumed)",
        note="Names of municipalities from table 11re of the same year, whose order is the same.",
        root=folder,
    )


def _preliminary_quarters(folder: Path, place: Path) -> list[Carried]:
    file = place / "statfin_vamuu_population_change_by_maakunta__2015_2016_2019Q1.csv"
    older = only(read_text(file), indicator="net_immigration_preliminary")
    older = older.rename(columns={"region_code": "alue"})
    newer_file = place / "statfin_vamuu_population_change_by_maakunta_2019Q1-Q3.csv"
    newer = read_text(newer_file).rename(
        columns={"region_code": "alue", "net_immigration": "value"}
    )
    pages = [
        (file, "2015Q1-Q3", "2015M01/2015M09", "2015-10-27"),
        (file, "2016Q1-Q3", "2016M01/2016M09", "2016-10-25"),
        (file, "2019Q1", "2019Q1", "2019-04-26"),
        (newer_file, "2019-01/2019-09", "2019M01/2019M09", "2019-10-24"),
    ]
    found = []
    for original, printed, time, day in pages:
        page = only(newer if original == newer_file else older, period=printed)
        page = page[page["alue"] != "MA1"]
        (address,) = page["source_url"].unique()
        if day not in address:
            raise SystemExit(f"{original}: {printed} is not of {day}")
        rows = page[["alue", "value"]].assign(tiedot="Nettomaahanmuutto", time=time, flag="")
        one = carried(
            rows,
            originals=[original],
            source="statfin",
            table="vamuu/maakunnat",
            title="Väestönmuutosten ennakkotietoja maakunnittain: nettomaahanmuutto",
            vintage=f"{time}, preliminary",
            published_on=day,
            address=address,
            licence=STATFIN_LICENCE,
            transcribed=True,
            root=folder,
        )
        found.append(one)
    return found


# (file's indicator, period, publisher's words) of single figures that the Regional Council quotes.
_QUOTED = {
    "vamuu/2022": [
        ("live_births_preliminary", "2022", "Elävänä syntyneet"),
        ("deaths_preliminary", "2022", "Kuolleet"),
        ("total_net_migration_preliminary", "2022", "Kokonaisnettomuutto"),
        ("net_inter_municipal_migration_preliminary", "2022", "Kuntien välinen nettomuutto"),
    ],
    "muutl/2021": [("total_net_migration", "2021", "Kokonaisnettomuutto")],
    "vaenn/2021": [("population_projection_2021", "2040", "Väestöennuste 2021")],
}
_QUOTED_TITLES = {
    "vamuu/2022": "Väestönmuutosten ennakkotiedot: Kainuu 2022",
    "muutl/2021": "Muuttoliike: Kainuun kokonaisnettomuutto 2021",
    "vaenn/2021": "Väestöennuste 2021: Kainuu 2040",
}


def _quoted(folder: Path, file: Path) -> list[Carried]:
    raw = read_text(file)
    found = []
    for table, wanted in _QUOTED.items():
        words = {(i, p): w for i, p, w in wanted}
        mine = [(i, p) in words for i, p in zip(raw["indicator"], raw["period"], strict=True)]
        for address, page in raw[mine].groupby("source_url", sort=True):
            labels = [words[i, p] for i, p in zip(page["indicator"], page["period"], strict=True)]
            rows = pd.DataFrame(
                {
                    "alue": page["region_code"],
                    "tiedot": labels,
                    "time": page["period"],
                    "value": page["value"],
                    "flag": "",
                }
            )
            news = "kainuu-sai-muuttovoittoa" in str(address)
            one = carried(
                rows,
                originals=[file],
                source="statfin",
                table=table,
                title=_QUOTED_TITLES[table],
                vintage="as quoted in January 2023" if news else "as quoted in 2023",
                published_on="2023-01" if news else "2023",
                address=str(address),
                licence=STATFIN_LICENCE,
                transcribed=True,
                note="Statistics Finland's figure as quoted by the Regional Council of Kainuu.",
                root=folder,
            )
            found.append(one)
    return found


def _paavo(folder: Path, file: Path) -> Carried:
    raw = read_text(file)
    industries = tuple(c for c in raw.columns if re.match(r"[A-X] .*, 2017 \(TP\)$", c))
    if len(industries) != 22:
        raise SystemExit(f"{file}: {len(industries)} industries, 22 are known")
    long = raw.melt(id_vars="Area", value_vars=[*PAAVO, *industries], var_name="label")
    # Region rows stand among the municipalities. Counts follow from these; medians do not.
    long = long[~long["Area"].str.match(r"MK\d\d ") | (long["label"] == MEDIAN)]
    parts = long["label"].str.extract(r"^(?P<what>.*), (?P<time>\d{4}) (?P<group>\([A-Z]{2}\))$")
    rows = pd.DataFrame(
        {
            "alue": long["Area"],
            "tiedot": parts["what"] + " " + parts["group"],
            # The publisher's letter of the industry, apart from its name; SSS for all of them.
            "toimiala": long["label"].where(long["label"].isin(industries), "").str[:1]
            + long["label"].map({JOBS: "SSS"}).fillna(""),
            "time": parts["time"],
            "value": long["value"],
            "flag": "",
        }
    )
    return carried(
        rows,
        originals=[file],
        source="statfin",
        table="paavo/2020",
        title="Paavo: open data by municipality",
        vintage="Paavo 2020: years 2017 and 2018",
        published_on="2020",
        address="https://stat.fi/tup/paavo/index.html",
        licence=STATFIN_LICENCE,
        note="310 municipalities. Regions only for the median income; Uusimaa is not among them.",
        root=folder,
    )


def _families(folder: Path, file: Path) -> Carried:
    cells = only(Px(file).cells(), tiedot=FAMILY_CODES).rename(columns={"vuosi": "time"})
    # Counts are stored with two decimals and shown with none; the mean size is shown with two.
    counts = cells["tiedot"] != "perhkoko"
    cells = cells.assign(value=cells["value"].where(~counts, whole(cells["value"])))
    area = cells["alue"]
    regions = area.str.match(r"MK\d\d$") | area.isin(["SSS", "SK181", "SK182", *KAINUU])
    return carried(
        cells[regions].assign(flag=""),
        originals=[file],
        source="statfin",
        table="perh/12c1",
        title="12c1 -- Tunnuslukuja perheistä perhetyypin mukaan alueittain, 2006-2022",
        vintage="2006–2022, updated 16.6.2023",
        published_on="2023-06-16",
        updated_at="2023-06-16T08:00:00",
        address=PXWEB.format("perh", "12c1"),
        licence=STATFIN_LICENCE,
        note="31 December. Division of 1.1.2023 in every year.",
        root=folder,
    )
