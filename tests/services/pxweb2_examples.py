"""A small table, its code lists, and requests of them, for the tests of the PxWebApi 2 server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import requests

from .cubes import Cube, Variable, contents, generated, months, years
from .pxweb2 import Codelist, PxWeb2

REGION = Variable(
    "Region",
    {"sv": "region", "en": "region"},
    ["00", "01", "0114", "0115", "03"],
    {
        "sv": ["Riket", "Stockholms län", "Upplands Väsby", "Vallentuna", "Uppsala län"],
        "en": ["Sweden", "Stockholm", "Upplands Väsby", "Vallentuna", "Uppsala"],
    },
    role="geo",
    elimination="00",
)
SEX = Variable("Kon", {"sv": "kön"}, ["1", "2"], {"sv": ["män", "kvinnor"]}, elimination=True)
WHAT = contents(
    {"N1": {"fi": "Väkiluku", "sv": "Folkmängd"}, "N2": {"fi": "Lisäys", "sv": "Folkökning"}}
)
YEARS = years(2020, 2023)
PEOPLE = Cube(
    "ssd",
    "BE/BE0101",
    "TAB638",
    {"sv": "Folkmängden efter region och år", "en": "Population by region and year"},
    [REGION, SEX, WHAT, YEARS],
    [float(i) for i in range(80)],
    units={"N1": {"sv": "antal"}, "N2": {"sv": "antal"}},
    notes={"sv": ["En not.", "Måste visas."]},
    source={"sv": "SCB"},
    updated="2026-02-07T14:32:00Z",
    heading=["contentscode", "timeperiod_y"],
)
COUNTIES = Codelist(
    "agg_RegionLän",
    "Region",
    {"A": ["0114", "0115", "0199"], "C": ["03"]},
    {"sv": "Grupper"},
    {"A": {"sv": "Norra delen"}},
)
LANDS = Codelist("vs_RegionLän07", "Region", {"01": ["01"], "03": ["03"]}, {"sv": "Län"})
ALL = {"Region": "*", "Kon": "*", "contentscode": "*", "timeperiod_y": "*"}
MISSING = "Missing selection for mandantory variable"


class Clock:
    """A clock that only tests move, or those who sleep by it."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def swedish(clock: Callable[[], float]) -> PxWeb2:
    """The table and two more, one of them discontinued, as SCB would serve them; no limit."""
    rest = [
        generated(f"TAB{i}", [months(2024, 2024), WHAT], title={"sv": f"Lön {i}"}, updated=day)
        for i, day in enumerate(["2026-11-20T06:00:00Z", "2026-11-01T06:00:00Z"], start=1)
    ]
    return PxWeb2(
        [PEOPLE, *rest],
        flavour="scb",
        calls=0,
        codelists=[COUNTIES, LANDS],
        discontinued=["TAB2"],
        must_show={"TAB638": [1]},
        clock=clock,
        now=lambda: datetime(2026, 11, 24, tzinfo=UTC),
    )


def get(server: PxWeb2, path: str, **params: Any) -> requests.Response:
    return requests.get(server.api + path, params=params, timeout=5)


def values(**asked: str) -> dict[str, str]:
    return {f"valueCodes[{k}]": v for k, v in (ALL | asked).items() if v}


def part(server: PxWeb2, **asked: str) -> dict[str, Any]:
    answer = get(server, "/tables/TAB638/data", **values(**asked))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def codes(dataset: dict[str, Any], variable: str) -> list[str]:
    return list(dataset["dimension"][variable]["category"]["index"])


def posted(server: PxWeb2, body: Any, **params: str) -> requests.Response:
    return requests.post(f"{server.api}/tables/TAB638/data", json=body, params=params, timeout=5)


def pick(variable: str, *asked: str, **more: str) -> dict[str, Any]:
    return {"variableCode": variable, "valueCodes": list(asked), **more}


def title(answer: requests.Response, status: int = 400) -> str:
    assert answer.status_code == status, answer.text
    return str(answer.json()["title"])
