"""Outlines of statistical areas (WFS of Statistics Finland), one layer a year and level.

A table is a layer without its year (``maakunta4500k``: the level, and the scale that it is drawn
for). The store knows the newest year it has; the next one is tried, which is out or it is not. The
answers are no figures; :func:`outlines` makes shapes for maps of them.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from tilannekuva.asking import _divisions as divisions
from tilannekuva.asking._cells import Beside, Cells
from tilannekuva.asking._outlines import Ring, rings_of, simplified
from tilannekuva.asking._wfs import features, is_unknown, matched
from tilannekuva.calls import (
    Ask,
    Call,
    Conversation,
    Newer,
    Pace,
    Part,
    Received,
    Reply,
    day_of,
    hash_of,
)
from tilannekuva.errors import SourceError

__all__ = ["outlines", "read", "request"]

_SYSTEM = "EPSG:3067"
_NAME = re.compile(r"([a-z]+?)([0-9]+k)")

_Params = tuple[tuple[str, str], ...]
_Page = tuple[_Params, Reply]


class _Layer(NamedTuple):
    """One year of a table."""

    name: str
    level: str
    division: str


def request(ask: Ask) -> Conversation:
    """Ask for the outlines of a level of areas.

    Args:
        ask: Source and table; ``known`` is the date of the newest division in the store.

    Yields:
        Calls, and the pace of the source.

    Returns:
        GeoJSON in ETRS-TM35FIN, every area of the register once; or that the layer of the next year
        is not out yet.

    Raises:
        SourceError: The layer is not there though nothing is in the store, or it lacks areas of the
            register or has others; with their names.
    """
    form = _NAME.fullmatch(ask.table)
    if form is None:
        raise SourceError(
            f"{ask.where}: a table of boundaries is a level and a scale, such as maakunta4500k; "
            "mend `tables` of the source"
        )
    level = divisions.level_of(form[1], ask.where)
    question = hash_of({"layer": ask.table, "system": _SYSTEM})
    return (
        yield from divisions.newest(
            ask, question, lambda division: _ask_for(ask, division, level, question)
        )
    )


def read(data: bytes, layout: Mapping[str, Any], where: str, beside: Beside) -> Cells:  # noqa: ARG001
    """There are no figures in boundaries.

    Raises:
        SourceError: Always.
    """
    raise SourceError(f"{where}: outlines of areas, not figures; no indicator can be read from it")


def outlines(
    data: bytes,
    layout: Mapping[str, Any],
    where: str,
    *,
    more: Sequence[bytes] = (),
    tolerance: float = 0.0,
    islet: float = 0.0,
) -> dict[str, list[Ring]]:
    """The outlines of areas for a map, as :func:`tilannekuva.regions.shapes` has them.

    Args:
        data: The bytes of a part.
        layout: Its layout.
        where: Name of the file, for errors.
        more: The other parts, where the service gave the layer in several.
        tolerance: In metres: how coarse the lines may become. Zero keeps every point.
        islet: Islands of fewer square metres are left out, but never an area's largest piece.

    Returns:
        Code → closed rings of (easting, northing) in whole metres, EPSG:3067: outer rings
        counter-clockwise, holes clockwise, the largest first. Borders that two areas share are made
        of the same points, simplified or not.

    Raises:
        SourceError: The parts are no outlines, or not all of the layer.
    """
    layer = _Layer(str(layout["layer"]), str(layout["level"]), str(layout["division"]))
    found: dict[str, list[Ring]] = {}
    for part in (data, *more):
        for code, feature in _areas(features(Reply(200, part), _SYSTEM, where), layer, where):
            if code in found:
                raise SourceError(f"{where}: {code} stands twice in {layer.name}")
            found[code] = rings_of(feature.get("geometry"), f"{where}: {code}")
            if not found[code]:
                raise SourceError(f"{where}: {code} has no outline in {layer.name}")
    if len(found) != layout["areas"]:
        raise SourceError(
            f"{where}: {len(found)} of the {layout['areas']} areas of {layer.name}; give the other "
            "parts too"
        )
    return simplified(dict(sorted(found.items())), tolerance, islet)


def _ask_for(ask: Ask, division: str, level: str, question: str) -> divisions.Steps:
    layer = _Layer(f"{ask.table}_{divisions.year_of(division, ask.where)}", level, division)
    if ask.check:
        is_out = yield from _is_out(ask, layer)
        return Newer(division) if is_out else None
    pages = yield from _pages(ask, layer)
    return None if pages is None else _received(ask, layer, pages, question)


def _params(layer: _Layer, **more: str) -> _Params:
    return (
        ("service", "WFS"),
        ("version", "2.0.0"),
        ("request", "GetFeature"),
        ("typeNames", f"tilastointialueet:{layer.name}"),
        ("srsName", _SYSTEM),
        ("outputFormat", "application/json"),
        *more.items(),
    )


def _is_out(ask: Ask, layer: _Layer) -> Generator[Call | Pace, Reply, bool]:
    """Whether there is a layer, without its outlines: only their number is asked for."""
    params = _params(layer, resultType="hits")
    reply = yield Call(ask.source.base, params, handles=frozenset({400}))
    if is_unknown(reply, layer.name, ask.where):
        return False
    if b"FeatureCollection" not in reply.body:
        raise SourceError(f"{ask.where}: the service did not say how many areas {layer.name} has")
    return True


def _pages(ask: Ask, layer: _Layer) -> Generator[Call | Pace, Reply, list[_Page] | None]:
    """Every page of a layer; None where there is no such layer."""
    params = _params(layer)
    reply = yield Call(ask.source.base, params, expects="json", handles=frozenset({400}))
    if is_unknown(reply, layer.name, ask.where):
        return None
    pages = [(params, reply)]
    got = step = len(features(reply, _SYSTEM, ask.where))
    while got < (whole := matched(pages[0][1], got, ask.where)):
        params = _params(layer, count=str(step), startIndex=str(got))
        reply = yield Call(ask.source.base, params, expects="json")
        size = len(features(reply, _SYSTEM, ask.where))
        if not size:
            raise SourceError(
                f"{ask.where}: the service says that {layer.name} has {whole} areas and gives "
                f"{got}; try again later"
            )
        pages.append((params, reply))
        got += size
    return pages


def _received(ask: Ask, layer: _Layer, pages: Sequence[_Page], question: str) -> Received:
    found = [
        pair
        for _, reply in pages
        for pair in _areas(features(reply, _SYSTEM, ask.where), layer, ask.where)
    ]
    _compare([code for code, _ in found], layer, ask.where)
    for code, feature in found:
        rings_of(feature.get("geometry"), f"{ask.where}: {code}")
    layout = {
        "service": "boundaries",
        "layer": layer.name,
        "level": layer.level,
        "division": layer.division,
        "areas": len(found),
    }
    parts = tuple(
        Part(
            data=reply.body,
            address=f"{ask.source.base}?{urlencode(params)}",
            query=dict(params),
            layout=layout,
            ending="geojson",
        )
        for params, reply in pages
    )
    day = day_of(pages[0][1], ask.where)
    return Received(parts, layer.name, layer.division, day, query_hash=question)


# --- what an answer says ------------------------------------------------------------------------


def _areas(
    listed: Sequence[Mapping[str, Any]], layer: _Layer, where: str
) -> list[tuple[str, Mapping[str, Any]]]:
    """Our code of each feature."""
    key = re.match(r"[a-z]+", layer.name)
    assert key is not None
    year = divisions.year_of(layer.division, where)
    found = []
    for feature in listed:
        told = feature.get("properties")
        told = told if isinstance(told, dict) else {}
        name = next((told[k] for k in ("nimi", "name") if told.get(k)), "")
        place = f"{where}: {layer.name}, {name or feature.get('id', 'an area')}"
        if key[0] not in told:
            raise SourceError(f"{place} has no '{key[0]}'; it has {', '.join(told) or 'nothing'}")
        if str(told.get("vuosi", year)) != str(year):
            raise SourceError(f"{place} is of the year {told['vuosi']}, not {year}")
        found.append((divisions.number(told[key[0]], layer.level, place), feature))
    return found


def _compare(codes: Sequence[str], layer: _Layer, where: str) -> None:
    """Every area of the register once, and no other."""
    known = divisions.areas(layer.level, divisions.year_of(layer.division, where))
    twice = sorted({c for c in codes if codes.count(c) > 1})
    missing = [f"{c} {r.names.fi}" for c, r in known.items() if c not in set(codes)]
    other = sorted(set(codes) - set(known))
    said = [
        f"{what} {divisions.some(names)}"
        for what, names in (
            ("it lacks", missing),
            ("it has the unknown", other),
            ("it has twice", twice),
        )
        if names
    ]
    if said:
        raise SourceError(
            f"{where}: {layer.name} has {len(codes)} areas and the register {len(known)}: "
            f"{'; '.join(said)}. Where the division has changed, renew the register first (compare "
            "it with the classification)"
        )
