"""Where experts and figures point different ways, and how past judgements turned out. Pure.

A judgement is never turned into a number and never compared between regions: only its direction is
set beside the direction of the figures, as an agenda for the joint interpretation.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tilannekuva import periods
from tilannekuva.metric_trends import LEAST_SHARE
from tilannekuva.model import Assessment, Finding, Judgement, Picture

__all__ = ["Disagreement", "Moved", "Outcome", "about", "disagreements", "outcomes"]

Turned = Literal["as_judged", "otherwise", "both_ways", "cannot_tell"]


@dataclass(frozen=True)
class Moved:
    """Which way an indicator has gone over a time."""

    indicator: str
    period: str
    """The last of the figures it is told from."""
    sign: int
    """1 to the better, −1 to the worse, 0 where the change is too small to speak of."""
    since: str = ""
    """The first of them, where they are several that are held against those of a year before."""


@dataclass(frozen=True)
class Disagreement:
    """A judgement that points one way while the figures point the other."""

    assessment: Assessment
    better: tuple[Moved, ...]
    """Indicators of the subject that have gone to the better over the year."""
    worse: tuple[Moved, ...]

    @property
    def other(self) -> tuple[Moved, ...]:
        """Those that have gone the way that the judgement does not point."""
        return self.worse if len(self.worse) > len(self.better) else self.better

    @property
    def same(self) -> tuple[Moved, ...]:
        """Those that have gone the way of the judgement all the same."""
        return self.better if self.other is self.worse else self.worse


@dataclass(frozen=True)
class Outcome:
    """How a judgement of what was ahead turned out in the figures."""

    assessment: Assessment
    months: Literal[6, 12]
    """How far ahead it looked."""
    judged: Judgement
    moved: tuple[Moved, ...]
    """What it is held against; empty while there is no figure."""
    turned: Turned
    of: int
    """How many indicators there are to tell it: one, or a section's leading ones."""

    @property
    def way(self) -> int:
        """Which way most of them went."""
        return _way(self.moved)


def _way(moved: Sequence[Moved]) -> int:
    """Which way most have gone: 1 better, −1 worse; 0 where most have not, or as many each way."""
    better, worse, same = (sum(m.sign == way for m in moved) for way in (1, -1, 0))
    return 0 if max(better, worse) < same else (better > worse) - (better < worse)


def _sign(judgement: Judgement) -> int:
    return {"++": 1, "+": 1, "0": 0, "-": -1, "--": -1}[judgement]


def disagreements(picture: Picture) -> tuple[Disagreement, ...]:
    """Judgements of now, against a year ago, that the figures of a year contradict.

    Each indicator's newest figure of a period that had ended by the edition of the judgement is
    held against the one a year before it, unless it was stale by then. Of a theme or chapter most
    of the leading indicators that tell must have gone the other way.
    """
    found = []
    for assessment in picture.assessments:
        end = _month(assessment.edition if _dated(assessment) else picture.as_of)
        moved = [m for f in about(assessment, picture) if (m := _year_to(f, picture, end))]
        better = tuple(m for m in moved if m.sign > 0)
        worse = tuple(m for m in moved if m.sign < 0)
        if _way(moved) * _sign(assessment.now) < 0:
            found.append(Disagreement(assessment, better, worse))
    return tuple(found)


def about(assessment: Assessment, picture: Picture) -> Iterator[Finding]:
    """Findings with a better direction that a judgement is about."""
    names: tuple[str, ...] = (assessment.subject,)
    for cut in picture.cuts:
        for section in cut.sections:
            if section.id == assessment.subject:
                names = section.lead or section.indicators
    for name in names:
        if name in picture.findings and picture.indicators[name].direction != "neither":
            yield picture.findings[name]


def outcomes(picture: Picture) -> tuple[Outcome, ...]:
    """How judgements of what was ahead turned out, once the time that they are of has passed.

    Twelve months ahead: the figure of the period that ends nearest to, and not before, twelve
    months after the edition, against the one a year before it. Six months ahead: the figures of the
    half-year after the edition against those of the same months a year earlier, so that no season
    passes for a change; yearly figures cannot tell of half a year. What is too small to be a trend
    is no change: less than ``min_change``, of a count less than three per cent, or less than is
    printed. A theme or chapter goes the way of most of its leading indicators that tell; as many
    each way are both ways.
    """
    found = []
    now = _month(picture.as_of)
    for a in filter(_dated, (*picture.past_assessments, *picture.assessments)):
        start = _month(a.edition)
        asked = tuple(about(a, picture))
        if a.in_6_months is not None and start + 6 <= now:
            half = [m for f in asked if (m := _half_after(f, picture, start))]
            found.append(_turned(a, 6, a.in_6_months, half, len(asked)))
        if a.in_12_months is not None and start + 12 <= now:
            year = [m for f in asked if (m := _year_after(f, picture, start))]
            found.append(_turned(a, 12, a.in_12_months, year, len(asked)))
    return tuple(found)


def _turned(
    assessment: Assessment, months: Literal[6, 12], judged: Judgement, moved: Sequence[Moved],
    of: int,
) -> Outcome:  # fmt: skip
    turned: Turned = "as_judged" if _way(moved) == _sign(judged) else "otherwise"
    better, worse, same = (sum(m.sign == way for m in moved) for way in (1, -1, 0))
    if not moved:
        turned = "cannot_tell"
    elif better == worse > 0 and better >= same:
        turned = "both_ways"
    return Outcome(assessment, months, judged, tuple(moved), turned, of)


# ---------------------------------------------------------------- figures


def _dated(assessment: Assessment) -> bool:
    """Whether it is known to the day when it was given; one read from a file always is."""
    return len(assessment.edition) == len("2025-10-23")


def _month(day: str) -> int:
    """Months since year 0, as those of a period."""
    date = dt.date.fromisoformat(day)
    return date.year * 12 + date.month - 1


def _values(finding: Finding) -> dict[str, float]:
    """The figures of the last unbroken stretch, in time order; forecasts are none."""
    if not finding.segments:
        return {}
    last = finding.segments[-1]
    found = {
        p: v
        for p, v, s in zip(last.periods, last.values, last.statuses, strict=True)
        if v is not None and s != "forecast"
    }
    return dict(sorted(found.items(), key=lambda item: periods.parse(item[0]).end))


def _moved(finding: Finding, picture: Picture, period: str, now: float, before: float) -> Moved:
    indicator = picture.indicators[finding.indicator]
    change = now - before
    extensive = picture.units[indicator.unit].extensive
    small = abs(change) < (LEAST_SHARE * abs(before) if extensive else indicator.min_change)
    told = 0.0 if small else round(change, indicator.decimals)
    sign = ((told > 0) - (told < 0)) * (1 if indicator.direction == "up" else -1)
    return Moved(finding.indicator, period, sign)


def _year_to(finding: Finding, picture: Picture, month: int) -> Moved | None:
    """The year to the newest figure whose period had ended by a month; none where it is stale."""
    values = _values(finding)
    ended = [p for p in values if 0 <= month - periods.parse(p).end <= periods.STALE_MONTHS]
    if not ended or (before := periods.shift(ended[-1], -1)) not in values:
        return None
    return _moved(finding, picture, ended[-1], values[ended[-1]], values[before])


def _year_after(finding: Finding, picture: Picture, month: int) -> Moved | None:
    """The year after a month, within one unbroken stretch."""
    values = _values(finding)
    for period in values:
        before = periods.shift(period, -1)
        if periods.parse(period).end >= month + 12 and before in values:
            return _moved(finding, picture, period, values[period], values[before])
    return None


def _half_after(finding: Finding, picture: Picture, month: int) -> Moved | None:
    """The six months after a month against the same six a year before.

    They begin with the first period that begins after the month. For periods of a year there are
    none.
    """
    values = _values(finding)
    parsed = {p: periods.parse(p) for p in values}
    begin = min((q.start for q in parsed.values() if q.start > month), default=None)
    if begin is None:
        return None
    inside = [p for p, q in parsed.items() if begin <= q.start and q.end < begin + 6]
    covered = sum(parsed[p].end - parsed[p].start + 1 for p in inside)
    before = [periods.shift(p, -1) for p in inside]
    # Of spans that overlap the months would be counted twice: they cannot tell either.
    if covered != 6 or not all(b in values for b in before):
        return None
    now, then = (sum(values[p] for p in some) / len(some) for some in (inside, before))
    return replace(_moved(finding, picture, inside[-1], now, then), since=inside[0])
