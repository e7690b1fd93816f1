"""The table behind a chart, and the whole series of an indicator: what is drawn, in figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tilannekuva import narrate, periods, words
from tilannekuva.charts import Chart, bars
from tilannekuva.model import Finding, Language, Picture, Series
from tilannekuva.reports import _cells
from tilannekuva.reports._cells import Cell

__all__ = ["Row", "Table", "chart_table", "group_table", "series_table"]

_ACROSS = ("line", "index", "target")
_ANALYSED = ("decomposition", "quotients")
_TIMES = ("multiples", "age")
_LAST = 36
"""Of long monthly series the newest periods are shown; all are in the files."""


class Row(NamedTuple):
    """One row: its head, the cells, and whether it is our region or the whole country."""

    name: str
    cells: tuple[Cell, ...]
    kind: str = ""
    """``own``, ``whole`` or nothing."""


class Table(NamedTuple):
    """A table as it is printed."""

    label: str
    """Name of its frame for screen readers."""
    caption: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""


class _Point(NamedTuple):
    """One row of the data of a chart, under the names of its columns."""

    role: str
    region: str
    name: str
    period: str
    value: float
    status: str


def chart_table(chart: Chart, picture: Picture) -> Table:
    """The figures of a chart.

    Lines have a row for each period and a column for each named series; areas of one period have a
    row each, the largest first; a heat map has a row for each indicator.
    """
    lang = chart.lang
    label = words.message("page.chart_table", lang, subtitle=chart.subtitle)
    if chart.kind == "heatmap":
        return _heat_table(chart, picture, label)
    points = [
        _Point(str(role), str(code), str(name), str(period), float(value), str(status))
        for role, code, name, period, value, status in zip(
            *(chart.data[c] for c in _Point._fields), strict=True
        )
    ]
    places = 1 if chart.kind == "index" else picture.indicators[chart.indicator].decimals
    if chart.kind in _ACROSS or chart.kind == "multiples":
        return _across(points, chart, label, places)
    if chart.kind in _ANALYSED:
        return _bars(points, chart, label, places)
    if len({p.period for p in points}) > 1:
        return _grouped(points, chart, label, places)
    return _areas(points, chart, label, places)


def _number(point: _Point | None, places: int, lang: str) -> Cell:
    if point is None:
        return Cell("", "", reason="–")
    # What carries the past on is no forecast of anybody.
    mark = "" if point.role.startswith("fan_") else narrate.status_mark(point.status, lang)
    status = narrate.status_label(point.status, lang) if mark else ""
    return Cell("", words.number(point.value, places, lang), "", places, mark, status)


def _column_name(code: str, name: str, lang: str) -> str:
    """Name of a series; figures of another division say so."""
    if "@" in code:
        return words.message("page.division_year", lang, name=name, year=code.split("@")[1])
    return name


def _across(points: Sequence[_Point], chart: Chart, label: str, places: int) -> Table:
    """A row for each period, a column for each named series."""
    lang = chart.lang
    shown = [p for p in points if p.role not in ("other", "peer")]
    columns = list(dict.fromkeys(_column_name(p.region, p.name, lang) for p in shown))
    own = [c for p in shown if p.role.startswith("region")
           for c in [_column_name(p.region, p.name, lang)]]  # fmt: skip
    # Our region first, in the newest division; the rest as drawn.
    first = list(dict.fromkeys(reversed(own)))
    columns = [*first, *(c for c in columns if c not in first)]
    at = {(_column_name(p.region, p.name, lang), p.period): p for p in shown}
    order = sorted({p.period for p in shown}, key=lambda t: (periods.parse(t)[:2], t))
    rows = tuple(
        Row(words.period(t, lang), tuple(_number(at.get((c, t)), places, lang) for c in columns))
        for t in order
    )
    note = words.message("page.chart_data_note", lang) if len(shown) < len(points) else ""
    head = (words.message("page.column.period", lang), *columns)
    return Table(label, _caption(chart), head, rows, note)


def _grouped(points: Sequence[_Point], chart: Chart, label: str, places: int) -> Table:
    """A row for each group, a column for each period."""
    lang = chart.lang
    order = sorted({p.period for p in points}, key=lambda t: periods.parse(t)[:2])
    names = list(dict.fromkeys(p.name for p in points))
    at = {(p.name, p.period): p for p in points}
    rows = tuple(Row(n, tuple(_number(at.get((n, t)), places, lang) for t in order)) for n in names)
    head = (words.message("page.group", lang), *(words.period(t, lang) for t in order))
    return Table(label, _caption(chart), head, rows)


def _areas(points: Sequence[_Point], chart: Chart, label: str, places: int) -> Table:
    """A row for each area (or group), the largest first."""
    lang = chart.lang
    kinds = {"region": "own", "country": "whole"}
    if chart.kind == "bars":
        return _bars(points, chart, label, places)
    order = sorted(points, key=lambda p: (-p.value, p.name))
    rows = tuple(
        Row(
            _column_name(p.region, p.name, lang), (_number(p, places, lang),),
            kinds.get(p.role, ""),
        )
        for p in order
    )  # fmt: skip
    period = words.period(points[0].period, lang)
    return Table(label, _caption(chart), (words.message("page.region", lang), period), rows)


def _bars(points: Sequence[_Point], chart: Chart, label: str, places: int) -> Table:
    """A row for each group: ours, and the country's where it is drawn."""
    lang = chart.lang
    names = list(dict.fromkeys(p.name for p in points))
    roles = [r for r in ("region", "country", "jobs") if any(p.role == r for p in points)]
    at = {(p.name, p.role): p for p in points}
    said = {"country": words.capital(words.message("country", lang)),
            "region": words.message("page.value", lang),
            "jobs": words.message("chart.jobs", lang)}  # fmt: skip
    digits = {"jobs": 0}
    rows = tuple(
        Row(n, tuple(_number(at.get((n, r)), digits.get(r, places), lang) for r in roles))
        for n in names
    )
    head = (words.message("page.group", lang), *(said[r] for r in roles))
    return Table(label, _caption(chart), head, rows)


def _heat_table(chart: Chart, picture: Picture, label: str) -> Table:
    lang = chart.lang
    rows = []
    for name in dict.fromkeys(str(i) for i in chart.data["indicator"]):
        finding = picture.findings[name]
        moved = _cells.gap_change(finding, picture, lang)
        cells = (
            _cells.comparison(finding, picture, lang), moved, _cells.place(finding, picture, lang),
        )  # fmt: skip
        said = words.period(finding.latest.period, lang)
        title = words.capital(picture.indicators[name].label[lang])
        rows.append(Row(f"{title}, {said}", tuple(_joined(c) for c in cells)))
    head = tuple(
        words.message(f"page.{k}", lang)
        for k in ("column.indicator", "line.gap", "line.gap_change_5y", "column.rank")
    )
    return Table(label, _caption(chart), head, tuple(rows))


def _joined(cell: Cell) -> Cell:
    """The unit as part of the text: the columns of a heat map hold many units."""
    unit = f"{words.NBSP}{cell.unit}" if cell.unit and cell.text else ""
    return cell._replace(text=cell.text + unit, unit="")


def _caption(chart: Chart) -> str:
    return words.message("page.chart_data_caption", chart.lang, subtitle=chart.subtitle)


def series_table(finding: Finding, picture: Picture, lang: str) -> Table | None:
    """All figures of the region and the country; None where there is but one.

    A profile without a total has a row for each group.
    """
    indicator = picture.indicators[finding.indicator]
    unit = picture.units[indicator.unit]
    caption = words.message(
        "page.all_figures_caption", lang, name=words.capital(indicator.names[lang]),
        unit=unit.label[lang],
    )  # fmt: skip
    name = picture.region.names[lang]
    columns: dict[str, dict[str, _Point]] = {}
    for s in reversed(finding.segments):
        columns.setdefault(_column_name(s.region, name, lang), {}).update(_points(s))
    if not columns:
        return None
    if finding.country is not None:
        columns[words.capital(words.message("country", lang))] = _points(finding.country)
    mine = {t for s in finding.segments for t in s.periods}
    order = sorted(mine, key=lambda t: (periods.parse(t)[:2], t))
    if len(order) < 2:
        return None
    kept = order if finding.frequency in ("year", "span") else order[-_LAST:]
    rows = tuple(
        Row(
            words.period(t, lang),
            tuple(_figure(c.get(t), indicator.decimals, lang) for c in columns.values()),
        )
        for t in reversed(kept)
    )
    note = "" if len(kept) == len(order) else words.message(
        "page.last_figures_note", lang, n=len(kept))  # fmt: skip
    return Table(
        caption, caption, (words.message("page.column.period", lang), *columns), rows, note
    )


def group_table(finding: Finding, picture: Picture, lang: Language) -> Table | None:
    """The latest figures by group (industry, age and sex), with the country's; None without."""
    found = bars.profile(finding, picture, lang)
    if len(found) < 2:
        return None
    indicator = picture.indicators[finding.indicator]
    period = finding.latest.period
    caption = words.message(
        "page.groups_caption", lang, name=words.capital(indicator.names[lang]),
        unit=picture.units[indicator.unit].label[lang], period=words.period(period, lang),
    )  # fmt: skip
    country = any(whole is not None for _, _, _, whole in found)
    rows = tuple(
        Row(
            name,
            tuple(
                _number(_points(s).get(mine.periods[-1]) if s else None, indicator.decimals, lang)
                for s in ((mine, whole) if country else (mine,))
            ),
        )
        for _, name, mine, whole in found
    )
    head = [words.message("page.group", lang), picture.region.names[lang]]
    head += [words.capital(words.message("country", lang))] if country else []
    return Table(caption, caption, tuple(head), rows)


def _points(s: Series) -> dict[str, _Point]:
    return {
        t: _Point("", s.region, "", t, float("nan") if v is None else v, status)
        for t, v, status in zip(s.periods, s.values, s.statuses, strict=True)
    }


def _figure(point: _Point | None, places: int, lang: str) -> Cell:
    """A figure, or in words why it is not there."""
    if point is not None and point.value != point.value:
        return Cell("", "", reason=narrate.status_label(point.status, lang))
    return _number(point, places, lang)
