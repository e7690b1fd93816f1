"""Chapters as plain values: the lead, charts with their tables, the compact table, details."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from tilannekuva import narrate, words
from tilannekuva.charts import Chart
from tilannekuva.model import Finding, Language, Picture
from tilannekuva.reports import _cells, _chain, _experts
from tilannekuva.reports._annex import name_of, sayer, section_id
from tilannekuva.reports._missing import missing
from tilannekuva.reports._tables import chart_table, group_table, series_table
from tilannekuva.reports._tiles import dashboard
from tilannekuva.storyboard import STALE_MONTHS, Drawing, Scene, Storyboard

__all__ = ["REST", "Charts", "chapters", "table_apart"]

REST = "page-rest"
"""Anchor of the indicators that no chapter names."""

Charts = Mapping[tuple[str, str], Chart]
"""``(subject, kind)`` → chart, as :func:`tilannekuva.storyboard.draw_all` gives them."""

Origins = Mapping[str, tuple[_chain.Part, ...]] | None
"""Indicator → where its latest figure comes from; None where there are no panels to say it in."""


def chapters(
    story: Storyboard, picture: Picture, lang: Language, charts: Charts, *, panels: bool = True
) -> list[dict[str, Any]]:
    """Every chapter, and one more for the indicators that no chapter names.

    Args:
        story: What is told in which order.
        picture: What is told.
        lang: Language.
        charts: The charts of the story.
        panels: Also what stands in the page's panels: tables under charts, details of indicators.
            What is printed has no panels, and following every chain takes half of the time.
    """
    drawn = {d: s.section.names[lang] for s in story.scenes for d in s.drawings}
    about: dict[str, list[Drawing]] = {}
    for d in drawn:
        about.setdefault(d.subject, []).append(d)
    origins = _chain.chains(picture, lang) if panels else None
    found = [_chapter(s, picture, lang, charts, about, origins) for s in story.scenes]
    if story.rest:
        say = sayer(lang)
        found.append({
            "id": REST, "eyebrow": "", "name": say("rest"),
            "question": say("rest_question"), "lead": None, "opening": None, "figures": [],
            "heat": None, "dashboard": None, "elsewhere": [], "assessments": [],
            "commentary": None, "gaps": [], "questions": [],
            **_numbers(story.rest, story.rest, picture, lang, about, origins),
        })  # fmt: skip
    return found


def table_apart(chapter: Mapping[str, Any]) -> bool:
    """Whether the table of a chapter stands after the chapters in a document of pages.

    A chapter that has no charts is its table. The others are told by charts and text; their tables
    follow one another, so that no chapter ends with some rows on a page of their own.
    """
    told = chapter["id"] != REST
    return not told or bool(chapter["lead"] or chapter["figures"] or chapter["heat"])


def _chapter(
    scene: Scene,
    picture: Picture,
    lang: Language,
    charts: Charts,
    about: Mapping[str, list[Drawing]],
    origins: Origins,
) -> dict[str, Any]:
    say = sayer(lang)
    section = scene.section
    drawn = [
        (d.kind == "heatmap", _figure(d, picture, lang, charts, table=origins is not None))
        for d in scene.drawings
    ]
    heat, figures = ([f for hot, f in drawn if hot is wanted] for wanted in (True, False))
    lead = opening = None
    if scene.lead is not None:
        finding = picture.findings[scene.lead]
        headline = narrate.headline(finding, picture, lang)
        said = [s.text for s in narrate.sentences(finding, picture, lang)]
        # A headline that is the first sentence is not said twice.
        said = said[1:] if said and headline.startswith(said[0].rstrip(".")) else said
        if stale(finding):  # an old figure that opens a chapter is called old at once
            period = words.period(finding.latest.period, lang)
            said = [say("stale_lead", period=period), *said]
        if figures and _tells(scene.drawings[0], scene.lead):
            lead = {"figure": figures.pop(0), "sentences": said}
        else:
            opening = {"id": scene.lead, "sentences": said, "headline": headline}
    number = say("theme_number" if scene.cut.kind == "themes" else "chapter_number", n=scene.number)
    names = {s.id: s.names[lang] for c in picture.cuts for s in c.sections}
    elsewhere = [
        {
            "href": f"#{chart_id(e.drawing)}",
            "title": charts[e.drawing.subject, e.drawing.kind].title,
            "where": say("elsewhere_in", name=names[e.section]),
        }
        for e in scene.elsewhere
    ]
    return {
        "id": section_id(section.id), "eyebrow": f"{scene.cut.names[lang]} · {number}",
        "name": section.names[lang], "question": section.question[lang] if section.question else "",
        "lead": lead, "opening": opening, "figures": figures, "heat": heat[0] if heat else None,
        "elsewhere": elsewhere, "dashboard": dashboard(section, picture, lang),
        "assessments": _experts.judgements(scene.assessments, picture, lang),
        "commentary": _experts.commentary(section.id, picture, lang),
        "gaps": missing(scene.gaps, picture, lang),
        "questions": [q[lang] for q in section.questions],
        **_numbers(scene.table, scene.home, picture, lang, about, origins),
    }  # fmt: skip


def _tells(drawing: Drawing, lead: str) -> bool:
    """Whether a chart has the lead finding as its title; a strip or a map has another."""
    return drawing.subject == lead and drawing.kind in ("line", "index", "target", "age")


def chart_id(drawing: Drawing) -> str:
    """Anchor of a chart."""
    return f"chart-{drawing.subject}-{drawing.kind}"


def _figure(
    drawing: Drawing, picture: Picture, lang: Language, charts: Charts, *, table: bool
) -> dict[str, Any]:
    say = sayer(lang)
    chart = charts[drawing.subject, drawing.kind]
    about = drawing.subject if drawing.kind != "heatmap" else ""
    return {
        "id": chart_id(drawing), "title": chart.title, "subtitle": chart.subtitle,
        "source": chart.source, "about": about,
        "table": chart_table(chart, picture) if table else None,
        "name": name_of(picture, about, lang) if about else "",
        # The chart escapes the texts that it writes into its own drawing.
        # The heading says what the drawing shows: its name for screen readers only says which kind.
        "svg": Markup(
            chart.svg(
                name=say("svg_title", kind=say(f"kind.{drawing.kind}"))
            ).decode()
        ),
    }  # fmt: skip


# ---------------------------------------------------------------- tables and details


def _numbers(
    table: Sequence[str], home: Sequence[str], picture: Picture, lang: Language,
    about: Mapping[str, list[Drawing]], origins: Origins,
) -> dict[str, Any]:  # fmt: skip
    rows = [_row(picture.findings[i], picture, lang) for i in table]
    marks = {}
    for r in rows:
        for c in (r["latest"], *r["changes"], r["comparison"], r["share"], r["place"]):
            if c.mark:
                marks[c.mark] = c.status
    details = [] if origins is None else [
        {**_detail(picture.findings[i], picture, lang, about.get(i, ())),
         "chain": origins.get(i, ())}
        for i in home
    ]  # fmt: skip
    notes = ((i, [c[lang] for c in picture.indicators[i].caveats]) for i in home)
    return {
        "rows": rows, "columns": _columns(rows),
        "marks": [{"mark": k, "name": v} for k, v in sorted(marks.items())],
        "details": details,
        # A closed panel is not printed; what a reader must know of its figures is.
        "caveats": [
            {"name": name_of(picture, i, lang), "text": " ".join(said)} for i, said in notes if said
        ],
    }  # fmt: skip


def _columns(rows: Sequence[Mapping[str, Any]]) -> dict[str, bool]:
    """Which columns of the compact table have a figure in any row; the others are left out."""
    shown = {
        f"change_{y}y": any(r["changes"][n].text for r in rows) for n, y in enumerate(_cells.YEARS)
    }
    for key in ("comparison", "share", "place", "trend"):
        shown[key] = any(r[key].text for r in rows)
    return shown


def stale(finding: Finding) -> bool:
    """Whether the newest figure is more than five years old."""
    age = finding.metrics.get("age_months")
    return age is not None and age.value is not None and age.value > STALE_MONTHS


def _row(finding: Finding, picture: Picture, lang: Language) -> dict[str, Any]:
    changes = [_cells.change(finding, picture, lang, y) for y in _cells.YEARS]
    return {
        "id": finding.indicator,
        "name": words.capital(picture.indicators[finding.indicator].label[lang]),
        "latest": _cells.latest(finding, picture, lang), "unit": _unit(finding, picture, lang),
        "period": words.period(finding.latest.period, lang), "stale": stale(finding),
        "changes": changes, "comparison": _cells.comparison(finding, picture, lang),
        "share": _cells.share(finding, picture, lang),
        "place": _cells.place(finding, picture, lang),
        "trend": _cells.direction(finding, picture, lang),
    }  # fmt: skip


def _unit(finding: Finding, picture: Picture, lang: Language) -> str:
    """The unit beside a name; nothing for what is only counted or has none."""
    unit = picture.units[picture.indicators[finding.indicator].unit]
    if unit.id == "thousand_persons":  # the cells hold the whole number
        unit = picture.units["persons"]
    return "" if unit.id in ("count", "index", "ratio") else unit.label[lang]


def _detail(
    finding: Finding, picture: Picture, lang: Language, drawings: Sequence[Drawing]
) -> dict[str, Any]:
    say = sayer(lang)
    indicator = picture.indicators[finding.indicator]
    name = name_of(picture, finding.indicator, lang)
    card = narrate.card(finding, picture, lang)
    now = f"{card.quantity}, {card.period}" if card.value else card.period
    # What is known by group only has no figure for a mark to stand beside.
    marks = card.marks if card.value else (_cells.latest(finding, picture, lang).reason,)
    said = [s.text for s in narrate.sentences(finding, picture, lang)]
    return {
        "id": finding.indicator, "name": name, "now": ", ".join([now, *marks]),
        "sentences": said, "notes": [c[lang] for c in indicator.caveats],
        "source": narrate.source_line(finding, picture, lang),
        "charts": [{"href": f"#{chart_id(d)}", "name": say(f"kind.{d.kind}")} for d in drawings],
        "label": say("facts_caption", name=name), "caption": say("facts_caption", name=name),
        "lines": _cells.lines(finding, picture, lang),
        "figures": series_table(finding, picture, lang),
        "groups": group_table(finding, picture, lang),
    }  # fmt: skip
