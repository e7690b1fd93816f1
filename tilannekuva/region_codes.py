"""The dated register of region codes: who is a member of what, in the division of which year.

A bare code (``MK18``) means today's members. A figure whose publisher used other members carries
the last year of that division (``MK18@2015`` is Kainuu with Vaala). Two areas are compared by the
municipalities that they are made of. Municipalities only ever merge in this register, so the ones
that have ever existed are its atoms: every later municipality is a set of them.

Read :mod:`tilannekuva.regions` first; this is the room below it.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tilannekuva.errors import CatalogueError
from tilannekuva.model import Region, Text

__all__ = [
    "LEVELS",
    "area",
    "atoms",
    "base",
    "children",
    "dated",
    "division",
    "divisions",
    "exists",
    "holder",
    "level",
    "members",
    "membership",
    "region",
    "regions",
    "table",
    "today",
]

FOLDER = Path(__file__).parent / "data" / "regions"

LEVELS = (
    "koko_maa",
    "manner_suomi",
    "maakunta",
    "kunta",
    "seutukunta",
    "hyvinvointialue",
    "nuts1",
    "nuts2",
    "ely",
    "elinvoimakeskus",
    "avi",
    "tyollisyysalue",
    "sairaanhoitopiiri",
)
"""Levels in the order in which a name is understood: "Kajaani" is the town, not its seutukunta."""


@cache
def table(name: str) -> tuple[Mapping[str, str], ...]:
    """The rows of one table of the register.

    >>> table("changes")[7]["municipality"]
    'KU785'
    """
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return tuple(csv.DictReader(handle))


@cache
def _register() -> Mapping[str, Region]:
    return {
        row["code"]: Region(
            code=row["code"],
            level=row["level"],
            parent=row["parent"] or None,
            names=Text(fi=row["name_fi"], sv=row["name_sv"], en=row["name_en"]),
            valid_from=int(row["valid_from"]) if row["valid_from"] else None,
            valid_to=int(row["valid_to"]) if row["valid_to"] else None,
            successor=row["successor"] or None,
        )
        for row in table("regions")
    }


def base(code: str) -> str:
    """The code without its division.

    >>> base("MK18@2015"), base("MK18")
    ('MK18', 'MK18')
    """
    return code.partition("@")[0]


def division(code: str) -> int | None:
    """The division that a code carries: the last year of those members, or None for today's.

    >>> division("MK18@2015"), division("MK18")
    (2015, None)
    """
    year = code.partition("@")[2]
    return int(year) if year else None


def exists(code: str) -> bool:
    """Whether the register has this code, in whatever division.

    >>> exists("KU205"), exists("MK18@2015"), exists("MK03")
    (True, True, False)
    """
    return base(code) in _register()


def region(code: str) -> Region:
    """The region of a code of the register.

    A dated code gives the same names and parent, its own last year, and as its successor the region
    with today's members.

    Raises:
        CatalogueError: The register has no such code.

    >>> region("MK18").names.sv, region("KU911").successor, region("MK18@2015").valid_to
    ('Kajanaland', 'KU541', 2015)
    """
    found = _register().get(base(code))
    if found is None:
        raise CatalogueError(f"'{code}' is not a code of the region register; look it up by name")
    year = division(code)
    if year is None:
        return found
    return found.model_copy(update={"code": code, "valid_to": year, "successor": found.code})


def regions(level: str, *, past: bool = False) -> tuple[Region, ...]:
    """Today's regions of a level, ordered by code.

    Args:
        level: One of ``LEVELS``.
        past: Take those along that no longer exist.

    Raises:
        CatalogueError: There is no such level.

    >>> len(regions("maakunta")), len(regions("kunta")), regions("maakunta")[-1].code
    (19, 308, 'MK21')
    """
    if level not in LEVELS:
        raise CatalogueError(f"'{level}' is not a level of regions; levels are {', '.join(LEVELS)}")
    found = (r for r in _register().values() if r.level == level)
    return tuple(sorted((r for r in found if past or r.valid_to is None), key=lambda r: r.code))


@cache
def _runs() -> Mapping[str, Mapping[str, tuple[tuple[int, int, str], ...]]]:
    """Level → municipality → (first year, last year, region)."""
    found: dict[str, dict[str, tuple[tuple[int, int, str], ...]]] = {}
    for row in table("memberships"):
        of_level = found.setdefault(row["level"], {})
        run = (int(row["first_year"]), int(row["last_year"]), row["region"])
        of_level[row["municipality"]] = (*of_level.get(row["municipality"], ()), run)
    return found


@cache
def today() -> int:
    """The year whose division a bare code means.

    >>> today()
    2026
    """
    return max(last for runs in _runs()["maakunta"].values() for _, last, _ in runs)


@cache
def _span(level: str) -> tuple[int, int]:
    """First and last year that the members of a level are known for."""
    runs = [run for of_one in _runs()[level].values() for run in of_one]
    return min(r[0] for r in runs), max(r[1] for r in runs)


def holder(municipality: str, year: int) -> str:
    """The municipality that a municipality's area belonged to on 1 January of a year.

    >>> holder("KU940", 2006), holder("KU940", 2007)
    ('KU940', 'KU205')
    """
    while True:
        found = _register()[municipality]
        if found.valid_to is None or found.valid_to >= year or found.successor is None:
            return municipality
        municipality = found.successor


@cache
def _division(level: str, year: int) -> Mapping[str, str]:
    """Every municipality that has ever existed → the region that its area was in."""
    atoms = [code for code, r in _register().items() if r.level == "kunta"]
    if level == "kunta":
        return {a: holder(a, year) for a in atoms}
    first, last = _span(level)
    known = min(max(year, first), last)
    # Years before the oldest key have its members, but for the moves that are known by date.
    undone = {
        row["municipality"]: row["from"]
        for row in reversed(table("changes"))
        if level == "maakunta" and year < int(row["first_year"]) <= first
    }
    found = {}
    for atom in atoms:
        of_one = _runs()[level].get(holder(atom, known), ())
        now = next((r for start, end, r in of_one if start <= known <= end), None)
        if now is not None:
            found[atom] = undone.get(atom, now)
    return found


@cache
def _areas(level: str, year: int) -> Mapping[str, frozenset[str]]:
    """The same the other way round: region → the municipalities that its area is made of."""
    found: dict[str, set[str]] = {}
    for atom, r in _division(level, year).items():
        found.setdefault(r, set()).add(atom)
    return {r: frozenset(atoms) for r, atoms in found.items()}


def area(code: str, year: int) -> frozenset[str]:
    """The municipalities of all times that a region consisted of in a year's division.

    Comparable across years and levels, which sets of that year's municipality codes are not. Empty
    for a region that did not exist, or whose members the register does not know.

    >>> sorted(area("MK18", 2015) - area("MK18", 2016)), sorted(area("KU205", 2026))
    (['KU785'], ['KU205', 'KU940'])
    """
    found = region(base(code))
    if found.level == "koko_maa":
        return frozenset(_division("kunta", year))
    level, wanted = ("nuts1", "FI1") if found.level == "manner_suomi" else (found.level, found.code)
    if level not in _runs() and level != "kunta":
        return frozenset()
    return _areas(level, year).get(wanted, frozenset())


def atoms(code: str) -> frozenset[str]:
    """The area that a code means by itself: of its division, of today, or of its last year.

    >>> sorted(atoms("KU541")), sorted(atoms("KU541@2019")), sorted(atoms("KU911"))
    (['KU541', 'KU911'], ['KU541'], ['KU911'])
    """
    return area(base(code), division(code) or region(code).valid_to or today())


@cache
def dated(code: str, division_year: int) -> str:
    """A code for the members that a region had in a year's division.

    Before 2013 the members are those of 2013, but for the moves in ``changes.csv`` and the
    municipal mergers that the register knows. A region that no longer exists keeps its bare code
    for the members it had last.

    Args:
        code: A bare code.
        division_year: The year whose division of 1 January the figures are in.

    Returns:
        The bare code where the area is that of today, else ``code@Y`` with Y the last year that had
        the same area.

    >>> dated("MK18", 2010), dated("MK18", 2016), dated("MK10", 2015), dated("MK01", 2005)
    ('MK18@2015', 'MK18', 'MK10@2020', 'MK01@2010')
    """
    then = area(code, division_year)
    if not then or then == atoms(base(code)):
        return base(code)
    year = division_year
    while area(code, year + 1) == then:
        year += 1
    return f"{base(code)}@{year}"


def members(code: str, year: int | None = None) -> frozenset[str]:
    """The municipalities of a region in a year's division, as today's municipality codes.

    A municipality that has merged since stands as the one that it joined, also where only a part of
    that one was in the region. :func:`dated` is exact about this, a set of codes cannot be.

    Args:
        code: A code, bare or dated.
        year: The division; without it the code's own, or today's.

    >>> len(members("MK18")), sorted(members("MK18@2015") - members("MK18"))
    (8, ['KU785'])
    """
    then = atoms(code) if year is None else area(code, year)
    return frozenset(holder(atom, today()) for atom in then)


@cache
def children(code: str, level: str) -> tuple[str, ...]:
    """Today's regions of a level that lie wholly in a region, ordered by code.

    >>> children("MK18", "seutukunta"), len(children("MK18", "kunta"))
    (('SK181', 'SK182'), 8)
    """
    whole = atoms(code)
    inside = (r.code for r in regions(level) if r.code != code)
    return tuple(c for c in inside if area(c, today()) and area(c, today()) <= whole)


@cache
def level(code: str) -> str:
    """The level of a code, bare or dated.

    >>> level("KU205"), level("MK18@2015"), level("SSS")
    ('kunta', 'maakunta', 'koko_maa')
    """
    return region(base(code)).level


@cache
def divisions(of_level: str) -> tuple[int, ...]:
    """Years whose divisions of a level differ from each other, newest first; today's comes first.

    Every other year has the same members as one of these.

    >>> divisions("maakunta")
    (2026, 2020, 2015, 2010)
    """
    span = range(1990, today() + 1)
    ends = {division(dated(r.code, y)) for r in regions(of_level) for y in span}
    years = {end for end in ends if end is not None}
    return (today(), *sorted(years, reverse=True))


@cache
def membership(of_level: str) -> tuple[dict[str, str], dict[str, str], dict[str, int]]:
    """What a sum over municipalities needs to be whole.

    Returns:
        Municipality of any year → region of the level today; municipality of any year → today's
        municipality; region → how many of today's municipalities it has. The municipalities are
        those that exist, those that are gone, and today's as they were before a merger
        (``KU541@2019``). One whose area is now in two regions cannot occur: they only merge.

    >>> home, successor, size = membership("maakunta")
    >>> home["KU205"], successor["KU940"], successor["KU541@2019"], size["MK18"]
    ('MK18', 'KU205', 'KU541', 8)
    """
    now = today()
    every = [r.code for r in regions("kunta", past=True)]
    earlier = {dated(r.code, y) for r in regions("kunta") for y in divisions("kunta")}
    successor = {code: holder(base(code), now) for code in sorted({*every, *earlier})}
    place = _division(of_level, now) if of_level != "koko_maa" else dict.fromkeys(every, "SSS")
    home = {code: place[now_in] for code, now_in in successor.items() if now_in in place}
    size = {r: len({successor[c] for c in home if home[c] == r}) for r in set(home.values())}
    return home, successor, size
