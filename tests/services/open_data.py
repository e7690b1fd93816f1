"""Vipunen, the statistics service of the education administration, and a CKAN catalogue, locally.

Rows are SYNTHETIC. In Vipunen a resource has a list of fields and rows in pages by offset, and
whoever does not say who is calling is refused. In CKAN a package has resources, each with an
address where its file is::

    with Vipunen() as service:
        who = {"Caller-Id": "1.2.246.562.10.00000000001.tilannekuva"}
        requests.get(service.address + "/api/resources/suorittanut55/data?limit=100", headers=who)

    with Ckan() as service:
        wanted = {"fq": "organization:kela"}
        requests.get(service.address + "/data/api/3/action/package_search", params=wanted)
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from services import rsql
from services.core import Asked, Response, Service, html, json_response
from services.open_data_rows import Row, benefits, credits_earned, open_university

__all__ = ["Ckan", "Vipunen"]


class Vipunen(Service):
    """Resources, their fields, their rows.

    Args:
        needs_caller: Refuse a call without the header ``Caller-Id``.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, *, needs_caller: bool = True
    ) -> None:
        super().__init__(clock)
        self.needs_caller = needs_caller
        self.resources: dict[str, list[Row]] = {
            "avoin_yliopisto": open_university(),
            "suorittanut55": credits_earned(),
        }

    def publish(self, resource: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Put rows in place of those of a resource, or a new resource out."""
        self.resources[resource] = [dict(r) for r in rows]

    def answer(self, asked: Asked) -> Response:
        found = re.fullmatch(r"/api/resources(?:/(\w+)(/data(?:/count)?)?)?/?", asked.path)
        if asked.method != "GET" or found is None:
            return _problem(404, f"No handler found for {asked.method} {asked.path}")
        if self.needs_caller and not asked.headers.get("caller-id"):
            return _problem(400, "Required request header 'Caller-Id' is missing")
        name, what = found[1], found[2]
        if name is None:
            return json_response(list(self.resources))
        if name not in self.resources:
            return _problem(404, f"Resource not found: {name}")
        rows = self.resources[name]
        fields = _fields(rows)
        if what is None:
            return json_response([{"name": k, "type": v} for k, v in fields.items()])
        try:
            if text := asked.one("filter"):
                rows = [r for r in rows if rsql.parse(text, fields)(r)]
            offset, limit = int(asked.one("offset") or 0), int(asked.one("limit") or len(rows))
            if offset < 0 or limit < 0:
                raise ValueError("limit and offset must not be negative")
        except ValueError as reason:
            return _problem(400, str(reason))
        if what.endswith("/count"):
            return json_response(len(rows))
        return json_response(rows[offset : offset + limit])


def _fields(rows: Sequence[Row]) -> dict[str, str]:
    """Every field and its type, in the order of the first row."""
    return {
        name: "number" if any(isinstance(r[name], int | float) for r in rows) else "string"
        for name in (rows[0] if rows else {})
    }


def _problem(status: int, message: str) -> Response:
    titles = {400: "Bad Request", 404: "Not Found"}
    return json_response({"status": status, "error": titles[status], "message": message}, status)


@dataclass
class _Resource:
    name: str
    format: str
    body: bytes
    modified: datetime


@dataclass
class _Package:
    name: str
    title: str
    organization: str
    modified: datetime
    resources: list[_Resource] = field(default_factory=list)


class Ckan(Service):
    """A catalogue of packages, and their files.

    Args:
        base: What comes before ``/api/3/action``: ``/data`` at avoindata.fi, nothing at SYKE.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, base: str = "/data") -> None:
        super().__init__(clock)
        self.base = base
        start = datetime(2026, 2, 10, 6, 30, 12, 345678, tzinfo=UTC)
        described = {"name": "etuudet", "resources": [{"path": "etuudet_2024.csv"}]}
        self.packages = [
            _Package(
                "kelan-etuudet-kunnittain",
                "Kelan etuudet kunnittain",
                "kela",
                start,
                [
                    _Resource("etuudet_2024.csv", "CSV", benefits(2024), start),
                    _Resource("etuudet_2025.csv", "CSV", benefits(2025), start),
                    _Resource("package.json", "JSON", json.dumps(described).encode(), start),
                ],
            ),
            _Package("kelan-kuntoutus", "Kelan kuntoutus", "kela", start - timedelta(days=400)),
            _Package("valtion-talous", "Valtion talous", "valtiokonttori", start),
        ]

    def publish(self, package: str, resource: str, body: bytes) -> None:
        """Put a file out: in place of the one of that name, or beside the others."""
        found = next(p for p in self.packages if p.name == package)
        found.modified += timedelta(days=1)
        kept = [r for r in found.resources if r.name != resource]
        kind = resource.rpartition(".")[2].upper()
        found.resources = [*kept, _Resource(resource, kind, body, found.modified)]

    def answer(self, asked: Asked) -> Response:
        action = re.fullmatch(rf"{self.base}/api/3/action/(\w+)", asked.path)
        if action is None:
            return self._file(asked)
        given = dict(asked.params)
        if asked.method == "POST" and asked.body:
            given |= {k: str(v) for k, v in asked.json().items()}
        if action[1] == "package_search":
            return self._search(given)
        if action[1] in ("package_show", "resource_show"):
            return self._show(action[1], given)
        text = f"Bad request - Action name not known: {action[1]}"
        return json_response(text, 400)

    def _search(self, given: Mapping[str, str]) -> Response:
        name, found = "package_search", self.packages
        for clause in re.split(r"\s+AND\s+|\s+", given.get("fq", "").replace("+", " ").strip()):
            key, _, value = clause.partition(":")
            value = value.strip('"')
            if key == "organization":
                found = [p for p in found if p.organization == value]
            elif key == "name":
                found = [p for p in found if p.name == value]
            elif key == "res_format":
                found = [p for p in found if any(r.format == value for r in p.resources)]
            elif key:
                return self._no(name, 409, "Validation Error", query=[f"Unknown field: {key}"])
        words = given.get("q", "*:*").lower().split()
        if words != ["*:*"]:
            found = [p for p in found if all(w in f"{p.title} {p.name}".lower() for w in words)]
        numbers = given.get("start", "0"), given.get("rows", "10")
        for key, text in zip(("start", "rows"), numbers, strict=True):
            if not text.isdecimal():
                return self._no(name, 409, "Validation Error", **{key: ["Invalid integer"]})
        start, rows = int(numbers[0]), min(int(numbers[1]), 1000)
        chosen = [self._package(p) for p in found[start : start + rows]]
        result = {"count": len(found), "facets": {}, "results": chosen}
        order = {"sort": "score desc, metadata_modified desc", "search_facets": {}}
        return self._yes(name, result | order)

    def _show(self, name: str, given: Mapping[str, str]) -> Response:
        if not given.get("id"):
            return self._no(name, 409, "Validation Error", id=["Missing value"])
        for package in self.packages:
            shown = self._package(package)
            if name == "package_show" and given["id"] in (shown["id"], shown["name"]):
                return self._yes(name, shown)
            for resource in shown["resources"]:
                if name == "resource_show" and given["id"] == resource["id"]:
                    return self._yes(name, resource)
        return self._no(name, 404, "Not Found Error", message="Not found")

    def _help(self, name: str) -> dict[str, str]:
        return {"help": f"{self.address}{self.base}/api/3/action/help_show?name={name}"}

    def _yes(self, name: str, result: Any) -> Response:
        return json_response(self._help(name) | {"success": True, "result": result})

    def _no(self, name: str, status: int, kind: str, **why: Any) -> Response:
        error = why | {"__type": kind}
        return json_response(self._help(name) | {"success": False, "error": error}, status)

    def _package(self, package: _Package) -> Row:
        key = str(uuid5(NAMESPACE_URL, package.name))
        resources = [
            {
                "id": str(uuid5(NAMESPACE_URL, f"{package.name}/{r.name}")),
                "package_id": key,
                "name": r.name,
                "format": r.format,
                "mimetype": {"CSV": "text/csv", "JSON": "application/json"}.get(r.format),
                "size": len(r.body),
                "created": "2021-03-01T08:00:00.000000",
                "last_modified": _stamp(r.modified),
                "state": "active",
                "position": at,
                "url": self._address(package, r),
            }
            for at, r in enumerate(package.resources)
        ]
        return {
            "id": key,
            "name": package.name,
            "title": package.title,
            "title_translated": {"fi": package.title, "sv": "", "en": ""},
            "organization": {"name": package.organization, "title": package.organization.title()},
            "license_id": "cc-by-4.0",
            "metadata_created": "2021-03-01T08:00:00.000000",
            "metadata_modified": _stamp(package.modified),
            "num_resources": len(resources),
            "resources": resources,
            "state": "active",
            "type": "dataset",
        }

    def _address(self, package: _Package, resource: _Resource) -> str:
        key = uuid5(NAMESPACE_URL, package.name)
        one = uuid5(NAMESPACE_URL, f"{package.name}/{resource.name}")
        path = f"{self.base}/dataset/{key}/resource/{one}/download/{resource.name}"
        return self.address + path

    def _file(self, asked: Asked) -> Response:
        for package in self.packages:
            for resource in package.resources:
                if self._address(package, resource) == self.address + asked.path:
                    tag = f'"{sha256(resource.body).hexdigest()[:16]}"'
                    kind = {"CSV": "text/csv; charset=utf-8"}.get(resource.format)
                    headers = {
                        "Content-Type": kind or "application/json",
                        "ETag": tag,
                        "Last-Modified": format_datetime(resource.modified, usegmt=True),
                    }
                    if asked.headers.get("if-none-match") == tag:
                        return Response(304, b"", headers)
                    return Response(200, resource.body, headers)
        return html("<h1>404 Not Found</h1>", 404)


def _stamp(when: datetime) -> str:
    """A time as CKAN writes it: in UTC and without saying so."""
    return when.strftime("%Y-%m-%dT%H:%M:%S.%f")
