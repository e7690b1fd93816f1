"""A local Sotkanet, as its REST interface 1.1 behaves.

Its figures are those of the indicators it is given; :func:`synthetic` makes up some whose names say
so. Every call for data returns every region, whatever the call says of regions::

    with Sotkanet([synthetic(4)]) as sotkanet:
        requests.get(sotkanet.base + "/json?indicator=4&years=2020&genders=total", headers=...)
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from services.core import Asked, Response, Service, html, json_response
from services.sotkanet_regions import AREAS, Region, find, packaged

__all__ = ["Indicator", "Region", "Sotkanet", "find", "packaged", "synthetic"]

Key = tuple[int, int, str]
"""Region id, year, gender."""
Row = tuple[float, float | None]
"""Value, and the number behind it where the publisher gives one."""

GENDERS = ("total", "male", "female")

_ORGANIZATION = {
    "id": 2,
    "title": {
        "fi": "Terveyden ja hyvinvoinnin laitos (THL)",
        "en": "Finnish Institute for Health and Welfare (THL)",
        "sv": "Institutet för hälsa och välfärd (THL)",
    },
}


@dataclass(frozen=True)
class Indicator:
    """What the service tells of one indicator. A cell without a row is suppressed."""

    id: int
    title: Mapping[str, str]
    """By language; a language may be missing."""
    range: tuple[int, int]
    data_updated: str
    """A date, ``2026-05-28``."""
    values: Mapping[Key, Row]
    genders: tuple[str, ...] = ("male", "female", "total")
    categories: tuple[str, ...] = ("KUNTA", "MAAKUNTA", "HYVINVOINTIALUE", "NUTS1", "MAA")
    description: Mapping[str, str] = field(default_factory=dict)
    """May hold HTML; a language may be missing or empty."""
    unit: tuple[str, Mapping[str, str]] = (
        "PER1000",
        {"fi": "Tuhatta asukasta kohden", "en": "Per 1 000 inhabitants"},
    )
    decimals: int = 1

    def brief(self, *, dated: bool = True) -> dict[str, Any]:
        """The shape of an item of ``/indicators``; older answers had no dates."""
        item: dict[str, Any] = {
            "id": self.id,
            "title": dict(self.title),
            "organization": _ORGANIZATION,
            "classifications": {
                "sex": {"values": list(self.genders)},
                "region": {"values": [AREAS[c] for c in self.categories]},
            },
        }
        if dated:
            item["range"] = {"start": self.range[0], "end": self.range[1]}
            item["data-updated"] = self.data_updated
        return item

    def detail(self) -> dict[str, Any]:
        """The shape of ``/indicators/{id}``."""
        empty = {"fi": "", "en": "", "sv": ""}
        code, title = self.unit
        return self.brief() | {
            "description": dict(self.description),
            "interpretation": empty,
            "limits": empty,
            "legislation": empty,
            "notices": {"fi": "<p>Alle viiden tapauksen tietoja ei näytetä.</p>", "en": ""},
            "primaryValueType": {"code": code, "title": dict(title)},
            "decimals": self.decimals,
            "subjects": [{"fi": "koe", "en": "test", "sv": "", "uri": ""}],
            "sources": [],
            "groups": [730, 103],
        }


class Sotkanet(Service):
    """Sotkanet REST 1.1 under ``/rest/1.1``."""

    def __init__(
        self,
        indicators: Iterable[Indicator] = (),
        regions: Sequence[Region] | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(clock)
        self.indicators = {i.id: i for i in indicators}
        self.regions = packaged() if regions is None else tuple(regions)
        self.byte_order_mark = False
        """Whether the CSV starts with one."""
        self.dated_list = True
        """Whether the list of indicators tells ranges and dates; older answers did not."""

    @property
    def base(self) -> str:
        return f"{self.address}/rest/1.1"

    def serve(self, indicator: Indicator) -> None:
        """Add an indicator, or put another in its place."""
        self.indicators = self.indicators | {indicator.id: indicator}

    def publish(
        self, indicator: int, values: Mapping[Key, Row | None], data_updated: str
    ) -> Indicator:
        """New and revised rows; None withdraws one. The range grows to the years that have rows."""
        old = self.indicators[indicator]
        rows = {k: row for k, row in (dict(old.values) | dict(values)).items() if row is not None}
        years = {year for _, year, _ in rows} | set(old.range)
        new = replace(old, values=rows, data_updated=data_updated, range=(min(years), max(years)))
        self.serve(new)
        return new

    def retitle(self, indicator: int, title: Mapping[str, str]) -> None:
        """The publisher gives an indicator another name; its figures stay."""
        self.serve(replace(self.indicators[indicator], title=title))

    def answer(self, asked: Asked) -> Response:
        # The publisher turns away the default name of the commonest Python library.
        if asked.headers.get("user-agent", "").startswith("python-requests"):
            return html("<html><body><h1>403 Forbidden</h1></body></html>", 403)
        match asked.path.removeprefix("/rest/1.1/").rstrip("/").split("/"):
            case ["indicators"]:
                shown = [i.brief(dated=self.dated_list) for i in self.indicators.values()]
                return json_response(shown)
            case ["indicators", number]:
                found = self.indicators.get(int(number)) if number.isdecimal() else None
                return json_response(found.detail()) if found else _refuse(404, "Not Found")
            case ["regions"]:
                return json_response([r.shown() for r in self.regions])
            case ["json" | "csv" as form]:
                return self._data(asked, form)
        return _refuse(404, "Not Found")

    def _data(self, asked: Asked, form: str) -> Response:
        numbers, years, genders = (asked.all(k) for k in ("indicator", "years", "genders"))
        # Lists with commas are no numbers and no genders either, so they end here as well.
        good = (
            len(numbers) == 1
            and years
            and genders
            and all(v.isdecimal() for v in (*numbers, *years))
            and all(g in GENDERS for g in genders)
        )
        if not good:
            return _refuse(400, "Bad Request")
        number = int(numbers[0])
        found = self.indicators.get(number)
        wanted = {int(y) for y in years}, set(genders)
        rows = list(_rows(found, *wanted)) if found else []
        if form == "json":
            return json_response(rows)
        text = "indicator;region;year;gender;primary value;absolute value\r\n"
        for r in rows:
            cells = (number, r["region"], r["year"], r["gender"], r["value"], r.get("absValue"))
            text += ";".join("" if c is None else str(c) for c in cells) + "\r\n"
        body = text.encode("utf-8-sig" if self.byte_order_mark else "utf-8")
        return Response(200, body, {"Content-Type": "text/csv;charset=UTF-8"})


def _rows(found: Indicator, years: set[int], genders: set[str]) -> Iterator[dict[str, Any]]:
    # The publisher's order is none that a reader could lean on, and so is this.
    for region, year, gender in sorted(found.values, key=lambda k: (k[0] * 7919 % 1009, k)):
        if year not in years or gender not in genders:
            continue
        value, absolute = found.values[region, year, gender]
        row = {
            "indicator": found.id,
            "region": region,
            "year": year,
            "gender": gender,
            "value": value,
        }
        yield row if absolute is None else row | {"absValue": absolute}


def _refuse(status: int, text: str) -> Response:
    return html(f"<html><body><h1>{status} {text}</h1></body></html>", status)


def synthetic(
    id: int,  # noqa: A002 - the publisher's word
    title: str = "SYNTEETTINEN luku / 1 000 asukasta",
    years: Iterable[int] = range(2015, 2025),
    *,
    genders: Sequence[str] = ("total",),
    suppressed: Collection[str] = ("697", "620"),
    data_updated: str = "2025-05-28",
    absolute: bool = True,
) -> Indicator:
    """An indicator with made-up figures that add up, from municipalities to the country.

    Args:
        id: The indicator's number, which also seeds the figures.
        title: Its Finnish title; the Swedish one is left out, as happens at the publisher.
        years: The years that have figures.
        genders: Out of total, male and female.
        suppressed: Codes of municipalities without rows, though their numbers are in the sums.
        data_updated: A date.
        absolute: Whether the numbers behind the rates are told.
    """
    chance = random.Random(id)
    span = sorted(years)
    counted: dict[Key, int] = {}
    people: dict[int, int] = {}
    hidden = set()
    for region in packaged():
        if region.category != "KUNTA" or not region.member_of:
            continue  # a merged municipality is in the list, without figures of its own
        if region.code in suppressed:
            hidden.add(region.id)
        own = chance.randint(800, 60_000)
        level = chance.uniform(5, 40)
        for number in (region.id, *region.member_of):
            people[number] = people.get(number, 0) + own
        for year in span:
            for gender in genders:
                cases = max(1, round(own * level * chance.uniform(0.8, 1.2) / 1000))
                for number in (region.id, *region.member_of):
                    key = (number, year, gender)
                    counted[key] = counted.get(key, 0) + cases
    values = {
        key: (round(1000 * n / people[key[0]], 1), n if absolute else None)
        for key, n in counted.items()
        if key[0] not in hidden
    }
    return Indicator(
        id=id,
        title={"fi": title, "en": f"SYNTHETIC indicator {id}"},
        range=(span[0], span[-1]),
        data_updated=data_updated,
        values=values,
        genders=tuple(genders),
        categories=("KUNTA", "MAAKUNTA", "HYVINVOINTIALUE", "SEUTUKUNTA", "NUTS1", "MAA"),
        description={
            "fi": "<p>Synteettinen luku kokeita varten: alle 18-vuotiaat &amp; muut.</p>",
            "en": "",
        },
    )
