"""The figures of one indicator as a JSON-stat 2.0 dataset."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from math import copysign, prod
from typing import Any

from tilannekuva import narrate, periods, words
from tilannekuva.model import Observation, Picture, Snapshot
from tilannekuva.narrate.notes import received
from tilannekuva.reports import _dates
from tilannekuva.reports._package_csv import json_bytes
from tilannekuva.reports._series import area_name, group_name

__all__ = ["cubes"]

_LANG = "fi"
"""A dataset has its labels in one language."""
_DIMENSIONS = ("indicator", "region", "breakdown", "period")
_EXACT = 2.0**53
"""Below it every whole number is a float of its own."""


def cubes(picture: Picture, rows: Iterable[Observation]) -> dict[str, bytes]:
    """Indicator → its figures as JSON-stat, from rows sorted by indicator."""
    return {name: _cube(picture, list(some)) for name, some in groupby(rows, lambda r: r.indicator)}


def _cube(picture: Picture, rows: Sequence[Observation]) -> bytes:
    indicator = picture.indicators[rows[0].indicator]
    codes = [
        [indicator.id],
        sorted({r.region for r in rows}),
        sorted({r.breakdown for r in rows}),
        sorted({r.period for r in rows}, key=lambda p: (*periods.parse(p)[:2], p)),
    ]
    says: Sequence[Callable[[str], str]] = (
        lambda _: indicator.names[_LANG],
        lambda code: area_name(picture, code, _LANG),
        lambda code: group_name(indicator.axes, code, _LANG),
        lambda code: words.period(code, _LANG),
    )
    dimensions: dict[str, dict[str, Any]] = {
        name: {"label": _title(name), "category": _category(found, say)}
        for name, found, say in zip(_DIMENSIONS, codes, says, strict=True)
    }
    unit = {
        "label": picture.units[indicator.unit].label[_LANG],
        "decimals": indicator.decimals,
    }
    dimensions["indicator"]["category"]["unit"] = {indicator.id: unit}
    used = sorted({r.snapshot for r in rows} - {""})
    size = [len(found) for found in codes]
    behind, published = received(used, picture)[0], _published(picture, used)
    found = {
        "version": "2.0",
        "class": "dataset",
        "label": words.capital(indicator.names[_LANG]),
        "source": _publishers(picture, behind),
        **_updated(published),
        "note": list(_notes(picture, indicator.id)),
        "id": list(_DIMENSIONS),
        "size": size,
        "role": {"metric": ["indicator"], "geo": ["region"], "time": ["period"]},
        "dimension": dimensions,
        **_cells(rows, codes, prod(size)),
        "extension": {
            "lang": _LANG,
            "region": picture.region.code,
            "as_of": picture.as_of,
            "published_on": published,
            "direction": indicator.direction,
            "formula": indicator.rule,
            "snapshots": used,
            "licences": {s.id: s.licence for s in behind},
            "status": {"label": _labels(rows)},
        },
    }
    return json_bytes(found, indent=None)


def _title(dimension: str) -> str:
    return words.message(f"package.column.{dimension}", _LANG)


def _category(codes: Sequence[str], say: Callable[[str], str]) -> dict[str, Any]:
    return {"index": list(codes), "label": {code: say(code) for code in codes}}


# --- cells ------------------------------------------------------------------------------------


def _cells(
    rows: Iterable[Observation], codes: Sequence[Sequence[str]], cells: int
) -> dict[str, Any]:
    """Values in the smaller of the two ways, and every status but the usual one."""
    places = [{code: n for n, code in enumerate(found)} for found in codes[1:]]
    values: dict[int, float] = {}
    statuses: dict[str, str] = {}
    for row in rows:
        cell = 0
        for place, code in zip(places, row[1:4], strict=True):
            cell = cell * len(place) + place[code]
        if row.value is not None:
            values[cell] = _number(row.value)
        if row.status != "final":
            statuses[str(cell)] = row.status
    # "null," for each cell without a value, or "\"12\":" for each with one.
    sparse = sum(len(str(cell)) + 3 for cell in values) < 5 * (cells - len(values))
    given: Any = (
        {str(cell): values[cell] for cell in sorted(values)}
        if sparse and values
        else [values.get(cell) for cell in range(cells)]
    )
    return {"value": given, **({"status": statuses} if statuses else {})}


def _number(value: float) -> float:
    """The number, whole ones without a point; nothing of it is lost.

    >>> _number(602.0), _number(0.5), _number(-0.0)
    (602, 0.5, -0.0)
    """
    negative_zero = value == 0 and copysign(1.0, value) < 0
    whole = value.is_integer() and abs(value) < _EXACT and not negative_zero
    return int(value) if whole else value


# --- what stands beside them ------------------------------------------------------------------


def _labels(rows: Iterable[Observation]) -> Mapping[str, str]:
    return {s: narrate.status_label(s, _LANG) for s in sorted({r.status for r in rows})}


def _publishers(picture: Picture, behind: Iterable[Snapshot]) -> str:
    known = (picture.sources.get(s.source) for s in behind)
    names = dict.fromkeys(s.publisher[_LANG] for s in known if s is not None)
    return "; ".join(sorted(names)) or words.message("source.none", _LANG)


def _published(picture: Picture, used: Iterable[str]) -> str | None:
    """When the newest of some snapshots came out, as precise as is known."""
    known = (picture.snapshots.get(s) for s in used)
    return _dates.newest(s.published_on for s in known if s is not None)


def _updated(published: str | None) -> dict[str, str]:
    """The day of the newest figures; a year alone is no date, so nothing is said then."""
    full = published is not None and len(published) == len("2025-10-23")
    return {"updated": published} if published is not None and full else {}


def _notes(picture: Picture, name: str) -> Iterable[str]:
    """What must be known of the indicator, each text once."""
    caveats = (c[_LANG] for c in picture.indicators[name].caveats)
    breaks = (narrate.break_text(b, _LANG) for i, b in picture.breaks if i in (name, "*"))
    about = words.message("package.cube_about", _LANG)
    return dict.fromkeys((*caveats, *breaks, about))
