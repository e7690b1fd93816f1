"""The page: one self-contained file that needs no network, no cookies and no scripts.

Rooms behind this one: ``_page`` (front), ``_chapters`` and ``_annex`` (back) turn a picture into
plain values, ``_cells`` and ``_tables`` its numbers into those of a language, ``_sparks`` draws the
two tiny drawings of a card; ``templates/`` lays all of it out.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from tilannekuva import narrate, regions, words
from tilannekuva.model import LANGUAGES, Language, Picture
from tilannekuva.reports import _annex, _cells, _chapters, _experts, _page
from tilannekuva.reports._chapters import Charts
from tilannekuva.storyboard import draw_all, storyboard

__all__ = ["render", "render_index"]

_INDEX_FIGURES = 5


def render(
    picture: Picture,
    lang: Language,
    *,
    charts: Charts | None = None,
    languages: Sequence[str] | None = None,
    downloads: Sequence[str] = (),
    briefs: Mapping[str, str] | None = None,
) -> bytes:
    """The page of a picture.

    Args:
        picture: What to show.
        lang: Language of the page.
        charts: The charts of the story in this language, when they have been drawn already.
        languages: Languages that the folder has pages of; this one alone by default.
        downloads: Names of the other files of the folder.
        briefs: Theme → file of its brief; it is offered where the theme begins.

    Returns:
        HTML in UTF-8; the same arguments give the same bytes.
    """
    story = storyboard(picture)
    drawn = draw_all(picture, lang) if charts is None else charts
    slug = regions.slug(picture.region.code)
    offered = {_annex.section_id(theme): file for theme, file in (briefs or {}).items()}
    page: dict[str, Any] = {
        **_page.head(picture, lang),
        "languages": _switch(slug, languages or (lang,)),
        "downloads": [{"href": name, "name": _download(name, lang)} for name in downloads],
        "summary": _page.summary(picture, lang),
        "legend": _page.legend(picture, lang),
        "cards": _page.cards(story, picture, lang),
        "contents": _page.contents(story, lang),
        "chapters": [
            {**c, "brief": offered.get(c["id"], "")}
            for c in _chapters.chapters(story, picture, lang, drawn)
        ],
        "changes": _annex.changes(picture, lang),
        "gaps": _annex.gaps(picture, lang),
        "assessed": bool(picture.assessments),
        "outcomes": _experts.outcomes(picture, lang),
        "sources": _annex.sources(picture, lang),
        "formulas": _annex.formulas(picture, lang),
        "sums": _annex.sums(picture, lang),
        "method": _annex.method(picture, lang),
        "boundaries": _annex.boundaries(picture, lang),
        "accessibility": _annex.accessibility(lang),
    }
    return _fill("page.html", lang, page, script=True)


def render_index(
    pictures: Sequence[Picture], lang: Language, *, languages: Sequence[str] | None = None
) -> bytes:
    """The page that leads to the pictures of several regions.

    Args:
        pictures: Pictures of one edition.
        lang: Language of the page.
        languages: Languages that the folder has index pages of.

    Returns:
        HTML in UTF-8, with links to ``<slug>/<slug>.<lang>.html``.
    """
    order = sorted(pictures, key=lambda p: p.region.names[lang])
    first = order[0]
    story = storyboard(first)
    shown = [i for i in story.cards if all(i in p.findings for p in order)][:_INDEX_FIGURES]
    columns = [
        {
            "name": words.capital(first.indicators[i].label[lang]),
            "unit": first.units[first.indicators[i].unit].label[lang],
        }
        for i in shown
    ]
    rows = []
    for p in order:
        slug = regions.slug(p.region.code)
        cells = []
        for i in shown:
            cell = _cells.latest(p.findings[i], p, lang)
            cells.append(
                {"id": i, "cell": cell, "period": words.period(p.findings[i].latest.period, lang)}
            )
        rows.append({
            "href": f"{slug}/{slug}.{lang}.html", "name": p.region.names[lang], "cells": cells,
            "known": words.message("page.counts_value", lang, known=len(p.findings),
                                   all=len(p.indicators)),
        })  # fmt: skip

    def say(key: str, **values: object) -> str:
        return words.message(f"page.index.{key}", lang, **values)

    date = words.date(first.as_of, lang)
    page: dict[str, Any] = {
        "title": say("title"), "date": date, "what": say("what", n=len(order)),
        "languages": _switch("index", languages or (lang,)), "downloads": [],
        "facts": [(words.message("page.as_of", lang), date)],
        "rows": rows, "columns": columns, "caption": say("caption", date=date),
    }  # fmt: skip
    return _fill("index.html", lang, page, script=False)


def _switch(stem: str, languages: Sequence[str]) -> list[dict[str, str]]:
    """One entry for each language that there is a page in, under its own name."""
    names = {"fi": "Suomi", "sv": "Svenska", "en": "English"}
    return [
        {"lang": x, "href": f"{stem}.{x}.html", "name": names[x]}
        for x in LANGUAGES
        if x in languages
    ]


def _download(name: str, lang: str) -> str:
    key = f"page.download.{name.rsplit('.', 1)[-1]}"
    return words.message(key, lang) if words.has(key, lang) else name


def _running(page: dict[str, Any]) -> Markup:
    """The running foot as a CSS string: anything but letters, digits and spaces is escaped."""
    text = f"{page['title']}, {page['date']}"
    safe = "".join(c if c.isalnum() or c == " " else f"\\{ord(c):x} " for c in text)
    return Markup(f'"{safe}"')


@functools.cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("tilannekuva.reports", "templates"), autoescape=True,
        trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined,
    )  # fmt: skip
    made.globals["place"] = narrate.place
    return made


@functools.cache
def _asset(name: str) -> Markup:
    """A file of the templates as it is: style and script are ours, not a user's."""
    file = resources.files("tilannekuva.reports").joinpath("templates", name)
    return Markup(file.read_text(encoding="utf-8"))


def _fill(template: str, lang: str, page: dict[str, Any], *, script: bool) -> bytes:
    def t(key: str, **values: object) -> str:
        return words.message(f"page.{key}", lang, **values)

    text = _environment().get_template(template).render(
        lang=lang, page=page, t=t, css=_asset("page.css"), running=_running(page),
        js=_asset("page.js") if script else "",
    )  # fmt: skip
    return (text.strip() + "\n").encode()
