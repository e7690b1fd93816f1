"""What a report shows, in order: cards, chapters, charts, tables, gaps. No format, no words.

Every report is made from the same storyboard, so that page, workbook, document and slides tell the
same story. A chart is drawn once: where a later chapter needs it too, it is shown by reference.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tilannekuva import charts
from tilannekuva.charts import Chart
from tilannekuva.model import Assessment, Cut, Finding, Gap, Language, Picture, Section

__all__ = ["CARDS", "Drawing", "Elsewhere", "Scene", "Storyboard", "draw_all", "storyboard"]

CARDS = 8
STALE_MONTHS = 60
_LEAST, _MOST = 3, 6
"""Charts that carry the argument of a chapter, the heat map among them."""
_GOOD = 8
"""So many figures make a line worth drawing."""
_ANALYSED = ("decomposition", "quotients")
_ANALYSES = 3
"""So many of these a theme has beside its other charts: they say why, whatever their age."""
_LIMITS = {"map": 2, "map_parts": 1, "multiples": 4, "target": 4}
"""Of these a few on the whole page are enough."""


class Drawing(NamedTuple):
    """One chart: what it is about (an indicator, or a section for a heat map) and its kind."""

    subject: str
    kind: str


class Elsewhere(NamedTuple):
    """A drawing that an earlier chapter has."""

    drawing: Drawing
    section: str


class Scene(NamedTuple):
    """One chapter."""

    cut: Cut
    section: Section
    number: int
    """Within its cut, from 1."""
    lead: str | None
    """The indicator whose finding opens the chapter."""
    drawings: tuple[Drawing, ...]
    """Drawn here; the first is the lead's where the lead is drawn here."""
    elsewhere: tuple[Elsewhere, ...]
    table: tuple[str, ...]
    """Every indicator of the section that has figures, in its order."""
    home: tuple[str, ...]
    """Those of them whose details stand in this chapter and in no other."""
    gaps: tuple[Gap, ...]
    assessments: tuple[Assessment, ...]


class Storyboard(NamedTuple):
    """The whole story."""

    cards: tuple[str, ...]
    scenes: tuple[Scene, ...]
    rest: tuple[str, ...]
    """Indicators with figures that no section names."""

    @property
    def drawings(self) -> tuple[Drawing, ...]:
        """Every chart of the story, in order, each once."""
        return tuple(d for s in self.scenes for d in s.drawings)


def storyboard(picture: Picture) -> Storyboard:
    """Lay out a picture.

    Returns:
        The same layout for the same picture; every indicator with figures has exactly one home.
    """
    teller = _Teller(picture)
    scenes = tuple(teller.scene(c, s, n) for c in picture.cuts for n, s in enumerate(c.sections, 1))
    rest = tuple(i for i in picture.findings if i not in teller.at_home)
    return Storyboard(_cards(picture), scenes, rest)


def draw_all(picture: Picture, lang: Language) -> dict[tuple[str, str], Chart]:
    """Draw every chart of the story.

    Returns:
        ``(subject, kind)`` → chart, in the order of the story.
    """
    sections = {s.id: s for c in picture.cuts for s in c.sections}
    return {
        (d.subject, d.kind): charts.draw(
            d.kind,
            sections[d.subject] if d.kind == "heatmap" else picture.findings[d.subject],
            picture,
            lang,
        )
        for d in storyboard(picture).drawings
    }


def fresh(finding: Finding) -> bool:
    """Whether the finding has a figure that is at most five years old."""
    age = finding.metrics.get("age_months")
    return finding.latest.value is not None and (
        age is None or age.value is None or age.value <= STALE_MONTHS
    )


def _cards(picture: Picture) -> tuple[str, ...]:
    named = (i for i in picture.key_figures.figures if i in picture.findings)
    return tuple(i for i in named if fresh(picture.findings[i]))[:CARDS]


class _Teller:
    """Goes through the chapters in order and remembers what has been shown."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self.shown: dict[Drawing, str] = {}
        self.at_home: set[str] = set()
        self.taken: dict[str, int] = {}
        """How many of each kind there are so far."""
        self.led: set[str] = set()
        """Findings that have opened a chapter."""
        self.able: dict[str, tuple[str, ...]] = {}

    def scene(self, cut: Cut, section: Section, number: int) -> Scene:
        findings = self.picture.findings
        table = tuple(dict.fromkeys(i for i in section.indicators if i in findings))
        lead = self._lead(section, table)
        self.led.update([lead] if lead else [])
        home = tuple(i for i in table if i not in self.at_home)
        self.at_home.update(home)
        drawings, elsewhere = self._drawings(cut, section, table, lead)
        within = set(section.indicators)
        gaps = tuple(g for g in self.picture.gaps if g.indicator in within)
        about = {section.id, *section.indicators}
        return Scene(
            cut, section, number, lead, drawings, elsewhere, table, home, gaps,
            tuple(a for a in self.picture.assessments if a.subject in about),
        )  # fmt: skip

    def _lead(self, section: Section, table: Sequence[str]) -> str | None:
        """The first that carries the argument, a fresh one if there is any.

        No two chapters open with the same finding while there is another fresh one; what has a
        better end goes before what has none, once the named ones are used up.
        """
        findings = self.picture.findings
        named = [i for i in section.lead if i in table]
        known = [i for i in table if i not in named and findings[i].latest.value is not None]
        moving = [i for i in known if self.picture.indicators[i].direction != "neither"]
        candidates = list(dict.fromkeys([*named, *moving, *known, *table]))
        current = [i for i in candidates if self._fresh(i)]
        unused = [i for i in current if i not in self.led]
        old = [i for i in candidates if i not in self.led]
        return next(iter([*unused, *current, *old, *candidates]), None)

    # ---------------------------------------------------------------- charts

    def _drawings(
        self, cut: Cut, section: Section, table: Sequence[str], lead: str | None
    ) -> tuple[tuple[Drawing, ...], tuple[Elsewhere, ...]]:
        drawn: list[Drawing] = []
        elsewhere: list[Elsewhere] = []
        for d in self._wished(cut, section, table, lead, drawn):
            if d in drawn or not self._allowed(d):
                continue
            if d in self.shown:
                found = Elsewhere(d, self.shown[d])
                if found not in elsewhere and len(drawn) + len(elsewhere) < _MOST:
                    elsewhere.append(found)
            elif d.kind in _ANALYSED:
                if sum(x.kind in _ANALYSED for x in drawn) < _ANALYSES:
                    self._take(d, section)
                    drawn.append(d)
            elif sum(x.kind not in _ANALYSED for x in drawn) < _MOST - 1:
                self._take(d, section)
                drawn.append(d)
        for kind in charts.choose_section(section, self.picture):
            self._take(Drawing(section.id, kind), section)
            drawn.append(Drawing(section.id, kind))
        return tuple(drawn), tuple(elsewhere)

    def _take(self, drawing: Drawing, section: Section) -> None:
        self.shown[drawing] = section.id
        self.taken[drawing.kind] = self.taken.get(drawing.kind, 0) + 1

    def _allowed(self, drawing: Drawing) -> bool:
        limit = _LIMITS.get(drawing.kind)
        return drawing in self.shown or limit is None or self.taken.get(drawing.kind, 0) < limit

    def _wished(
        self, cut: Cut, section: Section, table: Sequence[str], lead: str | None,
        drawn: Sequence[Drawing],
    ) -> Iterator[Drawing]:  # fmt: skip
        """Drawings in the order of their weight; ``drawn`` grows while this goes on.

        The argument first, then the place among the regions, the target, the map and the
        municipalities, then what else is fresh; old figures only where there would be too little.
        """
        known = self.picture.findings
        named = list(dict.fromkeys([i for i in (lead, *section.lead) if i in known]))
        others = sorted(
            (i for i in table if i not in named), key=lambda i: (-self._worth(i), table.index(i))
        )
        current = [i for i in named if self._fresh(i)]
        if lead is not None:
            yield from self._main(lead, lead)
        yield from (Drawing(i, "age") for i in table if "age" in self._kinds(i))
        for i in current[1:3]:
            yield from self._main(i, lead)
        if cut.kind == "themes":
            analysed = [i for i in named if self._kinds(i)[:1] and self._kinds(i)[0] in _ANALYSED]
            yield from (Drawing(i, self._kinds(i)[0]) for i in analysed)
        ranked = [i for i in current[:1] if self._ranked(i)]
        yield from self._one("strip", ranked, drawn)
        current_others = [i for i in others if self._fresh(i)]
        yield from self._one("target", [*named, *current_others], drawn)
        # Themes show the municipalities side by side, chapters over time and the regions on a map.
        if cut.kind == "themes":
            yield from self._one("map_parts", current, drawn)
        else:
            yield from self._one("multiples", current, drawn)
            rated = [i for i in current if self.picture.indicators[i].direction != "neither"]
            yield from self._one("map", rated, drawn)
        for i in (*named, *current_others):
            yield from self._main(i, lead)
        for i in others:
            moves = self.picture.indicators[i].direction != "neither"
            if len(drawn) < _LEAST and moves:
                yield from self._main(i, lead)

    def _main(self, indicator: str, lead: str | None) -> Iterator[Drawing]:
        """The most telling chart; a count that does not lead is shown against the country."""
        kinds = self._kinds(indicator)
        if Drawing(indicator, "target") in self.shown and "target" not in kinds[:1]:
            return  # the tracker has the line in it
        if indicator != lead and kinds[:1] == ("line",) and "index" in kinds:
            yield Drawing(indicator, "index")
        elif kinds and kinds[0] != "parts":
            yield Drawing(indicator, kinds[0])

    def _one(
        self, kind: str, candidates: Sequence[str], drawn: Sequence[Drawing]
    ) -> Iterator[Drawing]:
        """The first that can be drawn so, one that the chapter has not shown before if possible."""
        able = [i for i in candidates if kind in self._kinds(i)]
        able = [i for i in able if kind == "target" or self._fresh(i)]
        used = [d.subject for d in drawn]
        for i in sorted(able, key=lambda i: used.count(i) if kind.startswith("map") else 0)[:1]:
            yield Drawing(i, kind)

    def _kinds(self, indicator: str) -> tuple[str, ...]:
        if indicator not in self.able:
            self.able[indicator] = charts.choose(self.picture.findings[indicator], self.picture)
        return self.able[indicator]

    def _fresh(self, indicator: str) -> bool:
        return fresh(self.picture.findings[indicator])

    def _ranked(self, indicator: str) -> bool:
        rank = self.picture.findings[indicator].metrics.get("rank")
        return rank is not None and rank.value is not None

    def _worth(self, indicator: str) -> int:
        """Fresh figures, many of them."""
        finding = self.picture.findings[indicator]
        points = sum(v is not None for s in finding.segments for v in s.values)
        return int(fresh(finding)) * min(points, _GOOD)
