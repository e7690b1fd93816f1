"""The theme brief as plain values: two pages for the people round one table."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from tilannekuva import charts as drawing
from tilannekuva import narrate
from tilannekuva.errors import ReportError
from tilannekuva.model import Language, Picture
from tilannekuva.reports import _annex, _chapters, _pdf_values
from tilannekuva.reports._chapters import Charts
from tilannekuva.reports._pdf_words import said
from tilannekuva.storyboard import Scene, Storyboard, fresh

__all__ = ["PAGES", "Fill", "brief", "draw", "fullest", "scene_of"]

PAGES = 2
_CARDS, _FINDINGS = 4, 3


class Fill(NamedTuple):
    """How much is put on the two pages: the first has sentences, the second charts and a table."""

    sentences: int
    charts: int
    table: bool


BARE = Fill(0, 0, False)
_SENTENCES = (5, 4, 3, 2, 1)
_SECOND = ((4, True), (2, True), (4, False), (2, False), (1, False))


def fullest(fits: Callable[[Fill], bool]) -> Fill:
    """The fullest two pages that fit; each page is looked at by itself.

    >>> fullest(lambda f: f.sentences <= 3 and f.charts + 4 * f.table <= 4)
    Fill(sentences=3, charts=4, table=False)
    """
    first = (BARE._replace(sentences=n) for n in _SENTENCES)
    begun = next(filter(fits, first), BARE)
    second = (begun._replace(charts=n, table=t) for n, t in _SECOND)
    return next(filter(fits, second), begun)


def scene_of(story: Storyboard, section: str) -> Scene:
    """The scene of a theme or a chapter.

    Raises:
        ReportError: There is no such section; the nearest one is named.
    """
    known = {s.section.id: s for s in story.scenes}
    if section not in known:
        near = difflib.get_close_matches(section, known, 1, 0.3)
        hint = f"did you mean '{near[0]}'? " if near else ""
        raise ReportError(f"no theme '{section}'; {hint}known: {', '.join(known)}")
    return known[section]


def draw(scene: Scene, picture: Picture, lang: Language) -> Charts:
    """The charts of one scene."""
    return {
        (d.subject, d.kind): drawing.draw(
            d.kind,
            scene.section if d.kind == "heatmap" else picture.findings[d.subject],
            picture,
            lang,
        )
        for d in scene.drawings
    }


def brief(
    picture: Picture, story: Storyboard, scene: Scene, lang: Language, charts: Charts,
    drawn: _pdf_values.Drawn,
) -> dict[str, Any]:  # fmt: skip
    """All that a brief may hold; the template takes as much of it as ``fill`` says."""
    say = _annex.sayer(lang)
    alone = scene._replace(elsewhere=())
    chapter = _chapters.chapters(
        story._replace(scenes=(alone,), rest=()), picture, lang, charts, panels=False
    )[0]  # fmt: skip
    chosen = _chosen(picture, scene)
    first = [chapter["lead"]["figure"]] if chapter["lead"] else []
    figures = [
        _pdf_values.figure(f, charts[d.subject, d.kind].alt, drawn)
        for f, d in zip(
            [*first, *chapter["figures"]],
            [d for d in scene.drawings if d.kind != "heatmap"],
            strict=True,
        )
    ]
    values = _pdf_values.common(picture, lang)
    title = values["title"]
    return {
        **values,
        "eyebrow": f"{said('brief', lang)} · {chapter['eyebrow']}",
        "name": chapter["name"], "question": chapter["question"],
        "document-title": f"{title}, {values['date']}: {chapter['name']}",
        "cards": _pdf_values.cards(
            story._replace(cards=tuple(chosen[:_CARDS])), picture, lang, drawn
        ),
        "findings": [_told(picture, i, lang) for i in chosen[:_FINDINGS]],
        "figures": [f for f in figures if not f["tall"]],
        "table": _pdf_values.compact(chapter["rows"], chapter["columns"], chapter["name"], lang),
        "gaps": chapter["gaps"] or [said("nothing_missing", lang)],
        "assessments": chapter["assessments"],
        "questions": chapter["questions"] or [said("no_questions", lang)],
        "headings": {
            "key_figures": say("key_figures"), "unknown": say("unknown"),
            "findings": said("three_findings" if len(chosen) >= _FINDINGS else "findings", lang),
            "questions": said("discussion", lang), "assessments": say("assessments"),
            "table": say("compact_title"),
        },
        "no_key_figures": said("no_key_figures", lang),
        "whole": said("whole", lang, title=title, date=values["date"]),
        "attachments": [
            {"file": "figures.csv", "mime": "text/csv", "text": said("attached_figures", lang)}
        ],
    }  # fmt: skip


def _chosen(picture: Picture, scene: Scene) -> list[str]:
    """Fresh figures of the theme, those that carry the argument first, then what has a rank."""
    findings = picture.findings
    lead = [i for i in (scene.lead, *scene.section.lead) if i is not None and i in findings]
    ranked = [i for i in scene.table if _has(findings[i].metrics.get("rank"))]
    return [i for i in dict.fromkeys([*lead, *ranked, *scene.table]) if fresh(findings[i])]


def _has(measured: Any) -> bool:
    return measured is not None and measured.value is not None


def _told(picture: Picture, indicator: str, lang: Language) -> dict[str, Any]:
    """A headline and the sentences under it; what the headline says is not said twice."""
    finding = picture.findings[indicator]
    headline = narrate.headline(finding, picture, lang)
    sentences: Sequence[str] = [s.text for s in narrate.sentences(finding, picture, lang)]
    if sentences and headline.startswith(sentences[0].rstrip(".")):
        sentences = sentences[1:]
    return {"headline": headline, "sentences": list(sentences),
            "source": narrate.source_line(finding, picture, lang)}  # fmt: skip
