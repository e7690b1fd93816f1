"""The experts' half as plain values: judgements in words, commentary, where the halves differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from markupsafe import Markup

from tilannekuva import judging, words
from tilannekuva.judging import Disagreement, Outcome
from tilannekuva.model import Assessment, Language, Picture
from tilannekuva.narrate import bound
from tilannekuva.reports._annex import name_of, sayer

__all__ = ["commentary", "judgements", "outcomes"]


def judgements(
    found: Iterable[Assessment], picture: Picture, lang: Language
) -> list[dict[str, Any]]:
    """Judgements in words: name, the three directions, reasons, role, and where figures differ."""
    differ = {(d.assessment.subject, d.assessment.role): d for d in judging.disagreements(picture)}
    return [_judgement(a, differ.get((a.subject, a.role)), picture, lang) for a in found]


def _judgement(
    assessment: Assessment, differs: Disagreement | None, picture: Picture, lang: Language
) -> dict[str, Any]:
    say = sayer(lang)
    ahead = [
        say(f"ahead_{months}", word=say(f"judgement.{_KEYS[value]}"))
        for months, value in (("6", assessment.in_6_months), ("12", assessment.in_12_months))
        if value is not None
    ]
    steps = [say("now", word=say(f"judgement.{_KEYS[assessment.now]}")), *ahead]
    return {
        "name": _name(assessment.subject, picture, lang),
        "word": "; ".join(steps),
        "steps": steps,
        "reasons": assessment.reasons,
        "role": assessment.role,
        "dated": say("judged_on", date=words.date(assessment.edition, lang)),
        "differs": _differs(differs, picture, lang) if differs else "",
    }


_KEYS = {"++": "much_better", "+": "better", "0": "same", "-": "worse", "--": "much_worse"}


def _name(subject: str, picture: Picture, lang: Language) -> str:
    names = {s.id: s.names[lang] for c in picture.cuts for s in c.sections}
    return names.get(subject) or name_of(picture, subject, lang)


def _differs(found: Disagreement, picture: Picture, lang: Language) -> str:
    """An item for the joint interpretation, never a verdict on who is right."""
    key = "differ_worse" if found.other is found.worse else "differ_better"
    listed = (  # names have commas
        f"{picture.indicators[m.indicator].label[lang]}, {words.period(m.period, lang)}"
        for m in found.other
    )
    return sayer(lang)(key, names="; ".join(listed))


def outcomes(picture: Picture, lang: Language) -> list[str]:
    """How past judgements turned out: how many as judged, by what was judged, then a line each."""
    found = judging.outcomes(picture)
    return [*_scores(found, lang), *(_outcome(o, picture, lang) for o in found)]


def _scores(found: Iterable[Outcome], lang: Language) -> Iterator[str]:
    """A line for each of the five judgements that was given."""
    say = sayer(lang)
    given: dict[str, Counter[str]] = {}
    for o in found:
        given.setdefault(o.judged, Counter())[o.turned] += 1
    for judged in (j for j in _KEYS if j in given):
        turned = given[judged]
        parts = [
            say(f"score_{kind}", n=turned[kind])
            for kind in ("as_judged", "otherwise", "both_ways", "cannot_tell") if turned[kind]
        ]  # fmt: skip
        word = say(f"judgement.{_KEYS[judged]}")
        yield say("score", word=word, n=turned.total(), turned=", ".join(parts))


def _outcome(o: Outcome, picture: Picture, lang: Language) -> str:
    say = sayer(lang)
    alone = len(o.moved) == 1 and o.moved[0].indicator == o.assessment.subject
    told = "; ".join(
        words.period(m.period, lang) if alone
        else f"{picture.indicators[m.indicator].label[lang]}, {words.period(m.period, lang)}"
        for m in o.moved if alone or m.sign
    )  # fmt: skip
    line = say(
        f"outcome_{o.turned}",
        name=_name(o.assessment.subject, picture, lang),
        date=words.date(o.assessment.edition, lang),
        word=say(f"judgement.{_KEYS[o.judged]}"),
        ahead=say(f"outcome_ahead_{o.months}"),
        role=o.assessment.role,
    )
    return f"{line} ({told})." if told else f"{line}."


def commentary(section: str, picture: Picture, lang: Language) -> dict[str, Any] | None:
    """The group's text on a section with its figures in place, as safe HTML."""
    from markdown_it import MarkdownIt

    for text in picture.commentary:
        if (text.section, text.language) == (section, lang):
            filled = bound.fill(text, picture)
            # No HTML of the text's own passes; headings would break the page's order of headings.
            reader = MarkdownIt("commonmark", {"html": False}).disable(["heading", "lheading"])
            reader = reader.disable(["image", "html_block", "html_inline", "fence", "code"])
            return {
                "html": Markup(reader.render(filled.text)),
                "dated": sayer(lang)("judged_on", date=words.date(text.edition, lang)),
            }
    return None
