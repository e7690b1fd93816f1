"""Sotkanet's areas in our notation, and the cells that it leaves out.

The service has ids of its own, and codes that only mean something within a category: 18 is Kainuu
among the maakunta and Keski-Pohjanmaa among the wellbeing counties. A figure that is too small to
be shown is a row that is not there; only who knows which areas there were can tell.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

import pandas as pd

from tilannekuva import region_codes
from tilannekuva.asking._sotkanet_about import level
from tilannekuva.errors import SourceError

__all__ = ["Area", "hidden_cells", "read_areas", "stranger"]

_PREFIXES = {
    "kunta": ("KU", 3),
    "maakunta": ("MK", 2),
    "hyvinvointialue": ("HVA", 2),
    "seutukunta": ("SK", 3),
    "elykeskus": ("ELY", 2),
    "aluehallintovirasto": ("AVI", 1),
    "sairaanhoitopiiri": ("SHP", 2),
}
"""Category → how our codes of it begin, and how many digits follow."""
_SINGLE = {("maa", "358"): "SSS", ("nuts1", "1"): "MA1", ("nuts1", "2"): "FI2"}
_NOWHERE = "FIZZZ"
"""Reads as no region of ours, whatever the scheme of a query is."""


class Area(NamedTuple):
    """One area of the service."""

    code: str
    """Ours, or :data:`_NOWHERE` and what the service calls it."""
    level: str
    """Its category, as :func:`~tilannekuva.asking._sotkanet_about.level` spells it."""
    known: bool
    """Whether our register has it."""


def read_areas(data: bytes, where: str) -> dict[str, Area]:
    """Sotkanet's id → area.

    Args:
        data: The answer of ``/regions``.
        where: What it is the list of, for errors.

    Raises:
        SourceError: It is no such list, or none of its areas is known to us.

    >>> data = b'[{"id":504,"code":"18","category":"MAAKUNTA","title":{"fi":"Kainuu"}}]'
    >>> read_areas(data, "regions")["504"].code
    'MK18'
    """
    try:
        told = json.loads(data)
        areas = {str(r["id"]): _area(r) for r in told}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError(
            f"{where}: not Sotkanet's list of areas ({type(error).__name__}: {error}); ask again"
        ) from error
    if not any(a.known for a in areas.values()):
        raise SourceError(
            f"{where}: none of the {len(areas)} areas is one of ours; codes or categories have "
            "changed"
        )
    return areas


def _area(told: Mapping[str, Any]) -> Area:
    kind, code = level(str(told["category"])), str(told["code"]).strip()
    ours = _SINGLE.get((kind, code))
    if ours is None and kind in _PREFIXES:
        prefix, digits = _PREFIXES[kind]
        ours = prefix + code.zfill(digits)
        if kind == "hyvinvointialue":
            ours = _county(ours, str((told.get("title") or {}).get("fi", "")))
    if ours is not None and region_codes.exists(ours):
        return Area(ours, kind, True)
    return Area(f"{_NOWHERE}:{told['category']} {code} ({told['id']})", kind, False)


def _county(code: str, name: str) -> str:
    """A wellbeing county by its name: they were numbered anew, and 16 has been two of them."""
    named = {r.names.fi.casefold(): r.code for r in region_codes.regions("hyvinvointialue")}
    return named.get(" ".join(name.split()).casefold(), code)


def stranger(identity: str) -> Area:
    """An id that is in the figures and not in the list of areas."""
    return Area(f"{_NOWHERE}:id {identity}", "", False)


def hidden_cells(
    frame: pd.DataFrame, areas: Mapping[str, Area], levels: Collection[str]
) -> Iterator[tuple[str, str, str]]:
    """Cells that the service left out because it must not show them.

    Of each level that the indicator is published for: every area that has a figure in some year, in
    the years and sexes in which any area of the level has one, if it existed then. An area without
    a figure in any year is not covered, which is something else.

    Args:
        frame: The answer's rows: ``region`` (Sotkanet's ids), ``year``, ``gender``.
        areas: As :func:`read_areas` gives them.
        levels: Levels that the indicator is published for.

    Yields:
        Our code, year and sex.
    """
    rows: dict[str, set[tuple[str, str, str]]] = {}
    for identity, year, sex in frame[["region", "year", "gender"]].itertuples(index=False):
        area = areas.get(identity)
        if area is not None and area.known and area.level in levels:
            rows.setdefault(area.level, set()).add((area.code, year, sex))
    for name in sorted(rows):
        there = rows[name]
        first: dict[str, int] = {}
        for code, year, _ in there:
            first[code] = min(first.get(code, int(year)), int(year))
        shown = sorted({(year, sex) for _, year, sex in there})
        for code, (year, sex) in product(sorted(first), shown):
            if (code, year, sex) not in there and _existed(code, int(year), first[code]):
                yield code, year, sex


def _existed(code: str, year: int, first: int) -> bool:
    """Whether an area was there; figures reckoned back to before it was founded count as well."""
    found = region_codes.region(code)
    start = None if found.valid_from is None else min(found.valid_from, first)
    return (start is None or start <= year) and (found.valid_to is None or year <= found.valid_to)
