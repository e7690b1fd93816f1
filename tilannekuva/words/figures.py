"""Numbers as people write them, and the units that go with them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from tilannekuva.errors import DataError
from tilannekuva.model import Unit
from tilannekuva.words.texts import has, message

__all__ = [
    "NBSP",
    "amount",
    "difference",
    "number",
    "of_n",
    "ordinal",
    "percent",
    "points",
    "quantity",
    "rank_text",
    "rounded",
    "scaled",
    "signed",
]

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"

_POINT = {"fi": ",", "sv": ",", "en": "."}
_GROUP = {"fi": NBSP, "sv": NBSP, "en": ","}


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


def scaled(value: float, decimals: int, unit: Unit) -> tuple[float, int]:
    """A figure as it is said: thousands of people are people, rounded as before.

    Returns:
        Value and decimals for :func:`number`.

    >>> from tilannekuva.indicators import load
    >>> scaled(27.0, 0, load().units["thousand_persons"]), scaled(8.6, 1, load().units["percent"])
    ((27000.0, 0), (8.6, 1))
    """
    if unit.id != "thousand_persons":
        return value, decimals
    return float(rounded(value, decimals) * 1000), max(0, decimals - 3)


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
    value, decimals = scaled(value, decimals, unit)
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
    text = number(*scaled(value, decimals, unit), lang)
    # One of something is in the singular, and that only when it is printed as a bare 1.
    for form in ("one", "many") if text == "1" else ("many",):
        key = f"{table}.{form}.{unit.id}"
        if has(key, lang):
            return message(key, lang, value=text)
    return f"{text} {after}" if after else text


def rank_text(rank: int, low: int, high: int, n: int, lang: str) -> str:
    r"""A place among others with the fog that belongs to it.

    Args:
        rank: The place, 1 the best.
        low: Best place it may be.
        high: Worst place it may be.
        n: How many were ranked.
        lang: Language.

    >>> rank_text(5, 4, 6, 19, "fi"), rank_text(1, 1, 1, 19, "fi"), rank_text(2, 2, 3, 19, "en")
    ('4.–6.\xa0/\xa019', '1.\xa0/\xa019', '2nd–3rd\xa0/\xa019')
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
