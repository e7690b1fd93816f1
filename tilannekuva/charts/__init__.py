"""Charts: a finding (or a section of a cut) in, a :class:`Chart` out.

``choose`` says which kinds suit a finding, ``draw`` draws one. The only room that knows matplotlib,
which is imported when something is drawn. From the front to the back: ``titles`` (texts around a
chart), ``choosing``, one module a kind (``line``, ``strip``, ``maps``, ``multiples``, ``bars``,
``target``, ``age``, ``decomposition``, ``quotients``, ``heatmap``), ``axes`` and ``labels`` (parts
they share), ``series`` (what of a finding is drawn), ``paper`` (marks on a sheet in pixels),
``style`` (colours, sizes, type).
"""

from __future__ import annotations

import difflib

from tilannekuva.charts import (
    age,
    bars,
    decomposition,
    heat_rows,
    heatmap,
    line,
    maps,
    multiples,
    quotients,
    strip,
    target,
    titles,
)
from tilannekuva.charts.chart import Chart
from tilannekuva.charts.choosing import KINDS, choose, choose_section
from tilannekuva.charts.paper import Drawing
from tilannekuva.errors import ReportError
from tilannekuva.model import Finding, Language, Picture, Section

__all__ = ["KINDS", "Chart", "choose", "choose_section", "draw"]


def draw(kind: str, what: Finding | Section, picture: Picture, lang: Language) -> Chart:
    """Draw one chart.

    Args:
        kind: One of :data:`KINDS`; ``heatmap`` for a section, the others for a finding.
        what: The finding, or the section.
        picture: The picture that it belongs to.
        lang: Language of every word in it.

    Returns:
        The chart with its texts and its data.

    Raises:
        ReportError: There is no such kind, or it does not suit: the message says what would.
    """
    if kind not in KINDS:
        near = difflib.get_close_matches(kind, KINDS, 1)
        hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(KINDS)}"
        raise ReportError(f"no chart of kind '{kind}'; {hint}")
    if isinstance(what, Section):
        return _of_section(kind, what, picture, lang)
    able = choose(what, picture)
    if kind not in able:
        use = f"use one of {', '.join(able)}" if able else "it has too few figures for any chart"
        raise ReportError(f"{what.indicator}: the figures do not make a '{kind}' chart; {use}")
    drawing = _drawing(kind, what, picture, lang)
    around = titles.of_finding(kind, what, picture, lang)
    return Chart(what.indicator, kind, lang, *around, drawing.data, drawing.paint)


def _of_section(kind: str, section: Section, picture: Picture, lang: Language) -> Chart:
    if kind != "heatmap" or not choose_section(section, picture):
        raise ReportError(
            f"section {section.id}: only a heatmap can be drawn of a section, and it needs two "
            "indicators with a gap to the whole country"
        )
    rows = heat_rows.rows(section, picture, lang)
    drawing = heatmap.draw(rows, lang)
    around = titles.of_section(section, rows, picture, lang)
    return Chart(section.id, kind, lang, *around, drawing.data, drawing.paint)


def _drawing(kind: str, finding: Finding, picture: Picture, lang: Language) -> Drawing:
    if kind == "index":
        return line.draw(finding, picture, lang, indexed=True)
    kinds = {
        "line": line.draw,
        "strip": strip.draw,
        "map": maps.draw,
        "map_parts": maps.draw_parts,
        "multiples": multiples.draw,
        "parts": bars.draw_parts,
        "target": target.draw,
        "age": age.draw,
        "bars": bars.draw_profile,
        "decomposition": decomposition.draw,
        "quotients": quotients.draw,
    }
    return kinds[kind](finding, picture, lang)
