"""Which areas there are in the division of a year, and a made-up shape for each of them.

Codes, names and memberships are those of the register. The shapes are squares in rows, a square for
every municipality, of the same size for all: nobody should mistake them for Finland.
"""

from __future__ import annotations

import math
import re
from functools import cache

from tilannekuva import region_codes
from tilannekuva.model import Region

__all__ = ["FIRST_YEARS", "LEVELS", "areas", "bare", "degrees", "members", "square"]

LEVELS = {
    "kunta": "kunta",
    "maakunta": "maakunta",
    "seutukunta": "seutukunta",
    "hyvinvointialue": "hyvinvointialue",
    "evk": "elinvoimakeskus",
}
"""Name at Statistics Finland → level of the register."""

FIRST_YEARS = {"kunta": 2013, "maakunta": 2013, "seutukunta": 2013, "hyvinvointialue": 2022}
FIRST_YEARS["evk"] = 2026

Ring = list[tuple[float, float]]
SIDE, WEST, NORTH, ACROSS = 20_000, 100_000, 7_600_000, 20


def bare(code: str) -> str:
    """A code as the classifications and layers have it.

    >>> bare("KU005"), bare("MK18"), bare("HVA20")
    ('005', '18', '20')
    """
    return re.sub(r"^\D+", "", code)


@cache
def areas(level: str, year: int) -> tuple[Region, ...]:
    """The areas of a level in the division of a year, by code; a year to come is as today."""
    year = min(year, region_codes.today())
    found = region_codes.regions(LEVELS[level], past=True)
    if level == "kunta":
        return tuple(
            r for r in found if (r.valid_from or 0) <= year and year <= (r.valid_to or year)
        )
    return tuple(r for r in found if region_codes.area(r.code, year))


@cache
def members(level: str, year: int) -> dict[str, str]:
    """Municipality → the area of a level that it was in, in the division of a year."""
    known = min(year, region_codes.today())
    within = {
        atom: area.code
        for area in areas(level, year)
        for atom in region_codes.area(area.code, known)
    }
    return {one.code: within[one.code] for one in areas("kunta", year)}


@cache
def square(code: str) -> tuple[tuple[float, float], ...]:
    """The corners of a municipality's square in EPSG:3067, closed."""
    at = [r.code for r in region_codes.regions("kunta", past=True)].index(code)
    west, north = WEST + SIDE * (at % ACROSS), NORTH - SIDE * (at // ACROSS)
    east, south = west + SIDE, north - SIDE
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return tuple((float(x), float(y)) for x, y in corners)


def degrees(east: float, north: float) -> tuple[float, float]:
    """Longitude and latitude of a point in EPSG:3067 (ETRS-TM35FIN), by Krüger's series.

    >>> degrees(500000, 0)
    (27.0, 0.0)
    """
    flattening = 1 / 298.257222101
    n = flattening / (2 - flattening)
    radius = 6378137 / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    xi, eta = north / (0.9996 * radius), (east - 500_000) / (0.9996 * radius)
    halves = (n / 2 - 2 * n**2 / 3 + 37 * n**3 / 96, n**2 / 48 + n**3 / 15, 17 * n**3 / 480)
    u, v = xi, eta
    for k, h in enumerate(halves, 1):
        u -= h * math.sin(2 * k * xi) * math.cosh(2 * k * eta)
        v -= h * math.cos(2 * k * xi) * math.sinh(2 * k * eta)
    conformal = math.asin(math.sin(u) / math.cosh(v))
    eccentricity = math.sqrt(flattening * (2 - flattening))
    isometric, q = math.asinh(math.tan(conformal)), 0.0
    for _ in range(8):
        q = isometric + eccentricity * math.atanh(eccentricity * math.tanh(q))
    longitude = 27 + math.degrees(math.atan2(math.sinh(v), math.cos(u)))
    return round(longitude, 8), round(math.degrees(math.atan(math.sinh(q))), 8)
