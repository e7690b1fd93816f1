"""A period is a year, half, quarter, month or span: parse, order, shift.

Canonical notation: ``2023``, ``2023H1``, ``2023Q1``, ``2023M05``; spans ``2017/2019``,
``2015Q1/2015Q3``. Reading also accepts ``2022-12``, ``2000-2002``, ``2015-Q1`` and ``2015Q1-Q3``.
"""

from __future__ import annotations

import calendar
import datetime as dt
import functools
import re
from typing import Literal, NamedTuple

from tilannekuva.errors import CatalogueError, DataError

__all__ = [
    "STALE_MONTHS",
    "Frequency",
    "Period",
    "age_months",
    "canonical",
    "first_day",
    "frequency",
    "iso_date",
    "latest_day",
    "parse",
    "shift",
    "year",
]

Frequency = Literal["year", "half", "quarter", "month", "span"]

STALE_MONTHS = 60
"""Figures older than five years stand in tables, never on top, and give no pace."""

_MONTHS = {"year": 12, "half": 6, "quarter": 3, "month": 1}
_MONTH = r"M(?:0[1-9]|1[0-2])"
_PART = rf"([0-9]{{4}})(?:-?(H[12]|Q[1-4]|{_MONTH}))?"
_SINGLE = re.compile(rf"^{_PART}$")
_SPAN = re.compile(rf"^{_PART}/{_PART}$")
_YEAR_SPAN = re.compile(r"^([0-9]{4})-([0-9]{4})$")
_DASHED_MONTH = re.compile(r"^([0-9]{4})-(0[1-9]|1[0-2])$")
_SHORT_SPAN = re.compile(
    rf"^([0-9]{{4}})(?:(Q[1-4])-(Q[1-4])|(H[12])-(H[12])|({_MONTH})-({_MONTH}))$"
)


class Period(NamedTuple):
    """First and last month as months since year 0 (year * 12 + month - 1), and the frequency."""

    start: int
    end: int
    frequency: Frequency


_LETTERS: dict[str, Frequency] = {"H": "half", "Q": "quarter", "M": "month"}


def _single(year: str, part: str | None) -> tuple[int, int, Frequency]:
    first = int(year) * 12
    if part is None:
        return first, first + 11, "year"
    kind = _LETTERS[part[0]]
    months = _MONTHS[kind]
    start = first + (int(part[1:]) - 1) * months
    return start, start + months - 1, kind


@functools.cache
def canonical(text: str) -> str:
    """The one notation of a period.

    Args:
        text: Any accepted notation.

    Returns:
        The canonical notation.

    Raises:
        DataError: The text is not a period.

    >>> canonical("2022-12"), canonical("2000-2002"), canonical("2015-Q1"), canonical("2015Q1-Q3")
    ('2022M12', '2000/2002', '2015Q1', '2015Q1/2015Q3')
    """
    text = text.strip()
    if m := _DASHED_MONTH.match(text):
        return f"{m[1]}M{m[2]}"
    if m := _YEAR_SPAN.match(text):
        return _forward(f"{m[1]}/{m[2]}")
    if m := _SHORT_SPAN.match(text):
        first, last = (part for part in m.groups()[1:] if part)
        return _forward(f"{m[1]}{first}/{m[1]}{last}")
    if m := _SINGLE.match(text):
        return m[1] + (m[2] or "")
    if m := _SPAN.match(text):
        return _forward(f"{m[1]}{m[2] or ''}/{m[3]}{m[4] or ''}")
    raise DataError(
        f"'{text}' is not a period; write a year (2023), half (2023H1), quarter (2023Q1), "
        "month (2023M05) or span (2017/2019)"
    )


def _forward(span: str) -> str:
    """The span itself, unless it runs backwards."""
    first, last = (_SINGLE.match(part) for part in span.split("/"))
    assert first is not None  # both halves were matched before
    assert last is not None
    if _single(last[1], last[2])[1] < _single(first[1], first[2])[0]:
        raise DataError(f"the span '{span}' ends before it begins")
    return span


@functools.cache
def parse(text: str) -> Period:
    """First and last month of a period and its frequency.

    >>> parse("2023Q2")
    Period(start=24279, end=24281, frequency='quarter')
    >>> parse("2017/2019").frequency
    'span'
    """
    text = canonical(text)
    if m := _SINGLE.match(text):
        return Period(*_single(m[1], m[2]))
    m = _SPAN.match(text)
    assert m is not None  # canonical() lets nothing else through
    start, _, _ = _single(m[1], m[2])
    _, end, _ = _single(m[3], m[4])
    return Period(start, end, "span")


def frequency(text: str) -> Frequency:
    """``year``, ``half``, ``quarter``, ``month`` or ``span``.

    >>> frequency("2023M05")
    'month'
    """
    return parse(text).frequency


@functools.cache
def year(text: str) -> float:
    """Where the period's middle lies on the axis of years; a plain year is itself.

    Spans sit at their middle year, so that moving three-year means keep their spacing.

    >>> year("2020"), year("2000/2002"), year("2020M01")
    (2020.0, 2001.0, 2020.0)
    """
    start, end, kind = parse(text)
    if kind == "span":
        return (start + end - 11) / 24
    return start / 12


@functools.cache
def shift(text: str, years: int) -> str:
    """The same period so many years later (negative: earlier).

    >>> shift("2023M10", -5), shift("2017/2019", -10)
    ('2018M10', '2007/2009')
    """
    return re.sub(r"\d{4}(?=[HQM/]|$)", lambda m: f"{int(m[0]) + years:04d}", canonical(text))


def latest_day(text: str) -> dt.date:
    """The last day of a period, or of a partial date (``2023-11``).

    >>> latest_day("2023Q1").isoformat(), latest_day("2024-02").isoformat()
    ('2023-03-31', '2024-02-29')
    """
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return dt.date.fromisoformat(text)
    end = parse(text).end
    y, month = divmod(end, 12)
    return dt.date(y, month + 1, calendar.monthrange(y, month + 1)[1])


def first_day(text: str) -> dt.date:
    """The first day of a partial date: the earliest on which something so dated can have been.

    >>> first_day("2025").isoformat(), first_day("2025-10-23").isoformat()
    ('2025-01-01', '2025-10-23')
    """
    return dt.date.fromisoformat(text + "-01-01"[len(text) - 4 :])


def iso_date(text: str) -> str:
    """A day that a person wrote, as ``YYYY-MM-DD``.

    Raises:
        CatalogueError: It is not a date of the calendar.

    >>> iso_date("2023-11-24")
    '2023-11-24'
    """
    try:
        return dt.date.fromisoformat(text.strip()).isoformat()
    except ValueError as error:
        raise CatalogueError(f"'{text}' is not a date; write it like 2023-11-24") from error


def age_months(text: str, as_of: dt.date) -> int:
    """Full months from the end of the period to ``as_of``.

    >>> age_months("2020", dt.date(2023, 11, 24))
    34
    """
    end = latest_day(text)
    months = (as_of.year - end.year) * 12 + as_of.month - end.month
    # A period ends on the last day of its month, so the month of as_of itself is never full ...
    full = as_of.day == calendar.monthrange(as_of.year, as_of.month)[1]
    return months if full else months - 1
