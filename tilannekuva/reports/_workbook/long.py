"""Every measure, every figure and every source: for those who compute on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tilannekuva import narrate, words
from tilannekuva.metric_fans import FAN
from tilannekuva.model import ABSENT, PRESENT, Finding, Measured, Snapshot, Unit
from tilannekuva.reports._series import area_name, every_series, group_name, own_code
from tilannekuva.reports._workbook.book import Book
from tilannekuva.reports._workbook.cells import NONE, Link, Number, Row, Sheet

__all__ = ["figures", "measures", "sources"]

_MEASURES = ("indicator_id", "indicator", "region_code", "region", "measure_id", "measure", "value",
             "unit", "period_code", "status", "remark")  # fmt: skip
_FIGURES = ("indicator_id", "indicator", "region_code", "region", "group_code", "group",
            "period_code", "value", "unit", "status", "snapshot")  # fmt: skip
_SOURCES = ("snapshot", "kind", "publisher", "publisher_table", "name", "vintage", "published",
            "licence", "address", "transcribed", "formula", "parents", "used_by")  # fmt: skip
_UNITS = {"age_months": "months", "rank": "rank_unit", "rank_low": "rank_unit",
          "rank_high": "rank_unit", "rank_n": "areas", "regions_n": "areas",
          "trend_n": "observations", "trend_word": "trend_unit",
          "trend_word_alone": "trend_unit", "events": "events", "fan_error": "of_step",
          "fan_error_naive": "of_step",
          "reach_year": "calendar_year"}  # fmt: skip
_WIDER = ("eu", "national")
"""Scopes of a target that make it indicative for a region."""
_DIGITS = 15
"""So many a spreadsheet keeps of a number, whoever saves it; some keep two more."""


def measures(book: Book) -> Sheet:
    """One row a measure of an indicator; why, where there is none."""
    rows = [row for finding in book.picture.findings.values() for row in _measures(book, finding)]
    return book.sheet(book.name("measures"), book.say("title.measures"), _MEASURES, rows, long=True)


def figures(book: Book) -> Sheet:
    """One row a figure: the region, its municipalities, the other regions and the country.

    Figures of more digits than a spreadsheet keeps have them as text in a column of their own, so
    that all come back to the last digit (:func:`tilannekuva.workbooks.read_workbook`).
    """
    rows = [row for finding in book.picture.findings.values() for row in _figures(book, finding)]
    columns: tuple[str, ...] = (*_FIGURES, "digits")
    if all(row[-1] is None for row in rows):
        columns, rows = _FIGURES, [row[:-1] for row in rows]
    return book.sheet(book.name("all"), book.say("title.all"), columns, rows, long=True)


def _digits(value: float | None) -> str | None:
    """Every digit of a number that has more than a spreadsheet keeps.

    >>> _digits(2.01), _digits(0.1 + 0.2)
    (None, '0.30000000000000004')
    """
    return None if value is None or float(f"{value:.{_DIGITS}g}") == value else repr(value)


def sources(book: Book) -> Sheet:
    """One row a snapshot: the publishers' own, then what was computed from them."""
    used: dict[str, list[str]] = {}
    for name, finding in book.picture.findings.items():
        for snapshot in finding.origins:
            used.setdefault(snapshot, []).append(name)
    order = sorted(
        book.picture.snapshots.values(),
        key=lambda s: (s.kind == "derived", s.source, s.table, s.id),
    )
    rows = [_source(book, s, used.get(s.id, ())) for s in order]
    return book.sheet(book.name("sources"), book.say("title.sources"), _SOURCES, rows)


# --- measures ---------------------------------------------------------------------------------


def _measures(book: Book, finding: Finding) -> Iterator[Row]:
    code, unit = own_code(finding), book.unit(finding)
    area = area_name(book.picture, code, book.lang)
    head = (finding.indicator, book.title(finding.indicator), code, area)
    prefix = "sheet.metric."
    for key, name in words.messages(book.lang).items():
        metric = key.removeprefix(prefix)
        found = finding.metrics.get(metric) if key.startswith(prefix) else None
        if found is None:
            continue
        if metric in FAN and finding.fan:
            yield from _fan(book, finding, metric, head, name)
            continue
        there = found.value is not None
        status = found.status if there or found.status in ABSENT else "not_computable"
        yield (
            *head,
            metric,
            name,
            book.number(finding, metric) if there else None,
            _metric_unit(book, metric, unit) or None,
            found.period,
            narrate.status_label(status, book.lang),
            _remark(book, finding, metric, found),
        )


def _fan(
    book: Book, finding: Finding, metric: str, head: tuple[str, ...], name: str
) -> Iterator[Row]:
    """A limit of the fan in each year ahead."""
    decimals = book.picture.indicators[finding.indicator].decimals
    unit = _metric_unit(book, metric, book.unit(finding)) or None
    for year in finding.fan:
        yield (
            *head,
            metric,
            name,
            Number(getattr(year, metric.removeprefix("fan_")), decimals),
            unit,
            year.period,
            narrate.status_label("forecast", book.lang),
            words.message("chart.fan_note", book.lang),
        )


def _metric_unit(book: Book, metric: str, unit: Unit) -> str:
    """The unit of a measure in words."""
    difference = book.difference(unit).strip(NONE)
    if metric.startswith(("trend_slope", "trend_low", "trend_high", "pace_")):
        return book.say("per_year", unit=difference) if difference else book.say("in_a_year")
    if "pct" in metric or metric == "share_of_country":
        return "%"
    if metric.startswith(("change_", "gap_change")) or metric in ("gap", "target_distance"):
        return difference
    if metric in ("index", "gap_index"):
        return book.picture.units["index"].label[book.lang]
    if metric in _UNITS:
        return book.say(_UNITS[metric])
    return "" if metric in ("trend_p", "trend_q", "trend_tau") else unit.label[book.lang]


def _remark(book: Book, finding: Finding, metric: str, found: Measured) -> str | None:
    """Why there is no value, what a code means, whom a target binds."""
    if found.value is None:
        reason = found.reason or "not_available"
        kind = "reason" if words.has(f"reason.{reason}", book.lang) else "status"
        return words.message(f"{kind}.{reason}", book.lang)
    if metric in ("trend_word", "trend_word_alone"):
        return book.trend(finding, metric)
    aim = finding.metrics.get("target_value")
    if aim is not None and metric.startswith(("target_", "pace_required", "reach_")):
        targets = book.picture.indicators[finding.indicator].targets
        if any(t.period == aim.period and t.scope in _WIDER for t in targets):
            return book.say("indicative")
    return None


# --- figures ----------------------------------------------------------------------------------


def _figures(book: Book, finding: Finding) -> Iterator[Row]:
    indicator = book.picture.indicators[finding.indicator]
    unit = book.unit(finding).label[book.lang] or None
    labels = {s: narrate.status_label(s, book.lang) for s in (*PRESENT, *ABSENT)}
    for code, group, series in every_series(finding):
        head = (
            indicator.id,
            indicator.names[book.lang],
            code,
            area_name(book.picture, code, book.lang),
            group,
            group_name(indicator.axes, group, book.lang),
        )
        for period, value, status, origin in zip(
            series.periods, series.values, series.statuses, series.origins, strict=True
        ):
            number = None if value is None else Number(value, indicator.decimals)
            yield (*head, period, number, unit, labels[status], origin or None, _digits(value))


# --- sources ----------------------------------------------------------------------------------


def _source(book: Book, snapshot: Snapshot, used: Sequence[str]) -> Row:
    s, lang = snapshot, book.lang
    derived = s.kind == "derived"
    # A title of a derived one is "indicator = formula", and the formula has its own column.
    title = s.title.partition(" = ")[0] if derived else s.title
    web = s.address.startswith(("https://", "http://"))
    texts = (
        words.message("source.own", lang)
        if derived
        else book.picture.sources[s.source].publisher[lang],
        s.table,
        Link(title, s.address) if web else title,
        s.vintage,
        s.published_on,
        narrate.licence_text(s.licence, lang),
        s.address,
        book.say("yes" if s.transcribed else "no"),
        str(s.query.get("formula", "")) if derived else "",
        ", ".join(s.query.get("parents", [])) if derived else "",
        ", ".join(used),
    )
    return (s.id, book.say(f"kind.{s.kind}"), *[text or NONE for text in texts])
