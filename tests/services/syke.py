"""The files of municipal greenhouse gas emissions of the Finnish Environment Institute, locally.

One file for every municipality, named by its number without leading zeros, and one of populations
with its year in the name. Fields are apart by ``;``, decimals by a comma, an absent value is ``NA``
or ``NULL``. The emissions are SYNTHETIC, the municipalities are those of the register::

    with Syke() as service:
        requests.get(service.address + "/Tulokset_taso_5/kunta_205.csv")

Which columns the file of populations has after the names is not documented; a column for every
year stands for them here. The same holds for how a yes and a no are written.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from typing import Literal

from services.core import Asked, Response, Service, html
from tilannekuva import region_codes

__all__ = ["SECTORS", "Syke"]

FOLDER = "/Tulokset_taso_5/"

SECTORS: Mapping[str, tuple[str, str, str, str]] = {
    # Third level in full, then the marks of levels three to five as the files of 2026 have them.
    "Kulutussähkö": ("Kul", "Kul", "Asu", "energy"),
    "Sähkölämmitys": ("Säh", "Säh", "Asu", "energy"),
    "Kaukolämpö": ("Kau", "Kau", "Pal", "energy"),
    "Öljylämmitys": ("Ölj", "Ölj", "Asu", "energy"),
    "Muu lämmitys": ("Muu", "Puu", "Asu", "energy"),
    "Teollisuus": ("Teo", "Teo", "TeP", "traded"),
    "Työkoneet": ("Työ", "Työ", "MMK", "energy"),
    "Tieliikenne": ("Tie", "HeL", "Hen", "energy"),
    "Raideliikenne": ("Rai", "TaL", "Die", "energy"),
    "Vesiliikenne": ("Ves", "HuV", "HuV", "energy"),
    "Maatalous": ("Maa", "Kot", "Elä", "none"),
    "Jätteiden käsittely": ("Jät", "Kaa", "Yhd", "none"),
    "F-kaasut": ("F-k", "KAK", "KAK", "none"),
    "Päästöhyvitykset": ("Tuu", "Tuu", "Tuu", "wind"),
}
_LONG = {
    "Kul": "Kulutussähkö", "Säh": "Sähkölämmitys", "Kau": "Kaukolämpö", "Ölj": "Öljylämmitys",
    "Puu": "Puulämmitys", "Teo": "Teollisuus", "Työ": "Työkoneet", "HeL": "Henkilöliikenne",
    "TaL": "Tavaraliikenne", "HuV": "Huviveneet", "Kot": "Kotieläimet", "Kaa": "Kaatopaikat",
    "KAK": "Kaupan ja ammattikeittiöiden kylmälaitteet", "Tuu": "Tuulivoima", "Asu": "Asuminen",
    "Pal": "Palvelut", "TeP": "Teollisuuden polttoaineet", "MMK": "Maa- ja metsätalouskoneet",
    "Hen": "Henkilöautot", "Die": "Diesel", "Elä": "Eläinten ruuansulatus",
    "Yhd": "Yhdyskuntajäte",
}  # fmt: skip


class Syke(Service):
    """Files that a browser would find in a folder.

    Args:
        year: The year in the name of the file of populations; emissions end a year earlier.
        names: Sectors as marks (``Kul``), as they were in 2026, or in full (``Kulutussähkö``).
        yes_no: How a yes and a no are written.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        *,
        year: int = 2025,
        names: Literal["short", "long"] = "short",
        yes_no: tuple[str, str] = ("TRUE", "FALSE"),
    ) -> None:
        super().__init__(clock)
        self.year, self.names, self.yes_no = year, names, yes_no
        self.modified: dict[str, datetime] = {}
        self._first_modified = datetime(2026, 6, 8, 9, 0, tzinfo=UTC)
        self._factors: dict[int, float] = {}

    @property
    def populations(self) -> str:
        """The path of the file of populations."""
        return f"/asukasluvut_{self.year}.csv"

    def publish(self, municipality: int, factor: float) -> None:
        """Revise the emissions of a municipality: multiply them, at a later time of day."""
        self._factors[municipality] = self._factors.get(municipality, 1.0) * factor
        self._touch(f"{FOLDER}kunta_{municipality}.csv")

    def publish_year(self, year: int) -> None:
        """Put another year out: every file changes, and the old one of populations is gone."""
        self.year = year
        self._first_modified += timedelta(days=365)
        self.modified.clear()

    def _touch(self, path: str) -> None:
        self.modified[path] = self._time(path) + timedelta(hours=1)

    def _time(self, path: str) -> datetime:
        return self.modified.get(path, self._first_modified)

    def answer(self, asked: Asked) -> Response:
        if asked.method not in ("GET", "HEAD"):
            return html("<h1>Method Not Allowed</h1>", 405)
        if asked.path == FOLDER:
            return html(self._listing())
        text = self._text(asked.path)
        if text is None:
            return html("<h1>Not Found</h1><p>The requested URL was not found.</p>", 404)
        body, modified = text.encode(), self._time(asked.path)
        headers = {
            "Content-Type": "text/csv",
            "ETag": f'"{sha256(body).hexdigest()[:16]}"',
            "Last-Modified": format_datetime(modified, usegmt=True),
        }
        if _unchanged(asked, headers["ETag"], modified):
            return Response(304, b"", headers)
        return Response(200, body, headers)

    def _text(self, path: str) -> str | None:
        if path == self.populations:
            return self._population_file()
        found = re.fullmatch(rf"{FOLDER}kunta_([1-9]\d*)\.csv", path)
        if found and f"KU{int(found[1]):03}" in _municipalities():
            return self._emission_file(int(found[1]))
        return None

    def _listing(self) -> str:
        rows = []
        for code in _municipalities():
            name = f"kunta_{int(code[2:])}.csv"
            when = self._time(FOLDER + name).strftime("%Y-%m-%d %H:%M")
            rows.append(f'<tr><td><a href="{name}">{name}</a></td><td>{when}</td></tr>')
        head = "<tr><th>Name</th><th>Last modified</th></tr>"
        return f"<h1>Index of {FOLDER}</h1><table>{head}{''.join(rows)}</table>"

    def _emission_file(self, number: int) -> str:
        chance = random.Random(f"emissions {number}")
        columns = "vuosi;taso_3;taso_4;taso_5;kt;kt_tuuli;GWh;hinku_laskenta;päästökauppa"
        lines = [columns]
        levels = {name: chance.uniform(0.5, 20) for name in SECTORS}
        yes, no = self.yes_no
        for at, year in enumerate([1990, *range(2005, self.year)]):
            for name, (three, four, five, kind) in SECTORS.items():
                kt = levels[name] * 0.97**at * chance.uniform(0.95, 1.05)
                kt *= self._factors.get(number, 1.0) * (-0.2 if kind == "wind" else 1)
                sector = (name, _LONG[four], _LONG[five])
                line = (
                    str(year),
                    *(sector if self.names == "long" else (three, four, five)),
                    _decimal(kt) if (year, kind) != (1990, "wind") else "NA",
                    _decimal(kt * 0.9) if kind == "energy" else "NULL",
                    _decimal(kt * 4) if kind in ("energy", "traded") else "NA",
                    yes if kind != "traded" else no,
                    yes if kind == "traded" else no,
                )
                lines.append(";".join(line))
        return "\n".join(lines) + "\n"

    def _population_file(self) -> str:
        years = [1990, *range(2005, self.year + 1)]
        columns = ["kuntanro", "kunta_fi", "kunta_sv", "maakunta_fi", *map(str, years)]
        lines = [";".join(columns)]
        for code, holder in _municipalities().items():
            chance = random.Random(f"population {code}")
            level = chance.randint(700, 60_000)
            names = region_codes.region(code).names
            counts = [str(round(level * 0.99**at)) for at, _ in enumerate(years)]
            province = region_codes.region(holder).names.fi
            lines.append(";".join([str(int(code[2:])), names.fi, names.sv, province, *counts]))
        return "\n".join(lines) + "\n"


def _municipalities() -> dict[str, str]:
    """Today's municipalities and the maakunta that each is in, by number."""
    return dict(
        sorted(
            (one, region.code)
            for region in region_codes.regions("maakunta")
            for one in region_codes.children(region.code, "kunta")
        )
    )


def _decimal(value: float) -> str:
    """As these files write numbers: up to six decimals behind a comma."""
    return f"{value:.6g}".replace(".", ",")


def _unchanged(asked: Asked, tag: str, modified: datetime) -> bool:
    """Whether the asker has this already; a tag counts for more than a time."""
    if tags := asked.headers.get("if-none-match"):
        return tags.strip() == "*" or tag in [t.strip().removeprefix("W/") for t in tags.split(",")]
    try:
        since = parsedate_to_datetime(asked.headers.get("if-modified-since", ""))
    except (TypeError, ValueError):
        return False
    return modified <= since
