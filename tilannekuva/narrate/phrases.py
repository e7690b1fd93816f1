"""The small parts that sentences are made of, each carrying the numbers that stand in it.

A :class:`Clause` is text that remembers where its numbers are from. Clauses are put into the
patterns of ``data/words`` and become a :class:`Sentence`; nothing here writes a number that is not
a metric or a figure of the finding.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Literal, NamedTuple

from tilannekuva import regions, words
from tilannekuva.model import LANGUAGES, Finding, Indicator, Measured, Picture, Unit

__all__ = [
    "PER_CENT",
    "STALE_MONTHS",
    "Clause",
    "Number",
    "Place",
    "Sentence",
    "Topic",
    "What",
    "clause",
    "decimals",
    "moved",
    "pace_decimals",
    "place",
    "plain_decimals",
    "sentence",
]

STALE_MONTHS = 60
"""Older figures are spoken of in the past and never lead."""

_LENGTHS = frozenset({"days", "hours", "minutes", "km"})
_SIZES = frozenset({"per_km2", "ratio", "persons_each"})

Verb = Literal[
    "was",
    "rose",
    "fell",
    "has_risen",
    "has_fallen",
    "rises",
    "falls",
    "clearly_risen",
    "clearly_fallen",
    "clearly_rose",
    "clearly_fell",
    "stayed",
    "is",
    "higher",
    "lower",
    "highest",
    "lowest",
    "more",
    "less",
    "a_rise",
    "of_rise",
    "a_fall",
    "of_fall",
    "pronoun",
    "figure",
]


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

PER_CENT = frozenset({
    "gap_pct", "gap_index", "index", "share_of_country", "country_change_pct_10y",
    "change_pct_1y", "change_pct_5y", "change_pct_10y", "revision_pct",
})  # fmt: skip
_COUNTS = frozenset({"age_months", "rank", "rank_low", "rank_high", "rank_n", "regions_n",
                     "trend_n", "trend_word", "trend_word_alone", "reach_year"})  # fmt: skip
_PACES = frozenset({"trend_slope", "trend_low", "trend_high", "trend_low80", "trend_high80",
                    "pace_required", "pace_actual"})  # fmt: skip

TREND_WORDS = {2: "clear_rise", 1: "signs_rise", 0: "cannot", -1: "signs_fall", -2: "clear_fall"}
"""``trend_word`` → which words of ``page.trend`` it is."""
_STATISTICS = {"trend_p": 3, "trend_q": 3, "trend_tau": 2}
"""Without a unit, and of another size than the figures."""


def decimals(metric: str, value: float, indicator: Indicator) -> int:
    """With how many decimals a metric is always printed, whoever prints it.

    >>> from tilannekuva.indicators import load
    >>> decimals("gap_pct", -18.84, load()["gdp_pc"]), decimals("latest", 34900, load()["gdp_pc"])
    (1, 0)
    """
    if metric == "share_of_country":
        # A small region's share of a large whole still says something in its second decimal.
        return 1 if abs(value) >= 1 else 2
    if metric in PER_CENT:
        return 1
    if metric in _COUNTS:
        return 0
    if metric == "events":  # a patent may be shared among regions
        return 0 if float(value).is_integer() else 1
    if metric in ("fan_error", "fan_error_naive"):
        return 1
    if metric in _STATISTICS:
        return _STATISTICS[metric]
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
    def subject(self) -> str:
        """Region and name as what a sentence is about.

        A phrase may place the region itself with ``{genitive}`` or ``{inside}``.
        """
        phrase = self.what.phrase
        if "{" in phrase:
            return phrase.format(genitive=self.region.genitive, inside=self.region.inside)
        return words.message("subject.phrase", self.lang, region=self.region, what=self.what)

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
        amount = self.indicator.amount
        # The same in every language, so that all of them say the same.
        digit = amount is not None and any(amount[lang][:1].isdigit() for lang in LANGUAGES)
        return "name" if one or digit else "amount"

    @functools.cached_property
    def balance(self) -> bool:
        """Whether it can be negative: then it rises and falls, but has no per cents."""
        if words.has(f"balance.{self.indicator.id}.minus", self.lang):
            return True  # by what it is, even where no figure is below zero
        series = (*self.finding.segments, *self.finding.others)
        return any(v is not None and v < 0 for s in series for v in s.values)

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

    def side(self) -> int:
        """Side of the whole country that the region is on, +1 above; 0 where the gap is slight.

        Slight is less than the smallest change that is worth a word.
        """
        gap = self.value("gap")
        if gap is None or abs(gap) < self.indicator.min_change - 1e-9:
            return 0
        relative = self.unit.relative and not self.balance and self.value("gap_pct") is not None
        return self.sign("gap_pct" if relative else "gap")

    def word(self, verb: Verb) -> str:
        """A verb or comparative that fits what is measured."""
        return words.message(f"verb.{self._class}.{verb}", self.lang)

    @functools.cached_property
    def _class(self) -> str:
        if self.kind == "amount":
            return "count"
        if self.unit.id in _LENGTHS:
            return "length"
        if self.balance:
            return "rate"  # what is below zero does not shrink
        return "size" if self.unit.relative or self.unit.id in _SIZES else "rate"

    def number(self, name: str, value: float) -> Number:
        """A number to be printed without its sign."""
        places = decimals(name, value, self.indicator)
        shown = abs(value)
        if name not in PER_CENT and name not in _COUNTS:
            shown, places = words.scaled(shown, places, self.unit)
        text = words.number(shown, places, self.lang)
        return Number(name, value, text, self.indicator.id)

    def said(self, key: str, **values: object) -> Clause:
        """A pattern filled about this topic."""
        return clause(
            key, self.lang, region=self.region, what=self.what, subject=self.subject, **values
        )


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


def moved(t: Topic, sign: int, rose: Verb, fell: Verb) -> str:
    """The word of the pair that fits the sign."""
    return t.word(rose if sign > 0 else fell)


def subject(indicator: str, picture: Picture, lang: str) -> str:
    """What a sentence about an indicator is about: region and name, or its label alone."""
    topic = Topic(picture.findings[indicator], picture, lang)
    return topic.subject if topic.what.phrase else topic.what.name
