"""A local server that behaves like a PxWeb API v1 server, Statistics Finland's above all.

::

    with PxWeb1([cube], clock=lambda: now) as statfin:
        requests.get(statfin.address + "/PXWeb/api/v1/fi/StatFin/synt/90re.px")
        statfin.january()  # the next call finds another code for the area
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .core import Asked, Limit, Response, Service
from .cube_changes import dated, published, rolled, undated, with_unit, without_variable
from .cube_model import Cube, Texts, said
from .pxweb1_answers import data, metadata, nodes, search, table_at
from .pxweb1_query import Refused, TooManyCells, chosen
from .pxweb1_tables import default_cubes

__all__ = ["PxWeb1"]

_FORBIDDEN = (
    b'<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN">\r\n<html><head>'
    b"<title>403 - Forbidden: Access is denied.</title></head>\r\n<body>"
    b"<h2>403 - Forbidden: Access is denied.</h2>\r\n<h3>You do not have permission to view this "
    b"directory or page using the credentials that you supplied.</h3></body></html>\r\n"
)


class PxWeb1(Service):
    """Databases, node lists, metadata and data, under limits, with changes while it runs."""

    def __init__(
        self,
        cubes: Iterable[Cube] | None = None,
        *,
        max_cells: int = 120_000,
        max_values: int = 120_000,
        calls: int = 40,
        seconds: int = 60,
        iis: bool = True,
        clock: Callable[[], float] = time.monotonic,
        default_format: str = "json-stat2",
        cors: bool = True,
        searchable: bool = True,
        before_june: bool = False,
        base: str = "/PXWeb/api/v1",
        names: Mapping[str, Texts] | None = None,
    ) -> None:
        """Serve tables.

        Args:
            cubes: The tables; without them those of ``default_cubes``.
            max_cells: How many cells a call may ask for.
            max_values: A variable with more values is described without them.
            calls: How many calls fit in the window, refused ones and all.
            seconds: The length of the window.
            iis: Whether the web server puts its own pages in place of the errors.
            clock: The time of day in seconds.
            default_format: What is answered when the query names no format.
            cors: Whether browsers may call from anywhere.
            searchable: Whether there is an index to search.
            before_june: Begin with the names from before June 2026; ``june_2026`` ends that.
            base: Everything before the language; the case does not matter.
            names: What the databases are called, where it is not their id.
        """
        super().__init__(clock)
        self.limit = Limit(calls, seconds)
        given = default_cubes() if cubes is None else cubes
        self.cubes = [undated(c) if before_june else c for c in given]
        self.max_cells, self.max_values = max_cells, max_values
        self.iis, self.cors, self.searchable = iis, cors, searchable
        self.default_format, self.base = default_format, base
        self.names = dict(names or {})
        self._planned: list[tuple[int, Callable[[], object]]] = []

    # --- what changes while it runs -----------------------------------------------------------

    def after(self, calls: int, change: Callable[[], object]) -> None:
        """Let so many calls be answered, then make a change: ``after(1, server.january)``."""
        self._planned.append((calls, change))

    def june_2026(self) -> None:
        """Short ids and dated codes, all tables stamped anew; the archive stays as it is."""
        self.cubes = [
            c if (new := dated(c)) is c else replace(new, stamped="2026-06-06T21:04:30")
            for c in self.cubes
        ]

    def january(self) -> None:
        """Next year's area division: alue_23_20260101 becomes alue_23_20270101."""
        self.cubes = [rolled(c) for c in self.cubes]

    def shrink(self, max_cells: int) -> None:
        """Allow fewer cells from now on; ``?config`` tells."""
        self.max_cells = max_cells

    def drop_variable(self, table: str, code: str) -> None:
        """Take a variable away from a table."""
        self._change(table, lambda c: without_variable(c, code))

    def change_unit(self, table: str, contents: str, unit: str) -> None:
        """Give a contents code another unit."""
        self._change(table, lambda c: with_unit(c, contents, unit))

    def publish(
        self,
        table: str,
        values: Sequence[float | None] | Mapping[int, float | None],
        updated: str,
        status: Mapping[int, str] | None = None,
    ) -> None:
        """Revise a table: all its figures, or some by their places."""
        self._change(table, lambda c: published(c, values, updated, status))

    def cube(self, table: str) -> Cube:
        """The table as it is served now, by its short id or its file."""
        return next(c for c in self.cubes if table in (c.id, c.file))

    def _change(self, table: str, change: Callable[[Cube], Cube]) -> None:
        old = self.cube(table)
        self.cubes = [change(c) if c is old else c for c in self.cubes]

    # --- what it answers ----------------------------------------------------------------------

    def answer(self, asked: Asked) -> Response:
        due = [change for calls, change in self._planned if calls <= 0]
        self._planned = [(calls - 1, c) for calls, c in self._planned if calls > 0]
        for change in due:
            change()
        response = self._answer(asked)
        if self.cors:
            allowed = {"Access-Control-Allow-Origin": "*"}
            return replace(response, headers={**response.headers, **allowed})
        return response

    def _answer(self, asked: Asked) -> Response:
        if asked.method == "OPTIONS" and self.cors:
            allowed = {"Methods": "GET, POST", "Headers": "Content-Type"}
            return Response(200, b"", {f"Access-Control-Allow-{k}": v for k, v in allowed.items()})
        if not re.match(rf"{re.escape(self.base)}(/|$)", asked.path, re.IGNORECASE):
            return Response(404, b"Not Found", {"Content-Type": "text/plain"})
        lang, *parts = [p for p in asked.path[len(self.base) :].split("/") if p] or [""]
        if lang and not parts and any(key == "config" for key, _ in asked.params):
            return self._json(asked, self._config())
        # A table without a translation is not there in that language, nor is its database.
        here = [c for c in self.cubes if lang in c.languages]
        if not parts and here:
            return self._json(asked, self._databases(here, lang))
        found = [c for c in here if parts and c.database == parts[0]]
        if not found:
            return self._bad()
        if table := table_at(found, parts[1:]):
            return self._table(asked, table, lang)
        folder = "/".join(parts[1:])
        below = [c for c in found if not folder or f"{c.folder}/".startswith(f"{folder}/")]
        if not below:
            return self._bad()
        if asked.one("query"):
            return self._found(asked, below, folder, lang)
        return self._json(asked, nodes(below, folder, lang))

    def _table(self, asked: Asked, cube: Cube, lang: str) -> Response:
        if asked.method in ("GET", "HEAD"):
            return self._json(asked, metadata(cube, lang, self.max_values))
        try:
            query = asked.json()
            part = chosen(cube, query, self.max_cells)
        except TooManyCells:
            return self._too_many_cells()
        except (Refused, ValueError):
            return self._bad()
        response = query.get("response")
        named = response.get("format") if isinstance(response, dict) else None
        written = data(part, str(named or self.default_format).lower(), lang)
        return self._bad() if written is None else Response(200, written[0], written[1])

    def _config(self) -> dict[str, Any]:
        limit = self.limit or Limit(0, 0)
        return {
            "maxValues": self.max_values,
            "maxCells": self.max_cells,
            "maxCalls": limit.calls,
            "timeWindow": int(limit.seconds),
            "CORS": self.cors,
        }

    def _databases(self, here: Iterable[Cube], lang: str) -> list[dict[str, str]]:
        ids = dict.fromkeys(c.database for c in here)
        return [{"dbid": i, "text": said(self.names.get(i, {}), lang, i)} for i in ids]

    def _found(self, asked: Asked, below: Iterable[Cube], folder: str, lang: str) -> Response:
        """The tables under a node that have all the words; paths begin at the node."""
        if not self.searchable:
            return self._bad("Search not activated")
        field = asked.one("filter").lower()
        found = search(below, folder, asked.one("query"), field, lang)
        return self._json(asked, found)

    def _json(self, asked: Asked, value: Any) -> Response:
        indent = 2 if asked.one("prettyprint").lower() == "true" else None
        body = json.dumps(value, ensure_ascii=False, indent=indent).encode()
        return Response(200, body, {"Content-Type": "application/json; charset=utf-8"})

    def _bad(self, message: str = "Parameter error") -> Response:
        """The answer to what is not there and to what cannot be read: the same 400."""
        if self.iis:
            return Response(400, b"Bad Request", {"Content-Type": "text/plain"})
        return _error(400, message)

    def _too_many_cells(self) -> Response:
        if self.iis:
            return Response(403, _FORBIDDEN, {"Content-Type": "text/html"})
        return _error(403, "Too many values selected")


def _error(status: int, message: str) -> Response:
    body = json.dumps({"error": message}).encode()
    return Response(status, body, {"Content-Type": "application/json; charset=utf-8"})
