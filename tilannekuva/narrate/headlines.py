"""A finding as a headline, a subtitle and a key figure card."""

from __future__ import annotations

from dataclasses import dataclass

from tilannekuva import words
from tilannekuva.model import Finding, Measured, Picture
from tilannekuva.narrate import clauses, phrases
from tilannekuva.narrate.notes import age_text, status_label
from tilannekuva.narrate.phrases import Clause, Topic, Verb, moved
from tilannekuva.narrate.statements import (
    change_metric,
    gap_metric,
    level,
    level_word,
    rank_clause,
    turned,
    with_status,
)

__all__ = ["Card", "card", "headline", "subtitle"]

HEADLINE_LENGTH = 95


def headline(finding: Finding, picture: Picture, lang: str) -> str:
    """What a chart of the finding shows, as its title.

    At most some ninety characters: the clear or likely direction and the side of the whole country
    that the region is on; the level alone where no direction can be told.
    """
    t = Topic(finding, picture, lang, prefer_phrase=True)
    found = [words.capital(c.text) for c in _headlines(t)]
    return next((text for text in found if len(text) <= HEADLINE_LENGTH), min(found, key=len))


def _headlines(t: Topic) -> list[Clause]:
    """Headlines that hold, best first; the last ones always fit."""
    plain = level(t, marked=True)
    if t.value("latest") is None:
        return [plain, _label(t)]
    word = int(t.value("trend_word") or 0)
    found: list[Clause] = []
    if abs(word) == 2:
        found = _clear(t, 1 if word > 0 else -1)
    elif word:
        found = _signs(t, word)
    elif t.kind == "phrase":
        found = _levels(t)
    elif t.kind == "name" and (metric := gap_metric(t)) and t.sign(metric):
        found = [t.said("headline.name.level", more=moved(t, t.sign(metric), "more", "less"))]
    return [*found, plain, _label(t)]


def _label(t: Topic) -> Clause:
    """Name, figure and period alone, for what has no short sentence."""
    latest = t.finding.latest
    row, key = (
        (latest, "name") if latest.value is not None else (t.metric("forecast"), "name_forecast")
    )
    if row is None or row.value is None:
        return t.said("level.bare")
    when = clauses.period(t, row.period, "plain")
    return t.said(
        f"level.{key}",
        value=clauses.figure(t, row.value, row.period),
        compared="",
        period=with_status(t, when, inside=True) if key == "name" else when,
    )


def _clear(t: Topic, sign: int) -> list[Clause]:
    verbs: tuple[Verb, Verb]
    verbs = ("clearly_rose", "clearly_fell") if t.stale else ("clearly_risen", "clearly_fallen")
    told = moved(t, sign, *verbs)
    found = []
    last = 0 if t.stale else turned(t)
    if last and t.kind != "name":
        # The same verb in the past: it has risen clearly, but fell in the last year.
        found.append(
            t.said(
                f"headline.{t.kind}.trend_lately", moved=told, turned=moved(t, last, "rose", "fell")
            )
        )
    metric = gap_metric(t)
    if t.kind == "phrase" and metric and not t.stale:
        gap = t.sign(metric)
        joint = words.message(f"headline.word.{'but' if gap * sign < 0 else 'and'}", t.lang)
        found.append(
            t.said(
                f"headline.phrase.trend_{'level' if gap else 'same'}",
                moved=told,
                joint=joint,
                is_=t.word("is"),
                still=_still(t, gap),
                higher=moved(t, gap, "higher", "lower"),
            )
        )
    country = t.sign("country_change_pct_10y")
    # Both must be about the same years, or the two halves would speak of different things.
    if t.unit.extensive and t.kind != "name" and country == -sign == -t.sign("change_10y"):
        found.append(
            t.said(
                f"headline.{t.kind}.trend_against",
                moved=told,
                country_moved=moved(t, country, "rose", "fell"),
            )
        )
    change = moved(t, sign, "a_rise", "a_fall")
    kinds = dict.fromkeys((t.kind, "name"))
    return [*found, *(t.said(f"headline.{k}.trend", moved=told, change=change) for k in kinds)]


def _still(t: Topic, gap: int) -> str:
    """Whether the region was on the same side of the country five or ten years ago."""
    now = t.value("gap")
    for years in (10, 5):
        since = t.value(f"gap_change_{years}y")
        if now is not None and since is not None:
            before = words.rounded(now - since, t.indicator.decimals)
            same = ((before > 0) - (before < 0)) == gap
            return words.message(f"headline.word.{'still' if same else 'now'}", t.lang)
    return ""


def _signs(t: Topic, word: int) -> list[Clause]:
    noun = moved(t, word, "of_rise", "of_fall")
    found = []
    metric = gap_metric(t)
    if t.kind == "phrase" and metric and t.sign(metric) and not t.stale:
        found.append(
            t.said(
                "headline.phrase.signs_level",
                is_=t.word("is"),
                noun=noun,
                higher=moved(t, t.sign(metric), "higher", "lower"),
            )
        )
    kinds = dict.fromkeys((t.kind, "name"))
    return [*found, *(t.said(f"headline.{k}.signs", noun=noun) for k in kinds)]


def _levels(t: Topic) -> list[Clause]:
    metric = gap_metric(t)
    found = []
    if not t.stale and (end := _end(t)):
        found.append(
            t.said(
                "headline.phrase.extreme",
                is_=t.word("is"),
                of_all=level_word(t, "of_all"),
                highest=moved(t, end, "highest", "lowest"),
            )
        )
    if metric:
        sign = t.sign(metric)
        then = "_then" if t.stale else ""
        found.append(
            t.said(
                f"headline.phrase.{'level' if sign else 'same'}{then}",
                is_=t.word("is"),
                was=t.word("was"),
                higher=moved(t, sign, "higher", "lower"),
                when=clauses.period(t, t.finding.latest.period),
            )
        )
    return found


def _end(t: Topic) -> int:
    """+1 where the region's figure is surely the highest of all, −1 where the lowest, else 0."""
    low, high, n = t.value("rank_low"), t.value("rank_high"), t.value("rank_n")
    if low is None or low != high or n is None:
        return 0
    return t.direction if low == 1 else -t.direction if low == n else 0


def subtitle(finding: Finding, picture: Picture, lang: str) -> str:
    """What is measured, in what unit, over which years."""
    t = Topic(finding, picture, lang)
    shown = finding.segments or finding.profile
    known = [p for s in shown for p, v in zip(s.periods, s.values, strict=True) if v is not None]
    first, last = known[0], known[-1]
    label, name = t.unit.label[lang], t.indicator.names[lang]
    said = {"name": name, "unit": label, "range": words.period_range(first, last, lang)}
    told = set(label.casefold().split()) <= set(name.casefold().split())
    if told or t.unit.id in ("count", "ratio", "index"):
        return words.message("subtitle.bare", lang, **said)
    return words.message("subtitle.comma" if name.endswith(")") else "subtitle.full", lang, **said)


@dataclass(frozen=True, slots=True)
class Card:
    """A key figure in short."""

    indicator: str
    name: str
    value: str
    """The number alone."""
    unit: str
    quantity: str
    """The number with its unit."""
    period: str
    change: str
    rank: str
    """Empty where no rank can be given."""
    marks: tuple[str, ...]


def card(finding: Finding, picture: Picture, lang: str) -> Card:
    """A finding as a key figure.

    The change is over five years, over one year for months and quarters, or over what there is.
    """
    t = Topic(finding, picture, lang)
    latest = finding.latest
    metric = "latest" if latest.value is not None else "forecast"
    value = t.value(metric)
    row = finding.metrics[metric if value is not None else "latest"]
    places = t.indicator.decimals
    rank = rank_clause(t)
    return Card(
        indicator=t.indicator.id,
        name=t.what.name,
        value="" if value is None else words.number(value, places, lang),
        unit=t.unit.label[lang],
        quantity="" if value is None else words.quantity(value, places, t.unit, lang),
        period=words.period(row.period, lang),
        change=_card_change(t),
        rank=words.message("card.rank", lang, rank=rank.text) if rank else "",
        marks=_marks(t, row),
    )


def _card_change(t: Topic) -> str:
    order = (1, 5, 10) if t.finding.frequency in ("month", "quarter") else (5, 10, 1)
    found = next(((m, y) for y in order if (m := change_metric(t, y))), None)
    if found is None:
        return words.message("card.no_change", t.lang)
    metric, years = found
    when = words.message(f"span.y{years}", t.lang)
    value = t.value(metric)
    assert value is not None  # change_metric gives only what is there
    if t.sign(metric) == 0:
        return words.message("card.unchanged", t.lang, span=when)
    places = decimals(metric, value, t)
    if "pct" in metric:
        size = words.percent(value, places, t.lang, sign=True)
    elif t.unit.id in ("percent", "percent_change"):
        size = words.points(value, places, t.lang)
    else:
        size = words.quantity(value, places, t.unit, t.lang, sign=True)
    return words.message("card.change", t.lang, size=size, span=when)


def decimals(metric: str, value: float, t: Topic) -> int:
    """Decimals of a metric of this finding."""
    return phrases.decimals(metric, value, t.indicator)


_STEP = {"year": 12, "half": 6, "quarter": 3, "month": 1, "span": 12}


def _marks(t: Topic, row: Measured) -> tuple[str, ...]:
    marks = [] if row.status == "final" else [status_label(row.status, t.lang)]
    age = t.value("age_months")
    usual = t.indicator.lag_months
    # A figure is due again one period and one lag after the end of the one there is.
    limit = 24 if usual is None else usual + _STEP[t.finding.frequency]
    if age is not None and age > limit:
        marks.append(age_text(t.finding, t.lang))
    return tuple(marks)
