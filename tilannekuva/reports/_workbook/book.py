"""One picture in one language: its sources, numbers, units and notes as cells are made of them."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tilannekuva import narrate, words
from tilannekuva.model import Finding, Picture, Unit
from tilannekuva.reports import _dates
from tilannekuva.reports._workbook.cells import NONE, Column, Link, Number, Row, Sheet, form, mark

__all__ = ["FEW", "Book", "Note"]

FEW = 4
"""So many publishers or indicators are named; more are counted."""
_POINTS = frozenset({"percent", "percent_change"})
"""Units whose differences are in percentage points."""
_TREND = {
    2.0: "clear_rise",
    1.0: "signs_rise",
    0.0: "cannot",
    -1.0: "signs_fall",
    -2.0: "clear_fall",
}
_NUMERIC = frozenset({"value", "rows", "gap", "gap_pct", "share_of_country", "change_1y",
                      "change_5y", "change_10y", "change_pct_10y", "interval_low",
                      "interval_high"})  # fmt: skip
_WIDEST = {"address": 38, "concerns": 36, "content": 90, "formula": 36, "gap_unit": 16,
           "indicator": 38, "kind": 18, "licence": 20, "marks": 26, "meaning": 90, "name": 38,
           "notes": 12, "parents": 18, "period": 14, "publisher": 22, "publisher_table": 20,
           "status": 14, "trend": 14, "unit": 15, "used_by": 28, "vintage": 24,
           "what": 90}  # fmt: skip
"""Widths in characters past which cells are wrapped."""
_WIDE, _WIDEST_LONG = 44, 60
"""The same for other columns, and for long tables, which are not wrapped."""


class Note(NamedTuple):
    """Something to know of some indicators: a boundary, a break or a caveat."""

    kind: str
    text: str
    indicators: tuple[str, ...]


class Book:
    """The workbook of one picture in one language."""

    def __init__(self, picture: Picture, lang: str) -> None:
        self.picture, self.lang = picture, lang
        self.place = narrate.place(picture.region.code, lang)

    def say(self, key: str, **values: object) -> str:
        """A message of ``[sheet]``."""
        return words.message(f"sheet.{key}", self.lang, region=self.place, **values)

    def name(self, key: str) -> str:
        """The name of a sheet."""
        return self.say(f"name.{key}")

    def sheet(
        self,
        name: str,
        title: str,
        columns: Iterable[str],
        rows: Sequence[Row],
        *,
        ids: Iterable[str] = (),
        back: bool = True,
        filters: bool = True,
        long: bool = False,
    ) -> Sheet:
        """A sheet; ``columns`` are keys of ``[sheet.head]``, ``ids`` the snapshots it rests on."""
        heads = tuple(
            Column(
                self.say(f"head.{c}"),
                _WIDEST_LONG if long else _WIDEST.get(c, _WIDE),
                c in _NUMERIC,
            )
            for c in columns
        )
        # A table needs a row.
        rows = rows or [(self.say("empty"), *[NONE] * (len(heads) - 1))]
        link = Link(self.say("back"), f"#{self.name('contents')}") if back else None
        return Sheet(name, title, self._source(ids), heads, rows, link, filters, long)

    # ------------------------------------------------------------ sources

    def received(self, ids: Iterable[str]) -> list[str]:
        """The publishers' own snapshots under some ids."""
        found: dict[str, None] = {}
        queue, seen = list(ids), set[str]()
        while queue:
            name = queue.pop()
            if name in seen or name not in self.picture.snapshots:
                continue
            seen.add(name)
            snapshot = self.picture.snapshots[name]
            if snapshot.kind == "derived":
                queue += snapshot.query.get("parents", [])
            else:
                found[name] = None
        return sorted(found)

    def publishers(self, ids: Iterable[str]) -> list[str]:
        """Publishers of some snapshots, the one with most of them first."""
        count = Counter(
            self.picture.sources[self.picture.snapshots[i].source].publisher[self.lang] for i in ids
        )
        return sorted(count, key=lambda p: (-count[p], p))

    def newest(self, ids: Iterable[str]) -> str:
        """When the newest of some snapshots was published, in words; nothing if on the day."""
        day = _dates.newest(self.picture.snapshots[i].published_on for i in ids)
        if day is None:
            return NONE
        return "" if day == self.picture.as_of else words.date(day, self.lang)

    def _source(self, ids: Iterable[str]) -> str:
        used = self.received(ids) or self.received(self.picture.snapshots)
        named, newest = self.publishers(used), self.newest(used)
        return self.say(
            ("source" if len(named) <= FEW else "source_many") + ("" if newest else "_same"),
            date=words.date(self.picture.as_of, self.lang),
            n=len(named),
            publishers="; ".join(named) or NONE,
            sheet=self.name("sources"),
            newest=newest,
        )

    # ------------------------------------------------------------ notes

    @functools.cached_property
    def notes(self) -> tuple[Note, ...]:
        """Boundaries, breaks, revisions, caveats: each text once, in the order of indicators."""
        found: dict[str, tuple[str, list[str]]] = {}
        for name, finding in self.picture.findings.items():
            said = [
                (s.kind, s.text)
                for s in narrate.sentences(finding, self.picture, self.lang)
                if s.kind in ("boundary", "break", "revision")
            ]
            said += [("caveat", c[self.lang]) for c in self.picture.indicators[name].caveats]
            for kind, text in dict.fromkeys(said):
                found.setdefault(text, (kind, []))[1].append(name)
        return tuple(Note(kind, text, tuple(of)) for text, (kind, of) in found.items())

    @functools.cached_property
    def _marks(self) -> dict[str, str]:
        marks: dict[str, list[str]] = {}
        for n, note in enumerate(self.notes, 1):
            for name in note.indicators:
                marks.setdefault(name, []).append(f"[{n}]")
        return {name: " ".join(found) for name, found in marks.items()}

    def note_marks(self, indicator: str) -> str:
        """Numbers of the notes that concern an indicator."""
        return self._marks.get(indicator, NONE)

    # ------------------------------------------------------------ a finding's cells

    def title(self, indicator: str) -> str:
        """The name of an indicator."""
        return self.picture.indicators[indicator].names[self.lang]

    def unit(self, finding: Finding) -> Unit:
        """The unit of a finding's figures."""
        return self.picture.units[self.picture.indicators[finding.indicator].unit]

    def unit_label(self, finding: Finding) -> str:
        """The unit as it stands beside a figure."""
        return self.unit(finding).label[self.lang] or NONE

    def difference(self, unit: Unit) -> str:
        """The unit of a difference: percentage points for per cent, else the unit itself."""
        return (unit.difference if unit.id in _POINTS else unit.label)[self.lang] or NONE

    def number(self, finding: Finding, metric: str) -> Number | str:
        """A metric as a number, or the mark of why there is none."""
        found = finding.metrics.get(metric)
        if found is None or found.value is None:
            return mark(found)
        decimals = {"trend_p": 3, "trend_q": 3, "trend_tau": 2}.get(metric)
        if decimals is None:
            indicator = self.picture.indicators[finding.indicator]
            decimals = narrate.decimals(metric, found.value, indicator)
        return Number(found.value, decimals, form(metric))

    def rank(self, finding: Finding) -> str:
        """The place among the regions with the fog that belongs to it."""
        found = [finding.metrics.get(k) for k in ("rank", "rank_low", "rank_high", "rank_n")]
        values = [int(m.value) for m in found if m is not None and m.value is not None]
        if len(values) < len(found):
            return mark(found[0])
        rank, low, high, n = values
        return words.rank_text(rank, low, high, n, self.lang)

    def trend(self, finding: Finding, metric: str = "trend_word") -> str:
        """Where it is heading, in the words fixed to evidence."""
        found = finding.metrics.get(metric)
        if found is None or found.value is None:
            return mark(found)
        return words.message(f"page.trend.{_TREND[found.value]}", self.lang)
