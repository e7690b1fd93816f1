"""The experts' half as plain values: judgements in words, commentary, where the halves differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from markupsafe import Markup

from tilannekuva import judging, words
from tilannekuva.judging import Disagreement, Moved, Outcome
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
    say = sayer(lang)
    key = "differ_worse" if found.other is found.worse else "differ_better"
    listed = _listed(found.other, picture, lang)
    if found.same:
        listed += say("differ_same", names=_listed(found.same, picture, lang))
    return say(key, names=listed)


def _listed(found: Iterable[Moved], picture: Picture, lang: Language) -> str:
    """Indicators with the periods that tell of them; names have commas."""
    return "; ".join(
        f"{picture.indicators[m.indicator].label[lang]}, {_when(m, lang)}" for m in found
    )


def _when(moved: Moved, lang: Language) -> str:
    last = words.period(moved.period, lang)
    return f"{words.period(moved.since, lang)} – {last}" if moved.since else last


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
    line = say(
        f"outcome_{o.turned}",
        name=_name(o.assessment.subject, picture, lang),
        date=words.date(o.assessment.edition, lang),
        word=say(f"judgement.{_KEYS[o.judged]}"),
        ahead=say(f"outcome_ahead_{o.months}"),
        role=o.assessment.role,
        way=say(f"outcome_way_{_WAYS[o.way]}"),
        why=say("outcome_yearly" if _yearly(o, picture) else "outcome_no_figure"),
    )
    return f"{line}{_told(o, picture, lang)}."


_WAYS = {1: "better", 0: "same", -1: "worse"}


def _yearly(o: Outcome, picture: Picture) -> bool:
    """Whether there are figures of whole years only, which cannot tell of half a year."""
    about = judging.about(o.assessment, picture)
    kinds = {f.frequency for f in about}
    return o.months < _YEAR and bool(kinds) and kinds <= {"year", "span"}


_YEAR = 12


def _told(o: Outcome, picture: Picture, lang: Language) -> str:
    """What an outcome is told from, in brackets: each way by itself, and of how many indicators."""
    if not o.moved:
        return ""
    if o.of == 1:
        return f" ({_when(o.moved[0], lang)})"
    say = sayer(lang)
    parts = [
        say(f"outcome_{_WAYS[way]}", names=_listed(some, picture, lang))
        for way in sorted(_WAYS, key=lambda w: (w != o.way, -w))
        if (some := [m for m in o.moved if m.sign == way])
    ]
    return f" ({say('outcome_of', n=len(o.moved), of=o.of)}: {'; '.join(parts)})"


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
