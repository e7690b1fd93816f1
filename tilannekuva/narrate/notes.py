"""Labels and notes: statuses, reasons, ages, gaps, changes, breaks and sources in words."""

from __future__ import annotations

import functools
from collections.abc import Iterable

from tilannekuva import words
from tilannekuva.model import Break, Change, Finding, Gap, Indicator, Picture, RuleChange, Snapshot

__all__ = [
    "age_text",
    "apart",
    "break_text",
    "change_text",
    "citation",
    "edition_text",
    "gap_text",
    "level_name",
    "licence_text",
    "reason_label",
    "received",
    "rule_change_text",
    "source_line",
    "status_label",
    "status_mark",
]


# --- labels ----------------------------------------------------------------------------------


def status_label(status: str, lang: str) -> str:
    """What a status is called.

    >>> status_label("preliminary", "fi"), status_label("forecast", "sv")
    ('ennakkotieto', 'prognos')
    """
    return words.message(f"status.{status}", lang)


def status_mark(status: str, lang: str) -> str:
    """The short sign of a status beside a number in a table; nothing for a final one.

    >>> status_mark("preliminary", "fi"), status_mark("final", "fi")
    ('e', '')
    """
    return words.message(f"status_mark.{status}", lang)


def reason_label(reason: str, lang: str) -> str:
    """Why a metric has no value.

    >>> reason_label("too_few_points", "en")
    'there are too few observations'
    """
    return words.message(f"reason.{reason}", lang)


def level_name(level: str, lang: str, form: str = "one") -> str:
    """What areas of a level are called: ``one``, ``many``, ``among`` (among them), ``of_all``.

    >>> level_name("maakunta", "sv"), level_name("maakunta", "fi", "among")
    ('landskap', 'maakuntien vertailussa')
    """
    known = level if words.has(f"level.{level}.{form}", lang) else "other"
    return words.message(f"level.{known}.{form}", lang)


def edition_text(picture: Picture, lang: str) -> str:
    """The day that the picture is of."""
    return words.message("edition.line", lang, date=words.date(picture.as_of, lang))


def age_text(finding: Finding, lang: str) -> str:
    """How old the newest figure is on the day of the picture; empty where that is not known."""
    row = finding.metrics.get("age_months")
    if row is None or row.value is None:
        return ""
    months = int(row.value)
    if months < 1:
        return words.message("age.fresh", lang)
    if months < 24:
        return words.message("age.one_year" if months == 12 else "age.months", lang, n=months)
    return words.message("age.years", lang, n=months // 12)


# --- what is not known, what changed, what breaks -----------------------------------------------


def _name(indicator: Indicator, lang: str) -> str:
    return indicator.names[lang]


def gap_text(gap: Gap, picture: Picture, lang: str) -> str:
    """Something that the picture does not know, why, and what it would take."""
    indicator = picture.indicators[gap.indicator]
    parents = [
        f"”{_name(picture.indicators[p], lang)}”"
        if lang != "en"
        else f"“{_name(picture.indicators[p], lang)}”"
        for p in gap.parents
    ]
    key = f"gap.{gap.kind}"
    if gap.kind == "not_computable" and not parents:
        key = "gap.not_computable_alone"
    text = words.message(
        key,
        lang,
        name=_name(indicator, lang),
        parents=words.join(parents, lang),
        period=words.period(gap.period, lang, "of") if gap.period else "",
    )
    if gap.kind not in ("no_figures", "not_computable", "stale"):
        return text
    where = _where(gap, indicator, picture, lang)
    return f"{text} {where}" if where else text


def _where(gap: Gap, indicator: Indicator, picture: Picture, lang: str) -> str:
    """Who would have the figure."""
    if indicator.where:
        return words.message("gap.where", lang, where=indicator.where[lang].rstrip("."))
    if gap.source in picture.sources and gap.table:
        publisher = picture.sources[gap.source].publisher[lang]
        return words.message("gap.source", lang, publisher=publisher, table=gap.table)
    return ""


def change_text(change: Change, picture: Picture, lang: str) -> str:
    """A new or revised figure, with what was there before."""
    indicator = picture.indicators[change.indicator]
    unit = picture.units[indicator.unit]

    def shown(value: float) -> str:
        return words.quantity(value, indicator.decimals, unit, lang)

    key: str = change.kind
    if key == "new" and (change.before_value is None or change.before_period is None):
        key = "new_alone"
    elif key == "new" and apart(change.indicator, change.before_period, change.period, picture):
        key = "new_apart"
    return words.message(
        f"news.{key}",
        lang,
        name=_name(indicator, lang),
        value=shown(change.value),
        period=words.period(change.period, lang),
        before="" if change.before_value is None else shown(change.before_value),
        before_period=words.period(change.before_period, lang) if change.before_period else "",
    )


def apart(indicator: str, before: str | None, period: str, picture: Picture) -> bool:
    """Whether a break lies between two periods of an indicator: no change can be told over it."""
    segments = picture.findings[indicator].segments if indicator in picture.findings else ()
    of = [[n for n, s in enumerate(segments) if p in s.periods] for p in (before, period)]
    return all(of) and not set(of[0]) & set(of[1])


def rule_change_text(
    change: RuleChange, picture: Picture, lang: str, old: Picture | None = None
) -> str:
    """What differs besides figures: a figure that is gone, a changed description or section.

    Args:
        change: What changed.
        picture: The new picture.
        lang: Language.
        old: The earlier picture, for names of what the new one does not have.
    """
    pictures = [p for p in (picture, old) if p is not None]

    def name(indicator: str) -> str:
        known = (p.indicators[indicator] for p in pictures if indicator in p.indicators)
        return next((words.capital(i.names[lang]) for i in known), indicator)

    if change.kind == "theme":
        sections = {
            f"{c.id}/{s.id}": s.names[lang] for p in pictures[::-1] for c in p.cuts
            for s in c.sections
        }  # fmt: skip
        parts = [
            words.message(f"diff.theme_{key}", lang, names=words.join(found, lang))
            for key, sign in (("came", "+"), ("went", "-"))
            if (found := [name(k[1:]) for k in change.keys if k.startswith(sign)])
        ]
        return f"{sections.get(change.subject, change.subject)}: {'; '.join(parts)}"
    if change.kind == "gone" and change.value is not None and change.period is not None:
        indicator = next(p.indicators[change.subject] for p in pictures
                         if change.subject in p.indicators)  # fmt: skip
        unit = next(p.units[indicator.unit] for p in pictures if indicator.unit in p.units)
        return words.message(
            "diff.gone_line", lang, name=name(change.subject),
            value=words.quantity(change.value, indicator.decimals, unit, lang),
            period=words.period(change.period, lang),
        )  # fmt: skip
    keys = []
    for key in change.keys:
        word, _, more = key.partition(" ")
        said = (
            words.message(f"diff.key.{word}", lang) if words.has(f"diff.key.{word}", lang) else word
        )
        keys.append(f"{said} {more}".rstrip())
    return words.message(
        "diff.rule_line", lang, name=name(change.subject), keys=words.join(keys, lang)
    )


def break_text(item: Break, lang: str) -> str:
    """Where a series must not be read across, and why."""
    return words.message(
        f"break.{item.kind}",
        lang,
        first=words.period(item.first_period, lang, "in"),
        note=item.note[lang].rstrip(".") + ".",
    )


# --- sources ----------------------------------------------------------------------------------


@functools.cache
def licence_text(licence: str, lang: str) -> str:
    """A licence as the lock has it, in words of the language.

    >>> licence_text("CC BY 4.0 (assumed)", "fi")
    'CC BY 4.0 (oletettu)'
    """
    for key, original in words.messages("en").items():
        if key.startswith("licence."):
            licence = licence.replace(original, words.message(key, lang))
    return licence


def received(names: Iterable[str], picture: Picture) -> tuple[list[Snapshot], bool]:
    """The publishers' own snapshots under some ids, in order, and whether any was derived."""
    found: dict[str, Snapshot] = {}
    derived = False
    queue = sorted(names)
    seen: set[str] = set()
    while queue:
        name = queue.pop(0)
        if name in seen or name not in picture.snapshots:
            continue
        seen.add(name)
        snapshot = picture.snapshots[name]
        if snapshot.kind == "derived":
            derived = True
            queue += snapshot.query.get("parents", [])
        else:
            found[name] = snapshot
    order = sorted(found.values(), key=lambda s: (s.source, s.table, s.published_on, s.id))
    return order, derived


def source_line(finding: Finding, picture: Picture, lang: str) -> str:
    """Where the figures are from: publisher, table, when published, licence, own calculation."""
    used, derived = received(finding.snapshots, picture)
    tables: dict[tuple[str, str, str], list[str]] = {}
    for s in used:
        tables.setdefault((s.source, s.table, s.licence), []).append(s.published_on)
    tables = _joined(tables)
    items: dict[str, None] = {}
    keys = list(tables)
    for n, (source, table, licence) in enumerate(keys):
        # A licence is said once for neighbours that share it.
        bare = n + 1 < len(keys) and keys[n + 1][2] == licence
        items[
            words.message(
                "source.item_bare" if bare else "source.item",
                lang,
                publisher=picture.sources[source].publisher[lang],
                table=table,
                vintage=_dates(tables[source, table, licence], lang),
                licence=licence_text(licence, lang),
            )
        ] = None
    count = len(items)
    if any(s.transcribed for s in used):
        items[words.message("source.transcribed", lang)] = None
    if derived:
        items[words.message("source.own", lang)] = None
    if not count:
        return words.message("source.none", lang)
    key = "source.line" if count == 1 else "source.lines"
    return words.message(key, lang, items="; ".join(items))


_FEW = 3
"""So many tables of one publisher, all of one day, are named one by one."""


def _joined(tables: dict[tuple[str, str, str], list[str]]) -> dict[tuple[str, str, str], list[str]]:
    """Many tables of one source, licence and day as one item that lists them."""
    alike: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for (source, table, licence), days in tables.items():
        alike.setdefault((source, licence, tuple(sorted(set(days)))), []).append(table)
    found: dict[tuple[str, str, str], list[str]] = {}
    for (source, licence, dates), names in alike.items():
        grouped = [", ".join(names)] if len(names) > _FEW else names
        found |= {(source, name, licence): list(dates) for name in grouped}
    return found


def _dates(published: Iterable[str], lang: str) -> str:
    """Days of publication; of many, the first and the last."""
    days = sorted(set(published))
    if len(days) > 2:
        return f"{words.date(days[0], lang)}–{words.date(days[-1], lang)}"
    return ", ".join(words.date(d, lang) for d in days)


def citation(snapshot: Snapshot, picture: Picture, lang: str) -> str:
    """A snapshot as a reference that somebody else can follow."""
    if snapshot.kind == "derived":
        parents, _ = received([snapshot.id], picture)
        tables = dict.fromkeys(
            f"{picture.sources[p.source].publisher[lang]}, {p.table}" for p in parents
        )
        return words.message(
            "source.derived", lang, title=snapshot.title, parents="; ".join(tables)
        )
    return words.message(
        "source.citation",
        lang,
        publisher=picture.sources[snapshot.source].publisher[lang],
        title=snapshot.title,
        table=snapshot.table,
        date=words.date(snapshot.published_on, lang),
        licence=licence_text(snapshot.licence, lang),
        address=snapshot.address,
    )
