"""A local FinBIF: what api.laji.fi answers to questions about the observations of a region.

The observations are SYNTHETIC (see ``laji_units``); the shapes, names and refusals are those of the
service. A call without a token is refused, more than ten calls of one token at a time are refused,
and pages are numbered from 1::

    with Laji() as service:
        requests.get(
            service.address + "/warehouse/query/unit/count",
            params={"provinceId": "ML.1243", "time": "2020"},
            headers={"Authorization": f"Bearer {service.token}", "API-version": "1"},
        )
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from urllib.parse import urlencode

from services.core import Asked, Fault, Limit, Response, Service, json_response
from services.laji_units import AMONG, FIELDS, TAXA, TUN, Unit, areas, made_units, nested

__all__ = ["Laji"]

LARGEST_PAGE = 10_000

# How the status of a taxon is ordered, for the highest of several.
_RED = {"LC": 1, "NT": 2, "VU": 3, "EN": 4, "CR": 5}

_WITHOUT_EFFECT = (
    "access_token aggregateBy atlasCounts cache excludeNulls gatheringCounts includeNonValidTaxa "
    "includeNullLoadDates includeSubTaxa individualCountMin lang onlyCount orderBy page pageSize "
    "pairCounts pessimisticDateRangeHandling qualityIssues recordQuality selected taxonCounts "
    "taxonId time useIdentificationAnnotations wild yearMonth"
)
"""Parameters that the service knows and that choose nothing here."""


class Refused(Exception):
    """What the service says no with."""

    def __init__(self, status: int, error: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"message": message, "error": error, "statusCode": status}


class Laji(Service):
    """FinBIF with synthetic observations; a call that names no version of the API is let pass.

    Args:
        tokens: Whoever sends one of these as a bearer is let in; anyone else gets 403.
        most_pending: Calls of one token that may be under way; further ones get 429.
        old_style: Understand ``/v0/…?access_token=`` too, which is on its way out.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        *,
        tokens: Iterable[str] = ("synthetic-token",),
        limit: Limit | None = None,
        most_pending: int = 10,
        old_style: bool = False,
    ) -> None:
        super().__init__(clock)
        self.tokens = tuple(tokens)
        self.limit = limit
        self.most_pending = most_pending
        self.old_style = old_style
        self.units: list[Unit] = list(made_units())
        self.pending: Counter[str] = Counter()
        self._open = threading.Event()
        self._open.set()

    @property
    def token(self) -> str:
        return self.tokens[0]

    def publish(
        self, municipality: str, taxon: str, date: str, count: int = 1, loaded: str = "2026-03-04"
    ) -> None:
        """Let new observations come in: a municipality and a day of the register, a taxon's id."""
        found = next(t for t in TAXA if t.id == taxon)
        for _ in range(count):
            number = len(self.units) + 1
            self.units.append(Unit(number, date, municipality, found, 1, 0, False, loaded))

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let every call wait, as on a slow day; ``pending`` says how many do."""
        self._open.clear()
        try:
            yield
        finally:
            self._open.set()

    def too_many(self, asked: Asked) -> Response:
        body = {"message": "Too many requests", "error": "Too Many Requests", "statusCode": 429}
        return json_response(body, 429)

    def respond(self, asked: Asked) -> tuple[Response, Fault | None]:
        token = self._token(asked)
        with self._guard:
            self.pending[token] += 1
            crowded = self.pending[token] > self.most_pending
            if crowded:
                self.log.append(asked)
                self.answered.append(429)
        try:
            if crowded:
                return self.too_many(asked), None
            self._open.wait(timeout=10)
            return super().respond(asked)
        finally:
            with self._guard:
                self.pending[token] -= 1

    def answer(self, asked: Asked) -> Response:
        try:
            return json_response(self._answer(asked))
        except Refused as no:
            return json_response(no.body, no.status)

    def _token(self, asked: Asked) -> str:
        kind, _, token = asked.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return token.strip()
        return asked.one("access_token") if self.old_style else ""

    def _answer(self, asked: Asked) -> Any:
        token = self._token(asked)
        if not token:
            raise Refused(401, "Unauthorized", "Access token missing")
        if token not in self.tokens:
            raise Refused(403, "Forbidden", "Invalid access token")
        if asked.headers.get("api-version", "1") != "1":
            raise Refused(400, "Bad Request", "Unknown API version")
        path = asked.path.removeprefix("/v0") if self.old_style else asked.path
        query = re.fullmatch(r"/warehouse/query/unit/(list|count|aggregate)", path)
        if asked.method == "GET" and path == "/areas":
            return _areas(asked)
        if asked.method != "GET" or query is None:
            target = asked.path + ("?" + urlencode(asked.params) if asked.params else "")
            raise Refused(404, "Not Found", f"Cannot {asked.method} {target}")
        units = _chosen(self.units, asked)
        if query[1] == "count":
            return {"total": len(units)}
        if query[1] == "aggregate":
            return _aggregate(units, asked)
        return _list(units, asked)


def _areas(asked: Asked) -> dict[str, Any]:
    found = [a for kind in _split(asked, "areaType") for a in areas(kind)]
    lang = asked.one("lang") or asked.headers.get("accept-language", "en")[:2]
    if lang != "multi":
        found = [a | {"name": a["name"].get(lang, a["name"]["fi"])} for a in found]
    page = _page(asked, found, 20, 100_000)
    order = ("total", "results", "currentPage", "nextPage", "pageSize", "lastPage")
    context = {"@context": "http://schema.laji.fi/context/area.jsonld"}
    return {k: page[k] for k in order if k in page} | context


def _split(asked: Asked, name: str) -> list[str]:
    """Values of a parameter, repeated or with commas, without the address that they may have."""
    return [v.removeprefix(TUN) for text in asked.all(name) for v in text.split(",") if v]


def _chosen(units: list[Unit], asked: Asked) -> list[Unit]:
    for name, _ in asked.params:
        if name not in AMONG and name not in _WITHOUT_EFFECT.split():
            # Said aloud, so that a misspelt filter does not pass for the whole country.
            raise Refused(400, "Bad Request", f"Unknown or unsupported parameter: {name}")
    for name, of in AMONG.items():
        if wanted := set(_split(asked, name)):
            units = [u for u in units if not wanted.isdisjoint(of(u))]
    if wanted := set(_split(asked, "taxonId")):
        below = asked.one("includeSubTaxa", "true") != "false"
        units = [u for u in units if wanted & set(u.taxon.holders if below else (u.taxon.id,))]
    for name in ("time", "yearMonth"):
        if asked.all(name):
            first, last = _span(asked.one(name))
            units = [u for u in units if first <= u.date <= last]
    return units


def _span(text: str) -> tuple[str, str]:
    day = r"(\d{4}(?:-\d\d){0,2})"
    found = re.fullmatch(rf"{day}(?:/{day})?", text)
    if found is None:
        raise Refused(400, "Bad Request", f"Invalid time: {text}")
    begin, end = found[1], found[2] or found[1]
    return begin + "-01-01"[len(begin) - 4 :], end + "-12-31"[len(end) - 4 :]


def _page(asked: Asked, rows: list[Any], size: int, largest: int) -> dict[str, Any]:
    try:
        page, size = int(asked.one("page", "1")), int(asked.one("pageSize", str(size)))
    except ValueError:
        raise Refused(400, "Bad Request", "page and pageSize must be numbers") from None
    if page < 1 or not 1 <= size <= largest:
        raise Refused(400, "Bad Request", f"Page must be at least 1, page size 1-{largest}")
    last = max(1, -(-len(rows) // size))
    following = {"nextPage": page + 1} if page < last else {}
    head = {"currentPage": page, **following, "lastPage": last, "pageSize": size}
    return head | {"total": len(rows), "results": rows[(page - 1) * size : page * size]}


def _fields(asked: Asked, name: str) -> list[str]:
    fields = [f for text in asked.all(name) for f in text.split(",") if f]
    if unknown := [f for f in fields if f not in FIELDS]:
        raise Refused(400, "Bad Request", f"Unknown field: {unknown[0]}")
    return fields


def _aggregate(units: list[Unit], asked: Asked) -> dict[str, Any]:
    fields = _fields(asked, "aggregateBy")
    if not fields:
        raise Refused(400, "Bad Request", "aggregateBy is required")
    groups: dict[tuple[str, ...], list[Unit]] = {}
    for unit in units:
        groups.setdefault(tuple(str(FIELDS[f](unit)) for f in fields), []).append(unit)
    rows = [
        {"aggregateBy": dict(zip(fields, key, strict=True))} | _counted(of_one, asked)
        for key, of_one in groups.items()
    ]
    for order in reversed(asked.one("orderBy", "count DESC").split(",")):
        field, _, way = order.strip().partition(" ")
        if field not in fields and any(field not in row for row in rows):
            raise Refused(400, "Bad Request", f"Cannot order by {field}")
        rows.sort(key=partial(_rank, field), reverse=way == "DESC")
    return _page(asked, rows, 100, LARGEST_PAGE)


def _rank(field: str, row: dict[str, Any]) -> Any:
    value = row.get(field, row["aggregateBy"].get(field))
    return int(value) if str(value).isdecimal() else value


def _counted(units: list[Unit], asked: Asked) -> dict[str, Any]:
    """What is said of a group; counting taxa says everything, unless only counts were asked for."""
    taxa, pairs = asked.one("taxonCounts") == "true", asked.one("pairCounts") == "true"
    only = asked.one("onlyCount", "false" if taxa or pairs else "true") == "true"
    row: dict[str, Any] = {"count": len(units)}
    if not only:
        row |= {
            "individualCountSum": sum(u.individuals for u in units),
            "individualCountMax": max(u.individuals for u in units),
            "oldestRecord": min(u.date for u in units),
            "newestRecord": max(u.date for u in units),
            "firstLoadDateMin": min(u.loaded for u in units),
            "firstLoadDateMax": max(u.loaded for u in units),
        }
    if taxa:
        row["taxonCount"] = row["speciesCount"] = len({u.taxon.id for u in units})
    if pairs:
        counted = [u.pairs for u in units]
        row |= {"pairCountSum": sum(counted), "pairCountMax": max(counted)}
    if not only:
        highest = max(_RED[u.taxon.red.removeprefix("MX.iucn")] for u in units)
        row |= {
            "recordQualityMax": "NEUTRAL",
            "redListStatusMax": f"{TUN}MX.iucnGroup{highest}",
            "securedCount": sum(u.secured for u in units),
        }
    return row


def _list(units: list[Unit], asked: Asked) -> dict[str, Any]:
    fields = _fields(asked, "selected") or list(FIELDS)
    order, _, way = asked.one("orderBy").partition(" ")
    if order.startswith("RANDOM"):
        units = random.Random(order).sample(units, len(units))
    elif order:
        if order not in FIELDS:
            raise Refused(400, "Bad Request", f"Unknown field: {order}")
        units = sorted(units, key=FIELDS[order], reverse=way == "DESC")
    page = _page(asked, units, 100, LARGEST_PAGE)
    results = page.pop("results")
    # The recorded list has this without being asked for a cached one.
    return page | {
        "cacheTimestamp": 1_772_622_771,
        "results": [nested(unit, fields) for unit in results],
    }
