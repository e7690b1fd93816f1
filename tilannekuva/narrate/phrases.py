"""The small parts that sentences are made of, each carrying the numbers that stand in it.

A :class:`Clause` is text that remembers where its numbers are from. Clauses are put into the
patterns of ``data/words`` and become a :class:`Sentence`; nothing here writes a number that is not
a metric or a figure of the finding.
"""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass
from importlib import resources
from typing import Literal, NamedTuple

from tilannekuva import periods, regions, words
from tilannekuva.model import Finding, Indicator, Measured, Picture, Unit

__all__ = [
    "STALE_MONTHS",
    "Clause",
    "Number",
    "Place",
    "Sentence",
    "Topic",
    "What",
    "axis_name",
    "clause",
    "decimals",
    "group_name",
    "pace_decimals",
    "place",
    "plain_decimals",
    "sentence",
]

STALE_MONTHS = 60
"""Older figures are spoken of in the past and never lead."""

_LENGTHS = frozenset({"days", "hours", "minutes", "km"})
_SIZES = frozenset({"per_km2", "ratio"})
_BARE = frozenset({"ratio", "per_km2", "per_100", "per_1000", "per_10000", "per_100000",
                   "per_million"})  # fmt: skip
_PIECES = frozenset({"persons", "count", "count_month", "firms", "jobs", "families", "dwellings",
                     "fte", "places", "visits", "nights"})  # fmt: skip

Verb = Literal[
    "was", "rose", "fell", "has_risen", "has_fallen", "rises", "falls", "clearly_risen",
    "clearly_fallen", "clearly_rose", "clearly_fell", "stayed", "is", "higher", "lower", "highest",
    "lowest", "more", "less", "a_rise", "of_rise", "a_fall", "of_fall", "pronoun", "figure",
]  # fmt: skip


class Number(NamedTuple):
    """A number as it stands in a text, and what it is."""

    metric: str
    """Name of the metric, or ``figure:<period>`` for a figure of the series."""
    value: float
    text: str
    indicator: str


class Clause(NamedTuple):
    """Part of a sentence with the numbers and the names of periods that stand in it."""

    text: str
    numbers: tuple[Number, ...] = ()
    periods: tuple[str, ...] = ()

    def capital(self) -> Clause:
        """The same, beginning with a capital letter."""
        return self._replace(text=words.capital(self.text))


@dataclass(frozen=True, slots=True)
class Sentence:
    """A finished sentence. Every number in ``text`` is in ``numbers`` or part of a period."""

    text: str
    kind: str
    indicator: str
    numbers: tuple[Number, ...] = ()
    periods: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    """Other indicators that it speaks of."""


class Place(NamedTuple):
    """A region's name in the forms that a pattern may ask for."""

    name: str
    genitive: str
    inside: str


class What(NamedTuple):
    """The names of an indicator in the forms that a pattern may ask for."""

    name: str
    phrase: str
    amount: str


def place(code: str, lang: str) -> Place:
    """The case forms of a region.

    >>> place("MK06", "fi").inside, place("MK21", "sv").inside, place("MK18", "en").genitive
    ('Pirkanmaalla', 'på Åland', "Kainuu's")
    """
    f = regions.forms(code)
    if lang == "fi":
        return Place(f["fi_nominative"], f["fi_genitive"], f["fi_inessive"])
    return Place(f[f"{lang}_name"], f[f"{lang}_genitive"], f[f"{lang}_in"])


# --- numbers ---------------------------------------------------------------------------------

_PER_CENT = frozenset({
    "gap_pct", "gap_index", "index", "share_of_country", "country_change_pct_10y",
    "change_pct_1y", "change_pct_5y", "change_pct_10y",
})  # fmt: skip
_COUNTS = frozenset({"age_months", "rank", "rank_low", "rank_high", "rank_n", "regions_n",
                     "trend_n", "trend_word", "reach_year"})  # fmt: skip
_PACES = frozenset({"trend_slope", "trend_low", "trend_high", "trend_low80", "trend_high80",
                    "pace_required", "pace_actual"})  # fmt: skip


def decimals(metric: str, value: float, indicator: Indicator) -> int:
    """With how many decimals a metric is always printed, whoever prints it.

    >>> from tilannekuva.indicators import load
    >>> decimals("gap_pct", -18.84, load()["gdp_pc"]), decimals("latest", 34900, load()["gdp_pc"])
    (1, 0)
    """
    if metric == "share_of_country":
        # A small region's share of a large whole still says something in its second decimal.
        return 1 if abs(value) >= 1 else 2
    if metric in _PER_CENT:
        return 1
    if metric in _COUNTS:
        return 0
    if metric in _PACES:
        return pace_decimals(value, indicator)
    return indicator.decimals


def pace_decimals(value: float, indicator: Indicator) -> int:
    """Decimals of a yearly pace: those of the figures, one more if small, more if it would vanish.

    >>> from tilannekuva.indicators import load
    >>> pace_decimals(-321.4, load()["births"]), pace_decimals(0.31, load()["unemp_rate_reg"])
    (0, 2)
    """
    places = indicator.decimals + (0 if abs(value) >= (1 if indicator.decimals else 10) else 1)
    while value and not words.rounded(value, places) and places < 4:
        places += 1
    return places


def plain_decimals(value: float) -> int:
    """The decimals that a value was set with: a target is 4 per cent, not 4,00.

    >>> plain_decimals(4.0), plain_decimals(17.8)
    (0, 1)
    """
    return next(n for n in range(5) if n == 4 or abs(value - round(value, n)) < 1e-9)


# --- the one thing a sentence is about --------------------------------------------------------


@dataclass(frozen=True)
class Topic:
    """A finding with everything needed to speak of it in one language."""

    finding: Finding
    picture: Picture
    lang: str
    prefer_phrase: bool = False
    """Speak of a count by its name where it has one, as headlines do."""

    @functools.cached_property
    def indicator(self) -> Indicator:
        """What is measured."""
        return self.picture.indicators[self.finding.indicator]

    @functools.cached_property
    def unit(self) -> Unit:
        """Its unit."""
        return self.picture.units[self.indicator.unit]

    @functools.cached_property
    def region(self) -> Place:
        """The region's name."""
        return place(self.finding.region, self.lang)

    @functools.cached_property
    def what(self) -> What:
        """The indicator's names."""
        i = self.indicator
        return What(
            i.label[self.lang],
            i.phrase[self.lang] if i.phrase else "",
            i.amount[self.lang] if i.amount else "",
        )

    @functools.cached_property
    def kind(self) -> Literal["amount", "phrase", "name"]:
        """How it can be spoken of: so many of something, under a name, or only as a label."""
        if self.what.phrase and (self.prefer_phrase or not self.what.amount):
            return "phrase"
        value = self.value("latest")
        value = self.value("forecast") if value is None else value
        if not self.what.amount or value is None or value < 0:
            return "name"
        # "1 arbetslösa" would be wrong, and two numbers in a row cannot be told apart: such a
        # figure stands as a label.
        one = words.rounded(value, self.indicator.decimals) == 1
        return "name" if one or self.what.amount[0].isdigit() else "amount"

    @functools.cached_property
    def direction(self) -> int:
        """+1 where more is better, −1 where less is, 0 where neither is."""
        return {"up": 1, "down": -1, "neither": 0}[self.indicator.direction]

    @functools.cached_property
    def stale(self) -> bool:
        """Whether the newest figure is too old to be spoken of as the present."""
        age = self.value("age_months")
        return age is not None and age > STALE_MONTHS

    def metric(self, name: str) -> Measured | None:
        """A metric's row, if the finding has it."""
        return self.finding.metrics.get(name)

    def value(self, name: str) -> float | None:
        """A metric's value, or None where there is none."""
        row = self.finding.metrics.get(name)
        return None if row is None else row.value

    def reason(self, name: str) -> str | None:
        """Why a metric has no value."""
        row = self.finding.metrics.get(name)
        return None if row is None else row.reason

    def sign(self, name: str) -> int:
        """Sign of a metric as printed: what rounds to zero is zero."""
        value = self.value(name)
        if value is None:
            return 0
        exact = words.rounded(value, decimals(name, value, self.indicator))
        return (exact > 0) - (exact < 0)

    def word(self, verb: Verb) -> str:
        """A verb or comparative that fits what is measured."""
        return words.message(f"verb.{self._class}.{verb}", self.lang)

    @functools.cached_property
    def _class(self) -> str:
        if self.kind == "amount":
            return "count"
        if self.unit.id in _LENGTHS:
            return "length"
        return "size" if self.unit.relative or self.unit.id in _SIZES else "rate"

    def number(self, name: str, value: float) -> Number:
        """A number to be printed without its sign."""
        text = words.number(abs(value), decimals(name, value, self.indicator), self.lang)
        return Number(name, value, text, self.indicator.id)

    def said(self, key: str, **values: object) -> Clause:
        """A pattern filled about this topic."""
        return clause(key, self.lang, region=self.region, what=self.what, **values)


def clause(key: str, lang: str, **values: object) -> Clause:
    """Fill a pattern; clauses and numbers put into it hand on what they know.

    >>> n = Number("latest", 8.6, "8,6", "unemp_rate_reg")
    >>> clause("share.of_country", "fi", region=place("MK18", "fi"), share=n).numbers == (n,)
    True
    """
    used = words.places(words.messages(lang)[key]) if words.has(key, lang) else frozenset()
    numbers: list[Number] = []
    spans: list[str] = []
    shown: dict[str, object] = {}
    for name, value in values.items():
        shown[name] = value
        if isinstance(value, Number):
            shown[name] = value.text
            numbers += [value] if name in used else []
        elif isinstance(value, Clause):
            shown[name] = value.text
            if name in used:
                numbers += value.numbers
                spans += value.periods
    return Clause(words.message(key, lang, **shown), tuple(numbers), tuple(spans))


def sentence(topic: Topic, kind: str, part: Clause, *, end: str = "") -> Sentence:
    """A clause as a sentence of its own."""
    whole = part.capital()
    return Sentence(whole.text + end, kind, topic.indicator.id, whole.numbers, whole.periods)


# --- names of groups --------------------------------------------------------------------------


@functools.cache
def _axis(axis: str) -> dict[str, dict[str, str]]:
    file = resources.files("tilannekuva").joinpath("data", "axes", f"{axis}.csv")
    if not file.is_file():
        return {}
    lines = file.read_text(encoding="utf-8").splitlines()
    return {row["code"]: dict(row) for row in csv.DictReader(lines)}


def axis_name(axis: str, code: str, lang: str) -> str:
    """The name of a group; the code itself where the axis has no names.

    >>> axis_name("branch", "01", "en")
    'Agriculture and hunting'
    """
    return _axis(axis).get(code, {}).get(f"name_{lang}", code)


def group_name(t: Topic, breakdown: str) -> str:
    """The name of a breakdown: its groups on each axis but the summed ones."""
    codes = breakdown.split(".")
    pairs = [(a, c) for a, c in zip(t.indicator.axes, codes, strict=False) if c != "T"]
    return ", ".join(axis_name(a, c, t.lang) for a, c in pairs) or breakdown


# --- clauses about a finding ------------------------------------------------------------------


def in_pieces(t: Topic) -> bool:
    """Whether it is a number of people or things so few, or a balance, that per cents mislead."""
    if t.unit.id not in _PIECES:
        return False
    known = [v for s in t.finding.segments for v in s.values if v is not None]
    latest = t.value("latest")
    return any(v < 0 for v in known) or (latest is not None and abs(latest) < 100)


def figure(t: Topic, value: float, period: str) -> Clause:
    """A figure of the series with its unit, short."""
    text = words.quantity(value, t.indicator.decimals, t.unit, t.lang)
    bare = words.number(value, t.indicator.decimals, t.lang)
    return Clause(text, (Number(f"figure:{period}", value, bare, t.indicator.id),))


def period(t: Topic, text: str, form: words.Form = "in") -> Clause:
    """A period of the finding in words; a stock is of its moment."""
    # The stock of 1 January has been dated to the end of the year before, where it belongs.
    moment = "end" if t.indicator.reference in ("end", "start") else None
    said = words.period(text, t.lang, form, moment)
    return Clause(said, (), (said,))


def amount(t: Topic, metric: str) -> Clause:
    """A metric in the indicator's unit, as said in a sentence."""
    value = t.value(metric)
    assert value is not None  # asked for only where it is
    bare = words.number(value, t.indicator.decimals, t.lang)
    return Clause(spoken(t, value), (Number(metric, value, bare, t.indicator.id),))


def spoken(t: Topic, value: float) -> str:
    """A figure as said in a sentence; what the name says already is not said twice."""
    phrase = set(t.what.phrase.split())
    named = any(set(u[t.lang].split()) <= phrase for u in (t.unit.label, t.unit.after))
    if t.kind == "amount" or (named and (t.unit.id in _BARE or t.unit.id == "pps")):
        return words.number(value, t.indicator.decimals, t.lang)
    return words.amount(value, t.indicator.decimals, t.unit, t.lang)


def difference(t: Topic, metric: str) -> Clause:
    """The size of a difference: in per cent for ``…_pct`` and shares, else in the unit."""
    value = t.value(metric)
    assert value is not None  # asked for only where it is
    number = t.number(metric, value)
    change = not metric.startswith("gap")
    if metric in _PER_CENT:
        text = words.message("spoken.many.percent", t.lang, value=number.text)
    elif change and t.unit.id in _BARE:
        text = words.message("difference.change.bare", t.lang, value=number.text)
    elif change and t.kind == "amount" and t.unit.id in ("count", "count_month"):
        text = f"{number.text} {t.what.amount}"
    else:
        text = words.difference(value, decimals(metric, value, t.indicator), t.unit, t.lang)
    return Clause(text, (number,))


def span(t: Topic, metric: str, years: int | None = None) -> Clause:
    """From when to when a metric is, short, for brackets.

    Figures of spans (three-year means) name both their spans, as one span would look like the
    years that the change took.
    """
    row = t.finding.metrics[metric]
    first, _, last = row.period.partition("/")
    if t.finding.frequency == "span":
        if years is None:
            n = t.value("trend_n") or 0.0
            whole = clause(
                "trend.spans", t.lang, n=t.number("trend_n", n),
                last=words.period(row.period, t.lang),
            )  # fmt: skip
            return whole._replace(periods=(words.period(row.period, t.lang),))
        before = periods.shift(row.period, -years)
        text = words.from_to(f"{before}/{row.period}", t.lang)
    else:
        text = words.period_range(first, last or first, t.lang)
    return Clause(text, (), (text,))
