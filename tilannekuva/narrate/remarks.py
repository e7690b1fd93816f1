"""What a reader must know beside the figures: targets, divisions, breaks, status and age."""

from __future__ import annotations

from tilannekuva import periods, regions, words
from tilannekuva.model import FEW_EVENTS, Measured, Target
from tilannekuva.narrate import clauses, phrases
from tilannekuva.narrate.notes import break_text
from tilannekuva.narrate.phrases import (
    Clause,
    Number,
    Sentence,
    Topic,
    clause,
    decimals,
    moved,
    sentence,
)
from tilannekuva.statuses import PROVISIONAL

__all__ = [
    "age",
    "ahead",
    "boundary",
    "breaks",
    "chance",
    "few",
    "pooled",
    "revision",
    "status",
    "target",
]

_OLD_MONTHS = 24


def _target_of(t: Topic) -> tuple[Target, Measured] | None:
    """The target that the metrics are about."""
    row = t.metric("target_value")
    if row is None or row.reason == "target_past":
        return None
    same = [x for x in t.indicator.targets if x.period == row.period]
    return (same[0], row) if same else None


def target(t: Topic) -> list[Sentence]:
    """The nearest target, how far it is, and the pace that it would take."""
    found = _target_of(t)
    if found is None:
        return []
    aim, row = found
    said = [sentence(t, "target", _target_level(t, aim, row))]
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
    said.append(
        sentence(
            t,
            "target",
            clause(
                f"target.{key}",
                t.lang,
                pronoun=t.word("figure"),
                moves=moves,
                moved=moved(t, t.sign("pace_actual"), "rose", "fell"),
                required=clauses.difference(t, "pace_required"),
                actual=clauses.difference(t, "pace_actual") if actual is not None else "",
            ),
        )
    )
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
    if not target.verified:
        return t.said("target.unverified" if wider else "target.unverified_own")
    return t.said("target.indicative") if wider else Clause("")


def _target_level(t: Topic, target: Target, row: Measured) -> Clause:
    by = clauses.period(t, target.period, "by")
    common = {
        "scope": words.message(f"target.scope.{target.scope}", t.lang),
        "by": by,
        "indicative": _indicative(t, target),
    }
    if target.kind == "change":
        number = words.number(abs(target.value), 0 if target.value.is_integer() else 1, t.lang)
        base = clauses.period(t, target.base_period, "from") if target.base_period else Clause("")
        if target.base_period:
            base = base._replace(text=base.text + " ")
        return clause(
            f"target.change_{'cut' if target.value < 0 else 'rise'}",
            t.lang,
            **common,
            base=base,
            value=Number("target", target.value, number, t.indicator.id),
        )
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
        "target.level",
        t.lang,
        **common,
        value=value,
        per=per,
        bound=words.message(f"target.{target.bound}", t.lang),
    )


# --- how sure the figure is, and what its past alone would lead to ------------------------------


def few(t: Topic) -> bool:
    """Whether the newest figure is one of so few events that it is mostly chance."""
    events = t.value("events")
    return events is not None and events < FEW_EVENTS


def chance(t: Topic) -> Sentence | None:
    """How far chance alone may move the newest figure, where its events are known."""
    if t.value("interval_low") is None or t.value("interval_high") is None:
        return None
    whole = clause(
        f"chance.{'few' if few(t) else 'level'}",
        t.lang,
        pronoun=t.word("figure"),
        range=clauses.between(t, "interval_low", "interval_high"),
    )
    return sentence(t, "chance", whole)


def pooled(t: Topic) -> Sentence | None:
    """That the municipalities' figures are of several years."""
    if not t.finding.pooled:
        return None
    years = t.finding.pooled[0].periods
    text = words.period_range(years[0], years[-1], t.lang)
    return sentence(t, "pooled", clause("chance.pooled", t.lang, range=Clause(text, (), (text,))))


def ahead(t: Topic) -> Sentence | None:
    """Where the series would go if the past went on, and that this is no plan."""
    if not t.finding.fan:
        return None
    last = t.finding.fan[-1].period
    whole = clause(
        "ahead.fan",
        t.lang,
        pronoun=t.word("figure"),
        when=clauses.period(t, last),
        range=clauses.between(t, "fan_low80", "fan_high80"),
    )
    return sentence(t, "ahead", whole)


# --- what a reader must know of the figures ---------------------------------------------------


def _year(code: str) -> str | None:
    return code.split("@")[1] if "@" in code else None


def boundary(t: Topic) -> list[Sentence]:
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
            "boundary.new", t.lang, year=old, note=note, from_first=clauses.period(t, first, "from")
        )
    return [sentence(t, "boundary", whole._replace(periods=(*whole.periods, old)))]


def breaks(t: Topic) -> list[Sentence]:
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


def status(t: Topic) -> Sentence | None:
    """That the newest figure is not final."""
    key = f"status_sentence.{t.finding.latest.status}"
    # After two years a final figure is not coming to this material.
    if words.has(f"{key}_old", t.lang) and (t.value("age_months") or 0) > _OLD_MONTHS:
        key += "_old"
    return sentence(t, "status", clause(key, t.lang)) if words.has(key, t.lang) else None


def revision(t: Topic) -> Sentence | None:
    """How far first figures like a provisional one have moved before."""
    found = t.finding.revision
    if found is None or t.finding.latest.status not in PROVISIONAL:
        return None
    told = found.told
    metric = "revision_pct" if found.relative else "revision"
    places = decimals(metric, told.median, t.indicator)
    moved_at_all = words.rounded(told.median, places) != 0
    whole = clause(
        "revision.moved" if moved_at_all else "revision.hardly",
        t.lang,
        whose=t.region.genitive if found.own else words.message(_level_key(t), t.lang),
        size=clauses.size(t, metric, told.median),
        periods=_counted(t, f"period.{t.finding.frequency}", len(told.periods)),
        publications=_counted(t, "publications", told.publications),
    )
    return sentence(t, "revision", whole)


def _level_key(t: Topic) -> str:
    level = t.picture.region.level
    return f"revision.of.{level if words.has(f'revision.of.{level}', t.lang) else 'other'}"


def _counted(t: Topic, what: str, n: int) -> Clause:
    """So many periods or publications, in the singular where it is one."""
    number = Number(f"revision_{what.partition('.')[0]}", float(n), str(n), t.indicator.id)
    return clause(f"revision.{what}.{'one' if n == 1 else 'many'}", t.lang, n=number)


def age(t: Topic) -> Sentence | None:
    """That the newest figure is older than five years."""
    return sentence(t, "age", clause("age.stale", t.lang)) if t.stale else None
