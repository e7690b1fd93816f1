"""What briefs and slides take from a chapter: its findings in order, their charts, its gaps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tilannekuva import charts, narrate, words
from tilannekuva.charts import Chart
from tilannekuva.model import Finding, Language, Picture
from tilannekuva.reports._annex import sayer
from tilannekuva.reports._missing import shortened
from tilannekuva.storyboard import Drawing, Scene, fresh

__all__ = [
    "Told",
    "compared",
    "draw_some",
    "gap_lines",
    "ordered",
    "quantity",
    "same_claim",
    "told",
]

_HEAT = "heatmap"


class Told(NamedTuple):
    """A finding in words: what it shows, and the sentences that say the rest."""

    indicator: str
    headline: str
    sentences: tuple[str, ...]


def ordered(scene: Scene, picture: Picture) -> list[str]:
    """Indicators of a chapter in the order of their weight.

    What opens the chapter first, then what the section names, then what has a better direction,
    then the rest; what is fresh before what is old. All have a latest figure.
    """
    named = [i for i in (scene.lead, *scene.section.lead) if i is not None and i in scene.table]
    moving = [i for i in scene.table if picture.indicators[i].direction != "neither"]
    found = dict.fromkeys([*named, *moving, *scene.table])
    known = [i for i in found if picture.findings[i].latest.value is not None]
    return sorted(known, key=lambda i: not fresh(picture.findings[i]))


def told(indicator: str, picture: Picture, lang: Language) -> Told:
    """The headline and the sentences that do not say the same again."""
    finding = picture.findings[indicator]
    headline = narrate.headline(finding, picture, lang)
    said = [s.text for s in narrate.sentences(finding, picture, lang)]
    said = said[1:] if said and same_claim(headline, said[0]) else said
    if not fresh(finding) and finding.latest.value is not None:
        period = words.period(finding.latest.period, lang)
        said = [sayer(lang)("stale_lead", period=period), *said]
    return Told(indicator, headline, tuple(said))


def compared(
    findings: Sequence[Sequence[str]], lang: Language
) -> tuple[list[tuple[str, ...]], str]:
    """Sentences of several findings, and what is to be said of all of them once.

    Where none can be compared with the whole country, no finding repeats that.
    """
    none = words.message("compare.no_country", lang)
    if len(findings) < 2 or not all(none in said for said in findings):
        return [tuple(said) for said in findings], ""
    rest = [tuple(s for s in said if s != none) for said in findings]
    return rest, words.message("compare.no_country_all", lang)


def quantity(indicator: str, picture: Picture, lang: Language) -> str:
    """The latest figure with its unit as a language has it: ``8,6 %``, ``8.6%``."""
    return narrate.card(picture.findings[indicator], picture, lang).quantity


def same_claim(headline: str, sentence: str) -> bool:
    """Whether a headline is the beginning of a sentence, or all of it."""
    return headline.startswith(sentence.rstrip("."))


def draw_some(
    drawings: Iterable[Drawing], picture: Picture, lang: Language
) -> dict[tuple[str, str], Chart]:
    """Some charts of the story, in order."""
    sections = {s.id: s for c in picture.cuts for s in c.sections}

    def subject(d: Drawing) -> Finding:
        return picture.findings[d.subject]

    return {
        d: charts.draw(
            d.kind, sections[d.subject] if d.kind == _HEAT else subject(d), picture, lang
        )
        for d in drawings
    }


def gap_lines(scene: Scene, picture: Picture, lang: str, most: int) -> list[str]:
    """What is not known of a chapter, in at most two sentences of so many names each."""
    return list(_gap_lines(scene, picture, lang, most))


def _gap_lines(scene: Scene, picture: Picture, lang: str, most: int) -> Iterator[str]:
    say = sayer(lang)
    for kinds, key in ((("no_figures", "not_computable"), "line"), (("stale",), "stale_line")):
        about = dict.fromkeys(g.indicator for g in scene.gaps if g.kind in kinds)
        names = [picture.indicators[i].label[lang] for i in about]
        if names:
            # A name may end with the point of an abbreviation ("16–64 v.").
            said = shortened(names, lang, most)
            yield say(f"section_gaps_{key}", names=said).replace("..", ".")
