"""The observations and areas of the local FinBIF. Every observation here is SYNTHETIC.

Nobody saw these animals: the numbers come from a seeded generator, year by municipality by taxon,
so that totals are the same on every run. The areas carry the identifiers of the real service where
those are known (countries, the 19 maakunta, the 21 biogeographical provinces, Helsinki); those of
the other municipalities and of most taxa are made up.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from tilannekuva import region_codes

__all__ = [
    "AMONG",
    "FIELDS",
    "TAXA",
    "TUN",
    "Taxon",
    "Unit",
    "areas",
    "made_units",
    "nested",
    "places",
]

FIRST_YEAR, LAST_YEAR = 2000, 2025

AVES, MAMMALIA, LEPIDOPTERA, BIOTA = "MX.37580", "MX.900001", "MX.900002", "MX.37600"


class Taxon(NamedTuple):
    """A species, what it belongs to, and its statuses."""

    id: str
    name: str
    finnish: str
    holders: tuple[str, ...]
    group: str
    red: str
    administrative: tuple[str, ...]


def _taxon(
    key: str, name: str, finnish: str, holder: str, group: str, red: str, *administrative: str
) -> Taxon:
    statuses = tuple(f"MX.{a}" for a in administrative)
    return Taxon(
        key, name, finnish, (key, holder, BIOTA), f"MVL.{group}", f"MX.iucn{red}", statuses
    )


_THREATENED = "finlex160_1997_appendix4_2021"
TAXA = (
    _taxon("MX.28965", "Bubo bubo", "huuhkaja", AVES, "1", "EN", _THREATENED),
    _taxon("MX.900011", "Cygnus cygnus", "laulujoutsen", AVES, "1", "LC"),
    _taxon("MX.900012", "Emberiza hortulana", "peltosirkku", AVES, "1", "CR", _THREATENED),
    _taxon("MX.900013", "Poecile montanus", "hömötiainen", AVES, "1", "EN", _THREATENED),
    _taxon("MX.900014", "Perisoreus infaustus", "kuukkeli", AVES, "1", "NT"),
    _taxon("MX.900015", "Parus major", "talitiainen", AVES, "1", "LC"),
    _taxon("MX.47169", "Lutra lutra", "saukko", MAMMALIA, "2", "LC", "habitatsDirectiveAnnexIV"),
    _taxon("MX.900022", "Gulo gulo", "ahma", MAMMALIA, "2", "EN", _THREATENED),
    _taxon(
        "MX.900023", "Pteromys volans", "liito-orava", MAMMALIA, "2", "VU",
        _THREATENED, "habitatsDirectiveAnnexIV",
    ),
    _taxon("MX.900031", "Parnassius mnemosyne", "pikkuapollo", LEPIDOPTERA, "31", "NT"),
    _taxon("MX.900032", "Boloria titania", "purohopeatäplä", LEPIDOPTERA, "31", "EN", _THREATENED),
    _taxon("MX.900033", "Aglais io", "neitoperhonen", LEPIDOPTERA, "31", "LC"),
)  # fmt: skip


class Unit(NamedTuple):
    """One observation of one taxon."""

    number: int
    date: str
    municipality: str
    """A code of the register, never on the wire."""
    taxon: Taxon
    individuals: int
    pairs: int
    secured: bool
    loaded: str


class Places(NamedTuple):
    """Municipality code of the register → identifiers of FinBIF."""

    municipality: dict[str, str]
    province: dict[str, str]
    biogeographical: dict[str, str]


@cache
def places() -> Places:
    """Which areas every municipality is in.

    The biogeographical borders are invented but for one property that is real: they are not those
    of the maakunta of the same name.
    """
    provinces = [r.code for r in region_codes.regions("maakunta")]
    free = (f"ML.{n}" for n in range(353, 1000) if n != 660)
    municipality, province, biogeographical = {}, {}, {}
    for at, code in enumerate(provinces):
        for one in region_codes.children(code, "kunta"):
            province[one] = f"ML.{1227 + at}"
            biogeographical[one] = f"ML.{251 + (at + 2) % 21}"
    for one in region_codes.children("MK18", "kunta"):
        biogeographical[one] = "ML.264"
    biogeographical["KU620"] = "ML.265"  # Puolanka falls to the neighbour,
    biogeographical["KU785"] = "ML.264"  # Vaala comes in
    for found in region_codes.regions("kunta"):
        municipality[found.code] = "ML.660" if found.code == "KU091" else next(free)
    return Places(municipality, province, biogeographical)


@cache
def made_units() -> tuple[Unit, ...]:
    """Some 24 000 observations, the same on every run."""
    chance = random.Random("FinBIF")
    codes = sorted(places().municipality)
    found: list[Unit] = []
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        for code in codes:
            for _ in range(chance.randrange(7)):
                taxon = chance.choice(TAXA)
                date = f"{year}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
                found.append(
                    Unit(
                        number=len(found) + 1,
                        date=date,
                        municipality=code,
                        taxon=taxon,
                        individuals=chance.randint(1, 5),
                        pairs=chance.randint(0, 2),
                        secured=bool(taxon.administrative) and chance.random() < 0.2,
                        loaded=f"{max(year, 2018)}-12-{chance.randint(1, 28):02}",
                    )
                )
    return tuple(found)


TUN = "http://tun.fi/"
"""Identifiers come back behind this address; filters take them without it."""

FIELDS: Mapping[str, Callable[[Unit], Any]] = {
    "unit.unitId": lambda u: f"{TUN}JX.{u.number}#3",
    "unit.recordBasis": lambda u: f"HUMAN_OBSERVATION_{'SEEN' if u.number % 3 else 'HEARD'}",
    "unit.interpretations.individualCount": lambda u: u.individuals,
    "unit.linkings.taxon.id": lambda u: TUN + u.taxon.id,
    "unit.linkings.taxon.speciesId": lambda u: TUN + u.taxon.id,
    "unit.linkings.taxon.scientificName": lambda u: u.taxon.name,
    "unit.linkings.taxon.nameFinnish": lambda u: u.taxon.finnish,
    "unit.linkings.taxon.latestRedListStatusFinland.status": lambda u: TUN + u.taxon.red,
    "unit.linkings.taxon.latestRedListStatusFinland.year": lambda u: 2019,
    "gathering.eventDate.begin": lambda u: u.date,
    "gathering.eventDate.end": lambda u: u.date,
    "gathering.conversions.year": lambda u: int(u.date[:4]),
    "gathering.conversions.month": lambda u: int(u.date[5:7]),
    "gathering.conversions.day": lambda u: int(u.date[8:]),
    "gathering.interpretations.finnishMunicipality": lambda u: (
        TUN + places().municipality[u.municipality]
    ),
    "gathering.interpretations.biogeographicalProvince": lambda u: (
        TUN + places().biogeographical[u.municipality]
    ),
    "document.documentId": lambda u: f"{TUN}JX.{u.number}",
    "document.loadDate": lambda u: u.loaded,
    "document.collectionId": lambda u: f"{TUN}HR.{1 + u.number % 4}",
}

# What an observation has to be among, by the name of the parameter.
AMONG: Mapping[str, Callable[[Unit], Iterable[str]]] = {
    "finnishMunicipalityId": lambda u: (places().municipality[u.municipality],),
    "provinceId": lambda u: (places().province[u.municipality],),
    "biogeographicalProvinceId": lambda u: (places().biogeographical[u.municipality],),
    "countryId": lambda u: ("ML.206",),
    "redListStatusId": lambda u: (u.taxon.red,),
    "administrativeStatusId": lambda u: u.taxon.administrative,
    "informalTaxonGroupId": lambda u: (u.taxon.group,),
    "collectionId": lambda u: (f"HR.{1 + u.number % 4}",),
}


def nested(unit: Unit, fields: Iterable[str]) -> dict[str, Any]:
    """Some fields of an observation, each dot in a name a level of its own."""
    row: dict[str, Any] = {}
    for field in fields:
        *holders, last = field.split(".")
        into = row
        for holder in holders:
            into = into.setdefault(holder, {})
        into[last] = FIELDS[field](unit)
    return row


# Finnish and Latin name, Finnish and Latin letters; numbers run from 1 and identifiers from 251.
_BIOGEOGRAPHICAL = """\
Ahvenanmaa||A|
Varsinais-Suomi|Regio aboënsis|V|Ab
Uusimaa|Nylandia|U|N
Etelä-Karjala|Karelia australis|EK|Ka
Satakunta|Satakunta|St|St
Etelä-Häme|Tavastia australis|EH|Ta
Etelä-Savo|Savonia australis|ES|Sa
Laatokan Karjala|Karelia ladogensis|LK|Kl
Etelä-Pohjanmaa|Ostrobottnia australis|EP|Oa
Pohjois-Häme|Tavastia borealis|PH|Tb
Pohjois-Savo|Savonia borealis|PS|Sb
Pohjois-Karjala|Karelia borealis|PK|Kb
Keski-Pohjanmaa|Ostrobottnia media|KP|Om
Kainuu|Ostrobottnia kajanensis|Kn|Ok
Oulun Pohjanmaa||OP|
Perä-Pohjanmaa||PeP|
Koillismaa||Ks|
Kittilän Lappi||KiL|
Sompion Lappi||SoL|
Enontekiön Lappi|Lapponia enontekiensis|EnL|Le
Inarin Lappi|Lapponia inarensis|InL|Li"""


@cache
def areas(kind: str) -> tuple[dict[str, Any], ...]:
    """The areas of a type, names in every language that they have."""
    found: list[dict[str, Any]] = []
    if kind == "ML.province":
        for at, r in enumerate(region_codes.regions("maakunta")):
            names = {"fi": r.names.fi, "sv": r.names.sv, "en": r.names.en}
            numeric = {"provinceCodeNumeric": r.code.removeprefix("MK")}
            found.append({"areaType": kind, "name": names, **numeric, "id": f"ML.{1227 + at}"})
    elif kind == "ML.municipality":
        # No code of Statistics Finland: a municipality is found by its name only.
        for r in region_codes.regions("kunta"):
            names = {"fi": r.names.fi, "sv": r.names.sv}
            found.append({"areaType": kind, "name": names, "id": places().municipality[r.code]})
    elif kind == "ML.biogeographicalProvince":
        for at, line in enumerate(_BIOGEOGRAPHICAL.splitlines()):
            fi, la, alpha, latin = line.split("|")
            found.append(
                {
                    "areaType": kind,
                    "isPartOf": "ML.206",
                    "name": {"fi": fi} | ({"la": la} if la else {}),
                    "provinceCodeAlpha": {"fi": alpha} | ({"la": latin} if latin else {}),
                    "provinceCodeNumeric": str(at + 1),
                    "id": f"ML.{251 + at}",
                }
            )
    elif kind == "ML.country":
        names = {"fi": "Suomi", "en": "Finland", "sv": "Finland"}
        codes = {"countryCodeISOalpha2": "FI", "countryCodeISOalpha3": "FIN"}
        found.append({"areaType": kind, **codes, "name": names, "id": "ML.206"})
    return tuple(found)
