"""Education: single figures of the population's educational structure."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from .common import Carried, carried
from .reading import STATFIN_LICENCE, read_text

SHARES = {
    "tertiary_education_share_15plus": "osuus15",
    "post_comprehensive_education_share_15plus": "osuus10",
}
"""The file's name of the figure → the publisher's code of the same share in table 12bs."""


def snapshots(folder: Path) -> list[Carried]:
    """Every carried table of the subject, from the files below ``folder``."""
    file = folder / "education" / "education_anchor_values__transcribed.csv"
    return [_shares_2016(folder, file), _level_2013(folder, file), _shares_2023(folder)]


def _shares_2016(folder: Path, file: Path) -> Carried:
    raw = read_text(file)
    page = raw[raw["indicator"].isin(SHARES)]
    (address,) = page["source_url"].unique()
    return carried(
        _rows(page, page["indicator"].map(SHARES)),
        originals=[file],
        source="statfin",
        table="vkour/2016",
        title="Educational structure of population 2016: single figures",
        vintage="2016, as quoted on 5.11.2017",
        published_on="2017-11-05",
        address=address,
        licence=STATFIN_LICENCE,
        transcribed=True,
        note="Statistics Finland's figures as quoted by a newspaper, rounded to whole per cent.",
        root=folder,
    )


def _level_2013(folder: Path, file: Path) -> Carried:
    raw = read_text(file)
    page = raw[raw["indicator"] == "vktm_education_level_measure"]
    (address,) = page["source_url"].unique()
    return carried(
        _rows(page, pd.Series("vktm", index=page.index)),
        originals=[file],
        source="statfin",
        table="vkour/2013",
        title="Väestön koulutustasomittain 2013: koko maa",
        vintage="2013",
        published_on="2014",
        address=address.replace("http://", "https://"),
        licence=STATFIN_LICENCE,
        transcribed=True,
        note="Statistics Finland's figure as quoted by the information service of Päijät-Häme.",
        root=folder,
    )


def _rows(page: pd.DataFrame, labels: pd.Series) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "alue": page["region_code"],
            "tiedot": labels,
            "time": page["period"],
            "value": page["value"],
            "flag": "",
        }
    )


def _shares_2023(folder: Path) -> Carried:
    """The whole country's shares from a recorded answer; Kainuu is not in it."""
    recorded = folder.parent / "recorded" / "pxweb_v1"
    file = recorded / "statfin_valmistuneet_12bs_response.jsonstat2.json"
    cube = json.loads(file.read_text(encoding="utf-8"), parse_float=str, parse_int=str)
    codes = {v: list(cube["dimension"][v]["category"]["index"]) for v in cube["id"]}
    index = pd.MultiIndex.from_product([codes[v] for v in cube["id"]], names=cube["id"])
    cells = pd.Series(cube["value"], index=index, name="value").reset_index()
    rows = cells.rename(columns={"Vuosi": "time", "Alue": "alue", "Tiedot": "tiedot"})
    return carried(
        rows.assign(flag=""),
        originals=[file],
        source="statfin",
        table="vkour/12bs",
        title="12bs -- 15 vuotta täyttänyt väestö koulutusasteen, maakunnan, kunnan, sukupuolen "
        "ja ikäryhmän mukaan, 2007-2023",
        vintage="2023, updated 23.9.2024",
        published_on="2024-09-23",
        updated_at="2024-09-23T08:00:00Z",
        address="https://pxdata.stat.fi/PxWeb/pxweb/fi/StatFin/StatFin__vkour/12bs.px/",
        licence=STATFIN_LICENCE,
        note="The whole country, Kanta-Häme and Päijät-Häme only.",
        root=folder.parent,
    )
