"""Make the region register of the package: ``python data/carry_regions.py FOLDER``.

FOLDER holds the public files (keys of municipalities, NUTS lists, outlines). The facts are carried
over into the project's own tables in ``tilannekuva/data/regions``; no file is copied. The same
files give the same tables, byte for byte. Four tables are written by hand and only checked here:
``forms.csv``, ``peers.csv`` and the two tile maps.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import heapq
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

HERE = Path(__file__).parent
OUT = HERE.parent / "tilannekuva" / "data" / "regions"

YEARS = range(2013, 2027)
"""Years that there is a key for: the division of 1 January."""
TODAY = YEARS[-1]


class Level(NamedTuple):
    """A level of the register: its columns in the key, and how its codes are written."""

    column: str
    prefix: str
    digits: int
    first: int | None = None
    """First year of the division itself, where it is younger than the keys."""
    last: int | None = None


LEVELS: dict[str, Level] = {
    "maakunta": Level("maakunta", "MK", 2),
    "seutukunta": Level("seutukunta", "SK", 3),
    "hyvinvointialue": Level("hyvinvointialue", "HVA", 2, 2023),
    "nuts1": Level("nuts1", "", 0),
    "nuts2": Level("nuts2", "", 0),
    "ely": Level("ely", "ELY", 2, 2010, 2025),
    "elinvoimakeskus": Level("evk", "EVK", 2, 2026),
    "avi": Level("avi", "AVI", 1, 2010, 2025),
    "tyollisyysalue": Level("tyollisyysalue", "TYA", 2, 2025),
    "sairaanhoitopiiri": Level("sairaanhoitop", "SHP", 2, None, 2022),
}

MERGED = {
    "KU413": "KU609",  # Lavia → Pori 2015
    "KU476": "KU297",  # Maaninka → Kuopio 2015
    "KU838": "KU423",  # Tarvasjoki → Lieto 2015
    "KU283": "KU098",  # Hämeenkoski → Hollola 2016
    "KU164": "KU301",  # Jalasjärvi → Kurikka 2016
    "KU319": "KU783",  # Köyliö → Säkylä 2016
    "KU532": "KU398",  # Nastola → Lahti 2016
    "KU174": "KU297",  # Juankoski → Kuopio 2017
    "KU442": "KU051",  # Luvia → Eurajoki 2017
    "KU911": "KU541",  # Valtimo → Nurmes 2020
    "KU099": "KU214",  # Honkajoki → Kankaanpää 2021
    "KU588": "KU507",  # Pertunmaa → Mäntyharju 2025
}
"""Which municipality a vanished one joined. The keys only show that it is gone."""

EASTERN_UUSIMAA = ("KU018", "KU407", "KU434", "KU504", "KU616", "KU638", "KU753")
"""Municipalities of Itä-Uusimaa (MK20) in 2010: Askola, Lapinjärvi, Loviisa, Myrskylä, Pukkila,
Porvoo, Sipoo. Their population at the end of 2010, 94 382, agrees with the printed 94 353 of
October 2010; Pornainen was in Uusimaa already."""

NUTS_DIVISION = {2006: 2010, 2010: 2015, 2013: 2015, 2016: 2020, 2021: 2020, 2024: TODAY}
"""Which year's division of maakunnat each NUTS version describes."""

OLD_NUTS3 = {
    **{"FI131": "MK10", "FI132": "MK11", "FI133": "MK12", "FI134": "MK18", "FI181": "MK01"},
    **{"FI182": "MK20", "FI183": "MK02", "FI184": "MK05", "FI185": "MK07", "FI186": "MK08"},
    **{"FI187": "MK09", "FI1A1": "MK16", "FI1A2": "MK17", "FI1A3": "MK19"},
    **{"FI1D4": "MK18", "FI1D6": "MK17"},
}
"""NUTS 3 codes that no key shows: NUTS 2006, and the two that Vaala's move ended."""

OLD_NUTS2 = {
    "FI13": ("Itä-Suomi", "Östra Finland", "Eastern Finland"),
    "FI18": ("Etelä-Suomi", "Södra Finland", "Southern Finland"),
    "FI1A": ("Pohjois-Suomi", "Norra Finland", "Northern Finland"),
}

OTHER_SPELLINGS: dict[str, tuple[str, ...]] = {
    "SSS": ("Suomi", "Finland", "Hela riket", "Koko Suomi"),
    "MA1": ("Fastlandsfinland", "Mainland"),
    "MK01": ("Helsinki-Uusimaa", "Helsingfors-Nyland"),
    "MK02": ("VarsinSuomi", "Finland Proper"),
    "MK05": ("Tavastia Proper",),
    "MK07": ("Päijänne Tavastia",),
    "MK09": ("Southern Karelia",),
    "MK10": ("Southern Savonia", "Southern Savo"),
    "MK11": ("PohjSavo", "Northern Savonia", "Northern Savo"),
    "MK12": ("PohjKarjala", "Northern Karelia"),
    "MK14": ("EtelaPohjanm", "Southern Ostrobothnia"),
    "MK16": ("KeskiPohjanm",),
    "MK17": ("PohjPohjanm", "Northern Ostrobothnia"),
    "MK18": ("Kajanalands landskap",),
    "MK19": ("Finnish Lapland",),
    "MK20": ("Eastern Uusimaa",),
    "MK21": ("Åland Islands", "Ahvenanmaa - Åland", "Landskapet Åland", "MA2"),
    "KU091": ("Helsingin kaupunki", "Helsingfors stad", "City of Helsinki"),
    "KU599": ("Pedersöre kommun",),
    "SK153": ("Suupohjan rannikkoseutu",),
    "SK154": ("Pietarsaaren seutukunta",),
    "HVA90": ("Helsingin hyvinvointialue", "Helsinki (hyvinvointialue)"),
    "HVA91": ("Ahvenanmaan hyvinvointialue", "Ahvenanmaa (hyvinvointialue)"),
    "AVI5": ("Pohjois-Suomen AVI (Pohjois-Pohjanmaa + Kainuu)",),
    "skip": ("Extra-Regio", "Extra-Regio NUTS 1", "Extra-Regio NUTS 2", "Extra-Regio NUTS 3"),
}
"""Spellings met in publishers' files, and names in earlier use. A name without its diacritics,
hyphens or capitals needs no row: reading is deaf to them."""

Row = dict[str, str]
Table = list[Row]
Point = tuple[int, int]
Ring = list[Point]
Floats = npt.NDArray[np.float64]


def text(value: str) -> str:
    """The value without the stray blanks that some names in the keys carry."""
    return " ".join(value.split())


def code(level: str, raw: str) -> str:
    """Our code of a region from a key's bare number; the keys have lost the leading zeros.

    >>> code("maakunta", "1"), code("seutukunta", "182"), code("nuts2", "FI1D")
    ('MK01', 'SK182', 'FI1D')
    """
    _, prefix, digits, *_ = LEVELS[level]
    return prefix + raw.zfill(digits)


def municipality(raw: str) -> str:
    """Our code of a municipality.

    >>> municipality("20")
    'KU020'
    """
    return "KU" + raw.zfill(3)


# --- the register -------------------------------------------------------------------------------


def read_keys(folder: Path) -> dict[int, Table]:
    """The key of each year: one row per municipality."""
    keys = {}
    for year in YEARS:
        file = folder / "keys" / f"geofi_municipality_key_{year}.csv"
        with file.open(encoding="utf-8-sig", newline="") as handle:
            rows = list(csv.DictReader(handle))
        if len({r["kunta"] for r in rows}) != len(rows):
            raise SystemExit(f"{file}: a municipality stands twice")
        keys[year] = rows
    return keys


def regions_of(keys: Mapping[int, Table], level: str) -> dict[str, Row]:
    """Every region of a level that a key shows, with its newest names and its years."""
    column = LEVELS[level].column
    found: dict[str, Row] = {}
    for year, rows in keys.items():
        for row in rows:
            raw = row.get(f"{column}_code") or ""
            if not raw:
                continue
            names = {x: text(row[f"{column}_name_{x}"]) for x in ("fi", "sv", "en")}
            if level == "nuts1":  # the key shouts
                names = {x: name.title() for x, name in names.items()}
            old = found.get(code(level, raw), {"first": str(year)})
            found[code(level, raw)] = {**old, **names, "last": str(year)}
    return found


def memberships(keys: Mapping[int, Table]) -> Table:
    """Which region each municipality belonged to, as runs of years."""
    runs: Table = []
    for level, spec in LEVELS.items():
        column = f"{spec.column}_code"
        open_runs: dict[str, Row] = {}
        for year, rows in keys.items():
            for row in rows:
                if not row.get(column):
                    continue
                ku, region = municipality(row["kunta"]), code(level, row[column])
                run = open_runs.get(ku)
                if run and run["region"] == region and run["last_year"] == str(year - 1):
                    run["last_year"] = str(year)
                    continue
                run = {"municipality": ku, "level": level, "region": region}
                run |= {"first_year": str(year), "last_year": str(year)}
                open_runs[ku] = run
                runs.append(run)
    order = list(LEVELS)
    return sorted(runs, key=lambda r: (r["municipality"], order.index(r["level"]), r["first_year"]))


def changes(runs: Table) -> Table:
    """Municipalities that moved from one maakunta to another while they existed."""
    rows = [
        {"first_year": "2011", "municipality": ku, "from": "MK20", "to": "MK01"}
        for ku in EASTERN_UUSIMAA
    ]
    before: dict[str, Row] = {}
    for run in (r for r in runs if r["level"] == "maakunta"):
        old = before.get(run["municipality"])
        if old:
            change = {"first_year": run["first_year"], "municipality": run["municipality"]}
            rows.append(change | {"from": old["region"], "to": run["region"]})
        before[run["municipality"]] = run
    return sorted(rows, key=lambda r: (r["first_year"], r["municipality"]))


def register(keys: Mapping[int, Table], runs: Table) -> Table:
    """One row per region code: names, level, parent, validity, successor."""

    def row(ident: str, level: str, parent: str, fi: str, sv: str, en: str, **more: Any) -> Row:
        names = {"name_fi": fi, "name_sv": sv, "name_en": en}
        rest = {k: str(more.get(k) or "") for k in ("valid_from", "valid_to", "successor")}
        return {"code": ident, "level": level, "parent": parent, **names, **rest}

    rows = [
        row("SSS", "koko_maa", "", "Koko maa", "Hela landet", "Whole country"),
        row("MA1", "manner_suomi", "SSS", "Manner-Suomi", "Fasta Finland", "Mainland Finland"),
    ]
    newest = {
        (r["municipality"], r["level"]): r["region"] for r in runs
    }  # runs are in order of years: the last one stays
    parent_of_sk = {
        region: newest[ku, "maakunta"]
        for (ku, level), region in newest.items()
        if level == "seutukunta"
    }
    for level, spec in LEVELS.items():
        for ident, r in sorted(regions_of(keys, level).items()):
            parent = {"seutukunta": parent_of_sk.get(ident), "nuts2": ident[:3]}.get(level) or "SSS"
            last = spec.last or (int(r["last"]) if int(r["last"]) < TODAY else None)
            rows.append(
                row(
                    ident,
                    level,
                    parent,
                    r["fi"],
                    r["sv"],
                    r["en"],
                    valid_from=spec.first,
                    valid_to=last,
                )
            )
    rows += [row(c, "nuts2", "FI1", *names, valid_to=2011) for c, names in OLD_NUTS2.items()]
    rows.append(
        row(
            "MK20",
            "maakunta",
            "SSS",
            "Itä-Uusimaa",
            "Östra Nyland",
            "East Uusimaa",
            valid_from=1997,
            valid_to=2010,
            successor="MK01",
        )
    )
    for year, key in keys.items():
        present = {municipality(r["kunta"]) for r in keys.get(year + 1, key)}
        for r in key:
            ku = municipality(r["kunta"])
            if year < TODAY and ku in present:
                continue
            if year < TODAY and ku not in MERGED:
                raise SystemExit(f"{ku} vanished after {year}: say in MERGED which it joined")
            names = (text(r[f"municipality_name_{x}"]) for x in ("fi", "sv", "en"))
            end = year if year < TODAY else None
            rows.append(
                row(
                    ku,
                    "kunta",
                    newest[ku, "maakunta"],
                    *names,
                    valid_to=end,
                    successor=MERGED.get(ku),
                )
            )
    vuolijoki = ("Vuolijoki", "Vuolijoki", "Vuolijoki")
    rows.append(row("KU940", "kunta", "MK18", *vuolijoki, valid_to=2006, successor="KU205"))
    order = ["koko_maa", "manner_suomi", "maakunta", "seutukunta", "kunta", *list(LEVELS)[2:]]
    return sorted(rows, key=lambda r: (order.index(r["level"]), r["code"]))


# --- publishers' codes --------------------------------------------------------------------------


def nuts(folder: Path, keys: Mapping[int, Table]) -> Table:
    """Each Finnish NUTS code: which region it is, in which division, in which NUTS versions."""
    versions = defaultdict(set)
    with (folder / "keys" / "all_nuts_codes__FI.csv").open(encoding="utf-8", newline="") as handle:
        for r in csv.DictReader(handle):
            versions[r["code"]].add(int(r["version"]))
    # Where a key pairs this year's maakunta with an older NUTS version, a few municipalities sit in
    # the region that they have left: the majority says which maakunta the code is.
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for rows in keys.values():
        for r in rows:
            if r.get("nuts3_code"):
                votes[r["nuts3_code"]][code("maakunta", r["maakunta_code"])] += 1
    region = {ident: count.most_common(1)[0][0] for ident, count in votes.items()} | OLD_NUTS3
    out: Table = []

    def add(ident: str, target: str, years: Iterable[int]) -> None:
        by_division = defaultdict(list)
        for version in sorted(years):
            by_division[NUTS_DIVISION[version]].append(str(version))
        for division, seen in by_division.items():
            row = {"nuts": ident, "version_first": seen[0], "version_last": seen[-1]}
            out.append(row | {"region": target, "division_year": str(division)})

    add("FI", "SSS", NUTS_DIVISION)
    for ident, years in sorted(versions.items()):
        target = region.get(ident) if len(ident) == 5 else ident
        if target is None:
            raise SystemExit(f"NUTS code {ident}: no key says which maakunta it is")
        add(ident, target, years)
    for ident in ("FIZ", "FIZZ", "FIZZZ"):
        add(ident, "skip", NUTS_DIVISION)
    check_nuts(folder, out)
    return out


def check_nuts(folder: Path, rows: Table) -> None:
    """Most inhabitants of an old NUTS 3 region live in the same maakunta's region of 2021."""
    latest = {r["nuts"]: r["region"] for r in rows}
    now = {r["region"]: r["nuts"] for r in rows if r["version_last"] == "2021"}
    flows: dict[str, dict[str, float]] = defaultdict(dict)
    for old in (2006, 2010, 2013, 2016):
        file = folder / "keys" / f"jrc_nuts3_matrix__FI__n3_cm_v{old}_v2021.csv"
        with file.open(encoding="utf-8", newline="") as handle:
            for r in csv.DictReader(handle):
                flows[r[f"code_v{old}"]][r["code_v2021"]] = float(r["pop21"])
    for ident, to in flows.items():
        most = max(to, key=lambda c: to[c])
        wanted = now["MK01" if latest[ident] == "MK20" else latest[ident]]
        if most != wanted:
            raise SystemExit(f"NUTS {ident} is {latest[ident]} ({wanted}) but flows to {most}")


def aliases(keys: Mapping[int, Table], regions: Table) -> Table:
    """Other spellings of names that a reader or a publisher may use."""
    known = {(r[f"name_{x}"], r["code"]) for r in regions for x in ("fi", "sv", "en")}
    found: dict[tuple[str, str], None] = {}
    for ident, spellings in OTHER_SPELLINGS.items():
        found |= {(s, ident): None for s in spellings}
    for rows in keys.values():
        for r in rows:
            ku = municipality(r["kunta"])
            columns = ("kunta_name", "municipality_name_sv", "municipality_name_en", "name_sv")
            found |= {(text(r[c]), ku): None for c in columns}
            for level in ("seutukunta", "ely", "hyvinvointialue"):
                column = LEVELS[level].column
                if r.get(f"{column}_code"):
                    ident = code(level, r[f"{column}_code"])
                    found |= {(text(r[f"{column}_name_{x}"]), ident): None for x in ("sv", "en")}
    # "X sub-regional unit" is read as X of that level: no row for each.
    pairs = sorted(p for p in found if p not in known and not p[0].endswith(" sub-regional unit"))
    return [{"alias": alias, "code": ident} for alias, ident in pairs]


# --- outlines -----------------------------------------------------------------------------------


def tm35fin(longitude: npt.ArrayLike, latitude: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Project ETRS89 degrees to ETRS-TM35FIN metres (EPSG:3067).

    Krüger's series for the transverse Mercator projection on GRS 80 to the fourth order of the
    third flattening, as in the Finnish recommendation JHS 197; good to well under a millimetre in
    Finland.

    Returns:
        Eastings and northings in metres.
    """
    a, f, k0, central, false_easting = 6378137.0, 1 / 298.257222101, 0.9996, 27.0, 500000.0
    n = f / (2 - f)
    e = np.sqrt(f * (2 - f))
    radius = a / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    series = (
        n / 2 - 2 * n**2 / 3 + 5 * n**3 / 16 + 41 * n**4 / 180,
        13 * n**2 / 48 - 3 * n**3 / 5 + 557 * n**4 / 1440,
        61 * n**3 / 240 - 103 * n**4 / 140,
        49561 * n**4 / 161280,
    )
    phi = np.radians(np.asarray(latitude, dtype=np.float64))
    lam = np.radians(np.asarray(longitude, dtype=np.float64) - central)
    conformal = np.arcsinh(np.tan(phi)) - e * np.arctanh(e * np.sin(phi))
    beta = np.arctan(np.sinh(conformal))
    eta = np.arctanh(np.cos(beta) * np.sin(lam))
    xi = np.arcsin(np.sin(beta) * np.cosh(eta))
    x, y = eta.copy(), xi.copy()
    for j, h in enumerate(series, start=1):
        x += h * np.cos(2 * j * xi) * np.sinh(2 * j * eta)
        y += h * np.sin(2 * j * xi) * np.cosh(2 * j * eta)
    return k0 * radius * x + false_easting, k0 * radius * y


def rings(feature: Mapping[str, Any]) -> Iterator[tuple[Ring, bool]]:
    """The rings of a GeoJSON feature in whole metres, closed, and whether each is a hole."""
    geometry = feature["geometry"]
    polygons = geometry["coordinates"]
    for polygon in polygons if geometry["type"] == "MultiPolygon" else [polygons]:
        for i, ring in enumerate(polygon):
            degrees = np.asarray(ring, dtype=np.float64)
            east, north = tm35fin(degrees[:, 0], degrees[:, 1])
            metres = zip(np.rint(east).astype(int), np.rint(north).astype(int), strict=True)
            points = [(int(x), int(y)) for x, y in metres]
            yield [p for k, p in enumerate(points) if k == 0 or p != points[k - 1]], i > 0


def area(ring: Sequence[Point]) -> float:
    """Signed area of a closed ring in square metres; positive counter-clockwise."""
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(ring)) / 2


def simplify(points: Ring, smallest: float, keep: int) -> Ring:
    """Visvalingam's simplification of a line: drop the point whose triangle is smallest.

    Args:
        points: The line; both ends always stay.
        smallest: Triangles of fewer square metres than this go.
        keep: Never fewer points than this.
    """
    count = len(points)
    before, after = list(range(-1, count - 1)), list(range(1, count + 1))

    def triangle(i: int) -> float:
        (ax, ay), (bx, by), (cx, cy) = points[before[i]], points[i], points[after[i]]
        return abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2

    heap = [(triangle(i), i) for i in range(1, count - 1)]
    heapq.heapify(heap)
    current = {i: size for size, i in heap}
    left, largest = count, 0.0
    while heap and left > keep:
        size, i = heapq.heappop(heap)
        if current.get(i) != size:
            continue
        # A point may not look smaller than one that went before it only because that one went.
        largest = max(largest, size)
        if largest >= smallest:
            break
        del current[i]
        left -= 1
        after[before[i]], before[after[i]] = after[i], before[i]
        for j in (before[i], after[i]):
            if 0 < j < count - 1:
                current[j] = triangle(j)
                heapq.heappush(heap, (current[j], j))
    return [p for i, p in enumerate(points) if i in (0, count - 1) or i in current]


def nodes(all_rings: Iterable[Ring]) -> set[Point]:
    """Points where borders meet: those whose neighbours differ from ring to ring."""
    neighbours: dict[Point, set[Point]] = {}
    meeting = set()
    for ring in all_rings:
        closed = [ring[-2], *ring]
        for left, point, right in zip(closed, closed[1:], closed[2:], strict=False):
            pair = {left, right}
            if neighbours.setdefault(point, pair) != pair:
                meeting.add(point)
    return meeting


def simplify_together(areas: Mapping[str, list[Ring]], smallest: float) -> dict[str, list[Ring]]:
    """Simplify outlines so that a border between two areas stays one and the same line."""
    meeting = nodes(r for area_rings in areas.values() for r in area_rings)
    done: dict[tuple[Point, ...], Ring] = {}

    def arc(points: Ring, limit: float, keep: int) -> Ring:
        forward, backward = tuple(points), tuple(reversed(points))
        key = min(forward, backward)
        if key not in done:
            done[key] = simplify(list(key), limit, keep)
        return done[key] if key == forward else done[key][::-1]

    def whole(ring: Ring) -> Ring:
        cuts = [i for i, p in enumerate(ring[:-1]) if p in meeting]
        # An island starts at its lowest point, so that the result does not hang on the file.
        start = cuts[0] if cuts else min(range(len(ring) - 1), key=lambda i: ring[i])
        turned = [*ring[start:-1], *ring[: start + 1]]
        stops = [i for i, p in enumerate(turned) if i == 0 or p in meeting]
        stops += [] if stops[-1] == len(turned) - 1 else [len(turned) - 1]
        pieces = [turned[a : b + 1] for a, b in pairwise(stops)]
        keep = 4 if len(pieces) == 1 else 3 if len(pieces) == 2 else 2
        # What is a wrinkle on a coast is half of a small island.
        limit = smallest if cuts else min(smallest, abs(area(ring)) / 40)
        out = [turned[0]]
        for piece in pieces:
            out += arc(piece, limit, keep)[1:]
        return out

    return {ident: [whole(r) for r in area_rings] for ident, area_rings in areas.items()}


def outlines(
    features: Mapping[str, Mapping[str, Any]], islet: float, islets: Mapping[str, float]
) -> dict[str, list[Ring]]:
    """Rings of each area: outer ones counter-clockwise, holes clockwise, islets dropped.

    Args:
        features: Code → GeoJSON feature.
        islet: Rings of fewer square metres go, but never an area's largest.
        islets: The same limit for single areas.
    """
    out: dict[str, list[Ring]] = {}
    for ident, feature in sorted(features.items()):
        found = [
            (abs(area(r)), r if (area(r) < 0) == hole else r[::-1], hole)
            for r, hole in rings(feature)
            if len(r) > 3
        ]
        limit = islets.get(ident, islet)
        largest = max(size for size, _, hole in found if not hole)
        kept = [(s, r) for s, r, hole in found if hole or s >= min(limit, largest)]
        out[ident] = [r for _, r in sorted(kept, key=lambda t: (-t[0], t[1]))]
    return out


def inside(point: Point, ring: Ring) -> bool:
    """Whether a point is inside a ring (ray to the east)."""
    x, y = point
    odd = False
    for (x0, y0), (x1, y1) in pairwise(ring):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
            odd = not odd
    return odd


def shapes(folder: Path, regions: Table) -> tuple[dict[str, list[Ring]], dict[str, list[Ring]]]:
    """Outlines of the 19 maakunnat (simplified) and of the 308 municipalities (as published)."""
    name_to_code = {r["name_fi"]: r["code"] for r in regions if r["level"] == "maakunta"}
    file = folder / "geometry" / "statfin_maakunnat_4326.geojson"
    features = json.loads(file.read_text(encoding="utf-8"))["features"]
    by_code = {name_to_code[f["properties"]["nimi"]]: f for f in features}
    # Åland is an archipelago: with the mainland's limit it would lose its shape.
    maakunnat = simplify_together(
        outlines(by_code, islet=25e6, islets={"MK21": 3e6, "MK02": 15e6}), smallest=900_000.0
    )
    file = folder / "geometry" / "statfin_kunta1000k_2025_with_province.geojson"
    features = json.loads(file.read_text(encoding="utf-8"))["features"]
    by_ku = {municipality(f["properties"]["kunta"]): f for f in features}
    municipalities = outlines(by_ku, islet=4e6, islets={})
    today = {r["code"]: r["parent"] for r in regions if r["level"] == "kunta" and not r["valid_to"]}
    if set(municipalities) != set(today):
        raise SystemExit(f"{file.name}: other municipalities than in the key of {TODAY}")
    # The outlines state no year: each municipality's middle must fall in its maakunta of today.
    for ku, (largest, *_) in municipalities.items():
        count = len(largest)
        middle = (sum(x for x, _ in largest) // count, sum(y for _, y in largest) // count)
        if inside(middle, largest):
            holders = [m for m, rs in maakunnat.items() if any(inside(middle, r) for r in rs)]
            if holders and holders != [today[ku]]:
                raise SystemExit(f"{ku} lies in {holders} on the map, in {today[ku]} in the key")
    return maakunnat, municipalities


# --- writing ------------------------------------------------------------------------------------

STATFIN = "Statistics Finland"
CC_BY = "CC BY 4.0"
GEOFI = "https://github.com/rOpenGov/geofi"

SOURCES: tuple[dict[str, Any], ...] = (
    {
        "files": ["regions.csv", "memberships.csv", "changes.csv"],
        "publisher": STATFIN,
        "table": "Classifications of municipalities and municipality-based regions 2013–2026",
        "vintage": "divisions of 1 January 2013 … 1 January 2026",
        "licence": CC_BY,
        "address": GEOFI,
        "originals": [f"keys/geofi_municipality_key_{y}.csv" for y in YEARS],
        "note": "Codes padded and given a prefix. parent = the parent in the division of 1.1.2026: "
        "a municipality's and a seutukunta's is its maakunta, every other region's is SSS (NUTS 2: "
        "NUTS 1); a region that is gone keeps its last parent. valid_to is the last whole year. "
        "Successors of merged municipalities, MK20 Itä-Uusimaa and its seven municipalities, KU940 "
        "Vuolijoki and the NUTS 2 names of 2006 were written by hand from public knowledge. "
        "Prefixes TYA (employment areas) and SHP (hospital districts) are ours. The keys show the "
        "wellbeing services counties from 2018 on, before they began in 2023. Moves of parts of "
        "municipalities, and of Himanka (2010), Kiikoinen and Suomenniemi (2013) to another "
        "maakunta in a merger, are not in changes.csv.",
    },
    {
        "files": ["nuts.csv"],
        "publisher": "Eurostat",
        "table": "NUTS codes 2006–2024 and flows between versions",
        "vintage": "NUTS 2006, 2010, 2013, 2016, 2021, 2024",
        "licence": "CC BY 4.0 (reuse with acknowledgement)",
        "address": "https://github.com/ropensci/nuts",
        "originals": [
            "keys/all_nuts_codes__FI.csv",
            *[f"keys/jrc_nuts3_matrix__FI__n3_cm_v{y}_v2021.csv" for y in (2006, 2010, 2013, 2016)],
        ],
        "note": "region and division_year are ours: which maakunta, with the members of what year. "
        "`skip` marks extra-regio, which is in the country but in no region.",
    },
    {
        "files": ["aliases.csv"],
        "publisher": STATFIN,
        "table": "Names in the classifications 2013–2026; other spellings added by hand",
        "vintage": "1 January 2013 … 1 January 2026",
        "licence": CC_BY,
        "address": GEOFI,
        "originals": [f"keys/geofi_municipality_key_{y}.csv" for y in YEARS],
        "note": "Only spellings that differ from the register by more than capitals, hyphens and "
        "diacritics, which reading ignores.",
    },
    {
        "files": ["shapes_maakunta.json"],
        "publisher": STATFIN,
        "table": "Tilastointialueet: maakunnat (generalised 1:1 000 000)",
        "vintage": "year not stated; agrees with the division of 1 January 2026",
        "licence": CC_BY,
        "address": "https://github.com/tuopouk/suomenavainalueet",
        "originals": ["geometry/statfin_maakunnat_4326.geojson"],
        "note": "Projected to EPSG:3067, simplified with shared borders, small islands dropped.",
    },
    {
        "files": ["shapes_municipalities.json"],
        "publisher": STATFIN,
        "table": "Tilastointialueet: kunta1000k_2025",
        "vintage": "1 January 2025 (the municipalities of 2026 are the same)",
        "licence": CC_BY,
        "address": "https://geo.stat.fi/geoserver/tilastointialueet/wfs",
        "originals": ["geometry/statfin_kunta1000k_2025_with_province.geojson"],
        "note": "Projected to EPSG:3067, small islands dropped.",
    },
    {
        "files": ["forms.csv", "peers.csv", "tiles_maakunta.csv", "tiles_kainuu.csv"],
        "publisher": "tilannekuva",
        "table": "written for this project",
        "vintage": "2026",
        "licence": "MIT",
        "address": "",
        "originals": [],
        "note": "forms.csv: case forms follow local usage; a region whose forms are uncertain has "
        "no row. peers.csv: for comparison until the region is asked.",
    },
)


def write_csv(path: Path, rows: Table) -> None:
    """Write a table; the columns are the keys of its first row."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_shapes(path: Path, areas: Mapping[str, list[Ring]], source: Mapping[str, Any]) -> None:
    """Write outlines as compact JSON: code → rings of [easting, northing] in whole metres."""
    head = {"crs": "EPSG:3067", "source": f"{source['publisher']}, {source['table']}"}
    head |= {"vintage": source["vintage"], "licence": source["licence"]}
    lines = [
        f"{json.dumps(ident)}:{json.dumps(area_rings, separators=(',', ':'))}"
        for ident, area_rings in areas.items()
    ]
    body = ",\n".join(lines)
    start = json.dumps(head, ensure_ascii=False)[:-1]
    path.write_text(f'{start}, "areas": {{\n{body}\n}}}}\n', encoding="utf-8")


def toml_value(value: object) -> str:
    """A string or a list of strings as TOML.

    >>> toml_value(["a", "b"])
    '["a", "b"]'
    """
    return json.dumps(value, ensure_ascii=False)


def write_sources(path: Path, folder: Path) -> None:
    """Write where each table is from, with the hash of every file it was read from."""
    lines = ["# Written by data/carry_regions.py: where each table of this folder is from."]
    for source in SOURCES:
        originals: list[str] = source["originals"]
        hashes = [hashlib.sha256((folder / o).read_bytes()).hexdigest() for o in originals]
        lines.append("\n[[table]]")
        lines += [f"{k} = {toml_value(v)}" for k, v in source.items() if v]
        lines += [f"original_sha256 = {toml_value(hashes)}"] if hashes else []
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def check_by_hand(out: Path, regions: Table) -> None:
    """The tables written by hand name no code that the register does not have."""
    known = {r["code"] for r in regions}
    for name, columns in (
        ("forms.csv", ("code",)),
        ("peers.csv", ("region", "peer")),
        ("tiles_maakunta.csv", ("code",)),
        ("tiles_kainuu.csv", ("code",)),
    ):
        with (out / name).open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
        unknown = sorted({r[c] for r in rows for c in columns} - known)
        if unknown:
            raise SystemExit(f"{name}: codes that the register does not have: {unknown}")


def main() -> None:
    """Read the public files and write every table."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = HERE.parent.parent / "shared" / "data"
    parser.add_argument("folder", type=Path, nargs="?", default=default)
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    keys = read_keys(args.folder)
    runs = memberships(keys)
    regions = register(keys, runs)
    maakunnat, municipalities = shapes(args.folder, regions)
    args.out.mkdir(parents=True, exist_ok=True)
    write_csv(args.out / "regions.csv", regions)
    write_csv(args.out / "memberships.csv", runs)
    write_csv(args.out / "changes.csv", changes(runs))
    write_csv(args.out / "nuts.csv", nuts(args.folder, keys))
    write_csv(args.out / "aliases.csv", aliases(keys, regions))
    by_file = {file: source for source in SOURCES for file in source["files"]}
    for name, areas in (
        ("shapes_maakunta.json", maakunnat),
        ("shapes_municipalities.json", municipalities),
    ):
        write_shapes(args.out / name, areas, by_file[name])
    write_sources(args.out / "SOURCES.toml", args.folder)
    check_by_hand(args.out, regions)
    for name, areas in (("maakunnat", maakunnat), ("municipalities", municipalities)):
        points = sum(len(r) for rs in areas.values() for r in rs)
        print(f"{name}: {len(areas)} areas, {points} points")
    print(f"{len(regions)} regions, {len(runs)} runs of membership in {args.out}")


if __name__ == "__main__":
    main()
