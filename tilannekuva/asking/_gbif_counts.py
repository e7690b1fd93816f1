"""GBIF's counts by year: one search an area that asks for no record."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from typing import Any
from urllib.parse import urlencode

from tilannekuva import region_codes
from tilannekuva.asking._cells import Cells, make_cells
from tilannekuva.asking._live import FIRST_YEAR, asked_on, asks_the_same, seal, together
from tilannekuva.calls import Ask, Call, Conversation, Newer, Pace, Part, Received, Reply, Unchanged
from tilannekuva.errors import DataError, SourceError

__all__ = ["areas_of", "converse", "pace_of", "read"]

_FREE = ("CC0_1_0", "CC_BY_4_0")
_OURS = ("areas", "gadmGid", "geometry", "license")
_FIXED = ("limit", "offset", "facet", "facetLimit", "facetOffset")
_MOST = 1000
"""More years than there are; a list this long is cut off."""
_CALLS, _SECONDS = 30, 60
"""The service states how many calls it bears, but not in which time."""

_Asking = Generator[Call | Pace, Reply, Any]


def converse(ask: Ask, asked: Mapping[str, tuple[str, ...]]) -> Conversation:
    """Ask for the counts of every area, see :func:`tilannekuva.asking.gbif.request`."""
    places, filters = _question(asked, ask.where)
    if ask.check:
        # There is no time of update, and to compare the counts is to fetch them.
        return Newer()
    url = f"{ask.source.base}/occurrence/search"
    yield pace_of(ask, None)
    clock = yield Call(url, (*filters, ("limit", "0")), expects="json", once=True)
    today = asked_on(clock, ask.where)
    _answer(clock.body, f"{ask.where} ({url}?{urlencode(filters)})", facet=False)
    if "year" not in asked:
        filters = [*filters, ("year", f"{FIRST_YEAR},{int(today[:4]) - 1}")]

    parts, figures = [], []
    reply = clock
    for code, place in places.items():
        params = (
            *filters,
            *place,
            ("facet", "year"),
            ("facetLimit", str(_MOST)),
            ("limit", "0"),
        )
        address = f"{url}?{urlencode(params)}"
        yield pace_of(ask, reply)
        reply = yield Call(url, params, expects="json")
        layout = {
            "service": "gbif",
            "format": "gbif-facets",
            "regions": [code],
            "running": today[:4],
        }
        rows = _rows(reply.body, layout, f"{ask.where} ({address})")
        figures += [list(row) for row in rows]
        if rows:
            query = {"filters": [list(p) for p in params], "region": code}
            parts.append(Part(reply.body, address, query, layout))
    if not figures:
        raise SourceError(
            f"{ask.where}: no occurrence of a finished year fits the question "
            f"({url}?{urlencode(filters)}); look at the filters in the query's `ask`"
        )
    sealed = seal(asked, sorted(figures))
    if asks_the_same(ask.query_hash, asked) and sealed == ask.query_hash:
        return Unchanged(ask.known)
    licences = ", ".join(v for k, v in filters if k == "license")
    return Received(
        parts=together(parts),
        title="GBIF: occurrences by year",
        updated_at=None,
        published_on=today,
        note=(
            f"Records under {licences}, finished years only. FinBIF's records are among them; "
            "never add the two."
        ),
        query_hash=sealed,
    )


def pace_of(ask: Ask, reply: Reply | None) -> Pace:
    """How fast to go on: as is polite, and slower when the service says that little is left.

    The heads ``x-varnish-rli`` and ``x-varnish-rlg`` are how much was used of how much.
    """
    calls, seconds = ask.source.calls or _CALLS, float(ask.source.seconds or _SECONDS)
    used, limit = ((reply.headers if reply else {}).get(f"x-varnish-rl{c}", "") for c in "ig")
    if used.strip().isdigit() and limit.strip().isdigit():
        calls = min(calls, max(1, int(limit) - int(used)))
    return Pace(ask.source.base, calls, seconds)


def areas_of(asked: Mapping[str, tuple[str, ...]], where: str) -> dict[str, tuple[str, str] | None]:
    """Our codes → the service's parameter and value for each; None where there is none.

    Raises:
        DataError: An unknown code, or the two lists are not of one length.
    """
    codes = asked.get("areas", ())
    unknown = [c for c in codes if not region_codes.exists(c)]
    if not codes or unknown or len(set(codes)) != len(codes):
        raise DataError(
            f"{where}: write the codes of the areas that are asked for, each once, as `areas` into "
            f"the query's `ask`{': not ' + ', '.join(unknown) if unknown else ''}"
        )
    kinds = [k for k in ("gadmGid", "geometry") if k in asked]
    if not kinds and len(codes) == 1:
        return {codes[0]: None}
    if len(kinds) != 1 or len(asked[kinds[0]]) != len(codes):
        raise DataError(
            f"{where}: to {len(codes)} `areas` belong as many values of either `gadmGid` or "
            "`geometry`, in the same order"
        )
    return {c: (kinds[0], v) for c, v in zip(codes, asked[kinds[0]], strict=True)}


def _question(
    asked: Mapping[str, tuple[str, ...]], where: str
) -> tuple[dict[str, list[tuple[str, str]]], list[tuple[str, str]]]:
    for key in _FIXED:
        if key in asked:
            raise DataError(f"{where}: `ask` may not hold '{key}'; years are what is counted by")
    filters = [(k, v) for k, values in asked.items() if k not in _OURS for v in values]
    filters += [("license", v) for v in asked.get("license", _FREE)]
    places = areas_of(asked, where)
    return {c: [place] if place else [] for c, place in places.items()}, filters


def _answer(data: bytes, where: str, *, facet: bool = True) -> dict[str, Any]:
    """An answer of the search, if it is one."""
    try:
        found = json.loads(data)
    except (ValueError, UnicodeDecodeError) as error:
        start = data[:80].decode("utf-8", "replace").strip()
        raise SourceError(f"{where}: the answer is not JSON but '{start}'") from error
    total = found.get("count") if isinstance(found, dict) else None
    if isinstance(total, bool) or not isinstance(total, int):
        said = found.get("message") or found.get("error") if isinstance(found, dict) else None
        raise SourceError(
            f"{where}: the service says '{said}'" if said else f"{where}: the answer has no count"
        )
    if facet and not isinstance(found.get("facets"), list):
        raise SourceError(f"{where}: the answer has no counts by year ('facets')")
    return dict(found)


def _rows(data: bytes, layout: Mapping[str, Any], where: str) -> list[tuple[str, str, int]]:
    """Region, year and count, for finished years."""
    answer = _answer(data, where)
    facets = [f for f in answer["facets"] if isinstance(f, dict) and f.get("field") == "YEAR"]
    if len(facets) != 1 and answer["count"]:
        raise SourceError(f"{where}: the answer has no counts by year ('facets')")
    counts = [c for f in facets for c in f.get("counts", [])]
    if len(counts) >= _MOST:
        raise SourceError(f"{where}: {len(counts)} years came, the list is cut off")
    found: dict[str, int] = {}
    for entry in counts:
        year = str(entry.get("name")) if isinstance(entry, dict) else ""
        count = entry.get("count") if isinstance(entry, dict) else None
        if not year.isdigit() or isinstance(count, bool) or not isinstance(count, int):
            raise SourceError(f"{where}: '{entry}' is no year with its count")
        if found.setdefault(year, count) != count:
            raise SourceError(f"{where}: the year {year} stands twice")
    if sum(found.values()) > answer["count"]:
        raise SourceError(f"{where}: the years have more occurrences than there are in all")
    running = int(layout["running"])
    return [
        (region, year, found[year])
        for region in layout["regions"]
        for year in sorted(found)
        if int(year) < running
    ]


def read(data: bytes, layout: Mapping[str, Any], where: str) -> Cells:
    """The counts of one stored answer, see :func:`tilannekuva.asking.gbif.read`."""
    rows = _rows(data, layout, where)
    return make_cells(
        {
            "region": [region for region, _, _ in rows],
            "year": [year for _, year, _ in rows],
            "quantity": ["occurrences"] * len(rows),
        },
        [float(count) for _, _, count in rows],
        roles={"region": "geo", "year": "time", "quantity": "contents"},
    )
