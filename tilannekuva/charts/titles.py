"""Title, subtitle, source and alternative text of a chart: from the same finding as its marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tilannekuva import narrate, words
from tilannekuva.charts import age, heat_rows, multiples, said, series
from tilannekuva.model import Finding, Language, Picture, Section

__all__ = ["Titles", "of_finding", "of_section"]

_LATEST = ("strip", "map")
_ANALYSED = ("decomposition", "quotients")
_PARTS = ("multiples", "parts", "map_parts")


class Titles(NamedTuple):
    """The texts around a chart."""

    title: str
    subtitle: str
    source: str
    alt: str


def of_finding(kind: str, finding: Finding, picture: Picture, lang: Language) -> Titles:
    """Texts of a chart of one finding."""
    return Titles(
        _title(kind, finding, picture, lang),
        _subtitle(kind, finding, picture, lang),
        str(narrate.source_line(finding, picture, lang)),
        _alt(kind, finding, picture, lang),
    )


def of_section(
    section: Section, found: Sequence[heat_rows.Row], picture: Picture, lang: Language
) -> Titles:
    """Texts of the heat map of a section."""
    lines = {narrate.source_line(picture.findings[r.indicator], picture, lang): None for r in found}
    subtitle = said.say(
        "heat_subtitle", lang, section=section.names[lang], date=words.date(picture.as_of, lang)
    )
    source = said.say("heat_source", lang, n=len(lines)) if len(lines) > 2 else " ".join(lines)
    return Titles(
        heat_rows.headline(found, picture, lang),
        subtitle,
        source,
        str(narrate.alt_heatmap(section, picture, lang)),
    )


def _title(kind: str, finding: Finding, picture: Picture, lang: Language) -> str:
    if kind == "multiples" and series.extensive(finding, picture):
        return _changes(finding, picture, lang)
    if kind in _PARTS:
        return _ends(finding, picture, lang)
    if kind == "strip":
        return _place(finding, picture, lang)
    if kind == "map":
        return _between(_regions(finding), finding, picture, lang)
    if kind == "age" and (largest := age.largest(finding)) is not None:
        return _largest(largest, finding, picture, lang)
    return str(narrate.headline(finding, picture, lang))


def _place(finding: Finding, picture: Picture, lang: Language) -> str:
    """The indicator and the region's place; the figure against the country where there is none."""
    label = words.capital(said.indicator(finding, picture).label[lang])
    m = finding.metrics
    if m["rank"].value is None:
        return str(narrate.headline(finding, picture, lang))
    place, low, high, n = (
        int(m[k].value or 0) for k in ("rank", "rank_low", "rank_high", "rank_n")
    )
    rank = words.rank_text(place, low, high, n, lang)
    region = narrate.place(picture.region.code, lang).genitive
    return said.say("strip_title", lang, name=label, region=region, rank=rank)


def _ends(finding: Finding, picture: Picture, lang: Language) -> str:
    """The municipality with the highest and the one with the lowest figure."""
    return _between(series.part_figures(finding), finding, picture, lang)


def _regions(finding: Finding) -> dict[str, series.Point]:
    """The latest period's figure of every region, ours among them."""
    period = finding.latest.period
    every = (series.own(finding), *finding.others)
    return {s.region: p for s in every if (p := series.at(s, period))}


def _between(
    figures: Mapping[str, series.Point], finding: Finding, picture: Picture, lang: Language
) -> str:
    """The area with the highest figure and the one with the lowest."""
    order = sorted(figures, key=lambda c: (-figures[c].y, c))
    label = words.capital(said.indicator(finding, picture).label[lang])

    def one(code: str) -> tuple[str, str]:
        value = said.value(figures[code].y, finding, picture, lang)
        return said.name(picture, code, lang), value

    (top, high), (bottom, low) = one(order[0]), one(order[-1])
    return said.say("parts_title", lang, name=label, top=top, high=high, bottom=bottom, low=low)


def _largest(found: tuple[str, float], finding: Finding, picture: Picture, lang: Language) -> str:
    """The largest age group and how many there are in it."""
    code, count = found
    group = narrate.axis_name("age", code, lang)
    value = words.number(count, said.indicator(finding, picture).decimals, lang)
    return said.say("age_title", lang, group=group, value=value)


def _changes(finding: Finding, picture: Picture, lang: Language) -> str:
    """The municipalities with the largest and the least change since the base of their index."""
    panels, _, base = multiples.parts(finding, picture)
    label = words.capital(said.indicator(finding, picture).label[lang])

    def one(panel: multiples.Panel) -> tuple[str, str]:
        moved = panel.pieces[-1][-1].y - 100
        places = 0 if abs(moved) >= 1 else 1
        name = said.name(picture, panel.area.region, lang)
        return name, words.percent(moved, places, lang, sign=True)

    (top, high), (bottom, low) = one(panels[0]), one(panels[-1])
    return said.say(
        "changes_title",
        lang,
        name=label,
        since=words.period(base or "", lang, "from"),
        top=top,
        high=high,
        bottom=bottom,
        low=low,
    )


def _subtitle(kind: str, finding: Finding, picture: Picture, lang: Language) -> str:
    """What is measured, in what unit, when: the latest period alone where only it is drawn."""
    if kind in _LATEST or kind in ("parts", "map_parts"):
        figures = series.part_figures(finding) if kind in _PARTS else {}
        period = next(iter(figures.values())).period if figures else finding.latest.period
        return _measured(
            finding,
            picture,
            lang,
            said.unit_label(finding, picture, lang),
            words.period(period, lang),
        )
    if kind in _ANALYSED:
        unit = said.unit_label(finding, picture, lang)
        span = _analysed_span(finding, picture, lang)
        told = said.indicator(finding, picture).names[lang].endswith(f" {span}")
        said_so = _measured(finding, picture, lang, unit, span)
        # A name that ends with its years does not say them twice.
        return said_so.removesuffix(f", {span}") if told else said_so
    if kind == "multiples":
        panels, _, base = multiples.parts(finding, picture)
        drawn = sorted((p.x, p.period) for n in panels for piece in n.pieces for p in piece)
        unit = said.unit_label(finding, picture, lang)
        return _measured(
            finding,
            picture,
            lang,
            said.say("index_unit", lang) if base else unit,
            words.period_range(drawn[0][1], drawn[-1][1], lang),
        )
    if kind == "index":
        ends = finding.metrics["index"].period.split("/")
        half = len(ends) // 2
        first = series.own(finding).periods[0]
        span = words.period_range(first, "/".join(ends[half:]), lang)
        base = said.short(series.index_base(finding), lang)
        return _measured(finding, picture, lang, said.say("index_unit_base", lang, base=base), span)
    return str(narrate.subtitle(finding, picture, lang))


def _analysed_span(finding: Finding, picture: Picture, lang: Language) -> str:
    """The year of a gap, the years of a change, from the first crisis to the last."""
    last = max(s.periods[-1] for s in finding.profile)
    analysis = said.indicator(finding, picture).analysis
    if analysis is not None and analysis.base:
        return words.period_range(analysis.base, last, lang)
    first = min(s.periods[-1] for s in finding.profile)
    return words.period_range(first, last, lang) if first < last else words.period(last, lang)


def _measured(finding: Finding, picture: Picture, lang: Language, unit: str, span: str) -> str:
    indicator = said.indicator(finding, picture)
    name = indicator.names[lang]
    indexed = unit.startswith(said.say("index_unit", lang))
    plain = indicator.unit in ("count", "ratio", "index") and not indexed
    bare = not unit or unit in name or plain
    key = "subtitle.bare" if bare else "subtitle.full"
    return words.message(key, lang, name=name, unit=unit, range=span)


def _alt(kind: str, finding: Finding, picture: Picture, lang: Language) -> str:
    if kind == "index":
        return str(narrate.alt_index(finding, picture, lang, series.index_base(finding)))
    alt = {
        "line": narrate.alt_line,
        "strip": narrate.alt_strip,
        "map": narrate.alt_map,
        "multiples": narrate.alt_multiples,
        "parts": narrate.alt_bars,
        "map_parts": narrate.alt_map_parts,
        "target": narrate.alt_target,
        "age": narrate.alt_age,
        "bars": narrate.alt_age,
        "decomposition": narrate.alt_parts,
        "quotients": narrate.alt_quotients,
    }[kind]
    return _text(alt(finding, picture, lang))


def _text(found: object) -> str:
    return getattr(found, "text", None) or str(found)
