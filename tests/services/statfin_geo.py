"""Statistics Finland's classifications and boundaries, locally.

Every name has a year in it, and the year of the next January is not there before January:
``publish(2027)`` puts it out. Codes and names are those of the register, shapes are squares::

    with Classifications() as service:
        path = "/api/classifications/v2/classifications/kunta_1_20260101/classificationItems"
        requests.get(service.address + path, params={"content": "data", "lang": "fi"})

    with Boundaries() as service:
        wanted = {"request": "GetFeature", "typeNames": "tilastointialueet:kunta1000k_2026"}
        wanted |= {"outputFormat": "application/json", "srsName": "EPSG:4326"}
        requests.get(service.address + service.path, params=wanted)
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from services.core import Asked, Response, Service, html, json_response
from services.statfin_areas import FIRST_YEARS, areas, bare, degrees, members, square
from tilannekuva.model import Region

__all__ = ["Boundaries", "Classifications"]

LANGUAGES = {"fi": "suomi", "sv": "ruotsi", "en": "englanti"}
API = "/api/classifications/v2"


class _Dated(Service):
    """A service whose names end in a year."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, latest: int = 2026) -> None:
        super().__init__(clock)
        self.latest = latest

    def publish(self, year: int) -> None:
        """Put the division of a year out."""
        self.latest = max(self.latest, year)

    def is_out(self, level: str, year: int) -> bool:
        return FIRST_YEARS.get(level, 9999) <= year <= self.latest


class Classifications(_Dated):
    """The classification service: items, and tables that map municipalities to larger areas.

    ``maps_fail`` makes tables with data answer 500 while their lists of links still work, as was
    seen in October 2026.
    """

    maps_fail = False

    def answer(self, asked: Asked) -> Response:
        path = asked.path.removeprefix(API)
        if asked.method != "GET" or path == asked.path:
            return _not_found(asked)
        if path == "/classifications":
            return json_response([self._link(f"classifications/{c}") for c in self._names()])
        if path == "/correspondenceTables":
            tables = [f"kunta_1_{c[-8:]}#{c}" for c in self._names() if c[:5] != "kunta"]
            return json_response([self._link(f"correspondenceTables/{t}") for t in tables])
        name = r"([a-z]+)_1_(\d{4})0101"
        if found := re.fullmatch(rf"/classifications/{name}/classificationItems", path):
            if self.is_out(found[1], int(found[2])):
                return self._items(asked, found[1], int(found[2]))
        elif found := re.fullmatch(rf"/correspondenceTables/{name}#{name}/maps", path):
            level, year = found[3], int(found[2])
            if found[1] == "kunta" != level and found[2] == found[4] and self.is_out(level, year):
                return self._maps(asked, level, year)
        return _not_found(asked)

    def _names(self) -> list[str]:
        years = range(min(FIRST_YEARS.values()), self.latest + 1)
        return [f"{lv}_1_{y}0101" for lv in FIRST_YEARS for y in years if self.is_out(lv, y)]

    def _link(self, path: str) -> str:
        return f"{self.address}{API}/{quote(path)}"

    def _items(self, asked: Asked, level: str, year: int) -> Response:
        name, found = f"{level}_1_{year}0101", areas(level, year)
        if asked.one("content") != "data":
            start = f"classifications/{name}/classificationItems/"
            return json_response([self._link(start + bare(r.code)) for r in found])
        items = [_item(r, at, name, asked) for at, r in enumerate(found, 1)]
        return json_response(items)

    def _maps(self, asked: Asked, level: str, year: int) -> Response:
        source, target = f"kunta_1_{year}0101", f"{level}_1_{year}0101"
        within = members(level, year)
        if asked.one("content") != "data":
            start = f"correspondenceTables/{source}#{target}/maps/"
            pairs = [f"{bare(one)}/{bare(holder)}" for one, holder in within.items()]
            return json_response([self._link(start + pair) for pair in pairs])
        if self.maps_fail:
            return html("<h1>500 Internal Server Error</h1>", 500)
        lower = {r.code: _item(r, n, source, asked) for n, r in enumerate(areas("kunta", year), 1)}
        upper = {r.code: _item(r, n, target, asked) for n, r in enumerate(areas(level, year), 1)}
        rows = [
            {
                "sourceLocalId": lower[one]["localId"],
                "targetLocalId": upper[holder]["localId"],
                "sourceItem": lower[one],
                "targetItem": upper[holder],
            }
            for one, holder in within.items()
        ]
        return json_response(rows)


def _not_found(asked: Asked) -> Response:
    return json_response({"status": 404, "error": "Not Found", "path": asked.path}, 404)


def _item(region: Region, order: int, name: str, asked: Asked) -> dict[str, Any]:
    wanted = [asked.one("lang")] if asked.one("lang") in LANGUAGES else list(LANGUAGES)
    names = [
        {"langName": LANGUAGES[lang], "lang": lang, "name": getattr(region.names, lang)}
        for lang in wanted
    ]
    item = {
        "localId": f"{name}/{bare(region.code)}",
        "level": 1,
        "code": bare(region.code),
        "order": order,
        "modifiedDate": f"{name[-8:-4]}-01-01T00:00:00Z",
        "parentItemLocalId": None,
        "parentCode": None,
        "classificationItemNames": names,
    }
    if asked.one("meta") != "max":
        return item
    title, _, date = name.rpartition("_")
    called = {"langName": LANGUAGES[wanted[0]], "lang": wanted[0]}
    whole = {
        "localId": name,
        "internationalRecommendation": False,
        "nationalRecommendation": True,
        "classificationName": [called | {"name": f"{title.removesuffix('_1')} {date[:4]}"}],
        "classificationDescription": [called | {"description": ""}],
    }
    notes: dict[str, Any] = {"explanatoryNotes": [], "classificationIndexEntry": [{"text": []}]}
    return {"classification": whole} | item | notes


class Boundaries(_Dated):
    """A GeoServer with municipalities and larger areas in the division of every year.

    A layer without a year in its name is the latest. ``zeros_lost`` writes codes without their
    leading zeros, as one layer once had them.
    """

    path = "/geoserver/tilastointialueet/wfs"
    zeros_lost = False

    def answer(self, asked: Asked) -> Response:
        if asked.path != self.path:
            return html("<h1>HTTP Status 404 - Not Found</h1>", 404)
        # The names of parameters are the same in capitals and in small letters.
        given = {k.lower(): v for k, v in asked.params}
        request = given.get("request", "").lower()
        if request == "getcapabilities":
            return _xml(self._capabilities())
        if request != "getfeature":
            code = "OperationNotSupported" if request else "MissingParameterValue"
            return _exception(code, "request", f"Could not determine the operation: {request}")
        return self._features(given)

    def layers(self) -> list[str]:
        """The names of all layers, without that of the workspace."""
        found = []
        for level in ("kunta", "maakunta", "seutukunta", "hyvinvointialue"):
            years = range(FIRST_YEARS[level], self.latest + 1)
            for scale in ("1000k", "4500k"):
                found += [f"{level}{scale}", *(f"{level}{scale}_{y}" for y in years)]
        return found

    def _capabilities(self) -> str:
        types = "".join(
            f"<FeatureType><Name>tilastointialueet:{layer}</Name><Title>{layer}</Title>"
            "<DefaultCRS>urn:ogc:def:crs:EPSG::3067</DefaultCRS>"
            "<OtherCRS>urn:ogc:def:crs:EPSG::4326</OtherCRS></FeatureType>"
            for layer in self.layers()
        )
        spaces = (
            'version="2.0.0" xmlns="http://www.opengis.net/wfs/2.0"'
            ' xmlns:wfs="http://www.opengis.net/wfs/2.0"'
            ' xmlns:tilastointialueet="http://www.stat.fi/tilastointialueet"'
        )
        listed = f"<FeatureTypeList>{types}</FeatureTypeList>"
        return f"<wfs:WFS_Capabilities {spaces}>{listed}</wfs:WFS_Capabilities>"

    def _features(self, given: dict[str, str]) -> Response:
        named = given.get("typenames") or given.get("typename") or ""
        if not named:
            text = (
                "The query should specify either typeName, featureId filter, or a stored query id"
            )
            return _exception("MissingParameterValue", "typeNames", text)
        layer = named.removeprefix("tilastointialueet:")
        if layer not in self.layers():
            return _exception("InvalidParameterValue", "typeName", f"Feature type {named} unknown")
        system = re.fullmatch(r".*?EPSG:{1,2}(3067|4326)", given.get("srsname", "EPSG:3067"))
        if system is None:
            text = f"Unable to support srsName: {given['srsname']}"
            return _exception("InvalidParameterValue", "srsName", text)
        pages = [given.get("startindex", "0"), given.get("count", given.get("maxfeatures", "9999"))]
        if not all(p.isdecimal() for p in pages):
            return _exception("InvalidParameterValue", "count", f"Not numbers: {pages}")
        start, count = map(int, pages)
        level, _, year = layer.replace("1000k", "").replace("4500k", "").partition("_")
        division = int(year or self.latest)
        found = list(enumerate(areas(level, division), 1))
        chosen = found[start : start + count]
        if given.get("resulttype") == "hits":
            return _xml(_collection(len(found), 0, ""))
        if given.get("outputformat", "").lower() not in ("application/json", "json"):
            names = "".join(
                f"<wfs:member><nimi>{escape(r.names.fi)}</nimi></wfs:member>" for _, r in chosen
            )
            return _xml(_collection(len(found), len(chosen), names))
        features = [self._feature(layer, level, division, n, r, system[1]) for n, r in chosen]
        boxes = [f["bbox"] for f in features]
        whole = {
            "type": "FeatureCollection",
            "features": features,
            "totalFeatures": len(found),
            "numberMatched": len(found),
            "numberReturned": len(features),
            "timeStamp": f"{self.latest}-01-15T08:00:00.000Z",
            "crs": {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{system[1]}"}},
        }
        if boxes:
            corners = list(zip(*boxes, strict=True))
            whole["bbox"] = [min(c) for c in corners[:2]] + [max(c) for c in corners[2:]]
        body = json.dumps(whole, ensure_ascii=False).encode()
        return Response(200, body, {"Content-Type": "application/json;charset=UTF-8"})

    def _feature(
        self, layer: str, level: str, year: int, number: int, region: Region, system: str
    ) -> dict[str, Any]:
        within = members(level, year) if level != "kunta" else {region.code: region.code}
        squares = [square(one) for one, holder in within.items() if holder == region.code]
        # Longitude comes first in GeoJSON, whatever the system says of its axes.
        rings = [[list(degrees(*p) if system == "4326" else p) for p in ring] for ring in squares]
        polygon = {"type": "Polygon", "coordinates": rings[:1]}
        many = {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]}
        xs, ys = zip(*(p for ring in rings for p in ring), strict=True)
        code = bare(region.code)
        return {
            "type": "Feature",
            "id": f"{layer}.{number}",
            "geometry": polygon if level == "kunta" else many,
            "geometry_name": "geom",
            "properties": {
                "id": number,
                level: str(int(code)) if self.zeros_lost else code,
                "vuosi": year,
                "nimi": region.names.fi,
                "namn": region.names.sv,
                "name": region.names.en,
            },
            "bbox": [min(xs), min(ys), max(xs), max(ys)],
        }


def _collection(matched: int, returned: int, members: str) -> str:
    counts = f'numberMatched="{matched}" numberReturned="{returned}"'
    space = 'xmlns:wfs="http://www.opengis.net/wfs/2.0"'
    return f"<wfs:FeatureCollection {space} {counts}>{members}</wfs:FeatureCollection>"


def _xml(text: str, status: int = 200) -> Response:
    body = ('<?xml version="1.0" encoding="UTF-8"?>' + text).encode()
    return Response(status, body, {"Content-Type": "application/xml"})


def _exception(code: str, locator: str, text: str) -> Response:
    inner = f"<ows:ExceptionText>{escape(text)}</ows:ExceptionText>"
    where = f"exceptionCode={quoteattr(code)} locator={quoteattr(locator)}"
    space = 'version="2.0.0" xmlns:ows="http://www.opengis.net/ows/1.1"'
    report = f"<ows:Exception {where}>{inner}</ows:Exception>"
    return _xml(f"<ows:ExceptionReport {space}>{report}</ows:ExceptionReport>", 400)
