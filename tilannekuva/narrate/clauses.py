"""Figures, differences and spans of a finding as parts of a sentence; names of groups."""

from __future__ import annotations

import csv
import functools
from importlib import resources

from tilannekuva import periods, words
from tilannekuva.model import Finding, Picture
from tilannekuva.narrate.phrases import PER_CENT, Clause, Number, Topic, clause, decimals

__all__ = [
    "amount",
    "axis_codes",
    "axis_name",
    "bare_number",
    "between",
    "difference",
    "figure",
    "group_name",
    "in_percent",
    "in_pieces",
    "pace",
    "period",
    "size",
    "span",
    "spoken",
]

_BARE = frozenset(
    {"ratio", "per_km2", "per_100", "per_1000", "per_10000", "per_100000", "per_million"}
)
_PIECES = frozenset({"persons", "count", "count_month", "firms", "jobs", "families", "dwellings",
                     "fte", "places", "visits", "nights"})  # fmt: skip


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


def axis_codes(axis: str) -> tuple[str, ...]:
    """The codes of an axis, in their order."""
    return tuple(_axis(axis))


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
    latest = t.value("latest")
    return t.balance or (latest is not None and abs(latest) < 100)


def in_percent(metric: str, finding: Finding, picture: Picture) -> bool:
    """Whether a metric that is per cents may be said at all: a balance below zero has none.

    Any other metric may. Ask it before a change, a gap, a share or an index is written.
    """
    return metric not in PER_CENT or not Topic(finding, picture, "en").balance


def bare_number(t: Topic, value: float) -> str:
    """A figure in the indicator's decimals, without its unit."""
    return words.number(*words.scaled(value, t.indicator.decimals, t.unit), t.lang)


def figure(t: Topic, value: float, period: str) -> Clause:
    """A figure of the series with its unit, short."""
    text = words.quantity(value, t.indicator.decimals, t.unit, t.lang)
    bare = bare_number(t, value)
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
    bare = bare_number(t, value)
    return Clause(spoken(t, value), (Number(metric, value, bare, t.indicator.id),))


def between(t: Topic, low: str, high: str) -> Clause:
    """Two metrics in the indicator's unit as a range, with the unit said once."""
    least, most = t.value(low), t.value(high)
    assert least is not None  # asked for only where they are
    assert most is not None
    ends = [(m, v, bare_number(t, v)) for m, v in ((low, least), (high, most))]
    # A dash before a minus could be taken for either.
    dash = "–" if least >= 0 else " – "
    text = spoken(t, most).replace(ends[1][2], f"{ends[0][2]}{dash}{ends[1][2]}", 1)
    # Numbers are told by their size; the sign stands in the text.
    return Clause(text, tuple(Number(m, v, b.lstrip("−"), t.indicator.id) for m, v, b in ends))


def spoken(t: Topic, value: float) -> str:
    """A figure as said in a sentence; what the name says already is not said twice."""
    phrase = set(t.what.phrase.split())
    named = any(set(u[t.lang].split()) <= phrase for u in (t.unit.label, t.unit.after))
    if t.kind == "amount" or (named and (t.unit.id in _BARE or t.unit.id == "pps")):
        return bare_number(t, value)
    return words.amount(value, t.indicator.decimals, t.unit, t.lang)


def difference(t: Topic, metric: str) -> Clause:
    """The size of a difference: in per cent for ``…_pct`` and shares, else in the unit."""
    value = t.value(metric)
    assert value is not None  # asked for only where it is
    return size(t, metric, value)


def size(t: Topic, metric: str, value: float) -> Clause:
    """The size of a difference that is no metric row, under the name that says how it is shown."""
    number = t.number(metric, value)
    change = not metric.startswith("gap")
    if metric in PER_CENT:
        text = words.message("spoken.many.percent", t.lang, value=number.text)
    elif change and t.unit.id in _BARE:
        text = words.message("difference.change.bare", t.lang, value=number.text)
    elif change and t.kind == "amount" and t.unit.id in ("count", "count_month"):
        text = f"{number.text} {t.what.amount}"
    else:
        text = words.difference(value, decimals(metric, value, t.indicator), t.unit, t.lang)
    return Clause(text, (number,))


def pace(t: Topic, metric: str) -> Clause:
    """The size of a yearly pace, before "a year"."""
    value = t.value(metric)
    key = f"difference.yearly.{t.unit.id}"
    if value is None or not words.has(key, t.lang):
        return difference(t, metric)
    return clause(key, t.lang, value=t.number(metric, value))


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
                "trend.spans",
                t.lang,
                n=t.number("trend_n", n),
                last=words.period(row.period, t.lang),
            )
            return whole._replace(periods=(words.period(row.period, t.lang),))
        before = periods.shift(row.period, -years)
        text = words.from_to(f"{before}/{row.period}", t.lang)
    else:
        text = words.period_range(first, last or first, t.lang)
    return Clause(text, (), (text,))
