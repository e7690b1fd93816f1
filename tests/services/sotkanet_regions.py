"""The regions that the local Sotkanet knows, made from the project's register of regions.

Codes, names and membership come from the register; the ids are Sotkanet's own. The ids that the
publisher is known to use are kept, the others are made up, and no id is the number of its code: a
reader who joins on the code instead of the id meets the wrong region.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import count

from tilannekuva import region_codes

__all__ = ["AREAS", "Region", "find", "packaged"]

AREAS = {
    "KUNTA": "Kunta",
    "MAAKUNTA": "Maakunta",
    "HYVINVOINTIALUE": "Hyvinvointialue",
    "SEUTUKUNTA": "Seutukunta",
    "SAIRAANHOITOPIIRI": "Sairaanhoitopiiri",
    "ELY-KESKUS": "Ely-keskus",
    "NUTS1": "Nuts1",
    "MAA": "Maa",
    "POHJOISMAAT": "Pohjoismaat",
}
"""Category as the regions spell it → as the indicators do."""

_WHOLE, _MAINLAND, _ISLANDS = 658, 727, 728

_NORDIC = (
    (1045, "246", "Suomi", "Finland", "Finland"),
    (1044, "752", "Ruotsi", "Sverige", "Sweden"),
    (1043, "578", "Norja", "Norge", "Norway"),
    (1046, "208", "Tanska", "Danmark", "Denmark"),
    (1042, "352", "Islanti", "Island", "Iceland"),
    (1041, "813", "Grönlanti", "Grönland", "Greenland"),
    (1047, "33", "Pohjoismaat", "Norden", "Nordic countries"),
)

# Known ids of the publisher that the running numbers below would not give.
_KNOWN = {
    "KU005": 2, "KU009": 4, "KU091": 46, "KU205": 94, "KU105": 54, "SK181": 587, "SK182": 588,
    "SHP10": 609, "SHP11": 608, "SHP25": 629,
}  # fmt: skip


@dataclass(frozen=True)
class Region:
    """One row of ``/regions``."""

    id: int
    code: str
    category: str
    title: Mapping[str, str]
    member_of: tuple[int, ...] = ()

    def shown(self) -> dict[str, object]:
        return {
            "id": self.id,
            "code": self.code,
            "category": self.category,
            "title": dict(self.title),
            "memberOf": list(self.member_of),
        }


def _numbered(codes: Iterable[str], start: int) -> Iterator[tuple[str, int]]:
    """Codes of the register with ids: the known one, else the next free number."""
    free = (n for n in count(start) if n not in _KNOWN.values())
    for code in codes:
        digits = code.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        number = _KNOWN.get(code) or next(n for n in free if n != int(digits))
        yield code, number


def _title(code: str) -> dict[str, str]:
    names = region_codes.region(code).names
    return {"fi": names.fi, "sv": names.sv, "en": names.en}


def _codes(level: str, *, past: bool = False, by_name: bool = False) -> list[str]:
    found = region_codes.regions(level, past=past)
    return [r.code for r in sorted(found, key=lambda r: r.names.fi if by_name else r.code)]


@cache
def packaged() -> tuple[Region, ...]:
    """Every region: merged municipalities stay in the list, as they do at the publisher."""
    ids: dict[str, int] = {}
    # The publisher numbers its maakunnat by code and its wellbeing counties by name.
    ids.update(_numbered(_codes("maakunta"), 488))
    ids.update(_numbered(_codes("hyvinvointialue", by_name=True), 956))
    ids.update(_numbered(_codes("seutukunta"), 510))
    hospitals = [c for c in _codes("sairaanhoitopiiri", past=True) if c != "SHP00"]
    ids.update(_numbered(hospitals, 601))
    ids.update(_numbered(_codes("ely", past=True), 921))
    ids.update(_numbered(_codes("kunta", past=True, by_name=True), 5))

    holders: dict[str, list[int]] = {}
    for level in ("maakunta", "hyvinvointialue", "seutukunta"):
        for code in _codes(level):
            for member in region_codes.members(code):
                holders.setdefault(member, []).append(ids[code])

    islands = region_codes.members("MK21")
    prefixes = {
        "KU": "KUNTA",
        "MK": "MAAKUNTA",
        "HVA": "HYVINVOINTIALUE",
        "SK": "SEUTUKUNTA",
        "SHP": "SAIRAANHOITOPIIRI",
        "ELY": "ELY-KESKUS",
    }
    whole = {"fi": "Koko maa", "en": "Whole country", "sv": "Hela landet"}
    mainland = {"fi": "Manner-Suomi", "en": "Mainland Finland", "sv": "Fastlandsfinland"}
    found = [
        Region(_WHOLE, "358", "MAA", whole),
        Region(_MAINLAND, "1", "NUTS1", mainland),
        Region(_ISLANDS, "2", "NUTS1", {"fi": "Ahvenanmaa", "en": "Åland", "sv": "Åland"}),
    ]
    for code, number in ids.items():
        prefix = code.rstrip("0123456789")
        member_of: tuple[int, ...] = ()
        if code in holders:
            part = _ISLANDS if code in islands else _MAINLAND
            member_of = (_WHOLE, part, *holders[code])
        short = code.removeprefix(prefix)
        found.append(Region(number, short, prefixes[prefix], _title(code), member_of))
    for number, code, fi, sv, en in _NORDIC:
        found.append(Region(number, code, "POHJOISMAAT", {"fi": fi, "sv": sv, "en": en}))
    return tuple(sorted(found, key=lambda r: (r.category, r.title["fi"], r.id)))


def find(category: str, code: str) -> Region:
    """The packaged region of a category and a code.

    >>> find("MAAKUNTA", "18").id, find("KUNTA", "205").id
    (504, 94)
    """
    return next(r for r in packaged() if r.category == category and r.code == code)
