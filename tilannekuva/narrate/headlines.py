"""A finding as a headline, a subtitle and a key figure card."""

from __future__ import annotations

from dataclasses import dataclass

from tilannekuva import words
from tilannekuva.model import LANGUAGES, Finding, Measured, Picture
from tilannekuva.narrate import analysed, clauses, phrases
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

HEADLINE_LENGTH = 100


def headline(finding: Finding, picture: Picture, lang: str) -> str:
    """What a chart of the finding shows, as its title.

    At most a hundred characters: the clear or likely direction and the side of the whole country
    that the region is on; the level alone where no direction can be told. The claim is the same in
    every language: the first that is short enough in all of them.
    """
    topics = {x: Topic(finding, picture, x, prefer_phrase=True) for x in LANGUAGES}
    found = {x: [words.capital(c.text) for c in _headlines(t)] for x, t in topics.items()}
    longest = [max(len(text) for text in same) for same in zip(*found.values(), strict=True)]
    shortest = min(range(len(longest)), key=lambda i: longest[i])
    chosen = next((i for i, n in enumerate(longest) if n <= HEADLINE_LENGTH), shortest)
    return next(texts[chosen] for x, texts in found.items() if x == lang)


def _headlines(t: Topic) -> list[Clause]:
    """Headlines that hold, best first; the last ones always fit."""
    plain = level(t, marked=True)
    if t.value("latest") is None:
        brief = analysed.short(t)
        return [plain, *([brief] if brief else []), _label(t)]
    word = int(t.value("trend_word") or 0)
    found: list[Clause] = []
    if abs(word) == 2:
        found = _clear(t, 1 if word > 0 else -1)
    elif word:
        found = _signs(t, word)
    elif t.kind == "phrase":
        found = _levels(t)
    elif t.kind == "name" and (gap := t.side()):
        found = [t.said("headline.name.level", more=moved(t, gap, "more", "less"))]
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
    if t.kind == "phrase" and gap_metric(t) and not t.stale:
        gap = t.side()
        joint = words.message(f"headline.word.{'but' if gap * sign < 0 else 'and'}", t.lang)
        key = "same_then" if not gap else "level" if _still(t, gap) else "level_then"
        found.append(
            t.said(
                f"headline.phrase.trend_{key}",
                moved=told,
                joint=joint,
                is_=t.word("is"),
                was=t.word("was"),
                higher=moved(t, gap, "higher", "lower"),
                when=clauses.period(t, t.finding.latest.period),
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


def _seasonal(t: Topic) -> bool:
    """Whether the latest figure is of a part of a year, which alone says little of the present."""
    return t.finding.frequency in ("month", "quarter", "half")


def _still(t: Topic, gap: int) -> bool:
    """Whether a yearly figure was on the same side of the country five or ten years ago."""
    now = t.value("gap")
    if _seasonal(t) or now is None:
        return False
    for years in (10, 5):
        since = t.value(f"gap_change_{years}y")
        if since is not None:
            return (now - since) * gap >= t.indicator.min_change - 1e-9
    return False


def _signs(t: Topic, word: int) -> list[Clause]:
    noun = moved(t, word, "of_rise", "of_fall")
    found = []
    gap = t.side()
    if t.kind == "phrase" and gap and not t.stale:
        found.append(
            t.said(
                "headline.phrase.signs_level" + ("_then" if _seasonal(t) else ""),
                is_=t.word("is"),
                was=t.word("was"),
                noun=noun,
                higher=moved(t, gap, "higher", "lower"),
                when=clauses.period(t, t.finding.latest.period),
            )
        )
    kinds = dict.fromkeys((t.kind, "name"))
    return [*found, *(t.said(f"headline.{k}.signs", noun=noun) for k in kinds)]


def _levels(t: Topic) -> list[Clause]:
    found = []
    when = clauses.period(t, t.finding.latest.period)
    if not t.stale and (end := _end(t)):
        found.append(
            t.said(
                "headline.phrase.extreme" + ("_then" if _seasonal(t) else ""),
                is_=t.word("is"),
                was=t.word("was"),
                when=when,
                of_all=level_word(t, "of_all"),
                highest=moved(t, end, "highest", "lowest"),
            )
        )
    if gap_metric(t):
        sign = t.side()
        then = "_then" if t.stale or _seasonal(t) else ""
        found.append(
            t.said(
                f"headline.phrase.{'level' if sign else 'same'}{then}",
                is_=t.word("is"),
                was=t.word("was"),
                higher=moved(t, sign, "higher", "lower"),
                when=when,
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
    told = _told(label, name)
    if told or t.unit.id in ("count", "ratio", "index"):
        return words.message("subtitle.bare", lang, **said)
    return words.message("subtitle.comma" if name.endswith(")") else "subtitle.full", lang, **said)


def _told(label: str, name: str) -> bool:
    """Whether a name says its unit already: in numerals, or with another ending.

    >>> _told("tuhatta kohti", "Yritykset 1 000 asukasta kohti"), _told("perhettä", "Lapsiperheet")
    (True, True)
    >>> _told("henkeä", "Lapsiperheet")
    False
    """
    plain = name.casefold().replace(words.NBSP, " ").replace("1 000 ", "tuhatta tusen ")
    known = [w.strip("().,") for w in plain.split()]

    def said(word: str) -> bool:
        stem = word[:-3]
        return word in known or (len(stem) > 3 and any(stem in k for k in known))

    return all(said(w) for w in label.casefold().split())


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
        value="" if value is None else words.number(*words.scaled(value, places, t.unit), lang),
        unit=_card_unit(t),
        quantity="" if value is None else words.quantity(value, places, t.unit, lang),
        period=words.period(row.period, lang),
        change=_card_change(t),
        rank=words.message("card.rank", lang, rank=rank.text) if rank else "",
        marks=_marks(t, row),
    )


def _card_unit(t: Topic) -> str:
    # Thousands of people are printed as people.
    unit = t.picture.units.get("persons", t.unit) if t.unit.id == "thousand_persons" else t.unit
    return unit.label[t.lang]


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
