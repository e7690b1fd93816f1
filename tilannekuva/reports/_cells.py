"""Metrics of a finding as the texts of table cells: the number, its unit, its mark, or the reason.

Every cell names the metric that it shows, so that the page can be read back and compared with the
picture.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tilannekuva import narrate, words
from tilannekuva.model import FEW_EVENTS, Finding, Indicator, Measured, Picture, Unit

__all__ = ["YEARS", "Cell", "Line", "change", "comparison", "direction", "gap_change", "latest",
           "lines", "place", "share"]  # fmt: skip

YEARS = (1, 5, 10)
_UNMARKED = ("age_months", "trend_p", "trend_q", "trend_n", "rank_n", "regions_n", "reach_year",
             "fan_mid", "fan_error")  # fmt: skip
"""They are counts and years of ours: the status of a published figure is none of theirs."""
_AMOUNTS = ("latest", "forecast", "trend_slope", "target_value", "target_distance",
            "pace_required", "pace_actual", "fan_mid")  # fmt: skip
"""With the changes, the metrics of a count: thousands of people are written out as people."""


class Cell(NamedTuple):
    """One cell. ``text`` is the number in words of the language, ``unit`` what follows it."""

    metric: str
    text: str
    unit: str = ""
    decimals: int = 0
    """Printed decimals, so that a column can be aligned on its decimal point."""
    mark: str = ""
    status: str = ""
    """The status in words, where there is a mark."""
    reason: str = ""
    """Why there is no number."""
    reason_id: str = ""
    few: str = ""
    """The interval of a figure of so few events that it is mostly chance: it stands in grey."""


class Line(NamedTuple):
    """One line of an indicator's own table: what it is, the figure, when it is of."""

    name: str
    cell: Cell
    period: str = ""
    note: str = ""


class _Sayer:
    """What the cells of one finding in one language need to know."""

    def __init__(self, finding: Finding, picture: Picture, lang: str) -> None:
        self.finding, self.picture, self.lang = finding, picture, lang
        self.indicator: Indicator = picture.indicators[finding.indicator]
        self.unit: Unit = picture.units[self.indicator.unit]

    def say(self, key: str, **values: object) -> str:
        return words.message(f"page.{key}", self.lang, **values)

    def metric(self, key: str) -> Measured | None:
        return self.finding.metrics.get(key)

    def marked(self, measured: Measured) -> tuple[str, str]:
        """Mark and words of a status that a reader must see."""
        mark = narrate.status_mark(measured.status, self.lang)
        return (mark, narrate.status_label(measured.status, self.lang)) if mark else ("", "")

    def missing(self, key: str, reason: str | None) -> Cell:
        if reason is None:
            return Cell(key, "", reason=narrate.status_label("not_available", self.lang))
        return Cell(key, "", reason=narrate.reason_label(reason, self.lang), reason_id=reason)

    def cell(
        self, key: str, *, sign: bool = False, unit: str | None = None, decimals: int | None = None
    ) -> Cell:
        """The cell of a metric; ``unit`` is a key of ``[quantity]``, None for the indicator's own.

        Decimals are those that sentences print the metric with. The number and what stands around
        it are told apart, so that columns can be aligned.
        """
        found = self.metric(key)
        if found is None or found.value is None:
            return self.missing(key, found.reason if found else None)
        if decimals is None:
            decimals = narrate.decimals(key, found.value, self.indicator)
        show = words.signed if sign else words.number
        value = found.value
        if key in _AMOUNTS or (key.startswith("change_") and "pct" not in key):
            value, decimals = words.scaled(value, decimals, self.unit)
        number = show(value, decimals, self.lang)
        mark = ("", "") if key in _UNMARKED else self.marked(found)
        return Cell(key, number, self.after(unit), decimals, *mark)

    def end(self, value: float) -> str:
        """An end of the interval of the slope, in the decimals and the size of the slope."""
        places = narrate.decimals("trend_slope", value, self.indicator)
        slope = self.metric("trend_slope")
        if slope is not None and slope.value is not None:
            places = narrate.decimals("trend_slope", slope.value, self.indicator)
        return words.signed(*words.scaled(value, places, self.unit), self.lang)

    def between(self, low: str, high: str) -> str:
        """Two metrics of the indicator's unit as ``low … high``; nothing where one is missing."""
        ends = [self.metric(k) for k in (low, high)]
        values = [m.value for m in ends if m is not None and m.value is not None]
        if len(values) < len(ends):
            return ""
        shown = (words.scaled(v, self.indicator.decimals, self.unit) for v in values)
        return f"{words.NBSP}… ".join(words.number(v, n, self.lang) for v, n in shown)

    def few(self) -> bool:
        """Whether the newest figure is one of so few events that it is mostly chance."""
        events = self.metric("events")
        return events is not None and events.value is not None and events.value < FEW_EVENTS

    def percents(self, key: str) -> bool:
        """Whether a metric may be said in per cent: of an amount that is never below zero."""
        return self.unit.relative and narrate.in_percent(key, self.finding, self.picture)

    def after(self, unit: str | None) -> str:
        """What follows the number: the short unit, without the number itself."""
        if unit == "":
            return ""
        if unit is None:
            # Labels that stand on an axis read well after a number too, "lukumäärä" does not.
            key = f"quantity.{self.unit.id}"
            if words.has(key, self.lang):
                whole = words.message(key, self.lang, value="\0")
                before, _, after = whole.partition("\0")
                return self.unit.label[self.lang] if before else after.strip()
            return self.unit.label[self.lang]
        whole = words.message(f"quantity.{unit}", self.lang, value="\0")
        return whole.partition("\0")[2].strip()

    def period(self, key: str) -> str:
        found = self.metric(key)
        return words.period(found.period, self.lang) if found else ""


def latest(finding: Finding, picture: Picture, lang: str) -> Cell:
    """The newest figure."""
    sayer = _Sayer(finding, picture, lang)
    few = sayer.between("interval_low", "interval_high") if sayer.few() else ""
    return sayer.cell("latest")._replace(few=few)


def change(finding: Finding, picture: Picture, lang: str, years: int) -> Cell:
    """Change over some years: in per cent where the unit is one of amounts, else in the unit."""
    return _change(_Sayer(finding, picture, lang), years)


def _change(sayer: _Sayer, years: int) -> Cell:
    if sayer.percents(f"change_pct_{years}y"):
        cell = sayer.cell(f"change_pct_{years}y", sign=True, unit="percent")
        if cell.text or sayer.metric(f"change_{years}y") is None:
            return cell
        plain = sayer.cell(f"change_{years}y", sign=True, unit="")
        return plain if plain.text else cell
    return _plain_change(sayer, f"change_{years}y")


def _plain_change(sayer: _Sayer, key: str) -> Cell:
    points = sayer.unit.id in ("percent", "percent_change")
    return sayer.cell(key, sign=True, unit="percentage_points" if points else "")


def comparison(finding: Finding, picture: Picture, lang: str) -> Cell:
    """The gap to the whole country; what adds up has none."""
    sayer = _Sayer(finding, picture, lang)
    if sayer.unit.extensive:
        return sayer.missing("gap", "extensive")
    if sayer.percents("gap_pct"):
        return sayer.cell("gap_pct", sign=True, unit="percent")
    return _plain_change(sayer, "gap")


def share(finding: Finding, picture: Picture, lang: str) -> Cell:
    """The share of the whole country's figure, for what adds up."""
    sayer = _Sayer(finding, picture, lang)
    if not sayer.unit.extensive:
        return sayer.missing("share_of_country", None)._replace(reason="")
    if not sayer.percents("share_of_country"):
        return sayer.missing("share_of_country", "not_positive")
    return sayer.cell("share_of_country", unit="percent")


def gap_change(finding: Finding, picture: Picture, lang: str) -> Cell:
    """How the gap to the country has changed over five years."""
    sayer = _Sayer(finding, picture, lang)
    if sayer.metric("gap_change_5y") is None:
        gap = sayer.metric("gap")
        return sayer.missing("gap_change_5y", gap.reason if gap else None)
    points = sayer.unit.id in ("percent", "percent_change")
    return sayer.cell("gap_change_5y", sign=True, unit="percentage_points" if points else None)


def place(finding: Finding, picture: Picture, lang: str) -> Cell:
    """Place among the regions with the fog that belongs to it."""
    return _place(_Sayer(finding, picture, lang))


def _place(sayer: _Sayer) -> Cell:
    rank = sayer.metric("rank")
    if rank is None or rank.value is None:
        return sayer.missing("rank", rank.reason if rank else None)
    place = int(rank.value)

    def other(key: str) -> int:
        found = sayer.metric(key)
        return int(found.value) if found and found.value is not None else place

    low, high, n = other("rank_low"), other("rank_high"), other("rank_n")
    text = words.rank_text(place, low, high, n, sayer.lang)
    return Cell("rank", text, "", 0, *sayer.marked(rank))


def direction(finding: Finding, picture: Picture, lang: str) -> Cell:
    """Where it is heading, in the words fixed to evidence."""
    return _direction(_Sayer(finding, picture, lang))


def _direction(sayer: _Sayer) -> Cell:
    found = sayer.metric("trend_word")
    if found is None or found.value is None:
        return sayer.missing("trend_word", found.reason if found else None)
    return Cell("trend_word", sayer.say(f"trend.{narrate.TREND_WORDS[int(found.value)]}"))


def lines(finding: Finding, picture: Picture, lang: str) -> list[Line]:
    """Every metric of a finding, in the order of the five questions."""
    return list(_lines(_Sayer(finding, picture, lang)))


def _lines(sayer: _Sayer) -> Iterator[Line]:
    say = sayer.say
    found = sayer.metric("latest")
    note = "; ".join(filter(None, (_chance(sayer), _revision(sayer))))
    yield Line(say("line.latest"), sayer.cell("latest"), sayer.period("latest"), note)
    yield Line(say("line.age"), sayer.cell("age_months", unit="")._replace(unit=say("months")))
    if found is None or found.value is None:
        return
    for years in YEARS:
        yield from _change_lines(sayer, years)
    index = sayer.metric("index")
    if index is not None and sayer.percents("index"):
        base = words.period(index.period.split("/")[0], sayer.lang) if index.value else ""
        name = say("line.index", base=base) if base else say("line.index_bare")
        yield Line(name, sayer.cell("index", unit=""), sayer.period("latest"))
    yield from _country_lines(sayer)
    n = sayer.metric("regions_n")
    known = say("known_regions", n=int(n.value)) if n and n.value is not None else ""
    yield Line(say("line.rank"), _place(sayer), sayer.period("latest"), known)
    yield from _trend_lines(sayer)
    yield from _fan_lines(sayer)
    yield from _target_lines(sayer)


def _chance(sayer: _Sayer) -> str:
    """The interval for chance of the newest figure, and whether it is one of few events."""
    range_ = sayer.between("interval_low", "interval_high")
    if not range_:
        return ""
    low, _, high = range_.partition(f"{words.NBSP}… ")
    told = sayer.say("interval", low=low, high=high)
    return f"{told}, {sayer.say('few_events')}" if sayer.few() else told


def _revision(sayer: _Sayer) -> str:
    """How large, how often upwards and by how much on average first figures have moved."""
    found = sayer.finding.revision
    if found is None:
        return ""
    told = found.told

    def moved(value: float, *, sign: bool) -> str:
        if found.relative:
            return words.percent(value, 1, sayer.lang, sign=sign)
        places = sayer.indicator.decimals
        if sayer.unit.id not in ("percent", "percent_change"):
            return words.quantity(value, places, sayer.unit, sayer.lang, sign=sign)
        show = words.signed if sign else words.number
        number = show(value, places, sayer.lang)
        return words.message("quantity.percentage_points", sayer.lang, value=number)

    return sayer.say(
        "revision",
        large=moved(told.large, sign=False),
        mean=moved(told.mean, sign=True),
        upward=words.percent(told.upward, 0, sayer.lang),
    )


def _fan_lines(sayer: _Sayer) -> Iterator[Line]:
    """Where the past alone would lead, with the bands; or why that is not said."""
    say = sayer.say
    mid = sayer.metric("fan_mid")
    if mid is None:
        return
    if mid.value is None:
        yield Line(say("line.fan"), sayer.cell("fan_mid"))
        return
    bands = [
        f"{words.message(f'chart.fan{share}', sayer.lang)} "
        + sayer.between(f"fan_low{share}", f"fan_high{share}")
        for share in (80, 50)
    ]
    yield Line(say("line.fan"), sayer.cell("fan_mid"), sayer.period("fan_mid"), "; ".join(bands))
    error = sayer.cell("fan_error", unit="")._replace(
        unit=words.message("sheet.of_step", sayer.lang)
    )
    naive = sayer.cell("fan_error_naive", unit="").text
    yield Line(say("line.fan_error"), error, "", say("fan_naive", naive=naive))


def _change_lines(sayer: _Sayer, years: int) -> Iterator[Line]:
    name = sayer.say(f"line.change_{years}y")
    plain = _plain_change(sayer, f"change_{years}y")
    span = _span(sayer, f"change_{years}y")
    if not sayer.unit.relative or not plain.text:
        yield Line(name, plain, span)
        return
    own = sayer.cell(f"change_{years}y", sign=True)
    yield Line(name, own, span)
    if not sayer.percents(f"change_pct_{years}y"):
        return
    yield Line(
        sayer.say("in_percent", name=name),
        sayer.cell(f"change_pct_{years}y", sign=True, unit="percent"),
        span,
    )


def _span(sayer: _Sayer, key: str) -> str:
    found = sayer.metric(key)
    if found is None or found.value is None:
        return ""
    parts = found.period.split("/")
    half = len(parts) // 2
    if len(parts) < 2 or len(parts) % 2:
        return words.period(found.period, sayer.lang)
    return words.period_range("/".join(parts[:half]), "/".join(parts[half:]), sayer.lang)


def _country_lines(sayer: _Sayer) -> Iterator[Line]:
    say = sayer.say
    if sayer.unit.extensive:
        if sayer.percents("share_of_country"):
            yield Line(say("line.share"), sayer.cell("share_of_country", unit="percent"),
                       sayer.period("share_of_country"))  # fmt: skip
    else:
        plain = _plain_change(sayer, "gap")
        if sayer.unit.relative and plain.text:
            plain = sayer.cell("gap", sign=True)
        yield Line(say("line.gap"), plain, sayer.period("gap"))
        if plain.text:
            if sayer.percents("gap_pct"):
                yield Line(say("line.gap_pct"), sayer.cell("gap_pct", sign=True, unit="percent"),
                           sayer.period("gap"))  # fmt: skip
            for years in (5, 10):
                key = f"gap_change_{years}y"
                if sayer.metric(key):
                    moved = _plain_change(sayer, key)
                    if sayer.unit.relative and moved.text:
                        moved = sayer.cell(key, sign=True)
                    yield Line(say(f"line.{key}"), moved, _span(sayer, key))
    if sayer.metric("country_change_pct_10y") and sayer.percents("country_change_pct_10y"):
        yield Line(say("line.country_change"),
                   sayer.cell("country_change_pct_10y", sign=True, unit="percent"),
                   _span(sayer, "country_change_pct_10y"))  # fmt: skip


def _trend_lines(sayer: _Sayer) -> Iterator[Line]:
    say = sayer.say
    word = sayer.metric("trend_word")
    yield Line(say("line.trend_word"), _direction(sayer), _span(sayer, "trend_word"))
    if word is None or word.value is None:
        return
    slope = sayer.cell("trend_slope", sign=True)
    if sayer.unit.id in ("percent", "percent_change"):
        slope = sayer.cell("trend_slope", sign=True, unit="percentage_points")
    low, high = sayer.metric("trend_low"), sayer.metric("trend_high")
    interval = ""
    if low and high and low.value is not None and high.value is not None:
        interval = say(
            "interval",
            low=sayer.end(low.value),
            high=sayer.end(high.value),
        )
    yield Line(say("line.trend_slope"), slope, _span(sayer, "trend_slope"), interval)
    n = sayer.metric("trend_n")
    points = say("points", n=int(n.value)) if n and n.value is not None else ""
    yield Line(say("line.trend_p"), _probability(sayer, "trend_p"), "", points)
    yield Line(say("line.trend_q"), _probability(sayer, "trend_q"))


def _probability(sayer: _Sayer, key: str) -> Cell:
    p = sayer.cell(key, decimals=3, unit="")
    if p.text and float(p.text.replace(",", ".")) == 0:
        # A probability that rounds to zero is small, not nothing.
        p = p._replace(text=f"<{words.NBSP}{words.number(0.001, 3, sayer.lang)}")
    return p


def _target_lines(sayer: _Sayer) -> Iterator[Line]:
    value = sayer.metric("target_value")
    if value is None:
        return
    say = sayer.say
    yield Line(say("line.target_value"), sayer.cell("target_value"),
               sayer.period("target_value"))  # fmt: skip
    if value.value is None:
        return
    points = "percentage_points" if sayer.unit.id in ("percent", "percent_change") else None
    yield Line(say("line.target_distance"),
               sayer.cell("target_distance", sign=True, unit=points))  # fmt: skip
    for key in ("pace_required", "pace_actual"):
        yield Line(say(f"line.{key}"), sayer.cell(key, sign=True, unit=points),
                   _span(sayer, key))  # fmt: skip
    reach = sayer.metric("reach_year")
    if reach is not None:
        cell = sayer.cell("reach_year", unit="")
        if reach.value is not None:
            cell = cell._replace(text=str(int(reach.value)))
        yield Line(say("line.reach_year"), cell)
