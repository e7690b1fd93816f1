"""A local GBIF: searches, counts and downloads of SYNTHETIC occurrences.

A download is looked at again and again until it has come to its end, which is SUCCEEDED unless
``end_next`` says otherwise::

    with Gbif() as service:
        service.end_next("FAILED")
        address = service.address + "/v1/occurrence/download/request"
        requests.post(address, json=…, auth=service.account)

Of the formats only SIMPLE_CSV and SQL_TSV_ZIP are made here.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal

from services import gbif_records as synthetic
from services.core import Asked, Limit, Response
from services.gbif_downloads import PREFIX, Downloading, Refused, as_json, as_text
from services.gbif_records import FIELDS, SPECIES, Group

__all__ = ["Gbif"]

FARTHEST, LARGEST_PAGE = 100_000, 300
ENUMERATED = {"FI": "FINLAND", "AX": "ALAND_ISLANDS", "SE": "SWEDEN"}
COUNTS = {
    "year": "year",
    "basisOfRecord": "basisOfRecord",
    "countries": "country",
    "publishingCountries": "publishingCountry",
    "datasets": "datasetKey",
}


class Gbif(Downloading):
    """GBIF with synthetic occurrences.

    Args:
        accounts: Names and passwords of those who may download.
        excess: What a call over the limit gets, 429 or 503.
        times: Multiplies every number of records: 100 makes more than a search can reach.
        looks: How many looks find a download in preparation, and then running.
        most_running: Downloads of one account that may be under way; further ones get 420.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        *,
        accounts: Mapping[str, str] = {"synthetic": "password"},
        limit: Limit | None = None,
        excess: Literal[429, 503] = 429,
        times: int = 1,
        looks: tuple[int, int] = (1, 1),
        most_running: int = 3,
    ) -> None:
        super().__init__(
            clock, accounts=accounts, times=times, looks=looks, most_running=most_running
        )
        self.limit, self.excess = limit, excess

    def publish(self, year: int, species: str, count: int) -> None:
        """Let new records of a species come in, at the first place of Finland."""
        found = next(s for s in SPECIES if s.name == species)
        number = len(self.groups)
        like = self.groups[0]
        self.groups.append(like._replace(number=number, year=year, species=found, size=count))

    def too_many(self, asked: Asked) -> Response:
        return self._marked(as_text("Too many requests", self.excess))

    def answer(self, asked: Asked) -> Response:
        try:
            return self._marked(self._answer(asked))
        except Refused as no:
            return self._marked(no.response)

    def _marked(self, response: Response) -> Response:
        """With the numbers of calls counted and allowed."""
        allowed, seconds = (self.limit.calls, self.limit.seconds) if self.limit else (250, 60)
        now = self.log[-1].at
        used = sum(asked.at > now - seconds for asked in self.log)
        marks = {"x-varnish-rli": str(used), "x-varnish-rlg": str(allowed)}
        return replace(response, headers={**response.headers, **marks})

    def _answer(self, asked: Asked) -> Response:
        path, method = asked.path.removeprefix(PREFIX), asked.method
        if asked.path.startswith(PREFIX + "/download/"):
            return self.download(asked, path.removeprefix("/download/"))
        if method == "GET" and path == "/search":
            return self._search(asked)
        if method == "GET" and path == "/count":
            return as_json(sum(g.size for g in self._chosen(asked)) * self.times)
        if method == "GET" and (kind := path.removeprefix("/counts/")) in COUNTS:
            return as_json(self._counts(asked, kind))
        raise Refused(as_text("", 404))

    # --- searches --------------------------------------------------------------------------------

    def _chosen(self, asked: Asked) -> list[Group]:
        checklist, found = asked.one("checklistKey"), self.groups
        for name, of in FIELDS.items():
            if wanted := [v.upper() for v in asked.all(name) if v]:
                # Only the parameters of a search: unknown ones are passed over, as GBIF does.
                found = [g for g in found if _any_fits(name, wanted, of(g, checklist))]
        return found

    def _search(self, asked: Asked) -> Response:
        offset, limit = _number(asked, "offset", 0), _number(asked, "limit", 20)
        limit = min(limit, LARGEST_PAGE)
        if offset + limit > FARTHEST:
            raise Refused(as_text(f"Max offset of {FARTHEST} exceeded: {offset} + {limit}", 400))
        groups = self._chosen(asked)
        count = sum(g.size for g in groups) * self.times
        return as_json(
            {
                "offset": offset,
                "limit": limit,
                "endOfRecords": offset + limit >= count,
                "count": count,
                "results": list(synthetic.records(groups, self.times, offset, limit)),
                "facets": [self._facet(asked, name, groups) for name in asked.all("facet") if name],
            }
        )

    def _facet(self, asked: Asked, name: str, groups: list[Group]) -> dict[str, Any]:
        field = next((f for f in FIELDS if f.lower() == name.replace("_", "").lower()), None)
        if field is None:
            raise Refused(as_text(f"Unknown facet: {name}", 400))
        most = _number(asked, f"{field}.facetLimit", _number(asked, "facetLimit", 10))
        first = _number(asked, f"{field}.facetOffset", _number(asked, "facetOffset", 0))
        least = _number(asked, "facetMincount", 1)
        counts = synthetic.summed(groups, field, asked.one("checklistKey"), self.times)
        rows = [{"name": k, "count": n} for k, n in counts.items() if n >= least]
        upper = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", field).upper()
        return {"field": upper, "counts": rows[first : first + most]}

    def _counts(self, asked: Asked, kind: str) -> dict[str, int]:
        field = COUNTS[kind]
        counts = synthetic.summed(self._chosen(asked), field, "", self.times)
        return {ENUMERATED.get(k, k): n for k, n in counts.items()}


def _any_fits(name: str, wanted: Iterable[str], values: Iterable[str]) -> bool:
    try:
        return any(synthetic.fits(name, one, values) for one in wanted)
    except ValueError as reason:
        raise Refused(as_text(f"Invalid {name}: {reason}", 400)) from None


def _number(asked: Asked, name: str, default: int) -> int:
    """A number that may be left empty, as R's client does."""
    text = asked.one(name)
    if text and not text.isdecimal():
        raise Refused(as_text(f"Invalid {name}: {text}", 400))
    return int(text) if text else default
