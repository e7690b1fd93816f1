"""FinBIF's pages of counts: refusing what is no such page, rows, and what stands beside them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from tilannekuva.asking._cells import Cells, make_cells
from tilannekuva.asking._laji_question import YEAR
from tilannekuva.errors import SourceError

__all__ = ["Row", "Tally", "cells_of_rows", "check_once", "number", "page_of", "rows_of"]

Row = tuple[Any, ...]
"""Region, a code a field, quantity, value."""


def page_of(data: bytes, where: str) -> dict[str, Any]:
    """The page that some bytes are.

    Raises:
        SourceError: They are something else, such as an error message with a status of success.
    """
    try:
        page = json.loads(data)
    except (ValueError, UnicodeDecodeError) as error:
        start = data[:80].decode("utf-8", "replace").strip()
        raise SourceError(f"{where}: the answer is not JSON but '{start}'") from error
    if isinstance(page, dict) and isinstance(page.get("results"), list):
        return page
    said = page.get("message") or page.get("error") if isinstance(page, dict) else None
    raise SourceError(
        f"{where}: the service says '{said}'; mend the query's `ask` or run again later"
        if said
        else f"{where}: the answer has no list of results"
    )


def number(page: Mapping[str, Any], key: str, where: str, default: int | None = None) -> int:
    """A whole number that stands beside the results.

    Raises:
        SourceError: It is not there, or is no number.
    """
    found = page.get(key, default)
    if isinstance(found, bool) or not isinstance(found, int):
        raise SourceError(f"{where}: the answer does not say '{key}', so it cannot be known whole")
    return found


def rows_of(page: Mapping[str, Any], layout: Mapping[str, Any], where: str) -> list[Row]:
    """The counts of finished years on a page.

    Records without a year are of no period, and those of the running year are not finished: both
    are left out.

    Raises:
        SourceError: A row is not counted by the fields asked for, or lacks the field counted.
    """
    found = []
    for row in page["results"]:
        keys = row.get("aggregateBy") if isinstance(row, dict) else None
        if not isinstance(keys, dict) or not set(keys) & set(layout["fields"]):
            raise SourceError(f"{where}: a row is not counted by {', '.join(layout['fields'])}")
        codes = [_code(keys.get(field)) for field in layout["fields"]]
        year = codes[layout["fields"].index(YEAR)]
        if not year:
            continue
        if not year.isdigit():
            raise SourceError(f"{where}: '{year}' is no year")
        if int(year) >= int(layout["running"]):
            continue
        for quantity in layout["quantities"]:
            value = _value(row, quantity, where)
            found += [(region, *codes, quantity, value) for region in layout["regions"]]
    return found


def _code(value: Any) -> str:
    """Ids come with an address before them and are asked for without."""
    text = "" if value is None else str(value).strip()
    return text.removeprefix("http://tun.fi/")


def _value(row: Mapping[str, Any], quantity: str, where: str) -> float | None:
    if quantity not in row:
        there = ", ".join(k for k in row if k != "aggregateBy")
        raise SourceError(
            f"{where}: the rows have no '{quantity}', they have {there}; species are counted with "
            '`taxonCounts = "true"`, sums and dates come without `onlyCount`'
        )
    value = row[quantity]
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SourceError(f"{where}: '{value}' for '{quantity}' is no number")
    return float(value)


def check_once(rows: Sequence[Row], where: str) -> None:
    """Refuse a figure that stands twice: pages that were read while the database changed."""
    seen: set[Row] = set()
    for row in rows:
        if row[:-1] in seen:
            raise SourceError(
                f"{where}: two rows are about {', '.join(map(str, row[1:-1]))}; the database "
                "changed while it was read, run again"
            )
        seen.add(row[:-1])


def cells_of_rows(rows: Sequence[Row], layout: Mapping[str, Any]) -> Cells:
    """Rows as cells; the field of years is called ``year``."""
    names = ["region", *("year" if f == YEAR else f for f in layout["fields"]), "quantity"]
    return make_cells(
        {name: [str(row[n]) for row in rows] for n, name in enumerate(names)},
        [row[-1] for row in rows],
        roles={"region": "geo", "year": "time", "quantity": "contents"},
        names={"year": frozenset({YEAR})},
    )


class Tally:
    """What the pages of an answer say together, beside the figures."""

    def __init__(self) -> None:
        self._loaded: set[str] = set()
        self._cached: set[int] = set()
        self._secured = self._undated = 0

    def add(self, page: Mapping[str, Any], *, counts: bool) -> None:
        """Take a page along; records count once, not again for each level of areas."""
        if isinstance(stamp := page.get("cacheTimestamp"), int):
            self._cached.add(stamp)
        for row in page["results"]:
            if isinstance(day := row.get("firstLoadDateMax"), str):
                self._loaded.add(day)
            if not counts:
                continue
            self._secured += int(row.get("securedCount") or 0)
            if not _code(row["aggregateBy"].get(YEAR)):
                self._undated += int(row.get("count") or 0)

    @property
    def updated_at(self) -> str | None:
        """The newest day that a counted record came, else when the counts were made."""
        if self._loaded:
            return max(self._loaded)
        if self._cached:
            made = dt.datetime.fromtimestamp(max(self._cached), dt.UTC)
            return made.strftime("%Y-%m-%dT%H:%M:%SZ")
        return None

    @property
    def note(self) -> str:
        """What whoever uses the figures should know."""
        said = ["Records of FinBIF by the year of observation; finished years only."]
        if self._secured:
            said.append(
                f"{self._secured} of the counted records are of sensitive species: their place is "
                "coarsened, so they may be missing from an area or be counted for its neighbour."
            )
        if self._undated:
            said.append(f"{self._undated} records without a year are in no figure.")
        return " ".join(said)
