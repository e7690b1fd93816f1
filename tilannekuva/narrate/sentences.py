"""What can be said of one finding, sentence by sentence."""

from __future__ import annotations

from tilannekuva import periods, regions, words
from tilannekuva.model import Finding, Measured, Picture, Target
from tilannekuva.narrate import phrases
from tilannekuva.narrate.notes import break_text
from tilannekuva.narrate.phrases import Clause, Number, Sentence, Topic, Verb, clause, sentence

__all__ = ["change_metric", "compared", "gap_metric", "level", "level_word", "moved", "rank_clause",
           "sentences", "target_of"]  # fmt: skip


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
        return tuple(s for s in (*said, *_boundary(t), _age(t)) if s is not None)
    said += [_share(t), _no_country(t), _change(t), _trend(t), _lately(t), _rank(t)]
    said += [*_target(t), *_boundary(t), *_breaks(t), _status(t), _age(t)]
    return tuple(s for s in said if s is not None)


def level(t: Topic, *, marked: bool = False) -> Clause:
    """Where the region is, and where the whole country is seen from there.

    Args:
        t: What it is about.
        marked: Say with the figure that it is not final. Elsewhere a sentence of its own says so.
    """
    if t.value("latest") is None:
        return _ahead(t) if t.value("forecast") is not None else _groups(t)
    latest = t.finding.latest
    when = _with_status(t, phrases.period(t, latest.period), marked)
    plain = _with_status(t, phrases.period(t, latest.period, "plain"), marked)
    if t.kind == "name":
        value = phrases.figure(t, latest.value or 0.0, latest.period)
        value = value._replace(numbers=tuple(n._replace(metric="latest") for n in value.numbers))
    else:
        value = phrases.amount(t, "latest")
    return t.said(
        f"level.{t.kind}", value=value, when=when, period=plain, was=t.word("was"),
        compared=compared(t),
    )  # fmt: skip


def _with_status(t: Topic, when: Clause, marked: bool) -> Clause:
    status = t.finding.latest.status
    if not marked or status in ("final", "revised"):
        return when
    said = words.message(f"status.{status}", t.lang)
    if t.kind == "name":
        return when._replace(text=f"{when.text}, {said}")
    return clause("level.marked", t.lang, when=when, status=said)


def _ahead(t: Topic) -> Clause:
    """A projection, where there is nothing else."""
    row = t.finding.metrics["forecast"]
    return t.said(
        f"level.{t.kind}_forecast", value=phrases.amount(t, "forecast"), is_=t.word("is"),
        when=phrases.period(t, row.period), period=phrases.period(t, row.period, "plain"),
    )  # fmt: skip


def _groups(t: Topic) -> Clause:
    """The largest of the groups, for an indicator that has no figure for the whole."""
    # A sum over an axis is not a group.
    groups = [s for s in t.finding.profile if "T" not in s.region.split(".")]
    largest = max(groups, key=lambda s: (s.values[-1] or 0.0, s.region))
    name = phrases.group_name(t, largest.region)
    value = phrases.figure(t, largest.values[-1] or 0.0, largest.periods[-1])
    group = Clause(name, (), (name,))
    return t.said(
        "level.groups", group=group, value=value,
        period=phrases.period(t, largest.periods[-1], "plain"),
    )  # fmt: skip


def gap_metric(t: Topic) -> str | None:
    """The metric in which the gap to the whole country is said; None where there is no gap."""
    if t.value("gap") is None:
        return None
    return "gap_pct" if t.unit.relative and t.value("gap_pct") is not None else "gap"


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
    return clause(f"compare.differs{tail}", t.lang, gap=phrases.difference(t, metric), more=more)


def _share(t: Topic) -> Sentence | None:
    value = t.value("share_of_country")
    if value is None or not 0 < value <= 100 or t.sign("share_of_country") == 0:
        return None
    return sentence(
        t, "share", t.said("share.of_country", share=phrases.difference(t, "share_of_country"))
    )


def _no_country(t: Topic) -> Sentence | None:
    if "no_country" not in (t.reason("gap"), t.reason("share_of_country")):
        return None
    return sentence(t, "gap", clause("compare.no_country", t.lang))


# --- change and trend -------------------------------------------------------------------------


def change_metric(t: Topic, years: int) -> str | None:
    """The metric in which a change is said: per cent where that says more, else the unit."""
    relative = t.unit.relative and not phrases.in_pieces(t)
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


def moved(t: Topic, sign: int, rose: Verb, fell: Verb) -> str:
    """The word of the pair that fits the sign."""
    return t.word(rose if sign > 0 else fell)


def _change_part(t: Topic, metric: str, years: int, *, rest: bool = False) -> Clause:
    sign = t.sign(metric)
    when = words.message(f"span.y{years}", t.lang)
    between = phrases.span(t, metric, years)
    if sign == 0:
        return clause(
            "change.stayed", t.lang, span=when, range=between, pronoun=t.word("pronoun"),
            stayed=t.word("stayed"),
        )  # fmt: skip
    return clause(
        "change.rest" if rest else "change.first", t.lang, span=when, range=between,
        pronoun=t.word("pronoun"), moved=moved(t, sign, "rose", "fell"),
        size=phrases.difference(t, metric),
    )  # fmt: skip


def _change(t: Topic) -> Sentence | None:
    found = _said_changes(t)
    if not found:
        return None
    first = _change_part(t, *found[0])
    if len(found) == 1:
        return sentence(t, "change", first, end=".")
    alike = t.sign(found[0][0]) == t.sign(found[1][0]) != 0
    second = _change_part(t, *found[1], rest=alike)
    whole = clause("change.alike" if alike else "change.unlike", t.lang, first=first, second=second)
    return sentence(t, "change", whole, end=".")


def _trend(t: Topic) -> Sentence | None:
    word = t.value("trend_word")
    if word is None:
        return None
    then = "_then" if t.stale else ""
    between = phrases.span(t, "trend_slope")
    if word == 0:
        return sentence(t, "trend", clause(f"trend.cannot{then}", t.lang, range=between))
    sign = 1 if word > 0 else -1
    # The points between may lean the other way than the two ends do: then say that they do.
    against = any(t.sign(m) == -sign for m, _ in _said_changes(t))
    key = ("clear" if abs(word) == 2 else "signs") + ("_but" if against else "") + then
    pace = Clause("")
    if t.sign("trend_slope") == sign:
        after = "pace" if key in ("clear", "clear_then") else "pace_after"
        pace = clause(f"trend.{after}", t.lang, slope=phrases.difference(t, "trend_slope"))
    verbs: tuple[Verb, Verb]
    verbs = ("rose", "fell") if t.stale else ("has_risen", "has_fallen")
    whole = clause(
        f"trend.{key}", t.lang, pace=pace, range=between, pronoun=t.word("pronoun"),
        moved=moved(t, sign, *verbs), change=moved(t, sign, "a_rise", "a_fall"),
        noun=moved(t, sign, "of_rise", "of_fall"),
    )  # fmt: skip
    return sentence(t, "trend", whole)


def _lately(t: Topic) -> Sentence | None:
    """The last year, where it went against a clear direction."""
    word, metric = t.value("trend_word"), change_metric(t, 1)
    if word is None or abs(word) < 2 or metric is None or t.stale or t.sign(metric) * word >= 0:
        return None
    if metric in (m for m, _ in _said_changes(t)):
        return None
    return sentence(t, "change", clause(
        "change.lately", t.lang, pronoun=t.word("pronoun"), size=phrases.difference(t, metric),
        moved=moved(t, t.sign(metric), "rose", "fell"), range=phrases.span(t, metric, 1),
    ))  # fmt: skip


# --- place, target ----------------------------------------------------------------------------


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
    numbers = [Number(m, float(v), words.ordinal(v, t.lang), t.indicator.id)
               for m, v in shown.items()]  # fmt: skip
    return Clause(text, (*numbers, Number("rank_n", float(n), str(n), t.indicator.id)))


def _rank(t: Topic) -> Sentence | None:
    rank = rank_clause(t)
    if rank is not None:
        return sentence(t, "rank", t.said(
            "place.rank_then" if t.stale else "place.rank", rank=rank,
            among=level_word(t, "among"), best=words.message("rank.best", t.lang),
        ))  # fmt: skip
    if t.reason("rank") != "regions_missing":
        return None
    known, count = t.value("regions_n") or 0.0, t.picture.level_count
    all_text = words.of_n(count, t.lang)
    return sentence(t, "rank", t.said(
        "place.missing", known=t.number("regions_n", known),
        of_all=Clause(all_text, (Number("level_count", float(count), str(count), t.indicator.id),)),
    ))  # fmt: skip


def target_of(t: Topic) -> tuple[Target, Measured] | None:
    """The target that the metrics are about."""
    row = t.metric("target_value")
    if row is None or row.reason == "target_past":
        return None
    same = [x for x in t.indicator.targets if x.period == row.period]
    return (same[0], row) if same else None


def _target(t: Topic) -> list[Sentence]:
    found = target_of(t)
    if found is None:
        return []
    target, row = found
    said = [sentence(t, "target", _target_level(t, target, row))]
    if row.value is None:
        return [*said, sentence(t, "target", clause("target.no_base", t.lang))]
    if t.stale:
        return said
    if t.reason("pace_required") == "target_met":
        return [*said, sentence(t, "target", clause("target.met", t.lang))]
    required = t.value("pace_required")
    if required is None or t.sign("pace_required") == 0:
        return said
    actual, moves = t.value("pace_actual"), moved(t, t.sign("pace_required"), "rises", "falls")
    key = "pace_alone" if actual is None else "pace" if t.sign("pace_actual") else "pace_still"
    said.append(sentence(t, "target", clause(
        f"target.{key}", t.lang, pronoun=t.word("figure"), moves=moves,
        moved=moved(t, t.sign("pace_actual"), "rose", "fell"),
        required=phrases.difference(t, "pace_required"),
        actual=phrases.difference(t, "pace_actual") if actual is not None else "",
    )))  # fmt: skip
    return [*said, *_reach(t)]


def _reach(t: Topic) -> list[Sentence]:
    """When a clear direction would meet the target, if it ever does."""
    if abs(t.value("trend_word") or 0.0) < 2:
        return []
    year = t.value("reach_year")
    if year is not None:
        number = Number("reach_year", year, f"{year:.0f}", t.indicator.id)
        return [sentence(t, "target", clause("target.reach", t.lang, year=number))]
    if t.reason("reach_year") == "not_reached":
        return [sentence(t, "target", clause("target.never", t.lang))]
    return []


def _indicative(t: Topic, target: Target) -> Clause:
    """A mark where the target is set for a wider area than the region."""
    level = t.picture.region.level
    own = {"regional": "maakunta", "municipal": "kunta", "national": "koko_maa"}.get(target.scope)
    wider = own != level and (target.scope in ("eu", "national") or level == "kunta")
    return t.said("target.indicative") if wider else Clause("")


def _target_level(t: Topic, target: Target, row: Measured) -> Clause:
    by = phrases.period(t, target.period, "by")
    common = {
        "scope": words.message(f"target.scope.{target.scope}", t.lang),
        "by": by, "indicative": _indicative(t, target),
    }  # fmt: skip
    if target.kind == "change":
        number = words.number(abs(target.value), 0 if target.value.is_integer() else 1, t.lang)
        base = phrases.period(t, target.base_period, "from") if target.base_period else Clause("")
        if target.base_period:
            base = base._replace(text=base.text + " ")
        return clause(
            f"target.change_{'cut' if target.value < 0 else 'rise'}", t.lang, **common, base=base,
            value=Number("target", target.value, number, t.indicator.id),
        )  # fmt: skip
    assert row.value is not None  # a level target is its own value
    places = phrases.plain_decimals(row.value)
    bare = words.number(row.value, places, t.lang)
    numbers = [Number("target_value", row.value, bare, t.indicator.id)]
    text = words.amount(row.value, places, t.unit, t.lang)
    if target.bound == "between" and target.value_high is not None:
        high = words.number(target.value_high, phrases.plain_decimals(target.value_high), t.lang)
        numbers.append(Number("target_high", target.value_high, high, t.indicator.id))
        text = text.replace(bare, f"{bare}–{high}", 1)
    value = Clause(text, tuple(numbers))
    per = f" {target.per[t.lang]}" if target.per else ""
    return clause(
        "target.level", t.lang, **common, value=value, per=per,
        bound=words.message(f"target.{target.bound}", t.lang),
    )  # fmt: skip


# --- what a reader must know of the figures ---------------------------------------------------


def _year(code: str) -> str | None:
    return code.split("@")[1] if "@" in code else None


def _boundary(t: Topic) -> list[Sentence]:
    """Which division the figures follow, where it is not today's all through."""
    segments = t.finding.segments
    if not segments:
        return []
    codes = [s.region for s in segments]
    newest = _year(codes[-1])
    old = newest or next((y for c in reversed(codes) if (y := _year(c))), None)
    if old is None:
        return []
    notes = [n[t.lang] for y, n in regions.break_notes(t.finding.region) if y > int(old)]
    note = clause("boundary.note", t.lang, note="; ".join(notes)) if notes else Clause("")
    # Dates and years of a division are names, not figures.
    note = note._replace(periods=(*notes, old))
    if newest:
        whole = clause("boundary.old", t.lang, year=old, note=note)
    else:
        first = next(s for s in segments if _year(s.region) is None).periods[0]
        whole = clause(
            "boundary.new", t.lang, year=old, note=note,
            from_first=phrases.period(t, first, "from"),
        )  # fmt: skip
    return [sentence(t, "boundary", whole._replace(periods=(*whole.periods, old)))]


def _breaks(t: Topic) -> list[Sentence]:
    """Breaks that lie inside the series shown."""
    if not t.finding.segments:
        return []
    first = periods.parse(t.finding.segments[0].periods[0]).start
    last = periods.parse(t.finding.segments[-1].periods[-1]).end
    said: dict[str, Sentence] = {}
    for name, b in t.picture.breaks:
        if name not in (t.indicator.id, "*") or b.kind == "boundary":
            continue
        if first < periods.parse(b.first_period).start <= last:
            text = break_text(b, t.lang)
            said[text] = Sentence(text, "break", t.indicator.id, (), (text,))
    return list(said.values())


def _status(t: Topic) -> Sentence | None:
    key = f"status_sentence.{t.finding.latest.status}"
    return sentence(t, "status", clause(key, t.lang)) if words.has(key, t.lang) else None


def _age(t: Topic) -> Sentence | None:
    return sentence(t, "age", clause("age.stale", t.lang)) if t.stale else None
