"""Three languages: messages, numbers, periods, dates and lists.

Everything that is printed passes through here, so a number looks the same in a sentence, on an
axis, in a table and in an alternative text. The words themselves are data:
``data/words/{fi,sv,en}.toml``, three files with the same keys.
"""

from __future__ import annotations

import datetime as dt
import functools
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from importlib import resources
from string import Formatter
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from babel.dates import get_month_names
from babel.lists import format_list

from tilannekuva import periods
from tilannekuva.errors import DataError, ReportError
from tilannekuva.model import LANGUAGES, Unit

__all__ = [
    "NBSP",
    "amount",
    "capital",
    "date",
    "difference",
    "from_to",
    "has",
    "join",
    "message",
    "messages",
    "number",
    "ordinal",
    "of_n",
    "percent",
    "period",
    "period_range",
    "places",
    "points",
    "quantity",
    "rank_text",
    "rounded",
    "signed",
]

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"

_LOCALES = {"fi": "fi_FI", "sv": "sv_FI", "en": "en_GB"}
_POINT = {"fi": ",", "sv": ",", "en": "."}
_GROUP = {"fi": NBSP, "sv": NBSP, "en": ","}

Form = Literal["plain", "in", "from", "to", "by", "of"]


# --- messages --------------------------------------------------------------------------------


@functools.cache
def messages(lang: str) -> Mapping[str, str]:
    """Every message of a language, by dotted key.

    Raises:
        ReportError: There is no such language.

    >>> messages("sv")["country"]
    'hela landet'
    """
    if lang not in LANGUAGES:
        raise ReportError(f"unknown language '{lang}'; use one of {', '.join(LANGUAGES)}")
    file = resources.files("tilannekuva").joinpath("data", "words", f"{lang}.toml")
    return MappingProxyType(dict(_flat("", tomllib.loads(file.read_text(encoding="utf-8")))))


def _flat(prefix: str, table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(f"{prefix}{key}.", value)
        else:
            yield prefix + key, str(value)


def has(key: str, lang: str) -> bool:
    """Whether there is a message under this key.

    >>> has("country", "fi"), has("no_such_key", "fi")
    (True, False)
    """
    return key in messages(lang)


def message(key: str, lang: str, **values: object) -> str:
    """A message with its places filled.

    Args:
        key: Dotted key, for example ``status.preliminary``.
        lang: ``fi``, ``sv`` or ``en``.
        values: What stands in the places; more than the message needs is fine.

    Raises:
        ReportError: The key is not in the file, or a place has no value.

    >>> message("status.preliminary", "en")
    'provisional'
    """
    try:
        pattern = messages(lang)[key]
    except KeyError:
        raise ReportError(f"data/words/{lang}.toml: there is no message '{key}'; add it") from None
    try:
        return pattern.format(**values)
    except KeyError as error:
        raise ReportError(
            f"data/words/{lang}.toml: {key}: the place {{{error.args[0]}}} is not filled"
        ) from error


def places(pattern: str) -> frozenset[str]:
    """Names of the places in a message; ``{region.genitive}`` counts as ``region``.

    >>> sorted(places("{region.genitive} {phrase} oli {value}"))
    ['phrase', 'region', 'value']
    """
    return frozenset(name.split(".")[0] for _, name, _, _ in Formatter().parse(pattern) if name)


def capital(text: str) -> str:
    """The text with a capital first letter, the rest as it is.

    >>> capital("bruttonationalprodukten per invånare i EU")
    'Bruttonationalprodukten per invånare i EU'
    """
    return text[:1].upper() + text[1:]


def join(items: Iterable[str], lang: str) -> str:
    """A list in words.

    >>> join(["Kajaani", "Kuhmo", "Sotkamo"], "fi"), join(["a", "b"], "en")
    ('Kajaani, Kuhmo ja Sotkamo', 'a and b')
    """
    return format_list(list(items), style="standard", locale=_LOCALES[lang])


# --- numbers ---------------------------------------------------------------------------------


def rounded(value: float, decimals: int) -> Decimal:
    """The number as it will be printed: half up, from its shortest decimal notation.

    Ask this, not the unrounded number, whether something rose, fell or is zero.

    >>> rounded(2.675, 2), rounded(-0.04, 1)
    (Decimal('2.68'), Decimal('0.0'))
    """
    result = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return abs(result) if result == 0 else result


def number(value: float, decimals: int, lang: str) -> str:
    r"""A number in a language: true minus, groups of three that do not break over lines.

    Raises:
        DataError: The value is not finite.

    >>> number(-1234567.25, 1, "fi"), number(-1234567.25, 1, "en")
    ('−1\xa0234\xa0567,3', '−1,234,567.3')
    """
    if value != value or value in (float("inf"), float("-inf")):
        raise DataError(f"{value} cannot be printed as a number; say why it is missing instead")
    exact = rounded(value, decimals)
    whole, _, part = f"{abs(exact):,f}".partition(".")
    sign = MINUS if exact < 0 else ""
    return sign + whole.replace(",", _GROUP[lang]) + (_POINT[lang] + part if part else "")


def signed(value: float, decimals: int, lang: str) -> str:
    """A number with its sign always shown; what rounds to zero has none.

    >>> signed(1.25, 1, "fi"), signed(-0.04, 1, "en")
    ('+1,3', '0.0')
    """
    return ("+" if rounded(value, decimals) > 0 else "") + number(value, decimals, lang)


def percent(value: float, decimals: int, lang: str, *, sign: bool = False) -> str:
    r"""A per cent figure with its sign, for tables and labels.

    >>> percent(9.2, 1, "fi"), percent(9.2, 1, "en"), percent(9.2, 1, "sv", sign=True)
    ('9,2\xa0%', '9.2%', '+9,2\xa0%')
    """
    text = signed(value, decimals, lang) if sign else number(value, decimals, lang)
    return message("quantity.percent", lang, value=text)


def points(value: float, decimals: int, lang: str) -> str:
    r"""A difference of per cent figures, signed, for tables and labels.

    >>> points(-2.25, 1, "fi"), points(0.4, 1, "en")
    ('−2,3\xa0%-yks.', '+0.4\xa0pp')
    """
    return message("quantity.percentage_points", lang, value=signed(value, decimals, lang))


def quantity(value: float, decimals: int, unit: Unit, lang: str, *, sign: bool = False) -> str:
    r"""A number with its unit, short: for tables, cards and labels.

    >>> from tilannekuva.indicators import load
    >>> quantity(2513.9, 1, load().units["meur"], "en")
    '€2,513.9\xa0million'
    """
    shown = signed(value, decimals, lang) if sign else number(value, decimals, lang)
    # A sign stands before the currency: −€1,200.
    mark = "" if shown[0].isdigit() else shown[0]
    text = shown[len(mark) :]
    key = f"quantity.{unit.id}"
    if has(key, lang):
        return mark + message(key, lang, value=text)
    label = unit.label[lang]
    return f"{mark}{text}{NBSP}{label}" if label else mark + text


def amount(value: float, decimals: int, unit: Unit, lang: str) -> str:
    """A number with its unit as said in a sentence.

    >>> from tilannekuva.indicators import load
    >>> u = load().units
    >>> amount(8.6, 1, u["percent"], "fi"), amount(1, 0, u["years"], "fi")
    ('8,6 prosenttia', '1 vuosi')
    """
    return _spoken(value, decimals, unit, lang, "spoken", unit.after[lang])


def difference(value: float, decimals: int, unit: Unit, lang: str) -> str:
    """The size of a difference as said in a sentence, without its sign.

    >>> from tilannekuva.indicators import load
    >>> u = load().units["percent"]
    >>> difference(-2.31, 1, u, "fi"), difference(1, 0, u, "en")
    ('2,3 prosenttiyksikköä', '1 percentage point')
    """
    return _spoken(abs(value), decimals, unit, lang, "difference", unit.difference[lang])


def _spoken(value: float, decimals: int, unit: Unit, lang: str, table: str, after: str) -> str:
    text = number(value, decimals, lang)
    # One of something is in the singular, and that only when it is printed as a bare 1.
    for form in (("one", "many") if text == "1" else ("many",)):
        key = f"{table}.{form}.{unit.id}"
        if has(key, lang):
            return message(key, lang, value=text)
    return f"{text} {after}" if after else text


def rank_text(rank: int, low: int, high: int, n: int, lang: str) -> str:
    """A place among others with the fog that belongs to it.

    Args:
        rank: The place, 1 the best.
        low: Best place it may be.
        high: Worst place it may be.
        n: How many were ranked.
        lang: Language.

    >>> rank_text(5, 4, 6, 19, "fi"), rank_text(1, 1, 1, 19, "fi"), rank_text(2, 2, 3, 19, "en")
    ('4.–6. / 19', '1. / 19', '2nd–3rd / 19')
    """
    if low == high:
        return message("rank.one", lang, rank=ordinal(rank, lang), n=n)
    return message("rank.range", lang, low=ordinal(low, lang), high=ordinal(high, lang), n=n)


def ordinal(n: int, lang: str) -> str:
    """A place as a numeral: ``4.``, ``4``, ``4th``.

    >>> [ordinal(n, "en") for n in (1, 2, 3, 11, 19)], ordinal(4, "fi")
    (['1st', '2nd', '3rd', '11th', '19th'], '4.')
    """
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return {"fi": f"{n}.", "sv": f"{n}", "en": f"{n}{ending}"}[lang]


def of_n(n: int, lang: str) -> str:
    """Out of so many, as a numeral: ``19:stä``, ``av 19``, ``of 19``.

    The Finnish ending follows the last word of the number read aloud.

    >>> of_n(19, "fi"), of_n(18, "fi"), of_n(308, "fi"), of_n(21, "fi"), of_n(20, "sv")
    ('19:stä', '18:sta', '308:sta', '21:stä', 'av 20')
    """
    last = n % 10 or n % 100 or n % 1000 or n
    back = last in (2, 3, 6, 8, 100) or last > 100
    return {"fi": f"{n}:{'sta' if back else 'stä'}", "sv": f"av {n}", "en": f"of {n}"}[lang]


# --- periods and dates -----------------------------------------------------------------------


class _Month(NamedTuple):
    number: int
    name: str


def _month(index: int, lang: str) -> str:
    names = get_month_names("wide", context="stand-alone", locale=_LOCALES[lang])
    return str(names[index % 12 + 1])


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
        f"period.{key}.{shown}", lang,
        first_month=names[0], month=names[1], first_year=years[0], year=years[1],
    )  # fmt: skip


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
