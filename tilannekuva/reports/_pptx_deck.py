"""The slides as plain values: which there are, in which order, what each says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from tilannekuva import narrate, words
from tilannekuva.charts import Chart
from tilannekuva.model import Language, Picture
from tilannekuva.narrate.notes import received
from tilannekuva.reports import _annex, _brief_experts, _dates, _page
from tilannekuva.reports import _findings as findings
from tilannekuva.storyboard import Drawing, Scene, Storyboard

__all__ = ["Grid", "Line", "Sheet", "deck"]

_LEAST, _MOST, _THEME = 6, 9, 3
"""Slides of findings: at least, at most, and of one theme; six others stand around them."""
_NAMES = 8
"""Names of what is not known, of each theme."""
_JUDGED, _ITEM = 2, 160
"""Judgements of a theme; letters of a role and of an item for the joint interpretation."""
_HEAT = "heatmap"
_CLEAR = 2
"""The word of a trend that is clear; 1 is signs of one."""


class Line(NamedTuple):
    """A paragraph, perhaps with a label before it."""

    text: str
    label: str = ""
    bullet: bool = False


class Grid(NamedTuple):
    """A table of a slide."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    """Parts of the whole."""
    numeric: tuple[int, ...] = ()
    """Columns set to the right."""


class Sheet(NamedTuple):
    """One slide."""

    kind: str
    """``title``, ``text``, ``chart``, ``figure`` or ``table``."""
    title: str
    lines: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()
    source: str = ""
    chart: tuple[str, str] | None = None
    alt: str = ""
    """Alternative text of the chart."""
    figure: tuple[str, str] = ("", "")
    """A number in large type and what it is, where there is no chart."""
    grid: Grid | None = None


class _Deck:
    """What the slides are made from."""

    def __init__(
        self, picture: Picture, story: Storyboard, charts: Mapping[tuple[str, str], Chart],
        lang: Language, readable: Callable[[tuple[str, str]], bool],
    ) -> None:  # fmt: skip
        self.picture, self.story, self.charts, self.lang = picture, story, charts, lang
        self.readable = readable
        self.titles: set[str] = set()
        self.subjects: list[str] = []
        """Indicators shown, whose sources are listed."""
        self.page = _annex.sayer(lang)
        self.date = words.date(picture.as_of, lang)

    def say(self, key: str, **values: object) -> str:
        return words.message(f"office.{key}", self.lang, **values)

    def new(self, title: str) -> bool:
        """Whether no slide has this title yet."""
        key = title.casefold()
        fresh = key not in self.titles
        self.titles.add(key)
        return fresh

    # ------------------------------------------------------------ findings

    def found(self) -> list[Sheet]:
        """Slides of findings: of the themes first, of the chapters as many as there is room for."""
        themes = [s for s in self.story.scenes if s.cut.kind == "themes"]
        chapters = [s for s in self.story.scenes if s.cut.kind != "themes"]
        made: list[Sheet] = []
        for scene in themes:
            made += self._scene(scene, min(_THEME, _MOST - len(made)))
        for most, scenes in ((_MOST, chapters), (_LEAST, chapters), (_LEAST, themes)):
            for scene in scenes:
                if len(made) < most:
                    made += self._scene(scene, 1, bare=most == _LEAST)
        return made

    def _scene(self, scene: Scene, most: int, *, bare: bool | None = None) -> list[Sheet]:
        """Up to so many slides of a chapter, each of a subject of its own where there is one.

        Args:
            scene: The chapter.
            most: So many at most.
            bare: Slides without a chart too; by default where charts fill less than two.
        """
        made: list[Sheet] = []
        able = [d for d in scene.drawings if d.kind != _HEAT and self.readable(d)]
        told = {d.subject: d for d in reversed(able)}  # the first of each subject
        first = sorted(told.values(), key=able.index)
        for d in (*first, *(d for d in able if d not in first)):
            if len(made) < most and self.new(self.charts[d].title):
                made.append(self._chart(d))
        if bare is None:
            bare = len(made) < 2
        for i in findings.ordered(scene, self.picture) if bare else ():
            if len(made) >= min(most, 2):
                break
            said = findings.told(i, self.picture, self.lang)
            if i not in self.subjects and self.new(said.headline):
                made.append(self._bare(said))
        return made

    def _chart(self, drawing: Drawing) -> Sheet:
        chart = self.charts[drawing]
        said = findings.told(drawing.subject, self.picture, self.lang)
        lines = [s for s in said.sentences if not findings.same_claim(chart.title, s)]
        if said.headline != chart.title and not any(
            findings.same_claim(said.headline, s) for s in lines
        ):
            lines = [f"{said.headline}.", *lines]
        self.subjects.append(drawing.subject)
        return Sheet(
            "chart", chart.title, tuple(Line(s) for s in lines),
            self._notes(drawing.subject, lines, chart.alt), chart.source, drawing, chart.alt,
        )  # fmt: skip

    def _bare(self, said: findings.Told) -> Sheet:
        finding = self.picture.findings[said.indicator]
        card = narrate.card(finding, self.picture, self.lang)
        self.subjects.append(said.indicator)
        source = narrate.source_line(finding, self.picture, self.lang)
        return Sheet(
            "figure", said.headline, tuple(Line(s) for s in said.sentences),
            self._notes(said.indicator, said.sentences, ""), source, None, "",
            (card.quantity, f"{words.capital(card.name)}, {card.period}"),
        )  # fmt: skip

    def _notes(self, indicator: str, sentences: Iterable[str], alt: str) -> tuple[str, ...]:
        """What the speaker has at hand: source and vintage first, then all that can be said."""
        finding = self.picture.findings[indicator]
        caveats = [c[self.lang] for c in self.picture.indicators[indicator].caveats]
        said = (
            narrate.source_line(finding, self.picture, self.lang), self._edition(),
            " ".join(sentences), alt, *caveats,
        )  # fmt: skip
        return tuple(s for s in said if s)

    def _edition(self) -> str:
        return f"{self.say('edition', date=self.date)}."

    # ------------------------------------------------------------ around them

    def opening(self) -> Iterator[Sheet]:
        """Title, summary, key figures."""
        head = _page.head(self.picture, self.lang)
        facts = tuple(f"{name}: {value}" for name, value in head["facts"])
        lines = (Line(head["what"]), Line(self._edition()), Line(self.page("notice")))
        self.new(head["title"])
        yield Sheet("title", head["title"], lines, (self.page("sources_intro"), *facts))
        region = narrate.place(self.picture.region.code, self.lang)
        summary = _page.summary(self.picture, self.lang)
        sentences = narrate.summary(self.picture, self.lang)
        about = [i for s in sentences for i in (s.indicator, *s.also) if i in self.picture.findings]
        title = self.say("summary_slide", region=region)
        for s in sentences:
            if s.kind == "contrast" and len(s.also) == 1:  # it has both
                names = [
                    narrate.subject(i, self.picture, self.lang) for i in (s.indicator, *s.also)
                ]
                title = self.say("summary_contrast", strength=names[0], weakness=names[1])
        self.new(title)
        yield Sheet(
            "text", title,
            tuple(Line(text, label, True) for s in summary for label, text in s["parts"]),
            (*self._sources_of(about), self._edition()),
        )  # fmt: skip
        self.subjects += about
        yield self._key_figures()

    def _sources_of(self, names: Iterable[str]) -> list[str]:
        lines = dict.fromkeys(
            narrate.source_line(self.picture.findings[i], self.picture, self.lang) for i in names
        )
        return list(lines) or [words.message("source.none", self.lang)]

    def _key_figures(self) -> Sheet:
        cards = _page.cards(self.story, self.picture, self.lang)
        caption = self.say("key_slide", date=self.date)
        ways = [self._way(i) for i in self.story.cards]
        title = caption
        if any(ways):
            title = self.say("key_trends", better=ways.count(1), worse=ways.count(-1),
                             date=self.date)  # fmt: skip
        self.new(title)
        self.subjects += self.story.cards
        notes = (*self._sources_of(self.story.cards), self._edition())
        if not cards:
            return Sheet("text", title, (Line(self.say("brief_none")),), notes)
        rows = []
        for c in cards:
            value = findings.quantity(c["id"], self.picture, self.lang)
            finding = self.picture.findings[c["id"]]
            rank = finding.metrics.get("rank")
            known = rank is not None and rank.value is not None
            place = narrate.card(finding, self.picture, self.lang).rank
            period = ", ".join([c["when"], *c["marks"]])
            said = words.capital(place) if known and place else self.say("no_rank")
            rows.append((c["name"], value, period, c["change"], said))
        columns = ("indicator", "latest", "period")
        head = (*(self.page(f"column.{c}") for c in columns), self.say("change"),
                self.page("column.rank"))  # fmt: skip
        grid = Grid(caption, head, tuple(rows), (0.27, 0.16, 0.2, 0.22, 0.15), (1,))
        return Sheet("table", title, (), notes, grid=grid)

    def _way(self, indicator: str) -> int:
        """Where a clear trend leads: 1 to the better, −1 to the worse, 0 where there is neither."""
        word = self.picture.findings[indicator].metrics.get("trend_word")
        way = {"up": 1, "down": -1}.get(self.picture.indicators[indicator].direction, 0)
        if word is None or word.value is None or abs(word.value) < _CLEAR:
            return 0
        return way if word.value > 0 else -way

    def experts(self) -> Iterator[Sheet]:
        """One slide of what experts judge of the themes; reasons in full are in the notes."""
        themes = [s for s in self.story.scenes if s.cut.kind == "themes"]
        lines: list[Line] = []
        notes: list[str] = []
        given: dict[tuple[str, str], bool] = {}  # an indicator of two themes is judged once
        for scene in themes:
            half = _brief_experts.half(scene, self.picture, self.lang)
            shown: list[str] = []
            for j in half.judgements:
                given[j["name"], j["role"]] = bool(j["differs"])
                why = f"{j['reasons']} ({j['role']}, {j['dated']})"
                notes += [f"{j['name']}: {j['word']}. {why}", *filter(None, (j["differs"],))]
                # The theme's own, and what the title speaks of: those that the figures contradict.
                if len(shown) < _JUDGED and (not shown or j["name"] in shown or j["differs"]):
                    item = _brief_experts.clip(j["differs"], _ITEM)
                    role = _brief_experts.clip(j["role"], _ITEM)
                    said = f"{j['word']} ({role}). {item}".strip()
                    label = "" if j["name"] in shown else f"{j['name']}:"
                    lines.append(Line(said, label, True))
                    shown.append(j["name"])
        if lines:
            differ, n = sum(given.values()), len(given)
            title = self.say("experts_differ" if differ else "experts_agree", n=n, differ=differ)
            self.new(title)
            where = self.say("experts_some" if len(lines) < n else "experts_all", n=n,
                             shown=len(lines))  # fmt: skip
            note = f"{self.page('assessments_note')} {where}"
            notes.append(self.page("assessments_note"))
            yield Sheet("text", title, (*lines, Line(note)), (*notes, self._edition()))

    def closing(self) -> Iterator[Sheet]:
        """What we do not know, questions, sources."""
        kinds: dict[str, set[str]] = {}
        for g in self.picture.gaps:
            kinds.setdefault(g.kind, set()).add(g.indicator)
        none = kinds.get("no_figures", set()) | kinds.get("not_computable", set())
        title = self.say("unknown_slide", none=len(none), old=len(kinds.get("stale", ())))
        self.new(title)
        themes = [s for s in self.story.scenes if s.cut.kind == "themes"]
        lines = [
            Line(text, f"{s.section.names[self.lang]}:" if n == 0 else "", n == 0)
            for s in themes
            for n, text in enumerate(findings.gap_lines(s, self.picture, self.lang, _NAMES)[:1])
        ]
        intro = self.page("unknown_intro")
        more = [t for s in themes for t in findings.gap_lines(s, self.picture, self.lang, 99)]
        yield Sheet("text", title, tuple(lines) or (Line(intro),), (intro, *more, self._edition()))
        asked = [
            Line(q[self.lang], f"{s.section.names[self.lang]}:" if n == 0 else "", True)
            for s in themes
            for n, q in enumerate(s.section.questions)
        ]
        title = self.say("discussion")
        self.new(title)
        yield Sheet(
            "text", title, tuple(asked) or (Line(self.say("discussion_none")),),
            (*(f"{x.label} {x.text}".strip() for x in asked), self._edition()),
        )  # fmt: skip
        yield self._sources()

    def _sources(self) -> Sheet:
        names = {
            s for i in dict.fromkeys(self.subjects) for s in self.picture.findings[i].snapshots
        }
        used, _ = received(names, self.picture)
        by_publisher: dict[str, list[str]] = {}
        days: dict[str, list[str]] = {}
        terms: dict[str, dict[str, None]] = {}
        for s in used:
            publisher = self.picture.sources[s.source].publisher[self.lang]
            tables = by_publisher.setdefault(publisher, [])
            if s.table not in tables:
                tables.append(s.table)
            days.setdefault(publisher, []).append(s.published_on)
            terms.setdefault(publisher, {})[narrate.licence_text(s.licence, self.lang)] = None
        rows = tuple(
            (p, ", ".join(by_publisher[p]), words.date(_dates.newest(days[p]) or "", self.lang),
             "; ".join(terms[p]))
            for p in sorted(by_publisher, key=lambda p: (-len(by_publisher[p]), p))
        )  # fmt: skip
        notes = (*(narrate.citation(s, self.picture, self.lang) for s in used), self._edition())
        title = self.say("sources_none")
        if not rows:
            none = words.message("source.none", self.lang)
            return Sheet("text", title, (Line(words.capital(none)),), (none,))
        head = (self.say("publisher"), self.say("tables"), self.say("newest"),
                self.page("column.licence"))  # fmt: skip
        newest = words.date(_dates.newest([d for ds in days.values() for d in ds]) or "", self.lang)
        title = self.say("sources_slide", publishers=len(rows), newest=newest,
                         tables=sum(map(len, by_publisher.values())))  # fmt: skip
        grid = Grid(self.say("sources_caption"), head, rows, (0.24, 0.4, 0.16, 0.2))
        return Sheet("table", title, (), notes, grid=grid)


def deck(
    picture: Picture,
    story: Storyboard,
    charts: Mapping[tuple[str, str], Chart],
    lang: Language,
    readable: Callable[[tuple[str, str]], bool],
) -> list[Sheet]:
    """Every slide, in order.

    Args:
        picture: What to show.
        story: Its storyboard.
        charts: The charts of the story.
        lang: Language of the slides.
        readable: Whether a chart can be read at the size that a slide has room for.

    Returns:
        12 to 16 slides, fewer only where the picture has too few figures; no two have one title.
    """
    made = _Deck(picture, story, charts, lang, readable)
    opening = list(made.opening())
    made.new(made.say("discussion"))
    found = made.found()
    return [*opening, *found, *made.experts(), *made.closing()]
