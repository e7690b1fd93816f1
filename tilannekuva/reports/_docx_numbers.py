"""Numbers in a text as people write them, and all those that a picture has.

A number may be written in the notation of any of the three languages: ``1 234,5`` with any space
between the groups, ``1,234.5``, with a true minus or a hyphen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from tilannekuva import words
from tilannekuva.model import LANGUAGES, Finding, Picture, Series
from tilannekuva.reports import _cells

__all__ = ["Known", "Meaning", "Written", "numbers", "of_picture"]

_SPACES = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE} "
_MINUS, _DASH = "\N{MINUS SIGN}", "\N{EN DASH}"
_GROUPED = rf"\d{{1,3}}(?:[{_SPACES}]\d{{3}})+(?![\d])(?:[.,]\d+)?"
_ENGLISH = r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?"
_DATE = r"\d{1,2}\.\d{1,2}\.\d{4}|\d{4}-\d{2}-\d{2}"
# A letter or a digit before it makes it part of a name (CO2, 12r5), and so does "r5" after it.
_NUMBER = re.compile(
    rf"(?P<sign>(?<![\w%)])[+{_MINUS}{_DASH}-])?(?<!\w)(?P<number>{_DATE}|{_GROUPED}|{_ENGLISH}"
    r"|\d+(?:[.,]\d+)?)(?!\d|[^\W\d_]+\d)"
)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+")


class Written(NamedTuple):
    """A number as it stands in a text."""

    text: str
    """As written, with its sign."""
    start: int
    end: int
    readings: tuple[Decimal, ...]
    """What it may mean; empty for a date."""
    sign: str = ""

    @property
    def bare(self) -> str:
        """Without the kind of its spaces and of its minus: two that are equal mean the same."""
        return re.sub(rf"[{_SPACES}]", "", self.text).replace(_MINUS, "-")


def numbers(text: str) -> Iterator[Written]:
    """Every number of a text, in order; those in names, codes and addresses are none.

    >>> [n.text for n in numbers("CO2, 12r5: 70 521 henkeä, −1,2 % (2010–2020)")]
    ['70 521', '−1,2', '2010', '2020']
    """
    text = _ADDRESS.sub(lambda m: "x" * len(m[0]), text)
    for m in _NUMBER.finditer(text):
        sign = m["sign"] or ""
        yield Written(m[0], m.start(), m.end(), tuple(_readings(m["number"])), sign)


def _readings(text: str) -> Iterator[Decimal]:
    if re.fullmatch(_DATE, text):
        return
    if re.fullmatch(_ENGLISH, text):
        yield Decimal(text.replace(",", ""))
        if text.count(",") > 1 or "." in text:
            return
    if any(s in text for s in _SPACES):
        yield Decimal(re.sub(rf"[{_SPACES}]", "", text).replace(",", "."))
    elif not re.fullmatch(_ENGLISH, text) or text.count(",") == 1:
        yield Decimal(text.replace(",", "."))


class Meaning(NamedTuple):
    """What a number of the picture is the figure of."""

    indicator: str
    label: str
    of: str
    """The area, or what has been computed."""
    period: str
    """In words."""
    own: bool
    """Of the picture's own region."""

    @property
    def text(self) -> str:
        """For people."""
        return ", ".join(part for part in (self.label, self.of, self.period) if part)


class Known:
    """The numbers and dates that a picture has, and what figures they are."""

    def __init__(self) -> None:
        self.signed: set[Decimal] = set()
        self.sizes: set[Decimal] = set()
        self.dates: set[str] = set()
        self.years: set[Decimal] = set()
        """Years of the picture's periods: a number that is one of them is a time, not a figure."""
        self._meanings: dict[Decimal, dict[Meaning, None]] = {}
        self._figures: dict[str, dict[Meaning, str]] = {}

    def add(self, value: Decimal, meaning: Meaning | None = None) -> None:
        """A number; without its sign it may be said in words ("fell by 1.2")."""
        self.signed.add(value)
        self.sizes.add(abs(value))
        if meaning is not None:
            self._meanings.setdefault(abs(value), {})[meaning] = None

    def figure(self, printed: str, meaning: Meaning) -> None:
        """A figure as it is printed."""
        self._figures.setdefault(meaning.indicator, {})[meaning] = printed

    def read(self, text: str, meaning: Meaning | None = None) -> None:
        """Every number of one of our own texts."""
        for n in numbers(text):
            for value in n.readings:
                self.add(-value if n.sign in (_MINUS, "-") else value, meaning)
            if not n.readings:
                self.dates.add(n.bare)

    def meanings(self, n: Written) -> list[Meaning]:
        """What figures of the picture a number is, in the picture's order."""
        return [m for reading in n.readings for m in self._meanings.get(abs(reading), ())]

    def figures(self, indicator: str) -> dict[Meaning, str]:
        """What an indicator's figures mean, and each as it is printed."""
        return self._figures.get(indicator, {})

    def time(self, n: Written) -> bool:
        """Whether a number is a date or a year of the picture."""
        return not n.readings or (not n.sign and any(r in self.years for r in n.readings))

    def has(self, n: Written) -> bool:
        """Whether a number of a text is one of these."""
        if not n.readings:
            return n.text.lstrip("+-" + _MINUS + _DASH) in self.dates
        if n.sign in ("-", _MINUS):
            return any(-r in self.signed for r in n.readings)
        if n.sign == "+":
            return any(r in self.signed for r in n.readings)
        return any(r in self.sizes for r in n.readings)


def of_picture(picture: Picture, lang: str) -> Known:
    """Every figure, metric, period, date and count of a picture, and the numbers in its names."""
    known = Known()
    periods: set[str] = set()
    for finding in picture.findings.values():
        periods.update(_figures(finding, picture, lang, known))
    for period in periods:
        known.read(words.period(period, lang))
        if period[:4].isdigit():
            known.years.add(Decimal(period[:4]))
    _dates(picture, known)
    _names(picture, lang, known)
    for count in (picture.level_count, len(picture.findings), len(picture.indicators),
                  len(picture.gaps), len(picture.regions)):  # fmt: skip
        known.add(Decimal(count))
    return known


def _figures(finding: Finding, picture: Picture, lang: str, known: Known) -> Iterator[str]:
    """Put every figure and metric of a finding among the known; yield the periods they are of."""
    indicator = picture.indicators[finding.indicator]
    places, unit, label = indicator.decimals, picture.units[indicator.unit], indicator.label[lang]

    def meant(of: str, period: str, *, own: bool = True) -> Meaning:
        return Meaning(finding.indicator, label, of, period, own)

    # The words of the lines come first: they say best what a number is.
    for line in _cells.lines(finding, picture, lang):
        meaning = meant(line.name[:1].lower() + line.name[1:], line.period)
        known.read(line.cell.text, meaning)
        known.read(f"{line.period} ; {line.note}")
    country = (finding.country,) if finding.country else ()
    every: Iterable[Series] = (
        *finding.segments, *country, *finding.others, *finding.parts, *finding.profile,
        *finding.country_profile,
    )  # fmt: skip
    for s in every:
        code = (s.area or s.region).partition("@")[0]  # in the boundaries of a year
        area = picture.regions.get(code)
        name = area.names[lang] if area is not None else code
        for period, value in zip(s.periods, s.values, strict=True):
            if value is not None:
                meaning = meant(name, words.period(period, lang), own=code == picture.region.code)
                known.add(Decimal(repr(value)), meaning)
                known.add(words.rounded(*words.scaled(value, places, unit)), meaning)
                known.figure(words.quantity(value, places, unit, lang), meaning)
        yield from s.periods
    if finding.revision is not None:  # what the note does not say of it
        told = finding.revision.told
        digits = 1 if finding.revision.relative else places
        known.add(words.rounded(*words.scaled(told.median, digits, unit)))
        known.add(Decimal(len(told.periods)))
        known.add(Decimal(told.publications))
    for measured in finding.metrics.values():
        if measured.value is not None:
            known.add(Decimal(repr(measured.value)))
        yield from measured.period.split("/")


def _dates(picture: Picture, known: Known) -> None:
    days = [picture.as_of, picture.compared_with or picture.as_of]
    for s in picture.snapshots.values():
        days += [s.published_on, *(t for t in (s.received_at, s.updated_at) if t)]
    for day in days:
        known.read(day[:10] if len(day) > 9 else day[:4])
        for lang in LANGUAGES:
            known.read(words.date(day, lang))


def _names(picture: Picture, lang: str, known: Known) -> None:
    for indicator in picture.indicators.values():
        for text in (indicator.names, indicator.label, *indicator.caveats):
            known.read(text[lang])
        for target in indicator.targets:
            known.add(Decimal(repr(target.value)))
            known.read(f"{target.period[:4]} {(target.base_period or '')[:4]}")
    for unit in picture.units.values():
        known.read(f"{unit.label[lang]} ; {unit.after[lang]}")
    for cut in picture.cuts:
        known.read(cut.names[lang])
        for section in cut.sections:
            known.read(section.names[lang])
            for question in section.questions:
                known.read(question[lang])
