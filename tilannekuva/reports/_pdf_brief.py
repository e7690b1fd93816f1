"""The theme brief as plain values: two pages for the people round one table."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from tilannekuva import charts as drawing
from tilannekuva import narrate
from tilannekuva.errors import ReportError
from tilannekuva.model import Language, Picture
from tilannekuva.reports import _annex, _chapters, _findings, _missing, _pdf_values
from tilannekuva.reports._chapters import Charts
from tilannekuva.reports._pdf_words import said
from tilannekuva.storyboard import Scene, Storyboard, fresh

__all__ = ["PAGES", "Fill", "brief", "draw", "fullest", "scene_of"]

PAGES = 2
_CARDS, _FINDINGS = 4, 3


class Fill(NamedTuple):
    """How much is put on the two pages: the first has sentences, the second the rest."""

    sentences: int
    charts: int
    table: bool
    experts: int = 0
    """Which of the rooms for the experts' half; the first is the largest."""
    notes: bool = False


_SENTENCES = (5, 4, 3, 2, 1)
_ALONE = ((4, True, True), (4, True, False), (2, True, False), (4, False, False), (2, False, False),
          (1, False, False))  # fmt: skip
_BESIDE = ((4, True, False), (2, True, False), (2, False, False))


def fullest(fits: Callable[[Fill], bool], rooms: int = 1) -> Fill:
    """The fullest two pages that fit; each page is looked at by itself.

    The experts' words come before a table and before a third and fourth chart.

    Args:
        fits: Whether so much stays on two pages.
        rooms: How many rooms there are to try for the experts' half; one where they said nothing.

    >>> fullest(lambda f: f.sentences <= 3 and f.charts + 4 * f.table <= 4)
    Fill(sentences=3, charts=4, table=False, experts=0, notes=False)
    """
    bare = Fill(0, 0, False, rooms - 1)
    first = (bare._replace(sentences=n) for n in _SENTENCES)
    begun = next(filter(fits, first), bare)
    tries = [(c, 0) for c in (_ALONE if rooms == 1 else _BESIDE)]
    tries += [((2, False, False), n) for n in range(1, rooms)]
    tries += [((1, False, False), n) for n in range(rooms if rooms > 1 else 0)]
    tries += [((0, False, False), n) for n in range(rooms)]
    second = (
        begun._replace(charts=n, table=table, notes=notes, experts=room)
        for (n, table, notes), room in tries
    )
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
    """All that a brief may hold but the experts' half; the template takes what ``fill`` says."""
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
    figures = [f for f in figures if not f["tall"]]
    told = chosen[:_FINDINGS]
    missing = _missing.missing(scene.gaps, picture, lang)
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
        **_told(picture, told, lang),
        "figures": figures,
        "table": _pdf_values.compact(chapter["rows"], chapter["columns"], chapter["name"], lang),
        "gaps": [g._asdict() for g in missing],
        "nothing_missing": "" if missing else said("nothing_missing", lang),
        "notes": [list(n) for n in _missing.merged_notes(
            (x["name"], x["text"]) for x in chapter["caveats"])],
        "questions": chapter["questions"] or [said("no_questions", lang)],
        "headings": {
            "key_figures": say("key_figures"), "unknown": say("unknown"),
            "findings": said("three_findings" if len(told) == _FINDINGS else "findings", lang),
            "questions": said("discussion", lang), "assessments": say("assessments"),
            "table": say("compact_title"), "commentary": say("commentary"),
            "notes": say("caveats"),
        },
        "assessments_note": say("assessments_note"),
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


def _told(picture: Picture, chosen: Sequence[str], lang: Language) -> dict[str, Any]:
    """Headlines and the sentences under them, and what is said of all of them once."""
    told = [_findings.told(i, picture, lang) for i in chosen]
    said, of_all = _findings.compared([t.sentences for t in told], lang)
    return {
        "findings": [
            {"headline": t.headline, "sentences": list(sentences),
             "source": narrate.source_line(picture.findings[t.indicator], picture, lang)}
            for t, sentences in zip(told, said, strict=True)
        ],
        "of-all": of_all,
    }  # fmt: skip
