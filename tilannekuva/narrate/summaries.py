"""The five sentences on top of the picture.

The region's own pattern: strength against weakness ("iso kontrasti"), the bottleneck, what shocks
left behind, the outlook, what is new. For each the catalogue names candidates; the first is taken
whose figure is fresh and bears the claim out. Where none does, the sentence says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from tilannekuva import periods, words
from tilannekuva.model import Picture
from tilannekuva.narrate import clauses
from tilannekuva.narrate.phrases import Clause, Number, Sentence, Topic, clause, moved
from tilannekuva.narrate.statements import gap_metric, level, level_word, rank_clause, turned

__all__ = ["summary"]

Claim = Callable[[Topic], Clause | None]

_BEFORE, _DURING, _AFTER = 2019, (2020, 2021), 2022
"""The year before the pandemic, its years, and the first in which recovery can be seen."""


def summary(picture: Picture, lang: str) -> tuple[Sentence, ...]:
    """Strength and weakness, bottleneck, shock, outlook, what is new.

    Args:
        picture: The picture; ``key_figures`` names the candidates.
        lang: ``fi``, ``sv`` or ``en``.

    Returns:
        Five sentences. ``indicator`` is the finding to link to, empty where there is none; ``also``
        names a second one.
    """
    keys = picture.key_figures
    strength = _first(picture, lang, "strength", keys.strengths, lambda t: _good(t, 1))
    taken = [strength.indicator]
    weakness = _first(picture, lang, "weakness", keys.weaknesses, lambda t: _good(t, -1), taken)
    taken.append(weakness.indicator)
    contrast = Sentence(
        words.message("summary.contrast", lang, strength=strength.text, weakness=weakness.text),
        "contrast",
        strength.indicator or weakness.indicator,
        strength.numbers + weakness.numbers,
        strength.periods + weakness.periods,
        tuple(i for i in (weakness.indicator,) if i and strength.indicator),
    )
    bottleneck = _first(picture, lang, "bottleneck", keys.bottlenecks, _bottleneck, taken)
    shock = _first(picture, lang, "shock", keys.shocks, _shock)
    taken.append(bottleneck.indicator)
    outlook = _first(picture, lang, "outlook", keys.outlook, _outlook, taken)
    return contrast, bottleneck, shock, outlook, _news(picture, lang)


def _first(
    picture: Picture,
    lang: str,
    kind: str,
    candidates: Iterable[str],
    claim: Claim,
    taken: Iterable[str] = (),
) -> Sentence:
    """The first candidate that bears the claim out, or that there is none."""
    used = set(taken)
    for name in candidates:
        if name not in picture.findings or name in used:
            continue
        t = Topic(picture.findings[name], picture, lang)
        found = None if t.stale else claim(t)
        if found is not None:
            whole = clause(f"summary.{kind}", lang, claim=found.capital())
            return Sentence(whole.text, kind, name, whole.numbers, whole.periods)
    return Sentence(words.message(f"summary.no_{kind}", lang), kind, "")


# --- strength, weakness, bottleneck -------------------------------------------------------------


def _thirds(t: Topic) -> int:
    """+1 among the best third of regions for certain, −1 among the worst, else 0."""
    low, high, n = t.value("rank_low"), t.value("rank_high"), t.value("rank_n")
    if low is None or high is None or n is None:
        return 0
    return 1 if high <= n / 3 else -1 if low > 2 * n / 3 else 0


def _good(t: Topic, sign: int) -> Clause | None:
    """What shows that the region is well (+1) or badly (−1) off, or None where it is not so.

    Level against the country first, then the place among the regions, then a direction told by the
    data. Evidence that points both ways is no claim.
    """
    if t.direction == 0 or t.value("latest") is None:
        return None
    metric = gap_metric(t)
    gap = t.sign(metric) * t.direction if metric else 0
    third = _thirds(t)
    if gap == -sign or third == -sign:
        return None
    if gap == sign:
        return level(t, marked=True)
    if third == sign:
        return _with_rank(t)
    word = 0.0 if turned(t) else t.value("trend_word") or 0.0
    return _with_trend(t) if word * t.direction * sign > 0 else None


def _with_rank(t: Topic) -> Clause:
    rank = rank_clause(t)
    assert rank is not None  # a third is known only of what is ranked
    return _join(
        level(t, marked=True),
        clause("summary.and_rank", t.lang, rank=rank, among=level_word(t, "among")),
    )


def _with_trend(t: Topic) -> Clause:
    """The level and the direction, in the words that the evidence allows."""
    word = t.value("trend_word")
    if word is None:
        return level(t, marked=True)
    if word == 0:
        return _join(level(t, marked=True), clause("summary.cannot", t.lang))
    sign = 1 if word > 0 else -1
    tail = clause(
        "summary.and_trend" if abs(word) == 2 else "summary.and_signs",
        t.lang,
        pronoun=t.word("pronoun"),
        moved=moved(t, sign, "has_risen", "has_fallen"),
        noun=moved(t, sign, "of_rise", "of_fall"),
        range=clauses.span(t, "trend_slope"),
    )
    return _join(level(t, marked=True), tail)


def _join(*parts: Clause) -> Clause:
    return Clause(
        "".join(p.text for p in parts),
        tuple(n for p in parts for n in p.numbers),
        tuple(x for p in parts for x in p.periods),
    )


def _bottleneck(t: Topic) -> Clause | None:
    """Worse than the country, or getting worse for certain."""
    return _good(t, -1)


# --- shock, outlook, news -----------------------------------------------------------------------


def _shock(t: Topic) -> Clause | None:
    """Before the pandemic, at its worst, and now: figures of one stretch of the series."""
    if t.direction == 0 or t.value("latest") is None or t.kind == "name":
        return None
    latest = t.finding.latest
    series = t.finding.segments[-1]
    known = {
        p: v
        for p, v, s in zip(series.periods, series.values, series.statuses, strict=True)
        if v is not None and s != "forecast"
    }
    before = periods.shift(latest.period, _BEFORE - int(latest.period[:4]))
    during = [p for p in known if _DURING[0] <= int(p[:4]) <= _DURING[1]]
    if int(latest.period[:4]) < _AFTER or before not in known or not during:
        return None
    worst = max(during, key=lambda p: (-t.direction * known[p], p))
    places = t.indicator.decimals
    distance = words.rounded(known[latest.period], places) - words.rounded(known[before], places)
    back = distance * t.direction >= 0
    whole = t.said(
        "summary.shock_amount" if t.kind == "amount" else "summary.shock_before",
        before=_bare(t, known[before], before),
        before_when=clauses.period(t, before),
        worst=_bare(t, known[worst], worst),
        worst_when=clauses.period(t, worst, "plain"),
        worst_word=words.message(
            f"summary.at_{'highest' if t.direction < 0 else 'lowest'}", t.lang
        ),
        latest=_bare(t, known[latest.period], latest.period),
        when=clauses.period(t, latest.period),
    )
    return _join(whole, clause(f"summary.shock_{'back' if back else 'not_back'}", t.lang))


def _bare(t: Topic, value: float, period: str) -> Clause:
    """A figure of the series as said in a sentence."""
    bare = words.number(value, t.indicator.decimals, t.lang)
    number = Number(f"figure:{period}", value, bare, t.indicator.id)
    return Clause(clauses.spoken(t, value), (number,))


def _outlook(t: Topic) -> Clause | None:
    """A projection, or a direction that the data tell."""
    row = t.metric("forecast")
    if row is not None and row.value is not None and t.value("latest") is not None:
        return clause(
            "summary.outlook_forecast",
            t.lang,
            level=level(t, marked=True),
            forecast=clauses.amount(t, "forecast"),
            when=clauses.period(t, row.period),
        )
    if row is not None and row.value is not None:
        return level(t)
    return _with_trend(t) if t.value("trend_word") and not turned(t) else None


def _news(picture: Picture, lang: str) -> Sentence:
    """How many indicators have a new or a revised figure since the view a year before."""
    if picture.compared_with is None:
        return Sentence(words.message("summary.no_comparison", lang), "changed", "")
    date = words.date(picture.compared_with, lang)
    new = [c.indicator for c in picture.changes if c.kind in ("new", "first")]
    revised = [c.indicator for c in picture.changes if c.kind == "revised"]
    when = Clause(date, (), (date,))
    if not new and not revised:
        text = clause("summary.no_changes", lang, date=when)
        return Sentence(text.text, "changed", "", (), text.periods)
    counts = {"new": new, "revised": revised}
    numbers = {k: Number(f"changes_{k}", float(len(v)), str(len(v)), "") for k, v in counts.items()}
    claim = clause("summary.new" if revised else "summary.new_only", lang, date=when, **numbers)
    whole = clause("summary.changed", lang, claim=claim.capital())
    link = next((i for i in picture.key_figures.figures if i in new), "")
    done = Sentence(whole.text, "changed", link, whole.numbers, whole.periods)
    return replace(done, also=())
