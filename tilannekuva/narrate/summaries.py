"""The five sentences on top of the picture.

The region's own pattern: strength against weakness ("iso kontrasti"), the bottleneck, what shocks
left behind, the outlook, what is new. For each the catalogue names candidates; the first is taken
whose figure is fresh and bears the claim out. Where none does, the sentence says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from tilannekuva import periods, words
from tilannekuva.model import Picture
from tilannekuva.narrate import clauses
from tilannekuva.narrate.balances import trend_words
from tilannekuva.narrate.news import news
from tilannekuva.narrate.notes import received
from tilannekuva.narrate.phrases import Clause, Number, Sentence, Topic, clause, moved
from tilannekuva.narrate.statements import level, level_word, rank_clause, turned

__all__ = ["summary"]

Claim = Callable[[Topic], Clause | None]

_BEFORE, _DURING, _AFTER = 2019, (2020, 2021), 2022
"""The year before the pandemic, its years, and the first in which recovery can be seen."""


def summary(picture: Picture, lang: str) -> tuple[Sentence, ...]:
    """Strength and weakness, bottleneck, shock, outlook, what is new.

    Args:
        picture: The picture; ``key_figures`` names the candidates.
        lang: ``fi``, ``sv`` or ``en``.

    Returns:
        Five sentences. ``indicator`` is the finding to link to, empty where there is none; ``also``
        names a second one.
    """
    keys = picture.key_figures
    told = _Told(picture, lang)
    strength = told.first("strength", keys.strengths, _strength)
    weakness = told.first("weakness", keys.weaknesses, lambda t: _good(t, -1))
    contrast = Sentence(
        words.message("summary.contrast", lang, strength=strength.text, weakness=weakness.text),
        "contrast",
        strength.indicator or weakness.indicator,
        strength.numbers + weakness.numbers,
        strength.periods + weakness.periods,
        tuple(i for i in (weakness.indicator,) if i and strength.indicator),
    )
    bottleneck = told.first("bottleneck", keys.bottlenecks, _bottleneck)
    shock = told.first("shock", keys.shocks, _shock, again=True)
    outlook = told.first("outlook", keys.outlook, _outlook)
    return contrast, bottleneck, shock, outlook, news(picture, lang)


class _Told:
    """The sentences so far: each new one is of another subject where there is such a one."""

    def __init__(self, picture: Picture, lang: str) -> None:
        self.picture = picture
        self.lang = lang
        self.used: list[str] = []

    def first(
        self, kind: str, candidates: Iterable[str], claim: Claim, *, again: bool = False
    ) -> Sentence:
        """The first candidate that bears the claim out, or that there is none.

        Args:
            kind: Which of the sentences it is.
            candidates: Indicators in order of preference.
            claim: What must hold, and how it is said.
            again: The same indicator may have been told of in another way.
        """
        subjects = {self.picture.indicators[i].subject for i in self.used}
        held: list[tuple[str, Clause]] = []
        for name in candidates:
            if name not in self.picture.findings or (name in self.used and not again):
                continue
            t = Topic(self.picture.findings[name], self.picture, self.lang)
            found = None if t.stale else claim(t)
            if found is not None:
                held.append((name, found))
        if not held:
            return Sentence(words.message(f"summary.no_{kind}", self.lang), kind, "")
        fresh = [h for h in held if self.picture.indicators[h[0]].subject not in subjects]
        name, found = (fresh or held)[0]
        self.used.append(name)
        whole = clause(f"summary.{kind}", self.lang, claim=found.capital())
        also = ("pop_total",) if name == "pop_proj" else ()
        return Sentence(whole.text, kind, name, whole.numbers, whole.periods, also)


# --- strength, weakness, bottleneck -------------------------------------------------------------


def _thirds(t: Topic) -> int:
    """+1 among the best third of regions for certain, −1 among the worst, else 0."""
    low, high, n = t.value("rank_low"), t.value("rank_high"), t.value("rank_n")
    if low is None or high is None or n is None:
        return 0
    return 1 if high <= n / 3 else -1 if low > 2 * n / 3 else 0


def _good(t: Topic, sign: int) -> Clause | None:
    """What shows that the region is well (+1) or badly (−1) off, or None where it is not so.

    Level against the country first, then the place among the regions, then a direction told by the
    data. Evidence that points both ways is no claim.
    """
    if t.direction == 0 or t.value("latest") is None:
        return None
    gap = t.side() * t.direction
    third = _thirds(t)
    if gap == -sign or third == -sign:
        return None
    if gap == sign:
        return level(t, marked=True)
    if third == sign:
        return _with_rank(t)
    word = 0.0 if turned(t) else t.value("trend_word") or 0.0
    return _with_trend(t) if word * t.direction * sign > 0 else None


def _strength(t: Topic) -> Clause | None:
    """A level or a direction that is good, or one that is low but has clearly risen."""
    return _good(t, 1) or _improving(t)


def _improving(t: Topic) -> Clause | None:
    """Worse than the country but clearly getting better: both halves."""
    metric = "change_5y"
    change, latest = t.value(metric), t.value("latest")
    word = (t.value("trend_word") or 0.0) * t.direction
    worse = t.side() * t.direction < 0
    if change is None or latest is None or not worse or word < 2 or turned(t):
        return None
    if change * t.direction < max(t.indicator.min_change, 1e-9) or t.unit.relative:
        return None
    # The gap must have narrowed too, or the country has risen as much.
    if (t.value("gap_change_5y") or 0.0) * t.direction < t.indicator.min_change:
        return None
    first = t.finding.metrics[metric].period.split("/")[0]
    known = dict(zip(t.finding.segments[-1].periods, t.finding.segments[-1].values, strict=True))
    before = known.get(first)
    if before is None:
        return None
    tail = clause(
        "summary.improving",
        t.lang,
        span=words.message("span.y5", t.lang),
        pronoun=t.word("pronoun"),
        moved=moved(t, t.direction, "rose", "fell"),
        size=clauses.difference(t, metric),
        before=_bare(t, before, first),
        when=clauses.period(t, first),
    )
    return _join(level(t, marked=True), tail)


def _with_rank(t: Topic) -> Clause:
    rank = rank_clause(t)
    assert rank is not None  # a third is known only of what is ranked
    return _join(
        level(t, marked=True),
        clause("summary.and_rank", t.lang, rank=rank, among=level_word(t, "among")),
    )


def _with_trend(t: Topic) -> Clause:
    """The level and the direction, in the words that the evidence allows."""
    word = t.value("trend_word")
    if word is None:
        return level(t, marked=True)
    if word == 0:
        return _join(level(t, marked=True), clause("summary.cannot", t.lang))
    sign = 1 if word > 0 else -1
    tail = clause(
        "summary.and_trend" if abs(word) == 2 else "summary.and_signs",
        t.lang,
        pronoun=trend_words(t, sign, "has_risen", "has_fallen")[0],
        moved=trend_words(t, sign, "has_risen", "has_fallen")[1],
        noun=moved(t, sign, "of_rise", "of_fall"),
        range=clauses.span(t, "trend_slope"),
    )
    return _join(level(t, marked=True), tail)


def _join(*parts: Clause) -> Clause:
    return Clause(
        "".join(p.text for p in parts),
        tuple(n for p in parts for n in p.numbers),
        tuple(x for p in parts for x in p.periods),
    )


def _bottleneck(t: Topic) -> Clause | None:
    """Worse than the country, or getting worse for certain."""
    return _good(t, -1)


# --- shock, outlook, news -----------------------------------------------------------------------


def _shock(t: Topic) -> Clause | None:
    """Before the pandemic, at its worst, and now: figures of one stretch of the series."""
    if t.direction == 0 or t.value("latest") is None or t.kind == "name":
        return None
    latest = t.finding.latest
    series = t.finding.segments[-1]
    known = {
        p: v
        for p, v, s in zip(series.periods, series.values, series.statuses, strict=True)
        if v is not None and s != "forecast"
    }
    before = periods.shift(latest.period, _BEFORE - int(latest.period[:4]))
    during = [p for p in known if _DURING[0] <= int(p[:4]) <= _DURING[1]]
    if int(latest.period[:4]) < _AFTER or before not in known or not during:
        return None
    worst = max(during, key=lambda p: (-t.direction * known[p], p))
    places = t.indicator.decimals
    distance = words.rounded(known[latest.period], places) - words.rounded(known[before], places)
    back = distance * t.direction >= 0
    whole = t.said(
        "summary.shock_amount" if t.kind == "amount" else "summary.shock_before",
        before=_bare(t, known[before], before),
        before_when=clauses.period(t, before),
        worst=_bare(t, known[worst], worst),
        worst_when=clauses.period(t, worst, "plain"),
        worst_word=words.message(
            f"summary.at_{'highest' if t.direction < 0 else 'lowest'}", t.lang
        ),
        latest=_bare(t, known[latest.period], latest.period),
        when=clauses.period(t, latest.period),
    )
    return _join(whole, clause(f"summary.shock_{'back' if back else 'not_back'}", t.lang))


def _bare(t: Topic, value: float, period: str) -> Clause:
    """A figure of the series as said in a sentence."""
    number = Number(f"figure:{period}", value, clauses.bare_number(t, value), t.indicator.id)
    return Clause(clauses.spoken(t, value), (number,))


def _outlook(t: Topic) -> Clause | None:
    """A projection, or a direction that the data tell."""
    if t.indicator.id == "pop_proj":
        return _projection(t)
    row = t.metric("forecast")
    if row is not None and row.value is not None and t.value("latest") is not None:
        return clause(
            "summary.outlook_forecast",
            t.lang,
            level=level(t, marked=True),
            forecast=clauses.amount(t, "forecast"),
            when=clauses.period(t, row.period),
        )
    if row is not None and row.value is not None:
        return level(t)
    return _with_trend(t) if t.value("trend_word") and not turned(t) else None


def _projection(t: Topic) -> Clause | None:
    """The population now and as projected, with whose projection it is and of what year."""
    row, now = t.metric("forecast"), t.picture.findings.get("pop_total")
    if row is None or row.value is None or now is None or now.latest.value is None:
        return None
    today = Topic(now, t.picture, t.lang)
    if today.stale:
        return None
    used, _ = received(t.finding.snapshots, t.picture)
    source = Clause("")
    if used:
        newest = max(used, key=lambda s: (s.published_on, s.id))
        # A projection is named by the year it was made, which its table tells.
        made = re.search(r"/(\d{4})$", newest.table)
        year = made[1] if made else newest.published_on[:4]
        publisher = t.picture.sources[newest.source].publisher[t.lang]
        source = clause(
            "summary.projection_source", t.lang, publisher=publisher, year=Clause(year, (), (year,))
        )
    less = row.value < now.latest.value
    return t.said(
        f"summary.projection_{'less' if less else 'more'}",
        now=today.number("latest", now.latest.value),
        then=t.number("forecast", row.value),
        year=clauses.period(t, row.period, "plain"),
        source=source,
    )
