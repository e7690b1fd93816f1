"""Every service at once, serving what a whole catalogue asks for.

The tables are SYNTHETIC: their shape is that of the catalogue's queries, their figures come from
arithmetic. So a run over everything can be timed and counted, and nothing can be learned from it
about Finland.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from itertools import product
from typing import Any, Self

from tilannekuva import region_codes, tidying
from tilannekuva.calls import Ask
from tilannekuva.model import Query

from .core import Limit, Service
from .cube_model import Cube, Variable
from .cube_variables import contents, years
from .cubes import generated
from .eurostat import Eurostat
from .eurostat_cubes import Cube as EurostatCube
from .eurostat_cubes import Dimension, finnish_regions
from .gbif import Gbif
from .laji import Laji
from .open_data import Ckan, Vipunen
from .pxweb1 import PxWeb1
from .pxweb2 import PxWeb2
from .sotkanet import Sotkanet, synthetic
from .statfin_geo import Boundaries, Classifications
from .syke import Syke

__all__ = ["Whole"]

_FIRST, _LAST = 2010, 2025
_CONTENTS = {"tiedot", "contents", "contentscode", "uppgifter", "information"}
_AREAS = {"alue", "region", "geo", "area", "maakunta", "kunta"}


class Whole(AbstractContextManager["Whole"]):
    """Local services for every source of a catalogue's plan.

    Args:
        asks: What is going to be asked (``fetching.plan``).
        clock: Shared by all services, so that limits can be tried without waiting.
    """

    def __init__(self, asks: Iterable[Ask], clock: Callable[[], float] = time.monotonic) -> None:
        by_source: dict[str, list[Ask]] = {}
        for ask in asks:
            by_source.setdefault(ask.source.id, []).append(ask)
        self.services: dict[str, Service] = {}
        self.addresses: dict[str, str] = {}
        """Source id → address of the local service, for ``[addresses]`` in ``tilannekuva.toml``."""
        self.secrets: dict[str, str] = {}
        """Environment variables that the services accept."""
        for source, found in by_source.items():
            service, path = self._service(found, clock)
            self.services[source] = service
            self.addresses[source] = service.address + path
        self._stack = ExitStack()

    def _service(self, asks: list[Ask], clock: Callable[[], float]) -> tuple[Service, str]:
        protocol = asks[0].source.protocol
        if protocol == "pxweb":
            return PxWeb1([_table(a) for a in asks], clock=clock), "/PXWeb/api/v1"
        if protocol == "pxweb2":
            return PxWeb2([_table(a) for a in asks], clock=clock), "/api/v2"
        if protocol == "sotkanet":
            sotkanet = Sotkanet([_sotkanet(a) for a in asks], clock=clock)
            sotkanet.limit = Limit(2, 1)
            return sotkanet, "/rest/1.1"
        if protocol == "eurostat":
            return Eurostat([_dataset(a) for a in asks], clock=clock), "/eurostat/api/dissemination"
        if protocol == "laji":
            laji = Laji(clock)
            self.secrets["FINBIF_TOKEN"] = laji.token
            return laji, ""
        if protocol == "gbif":
            gbif = Gbif(clock)
            self.secrets["GBIF_USER"], self.secrets["GBIF_PASSWORD"] = gbif.account
            return gbif, "/v1"
        plain: dict[str, tuple[Callable[..., Service], str]] = {
            "syke": (Syke, ""),
            "classifications": (Classifications, "/api/classifications/v2"),
            "boundaries": (Boundaries, "/geoserver/tilastointialueet/wfs"),
            "vipunen": (Vipunen, "/api"),
            "ckan": (Ckan, "/data/api/3/action"),
        }
        made, path = plain[protocol]
        return made(clock), path

    def __enter__(self) -> Self:
        for service in self.services.values():
            self._stack.enter_context(service)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def refused(self) -> int:
        """Calls over a limit."""
        return sum(s.limit.refused for s in self.services.values() if s.limit is not None)


def _wanted(asks: Ask) -> tuple[dict[str, dict[str, None]], list[tuple[str, Query]]]:
    """Codes by variable, of all queries of a table."""
    found: dict[str, dict[str, None]] = {}
    for _, query in asks.queries:
        for axis, name in query.axes.items():
            codes = [_published(r) for r in tidying.read_axis(axis)]
            found.setdefault(name, {}).update(dict.fromkeys(codes))
        for name, asked in query.select.items():
            codes = [asked] if isinstance(asked, str) else list(asked)
            found.setdefault(name, {}).update(dict.fromkeys(codes))
    return found, list(asks.queries)


def _published(row: Mapping[str, str]) -> str:
    return next(iter(row.get("aliases", "").split()), row["code"])


def _table(ask: Ask) -> Cube:
    wanted, queries = _wanted(ask)
    database, _, path = ask.table.rpartition(":")
    folder, _, table = path.rpartition("/")
    regional = any(not q.region.startswith("=") for _, q in queries)
    variables: list[Variable] = [_areas(queries)] if regional else []
    for name, codes in wanted.items():
        if name.casefold() in _AREAS and name in {q.region for _, q in queries}:
            continue
        if name.casefold() in _CONTENTS:
            variables.append(_contents(codes))
        else:
            more = [] if {"SSS", "T"} & set(codes) else ["SSS"]
            listed = [*more, *codes]
            labels = {"fi": ["Yhteensä" if c == "SSS" else c for c in listed]}
            variables.append(Variable(name, {"fi": name}, listed, labels))
    variables.append(years(*_span(queries)))
    made = generated(
        table,
        variables,
        folder=folder,
        database=database or ask.source.database or "StatFin",
        missing=0.01,
    )
    return replace(made, values=[v if v is None else _alike(v, ask) for v in made.values])


def _alike(value: float, ask: Ask) -> float:
    """A figure of the size that those of every table have, in the unit that the query expects.

    Tables of one indicator must not differ as tables of two quantities do: that would be refused.
    """
    return (1000 + value % 1000) / ask.queries[0][1].scale


def _contents(codes: Iterable[str]) -> Variable:
    """Contents by code; what is a text for people becomes the label of a code."""
    labels = {}
    for n, code in enumerate(codes):
        plain = code.replace("-", "").replace("_", "").isalnum() and code.isascii()
        labels[code if plain else f"synt-{n}"] = code
    return contents(labels)


def _areas(queries: Iterable[tuple[str, Query]]) -> Variable:
    del queries
    codes = ["SSS", "MA1"]
    for level in ("maakunta", "seutukunta", "kunta"):
        codes += [r.code for r in region_codes.regions(level)]
    named = [region_codes.region(c).names for c in codes]
    labels = {"fi": [n.fi for n in named], "sv": [n.sv for n in named], "en": [n.en for n in named]}
    return Variable(
        f"alue_23_{region_codes.today()}0101",
        {"fi": "Alue", "sv": "Område", "en": "Area"},
        codes,
        labels,
        role="geo",
        map_name=f"Alue {region_codes.today()}",
    )


def _span(queries: Iterable[tuple[str, Query]]) -> tuple[int, int]:
    """First and last year: what spans of periods name is inside."""
    named = [int(p[:4]) for _, q in queries for p in (q.periods[:1] + q.periods[-1:])]
    return min([_FIRST, *named]), max([_LAST, *(y for y in named if y < 2050)])


def _sotkanet(ask: Ask) -> Any:
    title = next(iter(_wanted(ask)[0]["title"]))
    first, last = _span(ask.queries)
    made = synthetic(int(ask.table), title, range(first, last))
    values = {k: (_alike(v, ask), None) for k, (v, _) in made.values.items()}
    return replace(made, values=values)


def _dataset(ask: Ask) -> EurostatCube:
    wanted, queries = _wanted(ask)
    wanted.setdefault("freq", {"A": None})
    first, last = _span(queries)
    geos = {"EU27_2020": "European Union", "SE": "Sweden", **finnish_regions()}
    dimensions = [Dimension(n, n, {c: c for c in codes}) for n, codes in wanted.items()]
    dimensions.append(Dimension("geo", "Geopolitical entity", geos))
    dimensions.append(Dimension("time", "Time", {str(y): str(y) for y in range(first, last + 1)}))
    keys = product(*(d.categories for d in dimensions))
    values = {key: _alike(float((n * 2654435761) % 100_000), ask) for n, key in enumerate(keys)}
    return EurostatCube(ask.table, f"SYNTHETIC {ask.table}", tuple(dimensions), values)
