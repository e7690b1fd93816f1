"""Where experts and figures point different ways, and how past judgements turned out. Pure.

A judgement is never turned into a number and never compared between regions: only its direction is
set beside the direction of the figures, as an agenda for the joint interpretation.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tilannekuva import periods
from tilannekuva.model import Assessment, Finding, Picture

__all__ = ["Disagreement", "Outcome", "direction_of", "disagreements", "outcomes"]

Turned = Literal["as_judged", "otherwise", "cannot_tell"]


@dataclass(frozen=True)
class Disagreement:
    """A judgement that points one way while the figures point the other."""

    assessment: Assessment
    better: tuple[str, ...]
    """Indicators of the subject whose trend is to the better."""
    worse: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """How a judgement of what was ahead turned out in the figures."""

    assessment: Assessment
    period: str
    """The figure it is held against."""
    turned: Turned


def _sign(judgement: str | None) -> int:
    return {"++": 1, "+": 1, "0": 0, "-": -1, "--": -1, None: 0}[judgement]


def direction_of(finding: Finding, picture: Picture) -> int:
    """Which way an indicator's trend points: 1 to the better, −1 to the worse, 0 cannot tell."""
    direction = picture.indicators[finding.indicator].direction
    word = finding.metrics.get("trend_word")
    if direction == "neither" or word is None or not word.value:
        return 0
    return (1 if word.value > 0 else -1) * (1 if direction == "up" else -1)


def disagreements(picture: Picture) -> tuple[Disagreement, ...]:
    """Judgements of now that the trends of the figures contradict.

    Of a theme or chapter more of its leading indicators must point the other way than the same way;
    where nothing can be told there is no disagreement.
    """
    found = []
    for assessment in picture.assessments:
        signs = {n: direction_of(picture.findings[n], picture) for n in _about(assessment, picture)}
        better = tuple(n for n, s in signs.items() if s > 0)
        worse = tuple(n for n, s in signs.items() if s < 0)
        points = (len(better) > len(worse)) - (len(better) < len(worse))
        if points * _sign(assessment.now) < 0:
            found.append(Disagreement(assessment, better, worse))
    return tuple(found)


def _about(assessment: Assessment, picture: Picture) -> Iterator[str]:
    """Indicators with figures that a judgement is about."""
    names: tuple[str, ...] = (assessment.subject,)
    for cut in picture.cuts:
        for section in cut.sections:
            if section.id == assessment.subject:
                names = section.lead or section.indicators
    for name in names:
        if name in picture.findings:
            yield name


def outcomes(picture: Picture) -> tuple[Outcome, ...]:
    """How past judgements of the year ahead of single indicators turned out.

    The figure of the period that ends nearest to, and not before, twelve months after the edition
    is held against the one a year before it; a difference that is not printed is no change.
    """
    found = []
    for a in picture.past_assessments:
        finding = picture.findings.get(a.subject)
        indicator = picture.indicators.get(a.subject)
        if a.in_12_months is None or finding is None or indicator is None:
            continue
        if indicator.direction == "neither":
            continue
        held = _year_after(finding, a.edition)
        if held is None:
            continue
        period, change = held
        moved = round(change, indicator.decimals)
        sign = ((moved > 0) - (moved < 0)) * (1 if indicator.direction == "up" else -1)
        expected = _sign(a.in_12_months)
        found.append(Outcome(a, period, "as_judged" if sign == expected else "otherwise"))
    return tuple(found)


def _year_after(finding: Finding, edition: str) -> tuple[str, float] | None:
    """Period and change over the year after an edition, within one unbroken stretch."""
    day = dt.date.fromisoformat(edition)
    month = (day.year + 1) * 12 + day.month - 1
    if not finding.segments:
        return None
    last = finding.segments[-1]
    values = {
        p: v
        for p, v, s in zip(last.periods, last.values, last.statuses, strict=True)
        if v is not None and s != "forecast"
    }
    for period in sorted(values, key=lambda p: periods.parse(p).end):
        before = periods.shift(period, -1)
        if periods.parse(period).end >= month and before in values:
            return period, values[period] - values[before]
    return None
