"""A dashboard: proxies by kind, side by side, with what is known of each. Never added up."""

from __future__ import annotations

from typing import Any

from tilannekuva import narrate, words
from tilannekuva.model import Finding, Language, Picture, Section
from tilannekuva.reports import _cells
from tilannekuva.reports._annex import name_of, sayer
from tilannekuva.reports._cells import Cell
from tilannekuva.reports._tables import Row, Table
from tilannekuva.storyboard import STALE_MONTHS

__all__ = ["dashboard"]


def dashboard(section: Section, picture: Picture, lang: Language) -> dict[str, Any] | None:
    """Rows of tiles with figures, and a table of every proxy; None where there is no figure."""
    say = sayer(lang)
    groups = []
    rows: list[Row] = []
    for kind in section.tiles:
        known = [i for i in kind.indicators if _value(picture.findings.get(i)) is not None]
        groups.append({
            "name": kind.names[lang], "question": kind.question[lang],
            "tiles": [_tile(picture.findings[i], picture, lang) for i in known],
        })  # fmt: skip
        rows += [_row(i, kind.names[lang], picture, lang) for i in kind.indicators]
    if not any(g["tiles"] for g in groups):
        return None
    head = ("column.indicator", "tiles_kind", "column.latest", "column.period", "tiles_interval",
            "column.comparison")  # fmt: skip
    caption = say("tiles_caption", name=section.names[lang])
    return {
        "groups": groups,
        "table": Table(caption, caption, tuple(say(h) for h in head), tuple(rows)),
    }


def _value(finding: Finding | None) -> float | None:
    return None if finding is None else finding.latest.value


def _interval(finding: Finding, picture: Picture, lang: Language) -> str:
    """The interval of the figure where there is one."""
    low, high = (finding.metrics.get(f"interval_{end}") for end in ("low", "high"))
    if low is None or high is None or low.value is None or high.value is None:
        return ""
    places = picture.indicators[finding.indicator].decimals
    ends = [words.number(v, places, lang) for v in (low.value, high.value)]
    return words.message("page.tiles_between", lang, low=ends[0], high=ends[1])


def _unit(finding: Finding, picture: Picture, lang: Language, latest: Cell) -> str:
    """The unit after a figure; here no name beside it says what it is counted against."""
    unit = picture.units[picture.indicators[finding.indicator].unit]
    return latest.unit or ("" if unit.id in ("count", "index", "ratio") else unit.label[lang])


def _gap(finding: Finding, picture: Picture, lang: Language) -> str:
    cell = _cells.comparison(finding, picture, lang)
    if not cell.text:
        return ""
    return f"{cell.text}{words.NBSP}{cell.unit}" if cell.unit else cell.text


def _stale(finding: Finding) -> bool:
    age = finding.metrics.get("age_months")
    return age is not None and age.value is not None and age.value > STALE_MONTHS


def _tile(finding: Finding, picture: Picture, lang: Language) -> dict[str, Any]:
    say = sayer(lang)
    latest = _cells.latest(finding, picture, lang)
    gap = _gap(finding, picture, lang)
    interval = _interval(finding, picture, lang)
    return {
        "id": finding.indicator, "name": name_of(picture, finding.indicator, lang),
        "value": latest.text, "unit": _unit(finding, picture, lang, latest),
        "period": words.period(finding.latest.period, lang),
        "age": narrate.age_text(finding, lang) if _stale(finding) else "",
        "gap": say("tiles_gap", gap=gap) if gap else say("tiles_no_gap"),
        "interval": say("tiles_interval_is", interval=interval) if interval else "",
    }  # fmt: skip


def _row(name: str, kind: str, picture: Picture, lang: Language) -> Row:
    say = sayer(lang)
    title = name_of(picture, name, lang)
    finding = picture.findings.get(name)
    if finding is None or finding.latest.value is None:
        none = Cell("", "", reason=say("tiles_no_figure"))
        dash = Cell("", "", reason="–")
        return Row(title, (Cell("", kind), none, dash, dash, dash))
    latest = _cells.latest(finding, picture, lang)
    unit = _unit(finding, picture, lang, latest)
    unit = f"{words.NBSP}{unit}" if unit else ""
    interval, gap = _interval(finding, picture, lang), _gap(finding, picture, lang)
    return Row(
        title,
        (
            Cell("", kind),
            latest._replace(text=latest.text + unit, unit=""),
            Cell("", words.period(finding.latest.period, lang)),
            Cell("", interval, reason=say("tiles_unknown")),
            Cell("", gap, reason=_cells.comparison(finding, picture, lang).reason or "–"),
        ),
    )
