"""The rows that the local Vipunen and the local catalogue give out. All of them are SYNTHETIC."""

from __future__ import annotations

import csv
import io
import random
from typing import Any

from tilannekuva import region_codes

__all__ = ["Row", "benefits", "credits_earned", "open_university"]

Row = dict[str, Any]


def open_university() -> list[Row]:
    chance, rows = random.Random("avoin_yliopisto"), []
    for year in range(2007, 2026):
        for sector in ("Helsingin yliopisto", "Oulun yliopisto", "Turun yliopisto"):
            for sex in ("mies", "nainen"):
                for age in ("Alle 25", "25-34", "35 tai yli"):
                    row = {"tilastovuosi": year, "yliopisto": sector, "sukupuoli": sex}
                    rows.append(row | {"ikaryhma": age, "opiskelijat": chance.randint(50, 3000)})
    return [r | {"tietojoukkoPaivitettyPvm": "2026-02-12"} for r in rows]


def credits_earned() -> list[Row]:
    """Another resource calls the year by another name, and has values that are missing."""
    chance, rows = random.Random("suorittanut55"), []
    for year in range(2012, 2026):
        for region in region_codes.regions("maakunta"):
            count = chance.randint(100, 9000)
            code = region.code.removeprefix("MK")
            row = {"vuosi": year, "koodit_maakunta": code, "maakunta": region.names.fi}
            rows.append(row | {"suorittanut55": count if count > 300 else None})
    return [r | {"tietojoukkoPaivitettyPvm": "2026-01-20"} for r in rows]


def benefits(year: int) -> bytes:
    """A table of benefits: commas, utf-8, and small groups put together under ``Alle 4``."""
    chance, into = random.Random(f"kela {year}"), io.StringIO()
    writer = csv.writer(into, lineterminator="\n")
    writer.writerow(["vuosi", "kunta_nro", "kunta_nimi", "etuus", "saaja_lkm", "maksettu_eur"])
    for one in region_codes.children("MK18", "kunta"):
        name = region_codes.region(one).names.fi
        for benefit in ("Perustoimeentulotuki", "Asumistuki, yleinen"):
            count = chance.randint(1, 900)
            shown = [count, f"{count * chance.uniform(500, 2000):.2f}"] if count > 3 else ["", ""]
            writer.writerow([year, one.removeprefix("KU"), name, benefit, *shown])
    return into.getvalue().encode()
