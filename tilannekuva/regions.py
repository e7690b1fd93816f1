"""Regions: finding them, recoding a publisher's codes, saying what they are called and made of.

This is the room to enter by. Below it are :mod:`tilannekuva.region_names` (names and publishers'
codes) and :mod:`tilannekuva.region_codes` (the dated register: members, divisions, the notation
``MK18@2015``); their public functions are handed on here.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Sequence
from functools import cache

from tilannekuva.errors import CatalogueError
from tilannekuva.model import Region, Text
from tilannekuva.region_codes import (
    FOLDER,
    LEVELS,
    area,
    base,
    children,
    dated,
    division,
    holder,
    members,
    region,
    regions,
    table,
)
from tilannekuva.region_names import find, forms, recode, slug

__all__ = [
    "LEVELS",
    "area_of_pictures",
    "base",
    "break_notes",
    "children",
    "dated",
    "division",
    "find",
    "forms",
    "members",
    "peer_reasons",
    "peers",
    "recode",
    "region",
    "regions",
    "shapes",
    "slug",
    "tiles",
]

SHAPES = {"maakunta": "shapes_maakunta", "kunta": "shapes_municipalities"}
TILES = ("maakunta", "kainuu")


def _list(names: Sequence[str], conjunction: str) -> str:
    *most, last = names
    return f"{', '.join(most)} {conjunction} {last}" if most else last


def _place(code: str, level: str, *, into: bool) -> Text:
    """Into or out of a region, as a phrase: "to the region of Kainuu"."""
    f = forms(code)
    if level == "maakunta":
        fi = f["fi_genitive"] + (" maakuntaan" if into else " maakunnasta")
        sv, en = f"landskapet {f['sv_name']}", f"the region of {f['en_name']}"
    else:
        fi = f["fi_illative"] if into else f["fi_elative"]
        sv, en = f["sv_name"], f"the {f['en_name']}"
    return Text(
        fi=fi, sv=f"{'till' if into else 'från'} {sv}", en=f"{'to' if into else 'from'} {en}"
    )


def _moved(municipalities: Iterable[str], code: str, level: str, year: int, *, into: bool) -> Text:
    named = [region(m).names for m in sorted(municipalities)]
    place = _place(code, level, into=into)
    verb = "siirtyi" if len(named) == 1 else "siirtyivät"
    return Text(
        fi=f"{_list([n.fi for n in named], 'ja')} {verb} {place.fi} 1.1.{year}",
        sv=f"{_list([n.sv for n in named], 'och')} överfördes {place.sv} 1.1.{year}",
        en=f"{_list([n.en for n in named], 'and')} moved {place.en} on 1 January {year}",
    )


def _merged(municipalities: Iterable[str], year: int) -> Text:
    named = [region(m).names for m in sorted(municipalities)]
    merged = "was merged" if len(named) == 1 else "were merged"
    day = f"1 January {year}"
    return Text(
        fi=f"{_list([n.fi for n in named], 'ja')} liitettiin kuntaan 1.1.{year}",
        sv=f"{_list([n.sv for n in named], 'och')} slogs samman med kommunen 1.1.{year}",
        en=f"{_list([n.en for n in named], 'and')} {merged} into the municipality on {day}",
    )


def break_notes(code: str) -> list[tuple[int, Text]]:
    """What changed in a region's area: (first year of the new area, a note in three languages).

    >>> [(year, note.fi) for year, note in break_notes("MK18")]
    [(2016, 'Vaala siirtyi Pohjois-Pohjanmaan maakuntaan 1.1.2016')]
    >>> break_notes("MK17")[0][1].en
    'Vaala moved from the region of Kainuu on 1 January 2016'
    """
    code = base(code)
    level = region(code).level
    others = [r.code for r in regions(level, past=True) if r.code != code]
    starts = {int(row["first_year"]) for row in table("changes")}
    starts |= {r.valid_to + 1 for r in regions("kunta", past=True) if r.valid_to is not None}
    notes = []
    for year in sorted(starts):
        before, after = area(code, year - 1), area(code, year)
        if before == after:
            continue
        if level == "kunta":
            if before and after - before:
                notes.append((year, _merged(after - before, year)))
            continue
        for other in others:
            for moved, into in (
                (before & area(other, year), True),
                (after & area(other, year - 1), False),
            ):
                if moved:
                    then = {holder(m, year - 1) for m in moved}
                    notes.append((year, _moved(then, other, level, year, into=into)))
    return notes


def peers(code: str) -> tuple[str, ...]:
    """The regions that a region is set beside, for want of its own choice.

    >>> peers("MK18")
    ('MK12', 'MK10', 'MK19', 'MK17')
    """
    return tuple(peer for peer, _ in peer_reasons(code))


def peer_reasons(code: str) -> tuple[tuple[str, Text], ...]:
    """The same regions, each with the reason why it is comparable.

    >>> peer_reasons("MK18")[2][1].en
    'Sparsely populated northern region'
    """
    return tuple(
        (row["peer"], Text(fi=row["reason_fi"], sv=row["reason_sv"], en=row["reason_en"]))
        for row in table("peers")
        if row["region"] == base(code)
    )


@cache
def shapes(level: str) -> dict[str, list[list[tuple[int, int]]]]:
    """Outlines for a map: code → closed rings of (easting, northing) in metres, EPSG:3067.

    Outer rings run counter-clockwise and holes clockwise; the largest ring comes first. Borders
    that two areas share are made of the same points.

    Args:
        level: ``maakunta`` or ``kunta``.

    Raises:
        CatalogueError: There are no outlines of that level.

    >>> len(shapes("maakunta")), len(shapes("kunta"))
    (19, 308)
    """
    if level not in SHAPES:
        raise CatalogueError(f"no outlines of '{level}'; there are {', '.join(SHAPES)}")
    read = json.loads((FOLDER / f"{SHAPES[level]}.json").read_text(encoding="utf-8"))
    return {
        code: [[(x, y) for x, y in ring] for ring in rings] for code, rings in read["areas"].items()
    }


def tiles(name: str) -> dict[str, tuple[int, int]]:
    """A tile map: code → (row, column), both from 1, north up.

    Args:
        name: ``maakunta`` or ``kainuu`` (its municipalities).

    Raises:
        CatalogueError: There is no such tile map.

    >>> tiles("kainuu")["KU205"]
    (3, 1)
    """
    if name not in TILES:
        raise CatalogueError(f"no tile map '{name}'; there are {', '.join(TILES)}")
    return {row["code"]: (int(row["row"]), int(row["col"])) for row in table(f"tiles_{name}")}


def area_of_pictures(name: str) -> Region:
    """The region of a name or code, if pictures are made of its level.

    Raises:
        CatalogueError: Not known, not a region of today, or a code with a year: today's figures are
            not what it asks.

    >>> area_of_pictures("Kajanaland").code, area_of_pictures("FI1D8").code
    ('MK18', 'MK18')
    >>> area_of_pictures("Kajaani")
    Traceback (most recent call last):
    tilannekuva.errors.CatalogueError: 'Kajaani' is Kajaani (KU205), not a region (maakunta) ...
    """
    bare, dated, year = name.partition("@")
    if dated:
        today = area_of_pictures(bare)
        raise CatalogueError(
            f"'{name}' is {today.names.fi} in the division of {year}; pictures are made of today's "
            f"regions: write {today.code}. Figures of earlier divisions are in the one table"
        )
    try:
        found = find(name)
    except CatalogueError as error:
        near = _nearest_of_pictures(name)
        if near is None:
            raise
        raise CatalogueError(f"no region is called '{name}'; did you mean {near}?") from error
    today_ = region(base(found.code))
    if today_.level == "maakunta" and today_.valid_to is None:
        return today_
    parent = found.parent if found.parent and region(found.parent).level == "maakunta" else "MK18"
    raise CatalogueError(
        f"'{name}' is {found.names.fi} ({found.code}), not a region (maakunta) of today; pictures "
        f"are made of those: try '{region(parent).names.fi}' or 'all'"
    )


def _nearest_of_pictures(name: str) -> str | None:
    """The region of pictures nearest to a misspelt name: "kainnu" is not the town of Kannus."""
    names = {
        spelling.casefold(): r
        for r in regions("maakunta")
        for spelling in (slug(r.code), r.names.en, r.names.sv, r.names.fi)
    }
    close = difflib.get_close_matches(name.casefold(), names, n=1, cutoff=0.7)
    return f"{names[close[0]].names.fi} ({names[close[0]].code})" if close else None
