"""What can be said of one finding, sentence by sentence."""

from __future__ import annotations

from tilannekuva import words
from tilannekuva.model import Finding, Picture
from tilannekuva.narrate import analysed, balances, clauses, remarks
from tilannekuva.narrate.phrases import (
    Clause,
    Number,
    Sentence,
    Topic,
    Verb,
    clause,
    moved,
    sentence,
)

__all__ = [
    "change_metric",
    "compared",
    "gap_metric",
    "level",
    "level_word",
    "rank_clause",
    "sentences",
    "turned",
]


# --- the sentences of a finding ---------------------------------------------------------------


def sentences(finding: Finding, picture: Picture, lang: str) -> tuple[Sentence, ...]:
    """Everything that can be said of a finding, in the order of reading.

    Args:
        finding: A finding of the picture.
        picture: The picture, for names, units, breaks and the day.
        lang: ``fi``, ``sv`` or ``en``.

    Returns:
        Level with the gap to the whole country (or the share of it), change, trend, place among
        the regions, target, division and breaks, status and age: each only if there is something
        to say. No two of them disagree.
    """
    t = Topic(finding, picture, lang)
    said: list[Sentence | None] = [sentence(t, "level", level(t), end=".")]
    if t.value("latest") is None:
        told = analysed.more(t)
        if t.indicator.analysis is not None and "shock" in t.indicator.axes:
            said = []  # each crisis has a sentence of its own, the newest too
        rest = (*said, *told, *remarks.boundary(t), remarks.age(t))
        return tuple(s for s in rest if s is not None)
    said += [_share(t), _no_country(t), remarks.chance(t), _change(t), _trend(t), _lately(t)]
    said += [_rank(t), remarks.ahead(t), remarks.pooled(t)]
    said += [*remarks.target(t), *remarks.boundary(t), *remarks.breaks(t)]
    said += [remarks.status(t), remarks.revision(t), remarks.age(t)]
    return tuple(s for s in said if s is not None)


_FORMS: tuple[words.Form, words.Form] = ("in", "plain")
_BRANCHES = (("branch",), ("industry",))
_FEWEST = 6


def level(t: Topic, *, marked: bool = False) -> Clause:
    """Where the region is, and where the whole country is seen from there.

    Args:
        t: What it is about.
        marked: Say with the figure that it is not final. Elsewhere a sentence of its own says so.
    """
    if t.value("latest") is None:
        if t.value("forecast") is not None:
            return _ahead(t)
        return analysed.level(t) or _groups(t)
    latest = t.finding.latest
    when, plain = (clauses.period(t, latest.period, form) for form in _FORMS)
    if marked:
        when = with_status(t, when, inside=False)
        plain = with_status(t, plain, inside=True)
    if t.balance and words.has(f"balance.{t.indicator.id}.minus", t.lang):
        return balances.level(t, when)
    if t.kind == "name":
        value = clauses.figure(t, latest.value or 0.0, latest.period)
        value = value._replace(numbers=tuple(n._replace(metric="latest") for n in value.numbers))
    else:
        value = clauses.amount(t, "latest")
    return t.said(
        f"level.{t.kind}",
        value=value,
        when=when,
        period=plain,
        was=t.word("was"),
        compared=compared(t),
    )


def with_status(t: Topic, when: Clause, *, inside: bool) -> Clause:
    """When it was, and that the figure is not final; ``inside`` brackets already."""
    status = t.finding.latest.status
    if status in ("final", "revised"):
        return when
    said = words.message(f"status.{status}", t.lang)
    if inside:
        return when._replace(text=f"{when.text}, {said}")
    return clause("level.marked", t.lang, when=when, status=said)


def _ahead(t: Topic) -> Clause:
    """A projection, where there is nothing else."""
    row = t.finding.metrics["forecast"]
    return t.said(
        f"level.{t.kind}_forecast",
        value=clauses.amount(t, "forecast"),
        is_=t.word("is"),
        when=clauses.period(t, row.period),
        period=clauses.period(t, row.period, "plain"),
    )


def _groups(t: Topic) -> Clause:
    """The largest of the groups, for an indicator that has no figure for the whole."""
    # A sum over an axis is not a group.
    groups = [s for s in t.finding.profile if "T" not in s.region.split(".")]
    largest = max(groups, key=lambda s: (s.values[-1] or 0.0, s.region))
    name = clauses.group_name(t, largest.region)
    value = clauses.figure(t, largest.values[-1] or 0.0, largest.periods[-1])
    group = Clause(name, (), (name,))
    return t.said(
        "level.groups_branch" if t.indicator.axes[:1] in _BRANCHES else "level.groups",
        group=group,
        value=value,
        period=clauses.period(t, largest.periods[-1], "plain"),
    )


def gap_metric(t: Topic) -> str | None:
    """The metric in which the gap to the whole country is said; None where there is no gap."""
    if t.value("gap") is None:
        return None
    relative = t.unit.relative and not t.balance and t.value("gap_pct") is not None
    return "gap_pct" if relative else "gap"


def compared(t: Topic) -> Clause:
    """The gap to the whole country, as the end of a sentence; empty where there is none."""
    metric = gap_metric(t)
    if metric is None:
        return Clause("")
    tail = "_name" if t.kind == "name" else ""
    sign = t.sign(metric)
    if sign == 0:
        return clause(f"compare.same{tail}", t.lang)
    more = t.word("more" if sign > 0 else "less")
    return clause(f"compare.differs{tail}", t.lang, gap=clauses.difference(t, metric), more=more)


def _share(t: Topic) -> Sentence | None:
    value = t.value("share_of_country")
    if value is None or t.balance or not 0 < value <= 100 or t.sign("share_of_country") == 0:
        return None
    return sentence(
        t, "share", t.said("share.of_country", share=clauses.difference(t, "share_of_country"))
    )


def _no_country(t: Topic) -> Sentence | None:
    if "no_country" not in (t.reason("gap"), t.reason("share_of_country")):
        return None
    return sentence(t, "gap", clause("compare.no_country", t.lang))


# --- change and trend -------------------------------------------------------------------------


def change_metric(t: Topic, years: int) -> str | None:
    """The metric in which a change is said: per cent where that says more, else the unit."""
    relative = t.unit.relative and not t.balance and not clauses.in_pieces(t)
    for metric in ([f"change_pct_{years}y"] if relative else []) + [f"change_{years}y"]:
        if t.value(metric) is not None:
            return metric
    return None


def _said_changes(t: Topic) -> list[tuple[str, int]]:
    """Changes worth a sentence, shortest first: five and ten years, or one if there is no other.

    A change that rounds to nothing is said only where the trend does not say otherwise.
    """
    found = [(m, y) for y in (5, 10) if (m := change_metric(t, y))]
    if not found and (m := change_metric(t, 1)):
        found = [(m, 1)]
    return [(m, y) for m, y in found if t.sign(m) or not t.value("trend_word")]


def _change_part(t: Topic, metric: str, years: int, *, rest: bool = False) -> Clause:
    sign = t.sign(metric)
    when = words.message(f"span.y{years}", t.lang)
    between = clauses.span(t, metric, years)
    if sign == 0:
        return clause(
            "change.stayed",
            t.lang,
            span=when,
            range=between,
            pronoun=t.word("pronoun"),
            stayed=t.word("stayed"),
        )
    noun, side = balances.side_noun(t, balances.ends(t, f"change_{years}y"))
    verb = moved(t, sign, "rose", "fell")
    named = words.has(f"balance.{t.indicator.id}.minus", t.lang)
    if noun:
        verb = words.message(f"verb.count.{'rose' if sign * side > 0 else 'fell'}", t.lang)
    return clause(
        "change.rest" if rest else "change.first",
        t.lang,
        span=when,
        range=between,
        pronoun=noun or (t.what.phrase if named else t.word("pronoun")),
        moved=verb,
        size=clauses.difference(t, metric),
    )


def _change(t: Topic) -> Sentence | None:
    found = _said_changes(t)
    if not found:
        return None
    first = _change_part(t, *found[0])
    if len(found) == 1:
        return sentence(t, "change", first, end=".")
    alike = t.sign(found[0][0]) == t.sign(found[1][0]) != 0
    nouns = [balances.side_noun(t, balances.ends(t, f"change_{years}y")) for _, years in found]
    second = _change_part(t, *found[1], rest=alike and nouns[0] == nouns[1])
    key = "unlike" if not alike else "alike" if nouns[0] == nouns[1] else "both"
    whole = clause(f"change.{key}", t.lang, first=first, second=second)
    return sentence(t, "change", whole, end=".")


def _trend(t: Topic) -> Sentence | None:
    direction = t.value("trend_word")
    if direction is None:
        return None
    then = "_then" if t.stale else ""
    between = clauses.span(t, "trend_slope")
    if direction == 0:
        # A change that stands out by itself, but not among so many.
        many = "_many" if t.value("trend_word_alone") else ""
        return sentence(t, "trend", clause(f"trend.cannot{many}{then}", t.lang, range=between))
    sign = 1 if direction > 0 else -1
    # The points between may lean the other way than the two ends do: then say that they do.
    against = any(t.sign(m) == -sign for m, _ in _said_changes(t))
    key = ("clear" if abs(direction) == 2 else "signs") + ("_but" if against else "") + then
    pace = Clause("")
    # Of six points, the fewest there may be, a yearly pace would say more than is known.
    if t.sign("trend_slope") == sign and (t.value("trend_n") or _FEWEST + 1) > _FEWEST:
        after = "pace" if key in ("clear", "clear_then") else "pace_after"
        pace = clause(f"trend.{after}", t.lang, slope=clauses.pace(t, "trend_slope"))
    verbs: tuple[Verb, Verb]
    verbs = ("rose", "fell") if t.stale else ("has_risen", "has_fallen")
    pronoun, told = balances.trend_words(t, sign, *verbs)
    whole = clause(
        f"trend.{key}",
        t.lang,
        pace=pace,
        range=between,
        pronoun=pronoun,
        moved=told,
        change=moved(t, sign, "a_rise", "a_fall"),
        noun=moved(t, sign, "of_rise", "of_fall"),
    )
    return sentence(t, "trend", whole)


def _lately(t: Topic) -> Sentence | None:
    """The last year, where it went against a clear direction."""
    word, metric = t.value("trend_word"), change_metric(t, 1)
    if word is None or abs(word) < 2 or metric is None or t.stale or t.sign(metric) * word >= 0:
        return None
    told = [m for m, _ in _said_changes(t)]
    if metric in told or any(t.sign(m) * word < 0 for m in told):
        return None  # it has been told, or a longer change has told as much
    return sentence(
        t,
        "change",
        clause(
            "change.lately",
            t.lang,
            pronoun=t.word("pronoun"),
            size=clauses.difference(t, metric),
            moved=moved(t, t.sign(metric), "rose", "fell"),
            range=clauses.span(t, metric, 1),
        ),
    )


def turned(t: Topic) -> int:
    """Sign of the last year's change where it undid more than a usual year of the direction."""
    word, slope, last = t.value("trend_word"), t.value("trend_slope"), t.value("change_1y")
    if not word or slope is None or last is None or t.sign("change_1y") * word >= 0:
        return 0
    return t.sign("change_1y") if abs(last) > abs(slope) else 0


# --- place ----------------------------------------------------------------------------


def level_word(t: Topic, form: str) -> str:
    """A word about the level of areas that the region is compared in."""
    own = t.picture.region.level
    known = own if words.has(f"level.{own}.{form}", t.lang) else "other"
    return words.message(f"level.{known}.{form}", t.lang)


def rank_clause(t: Topic) -> Clause | None:
    """The place among the regions with its fog, such as ``4.–6. / 19``."""
    found = [t.value(n) for n in ("rank", "rank_low", "rank_high", "rank_n")]
    if any(v is None for v in found):
        return None
    rank, low, high, n = (int(v) for v in found if v is not None)
    text = words.rank_text(rank, low, high, n, t.lang)
    shown = {"rank": rank} if low == high else {"rank_low": low, "rank_high": high}
    numbers = [
        Number(m, float(v), words.ordinal(v, t.lang), t.indicator.id) for m, v in shown.items()
    ]
    return Clause(text, (*numbers, Number("rank_n", float(n), str(n), t.indicator.id)))


def _rank(t: Topic) -> Sentence | None:
    rank = rank_clause(t)
    if rank is not None:
        return sentence(
            t,
            "rank",
            t.said(
                "place.rank_then" if t.stale else "place.rank",
                rank=rank,
                among=level_word(t, "among"),
                best=words.message("rank.best", t.lang),
            ),
        )
    if t.reason("rank") != "regions_missing":
        return None
    known, count = t.value("regions_n") or 0.0, t.picture.level_count
    all_text = words.of_n(count, t.lang)
    return sentence(
        t,
        "rank",
        t.said(
            "place.missing_one" if known == 1 else "place.missing",
            known=t.number("regions_n", known),
            areas=level_word(t, "of_which"),
            of_all=Clause(
                all_text, (Number("level_count", float(count), str(count), t.indicator.id),)
            ),
        ),
    )
