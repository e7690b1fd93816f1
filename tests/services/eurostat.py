"""A local Eurostat: statistics API, SDMX 2.1 with its queue, table of contents, small structures.

What goes wrong at the publisher is a switch of the service::

    with Eurostat([synthetic()]) as eurostat:
        eurostat.queue_next = 1
        requests.get(eurostat.base + "/sdmx/2.1/data/synth_10r_3gdp?format=TSV&compressed=true")
"""

from __future__ import annotations

import gzip
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from services import eurostat_formats as formats
from services import eurostat_xml as xml
from services.core import Asked, Response, Service, json_response
from services.eurostat_cubes import (
    Cube,
    Dimension,
    Key,
    Selection,
    every_flag,
    finnish_regions,
    synthetic,
)
from services.eurostat_queries import Refused, filtered, keyed

__all__ = [
    "Cube",
    "Dimension",
    "Eurostat",
    "Selection",
    "every_flag",
    "finnish_regions",
    "synthetic",
]

TOO_BIG = (
    "EXTRACTION_TOO_BIG: The requested extraction is too big, estimated {0} rows, max authorised is"
    " {1}, please change your filters to reduce the extraction size"
)
LATER = (
    "ASYNCHRONOUS_RESPONSE. Your request will be treated asynchronously. Please try again later."
)


@dataclass
class _Job:
    chosen: Selection
    asked: Asked
    polls: int = 0


class Eurostat(Service):
    """The dissemination API under ``/eurostat/api/dissemination``."""

    def __init__(
        self, cubes: Iterable[Cube] = (), *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(clock)
        self.cubes = {c.code: c for c in cubes}
        self.max_rows = 5_000_000
        """Above so many cells a request is refused."""
        self.queue_above = 500_000
        """Above so many cells a request is queued."""
        self.warn_next = 0
        """So many of the next calls of the statistics API are queued, whatever their size."""
        self.queue_next = 0
        """So many of the next calls for SDMX data are queued, whatever their size."""
        self.empty_next = 0
        """So many of the next calls for SDMX data are answered by 200 and nothing."""
        self.states: tuple[str, ...] = ("SUBMITTED", "PROCESSING", "PROCESSING", "AVAILABLE")
        """What the queue tells a request, poll by poll; the last one stays."""
        self.error_shape: Literal["list", "object"] = "list"
        self.wrong_codes: Literal["refused", "dropped"] = "refused"
        """What the statistics API does with a code that the dataset does not have."""
        self.no_results: Literal["empty", "error"] = "empty"
        """What the statistics API says where nothing was found."""
        self.line = "\r\n"
        """How a line of TSV ends."""
        self.jobs: dict[str, _Job] = {}

    @property
    def base(self) -> str:
        return f"{self.address}/eurostat/api/dissemination"

    def serve(self, cube: Cube) -> None:
        """Add a dataset, or put another in its place."""
        self.cubes = self.cubes | {cube.code: cube}

    def publish(
        self,
        code: str,
        values: Mapping[Key, float | None],
        flags: Mapping[Key, str] | None = None,
        *,
        updated: str,
    ) -> Cube:
        """An update of a dataset: new periods and revisions; None takes a value away."""
        new = self.cubes[code].grown(values, flags or {}, updated)
        self.serve(new)
        return new

    def answer(self, asked: Asked) -> Response:
        rest = asked.path.removeprefix("/eurostat/api/dissemination").strip("/").split("/")
        match rest:
            case ["statistics", "1.0", "data", code]:
                try:
                    return self._statistics(asked, code)
                except Refused as no:
                    error = {"status": no.status, "id": no.number, "label": no.text}
                    shaped = [error] if self.error_shape == "list" else error
                    return json_response({"error": shaped}, no.status)
            case ["catalogue", "toc", "txt"]:
                return _text(formats.toc(self.cubes.values()), "text/plain;charset=UTF-8")
            case ["sdmx", "2.1", *parts]:
                try:
                    return self._sdmx(asked, parts)
                except Refused as no:
                    return _xml(xml.fault(no.number, no.text), no.status)
            case ["1.0", "async", what, job]:
                return self._queue(asked, what, job)
        return _xml(xml.fault(100, "ERR_NOT_FOUND: no such resource"), 404)

    def _statistics(self, asked: Asked, code: str) -> Response:
        cube = self._cube(code, "ERR_NOT_FOUND_4: {} is not available for dissemination.")
        chosen = filtered(cube, asked, refuse=self.wrong_codes == "refused")
        if chosen.size > self.max_rows:
            raise Refused(413, 413, TOO_BIG.format(chosen.size, self.max_rows))
        self.warn_next, now = max(0, self.warn_next - 1), self.warn_next
        if now or chosen.size > self.queue_above:
            # The interface has no address to fetch the answer from: all one can do is ask again.
            return json_response({"warning": {"status": 413, "label": LATER}})
        if self.no_results == "error" and not any(k in cube.values for k in chosen.cells()):
            raise Refused(400, 100, "NO_RESULTS: The query did not return any results.")
        return json_response(formats.jsonstat(chosen, asked.one("lang", "EN").upper()))

    def _sdmx(self, asked: Asked, parts: list[str]) -> Response:
        match parts:
            case ["data", code, *key]:
                return self._data(asked, code, "/".join(key))
            case ["dataflow", _, "all", *_] | ["dataflow", "all"]:
                return _xml(xml.dataflows(self.cubes.values()))
            case ["dataflow", "ESTAT", code, *_]:
                text = "ERR_NOT_FOUND_4: {} (DATA_FLOW:ESTAT,*) is not available for dissemination."
                deep = asked.one("references") == "descendants"
                return _xml(xml.dataflows([self._cube(code, text)], descendants=deep))
            case ["datastructure", "ESTAT", code, *_]:
                text = "ERR_NOT_FOUND_4: {} (DSD:ESTAT,*) is not available for dissemination."
                return _xml(xml.datastructure(self._cube(code, text)))
            case ["contentconstraint", "ESTAT", code, *_]:
                text = "ERR_NOT_FOUND_4: {} (CONSTRAINT:ESTAT,*) is not available."
                return _xml(xml.constraint(self._cube(code, text)))
            case ["codelist", "ESTAT", code, *_]:
                return self._codelist(asked, code)
        raise Refused(404, 100, "ERR_NOT_FOUND: no such resource")

    def _codelist(self, asked: Asked, code: str) -> Response:
        dimensions = (d for c in self.cubes.values() for d in c.dimensions[:-1])
        found = [d for d in dimensions if d.code == code.lower()]
        if not found or asked.one("format").upper() != "TSV":
            raise Refused(404, 100, f"ERR_NOT_FOUND_4: {code} is not available.")
        codes = {k: label for d in found for k, label in d.categories.items()}
        text = "".join(f"{k}\t{label}\r\n" for k, label in codes.items())
        return _maybe_zipped(asked, text.encode(), "text/tab-separated-values")

    def _data(self, asked: Asked, code: str, key: str) -> Response:
        cube = self._cube(code, "ERR_NOT_FOUND_2: DATA_SET:{} is not available for dissemination.")
        chosen = keyed(cube, key, asked)
        if chosen.size > self.max_rows:
            raise Refused(413, 413, TOO_BIG.format(chosen.size, self.max_rows))
        self.empty_next, empty = max(0, self.empty_next - 1), self.empty_next
        if empty:
            return Response(200, b"")
        self.queue_next, now = max(0, self.queue_next - 1), self.queue_next
        if now or chosen.size > self.queue_above:
            job = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{len(self.jobs)}{asked.path}"))
            self.jobs = self.jobs | {job: _Job(chosen, asked)}
            return _xml(xml.queued(job, "SUBMITTED"))
        if not any(True for _ in chosen.series()):
            raise Refused(400, 100, "NO_RESULTS: The query did not return any results.")
        return self._written(chosen, asked)

    def _written(self, chosen: Selection, asked: Asked) -> Response:
        match asked.one("format").upper():
            case "TSV":
                body = formats.tsv(chosen, self.line)
                return _maybe_zipped(asked, body, "text/tab-separated-values")
            case "SDMX-CSV":
                return _maybe_zipped(asked, formats.sdmx_csv(chosen), "text/csv")
            case "JSON":
                answer = json_response(formats.jsonstat(chosen))
                return _maybe_zipped(asked, answer.body, "application/json")
        raise Refused(501, 501, "NOT_IMPLEMENTED: this local server writes no SDMX-ML")

    def _queue(self, asked: Asked, what: str, job: str) -> Response:
        found = self.jobs.get(job)
        states = self.states if found else ("UNKNOWN_REQUEST",)
        seen = found.polls if found else 0
        if what == "status":
            if found:
                found.polls += 1
            return _xml(xml.status(job, states[min(seen, len(states) - 1)]))
        told = states[min(max(seen - 1, 0), len(states) - 1)]
        if what != "data" or found is None or told != "AVAILABLE":
            text = "DATA_NOT_YET_AVAILABLE: Requested data is not yet available."
            return _xml(xml.fault(100, text), 404)
        # The form is that of the first request, unless this one names another.
        params = (*asked.params, *found.asked.params)
        merged = Asked("GET", asked.path, params, asked.headers, b"", asked.at)
        return self._written(found.chosen, merged)

    def _cube(self, code: str, missing: str) -> Cube:
        found = self.cubes.get(code.lower())
        if found is None:
            raise Refused(404, 100, missing.format(code.upper()))
        return found


def _text(body: bytes, kind: str, status: int = 200) -> Response:
    return Response(status, body, {"Content-Type": kind})


def _xml(body: bytes, status: int = 200) -> Response:
    return _text(body, "application/xml;charset=UTF-8", status)


def _maybe_zipped(asked: Asked, body: bytes, kind: str) -> Response:
    """With ``compressed=true`` the answer is a gz file, which no header unpacks for the reader."""
    if asked.one("compressed").lower() == "true":
        return _text(gzip.compress(body, mtime=0), "application/gzip")
    return _text(body, f"{kind};charset=UTF-8")
