"""Periods and dates in words. Month names are the locale's, the rest is data."""

from __future__ import annotations

import datetime as dt
import functools
from typing import Literal, NamedTuple

from babel.dates import get_month_names

from tilannekuva import periods
from tilannekuva.errors import DataError
from tilannekuva.words.texts import LOCALES, has, message

__all__ = ["Form", "date", "from_to", "period", "period_range"]

Form = Literal["plain", "in", "from", "to", "by", "of"]


class _Month(NamedTuple):
    number: int
    name: str


def _month(index: int, lang: str) -> str:
    return _months(lang)[index % 12]


@functools.cache
def _months(lang: str) -> tuple[str, ...]:
    """Names of the months, January first; the locale is read once."""
    names = get_month_names("wide", context="stand-alone", locale=LOCALES[lang])
    return tuple(str(names[n]) for n in range(1, 13))


def period(text: str, lang: str, form: Form = "plain", reference: str | None = None) -> str:
    """A period in words.

    Args:
        text: Any notation of :mod:`tilannekuva.periods`.
        lang: Language.
        form: ``plain`` names it, ``in`` says when, ``from`` and ``to`` are the ends of a change,
            ``by`` is a deadline, ``of`` says what time a figure is from.
        reference: ``end`` or ``start`` where the figure is a stock of that moment.

    >>> period("2023M10", "fi", "in"), period("2017/2019", "fi", "in"), period("2023Q3", "en")
    ('lokakuussa 2023', 'vuosina 2017–2019', 'Q3 2023')
    >>> period("2020", "fi", "in", "end"), period("2019M01/2019M09", "fi", "in")
    ('vuoden 2020 lopussa', 'tammi–syyskuussa 2019')
    """
    first, last, kind = periods.parse(text)
    names = [_month(m, lang) for m in (first, last)]
    years = [m // 12 for m in (first, last)]
    if kind == "year":
        key = "year"
    elif kind == "month":
        key = "month"
    elif kind == "quarter":
        key = f"quarter_{first % 12 // 3 + 1}"
    elif first % 12 == 0 and last % 12 == 11:
        key = "years" if years[0] != years[1] else "year"
    elif years[0] == years[1]:
        key = "months"
        # Finnish says tammi–syyskuu: only the last month of a row has its "kuu".
        names[0] = names[0].removesuffix(message("period.month_ending", lang).strip("-"))
    else:
        key = "long"
    shown: str = form
    if form == "in" and reference in ("end", "start") and has(f"period.{key}.{reference}", lang):
        shown = str(reference)
    return message(
        f"period.{key}.{shown}",
        lang,
        first_month=names[0],
        month=names[1],
        first_year=years[0],
        year=years[1],
    )


def _ends(span: str) -> tuple[str, str]:
    """First and last period of a span; the two ends may be spans themselves."""
    parts = span.split("/")
    half = len(parts) // 2
    if len(parts) < 2 or len(parts) % 2:
        raise DataError(f"'{span}' is not a span of two periods, such as 2010/2020")
    return "/".join(parts[:half]), "/".join(parts[half:])


def from_to(span: str, lang: str) -> str:
    """From one period to another, in words.

    >>> from_to("2010/2020", "fi"), from_to("2013M10/2023M10", "en")
    ('vuodesta 2010 vuoteen 2020', 'from October 2013 to October 2023')
    """
    first, last = _ends(span)
    return f"{period(first, lang, 'from')} {period(last, lang, 'to')}"


def period_range(first: str, last: str, lang: str) -> str:
    """Two periods and what lies between, short: for subtitles and brackets.

    >>> period_range("2010", "2020", "fi"), period_range("2006M01", "2023M10", "fi")
    ('2010–2020', 'tammikuu 2006 – lokakuu 2023')
    """
    if periods.canonical(first) == periods.canonical(last):
        return period(last, lang)
    kinds = {periods.frequency(p) for p in (first, last)}
    if kinds == {"span"} and len(first) == len(last) == len("2017/2019"):
        # From one three-year mean to another: the years that they cover.
        first, last = first[:4], last[-4:]
    ends = (period(first, lang), period(last, lang))
    dash = "–" if all(e.isdigit() for e in ends) else " – "
    return dash.join(ends)


def date(text: str, lang: str) -> str:
    """A date as people write it; a month or a year if no more is known.

    Times with ``Z`` are told as the day it was in Finland.

    >>> date("2026-11-24", "fi"), date("2026-11-24", "en"), date("2023-11", "sv")
    ('24.11.2026', '24 November 2026', 'november 2023')
    >>> date("2026-06-30T22:30:00Z", "fi")
    '1.7.2026'
    """
    if len(text) < len("2026-11-24"):
        return period(text, lang)
    day = _in_finland(text) if "T" in text else dt.date.fromisoformat(text)
    month = _Month(day.month, _month(day.month - 1, lang))
    return message("period.date", lang, day=day.day, month=month, year=day.year)


def _in_finland(text: str) -> dt.date:
    """The day in Finland at a moment in UTC, by the summer time rule in force since 1996."""
    moment = dt.datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(dt.UTC)

    def turn(month: int) -> dt.datetime:
        last = dt.datetime(moment.year, month, 31, 1, tzinfo=dt.UTC)
        return last - dt.timedelta(days=(last.weekday() + 1) % 7)

    summer = turn(3) <= moment < turn(10)
    return (moment + dt.timedelta(hours=3 if summer else 2)).date()
