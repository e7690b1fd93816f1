"""A small PxWebApi 2 service, by hand: what it is asked is kept, what it answers can be changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import Any

from tilannekuva.asking import pxweb2
from tilannekuva.asking._cells import Cells
from tilannekuva.calls import Ask, Call, Newer, Pace, Received, Reply, Unchanged
from tilannekuva.model import Query, Source, Text

NAME = Text(fi="SCB", sv="SCB", en="Statistics Sweden")
BASE = "https://scb.example/api/v2"
SCB = Source(
    id="scb",
    publisher=NAME,
    protocol="pxweb2",
    base=BASE,
    page="https://scb.example",
    licence="CC0",
)
CONFIG = {
    "languages": [{"id": "sv"}, {"id": "en"}], "defaultLanguage": "sv", "maxDataCells": 150_000,
    "maxCallsPerTimeWindow": 30, "timeWindow": 10,
}  # fmt: skip
REGION = {"00": "Riket", "01": "Stockholms län", "0114": "Upplands Väsby", "03": "Uppsala län"}
UPDATED = "2026-02-22T07:00:00Z"


@dataclass
class Table:
    """A table of the service: every figure is its own place."""

    variables: dict[str, dict[str, str]] = field(
        default_factory=lambda: {
            "Region": dict(REGION),
            "Kon": {"1": "män", "2": "kvinnor"},
            "ContentsCode": {"BE0101N1": "Folkmängd", "BE0101N2": "Folkökning"},
            "Tid": {"2023": "2023", "2024": "2024", "2025": "2025*"},
        }
    )
    optional: Mapping[str, str | None] = field(
        default_factory=lambda: {"Region": None, "Kon": None}
    )
    updated: str = UPDATED
    marks: Mapping[int, str] = field(default_factory=dict)
    dated: Mapping[str, str] = field(default_factory=dict)
    """Contents → their own time of update."""

    def dataset(self, chosen: Mapping[str, Sequence[str]], with_figures: bool) -> dict[str, Any]:
        codes = {n: [c for c in self.variables[n] if c in chosen[n]] for n in chosen}
        figures = [
            self.figure(dict(zip(codes, key, strict=True))) for key in product(*codes.values())
        ]
        stamps = [self.dated.get(c, self.updated) for c in codes.get("ContentsCode", [])]
        marks = {str(n): mark for n, (_, mark) in enumerate(figures) if mark and with_figures}
        return {
            "version": "2.0", "class": "dataset", "label": "Folkmängd", "source": "SCB",
            "updated": max(stamps, default=self.updated),
            "role": {"time": ["Tid"], "metric": ["ContentsCode"]},
            "id": list(codes), "size": [len(c) for c in codes.values()],
            "dimension": {n: self.dimension(n, c, with_figures) for n, c in codes.items()},
            "value": [v for v, _ in figures] if with_figures else [],
            **({"status": marks} if marks else {}),
        }  # fmt: skip

    def dimension(self, name: str, codes: Sequence[str], with_figures: bool) -> dict[str, Any]:
        more: dict[str, Any] = {"elimination": name in self.optional and not with_figures}
        if total := self.optional.get(name):
            more["eliminationValueCode"] = total
        texts = {c: self.variables[name][c] for c in codes}
        category: dict[str, Any] = {"index": {c: n for n, c in enumerate(codes)}, "label": texts}
        if name == "ContentsCode":
            category["unit"] = {c: {"base": "antal", "decimals": 0} for c in codes}
        return {"label": name.lower(), "category": category, "extension": more}

    def figure(self, key: Mapping[str, str]) -> tuple[float | None, str]:
        place = 0
        for name, code in key.items():
            place = place * len(self.variables[name]) + list(self.variables[name]).index(code)
        mark = self.marks.get(place, "")
        return (None if mark else float(place)), mark


@dataclass
class Service:
    """Answers calls by hand; whatever is in ``said`` comes first, in order, for data."""

    table: Table = field(default_factory=Table)
    config: Any = field(default_factory=lambda: dict(CONFIG))
    headers: Mapping[str, str] = field(default_factory=dict)
    gone: bool = False
    said: list[Reply | Callable[[Call], Reply | None]] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    paces: list[Pace] = field(default_factory=list)

    def talk(self, ask: Ask) -> Received | Unchanged | Newer:
        conversation = pxweb2.request(ask)
        step = next(conversation)
        while True:
            try:
                if isinstance(step, Pace):
                    self.paces.append(step)
                    step = conversation.send(None)  # type: ignore[arg-type]
                    continue
                self.calls.append(step)
                reply = self.answer(step)
                assert reply.status == 200 or reply.status in step.handles, reply
                step = conversation.send(reply)
            except StopIteration as stop:
                return stop.value

    def answer(self, call: Call) -> Reply:
        if call.url == f"{BASE}/config":
            return self.config if isinstance(self.config, Reply) else said(self.config)
        if self.gone:
            return problem("Non-existent table", 404)
        if call.url.endswith("/metadata"):
            told = self.table.dataset({n: list(c) for n, c in self.table.variables.items()}, False)
            return said(told, headers=self.headers)
        while self.said:
            first = self.said.pop(0)
            reply = first if isinstance(first, Reply) else first(call)
            if reply is not None:
                return reply
        chosen = {s["variableCode"]: s["valueCodes"] for s in call.json["selection"]}
        if any(n not in self.table.variables for n in chosen):
            return problem("Non-existent variable")
        if any(c not in self.table.variables[n] for n, codes in chosen.items() for c in codes):
            return problem("Non-existent value")
        if prod(map(len, chosen.values())) > CONFIG["maxDataCells"]:
            return problem("Too many cells selected")
        return said(self.table.dataset(chosen, True))

    @property
    def asked(self) -> list[dict[str, list[str]]]:
        """The selections of the questions for figures."""
        return [
            {s["variableCode"]: s["valueCodes"] for s in c.json["selection"]}
            for c in self.calls
            if c.json
        ]


def said(told: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    return Reply(status, json.dumps(told).encode(), headers or {})


def problem(title: str, status: int = 400) -> Reply:
    return said({"type": "Parameter error", "title": title, "status": status}, status)


def query(**more: Any) -> Query:
    given = {"source": "scb", "table": "TAB638", "select": {"ContentsCode": "BE0101N1"}}
    return Query(**{**given, **more})


def ask(*queries: Query, source: Source = SCB, **more: Any) -> Ask:
    found = queries or (query(),)
    return Ask(source, "TAB638", tuple((f"i{n}", q) for n, q in enumerate(found)), **more)


def received(service: Service, *queries: Query, **more: Any) -> Received:
    found = service.talk(ask(*queries, **more))
    assert isinstance(found, Received)
    return found


def cells(found: Received, n: int = 0) -> Cells:
    part = found.parts[n]
    return pxweb2.read(part.data, part.layout, "x", lambda _: b"")


def answered(service: Service, call: Call) -> Reply:
    chosen = {s["variableCode"]: s["valueCodes"] for s in call.json["selection"]}
    return said(service.table.dataset(chosen, True))
