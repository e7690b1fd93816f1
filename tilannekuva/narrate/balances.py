"""A difference of two flows, such as births and deaths, by the name of the side that is larger.

What is below zero does not shrink: "kuolleiden enemmyys kasvoi", not "väestönlisäys pieneni".
"""

from __future__ import annotations

from tilannekuva import words
from tilannekuva.narrate.phrases import Clause, Topic, Verb, moved

__all__ = ["ends", "level", "side_noun", "trend_words"]


def level(t: Topic, when: Clause) -> Clause:
    """A difference of two flows by the name of the side that is larger."""
    value = t.value("latest") or 0.0
    number = t.number("latest", value)
    people = words.difference(value, t.indicator.decimals, t.unit, t.lang)
    return t.said(
        f"balance.{t.indicator.id}.{'minus' if value < 0 else 'plus'}",
        value=number,
        people=Clause(people, (number,)),
        when=when,
    )


def side_noun(t: Topic, values: list[float]) -> tuple[str, int]:
    """What a balance is called while it stays on one side of zero, and the sign of that side."""
    key = f"balance.{t.indicator.id}"
    if not values or not words.has(f"{key}.minus", t.lang):
        return "", 1
    if all(v < 0 for v in values):
        return words.message(f"{key}.minus_noun", t.lang), -1
    if all(v > 0 for v in values):
        return words.message(f"{key}.plus_noun", t.lang), 1
    return "", 1


def ends(t: Topic, metric: str) -> list[float]:
    """The two figures that a change lies between."""
    latest, change = t.value("latest"), t.value(metric)
    return [] if latest is None or change is None else [latest, latest - change]


def trend_figures(t: Topic) -> list[float]:
    """The figures that a direction is about, as far as they are in the newest segment."""
    first, _, last = t.finding.metrics["trend_slope"].period.partition("/")
    series = t.finding.segments[-1]
    return [
        v
        for p, v in zip(series.periods, series.values, strict=True)
        if v is not None and first <= p <= last
    ]


def trend_words(t: Topic, sign: int, rose: Verb, fell: Verb) -> tuple[str, str]:
    """What rose or fell, and the verb; a balance on one side of zero by the name of that side."""
    noun, side = side_noun(t, trend_figures(t))
    if not noun:
        named = words.has(f"balance.{t.indicator.id}.minus", t.lang)
        return t.what.phrase if named else t.word("pronoun"), moved(t, sign, rose, fell)
    return noun, words.message(f"verb.count.{rose if sign * side > 0 else fell}", t.lang)
