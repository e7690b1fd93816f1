"""Wellbeing and safety: Sotkanet 1990–2012, recorded offences, the old morbidity index."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from .common import Carried, carried
from .reading import read_text, whole

SOTKANET_FILES = (
    "wellbeing/sotkanet_54_indicators__maakunta__1990-2012__v20130908.csv",
    "wellbeing/sotkanet_54_indicators__kunta_KAINUU__1990-2012__v20130908.csv",
)
SOTKANET_IDS = "wellbeing/sotkanet_indicator_ids_20130817.csv"
CRIMES = "wellbeing/statfin_recorded_crimes_kunta_maakunta_1987-2020.csv"
MORBIDITY = "wellbeing/thl_sairastavuusindeksi_ikavakioitu__2000-2002_to_2017-2019.csv"

SERIES = 54
"""How many Sotkanet indicators the files hold."""
RENAMED = {"178": "Kuntien välinen nettomuutto / 1 000 asukasta"}
"""Indicators whose title changed between the list of ids and the figures."""
NOT_TITLE = re.compile(
    r"YLEISET|KOETTU HYVINVOINTI|TILASTOLLINEN HYVINVOINTI|VÄESTÖNMUUTOS|TULOEROT|TYÖELÄMÄ|TALOUS"
    r"|ALKUTUOTANTO|TIETO|,3,|Tilastokeskus"
)
"""The groups and remarks that the list of ids has beside the titles."""


def snapshots(folder: Path) -> list[Carried]:
    """Every carried table of this subject."""
    return [*sotkanet(folder), crimes(folder), morbidity(folder)]


def sotkanet(folder: Path) -> Iterator[Carried]:
    """One table an indicator: the regions, and the municipalities of Kainuu.

    The publisher's Kainuu has Vaala in it. A cell that the publisher does not give has no row.
    """
    files = [folder / name for name in SOTKANET_FILES]
    cells = pd.concat([read_text(f) for f in files], ignore_index=True)
    # The "[GROUP] " before a title was put there by whoever chose the indicators.
    cells["title"] = cells["Muuttuja"].str.replace(r"^\[[^\]]*\] ", "", regex=True)
    numbers = sotkanet_ids(folder / SOTKANET_IDS, set(cells["title"]))
    for title, number in sorted(numbers.items(), key=lambda item: int(item[1])):
        rows = cells[cells["title"] == title]
        target = re.search(r"[Vv]äestöennuste (\d{4})$", title)
        # A column without a single decimal holds whole numbers: counts, euros, index points.
        entire = rows["Arvo"].str.endswith(".0").all()
        yield carried(
            pd.DataFrame(
                {
                    "title": title,
                    "region": rows["Alue"],
                    "time": target[1] if target else rows["Vuosi"],
                    "value": whole(rows["Arvo"]) if entire else rows["Arvo"],
                    "flag": "",
                }
            ),
            originals=[*files, folder / SOTKANET_IDS],
            source="sotkanet",
            table=number,
            title=title,
            vintage="retrieved 2013-09-08, unchanged on 2014-10-13"
            + (", projection round of 2012" if target else ""),
            published_on="2013-09-08",
            address=f"https://sotkanet.fi/sotkanet/fi/metadata/indicators/{number}",
            licence="CC BY 4.0",
            note="Regions as they were in 2013: Kainuu with Vaala."
            + (
                " The publisher stores the figure under 2012, the year of the projection; the time"
                " here is the year that the title names."
                if target
                else ""
            ),
            root=folder,
        )


def sotkanet_ids(file: Path, titles: set[str]) -> dict[str, str]:
    """The publisher's number of every title; a title without exactly one number is an error.

    Some titles are torn at their semicolons in the list and others have remarks after them, so
    letters and digits alone are compared, without the words that are not the title's.
    """
    listed: dict[str, list[str]] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        number, _, rest = line.partition(",")
        if number.isdigit():
            title = RENAMED.get(number, NOT_TITLE.sub("", rest))
            listed.setdefault(_plain(title), []).append(number)
    found = {title: listed.get(_plain(title), []) for title in titles}
    wrong = {title: numbers for title, numbers in found.items() if len(numbers) != 1}
    if wrong or len(found) != SERIES:
        raise SystemExit(f"{file}: {len(found)} titles; no single number for {wrong}")
    return {title: numbers[0] for title, numbers in found.items()}


def _plain(text: str) -> str:
    return re.sub(r"[^0-9a-zåäö]", "", text.casefold())


def crimes(folder: Path) -> Carried:
    """Recorded offences and infractions per 1 000 inhabitants, regions and municipalities."""
    cells = read_text(folder / CRIMES)
    return carried(
        pd.DataFrame(
            {
                "Rikosnimike": cells["Rikosnimike"],
                "Alue": cells["Alue"],
                "Tiedot": cells["Tiedot"],
                "time": cells["Vuosi"],
                "value": cells["value"],
                "flag": "",
            }
        ),
        originals=[folder / CRIMES],
        source="statfin",
        table="rpk/135l",
        title="Tietoon tulleet rikokset kunnan ja maakunnan asukasluvun mukaan",
        vintage="updated 2021-05-12",
        published_on="2021-05-12",
        updated_at="2021-05-12T10:15:00Z",
        address=(
            "https://pxdata.stat.fi/PxWeb/pxweb/fi/StatFin/StatFin__rpk/statfin_rpk_pxt_135l.px/"
        ),
        licence="CC BY 4.0",
        note="All years on the division of 1.1.2021. No row for the whole country.",
        root=folder,
    )


def morbidity(folder: Path) -> Carried:
    """The age-standardised index that was replaced in 2023, three-year spans, eleven regions."""
    cells = read_text(folder / MORBIDITY)
    return carried(
        pd.DataFrame(
            {
                "title": "THL:n sairastavuusindeksi, ikävakioitu",
                "region": cells["region"],
                "time": cells["period"],
                "value": cells["value"],
                "flag": "",
            }
        ),
        originals=[folder / MORBIDITY],
        source="thl",
        table="sairastavuusindeksi-2019",
        title="THL:n sairastavuusindeksi, ikävakioitu, maakunnat",
        vintage="edition 2017–2019, the last one",
        published_on="2022-04",
        address=(
            "https://www.terveytemme.fi/sairastavuusindeksi/2019/maakunnat_taulukot/"
            "report_Maakunta_i0.html"
        ),
        licence="CC BY 4.0 (assumed)",
        transcribed=True,
        note="Eleven of nineteen regions. The page states neither the base nor the division.",
        root=folder,
    )
