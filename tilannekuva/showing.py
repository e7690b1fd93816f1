"""The one table as a person reads it: names, numbers with their units, statuses and publishers.

The table stays a plain DataFrame, so that nothing is lost when it is filtered, joined or saved.
:func:`show` makes something to look at of it; after ``%load_ext tilannekuva`` a notebook does that
by itself with every DataFrame that has exactly the columns of the one table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tilannekuva import formulas, indicators, narrate, raw, regions, settings, table, words
from tilannekuva.errors import CatalogueError, DataError, TilannekuvaError
from tilannekuva.indicators import Catalogue
from tilannekuva.measuring import METRICS
from tilannekuva.model import LANGUAGES, Indicator, Snapshot, Unit
from tilannekuva.pillars import COMPOSITE, IMBALANCE, PART, RANKS

__all__ = ["Shown", "load_ipython_extension", "show", "unload_ipython_extension"]

_NONE = "–"
_POINTS = frozenset({"percent", "percent_change"})
"""Units whose differences are in percentage points."""
_DIFFERENCES = ("change_", "gap_change", "target_distance", "national", "mix", "competitive",
                "allocation")  # fmt: skip
_PACES = ("trend_slope", "trend_low", "trend_high", "pace_")
_PER = ("per_1", "per_million", "count_month")
"""Units that an axis says beside the numbers; here every number stands alone."""
_BARE = {"index", "gap_index", "rank_n", "regions_n", "trend_n", "events", "fan_error",
         "fan_error_naive"}  # fmt: skip
"""Metrics whose name says what is counted."""
_PLACES = {"gini": 3, "theil": 4, "sigma": 3, "areas_n": 0, "location_quotient": 2,
           "herfindahl": 3, "entropy": 2, COMPOSITE: 1, IMBALANCE: 1}  # fmt: skip
"""Decimals of what has no unit, as it is reckoned from several areas, industries or indicators."""
_TREND = {2: "clear_rise", 1: "signs_rise", 0: "cannot", -1: "signs_fall", -2: "clear_fall"}
_PLAIN_LEVELS = {"maakunta", "kunta", "koko_maa"}
"""Levels that a name is understood to be of; "Helsinki" alone is the town, not its seutukunta."""


@dataclass(frozen=True, repr=False)
class Shown:
    """A table to look at: a notebook draws it, ``print`` writes it in columns."""

    lang: str
    heads: tuple[str, ...]
    numeric: frozenset[int]
    """Columns that stand to the right."""
    rows: tuple[tuple[str, ...], ...]
    foot: str
    """How many rows there are, where not all are shown."""

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/html": self._repr_html_(), "text/plain": repr(self)}

    def _repr_html_(self) -> str:
        def cell(tag: str, n: int, text: str) -> str:
            side = "right;white-space:nowrap" if n in self.numeric else "left"
            scope = ' scope="col"' if tag == "th" else ""
            return f'<{tag}{scope} style="text-align:{side}">{escape(text)}</{tag}>'

        def line(tag: str, cells: Iterable[str]) -> str:
            return f"<tr>{''.join(cell(tag, n, text) for n, text in enumerate(cells))}</tr>"

        body = "".join(line("td", row) for row in self.rows)
        foot = f"<p>{escape(self.foot)}</p>" if self.foot else ""
        return (
            f'<div lang="{self.lang}"><table><thead>{line("th", self.heads)}</thead>'
            f"<tbody>{body}</tbody></table>{foot}</div>"
        )

    def __repr__(self) -> str:
        lines = [self.heads, *self.rows]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        text = [
            "  ".join(
                cell.rjust(width) if n in self.numeric else cell.ljust(width)
                for n, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in lines
        ]
        return "\n".join([*text, self.foot] if self.foot else text)


def show(
    obs: pd.DataFrame,
    lang: str = "fi",
    rows: int | None = 20,
    *,
    catalogue: Catalogue | None = None,
    data: Path | str | None = None,
) -> Shown:
    """The table of ``observations()`` or ``measure()`` in words, for a notebook.

    Args:
        obs: Rows of the one table, filtered and ordered as you like; metrics of one figure that
            stand together come in the order of the five questions.
        lang: ``fi``, ``sv`` or ``en``.
        rows: At most so many rows from the top; None for every one.
        catalogue: Names and units; by default the one that ``observations()`` uses.
        data: Folder of the store that says who published what; see ``raw.store_path``.

    Returns:
        Something to look at, not to compute with: the table itself is as it was.

    Raises:
        CatalogueError: An unknown language, or a number of rows below zero.
        DataError: The table lacks one of its columns.

    >>> obs = table.make({"indicator": ["unemp_rate_reg"], "region": ["MK18"],
    ...     "breakdown": ["total"], "period": ["2023M10"], "value": [8.6], "status": ["final"],
    ...     "snapshot": ["unknown"]})
    >>> show(obs).rows[0][:3]
    ('Työttömyysaste', 'Kainuu', 'lokakuu 2023')
    """
    missing = [c for c in table.COLUMNS if c not in obs.columns]
    if missing:
        raise DataError(
            f"show: the table lacks the column '{missing[0]}'; choose rows, not columns, of what "
            "observations() or measure() gave"
        )
    if lang not in LANGUAGES:
        raise CatalogueError(f"unknown language '{lang}'; known: {', '.join(LANGUAGES)}")
    if rows is not None and rows < 0:
        raise CatalogueError(f"show: {rows} rows cannot be shown; give 0 or more, or None for all")
    chosen = _ordered(obs) if "metric" in obs.columns else obs
    chosen = chosen if rows is None else chosen.head(rows)
    sayer = _Sayer(
        catalogue or indicators.load(settings.read().path("catalogue")),
        raw.read_lock(raw.store_path(data)),
        lang,
    )
    columns = [*table.COLUMNS, *(["metric"] if "metric" in obs.columns else [])]
    said = [
        sayer.row(dict(zip(columns, row, strict=True)))
        for row in chosen[columns].itertuples(index=False, name=None)
    ]
    heads = ["indicator", "region", "group", "measure", "period", "value", "status", "publisher"]
    if "metric" not in obs.columns:
        heads.remove("measure")
    if not any(row["group"] for row in said):
        heads.remove("group")
    foot = "" if len(obs) else words.message("sheet.empty", lang)
    if len(said) < len(obs):
        total = words.number(len(obs), 0, lang)
        foot = f"{words.message('sheet.head.rows', lang)}: {len(said)} / {total}"
    return Shown(
        lang,
        tuple(words.message(f"sheet.head.{h}", lang) for h in heads),
        frozenset([heads.index("value")]),
        tuple(tuple(row[h] for h in heads) for row in said),
        foot,
    )


def _ordered(metrics: pd.DataFrame) -> pd.DataFrame:
    """Neighbouring metrics of one figure in the order that they are asked in, not by the alphabet.

    Whatever order the rows were put in otherwise stays.
    """
    starts = np.ones(len(metrics), dtype=bool)
    starts[1:] = False
    for column in ("indicator", "region", "breakdown"):
        values = metrics[column].astype("str").to_numpy()
        starts[1:] |= values[1:] != values[:-1]
    place = {m: n for n, m in enumerate((*METRICS, COMPOSITE, *RANKS))}
    order = np.array([place.get(str(m), len(place)) for m in metrics["metric"]], dtype=np.int64)
    return metrics.iloc[np.lexsort((order, np.cumsum(starts)))]


class _Sayer:
    """Says the cells of a row in one language."""

    def __init__(self, catalogue: Catalogue, lock: Sequence[Snapshot], lang: str) -> None:
        self.catalogue, self.lang = catalogue, lang
        self.lock = {s.id: s for s in lock}
        self.tables = {(s.source, s.table) for s in lock}

    def row(self, cells: Mapping[str, Any]) -> dict[str, str]:
        """Every cell by the key of its heading in ``[sheet.head]``."""
        name = str(cells["indicator"])
        indicator = self.catalogue.indicators.get(name)
        metric = str(cells["metric"]) if "metric" in cells else None
        return {
            "indicator": self._name(name),
            "region": self._region(str(cells["region"])),
            "group": self._group(indicator, str(cells["breakdown"])),
            "measure": self._metric(metric) if metric else "",
            "period": self._period(str(cells["period"]), metric),
            "value": self._value(indicator, float(cells["value"]), metric),
            "status": narrate.status_label(str(cells["status"]), self.lang),
            "publisher": self._publisher(str(cells["snapshot"]), indicator),
        }

    def _name(self, name: str) -> str:
        known = self.catalogue.indicators.get(name)
        if known is not None:
            return known.label[self.lang]
        made = f"sheet.made.{name}"
        return words.message(made, self.lang) if words.has(made, self.lang) else name

    def _region(self, code: str) -> str:
        base, _, year = code.partition("@")
        try:
            found = regions.region(base)
        except CatalogueError:  # whatever the table holds can be looked at
            return code
        name = found.names[self.lang]
        key = f"level.{found.level}.one"
        if found.level not in _PLAIN_LEVELS and words.has(key, self.lang):
            level = words.message(key, self.lang)
            name = name if level.casefold() in name.casefold() else f"{name} ({level})"
        if year:
            return words.message("page.division_year", self.lang, name=name, year=year)
        return name

    def _group(self, indicator: Indicator | None, breakdown: str) -> str:
        if breakdown == "total":
            return ""
        axes = indicator.axes if indicator else ()
        codes = zip(axes, breakdown.split("."), strict=False)
        named = (narrate.axis_name(axis, code, self.lang) for axis, code in codes if code != "T")
        return ", ".join(named) or breakdown

    def _metric(self, metric: str) -> str:
        if metric.startswith(PART):
            name = self._name(metric.removeprefix(PART))
            return words.message("sheet.table_metric.part", self.lang, name=name)
        if metric == "trend_word":  # here the direction stands in words and not as its code
            return words.message("page.line.trend_word", self.lang)
        keys = (f"sheet.metric.{metric}", f"sheet.table_metric.{metric}")
        return next((words.message(k, self.lang) for k in keys if words.has(k, self.lang)), metric)

    def _period(self, period: str, metric: str | None) -> str:
        parts = period.split("/")
        half = len(parts) // 2
        if metric is not None and half and len(parts) % 2 == 0:
            first, last = "/".join(parts[:half]), "/".join(parts[half:])
            return words.period_range(first, last, self.lang)
        return words.period(period, self.lang)

    def _value(self, indicator: Indicator | None, value: float, metric: str | None) -> str:
        if value != value:
            return _NONE
        if metric is not None and (metric in _PLACES or metric.startswith(PART)):
            return words.number(value, _PLACES.get(metric, 1), self.lang)
        if metric in RANKS:
            return words.ordinal(round(value), self.lang)
        if indicator is None:
            return f"{value:g}"
        unit = self.catalogue.units[indicator.unit]
        if metric is None:
            return self._quantity(value, indicator.decimals, unit)
        return self._measured(metric, value, indicator, unit)

    def _measured(self, metric: str, value: float, indicator: Indicator, unit: Unit) -> str:
        lang = self.lang
        places = narrate.decimals(metric, value, indicator)
        if metric in ("trend_word", "trend_word_alone") and value in _TREND:
            return words.message(f"page.trend.{_TREND[int(value)]}", lang)
        if metric == "age_months":
            return words.number(value, 0, lang) + words.NBSP + words.message("page.months", lang)
        if metric in ("rank", "rank_low", "rank_high"):
            return words.ordinal(round(value), lang)
        if metric == "reach_year":
            return f"{value:.0f}"
        if metric in ("trend_p", "trend_q"):
            if not words.rounded(value, 3):  # such a probability is small, not nothing
                return f"<{words.NBSP}{words.number(0.001, 3, lang)}"
            return words.number(value, 3, lang)
        if metric == "trend_tau":
            return words.number(value, 2, lang)
        if metric in _BARE:
            return words.number(value, places, lang)
        if "pct" in metric or metric == "share_of_country":
            return words.percent(value, places, lang, sign=metric != "share_of_country")
        pace = metric.startswith(_PACES)
        if pace or metric == "gap" or metric.startswith(_DIFFERENCES):
            text = (
                words.points(value, places, lang)
                if unit.id in _POINTS
                else self._quantity(value, places, unit, sign=True)
            )
            return words.message("sheet.per_year", lang, unit=text) if pace else text
        return self._quantity(value, places, unit)

    def _quantity(self, value: float, places: int, unit: Unit, *, sign: bool = False) -> str:
        text = words.quantity(value, places, unit, self.lang, sign=sign)
        return f"{text} {unit.label[self.lang]}" if unit.id.startswith(_PER) else text

    def _publisher(self, snapshot: str, indicator: Indicator | None) -> str:
        found = self.lock.get(snapshot)
        if found is not None:
            return self._named(found.source)
        if not snapshot.startswith("f-"):
            return _NONE
        own = words.message("source.own", self.lang)
        # Only where a single publisher is possible is it certain whose figures were used.
        behind = self._behind(indicator) if indicator else set()
        return f"{own} ({self._named(*behind)})" if len(behind) == 1 else own

    def _named(self, source: str) -> str:
        known = self.catalogue.sources.get(source)
        return known.publisher[self.lang] if known else source

    def _behind(self, indicator: Indicator) -> set[str]:
        """Sources of every table in the store that a figure may have been computed from."""
        seen: set[str] = set()
        queue, found = [indicator.id], set[str]()
        while queue:
            name = queue.pop()
            if name in seen or name not in self.catalogue.indicators:
                continue
            seen.add(name)
            one = self.catalogue.indicators[name]
            found |= {q.source for q in one.query if (q.source, q.table) in self.tables}
            queue += formulas.parents_of(one)
            if one.aggregate and one.aggregate.weight:
                queue.append(one.aggregate.weight)
        return found


# --- in a notebook, by itself -------------------------------------------------------------------

_BEFORE = "_tilannekuva_before"
"""Name under which the formatter keeps what showed DataFrames before."""


def load_ipython_extension(ipython: Any) -> None:
    """Show the one table in words wherever a notebook shows it: ``%load_ext tilannekuva``.

    A DataFrame is the one table when it has exactly its columns, and ``metric`` or not; every other
    one looks as it always did. The language is the first of ``tilannekuva.toml``, else Finnish.
    """
    formatter = ipython.display_formatter.formatters["text/html"]
    if hasattr(formatter, _BEFORE):
        return
    before: Callable[[pd.DataFrame], str | None] | None = formatter.for_type(
        pd.DataFrame, lambda frame: _html(frame, before)
    )
    setattr(formatter, _BEFORE, before)


def unload_ipython_extension(ipython: Any) -> None:
    """Show every DataFrame as before: ``%unload_ext tilannekuva``."""
    formatter = ipython.display_formatter.formatters["text/html"]
    if not hasattr(formatter, _BEFORE):
        return
    before = getattr(formatter, _BEFORE)
    delattr(formatter, _BEFORE)
    formatter.pop(pd.DataFrame)
    if before is not None:
        formatter.for_type(pd.DataFrame, before)


def _html(frame: pd.DataFrame, before: Callable[[pd.DataFrame], str | None] | None) -> str | None:
    if tuple(frame.columns) in (table.COLUMNS, (*table.COLUMNS, "metric")):
        try:
            lang = next(iter(settings.read().languages or ()), "fi")
            return show(frame, lang)._repr_html_()
        except TilannekuvaError:  # it can be looked at all the same, as any DataFrame can
            pass
    if before is not None:
        return before(frame)
    found: str | None = frame._repr_html_()  # type: ignore[operator]  # pandas' own
    return found
