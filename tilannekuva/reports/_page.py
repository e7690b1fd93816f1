"""The front of the page as plain values: head, summary, cards, contents.

Templates only lay out what is made here; every word is from :mod:`tilannekuva.words` and
:mod:`tilannekuva.narrate`, every number through them.
"""

from __future__ import annotations

import re
from typing import Any

from markupsafe import Markup

from tilannekuva import narrate, periods, regions, words
from tilannekuva.charts import series
from tilannekuva.model import Finding, Picture
from tilannekuva.reports import _cells, _dates, _sparks
from tilannekuva.reports._annex import sayer, section_id
from tilannekuva.storyboard import Storyboard

__all__ = ["cards", "contents", "head", "legend", "summary", "title"]


# ---------------------------------------------------------------- head


def title(picture: Picture, lang: str) -> str:
    """``Kainuun tilannekuva``."""
    place = narrate.place(picture.region.code, lang)
    return words.message("page.title", lang, region=place)


def head(picture: Picture, lang: str) -> dict[str, Any]:
    """Title, what this is, and the dates."""
    say = sayer(lang)
    forms = regions.forms(picture.region.code)
    elative = forms["fi_elative"] if lang == "fi" else forms[f"{lang}_name"]
    published = (s.published_on for s in picture.snapshots.values() if s.kind != "derived")
    facts = [(say("as_of"), words.date(picture.as_of, lang))]
    if (newest := _dates.newest(published)) not in (None, picture.as_of):
        facts.append((say("newest"), words.date(str(newest), lang)))
    latest = [f.latest for f in picture.findings.values() if f.latest.value is not None]
    if latest:
        last = max(latest, key=lambda m: (periods.parse(m.period).end, m.period)).period
        facts.append((say("latest_figure"), words.period(last, lang)))
    known = say("counts_value", known=len(picture.findings), all=len(picture.indicators))
    facts.append((say("counts"), known))
    return {
        "title": title(picture, lang), "date": words.date(picture.as_of, lang),
        "what": say("what", elative=elative), "facts": facts,
    }  # fmt: skip


# ---------------------------------------------------------------- summary and cards

_PARTS = ("strength", "weakness", "bottleneck", "shock", "outlook", "changed")


def summary(picture: Picture, lang: str) -> list[dict[str, Any]]:
    """The five sentences, each in parts of a label and a text, with links to its findings."""
    labels = [words.message(f"summary.{k}", lang, claim="").rstrip(" .") for k in _PARTS]
    # The contrast holds two labels: a label begins the text or stands after a full stop.
    at = re.compile("(?:^|(?<=[.] ))(" + "|".join(map(re.escape, labels)) + ") ")
    found = []
    for s in narrate.summary(picture, lang):
        cut = at.split(s.text)
        parts = [(cut[n], cut[n + 1].strip()) for n in range(1, len(cut), 2)] or [("", s.text)]
        about = [i for i in dict.fromkeys((s.indicator, *s.also)) if i in picture.findings]
        links = [
            {"href": f"#{i}", "name": words.capital(picture.indicators[i].label[lang])}
            for i in about
        ]
        if s.kind == "changed":
            links = [{"href": "#page-changes", "name": words.message("page.changes", lang)}]
        found.append({"parts": parts, "links": links})
    return found


def legend(picture: Picture, lang: str) -> list[dict[str, Any]]:
    """How to read the strips of the cards."""
    say = sayer(lang)
    return [
        {"svg": _sparks.sign("region"), "text": picture.region.names[lang]},
        {"svg": _sparks.sign("country"), "text": say("legend_country")},
        {"svg": _sparks.sign("other"), "text": say("legend_others")},
        {"svg": _sparks.sign("open"), "text": say("legend_open")},
    ]


def cards(story: Storyboard, picture: Picture, lang: str) -> list[dict[str, Any]]:
    """The key figures."""
    return [_card(picture.findings[i], picture, lang) for i in story.cards]


def _card(finding: Finding, picture: Picture, lang: str) -> dict[str, Any]:
    say = sayer(lang)
    card = narrate.card(finding, picture, lang)
    place = _cells.place(finding, picture, lang)
    if place.text:
        said = f"{say('place', rank=place.text)} ({say('best')})"
    else:
        said = say("no_place", reason=place.reason)
    unit = card.quantity.replace(card.value, "", 1).strip() if card.value in card.quantity else ""
    before = card.quantity.startswith(card.value)
    return {
        "id": finding.indicator, "name": words.capital(card.name),
        # A unit that stands before its number ("€2,513.9 million") stays with it.
        "value": card.value if before else card.quantity, "unit": unit if before else "",
        "when": card.period, "marks": card.marks, "change": words.capital(card.change),
        "spark": _spark(finding, picture, lang), "strip": _strip(finding, picture, lang),
        "place": said, "better": _better(finding, picture, lang),
    }  # fmt: skip


def _spark(finding: Finding, picture: Picture, lang: str) -> Markup:
    found, usual = _comparable(finding)
    if not found:
        return Markup("")
    cut = series.cuts(finding, picture)
    pieces = [
        [_sparks.Mark(p.x, p.y, p.status in series.SURE) for p in run]
        for run in series.runs(found, usual, cut)
    ]
    decimals = picture.indicators[finding.indicator].decimals
    label = words.message(
        "page.spark_label", lang,
        first_period=words.period(found[0].period, lang),
        first=words.number(found[0].y, decimals, lang),
        last_period=words.period(found[-1].period, lang),
        last=words.number(found[-1].y, decimals, lang),
    )  # fmt: skip
    return _sparks.line(pieces, label)


def _comparable(finding: Finding) -> tuple[list[series.Point], float]:
    """What may be set side by side: the newest segment, of months and quarters one part a year.

    Returns:
        The figures up to the latest, and their usual distance in years.
    """
    points = [p for p in series.points(series.own(finding)) if p.status != "forecast"]
    if not points or finding.frequency not in ("month", "quarter", "half"):
        return points, series.step(finding)
    part = points[-1].period[4:]
    same = [p for p in points if p.period[4:] == part]
    return (same, 1.0) if len(same) > 1 else (points, series.step(finding))


def _better(finding: Finding, picture: Picture, lang: str) -> tuple[str, str]:
    """Which end of a strip is better, in words, and the side it stands on."""
    direction = picture.indicators[finding.indicator].direction
    side = {"up": "right", "down": "left"}.get(direction, "")
    return (words.message(f"chart.better_{side}", lang), side) if side else ("", "")


def _strip(finding: Finding, picture: Picture, lang: str) -> Markup:
    indicator = picture.indicators[finding.indicator]
    unit = picture.units[indicator.unit]
    period = finding.latest.period
    own = finding.latest.value
    others = [p for s in finding.others if (p := series.at(s, period))]
    if unit.extensive or own is None or not others:
        return Markup("")

    def said(value: float) -> str:
        return words.quantity(value, indicator.decimals, unit, lang)

    ticks = [_sparks.Tick(p.y, "other") for p in others] + [_sparks.Tick(own, "region")]
    country = series.at(finding.country, period)
    beside = ""
    if country is not None:
        ticks.append(_sparks.Tick(country.y, "country"))
        beside = words.message("page.strip_country", lang, value=said(country.y))
    label = words.message(
        "page.strip_label", lang, region=picture.region.names[lang], value=said(own),
        country=beside, low=said(min(p.y for p in others)), high=said(max(p.y for p in others)),
    )  # fmt: skip
    return _sparks.strip(ticks, label)


# ---------------------------------------------------------------- contents


def contents(story: Storyboard, lang: str) -> list[dict[str, Any]]:
    """Groups of links, in the order of the page."""
    say = sayer(lang)

    def places(*keys: str) -> list[dict[str, str]]:
        return [{"name": say(k), "href": f"#page-{k.replace('_', '-')}"} for k in keys]

    cuts: dict[str, list[dict[str, str]]] = {}
    for s in story.scenes:
        item = {"name": s.section.names[lang], "href": f"#{section_id(s.section.id)}"}
        cuts.setdefault(s.cut.names[lang], []).append(item)
    last = places(*(("rest",) if story.rest else ()), "changes", "unknown", "sources", "method",
                  "accessibility")  # fmt: skip
    return [
        {"name": say("contents_start"), "links": places("summary", "key_figures")},
        *({"name": name, "links": links} for name, links in cuts.items()),
        {"name": say("contents_end"), "links": last},
    ]
