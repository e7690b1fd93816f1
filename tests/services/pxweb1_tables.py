"""The tables that the local PxWeb serves when none are given."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

from .cube_changes import ARCHIVE, dated, undated
from .cube_making import from_jsonstat2, generated
from .cube_model import Cube, Texts, Variable
from .cube_variables import ages, areas, contents, months, quarters, sexes, years

__all__ = ["RECORDED", "default_cubes", "recorded_cubes", "synthetic_cubes"]

RECORDED = Path(__file__).parents[3] / "shared" / "recorded" / "pxweb_v1"
"""Real answers, in the folder of public material beside the project, where that is at hand."""


@cache
def default_cubes() -> tuple[Cube, ...]:
    """Synthetic tables, and recorded ones where they are at hand, by the names in force now."""
    return (*synthetic_cubes(), *(dated(c) for c in recorded_cubes()))


def recorded_cubes(folder: Path = RECORDED) -> list[Cube]:
    """Statistics Finland's own answers as tables, by the names of their own day."""
    files = [
        *sorted(folder.glob("statfin_*jsonstat2.json")),
        folder / "crimestatfinland_crime.json",
    ]
    return [
        from_jsonstat2(json.loads(file.read_text(encoding="utf-8")))
        for file in files
        if file.is_file()
    ]


def _said(fi: str, sv: str, en: str) -> Texts:
    return {"fi": fi, "sv": sv, "en": en}


_PEOPLE = _said("Väestö 31.12.", "Folkmängd 31.12.", "Population 31 Dec")
_NUMBER = _said("lukumäärä", "antal", "number")


def synthetic_cubes() -> list[Cube]:
    """Made-up tables of the shapes that matter; each one's title says that it is made up."""
    return [_people("90re", 2020), _people("90su", 1990), _jobless(), _rates(), _old(), _key()]


def _people(code: str, since: int) -> Cube:
    """Yearly figures; the long one has more cells than a call may ask for."""
    return generated(
        code,
        [areas(), ages(), sexes(), years(since, 2025), contents({"synt-vaesto": _PEOPLE})],
        title=_said(
            f"Väestö iän ja sukupuolen mukaan alueittain, {since}-2025",
            f"Befolkning efter ålder, kön och område, {since}-2025",
            f"Population by age, sex and area, {since}-2025",
        ),
        contents=_PEOPLE,
        units={"synt-vaesto": _NUMBER},
    )


def _jobless() -> Cube:
    """Monthly figures of the one statistic that kept its old codes in June 2026."""
    texts = _said("Työttömät kuukauden lopussa", "Arbetslösa", "Unemployed jobseekers")
    return generated(
        "90ti",
        [
            areas("Alue", total="SSS"),
            replace(months(2024, 2026, until=9), code="Kuukausi"),
            replace(contents({"TYOTTOMATLOPUSSA": texts}), code="Tiedot"),
        ],
        title=texts,
        folder="tyonv",
        units={"TYOTTOMATLOPUSSA": _NUMBER},
    )


def _rates() -> Cube:
    """Quarterly figures in two units, the contents in the middle, the newest period first."""
    time = quarters(2024, 2026, until=2)
    last_first = list(reversed(time.codes))
    both = {
        "tyti-tyollisyysaste": _said("Työllisyysaste, %", "Sysselsättning, %", "Employment, %"),
        "tyti-tyolliset": _said("Työlliset, 1 000", "Sysselsatta, 1 000", "Employed, 1,000"),
    }
    percent, thousand = _said("prosentti", "procent", "per cent"), _said("1000", "1000", "1000")
    return generated(
        "90ty",
        [
            replace(time, codes=last_first, labels={"fi": last_first}),
            contents(both),
            areas("alue_28_20250101"),
        ],
        title=_said("Työllisyys alueittain", "Sysselsättning efter område", "Employment by area"),
        folder="tyti",
        units=dict(zip(both, (percent, thousand), strict=True)),
        precision={"tyti-tyollisyysaste": 1},
        preliminary=False,
    )


def _old() -> Cube:
    """A table of the archive, in Finnish alone, which keeps its long id and its labels as codes."""
    cube = generated(
        "90pa",
        [areas(), years(2010, 2015), contents({"vaesto": {"fi": "Väestö"}})],
        title={"fi": "Väestö alueittain, 2010-2015"},
        database=ARCHIVE,
        long_id="statfinpas_synt_pxt_90pa_2015.px",
        preliminary=False,
    )
    return replace(undated(cube), june_codes={})


def _key() -> Cube:
    """Another database, whose folders are editions and whose areas have bare numbers."""
    area = Variable(
        "Alue 2026",
        {"fi": "Alue 2026", "sv": "Område 2026"},
        ["SSS", "205", "290"],
        {"fi": ["KOKO MAA", "Kajaani", "Kuhmo"], "sv": ["HELA LANDET", "Kajana", "Kuhmo"]},
        elimination="SSS",
        map_name="Alue 2026",
    )
    told = contents({"M411": {"fi": "Väkiluku", "sv": "Folkmängd"}})
    return generated(
        "kuntien_avainluvut_2026_viimeisin",
        [area, replace(told, code="Tiedot")],
        title={"fi": "Kuntien avainluvut", "sv": "Kommunernas nyckeltal"},
        database="Kuntien_avainluvut",
        folder="uusin",
        long_id="",
        missing=0,
    )
