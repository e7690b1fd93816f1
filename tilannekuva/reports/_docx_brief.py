"""The brief of a theme: two pages for those who come to the discussion."""

from __future__ import annotations

from typing import NamedTuple

from tilannekuva import narrate, words
from tilannekuva.model import Language, Picture
from tilannekuva.reports import _brief_experts, _docx_experts, _page
from tilannekuva.reports import _docx_xml as xml
from tilannekuva.reports import _findings as findings
from tilannekuva.reports._docx_book import Book
from tilannekuva.reports._docx_tables import cards_table
from tilannekuva.reports._missing import missing
from tilannekuva.storyboard import Drawing, Scene, Storyboard

__all__ = ["Brief", "plan", "running", "write"]

_FIGURES, _FINDINGS, _SENTENCES = 6, 3, 2
"""Key figures, findings, sentences of each: so much fits two pages."""
_FEW = 2
"""Judgements beside which there is room for two charts; beside more there is one."""
_BESIDE_CHARTS = {
    2: _brief_experts.Room(_FEW, 200, 250), 1: _brief_experts.Room(4, 200, 320),
    0: _brief_experts.Room(5, 500, 1200),
}  # fmt: skip
"""What experts may say beside so many charts: Word cannot be asked how long a page is."""
_MORE = 5
"""Sentences of a finding without a chart."""
_KINDS = ("line", "index", "target", "strip")
"""Charts that stay readable when small."""
_FIRST, _OTHERS = (14.0, 9.5), (10.5, 6.2)
"""Room for the chart of the first finding and of the others, in centimetres."""


class Brief(NamedTuple):
    """What a brief shows."""

    scene: Scene
    story: Storyboard
    findings: tuple[tuple[str, Drawing | None], ...]
    """Indicators with the chart of each, where the story has one that suits."""

    @property
    def drawings(self) -> list[Drawing]:
        """The charts, in order."""
        return [d for _, d in self.findings if d is not None]


def plan(scene: Scene, story: Storyboard, picture: Picture) -> Brief:
    """Choose the key figures and the findings of a theme."""
    order = findings.ordered(scene, picture)
    chosen: dict[str, str] = {}
    for i in order:  # no two that say the same
        chosen.setdefault(findings.told(i, picture, "fi").headline, i)
    found = []
    for i in list(chosen.values())[:_FINDINGS]:
        able = [d for d in story.drawings if d.subject == i]
        first = [d for k in _KINDS for d in able if d.kind == k][:1]
        found.append((i, first[0] if first else None))
    return Brief(scene, story._replace(cards=tuple(order[:_FIGURES])), tuple(found))


def running(scene: Scene, picture: Picture, lang: Language) -> str:
    """What stands at the head of every page."""
    region = narrate.place(picture.region.code, lang).name
    return f"{region}: {scene.section.names[lang]}, {words.date(picture.as_of, lang)}"


def write(book: Book, parts: Brief) -> None:
    """Write the brief."""
    picture, lang, w = book.picture, book.lang, book.writer
    section, say = parts.scene.section, book.say
    date = words.date(picture.as_of, lang)
    w.text(say("brief_eyebrow", region=narrate.place(picture.region.code, lang)), "Eyebrow")
    w.text(say("brief_title", theme=section.names[lang]), "Title")
    if section.question:
        w.text(section.question[lang], "Question")
    w.text(say("brief_what", date=date), "Note")
    cards = _page.cards(parts.story, picture, lang)
    if cards:
        w.heading(1, book.page("key_figures"))
        w.raw(cards_table(book, cards))
    w.heading(1, say("brief_findings" if len(parts.findings) == _FINDINGS else "brief_few"))
    if not parts.findings:
        w.text(say("brief_none"))
    charted = any(d is not None for _, d in parts.findings[:1])
    experts = _brief_experts.half(parts.scene, picture, lang)
    most = _FINDINGS if not experts else 1 if len(experts.judgements) > _FEW else 2
    told = [findings.told(i, picture, lang) for i, _ in parts.findings]
    said, of_all = findings.compared([t.sentences for t in told], lang)
    for n, (_, drawing) in enumerate(parts.findings):
        shown = drawing if n < most else None
        _finding(book, told[n]._replace(sentences=said[n]), shown, first=n == 0,
                 new_page=charted and n == 1, short=bool(experts) and charted)  # fmt: skip
    if of_all:
        w.text(of_all)
    if experts:
        _experts(book, experts.within(_BESIDE_CHARTS[most if charted else 0]))
    w.heading(1, book.page("unknown"))
    if groups := missing(parts.scene.gaps, picture, lang):
        _docx_experts.missing(w, groups)
        title = _page.title(picture, lang)
        w.text(say("missing_more", title=title, date=date), "Note")
    else:
        w.text(say("brief_unknown_none"))
    w.heading(1, say("discussion"))
    asked = [xml.run(q[lang]) for q in section.questions]
    w.bullets(asked or [xml.run(say("discussion_none"))])


def _experts(book: Book, shown: _brief_experts.Shown) -> None:
    """What experts judge and the group writes."""
    w = book.writer
    if shown.judgements:
        w.heading(1, book.page("assessments"))
        _docx_experts.judgements(w, shown.judgements)
        w.text(book.page("assessments_note"), "Note")
    if text := shown.commentary:
        w.heading(1, book.page("commentary"))
        _docx_experts.commentary(w, text["blocks"], text["dated"], book.address)
    if shown.more:
        w.text(shown.more, "Note")


def _finding(
    book: Book, said: findings.Told, drawing: Drawing | None, *, first: bool, new_page: bool,
    short: bool,
) -> None:  # fmt: skip
    w = book.writer
    bare = drawing is None or drawing not in book.charts
    w.heading(2, said.headline, new_page=new_page)
    if said.sentences:
        w.text(" ".join(said.sentences[: _MORE if bare and not short else _SENTENCES]))
    if drawing is None or bare:
        w.text(narrate.source_line(book.picture.findings[said.indicator], book.picture, book.lang),
               "SourceLine")  # fmt: skip
        return
    wide, tall = _FIRST if first else _OTHERS
    book.chart(drawing, wide=wide, tall=tall, brief=True)
