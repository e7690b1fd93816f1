"""A local server that behaves like a PxWebApi 2 server: SCB's, SSB's, Latvia's or a plain one.

::

    with PxWeb2([cube], flavour="scb", clock=lambda: now) as scb:
        requests.get(f"{scb.api}/tables/{cube.id}/metadata")
        scb.publish(cube.id, figures, "2026-11-20T06:00:00Z")
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from .core import Asked, Response, Service, html, json_response
from .cube_changes import published, without_variable
from .cubes import Cube, select
from .pxweb2_answers import codelist_body, data, default_body, metadata, problem, table_body
from .pxweb2_codelists import Codelist
from .pxweb2_flavours import FLAVOURS, FlavourName, adapted, config
from .pxweb2_layout import default, pivoted, placed
from .pxweb2_limits import LONGEST_QUERY, TOO_LONG, Window, WithAddress, raw_query
from .pxweb2_reading import Reading
from .pxweb2_searching import matches
from .pxweb2_selecting import Problem, Repeated, checked, expressed, resolved

__all__ = ["Codelist", "PxWeb2"]


class PxWeb2(Service):
    """Search, metadata, default selections, code lists and data, under limits."""

    def __init__(
        self,
        cubes: Iterable[Cube],
        *,
        flavour: FlavourName = "stock",
        codelists: Sequence[Codelist] = (),
        max_cells: int | None = None,
        calls: int | None = None,
        seconds: int | None = None,
        languages: Mapping[str, str] | None = None,
        discontinued: Collection[str] = (),
        must_show: Mapping[str, Sequence[int]] | None = None,
        page_size: int = 20,
        base: str = "/api/v2",
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Serve tables.

        Args:
            cubes: The tables.
            flavour: Whose installation it is.
            codelists: Code lists; each suits the tables with its variable.
            max_cells: How many cells a call may ask for, in place of the flavour's own limit.
            calls: How many calls fit in the window; 0 for no limit.
            seconds: The length of the window.
            languages: Names of the languages by code, the default first.
            discontinued: Ids of tables that are listed only when asked for.
            must_show: By table, which of its notes are marked as mandatory to show.
            page_size: Tables on a page when the request does not say.
            base: The path before every endpoint.
            clock: The time of day in seconds, for the limit.
            now: The date, for what was updated lately.
        """
        super().__init__(clock)
        self._server.RequestHandlerClass = WithAddress
        self.flavour = adapted(
            FLAVOURS[flavour],
            max_cells=max_cells,
            calls=calls,
            seconds=seconds,
            languages=languages,
        )
        self.base, self.page_size, self.now = base, page_size, now
        self.codelists, self.discontinued = list(codelists), set(discontinued)
        self.must_show = dict(must_show or {})
        self.cubes = {c.id: c for c in cubes}
        self.indexed = dict(self.cubes)
        """The tables as the search knows them."""
        if self.flavour.calls:
            self.limit = Window(self.flavour.calls, self.flavour.seconds, self._exempt)

    @property
    def api(self) -> str:
        """The address before every endpoint."""
        return self.address + self.base

    # --- what changes while it runs -----------------------------------------------------------

    def add(self, cube: Cube) -> None:
        """Publish a new table, or a new edition of one: more periods, other variables."""
        self.cubes = {**self.cubes, cube.id: cube}
        if not self.flavour.index_lags or cube.id not in self.indexed:
            self.index()

    def publish(
        self,
        table: str,
        values: Sequence[float | None] | Mapping[int, float | None],
        updated: str,
        status: Mapping[int, str] | None = None,
    ) -> None:
        """Revise a table: all its figures, or some by their places."""
        self.add(published(self.cubes[table], values, updated, status))

    def drop_variable(self, table: str, code: str) -> None:
        """Take a variable away from a table."""
        self.add(without_variable(self.cubes[table], code))

    def shrink(self, max_cells: int) -> None:
        """Allow fewer cells from now on; /config tells."""
        self.flavour = replace(self.flavour, max_cells=max_cells)

    def index(self) -> None:
        """Let the search know the tables as they are now."""
        self.indexed = dict(self.cubes)

    # --- what it answers ----------------------------------------------------------------------

    def too_many(self, asked: Asked) -> Response:
        assert isinstance(self.limit, Window)
        return self.limit.refusal(asked.at)

    def answer(self, asked: Asked) -> Response:
        if asked.method == "GET" and len(raw_query()) > LONGEST_QUERY:
            return html(TOO_LONG, 404)
        try:
            response = self._routed(Reading(asked, self.flavour))
        except Problem as found:
            response = problem(found)
        except Repeated:
            response = Response(500)
        return replace(response, headers={**response.headers, **self._used(asked)})

    def _exempt(self) -> bool:
        return self._parts(self.log[-1]) == ["config"]

    def _parts(self, asked: Asked) -> list[str]:
        """The path below the base; its own words in lower case, ids as they came."""
        below = re.fullmatch(rf"{re.escape(self.base)}(?:/(.*))?", asked.path, re.IGNORECASE)
        parts = [p for p in (below[1] or "").split("/") if p] if below else []
        return [p if i == 1 else p.lower() for i, p in enumerate(parts)]

    def _used(self, asked: Asked) -> dict[str, str]:
        """How much of the limit is left, in the words of the installation."""
        if not isinstance(self.limit, Window) or self._exempt():
            return {}
        return self.limit.headers(self.flavour.headers, asked.at, self.now())

    def _routed(self, read: Reading) -> Response:
        parts = self._parts(read.asked)
        posted = len(parts) == 3 and parts[::2] == ["tables", "data"]
        if read.asked.method != "GET" and not (posted and read.asked.method == "POST"):
            return Response(405)
        match parts:
            case ["config"]:
                read.language()
                return json_response(config(self.flavour))
            case ["tables"]:
                return self._tables(read)
            case ["tables", table]:
                cube = self._table(table, self.indexed)
                lang = read.language()
                return json_response({"language": lang, **self._listed(cube, lang)})
            case ["tables", table, "metadata"]:
                return self._metadata(read, table)
            case ["tables", table, "defaultselection"]:
                cube, lang = self._table(table, self.cubes), read.language()
                return json_response(default_body(cube.id, lang, self.api, default(cube)))
            case ["tables", table, "data"]:
                return self._data(read, table)
            case ["codelists", codelist]:
                return self._codelist(read, codelist)
        return Response(404)

    def _table(self, table: str, among: Mapping[str, Cube], sent: int = 404) -> Cube:
        for cube in among.values():
            if cube.id.lower() == table.lower():
                return cube
        raise Problem("Non-existent table", 404, sent=sent)

    def _listed(self, cube: Cube, lang: str) -> dict[str, Any]:
        return table_body(cube, lang, self.flavour, self.api, cube.id in self.discontinued)

    def _tables(self, read: Reading) -> Response:
        lang, query, days = read.language(), read.one("query"), read.number("pastdays")
        old = read.truth("includediscontinued")
        since = self.now() - timedelta(days=days) if days else None
        found = [
            c
            for c in self.indexed.values()
            if (old or c.id not in self.discontinued)
            and (since is None or datetime.fromisoformat(c.updated) >= since)
            and matches(c, query, lang, self.flavour.every_word)
        ]
        page = max(read.number("pagenumber") or 1, 1)
        size = read.number("pagesize") or 0
        size = size if size > 0 else self.page_size
        pages = ceil(len(found) / size)
        if 0 < pages < page:
            raise Problem("Non-existent page", 404, detail="Non-existent page")

        def linked(rel: str, number: int) -> dict[str, str]:
            asked = f"?lang={lang}{f'&query={query}' if query else ''}&pagesize={size}"
            more = f"&pageNumber={number}{f'&pastDays={days}' if days else ''}"
            return {"rel": rel, "hreflang": lang, "href": f"{self.api}/tables/{asked}{more}"}

        around = [linked("next", page + 1)] if page < pages else []
        around += [linked("previous", page - 1)] if page != 1 and page <= pages else []
        around += [linked("last", pages)] if pages > 1 else []
        told = {"pageNumber": page, "pageSize": size, "totalElements": len(found)}
        shown = found[(page - 1) * size : page * size]
        return json_response(
            {
                "language": lang,
                "tables": [self._listed(c, lang) for c in shown],
                "page": {**told, "totalPages": max(pages, 1), "links": around},
                "links": [linked("self", page)],
            }
        )

    def _metadata(self, read: Reading, table: str) -> Response:
        lang, cube = read.language(), self._table(table, self.cubes)
        suited = {v.code: [c for c in self.codelists if c.suits(v)] for v in cube.variables}
        for code, name in read.deep("codelist").items():
            cube, _ = expressed(cube, code, name, self.codelists)
        shown = self.must_show.get(cube.id, ())
        return json_response(metadata(cube, lang, self.flavour, self.api, suited, shown))

    def _data(self, read: Reading, table: str) -> Response:
        lang, (form, params) = read.language(), read.output()
        picks, heading, stub = read.posted() if read.asked.method == "POST" else read.asked_for()
        cube = self._table(table, self.cubes, sent=400)
        if not picks:
            picks, heading, stub = default(cube)
        cube, codes = resolved(cube, picks, self.codelists)
        checked(codes, self.flavour.max_cells)
        places = placed(cube, codes, heading, stub)
        # Values come in the order of the table, not in that of the request.
        kept = {v.code: [c for c in v.codes if c in set(codes[v.code])] for v in cube.variables}
        part = select(cube, kept, [c for c, chosen in codes.items() if not chosen])
        if places:
            part = pivoted(part, *places)
        shown = self.must_show.get(cube.id, ())
        return data(part, lang, self.flavour, form, params, shown)

    def _codelist(self, read: Reading, name: str) -> Response:
        lang = read.language()
        for found in self.codelists:
            if found.id == name:
                every = [v for c in self.cubes.values() for v in c.variables if found.suits(v)]
                own = every[0] if every else None
                languages = self.flavour.languages
                return json_response(codelist_body(found, own, lang, languages, self.api))
        raise Problem("Non-existent codelist", 404)
