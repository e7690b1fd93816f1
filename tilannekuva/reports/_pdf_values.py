"""The document as plain values: what the page is made of, ordered for paper.

Numbers, sentences and tables come from the same rooms as those of the page (``_page``,
``_chapters``, ``_annex``, ``_cells``), so the two cannot differ.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tilannekuva.model import Language, Picture
from tilannekuva.reports import _annex, _cells, _chapters, _experts, _missing, _page
from tilannekuva.reports._chapters import Charts
from tilannekuva.reports._pdf_cover import cover_map
from tilannekuva.reports._pdf_drawn import Drawn, cards, figure
from tilannekuva.reports._pdf_tables import Column, Notes, numbers, printed, table, text
from tilannekuva.reports._pdf_words import said
from tilannekuva.reports._rich import blocks
from tilannekuva.storyboard import Drawing, Storyboard, fresh

__all__ = ["Drawn", "cards", "common", "compact", "document", "figure"]

_CARDS = 4
"""Key figures of a chapter without charts."""


def common(picture: Picture, lang: Language) -> dict[str, Any]:
    """What every kind of document has: language, dates, running head, words."""
    head = _page.head(picture, lang)
    say = _annex.sayer(lang)
    day = dt.date.fromisoformat(picture.as_of)
    return {
        "lang": lang, "year": day.year, "month": day.month, "day": day.day,
        "region": picture.region.names[lang], "title": head["title"], "date": head["date"],
        "what": head["what"], "facts": [list(f) for f in head["facts"]],
        "eyebrow": say("eyebrow"), "notice": say("notice"),
        "footer": say("footer", title=head["title"], date=head["date"]),
        "words": {
            "figure": said("figure", lang), "table": said("table", lang),
            "page": said("page", lang, n="{}"),
            **{k: say(k) for k in ("contents", "summary", "key_figures", "elsewhere", "questions",
                                   "section_gaps", "assessments", "caveats", "changes", "unknown",
                                   "sources", "formulas", "method", "boundaries",
                                   "accessibility", "compact_title", "assessments_note",
                                   "commentary", "outcomes", "outcomes_note",
                                   "section_gaps_more", "tables", "tables_intro")},
        },
    }  # fmt: skip


def document(
    picture: Picture, story: Storyboard, lang: Language, charts: Charts, drawn: Drawn
) -> dict[str, Any]:
    """The whole document.

    Args:
        picture: What is told.
        story: Its storyboard.
        lang: Language.
        charts: The charts of the story.
        drawn: Takes every drawing that the values name.
    """
    say = _annex.sayer(lang)
    chapters = _chapters.chapters(story, picture, lang, charts, panels=False)
    cover = cover_map(picture)
    if cover is not None:
        drawn.files["cover.svg"] = cover
    unknown = [say("unknown_intro")]
    if not picture.assessments:
        unknown.append(say("unknown_assessments"))
    return {
        **common(picture, lang),
        "cover": cover is not None,
        "contents": _contents(story, lang, tables=any(map(_after, chapters))),
        "summary": [{"parts": [list(p) for p in s["parts"]]} for s in _page.summary(picture, lang)],
        "legend": _legend(picture, lang, drawn),
        "cards": cards(story, picture, lang, drawn),
        "chapters": [
            {
                **_chapter(c, lang, charts, drawn),
                "gaps": [g._asdict() for g in c["gaps"]],
                "cards": _large(c, story, picture, lang, drawn),
            }
            for c in chapters
        ],
        "changes": _changes(picture, lang),
        "unknown": {
            "intro": unknown, "outcomes": _experts.outcomes(picture, lang),
            "groups": [_gaps(g, say) for g in _annex.gaps(picture, lang)],
        },
        "sources": {
            "intro": say("sources_intro"),
            "groups": [_sources(s, say) for s in _annex.sources(picture, lang)],
            "formulas": _formulas(picture, lang), "sums": _annex.sums(picture, lang),
        },
        "attachments": {
            "name": said("attachments", lang), "intro": said("attachments_intro", lang),
            "files": [
                {"file": "figures.csv", "mime": "text/csv", "text": said("attached_figures", lang)},
                {"file": "lock.json", "mime": "application/json",
                 "text": said("attached_lock", lang)},
            ],
        },
        "method": [list(m) for m in _annex.method(picture, lang)],
        "boundaries": _annex.boundaries(picture, lang),
        "accessibility": [said(f"accessibility.{k}", lang)
                          for k in ("one", "two", "three", "four")],
    }  # fmt: skip


def _after(chapter: Mapping[str, Any]) -> bool:
    """Whether something of a chapter stands among the tables after all chapters."""
    return _chapters.table_apart(chapter) or bool(chapter["caveats"])


def _contents(story: Storyboard, lang: Language, *, tables: bool) -> list[dict[str, Any]]:
    """Groups of chapters by the anchors of the page; the last one begins with the tables."""
    found = [
        {"name": g["name"], "ids": [x["href"].removeprefix("#") for x in g["links"]]}
        for g in _page.contents(story, lang)
    ]
    if tables:
        found[-1]["ids"].insert(0, "page-tables")
    return found


# ---------------------------------------------------------------- front


def _legend(picture: Picture, lang: Language, drawn: Drawn) -> list[dict[str, str]]:
    return [
        {"file": drawn.keep(f"sign-{n}", str(x["svg"])), "text": x["text"]}
        for n, x in enumerate(_page.legend(picture, lang))
    ]


# ---------------------------------------------------------------- chapters


def _chapter(
    chapter: Mapping[str, Any], lang: Language, charts: Charts, drawn: Drawn
) -> dict[str, Any]:
    shown = {_chapters.chart_id(Drawing(*key)): chart for key, chart in charts.items()}

    def drawing(f: Mapping[str, Any]) -> dict[str, Any]:
        return figure(f, shown[f["id"]].alt, drawn)

    figures = [drawing(f) for f in chapter["figures"]]
    lead = None
    if chapter["lead"]:
        first = drawing(chapter["lead"]["figure"])
        lead = {"headline": first["title"], "figure": {**first, "title": ""},
                "sentences": chapter["lead"]["sentences"]}  # fmt: skip
    elif chapter["opening"]:
        beside = figures.pop(0) if figures and not figures[0]["tall"] else None
        lead = {**{k: chapter["opening"][k] for k in ("headline", "sentences")}, "figure": beside}
    tall = [f for f in figures if f["tall"]]
    if chapter["heat"]:
        heat = drawing(chapter["heat"])
        tall, figures = ([*tall, heat], figures) if heat["tall"] else (tall, [*figures, heat])
    return {
        "story": chapter["id"] != _chapters.REST, "apart": _chapters.table_apart(chapter),
        **{k: chapter[k] for k in ("id", "eyebrow", "name", "question", "questions",
                                   "assessments")},
        "notes": [list(n) for n in _missing.merged_notes(
            (x["name"], x["text"]) for x in chapter["caveats"])],
        "commentary": _commentary(chapter["commentary"]),
        "lead": lead, "figures": [f for f in figures if not f["tall"]], "tall": tall,
        "elsewhere": [{**e, "id": e["href"].removeprefix("#")} for e in chapter["elsewhere"]],
        "table": compact(chapter["rows"], chapter["columns"], chapter["name"], lang),
        "tiles": _tiles(chapter["dashboard"], lang),
    }  # fmt: skip


def _large(
    chapter: Mapping[str, Any], story: Storyboard, picture: Picture, lang: Language, drawn: Drawn
) -> list[dict[str, Any]]:
    """Figures shown large where a chapter has no chart; what opens it has been said."""
    if chapter["lead"] or chapter["figures"] or not chapter["opening"]:
        return []
    rows = [r["id"] for r in chapter["rows"] if r["id"] != chapter["opening"]["id"]]
    known = [r for r in rows if fresh(picture.findings[r])]
    made = cards(story._replace(cards=tuple(known[:_CARDS])), picture, lang, drawn)
    # Why there is no change or place is said in the table below, once.
    return [
        {
            **c,
            "change": c["change"] if c["spark"] else "",
            "place": c["place"] if c["strip"] else "",
        }
        for c in made
    ]


def _commentary(found: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The group's own text on a chapter."""
    if found is None:
        return None
    return {"blocks": blocks(str(found["html"])), "dated": found["dated"]}


def _tiles(dashboard: Mapping[str, Any] | None, lang: Language) -> dict[str, Any] | None:
    """The proxies of a dashboard as their table: on paper it says all that the tiles do."""
    if dashboard is None:
        return None
    say = _annex.sayer(lang)
    return {"name": say("tiles"), "intro": say("tiles_note"),
            "table": printed(dashboard["table"])}  # fmt: skip


def compact(
    rows: Sequence[Mapping[str, Any]], shown: Mapping[str, bool], name: str, lang: Language
) -> Mapping[str, Any] | None:
    """The table of a chapter: one row an indicator."""
    if not rows:
        return None
    say, notes = _annex.sayer(lang), Notes()

    def column(key: str, cells: Iterable[_cells.Cell], *, percent: bool = True) -> None:
        columns.append(Column(say(f"column.{key}"), True))
        filled.append(numbers(cells, notes, percent=percent))

    columns = [Column(say("column.indicator"), width="1fr")]
    filled: list[list[Any]] = [
        [[text(r["name"]), *([text(r["unit"], muted=True)] if r["unit"] else [])] for r in rows]
    ]
    column("latest", (r["latest"] for r in rows), percent=False)
    columns.append(Column(say("column.period")))
    filled.append([text(r["period"]) for r in rows])
    for n, years in enumerate(_cells.YEARS):
        if shown[f"change_{years}y"]:
            column(f"change_{years}y", [r["changes"][n] for r in rows])
    for key in ("comparison", "share"):
        if shown[key]:
            column(key, [r[key] for r in rows])
    if shown["place"]:
        column("rank", [r["place"] for r in rows], percent=False)
    if shown["trend"]:
        columns.append(Column(say("column.trend"), width="17mm"))
        filled.append(
            [
                text(r["trend"].text) if r["trend"].text else numbers([r["trend"]], notes)[0]
                for r in rows
            ]
        )
    lines = [said("compact_note", lang)]
    if notes.reasons:
        lines.append(said("reasons", lang))
    lines.append("; ".join(notes.lines()) + "." if notes.lines() else "")
    caption = say("compact_caption", title=name)
    return table(caption, columns, filled, [x for x in lines if x])


# ---------------------------------------------------------------- back


def _changes(picture: Picture, lang: Language) -> dict[str, Any]:
    found = _annex.changes(picture, lang)
    groups = [
        {"name": g["name"],
         "lines": [{"name": x.name if x.href else "", "rest": x.rest} for x in g["lines"]]}
        for g in found["groups"]
    ]  # fmt: skip
    return {"intro": found["intro"], "groups": groups}


def _gaps(group: Mapping[str, Any], say: _annex.Say) -> dict[str, Any]:
    """One kind of gap: a table, or a list of names."""
    made = None
    if group["table"]:
        long = {say("column.where"): "1.2fr", say("column.missing"): "0.9fr"}
        widths = ["1fr", *(long.get(h, "snug") for h in group["head"][1:])]
        columns = [Column(h, width=w) for h, w in zip(group["head"], widths, strict=True)]
        cells: list[list[Any]] = [[text(r["name"]) for r in group["table"]]]
        for n in range(len(columns) - 1):
            cells.append([text(r["cells"][n]) for r in group["table"]])
        made = table(group["caption"], columns, cells)
    return {"name": group["name"], "intro": group["intro"], "table": made,
            "list": [r["name"] for r in group["list"]]}  # fmt: skip


def _sources(group: Mapping[str, Any], say: _annex.Say) -> dict[str, Any]:
    """The tables of one publisher."""
    columns = [
        Column(say("column.table"), width="23mm"), Column(say("column.title"), width="1.2fr"),
        Column(say("column.vintage")), Column(say("column.licence"), width="22mm"),
        Column(say("column.used_by"), width="1fr"),
    ]  # fmt: skip
    rows = group["rows"]
    cells: list[list[Any]] = [
        [text(r.table, href=r.href) for r in rows],
        [
            [
                text(r.title, lang=r.lang),
                *([text(r.note, muted=True)] if r.note else []),
                *([text(r.own_note, lang="en", muted=True)] if r.own_note else []),
            ]
            for r in rows
        ],
        [text(r.vintage) for r in rows],
        [text(r.licence) for r in rows],
        [text(", ".join(u["name"] for u in r.used)) for r in rows],
    ]
    return {"name": group["publisher"], "table": table(group["caption"], columns, cells)}


def _formulas(picture: Picture, lang: Language) -> dict[str, Any] | None:
    found = _annex.formulas(picture, lang)
    if not found:
        return None
    say = _annex.sayer(lang)
    columns = [Column(say("column.indicator"), width="1fr"),
               Column(say("column.formula"), width="1.5fr")]  # fmt: skip
    cells = [[text(f["name"]) for f in found], [text(f["text"], lang="en") for f in found]]
    return {"intro": say("formulas_intro"), "table": table(say("formulas_caption"), columns, cells)}
