"""The occurrences of the local GBIF. Every record here is SYNTHETIC.

Records come in groups that share a year, a place and a species; a group says how many there are,
and a single record is made up only when somebody asks for it, so that there can be more than the
100 000 that a search reaches.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from tilannekuva import region_codes

__all__ = [
    "FIELDS",
    "LICENCE_OF",
    "SPECIES",
    "Group",
    "fits",
    "made_groups",
    "records",
    "simple_csv",
    "summed",
]

FIRST_YEAR, LAST_YEAR = 2000, 2025
COL = "7ddf754f-d193-4cc9-b351-99906754a03b"
"""The checklist whose keys are letters and digits; without it keys are whole numbers."""

LICENCES = {
    "CC0_1_0": "http://creativecommons.org/publicdomain/zero/1.0/legalcode",
    "CC_BY_4_0": "http://creativecommons.org/licenses/by/4.0/legalcode",
    "CC_BY_NC_4_0": "http://creativecommons.org/licenses/by-nc/4.0/legalcode",
}
LICENCE_OF = {address: name for name, address in LICENCES.items()}
DATASETS = (
    "00000000-0000-4000-8000-000000000001",
    "00000000-0000-4000-8000-000000000002",
    "00000000-0000-4000-8000-000000000003",
)


class Species(NamedTuple):
    """A species with its keys in two checklists; all but the names are made up."""

    key: int
    col: str
    name: str
    kind: str
    kind_key: int
    iucn: str


SPECIES = (
    Species(9000001, "9AA01", "Bubo bubo", "Aves", 212, "LC"),
    Species(9000002, "9AA02", "Cygnus cygnus", "Aves", 212, "LC"),
    Species(9000003, "9AA03", "Emberiza hortulana", "Aves", 212, "LC"),
    Species(9000004, "9AA04", "Poecile montanus", "Aves", 212, "LC"),
    Species(9000005, "9AA05", "Gulo gulo", "Mammalia", 359, "LC"),
    Species(9000006, "9AA06", "Parnassius mnemosyne", "Insecta", 216, "NT"),
)
KINGDOM_KEY, COUNTRIES = 1, {"FI": "Finland", "AX": "Åland Islands", "SE": "Sweden"}


class Group(NamedTuple):
    """Records alike in everything that they are counted by."""

    number: int
    year: int
    month: int
    species: Species
    country: str
    gids: tuple[str, ...]
    """Areas of GADM from the country down; the numbers are made up, the form is not."""
    place: tuple[float, float]
    """Latitude and longitude."""
    cell: str
    basis: str
    licence: str
    dataset: str
    size: int


@cache
def made_groups() -> tuple[Group, ...]:
    """Six species in 20 places over 26 years, the same on every run.

    Åland is a country of its own (AX) in GBIF, and not among the records of Finland.
    """
    chance = random.Random("GBIF")
    places = [
        (r.code, "FI" if r.code != "MK21" else "AX") for r in region_codes.regions("maakunta")
    ]
    found: list[Group] = []
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        for at, (code, country) in enumerate([*places, ("", "SE")]):
            iso3 = {"FI": "FIN", "AX": "ALA", "SE": "SWE"}[country]
            below = (f"{iso3}.{1 + at % 5}_1", f"{iso3}.{1 + at % 5}.{1 + at // 5}_1")
            for species in SPECIES:
                found.append(
                    Group(
                        number=len(found),
                        year=year,
                        month=chance.randint(1, 12),
                        species=species,
                        country=country,
                        gids=(iso3, *below) if code else (iso3,),
                        place=(60.0 + at / 2, 22.0 + at % 8),
                        cell=f"1kmE{4900 + 20 * (at % 8)}N{4700 + 20 * at}",
                        basis=chance.choice(
                            ("HUMAN_OBSERVATION", "HUMAN_OBSERVATION", "PRESERVED_SPECIMEN")
                        ),
                        licence=chance.choice(tuple(LICENCES)),
                        dataset=chance.choice(DATASETS),
                        size=chance.randint(1, 9),
                    )
                )
    return tuple(found)


def _keys(group: Group, checklist: str) -> tuple[str, ...]:
    species = group.species
    if checklist == COL:
        return (species.col, f"COL{species.kind_key}", "N")
    return (str(species.key), str(species.kind_key), str(KINGDOM_KEY))


FIELDS: Mapping[str, Callable[[Group, str], tuple[str, ...]]] = {
    "year": lambda g, c: (str(g.year),),
    "month": lambda g, c: (str(g.month),),
    "country": lambda g, c: (g.country,),
    "publishingCountry": lambda g, c: ("SE" if g.dataset == DATASETS[2] else "FI",),
    "gadmGid": lambda g, c: g.gids,
    "taxonKey": _keys,
    "speciesKey": lambda g, c: _keys(g, c)[:1],
    "classKey": lambda g, c: _keys(g, c)[1:2],
    "kingdomKey": lambda g, c: _keys(g, c)[2:],
    "basisOfRecord": lambda g, c: (g.basis,),
    "datasetKey": lambda g, c: (g.dataset,),
    "license": lambda g, c: (g.licence,),
    "iucnRedListCategory": lambda g, c: (g.species.iucn,),
    "occurrenceStatus": lambda g, c: ("PRESENT",),
    "hasCoordinate": lambda g, c: ("TRUE",),
    "isGeoreferenced": lambda g, c: ("TRUE",),
    "hasGeospatialIssue": lambda g, c: ("FALSE",),
}
"""What groups are chosen and counted by: name of the parameter → values, given the checklist."""


def fits(name: str, wanted: str, values: Iterable[str]) -> bool:
    """Whether a value is what a search wants: itself, or within a range of years or months.

    Raises:
        ValueError: A year or month is no number.
    """
    if name not in ("year", "month"):
        return wanted in (v.upper() for v in values)
    low, comma, high = wanted.partition(",")
    first = 0 if low == "*" else int(low)
    last = (9999 if high == "*" else int(high)) if comma else first
    return any(first <= int(v) <= last for v in values)


def summed(groups: Iterable[Group], field: str, checklist: str, times: int) -> dict[str, int]:
    """Number of records by the values of a field, the most frequent first."""
    counts: Counter[str] = Counter()
    for group in groups:
        for value in FIELDS[field](group, checklist):
            counts[value] += group.size * times
    return dict(counts.most_common())


_TERMS = {
    "gbif": "http://rs.gbif.org/terms/1.0/",
    "dwc": "http://rs.tdwg.org/dwc/terms/",
    "dc": "http://purl.org/dc/terms/",
    "internal": "http://rs.gbif.org/terms/internal/",
}
_STRUCT = "STRUCT<concept: STRING,lineage: ARRAY<STRING>>"
_COLUMNS = """\
gbif:gbifID! gbif:datasetKey! dwc:occurrenceID dwc:kingdom dwc:phylum dwc:class dwc:order dwc:family
dwc:genus gbif:species dwc:infraspecificEpithet dwc:taxonRank dwc:scientificName
dwc:verbatimScientificName=scientificName
dwc:verbatimScientificNameAuthorship=scientificNameAuthorship dwc:countryCode dwc:locality
dwc:stateProvince dwc:occurrenceStatus dwc:individualCount:INT internal:publishingOrgKey
dwc:decimalLatitude:DOUBLE dwc:decimalLongitude:DOUBLE dwc:coordinateUncertaintyInMeters:DOUBLE
dwc:coordinatePrecision:DOUBLE gbif:elevation:DOUBLE gbif:elevationAccuracy:DOUBLE
gbif:depth:DOUBLE gbif:depthAccuracy:DOUBLE dwc:eventDate dwc:day:INT dwc:month:INT dwc:year:INT
gbif:taxonKey:INT gbif:speciesKey:INT dwc:basisOfRecord dwc:institutionCode dwc:collectionCode
dwc:catalogNumber dwc:recordNumber dwc:identifiedBy:LIST dwc:dateIdentified:DATE dc:license
dc:rightsHolder dwc:recordedBy:LIST dwc:typeStatus:LIST dwc:establishmentMeans:STRUCT
gbif:lastInterpreted:INSTANT gbif:mediaType:LIST gbif:issue:LIST"""


@cache
def simple_csv() -> tuple[dict[str, Any], ...]:
    """The columns of a simple download, as GBIF describes them."""
    types: Mapping[str, dict[str, str]] = {
        "LIST": {"type": "ARRAY<STRING>", "delimiter": ";"},
        "STRUCT": {"type": _STRUCT},
        "DATE": {"type": "DATE", "typeFormat": "yyyy-MM-ddTHH:mm:ss"},
        "INSTANT": {"type": "DATE", "typeFormat": "yyyy-MM-ddTHH:mm:ss.SSSZ"},
    }
    found = []
    for text in _COLUMNS.split():
        space, name, *more = text.rstrip("!").split(":")
        kind = more[0] if more else "STRING"
        name, _, term = name.partition("=")
        described = {"name": name, **types.get(kind, {"type": kind})}
        rest = {"term": _TERMS[space] + (term or name), "nullable": not text.endswith("!")}
        found.append(described | rest)
    return tuple(found)


def records(
    groups: Iterable[Group], times: int, offset: int, limit: int | None
) -> Iterator[dict[str, Any]]:
    """Single records of some groups, as a search gives them."""
    end = None if limit is None else offset + limit
    at = 0
    for group in groups:
        size = group.size * times
        for within in range(max(0, offset - at), size if end is None else min(size, end - at)):
            yield _record(group, within)
        at += size
        if end is not None and at >= end:
            return


def _record(group: Group, within: int) -> dict[str, Any]:
    species, day = group.species, 1 + within % 28
    key = (500_000 + group.number) * 10_000 + within
    gadm = {f"level{n}": {"gid": gid, "name": gid} for n, gid in enumerate(group.gids)}
    return {
        "key": key,
        "datasetKey": group.dataset,
        "publishingCountry": FIELDS["publishingCountry"](group, "")[0],
        "basisOfRecord": group.basis,
        "occurrenceStatus": "PRESENT",
        "taxonKey": species.key,
        "kingdomKey": KINGDOM_KEY,
        "classKey": species.kind_key,
        "speciesKey": species.key,
        "acceptedTaxonKey": species.key,
        "scientificName": species.name,
        "kingdom": "Animalia",
        "class": species.kind,
        "species": species.name,
        "taxonRank": "SPECIES",
        "iucnRedListCategory": species.iucn,
        "decimalLatitude": group.place[0],
        "decimalLongitude": group.place[1],
        "gadm": gadm,
        "year": group.year,
        "month": group.month,
        "day": day,
        "eventDate": f"{group.year}-{group.month:02}-{day:02}T00:00",
        "issues": [],
        "license": LICENCES[group.licence],
        "countryCode": group.country,
        "country": COUNTRIES[group.country],
        "gbifID": str(key),
    }
